// VStorageObjectManagerBase: what the managers of vCenter and of a host have in common, with the newer answers of both.
import { toNumber, type ManagedObjectReference, type vslmVClockInfo, type VStorageObjectSnapshot } from '../../../core/vim25/index.ts';
import { define, type Context, type TransactionContext } from '../../dispatch/define.ts';
import { openDisk } from '../datastore/virtual-disks.ts';
import * as disks from './disks.ts';
import { findRecord, placeOf, removeRecord, requireDetached, type StorageObject } from './record.ts';
import * as snapshots from './snapshots.ts';

export interface OfObject {
  readonly id: { readonly id: string };
  readonly datastore: ManagedObjectReference;
}

/** The object that a call names. Throws InvalidDatastore, NotFound. */
export const named = ({ tx }: TransactionContext, { id, datastore }: OfObject): StorageObject => findRecord(tx, id, datastore);

/** Tasks are about the datastore: a manager is no entity. */
export const onDatastore = (_ctx: Context, { datastore }: { readonly datastore: ManagedObjectReference }): ManagedObjectReference => datastore;
export const onBacking = (_ctx: Context, { spec }: { readonly spec: { readonly backingSpec: { readonly datastore: ManagedObjectReference } } }): ManagedObjectReference => spec.backingSpec.datastore;

export const clockOf = ({ clock }: StorageObject): vslmVClockInfo => ({ _type: 'vslmVClockInfo', vClockTime: clock }) as vslmVClockInfo;

const shown = ({ object, snapshot }: ReturnType<typeof snapshots.takeSnapshot>): VStorageObjectSnapshot =>
  ({ _type: 'VStorageObjectSnapshot', id: { id: snapshot.id }, vclock: clockOf(object), usedCapacity: 0 }) as unknown as VStorageObjectSnapshot;

export const vStorageObjectManagerBase = define('VStorageObjectManagerBase', {
  VStorageObjectExtendDiskEx_Task: { entity: onDatastore, task: (ctx, args) => clockOf(disks.extend(ctx.sim, ctx.tx, named(ctx, args), toNumber(args.newCapacityInMB))) },
  RenameVStorageObjectEx: (ctx, args) => clockOf(disks.rename(ctx.tx, named(ctx, args), args.name)),
  VStorageObjectCreateSnapshotEx_Task: { entity: onDatastore, task: (ctx, args) => shown(snapshots.takeSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.description, args.snapshotId?.id)) },
  VStorageObjectDeleteSnapshotEx_Task: { entity: onDatastore, task: (ctx, args) => clockOf(snapshots.deleteSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId).object) },
  VStorageObjectDeleteSnapshotEx2_Task: { entity: onDatastore, task: (ctx, args) => shown(snapshots.deleteSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId)) },
  RevertVStorageObjectEx_Task: { entity: onDatastore, task: (ctx, args) => clockOf(snapshots.revert(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId)) },
  // Chains here are what the store says: none is ever broken.
  RepairVStorageObjectChain_Task: { entity: onDatastore, task: (ctx, args) => void openDisk(ctx.tx, placeOf(named(ctx, args))) },
  UnregisterDisk_Task: {
    entity: onDatastore,
    task: (ctx, args) => {
      const object = named(ctx, args);
      requireDetached(ctx.tx, object, 'unregistering');
      removeRecord(ctx.tx, object);
      return clockOf({ ...object, clock: object.clock + 1 });
    },
  },
});
