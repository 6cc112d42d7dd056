// The files behind virtual disks: where they go, making, growing and deleting them. Knows no other device.
import { fault, isFault, toNumber, type ManagedObjectReference, type VirtualDevice, type VirtualDisk, type VirtualDiskFlatVer2BackingInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import {
  describePath, extentOf, fileExists, fileNotFound, joinPath, locate, makeDirectory, parseDatastorePath, stat, writeFile, type Location, type Scope,
} from '../datastore/files.ts';
import { typeNameOf } from './device-types.ts';
import { freeDelta, growChain, parentFromFiles } from './disk-chains.ts';

/** Where a machine lives. */
export interface Home {
  readonly datastore: ManagedObjectReference;
  readonly directory: string;
  /** Name that its own files begin with. */
  readonly stem: string;
}

export interface DiskWork {
  readonly sim: Simulation;
  readonly tx: Transaction;
  readonly home: Home;
  readonly scope: Scope;
  /** A machine that is registered has what its .vmx says, also disks and networks that are not there. */
  readonly registering?: boolean;
}

type Backing = VirtualDiskFlatVer2BackingInfo & { readonly _type?: string };

const backingOf = (device: VirtualDevice): Backing | undefined => device.backing as Backing | undefined;

/** Capacity in bytes as a spec says it; undefined when it does not. */
export function capacityOf(disk: Partial<VirtualDisk>): number | undefined {
  if (disk.capacityInBytes !== undefined && toNumber(disk.capacityInBytes) > 0) return toNumber(disk.capacityInBytes);
  return disk.capacityInKB === undefined ? undefined : toNumber(disk.capacityInKB) * 1024;
}

/** '41,943,040 KB' */
export const capacityText = (bytes: number): string => `${String(Math.floor(bytes / 1024)).replace(/\B(?=(\d{3})+$)/g, ',')} KB`;

/** Makes the files of a new disk, or checks those of an existing one, and gives the disk as it will be. */
export function openDisk(work: DiskWork, disk: VirtualDisk, create: boolean, index: number): VirtualDisk {
  const backing = backingOf(disk);
  if (backing === undefined || !('fileName' in backing || 'diskMode' in backing)) {
    if (create && backing === undefined) return openDisk(work, { ...disk, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', diskMode: 'persistent' } as unknown as Backing }, create, index);
    throw fault('InvalidDeviceBacking', { deviceIndex: index, property: 'virtualDeviceSpec.device.backing' }, `The device '${index}' has no usable backing.`);
  }
  if (create && backing.parent?.fileName) return childDisk(work, disk, backing, backing.parent);
  if (!create && work.registering && !hasFiles(work, backing)) return { ...disk, backing: { ...backing, thinProvisioned: false } as Backing };
  const place = create ? createFiles(work, disk, backing, index) : existingFiles(work, backing);
  const facts = stat(work.tx, place.datastore, place.path)?.disk;
  const bytes = create ? capacityOf(disk)! : (facts?.capacityKb ?? 0) * 1024 || (capacityOf(disk) ?? 0);
  const full: Record<string, unknown> = {
    _type: 'VirtualDiskFlatVer2BackingInfo', split: false, writeThrough: false, eagerlyScrub: false, digestEnabled: false, sharing: 'sharingNone',
    ...backing,
    thinProvisioned: facts?.thin ?? backing.thinProvisioned ?? false,
    diskMode: backing.diskMode || 'persistent',
    uuid: facts?.uuid ?? backing.uuid,
    fileName: describePath(work.tx, place.datastore, place.path),
    datastore: place.datastore,
    ...(create || facts?.parent === undefined ? {} : { parent: parentFromFiles(work.tx, place, backing.diskMode || 'persistent'), deltaDiskFormat: 'redoLogFormat' }),
  };
  if (typeNameOf({ key: 0, ...full }) === 'VirtualDiskSparseVer2BackingInfo') for (const key of ['eagerlyScrub', 'thinProvisioned', 'digestEnabled', 'sharing']) delete full[key];
  if (!/Flat|SparseVer2/.test(String(full['_type']))) for (const key of ['split', 'writeThrough', 'eagerlyScrub', 'digestEnabled', 'thinProvisioned']) if (!(key in backing)) delete full[key];
  return { ...disk, backing: full as unknown as Backing, capacityInKB: Math.floor(bytes / 1024), capacityInBytes: bytes };
}

/** A new delta on top of a disk that is there already: how linked clones and `attach -link` share a base. */
function childDisk(work: DiskWork, disk: VirtualDisk, { parent: _, ...backing }: Backing, parent: Backing): VirtualDisk {
  const { sim, tx, home } = work;
  const base = openDisk(work, { ...disk, backing: { ...parent, diskMode: parent.diskMode || 'persistent' } as Backing }, false, 0);
  const named = backing.fileName ? locate(tx, backing.fileName, work.scope) : undefined;
  const datastore = named?.datastore ?? home.datastore;
  const path = named?.path.endsWith('.vmdk') ? named.path : freeDelta(tx, datastore, named?.path || home.directory, home.stem);
  if (stat(tx, datastore, path)) throw fileExists(describePath(tx, datastore, path));
  const made = growChain(sim, tx, base.backing as Backing, { datastore, path });
  return { ...base, backing: { ...made, ...(backing.diskMode ? { diskMode: backing.diskMode } : {}) } };
}

function createFiles(work: DiskWork, disk: VirtualDisk, backing: Backing, index: number): Location {
  const { sim, tx } = work;
  const bytes = capacityOf(disk);
  if (bytes === undefined || bytes <= 0) {
    throw fault('InvalidDeviceSpec', { deviceIndex: index, property: 'virtualDeviceSpec.device.capacityInKB' }, `Invalid configuration for device '${index}': a new disk needs a capacity.`);
  }
  const place = placeFor(work, backing);
  if (stat(tx, place.datastore, place.path)) throw fileExists(describePath(tx, place.datastore, place.path));
  const thin = backing.thinProvisioned ?? false;
  const uuid = backing.uuid ?? `6000C29${sim.random.hex(13).slice(0, 1)}-${sim.random.uuid().slice(9)}`;
  writeFile(sim, tx, place.datastore, place.path, { size: 512, disk: { capacityKb: Math.floor(bytes / 1024), thin, uuid } });
  writeFile(sim, tx, place.datastore, extentOf(place.path), { size: thin ? 0 : bytes });
  return place;
}

/** The descriptor's place: as named, or the next free `<machine>[_n].vmdk` in the machine's directory. */
function placeFor(work: DiskWork, backing: Backing): Location {
  const { sim, tx, home } = work;
  const named = backing.fileName ? locate(tx, backing.fileName, work.scope) : undefined;
  const datastore = named?.datastore ?? backing.datastore ?? home.datastore;
  if (named && named.path.endsWith('.vmdk')) return { datastore, path: named.path };
  const directory = named && named.path !== '' ? named.path : home.directory;
  if (!stat(tx, datastore, directory)) makeDirectory(sim, tx, datastore, directory, { parents: true });
  for (let n = 0; ; n++) {
    const path = joinPath(directory, `${home.stem}${n === 0 ? '' : `_${n}`}.vmdk`);
    if (!stat(tx, datastore, path)) return { datastore, path };
  }
}

function existingFiles(work: DiskWork, backing: Backing): Location {
  const place = locate(work.tx, backing.fileName ?? '', work.scope);
  if (stat(work.tx, place.datastore, place.path)?.kind !== 'file') throw fileNotFound(describePath(work.tx, place.datastore, place.path));
  return place;
}

function hasFiles(work: DiskWork, backing: Backing): boolean {
  try {
    existingFiles(work, backing);
    return true;
  } catch (error) {
    if (isFault(error)) return false;
    throw error;
  }
}

/** Where the descriptor of a disk is; undefined for disks that are no files. */
export function diskPlace(disk: VirtualDevice): Location | undefined {
  const backing = backingOf(disk);
  if (!backing?.fileName || !backing.datastore) return undefined;
  return { datastore: backing.datastore, path: parseDatastorePath(backing.fileName).path };
}

/** Writes a new capacity into the files of a disk. */
export function growDiskFiles(sim: Simulation, tx: Transaction, disk: VirtualDevice, bytes: number): void {
  const place = diskPlace(disk);
  const entry = place && stat(tx, place.datastore, place.path);
  if (!place || !entry?.disk) return;
  const { kind: _, modified: _old, ...rest } = entry;
  writeFile(sim, tx, place.datastore, place.path, { ...rest, disk: { ...entry.disk, capacityKb: Math.floor(bytes / 1024) } });
  if (!entry.disk.thin) writeFile(sim, tx, place.datastore, extentOf(place.path), { size: bytes });
}
