// Folders: names are unique however an entity comes to them, and destroying one takes all of it or nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { POOL, World } from './world.testing.ts';

type Ref = ManagedObjectReference;

const folderOf = (world: World, kind: string): Ref => world.get<Ref>(world.named('DC0'), `${kind}Folder`);
const make = async (world: World, parent: Ref, name: string): Promise<Ref> => (await world.call(parent, 'CreateFolder', { name })) as Ref;

test('a name is refused wherever it is given, moved to or renamed to', async () => {
  const world = new World();
  const [vmFolder, hostFolder, networkFolder, datastoreFolder] = ['vm', 'host', 'network', 'datastore'].map((kind) => folderOf(world, kind)) as [Ref, Ref, Ref, Ref];
  const rootPool = world.get<Ref>(world.named('DC0_C0'), 'resourcePool');
  const duplicate = (self: Ref, method: string, args: Record<string, unknown>) => world.refuses('DuplicateName', self, method, args);
  const vm = world.named('DC0_H0_VM0');
  await duplicate(vmFolder, 'CreateFolder', { name: 'DC0_H0_VM0' });
  await duplicate(hostFolder, 'CreateClusterEx', { name: 'DC0_C0', spec: {} });
  await duplicate(hostFolder, 'AddStandaloneHost_Task', { spec: { hostName: 'DC0_C0', force: true }, addConnected: true });
  await duplicate(networkFolder, 'CreateDVS_Task', { spec: { configSpec: { name: 'DVS0' } } });
  await duplicate(world.named('DVS0'), 'CreateDVPortgroup_Task', { spec: { name: 'VM Network' } });
  await duplicate(world.named('DVS0'), 'AddDVPortgroup_Task', { spec: [{ name: 'twice' }, { name: 'twice' }] });
  await duplicate(datastoreFolder, 'CreateStoragePod', { name: 'LocalDS_0' });
  await duplicate(vmFolder, 'CreateVM_Task', { config: { name: 'DC0_H0_VM0', files: { vmPathName: '[LocalDS_0]' } }, pool: rootPool });
  await duplicate(vm, 'CloneVM_Task', { folder: vmFolder, name: 'DC0_H0_VM1', spec: { location: {}, powerOn: false, template: false } });
  await duplicate(vm, 'ReconfigVM_Task', { spec: { name: 'DC0_H0_VM1' } });
  for (const [name, other] of [['DC0_C0', 'DC0_H0'], ['DVS0', 'VM Network'], ['DC0_DVPG0', 'DVS0']] as const) await duplicate(world.named(name), 'Rename_Task', { newName: other });
  const [a, b] = [await make(world, vmFolder, 'a'), await make(world, vmFolder, 'b')];
  await make(world, a, 'same');
  const same = await make(world, b, 'same');
  await duplicate(a, 'MoveIntoFolder_Task', { list: [same] });
  const inA = world.get<Ref[]>(a, 'childEntity')[0]!;
  await duplicate(vmFolder, 'MoveIntoFolder_Task', { list: [inA, same] });
  await world.call(vmFolder, 'MoveIntoFolder_Task', { list: [inA] });
  assert.deepEqual(world.names(a, 'childEntity'), []);
  await world.call(world.named('DC0'), 'Rename_Task', { newName: 'DC9' });
  const [p, q] = [await world.call(rootPool, 'CreateResourcePool', { name: 'p', spec: POOL }), await world.call(rootPool, 'CreateResourcePool', { name: 'q', spec: POOL })] as [Ref, Ref];
  await duplicate(q, 'UpdateConfig', { name: 'p', config: { cpuAllocation: {}, memoryAllocation: {} } });
  const inner = (await world.call(p, 'CreateResourcePool', { name: 'q', spec: POOL })) as Ref;
  await duplicate(rootPool, 'MoveIntoResourcePool', { list: [inner] });
});

test('entities keep to folders of their kind and to their datacenter', async () => {
  const world = new World({ datacenter: 2 });
  const vmFolder = folderOf(world, 'vm');
  const other = world.get<Ref>(world.named('DC1'), 'vmFolder');
  await world.refuses('InvalidArgument', other, 'MoveIntoFolder_Task', { list: [world.named('DC0_H0_VM0')] });
  await world.refuses('NotSupported', folderOf(world, 'host'), 'MoveIntoFolder_Task', { list: [world.named('DC0_H0_VM0')] });
  await world.refuses('InvalidFolder', await make(world, vmFolder, 'f'), 'MoveIntoFolder_Task', { list: [vmFolder] });
  const pod = (await world.call(folderOf(world, 'datastore'), 'CreateStoragePod', { name: 'pod' })) as Ref;
  const [datastore] = world.get<Ref[]>(world.named('DC0'), 'datastore');
  await world.call(pod, 'MoveIntoFolder_Task', { list: [datastore] });
  assert.deepEqual(world.get(datastore!, 'parent'), pod);
  const hosts = await make(world, folderOf(world, 'host'), 'hosts');
  await world.call(hosts, 'MoveIntoFolder_Task', { list: [world.named('DC0_C0'), world.named('DC0_H0', 'HostSystem')] });
  assert.deepEqual(world.names(hosts, 'childEntity'), ['DC0_C0', 'DC0_H0']);
  const networks = await make(world, folderOf(world, 'network'), 'networks');
  const [dvs] = [...world.store.ofType('VmwareDistributedVirtualSwitch')];
  await world.call(networks, 'MoveIntoFolder_Task', { list: [dvs!.ref] });
  assert.deepEqual(world.names(networks, 'childEntity'), ['DC0_DVPG0', 'DVS0', 'DVS0-DVUplinks-9'], 'a switch takes its port groups along');
  const centers = (await world.call(world.named('Datacenters'), 'CreateFolder', { name: 'centers' })) as Ref;
  await world.call(centers, 'MoveIntoFolder_Task', { list: [world.named('DC1')] });
  assert.deepEqual(world.get(world.named('DC1'), 'parent'), centers);
});

test('a folder goes with everything in it, or not at all', async () => {
  const world = new World();
  const networks = await make(world, folderOf(world, 'network'), 'networks');
  const dvs = (await world.call(networks, 'CreateDVS_Task', { spec: { configSpec: { name: 'own' } } })) as Ref;
  await world.call(dvs, 'CreateDVPortgroup_Task', { spec: { name: 'pg' } });
  await world.call(networks, 'Destroy_Task');
  assert.equal(world.store.get(dvs), undefined);
  await world.refuses('InvalidState', await (async () => {
    const hosts = await make(world, folderOf(world, 'host'), 'hosts');
    await world.call(hosts, 'MoveIntoFolder_Task', { list: [world.named('DC0_C0')] });
    return hosts;
  })(), 'Destroy_Task');
  const machines = await make(world, folderOf(world, 'vm'), 'machines');
  const app = (await world.call(world.get(world.named('DC0_C0'), 'resourcePool'), 'CreateVApp', { name: 'app', resSpec: POOL, configSpec: {}, vmFolder: machines })) as Ref;
  const inApp = (await world.call(app, 'CreateChildVM_Task', { config: { name: 'in-app', files: { vmPathName: '[LocalDS_0]' } } })) as Ref;
  const [vm, running] = [world.named('DC0_H0_VM0'), world.named('DC0_H0_VM1')];
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(machines, 'MoveIntoFolder_Task', { list: [vm, running] });
  await world.refuses('InvalidPowerState', machines, 'Destroy_Task');
  await world.refuses('InvalidPowerState', machines, 'UnregisterAndDestroy_Task');
  assert.deepEqual(world.names(machines, 'childEntity'), ['DC0_H0_VM0', 'DC0_H0_VM1', 'app'], 'nothing is lost');
  await world.call(running, 'PowerOffVM_Task');
  const files = () => Object.keys(world.store.find(`dir:${world.named('LocalDS_0').value}:/`)!.props['entries'] as object);
  const before = files();
  await world.call(machines, 'UnregisterAndDestroy_Task');
  for (const gone of [machines, app, inApp, vm, running]) assert.equal(world.store.get(gone), undefined);
  assert.deepEqual(files(), before, 'the files of what was unregistered stay');
});
