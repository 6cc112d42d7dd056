// First class disks as the store has them: one internal `_StorageObject` each, beside the files that are the disk.
// Finds and writes the records; what is done with the files is disks.ts' and snapshots.ts'.
import { fault, type CnsVolumeMetadata, type ManagedObjectReference, type VirtualDevice } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { parseDatastorePath, stat, type Location } from '../datastore/files.ts';
import { chainOf, devicesOf } from '../virtual-machine/disk-chains.ts';

type Ref = ManagedObjectReference;

export interface SnapshotRecord {
  readonly id: string;
  readonly description: string;
  readonly createTime: Date;
  /** The file that is frozen since. */
  readonly path: string;
}

/** A first class disk. */
export interface StorageObject {
  readonly id: string;
  readonly name: string;
  readonly createTime: Date;
  readonly datastore: Ref;
  /** The descriptor that is written to: behind it are those of its snapshots. */
  readonly path: string;
  readonly flags: readonly string[];
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  /** Ids of tags. */
  readonly tags: readonly string[];
  readonly snapshots: readonly SnapshotRecord[];
  /** What makes it a volume of a container orchestrator. */
  readonly cns?: { readonly metadata?: CnsVolumeMetadata | undefined; readonly policy?: { readonly id: string; readonly generation: number } | undefined } | undefined;
  /** Counts the changes. */
  readonly clock: number;
}

const refOf = (id: string): Ref => ({ type: '_StorageObject', value: `fcd:${id}` });

/** Adds a record. Throws AlreadyExists when the id is taken. */
export function addRecord(tx: Transaction, record: StorageObject): void {
  const ref = refOf(record.id);
  if (tx.has(ref)) throw fault('AlreadyExists', { name: record.id }, `A virtual storage object with the id '${record.id}' exists already.`);
  tx.create(ref.type, ref.value, { record });
}

/** Changes a record. */
export function changeRecord(tx: Transaction, record: StorageObject, change: Partial<StorageObject>): StorageObject {
  const next = { ...record, ...change, clock: record.clock + 1 };
  if (next.id !== record.id) throw new TypeError('the id of a storage object does not change');
  tx.set(refOf(record.id), 'record', next);
  return next;
}

export const removeRecord = (tx: Transaction, { id }: StorageObject): void => tx.remove(refOf(id));

/** Every record, also those whose files are gone. */
export function* allRecords(tx: Transaction): Iterable<StorageObject> {
  for (const ref of tx.all('_StorageObject')) {
    const record = tx.find(ref)?.['record'] as StorageObject | undefined;
    if (record) yield record;
  }
}

/** Records of a datastore, oldest first; those whose file somebody deleted only when `stale` is wanted. */
export function recordsOn(tx: Transaction, datastore: Ref, stale = false): StorageObject[] {
  const found = [...allRecords(tx)].filter((record) => record.datastore.value === datastore.value && (stale || isWhole(tx, record)));
  return found.sort((a, b) => a.createTime.getTime() - b.createTime.getTime() || (a.id < b.id ? -1 : 1));
}

export const isWhole = (tx: Transaction, { datastore, path }: StorageObject): boolean => stat(tx, datastore, path)?.disk !== undefined;

/** Throws InvalidDatastore for what is none. */
export function requireDatastore(tx: Transaction, datastore: Ref): void {
  if (datastore.type === 'Datastore' && tx.has(datastore)) return;
  throw fault('InvalidDatastore', { datastore, name: datastore.value }, `The datastore ${datastore.value} is not valid or was not found.`);
}

const notFound = (id: string, where: string) => fault('NotFound', {}, `The virtual storage object '${id}' was not found${where}.`);

/** The object of that id on that datastore. Throws InvalidDatastore, NotFound. */
export function findRecord(tx: Transaction, id: { readonly id: string }, datastore: Ref): StorageObject {
  requireDatastore(tx, datastore);
  const record = tx.find(refOf(id.id))?.['record'] as StorageObject | undefined;
  if (!record || record.datastore.value !== datastore.value || !isWhole(tx, record)) throw notFound(id.id, ` on the datastore '${String(tx.get(datastore, 'name'))}'`);
  return record;
}

/** The object of that id, wherever it is. Throws NotFound. */
export function findAnywhere(tx: Transaction, id: { readonly id: string }): StorageObject {
  const record = tx.find(refOf(id.id))?.['record'] as StorageObject | undefined;
  if (!record || !isWhole(tx, record)) throw notFound(id.id, '');
  return record;
}

export function findSnapshot(record: StorageObject, id: { readonly id: string }): SnapshotRecord {
  const found = record.snapshots.find((snapshot) => snapshot.id === id.id);
  if (!found) throw fault('NotFound', {}, `The snapshot '${id.id}' of '${record.name}' was not found.`);
  return found;
}

export const placeOf = ({ datastore, path }: StorageObject): Location => ({ datastore, path });

/** Every file of an object, the one that is written to first. */
export const pathsOf = ({ path, snapshots }: StorageObject): string[] => [path, ...snapshots.map((snapshot) => snapshot.path).reverse()];

/** A machine that has the disk. */
export interface Consumer {
  readonly vm: Ref;
  readonly device: VirtualDevice;
}

/** Who has an object as a disk, whether it was attached as such or by its file. */
export function consumerOf(tx: Transaction, { id, datastore, path }: StorageObject): Consumer | undefined {
  for (const vm of (tx.get(datastore, 'vm') ?? []) as readonly Ref[]) {
    if (!tx.has(vm)) continue;
    for (const device of devicesOf(tx, vm)) {
      if ((device as { vDiskId?: { id: string } }).vDiskId?.id === id) return { vm, device };
      if (chainOf(device).some((link) => link.datastore?.value === datastore.value && parseDatastorePath(link.fileName).path === path)) return { vm, device };
    }
  }
  return undefined;
}

/** Throws InvalidState while a machine has the disk. */
export function requireDetached(tx: Transaction, record: StorageObject, what: string): void {
  const consumer = consumerOf(tx, record);
  if (consumer) throw fault('InvalidState', {}, `The virtual storage object '${record.name}' is attached to the virtual machine '${String(tx.get(consumer.vm, 'name'))}': ${what} needs it detached.`);
}

/** An id of the form that is expected for an object or a snapshot. */
export const newId = (sim: Simulation): string => sim.random.uuid();
