// HostVStorageObjectManager: which method does what. The work is in the files beside this one.
import { fault, toNumber, type ID, type VStorageObject, type VStorageObjectSnapshotInfo } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import { locateAny } from '../datastore/files.ts';
import { changeDisk, openDisk } from '../datastore/virtual-disks.ts';
import * as disks from './disks.ts';
import { clockOf, named, onBacking, onDatastore } from './manager-base.ts';
import { findSnapshot, recordsOn, requireDatastore } from './record.ts';
import * as snapshots from './snapshots.ts';
import { diskUuid, shownUuid } from './uuids.ts';

const idOf = ({ id }: { readonly id: string }): ID => ({ _type: 'ID', id }) as ID;

export const hostVStorageObjectManager = define('HostVStorageObjectManager', {
  HostCreateDisk_Task: { entity: onBacking, task: ({ sim, tx }, { spec }) => disks.create(sim, tx, spec) },
  HostRegisterDisk: ({ sim, tx }, { path, name, id }) => disks.register(sim, tx, path, name, id?.id),
  HostExtendDisk_Task: { entity: onDatastore, task: (ctx, args) => void disks.extend(ctx.sim, ctx.tx, named(ctx, args), toNumber(args.newCapacityInMB)) },
  HostInflateDisk_Task: { entity: onDatastore, task: (ctx, args) => disks.inflate(ctx.sim, ctx.tx, named(ctx, args)) },
  HostRenameVStorageObject: (ctx, args) => void disks.rename(ctx.tx, named(ctx, args), args.name),
  HostDeleteVStorageObject_Task: { entity: onDatastore, task: (ctx, args) => disks.remove(ctx.tx, named(ctx, args)) },
  HostDeleteVStorageObjectEx_Task: {
    entity: onDatastore,
    task: (ctx, args) => {
      const object = named(ctx, args);
      disks.remove(ctx.tx, object);
      return clockOf({ ...object, clock: object.clock + 1 });
    },
  },
  HostRetrieveVStorageObject: (ctx, args) => disks.describe(ctx.tx, named(ctx, args)),
  HostRetrieveVStorageObjectState: (ctx, args) => (named(ctx, args), { tentative: false }),
  HostListVStorageObject: ({ tx }, { datastore }) => {
    requireDatastore(tx, datastore);
    return recordsOn(tx, datastore).map(idOf);
  },
  HostCloneVStorageObject_Task: { entity: onDatastore, task: (ctx, args) => disks.clone(ctx.sim, ctx.tx, named(ctx, args), args.spec) },
  HostRelocateVStorageObject_Task: { entity: onDatastore, task: (ctx, args) => disks.relocate(ctx.sim, ctx.tx, named(ctx, args), args.spec) },
  HostSetVStorageObjectControlFlags: (ctx, args) => disks.setFlags(ctx.tx, named(ctx, args), args.controlFlags ?? [], true),
  HostClearVStorageObjectControlFlags: (ctx, args) => disks.setFlags(ctx.tx, named(ctx, args), args.controlFlags ?? [], false),
  HostReconcileDatastoreInventory_Task: { entity: onDatastore, task: ({ tx }, { datastore }) => void disks.reconcile(tx, datastore) },
  HostScheduleReconcileDatastoreInventory: ({ tx }, { datastore }) => void disks.reconcile(tx, datastore),
  HostVStorageObjectCreateSnapshot_Task: { entity: onDatastore, task: (ctx, args) => idOf(snapshots.takeSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.description).snapshot) },
  HostVStorageObjectDeleteSnapshot_Task: { entity: onDatastore, task: (ctx, args) => void snapshots.deleteSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId) },
  HostVStorageObjectRetrieveSnapshotInfo: (ctx, args) => snapshots.snapshotInfo(named(ctx, args)) as unknown as VStorageObjectSnapshotInfo,
  HostVStorageObjectCreateDiskFromSnapshot_Task: { entity: onDatastore, task: (ctx, args): VStorageObject => snapshots.diskFromSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId, args) },
  HostVStorageObjectRevert_Task: { entity: onDatastore, task: (ctx, args) => void snapshots.revert(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId) },
  HostUpdateVStorageObjectMetadata_Task: { entity: onDatastore, task: (ctx, args) => void disks.setMetadata(ctx.tx, named(ctx, args), args.metadata ?? [], args.deleteKeys ?? []) },
  HostUpdateVStorageObjectMetadataEx_Task: {
    entity: onDatastore,
    task: (ctx, args) => disks.describe(ctx.tx, disks.setMetadata(ctx.tx, named(ctx, args), args.metadata ?? [], args.deleteKeys ?? [])),
  },
  HostRetrieveVStorageObjectMetadata: (ctx, args) => {
    const object = named(ctx, args);
    if (args.snapshotId) findSnapshot(object, args.snapshotId);
    return object.metadata.filter(({ key }) => key.startsWith(args.prefix ?? ''));
  },
  HostRetrieveVStorageObjectMetadataValue: (ctx, args) => {
    const object = named(ctx, args);
    if (args.snapshotId) findSnapshot(object, args.snapshotId);
    const found = object.metadata.find(({ key }) => key === args.key);
    if (!found) throw fault('KeyNotFound', { key: args.key }, `The virtual storage object '${object.name}' has no metadata '${args.key}'.`);
    return found.value;
  },
  HostSetVirtualDiskUuid_Task: {
    entity: ({ sim }, { name }) => [...sim.store.ofType('Datastore')].find(({ props }) => name.startsWith(`[${String(props['name'])}]`))?.ref,
    task: (ctx, { name, uuid }) => changeDisk(ctx.sim, ctx.tx, openDisk(ctx.tx, locateAny(ctx.tx, name)), { uuid: diskUuid(ctx.sim, uuid) }),
  },
  HostQueryVirtualDiskUuid: (ctx, { name }) => shownUuid(openDisk(ctx.tx, locateAny(ctx.tx, name)).facts.uuid),
});
