import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Node } from '../client/index.ts';
import { parseReference } from '../vim25/reference.ts';
import { TELLING_KEYS, vchInBriefOf, vchOf } from './vch-config.ts';

const captured = (name: string): Readonly<Record<string, string>> => JSON.parse(readFileSync(new URL(`../../../fixtures/wire/vch-extraconfig-${name}.json`, import.meta.url), 'utf8')) as Record<string, string>;

const cases: readonly [name: string, id: string, version: string, address: string | undefined, more: Readonly<Record<string, string>>][] = [
  ['vcenter', 'VirtualMachine:vm-78', '', '10.17.109.23', {}],
  ['esxi', 'VirtualMachine:vm-21', 'v0.5.0', '10.17.109.23', { 'guestinfo./version': 'v0.5.0' }],
  ['later', 'VirtualMachine:vm-77', 'v1.5.7-21872-abcdef0', '10.17.109.99', {
    'guestinfo.vice./init/version/Version': 'v1.5.7', 'guestinfo.vice./init/version/BuildNumber': '21872', 'guestinfo.vice./init/version/GitCommit': 'abcdef0',
    'guestinfo.vice..init.networks|client.assigned.IP': 'ChFtYw==',
  }],
];

for (const [name, id, version, address, more] of cases) {
  test(`${name}: the telling keys tell in a list what the whole configuration does`, () => {
    const whole = new Map(Object.entries({ ...captured(name), ...more }));
    const telling = new Map([...whole].filter(([key]) => TELLING_KEYS.includes(key)));
    const vm = { ref: parseReference(id), name: 'vch1', path: '/vch1', parent: undefined, children: [], pool: undefined } as Node;
    const { id: own, layout, version: said, clientAddress } = vchOf(vm, whole)!;
    assert.deepEqual([said, clientAddress], [version, address]);
    assert.deepEqual(vchInBriefOf(vm, telling), { vm, id: own, name: 'vch1', pool: undefined, layout, version: said, clientAddress });
  });
}
