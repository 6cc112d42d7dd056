// Moving a machine's files: its home and, disk by disk, the links of its chains. Configurations that name them are
// rewritten, those of snapshots too. Hosts, pools and networks are relocate.ts' business.
import { fault, type ManagedObjectReference, type VirtualDisk, type VirtualMachineConfigInfo, type VirtualMachineRelocateSpec } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { copyPath, describePath, extentOf, joinPath, list, makeDirectory, movePath, removePath, splitPath, stat, writeFile, type Location } from '../datastore/files.ts';
import { copyChain, freeDisk, locatorOf, moveTypeOf } from './clone-disks.ts';
import { datastoreUrl } from './create.ts';
import { OWN } from './destroy.ts';
import { isFamily } from './device-types.ts';
import { chainOf, deleteUnused, devicesOf, freeDelta, linkKey, linkPlace, linksElsewhere, linksOf, pointAt, rewriteChains, statesOf, type Link } from './disk-chains.ts';
import type { Home } from './disks.ts';
import { freshDirectory } from './placement.ts';
import { homeOf } from './reconfigure.ts';

type Ref = ManagedObjectReference;

/** Where the home and each disk (by device key) are to be. */
export interface Destination {
  readonly home: Ref;
  readonly disks: ReadonlyMap<number, Ref>;
}

/** What a spec says about places; what it leaves open stays. */
export function destinationOf(tx: Transaction, vm: Ref, spec: VirtualMachineRelocateSpec): Destination {
  const disks = new Map<number, Ref>();
  for (const device of devicesOf(tx, vm)) {
    const [link] = chainOf(device);
    if (link) disks.set(device.key, locatorOf(spec, device.key)?.datastore ?? spec.datastore ?? link.datastore!);
  }
  return { home: spec.datastore ?? homeOf(tx, vm).datastore, disks };
}

/** Moves what is not there yet. Throws FileNotFound and NoDiskSpace. */
export function moveFiles(sim: Simulation, tx: Transaction, vm: Ref, spec: VirtualMachineRelocateSpec): void {
  const destination = destinationOf(tx, vm, spec);
  const old = homeOf(tx, vm);
  const moves = destination.home.value !== old.datastore.value;
  const home: Home = moves ? { datastore: destination.home, directory: freshDirectory(tx, destination.home, String(tx.get(vm, 'name'))).directory, stem: old.stem } : old;
  if (moves) makeDirectory(sim, tx, home.datastore, home.directory, { parents: true });
  const left = new Set<string>();
  moveDisks(sim, tx, vm, spec, destination, home, left);
  if (moves) moveHome(sim, tx, vm, old, home);
  if (moves) left.add(linkKey({ datastore: old.datastore, path: old.directory }));
  for (const datastore of tx.get(vm, 'datastore') as readonly Ref[]) for (const key of left) {
    const path = key.slice(datastore.value.length + 1);
    if (!key.startsWith(`${datastore.value}:`) || path === '' || stat(tx, datastore, path)?.kind !== 'directory') continue;
    if (list(tx, datastore, path).length === 0) removePath(tx, datastore, path);
  }
}

function moveHome(sim: Simulation, tx: Transaction, vm: Ref, from: Home, to: Home): void {
  for (const { name, kind } of list(tx, from.datastore, from.directory)) {
    if (kind !== 'file' || !OWN.test(name) || !(name.startsWith(from.stem) || name.startsWith('vmware'))) continue;
    movePath(sim, tx, { datastore: from.datastore, path: joinPath(from.directory, name) }, { datastore: to.datastore, path: joinPath(to.directory, name) });
  }
  tx.set(vm, '_home', to.datastore);
  const directory = describePath(tx, to.datastore, `${to.directory}/`);
  for (const state of statesOf(tx, vm)) {
    const config = tx.get(state, 'config') as VirtualMachineConfigInfo;
    tx.set(state, 'config', {
      ...config,
      files: { ...config.files, vmPathName: describePath(tx, to.datastore, joinPath(to.directory, `${to.stem}.vmx`)), snapshotDirectory: directory, suspendDirectory: directory, logDirectory: directory },
      datastoreUrl: datastoreUrl(tx, to.datastore),
    });
  }
}

function moveDisks(sim: Simulation, tx: Transaction, vm: Ref, spec: VirtualMachineRelocateSpec, { disks }: Destination, home: Home, left: Set<string>): void {
  const moved = new Map<string, Location>();
  const directories = new Map<string, string>([[home.datastore.value, home.directory]]);
  let elsewhere: ReadonlySet<string> | undefined;
  for (const device of devicesOf(tx, vm)) {
    const target = disks.get(device.key);
    if (!target || !isFamily(device, 'disk')) continue;
    const move = moveTypeOf(spec, device.key);
    const alone = statesOf(tx, vm).length === 1;
    if (move === 'moveAllDiskBackingsAndConsolidate' && alone && chainOf(device).length > 1) {
      flatten(sim, tx, vm, device as VirtualDisk, target, directoryOn(sim, tx, target, vm, directories), home.stem);
      continue;
    }
    for (const link of linksToMove(tx, vm, device.key, move)) {
      const from = linkPlace(link)!;
      if (from.datastore.value === target.value || moved.has(linkKey(from))) continue;
      elsewhere ??= linksElsewhere(tx, vm, new Set([...linksOf(tx, statesOf(tx, vm)).values()].map((any) => any.datastore!)));
      const to = freePlace(tx, target, directoryOn(sim, tx, target, vm, directories), splitPath(from.path)[1], home.stem);
      if (elsewhere.has(linkKey(from))) copyPath(sim, tx, from, to);
      else movePath(sim, tx, from, to);
      moved.set(linkKey(from), to);
      left.add(linkKey({ datastore: from.datastore, path: splitPath(from.path)[0] }));
    }
  }
  if (moved.size > 0) renameLinks(sim, tx, vm, moved);
  for (const device of devicesOf(tx, vm)) if (isFamily(device, 'disk')) convert(sim, tx, vm, device as VirtualDisk, spec);
}

/** Brings configurations and descriptors up to date with links that have moved. */
function renameLinks(sim: Simulation, tx: Transaction, vm: Ref, moved: ReadonlyMap<string, Location>): void {
  const rewrite = (link: Link): Link => {
    const to = moved.get(linkKey(linkPlace(link)!));
    return to ? { ...link, fileName: describePath(tx, to.datastore, to.path), datastore: to.datastore } : link;
  };
  for (const state of statesOf(tx, vm)) rewriteChains(tx, state, rewrite);
  // Descriptors name their parents: those of moved parents, and of those that moved away from theirs.
  for (const link of linksOf(tx, statesOf(tx, vm)).values()) if (link.parent) pointAt(sim, tx, linkPlace(link)!, linkPlace(link.parent));
}

/** The links of one disk that go along, parents first: of the machine and of its snapshots, or the youngest only. */
function linksToMove(tx: Transaction, vm: Ref, key: number, move: string): Link[] {
  const links = new Map<string, Link>();
  const states = move === 'moveChildMostDiskBacking' ? [vm] : statesOf(tx, vm);
  for (const state of states) for (const device of devicesOf(tx, state)) {
    if (device.key !== key) continue;
    const chain = chainOf(device);
    for (const link of (move === 'moveChildMostDiskBacking' ? chain.slice(0, 1) : chain).toReversed()) links.set(linkKey(linkPlace(link)!), link);
  }
  return [...links.values()];
}

function directoryOn(sim: Simulation, tx: Transaction, datastore: Ref, vm: Ref, made: Map<string, string>): string {
  let directory = made.get(datastore.value);
  if (directory === undefined) {
    directory = freshDirectory(tx, datastore, String(tx.get(vm, 'name'))).directory;
    makeDirectory(sim, tx, datastore, directory, { parents: true });
    made.set(datastore.value, directory);
  }
  return directory;
}

/** The same name in another directory, or a free one of the same kind. */
function freePlace(tx: Transaction, datastore: Ref, directory: string, name: string, stem: string): Location {
  const path = joinPath(directory, name);
  if (!stat(tx, datastore, path) && !stat(tx, datastore, extentOf(path))) return { datastore, path };
  return /-\d{6}\.vmdk$/.test(name) ? { datastore, path: freeDelta(tx, datastore, directory, stem) } : freeDisk(tx, datastore, directory, stem);
}

/** Makes one disk of a chain; deltas that nobody needs any more go. */
export function flatten(sim: Simulation, tx: Transaction, vm: Ref, disk: VirtualDisk, datastore: Ref, directory: string, stem: string): void {
  const before = linksOf(tx, [vm]);
  const made = copyChain(sim, tx, disk, freeDisk(tx, datastore, directory, stem), { thin: chainOf(disk).at(-1)!.thinProvisioned ?? false });
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const device = (config.hardware.device ?? []).map((old) => (old.key === disk.key ? { ...old, backing: made } : old));
  tx.set(vm, 'config', { ...config, hardware: { ...config.hardware, device } });
  deleteUnused(tx, vm, before);
}

/** Gives disks that share files with other machines all their links as one of their own. Throws InvalidState with snapshots. */
export function promoteDisks(sim: Simulation, tx: Transaction, vm: Ref, unlink: boolean, disks: readonly VirtualDisk[] | undefined): void {
  const chosen = devicesOf(tx, vm).filter((device) => chainOf(device).length > 1 && (!disks?.length || disks.some((disk) => disk.key === device.key)));
  if (!unlink || chosen.length === 0) return;
  if (statesOf(tx, vm).length > 1) throw fault('InvalidState', {}, 'The disks of a virtual machine with snapshots cannot be promoted: remove the snapshots first.');
  const home = homeOf(tx, vm);
  for (const device of chosen) flatten(sim, tx, vm, device as VirtualDisk, home.datastore, home.directory, home.stem);
}

/** Thin to thick and back, when the spec says so for a disk without deltas. */
function convert(sim: Simulation, tx: Transaction, vm: Ref, disk: VirtualDisk, spec: VirtualMachineRelocateSpec): void {
  const asked = (locatorOf(spec, disk.key)?.diskBackingInfo as Partial<Link> | undefined)?.thinProvisioned
    ?? (spec.transform === 'sparse' ? true : spec.transform === 'flat' ? false : undefined);
  const current = devicesOf(tx, vm).find((device) => device.key === disk.key)!;
  const [link, ...parents] = chainOf(current);
  if (asked === undefined || !link || parents.length > 0 || (link.thinProvisioned ?? false) === asked || statesOf(tx, vm).length > 1) return;
  const { datastore, path } = linkPlace(link)!;
  const entry = stat(tx, datastore, path);
  if (!entry?.disk) return;
  const bytes = entry.disk.capacityKb * 1024;
  const content = stat(tx, datastore, extentOf(path))?.content;
  const used = content === undefined ? 0 : (stat(tx, datastore, extentOf(path))?.size ?? 0);
  writeFile(sim, tx, datastore, extentOf(path), { size: asked ? Math.min(used, bytes) : bytes, ...(content === undefined ? {} : { content }) });
  writeFile(sim, tx, datastore, path, { size: entry.size, disk: { ...entry.disk, thin: asked } });
  rewriteChains(tx, vm, (other) => (linkKey(linkPlace(other)!) === linkKey({ datastore, path }) ? { ...other, thinProvisioned: asked } : other));
}
