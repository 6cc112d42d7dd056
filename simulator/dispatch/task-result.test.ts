// What a task gives says its type, whatever its method returned.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reference } from '../../core/vim25/index.ts';
import { withType } from './task-result.ts';

test('a list and an object get the declared type; what tells its own keeps it', () => {
  assert.deepEqual(withType('HostDatastoreSystemDatastoreResult[]', [{}]), { _type: 'ArrayOfHostDatastoreSystemDatastoreResult', _value: [{}] });
  const vm = reference('VirtualMachine', 'vm-1');
  assert.deepEqual(withType('VirtualMachine[]', [vm]), { _type: 'ArrayOfManagedObjectReference', _value: [vm] });
  assert.deepEqual(withType('ApplyStorageRecommendationResult', { vm }), { vm, _type: 'ApplyStorageRecommendationResult' });
  for (const same of [undefined, 'text', 5, new Date(0), { _type: 'Other' }, { _type: 'ArrayOfX', _value: [] }]) assert.equal(withType('VirtualDiskInfo[]', same), same);
  assert.equal(withType('VirtualMachine', vm), vm);
});
