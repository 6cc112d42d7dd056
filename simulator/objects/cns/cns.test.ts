// CNS volumes: first class disks made, attached, found, grown, frozen and deleted in batches whose items end one by one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useNamespace, type CnsQueryResult, type CnsVolumeOperationBatchResult, type CnsVolumeOperationResult, type ManagedObjectReference, type TaskInfo } from '../../../core/vim25/index.ts';
import { Office, permission } from '../authorization/office.testing.ts';
import { outcomeOf, World } from '../world.testing.ts';

type Ref = ManagedObjectReference;
useNamespace('urn:vsan');
const manager: Ref = { type: 'CnsVolumeManager', value: 'cns-volume-manager' };

class CnsWorld extends World {
  readonly vm = this.named('DC0_H0_VM0', 'VirtualMachine');

  async batch(method: string, args: Record<string, unknown>): Promise<readonly CnsVolumeOperationResult[]> {
    const task = (await this.call(manager, method, args)) as Ref;
    return ((await outcomeOf(() => this.get<TaskInfo>(task, 'info'))) as CnsVolumeOperationBatchResult).volumeResults ?? [];
  }

  spec(name: string, more: Record<string, unknown> = {}) {
    return { name, volumeType: 'BLOCK', backingObjectDetails: { _type: 'CnsBlockBackingDetails', capacityInMb: 10 }, metadata: { containerCluster: { clusterType: 'KUBERNETES', clusterId: 'c1', vSphereUser: 'me' } }, ...more };
  }

  async create(name: string, more?: Record<string, unknown>): Promise<{ id: string }> {
    return (await this.batch('CnsCreateVolume', { createSpecs: [this.spec(name, more)] }))[0]!.volumeId!;
  }

  async query(filter: Record<string, unknown> = {}): Promise<CnsQueryResult> {
    return (await this.call(manager, 'CnsQueryVolume', { filter })) as CnsQueryResult;
  }

  async found(filter?: Record<string, unknown>): Promise<(string | undefined)[]> {
    return (await this.query(filter)).volumes!.map(({ name }) => name);
  }
}

const faults = (results: readonly CnsVolumeOperationResult[]) => results.map(({ fault }) => (fault?.fault as { _type?: string } | undefined)?._type);

test('volumes are made in a batch whose items end one by one, found by filters, and deleted with their disks', async () => {
  const world = new CnsWorld();
  const results = await world.batch('CnsCreateVolume', { createSpecs: [world.spec('a'), world.spec(' '), world.spec('f', { volumeType: 'FILE' }), world.spec('b')] });
  assert.deepEqual(faults(results), [undefined, 'InvalidArgument', 'NotSupported', undefined]);
  assert.deepEqual((await world.found()).sort(), ['a', 'b']);
  assert.deepEqual([await world.found({ names: ['b'] }), await world.found({ containerClusterIds: ['c2'] }), (await world.found({ containerClusterIds: ['c1'] })).length], [['b'], [], 2]);
  const page = await world.query({ cursor: { offset: 1, limit: 1 } });
  assert.deepEqual([page.volumes!.length, page.cursor.totalRecords], [1, 2]);
  const [id] = results.map(({ volumeId }) => volumeId!);
  assert.deepEqual(faults(await world.batch('CnsDeleteVolume', { volumeIds: [id, id], deleteDisk: true })), [undefined, 'CnsVolumeNotFoundFault']);
  assert.deepEqual(await world.found(), ['b']);
  await world.refuses('InvalidArgument', manager, 'CnsCreateVolume', { createSpecs: [] });
});

test('a volume is attached to one machine at a time, and not deleted meanwhile', async () => {
  const world = new CnsWorld();
  const volumeId = await world.create('data');
  const attachSpecs = [{ volumeId, vm: world.vm }];
  const [attached] = await world.batch('CnsAttachVolume', { attachSpecs });
  assert.ok((attached as { diskUUID?: string }).diskUUID);
  assert.deepEqual(faults(await world.batch('CnsAttachVolume', { attachSpecs })), ['ResourceInUse']);
  assert.deepEqual(faults(await world.batch('CnsDeleteVolume', { volumeIds: [volumeId], deleteDisk: true })), ['ResourceInUse']);
  assert.deepEqual(faults(await world.batch('CnsDetachVolume', { detachSpecs: attachSpecs })), [undefined]);
  assert.deepEqual(faults(await world.batch('CnsDetachVolume', { detachSpecs: attachSpecs })), ['NotFound']);
  assert.deepEqual(await world.found(), ['data']);
});

test('a volume grows, is told of, frozen, and copied from what was frozen', async () => {
  const world = new CnsWorld();
  const volumeId = await world.create('data');
  const size = async () => Number((await world.query({ volumeIds: [volumeId] })).volumes![0]!.backingObjectDetails!.capacityInMb);
  assert.deepEqual(faults(await world.batch('CnsExtendVolume', { extendSpecs: [{ volumeId, capacityInMb: 20 }, { volumeId, capacityInMb: 5 }] })), [undefined, 'InvalidArgument']);
  assert.equal(await size(), 20);
  const entity = (entityName: string, more = {}) => ({ _type: 'CnsKubernetesEntityMetadata', entityType: 'POD', entityName, labels: [{ key: 'app', value: 'web' }], ...more });
  const metadata = (...entityMetadata: object[]) => ({ containerCluster: { clusterType: 'KUBERNETES', clusterId: 'c1', vSphereUser: 'me' }, entityMetadata });
  await world.batch('CnsUpdateVolumeMetadata', { updateSpecs: [{ volumeId, metadata: metadata(entity('one'), entity('two')) }] });
  await world.batch('CnsUpdateVolumeMetadata', { updateSpecs: [{ volumeId, metadata: metadata(entity('one', { delete: true })) }] });
  assert.deepEqual([await world.found({ _type: 'CnsKubernetesQueryFilter', podNames: ['two'] }), await world.found({ _type: 'CnsKubernetesQueryFilter', podNames: ['one'] }), await world.found({ labels: [{ key: 'app', value: 'web' }] })], [['data'], [], ['data']]);
  const [made] = (await world.batch('CnsCreateSnapshots', { snapshotSpecs: [{ volumeId, description: 'before' }] })) as unknown as { snapshot: { snapshotId: { id: string } } }[];
  const { snapshotId } = made!.snapshot;
  const copy = await world.create('copy', { volumeSource: { _type: 'CnsSnapshotVolumeSource', volumeId, snapshotId } });
  assert.equal((await world.query({ volumeIds: [copy] })).volumes![0]!.backingObjectDetails!.capacityInMb, 20);
  assert.deepEqual(faults(await world.batch('CnsDeleteSnapshots', { snapshotDeleteSpecs: [{ volumeId, snapshotId }, { volumeId, snapshotId }] })), [undefined, 'CnsSnapshotNotFoundFault']);
});

test('of an item that fails nothing stays, and of the others all', async () => {
  const world = new CnsWorld();
  const source = await world.create('source');
  const disks = () => [...world.store.all()].filter(({ ref }) => ref.type.startsWith('_') && ref.value !== '_events').map(({ ref, props }) => [ref.value, JSON.stringify(props)]);
  const before = disks();
  const clone = { volumeSource: { _type: 'CnsCloneVolumeSource', volumeId: source }, profile: [{ _type: 'VirtualMachineDefinedProfileSpec', profileId: 'none' }] };
  assert.deepEqual(faults(await world.batch('CnsCreateVolume', { createSpecs: [world.spec('half', clone)] })), ['InvalidArgument']);
  assert.deepEqual(disks(), before);
  assert.deepEqual(faults(await world.batch('CnsCreateVolume', { createSpecs: [world.spec('half', clone), world.spec('whole')] })), ['InvalidArgument', undefined]);
  assert.deepEqual((await world.found()).sort(), ['source', 'whole']);
});

test('who may only read changes no volume', async () => {
  const office = new Office();
  const world = new CnsWorld();
  const vm = office.named('DC0_H0_VM0', 'VirtualMachine');
  const batch = async (user: string, method: string, args: Record<string, unknown>) => {
    const task = (await office.as(user, manager, method, args)) as Ref;
    return ((await outcomeOf(() => office.get<TaskInfo>(task, 'info'))) as CnsVolumeOperationBatchResult).volumeResults ?? [];
  };
  const admin = 'Administrator@vsphere.local';
  const [{ volumeId } = {}] = await batch(admin, 'CnsCreateVolume', { createSpecs: [world.spec('data')] });
  office.simulator.store.transaction((tx) => {
    const directory = office.service('userDirectory');
    tx.set(directory, '_accounts', { ...(tx.get(directory, '_accounts') as object), 'user:ann@vsphere.local': { name: 'ann', domain: 'vsphere.local', group: false, id: 1 } });
  });
  await office.call(office.service('authorizationManager'), 'SetEntityPermissions', { entity: office.service('rootFolder'), permission: [permission('ann', -2)] });
  const attachSpecs = [{ volumeId, vm }];
  const refused = async (method: string, args: Record<string, unknown>) => assert.deepEqual(faults(await batch('ann', method, args)), ['NoPermission'], method);
  await refused('CnsCreateVolume', { createSpecs: [world.spec('mine')] });
  await refused('CnsDeleteVolume', { volumeIds: [volumeId], deleteDisk: true });
  await refused('CnsExtendVolume', { extendSpecs: [{ volumeId, capacityInMb: 20 }] });
  await refused('CnsCreateSnapshots', { snapshotSpecs: [{ volumeId, description: 'x' }] });
  await refused('CnsUpdateVolumeMetadata', { updateSpecs: [{ volumeId, metadata: world.spec('x').metadata }] });
  await refused('CnsAttachVolume', { attachSpecs });
  assert.deepEqual(faults(await batch(admin, 'CnsAttachVolume', { attachSpecs })), [undefined]);
  await refused('CnsDetachVolume', { detachSpecs: attachSpecs });
  const { volumes } = (await office.call(manager, 'CnsQueryVolume', { filter: {} })) as CnsQueryResult;
  assert.deepEqual(volumes!.map(({ name, backingObjectDetails }) => [name, Number(backingObjectDetails!.capacityInMb)]), [['data', 10]]);
});
