// First class disks by the other names they have: the vslm service, the Ex methods, and what each refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference, VStorageObject } from '../../../core/vim25/index.ts';
import { removePath } from '../datastore/files.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;
interface Id { readonly id: string }

class Vslm extends World {
  readonly datastore = this.named('LocalDS_0', 'Datastore');
  readonly manager: Ref = this.get({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'content.vStorageObjectManager');
  vslm!: Record<'vStorageObjectManager' | 'sessionManager' | 'storageLifecycleManager', Ref>;

  async start(): Promise<this> {
    this.vslm = (await this.call({ type: 'VslmServiceInstance', value: 'VslmServiceInstance' }, 'RetrieveContent')) as Vslm['vslm'];
    return this;
  }

  /** A call of the vslm manager. */
  on(method: string, id?: Id, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.call(this.vslm.vStorageObjectManager, method, { ...(id ? { id } : {}), ...args });
  }

  /** A call of vCenter's manager. */
  at(method: string, id: Id, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.call(this.manager, method, { id, datastore: this.datastore, ...args });
  }

  backing(more: object = {}) {
    return { _type: 'VslmCreateSpecDiskFileBackingSpec', datastore: this.datastore, provisioningType: 'thin', ...more };
  }

  async make(name: string): Promise<Id> {
    return ((await this.on('VslmCreateDisk_Task', undefined, { spec: { name, capacityInMB: 10, backingSpec: this.backing(), metadata: [{ key: 'app.a', value: '1' }] } })) as VStorageObject).config.id;
  }

  async config(id: Id): Promise<VStorageObject['config'] & { backing: { filePath: string; provisioningType: string } }> {
    return ((await this.on('VslmRetrieveVStorageObject', id)) as VStorageObject).config as never;
  }
}

const GONE: Id = { id: 'gone' };

test('the service renames, extends, inflates, moves and copies', async () => {
  const world = await new Vslm().start();
  const id = await world.make('one');
  await world.on('VslmRenameVStorageObject', id, { name: 'two' });
  await world.on('VslmExtendDisk_Task', id, { newCapacityInMB: 20 });
  await world.on('VslmInflateDisk_Task', id);
  const copy = ((await world.on('VslmCloneVStorageObject_Task', id, { spec: { name: 'copy', backingSpec: world.backing() } })) as VStorageObject).config;
  await world.on('VslmRelocateVStorageObject_Task', id, { spec: { backingSpec: world.backing({ path: 'there', provisioningType: undefined }) } });
  const { name, capacityInMB, backing } = await world.config(id);
  assert.deepEqual([name, capacityInMB, backing.provisioningType], ['two', 20, 'eagerZeroedThick']);
  assert.match(backing.filePath, /^\[LocalDS_0\] there\//);
  assert.deepEqual([copy.name, copy.capacityInMB], ['copy', 20]);
  const { vStorageObjectManager: manager } = world.vslm;
  await world.refuses('InvalidArgument', manager, 'VslmRenameVStorageObject', { id, name: ' ' });
  await world.refuses('InvalidArgument', manager, 'VslmExtendDisk_Task', { id, newCapacityInMB: 5 });
  await world.refuses('FileFault', manager, 'VslmInflateDisk_Task', { id });
  await world.refuses('NotFound', manager, 'VslmCloneVStorageObject_Task', { id: GONE, spec: { name: 'x', backingSpec: world.backing() } });
  await world.refuses('NotFound', manager, 'VslmRelocateVStorageObject_Task', { id: GONE, spec: { backingSpec: world.backing() } });
  assert.equal((await world.config(id)).capacityInMB, 20);
});

test('the service takes snapshots, goes back to them and makes disks of them', async () => {
  const world = await new Vslm().start();
  const id = await world.make('one');
  const snapshotId = (await world.on('VslmCreateSnapshot_Task', id, { description: 's' })) as Id;
  const list = async () => ((await world.on('VslmRetrieveSnapshotInfo', id)) as { snapshots: { description: string }[] }).snapshots.map(({ description }) => description);
  assert.deepEqual(await list(), ['s']);
  assert.match(((await world.on('VslmRetrieveSnapshotDetails', id, { snapshotId })) as { path: string }).path, /^\[LocalDS_0\] fcd\//);
  const made = (await world.on('VslmCreateDiskFromSnapshot_Task', id, { snapshotId, name: 'of it' })) as VStorageObject;
  assert.equal((await world.config(made.config.id)).name, 'of it');
  await world.on('VslmRevertVStorageObject_Task', id, { snapshotId });
  await world.on('VslmDeleteSnapshot_Task', id, { snapshotId });
  assert.deepEqual(await list(), []);
  for (const method of ['VslmRetrieveSnapshotDetails', 'VslmDeleteSnapshot_Task', 'VslmRevertVStorageObject_Task']) await world.refuses('NotFound', world.vslm.vStorageObjectManager, method, { id, snapshotId });
});

test('flags, metadata, tags and states are read as they were written', async () => {
  const world = await new Vslm().start();
  const { vStorageObjectManager: manager } = world.vslm;
  const id = await world.make('one');
  await world.on('VslmSetVStorageObjectControlFlags', id, { controlFlags: ['disableRelocation'] });
  assert.equal((await world.config(id)).relocationDisabled, true);
  await world.refuses('InvalidArgument', manager, 'VslmClearVStorageObjectControlFlags', { id, controlFlags: ['shiny'] });
  await world.on('VslmClearVStorageObjectControlFlags', id, { controlFlags: ['disableRelocation'] });
  assert.equal((await world.config(id)).relocationDisabled, false);
  await world.on('VslmUpdateVStorageObjectMetadata_Task', id, { metadata: [{ key: 'app.b', value: '2' }, { key: 'z', value: '3' }], deleteKeys: ['app.a'] });
  assert.deepEqual(await world.on('VslmRetrieveVStorageObjectMetadata', id, { prefix: 'app.' }), [{ key: 'app.b', value: '2' }]);
  assert.equal(await world.on('VslmRetrieveVStorageObjectMetadataValue', id, { key: 'z' }), '3');
  await world.refuses('KeyNotFound', manager, 'VslmRetrieveVStorageObjectMetadataValue', { id, key: 'app.a' });
  assert.deepEqual(await world.on('VslmRetrieveVStorageObjectState', id), { tentative: false });
  const tag = { category: 'k', tag: 't' };
  await world.refuses('NotFound', manager, 'VslmAttachTagToVStorageObject', { id, ...tag });
  world.store.transaction((tx) => {
    tx.create('_TagCategory', 'c1', { name: 'k' });
    tx.create('_Tag', 't1', { name: 't', category_id: 'c1' });
  });
  await world.on('VslmAttachTagToVStorageObject', id, tag);
  assert.deepEqual(((await world.on('VslmListVStorageObjectsAttachedToTag', undefined, tag)) as Id[]).map((one) => one.id), [id.id]);
  assert.deepEqual(((await world.on('VslmListTagsAttachedToVStorageObject', id)) as { tagName: string }[]).map(({ tagName }) => tagName), ['t']);
  await world.on('VslmDetachTagFromVStorageObject', id, tag);
  assert.deepEqual(await world.on('VslmListTagsAttachedToVStorageObject', id), []);
});

test('several are asked for at once: each is told, or why it is not', async () => {
  const world = await new Vslm().start();
  const id = await world.make('one');
  await world.on('VslmAttachDisk_Task', id, { vm: world.named('DC0_H0_VM0') });
  const results = (await world.on('VslmRetrieveVStorageObjects', undefined, { ids: [id, GONE] })) as { name?: string; error?: { fault: { _type: string } } }[];
  assert.deepEqual(results.map(({ name, error }) => [name, error?.fault._type]), [['one', undefined], [undefined, 'NotFound']]);
  const associations = (await world.on('VslmRetrieveVStorageObjectAssociations', undefined, { ids: [id, GONE] })) as { vmDiskAssociation?: { vmId: string }[]; fault?: { fault: { _type: string } } }[];
  assert.deepEqual(associations.map((one) => [one.vmDiskAssociation?.[0]?.vmId, one.fault?.fault._type]), [[world.named('DC0_H0_VM0').value, undefined], [undefined, 'NotFound']]);
});

test('disks are registered and forgotten, and datastores are known by their addresses', async () => {
  const world = await new Vslm().start();
  const { vStorageObjectManager: manager, storageLifecycleManager: lifecycle, sessionManager } = world.vslm;
  const [a, b, c] = [await world.make('a'), await world.make('b'), await world.make('c')];
  const { backing } = await world.config(a);
  await world.at('UnregisterDisk_Task', a);
  await world.refuses('NotFound', manager, 'VslmRetrieveVStorageObject', { id: a });
  const again = (await world.on('VslmRegisterDisk', undefined, { path: backing.filePath, name: 'back' })) as VStorageObject;
  assert.equal((await world.config(again.config.id)).name, 'back');
  await world.refuses('AlreadyExists', manager, 'VslmRegisterDisk', { path: backing.filePath });
  const list = async () => ((await world.call(world.manager, 'ListVStorageObject', { datastore: world.datastore })) as Id[]).length;
  const lose = async (id: Id) => {
    const { backing: { filePath } } = await world.config(id);
    world.store.transaction((tx) => removePath(tx, world.datastore, filePath.replace(/^\[.*?\] /, '')));
  };
  await lose(b);
  await world.on('VslmReconcileDatastoreInventory_Task', undefined, { datastore: world.datastore });
  assert.equal(await list(), 2);
  await lose(c);
  await world.on('VslmScheduleReconcileDatastoreInventory', undefined, { datastore: world.datastore });
  assert.equal(await list(), 1);
  const datastoreUrl = world.get<string>(world.datastore, 'summary.url');
  await world.call(lifecycle, 'VslmSyncDatastore', { datastoreUrl, fullSync: false });
  const [info] = (await world.call(lifecycle, 'VslmQueryDatastoreInfo', { datastoreUrl })) as { datastore: Ref; datacenter: Ref }[];
  assert.deepEqual([info!.datastore, info!.datacenter], [world.datastore, world.named('DC0')]);
  await world.refuses('NotFound', lifecycle, 'VslmQueryDatastoreInfo', { datastoreUrl: 'ds:///none/' });
  const [status] = (await world.on('VslmQueryGlobalCatalogSyncStatus')) as { datastoreURL: string }[];
  assert.deepEqual(await world.on('VslmQueryGlobalCatalogSyncStatusForDatastore', undefined, { datastoreURL: datastoreUrl }), status);
  await world.refuses('NotFound', manager, 'VslmQueryGlobalCatalogSyncStatusForDatastore', { datastoreURL: 'ds:///none/' });
  assert.equal(world.simulator.sim.sessions.list().length, 1);
  await world.call(sessionManager, 'VslmLogout');
  assert.deepEqual(world.simulator.sim.sessions.list(), []);
});

test('the Ex methods tell the clock of the object, which goes on with every change', async () => {
  const world = await new Vslm().start();
  const id = await world.make('one');
  const clock = async (method: string, args: Record<string, unknown> = {}) => ((await world.at(method, id, args)) as { vClockTime: number }).vClockTime;
  const snapshot = async () => (await world.at('VStorageObjectCreateSnapshot_Task', id, { description: 's' })) as Id;
  const renamed = await clock('RenameVStorageObjectEx', { name: 'other' });
  const extended = await clock('VStorageObjectExtendDiskEx_Task', { newCapacityInMB: 12 });
  assert.ok(extended > renamed, `${extended} after ${renamed}`);
  const first = await snapshot();
  assert.ok(await clock('RevertVStorageObjectEx_Task', { snapshotId: first }) > extended);
  await world.at('VStorageObjectDeleteSnapshotEx_Task', id, { snapshotId: first });
  const second = await snapshot();
  const gone = (await world.at('VStorageObjectDeleteSnapshotEx2_Task', id, { snapshotId: second })) as { id: Id };
  assert.equal(gone.id.id, second.id);
  await world.at('RepairVStorageObjectChain_Task', id);
  await world.refuses('NotFound', world.manager, 'RepairVStorageObjectChain_Task', { id: GONE, datastore: world.datastore });
  const updated = (await world.at('VCenterUpdateVStorageObjectMetadataEx_Task', id, { metadata: [{ key: 'k', value: 'v' }] })) as VStorageObject;
  assert.deepEqual([updated.config.name, updated.config.capacityInMB], ['other', 12]);
  assert.deepEqual(await world.at('RetrieveVStorageObjectState', id), { tentative: false });
  await world.at('SetVStorageObjectControlFlags', id, { controlFlags: ['enableChangedBlockTracking'] });
  await world.at('ClearVStorageObjectControlFlags', id, {});
  assert.deepEqual([(await world.config(id)).changedBlockTrackingEnabled, (await world.config(id)).keepAfterDeleteVm], [false, false]);
  const { backing } = await world.config(id);
  const disk = { name: backing.filePath, datacenter: world.named('DC0') };
  await world.call(world.manager, 'SetVirtualDiskUuidEx_Task', { ...disk, uuid: '60 00 C2 9e aa aa bb bb-cc cc dd dd ee ee ff ff' });
  assert.equal(String(await world.call(world.manager, 'QueryVirtualDiskUuidEx', disk)).toLowerCase(), '60 00 c2 9e aa aa bb bb-cc cc dd dd ee ee ff ff');
  await world.refuses('InvalidArgument', world.manager, 'SetVirtualDiskUuidEx_Task', { ...disk, uuid: 'short' });
  await world.call(world.manager, 'ReconcileDatastoreInventory_Task', { datastore: world.datastore });
  await world.call(world.manager, 'ScheduleReconcileDatastoreInventory', { datastore: world.datastore });
  assert.ok(await clock('DeleteVStorageObjectEx_Task') > 0);
  await world.refuses('NotFound', world.manager, 'DeleteVStorageObjectEx_Task', { id, datastore: world.datastore });
});
