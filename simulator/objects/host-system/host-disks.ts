// The disks that a host sees: some of its own, and those that its VMFS datastores are on. HostStorageSystem shows them by
// a rule; what a client changed about one (marked as flash, detached …) is kept beside, in `_storage`.
import { fault, type HostScsiDisk, type HostStorageDeviceInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { hash } from '../../runtime/random.ts';
import type { Reader, Rule } from '../../store/derive.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;

export const SECTOR = 512;
/** Where the first partition of a GPT disk begins. */
export const FIRST_SECTOR = 2048;
const GB = 1024 ** 3;

/** A partition that is part of a VMFS datastore, in sectors. */
export interface Extent {
  readonly diskName: string;
  readonly partition: number;
  readonly start: number;
  readonly end: number;
}

/** What clients changed about the storage of a host. */
export interface StorageSettings {
  readonly disks?: Readonly<Record<string, Partial<HostScsiDisk>>>;
  readonly softwareIscsi?: boolean;
}

const HBA = {
  local: {
    _type: 'HostBlockHba', key: 'key-vim.host.BlockHba-vmhba0', device: 'vmhba0', bus: 7, status: 'unknown',
    model: 'PIIX4 for 430TX/440BX/MX IDE Controller', driver: 'vmkata', pci: '0000:00:07.1', storageProtocol: 'scsi',
  },
  shared: {
    _type: 'HostParallelScsiHba', key: 'key-vim.host.ParallelScsiHba-vmhba1', device: 'vmhba1', bus: 3, status: 'unknown',
    model: 'PVSCSI SCSI Controller', driver: 'pvscsi', pci: '0000:03:00.0', storageProtocol: 'scsi',
  },
} as const;

const NO = { supported: false, settable: false };

const softwareIscsi = (host: Ref): object => ({
  _type: 'HostInternetScsiHba', key: 'key-vim.host.InternetScsiHba-vmhba64', device: 'vmhba64', bus: 0, status: 'online', model: 'iSCSI Software Adapter',
  driver: 'iscsi_vmk', pci: '-', storageProtocol: 'scsi', isSoftwareBased: true, canBeDisabled: true, networkBindingSupport: 'optional',
  discoveryCapabilities: {
    iSnsDiscoverySettable: false, slpDiscoverySettable: false, staticTargetDiscoverySettable: true, sendTargetsDiscoverySettable: true,
  },
  discoveryProperties: { iSnsDiscoveryEnabled: false, slpDiscoveryEnabled: false, staticTargetDiscoveryEnabled: true, sendTargetsDiscoveryEnabled: true },
  authenticationCapabilities: { chapAuthSettable: true, krb5AuthSettable: false, srpAuthSettable: false, spkmAuthSettable: false },
  authenticationProperties: { chapAuthEnabled: false },
  ipCapabilities: {
    addressSettable: NO.settable, ipConfigurationMethodSettable: false, subnetMaskSettable: false, defaultGatewaySettable: false,
    primaryDnsServerAddressSettable: false, alternateDnsServerAddressSettable: false,
  },
  ipProperties: { dhcpConfigurationEnabled: false },
  iScsiName: `iqn.1998-01.com.vmware:${host.value}`, iScsiAlias: '', configuredSendTarget: [], configuredStaticTarget: [],
});

/** A UUID in the form that hosts give to disks: 28 bytes. */
const lunUuid = (seed: string): string => `02000000${Array.from({ length: 6 }, (_, i) => hash(`${seed}/${i}`).toString(16).padStart(8, '0')).join('')}`;

function disk(seed: string, canonicalName: string, bytes: number, more: Partial<HostScsiDisk>): HostScsiDisk {
  const uuid = lunUuid(seed);
  const devicePath = `/vmfs/devices/disks/${canonicalName}`;
  return {
    _type: 'HostScsiDisk', deviceName: devicePath, deviceType: 'disk', key: `key-vim.host.ScsiDisk-${uuid}`, uuid, canonicalName,
    displayName: `Local VMware Disk (${canonicalName})`, lunType: 'disk', vendor: 'VMware', model: 'Virtual disk', revision: '2.0', scsiLevel: 6,
    serialNumber: 'unavailable', queueDepth: 64, operationalState: ['ok'], capabilities: { updateDisplayNameSupported: true },
    vStorageSupport: 'vStorageUnsupported', protocolEndpoint: false, perenniallyReserved: false,
    capacity: { blockSize: SECTOR, block: Math.floor(bytes / SECTOR) }, devicePath, ssd: false, localDisk: true, scsiDiskType: 'native512',
    ...more,
  } as HostScsiDisk;
}

/** Disks of its own that every host has: the one it booted from, and two that are free. */
const ownDisks = (host: Ref): readonly HostScsiDisk[] => [
  disk(`${host.value}/0`, 'mpx.vmhba0:C0:T0:L0', 40 * GB, {}),
  disk(`${host.value}/1`, 'mpx.vmhba0:C0:T1:L0', 200 * GB, {}),
  disk(`${host.value}/2`, 'mpx.vmhba0:C0:T2:L0', 100 * GB, { ssd: true }),
];

/** The boot disk's partitions: it cannot be used for anything else. */
export const BOOT_DISK = 'mpx.vmhba0:C0:T0:L0';

/** The extents of a datastore on VMFS; none for others. */
export function extentsOf(props: Readonly<Record<string, unknown>> | undefined): readonly Extent[] {
  const known = props?.['_extents'] as readonly Extent[] | undefined;
  if (known) return known;
  const vmfs = (props?.['info'] as { vmfs?: { capacity: number; extent: readonly { diskName: string; partition: number }[] } } | undefined)?.vmfs;
  return (vmfs?.extent ?? []).map(({ diskName, partition }) => ({ diskName, partition, start: FIRST_SECTOR, end: FIRST_SECTOR + Math.floor(vmfs!.capacity / SECTOR) - 1 }));
}

interface Mounted {
  readonly ref: Ref;
  readonly props: Readonly<Record<string, unknown>>;
}

const mounted = (read: Reader, host: Ref): Mounted[] =>
  ((read(host)?.['datastore'] ?? []) as readonly Ref[]).flatMap((ref) => {
    const props = read(ref);
    return props ? [{ ref, props }] : [];
  });

function deviceInfo(read: Reader, host: Ref, settings: StorageSettings): HostStorageDeviceInfo {
  const own = ownDisks(host);
  const names = new Set(own.map(({ canonicalName }) => canonicalName));
  const shared = mounted(read, host).flatMap(({ props }) => extentsOf(props)).flatMap(({ diskName, end }) => {
    if (names.has(diskName)) return [];
    names.add(diskName);
    return [disk(diskName, diskName, (end + FIRST_SECTOR) * SECTOR, { displayName: `VMware iSCSI Disk (${diskName})`, localDisk: false, vStorageSupport: 'vStorageSupported' })];
  });
  const scsiLun = [...own, ...shared].map((lun) => ({ ...lun, ...settings.disks?.[lun.uuid] }));
  const hostBusAdapter = [HBA.local, HBA.shared, ...(settings.softwareIscsi ? [softwareIscsi(host)] : [])];
  const target = (adapter: string, number: number, lun: HostScsiDisk, lunNumber: number) => ({
    key: `key-vim.host.ScsiTopology.Target-${adapter}:0:${number}`, target: number,
    lun: [{ key: `key-vim.host.ScsiTopology.Lun-${lun.uuid}`, lun: lunNumber, scsiLun: lun.key! }],
  });
  return {
    hostBusAdapter, scsiLun, softwareInternetScsiEnabled: settings.softwareIscsi ?? false,
    scsiTopology: {
      adapter: [HBA.local, HBA.shared].map((hba, i) => ({
        key: `key-vim.host.ScsiTopology.Interface-${hba.device}`, adapter: hba.key,
        target: (i === 0 ? scsiLun.slice(0, own.length) : scsiLun.slice(own.length)).map((lun, n) => target(hba.device, n, lun, 0)),
      })),
    },
    multipathInfo: {
      lun: scsiLun.map((lun, n) => {
        const local = n < own.length;
        const name = local ? lun.canonicalName!.replace(/^mpx\./, '') : `vmhba1:C0:T${n - own.length}:L0`;
        const key = `key-vim.host.MultipathInfo.LogicalUnit-${lun.uuid}`;
        return {
          key, id: lun.uuid, lun: lun.key!, policy: { policy: 'VMW_PSP_FIXED' }, storageArrayTypePolicy: { policy: local ? 'VMW_SATP_LOCAL' : 'VMW_SATP_DEFAULT_AA' },
          path: [{ key: `key-vim.host.MultipathInfo.Path-${name}`, name, pathState: 'active', state: 'active', isWorkingPath: true, adapter: local ? HBA.local.key : HBA.shared.key, lun: key }],
        };
      }),
    },
  } as unknown as HostStorageDeviceInfo;
}

/** Volumes of the mounted datastores. */
function volumes(read: Reader, host: Ref): object {
  const mountInfo = mounted(read, host).flatMap(({ props }) => {
    const info = props['info'] as { vmfs?: unknown; nas?: unknown; url: string };
    const volume = info.vmfs ?? info.nas;
    if (volume === undefined) return [];
    const isOut = ((props['_unmountedFrom'] ?? []) as readonly string[]).includes(host.value);
    const path = info.url.replace(/^ds:\/\//, '').replace(/\/$/, '');
    return [{ mountInfo: { path, accessMode: props['_accessMode'] ?? 'readWrite', mounted: !isOut, accessible: !isOut }, volume, vStorageSupport: 'vStorageUnsupported' }];
  });
  return { volumeTypeList: VOLUME_TYPES, mountInfo };
}

const VOLUME_TYPES: readonly string[] = Object.freeze(['VMFS', 'NFS', 'NFS41', 'vsan', 'VVOL', 'VFFS', 'OTHER']);

/** HostStorageSystem's lists, from what the host mounts and what was changed. */
export const storageFollowsDatastores: Rule = {
  type: 'HostStorageSystem',
  inputs: ['_host', '_storage'],
  watch: [{ type: 'HostSystem', path: 'configManager.storageSystem', inputs: ['datastore'] }],
  derive(props, read) {
    const host = props['_host'] as Ref | undefined;
    if (host === undefined) return undefined;
    return { fileSystemVolumeInfo: volumes(read, host), storageDeviceInfo: deviceInfo(read, host, (props['_storage'] ?? {}) as StorageSettings) };
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
