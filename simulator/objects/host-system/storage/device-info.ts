// What a host sees through its adapters: disks, paths to them and controllers, made from its datastores and from what clients set.
import type {
  HostHostBusAdapter, HostInternetScsiHba, HostMultipathInfoLogicalUnit, HostMultipathInfoPath, HostScsiDisk,
  HostStorageDeviceInfo, ManagedObjectReference,
} from '../../../../core/vim25/index.ts';
import { hash } from '../../../runtime/random.ts';
import type { Reader } from '../../../store/derive.ts';
import { FIRST_SECTOR, SECTOR, type Extent, type StorageSettings } from './settings.ts';

type Ref = ManagedObjectReference;

const GB = 1024 ** 3;

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

/** Advanced options of iSCSI, with their ranges. */
export const ISCSI_OPTIONS = Object.freeze([
  { key: 'LoginTimeout', min: 1, max: 60, defaultValue: 5 }, { key: 'NoopOutInterval', min: 1, max: 60, defaultValue: 15 },
  { key: 'NoopOutTimeout', min: 10, max: 30, defaultValue: 10 }, { key: 'RecoveryTimeout', min: 1, max: 120, defaultValue: 10 },
  { key: 'MaxOutstandingR2T', min: 1, max: 8, defaultValue: 1 }, { key: 'FirstBurstLength', min: 512, max: 16_777_215, defaultValue: 262_144 },
]);

const NO = { supported: false, settable: false };

/** The adapter that is there while software iSCSI is enabled. */
export const ISCSI_DEVICE = 'vmhba64';
const ISCSI_KEY = `key-vim.host.InternetScsiHba-${ISCSI_DEVICE}`;

const softwareIscsi = (host: Ref, changed: Partial<HostInternetScsiHba> = {}): object => ({
  _type: 'HostInternetScsiHba', key: ISCSI_KEY, device: ISCSI_DEVICE, bus: 0, status: 'online', model: 'iSCSI Software Adapter',
  driver: 'iscsi_vmk', pci: '-', storageProtocol: 'scsi', isSoftwareBased: true, canBeDisabled: true, networkBindingSupport: 'optional',
  discoveryCapabilities: {
    iSnsDiscoverySettable: false, slpDiscoverySettable: false, staticTargetDiscoverySettable: true, sendTargetsDiscoverySettable: true,
  },
  discoveryProperties: { iSnsDiscoveryEnabled: false, slpDiscoveryEnabled: false, staticTargetDiscoveryEnabled: true, sendTargetsDiscoveryEnabled: true },
  authenticationCapabilities: { chapAuthSettable: true, krb5AuthSettable: false, srpAuthSettable: false, spkmAuthSettable: false },
  authenticationProperties: { chapAuthEnabled: false },
  digestCapabilities: { headerDigestSettable: true, dataDigestSettable: true, targetHeaderDigestSettable: true, targetDataDigestSettable: true },
  digestProperties: { headerDigestType: 'digestProhibited', dataDigestType: 'digestProhibited' },
  supportedAdvancedOptions: ISCSI_OPTIONS.map(({ key, ...range }) => ({ key, label: key, summary: key, optionType: { _type: 'IntOption', valueIsReadonly: false, ...range } })),
  advancedOptions: ISCSI_OPTIONS.map(({ key, defaultValue }) => ({ _type: 'HostInternetScsiHbaParamValue', key, value: defaultValue, isInherited: false })),
  ipCapabilities: {
    addressSettable: NO.settable, ipConfigurationMethodSettable: false, subnetMaskSettable: false, defaultGatewaySettable: false,
    primaryDnsServerAddressSettable: false, alternateDnsServerAddressSettable: false,
  },
  ipProperties: { dhcpConfigurationEnabled: false },
  iScsiName: `iqn.1998-01.com.vmware:${host.value}`, iScsiAlias: '', configuredSendTarget: [], configuredStaticTarget: [], ...changed,
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

export interface Mounted {
  readonly ref: Ref;
  readonly props: Readonly<Record<string, unknown>>;
}

export const mounted = (read: Reader, host: Ref): Mounted[] =>
  ((read(host)?.['datastore'] ?? []) as readonly Ref[]).flatMap((ref) => {
    const props = read(ref);
    return props ? [{ ref, props }] : [];
  });

/** The disk behind an iSCSI target; every target of a simulated array has one. */
export const targetDisk = (name: string): HostScsiDisk => {
  const canonicalName = `naa.6000${Array.from({ length: 3 }, (_, i) => hash(`${name}/${i}`).toString(16).padStart(8, '0')).join('')}0000`;
  return disk(`iscsi/${name}`, canonicalName, 500 * GB, { displayName: `VMware iSCSI Disk (${canonicalName})`, localDisk: false, vStorageSupport: 'vStorageSupported' });
};

/** The disk that is a namespace of an NVMe subsystem. */
export const namespaceDisk = (subnqn: string): HostScsiDisk => {
  const canonicalName = `eui.${Array.from({ length: 4 }, (_, i) => hash(`${subnqn}/${i}`).toString(16).padStart(8, '0')).join('')}`;
  return disk(`nvme/${subnqn}`, canonicalName, 200 * GB, {
    displayName: `NVMe Disk (${canonicalName})`, localDisk: false, ssd: true, model: 'NVMe disk', applicationProtocol: 'NVMe',
  } as Partial<HostScsiDisk>);
};

/** One way to a disk. */
interface Way {
  readonly name: string;
  readonly adapter: string;
  readonly transport?: object;
}

interface Seen {
  readonly lun: HostScsiDisk;
  readonly ways: readonly Way[];
  readonly kind: 'local' | 'shared' | 'nvme';
}

/** Every disk with the ways to it, each disk once. */
function seen(read: Reader, host: Ref, settings: StorageSettings): Seen[] {
  const known = new Set<string>();
  const list: Seen[] = [];
  const add = (lun: HostScsiDisk, kind: Seen['kind'], ways: readonly Way[]): void => {
    if (known.has(lun.canonicalName!)) return;
    known.add(lun.canonicalName!);
    list.push({ lun, ways, kind });
  };
  for (const lun of ownDisks(host)) add(lun, 'local', [{ name: lun.canonicalName!.replace(/^mpx\./, ''), adapter: HBA.local.key }]);
  const targets = settings.softwareIscsi ? settings.reached ?? [] : [];
  targets.forEach((name, n) => add(targetDisk(name), 'shared', [{
    name: `${ISCSI_DEVICE}:C0:T${n}:L0`, adapter: ISCSI_KEY, transport: { _type: 'HostInternetScsiTargetTransport', iScsiName: name, iScsiAlias: '' },
  }]));
  for (const { subnqn, controllerNumber, hbaName, associatedAdapter } of settings.controllers ?? []) {
    add(namespaceDisk(subnqn), 'nvme', [{ name: `${hbaName}:C0:T${controllerNumber}:L0`, adapter: associatedAdapter }]);
  }
  let n = 0;
  for (const { diskName, end } of mounted(read, host).flatMap(({ props }) => extentsOf(props))) {
    if (known.has(diskName)) continue;
    const lun = disk(diskName, diskName, (end + FIRST_SECTOR) * SECTOR, { displayName: `VMware iSCSI Disk (${diskName})`, localDisk: false, vStorageSupport: 'vStorageSupported' });
    add(lun, 'shared', [0, 1].map((channel) => ({ name: `vmhba1:C${channel}:T${n}:L0`, adapter: HBA.shared.key })));
    n += 1;
  }
  return list;
}

/** A disk as the multipathing layer has it: the first way that is not disabled is the one in use. */
function logicalUnit({ lun, ways, kind }: Seen, settings: StorageSettings): HostMultipathInfoLogicalUnit {
  const key = `key-vim.host.MultipathInfo.LogicalUnit-${lun.uuid}`;
  const policy = settings.policies?.[lun.uuid] ?? (kind === 'nvme' ? { _type: 'HostMultipathInfoHppLogicalUnitPolicy', policy: 'LB-RR' } : { policy: 'VMW_PSP_FIXED' });
  const isOut = (name: string): boolean => settings.disabledPaths?.includes(name) ?? false;
  const preferred = 'prefer' in policy ? policy.prefer : 'path' in policy ? policy.path : undefined;
  const working = ways.find(({ name }) => name === preferred && !isOut(name)) ?? ways.find(({ name }) => !isOut(name));
  const everyWay = policy.policy === 'VMW_PSP_RR' || policy.policy === 'LB-RR';
  const path = ways.map(({ name, adapter, transport }): HostMultipathInfoPath => {
    const state = isOut(name) ? 'disabled' : 'active';
    return { key: `key-vim.host.MultipathInfo.Path-${name}`, name, pathState: state, state, isWorkingPath: state === 'active' && (everyWay || name === working?.name), adapter, lun: key, ...(transport ? { transport } : {}) };
  });
  const satp = { local: 'VMW_SATP_LOCAL', shared: 'VMW_SATP_DEFAULT_AA', nvme: undefined }[kind];
  return { key, id: lun.uuid, lun: lun.key!, path, policy, ...(satp ? { storageArrayTypePolicy: { policy: satp } } : {}) };
}

const numberAt = (name: string, letter: 'T' | 'L'): number => Number(new RegExp(`:${letter}(\\d+)`).exec(name)?.[1] ?? 0);

/** HostStorageSystem.storageDeviceInfo. */
export function deviceInfo(read: Reader, host: Ref, settings: StorageSettings): HostStorageDeviceInfo {
  const all = seen(read, host, settings);
  const units = all.map((one) => logicalUnit(one, settings));
  const scsiLun = all.map(({ lun }, i) => ({
    ...lun, ...settings.disks?.[lun.uuid],
    ...(units[i]!.path.every(({ state }) => state === 'disabled') ? { operationalState: ['lostCommunication'] } : {}),
  }));
  const added = settings.adapters ?? [];
  const hostBusAdapter = [HBA.local, HBA.shared, ...(settings.softwareIscsi ? [softwareIscsi(host, settings.iscsi)] : []), ...added] as readonly HostHostBusAdapter[];
  const topology = hostBusAdapter.filter(({ storageProtocol }) => storageProtocol !== 'nvme').map(({ device, key }) => {
    const ways = all.flatMap(({ lun, ways: own }) => own.filter(({ adapter }) => adapter === key).map((way) => ({ lun, ...way })));
    return {
      key: `key-vim.host.ScsiTopology.Interface-${device}`, adapter: key,
      target: ways.map(({ lun, name, transport }, n) => ({
        key: `key-vim.host.ScsiTopology.Target-${device}:0:${n}`, target: numberAt(name, 'T'), ...(transport ? { transport } : {}),
        lun: [{ key: `key-vim.host.ScsiTopology.Lun-${lun.uuid}`, lun: numberAt(name, 'L'), scsiLun: lun.key! }],
      })),
    };
  });
  const nvme = hostBusAdapter.filter(({ storageProtocol }) => storageProtocol === 'nvme').map(({ device, key }) => ({
    key: `key-vim.host.NvmeTopology.Interface-${device}`, adapter: key,
    connectedController: (settings.controllers ?? []).filter(({ hbaName }) => hbaName === device).map(({ hbaName: _hba, transportParameters: _transport, ...controller }) => controller),
  }));
  return {
    hostBusAdapter, scsiLun, softwareInternetScsiEnabled: settings.softwareIscsi ?? false, scsiTopology: { adapter: topology },
    ...(nvme.length > 0 ? { nvmeTopology: { adapter: nvme } } : {}),
    multipathInfo: { lun: units },
  } as unknown as HostStorageDeviceInfo;
}
