// Health updates of providers, and the entities of a service's provider.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HealthUpdate, ManagedObjectReference } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;

const HEALTH: Ref = { type: 'HealthUpdateManager', value: 'HealthUpdateManager' };
const TENANTS: Ref = { type: 'TenantTenantManager', value: 'TenantManager' };
const FAN = { _type: 'HealthUpdateInfo', id: 'fan', componentType: 'Fan', description: 'A fan' };

test('a provider says how the hosts that it monitors are', async () => {
  const world = new World();
  const [host, other] = [world.named('DC0_C0_H0'), world.named('DC0_C0_H1')];
  await world.refuses('InvalidArgument', HEALTH, 'RegisterHealthUpdateProvider', { name: 'p', healthUpdateInfo: [{ ...FAN, componentType: 'Mood' }] });
  await world.refuses('InvalidArgument', HEALTH, 'RegisterHealthUpdateProvider', { name: 'p', healthUpdateInfo: [FAN, FAN] });
  const providerId = (await world.call(HEALTH, 'RegisterHealthUpdateProvider', { name: 'p', healthUpdateInfo: [FAN] })) as string;
  assert.deepEqual(await world.call(HEALTH, 'QueryProviderList'), [providerId]);
  assert.deepEqual([await world.call(HEALTH, 'HasProvider', { id: 'x' }), await world.call(HEALTH, 'QueryProviderName', { id: providerId })], [false, 'p']);
  assert.deepEqual(await world.call(HEALTH, 'QueryHealthUpdateInfos', { providerId }), [FAN]);
  await world.refuses('NotFound', HEALTH, 'QueryMonitoredEntities', { providerId: 'x' });
  const update = (status: string, id: string, entity = host) => ({ _type: 'HealthUpdate', entity, healthUpdateInfoId: 'fan', id, status, remediation: '' });
  await world.refuses('InvalidArgument', HEALTH, 'PostHealthUpdates', { providerId, updates: [update('red', '1')] });
  await world.call(HEALTH, 'AddMonitoredEntities', { providerId, entities: [host, host] });
  assert.deepEqual(await world.call(HEALTH, 'QueryMonitoredEntities', { providerId }), [host]);
  assert.equal(((await world.call(HEALTH, 'QueryUnmonitoredHosts', { providerId, cluster: world.named('DC0_C0', 'ClusterComputeResource') })) as Ref[]).length, 2);
  assert.equal(await world.call(HEALTH, 'HasMonitoredEntity', { providerId, entity: other }), false);
  for (const [status, id] of [['red', '1'], ['green', '2']] as const) await world.call(HEALTH, 'PostHealthUpdates', { providerId, updates: [update(status, id)] });
  await world.refuses('InvalidArgument', HEALTH, 'PostHealthUpdates', { providerId, updates: [{ ...update('red', '3'), healthUpdateInfoId: 'disk' }] });
  assert.deepEqual(((await world.call(HEALTH, 'QueryHealthUpdates', { providerId })) as HealthUpdate[]).map(({ id, status }) => [id, status]), [['2', 'green']]);
  await world.refuses('InvalidState', HEALTH, 'UnregisterHealthUpdateProvider', { providerId });
  await world.refuses('InvalidState', HEALTH, 'RemoveMonitoredEntities', { providerId, entities: [other] });
  await world.call(HEALTH, 'RemoveMonitoredEntities', { providerId, entities: [host] });
  assert.deepEqual(await world.call(HEALTH, 'QueryHealthUpdates', { providerId }), []);
  await world.call(HEALTH, 'UnregisterHealthUpdateProvider', { providerId });
  assert.deepEqual(await world.call(HEALTH, 'QueryProviderList'), []);
});

test('filters belong to a provider, and are for hosts and clusters', async () => {
  const world = new World();
  const [host, other] = [world.named('DC0_C0_H0'), world.named('DC0_C0_H1')];
  const providerId = await world.call(HEALTH, 'RegisterHealthUpdateProvider', { name: 'p', healthUpdateInfo: [FAN] });
  await world.refuses('InvalidArgument', HEALTH, 'AddFilter', { providerId, filterName: 'f', infoIds: ['disk'] });
  const filterId = await world.call(HEALTH, 'AddFilter', { providerId, filterName: 'f', infoIds: ['fan'] });
  await world.call(HEALTH, 'AddFilterEntities', { filterId, entities: [host, other] });
  await world.refuses('InvalidArgument', HEALTH, 'AddFilterEntities', { filterId, entities: [world.named('DC0')] });
  await world.call(HEALTH, 'RemoveFilterEntities', { filterId, entities: [other] });
  assert.deepEqual(await world.call(HEALTH, 'QueryFilterEntities', { filterId }), [host]);
  assert.deepEqual([await world.call(HEALTH, 'QueryFilterList', { providerId }), await world.call(HEALTH, 'QueryFilterName', { filterId }), await world.call(HEALTH, 'QueryFilterInfoIds', { filterId })], [[filterId], 'f', ['fan']]);
  await world.call(HEALTH, 'RemoveFilter', { filterId });
  await world.refuses('NotFound', HEALTH, 'RemoveFilter', { filterId });
  assert.deepEqual(await world.call(HEALTH, 'QueryFilterList', { providerId }), []);
});

test('entities are marked as the provider\'s, and no longer', async () => {
  const world = new World();
  const [vm, host] = [world.named('DC0_H0_VM0'), world.named('DC0_H0', 'HostSystem')];
  await world.call(TENANTS, 'MarkServiceProviderEntities', { entity: [vm, host, vm] });
  assert.deepEqual(await world.call(TENANTS, 'RetrieveServiceProviderEntities'), [vm, host]);
  await world.refuses('ManagedObjectNotFound', TENANTS, 'MarkServiceProviderEntities', { entity: [{ type: 'VirtualMachine', value: 'vm-0' }] });
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(vm, 'Destroy_Task');
  assert.deepEqual(await world.call(TENANTS, 'RetrieveServiceProviderEntities'), [host]);
  await world.call(TENANTS, 'UnmarkServiceProviderEntities', { entity: [host] });
  assert.deepEqual(await world.call(TENANTS, 'RetrieveServiceProviderEntities'), []);
});

test('the memory that a machine needs beside its own is what its host says', async () => {
  const world = new World();
  const [vm, host] = [world.named('DC0_H0_VM0'), world.named('DC0_H0', 'HostSystem')];
  const bytes = await world.call({ type: 'OverheadMemoryManager', value: 'OverheadMemoryManager' }, 'LookupVmOverheadMemory', { vm, host });
  assert.equal(bytes, await world.call(host, 'QueryMemoryOverheadEx', { vmConfigInfo: world.get(vm, 'config') }));
  assert.ok(Number(bytes) > 0);
});
