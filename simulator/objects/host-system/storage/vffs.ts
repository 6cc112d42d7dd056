// HostStorageSystem, file systems for virtual flash: on whole solid state disks; HostVFlashManager makes them a resource.
import { fault, toNumber, type HostScsiDisk, type HostVffsVolume, type ManagedObjectReference } from '../../../../core/vim25/index.ts';
import type { Methods } from '../../../dispatch/define.ts';
import { flashVolume } from '../host-disks.ts';
import type { FlashVolume } from './settings.ts';
import { byPath, hostOf, inUse, isFree, notFound, refused, set, settingsOf, wrong, type Ctx } from './shared.ts';

type Ref = ManagedObjectReference;

const flashOf = (ctx: Ctx): readonly FlashVolume[] => settingsOf(ctx).flash ?? [];

/** A solid state disk with nothing on it. Throws ResourceInUse, HostConfigFault. */
function freeSsd(ctx: Ctx, path: string): HostScsiDisk {
  const disk = byPath(ctx, path);
  if (!disk.ssd || !disk.localDisk) throw refused(`${disk.canonicalName!} is not a solid state disk of this host.`);
  if (!isFree(ctx, disk)) throw inUse('ScsiLun', disk.canonicalName!, 'there are partitions on it.');
  return disk;
}

const roomOf = ({ capacity }: HostScsiDisk): number => (toNumber(capacity.block) - 4096) * capacity.blockSize;

/** Throws NotFound. */
export function flashAt(ctx: Ctx, path: string): FlashVolume {
  const last = path.replace(/\/$/, '').split('/').at(-1);
  const found = flashOf(ctx).find(({ uuid, name }) => uuid === last || name === last);
  if (!found) throw notFound(`The file system for flash ${path}`);
  return found;
}

const replace = (ctx: Ctx, old: FlashVolume, now?: FlashVolume): void => set(ctx, { flash: flashOf(ctx).flatMap((one) => (one === old ? (now ? [now] : []) : [one])) });

const managerOf = (ctx: Ctx): Ref => ctx.tx.get(hostOf(ctx), 'configManager.vFlashManager') as Ref;

/** The flash resource of a host is not taken away. */
function mustBeIdle(ctx: Ctx, { uuid, name }: FlashVolume): void {
  if (ctx.tx.get(managerOf(ctx), 'vFlashConfigInfo.vFlashResourceConfigInfo.vffs.uuid') === uuid) throw inUse('HostVffsVolume', name, 'it is the flash resource of this host.');
}

/** Shows a file system as the flash resource of its host, or none. */
export function showResource(ctx: Ctx, volume: FlashVolume | undefined): void {
  const { tx } = ctx;
  const manager = managerOf(ctx);
  const old = tx.get(manager, 'vFlashConfigInfo') as object;
  tx.set(manager, 'vFlashConfigInfo', { ...old, vFlashResourceConfigInfo: volume ? { vffs: flashVolume(volume), capacity: volume.capacity } : undefined });
  const usage = Number(tx.get(hostOf(ctx), 'runtime.vFlashResourceRuntimeInfo.usage') ?? 0);
  const left = (volume?.capacity ?? 0) - usage;
  tx.set(hostOf(ctx), 'runtime.vFlashResourceRuntimeInfo', volume ? { usage, capacity: volume.capacity, accessible: true, capacityForVmCache: left, freeForVmCache: left } : undefined);
}

/** Makes a file system on a disk. */
export function formatFlash(ctx: Ctx, devicePath: string, volumeName: string, majorVersion = 1): FlashVolume {
  if (!volumeName) throw wrong('createSpec.volumeName', 'it is empty');
  if (flashOf(ctx).some(({ name }) => name === volumeName)) throw fault('AlreadyExists', { name: volumeName }, `The specified key, name, or identifier '${volumeName}' already exists.`);
  const disk = freeSsd(ctx, devicePath);
  const uuid = ctx.sim.random.uuid();
  const volume: FlashVolume = {
    uuid: `${uuid.slice(0, 8)}-${uuid.slice(9, 13)}${uuid.slice(14, 18)}-${uuid.slice(19, 23)}-${uuid.slice(24)}`, name: volumeName, majorVersion, disks: [disk.canonicalName!], capacity: roomOf(disk), mounted: true,
  };
  set(ctx, { flash: [...flashOf(ctx), volume] });
  return volume;
}

/** Gives a file system another disk. */
export function extendFlash(ctx: Ctx, volume: FlashVolume, devicePath: string): FlashVolume {
  const disk = freeSsd(ctx, devicePath);
  const grown = { ...volume, disks: [...volume.disks, disk.canonicalName!], capacity: volume.capacity + roomOf(disk) };
  replace(ctx, volume, grown);
  if (ctx.tx.get(managerOf(ctx), 'vFlashConfigInfo.vFlashResourceConfigInfo.vffs.uuid') === volume.uuid) showResource(ctx, grown);
  return grown;
}

function setMounted(ctx: Ctx, uuid: string, isIn: boolean): void {
  const volume = flashAt(ctx, uuid);
  if (volume.mounted === isIn) throw fault('InvalidState', {}, `The file system ${volume.name} is ${isIn ? 'mounted' : 'not mounted'} already.`);
  if (!isIn) mustBeIdle(ctx, volume);
  replace(ctx, volume, { ...volume, mounted: isIn });
}

export const vffsMethods: Methods<'HostStorageSystem'> = {
  FormatVffs: (ctx, { createSpec: { devicePath, volumeName, majorVersion } }): HostVffsVolume => flashVolume(formatFlash(ctx, devicePath, volumeName, majorVersion)),
  ExtendVffs: (ctx, { vffsPath, devicePath }) => {
    extendFlash(ctx, flashAt(ctx, vffsPath), devicePath);
  },
  DestroyVffs: (ctx, { vffsPath }) => {
    const volume = flashAt(ctx, vffsPath);
    mustBeIdle(ctx, volume);
    replace(ctx, volume);
  },
  MountVffsVolume: (ctx, { vffsUuid }) => setMounted(ctx, vffsUuid, true),
  UnmountVffsVolume: (ctx, { vffsUuid }) => setMounted(ctx, vffsUuid, false),
  // Without the note that it was unmounted, a file system is mounted as it is when a host finds it.
  DeleteVffsVolumeState: (ctx, { vffsUuid }) => {
    const volume = flashOf(ctx).find(({ uuid }) => uuid === vffsUuid);
    if (!volume || volume.mounted) throw refused(`${vffsUuid} is not a file system for flash that was unmounted.`);
    replace(ctx, volume, { ...volume, mounted: true });
  },
};
