// Ports: how they are written, and that no two containers get the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Container } from '../port-layer/container.ts';
import { assignPorts, portsAsked, readPort, writePort } from './ports.ts';

const port = fc.record({ host: fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }), port: fc.integer({ min: 1, max: 65_535 }), protocol: fc.constantFrom('tcp', 'udp') }, { noNullPrototype: true });
const running = (ports: readonly string[]): Container => ({ state: 'running', networks: [{ ports }] }) as unknown as Container;

test('a port reads back as it was written', () => {
  fc.assert(fc.property(port, (one) => assert.deepEqual(readPort(writePort(one)), one)));
});

test('no port of the appliance is given twice, or is one of its own', () => {
  fc.assert(fc.property(fc.array(port, { maxLength: 6 }), fc.array(port, { maxLength: 6 }), (wanted, others) => {
    const taken = others.filter(({ host }) => host !== undefined && host !== 0);
    let given: readonly { host: number | undefined; protocol: string }[];
    try {
      given = assignPorts(wanted, [running(taken.map(writePort))]);
    } catch (error) {
      return /port \d+ is not available/.test((error as Error).message);
    }
    const keys = [...given.filter(({ host }) => host !== undefined), ...new Map(taken.map((one) => [`${one.host}/${one.protocol}`, one])).values()].map(({ host, protocol }) => `${host}/${protocol}`);
    return new Set(keys).size === keys.length && given.every(({ host, protocol }) => host !== 0 && !(protocol === 'tcp' && host === 2376));
  }));
});

test('what clients ask for', () => {
  assert.deepEqual(portsAsked({ '80/tcp': {} }, { '80/tcp': [{ HostPort: '8080' }, { HostPort: '' }], '53/udp': [{ HostPort: '53' }] }).map(writePort), ['8080:80/tcp', ':80/tcp', '53:53/udp']);
  assert.deepEqual(portsAsked(null, undefined), []);
  for (const bad of ['x/tcp', '0/tcp', '70000/tcp']) assert.throws(() => portsAsked({ [bad]: {} }, null), /Invalid port/);
});
