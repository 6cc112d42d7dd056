import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSubtype, managedType, typeNames, type AuthorizationRole, type ManagedObjectReference, type Permission, type UserSearchResult } from '../../../core/vim25/index.ts';
import { Office, permission } from './office.testing.ts';

type Ref = ManagedObjectReference;

const ADMIN = 'Administrator@vsphere.local';
const world = () => {
  const office = new Office();
  const manager = office.service('authorizationManager');
  const root = office.service('rootFolder');
  const vm = office.named('DC0_H0_VM0');
  const allow = (user: string, entity: Ref, roleId: number, propagate = true, group = false) =>
    office.call(manager, 'SetEntityPermissions', { entity, permission: [permission(user, roleId, propagate, group)] });
  const role = (name: string, ...privIds: string[]) => office.call(manager, 'AddAuthorizationRole', { name, privIds }) as Promise<number>;
  return { office, manager, root, vm, allow, role };
};
const roles = (office: Office) => office.get<readonly AuthorizationRole[]>(office.service('authorizationManager'), 'roleList');

test('every privilege that the schema names is a privilege, and the administrator holds all of them', () => {
  const { office, manager } = world();
  const known = new Set(office.get<{ privId: string }[]>(manager, 'privilegeList').map(({ privId }) => privId));
  const named = typeNames('managed').flatMap((name) => {
    const type = managedType(name)!;
    return [...type.properties, ...[...type.methods.values()].flatMap((method) => [method, ...method.params])].map(({ privilege }) => privilege);
  });
  assert.deepEqual([...new Set(named)].filter((id) => id !== '' && !known.has(id)), []);
  assert.deepEqual(roles(office).find(({ roleId }) => roleId === -1)!.privilege, [...known]);
  const description = office.get<{ privilege: { key: string }[]; privilegeGroup: { key: string }[] }>(manager, 'description');
  assert.deepEqual(new Set(description.privilege.map(({ key }) => key)), known);
  const groups = new Set(office.get<{ privGroupName: string }[]>(manager, 'privilegeList').map(({ privGroupName }) => privGroupName));
  assert.deepEqual(new Set(description.privilegeGroup.map(({ key }) => key)), groups);
});

test('roles are added with fresh ids, changed and removed; those of the system stay as they are', async () => {
  const { office, manager, role } = world();
  const id = await role('starter', 'VirtualMachine.Interact.PowerOn');
  const made = () => roles(office).find(({ roleId }) => roleId === id);
  assert.deepEqual(made()!.privilege, ['System.Anonymous', 'System.Read', 'System.View', 'VirtualMachine.Interact.PowerOn']);
  assert.equal(made()!.system, false);
  await office.refuses('AlreadyExists', ADMIN, manager, 'AddAuthorizationRole', { name: 'starter' });
  await office.refuses('InvalidName', ADMIN, manager, 'AddAuthorizationRole', { name: ' ' });
  await office.refuses('InvalidArgument', ADMIN, manager, 'AddAuthorizationRole', { name: 'new', privIds: ['Virtual.Nonsense'] });
  await office.call(manager, 'UpdateAuthorizationRole', { roleId: id, newName: 'stopper', privIds: ['VirtualMachine.Interact.PowerOff'] });
  assert.equal(made()!.name, 'stopper');
  assert.ok(made()!.privilege!.includes('VirtualMachine.Interact.PowerOff') && !made()!.privilege!.includes('VirtualMachine.Interact.PowerOn'));
  await office.refuses('AlreadyExists', ADMIN, manager, 'UpdateAuthorizationRole', { roleId: id, newName: 'ReadOnly' });
  await office.refuses('NotFound', ADMIN, manager, 'UpdateAuthorizationRole', { roleId: 4711, newName: 'x' });
  await office.refuses('InvalidArgument', ADMIN, manager, 'UpdateAuthorizationRole', { roleId: -2, newName: 'x' });
  await office.refuses('InvalidArgument', ADMIN, manager, 'RemoveAuthorizationRole', { roleId: -1, failIfUsed: false });
  await office.call(manager, 'RemoveAuthorizationRole', { roleId: id, failIfUsed: true });
  assert.equal(made(), undefined);
  assert.notEqual(await role('another'), id, 'an id is not used again');
});

test('a role in use is removed only with its permissions', async () => {
  const { office, manager, vm, allow, role } = world();
  const id = await role('starter');
  await allow('ann', vm, id);
  await office.refuses('RemoveFailed', ADMIN, manager, 'RemoveAuthorizationRole', { roleId: id, failIfUsed: true });
  await office.call(manager, 'RemoveAuthorizationRole', { roleId: id, failIfUsed: false });
  assert.deepEqual(office.get(vm, 'permission'), []);
});

test('merging roles gives the permissions of one to the other, but never leaves nobody in charge', async () => {
  const { office, manager, vm, allow, role } = world();
  const id = await role('starter');
  await allow('ann', vm, id);
  await office.call(manager, 'MergePermissions', { srcRoleId: id, dstRoleId: -2 });
  assert.equal(office.get<Permission[]>(vm, 'permission')[0]!.roleId, -2);
  await office.refuses('NotFound', ADMIN, manager, 'MergePermissions', { srcRoleId: 4711, dstRoleId: -2 });
  await office.refuses('AuthMinimumAdminPermission', ADMIN, manager, 'MergePermissions', { srcRoleId: -1, dstRoleId: -2 });
});

test('permissions are set, replaced and removed; the entity and the manager tell the same', async () => {
  const { office, manager, root, vm, allow } = world();
  await allow('ann', vm, -2, false);
  await allow('bob@vsphere.local', vm, -2);
  await allow('VSPHERE.LOCAL\\ANN', vm, -5);
  const all = async () => ((await office.call(manager, 'RetrieveAllPermissions')) as Permission[]).filter(({ entity }) => entity!.value === vm.value);
  assert.deepEqual((await all()).map(({ principal, roleId }) => [principal, roleId]), [['VSPHERE.LOCAL\\bob', -2], ['VSPHERE.LOCAL\\ann', -5]]);
  assert.deepEqual(office.get(vm, 'permission'), await all());
  assert.deepEqual(await office.call(manager, 'RetrieveRolePermissions', { roleId: -5 }), (await all()).slice(1));
  await office.refuses('NotFound', ADMIN, manager, 'RetrieveRolePermissions', { roleId: 4711 });
  await office.call(manager, 'ResetEntityPermissions', { entity: vm, permission: [permission('carl', -2)] });
  assert.deepEqual((await all()).map(({ principal }) => principal), ['VSPHERE.LOCAL\\carl']);
  const inherited = (await office.call(manager, 'RetrieveEntityPermissions', { entity: vm, inherited: true })) as Permission[];
  assert.deepEqual(inherited.map(({ entity, principal }) => [entity!.value, principal]), [
    [vm.value, 'VSPHERE.LOCAL\\carl'], [root.value, 'VSPHERE.LOCAL\\Administrator'], [root.value, 'VSPHERE.LOCAL\\Administrators'],
  ]);
  await office.call(manager, 'RemoveEntityPermission', { entity: vm, user: 'carl', isGroup: false });
  assert.deepEqual(await all(), []);
  await office.refuses('NotFound', ADMIN, manager, 'RemoveEntityPermission', { entity: vm, user: 'carl', isGroup: false });
  await office.refuses('NotFound', ADMIN, manager, 'SetEntityPermissions', { entity: vm, permission: [permission('ann', 4711)] });
  await office.refuses('InvalidArgument', ADMIN, manager, 'SetEntityPermissions', { entity: vm, permission: [permission('ann', -3)] });
  await office.refuses('UserNotFound', ADMIN, manager, 'SetEntityPermissions', { entity: vm, permission: [permission('Administrators', -2, true, false)] });
  await office.refuses('AuthMinimumAdminPermission', ADMIN, manager, 'ResetEntityPermissions', { entity: root, permission: [permission('ann', -2)] });
});

test('permissions go with what they are on', async () => {
  const { office, manager, vm, allow } = world();
  await allow('ann', vm, -2);
  await office.call(vm, 'PowerOffVM_Task');
  await office.call(vm, 'Destroy_Task');
  const all = (await office.call(manager, 'RetrieveAllPermissions')) as Permission[];
  assert.deepEqual(all.map(({ roleId }) => roleId), [-1, -1]);
  await allow('ann', office.named('DC0_H0_VM1'), -2);
});

test('a user whom nothing binds may do everything; one that a permission names only what it gives', async () => {
  const { office, vm, allow, role } = world();
  await office.as('anybody', vm, 'PowerOffVM_Task');
  await allow('ann', vm, await role('starter', 'VirtualMachine.Interact.PowerOn'));
  await office.as('ann', vm, 'PowerOnVM_Task');
  const refused = await office.refuses('NoPermission', 'ann', vm, 'PowerOffVM_Task');
  assert.deepEqual([refused['object'], refused['privilegeId']], [vm, 'VirtualMachine.Interact.PowerOff']);
  assert.deepEqual(refused['missingPrivileges'], [{ _type: 'NoPermissionEntityPrivileges', entity: vm, privilegeIds: ['VirtualMachine.Interact.PowerOff'] }]);
  await office.refuses('NoPermission', 'ann', office.named('DC0_H0_VM1'), 'PowerOnVM_Task');
  await office.as('anybody', vm, 'PowerOffVM_Task');
});

test('a permission works at once, also for a session that is open, and so does its removal', async () => {
  const { office, manager, vm, root, allow } = world();
  office.login('ann');
  await allow('ann', root, -2);
  await office.refuses('NoPermission', 'ann', vm, 'PowerOffVM_Task');
  await allow('ann', root, -1);
  await office.as('ann', vm, 'PowerOffVM_Task');
  await office.call(manager, 'RemoveEntityPermission', { entity: root, user: 'ann', isGroup: false });
  await office.refuses('NoPermission', 'ann', vm, 'PowerOnVM_Task');
});

test('privileges on arguments and by the type of the object count too', async () => {
  const { office, vm, root, allow, role } = world();
  const folder = office.get<Ref>(office.named('DC0'), 'vmFolder');
  await allow('ann', folder, await role('makers', 'VirtualMachine.Inventory.Create', 'VirtualMachine.Inventory.Delete', 'VirtualMachine.Config.Rename', 'Folder.Create', 'VirtualMachine.Config.Memory'));
  const pool = office.get<Ref>(vm, 'resourcePool');
  const create = { config: { name: 'new', files: { vmPathName: '[LocalDS_0]' } }, pool };
  const refused = await office.refuses('NoPermission', 'ann', folder, 'CreateVM_Task', create);
  assert.deepEqual([refused['object'], refused['privilegeId']], [pool, 'Resource.AssignVMToPool']);
  assert.deepEqual((refused['missingPrivileges'] as { entity: Ref }[]).map(({ entity }) => entity.value), [pool.value, office.named('LocalDS_0').value]);
  await allow('ann', office.named('DC0_H0', 'ComputeResource'), await role('users', 'Resource.AssignVMToPool'));
  await allow('ann', office.named('LocalDS_0'), 8);
  const made = (await office.as('ann', folder, 'CreateVM_Task', create)) as Ref;
  await office.as('ann', made, 'Rename_Task', { newName: 'renamed' });
  await office.as('ann', made, 'ReconfigVM_Task', { spec: { memoryMB: 64 } });
  assert.equal((await office.refuses('NoPermission', 'ann', made, 'ReconfigVM_Task', { spec: { memoryMB: 128, numCPUs: 2 } }))['privilegeId'], 'VirtualMachine.Config.CPUCount');
  const sub = (await office.as('ann', folder, 'CreateFolder', { name: 'sub' })) as Ref;
  assert.equal((await office.refuses('NoPermission', 'ann', sub, 'Rename_Task', { newName: 'x' }))['privilegeId'], 'Folder.Rename');
  assert.equal((await office.refuses('NoPermission', 'ann', office.service('fileManager'), 'MakeDirectory', { name: '[LocalDS_0] x', datacenter: office.named('DC0') }))['privilegeId'], 'Datastore.FileManagement');
  await office.as('ann', made, 'Destroy_Task');
  assert.deepEqual(office.get<Permission[]>(root, 'permission').length, 2);
});

test('destroying needs the privilege on the object and where it is taken from', async () => {
  const { office, vm, allow, role } = world();
  const deleting = await role('delete', 'VirtualMachine.Inventory.Delete', 'VirtualMachine.Interact.PowerOff');
  await allow('ann', vm, deleting);
  await office.as('ann', vm, 'PowerOffVM_Task');
  const folder = office.get<Ref>(vm, 'parent');
  assert.deepEqual((await office.refuses('NoPermission', 'ann', vm, 'Destroy_Task'))['object'], folder);
  await allow('ann', folder, deleting, false);
  await office.as('ann', vm, 'Destroy_Task');
});

test('managers belong to the root folder, those of a host to the host', async () => {
  const { office, manager, vm, allow, role } = world();
  const host = office.get<Ref>(vm, 'runtime.host');
  await allow('ann', host, await role('network', 'Host.Config.Network'));
  await office.as('ann', office.get<Ref>(host, 'configManager.networkSystem'), 'AddVirtualSwitch', { vswitchName: 'vSwitch9', spec: { numPorts: 8 } });
  const refused = await office.refuses('NoPermission', 'ann', manager, 'AddAuthorizationRole', { name: 'x' });
  assert.equal(refused['privilegeId'], 'Authorization.ModifyRoles');
  const other = office.get<Ref>(office.named('DC0_C0_H0'), 'configManager.networkSystem');
  await office.refuses('NoPermission', 'ann', other, 'AddVirtualSwitch', { vswitchName: 'vSwitch9', spec: { numPorts: 8 } });
});

test('a user sees only what is granted and the way to it', async () => {
  const { office, vm, root, allow } = world();
  await allow('ann', vm, -2);
  const stranger = office.named('DC0_H0_VM1');
  assert.equal(office.property('ann', vm, 'name'), 'DC0_H0_VM0');
  assert.equal(office.property('ann', root, 'name'), 'Datacenters', 'the way to it is visible');
  const refused = office.property('ann', root, 'overallStatus') as { _type: string; privilegeId: string };
  assert.deepEqual([refused._type, refused.privilegeId], ['NoPermission', 'System.Read'], 'but not readable');
  assert.equal((office.property('ann', stranger, 'name') as { privilegeId: string }).privilegeId, 'System.View');
  const folder = office.get<Ref>(vm, 'parent');
  const below = office.read('ann', [folder], ['name'], [{ _type: 'TraversalSpec', type: 'Folder', path: 'childEntity' }]);
  assert.deepEqual(below.map(({ obj }) => obj.value), [folder.value, vm.value], 'its neighbours are not');
  assert.equal(await office.as('ann', office.service('searchIndex'), 'FindByInventoryPath', { inventoryPath: 'DC0/vm/DC0_H0_VM1' }), undefined);
  assert.deepEqual(await office.as('ann', office.service('searchIndex'), 'FindByInventoryPath', { inventoryPath: 'DC0/vm/DC0_H0_VM0' }), vm);
});

test('a view of a bound user follows permissions', async () => {
  const { office, vm, root, allow } = world();
  await allow('ann', vm, -2);
  const view = (await office.as('ann', office.service('viewManager'), 'CreateContainerView', { container: root, type: ['VirtualMachine'], recursive: true })) as Ref;
  const list = () => (office.login('ann').objects.get(view.value)!.props['view'] as Ref[]).map(({ value }) => value);
  const other = office.named('DC0_H0_VM1');
  assert.deepEqual(list(), [vm.value]);
  await allow('ann', other, -2);
  assert.deepEqual(list(), [vm.value, other.value]);
  await allow('ann', vm, -5);
  assert.deepEqual(list(), [other.value]);
});

test('updates tell a bound user of what it may see, from the moment it may', async () => {
  const { office, vm, root, allow } = world();
  await allow('ann', vm, -2);
  const collector = office.service('propertyCollector');
  const view = (await office.as('ann', office.service('viewManager'), 'CreateContainerView', { container: root, type: ['VirtualMachine'], recursive: true })) as Ref;
  await office.as('ann', collector, 'CreateFilter', { partialUpdates: false, spec: {
    objectSet: [{ obj: view, skip: true, selectSet: [{ _type: 'TraversalSpec', type: 'ContainerView', path: 'view' }] }],
    propSet: [{ type: 'VirtualMachine', pathSet: ['name', 'runtime.powerState', 'effectiveRole'] }],
  } });
  const update = async (version: string) => (await office.as('ann', collector, 'CheckForUpdates', { version })) as { version: string; filterSet: { objectSet: { kind: string; obj: Ref; changeSet?: { name: string; val: { value: unknown } }[] }[] }[] } | undefined;
  const first = (await update(''))!;
  const seen = (set: typeof first) => set.filterSet[0]!.objectSet.map(({ kind, obj }) => [kind, obj.value]);
  assert.deepEqual(seen(first), [['enter', vm.value]]);
  assert.deepEqual(first.filterSet[0]!.objectSet[0]!.changeSet!.find(({ name }) => name === 'effectiveRole')!.val.value, [-2]);
  await office.call(office.named('DC0_H0_VM1'), 'PowerOffVM_Task');
  assert.equal(await update(first.version), undefined);
  await allow('ann', office.named('DC0_H0_VM1'), -2);
  const second = (await update(first.version))!;
  assert.deepEqual(seen(second), [['enter', office.named('DC0_H0_VM1').value]]);
  await allow('ann', vm, -5);
  assert.deepEqual(seen((await update(second.version))!), [['leave', vm.value]]);
});

test('effectiveRole tells the roles of the one who asks', async () => {
  const { office, vm, root, allow } = world();
  await allow('ann', vm, -2);
  assert.deepEqual(office.property(ADMIN, vm, 'effectiveRole'), [-1]);
  assert.deepEqual(office.property('ann', vm, 'effectiveRole'), [-2]);
  assert.deepEqual(office.property('ann', root, 'effectiveRole'), [-3]);
});

test('who has which privilege is answered for sessions and for users', async () => {
  const { office, manager, vm, root, allow } = world();
  await allow('ann', vm, 5);
  const ids = ['VirtualMachine.Interact.PowerOn', 'VirtualMachine.Inventory.Delete', 'No.Such'];
  assert.deepEqual(await office.call(manager, 'HasPrivilegeOnEntity', { entity: vm, sessionId: office.login('ann').key, privId: ids }), [true, false, false]);
  assert.deepEqual(await office.call(manager, 'HasPrivilegeOnEntity', { entity: vm, sessionId: office.login(ADMIN).key, privId: ids }), [true, true, false]);
  await office.refuses('InvalidArgument', ADMIN, manager, 'HasPrivilegeOnEntity', { entity: vm, sessionId: 'none', privId: ids });
  const [onVm, onRoot] = (await office.call(manager, 'FetchUserPrivilegeOnEntities', { entities: [vm, root], userName: 'ann' })) as { privileges: string[] }[];
  assert.deepEqual(onVm!.privileges, roles(office).find(({ roleId }) => roleId === 5)!.privilege);
  assert.deepEqual(onRoot!.privileges, ['System.Anonymous', 'System.View']);
});

test('an extension brings its privileges along and takes them away', async () => {
  const { office, manager, role } = world();
  const extensions = office.service('extensionManager');
  const extension = {
    key: 'com.a', version: '1', description: { label: '', summary: '' }, lastHeartbeatTime: new Date(0), privilegeList: [{ privID: 'com.a.Backup.Start', privGroupName: 'com.a.Backup' }],
  };
  const held = (roleId: number) => roles(office).find((known) => known.roleId === roleId)!.privilege!.includes('com.a.Backup.Start');
  await office.call(extensions, 'RegisterExtension', { extension });
  assert.ok(office.get<{ privId: string }[]>(manager, 'privilegeList').some(({ privId }) => privId === 'com.a.Backup.Start'));
  const mine = await role('mine', 'com.a.Backup.Start');
  assert.deepEqual([held(-1), held(-2), held(mine)], [true, false, true]);
  await office.call(extensions, 'UnregisterExtension', { extensionKey: 'com.a' });
  assert.deepEqual([held(-1), held(mine)], [false, false]);
  await office.refuses('InvalidArgument', ADMIN, manager, 'AddAuthorizationRole', { name: 'other', privIds: ['com.a.Backup.Start'] });
});

test('nobody can bind the administrator of the product', async () => {
  const { office, vm, root, allow } = world();
  await allow(ADMIN, vm, -5);
  await allow('ann', root, -1);
  await office.call(vm, 'PowerOffVM_Task');
});

test('with a pair that is asked for, a permission is for users that exist', async () => {
  const office = new Office({ credentials: { userName: 'boss', password: 'pw' } });
  office.login('boss', 'pw');
  const manager = office.service('authorizationManager');
  const entity = office.service('rootFolder');
  await office.refuses('UserNotFound', 'boss', manager, 'SetEntityPermissions', { entity, permission: [permission('ann', -2)] });
  await office.as('boss', manager, 'SetEntityPermissions', { entity, permission: [permission('Users', -2, true, true)] });
});

for (const product of ['vcenter', 'esxi'] as const) {
  test(`${product}: the pair that is asked for is an administrator's`, async () => {
    const office = new Office({ product, credentials: { userName: 'boss', password: 'pw' } });
    office.login('boss', 'pw');
    await office.as('boss', office.service('authorizationManager'), 'AddAuthorizationRole', { name: 'x' });
    assert.throws(() => office.login('other', 'pw'), { message: /incorrect user name/ });
  });
}

test('users and groups are found by name, domain and membership', async () => {
  const { office } = world();
  const directory = office.service('userDirectory');
  const find = async (args: object) =>
    ((await office.call(directory, 'RetrieveUserGroups', { searchStr: '', exactMatch: false, findUsers: true, findGroups: true, ...args })) as UserSearchResult[]).map(({ principal }) => principal);
  assert.deepEqual(await find({ searchStr: 'ADMINISTRATOR', exactMatch: true }), ['VSPHERE.LOCAL\\Administrator']);
  assert.deepEqual(await find({ searchStr: 'administrator@vsphere.local', exactMatch: true, domain: 'vsphere.local' }), ['Administrator']);
  assert.ok((await find({ searchStr: 'admin', findUsers: false })).includes('VSPHERE.LOCAL\\CAAdmins'));
  assert.deepEqual(await find({ findGroups: false }), ['VSPHERE.LOCAL\\Administrator']);
  assert.deepEqual(await find({ belongsToGroup: 'Administrators' }), ['VSPHERE.LOCAL\\Administrator']);
  assert.deepEqual(await find({ belongsToUser: 'Administrator' }), ['VSPHERE.LOCAL\\Administrators']);
  assert.deepEqual(await find({ searchStr: 'nobody' }), []);
  const args = { searchStr: '', exactMatch: false, findUsers: true, findGroups: true };
  await office.refuses('NotFound', ADMIN, directory, 'RetrieveUserGroups', { ...args, domain: 'example.com' });
  await office.refuses('NotFound', ADMIN, directory, 'RetrieveUserGroups', { ...args, belongsToGroup: 'nobodies' });
});

test('a host has local accounts: made, changed, grouped, removed, and let in with their own password only', async () => {
  const office = new Office({ product: 'esxi' });
  const accounts = office.service('accountManager');
  const manager = office.service('authorizationManager');
  const call = (method: string, args: object) => office.as('root', accounts, method, args as Record<string, unknown>);
  const find = async (name: string) => (await office.as('root', office.service('userDirectory'), 'RetrieveUserGroups', { searchStr: name, exactMatch: true, findUsers: true, findGroups: true })) as UserSearchResult[];
  await call('CreateUser', { user: { id: 'ann', password: 'one', description: 'Ann', posixId: 2001, shellAccess: true } });
  await office.refuses('AlreadyExists', 'root', accounts, 'CreateUser', { user: { id: 'Ann' } });
  assert.deepEqual(await find('ann'), [{ _type: 'PosixUserSearchResult', principal: 'ann', fullName: 'Ann', group: false, id: 2001, shellAccess: true }]);
  assert.throws(() => office.login('ann', 'one'), { message: /System\.View/ }, 'without any permission there is nothing to log in to');
  await office.as('root', manager, 'SetEntityPermissions', { entity: office.service('rootFolder'), permission: [permission('ann', -2)] });
  assert.throws(() => office.login('ann', 'two'), { message: /incorrect user name or password/ });
  assert.equal(office.login('ann', 'one').userName, 'ann');
  assert.equal(JSON.stringify(office.simulator.store.get(office.service('userDirectory'))!.props).includes('"one"'), false, 'the password itself is not kept');
  await call('UpdateUser', { user: { id: 'ann', description: 'Anne' } });
  await office.refuses('UserNotFound', 'root', accounts, 'UpdateUser', { user: { id: 'bob' } });
  await office.refuses('InvalidLogin', 'root', accounts, 'ChangePassword', { user: 'ann', oldPassword: 'x', newPassword: 'y' });
  await call('ChangePassword', { user: 'ann', oldPassword: 'one', newPassword: 'three' });
  await call('CreateGroup', { group: { id: 'ops' } });
  await call('AssignUserToGroup', { user: 'ann', group: 'ops' });
  await office.refuses('AlreadyExists', 'root', accounts, 'AssignUserToGroup', { user: 'ann', group: 'ops' });
  await call('UnassignUserFromGroup', { user: 'ann', group: 'ops' });
  await office.refuses('UserNotFound', 'root', accounts, 'UnassignUserFromGroup', { user: 'ann', group: 'ops' });
  await office.refuses('UserNotFound', 'root', accounts, 'RemoveGroup', { groupName: 'nobodies' });
  await call('RemoveGroup', { groupName: 'ops' });
  await call('RemoveUser', { userName: 'ann' });
  assert.deepEqual(await find('ann'), []);
  assert.ok(!office.get<Permission[]>(office.service('rootFolder'), 'permission').some(({ principal }) => principal === 'ann'), 'its permissions go too');
  await office.refuses('InvalidArgument', 'root', accounts, 'RemoveUser', { userName: 'root' });
});

test('a snapshot brings permissions, roles and accounts back', async () => {
  const { office, vm, allow, manager } = world();
  const before = office.simulator.snapshot();
  await allow('ann', vm, -2);
  const bound = office.simulator.snapshot();
  office.simulator.restore(before);
  await office.as('ann', vm, 'PowerOffVM_Task');
  office.simulator.restore(bound);
  await office.refuses('NoPermission', 'ann', vm, 'PowerOffVM_Task');
  assert.equal(((await office.call(manager, 'RetrieveAllPermissions')) as unknown[]).length, 3);
});

test('the rules know only types and methods that there are', async () => {
  const { RULES } = await import('../../dispatch/privilege-rules.ts');
  for (const key of Object.keys(RULES)) {
    const [type = '', method = ''] = key.split('.');
    assert.equal(managedType(type)?.methods.get(method)?.owner, type, key);
    assert.ok(isSubtype(type, 'ManagedObject'));
  }
});

test('a method that a solution disabled is refused, with its name, until the same solution enables it', async () => {
  const { office, manager, vm } = world();
  const off = { entity: [vm], method: [{ method: 'PowerOffVM_Task' }, { method: 'Destroy_Task' }], sourceId: 'backup' };
  await office.call(manager, 'DisableMethods', off);
  assert.deepEqual(office.get(vm, 'disabledMethod'), ['Destroy_Task', 'PowerOffVM_Task']);
  assert.equal((await office.refuses('MethodDisabled', ADMIN, vm, 'PowerOffVM_Task'))['source'], 'backup');
  await office.call(manager, 'EnableMethods', { entity: [vm], method: ['PowerOffVM_Task', 'Destroy_Task'], sourceId: 'another' });
  await office.refuses('MethodDisabled', ADMIN, vm, 'PowerOffVM_Task');
  await office.call(manager, 'EnableMethods', { entity: [vm], method: ['PowerOffVM_Task'], sourceId: 'backup' });
  await office.call(vm, 'PowerOffVM_Task');
  assert.deepEqual(office.get(vm, 'disabledMethod'), ['Destroy_Task']);
  await office.refuses('InvalidArgument', ADMIN, manager, 'DisableMethods', { ...off, method: [{ method: 'Nonsense' }] });
});
