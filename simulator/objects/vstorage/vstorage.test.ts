// First class disks: real files, snapshots as chains, machines that have them, and what is left when those are deleted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference, TaskInfo, VirtualMachineConfigInfo, VStorageObject } from '../../../core/vim25/index.ts';
import { removePath, stat } from '../datastore/files.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;
const MB = 1024 ** 2;

class DiskWorld extends World {
  readonly datastore = this.named('LocalDS_0', 'Datastore');
  readonly manager: Ref;
  private readonly host: boolean;

  constructor(product: 'vcenter' | 'esxi' = 'vcenter') {
    super({}, product);
    this.host = product === 'esxi';
    this.manager = this.get({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'content.vStorageObjectManager');
  }

  /** A call of either manager, on this datastore. */
  on(method: string, id: { id: string } | undefined, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.call(this.manager, method, { ...(id ? { id } : {}), datastore: this.datastore, ...args });
  }

  async create(name: string, spec: Record<string, unknown> = {}, backing: Record<string, unknown> = {}): Promise<VStorageObject['config']> {
    const made = (await this.call(this.manager, this.host ? 'HostCreateDisk_Task' : 'CreateDisk_Task', {
      spec: { name, capacityInMB: 10, backingSpec: { _type: 'VslmCreateSpecDiskFileBackingSpec', datastore: this.datastore, provisioningType: 'thin', ...backing }, ...spec },
    })) as VStorageObject;
    return made.config;
  }

  async config(id: { id: string }): Promise<VStorageObject['config'] & { backing: { filePath: string; provisioningType: string } }> {
    return ((await this.on('RetrieveVStorageObject', id)) as VStorageObject).config as never;
  }

  size(path: string): number | undefined {
    return this.store.transaction((tx) => stat(tx, this.datastore, path))?.size;
  }

  get free(): number {
    return Number(this.get(this.datastore, 'summary.freeSpace'));
  }

  disks(vm: Ref) {
    return this.get<VirtualMachineConfigInfo>(vm, 'config').hardware.device!.filter((device) => (device as { _type?: string })._type === 'VirtualDisk') as unknown as { key: number; vDiskId?: { id: string }; capacityInKB: number; backing: { fileName: string; parent?: { fileName: string } } }[];
  }

  ids(list: unknown): string[] {
    return (list as { id: string }[]).map(({ id }) => id);
  }
}

const pathOf = (config: VStorageObject['config']): string => (config.backing as unknown as { filePath: string }).filePath.replace(/^\[.*?\] /, '');

test('a disk is made as files, found, renamed, extended, inflated and deleted; free space follows', async () => {
  const world = new DiskWorld();
  const before = world.free;
  const thin = await world.create('thin', { metadata: [{ key: 'a', value: 'b' }] });
  assert.match(pathOf(thin), /^fcd\/[0-9a-f]{32}\.vmdk$/);
  assert.deepEqual([thin.name, thin.capacityInMB, thin.keepAfterDeleteVm, thin.consumptionType, thin.metadata], ['thin', 10, true, ['disk'], [{ key: 'a', value: 'b' }]]);
  const thick = await world.create('thick', { keepAfterDeleteVm: false }, { provisioningType: 'eagerZeroedThick', path: 'mine/data.vmdk' });
  assert.equal(pathOf(thick), 'mine/data.vmdk');
  assert.equal(world.size('mine/data-flat.vmdk'), 10 * MB);
  assert.deepEqual(world.ids(await world.on('ListVStorageObject', undefined)).sort(), [thin.id.id, thick.id.id].sort());
  await world.on('RenameVStorageObject', thin.id, { name: 'other' });
  await world.on('ExtendDisk_Task', thick.id, { newCapacityInMB: 20 });
  await world.refuses('InvalidArgument', world.manager, 'ExtendDisk_Task', { id: thick.id, datastore: world.datastore, newCapacityInMB: 5 });
  assert.deepEqual([(await world.config(thick.id)).capacityInMB, world.size('mine/data-flat.vmdk'), (await world.config(thin.id)).name], [20, 20 * MB, 'other']);
  await world.on('InflateDisk_Task', thin.id);
  await world.refuses('FileFault', world.manager, 'InflateDisk_Task', { id: thin.id, datastore: world.datastore });
  assert.equal((await world.config(thin.id)).backing.provisioningType, 'eagerZeroedThick');
  const used = before - world.free;
  assert.ok(used >= 30 * MB && used < 30 * MB + 8192, String(used));
  const task = [...world.store.ofType('Task')].find(({ props }) => (props['info'] as TaskInfo).name === 'InflateDisk_Task')!;
  assert.deepEqual((task.props['info'] as TaskInfo).entity, world.datastore, 'tasks are about the datastore');
  for (const { id } of [thin, thick]) await world.on('DeleteVStorageObject_Task', id);
  assert.equal(world.free, before);
  await world.refuses('NotFound', world.manager, 'RetrieveVStorageObject', { id: thin.id, datastore: world.datastore });
  await world.refuses('InvalidArgument', world.manager, 'CreateDisk_Task', { spec: { name: ' ', capacityInMB: 1, backingSpec: { datastore: world.datastore } } });
  await world.refuses('NoDiskSpace', world.manager, 'CreateDisk_Task', { spec: { name: 'x', capacityInMB: 20 * MB, backingSpec: { _type: 'VslmCreateSpecDiskFileBackingSpec', datastore: world.datastore, provisioningType: 'lazyZeroedThick' } } });
  assert.equal(world.free, before, 'what did not fit left nothing');
});

test('snapshots are a chain: taken, listed, deleted from the middle, gone back to, made into a disk', async () => {
  const world = new DiskWorld();
  const { id } = await world.create('d');
  const base = pathOf(await world.config(id));
  const take = async (description: string) => (await world.on('VStorageObjectCreateSnapshot_Task', id, { description })) as { id: string };
  const [one, two, three] = [await take('one'), await take('two'), await take('three')];
  const list = async () => ((await world.on('RetrieveSnapshotInfo', id)) as { snapshots: { description: string }[] }).snapshots.map(({ description }) => description);
  assert.deepEqual(await list(), ['one', 'two', 'three']);
  assert.deepEqual(await world.on('RetrieveSnapshotDetails', id, { snapshotId: one }), { path: `[LocalDS_0] ${base}` });
  await world.refuses('InvalidState', world.manager, 'ExtendDisk_Task', { id, datastore: world.datastore, newCapacityInMB: 20 });
  await world.on('DeleteSnapshot_Task', id, { snapshotId: two });
  assert.deepEqual(await list(), ['one', 'three']);
  const made = (await world.on('CreateDiskFromSnapshot_Task', id, { snapshotId: three, name: 'copy' })) as VStorageObject;
  assert.equal(made.config.capacityInMB, 10);
  await world.on('RevertVStorageObject_Task', id, { snapshotId: one });
  assert.deepEqual(await list(), ['one']);
  await world.on('DeleteSnapshot_Task', id, { snapshotId: one });
  assert.deepEqual([await list(), pathOf(await world.config(id)), (await world.config(id)).backing.provisioningType], [[], base, 'thin']);
  await world.refuses('NotFound', world.manager, 'DeleteSnapshot_Task', { id, datastore: world.datastore, snapshotId: one });
  const entries = [...world.store.ofType('_Directory')].find(({ ref }) => ref.value.endsWith(':/fcd'))!.props['entries'] as object;
  assert.equal(Object.keys(entries).length, 4, `two disks of two files each: ${Object.keys(entries).join(' ')}`);
});

test('a machine has a disk, its snapshots follow, and the disk outlives the machine when it is to be kept', async () => {
  const world = new DiskWorld();
  const vm = world.named('DC0_H0_VM0');
  const [kept, lost] = [await world.create('kept'), await world.create('lost', { keepAfterDeleteVm: false })];
  await world.call(vm, 'AttachDisk_Task', { diskId: kept.id, datastore: world.datastore });
  await world.call(vm, 'AttachDisk_Task', { diskId: lost.id, datastore: world.datastore });
  assert.deepEqual(world.disks(vm).map(({ vDiskId, capacityInKB }) => [vDiskId?.id, capacityInKB]).slice(1), [[kept.id.id, 10240], [lost.id.id, 10240]]);
  assert.deepEqual((await world.config(kept.id)).consumerId, [{ id: world.get(vm, 'config.instanceUuid') }]);
  const [association] = (await world.call(world.manager, 'RetrieveVStorageObjectAssociations', { ids: [{ id: kept.id, datastore: world.datastore }] })) as { vmDiskAssociations: { vmId: string; diskKey: number }[] }[];
  assert.deepEqual(association!.vmDiskAssociations, [{ vmId: vm.value, diskKey: world.disks(vm)[1]!.key }]);
  await world.refuses('InvalidState', world.manager, 'DeleteVStorageObject_Task', { id: kept.id, datastore: world.datastore });
  await world.refuses('InvalidState', world.named('DC0_H0_VM1'), 'AttachDisk_Task', { diskId: kept.id, datastore: world.datastore });
  const snapshotId = await world.on('VStorageObjectCreateSnapshot_Task', kept.id, { description: 's' });
  assert.deepEqual([world.disks(vm)[1]!.backing.parent?.fileName, world.disks(vm)[1]!.backing.fileName], [`[LocalDS_0] ${pathOf(kept)}`, `[LocalDS_0] ${pathOf(await world.config(kept.id))}`]);
  await world.refuses('InvalidState', world.manager, 'RevertVStorageObject_Task', { id: kept.id, datastore: world.datastore, snapshotId });
  await world.on('DeleteSnapshot_Task', kept.id, { snapshotId });
  assert.deepEqual([world.disks(vm)[1]!.backing.fileName, world.disks(vm)[1]!.backing.parent], [`[LocalDS_0] ${pathOf(kept)}`, undefined]);
  await world.call(vm, 'DetachDisk_Task', { diskId: lost.id });
  await world.refuses('NotFound', vm, 'DetachDisk_Task', { diskId: lost.id });
  assert.equal((await world.config(lost.id)).consumerId, undefined);
  await world.call(vm, 'AttachDisk_Task', { diskId: lost.id, datastore: world.datastore });
  await world.on('ExtendDisk_Task', kept.id, { newCapacityInMB: 12 });
  assert.equal(world.disks(vm).find(({ vDiskId }) => vDiskId?.id === kept.id.id)!.capacityInKB, 12288);
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(vm, 'Destroy_Task');
  assert.deepEqual(world.ids(await world.on('ListVStorageObject', undefined)), [kept.id.id]);
  assert.ok(world.size(pathOf(kept)) !== undefined && world.size(pathOf(lost)) === undefined);
});

test('objects are registered, cloned, moved, tagged, flagged, and forgotten when their files are gone', async () => {
  const world = new DiskWorld();
  const dc = world.named('DC0');
  await world.call({ type: 'VirtualDiskManager', value: 'virtualDiskManager' }, 'CreateVirtualDisk_Task', { name: '[LocalDS_0] plain.vmdk', datacenter: dc, spec: { _type: 'FileBackedVirtualDiskSpec', diskType: 'thin', adapterType: 'lsiLogic', capacityKb: 4096 } });
  const { config } = (await world.call(world.manager, 'RegisterDisk', { path: '[LocalDS_0] plain.vmdk', name: 'plain' })) as VStorageObject;
  assert.deepEqual([config.name, config.capacityInMB], ['plain', 4]);
  await world.refuses('AlreadyExists', world.manager, 'RegisterDisk', { path: '[LocalDS_0] plain.vmdk' });
  await world.refuses('FileNotFound', world.manager, 'RegisterDisk', { path: '[LocalDS_0] none.vmdk' });
  const copy = (await world.on('CloneVStorageObject_Task', config.id, { spec: { name: 'copy', backingSpec: { _type: 'VslmCreateSpecDiskFileBackingSpec', datastore: world.datastore, provisioningType: 'eagerZeroedThick' } } })) as VStorageObject;
  assert.deepEqual([copy.config.name, (copy.config.backing as unknown as { provisioningType: string }).provisioningType], ['copy', 'eagerZeroedThick']);
  const moved = (await world.on('RelocateVStorageObject_Task', config.id, { spec: { backingSpec: { _type: 'VslmCreateSpecDiskFileBackingSpec', datastore: world.datastore, path: 'there' } } })) as VStorageObject;
  assert.match(pathOf(moved.config), /^there\//);
  assert.deepEqual([moved.config.id, world.size('plain.vmdk')], [config.id, undefined]);
  await world.on('SetVStorageObjectControlFlags', config.id, { controlFlags: ['disableRelocation'] });
  await world.refuses('InvalidState', world.manager, 'RelocateVStorageObject_Task', { id: config.id, datastore: world.datastore, spec: { backingSpec: { datastore: world.datastore } } });
  await world.refuses('InvalidArgument', world.manager, 'SetVStorageObjectControlFlags', { id: config.id, datastore: world.datastore, controlFlags: ['shiny'] });
  await world.refuses('NotFound', world.manager, 'AttachTagToVStorageObject', { id: config.id, category: 'k', tag: 't' });
  world.store.transaction((tx) => {
    tx.create('_TagCategory', 'c1', { name: 'k' });
    tx.create('_Tag', 't1', { name: 't', category_id: 'c1' });
  });
  await world.call(world.manager, 'AttachTagToVStorageObject', { id: config.id, category: 'k', tag: 't' });
  assert.deepEqual(((await world.call(world.manager, 'ListTagsAttachedToVStorageObject', { id: config.id })) as { tagName: string }[]).map(({ tagName }) => tagName), ['t']);
  assert.deepEqual(world.ids(await world.call(world.manager, 'ListVStorageObjectsAttachedToTag', { category: 'k', tag: 't' })), [config.id.id]);
  await world.call(world.manager, 'DetachTagFromVStorageObject', { id: config.id, category: 'k', tag: 't' });
  await world.refuses('NotFound', world.manager, 'DetachTagFromVStorageObject', { id: config.id, category: 'k', tag: 't' });
  world.store.transaction((tx) => removePath(tx, world.datastore, pathOf(moved.config)));
  assert.deepEqual(world.ids(await world.on('ListVStorageObject', undefined)), [copy.config.id.id]);
  const result = (await world.call(world.manager, 'ReconcileDatastoreInventoryEx_Task', { spec: { datastore: world.datastore } })) as { reconcileDetails: { numberOfFcdsBeforeReconcile: number; numberOfFcdsAfterReconcile: number }[] };
  assert.deepEqual([result.reconcileDetails[0]!.numberOfFcdsBeforeReconcile, result.reconcileDetails[0]!.numberOfFcdsAfterReconcile], [2, 1]);
});

test('a host has the same manager under its own names', async () => {
  const world = new DiskWorld('esxi');
  assert.equal(world.manager.type, 'HostVStorageObjectManager');
  const { id } = await world.create('d');
  await world.on('HostUpdateVStorageObjectMetadata_Task', id, { metadata: [{ key: 'x.a', value: '1' }, { key: 'y', value: '2' }] });
  assert.deepEqual(await world.on('HostRetrieveVStorageObjectMetadata', id, { prefix: 'x.' }), [{ key: 'x.a', value: '1' }]);
  assert.equal(await world.on('HostRetrieveVStorageObjectMetadataValue', id, { key: 'y' }), '2');
  await world.refuses('KeyNotFound', world.manager, 'HostRetrieveVStorageObjectMetadataValue', { id, datastore: world.datastore, key: 'z' });
  assert.ok(await world.on('VStorageObjectCreateSnapshotEx_Task', id, { description: 's' }));
  await world.on('HostDeleteVStorageObject_Task', id);
  assert.deepEqual(await world.on('HostListVStorageObject', undefined), []);
});

test('the vslm service finds objects of all datastores by id and by query, and tells of its tasks', async () => {
  const world = new DiskWorld();
  const service = (await world.call({ type: 'VslmServiceInstance', value: 'VslmServiceInstance' }, 'RetrieveContent')) as { vStorageObjectManager: Ref };
  const manager = service.vStorageObjectManager;
  const spec = (name: string) => ({ spec: { name, capacityInMB: 10, backingSpec: { _type: 'VslmCreateSpecDiskFileBackingSpec', datastore: world.datastore }, metadata: [{ key: 'app', value: name }] } });
  const { config } = (await world.call(manager, 'VslmCreateDisk_Task', spec('one'))) as VStorageObject;
  await world.call(manager, 'VslmCreateDisk_Task', spec('two'));
  const list = async (queryField: string, queryOperator: string, value: string, maxResult = 10) =>
    (await world.call(manager, 'VslmListVStorageObjectForSpec', { query: [{ queryField, queryOperator, queryValue: [value] }], maxResult })) as { allRecordsReturned: boolean; queryResults: { name: string }[] };
  const names = async (...query: Parameters<typeof list>) => (await list(...query)).queryResults.map(({ name }) => name).sort();
  assert.deepEqual([await names('name', 'equals', 'one'), await names('name', 'notEquals', 'one'), await names('capacity', 'greaterThan', '9'), await names('metadataValue', 'startsWith', 'tw')], [['one'], ['two'], ['one', 'two'], ['two']]);
  assert.equal((await list('capacity', 'equals', '10', 1)).allRecordsReturned, false);
  await world.refuses('InvalidArgument', manager, 'VslmListVStorageObjectForSpec', { query: [{ queryField: 'colour', queryOperator: 'equals', queryValue: ['red'] }], maxResult: 1 });
  await world.call(manager, 'VslmAttachDisk_Task', { id: config.id, vm: world.named('DC0_H0_VM0') });
  await world.refuses('InvalidState', manager, 'VslmDeleteVStorageObject_Task', { id: config.id });
  const task = [...world.store.ofType('Task')].find(({ props }) => (props['info'] as TaskInfo).name === 'VslmCreateDisk_Task')!;
  const info = (await world.call(task.ref, 'VslmQueryInfo')) as { state: string; result: VStorageObject; reason: { userName: string } };
  assert.deepEqual([info.state, info.result.config.name, info.reason.userName], ['success', 'one', (task.props['info'] as { reason: { userName: string } }).reason.userName]);
  await world.refuses('NotFound', manager, 'VslmRetrieveVStorageObject', { id: { id: 'none' } });
});
