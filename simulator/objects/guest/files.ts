// What somebody inside a guest can do to its files: looking, writing, moving, deleting, with the guest's permissions.
// A `Disk` is where the tree is kept; running programs have one of their own (programs.ts).
import { fault, type Fault } from '../../../core/vim25/index.ts';
import type { Content } from '../datastore/blocks.ts';
import { pathOf, stepsOf } from './paths.ts';
import { childOf, graft, type GuestDirectory, type GuestFile, type GuestNode, type Steps } from './tree.ts';

/** Who does it, where, and when. */
export interface Disk {
  root: GuestDirectory;
  readonly windows: boolean;
  readonly uid: number;
  readonly now: Date;
  /** Told of every change; absent when only the tree matters. */
  changed?(steps: Steps, node: GuestNode | undefined): void;
}

export interface Found {
  /** Names as the guest has them. */
  readonly steps: Steps;
  readonly node: GuestNode;
}

const MAY = { read: 4, write: 2, enter: 1 } as const;
const MAX_LINKS = 16;

export const denied = (path: string): Fault => fault('GuestPermissionDenied', {}, `Permission to perform this operation was denied by the guest operating system: '${path}'.`);
export const missing = (path: string): Fault => fault('FileNotFound', { file: path }, `File ${path} was not found`);
const exists = (path: string): Fault => fault('FileAlreadyExists', { file: path }, `The file ${path} already exists in the guest.`);
const notADirectory = (path: string): Fault => fault('NotADirectory', { file: path }, `${path} is not a directory.`);
const notAFile = (path: string): Fault => fault('NotAFile', { file: path }, `${path} is not a file.`);

const named = (disk: Disk, steps: Steps): string => pathOf(steps, disk.windows);

function may(disk: Disk, node: GuestNode, bit: number): boolean {
  if (disk.uid === 0) return true;
  return ((node.uid === disk.uid ? node.mode >> 6 : node.mode) & bit) !== 0;
}

/** Throws GuestPermissionDenied unless the visitor may run the file. */
export function requireExecutable(disk: Disk, { node, steps }: Found): void {
  const any = disk.uid === 0 ? (node.mode & 0o111) !== 0 : may(disk, node, MAY.enter);
  if (!disk.windows && !any) throw denied(named(disk, steps));
}

/** What is at a place, links followed (the last one only when told); undefined when nothing is. Throws GuestPermissionDenied. */
export function look(disk: Disk, steps: Steps, followLast = true, links = 0): Found | undefined {
  let node: GuestNode = disk.root;
  const at: string[] = [];
  for (const [index, step] of steps.entries()) {
    if (node.kind !== 'directory') return undefined;
    if (!may(disk, node, MAY.enter)) throw denied(named(disk, at));
    const found = childOf(node, step, disk.windows);
    if (!found) return undefined;
    if (found.node.kind === 'symlink' && (followLast || index < steps.length - 1)) {
      if (links >= MAX_LINKS) return undefined;
      const { target } = found.node;
      const absolute = target.startsWith('/') || disk.windows ? target : `${named(disk, at)}/${target}`;
      return look(disk, [...stepsOf(absolute, disk.windows), ...steps.slice(index + 1)], followLast, links + 1);
    }
    at.push(found.name);
    node = found.node;
  }
  return { steps: at, node };
}

/** Like look; throws FileNotFound. */
export function find(disk: Disk, steps: Steps, followLast = true): Found {
  const found = look(disk, steps, followLast);
  if (!found) throw missing(named(disk, steps));
  return found;
}

/** The directory at a place, to be read. Throws FileNotFound, NotADirectory and GuestPermissionDenied. */
export function directoryAt(disk: Disk, steps: Steps): Found & { readonly node: GuestDirectory } {
  const found = find(disk, steps);
  if (found.node.kind !== 'directory') throw notADirectory(named(disk, steps));
  if (!may(disk, found.node, MAY.read)) throw denied(named(disk, steps));
  return found as Found & { readonly node: GuestDirectory };
}

/** The file at a place, to be read. Throws FileNotFound, NotAFile and GuestPermissionDenied. */
export function fileAt(disk: Disk, steps: Steps): Found & { readonly node: GuestFile } {
  const found = find(disk, steps);
  if (found.node.kind !== 'file') throw notAFile(named(disk, steps));
  if (!may(disk, found.node, MAY.read)) throw denied(named(disk, steps));
  return found as Found & { readonly node: GuestFile };
}

function put(disk: Disk, steps: Steps, node: GuestNode | undefined): void {
  disk.root = graft(disk.root, steps, node, disk.windows, disk.now);
  disk.changed?.(steps, node);
}

/** The directory in which a name is to appear or vanish. Throws FileNotFound, NotADirectory, GuestPermissionDenied. */
function parentOf(disk: Disk, steps: Steps, victim?: GuestNode): Found {
  if (steps.length === 0) throw denied(named(disk, steps));
  const up = steps.slice(0, -1);
  const parent = find(disk, up);
  if (parent.node.kind !== 'directory') throw notADirectory(named(disk, up));
  if (!may(disk, parent.node, MAY.write) || !may(disk, parent.node, MAY.enter)) throw denied(named(disk, steps));
  // In a sticky directory, /tmp, everybody may take away only what is his own.
  if (victim && (parent.node.mode & 0o1000) !== 0 && disk.uid !== 0 && victim.uid !== disk.uid && parent.node.uid !== disk.uid) throw denied(named(disk, steps));
  return parent;
}

export interface Writing {
  readonly overwrite?: boolean;
  readonly append?: boolean;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly modified?: Date;
  readonly accessed?: Date;
  readonly hidden?: boolean;
}

/** Writes a file. Throws FileAlreadyExists unless told to overwrite, NotAFile, GuestPermissionDenied. */
export function writeFile(disk: Disk, steps: Steps, content: Content, { overwrite = true, ...attributes }: Omit<Writing, 'append'> = {}): void {
  const old = look(disk, steps);
  if (old && old.node.kind !== 'file') throw notAFile(named(disk, steps));
  if (old && !overwrite) throw exists(named(disk, steps));
  const given = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Writing;
  if (old) {
    if (!may(disk, old.node, MAY.write)) throw denied(named(disk, steps));
    put(disk, old.steps, { ...(old.node as GuestFile), modified: disk.now, ...given, content });
    return;
  }
  const parent = parentOf(disk, steps);
  put(disk, [...parent.steps, steps.at(-1)!], { kind: 'file', mode: 0o644, uid: disk.uid, gid: disk.uid, modified: disk.now, created: disk.now, ...given, content } as GuestFile);
}

/** Makes a directory, and those above it when told. Throws FileAlreadyExists, FileNotFound, GuestPermissionDenied. */
export function makeDirectory(disk: Disk, steps: Steps, parents: boolean, mode = 0o755): void {
  if (look(disk, steps)) throw exists(named(disk, steps));
  if (parents && steps.length > 1 && !look(disk, steps.slice(0, -1))) makeDirectory(disk, steps.slice(0, -1), true);
  const parent = parentOf(disk, steps);
  put(disk, [...parent.steps, steps.at(-1)!], { kind: 'directory', children: {}, mode, uid: disk.uid, gid: disk.uid, modified: disk.now });
}

/** Deletes a file or link. Throws FileNotFound, NotAFile, GuestPermissionDenied. */
export function deleteFile(disk: Disk, steps: Steps): void {
  const { node } = find(disk, steps, false);
  if (node.kind === 'directory') throw notAFile(named(disk, steps));
  const parent = parentOf(disk, steps, node);
  put(disk, [...parent.steps, steps.at(-1)!], undefined);
}

/** Deletes a directory. Throws FileNotFound, NotADirectory, DirectoryNotEmpty unless told to go down, GuestPermissionDenied. */
export function deleteDirectory(disk: Disk, steps: Steps, recursive: boolean): void {
  const { node } = find(disk, steps, false);
  if (node.kind !== 'directory') throw notADirectory(named(disk, steps));
  if (!recursive && Object.keys(node.children).length > 0) throw fault('DirectoryNotEmpty', { file: named(disk, steps) }, `The directory ${named(disk, steps)} is not empty.`);
  const parent = parentOf(disk, steps, node);
  requireOwnTree(disk, node, steps);
  put(disk, [...parent.steps, steps.at(-1)!], undefined);
}

function requireOwnTree(disk: Disk, node: GuestDirectory, steps: Steps): void {
  const children = Object.entries(node.children);
  if (children.length > 0 && !may(disk, node, MAY.write)) throw denied(named(disk, steps));
  for (const [name, child] of children) if (child.kind === 'directory') requireOwnTree(disk, child, [...steps, name]);
}

/** Moves a file or a directory to another name. Throws FileNotFound, FileAlreadyExists, NotAFile, NotADirectory, GuestPermissionDenied. */
export function move(disk: Disk, from: Steps, to: Steps, kind: 'file' | 'directory', overwrite: boolean): void {
  const source = find(disk, from, false);
  if (kind === 'file' && source.node.kind === 'directory') throw notAFile(named(disk, from));
  if (kind === 'directory' && source.node.kind !== 'directory') throw notADirectory(named(disk, from));
  const target = look(disk, to, false);
  if (target && (!overwrite || target.node.kind === 'directory')) throw exists(named(disk, to));
  if (kind === 'directory' && to.length > from.length && from.every((step, i) => step === to[i])) {
    throw fault('InvalidArgument', { invalidProperty: 'dstDirectoryPath' }, `A specified parameter was not correct: dstDirectoryPath (${named(disk, to)} is inside ${named(disk, from)})`);
  }
  const leaves = parentOf(disk, from, source.node);
  const enters = parentOf(disk, to, target?.node);
  put(disk, [...leaves.steps, from.at(-1)!], undefined);
  put(disk, [...enters.steps, to.at(-1)!], source.node);
}

/** Gives a file or directory other attributes; only its owner may. Throws FileNotFound and GuestPermissionDenied. */
export function changeAttributes(disk: Disk, steps: Steps, changes: Writing & { readonly created?: Date }): void {
  const found = find(disk, steps);
  const owns = disk.uid === 0 || found.node.uid === disk.uid;
  const gives = changes.uid !== undefined && changes.uid !== found.node.uid && disk.uid !== 0;
  if (!owns || gives) throw denied(named(disk, steps));
  put(disk, found.steps, { ...found.node, ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) } as GuestNode);
}

/** A new file or directory with a name that nothing has. */
export function makeTemporary(disk: Disk, directory: Steps, kind: 'file' | 'directory', prefix: string, suffix: string, nonce: () => string): Steps {
  directoryAt(disk, directory);
  for (;;) {
    const steps = [...directory, `${prefix}${nonce()}${suffix}`];
    if (look(disk, steps)) continue;
    if (kind === 'file') writeFile(disk, steps, '', { mode: 0o600 });
    else makeDirectory(disk, steps, false, 0o700);
    return steps;
  }
}
