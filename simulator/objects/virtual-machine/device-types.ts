// What is known about each kind of virtual device: key ranges, labels, and where it plugs in, as vCenter has them.
// The devices that every machine is born with are shared constants. Pure.
import { dataType, isSubtype, type Description, type VirtualDevice } from '../../../core/vim25/index.ts';

export interface Family {
  readonly name: string;
  readonly type: string;
  /** Keys are firstKey, firstKey + 1 …; disks and CD-ROMs compute theirs from controller and unit instead. */
  readonly firstKey: number;
  readonly max: number;
  /** Label of the n-th (from 0); controllers are counted from 0, other devices from 1. */
  label(n: number): string;
  readonly summary: string;
  /** Family of controllers it plugs into; a fixed controller when there is one key only. */
  readonly parents: readonly string[];
  readonly firstUnit?: number;
  readonly hotPlug: boolean;
  readonly connectable?: boolean;
}

const bus = (name: string) => (n: number) => `${name} ${n}`;
const counted = (name: string) => (n: number) => `${name} ${n + 1}`;
const single = (name: string) => () => name;

/** Most derived types first: the first that fits counts. */
export const FAMILIES: readonly Family[] = [
  { name: 'ide', type: 'VirtualIDEController', firstKey: 200, max: 2, label: bus('IDE'), summary: '', parents: [], hotPlug: false },
  { name: 'ps2', type: 'VirtualPS2Controller', firstKey: 300, max: 1, label: bus('PS2 controller'), summary: '', parents: [], hotPlug: false },
  { name: 'pci', type: 'VirtualPCIController', firstKey: 100, max: 1, label: bus('PCI controller'), summary: '', parents: [], hotPlug: false },
  { name: 'sio', type: 'VirtualSIOController', firstKey: 400, max: 1, label: bus('SIO controller'), summary: '', parents: [], hotPlug: false },
  { name: 'scsi', type: 'VirtualSCSIController', firstKey: 1000, max: 4, label: bus('SCSI controller'), summary: 'LSI Logic', parents: ['pci'], firstUnit: 3, hotPlug: true },
  { name: 'sata', type: 'VirtualSATAController', firstKey: 15000, max: 4, label: bus('SATA controller'), summary: 'AHCI', parents: ['pci'], firstUnit: 24, hotPlug: true },
  { name: 'nvme', type: 'VirtualNVMEController', firstKey: 31000, max: 4, label: bus('NVME controller'), summary: 'NVME Controller', parents: ['pci'], firstUnit: 30, hotPlug: true },
  { name: 'usb', type: 'VirtualUSBController', firstKey: 7000, max: 1, label: single('USB controller'), summary: 'Auto connect Disabled', parents: ['pci'], firstUnit: 22, hotPlug: true },
  { name: 'xhci', type: 'VirtualUSBXHCIController', firstKey: 14000, max: 1, label: single('USB xHCI controller'), summary: 'USB xHCI controller', parents: ['pci'], firstUnit: 23, hotPlug: true },
  { name: 'keyboard', type: 'VirtualKeyboard', firstKey: 600, max: 1, label: single('Keyboard'), summary: 'Keyboard', parents: ['ps2'], hotPlug: false },
  { name: 'pointing', type: 'VirtualPointingDevice', firstKey: 700, max: 1, label: single('Pointing device'), summary: 'Pointing device; Device', parents: ['ps2'], firstUnit: 1, hotPlug: false },
  { name: 'video', type: 'VirtualMachineVideoCard', firstKey: 500, max: 1, label: single('Video card'), summary: 'Video card', parents: ['pci'], hotPlug: false },
  { name: 'vmci', type: 'VirtualMachineVMCIDevice', firstKey: 12000, max: 1, label: single('VMCI device'), summary: 'Device on the virtual machine PCI bus that provides support for the virtual machine communication interface', parents: ['pci'], firstUnit: 17, hotPlug: false },
  { name: 'disk', type: 'VirtualDisk', firstKey: 2000, max: 256, label: counted('Hard disk'), summary: '', parents: ['scsi', 'sata', 'nvme', 'ide'], hotPlug: true },
  { name: 'cdrom', type: 'VirtualCdrom', firstKey: 3000, max: 64, label: counted('CD/DVD drive'), summary: '', parents: ['ide', 'sata'], hotPlug: false, connectable: true },
  { name: 'floppy', type: 'VirtualFloppy', firstKey: 8000, max: 2, label: counted('Floppy drive'), summary: 'Remote', parents: ['sio'], hotPlug: false, connectable: true },
  { name: 'serial', type: 'VirtualSerialPort', firstKey: 9000, max: 32, label: counted('Serial port'), summary: '', parents: ['sio'], hotPlug: false, connectable: true },
  { name: 'parallel', type: 'VirtualParallelPort', firstKey: 10000, max: 3, label: counted('Parallel port'), summary: '', parents: ['sio'], hotPlug: false, connectable: true },
  { name: 'nic', type: 'VirtualEthernetCard', firstKey: 4000, max: 10, label: counted('Network adapter'), summary: '', parents: ['pci'], firstUnit: 7, hotPlug: true, connectable: true },
  { name: 'sound', type: 'VirtualSoundCard', firstKey: 5000, max: 1, label: single('Sound card'), summary: 'Sound card', parents: ['pci'], firstUnit: 20, hotPlug: false, connectable: true },
  { name: 'tpm', type: 'VirtualTPM', firstKey: 11000, max: 1, label: single('Virtual TPM'), summary: 'Trusted Platform Module', parents: [], hotPlug: false },
  { name: 'wdt', type: 'VirtualWDT', firstKey: 18000, max: 1, label: single('Virtual Watchdog Timer'), summary: 'Watchdog Timer', parents: ['pci'], firstUnit: 60, hotPlug: false },
  { name: 'clock', type: 'VirtualPrecisionClock', firstKey: 19000, max: 1, label: single('Precision clock'), summary: 'Precision clock', parents: ['pci'], firstUnit: 61, hotPlug: false },
  { name: 'passthrough', type: 'VirtualPCIPassthrough', firstKey: 13000, max: 16, label: (n) => `PCI device ${n}`, summary: 'PCI passthrough device', parents: ['pci'], firstUnit: 31, hotPlug: false },
  { name: 'scsi-passthrough', type: 'VirtualSCSIPassthrough', firstKey: 2900, max: 60, label: counted('SCSI device'), summary: 'SCSI device', parents: ['scsi'], hotPlug: true },
  { name: 'usb-device', type: 'VirtualUSB', firstKey: 8500, max: 20, label: counted('USB'), summary: 'USB device', parents: ['usb', 'xhci'], hotPlug: true, connectable: true },
];

const ABSTRACT = new Set(['VirtualDevice', 'VirtualController', 'VirtualSCSIController', 'VirtualSATAController', 'VirtualEthernetCard', 'VirtualSoundCard', 'VirtualVmxnet']);
const byType = new Map<string, Family | null>();

/** The family of a device type; undefined for abstract types and for what a virtual machine cannot have. */
export function familyOf(type: string): Family | undefined {
  let found = byType.get(type);
  if (found === undefined && dataType(type) === undefined) return undefined;
  if (found === undefined) {
    found = ABSTRACT.has(type) ? null : (FAMILIES.find((f) => isSubtype(type, f.type)) ?? null);
    byType.set(type, found);
  }
  return found ?? undefined;
}

export const typeNameOf = (device: VirtualDevice): string => (device as { _type?: string })._type ?? 'VirtualDevice';

export const isFamily = (device: VirtualDevice, name: string): boolean => familyOf(typeNameOf(device))?.name === name;

const descriptions = new Map<string, Description>();

/** A Description; equal ones are one object, because thousands of machines have the same devices. */
export function description(label: string, summary: string): Description {
  const key = `${label}\n${summary}`;
  let found = descriptions.get(key);
  if (!found) {
    if (descriptions.size > 2000) descriptions.clear();
    descriptions.set(key, (found = Object.freeze({ _type: 'Description', label, summary })));
  }
  return found;
}

const SCSI_NAMES: Readonly<Record<string, string>> = {
  ParaVirtualSCSIController: 'VMware paravirtual SCSI',
  VirtualBusLogicController: 'BusLogic',
  VirtualLsiLogicController: 'LSI Logic',
  VirtualLsiLogicSASController: 'LSI Logic SAS',
};

/** What the summary of a controller or simple device says. */
export const plainSummary = (type: string, family: Family, label: string): string =>
  SCSI_NAMES[type] ?? (family.summary === '' ? label : family.summary);

/** How many units a controller has, and which one is its own. */
export function unitsOf(family: Family): { count: number; reserved: number } {
  switch (family.name) {
    case 'scsi': return { count: 16, reserved: 7 };
    case 'sata': return { count: 30, reserved: -1 };
    case 'nvme': return { count: 15, reserved: -1 };
    case 'ide': return { count: 2, reserved: -1 };
    default: return { count: 64, reserved: -1 };
  }
}

/** The key that a disk or CD-ROM has at a place. */
export function keyAt(controller: Family, busNumber: number, unit: number): number {
  switch (controller.name) {
    case 'ide': return 3000 + busNumber * 2 + unit;
    case 'sata': return 16000 + busNumber * 30 + unit;
    case 'nvme': return 32000 + busNumber * 15 + unit;
    default: return 2000 + busNumber * 16 + unit;
  }
}

const basic = (type: string, fields: object): VirtualDevice => {
  const family = familyOf(type)!;
  const made = { _type: type, ...fields } as unknown as VirtualDevice & { busNumber?: number };
  const label = family.label(made.busNumber ?? 0);
  return Object.freeze({ ...made, deviceInfo: description(label, plainSummary(type, family, label)) });
};

/** What every new virtual machine has. */
export const DEFAULT_DEVICES: readonly VirtualDevice[] = Object.freeze([
  basic('VirtualIDEController', { key: 200, busNumber: 0 }),
  basic('VirtualIDEController', { key: 201, busNumber: 1 }),
  basic('VirtualPS2Controller', { key: 300, busNumber: 0 }),
  basic('VirtualPCIController', { key: 100, busNumber: 0 }),
  basic('VirtualSIOController', { key: 400, busNumber: 0 }),
  basic('VirtualKeyboard', { key: 600, controllerKey: 300, unitNumber: 0 }),
  basic('VirtualPointingDevice', {
    key: 700, controllerKey: 300, unitNumber: 1,
    backing: Object.freeze({ _type: 'VirtualPointingDeviceDeviceBackingInfo', deviceName: '', useAutoDetect: false, hostPointingDevice: 'autodetect' }),
  }),
  basic('VirtualMachineVideoCard', {
    key: 500, controllerKey: 100, unitNumber: 0,
    videoRamSizeInKB: 4096, numDisplays: 1, useAutoDetect: false, enable3DSupport: false, use3dRenderer: 'automatic', graphicsMemorySizeInKB: 262144,
  }),
  basic('VirtualMachineVMCIDevice', { key: 12000, controllerKey: 100, unitNumber: 17, id: -1, allowUnrestrictedCommunication: false, filterEnable: true }),
]);
