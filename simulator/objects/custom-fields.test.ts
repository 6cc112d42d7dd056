import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomFieldDef, CustomFieldStringValue, ManagedObjectReference } from '../../core/vim25/index.ts';
import { Office, permission } from './authorization/office.testing.ts';

type Ref = ManagedObjectReference;
const ADMIN = 'Administrator@vsphere.local';

function world() {
  const office = new Office();
  const manager = office.service('customFieldsManager');
  return {
    office, manager, vm: office.named('DC0_H0_VM0'), host: office.named('DC0_H0', 'HostSystem'),
    add: (name: string, moType?: string) => office.call(manager, 'AddCustomFieldDef', { name, ...(moType ? { moType } : {}) }) as Promise<CustomFieldDef>,
    available: (ref: Ref) => office.get<CustomFieldDef[]>(ref, 'availableField').map(({ name }) => name),
    values: (ref: Ref, path = 'customValue') => office.get<CustomFieldStringValue[]>(ref, path).map(({ key, value }) => [key, value]),
  };
}

test('an attribute is for all entities or for those of a type, also for those that come later', async () => {
  const { office, manager, vm, host, add, available } = world();
  const all = await add('owner');
  const machines = await add('cost', 'VirtualMachine');
  assert.equal(machines.key, all.key + 1);
  assert.deepEqual(office.get(manager, 'field'), [all, machines]);
  assert.deepEqual(available(vm), ['owner', 'cost']);
  assert.deepEqual(available(host), ['owner']);
  const folder = (await office.call(office.get<Ref>(office.named('DC0'), 'vmFolder'), 'CreateFolder', { name: 'new' })) as Ref;
  assert.deepEqual(available(folder), ['owner']);
  const clone = (await office.call(vm, 'CloneVM_Task', { folder, name: 'twin', spec: { location: {}, powerOn: false, template: false } })) as Ref;
  assert.deepEqual(available(clone), ['owner', 'cost']);
});

test('names are unique for a type; types and names must be right', async () => {
  const { office, manager, add } = world();
  await add('owner', 'VirtualMachine');
  await add('owner', 'HostSystem');
  await office.refuses('DuplicateName', ADMIN, manager, 'AddCustomFieldDef', { name: 'owner', moType: 'HostSystem' });
  await office.refuses('DuplicateName', ADMIN, manager, 'AddCustomFieldDef', { name: 'owner' });
  await office.refuses('InvalidArgument', ADMIN, manager, 'AddCustomFieldDef', { name: 'x', moType: 'Teapot' });
  await office.refuses('InvalidArgument', ADMIN, manager, 'AddCustomFieldDef', { name: '' });
});

test('values are set by key or by name, shown everywhere, and taken away by an empty text', async () => {
  const { office, manager, vm, host, add, values } = world();
  const { key } = await add('owner');
  await office.call(manager, 'SetField', { entity: vm, key, value: 'ann' });
  for (const path of ['customValue', 'value', 'summary.customValue']) assert.deepEqual(values(vm, path), [[key, 'ann']], path);
  await office.call(vm, 'setCustomValue', { key: 'owner', value: 'bob' });
  assert.deepEqual(values(vm), [[key, 'bob']]);
  await office.call(manager, 'SetField', { entity: host, key, value: 'carl' });
  assert.deepEqual(values(host, 'summary.customValue'), [[key, 'carl']]);
  await office.call(manager, 'SetField', { entity: vm, key, value: '' });
  assert.deepEqual(values(vm), []);
  const other = await add('rack', 'HostSystem');
  await office.refuses('InvalidArgument', ADMIN, manager, 'SetField', { entity: vm, key: other.key, value: 'x' });
  await office.refuses('InvalidArgument', ADMIN, vm, 'setCustomValue', { key: 'rack', value: 'x' });
});

test('renaming keeps values, removing takes them along, and a key is not used again', async () => {
  const { office, manager, vm, add, available, values } = world();
  const { key } = await add('owner');
  await add('cost');
  await office.call(manager, 'SetField', { entity: vm, key, value: 'ann' });
  await office.call(manager, 'RenameCustomFieldDef', { key, name: 'keeper' });
  assert.deepEqual([available(vm), values(vm)], [['keeper', 'cost'], [[key, 'ann']]]);
  await office.refuses('DuplicateName', ADMIN, manager, 'RenameCustomFieldDef', { key, name: 'cost' });
  await office.refuses('InvalidArgument', ADMIN, manager, 'RenameCustomFieldDef', { key: 4711, name: 'x' });
  await office.call(manager, 'RemoveCustomFieldDef', { key });
  assert.deepEqual([available(vm), values(vm), values(vm, 'value')], [['cost'], [], []]);
  await office.refuses('InvalidArgument', ADMIN, manager, 'RemoveCustomFieldDef', { key });
  assert.ok((await add('new')).key > key + 1);
});

test('setting a value needs the privilege on the entity, defining an attribute on everything', async () => {
  const { office, manager, vm, add } = world();
  const { key } = await add('owner');
  await office.call(office.service('authorizationManager'), 'SetEntityPermissions', { entity: vm, permission: [permission('ann', -2)] });
  const refused = await office.refuses('NoPermission', 'ann', manager, 'SetField', { entity: vm, key, value: 'x' });
  assert.deepEqual([refused['object'], refused['privilegeId']], [vm, 'Global.SetCustomField']);
  await office.refuses('NoPermission', 'ann', manager, 'AddCustomFieldDef', { name: 'x' });
  await office.refuses('NoPermission', 'ann', vm, 'setCustomValue', { key: 'owner', value: 'x' });
});
