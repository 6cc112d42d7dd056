// Distributed switches: backups and going back, health checks, link aggregation, bandwidth, and the small questions about them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntityBackupConfig, ManagedObjectReference, VMwareDVSConfigInfo } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;

const setUp = () => {
  const world = new World();
  const dvs = world.named('DVS0');
  const manager = world.simulator.sim.wellKnown['dvSwitchManager']!;
  return { world, dvs, manager, group: world.named('DC0_DVPG0'), uuid: world.get<string>(dvs, 'uuid'), config: () => world.get<VMwareDVSConfigInfo>(dvs, 'config') };
};

test('a switch and its port groups are saved, made again, and taken back', async () => {
  const { world, dvs, manager, group, uuid } = setUp();
  await world.call(dvs, 'ReconfigureDvs_Task', { spec: { maxMtu: 9000, _type: 'VMwareDVSConfigSpec', description: 'big' } });
  const [whole, part] = (await world.call(manager, 'DVSManagerExportEntity_Task', { selectionSet: [{ _type: 'DVSSelection', dvsUuid: uuid }, { _type: 'DVPortgroupSelection', dvsUuid: uuid, portgroupKey: [group.value] }] })) as EntityBackupConfig[];
  assert.deepEqual([whole!.entityType, part!.entityType, part!.key], ['distributedVirtualSwitch', 'distributedVirtualPortgroup', group.value]);
  await world.refuses('NotFound', manager, 'DVSManagerExportEntity_Task', { selectionSet: [{ _type: 'DVSSelection', dvsUuid: 'x' }] });
  await world.call(dvs, 'ReconfigureDvs_Task', { spec: { maxMtu: 1500, _type: 'VMwareDVSConfigSpec' } });
  const before = (await world.call(dvs, 'DVSRollback_Task')) as { maxMtu: number };
  assert.equal(before.maxMtu, 9000, 'what it was before its last change');
  assert.equal(world.get(dvs, 'config.maxMtu'), 1500, 'asking changes nothing');
  await world.call(dvs, 'ReconfigureDvs_Task', { spec: { ...before, _type: 'VMwareDVSConfigSpec' } });
  assert.equal(world.get(dvs, 'config.maxMtu'), 9000);
  await world.refuses('RollbackFailure', group, 'DVPortgroupRollback_Task');
  await world.refuses('RollbackFailure', group, 'DVPortgroupRollback_Task', { entityBackup: whole });
  await world.call(group, 'ReconfigureDVPortgroup_Task', { spec: { description: 'changed' } });
  assert.equal(((await world.call(group, 'DVPortgroupRollback_Task', { entityBackup: part })) as { name: string }).name, 'DC0_DVPG0');
  const restore = (entityBackup: object[], importType: string) => world.call(manager, 'DVSManagerImportEntity_Task', { entityBackup, importType }) as Promise<{ distributedVirtualSwitch: Ref[]; distributedVirtualPortgroup: Ref[]; importFault: { key: string }[] }>;
  await world.call(dvs, 'ReconfigureDvs_Task', { spec: { description: 'other' } });
  assert.deepEqual((await restore([whole!], 'applyToEntitySpecified')).distributedVirtualSwitch, [dvs]);
  assert.equal(world.get(dvs, 'config.description'), 'big');
  const made = await restore([{ ...whole, name: 'copy' }, { ...part, name: 'copied group' }, { ...whole, name: 'copy' }], 'createEntityWithNewIdentifier');
  assert.deepEqual([world.get(made.distributedVirtualSwitch[0]!, 'config.maxMtu'), world.get(made.distributedVirtualPortgroup[0]!, 'name'), made.importFault.length], [9000, 'copied group', 1]);
  assert.notEqual(world.get(made.distributedVirtualSwitch[0]!, 'uuid'), uuid);
  assert.equal((await restore([whole!], 'createEntityWithOriginalIdentifier')).importFault.length, 1, 'it is there');
  assert.equal((await restore([{ ...whole, configBlob: new Uint8Array([1]) }], 'applyToEntitySpecified')).importFault.length, 1);
  await world.refuses('InvalidArgument', manager, 'DVSManagerImportEntity_Task', { entityBackup: [whole], importType: 'somehow' });
});

test('health checks and link aggregation groups are in the configuration', async () => {
  const { world, dvs, config } = setUp();
  const version = config().configVersion;
  await world.call(dvs, 'UpdateDVSHealthCheckConfig_Task', { healthCheckConfig: [{ _type: 'VMwareDVSVlanMtuHealthCheckConfig', enable: true, interval: 5 }] });
  await world.call(dvs, 'UpdateDVSHealthCheckConfig_Task', { healthCheckConfig: [{ _type: 'VMwareDVSTeamingHealthCheckConfig', enable: true }] });
  assert.deepEqual([config().healthCheckConfig!.map(({ interval }) => interval), Number(config().configVersion) - Number(version)], [[5, 1], 2]);
  await world.refuses('InvalidArgument', dvs, 'UpdateDVSHealthCheckConfig_Task', { healthCheckConfig: [{ _type: 'VMwareDVSTeamingHealthCheckConfig', enable: true, interval: 0 }] });
  const lag = (operation: string, lacpGroupConfig: object) => ({ lacpGroupSpec: [{ operation, lacpGroupConfig }] });
  await world.call(dvs, 'UpdateDVSLacpGroupConfig_Task', lag('add', { name: 'lag1', mode: 'active', uplinkNum: 3 }));
  const [group] = config().lacpGroupConfig!;
  assert.deepEqual([group!.mode, group!.uplinkName], ['active', ['lag1-0', 'lag1-1', 'lag1-2']]);
  await world.refuses('DvsFault', dvs, 'UpdateDVSLacpGroupConfig_Task', lag('add', { name: 'lag1' }));
  await world.refuses('InvalidArgument', dvs, 'UpdateDVSLacpGroupConfig_Task', lag('add', { name: 'lag2', uplinkNum: 99 }));
  await world.call(dvs, 'UpdateDVSLacpGroupConfig_Task', lag('edit', { key: group!.key, uplinkNum: 1 }));
  assert.deepEqual([config().lacpGroupConfig![0]!.name, config().lacpGroupConfig![0]!.uplinkName], ['lag1', ['lag1-0']]);
  await world.call(dvs, 'UpdateDVSLacpGroupConfig_Task', lag('remove', { key: group!.key }));
  assert.deepEqual(config().lacpGroupConfig, []);
  await world.refuses('DvsFault', dvs, 'UpdateDVSLacpGroupConfig_Task', lag('remove', { key: group!.key }));
});

test('bandwidth is kept in pools, for machines and for the system', async () => {
  const { world, dvs, group, config } = setUp();
  const spec = (configSpec: object) => ({ configSpec: [configSpec] });
  await world.call(dvs, 'DvsReconfigureVmVnicNetworkResourcePool_Task', spec({ operation: 'add', name: 'gold', allocationInfo: { reservationQuota: 100 } }));
  const [pool] = config().vmVnicNetworkResourcePool!;
  await world.refuses('InvalidName', dvs, 'DvsReconfigureVmVnicNetworkResourcePool_Task', spec({ operation: 'add', name: 'gold' }));
  await world.call(dvs, 'DvsReconfigureVmVnicNetworkResourcePool_Task', spec({ operation: 'edit', key: pool!.key, configVersion: '0', allocationInfo: { reservationQuota: 200 } }));
  assert.equal(config().vmVnicNetworkResourcePool![0]!.allocationInfo!.reservationQuota, 200);
  await world.refuses('ConcurrentAccess', dvs, 'DvsReconfigureVmVnicNetworkResourcePool_Task', spec({ operation: 'edit', key: pool!.key, configVersion: '0' }));
  await world.call(group, 'ReconfigureDVPortgroup_Task', { spec: { vmVnicNetworkResourcePoolKey: pool!.key } });
  await world.refuses('ResourceInUse', dvs, 'DvsReconfigureVmVnicNetworkResourcePool_Task', spec({ operation: 'remove', key: pool!.key }));
  await world.call(group, 'ReconfigureDVPortgroup_Task', { spec: { vmVnicNetworkResourcePoolKey: '' } });
  await world.call(dvs, 'DvsReconfigureVmVnicNetworkResourcePool_Task', spec({ operation: 'remove', key: pool!.key }));
  await world.refuses('NotFound', dvs, 'DvsReconfigureVmVnicNetworkResourcePool_Task', spec({ operation: 'remove', key: pool!.key }));

  await world.call(dvs, 'EnableNetworkResourceManagement', { enable: false });
  assert.equal(config().networkResourceManagementEnabled, false);
  await world.call(dvs, 'AddNetworkResourcePool', spec({ key: 'p1', name: 'silver' }));
  await world.refuses('DvsFault', dvs, 'AddNetworkResourcePool', spec({ key: 'p1', name: 'silver' }));
  await world.call(dvs, 'UpdateNetworkResourcePool', spec({ key: 'p1', configVersion: '0', allocationInfo: { limit: 7 } }));
  assert.equal(world.get<{ allocationInfo: { limit: number } }[]>(dvs, 'networkResourcePool')[0]!.allocationInfo.limit, 7);
  await world.refuses('ConcurrentAccess', dvs, 'UpdateNetworkResourcePool', spec({ key: 'p1', configVersion: '0' }));
  await world.call(dvs, 'RemoveNetworkResourcePool', { key: ['p1'] });
  await world.refuses('NotFound', dvs, 'RemoveNetworkResourcePool', { key: ['p1'] });
});

test('a switch is asked about itself and its hosts', async () => {
  const { world, dvs, manager, group, config } = setUp();
  await world.call(group, 'ReconfigureDVPortgroup_Task', { spec: { defaultPortConfig: { _type: 'VMwareDVSPortSetting', vlan: { _type: 'VmwareDistributedVirtualSwitchVlanIdSpec', inherited: false, vlanId: 42 } } } });
  assert.deepEqual(await world.call(dvs, 'QueryUsedVlanIdInDvs'), [42]);
  assert.deepEqual(await world.call(dvs, 'LookupDvPortGroup', { portgroupKey: group.value }), group);
  await world.refuses('NotFound', dvs, 'LookupDvPortGroup', { portgroupKey: 'x' });
  await world.call(dvs, 'UpdateDvsCapability', { capability: { dvPortOperationSupported: false } });
  assert.deepEqual([world.get(dvs, 'capability.dvPortOperationSupported'), world.get(dvs, 'capability.dvsOperationSupported')], [false, true]);
  const [key] = world.get<string[]>(group, 'portKeys');
  await world.call(dvs, 'RefreshDVPortState', { portKeys: [key] });
  await world.refuses('NotFound', dvs, 'RefreshDVPortState', { portKeys: ['x'] });
  const host = world.named('DC0_H0', 'HostSystem');
  const members = () => (config().host ?? []).map((member) => member.config.host!.value);
  assert.ok(members().includes(host.value));
  await world.call(dvs, 'RectifyDvsHost_Task', { hosts: [host] });
  await world.call(manager, 'RectifyDvsOnHost_Task', { hosts: [host] });
  const proxies = world.get<{ dvsUuid: string }[]>(host, 'config.network.proxySwitch');
  assert.deepEqual(proxies.map(({ dvsUuid }) => dvsUuid), [world.get(dvs, 'uuid')]);
  const outsider = (await world.call(world.named('host', 'Folder'), 'AddStandaloneHost_Task', { spec: { hostName: 'out.example.com', userName: 'root', password: 'x', force: false }, addConnected: true })) as Ref;
  const out = world.get<Ref[]>(outsider, 'host')[0]!;
  await world.refuses('NotFound', dvs, 'RectifyDvsHost_Task', { hosts: [out] });
  const nics = (await world.call(manager, 'QueryCompatibleVmnicsFromHosts', { hosts: [out], dvs })) as { physicalNics: { device: string }[] }[];
  assert.deepEqual(nics[0]!.physicalNics.map(({ device }) => device), ['vmnic1']);
  const target = (await world.call(manager, 'QueryDvsConfigTarget', { host })) as { distributedVirtualSwitch: { switchUuid: string }[]; distributedVirtualPortgroup: unknown[] };
  assert.deepEqual([target.distributedVirtualSwitch.length, target.distributedVirtualPortgroup.length], [1, 2]);
  assert.equal(((await world.call(manager, 'QueryDvsConfigTarget', { host: out })) as typeof target).distributedVirtualSwitch.length, 0);
  const datacenter = world.named('DC0', 'Datacenter');
  const check = { hostContainer: { container: datacenter, recursive: true }, hostFilterSpec: [{ _type: 'DistributedVirtualSwitchManagerHostDvsMembershipFilter', inclusive: false, distributedVirtualSwitch: dvs }] };
  assert.deepEqual(((await world.call(manager, 'QueryDvsCheckCompatibility', check)) as { host: Ref }[]).map(({ host: ref }) => ref), [out]);
  assert.equal(((await world.call(manager, 'QueryDvsCompatibleHostSpec', {})) as unknown[]).length, 1);
  assert.ok(await world.call(manager, 'QueryDvsFeatureCapability', {}));
  await world.refuses('InvalidArgument', dvs, 'PerformDvsProductSpecOperation_Task', { operation: 'upgrade', productSpec: { version: '1.0.0' } });
  await world.call(dvs, 'PerformDvsProductSpecOperation_Task', { operation: 'upgrade' });
  assert.equal(world.get(dvs, 'summary.productInfo.version'), config().productInfo.version);
});
