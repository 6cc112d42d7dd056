import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, managedType, typed, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { checkReferences } from './arguments.ts';

const objects = new Map<string, ManagedObjectReference>([
  ['host-1', { type: 'HostSystem', value: 'host-1' }],
  ['group-1', { type: 'Folder', value: 'group-1' }],
  ['ds-1', { type: 'Datastore', value: 'ds-1' }],
  ['pod-1', { type: 'StoragePod', value: 'pod-1' }],
  ['dir:ds-1:/', { type: '_Directory', value: 'dir:ds-1:/' }],
]);
const find = (ref: ManagedObjectReference) => {
  const found = objects.get(ref.value);
  return found && { ref: found, props: {} };
};
const check = (type: string, method: string, args: Record<string, unknown>) => checkReferences(managedType(type)!.methods.get(method)!, args, find);
const ref = (type: string, value: string): ManagedObjectReference => ({ type, value });

test('a reference that leads nowhere is refused wherever it stands', () => {
  const gone = ref('Datastore', 'ds-9');
  const places: [string, string, Record<string, unknown>][] = [
    ['VirtualMachine', 'MigrateVM_Task', { host: ref('HostSystem', 'host-9'), priority: 'defaultPriority' }],
    ['Folder', 'MoveIntoFolder_Task', { list: [ref('Folder', 'group-1'), gone] }],
    ['VirtualMachine', 'RelocateVM_Task', { spec: { _type: 'VirtualMachineRelocateSpec', disk: [{ _type: 'VirtualMachineRelocateSpecDiskLocator', diskId: 1, datastore: gone }] } }],
    ['OptionManager', 'UpdateOptions', { changedValue: [{ _type: 'OptionValue', key: 'x', value: gone }] }],
    ['OptionManager', 'UpdateOptions', { changedValue: [{ _type: 'OptionValue', key: 'x', value: typed('ArrayOfManagedObjectReference', [gone]) }] }],
    ['Folder', 'MoveIntoFolder_Task', { list: [ref('', 'dir:ds-1:/')] }],
    ['Folder', 'MoveIntoFolder_Task', { list: [ref('HostSystem', 'ds-1')] }],
  ];
  for (const [type, method, args] of places) assert.throws(() => check(type, method, args), (error) => isFault(error, 'ManagedObjectNotFound'), JSON.stringify(args));
});

test('one to an object of another type names the argument', () => {
  assert.throws(() => check('VirtualMachine', 'MigrateVM_Task', { host: ref('Datastore', 'ds-1') }), (error) =>
    isFault(error, 'InvalidArgument') && (error.detail as { invalidProperty?: string }).invalidProperty === 'host');
  const spec = { _type: 'VirtualMachineRelocateSpec', host: ref('Datastore', 'ds-1') };
  assert.throws(() => check('VirtualMachine', 'RelocateVM_Task', { spec }), /spec\.host \(Datastore:ds-1 is not a HostSystem\)/);
});

test('a base type, or none, becomes the object\'s own; right ones stay', () => {
  const list = [ref('ManagedEntity', 'pod-1'), ref('', 'host-1'), ref('Folder', 'pod-1')];
  check('Folder', 'MoveIntoFolder_Task', { list });
  assert.deepEqual(list, [ref('StoragePod', 'pod-1'), ref('HostSystem', 'host-1'), ref('StoragePod', 'pod-1')]);
});

test('what may name the absent is left alone', () => {
  const gone = ref('VirtualMachine', 'vm-9');
  check('ListView', 'ModifyListView', { add: [gone], remove: [gone] });
  check('PropertyCollector', 'CreateFilter', { spec: { _type: 'PropertyFilterSpec', propSet: [], objectSet: [{ _type: 'ObjectSpec', obj: gone }] }, partialUpdates: false });
  check('VirtualMachine', 'RelocateVM_Task', { spec: { _type: 'VirtualMachineRelocateSpec', host: gone, service: { _type: 'ServiceLocator' } } });
});
