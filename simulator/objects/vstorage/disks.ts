// What is done with first class disks: making, registering, growing, copying, moving and deleting them.
import {
  fault, toNumber, typeOf, type ManagedObjectReference, type VslmCloneSpec, type VslmCreateSpec, type VslmCreateSpecBackingSpec, type VslmCreateSpecDiskFileBackingSpec, type VslmRelocateSpec,
  type VStorageObject,
} from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath, joinPath, locateAny, makeDirectory, normalisePath, stat, type Location } from '../datastore/files.ts';
import { changeDisk, copyDisk, createDisk, diskFault, moveDisk, openDisk, requireCapacity, requireFree, type Provisioning } from '../datastore/virtual-disks.ts';
import { deleteLink } from '../virtual-machine/disk-chains.ts';
import { reconfigure } from '../virtual-machine/reconfigure.ts';
import { addRecord, allRecords, changeRecord, consumerOf, isWhole, newId, pathsOf, placeOf, removeRecord, requireDatastore, requireDetached, type StorageObject } from './record.ts';

type Ref = ManagedObjectReference;

const KINDS: Readonly<Record<string, Provisioning>> = { thin: 'thin', lazyZeroedThick: 'preallocated', eagerZeroedThick: 'eagerZeroedThick' };

const wrong = (invalidProperty: string, why: string) => fault('InvalidArgument', { invalidProperty }, `A specified parameter was not correct: ${invalidProperty} (${why})`);

/** An object as the API shows it. */
export function describe(tx: Transaction, record: StorageObject): VStorageObject {
  const { id, name, createTime, datastore, path, flags, metadata, clock } = record;
  const { facts, place } = openDisk(tx, placeOf(record));
  const consumer = consumerOf(tx, record);
  const vm = consumer && (tx.get(consumer.vm, 'config.instanceUuid') as string | undefined);
  return {
    _type: 'VStorageObject',
    config: {
      _type: 'VStorageObjectConfigInfo', id: { id }, name, createTime, keepAfterDeleteVm: flags.includes('keepAfterDeleteVm'), relocationDisabled: flags.includes('disableRelocation'),
      nativeSnapshotSupported: false, changedBlockTrackingEnabled: flags.includes('enableChangedBlockTracking'),
      backing: {
        _type: 'BaseConfigInfoDiskFileBackingInfo', datastore, filePath: describePath(tx, datastore, path), backingObjectId: '', provisioningType: provisioningOf(tx, place),
      },
      ...(metadata.length > 0 ? { metadata } : {}), vclock: { vClockTime: clock }, capacityInMB: Math.floor(facts.capacityKb / 1024), consumptionType: ['disk'],
      ...(vm === undefined ? {} : { consumerId: [{ id: vm }] }),
    },
  } as unknown as VStorageObject;
}

function provisioningOf(tx: Transaction, place: Location): string {
  let { facts } = openDisk(tx, place);
  // A delta is thin by nature; what the disk was made as is told by the file at the end of the chain.
  for (let directory = place.path.replace(/[^/]*$/, ''); facts.parent !== undefined && !facts.parent.startsWith('/');) {
    const parent = stat(tx, place.datastore, `${directory}${facts.parent}`)?.disk;
    if (!parent) break;
    facts = parent;
  }
  return facts.thin ? 'thin' : facts.eagerlyZeroed ? 'eagerZeroedThick' : 'lazyZeroedThick';
}

function nameFrom(name: string, parameter: string): string {
  if (name.trim() === '') throw wrong(parameter, 'a virtual storage object needs a name');
  return name;
}

/** Where a new disk goes: 'fcd/<id>.vmdk' unless its backing names a path. Throws InvalidDatastore, FileAlreadyExists. */
function placeFor(sim: Simulation, tx: Transaction, { datastore, path }: VslmCreateSpecBackingSpec, id: string): Location {
  requireDatastore(tx, datastore);
  const asked = normalisePath(path ?? '');
  const [directory, file] = /\.vmdk$/i.test(asked) ? [asked.replace(/\/?[^/]*$/, ''), asked] : [asked || 'fcd', joinPath(asked || 'fcd', `${id.replaceAll('-', '')}.vmdk`)];
  if (directory !== '' && !stat(tx, datastore, directory)) makeDirectory(sim, tx, datastore, directory, { parents: true });
  const place = { datastore, path: file };
  requireFree(tx, place, 'spec.backingSpec.path');
  return place;
}

function kindOf(spec: VslmCreateSpecBackingSpec, fallback: Provisioning | undefined): Provisioning | undefined {
  if (typeOf(spec) === 'VslmCreateSpecRawDiskMappingBackingSpec') throw fault('NotSupported', {}, 'First class disks on raw devices are not supported here: give a VslmCreateSpecDiskFileBackingSpec.');
  const asked = (spec as VslmCreateSpecDiskFileBackingSpec).provisioningType;
  if (asked === undefined || asked === '') return fallback;
  if (!Object.hasOwn(KINDS, asked)) throw wrong('spec.backingSpec.provisioningType', `'${asked}'; valid: ${Object.keys(KINDS).join(', ')}`);
  return KINDS[asked];
}

/** The `keepAfterDeleteVm` that a specification asks for, as flags. Detached disks stay unless somebody says otherwise. */
const flagsFor = (keep: boolean | undefined): readonly string[] => ((keep ?? true) ? ['keepAfterDeleteVm'] : []);

function record(sim: Simulation, fields: Pick<StorageObject, 'id' | 'name' | 'datastore' | 'path'> & Partial<StorageObject>): StorageObject {
  return { createTime: sim.clock.now(), flags: [], metadata: [], tags: [], snapshots: [], clock: 1, ...fields };
}

/** Makes a disk. Throws AlreadyExists, InvalidArgument, InvalidDatastore, NoDiskSpace. */
export function create(sim: Simulation, tx: Transaction, spec: VslmCreateSpec): VStorageObject {
  const { name, backingSpec, capacityInMB, keepAfterDeleteVm, metadata = [] } = spec;
  const id = spec.id?.id || newId(sim);
  requireCapacity(toNumber(capacityInMB) * 1024, 'spec.capacityInMB');
  const kind = kindOf(backingSpec, 'thin')!;
  const place = placeFor(sim, tx, backingSpec, id);
  createDisk(sim, tx, place, kind, toNumber(capacityInMB) * 1024);
  const made = record(sim, { id, name: nameFrom(name, 'spec.name'), ...place, flags: flagsFor(keepAfterDeleteVm), metadata });
  addRecord(tx, made);
  return describe(tx, made);
}

/** Makes an object of a disk that is there. Throws AlreadyExists, FileNotFound, FileFault. */
export function register(sim: Simulation, tx: Transaction, path: string, name: string | undefined, id: string | undefined): VStorageObject {
  const place = locateAny(tx, path);
  openDisk(tx, place);
  for (const other of allRecords(tx)) {
    if (other.datastore.value !== place.datastore.value || !pathsOf(other).includes(place.path)) continue;
    throw fault('AlreadyExists', { name: other.id }, `${describePath(tx, place.datastore, place.path)} is registered already, as the virtual storage object '${other.name}' (${other.id}).`);
  }
  const made = record(sim, { id: id || newId(sim), name: name || place.path.replace(/^.*\//, '').replace(/\.vmdk$/i, ''), ...place, flags: flagsFor(true) });
  addRecord(tx, made);
  return describe(tx, made);
}

function requireNoSnapshots({ name, snapshots }: StorageObject, what: string): void {
  if (snapshots.length > 0) throw fault('InvalidState', {}, `The virtual storage object '${name}' has ${snapshots.length} snapshot${snapshots.length === 1 ? '' : 's'}: ${what} needs it to have none.`);
}

/** Makes a disk larger, also one that a machine has. Throws InvalidArgument, InvalidState, NoDiskSpace. */
export function extend(sim: Simulation, tx: Transaction, object: StorageObject, megabytes: number): StorageObject {
  requireNoSnapshots(object, 'extending');
  const capacityKb = megabytes * 1024;
  requireCapacity(capacityKb, 'newCapacityInMB');
  const disk = openDisk(tx, placeOf(object));
  if (capacityKb < disk.facts.capacityKb) throw wrong('newCapacityInMB', `the disk has ${Math.floor(disk.facts.capacityKb / 1024)} MB and cannot become smaller`);
  const consumer = consumerOf(tx, object);
  if (consumer) reconfigure(sim, tx, consumer.vm, { deviceChange: [{ operation: 'edit', device: { ...consumer.device, capacityInKB: capacityKb, capacityInBytes: capacityKb * 1024 } as typeof consumer.device }] });
  else changeDisk(sim, tx, disk, { capacityKb });
  return changeRecord(tx, object, {});
}

/** Gives a thin disk all its room. Throws FileFault when it is not thin. */
export function inflate(sim: Simulation, tx: Transaction, object: StorageObject): void {
  requireDetached(tx, object, 'inflating');
  requireNoSnapshots(object, 'inflating');
  const disk = openDisk(tx, placeOf(object));
  if (!disk.facts.thin) throw diskFault(tx, disk.place, 'only a thin disk can be inflated.');
  changeDisk(sim, tx, disk, { thin: false, eagerlyZeroed: true });
  changeRecord(tx, object, {});
}

/** Deletes object, files and snapshots. Throws InvalidState while a machine has it. */
export function remove(tx: Transaction, object: StorageObject): void {
  requireDetached(tx, object, 'deletion');
  for (const path of pathsOf(object)) deleteLink(tx, { datastore: object.datastore, path });
  removeRecord(tx, object);
}

/** A new object with the content that this one has now. */
export function clone(sim: Simulation, tx: Transaction, object: StorageObject, { name, backingSpec, keepAfterDeleteVm, metadata = [] }: VslmCloneSpec): VStorageObject {
  return copyOf(sim, tx, object.datastore, object.path, { name: nameFrom(name, 'spec.name'), backingSpec, flags: flagsFor(keepAfterDeleteVm), metadata });
}

interface CopySpec {
  readonly name: string;
  readonly id?: string | undefined;
  readonly backingSpec: VslmCreateSpecBackingSpec;
  readonly flags: readonly string[];
  readonly metadata?: StorageObject['metadata'];
}

/** A new object whose disk is a copy of the file at a place, with all that it builds on. */
export function copyOf(sim: Simulation, tx: Transaction, datastore: Ref, path: string, { name, id = newId(sim), backingSpec, flags, metadata = [] }: CopySpec): VStorageObject {
  const place = placeFor(sim, tx, backingSpec, id);
  copyDisk(sim, tx, openDisk(tx, { datastore, path }), place, kindOf(backingSpec, undefined));
  const made = record(sim, { id, name, ...place, flags, metadata });
  addRecord(tx, made);
  return describe(tx, made);
}

/** Moves an object to another datastore or path; it stays the same object. Throws InvalidState. */
export function relocate(sim: Simulation, tx: Transaction, object: StorageObject, { backingSpec }: VslmRelocateSpec): VStorageObject {
  requireDetached(tx, object, 'relocation');
  requireNoSnapshots(object, 'relocation');
  if (object.flags.includes('disableRelocation')) throw fault('InvalidState', {}, `The virtual storage object '${object.name}' must not be relocated: its control flag disableRelocation is set.`);
  requireDatastore(tx, backingSpec.datastore);
  const kind = kindOf(backingSpec, undefined);
  const place = placeFor(sim, tx, backingSpec, object.id);
  const disk = openDisk(tx, placeOf(object));
  moveDisk(sim, tx, disk, place);
  const moved = openDisk(tx, place);
  if (kind && (kind === 'thin') !== moved.facts.thin) changeDisk(sim, tx, moved, { thin: kind === 'thin', eagerlyZeroed: kind === 'eagerZeroedThick' });
  return describe(tx, changeRecord(tx, object, place));
}

/** Forgets objects whose files are gone; gives how many there were before and after. */
export function reconcile(tx: Transaction, datastore: Ref, dryRun = false): { before: number; after: number; lost: StorageObject[] } {
  requireDatastore(tx, datastore);
  const all = [...allRecords(tx)].filter((object) => object.datastore.value === datastore.value);
  const lost = all.filter((object) => !isWhole(tx, object));
  if (!dryRun) for (const object of lost) removeRecord(tx, object);
  return { before: all.length, after: all.length - (dryRun ? 0 : lost.length), lost };
}

/** Gives an object another name. */
export const rename = (tx: Transaction, object: StorageObject, name: string): StorageObject => changeRecord(tx, object, { name: nameFrom(name, 'name') });

const FLAGS = ['keepAfterDeleteVm', 'disableRelocation', 'enableChangedBlockTracking'];

/** Sets or clears control flags; all of them when none is named and they are cleared. */
export function setFlags(tx: Transaction, object: StorageObject, flags: readonly string[], on: boolean): void {
  for (const flag of flags) if (!FLAGS.includes(flag)) throw wrong('controlFlags', `'${flag}'; valid: ${FLAGS.join(', ')}`);
  const chosen = flags.length === 0 && !on ? FLAGS : flags;
  changeRecord(tx, object, { flags: FLAGS.filter((flag) => (chosen.includes(flag) ? on : object.flags.includes(flag))) });
}

/** Writes and deletes metadata. */
export function setMetadata(tx: Transaction, object: StorageObject, metadata: StorageObject['metadata'], deleted: readonly string[]): StorageObject {
  const next = new Map(object.metadata.map(({ key, value }) => [key, value]));
  for (const key of deleted) next.delete(key);
  for (const { key, value } of metadata) next.set(key, value);
  return changeRecord(tx, object, { metadata: [...next].map(([key, value]) => ({ key, value })) });
}
