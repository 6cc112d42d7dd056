// The CNS volume manager of vCenter (/vsanHealth), which method does what. Every change is a task over a batch whose
// result tells how each item ended. Its tables are read when their namespace is first used.
import {
  fault, isFault, make, toNumber, type CnsSnapshot, type CnsSnapshotQueryFilter, type CnsVolumeId, type CnsVolumeOperationBatchResult, type CnsVolumeOperationResult, type ManagedObjectReference,
} from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { requirePrivilege } from '../../dispatch/privileges.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { askedPolicy } from '../storage-policy/association.ts';
import { attachDisk, detachDisk } from '../vstorage/attach.ts';
import * as disks from '../vstorage/disks.ts';
import { changeRecord, consumerOf, findAnywhere, type SnapshotRecord, type StorageObject } from '../vstorage/record.ts';
import * as snapshots from '../vstorage/snapshots.ts';
import { createVolume, queryVolumes, updateMetadata, volumeOf } from './volumes.ts';

type Ref = ManagedObjectReference;
type Work = (tx: Transaction) => unknown;

/** Long work whose Task the wire name does not announce. */
const task = ({ sim, tx, session }: TransactionContext, name: string, args: object, run: Work): Ref => sim.tasks.start(tx, {
  name, descriptionId: `com.vmware.cns.tasks.${name.replace(/^Cns/, '').toLowerCase()}`, entity: undefined, userName: session.userName, args: args as Readonly<Record<string, unknown>>, explain: (error) => error, run,
});

const idOf = ({ id }: StorageObject): CnsVolumeId => make('CnsVolumeId', { id });

/** Clients look for the type of a result even where it tells a fault. */
const FAILED: Readonly<Record<string, 'CnsVolumeCreateResult' | 'CnsVolumeAttachResult' | 'CnsSnapshotCreateResult' | 'CnsSnapshotDeleteResult'>> = {
  CnsCreateVolume: 'CnsVolumeCreateResult', CnsAttachVolume: 'CnsVolumeAttachResult', CnsCreateSnapshots: 'CnsSnapshotCreateResult', CnsDeleteSnapshots: 'CnsSnapshotDeleteResult',
};

/** One item after the other; what one of them throws is its result, and nothing of that item stays. */
function batch<T>(ctx: TransactionContext, name: string, args: object, items: readonly T[], volumeId: (item: T) => CnsVolumeId | undefined, run: (tx: Transaction, item: T) => CnsVolumeOperationResult): Ref {
  if (items.length === 0) throw fault('InvalidArgument', { invalidProperty: 'specs' }, `A specified parameter was not correct: ${name} needs at least one item.`);
  return task(ctx, name, args, (tx): CnsVolumeOperationBatchResult => make('CnsVolumeOperationBatchResult', {
    volumeResults: items.map((item) => {
      try {
        return tx.attempt(() => run(tx, item));
      } catch (error) {
        if (!isFault(error)) throw error;
        const id = volumeId(item);
        return make(FAILED[name] ?? 'CnsVolumeOperationResult', { ...(id ? { volumeId: make('CnsVolumeId', id) } : {}), fault: error.localized() });
      }
    }),
  }));
}

interface OfVolume {
  readonly volumeId: CnsVolumeId;
}
const ofItem = ({ volumeId }: OfVolume): CnsVolumeId => volumeId;
/**
 * The catalogue names no privilege for what changes a volume. It takes what vim25 asks of who deletes or plugs in the first
 * class disk that it is (VcenterVStorageObjectManager, VirtualMachine.AttachDisk_Task). Throws NoPermission.
 */
function mayChange<T extends StorageObject>({ session }: TransactionContext, object: T): T {
  requirePrivilege(session, object.datastore, 'Datastore.FileManagement');
  return object;
}

const done = (object: StorageObject): CnsVolumeOperationResult => make('CnsVolumeOperationResult', { volumeId: idOf(object) });

function deleteVolume(ctx: TransactionContext, tx: Transaction, id: CnsVolumeId, deleteDisk: boolean): CnsVolumeOperationResult {
  const object = mayChange(ctx, volumeOf(tx, id));
  const consumer = consumerOf(tx, object);
  if (consumer) throw fault('ResourceInUse', { type: 'CnsVolume', name: object.name }, `The volume '${object.name}' is in use by the virtual machine '${String(tx.get(consumer.vm, 'name'))}'.`);
  if (deleteDisk) disks.remove(tx, object);
  else changeRecord(tx, object, { cns: undefined });
  return done(object);
}

function attach({ sim, session }: TransactionContext, tx: Transaction, spec: { readonly volumeId: CnsVolumeId; readonly vm: Ref; readonly controllerKey?: number; readonly unitNumber?: number }): CnsVolumeOperationResult {
  requirePrivilege(session, spec.vm, 'VirtualMachine.Config.AddExistingDisk');
  const object = volumeOf(tx, spec.volumeId);
  const consumer = consumerOf(tx, object);
  if (consumer) throw fault('ResourceInUse', { type: 'CnsVolume', name: object.name }, `The volume '${object.name}' is attached to '${String(tx.get(consumer.vm, 'name'))}' already.`);
  attachDisk(sim, tx, spec.vm, { diskId: { id: object.id }, datastore: object.datastore, controllerKey: spec.controllerKey, unitNumber: spec.unitNumber });
  const disk = consumerOf(tx, findAnywhere(tx, { id: object.id }))?.device.backing as { uuid?: string } | undefined;
  return make('CnsVolumeAttachResult', { volumeId: idOf(object), ...(disk?.uuid === undefined ? {} : { diskUUID: disk.uuid }) });
}

const showSnapshot = (object: StorageObject, { id, description, createTime }: SnapshotRecord): CnsSnapshot =>
  make('CnsSnapshot', { snapshotId: make('CnsSnapshotId', { id }), volumeId: idOf(object), description, createTime });

function querySnapshots(tx: Transaction, { snapshotQuerySpecs = [], cursor }: CnsSnapshotQueryFilter) {
  const all = snapshotQuerySpecs.flatMap(({ volumeId, snapshotId }) => {
    try {
      const object = volumeOf(tx, volumeId);
      const found = object.snapshots.filter(({ id }) => !snapshotId || id === snapshotId.id);
      if (snapshotId && found.length === 0) throw fault('CnsSnapshotNotFoundFault', { reason: `The snapshot ${snapshotId.id} was not found.`, volumeId, SnapshotId: snapshotId }, `The snapshot ${snapshotId.id} was not found.`);
      return found.map((snapshot) => make('CnsSnapshotQueryResultEntry', { snapshot: showSnapshot(object, snapshot) }));
    } catch (error) {
      if (!isFault(error)) throw error;
      return [make('CnsSnapshotQueryResultEntry', { error: error.localized() })];
    }
  });
  const offset = toNumber(cursor?.offset);
  const page = all.slice(offset, offset + (toNumber(cursor?.limit) || all.length));
  return make('CnsSnapshotQueryResult', { entries: page, cursor: make('CnsCursor', { offset: offset + page.length, limit: toNumber(cursor?.limit) || all.length, totalRecords: all.length }) });
}

export const cnsVolumeManager = define('CnsVolumeManager', {
  CnsCreateVolume: (ctx, args) => batch(ctx, 'CnsCreateVolume', args, args.createSpecs, () => undefined, (tx, spec) => {
    const object = mayChange(ctx, createVolume(ctx.sim, tx, spec));
    return make('CnsVolumeCreateResult', { volumeId: idOf(object), name: object.name, placementResults: [make('CnsPlacementResult', { datastore: object.datastore })] });
  }),
  CnsDeleteVolume: (ctx, args) => batch(ctx, 'CnsDeleteVolume', args, args.volumeIds, (id) => id, (tx, id) => deleteVolume(ctx, tx, id, args.deleteDisk)),
  CnsUpdateVolumeMetadata: (ctx, args) => batch(ctx, 'CnsUpdateVolumeMetadata', args, args.updateSpecs, ofItem, (tx, { volumeId, metadata }) => {
    const object = mayChange(ctx, volumeOf(tx, volumeId));
    updateMetadata(tx, object, metadata);
    return done(object);
  }),
  CnsAttachVolume: (ctx, args) => batch(ctx, 'CnsAttachVolume', args, args.attachSpecs, ofItem, (tx, spec) => attach(ctx, tx, spec)),
  CnsDetachVolume: (ctx, args) => batch(ctx, 'CnsDetachVolume', args, args.detachSpecs, ofItem, (tx, { volumeId, vm }) => {
    requirePrivilege(ctx.session, vm, 'VirtualMachine.Config.RemoveDisk');
    const object = volumeOf(tx, volumeId);
    detachDisk(ctx.sim, tx, vm, { id: object.id });
    return done(object);
  }),
  CnsQueryVolume: ({ tx }, { filter }) => queryVolumes(tx, filter),
  CnsQueryAsync: (ctx, args) => task(ctx, 'CnsQueryAsync', args, (tx) => make('CnsVolumeOperationBatchResult', { volumeResults: [make('CnsAsyncQueryResult', { queryResult: queryVolumes(tx, args.filter) })] })),
  CnsExtendVolume: (ctx, args) => batch(ctx, 'CnsExtendVolume', args, args.extendSpecs, ofItem, (tx, { volumeId, capacityInMb }) => done(disks.extend(ctx.sim, tx, mayChange(ctx, volumeOf(tx, volumeId)), toNumber(capacityInMb)))),
  CnsRelocateVolume: (ctx, args) => batch(ctx, 'CnsRelocateVolume', args, args.relocateSpecs, ofItem, (tx, { volumeId, datastore }) => {
    const object = mayChange(ctx, volumeOf(tx, volumeId));
    requirePrivilege(ctx.session, datastore, 'Datastore.FileManagement');
    disks.relocate(ctx.sim, tx, object, { backingSpec: make('VslmCreateSpecDiskFileBackingSpec', { datastore }) });
    return done(object);
  }),
  CnsReconfigVolumePolicy: (ctx, args) => batch(ctx, 'CnsReconfigVolumePolicy', args, args.volumePolicyReconfigSpecs ?? [], ofItem, (tx, { volumeId, profile }) => {
    const object = mayChange(ctx, volumeOf(tx, volumeId));
    const policy = askedPolicy(tx, profile, object.datastore, 'profile');
    return done(policy === undefined ? object : changeRecord(tx, object, { cns: { ...object.cns, policy: policy ?? undefined } }));
  }),
  CnsUnregisterVolume: (ctx, args) => batch(ctx, 'CnsUnregisterVolume', args, args.unregisterSpec ?? [], ofItem, (tx, { volumeId, targetVolumeType }) => {
    if (targetVolumeType !== 'FCD') throw fault('NotSupported', {}, `A volume becomes an FCD here, not '${targetVolumeType}'.`);
    return deleteVolume(ctx, tx, volumeId, false);
  }),
  CnsCreateSnapshots: (ctx, args) => batch(ctx, 'CnsCreateSnapshots', args, args.snapshotSpecs, ofItem, (tx, { volumeId, description, snapshotId }) => {
    const { object, snapshot } = snapshots.takeSnapshot(ctx.sim, tx, mayChange(ctx, volumeOf(tx, volumeId)), description, snapshotId?.id);
    return make('CnsSnapshotCreateResult', { volumeId: idOf(object), snapshot: showSnapshot(object, snapshot) });
  }),
  CnsDeleteSnapshots: (ctx, args) => batch(ctx, 'CnsDeleteSnapshots', args, args.snapshotDeleteSpecs, ofItem, (tx, { volumeId, snapshotId }) => {
    const object = mayChange(ctx, volumeOf(tx, volumeId));
    if (!object.snapshots.some(({ id }) => id === snapshotId.id)) throw fault('CnsSnapshotNotFoundFault', { reason: `The snapshot ${snapshotId.id} was not found.`, volumeId, SnapshotId: snapshotId }, `The snapshot ${snapshotId.id} was not found.`);
    snapshots.deleteSnapshot(ctx.sim, tx, object, snapshotId);
    return make('CnsSnapshotDeleteResult', { volumeId: idOf(object), snapshotId: make('CnsSnapshotId', snapshotId) });
  }),
  CnsQuerySnapshots: (ctx, args) => task(ctx, 'CnsQuerySnapshots', args, (tx) => querySnapshots(tx, args.snapshotQueryFilter)),
}, {
  partly: {
    CnsCreateVolume: 'BLOCK volumes only, and none by the URL of a disk',
    CnsUnregisterVolume: 'to a first class disk only',
    CnsQueryVolume: 'selection is not looked at: everything is told',
    CnsQueryAsync: 'selection is not looked at: everything is told',
  },
});

/** Creates the manager; only vCenter has it. */
export function createCnsObjects(sim: Simulation, tx: Transaction): void {
  if (sim.product === 'vcenter') tx.create('CnsVolumeManager', 'cns-volume-manager', {});
}
