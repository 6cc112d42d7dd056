// The vslm service of vCenter: first class disks of all datastores by their ids, which method does what. Its tasks are Tasks.
import {
  fault, isFault, toNumber, type ID, type ManagedObjectReference, type VslmTagEntry, type VslmVsoVStorageObjectQuerySpec, type VslmVsoVStorageObjectAssociations, type VslmVsoVStorageObjectResult, type VStorageObject, type VStorageObjectSnapshotInfo,
} from '../../../core/vim25/index.ts';
import { define, type Context, type TransactionContext } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath } from '../datastore/files.ts';
import { openDisk } from '../datastore/virtual-disks.ts';
import { attachDisk } from './attach.ts';
import * as disks from './disks.ts';
import { onBacking, onDatastore } from './manager-base.ts';
import { allRecords, consumerOf, findAnywhere, findSnapshot, isWhole, placeOf, requireDatastore, type StorageObject } from './record.ts';
import * as snapshots from './snapshots.ts';
import { attachTag, detachTag, tagsOf, withTag } from './tags.ts';

type Ref = ManagedObjectReference;
interface OfId {
  readonly id: { readonly id: string };
}

const idOf = ({ id }: { readonly id: string }): ID => ({ _type: 'ID', id }) as ID;
const named = ({ tx }: TransactionContext, { id }: OfId): StorageObject => findAnywhere(tx, id);
/** Tasks are about the datastore of the object; none when there is no such object. */
const entity = ({ sim }: Context, { id }: OfId): Ref | undefined =>
  (sim.store.get({ type: '_StorageObject', value: `fcd:${id.id}` })?.props['record'] as StorageObject | undefined)?.datastore;

function resultOf(tx: Transaction, object: StorageObject): VslmVsoVStorageObjectResult {
  const { facts, extent } = openDisk(tx, placeOf(object));
  return {
    _type: 'VslmVsoVStorageObjectResult', id: idOf(object), name: object.name, capacityInMB: Math.floor(facts.capacityKb / 1024), createTime: object.createTime, datastoreUrl: String(tx.get(object.datastore, 'summary.url')),
    diskPath: describePath(tx, object.datastore, object.path), usedCapacityInMB: Math.ceil((extent?.size ?? 0) / 1024 ** 2), metadata: object.metadata,
  } as VslmVsoVStorageObjectResult;
}

const FIELDS: Readonly<Record<string, (tx: Transaction, object: StorageObject) => readonly string[]>> = {
  id: (_tx, { id }) => [id], name: (_tx, { name }) => [name], datastoreMoId: (_tx, { datastore }) => [datastore.value], backingObjectId: () => [''],
  capacity: (tx, object) => [String(Math.floor(openDisk(tx, placeOf(object)).facts.capacityKb / 1024))], createTime: (_tx, { createTime }) => [createTime.toISOString()],
  metadataKey: (_tx, { metadata }) => metadata.map(({ key }) => key), metadataValue: (_tx, { metadata }) => metadata.map(({ value }) => value),
};

const isNumber = (text: string): boolean => text !== '' && !Number.isNaN(Number(text));
const compare = (a: string, b: string): number => (isNumber(a) && isNumber(b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0);

const OPERATORS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  equals: (value, wanted) => value === wanted, notEquals: (value, wanted) => value !== wanted, contains: (value, wanted) => value.includes(wanted),
  startsWith: (value, wanted) => value.startsWith(wanted), endsWith: (value, wanted) => value.endsWith(wanted),
  lessThan: (a, b) => compare(a, b) < 0, greaterThan: (a, b) => compare(a, b) > 0, lessThanOrEqual: (a, b) => compare(a, b) <= 0, greaterThanOrEqual: (a, b) => compare(a, b) >= 0,
};

function fitsQuery(tx: Transaction, object: StorageObject, { queryField, queryOperator, queryValue = [] }: VslmVsoVStorageObjectQuerySpec): boolean {
  const [field, operator] = [FIELDS[queryField], OPERATORS[queryOperator]];
  if (!field) throw fault('InvalidArgument', { invalidProperty: 'query.queryField' }, `'${queryField}' is no field of a query; use ${Object.keys(FIELDS).join(', ')}.`);
  if (!operator) throw fault('InvalidArgument', { invalidProperty: 'query.queryOperator' }, `'${queryOperator}' is no operator of a query; use ${Object.keys(OPERATORS).join(', ')}.`);
  const values = field(tx, object);
  return queryOperator === 'notEquals' ? queryValue.every((wanted) => !values.includes(wanted)) : queryValue.some((wanted) => values.some((value) => operator(value, wanted)));
}

const inOrder = (tx: Transaction): StorageObject[] => [...allRecords(tx)].filter((object) => isWhole(tx, object)).sort((a, b) => a.createTime.getTime() - b.createTime.getTime() || (a.id < b.id ? -1 : 1));

/** The catalogue follows every change at once: it is never behind. */
function syncStatus(sim: Simulation, tx: Transaction, datastore: Ref) {
  return { _type: 'VslmDatastoreSyncStatus', datastoreURL: String(tx.get(datastore, 'summary.url')), objectVClock: 1, syncVClock: 1, syncTime: sim.clock.now(), numberOfRetries: 0 } as never;
}

const byUrl = (tx: Transaction, url: string): Ref | undefined => [...tx.all('Datastore')].find((ref) => tx.get(ref, 'summary.url') === url);

function requireUrl(tx: Transaction, url: string): Ref {
  const found = byUrl(tx, url);
  if (!found) throw fault('NotFound', {}, `No datastore has the URL '${url}'.`);
  return found;
}

const serviceInstance = define('VslmServiceInstance', { RetrieveContent: { query: ({ self }) => self.props['content'] as never } });

const sessionManager = define('VslmSessionManager', {
  // Sessions are those of the vSphere API: its cookie is enough, and a token opens one more.
  VslmLoginByToken: {
    async query(ctx, { delegatedTokenXml }) {
      const { userOfToken } = await import('../../sso/login.ts');
      ctx.opened?.(ctx.sim.sessions.enter(await userOfToken(ctx.sim, delegatedTokenXml), ctx.session));
    },
  },
  VslmLogout: { query: ({ sim, session }) => sim.sessions.end(session) },
});

const lifecycleManager = define('VslmStorageLifecycleManager', {
  VslmSyncDatastore: ({ tx }, { datastoreUrl }) => void disks.reconcile(tx, requireUrl(tx, datastoreUrl)),
  VslmQueryDatastoreInfo: ({ tx }, { datastoreUrl }) => {
    const datastore = requireUrl(tx, datastoreUrl);
    let datacenter = tx.get(datastore, 'parent') as Ref;
    while (datacenter.type !== 'Datacenter') datacenter = tx.get(datacenter, 'parent') as Ref;
    return [{ _type: 'VslmQueryDatastoreInfoResult', datacenter, datastore }] as never;
  },
});

const manager = define('VslmVStorageObjectManager', {
  VslmCreateDisk_Task: { entity: onBacking, task: ({ sim, tx }, { spec }) => disks.create(sim, tx, spec) },
  VslmRegisterDisk: ({ sim, tx }, { path, name }) => disks.register(sim, tx, path, name, undefined),
  VslmExtendDisk_Task: { entity, task: (ctx, args) => void disks.extend(ctx.sim, ctx.tx, named(ctx, args), toNumber(args.newCapacityInMB)) },
  VslmInflateDisk_Task: { entity, task: (ctx, args) => disks.inflate(ctx.sim, ctx.tx, named(ctx, args)) },
  VslmRenameVStorageObject: (ctx, args) => void disks.rename(ctx.tx, named(ctx, args), args.name),
  VslmDeleteVStorageObject_Task: { entity, task: (ctx, args) => disks.remove(ctx.tx, named(ctx, args)) },
  VslmRetrieveVStorageObject: (ctx, args) => disks.describe(ctx.tx, named(ctx, args)),
  VslmRetrieveVStorageObjectState: (ctx, args) => (named(ctx, args), { tentative: false }),
  VslmRetrieveVStorageObjectAssociations: ({ tx }, { ids = [] }) => ids.map((id): VslmVsoVStorageObjectAssociations => {
    try {
      const consumer = consumerOf(tx, findAnywhere(tx, id));
      return { id, ...(consumer ? { vmDiskAssociation: [{ vmId: consumer.vm.value, diskKey: consumer.device.key }] } : {}) };
    } catch (error) {
      if (!isFault(error)) throw error;
      return { id, fault: error.localized() };
    }
  }),
  VslmRetrieveVStorageObjects: ({ tx }, { ids = [] }) => ids.map((id): VslmVsoVStorageObjectResult => {
    try {
      return resultOf(tx, findAnywhere(tx, id));
    } catch (error) {
      if (!isFault(error)) throw error;
      return { _type: 'VslmVsoVStorageObjectResult', id, capacityInMB: 0, error: error.localized() } as VslmVsoVStorageObjectResult;
    }
  }),
  VslmListVStorageObjectForSpec: ({ tx }, { query = [], maxResult }) => {
    const found = inOrder(tx).filter((object) => query.every((one) => fitsQuery(tx, object, one)));
    const shown = maxResult > 0 ? found.slice(0, maxResult) : found;
    return { _type: 'VslmVsoVStorageObjectQueryResult', allRecordsReturned: shown.length === found.length, id: shown.map(idOf), queryResults: shown.map((object) => resultOf(tx, object)) } as never;
  },
  VslmCloneVStorageObject_Task: { entity, task: (ctx, args) => disks.clone(ctx.sim, ctx.tx, named(ctx, args), args.spec) },
  VslmRelocateVStorageObject_Task: { entity, task: (ctx, args) => disks.relocate(ctx.sim, ctx.tx, named(ctx, args), args.spec) },
  VslmSetVStorageObjectControlFlags: (ctx, args) => disks.setFlags(ctx.tx, named(ctx, args), args.controlFlags ?? [], true),
  VslmClearVStorageObjectControlFlags: (ctx, args) => disks.setFlags(ctx.tx, named(ctx, args), args.controlFlags ?? [], false),
  VslmAttachTagToVStorageObject: (ctx, args) => attachTag(ctx.tx, named(ctx, args), args),
  VslmDetachTagFromVStorageObject: (ctx, args) => detachTag(ctx.tx, named(ctx, args), args),
  VslmListVStorageObjectsAttachedToTag: ({ tx }, args) => inOrder(tx).filter(withTag(tx, args)).map(idOf),
  VslmListTagsAttachedToVStorageObject: (ctx, args) => tagsOf(ctx.tx, named(ctx, args)).map(({ category, tag }) => ({ _type: 'VslmTagEntry', tagName: tag, parentCategoryName: category }) as VslmTagEntry),
  VslmReconcileDatastoreInventory_Task: { entity: onDatastore, task: ({ tx }, { datastore }) => void disks.reconcile(tx, datastore) },
  VslmScheduleReconcileDatastoreInventory: ({ tx }, { datastore }) => {
    requireDatastore(tx, datastore);
    disks.reconcile(tx, datastore);
  },
  VslmCreateSnapshot_Task: { entity, task: (ctx, args) => idOf(snapshots.takeSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.description).snapshot) },
  VslmDeleteSnapshot_Task: { entity, task: (ctx, args) => void snapshots.deleteSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId) },
  VslmRetrieveSnapshotInfo: (ctx, args) => snapshots.snapshotInfo(named(ctx, args)) as unknown as VStorageObjectSnapshotInfo,
  VslmRetrieveSnapshotDetails: (ctx, args) => {
    const object = named(ctx, args);
    return { path: describePath(ctx.tx, object.datastore, findSnapshot(object, args.snapshotId).path) };
  },
  VslmCreateDiskFromSnapshot_Task: { entity, task: (ctx, args): VStorageObject => snapshots.diskFromSnapshot(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId, args) },
  VslmRevertVStorageObject_Task: { entity, task: (ctx, args) => void snapshots.revert(ctx.sim, ctx.tx, named(ctx, args), args.snapshotId) },
  VslmQueryGlobalCatalogSyncStatus: ({ sim, tx }) => [...tx.all('Datastore')].map((ref) => syncStatus(sim, tx, ref)),
  VslmQueryGlobalCatalogSyncStatusForDatastore: ({ sim, tx }, { datastoreURL }) => syncStatus(sim, tx, requireUrl(tx, datastoreURL)),
  VslmUpdateVStorageObjectMetadata_Task: { entity, task: (ctx, args) => void disks.setMetadata(ctx.tx, named(ctx, args), args.metadata ?? [], args.deleteKeys ?? []) },
  VslmRetrieveVStorageObjectMetadata: (ctx, args) => named(ctx, args).metadata.filter(({ key }) => key.startsWith(args.prefix ?? '')),
  VslmRetrieveVStorageObjectMetadataValue: (ctx, args) => {
    const found = named(ctx, args).metadata.find(({ key }) => key === args.key);
    if (!found) throw fault('KeyNotFound', { key: args.key }, `The virtual storage object '${args.id.id}' has no metadata '${args.key}'.`);
    return found.value;
  },
  VslmAttachDisk_Task: {
    entity: (_ctx, { vm }) => vm,
    task: (ctx, { id, vm, controllerKey, unitNumber }) => attachDisk(ctx.sim, ctx.tx, vm, { diskId: id, datastore: named(ctx, { id }).datastore, controllerKey, unitNumber }),
  },
});

export const vslmService = [serviceInstance, sessionManager, lifecycleManager, manager];

const OBJECTS = { sessionManager: 'VslmSessionManager', vStorageObjectManager: 'VslmVStorageObjectManager', storageLifecycleManager: 'VslmStorageLifecycleManager' } as const;

/** Creates the objects of the service; only vCenter has it. */
export function createVslmObjects(sim: Simulation, tx: Transaction): void {
  if (sim.product !== 'vcenter') return;
  const refs = Object.fromEntries(Object.entries(OBJECTS).map(([field, type]) => [field, tx.create(type, type, {})]));
  const aboutInfo = { _type: 'VslmAboutInfo', name: 'VMware Virtual Storage Lifecycle Manager Service', fullName: `VMware Virtual Storage Lifecycle Manager Service ${sim.about.version}`, vendor: 'VMware, Inc.', apiVersion: '1.0', instanceUuid: sim.about.instanceUuid ?? '' };
  tx.create('VslmServiceInstance', 'VslmServiceInstance', { content: { _type: 'VslmServiceInstanceContent', aboutInfo, ...refs } });
}
