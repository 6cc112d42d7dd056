// Clusters: configuration that only names what is there, hosts that move, placement and recommendations.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterConfigInfoEx, ClusterGroupInfo, ClusterRecommendation, ClusterRuleInfo, ManagedObjectReference, PlacementResult } from '../../core/vim25/index.ts';
import { POOL, World } from './world.testing.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

class ClusterWorld extends World {
  readonly cluster = this.named('DC0_C0');
  readonly machines = [this.named('DC0_C0_RP0_VM0'), this.named('DC0_C0_RP0_VM1')];
  readonly hosts = [0, 1, 2].map((n) => this.named(`DC0_C0_H${n}`));

  change(spec: Record<string, unknown>, modify = true): Promise<unknown> {
    return this.call(this.cluster, 'ReconfigureComputeResource_Task', { spec: { _type: 'ClusterConfigSpecEx', ...spec }, modify });
  }

  wrong(spec: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.refuses('InvalidArgument', this.cluster, 'ReconfigureComputeResource_Task', { spec: { _type: 'ClusterConfigSpecEx', ...spec }, modify: true });
  }

  config(): ClusterConfigInfoEx {
    return this.get(this.cluster, 'configurationEx');
  }
}

const add = (info: Record<string, unknown>) => ({ operation: 'add', info });

test('rules, groups and overrides name what is in the cluster, and follow it when it goes', async () => {
  const world = new ClusterWorld();
  const [a, b] = world.machines as [Ref, Ref];
  const outside = world.named('DC0_H0_VM0');
  await world.change({ groupSpec: [add({ _type: 'ClusterVmGroup', name: 'vms', vm: [a, b] }), add({ _type: 'ClusterHostGroup', name: 'hosts', host: world.hosts.slice(0, 2) })] });
  await world.change({ rulesSpec: [
    add({ _type: 'ClusterAntiAffinityRuleSpec', name: 'apart', enabled: true, vm: [a, b] }),
    add({ _type: 'ClusterVmHostRuleInfo', name: 'there', vmGroupName: 'vms', affineHostGroupName: 'hosts' }),
  ], drsVmConfigSpec: [add({ key: a, behavior: 'manual' })], dasVmConfigSpec: [add({ key: a, dasSettings: { restartPriority: 'high' } })], vmOrchestrationSpec: [add({ vm: b, vmReadiness: { readyCondition: 'poweredOn', postReadyDelay: 5 } })] });
  assert.deepEqual(world.config().rule!.map(({ key, name, enabled, userCreated }) => [key, name, enabled, userCreated]), [[1, 'apart', true, true], [2, 'there', false, true]]);
  assert.deepEqual(((await world.call(world.cluster, 'FindRulesForVm', { vm: a })) as ClusterRuleInfo[]).map(({ name }) => name), ['apart', 'there']);
  assert.deepEqual(world.config().drsVmConfig, [{ enabled: true, behavior: 'manual', key: a }], 'clients rely on what they left out');
  assert.equal(world.config().dasVmConfig![0]!.dasSettings!.isolationResponse, 'clusterIsolationResponse');
  await world.wrong({ rulesSpec: [add({ _type: 'ClusterAffinityRuleSpec', name: 'x', vm: [a, outside] })] });
  await world.wrong({ rulesSpec: [add({ _type: 'ClusterVmHostRuleInfo', name: 'x', vmGroupName: 'hosts', affineHostGroupName: 'hosts' })] });
  await world.wrong({ rulesSpec: [{ operation: 'edit', info: { _type: 'ClusterAffinityRuleSpec', key: 9, name: 'x', vm: [a, b] } }] });
  await world.wrong({ rulesSpec: [{ operation: 'remove', removeKey: 9 }] });
  await world.wrong({ groupSpec: [add({ _type: 'ClusterHostGroup', name: 'hosts', host: [] })] });
  await world.wrong({ groupSpec: [add({ _type: 'ClusterHostGroup', name: 'h', host: [world.named('DC0_H0', 'HostSystem')] })] });
  await world.wrong({ drsVmConfigSpec: [add({ key: outside })] });
  await world.wrong({ drsConfig: { vmotionRate: 6 } });
  await world.wrong({ vmSwapPlacement: 'elsewhere' });
  await world.call(a, 'PowerOffVM_Task');
  await world.call(a, 'Destroy_Task');
  const { rule, group, drsVmConfig, dasVmConfig, vmOrchestration } = world.config();
  assert.deepEqual([(rule![0] as ClusterRuleInfo & { vm: Refs }).vm, (group![0] as ClusterGroupInfo & { vm: Refs }).vm, drsVmConfig, dasVmConfig, vmOrchestration!.length], [[b], [b], [], [], 1]);
  await world.call(world.hosts[0]!, 'EnterMaintenanceMode_Task', { timeout: 0 });
  await world.call(world.get(world.named('DC0'), 'hostFolder'), 'MoveIntoFolder_Task', { list: [world.hosts[0]] });
  assert.deepEqual((world.config().group![1] as ClusterGroupInfo & { host: Refs }).host, [world.hosts[1]]);
  await world.change({ groupSpec: [{ operation: 'remove', removeKey: 'vms' }] });
  assert.deepEqual(world.config().rule!.map(({ name }) => name), ['apart'], 'a rule about a group goes with it');
  await world.change({ drsConfig: { enabled: false } }, false);
  assert.deepEqual([world.config().rule, world.config().group, world.config().drsConfig.enabled], [[], [], false], 'replaced, not modified');
});

test('a host that moves takes its machines, pools and vApps along', async () => {
  const world = new ClusterWorld();
  const host = world.named('DC0_H0', 'HostSystem');
  const shell = world.get<Ref>(host, 'parent');
  const root = world.get<Ref>(shell, 'resourcePool');
  const app = (await world.call(root, 'CreateVApp', { name: 'app', resSpec: POOL, configSpec: {} })) as Ref;
  const pool = (await world.call(root, 'CreateResourcePool', { name: 'pool', spec: POOL })) as Ref;
  const [vm0, vm1] = [world.named('DC0_H0_VM0'), world.named('DC0_H0_VM1')];
  await world.call(app, 'MoveIntoResourcePool', { list: [vm0] });
  await world.call(pool, 'MoveIntoResourcePool', { list: [vm1] });
  await world.refuses('InvalidState', world.get(world.named('DC0'), 'hostFolder'), 'MoveIntoFolder_Task', { list: [world.hosts[0]] });
  await world.call(world.cluster, 'MoveInto_Task', { host: [host] });
  const clusterPool = world.get<Ref>(world.cluster, 'resourcePool');
  assert.deepEqual([world.get(vm0, 'resourcePool'), world.get(vm1, 'resourcePool'), world.get(app, 'owner')], [app, clusterPool, world.cluster]);
  assert.deepEqual(world.get(vm1, 'environmentBrowser'), world.get(world.cluster, 'environmentBrowser'));
  for (const gone of [shell, root, pool]) assert.equal(world.store.get(gone), undefined);
  assert.equal(world.get(world.cluster, 'summary.numHosts'), 4);
  await world.refuses('InvalidArgument', world.cluster, 'MoveInto_Task', { host: [host] });
});

test('DRS places, recommends, and moves what it is told to', async () => {
  const world = new ClusterWorld();
  const placed = (await world.call(world.cluster, 'PlaceVm', { placementSpec: { placementType: 'create', configSpec: { name: 'new', numCPUs: 2 } } })) as PlacementResult;
  const action = placed.recommendations![0]!.action![0] as unknown as { targetHost: Ref; relocateSpec: { datastore: Ref; pool: Ref } };
  assert.ok(world.hosts.some((host) => host.value === action.targetHost.value));
  assert.deepEqual([action.relocateSpec.datastore, action.relocateSpec.pool], [world.named('LocalDS_0'), world.get(world.cluster, 'resourcePool')]);
  assert.equal(((await world.call(world.cluster, 'PlaceVm', { placementSpec: { placementType: 'create', configSpec: { numCPUs: 1024 } } })) as PlacementResult).recommendations!.length, 0);
  await world.refuses('InvalidArgument', world.cluster, 'PlaceVm', { placementSpec: { placementType: 'clone' } });
  await world.change({ drsConfig: { defaultVmBehavior: 'manual' } });
  for (const vm of world.machines) await world.call(vm, 'MigrateVM_Task', { host: world.hosts[0], priority: 'defaultPriority' });
  await world.call(world.cluster, 'RefreshRecommendation');
  const [first, ...rest] = world.get<ClusterRecommendation[]>(world.cluster, 'recommendation');
  assert.equal(rest.length, 0, 'two machines and three hosts: one move is enough');
  await world.refuses('InvalidArgument', world.cluster, 'ApplyRecommendation', { key: '99' });
  await world.call(world.cluster, 'ApplyRecommendation', { key: first!.key });
  assert.equal(world.get<Refs>(world.hosts[0]!, 'vm').length, 1);
  assert.deepEqual(world.get(world.cluster, 'recommendation'), []);
  const leaving = (await world.call(world.cluster, 'ClusterEnterMaintenanceMode', { host: [world.hosts[0]] })) as { recommendations: ClusterRecommendation[] };
  assert.equal(leaving.recommendations.length, 1);
  const usage = (await world.call(world.cluster, 'GetResourceUsage')) as { cpuCapacityMHz: number; storageCapacityMB: number };
  assert.equal(usage.cpuCapacityMHz, 3 * 2600 * 16);
  assert.ok(usage.storageCapacityMB > 0);
  assert.equal(((await world.call(world.cluster, 'RecommendHostsForVm', { vm: world.machines[0] })) as unknown[]).length, 3);
});

test('machines started together are spread over the hosts', async () => {
  const world = new World({ machine: 6, autostart: false });
  const machines = [0, 1, 2, 3, 4, 5].map((n) => world.named(`DC0_C0_RP0_VM${n}`));
  for (const vm of machines) await world.call(vm, 'RelocateVM_Task', { spec: { host: world.named('DC0_C0_H0') } });
  await world.call(world.named('DC0'), 'PowerOnMultiVM_Task', { vm: machines });
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([0, 1, 2].map((n) => world.get<Refs>(world.named(`DC0_C0_H${n}`), 'vm').length), [2, 2, 2]);
});

test('a cluster whose machines run is not removed; one that is idle goes with its hosts', async () => {
  const world = new ClusterWorld();
  await world.refuses('InvalidState', world.cluster, 'Destroy_Task');
  await world.refuses('InvalidState', world.named('DC0'), 'Destroy_Task');
  for (const vm of world.machines) await world.call(vm, 'PowerOffVM_Task');
  await world.call(world.cluster, 'Destroy_Task');
  for (const ref of [world.cluster, ...world.hosts, ...world.machines]) assert.equal(world.store.get(ref), undefined);
  await world.call(world.named('DC0'), 'Destroy_Task');
  assert.deepEqual([...world.store.all()].filter(({ ref }) => ref.type.startsWith('_D')).map(({ ref }) => ref.value), [], 'no file and no port is left');
});

test('a datacenter says which hardware versions machines can have', async () => {
  const world = new World();
  const found = (await world.call(world.named('DC0'), 'queryDatacenterConfigOptionDescriptor')) as { key: string; defaultConfigOption: boolean }[];
  assert.deepEqual(found.filter(({ defaultConfigOption }) => defaultConfigOption).map(({ key }) => key), ['vmx-21']);
  assert.ok(found.some(({ key }) => key === 'vmx-13'));
});
