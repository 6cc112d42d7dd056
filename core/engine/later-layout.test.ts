import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLater, encodeLater } from './later-layout.ts';

const stored = JSON.parse(readFileSync(new URL('../../../fixtures/wire/vch-extraconfig-later.json', import.meta.url), 'utf8')) as Record<string, string>;

/** Keys beside the configuration: a setting of the VM, and the key that its secrets are encrypted with. */
const BESIDE = ['answer.msg.serial.file.open', 'guestinfo.ovfEnv'];

test('what vic-machine 1.5 wrote is decoded, and encoded back key for key', () => {
  const { value, issues } = decodeLater(new Map(Object.entries(stored)));
  assert.deepEqual(issues, []);
  const written = encodeLater(value);
  const expected = Object.entries(stored).filter(([key]) => !BESIDE.includes(key));
  assert.deepEqual([...written].sort(), expected.sort());
});

test('its facts are where 1.x has them', () => {
  const { value } = decodeLater(new Map(Object.entries(stored)));
  assert.equal(value.init.common.id, 'VirtualMachine:vm-77');
  assert.equal(value.init.common.name, 'vch15');
  assert.deepEqual(value.container.computeResources, [{ type: 'ResourcePool', value: 'resgroup-74' }]);
  assert.equal(value.storage.imageStores[0]!.host, 'LocalDS_0');
  assert.equal(value.storage.imageStores[0]!.path, 'vch15');
  assert.deepEqual(Object.keys(value.init.networks), ['bridge', 'client', 'management', 'public']);
  assert.equal(value.init.networks['public']!.network.default, true);
  assert.equal(value.connect.token, stored['guestinfo.vice./connect/token@secret']);
  assert.deepEqual(value.init.sessions['docker-personality']!.cmd.args, ['/sbin/docker-engine-server', '-port=2375', '-port-layer-port=2377']);
});

test('keys of 0.5 are not taken for those of 1.x', () => {
  const { value } = decodeLater(new Map([['guestinfo./init/common/id', 'VirtualMachine:vm-1']]));
  assert.equal(value.init.common.id, '');
});

test('property: whatever a VM holds, decoding ends without a throw, and what is encoded is read back', () => {
  const value = fc.oneof(fc.string(), fc.constantFrom('<nil>', '', '-1', '99999999999', 'a|b||c', '__proto__', 'true', '====', 'AAAA'));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(stored)), value, { maxKeys: 60 }), (config) => {
      const first = decodeLater(new Map(Object.entries(config))).value;
      const again = decodeLater(encodeLater(first)).value;
      assert.deepEqual(encodeLater(again), encodeLater(first));
    }),
    { numRuns: 200 },
  );
});
