// VcenterVStorageObjectManager: which method does what. The work is in the files beside this one.
import { isFault, toNumber, type ID, type VslmTagEntry, type VStorageObject, type VStorageObjectAssociations, type VStorageObjectReconcileResult, type VStorageObjectSnapshotInfo } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import { resolve } from '../datastore/file-manager.ts';
import { describePath } from '../datastore/files.ts';
import { changeDisk, openDisk } from '../datastore/virtual-disks.ts';
import * as disks from './disks.ts';
import { clockOf, named, onBacking, onDatastore } from './manager-base.ts';
import { allRecords, consumerOf, findAnywhere, findRecord, findSnapshot, isWhole, recordsOn, requireDatastore } from './record.ts';
import * as snapshots from './snapshots.ts';
import { attachTag, detachTag, tagsOf, withTag } from './tags.ts';
import { diskUuid, shownUuid } from './uuids.ts';

const idOf = ({ id }: { readonly id: string }): ID => ({ _type: 'ID', id }) as ID;

export const vcenterVStorageObjectManager = define('VcenterVStorageObjectManager', {
  CreateDisk_Task: { entity: onBacking, task: ({ sim, tx }, { spec }) => disks.create(sim, tx, spec) },
  RegisterDisk: ({ sim, tx }, { path, name, id }) => disks.register(sim, tx, path, name, id?.id),
  ExtendDisk_Task: { entity: onDatastore, task: (ctx, args) => void disks.extend(ctx.sim, ctx.tx, named(ctx, args), toNumber(args.newCapacityInMB)) },
  InflateDisk_Task: { entity: onDatastore, task: (ctx, args) => disks.inflate(ctx.sim, ctx.tx, named(ctx, args)) },
  RenameVStorageObject: (ctx, args) => void disks.rename(ctx.tx, named(ctx, args), args.name),
  DeleteVStorageObject_Task: { entity: onDatastore, task: (ctx, args) => disks.remove(ctx.tx, named(ctx, args)) },
  DeleteVStorageObjectEx_Task: {
    entity: onDatastore,
    task: (ctx, args) => {
      const object = named(ctx, args);
      disks.remove(ctx.tx, object);
      return clockOf({ ...object, clock: object.clock + 1 });
    },
  },
  RetrieveVStorageObject: (ctx, args) => disks.describe(ctx.tx, named(ctx, args)),
  RetrieveVStorageObjectState: (ctx, args) => (named(ctx, args), { tentative: false }),
  RetrieveVStorageObjectAssociations: ({ tx }, { ids = [] }) =>
    ids.map(({ id, datastore }): VStorageObjectAssociations => {
      try {
        const consumer = consumerOf(tx, findRecord(tx, id, datastore));
        return { id, ...(consumer ? { vmDiskAssociations: [{ vmId: consumer.vm.value, diskKey: consumer.device.key }] } : {}) };
      } catch (error) {
        if (!isFault(error)) throw error;
        return { id, fault: error.localized() };
      }
    }),
  ListVStorageObject: ({ tx }, { datastore }) => {
    requireDatastore(tx, datastore);
    return recordsOn(tx, datastore).map(idOf);
  },
  CloneVStorageObject_Task: { entity: onDatastore, task: (ctx, args) => disks.clone(ctx.sim, ctx.tx, named(ctx, args), args.spec) },
  RelocateVStorageObject_Task: { entity: onDatastore, task: (ctx, args) => disks.relocate(ctx.sim, ctx.tx, named(ctx, args), args.spec) },
  SetVStorageObjectControlFlags: (ctx, args) => disks.setFlags(ctx.tx, named(ctx, args), args.controlFlags ?? [], true),
  ClearVStorageObjectControlFlags: (ctx, args) => disks.setFlags(ctx.tx, named(ctx, args), args.controlFlags ?? [], false),
  AttachTagToVStorageObject: ({ tx }, args) => attachTag(tx, findAnywhere(tx, args.id), args),
  DetachTagFromVStorageObject: ({ tx }, args) => detachTag(tx, findAnywhere(tx, args.id), args),
  ListVStorageObjectsAttachedToTag: ({ tx }, args) => {
    const isWanted = withTag(tx, args);
    return [...allRecords(tx)].filter((object) => isWhole(tx, object) && isWanted(object)).map(idOf);
  },
  ListTagsAttachedToVStorageObject: ({ tx }, { id }) => tagsOf(tx, findAnywhere(tx, id)).map(({ category, tag }) => ({ _type: 'VslmTagEntry', tagName: tag, parentCategoryName: category }) as VslmTagEntry),
  ReconcileDatastoreInventory_Task: { entity: onDatastore, task: ({ tx }, { datastore }) => void disks.reconcile(tx, datastore) },
  ScheduleReconcileDatastoreInventory: ({ tx }, { datastore }) => void disks.reconcile(tx, datastore),
  ReconcileDatastoreInventoryEx_Task: {
    entity: (_ctx, { spec }) => spec.datastore,
    task: ({ tx }, { spec }) => {
      const { before, after, lost } = disks.reconcile(tx, spec.datastore, spec.dryRun);
      const invalidDiskPaths = lost.map(({ path }) => ({ path: describePath(tx, spec.datastore, path), reason: 'The file is missing.' }));
      return {
        _type: 'VStorageObjectReconcileResult',
        reconcileDetails: [{
          isReconciled: spec.dryRun !== true, isDeepScanned: spec.deepScan ?? false, numberOfReconcileIssues: lost.length, numberOfFcdsBeforeReconcile: before, numberOfFcdsAfterReconcile: after,
          ...(invalidDiskPaths.length > 0 ? { invalidDiskPaths } : {}),
        }],
      } as VStorageObjectReconcileResult;
    },
  },
  VStorageObjectCreateSnapshot_Task: { entity: onDatastore, task: (ctx, args) => idOf(snapshots.takeSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.description).snapshot) },
  DeleteSnapshot_Task: { entity: onDatastore, task: (ctx, args) => void snapshots.deleteSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId) },
  RetrieveSnapshotInfo: (ctx, args) => snapshots.snapshotInfo(named(ctx, args)) as unknown as VStorageObjectSnapshotInfo,
  RetrieveSnapshotDetails: (ctx, args) => {
    const object = named(ctx, args);
    return { path: describePath(ctx.tx, object.datastore, findSnapshot(object, args.snapshotId).path) };
  },
  CreateDiskFromSnapshot_Task: { entity: onDatastore, task: (ctx, args): VStorageObject => snapshots.diskFromSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId, args) },
  RevertVStorageObject_Task: { entity: onDatastore, task: (ctx, args) => void snapshots.revert(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId) },
  VCenterUpdateVStorageObjectMetadataEx_Task: {
    entity: onDatastore,
    task: (ctx, args) => disks.describe(ctx.tx, disks.setMetadata(ctx.tx, named(ctx, args), args.metadata ?? [], args.deleteKeys ?? [])),
  },
  SetVirtualDiskUuidEx_Task: {
    entity: (_ctx, { datacenter }) => datacenter,
    task: (ctx, { name, datacenter, uuid }) => changeDisk(ctx.sim, ctx.tx, openDisk(ctx.tx, resolve(ctx, name, datacenter)), { uuid: diskUuid(ctx.sim, uuid) }),
  },
  QueryVirtualDiskUuidEx: (ctx, { name, datacenter }) => shownUuid(openDisk(ctx.tx, resolve(ctx, name, datacenter)).facts.uuid),
});
