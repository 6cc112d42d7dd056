// Disks as chains of files: a delta disk holds what changed since its parent. Makes, walks, merges and releases the
// links of these chains; which snapshots there are is snapshots.ts' business.
import type { ManagedObjectReference, VirtualDevice, VirtualDiskFlatVer2BackingInfo, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import {
  describePath, extentOf, fileNotFound, joinPath, parseDatastorePath, removePath, splitPath, stat, writeFile, type Location,
} from '../datastore/files.ts';
import { parentPlace } from '../datastore/virtual-disks.ts';
import { isFamily } from './device-types.ts';

type Ref = ManagedObjectReference;
/** One link of a chain: flat disks and their deltas look alike. */
export type Link = VirtualDiskFlatVer2BackingInfo & { readonly _type?: string };

/** Bytes that a fresh delta takes up: its tables. */
const DELTA_BYTES = 1024 * 1024;

/** Where the descriptor of a link is; undefined for what is no file. */
export function linkPlace(link: Link | undefined): Location | undefined {
  if (!link?.fileName || !link.datastore) return undefined;
  return { datastore: link.datastore, path: parseDatastorePath(link.fileName).path };
}

/** A name for a link that is equal exactly for the same file. */
export const linkKey = (place: Location): string => `${place.datastore.value}:${place.path}`;

const keyOf = (link: Link): string => linkKey(linkPlace(link)!);

/** The links of a disk, the one that is written to first; empty for disks that are no files and for other devices. */
export function chainOf(device: VirtualDevice): Link[] {
  const links: Link[] = [];
  if (!isFamily(device, 'disk')) return links;
  for (let link = device.backing as Link | undefined; link !== undefined && linkPlace(link); link = link.parent) links.push(link);
  return links;
}

export const devicesOf = (tx: Transaction, ref: Ref): readonly VirtualDevice[] =>
  (tx.get(ref, 'config') as VirtualMachineConfigInfo | undefined)?.hardware.device ?? [];

/** Independent disks take no part in snapshots. */
export const isIndependent = (device: VirtualDevice): boolean =>
  String((device.backing as { diskMode?: string } | undefined)?.diskMode ?? '').startsWith('independent');

/** The machine and its snapshots: everything whose configuration names files of its disks. */
export const statesOf = (tx: Transaction, vm: Ref): Ref[] => [vm, ...((tx.get(vm, '_snapshots') ?? []) as readonly Ref[])].filter((ref) => tx.has(ref));

/** Every link of these states by key. */
export function linksOf(tx: Transaction, states: readonly Ref[]): Map<string, Link> {
  const links = new Map<string, Link>();
  for (const state of states) for (const device of devicesOf(tx, state)) for (const link of chainOf(device)) links.set(keyOf(link), link);
  return links;
}

/**
 * Keys of links that other machines (or their snapshots) have on these datastores. Only a machine that has files beside
 * its own can have this one's; when this one has such files itself, everybody is asked.
 */
export function linksElsewhere(tx: Transaction, vm: Ref, datastores: Iterable<Ref>): Set<string> {
  const keys = new Set<string>();
  const seen = new Set([vm.value]);
  const list = tx.get(vm, '_borrows') === undefined ? '_borrowers' : 'vm';
  for (const datastore of datastores) for (const other of (tx.get(datastore, list) ?? []) as readonly Ref[]) {
    if (seen.has(other.value)) continue;
    seen.add(other.value);
    for (const key of linksOf(tx, statesOf(tx, other)).keys()) keys.add(key);
  }
  return keys;
}

/** How a delta's descriptor names its parent: by file name inside one directory, else by volume. */
export function parentHint(tx: Transaction, parent: Location, child: Location): string {
  const [directory, name] = splitPath(parent.path);
  if (parent.datastore.value === child.datastore.value && splitPath(child.path)[0] === directory) return name;
  const volume = String(tx.get(parent.datastore, 'summary.url') ?? '').split('/').filter((step) => step !== '').at(-1) ?? '';
  return `/vmfs/volumes/${volume}/${parent.path}`;
}

/** The parent of a disk that lies in a datastore, with all its parents; undefined when it is no delta. Throws FileNotFound. */
export function parentFromFiles(tx: Transaction, child: Location, mode: string): Link | undefined {
  const hint = stat(tx, child.datastore, child.path)?.disk?.parent;
  if (hint === undefined) return undefined;
  const place = parentPlace(tx, child, hint);
  const entry = stat(tx, place.datastore, place.path);
  const fileName = describePath(tx, place.datastore, place.path);
  if (entry?.kind !== 'file') throw fileNotFound(fileName);
  return {
    _type: 'VirtualDiskFlatVer2BackingInfo', fileName, datastore: place.datastore, diskMode: mode, split: false, writeThrough: false,
    thinProvisioned: entry.disk?.thin ?? false, uuid: entry.disk?.uuid, parent: parentFromFiles(tx, place, mode), digestEnabled: false, sharing: 'sharingNone',
  } as Link;
}

/** The next free '<stem>-00000n.vmdk' in a directory. */
export function freeDelta(tx: Transaction, datastore: Ref, directory: string, stem: string): string {
  for (let n = 1; ; n++) {
    const path = joinPath(directory, `${stem}-${String(n).padStart(6, '0')}.vmdk`);
    if (!stat(tx, datastore, path) && !stat(tx, datastore, extentOf(path))) return path;
  }
}

/** Writes a delta on top of a link: beside it, or at the place given. Throws FileNotFound when the parent is not there. */
export function growChain(sim: Simulation, tx: Transaction, parent: Link, at?: Location): Link {
  const from = linkPlace(parent)!;
  const entry = stat(tx, from.datastore, from.path);
  if (entry?.kind !== 'file') throw fileNotFound(describePath(tx, from.datastore, from.path));
  const [directory, name] = splitPath(from.path);
  const place = at ?? { datastore: from.datastore, path: freeDelta(tx, from.datastore, directory, name.replace(/(-\d{6})?\.vmdk$/, '')) };
  writeFile(sim, tx, place.datastore, extentOf(place.path), { size: DELTA_BYTES });
  writeFile(sim, tx, place.datastore, place.path, {
    size: 512, disk: { capacityKb: entry.disk?.capacityKb ?? 0, thin: false, uuid: parent.uuid ?? entry.disk?.uuid ?? '', parent: parentHint(tx, from, place) },
  });
  return {
    ...parent, fileName: describePath(tx, place.datastore, place.path), datastore: place.datastore, parent,
    deltaDiskFormat: 'redoLogFormat', deltaDiskFormatVariant: 'vmfsSparseVariant',
  };
}

/** Deletes the files of one link. */
export function deleteLink(tx: Transaction, { datastore, path }: Location): void {
  for (const file of [path, extentOf(path)]) if (stat(tx, datastore, file)) removePath(tx, datastore, file);
}

/** A chain with links changed: `change` gives the link to put in place of one, or undefined to leave it out. */
export function mapChain(link: Link, change: (link: Link) => Link | undefined): Link | undefined {
  const { parent: old, ...own } = link;
  const parent = old && mapChain(old, change);
  const made = change(link);
  if (made === undefined) return parent && { ...parent, diskMode: own.diskMode };
  return made === link && parent === old ? link : withParent(made, parent);
}

function withParent(link: Link, parent: Link | undefined): Link {
  const { parent: _, deltaDiskFormat, deltaDiskFormatVariant, ...rest } = link;
  return parent === undefined ? rest : { ...rest, parent, deltaDiskFormat: deltaDiskFormat ?? 'redoLogFormat', deltaDiskFormatVariant: deltaDiskFormatVariant ?? 'vmfsSparseVariant' };
}

/** Changes the chains of all disks of one state. */
export function rewriteChains(tx: Transaction, state: Ref, change: (link: Link) => Link | undefined): void {
  const config = tx.get(state, 'config') as VirtualMachineConfigInfo;
  let changed = false;
  const device = (config.hardware.device ?? []).map((old) => {
    if (chainOf(old).length === 0) return old;
    const backing = mapChain(old.backing as Link, change);
    if (backing === old.backing || backing === undefined) return old;
    changed = true;
    return { ...old, backing };
  });
  if (changed) tx.update(state, { config: { ...config, hardware: { ...config.hardware, device } } });
}

interface Merge {
  readonly parent: Location;
  readonly child: Location;
}

/** A link that only its one child needs: the two can become one. */
function nextMerge(tx: Transaction, vm: Ref, elsewhere: () => ReadonlySet<string>): Merge | undefined {
  const written = new Set<string>();
  const children = new Map<string, Map<string, Link>>();
  const links = new Map<string, Link>();
  for (const state of statesOf(tx, vm)) for (const device of devicesOf(tx, state)) {
    const chain = chainOf(device);
    if (chain[0]) written.add(keyOf(chain[0]));
    chain.forEach((link, i) => {
      links.set(keyOf(link), link);
      const child = chain[i - 1];
      if (child) children.set(keyOf(link), (children.get(keyOf(link)) ?? new Map()).set(keyOf(child), child));
    });
  }
  for (const [key, link] of links) {
    const own = [...(children.get(key)?.values() ?? [])];
    if (written.has(key) || own.length !== 1) continue;
    const [parent, child] = [linkPlace(link)!, linkPlace(own[0])!];
    const together = parent.datastore.value === child.datastore.value && splitPath(parent.path)[0] === splitPath(child.path)[0];
    if (together && !elsewhere().has(key) && !elsewhere().has(linkKey(child))) return { parent, child };
  }
  return undefined;
}

/** True when links of the machine's disks could be merged. */
export function needsConsolidation(tx: Transaction, vm: Ref): boolean {
  return nextMerge(tx, vm, foreign(tx, vm)) !== undefined;
}

function foreign(tx: Transaction, vm: Ref): () => ReadonlySet<string> {
  let keys: ReadonlySet<string> | undefined;
  return () => (keys ??= linksElsewhere(tx, vm, new Set([...linksOf(tx, statesOf(tx, vm)).values()].map((link) => link.datastore!))));
}

/** Merges every link that only one other needs into it, in the machine and all its snapshots. */
export function consolidate(sim: Simulation, tx: Transaction, vm: Ref): void {
  const elsewhere = foreign(tx, vm);
  for (let merge = nextMerge(tx, vm, elsewhere); merge !== undefined; merge = nextMerge(tx, vm, elsewhere)) {
    const { parent, child } = merge;
    const extent = stat(tx, parent.datastore, extentOf(parent.path));
    const added = stat(tx, child.datastore, extentOf(child.path))?.size ?? 0;
    const facts = stat(tx, parent.datastore, parent.path)?.disk;
    deleteLink(tx, child);
    // A thick disk has room for everything; what grows takes up what the delta held beside its tables.
    if (extent && facts && (facts.thin || facts.parent !== undefined)) {
      const size = Math.min(facts.capacityKb * 1024, extent.size + Math.max(0, added - DELTA_BYTES));
      if (size !== extent.size) writeFile(sim, tx, parent.datastore, extentOf(parent.path), { size, content: extent.content });
    }
    for (const state of statesOf(tx, vm)) rewriteChains(tx, state, (link) => (keyOf(link) === linkKey(child) ? undefined : link));
    reparent(sim, tx, vm, parent, child);
  }
}

/** Descriptors that named the merged child as their parent name what it went into. */
function reparent(sim: Simulation, tx: Transaction, vm: Ref, parent: Location, child: Location): void {
  for (const link of linksOf(tx, statesOf(tx, vm)).values()) {
    const place = linkPlace(link)!;
    const hint = stat(tx, place.datastore, place.path)?.disk?.parent;
    if (hint !== undefined && linkKey(parentPlace(tx, place, hint)) === linkKey(child)) pointAt(sim, tx, place, parent);
  }
}

/** Rewrites the descriptor of a delta so that it names that parent, or none. */
export function pointAt(sim: Simulation, tx: Transaction, place: Location, parent: Location | undefined): void {
  const entry = stat(tx, place.datastore, place.path);
  if (!entry?.disk) return;
  const { parent: _, ...facts } = entry.disk;
  writeFile(sim, tx, place.datastore, place.path, { size: entry.size, modified: entry.modified, disk: parent ? { ...facts, parent: parentHint(tx, parent, place) } : facts });
}

/** Deletes deltas among `before` that neither the machine, a snapshot of it nor another machine has any more. */
export function deleteUnused(tx: Transaction, vm: Ref, before: ReadonlyMap<string, Link>): void {
  const kept = linksOf(tx, statesOf(tx, vm));
  const gone = [...before].filter(([key, link]) => !kept.has(key) && link.parent !== undefined);
  if (gone.length === 0) return;
  const elsewhere = linksElsewhere(tx, vm, new Set(gone.map(([, link]) => link.datastore!)));
  for (const [key, link] of gone) if (!elsewhere.has(key)) deleteLink(tx, linkPlace(link)!);
}

/**
 * Deletes the files of a disk that leaves the machine, down its chain to the first link that a snapshot or another
 * machine still needs.
 */
export function deleteChain(tx: Transaction, vm: Ref, disk: VirtualDevice): void {
  const chain = chainOf(disk);
  if (chain.length === 0) return;
  const snapshots = statesOf(tx, vm).slice(1);
  const needed = new Set<string>();
  for (const state of snapshots) for (const device of devicesOf(tx, state)) if (!isIndependent(device)) for (const link of chainOf(device)) needed.add(keyOf(link));
  if (chain.length > 1) for (const key of linksElsewhere(tx, vm, new Set(chain.map((link) => link.datastore!)))) needed.add(key);
  for (const link of chain) {
    if (needed.has(keyOf(link))) return;
    deleteLink(tx, linkPlace(link)!);
  }
}
