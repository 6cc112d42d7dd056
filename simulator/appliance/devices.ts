// The devices that VIC gives its virtual machines, as a config spec adds them.
import type { ManagedObjectReference, VirtualDevice, VirtualDeviceConfigSpec } from '../../core/vim25/index.ts';
import type { Transaction } from '../store/transaction.ts';

type Device = Omit<Partial<VirtualDevice>, 'backing'> & { readonly _type: string; readonly key: number; readonly backing?: object } & Readonly<Record<string, unknown>>;

const add = (device: Device, fileOperation?: 'create'): VirtualDeviceConfigSpec =>
  ({ _type: 'VirtualDeviceConfigSpec', operation: 'add', ...(fileOperation ? { fileOperation } : {}), device }) as unknown as VirtualDeviceConfigSpec;

const IDE = -201;
const SCSI = -202;
const FLAT = { _type: 'VirtualDiskFlatVer2BackingInfo', diskMode: 'persistent' };

/** PCI slots of network adapters: 192, 224, 256 … */
export const slotAt = (index: number): number => 192 + 32 * index;

/** IDE and paravirtual SCSI controllers. */
export const controllers = (): VirtualDeviceConfigSpec[] => [
  add({ _type: 'VirtualIDEController', key: IDE, busNumber: 0 }),
  add({ _type: 'ParaVirtualSCSIController', key: SCSI, busNumber: 0, sharedBus: 'noSharing' }),
];

/** A vmxnet3 adapter on a standard network or a distributed port group. */
export function adapter(tx: Transaction, network: ManagedObjectReference, slot: number): VirtualDeviceConfigSpec {
  const slotInfo = { _type: 'VirtualDevicePciBusSlotInfo', pciSlotNumber: slot };
  const base = { _type: 'VirtualVmxnet3', key: -300 - slot, slotInfo };
  if (network.type !== 'DistributedVirtualPortgroup') {
    return add({ ...base, backing: { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: String(tx.get(network, 'name')), network } });
  }
  const group = tx.props<'DistributedVirtualPortgroup'>(network);
  const switchUuid = String(tx.get(group.config!.distributedVirtualSwitch!, 'uuid'));
  return add({ ...base, backing: { _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo', port: { switchUuid, portgroupKey: group.key! } } });
}

/** A CD drive with an image in it. */
export const cdrom = (iso: string): VirtualDeviceConfigSpec =>
  add({
    _type: 'VirtualCdrom', key: -1, controllerKey: IDE, unitNumber: 0, backing: { _type: 'VirtualCdromIsoBackingInfo', fileName: iso },
    connectable: { startConnected: true, allowGuestControl: true, connected: true },
  });

/** A thin disk of its own; with a layer one that builds on that disk. */
export const rootDisk = (fileName: string, capacityInKB: number, layer?: string): VirtualDeviceConfigSpec =>
  add({
    _type: 'VirtualDisk', key: -400, controllerKey: SCSI, unitNumber: 0, capacityInKB,
    backing: {
      ...FLAT, fileName, thinProvisioned: true,
      ...(layer === undefined ? {} : { parent: { ...FLAT, fileName: layer } }),
    },
  }, 'create');

/** The disk of a volume, which is there already. */
export const volume = (fileName: string, capacityInKB: number, index: number): VirtualDeviceConfigSpec =>
  add({
    _type: 'VirtualDisk', key: -401 - index, controllerKey: SCSI, unitNumber: index < 6 ? index + 1 : index + 2, capacityInKB,
    backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName, diskMode: 'independent_persistent', thinProvisioned: true },
  });

/** A serial port that calls out to an address. */
export const serialToAddress = (key: number, serviceURI: string): VirtualDeviceConfigSpec =>
  add({
    _type: 'VirtualSerialPort', key, yieldOnPoll: true,
    backing: { _type: 'VirtualSerialPortURIBackingInfo', serviceURI, direction: 'client' },
    connectable: { startConnected: true, allowGuestControl: true, connected: true },
  });

/** A serial port that writes to a file. */
export const serialToFile = (key: number, fileName: string): VirtualDeviceConfigSpec =>
  add({
    _type: 'VirtualSerialPort', key, yieldOnPoll: true, backing: { _type: 'VirtualSerialPortFileBackingInfo', fileName },
    connectable: { startConnected: true, allowGuestControl: true, connected: true },
  });
