import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../../client/index.ts';
import { parseReference } from '../../vim25/reference.ts';
import { UserError } from '../issue.ts';
import { waitForAppliance } from './await-appliance.ts';
import type { CreateRun } from './run.ts';

const ADDRESS = { 'guestinfo./init/networks': 'client|external|management', 'guestinfo..init.networks|client.ip.IP': 'ChFtFw==', 'guestinfo./init/sessions': 'docker-personality|port-layer|vicadmin' };
const started = (values: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(values).map(([name, value]) => [`guestinfo..init.sessions|${name}.started`, value]));
const ALL = { vicadmin: 'true', 'docker-personality': 'true', 'port-layer': 'true' };

interface VmState {
  readonly keys: Readonly<Record<string, string>>;
  readonly power?: string;
}

/** A server that tells these states of the VM, one after the other, and then nothing until time is up. */
async function wait(...states: readonly VmState[]): Promise<CreateRun> {
  const limit = new AbortController();
  let told = 0;
  const call = async (_self: unknown, method: string): Promise<unknown> => {
    if (method === 'CreatePropertyCollector') return parseReference('PropertyCollector:own');
    if (method !== 'WaitForUpdatesEx') return undefined;
    const state = states[told++];
    if (!state) {
      limit.abort(new DOMException('time is up', 'TimeoutError'));
      limit.signal.throwIfAborted();
    }
    const changeSet = [
      { name: 'config.extraConfig', op: 'assign', val: Object.entries(state!.keys).map(([key, value]) => ({ key, value })) },
      { name: 'runtime.powerState', op: 'assign', val: state!.power ?? 'poweredOn' },
    ];
    return { version: String(told), filterSet: [{ filter: parseReference('PropertyFilter:f'), objectSet: [{ kind: told === 1 ? 'enter' : 'modify', obj: parseReference('VirtualMachine:vm-1'), changeSet }] }] };
  };
  const session = { content: { propertyCollector: parseReference('PropertyCollector:pc') }, address: 'fake', signal: limit.signal, call } as unknown as Session;
  const run = { session, vm: parseReference('VirtualMachine:vm-1'), plan: { name: 'vch1' }, warnings: [], context: { log: { step: () => undefined, warn: () => undefined } } } as unknown as CreateRun;
  await waitForAppliance(run);
  return run;
}

const problem = async (...states: readonly VmState[]): Promise<string> => {
  const error: unknown = await wait(...states).then(() => undefined, (reason: unknown) => reason);
  assert.ok(error instanceof UserError, String(error));
  const [issue] = error.issues;
  return [issue!.what, ...(issue!.details ?? []), issue!.flag ?? ''].join('\n');
};

test('it waits for the address and for every component, in whatever order they come', async () => {
  const run = await wait({ keys: {} }, { keys: ADDRESS }, { keys: { ...ADDRESS, ...started({ vicadmin: 'true' }) } }, { keys: { ...ADDRESS, ...started(ALL) } });
  assert.deepEqual(run.warnings, []);
  assert.equal(run.reached!.dockerHost, '10.17.109.23:2375');
  assert.equal(run.reached!.id, 'vm-1');
  assert.equal((await wait({ keys: started(ALL) }, { keys: { ...ADDRESS, ...started(ALL), 'guestinfo./HostCertificate/Key': 'aGs=' } })).reached!.dockerHost, '10.17.109.23:2376');
});

test('a component that did not start is a warning in its own words', async () => {
  const run = await wait({ keys: { ...ADDRESS, ...started({ ...ALL, 'port-layer': 'no such file' }) } });
  assert.deepEqual(run.warnings, ['port-layer did not start: no such file']);
});

test('without an address in time the states of all networks and components are told, and the flag', async () => {
  const text = await problem({ keys: { ...ADDRESS, 'guestinfo..init.networks|client.ip.IP': '<nil>', 'guestinfo..init.networks|external.ip.IP': 'ChFtFw==', ...started({ vicadmin: 'true', 'port-layer': '<nil>' }) } });
  assert.match(text, /no IP address on its client network/);
  assert.match(text, /client: no address\nexternal: 10\.17\.109\.23\nmanagement: no address/);
  assert.match(text, /vicadmin: started\ndocker-personality: not started\nport-layer: not started/);
  assert.match(text, /DHCP[\s\S]*--timeout/);
  assert.match(await problem({ keys: ADDRESS }), /did not start completely in time/);
});

test('an appliance that stops is not waited for', async () => {
  assert.match(await problem({ keys: ADDRESS }, { keys: ADDRESS, power: 'poweredOff' }), /stopped while it was starting \(its state is poweredOff\)/);
});
