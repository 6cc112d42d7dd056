// Directories and files of datastores. They are state: one internal `_Directory` object per directory, so that
// transactions, snapshots and forks cover them. Nothing here knows virtual machines or HTTP.
import { fault, type Fault, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { sizeOf, type Content } from './blocks.ts';
import { emptyDirectory, entriesIn, entryIn, setEntry } from './directory-entries.ts';
import { isVsan } from './namespaces.ts';
import { formatDatastorePath, joinPath, splitPath } from './paths.ts';

export * from './paths.ts';

/** What a virtual disk's descriptor says about it. */
export interface DiskFacts {
  readonly capacityKb: number;
  readonly thin: boolean;
  readonly uuid: string;
  /** A thick disk whose blocks have all been written with zeros. */
  readonly eagerlyZeroed?: boolean;
  /** The disk that a delta disk builds on: its file name in the same directory, else '/vmfs/volumes/<id>/path'. */
  readonly parent?: string;
}

export interface FileEntry {
  readonly kind: 'file' | 'directory';
  /** Bytes that the file takes up; 0 for directories. */
  readonly size: number;
  readonly modified: Date;
  /** The bytes, when somebody wrote them; other files have a size only. */
  readonly content?: Content;
  /** Differs between two contents that were written under this name: what an ETag needs. */
  readonly revision?: number;
  /** Set on the descriptor of a virtual disk. */
  readonly disk?: DiskFacts;
  /** Set on a top-level directory of a vSAN datastore: the UUID that it is known by, too. */
  readonly namespace?: string;
  /** Set on a .vmx whose text follows from this registered virtual machine. */
  readonly vm?: string;
}

export interface NamedEntry extends FileEntry {
  readonly name: string;
}

type Datastore = ManagedObjectReference;

const directoryRef = (ds: Datastore, path: string): ManagedObjectReference => ({ type: '_Directory', value: `dir:${ds.value}:/${path}` });

const nameOf = (tx: Transaction, ds: Datastore): string => String(tx.get(ds, 'name'));

/** How faults and results name a file. */
export const describePath = (tx: Transaction, ds: Datastore, path: string): string => formatDatastorePath(nameOf(tx, ds), path);

export function fileNotFound(file: string): Fault {
  return fault('FileNotFound', { file }, `File ${file} was not found`);
}

export function fileExists(file: string): Fault {
  return fault('FileAlreadyExists', { file }, `Cannot complete the operation because the file or folder ${file} already exists`);
}

const directoryAt = (tx: Transaction, ds: Datastore, path: string): Props | undefined => tx.find(directoryRef(ds, path));

const setEntryAt = (tx: Transaction, ds: Datastore, directory: string, name: string, entry: FileEntry | undefined): void =>
  setEntry(tx, directoryRef(ds, directory), name, entry);

function addUsage(tx: Transaction, ds: Datastore, bytes: number, promised = 0): void {
  if (bytes === 0 && promised === 0) return;
  const props = tx.props(ds);
  tx.update(ds, { _used: Number(props['_used'] ?? 0) + bytes, _promised: Number(props['_promised'] ?? 0) + promised });
}

/**
 * The room that the thin disk at this path, or the one whose extent is at it, may still grow into. The sum over a
 * datastore is its uncommitted space.
 */
function promise(tx: Transaction, ds: Datastore, path: string): number {
  if (!path.endsWith('.vmdk')) return 0;
  const name = path.replace(EXTENT, '.vmdk');
  const disk = stat(tx, ds, name)?.disk;
  if (!disk?.thin) return 0;
  return Math.max(0, disk.capacityKb * 1024 - (stat(tx, ds, extentOf(name))?.size ?? 0));
}

const EXTENT = /-(flat|delta)\.vmdk$/;

/** Gives a new datastore its empty root directory. */
export function createRoot(tx: Transaction, ds: Datastore): void {
  tx.create('_Directory', directoryRef(ds, '').value, emptyDirectory());
}

/** Removes every file of a datastore that goes away. */
export function dropRoot(tx: Transaction, ds: Datastore): void {
  dropDirectory(tx, ds, '');
}

/** The entry at a path ('' is the root directory), or undefined. */
export function stat(tx: Transaction, ds: Datastore, path: string): FileEntry | undefined {
  if (path === '') return { kind: 'directory', size: 0, modified: EPOCH };
  const [directory, name] = splitPath(path);
  const props = directoryAt(tx, ds, directory);
  return props && entryIn<FileEntry>(props, name);
}

const EPOCH = new Date(0);

/** The entries of a directory, sorted by name. Throws FileNotFound, also when the path is a file. */
export function list(tx: Transaction, ds: Datastore, path: string): readonly NamedEntry[] {
  const props = directoryAt(tx, ds, path);
  if (!props) throw fileNotFound(describePath(tx, ds, path));
  return [...entriesIn<FileEntry>(props)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, entry]) => ({ name, ...entry }));
}

/** Every entry at and below a path, parents first. */
export function* walk(tx: Transaction, ds: Datastore, path: string): Iterable<{ path: string; entry: FileEntry }> {
  const entry = stat(tx, ds, path);
  if (!entry) return;
  yield { path, entry };
  if (entry.kind !== 'directory') return;
  for (const child of list(tx, ds, path)) yield* walk(tx, ds, joinPath(path, child.name));
}

/** Makes a directory. Throws FileAlreadyExists, FileNotFound when the parent is missing, NotADirectory when it is a file. */
export function makeDirectory(sim: Simulation, tx: Transaction, ds: Datastore, path: string, options: { parents?: boolean } = {}): void {
  const found = stat(tx, ds, path);
  if (found) {
    if (options.parents && found.kind === 'directory' && path !== '') return;
    throw fileExists(describePath(tx, ds, path));
  }
  const [parent, name] = splitPath(path);
  requireParent(sim, tx, ds, parent, options.parents ?? false);
  const namespace = parent === '' && isVsan(tx, ds) ? { namespace: sim.random.uuid() } : {};
  setEntryAt(tx, ds, parent, name, { kind: 'directory', size: 0, modified: sim.clock.now(), ...namespace });
  tx.create('_Directory', directoryRef(ds, path).value, emptyDirectory());
}

function requireParent(sim: Simulation, tx: Transaction, ds: Datastore, parent: string, make: boolean): void {
  const found = stat(tx, ds, parent);
  if (found?.kind === 'directory') return;
  if (found) throw fault('NotADirectory', { file: describePath(tx, ds, parent) }, `${describePath(tx, ds, parent)} is not a directory`);
  if (!make) throw fileNotFound(describePath(tx, ds, parent));
  makeDirectory(sim, tx, ds, parent, { parents: true });
}

export interface NewFile {
  /** Bytes taken up; that of the content when absent. */
  readonly size?: number;
  readonly content?: Content;
  readonly revision?: number;
  readonly disk?: DiskFacts;
  readonly vm?: string;
  readonly modified?: Date;
}

/**
 * Writes a file whole, replacing one of that name. Throws FileNotFound when the directory is missing (unless
 * `parents`), FileAlreadyExists when a directory has the name, NoDiskSpace when the datastore is full.
 */
export function writeFile(
  sim: Simulation, tx: Transaction, ds: Datastore, path: string, file: NewFile, options: { parents?: boolean } = {},
): void {
  const old = stat(tx, ds, path);
  if (old?.kind === 'directory') throw fileExists(describePath(tx, ds, path));
  const [parent, name] = splitPath(path);
  if (!old) requireParent(sim, tx, ds, parent, options.parents ?? false);
  const size = file.size ?? (file.content === undefined ? 0 : sizeOf(file.content));
  const growth = size - (old?.size ?? 0);
  requireSpace(tx, ds, path, growth);
  const entry: { -readonly [K in keyof FileEntry]: FileEntry[K] } = { kind: 'file', size, modified: file.modified ?? sim.clock.now() };
  if (file.content !== undefined) entry.content = file.content;
  if (file.revision !== undefined) entry.revision = file.revision;
  if (file.disk) entry.disk = file.disk;
  if (file.vm !== undefined) entry.vm = file.vm;
  const promised = promise(tx, ds, path);
  setEntryAt(tx, ds, parent, name, entry);
  addUsage(tx, ds, growth, promise(tx, ds, path) - promised);
}

/** Replaces what a file holds without touching its time: its text is the same, only no longer derived. */
export function setContent(tx: Transaction, ds: Datastore, path: string, content: Content): void {
  const entry = stat(tx, ds, path);
  if (entry?.kind !== 'file') throw fileNotFound(describePath(tx, ds, path));
  const size = sizeOf(content);
  const [parent, name] = splitPath(path);
  setEntryAt(tx, ds, parent, name, { kind: 'file', size, modified: entry.modified, content });
  addUsage(tx, ds, size - entry.size);
}

function requireSpace(tx: Transaction, ds: Datastore, path: string, growth: number): void {
  if (growth <= 0) return;
  const used = Number(tx.get(ds, '_used') ?? 0);
  const capacity = Number(tx.get(ds, 'summary.capacity') ?? Infinity);
  if (used + growth <= capacity) return;
  throw fault('NoDiskSpace', { file: describePath(tx, ds, path), datastore: nameOf(tx, ds) }, `Insufficient disk space on datastore '${nameOf(tx, ds)}'.`);
}

/** Removes a file or a whole directory. Throws FileNotFound; CannotDeleteFile for the root. */
export function removePath(tx: Transaction, ds: Datastore, path: string): void {
  if (path === '') throw cannotDelete(tx, ds, path);
  const entry = stat(tx, ds, path);
  if (!entry) throw fileNotFound(describePath(tx, ds, path));
  const [parent, name] = splitPath(path);
  if (entry.kind === 'directory') dropDirectory(tx, ds, path);
  const promised = promise(tx, ds, path);
  setEntryAt(tx, ds, parent, name, undefined);
  addUsage(tx, ds, -entry.size, promise(tx, ds, path) - promised);
}

const cannotDelete = (tx: Transaction, ds: Datastore, path: string): Fault =>
  fault('CannotDeleteFile', { file: describePath(tx, ds, path) }, `Cannot delete file ${describePath(tx, ds, path)}`);

function dropDirectory(tx: Transaction, ds: Datastore, path: string): void {
  let bytes = 0;
  let promised = 0;
  for (const [name, entry] of entriesIn<FileEntry>(directoryAt(tx, ds, path))) {
    if (entry.kind === 'directory') dropDirectory(tx, ds, joinPath(path, name));
    else if (entry.disk) promised += promise(tx, ds, joinPath(path, name));
    bytes += entry.size;
  }
  tx.remove(directoryRef(ds, path));
  addUsage(tx, ds, -bytes, -promised);
}

export interface Place {
  readonly datastore: ManagedObjectReference;
  readonly path: string;
}

export interface CopyOptions {
  /** Replaces what is at the destination. */
  readonly force?: boolean;
  /** What the copy of a file holds, when its content follows from a machine that the copy does not belong to. */
  readonly render?: (name: string, entry: FileEntry) => Content | undefined;
}

/**
 * Copies a file or a directory with all that is in it; a disk descriptor takes its extent along. Throws FileNotFound,
 * FileAlreadyExists without `force`.
 */
export function copyPath(sim: Simulation, tx: Transaction, from: Place, to: Place, options: CopyOptions = {}): void {
  const source = [...walk(tx, from.datastore, from.path)];
  if (source.length === 0 || from.path === '') throw fileNotFound(describePath(tx, from.datastore, from.path));
  if (inside(from, to)) {
    throw fault('InvalidArgument', { invalidProperty: 'destinationName' }, `Cannot copy ${describePath(tx, from.datastore, from.path)} into itself.`);
  }
  const old = stat(tx, to.datastore, to.path);
  if (old) {
    if (!options.force) throw fileExists(describePath(tx, to.datastore, to.path));
    removePath(tx, to.datastore, to.path);
  }
  for (const { path, entry } of source) {
    const target = joinPath(to.path, path.slice(from.path.length).replace(/^\//, ''));
    if (entry.kind === 'directory') makeDirectory(sim, tx, to.datastore, target);
    else {
      const { kind: _, modified: _old, vm, ...rest } = entry;
      const rendered = vm === undefined ? undefined : options.render?.(splitPath(path)[1], entry);
      // A descriptor that was uploaded names its extent: under another name it is derived from its facts again.
      const content = rest.disk && splitPath(target)[1] !== splitPath(path)[1] ? undefined : rest.content;
      writeFile(sim, tx, to.datastore, target, rendered === undefined ? { ...rest, content, vm } : { content: rendered });
    }
  }
  const extent = source[0]!.entry.disk && extentOf(from.path);
  if (extent && stat(tx, from.datastore, extent)) {
    copyPath(sim, tx, { datastore: from.datastore, path: extent }, { datastore: to.datastore, path: extentOf(to.path) }, options);
  }
}

/** Moves a file or directory, also between datastores. Throws like copyPath. */
export function movePath(sim: Simulation, tx: Transaction, from: Place, to: Place, options: { force?: boolean } = {}): void {
  const entry = stat(tx, from.datastore, from.path);
  copyPath(sim, tx, from, to, options);
  removePath(tx, from.datastore, from.path);
  const extent = entry?.disk && extentOf(from.path);
  if (extent && stat(tx, from.datastore, extent)) removePath(tx, from.datastore, extent);
}

/** 'a/disk.vmdk' → 'a/disk-flat.vmdk', where the bytes of a disk are; 'a/disk-000001.vmdk' → 'a/disk-000001-delta.vmdk'. */
export const extentOf = (descriptor: string): string =>
  descriptor.replace(/(\.vmdk)?$/, /-\d{6}\.vmdk$/.test(descriptor) ? '-delta.vmdk' : '-flat.vmdk');

function inside(from: Place, to: Place): boolean {
  return from.datastore.value === to.datastore.value && (to.path === from.path || to.path.startsWith(`${from.path}/`));
}
