import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, ManagedObjectReference } from '../../core/vim25/index.ts';
import { createSimulator } from '../index.ts';
import { POOL, World } from '../objects/world.testing.ts';
import { ManualClock } from '../runtime/clock.ts';
import { newestFirst, oldestFirst } from './log.ts';

type Ref = ManagedObjectReference;
const ROOT: Ref = { type: 'Folder', value: 'group-d1' };
const ROLES: Ref = { type: 'AuthorizationManager', value: 'AuthorizationManager' };
const FIELDS: Ref = { type: 'CustomFieldsManager', value: 'CustomFieldsManager' };
const EVENTS: Ref = { type: 'EventManager', value: 'EventManager' };

/** The newest key, so that what follows can be told from what was. */
function newest(world: World): number {
  for (const { event } of newestFirst(world.store)) return event.key;
  return 0;
}

const lastOf = (store: World['store']): Event => [...newestFirst(store)][0]!.event;

interface Place {
  readonly w: World;
  readonly vm: Ref;
  readonly folder: Ref;
  readonly dc: Ref;
  readonly cluster: Ref;
  readonly pool: Ref;
  readonly hosts: readonly [Ref, Ref];
}

function place(): Place {
  const w = new World({ host: 2, machine: 1 });
  const vm = w.named('DC0_C0_RP0_VM0', 'VirtualMachine');
  const cluster = w.named('DC0_C0');
  return { w, vm, folder: w.get(vm, 'parent'), dc: w.named('DC0'), cluster, pool: w.get(cluster, 'resourcePool'), hosts: [w.named('DC0_C0_H0'), w.named('DC0_C0_H1')] };
}

interface Case {
  /** Brings the world to where the operation can be done. */
  readonly given?: (p: Place) => unknown;
  readonly when: (p: Place) => unknown;
  /** Classes, with the start of the message where it matters; the TaskEvent first when there is a task. */
  readonly then: readonly string[];
}

const call = (p: Place, ref: Ref, method: string, args: Record<string, unknown> = {}) => p.w.call(ref, method, args);
const create = (p: Place) => call(p, p.folder, 'CreateVM_Task', { config: { name: 'new', guestId: 'otherGuest', numCPUs: 1, memoryMB: 32, files: { vmPathName: '[LocalDS_0]' } }, pool: p.pool, host: p.hosts[0] });
const off = (p: Place) => call(p, p.vm, 'PowerOffVM_Task');
const clone = (p: Place, name: string, more: object = {}) => call(p, p.vm, 'CloneVM_Task', { folder: p.folder, name, spec: { location: { pool: p.pool, host: p.hosts[0] }, powerOn: false, template: false, ...more } });
const dvsSpec = (p: Place, change: object) => ({ spec: { _type: 'VMwareDVSConfigSpec', configVersion: p.w.get(p.w.named('DVS0'), 'config.configVersion'), ...change } });
const tools = (p: Place) => call(p, p.vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ _type: 'OptionValue', key: 'SET.guest.toolsRunningStatus', value: 'guestToolsRunning' }] } });
const permission = (roleId: number, propagate = true) => ({ principal: 'VSPHERE.LOCAL\\bob', group: false, roleId, propagate });

const CASES: Readonly<Record<string, Case>> = {
  'CreateVM_Task': {
    when: (p) => create(p),
    then: ['TaskEvent: Task: Create virtual machine', 'VmBeingCreatedEvent: Creating new on DC0_C0_H0 in DC0', 'VmInstanceUuidAssignedEvent', 'VmUuidAssignedEvent', 'VmCreatedEvent: Created virtual machine new on DC0_C0_H0 in DC0'],
  },
  'PowerOnVM_Task': {
    given: off, when: (p) => call(p, p.vm, 'PowerOnVM_Task'),
    then: ['TaskEvent: Task: Power On virtual machine', 'VmStartingEvent', 'VmPoweredOnEvent: Virtual machine DC0_C0_RP0_VM0 on DC0_C0_H0 in DC0 is powered on'],
  },
  'PowerOnVM_Task on another host, which is no migration': {
    given: off, when: (p) => call(p, p.vm, 'PowerOnVM_Task', { host: p.hosts[1] }),
    then: ['TaskEvent', 'VmStartingEvent', 'VmPoweredOnEvent: Virtual machine DC0_C0_RP0_VM0 on DC0_C0_H1 in DC0 is powered on'],
  },
  'PowerOnVM_Task of one that is on': {
    when: (p) => call(p, p.vm, 'PowerOnVM_Task').catch(() => undefined),
    then: ['TaskEvent', 'VmFailedToPowerOnEvent: Failed to power on DC0_C0_RP0_VM0 on DC0_C0_H0 in DC0: The attempted operation cannot be performed in the current state (Powered on).'],
  },
  'PowerOffVM_Task': { when: off, then: ['TaskEvent: Task: Power Off virtual machine', 'VmStoppingEvent', 'VmPoweredOffEvent: Virtual machine DC0_C0_RP0_VM0 on DC0_C0_H0 in DC0 is powered off'] },
  'SuspendVM_Task': { when: (p) => call(p, p.vm, 'SuspendVM_Task'), then: ['TaskEvent: Task: Suspend virtual machine', 'VmSuspendingEvent', 'VmSuspendedEvent'] },
  'PowerOnVM_Task of a suspended one': { given: (p) => call(p, p.vm, 'SuspendVM_Task'), when: (p) => call(p, p.vm, 'PowerOnVM_Task'), then: ['TaskEvent', 'VmResumingEvent', 'VmPoweredOnEvent'] },
  'ResetVM_Task': { given: (p) => p.w.simulator.clock instanceof ManualClock && p.w.simulator.clock.advance(1000), when: (p) => call(p, p.vm, 'ResetVM_Task'), then: ['TaskEvent: Task: Reset virtual machine', 'VmResettingEvent'] },
  'ShutdownGuest': { given: tools, when: (p) => call(p, p.vm, 'ShutdownGuest'), then: ['VmGuestShutdownEvent: Guest OS shut down for DC0_C0_RP0_VM0 on DC0_C0_H0 in DC0', 'VmPoweredOffEvent'] },
  'RebootGuest': { given: (p) => { (p.w.simulator.clock as ManualClock).advance(1000); return tools(p); }, when: (p) => call(p, p.vm, 'RebootGuest'), then: ['VmGuestRebootEvent'] },
  'StandbyGuest': { given: tools, when: (p) => call(p, p.vm, 'StandbyGuest'), then: ['VmGuestStandbyEvent', 'VmSuspendedEvent'] },
  'ReconfigVM_Task': {
    given: off, when: (p) => call(p, p.vm, 'ReconfigVM_Task', { spec: { numCPUs: 2 } }),
    then: ['TaskEvent: Task: Reconfigure virtual machine', 'VmReconfiguredEvent: Reconfigured DC0_C0_RP0_VM0 on DC0_C0_H0 in DC0. \n\nModified: \n\nconfig.hardware.numCPU: 1 -> 2'],
  },
  'Rename_Task': { when: (p) => call(p, p.vm, 'Rename_Task', { newName: 'other' }), then: ['TaskEvent: Task: Rename virtual machine', 'VmRenamedEvent: Renamed other from DC0_C0_RP0_VM0 to other in DC0'] },
  'CloneVM_Task': { given: off, when: (p) => clone(p, 'copy'), then: ['TaskEvent: Task: Clone virtual machine', 'VmBeingClonedEvent: Cloning DC0_C0_RP0_VM0 on DC0_C0_H0 in DC0 to copy on DC0_C0_H0', 'VmClonedEvent: Virtual machine copy on DC0_C0_H0 in DC0 is cloned from DC0_C0_RP0_VM0'] },
  'CloneVM_Task from a template, powered on': {
    given: async (p) => { await off(p); await call(p, p.vm, 'MarkAsTemplate'); }, when: (p) => clone(p, 'copy', { powerOn: true }),
    then: ['TaskEvent', 'VmBeingDeployedEvent', 'VmDeployedEvent: Template DC0_C0_RP0_VM0 deployed on host DC0_C0_H0 as copy', 'VmStartingEvent', 'VmPoweredOnEvent'],
  },
  'CloneVM_Task to a name that is taken': { given: off, when: (p) => clone(p, 'DC0_H0_VM0').catch(() => undefined), then: ['TaskEvent', 'VmCloneFailedEvent: Failed to clone DC0_C0_RP0_VM0 on DC0_C0_H0 in DC0 to DC0_H0_VM0'] },
  'MigrateVM_Task': {
    when: (p) => call(p, p.vm, 'MigrateVM_Task', { host: p.hosts[1], priority: 'defaultPriority' }),
    then: ['TaskEvent: Task: Migrate virtual machine', 'VmBeingHotMigratedEvent', 'VmMigratedEvent: Migration of virtual machine DC0_C0_RP0_VM0 from DC0_C0_H0 to DC0_C0_H1 in DC0 completed'],
  },
  'RelocateVM_Task to another datastore': {
    given: (p) => call(p, p.w.get(p.hosts[0], 'configManager.datastoreSystem'), 'CreateNasDatastore', { spec: { remoteHost: 'nas', remotePath: '/x', localPath: 'nfs', accessMode: 'readWrite', type: 'NFS' } }),
    when: (p) => call(p, p.vm, 'RelocateVM_Task', { spec: { datastore: p.w.named('nfs') } }),
    then: ['TaskEvent: Task: Relocate virtual machine', 'VmBeingRelocatedEvent: Relocating DC0_C0_RP0_VM0 from DC0_C0_H0 to DC0_C0_H0, nfs in DC0', 'VmRelocatedEvent: Completed the relocation of the virtual machine DC0_C0_RP0_VM0 from DC0_C0_H0, LocalDS_0 to'],
  },
  'MoveIntoResourcePool': {
    given: (p) => call(p, p.pool, 'CreateResourcePool', { name: 'p', spec: POOL }), when: (p) => call(p, p.w.named('p'), 'MoveIntoResourcePool', { list: [p.vm] }),
    then: ['VmResourcePoolMovedEvent: Moved DC0_C0_RP0_VM0 from resource pool Resources to p in DC0'],
  },
  'UnregisterVM': { given: off, when: (p) => call(p, p.vm, 'UnregisterVM'), then: ['VmRemovedEvent: Removed DC0_C0_RP0_VM0 on DC0_C0_H0 from DC0'] },
  'RegisterVM_Task': {
    given: async (p) => { await create(p); await call(p, p.w.named('new'), 'UnregisterVM'); },
    when: (p) => call(p, p.folder, 'RegisterVM_Task', { path: '[LocalDS_0] new/new.vmx', asTemplate: false, pool: p.pool, host: p.hosts[0] }),
    then: ['TaskEvent: Task: Register virtual machine', 'VmRegisteredEvent: Registered virtual machine new on DC0_C0_H0 in DC0'],
  },
  'Destroy_Task of a machine': { given: off, when: (p) => call(p, p.vm, 'Destroy_Task'), then: ['TaskEvent: Task: Delete virtual machine', 'VmRemovedEvent'] },
  'CreateSnapshot_Task': { when: (p) => call(p, p.vm, 'CreateSnapshot_Task', { name: 's', memory: false, quiesce: false }), then: ['TaskEvent: Task: Create virtual machine snapshot'] },
  'DisconnectHost_Task': {
    when: (p) => call(p, p.hosts[1], 'DisconnectHost_Task'), then: ['TaskEvent: Task: Disconnect host', 'HostDisconnectedEvent: Disconnected from DC0_C0_H1 in DC0. Reason: user request'],
  },
  'ReconnectHost_Task': { given: (p) => call(p, p.hosts[1], 'DisconnectHost_Task'), when: (p) => call(p, p.hosts[1], 'ReconnectHost_Task'), then: ['TaskEvent: Task: Reconnect host', 'HostConnectedEvent: Connected to DC0_C0_H1 in DC0'] },
  'EnterMaintenanceMode_Task': {
    when: (p) => call(p, p.hosts[0], 'EnterMaintenanceMode_Task', { timeout: 0 }),
    then: [
      'TaskEvent: Task: Enter maintenance mode', 'VmBeingHotMigratedEvent', 'DrsVmMigratedEvent: DRS migrated DC0_C0_RP0_VM0 from DC0_C0_H0 to DC0_C0_H1 in cluster DC0_C0 in DC0',
      'EnteringMaintenanceModeEvent', 'EnteredMaintenanceModeEvent: Host DC0_C0_H0 in DC0 has entered maintenance mode',
    ],
  },
  'ExitMaintenanceMode_Task': { given: (p) => call(p, p.hosts[1], 'EnterMaintenanceMode_Task', { timeout: 0 }), when: (p) => call(p, p.hosts[1], 'ExitMaintenanceMode_Task', { timeout: 0 }), then: ['TaskEvent: Task: Exit maintenance mode', 'ExitMaintenanceModeEvent'] },
  'AddHost_Task': {
    when: (p) => call(p, p.cluster, 'AddHost_Task', { spec: { hostName: 'esx9', force: true }, asConnected: true }),
    then: ['TaskEvent: Task: Add host', 'HostAddedEvent: Added host esx9 to datacenter DC0', 'HostConnectedEvent'],
  },
  'CreateDatacenter': { when: (p) => call(p, ROOT, 'CreateDatacenter', { name: 'DC1' }), then: ['DatacenterCreatedEvent: Created datacenter DC1 in folder Datacenters'] },
  'Rename_Task of a datacenter': { when: (p) => call(p, p.dc, 'Rename_Task', { newName: 'D' }), then: ['TaskEvent: Task: Rename datacenter', 'DatacenterRenamedEvent: Renamed datacenter from DC0 to D'] },
  'CreateClusterEx': { when: (p) => call(p, p.w.get(p.dc, 'hostFolder'), 'CreateClusterEx', { name: 'c', spec: { drsConfig: { enabled: false } } }), then: ['ClusterCreatedEvent: Created cluster c in folder host'] },
  'ReconfigureComputeResource_Task': {
    when: (p) => call(p, p.cluster, 'ReconfigureComputeResource_Task', { spec: { _type: 'ClusterConfigSpecEx', drsConfig: { enabled: false }, dasConfig: { enabled: true } }, modify: true }),
    then: ['TaskEvent: Task: Reconfigure cluster', 'DasEnabledEvent', 'DrsDisabledEvent: Disabled DRS on cluster DC0_C0 in datacenter DC0', 'ClusterReconfiguredEvent'],
  },
  'Destroy_Task of a cluster': {
    given: (p) => call(p, p.w.get(p.dc, 'hostFolder'), 'CreateClusterEx', { name: 'c', spec: {} }), when: (p) => call(p, p.w.named('c'), 'Destroy_Task'),
    then: ['TaskEvent: Task: Delete cluster', 'ClusterDestroyedEvent: Removed cluster c in datacenter DC0'],
  },
  'CreateResourcePool': { when: (p) => call(p, p.pool, 'CreateResourcePool', { name: 'p', spec: POOL }), then: ['ResourcePoolCreatedEvent: Created resource pool p in compute-resource DC0_C0 in DC0'] },
  'UpdateConfig': {
    given: (p) => call(p, p.pool, 'CreateResourcePool', { name: 'p', spec: POOL }),
    when: (p) => call(p, p.w.named('p'), 'UpdateConfig', { name: 'q', config: { ...POOL, cpuAllocation: { ...POOL.cpuAllocation, limit: 100 } } }),
    then: ['ResourcePoolReconfiguredEvent: Updated configuration for q in compute-resource DC0_C0 in DC0 \n\nModified: \n\nname: "p" -> "q"; \nconfig.cpuAllocation.limit: -1 -> 100'],
  },
  'Destroy_Task of a pool': { given: (p) => call(p, p.pool, 'CreateResourcePool', { name: 'p', spec: POOL }), when: (p) => call(p, p.w.named('p'), 'Destroy_Task'), then: ['TaskEvent: Task: Delete resource pool', 'ResourcePoolDestroyedEvent'] },
  'MoveIntoResourcePool of a pool': {
    given: async (p) => { for (const name of ['p', 'q']) await call(p, p.pool, 'CreateResourcePool', { name, spec: POOL }); }, when: (p) => call(p, p.w.named('p'), 'MoveIntoResourcePool', { list: [p.w.named('q')] }),
    then: ['ResourcePoolMovedEvent: Moved resource pool q from Resources to p on DC0_C0 in DC0'],
  },
  'CreateNasDatastore': {
    when: (p) => call(p, p.w.get(p.hosts[0], 'configManager.datastoreSystem'), 'CreateNasDatastore', { spec: { remoteHost: 'nas', remotePath: '/x', localPath: 'nfs', accessMode: 'readWrite', type: 'NFS' } }),
    then: ['NASDatastoreCreatedEvent: Created NAS datastore nfs on DC0_C0_H0 in DC0'],
  },
  'Rename_Task of a datastore': { when: (p) => call(p, p.w.named('LocalDS_0'), 'Rename_Task', { newName: 'd' }), then: ['TaskEvent: Task: Rename datastore', 'DatastoreRenamedEvent: Renamed datastore from LocalDS_0 to d in DC0'] },
  'DeleteDatastoreFile_Task': {
    given: (p) => call(p, { type: 'FileManager', value: 'FileManager' }, 'MakeDirectory', { name: '[LocalDS_0] a', datacenter: p.dc }),
    when: (p) => call(p, { type: 'FileManager', value: 'FileManager' }, 'DeleteDatastoreFile_Task', { name: '[LocalDS_0] a', datacenter: p.dc }),
    then: ['TaskEvent: Task: Delete file', 'DatastoreFileDeletedEvent: Deletion of file or directory [LocalDS_0] a from LocalDS_0 in DC0'],
  },
  'CreateDVS_Task': {
    when: (p) => call(p, p.w.get(p.dc, 'networkFolder'), 'CreateDVS_Task', { spec: { configSpec: { _type: 'VMwareDVSConfigSpec', name: 'sw' } } }),
    then: ['TaskEvent: Task: Create a vSphere Distributed Switch', 'DvsCreatedEvent: A vSphere Distributed Switch sw was created in DC0.', 'DVPortgroupCreatedEvent'],
  },
  'ReconfigureDvs_Task': { when: (p) => call(p, p.w.named('DVS0'), 'ReconfigureDvs_Task', dvsSpec(p, { maxMtu: 9000 })), then: ['TaskEvent: Task: Reconfigure vSphere Distributed Switch', 'DvsReconfiguredEvent'] },
  'ReconfigureDvs_Task that drops a host': {
    when: (p) => call(p, p.w.named('DVS0'), 'ReconfigureDvs_Task', dvsSpec(p, { host: [{ operation: 'remove', host: p.hosts[1] }] })),
    then: ['TaskEvent', 'DvsHostLeftEvent: The host DC0_C0_H1 left the vSphere Distributed Switch DVS0 in DC0.'],
  },
  'AddDVPortgroup_Task': { when: (p) => call(p, p.w.named('DVS0'), 'AddDVPortgroup_Task', { spec: [{ name: 'pg', type: 'earlyBinding', numPorts: 8 }] }), then: ['TaskEvent', 'DVPortgroupCreatedEvent: Distributed virtual port group pg in DC0 was added to switch DVS0.'] },
  'ReconfigureDVPortgroup_Task': {
    when: (p) => call(p, p.w.named('DC0_DVPG0'), 'ReconfigureDVPortgroup_Task', { spec: { configVersion: p.w.get(p.w.named('DC0_DVPG0'), 'config.configVersion'), numPorts: 256 } }),
    then: ['TaskEvent: Task: Reconfigure distributed port group', 'DVPortgroupReconfiguredEvent'],
  },
  'SetEntityPermissions': { when: (p) => call(p, ROLES, 'SetEntityPermissions', { entity: p.dc, permission: [permission(-2)] }), then: ['PermissionAddedEvent: Permission created for VSPHERE.LOCAL\\bob on DC0, role is ReadOnly, propagation is true'] },
  'SetEntityPermissions again': {
    given: (p) => call(p, ROLES, 'SetEntityPermissions', { entity: p.dc, permission: [permission(-2)] }), when: (p) => call(p, ROLES, 'SetEntityPermissions', { entity: p.dc, permission: [permission(-5)] }),
    then: ["PermissionUpdatedEvent: Permission changed for 'VSPHERE.LOCAL\\bob' on 'DC0'. Role changed from 'ReadOnly' to role 'NoAccess'"],
  },
  'RemoveEntityPermission': {
    given: (p) => call(p, ROLES, 'SetEntityPermissions', { entity: p.dc, permission: [permission(-2)] }), when: (p) => call(p, ROLES, 'RemoveEntityPermission', { entity: p.dc, user: 'VSPHERE.LOCAL\\bob', isGroup: false }),
    then: ['PermissionRemovedEvent: Permission rule removed for VSPHERE.LOCAL\\bob on DC0'],
  },
  'AddAuthorizationRole': { when: (p) => call(p, ROLES, 'AddAuthorizationRole', { name: 'r', privIds: ['VirtualMachine.Interact.PowerOn'] }), then: ['RoleAddedEvent: New role r created'] },
  'UpdateAuthorizationRole': {
    given: (p) => call(p, ROLES, 'AddAuthorizationRole', { name: 'r', privIds: ['VirtualMachine.Interact.PowerOn'] }),
    when: async (p) => call(p, ROLES, 'UpdateAuthorizationRole', { roleId: roleId(p, 'r'), newName: 's', privIds: ['VirtualMachine.Interact.PowerOff'] }),
    then: ['RoleUpdatedEvent: Role modified. Previous name: r, new name: s. Added privileges: VirtualMachine.Interact.PowerOff. Removed privileges: VirtualMachine.Interact.PowerOn.'],
  },
  'RemoveAuthorizationRole': { given: (p) => call(p, ROLES, 'AddAuthorizationRole', { name: 'r', privIds: [] }), when: (p) => call(p, ROLES, 'RemoveAuthorizationRole', { roleId: roleId(p, 'r'), failIfUsed: false }), then: ['RoleRemovedEvent: Role r removed'] },
  'AddCustomFieldDef': { when: (p) => call(p, FIELDS, 'AddCustomFieldDef', { name: 'owner' }), then: ['CustomFieldDefAddedEvent: Created new custom field definition owner'] },
  'setCustomValue': {
    given: (p) => call(p, FIELDS, 'AddCustomFieldDef', { name: 'owner' }), when: (p) => call(p, p.vm, 'setCustomValue', { key: 'owner', value: 'me' }),
    then: ["CustomFieldValueChangedEvent: Changed custom field owner on DC0_C0_RP0_VM0 in DC0 from '' to 'me'"],
  },
  'RenameCustomFieldDef': { given: (p) => call(p, FIELDS, 'AddCustomFieldDef', { name: 'owner' }), when: (p) => call(p, FIELDS, 'RenameCustomFieldDef', { key: fieldKey(p), name: 'o' }), then: ['CustomFieldDefRenamedEvent: Renamed field definition from owner to o'] },
  'RemoveCustomFieldDef with a value': {
    given: async (p) => { await call(p, FIELDS, 'AddCustomFieldDef', { name: 'owner' }); await call(p, p.vm, 'setCustomValue', { key: 'owner', value: 'me' }); },
    when: (p) => call(p, FIELDS, 'RemoveCustomFieldDef', { key: fieldKey(p) }), then: ['CustomFieldDefRemovedEvent: Removed field definition owner'],
  },
  'LogUserEvent': { when: (p) => call(p, EVENTS, 'LogUserEvent', { entity: p.vm, msg: 'hello' }), then: ['GeneralUserEvent: User logged event: hello'] },
};

const roleId = (p: Place, name: string): number => p.w.get<{ roleId: number; name: string }[]>(ROLES, 'roleList').find((role) => role.name === name)!.roleId;
const fieldKey = (p: Place): number => p.w.get<{ key: number; name: string }[]>(FIELDS, 'field').find((field) => field.name === 'owner')!.key;

for (const [name, { given, when, then }] of Object.entries(CASES)) {
  test(`${name} is told by exactly its events`, async () => {
    const p = place();
    await given?.(p);
    const before = newest(p.w);
    await when(p);
    const events = [...oldestFirst(p.w.store, before)].map(({ event }) => event);
    assert.deepEqual(events.map((event) => event._type), then.map((line) => line.split(':')[0]));
    then.forEach((line, i) => {
      const start = line.includes(':') ? line.slice(line.indexOf(':') + 2) : '';
      assert.ok(events[i]!.fullFormattedMessage!.startsWith(start), events[i]!.fullFormattedMessage);
    });
    assert.ok(events.every((event) => event.userName === 'user'), 'each names the user who caused it');
    assert.deepEqual(new Set(events.map((event) => event.chainId)).size, 1, 'one chain ties them together');
    assert.doesNotMatch(events.map((event) => event.fullFormattedMessage).join(), /\{|undefined|\[object/);
  });
}

test('logging in and out, and failing to', () => {
  const { sim, store } = createSimulator({ clock: new ManualClock(), credentials: { userName: 'root', password: 'right' } });
  const said = (): Event[] => [...oldestFirst(store)].map(({ event }) => event).filter((event) => /Session/.test(event._type!));
  const caller = { ipAddress: '192.0.2.1', userAgent: 'test/1' };
  assert.throws(() => sim.sessions.login('mallory', 'x', caller));
  const session = sim.sessions.login('root', 'right', caller);
  session.calls = 7;
  sim.sessions.end(session);
  assert.deepEqual(said().map((event) => [event._type, event.userName, event.fullFormattedMessage]), [
    ['BadUsernameSessionEvent', 'mallory', 'Cannot login mallory@192.0.2.1'],
    ['UserLoginSessionEvent', 'root', 'User root@192.0.2.1 logged in as test/1'],
    ['UserLogoutSessionEvent', 'root', 'User root@192.0.2.1 logged out (login time: 2026-01-01T00:00:00.000Z, number of API invocations: 7, user agent: test/1)'],
  ]);
});

test('an event carries where it happened, and shares its version with the change', async () => {
  const p = place();
  await off(p);
  const changed = p.w.store.get(p.vm)!.changes!.get('runtime.powerState');
  const event = lastOf(p.w.store);
  const { vm, host, computeResource, datacenter } = event;
  assert.deepEqual([vm!.vm, host!.host, computeResource!.computeResource, datacenter!.datacenter], [p.vm, p.hosts[0], p.cluster, p.dc]);
  assert.equal(p.w.store.get(EVENTS)!.changes!.get('latestEvent') ?? p.w.store.get(EVENTS)!.changedAt, changed);
  assert.equal(p.w.get<Event>(EVENTS, 'latestEvent'), event);
});

test('what is rolled back has not happened', () => {
  const { w, vm } = place();
  const before = newest(w);
  assert.throws(() => w.store.transaction((tx) => {
    tx.set(vm, 'name', 'other');
    w.simulator.sim.events.post(tx, { _type: 'GeneralEvent', message: 'no' });
    throw new RangeError('no');
  }));
  assert.equal(newest(w), before);
});

test('a restored world has the events of its time and gives no key twice; a fork goes its own way', async () => {
  const p = place();
  const snapshot = p.w.simulator.snapshot();
  const then = [...oldestFirst(p.w.store)].map(({ event }) => event.key);
  await off(p);
  const twin = p.w.simulator.fork();
  const later = newest(p.w);
  p.w.simulator.restore(snapshot);
  assert.deepEqual([...oldestFirst(p.w.store)].map(({ event }) => event.key), then);
  await off(p);
  assert.ok([...oldestFirst(p.w.store, then.at(-1))].every(({ event }) => event.key > later));
  twin.store.transaction((tx) => tx.set(p.vm, 'name', 'twin'));
  const event = lastOf(twin.store);
  assert.equal(event._type, 'VmRenamedEvent');
  assert.equal(event.userName, '');
});

test('only the newest events stay', () => {
  const { store, sim } = createSimulator({ clock: new ManualClock(), keepEvents: 100 });
  for (let i = 0; i < 500; i++) store.transaction((tx) => sim.events.post(tx, { _type: 'GeneralEvent', message: String(i) }));
  const kept = [...oldestFirst(store)].map(({ event }) => (event as Event & { message?: string }).message);
  assert.ok(kept.length >= 100 && kept.length < 164, String(kept.length));
  assert.deepEqual(kept, Array.from({ length: kept.length }, (_, i) => String(500 - kept.length + i)));
  assert.deepEqual([...newestFirst(store)].map(({ event }) => event.key), [...oldestFirst(store)].map(({ event }) => event.key).reverse());
});

test('building a big world is told by its first events only', () => {
  const { store } = createSimulator({ clock: new ManualClock(), model: { machine: 300 } });
  const events = [...oldestFirst(store)].map(({ event }) => event._type);
  assert.ok(events.length >= 500 && events.length < 520, String(events.length));
  assert.equal(events[0], 'DatacenterCreatedEvent');
  assert.ok(events.includes('VmPoweredOnEvent'));
});
