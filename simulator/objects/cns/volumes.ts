// Cloud native storage: volumes are first class disks with what a container orchestrator says of them. Making, showing and
// finding them; the disks themselves belong to vstorage.
import {
  fault, make, toNumber, typeOf, type CnsBlockBackingDetails, type CnsCloneVolumeSource, type CnsEntityMetadata, type CnsKubernetesEntityMetadata, type CnsKubernetesQueryFilter, type CnsQueryFilter, type CnsQueryResult,
  type CnsSnapshotVolumeSource, type CnsVolume, type CnsVolumeCreateSpec, type CnsVolumeId, type CnsVolumeMetadata, type Fault, type ManagedObjectReference, type VirtualMachineProfileSpec,
} from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath } from '../datastore/files.ts';
import { openDisk } from '../datastore/virtual-disks.ts';
import { askedPolicy } from '../storage-policy/association.ts';
import { misfits } from '../storage-policy/placement.ts';
import { findProfile } from '../storage-policy/profiles.ts';
import * as disks from '../vstorage/disks.ts';
import { allRecords, changeRecord, findAnywhere, isWhole, placeOf, type StorageObject } from '../vstorage/record.ts';
import { diskFromSnapshot } from '../vstorage/snapshots.ts';

type Ref = ManagedObjectReference;
const MEGABYTE = 1024 ** 2;

export const cnsFault = (reason: string): Fault => fault('CnsFault', { reason }, `CNS: ${reason}`);

/** The disk of a volume. Throws CnsVolumeNotFoundFault. */
export function volumeOf(tx: Transaction, volumeId: CnsVolumeId): StorageObject {
  for (const object of allRecords(tx)) if (object.id === volumeId.id && object.cns) return object;
  throw fault('CnsVolumeNotFoundFault', { reason: `The volume ${volumeId.id} was not found.`, volumeId: make('CnsVolumeId', volumeId) }, `The volume ${volumeId.id} was not found.`);
}

/** The datastore of a new volume: of those that are allowed, the one that fits the policy and has most room. */
function chooseDatastore(tx: Transaction, allowed: readonly Ref[] | undefined, profiles: readonly VirtualMachineProfileSpec[] | undefined): Ref {
  const candidates = allowed?.length ? allowed : [...tx.all('Datastore')].filter((ref) => tx.get(ref, 'summary.accessible') === true);
  const policy = askedPolicy(tx, profiles, candidates[0], 'createSpecs.profile');
  const profile = policy ? findProfile(tx, policy.id) : undefined;
  const fitting = candidates.filter((ref) => !profile || misfits(tx, ref, profile.constraints, profile.systemCreatedProfileType).length === 0);
  const best = [...fitting].sort((a, b) => Number(tx.get(b, 'summary.freeSpace')) - Number(tx.get(a, 'summary.freeSpace')))[0];
  if (!best) throw cnsFault(`No datastore fits${profile ? ` the storage policy '${profile.name}'` : ''}.`);
  return best;
}

/** Makes a volume. Throws what its result tells. */
export function createVolume(sim: Simulation, tx: Transaction, spec: CnsVolumeCreateSpec): StorageObject {
  if (spec.volumeType !== 'BLOCK') throw fault('NotSupported', {}, `Volumes of the type '${spec.volumeType}' are not supported here: make a BLOCK volume.`);
  if (spec.name.trim() === '') throw fault('InvalidArgument', { invalidProperty: 'createSpecs.name' }, 'A specified parameter was not correct: createSpecs.name (a volume needs a name)');
  const details = spec.backingObjectDetails as CnsBlockBackingDetails;
  const object = details.backingDiskId ? adopt(tx, details.backingDiskId) : bear(sim, tx, spec);
  const policy = askedPolicy(tx, spec.profile, object.datastore, 'createSpecs.profile') ?? undefined;
  return changeRecord(tx, object, { name: spec.name, cns: { metadata: spec.metadata, policy } });
}

/** A disk that is there already becomes a volume. */
function adopt(tx: Transaction, id: string): StorageObject {
  const object = findAnywhere(tx, { id });
  if (object.cns) throw fault('CnsAlreadyRegisteredFault', { reason: `The disk ${id} is a volume already.`, volumeId: make('CnsVolumeId', { id }) }, `The disk ${id} is a volume already.`);
  return object;
}

function bear(sim: Simulation, tx: Transaction, { name, datastores, profile, volumeSource, volumeId, backingObjectDetails }: CnsVolumeCreateSpec): StorageObject {
  const backing = (datastore: Ref) => make('VslmCreateSpecDiskFileBackingSpec', { datastore, provisioningType: 'thin' });
  const kind = volumeSource && typeOf(volumeSource);
  if (kind === 'CnsSnapshotVolumeSource') {
    const { volumeId: of, snapshotId, linkedClone } = volumeSource as CnsSnapshotVolumeSource;
    const source = volumeOf(tx, of ?? { id: '' });
    return findAnywhere(tx, diskFromSnapshot(sim, tx, source, snapshotId ?? { id: '' }, { name, isLinkedClone: linkedClone, targetDatastore: datastores?.[0] }).config.id);
  }
  if (kind === 'CnsCloneVolumeSource') {
    const source = volumeOf(tx, (volumeSource as CnsCloneVolumeSource).volumeId);
    return findAnywhere(tx, disks.clone(sim, tx, source, { name, backingSpec: backing(datastores?.[0] ?? source.datastore), keepAfterDeleteVm: true }).config.id);
  }
  const datastore = chooseDatastore(tx, datastores, profile);
  const made = disks.create(sim, tx, { name, capacityInMB: backingObjectDetails.capacityInMb ?? 0, backingSpec: backing(datastore), keepAfterDeleteVm: true, ...(volumeId ? { id: make('ID', volumeId) } : {}) });
  return findAnywhere(tx, made.config.id);
}

/** Changes what is said of a volume: entities are replaced by name and kind, those marked `delete` go. */
export function updateMetadata(tx: Transaction, object: StorageObject, metadata: CnsVolumeMetadata): void {
  const old = object.cns?.metadata;
  const keyOf = (entity: CnsEntityMetadata): string => `${(entity as CnsKubernetesEntityMetadata).entityType} ${(entity as CnsKubernetesEntityMetadata).namespace ?? ''} ${entity.entityName} ${entity.clusterId ?? ''}`;
  const entities = new Map((old?.entityMetadata ?? []).map((entity) => [keyOf(entity), entity]));
  for (const entity of metadata.entityMetadata ?? []) {
    if (entity.delete) entities.delete(keyOf(entity));
    else entities.set(keyOf(entity), entity);
  }
  const { delete: gone, ...cluster } = metadata.containerCluster;
  if (gone) entities.clear();
  changeRecord(tx, object, { cns: { ...object.cns, metadata: { ...metadata, containerCluster: cluster, entityMetadata: [...entities.values()] } } });
}

/** A volume as queries show it. */
export function showVolume(tx: Transaction, object: StorageObject): CnsVolume {
  const { facts, extent } = openDisk(tx, placeOf(object));
  const { metadata, policy } = object.cns!;
  const profile = policy && findProfile(tx, policy.id);
  const compliant = !profile ? 'notApplicable' : policy.generation !== Number(profile.generationId ?? 0) ? 'outOfDate' : misfits(tx, object.datastore, profile.constraints, profile.systemCreatedProfileType).length > 0 ? 'nonCompliant' : 'compliant';
  return make('CnsVolume', {
    volumeId: make('CnsVolumeId', { id: object.id }), datastoreUrl: String(tx.get(object.datastore, 'summary.url')), name: object.name, volumeType: 'BLOCK', storagePolicyId: policy?.id ?? '',
    ...(metadata ? { metadata } : {}),
    backingObjectDetails: make('CnsBlockBackingDetails', {
      capacityInMb: Math.floor(facts.capacityKb / 1024), backingDiskId: object.id, backingDiskPath: describePath(tx, object.datastore, object.path), usedCapacityInMb: Math.ceil((extent?.size ?? 0) / MEGABYTE),
    }),
    complianceStatus: compliant, datastoreAccessibilityStatus: tx.get(object.datastore, 'summary.accessible') === true ? 'accessible' : 'notAccessible', healthStatus: 'green',
  });
}

const among = (wanted: readonly string[] | undefined, value: string): boolean => !wanted?.length || wanted.includes(value);

function fits(tx: Transaction, object: StorageObject, filter: CnsQueryFilter): boolean {
  const metadata = object.cns?.metadata;
  const entities = (metadata?.entityMetadata ?? []) as readonly CnsKubernetesEntityMetadata[];
  const clusters = [metadata?.containerCluster.clusterId ?? '', ...(metadata?.containerClusterArray ?? []).map(({ clusterId }) => clusterId)];
  const { namespaces, podNames, pvcNames, pvNames } = filter as CnsKubernetesQueryFilter;
  const has = (kind: string, names: readonly string[] | undefined): boolean => !names?.length || entities.some(({ entityType, entityName }) => entityType === kind && names.includes(entityName));
  return among(filter.volumeIds?.map(({ id }) => id), object.id) && among(filter.names, object.name)
    && (!filter.containerClusterIds?.length || filter.containerClusterIds.some((id) => clusters.includes(id)))
    && (!filter.storagePolicyId || filter.storagePolicyId === object.cns?.policy?.id)
    && among(filter.datastores?.map(({ value }) => value), object.datastore.value)
    && (filter.labels ?? []).every(({ key, value }) => entities.some(({ labels = [] }) => labels.some((label) => label.key === key && label.value === value)))
    && (!namespaces?.length || entities.some(({ namespace }) => namespace !== undefined && namespaces.includes(namespace)))
    && has('POD', podNames) && has('PERSISTENT_VOLUME_CLAIM', pvcNames) && has('PERSISTENT_VOLUME', pvNames)
    && (!filter.complianceStatus || showVolume(tx, object).complianceStatus === filter.complianceStatus)
    && (!filter.datastoreAccessibilityStatus || showVolume(tx, object).datastoreAccessibilityStatus === filter.datastoreAccessibilityStatus);
}

/** CnsQueryVolume: a page of the volumes that fit. Throws InvalidArgument. */
export function queryVolumes(tx: Transaction, filter: CnsQueryFilter): CnsQueryResult {
  const found = [...allRecords(tx)].filter((object) => object.cns && isWhole(tx, object) && fits(tx, object, filter)).sort((a, b) => a.createTime.getTime() - b.createTime.getTime() || (a.id < b.id ? -1 : 1));
  const offset = toNumber(filter.cursor?.offset);
  const limit = toNumber(filter.cursor?.limit) || found.length;
  if (offset < 0 || limit < 0) throw fault('InvalidArgument', { invalidProperty: 'filter.cursor' }, 'A specified parameter was not correct: filter.cursor (offset and limit are not negative)');
  const page = found.slice(offset, offset + limit);
  return make('CnsQueryResult', { volumes: page.map((object) => showVolume(tx, object)), cursor: make('CnsCursor', { offset: offset + page.length, limit, totalRecords: found.length }) });
}
