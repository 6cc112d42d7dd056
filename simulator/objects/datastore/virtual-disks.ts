// Virtual disks as files: a descriptor beside an extent. Making, copying, converting and resizing them; which machine
// uses one, and who asks, is not decided here.
import { fault, type Fault } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { allocated, padded } from './blocks.ts';
import { requireCreatable } from './namespaces.ts';
import { describePath, extentOf, fileExists, fileNotFound, joinPath, locateAny, removePath, splitPath, stat, writeFile, type DiskFacts, type FileEntry, type Place } from './files.ts';

/** The ways a disk takes its room. */
export type Provisioning = 'thin' | 'preallocated' | 'eagerZeroedThick';

/** 62 TB, as much as VMFS takes. */
const MOST_KB = 62 * 1024 ** 3;
const DESCRIPTOR_SIZE = 512;

export interface Disk {
  readonly place: Place;
  readonly facts: DiskFacts;
  readonly extent: FileEntry | undefined;
}

/** The FileFault of an operation that a disk of its kind does not take. */
export const diskFault = (tx: Transaction, { datastore, path }: Place, why: string): Fault => {
  const file = describePath(tx, datastore, path);
  return fault('FileFault', { file }, `Cannot complete the operation on ${file}: ${why}`);
};

/** The disk at a place. Throws FileNotFound, FileFault when the file is no disk. */
export function openDisk(tx: Transaction, place: Place): Disk {
  const entry = stat(tx, place.datastore, place.path);
  if (!entry) throw fileNotFound(describePath(tx, place.datastore, place.path));
  if (!entry.disk) throw diskFault(tx, place, entry.kind === 'directory' ? 'it is a directory.' : 'it is not the descriptor of a virtual disk.');
  return { place, facts: entry.disk, extent: stat(tx, place.datastore, extentOf(place.path)) };
}

/** Refuses a place where no disk can be made: a wrong name, or one that is taken. */
export function requireFree(tx: Transaction, { datastore, path }: Place, parameter: string): void {
  if (!/[^/]\.vmdk$/i.test(path) || /-(flat|delta)\.vmdk$/i.test(path)) {
    throw fault('InvalidArgument', { invalidProperty: parameter }, `A specified parameter was not correct: ${parameter} ('${describePath(tx, datastore, path)}' must end in .vmdk, and not in -flat.vmdk)`);
  }
  requireCreatable(tx, datastore, path);
  for (const taken of [path, extentOf(path)]) if (stat(tx, datastore, taken)) throw fileExists(describePath(tx, datastore, taken));
}

/** Throws InvalidArgument for a capacity that no disk has. */
export function requireCapacity(capacityKb: number, parameter: string): void {
  if (Number.isSafeInteger(capacityKb) && capacityKb > 0 && capacityKb <= MOST_KB) return;
  throw fault('InvalidArgument', { invalidProperty: parameter }, `A specified parameter was not correct: ${parameter} (${capacityKb} KB; a disk has 1 to ${MOST_KB} KB)`);
}

/** '6000C29' and 25 more digits, as disks on VMFS have. */
const newUuid = (sim: Simulation): string => `6000C29${sim.random.hex(13).slice(0, 1)}-${sim.random.uuid().slice(9)}`;

function write(sim: Simulation, tx: Transaction, { datastore, path }: Place, facts: DiskFacts, extent: Pick<FileEntry, 'size' | 'content'>): void {
  // The descriptor is derived from the facts: a text that somebody uploaded would tell the old ones.
  writeFile(sim, tx, datastore, path, { size: DESCRIPTOR_SIZE, disk: facts });
  writeFile(sim, tx, datastore, extentOf(path), extent);
}

const isThin = (kind: Provisioning): boolean => kind === 'thin';

const factsOf = (kind: Provisioning, capacityKb: number, uuid: string): DiskFacts =>
  ({ capacityKb, thin: isThin(kind), uuid, ...(kind === 'eagerZeroedThick' ? { eagerlyZeroed: true } : {}) });

/** Makes an empty disk. Throws FileAlreadyExists, FileNotFound for its directory, NoDiskSpace. */
export function createDisk(sim: Simulation, tx: Transaction, place: Place, kind: Provisioning, capacityKb: number): void {
  write(sim, tx, place, factsOf(kind, capacityKb, newUuid(sim)), { size: isThin(kind) ? 0 : capacityKb * 1024 });
}

/** The place that a delta descriptor's name for its parent means. */
export function parentPlace(tx: Transaction, child: Place, hint: string): Place {
  if (hint.startsWith('/')) return locateAny(tx, hint);
  return { datastore: child.datastore, path: joinPath(splitPath(child.path)[0], hint) };
}

/** Bytes that the disk and those it builds on take up; never more than its capacity. */
function allocatedBytes(tx: Transaction, { place, facts, extent }: Disk): number {
  let bytes = extent?.size ?? 0;
  const [directory] = splitPath(place.path);
  for (let parent = facts.parent, steps = 0; parent !== undefined && !parent.startsWith('/') && steps < 32; steps++) {
    const path: string = directory === '' ? parent : `${directory}/${parent}`;
    bytes += stat(tx, place.datastore, extentOf(path))?.size ?? 0;
    parent = stat(tx, place.datastore, path)?.disk?.parent;
  }
  return Math.min(bytes, facts.capacityKb * 1024);
}

/** Copies a disk with everything it builds on into one of its own, with a UUID of its own. `kind` converts it. */
export function copyDisk(sim: Simulation, tx: Transaction, disk: Disk, to: Place, kind?: Provisioning): void {
  const { facts, extent } = disk;
  const wanted = kind ?? (facts.thin ? 'thin' : facts.eagerlyZeroed ? 'eagerZeroedThick' : 'preallocated');
  const size = isThin(wanted) ? (facts.thin ? allocatedBytes(tx, disk) : allocated(extent?.content)) : facts.capacityKb * 1024;
  write(sim, tx, to, factsOf(wanted, facts.capacityKb, newUuid(sim)), { size, content: extent?.content });
}

/** Moves a disk; it keeps its UUID. */
export function moveDisk(sim: Simulation, tx: Transaction, { place, facts, extent }: Disk, to: Place): void {
  removeDisk(tx, place);
  write(sim, tx, to, facts, { size: extent?.size ?? 0, content: extent?.content });
}

/** Deletes descriptor and extent. */
export function removeDisk(tx: Transaction, { datastore, path }: Place): void {
  removePath(tx, datastore, path);
  if (stat(tx, datastore, extentOf(path))) removePath(tx, datastore, extentOf(path));
}

/** Writes other facts of a disk; the extent follows. */
export function changeDisk(sim: Simulation, tx: Transaction, { place, facts, extent }: Disk, change: Partial<DiskFacts>, size?: number): void {
  const now = { ...facts, ...change };
  const content = extent?.content === undefined ? undefined : padded(extent.content, now.capacityKb * 1024);
  write(sim, tx, place, now, { size: size ?? (now.thin ? extent?.size ?? 0 : now.capacityKb * 1024), content });
}

/** Gives back what a thin disk holds zeros in. */
export function shrinkDisk(sim: Simulation, tx: Transaction, disk: Disk): void {
  changeDisk(sim, tx, disk, {}, allocated(disk.extent?.content));
}

/** Overwrites a disk with zeros. */
export function zeroDisk(sim: Simulation, tx: Transaction, { place, facts }: Disk): void {
  write(sim, tx, place, facts.thin ? facts : { ...facts, eagerlyZeroed: true }, { size: facts.capacityKb * 1024 });
}

