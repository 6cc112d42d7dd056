// The disks that a host sees: some of its own, those that its VMFS datastores are on, and those that clients connected. HostStorageSystem
// shows them by a rule; what a client changed is kept beside, in `_storage`.
import { fault, type HostScsiDisk, type HostVffsVolume, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Reader, Rule } from '../../store/derive.ts';
import type { Transaction } from '../../store/transaction.ts';
import { deviceInfo, extentsOf, mounted } from './storage/device-info.ts';
import type { Extent, FlashVolume, StorageSettings } from './storage/settings.ts';

export { BOOT_DISK, extentsOf } from './storage/device-info.ts';
export { FIRST_SECTOR, SECTOR, type Extent, type StorageSettings } from './storage/settings.ts';

type Ref = ManagedObjectReference;

/** Volumes of the mounted datastores, and file systems for virtual flash. */
function volumes(read: Reader, host: Ref, { flash = [] }: StorageSettings): object {
  const mountInfo = mounted(read, host).flatMap(({ props }) => {
    const info = props['info'] as { vmfs?: unknown; nas?: unknown; url: string };
    const volume = info.vmfs ?? info.nas;
    if (volume === undefined) return [];
    const isOut = ((props['_unmountedFrom'] ?? []) as readonly string[]).includes(host.value);
    const path = info.url.replace(/^ds:\/\//, '').replace(/\/$/, '');
    return [{ mountInfo: { path, accessMode: props['_accessMode'] ?? 'readWrite', mounted: !isOut, accessible: !isOut }, volume, vStorageSupport: 'vStorageUnsupported' }];
  });
  const flashInfo = flash.map((volume) => ({
    mountInfo: { path: `/vmfs/volumes/${volume.uuid}`, accessMode: 'readWrite', mounted: volume.mounted, accessible: volume.mounted }, volume: flashVolume(volume), vStorageSupport: 'vStorageUnsupported',
  }));
  return { volumeTypeList: VOLUME_TYPES, mountInfo: [...mountInfo, ...flashInfo] };
}

/** A file system for virtual flash, in the words of the API. */
export const flashVolume = ({ uuid, name, majorVersion, disks, capacity }: FlashVolume): HostVffsVolume => ({
  _type: 'HostVffsVolume', type: 'VFFS', name, capacity, majorVersion, version: `${majorVersion}.00`, uuid, extent: disks.map((diskName) => ({ diskName, partition: 1 })),
} as HostVffsVolume);

const VOLUME_TYPES: readonly string[] = Object.freeze(['VMFS', 'NFS', 'NFS41', 'vsan', 'VVOL', 'VFFS', 'OTHER']);

/** HostStorageSystem's lists, from what the host mounts and what was changed. */
export const storageFollowsDatastores: Rule = {
  type: 'HostStorageSystem',
  inputs: ['_host', '_storage'],
  watch: [{ type: 'HostSystem', path: 'configManager.storageSystem', inputs: ['datastore'] }],
  derive(props, read) {
    const host = props['_host'] as Ref | undefined;
    if (host === undefined) return undefined;
    const settings = (props['_storage'] ?? {}) as StorageSettings;
    return { fileSystemVolumeInfo: volumes(read, host, settings), storageDeviceInfo: deviceInfo(read, host, settings) };
  },
};

/** Makes the storage of a host show what became of its datastores. */
export function refreshStorage(tx: Transaction, host: Ref, change: StorageSettings = {}): void {
  const storage = tx.get(host, 'configManager.storageSystem') as Ref | undefined;
  if (storage) tx.update(storage, { _storage: { ...(tx.get(storage, '_storage') as StorageSettings | undefined), ...change } });
}

/** The host whose system this is. Throws ManagedObjectNotFound when it went away before a task of it began. */
export function hostOfSystem(tx: Transaction, system: Ref): Ref {
  const host = tx.get(system, '_host') as Ref | undefined;
  if (host && tx.has(host)) return host;
  throw fault('ManagedObjectNotFound', { obj: system }, `The object 'vim.${system.type}:${system.value}' has already been deleted or has not been completely created`);
}

/** The disks of a host as they are shown. */
export const disksOf = (tx: Transaction, host: Ref): readonly HostScsiDisk[] =>
  (tx.get(tx.get(host, 'configManager.storageSystem') as Ref, 'storageDeviceInfo.scsiLun') ?? []) as readonly HostScsiDisk[];

/** The partitions on a disk that datastores of this host have. */
export const partitionsOn = (tx: Transaction, host: Ref, diskName: string): Extent[] =>
  ((tx.get(host, 'datastore') ?? []) as readonly Ref[])
    .flatMap((ref) => extentsOf(tx.find(ref))).filter((extent) => extent.diskName === diskName).sort((a, b) => a.partition - b.partition);
