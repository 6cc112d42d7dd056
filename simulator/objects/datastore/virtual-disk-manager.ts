// VirtualDiskManager: disks as files, whether a machine has them or not.
import { fault, toNumber, typed, typeOf, type FileBackedVirtualDiskSpec, type ManagedObjectReference, type VirtualDiskInfo, type VirtualDiskSpec } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { requireUnlocked, resolve } from './file-manager.ts';
import { describePath, stat, type Location } from './files.ts';
import {
  changeDisk, copyDisk, createDisk, diskFault, moveDisk, openDisk, parentPlace, removeDisk, requireCapacity, requireFree, shrinkDisk, zeroDisk, type Disk, type Provisioning,
} from './virtual-disks.ts';

interface Named {
  readonly name: string;
  readonly datacenter?: ManagedObjectReference;
}

const KINDS: readonly Provisioning[] = ['thin', 'preallocated', 'eagerZeroedThick'];
/** Other words of the API for the same: what a datastore of hosts makes of them. */
const SYNONYMS: Readonly<Record<string, Provisioning>> = { thick: 'preallocated', seSparse: 'thin', sparseMonolithic: 'thin' };
const ADAPTERS = ['ide', 'busLogic', 'lsiLogic'];

const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why})`);

function provisioning({ diskType }: VirtualDiskSpec, parameter: string): Provisioning {
  const kind = KINDS.find((known) => known === diskType) ?? (Object.hasOwn(SYNONYMS, diskType) ? SYNONYMS[diskType] : undefined);
  if (!kind) throw wrong(`${parameter}.diskType`, `'${diskType}' is not made on this datastore; valid: ${KINDS.join(', ')}`);
  return kind;
}

/** The disk of a call, which nobody has open. */
function writable(ctx: TransactionContext, { name, datacenter }: Named): Disk {
  const disk = openDisk(ctx.tx, resolve(ctx, name, datacenter));
  requireUnlocked(ctx.tx, disk.place);
  return disk;
}

const readable = (ctx: TransactionContext, { name, datacenter }: Named): Disk => openDisk(ctx.tx, resolve(ctx, name, datacenter));

/** Where a copy or move goes; what is there is replaced by force. */
function destination(ctx: TransactionContext, from: Disk, to: Location, force: boolean): Location {
  const { tx } = ctx;
  const same = from.place.datastore.value === to.datastore.value && from.place.path === to.path;
  if (force && !same && stat(tx, to.datastore, to.path)?.disk) {
    requireUnlocked(tx, to);
    removeDisk(tx, to);
  }
  requireFree(tx, to, 'destName');
  return to;
}

/** What is said about a disk and, when asked, about those it builds on; a parent that is lost ends the list. */
function* described(ctx: TransactionContext, { facts, place }: Disk, parents: boolean): Iterable<VirtualDiskInfo> {
  const parent = facts.parent === undefined ? undefined : parentPlace(ctx.tx, place, facts.parent);
  yield {
    _type: 'VirtualDiskInfo',
    unit: { _type: 'VirtualDiskUnit', name: describePath(ctx.tx, place.datastore, place.path) },
    diskType: parent ? 'delta' : facts.thin ? 'thin' : facts.eagerlyZeroed ? 'eagerZeroedThick' : 'preallocated',
    ...(parent ? { parent: describePath(ctx.tx, parent.datastore, parent.path) } : {}),
  };
  if (parents && parent && stat(ctx.tx, parent.datastore, parent.path)?.disk) yield* described(ctx, openDisk(ctx.tx, parent), parents);
}

/** '6000C29e-aaaa-…' → '60 00 C2 9e aa aa …-…', the form in which hosts say it. */
const spaced = (uuid: string): string => {
  const pairs = uuid.replaceAll('-', '').match(/../g) ?? [];
  return `${pairs.slice(0, 8).join(' ')}-${pairs.slice(8).join(' ')}`;
};

function hyphened(uuid: string): string {
  const hex = uuid.replace(/[\s-]/g, '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw wrong('uuid', `'${uuid}' has not 32 hexadecimal digits`);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const virtualDiskManager = define('VirtualDiskManager', {
  CreateVirtualDisk_Task: {
    task: (ctx, { name, datacenter, spec }) => {
      const { capacityKb } = spec as FileBackedVirtualDiskSpec;
      if (capacityKb === undefined) throw wrong('spec', `a ${typeOf(spec) ?? 'VirtualDiskSpec'} has no capacityKb: give a FileBackedVirtualDiskSpec`);
      requireCapacity(toNumber(capacityKb), 'spec.capacityKb');
      const kind = provisioning(spec, 'spec');
      if (!ADAPTERS.includes(spec.adapterType)) throw wrong('spec.adapterType', `'${spec.adapterType}'; valid: ${ADAPTERS.join(', ')}`);
      const place = resolve(ctx, name, datacenter);
      requireFree(ctx.tx, place, 'name');
      createDisk(ctx.sim, ctx.tx, place, kind, toNumber(capacityKb));
      return describePath(ctx.tx, place.datastore, place.path);
    },
  },
  DeleteVirtualDisk_Task: { task: (ctx, args) => removeDisk(ctx.tx, writable(ctx, args).place) },
  MoveVirtualDisk_Task: {
    task: (ctx, { sourceName, sourceDatacenter, destName, destDatacenter, force }) => {
      const disk = openDisk(ctx.tx, resolve(ctx, sourceName, sourceDatacenter, 'sourceDatacenter'));
      requireUnlocked(ctx.tx, disk.place);
      const to = destination(ctx, disk, resolve(ctx, destName, destDatacenter ?? sourceDatacenter, 'destDatacenter'), force ?? false);
      moveDisk(ctx.sim, ctx.tx, disk, to);
      return describePath(ctx.tx, to.datastore, to.path);
    },
  },
  CopyVirtualDisk_Task: {
    task: (ctx, { sourceName, sourceDatacenter, destName, destDatacenter, destSpec, force }) => {
      const disk = openDisk(ctx.tx, resolve(ctx, sourceName, sourceDatacenter, 'sourceDatacenter'));
      const to = destination(ctx, disk, resolve(ctx, destName, destDatacenter ?? sourceDatacenter, 'destDatacenter'), force ?? false);
      copyDisk(ctx.sim, ctx.tx, disk, to, destSpec && provisioning(destSpec, 'destSpec'));
      return describePath(ctx.tx, to.datastore, to.path);
    },
  },
  ExtendVirtualDisk_Task: {
    task: (ctx, { newCapacityKb, eagerZero, ...named }) => {
      const capacityKb = toNumber(newCapacityKb);
      requireCapacity(capacityKb, 'newCapacityKb');
      const disk = writable(ctx, named);
      if (capacityKb < disk.facts.capacityKb) throw wrong('newCapacityKb', `the disk has ${disk.facts.capacityKb} KB and cannot become smaller`);
      changeDisk(ctx.sim, ctx.tx, disk, { capacityKb, ...(eagerZero && !disk.facts.thin ? { eagerlyZeroed: true } : {}) });
    },
  },
  ShrinkVirtualDisk_Task: {
    task: (ctx, args) => {
      const disk = writable(ctx, args);
      if (!disk.facts.thin) throw diskFault(ctx.tx, disk.place, 'only a thin disk can be shrunk.');
      shrinkDisk(ctx.sim, ctx.tx, disk);
    },
  },
  InflateVirtualDisk_Task: {
    task: (ctx, args) => {
      const disk = writable(ctx, args);
      if (!disk.facts.thin) throw diskFault(ctx.tx, disk.place, 'only a thin disk can be inflated.');
      changeDisk(ctx.sim, ctx.tx, disk, { thin: false, eagerlyZeroed: true });
    },
  },
  EagerZeroVirtualDisk_Task: {
    task: (ctx, args) => {
      const disk = writable(ctx, args);
      if (disk.facts.thin) throw diskFault(ctx.tx, disk.place, 'a thin disk has to be inflated.');
      changeDisk(ctx.sim, ctx.tx, disk, { eagerlyZeroed: true });
    },
  },
  ZeroFillVirtualDisk_Task: { task: (ctx, args) => zeroDisk(ctx.sim, ctx.tx, writable(ctx, args)) },
  // Space of VMFS is not fragmented in files of this kind: there is nothing to move.
  DefragmentVirtualDisk_Task: { task: (ctx, args) => void writable(ctx, args) },
  QueryVirtualDiskFragmentation: (ctx, args) => (readable(ctx, args), 0),
  SetVirtualDiskUuid: (ctx, { uuid, ...named }) => changeDisk(ctx.sim, ctx.tx, writable(ctx, named), { uuid: hyphened(uuid) }),
  // Undocumented; `govc datastore.disk.info` asks it.
  QueryVirtualDiskInfo_Task: {
    task: (ctx, { includeParents, ...named }) => typed('ArrayOfVirtualDiskInfo', [...described(ctx, readable(ctx, named), includeParents)]) as unknown as readonly VirtualDiskInfo[],
  },
  QueryVirtualDiskUuid: (ctx, args) => spaced(readable(ctx, args).facts.uuid),
  QueryVirtualDiskGeometry: (ctx, args) => ({ cylinder: Math.max(1, Math.floor((readable(ctx, args).facts.capacityKb * 2) / (255 * 63))), head: 255, sector: 63 }),
  ImportUnmanagedSnapshot: (ctx, { vdisk, datacenter }) => {
    readable(ctx, { name: vdisk, datacenter });
    throw fault('NotSupported', {}, `Unmanaged snapshots are imported from virtual volumes only; '${vdisk}' is not on one.`);
  },
  ReleaseManagedSnapshot: (ctx, { vdisk, datacenter }) => {
    readable(ctx, { name: vdisk, datacenter });
    throw fault('NotSupported', {}, `Managed snapshots are released on virtual volumes only; '${vdisk}' is not on one.`);
  },
});
