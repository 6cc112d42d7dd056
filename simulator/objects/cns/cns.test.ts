// CNS volumes: first class disks made, attached, found, grown, frozen and deleted in batches whose items end one by one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useNamespace, type CnsQueryResult, type CnsVolumeOperationBatchResult, type CnsVolumeOperationResult, type ManagedObjectReference, type TaskInfo } from '../../../core/vim25/index.ts';
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
