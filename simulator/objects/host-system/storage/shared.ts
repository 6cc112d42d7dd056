// What the methods of HostStorageSystem and HostDatastoreSystem share: finding disks and volumes, reading and changing `_storage`.
import { fault, Fault, type HostHostBusAdapter, type HostScsiDisk, type ManagedObjectReference } from '../../../../core/vim25/index.ts';
import type { TransactionContext } from '../../../dispatch/define.ts';
import type { Readable } from '../../../store/object.ts';
import { BOOT_DISK, disksOf, hostOfSystem, partitionsOn, refreshStorage } from '../host-disks.ts';
import { SECTOR, type Extent, type Partition, type StorageSettings } from './settings.ts';

type Ref = ManagedObjectReference;
export type Ctx = TransactionContext;

export const hostOf = ({ tx, self }: Ctx): Ref => hostOfSystem(tx, self.ref);
/** The entity of the tasks of a host's system. */
export const entity = ({ self }: { self: Readable }): Ref => self.props['_host'] as Ref;

export const notFound = (what: string): Fault => fault('NotFound', {}, `${what} was not found on the host.`);
export const refused = (why: string): Fault => fault('HostConfigFault', {}, `An error occurred during host configuration: ${why}`);
export const inUse = (type: string, name: string, why: string): Fault => fault('ResourceInUse', { type, name }, `The resource '${name}' is in use: ${why}`);
export const wrong = (property: string, why: string): Fault => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why})`);

/** What clients changed so far, seen from any system of the host. */
export const settingsOf = (ctx: Ctx): StorageSettings =>
  (ctx.tx.get(ctx.tx.get(hostOf(ctx), 'configManager.storageSystem') as Ref, '_storage') ?? {}) as StorageSettings;

export const set = (ctx: Ctx, change: StorageSettings): void => refreshStorage(ctx.tx, hostOf(ctx), change);

function diskOf(ctx: Ctx, test: (disk: HostScsiDisk) => boolean, what: string): HostScsiDisk {
  const found = disksOf(ctx.tx, hostOf(ctx)).find(test);
  if (!found) throw notFound(what);
  return found;
}

export const byUuid = (ctx: Ctx, uuid: string): HostScsiDisk => diskOf(ctx, (disk) => disk.uuid === uuid, `The disk ${uuid}`);
export const byPath = (ctx: Ctx, path: string): HostScsiDisk => diskOf(ctx, (disk) => disk.devicePath === path || disk.canonicalName === path, `The disk ${path}`);

/** Changes what is shown of one disk. */
export function change(ctx: Ctx, { uuid }: HostScsiDisk, values: Partial<HostScsiDisk>): void {
  const { disks = {} } = settingsOf(ctx);
  set(ctx, { disks: { ...disks, [uuid]: { ...disks[uuid], ...values } } });
}

/** The adapter of that device name. Throws NotFound, naming those there are. */
export function adapterOf(ctx: Ctx, device: string): HostHostBusAdapter {
  const known = (ctx.tx.get(ctx.tx.get(hostOf(ctx), 'configManager.storageSystem') as Ref, 'storageDeviceInfo.hostBusAdapter') ?? []) as readonly HostHostBusAdapter[];
  const found = known.find((hba) => hba.device === device);
  if (!found) throw notFound(`The adapter ${device} (adapters: ${known.map((hba) => hba.device).join(', ')})`);
  return found;
}

/** What is on a disk: the system on the boot disk, volumes of datastores, file systems for flash, and what clients wrote. */
export function partitions(ctx: Ctx, { canonicalName }: HostScsiDisk): readonly Partition[] {
  const name = canonicalName!;
  const { tables = {}, flash = [] } = settingsOf(ctx);
  const system: Partition[] = name === BOOT_DISK
    ? [{ diskName: BOOT_DISK, partition: 1, start: 64, end: 204_863, type: 'none' }, { diskName: BOOT_DISK, partition: 7, start: 204_864, end: 83_886_046, type: 'vmkDiagnostic' }]
    : [];
  const written = tables[name] ?? [];
  const volumes = partitionsOn(ctx.tx, hostOf(ctx), name).map((extent) => {
    // A partition may have grown before the volume on it.
    const end = written.find(({ partition }) => partition === extent.partition)?.end ?? extent.end;
    return { ...extent, end: Math.max(end, extent.end), type: 'vmfs' };
  });
  const vffs = flash.filter(({ disks }) => disks.includes(name)).map(({ disks, capacity }) => ({ diskName: name, partition: 1, start: 2048, end: 2047 + Math.floor(capacity / disks.length / SECTOR), type: 'vffs' }));
  const others = written.filter(({ partition }) => !volumes.some((volume) => volume.partition === partition));
  return [...system, ...volumes, ...vffs, ...others].sort((a, b) => a.partition - b.partition);
}

export const isFree = (ctx: Ctx, disk: HostScsiDisk): boolean => disk.operationalState.includes('ok') && disk.vsanDiskInfo === undefined && partitions(ctx, disk).length === 0;

/** The mounted datastore on the VMFS volume of that UUID. Throws NotFound. */
export function volumeOf(ctx: Ctx, uuid: string): Ref {
  const found = ((ctx.tx.get(hostOf(ctx), 'datastore') ?? []) as readonly Ref[]).find((ref) => ctx.tx.get(ref, 'info.vmfs.uuid') === uuid);
  if (!found) throw notFound(`The VMFS volume ${uuid}`);
  return found;
}

export const isUnmounted = (ctx: Ctx, datastore: Ref): boolean => ((ctx.tx.get(datastore, '_unmountedFrom') ?? []) as readonly string[]).includes(hostOf(ctx).value);

/** Tries each one; what went wrong is told beside it. */
export const each = <K extends string, T>(keys: readonly T[], name: K, work: (key: T) => void) =>
  keys.map((key) => {
    try {
      work(key);
      return { [name]: key } as { [P in K]: T };
    } catch (error) {
      if (error instanceof Fault) return { [name]: key, fault: error.localized() } as { [P in K]: T };
      throw error;
    }
  });

export const bytesOf = ({ start, end }: Extent): number => (end - start + 1) * SECTOR;
