// vApps: their entities follow their children, power follows their order and actions, clones are whole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference, VAppEntityConfigInfo } from '../../core/vim25/index.ts';
import { ALLOCATION, POOL, World } from './world.testing.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

class AppWorld extends World {
  readonly root = this.get<Ref>(this.named('DC0_C0'), 'resourcePool');
  readonly folder = this.get<Ref>(this.named('DC0'), 'vmFolder');

  async app(name: string, parent = this.root): Promise<Ref> {
    return (await this.call(parent, 'CreateVApp', { name, resSpec: POOL, configSpec: {} })) as Ref;
  }

  async machine(app: Ref, name: string): Promise<Ref> {
    return (await this.call(app, 'CreateChildVM_Task', { config: { name, files: { vmPathName: '[LocalDS_0]' } } })) as Ref;
  }

  entities(app: Ref): VAppEntityConfigInfo[] {
    return this.get<VAppEntityConfigInfo[]>(app, 'vAppConfig.entityConfig');
  }

  power(vm: Ref): string {
    return this.get(vm, 'runtime.powerState');
  }
}

test('entities follow the children, in the order in which they came', async () => {
  const world = new AppWorld();
  const app = await world.app('app');
  const [a, b] = [await world.machine(app, 'a'), await world.machine(app, 'b')];
  const inner = await world.app('inner', app);
  assert.deepEqual(world.entities(app).map(({ key, startOrder }) => [key, startOrder]), [[a, 1], [b, 2], [inner, 3]]);
  assert.equal(world.get(inner, 'parentFolder'), undefined);
  await world.refuses('DuplicateName', app, 'CreateChildVM_Task', { config: { name: 'a', files: { vmPathName: '[LocalDS_0]' } } });
  await world.refuses('DuplicateName', b, 'Rename_Task', { newName: 'a' });
  await world.refuses('DuplicateName', world.root, 'CreateVApp', { name: 'app', resSpec: POOL, configSpec: {} });
  await world.call(app, 'UpdateVAppConfig', { spec: { entityConfig: [{ key: a, startOrder: 7, stopAction: 'suspend' }], annotation: 'x' } });
  assert.deepEqual(world.entities(app)[0], { key: a, tag: 'a', startOrder: 7, startDelay: 120, waitingForGuest: false, startAction: 'powerOn', stopDelay: 120, stopAction: 'suspend', destroyWithParent: false });
  await world.refuses('InvalidArgument', app, 'UpdateVAppConfig', { spec: { entityConfig: [{ key: world.named('DC0_H0_VM0') }] } });
  await world.refuses('InvalidArgument', app, 'UpdateVAppConfig', { spec: { entityConfig: [{ key: a, stopAction: 'explode' }] } });
  await world.call(a, 'Destroy_Task');
  assert.deepEqual(world.entities(app).map(({ key }) => key), [b, inner]);
  const outside = world.named('DC0_C0_RP0_VM0');
  await world.call(app, 'MoveIntoResourcePool', { list: [outside] });
  assert.deepEqual([world.get(outside, 'resourcePool'), world.get(outside, 'parentVApp')], [app, undefined], 'it stays in its folder, and has one way up');
  await world.call(world.root, 'MoveIntoResourcePool', { list: [outside, inner] });
  assert.equal(world.get(outside, 'parentVApp'), undefined);
  assert.deepEqual(world.get(inner, 'parentFolder'), world.folder);
  assert.deepEqual(world.entities(app).map(({ key }) => key), [b]);
});

test('power on and off obey order, actions, force, and the room there is', async () => {
  const world = new AppWorld();
  const app = await world.app('app');
  const inner = await world.app('inner', app);
  const [a, b, c, d] = [await world.machine(app, 'a'), await world.machine(app, 'b'), await world.machine(inner, 'c'), await world.machine(app, 'd')];
  await world.call(app, 'UpdateVAppConfig', { spec: { entityConfig: [{ key: a, stopAction: 'suspend' }, { key: b, stopAction: 'none' }, { key: d, startAction: 'none' }] } });
  await world.refuses('InvalidPowerState', app, 'PowerOffVApp_Task', { force: false });
  await world.call(app, 'PowerOnVApp_Task');
  assert.deepEqual([a, b, c, d].map((vm) => world.power(vm)), ['poweredOn', 'poweredOn', 'poweredOn', 'poweredOff']);
  assert.deepEqual([world.get(app, 'summary.vAppState'), world.get(inner, 'summary.vAppState')], ['started', 'started']);
  await world.refuses('InvalidPowerState', app, 'PowerOnVApp_Task');
  await world.refuses('InvalidState', app, 'unregisterVApp_Task');
  await world.refuses('InvalidPowerState', app, 'Destroy_Task');
  await world.call(app, 'PowerOffVApp_Task', { force: false });
  assert.deepEqual([a, b, c, d].map((vm) => world.power(vm)), ['suspended', 'poweredOn', 'poweredOff', 'poweredOff']);
  await world.call(app, 'PowerOffVApp_Task', { force: true });
  assert.deepEqual([a, b, c, d].map((vm) => world.power(vm)), ['poweredOff', 'poweredOff', 'poweredOff', 'poweredOff']);
  await world.call(app, 'UpdateConfig', { config: { cpuAllocation: { ...ALLOCATION, reservation: 1000, expandableReservation: false }, memoryAllocation: {} } });
  for (const vm of [a, b]) await world.call(vm, 'ReconfigVM_Task', { spec: { cpuAllocation: { reservation: 600 } } });
  await world.refuses('InsufficientCpuResourcesFault', app, 'PowerOnVApp_Task');
  assert.equal(world.power(a), 'poweredOff', 'nothing was started');
  await world.call(app, 'unregisterVApp_Task');
  for (const ref of [app, inner, a, b, c, d]) assert.equal(world.store.get(ref), undefined);
  const directory = world.store.find(`dir:${world.named('LocalDS_0').value}:/a`)!.props['entries'] as object;
  assert.ok('a.vmx' in directory, 'the files stay');
});

test('a clone has machines, entities and networks of its own', async () => {
  const world = new AppWorld();
  const app = await world.app('app');
  const a = await world.machine(app, 'a');
  const b = await world.machine(await world.app('inner', app), 'b');
  const [from, to] = [world.named('DC0_DVPG0'), world.named('VM Network')];
  const port = { switchUuid: world.get(world.named('DVS0'), 'uuid'), portgroupKey: from.value };
  await world.call(a, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation: 'add', device: { _type: 'VirtualVmxnet3', key: -1, backing: { _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo', port } } }] } });
  await world.call(app, 'UpdateVAppConfig', { spec: { entityConfig: [{ key: a, startOrder: 9 }] } });
  const spec = { location: world.named('LocalDS_0'), networkMapping: [{ source: from, destination: to }] };
  const copy = (await world.call(app, 'CloneVApp_Task', { name: 'copy', target: world.root, spec })) as Ref;
  const [machine] = world.get<Refs>(copy, 'vm');
  assert.notDeepEqual(machine, a);
  assert.deepEqual(world.get(machine!, 'network'), [to]);
  assert.deepEqual(world.entities(copy).map(({ key, startOrder }) => [key!.type, startOrder]), [['VirtualMachine', 9], ['VirtualApp', 2]]);
  const [inner] = world.get<Refs>(copy, 'resourcePool');
  assert.equal(world.get<Refs>(inner!, 'vm').length, 1);
  assert.notDeepEqual(world.get<Refs>(inner!, 'vm'), [b]);
  await world.call(app, 'PowerOnVApp_Task');
  await world.refuses('InvalidState', app, 'CloneVApp_Task', { name: 'other', target: world.root, spec });
  assert.equal(world.power(machine!), 'poweredOff');
});
