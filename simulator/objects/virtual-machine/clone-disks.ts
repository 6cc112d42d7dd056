// The disks of a clone: whole copies, or deltas that share the source's files. Knows nothing of the rest of a machine.
import { fault, type ManagedObjectReference, type VirtualDisk, type VirtualMachineRelocateSpec } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath, extentOf, fileNotFound, joinPath, makeDirectory, stat, writeFile, type Location } from '../datastore/files.ts';
import { chainOf, freeDelta, growChain, linkPlace, type Link } from './disk-chains.ts';
import { capacityOf, type Home } from './disks.ts';

export interface DiskCopy {
  readonly sim: Simulation;
  readonly tx: Transaction;
  readonly spec: VirtualMachineRelocateSpec;
  readonly home: Home;
  /** True when the source is a snapshot: its disks are not written to any more. */
  readonly frozen: boolean;
}

const MOVES = ['moveAllDiskBackingsAndAllowSharing', 'moveAllDiskBackingsAndDisallowSharing', 'moveChildMostDiskBacking', 'createNewChildDiskBacking', 'moveAllDiskBackingsAndConsolidate'];

export const wrongArgument = (property: string, why?: string) =>
  fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property}${why === undefined ? '' : ` (${why})`}`);

/** How a spec wants one disk moved. Throws InvalidArgument for an unknown way. */
export function moveTypeOf(spec: VirtualMachineRelocateSpec, diskKey: number): string {
  const asked = locatorOf(spec, diskKey)?.diskMoveType ?? spec.diskMoveType ?? 'moveAllDiskBackingsAndDisallowSharing';
  if (!MOVES.includes(asked)) throw wrongArgument('spec.diskMoveType', `'${asked}' is none of ${MOVES.join(', ')}`);
  return asked;
}

export const locatorOf = (spec: VirtualMachineRelocateSpec, diskKey: number) => spec.disk?.find((locator) => locator.diskId === diskKey);

/** The disk as the clone has it, its files written. Throws FileNotFound, FileAlreadyExists, NoDiskSpace, InvalidArgument. */
export function cloneDisk(copy: DiskCopy, disk: VirtualDisk): VirtualDisk {
  const { sim, tx, spec, home, frozen } = copy;
  const [link] = chainOf(disk);
  if (!link) return disk;
  const move = moveTypeOf(spec, disk.key);
  const locator = locatorOf(spec, disk.key);
  const datastore = locator?.datastore ?? spec.datastore ?? home.datastore;
  const directory = directoryOn(copy, datastore);
  if (move === 'createNewChildDiskBacking') {
    if (!frozen) throw wrongArgument('spec.snapshot', 'new child disks need a snapshot as their base');
    const child: Link = { ...growChain(sim, tx, link, { datastore, path: freeDelta(tx, datastore, directory, home.stem) }), uuid: newUuid(sim) };
    return { ...disk, backing: child };
  }
  const sharing = move === 'moveChildMostDiskBacking' || (move === 'moveAllDiskBackingsAndAllowSharing' && link.datastore!.value === datastore.value);
  if (sharing && link.parent) {
    const made = growChain(sim, tx, link.parent, { datastore, path: freeDelta(tx, datastore, directory, home.stem) });
    const place = linkPlace(made)!;
    const from = linkPlace(link)!;
    writeFile(sim, tx, datastore, extentOf(place.path), { size: stat(tx, from.datastore, extentOf(from.path))?.size ?? 0 });
    const child: Link = { ...made, diskMode: link.diskMode, uuid: newUuid(sim) };
    return { ...disk, backing: child };
  }
  const asked = locator?.diskBackingInfo as Partial<Link> | undefined;
  const base = chainOf(disk).at(-1)!;
  const thin = asked?.thinProvisioned ?? (spec.transform === 'sparse' ? true : spec.transform === 'flat' ? false : (base.thinProvisioned ?? false));
  return { ...disk, backing: copyChain(sim, tx, disk, freeDisk(tx, datastore, directory, home.stem), { thin, eager: asked?.eagerlyScrub }) };
}

/** 6000C29… as a disk's own. */
export const newUuid = (sim: Simulation): string => `6000C29${sim.random.hex(13).slice(0, 1)}-${sim.random.uuid().slice(9)}`;

/** The machine's directory on a datastore: its home, or one of its name. */
function directoryOn({ sim, tx, home }: DiskCopy, datastore: ManagedObjectReference): string {
  if (datastore.value === home.datastore.value) return home.directory;
  if (!stat(tx, datastore, home.directory)) makeDirectory(sim, tx, datastore, home.directory, { parents: true });
  return home.directory;
}

/** The next free '<stem>[_n].vmdk'. */
export function freeDisk(tx: Transaction, datastore: ManagedObjectReference, directory: string, stem: string): Location {
  for (let n = 0; ; n++) {
    const path = joinPath(directory, `${stem}${n === 0 ? '' : `_${n}`}.vmdk`);
    if (!stat(tx, datastore, path)) return { datastore, path };
  }
}

/** Writes what a chain amounts to as one disk of its own. Throws FileNotFound when a link is missing. */
export function copyChain(sim: Simulation, tx: Transaction, disk: VirtualDisk, to: Location, { thin, eager }: { thin: boolean; eager?: boolean | undefined }): Link {
  const chain = chainOf(disk);
  let used = 0;
  let content;
  for (const link of chain) {
    const { datastore, path } = linkPlace(link)!;
    if (stat(tx, datastore, path)?.kind !== 'file') throw fileNotFound(describePath(tx, datastore, path));
    const extent = stat(tx, datastore, extentOf(path));
    used += extent?.size ?? 0;
    content = extent?.content ?? content;
  }
  const bytes = capacityOf(disk) ?? 0;
  const uuid = newUuid(sim);
  writeFile(sim, tx, to.datastore, to.path, { size: 512, disk: { capacityKb: Math.floor(bytes / 1024), thin, uuid } });
  writeFile(sim, tx, to.datastore, extentOf(to.path), { size: thin ? Math.min(used, bytes) : bytes, ...(content === undefined ? {} : { content }) });
  const { parent: _p, deltaDiskFormat: _d, deltaDiskFormatVariant: _v, backingObjectId: _b, ...link } = chain[0]!;
  return {
    ...link, fileName: describePath(tx, to.datastore, to.path), datastore: to.datastore, uuid, thinProvisioned: thin,
    ...(eager === undefined ? {} : { eagerlyScrub: eager }),
  };
}
