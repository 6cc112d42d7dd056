// The inventory's methods through the dispatcher: what they change, what follows, and which faults refuse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterComputeResourceSummary, ClusterPowerOnVmResult, HostNetworkInfo, ManagedObjectReference } from '../../core/vim25/index.ts';
import { ALLOCATION, POOL, World } from './world.testing.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

test('the default inventory has the names and the counts of vcsim', () => {
  const world = new World();
  const names = [...world.store.all()].map((o) => o.props['name']).filter((name) => typeof name === 'string');
  for (const name of [
    'DC0', 'DC0_C0', 'DC0_C0_H0', 'DC0_C0_H1', 'DC0_C0_H2', 'DC0_H0_VM0', 'DC0_H0_VM1', 'DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1', 'LocalDS_0',
    'VM Network', 'DVS0', 'DC0_DVPG0', 'DVS0-DVUplinks-9', 'Datacenters',
  ]) assert.ok(names.includes(name), name);
  assert.equal(names.filter((name) => name === 'DC0_H0').length, 2, 'the standalone host and its compute resource');
  assert.equal([...world.store.ofType('VirtualMachine')].length, 4);
  const { rootFolder } = { rootFolder: world.named('Datacenters') };
  assert.equal(rootFolder.value, 'group-d1');
  assert.equal(world.named('DC0').value, 'datacenter-2');
});

test('pools, vApps, folders and pods of the model are where vcsim puts them', () => {
  const world = new World({ datacenter: 2, pool: 2, app: 1, pod: 1, folder: 1, portgroup: 2 });
  assert.equal(world.get<Ref>(world.named('DC0'), 'parent').value, 'group-d1');
  assert.equal(world.get<string>(world.get<Ref>(world.named('DC1'), 'parent'), 'name'), 'F1');
  assert.deepEqual(world.names(world.get<Ref>(world.named('DC0_C0'), 'resourcePool'), 'resourcePool'), ['DC0_C0_APP0', 'DC0_C0_RP1', 'DC0_C0_RP2']);
  assert.deepEqual(world.names(world.named('DC0_C0_APP0'), 'vm'), ['DC0_C0_APP0_VM0', 'DC0_C0_APP0_VM1']);
  assert.equal(world.get(world.named('DC0_C0_APP0'), 'summary.vAppState'), 'started');
  assert.equal(world.named('DC1_POD0').type, 'StoragePod');
  assert.equal(world.named('DC1_DVPG1').type, 'DistributedVirtualPortgroup');
});

test('an ESXi has its fixed ids and two machines', () => {
  const world = new World({}, 'esxi');
  for (const id of ['ha-folder-root', 'ha-datacenter', 'ha-folder-vm', 'ha-folder-host', 'ha-compute-res', 'ha-host', 'ha-root-pool']) {
    assert.ok(world.store.find(id), id);
  }
  assert.deepEqual(world.names({ type: 'HostSystem', value: 'ha-host' }, 'vm'), ['ha-host_VM0', 'ha-host_VM1']);
  assert.equal(world.get({ type: 'HostSystem', value: 'ha-host' }, 'summary.managementServerIp'), undefined);
});

test('sums and unions follow the hosts of a cluster', async () => {
  const world = new World();
  const cluster = world.named('DC0_C0');
  const host = world.named('DC0_C0_H0');
  const before = world.get<ClusterComputeResourceSummary>(cluster, 'summary');
  assert.equal(before.numHosts, 3);
  assert.equal(before.totalCpu, 3 * 2600 * 16);
  assert.equal(before.numCpuCores, 48);
  await world.call(host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  const after = world.get<ClusterComputeResourceSummary>(cluster, 'summary');
  assert.equal(after.numEffectiveHosts, 2);
  assert.equal(after.effectiveCpu, 2 * 2600 * 16);
  assert.equal(world.get(world.get(cluster, 'resourcePool'), 'config.cpuAllocation.limit'), 2 * 2600 * 16);
  assert.deepEqual(world.get<Refs>(host, 'vm'), [], 'DRS moved the running machines away');
  await world.refuses('InvalidState', host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  await world.call(host, 'Destroy_Task');
  assert.equal(world.get<ClusterComputeResourceSummary>(cluster, 'summary').numHosts, 2);
  assert.deepEqual(world.names(world.named('LocalDS_0'), '_hosts'), ['DC0_C0_H1', 'DC0_C0_H2', 'DC0_H0']);
  assert.equal(world.get<Refs>(world.named('LocalDS_0'), 'host').length, 3);
  assert.equal(world.get(world.named('DVS0'), 'summary.numHosts'), 3);
  assert.equal(world.store.find(`networkSystem-${host.value.slice(5)}`), undefined, 'its managers are gone too');
});

test('datacenters, clusters and hosts can be added; names are escaped and unique', async () => {
  const world = new World();
  const root = world.named('Datacenters');
  const dc = (await world.call(root, 'CreateDatacenter', { name: 'a/b%c' })) as Ref;
  assert.equal(world.get(dc, 'name'), 'a%2fb%25c');
  assert.ok(world.get<Refs>(root, 'childEntity').some((ref) => ref.value === dc.value));
  const detail = await world.refuses('DuplicateName', root, 'CreateDatacenter', { name: 'DC0' });
  assert.deepEqual([detail['name'], detail['object']], ['DC0', world.named('DC0')]);
  await world.refuses('InvalidName', root, 'CreateFolder', { name: ' ' });
  const hostFolder = world.get<Ref>(dc, 'hostFolder');
  await world.refuses('NotSupported', hostFolder, 'CreateDatacenter', { name: 'x' });
  await world.refuses('NotSupported', root, 'CreateClusterEx', { name: 'x', spec: {} });
  const cluster = (await world.call(hostFolder, 'CreateClusterEx', { name: 'c', spec: { drsConfig: { enabled: false } } })) as Ref;
  assert.equal(world.get(cluster, 'configuration.drsConfig.enabled'), false);
  assert.equal(world.get(cluster, 'summary.numHosts'), 0);
  const host = (await world.call(cluster, 'AddHost_Task', { spec: { hostName: 'esx.example.com', force: false }, asConnected: true })) as Ref;
  assert.equal(world.get(host, 'config.network.dnsConfig.hostName'), 'esx');
  assert.deepEqual(world.names(cluster, 'network'), ['VM Network'], 'the new datacenter has a network of its own');
  assert.equal(world.get<Refs>(dc, 'network').length, 1);
  await world.refuses('DuplicateName', hostFolder, 'AddStandaloneHost_Task', { spec: { hostName: 'esx.example.com', force: false }, addConnected: true });
  await world.call(cluster, 'ReconfigureComputeResource_Task', { spec: { _type: 'ClusterConfigSpecEx', dasConfig: { enabled: true } }, modify: true });
  assert.equal(world.get(cluster, 'configurationEx.dasConfig.enabled'), true);
  assert.equal(world.get(cluster, 'configuration.dasConfig.enabled'), true);
  assert.equal(world.get(cluster, 'configurationEx.drsConfig.enabled'), false, 'what is not given stays');
  await world.call(dc, 'Destroy_Task');
  for (const ref of [dc, cluster, host, hostFolder]) assert.equal(world.store.get(ref), undefined);
});

test('renaming checks the siblings and is seen wherever the name is', async () => {
  const world = new World();
  await world.refuses('DuplicateName', world.named('DC0_C0_RP0_VM0'), 'Rename_Task', { newName: 'DC0_H0_VM0' });
  await world.call(world.named('VM Network'), 'Rename_Task', { newName: 'lan' });
  assert.equal(world.get(world.named('lan'), 'summary.name'), 'lan');
  await world.call(world.named('DC0_DVPG0'), 'Rename_Task', { newName: 'blue' });
  assert.equal(world.get(world.named('blue'), 'config.name'), 'blue');
  assert.ok(world.get<string[]>(world.named('DVS0'), 'summary.portgroupName').includes('blue'));
});

test('a folder with a running machine is not destroyed, and nothing is lost', async () => {
  const world = new World();
  const vmFolder = world.get<Ref>(world.named('DC0'), 'vmFolder');
  const folder = (await world.call(vmFolder, 'CreateFolder', { name: 'f' })) as Ref;
  const machines = [world.named('DC0_H0_VM0'), world.named('DC0_H0_VM1')];
  await world.call(machines[1]!, 'PowerOffVM_Task');
  await world.call(folder, 'MoveIntoFolder_Task', { list: machines });
  assert.deepEqual(world.names(folder, 'childEntity'), ['DC0_H0_VM0', 'DC0_H0_VM1']);
  await world.refuses('InvalidPowerState', folder, 'Destroy_Task');
  assert.deepEqual(world.names(folder, 'childEntity'), ['DC0_H0_VM0', 'DC0_H0_VM1']);
  await world.call(machines[0]!, 'PowerOffVM_Task');
  await world.call(folder, 'Destroy_Task');
  assert.equal(world.store.get(machines[0]!), undefined);
  await world.refuses('NotSupported', vmFolder, 'Destroy_Task');
  const outer = (await world.call(vmFolder, 'CreateFolder', { name: 'outer' })) as Ref;
  await world.refuses('InvalidFolder', outer, 'MoveIntoFolder_Task', { list: [outer] });
  await world.refuses('NotSupported', outer, 'MoveIntoFolder_Task', { list: [world.named('LocalDS_0')] });
});

test('pools: creation, checks, room, and where machines go when a pool dissolves', async () => {
  const world = new World();
  const root = world.get<Ref>(world.named('DC0_C0'), 'resourcePool');
  const pool = (await world.call(root, 'CreateResourcePool', { name: 'p', spec: { ...POOL, cpuAllocation: { ...ALLOCATION, reservation: 1000 } } })) as Ref;
  assert.equal(world.get(root, 'runtime.cpu.reservationUsed'), 1000);
  assert.equal(world.get(pool, 'summary.config.cpuAllocation.shares.shares'), 4000);
  await world.refuses('DuplicateName', root, 'CreateResourcePool', { name: 'p', spec: POOL });
  await world.refuses('InvalidArgument', root, 'CreateResourcePool', { name: 'q', spec: { cpuAllocation: {}, memoryAllocation: ALLOCATION } });
  await world.refuses('InvalidArgument', pool, 'UpdateConfig', { config: { cpuAllocation: { limit: 10 }, memoryAllocation: {} } });
  await world.refuses('InsufficientCpuResourcesFault', root, 'CreateResourcePool', { name: 'q', spec: { ...POOL, cpuAllocation: { ...ALLOCATION, reservation: 1e9 } } });
  await world.call(pool, 'UpdateConfig', { name: 'pp', config: { cpuAllocation: { reservation: 500 }, memoryAllocation: {} } });
  assert.equal(world.get(root, 'runtime.cpu.reservationUsed'), 500);
  assert.equal(world.get(pool, 'summary.name'), 'pp');
  const vm = world.named('DC0_C0_RP0_VM0');
  await world.call(pool, 'MoveIntoResourcePool', { list: [vm] });
  assert.deepEqual(world.get(pool, 'vm'), [vm]);
  await world.call(pool, 'Destroy_Task');
  assert.deepEqual(world.get(vm, 'resourcePool'), root);
  assert.equal(world.get(root, 'runtime.cpu.reservationUsed'), 0);
  await world.refuses('NotSupported', root, 'Destroy_Task');
});

test('vApps: their machines, power and removal', async () => {
  const world = new World();
  const root = world.get<Ref>(world.named('DC0_C0'), 'resourcePool');
  const vmFolder = world.get<Ref>(world.named('DC0'), 'vmFolder');
  const app = (await world.call(root, 'CreateVApp', { name: 'app', resSpec: POOL, configSpec: { annotation: 'hi' }, vmFolder })) as Ref;
  assert.ok(world.names(vmFolder, 'childEntity').includes('app'));
  const vm = (await world.call(app, 'CreateChildVM_Task', { config: { name: 'in-app', files: { vmPathName: '[LocalDS_0]' } } })) as Ref;
  assert.deepEqual(world.get(app, 'vm'), [vm]);
  await world.call(app, 'PowerOnVApp_Task');
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
  assert.equal(world.get(app, 'summary.vAppState'), 'started');
  await world.refuses('InvalidPowerState', app, 'Destroy_Task');
  await world.call(app, 'PowerOffVApp_Task', { force: true });
  assert.equal(world.get(app, 'summary.vAppState'), 'stopped');
  await world.call(app, 'Destroy_Task');
  assert.equal(world.store.get(vm), undefined);
});

test('PowerOnMultiVM_Task starts a task for each machine that is off, and says why not for the rest', async () => {
  const world = new World();
  const [off, on] = [world.named('DC0_H0_VM0'), world.named('DC0_H0_VM1')];
  await world.call(off, 'PowerOffVM_Task');
  const result = (await world.call(world.named('DC0'), 'PowerOnMultiVM_Task', { vm: [off, on] })) as ClusterPowerOnVmResult;
  assert.deepEqual(result.attempted?.map(({ vm }) => vm), [off]);
  assert.deepEqual(result.notAttempted?.map(({ vm, fault }) => [vm, (fault.fault as { _type?: string })._type]), [[on, 'InvalidPowerState']]);
  const task = result.attempted![0]!.task!;
  while (['queued', 'running'].includes(world.get<string>(task, 'info.state'))) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(world.get(off, 'runtime.powerState'), 'poweredOn');
});

test('a port group is a network of the host and of its datacenter, and host.config shows it', async () => {
  const world = new World({}, 'esxi');
  const host = { type: 'HostSystem', value: 'ha-host' };
  const system = world.get<Ref>(host, 'configManager.networkSystem');
  await world.call(system, 'AddVirtualSwitch', { vswitchName: 'bridge', spec: { numPorts: 1024 } });
  await world.call(system, 'AddPortGroup', { portgrp: { name: 'bridge', vlanId: 1, vswitchName: 'bridge', policy: {} } });
  const network = world.named('bridge', 'Network');
  assert.deepEqual(world.names(host, 'network'), ['VM Network', 'bridge']);
  assert.deepEqual(world.get(network, 'host'), [host]);
  assert.deepEqual(world.names({ type: 'Datacenter', value: 'ha-datacenter' }, 'network'), ['VM Network', 'bridge']);
  assert.deepEqual(world.names({ type: 'ComputeResource', value: 'ha-compute-res' }, 'network'), ['VM Network', 'bridge']);
  const shown = world.get<HostNetworkInfo>(host, 'config.network');
  assert.deepEqual(shown, world.get(system, 'networkInfo'));
  assert.deepEqual(shown.vswitch?.find((s) => s.name === 'bridge')?.portgroup, ['key-vim.host.PortGroup-bridge']);
  await world.refuses('AlreadyExists', system, 'AddPortGroup', { portgrp: { name: 'bridge', vlanId: 1, vswitchName: 'bridge', policy: {} } });
  await world.refuses('NotFound', system, 'AddPortGroup', { portgrp: { name: 'x', vlanId: 1, vswitchName: 'nope', policy: {} } });
  await world.refuses('ResourceInUse', system, 'RemovePortGroup', { pgName: 'VM Network' });
  await world.refuses('ResourceInUse', system, 'RemovePortGroup', { pgName: 'Management Network' });
  await world.call(system, 'RemovePortGroup', { pgName: 'bridge' });
  await world.call(system, 'RemoveVirtualSwitch', { vswitchName: 'bridge' });
  assert.equal(world.store.get(network), undefined);
  assert.deepEqual(world.names(host, 'network'), ['VM Network']);
});

test('a second host may have a port group of the same name: one network, two hosts', async () => {
  const world = new World();
  for (const name of ['DC0_C0_H0', 'DC0_C0_H1']) {
    await world.call(world.get(world.named(name), 'configManager.networkSystem'), 'AddPortGroup', {
      portgrp: { name: 'shared', vlanId: 0, vswitchName: 'vSwitch0', policy: {} },
    });
  }
  assert.deepEqual(world.names(world.named('shared', 'Network'), 'host'), ['DC0_C0_H0', 'DC0_C0_H1']);
});

test('distributed switches: port groups, members, ports', async () => {
  const world = new World();
  const dvs = world.named('DVS0');
  assert.match(world.get<string>(dvs, 'uuid'), /^([0-9a-f]{2} ){7}[0-9a-f]{2}-([0-9a-f]{2} ){7}[0-9a-f]{2}$/);
  const portgroup = (await world.call(dvs, 'CreateDVPortgroup_Task', { spec: { name: 'green', numPorts: 3 } })) as Ref;
  assert.equal(world.get<Refs>(portgroup, 'host').length, 4);
  assert.equal(((await world.call(dvs, 'FetchDVPorts', { criteria: { portgroupKey: [portgroup.value], inside: true } })) as unknown[]).length, 3);
  await world.refuses('DuplicateName', dvs, 'AddDVPortgroup_Task', { spec: [{ name: 'green' }] });
  await world.refuses('ResourceInUse', world.named('DC0_DVPG0'), 'Destroy_Task');
  await world.refuses('ResourceInUse', dvs, 'Destroy_Task');
  const host = (await world.call(world.named('DC0_C0'), 'AddHost_Task', { spec: { hostName: 'new', force: false }, asConnected: true })) as Ref;
  assert.deepEqual(world.names(host, 'network'), ['VM Network']);
  await world.call(dvs, 'ReconfigureDvs_Task', { spec: { host: [{ operation: 'add', host }] } });
  assert.deepEqual(world.names(host, 'network'), ['DC0_DVPG0', 'DVS0-DVUplinks-9', 'VM Network', 'green']);
  await world.call(dvs, 'ReconfigureDvs_Task', { spec: { host: [{ operation: 'remove', host }] } });
  assert.deepEqual(world.names(host, 'network'), ['VM Network']);
  await world.call(portgroup, 'ReconfigureDVPortgroup_Task', { spec: { numPorts: 5, description: 'd' } });
  assert.equal(world.get<string[]>(portgroup, 'portKeys').length, 5);
  await world.call(portgroup, 'Destroy_Task');
  assert.ok(!world.names(dvs, 'portgroup').includes('green'));
});
