// What virtual hardware of a version can be: guest operating systems, devices and their limits. The limits are those
// that the simulator itself enforces (virtual-machine/device-types.ts). Pure facts.
import { enumType, type GuestOsDescriptor, type VirtualDeviceOption, type VirtualHardwareOption, type VirtualMachineConfigOption } from '../../core/vim25/index.ts';
import { DEFAULT_DEVICES, familyOf, unitsOf } from './virtual-machine/device-types.ts';
import { guestFamily, guestFullName } from './virtual-machine/guest-os.ts';
import { VM_CAPABILITY } from './virtual-machine/properties.ts';

/** Every version of virtual hardware, oldest first, and the ESXi release that brought it. */
const VERSIONS: readonly (readonly [version: number, esxi: string])[] = [
  [4, '3.x'], [7, '4.x'], [8, '5.0'], [9, '5.1'], [10, '5.5'], [11, '6.0'], [13, '6.5'], [14, '6.7'], [15, '6.7 Update 2'], [17, '7.0'], [18, '7.0 Update 1'], [19, '7.0 Update 2'],
  [20, '8.0'], [21, '8.0 Update 2'], [22, '9.0'],
];

export const hardwareKey = (version: number): string => `vmx-${String(version).padStart(2, '0')}`;

/** 'vmx-19' → 19 */
export const hardwareNumber = (key: string): number => Number(/^vmx-(\d+)$/.exec(key)?.[1] ?? 0);

/** Versions up to the newest one, oldest first. */
export const versionsUpTo = (newest: string): readonly { key: string; description: string }[] =>
  VERSIONS.filter(([version]) => version <= hardwareNumber(newest)).map(([version, esxi]) => ({ key: hardwareKey(version), description: `ESXi ${esxi} virtual machine` }));

const int = (min: number, max: number, defaultValue = min) => ({ _type: 'IntOption', min, max, defaultValue });
const long = (min: number, max: number, defaultValue = min) => ({ _type: 'LongOption', min, max, defaultValue });
const bool = (supported: boolean, defaultValue = false) => ({ _type: 'BoolOption', supported, defaultValue });
const choice = (defaultIndex: number, ...keys: readonly string[]) => ({ _type: 'ChoiceOption', defaultIndex, choiceInfo: keys.map((key) => ({ _type: 'ElementDescription', label: key, summary: key, key })) });

/** Most CPUs and memory that a version allows. */
function limitsOf(version: number): { cpus: number; memoryMB: number } {
  if (version >= 18) return { cpus: 768, memoryMB: 25_165_824 };
  if (version >= 17) return { cpus: 256, memoryMB: 6_291_456 };
  if (version >= 14) return { cpus: 128, memoryMB: 6_291_456 };
  if (version >= 11) return { cpus: 128, memoryMB: 4_177_920 };
  if (version >= 8) return { cpus: 64, memoryMB: 1_035_264 };
  return { cpus: version >= 7 ? 8 : 4, memoryMB: version >= 7 ? 261_120 : 65_532 };
}

const DISK_CONTROLLERS = ['VirtualBusLogicController', 'VirtualLsiLogicController', 'VirtualLsiLogicSASController', 'ParaVirtualSCSIController', 'VirtualAHCIController', 'VirtualIDEController', 'VirtualNVMEController'];

/** What a version offers a guest operating system. */
function guest(id: string, version: number): GuestOsDescriptor {
  const { cpus, memoryMB } = limitsOf(version);
  const family = guestFamily(id);
  const wide = id.includes('64');
  const windows = family === 'windowsGuest';
  const modern = wide || windows;
  const controllers = DISK_CONTROLLERS.filter((type) => !(wide && type === 'VirtualBusLogicController') && (version >= 13 || type !== 'VirtualNVMEController') && (version >= 10 || type !== 'VirtualAHCIController'));
  return {
    _type: 'GuestOsDescriptor', id, family, fullName: guestFullName(id), supportedMaxCPUs: wide ? cpus : Math.min(cpus, 32),
    numSupportedPhysicalSockets: Math.min(cpus, 128), numSupportedCoresPerSocket: Math.min(cpus, 128), supportedMinMemMB: windows ? 512 : 32, supportedMaxMemMB: wide ? memoryMB : Math.min(memoryMB, 65_536),
    recommendedMemMB: windows ? 4096 : wide ? 2048 : 256, recommendedColorDepth: 24, supportedDiskControllerList: controllers,
    recommendedSCSIController: windows ? 'VirtualLsiLogicSASController' : wide ? 'ParaVirtualSCSIController' : 'VirtualLsiLogicController',
    recommendedDiskController: windows ? 'VirtualLsiLogicSASController' : wide ? 'ParaVirtualSCSIController' : 'VirtualLsiLogicController',
    supportedNumDisks: 16, recommendedDiskSizeMB: windows ? 32_768 : 16_384, recommendedCdromController: version >= 10 && modern ? 'VirtualAHCIController' : 'VirtualIDEController',
    supportedEthernetCard: ['VirtualE1000', ...(version >= 8 ? ['VirtualE1000e'] : []), ...(version >= 7 ? ['VirtualVmxnet3'] : []), ...(wide ? [] : ['VirtualPCNet32', 'VirtualVmxnet2'])],
    recommendedEthernetCard: windows ? 'VirtualE1000e' : wide && version >= 7 ? 'VirtualVmxnet3' : 'VirtualE1000', supportsSlaveDisk: true, smcRequired: family === 'darwinGuestFamily',
    supportsWakeOnLan: true, supportsVMI: false, supportsMemoryHotAdd: modern && version >= 7, supportsCpuHotAdd: modern && version >= 7, supportsCpuHotRemove: false,
    supportedFirmware: version >= 8 ? ['bios', 'efi'] : ['bios'], recommendedFirmware: modern && version >= 13 && windows ? 'efi' : 'bios',
    supportedUSBControllerList: ['VirtualUSBController', ...(version >= 8 ? ['VirtualUSBXHCIController'] : [])], recommendedUSBController: version >= 8 ? 'VirtualUSBXHCIController' : 'VirtualUSBController',
    supports3D: version >= 8, recommended3D: false, smcRecommended: family === 'darwinGuestFamily', ich7mRecommended: family === 'darwinGuestFamily', usbRecommended: false,
    supportLevel: 'supported', supportedForCreate: true, vRAMSizeInKB: int(1024, 131_072, 4096), numSupportedFloppyDevices: 2, wakeOnLanEthernetCard: ['VirtualVmxnet3', 'VirtualE1000'],
    supportsPvscsiControllerForBoot: wide, diskUuidEnabled: false, supportsHotPlugPCI: true, supportsSecureBoot: wide && version >= 13, defaultSecureBoot: wide && windows && version >= 13,
  } as unknown as GuestOsDescriptor;
}

const base = (type: string) => {
  const family = familyOf(type)!;
  return {
    _type: `${type}Option`, type, deprecated: false, plugAndPlay: family.hotPlug, hotRemoveSupported: family.hotPlug, numaSupported: false,
    ...(family.connectable ? { connectOption: { _type: 'VirtualDeviceConnectOption', startConnected: bool(true, true), allowGuestControl: bool(true, true) } } : {}),
  };
};
const controller = (type: string, supportedDevice: readonly string[]) => ({ ...base(type), devices: int(0, unitsOf(familyOf(type)!).count), supportedDevice });

const scsi = (type: string) => ({
  ...controller(type, ['VirtualDisk', 'VirtualCdrom', 'VirtualSCSIPassthrough']), numSCSIDisks: int(0, 15), numSCSICdroms: int(0, 0), numSCSIPassthrough: int(0, 15),
  sharing: ['noSharing', 'virtualSharing', 'physicalSharing'], defaultSharedIndex: 0, hotAddRemove: bool(true, true), scsiCtlrUnitNumber: 7,
});
const nic = (type: string) => ({
  ...base(type), controllerType: 'VirtualPCIController', supportedOUI: choice(0, '00:50:56'), macType: choice(0, 'manual', 'generated', 'assigned'), wakeOnLanEnabled: bool(true, true),
  backingOption: [{ _type: 'VirtualEthernetCardNetworkBackingOption', type: 'VirtualEthernetCardNetworkBackingInfo', autoDetectAvailable: bool(false) }],
});
const BYTES_MAX = 62 * 1024 ** 4;

function devices(version: number): VirtualDeviceOption[] {
  const disk = {
    ...base('VirtualDisk'), capacityInKB: long(1024, BYTES_MAX / 1024, 8 * 1024 * 1024),
    ioAllocationOption: { _type: 'StorageIOAllocationOption', limitOption: long(-1, 2_147_483_647, -1), sharesOption: { _type: 'SharesOption', sharesOption: int(200, 4000, 1000), defaultLevel: 'normal' } },
    backingOption: [{
      _type: 'VirtualDiskFlatVer2BackingOption', type: 'VirtualDiskFlatVer2BackingInfo', fileNameExtensions: choice(0, 'vmdk'),
      diskMode: choice(0, 'persistent', 'independent_persistent', 'independent_nonpersistent'), split: bool(false), writeThrough: bool(true), growable: true, hotGrowable: true, uuid: true,
      thinProvisioned: bool(true, false), eagerlyScrub: bool(true, false), deltaDiskFormat: choice(0, 'redoLogFormat'), deltaDiskFormatsSupported: [],
    }],
    defaultBackingOptionIndex: 0,
  };
  const options = [
    ...['VirtualBusLogicController', 'VirtualLsiLogicController', 'VirtualLsiLogicSASController', 'ParaVirtualSCSIController'].map(scsi),
    { ...controller('VirtualIDEController', ['VirtualDisk', 'VirtualCdrom']), numIDEDisks: int(0, 2), numIDECdroms: int(0, 2) },
    ...(version >= 10 ? [{ ...controller('VirtualAHCIController', ['VirtualDisk', 'VirtualCdrom']), numSATADisks: int(0, 30), numSATACdroms: int(0, 30) }] : []),
    ...(version >= 13 ? [{ ...controller('VirtualNVMEController', ['VirtualDisk']), numNVMEDisks: int(0, 15) }] : []),
    { ...controller('VirtualUSBController', ['VirtualUSB']), autoConnectDevices: bool(true, false), ehciSupported: bool(true, false), supportedSpeeds: ['low', 'full', 'high'] },
    ...(version >= 8 ? [{ ...controller('VirtualUSBXHCIController', ['VirtualUSB']), autoConnectDevices: bool(false), supportedSpeeds: ['low', 'full', 'high', 'superSpeed'] }] : []),
    disk, base('VirtualCdrom'), base('VirtualFloppy'), { ...base('VirtualSerialPort'), yieldOnPoll: bool(true, true) }, base('VirtualParallelPort'),
    ...['VirtualE1000', ...(version >= 8 ? ['VirtualE1000e'] : []), 'VirtualVmxnet3'].map(nic), { ...nic('VirtualPCNet32'), supportsMorphing: true },
  ];
  return options as unknown as VirtualDeviceOption[];
}

function hardware(version: number): VirtualHardwareOption {
  const { cpus, memoryMB } = limitsOf(version);
  const shares = (normal: number) => ({ _type: 'ResourceAllocationOption', sharesOption: { _type: 'SharesOption', sharesOption: int(0, 1_000_000, normal), defaultLevel: 'normal' } });
  return {
    _type: 'VirtualHardwareOption', hwVersion: version, virtualDeviceOption: devices(version), deviceListReadonly: false, numCPU: Array.from({ length: cpus }, (_, i) => i + 1),
    numCoresPerSocket: int(1, Math.min(cpus, 128), 1), numCpuReadonly: false, memoryMB: long(4, memoryMB, 256),
    numPCIControllers: int(1, 1), numIDEControllers: int(2, 2), numUSBControllers: int(0, 1), numUSBXHCIControllers: int(0, version >= 8 ? 1 : 0), numSIOControllers: int(1, 1), numPS2Controllers: int(1, 1),
    licensingLimit: [], numSupportedWwnPorts: int(0, 16), numSupportedWwnNodes: int(0, 16),
    resourceConfigOption: { _type: 'ResourceConfigOption', cpuAllocationOption: shares(1000), memoryAllocationOption: shares(2560) },
    numNVDIMMControllers: int(0, version >= 14 ? 1 : 0), numTPMDevices: int(0, version >= 14 ? 1 : 0), numWDTDevices: int(0, version >= 17 ? 1 : 0), numPrecisionClockDevices: int(0, version >= 17 ? 1 : 0),
  } as unknown as VirtualHardwareOption;
}

const descriptors = new Map<number, readonly GuestOsDescriptor[]>();

/** Everything about one version; of the guests only those asked for when any of them is known. */
export function configOption(key: string, guestIds: readonly string[] = []): VirtualMachineConfigOption {
  const version = hardwareNumber(key);
  let all = descriptors.get(version);
  if (!all) descriptors.set(version, (all = [...enumType('VirtualMachineGuestOsIdentifier')!.values].map((id) => guest(id, version))));
  const chosen = all.filter(({ id }) => guestIds.includes(id));
  const guestOSDescriptor = chosen.length > 0 ? chosen : all;
  return {
    _type: 'VirtualMachineConfigOption', version: key, description: versionsUpTo(key).at(-1)?.description ?? key, guestOSDescriptor,
    guestOSDefaultIndex: Math.max(0, guestOSDescriptor.findIndex(({ id }) => id === 'otherGuest')), hardwareOptions: hardware(version), capabilities: VM_CAPABILITY,
    datastore: { _type: 'DatastoreOption' }, defaultDevice: DEFAULT_DEVICES, supportedMonitorType: ['release', 'debug', 'stats'],
    supportedOvfEnvironmentTransport: ['iso', 'com.vmware.guestInfo'], supportedOvfInstallTransport: ['iso', 'com.vmware.guestInfo'], propertyRelations: [],
  } as unknown as VirtualMachineConfigOption;
}
