// The devices of a machine as Items of a VirtualHardwareSection, and warnings for those that OVF cannot have.
import { fault, type LocalizedMethodFault, type VirtualDevice, type VirtualEthernetCard, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { familyOf, typeNameOf } from '../virtual-machine/device-types.ts';
import { escapeXml } from './xml.ts';
import type { Machine } from './write-descriptor.ts';

const SUBTYPES: Readonly<Record<string, string>> = {
  VirtualLsiLogicController: 'lsilogic', VirtualLsiLogicSASController: 'lsilogicsas', VirtualBusLogicController: 'buslogic', ParaVirtualSCSIController: 'VirtualSCSI',
  VirtualAHCIController: 'vmware.sata.ahci', VirtualNVMEController: 'vmware.nvme.controller', VirtualUSBController: 'vmware.usb.ehci', VirtualUSBXHCIController: 'vmware.usb.xhci',
  VirtualE1000: 'E1000', VirtualE1000e: 'E1000e', VirtualVmxnet3: 'VmxNet3', VirtualVmxnet2: 'VmxNet2', VirtualPCNet32: 'PCNet32', VirtualSriovEthernetCard: 'VmxNet3', VirtualVmxnet: 'VmxNet3',
  VirtualEnsoniq1371: 'vmware.soundcard.ensoniq1371', VirtualHdAudioCard: 'vmware.soundcard.hdaudio', VirtualSoundBlaster16: 'vmware.soundcard.sb16',
};
const TYPES: Readonly<Record<string, number>> = { ide: 5, scsi: 6, nic: 10, floppy: 14, cdrom: 15, disk: 17, sata: 20, nvme: 20, serial: 21, usb: 23, xhci: 23, sound: 35 };
/** Devices that every machine has: they come back by themselves. */
const BUILT_IN = new Set(['pci', 'ps2', 'sio', 'keyboard', 'pointing', 'video', 'vmci']);

/** The network of an adapter by name, as a descriptor knows it. */
export function networkName(tx: Transaction, nic: VirtualDevice): string {
  const backing = (nic as VirtualEthernetCard).backing as { deviceName?: string; port?: { portgroupKey?: string }; opaqueNetworkId?: string } | undefined;
  const portgroup = backing?.port?.portgroupKey ? { type: 'DistributedVirtualPortgroup', value: backing.port.portgroupKey } : undefined;
  if (portgroup && tx.has(portgroup)) return String(tx.get(portgroup, 'name'));
  return backing?.deviceName || backing?.opaqueNetworkId || 'None';
}

const isNic = (device: VirtualDevice): boolean => familyOf(typeNameOf(device))?.name === 'nic';

export const networkNames = (tx: Transaction, { hardware }: VirtualMachineConfigInfo): string[] => (hardware.device ?? []).filter(isNic).map((nic) => networkName(tx, nic));

const item = (fields: Readonly<Record<string, string | number | undefined>>, optional = false): string[] => [
  `<Item${optional ? ' ovf:required="false"' : ''}>`,
  ...Object.entries(fields).filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `  <rasd:${name}>${escapeXml(String(value))}</rasd:${name}>`),
  '</Item>',
];

/** The lines of the Items. */
export function hardwareItems(tx: Transaction, { config, disks, name }: Machine, options: ReadonlySet<string>): { items: string[]; warnings: LocalizedMethodFault[] } {
  const { numCPU, memoryMB, numCoresPerSocket, device: devices = [] } = config.hardware;
  const warnings: LocalizedMethodFault[] = [];
  const lines = [
    ...item({ AllocationUnits: 'hertz * 10^6', Description: 'Number of Virtual CPUs', ElementName: `${numCPU} virtual CPU(s)`, InstanceID: 1, ResourceType: 3, VirtualQuantity: numCPU })
      .flatMap((line) => (line === '</Item>' && (numCoresPerSocket ?? 1) > 1 ? [`  <vmw:CoresPerSocket ovf:required="false">${numCoresPerSocket}</vmw:CoresPerSocket>`, line] : [line])),
    ...item({ AllocationUnits: 'byte * 2^20', Description: 'Memory Size', ElementName: `${memoryMB}MB of memory`, InstanceID: 2, ResourceType: 4, VirtualQuantity: memoryMB }),
  ];
  const ids = new Map(devices.filter((device) => !BUILT_IN.has(familyOf(typeNameOf(device))?.name ?? '')).map((device, i) => [device.key, i + 3]));
  for (const device of [...devices].sort((a, b) => Number('busNumber' in b) - Number('busNumber' in a))) {
    const type = typeNameOf(device);
    const family = familyOf(type)?.name ?? '';
    if (BUILT_IN.has(family)) continue;
    const problem = unfit(device, family, name);
    if (problem) warnings.push(problem);
    if (TYPES[family] === undefined) continue;
    lines.push(...item({
      ElementName: device.deviceInfo?.label ?? type, InstanceID: ids.get(device.key)!, ResourceType: TYPES[family],
      ResourceSubType: options.has('nodevicesubtypes') && family === 'nic' ? undefined : (SUBTYPES[type] ?? (family === 'cdrom' ? 'vmware.cdrom.remotepassthrough' : undefined)),
      ...('busNumber' in device ? { Address: Number(device.busNumber) } : {}),
      ...(['disk', 'cdrom'].includes(family) ? { Parent: ids.get(device.controllerKey!), AddressOnParent: device.unitNumber } : {}),
      ...(family === 'disk' ? { HostResource: `ovf:/disk/${disks.find((disk) => disk.device.key === device.key)!.id}` } : {}),
      ...(family === 'nic' ? {
        AddressOnParent: device.unitNumber, AutomaticAllocation: String(device.connectable?.startConnected ?? true), Connection: networkName(tx, device),
        ...(options.has('mac') ? { Address: (device as VirtualEthernetCard).macAddress } : {}),
      } : {}),
      ...(['cdrom', 'floppy', 'serial'].includes(family) ? { AutomaticAllocation: 'false' } : {}),
    }, ['cdrom', 'floppy', 'serial', 'usb', 'xhci', 'sound'].includes(family)));
  }
  return { items: lines, warnings };
}

/** Why a device does not come along; undefined when it does. */
function unfit(device: VirtualDevice, family: string, vmPath: string): LocalizedMethodFault | undefined {
  const backing = device.backing as { _type?: string; fileName?: string } | undefined;
  const label = device.deviceInfo?.label ?? String(device.key);
  if (TYPES[family] === undefined) return fault('OvfUnsupportedDeviceExport', { device, vmPath }, `The device '${label}' of '${vmPath}' cannot be exported.`).localized();
  if (family === 'cdrom' && backing?.fileName) return fault('OvfConnectedDeviceIso', { device, vmPath, filename: backing.fileName }, `The drive '${label}' of '${vmPath}' has the image ${backing.fileName}, which is not exported.`).localized();
  if (family === 'floppy' && backing?.fileName) return fault('OvfConnectedDeviceFloppy', { device, vmPath, filename: backing.fileName }, `The drive '${label}' of '${vmPath}' has the image ${backing.fileName}, which is not exported.`).localized();
  return undefined;
}
