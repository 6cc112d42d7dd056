// The files of a machine as devices of a lease: how they are called on both sides of a transfer.
import { toNumber, type ManagedObjectReference, type VirtualController, type VirtualDevice, type VirtualDisk, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { joinPath, parseDatastorePath, stat } from '../datastore/files.ts';
import { isFamily, typeNameOf } from '../virtual-machine/device-types.ts';
import { homeOf } from '../virtual-machine/reconfigure.ts';
import type { LeaseDevice } from './leases.ts';

type Ref = ManagedObjectReference;

/** 'VirtualLsiLogicController0:1': where a drive is. */
export function placeName(devices: readonly VirtualDevice[], device: VirtualDevice): string {
  const controller = devices.find(({ key }) => key === device.controllerKey) as (VirtualController & VirtualDevice) | undefined;
  return controller ? `${typeNameOf(controller)}${controller.busNumber}:${device.unitNumber ?? 0}` : `${typeNameOf(device)}${device.key}`;
}

const devicesOf = (tx: Transaction, state: Ref): readonly VirtualDevice[] => (tx.get(state, 'config') as VirtualMachineConfigInfo).hardware.device ?? [];

const diskOf = (device: VirtualDevice): { datastore: Ref; path: string } | undefined => {
  const backing = device.backing as { fileName?: string; datastore?: Ref } | undefined;
  return backing?.fileName && backing.datastore ? { datastore: backing.datastore, path: parseDatastorePath(backing.fileName).path } : undefined;
};

const isEmptyIso = (device: VirtualDevice): boolean => {
  const backing = device.backing as { _type?: string; fileName?: string } | undefined;
  return isFamily(device, 'cdrom') && backing?._type === 'VirtualCdromIsoBackingInfo' && !backing.fileName;
};

/** What an import fills: the disks that it makes (not those of `attached`, which were there before) and drives with an image. */
export function importDevices(tx: Transaction, vm: Ref, path: string, attached: ReadonlySet<string>, first: number): LeaseDevice[] {
  const all = devicesOf(tx, vm);
  const { datastore: home, directory } = homeOf(tx, vm);
  const found: LeaseDevice[] = [];
  for (const device of all) {
    const name = placeName(all, device);
    const common = { key: `/${vm.value}/${name}`, importKey: `${path}/${name}`, vm, deviceKey: device.key };
    const n = first + found.length;
    const place = isFamily(device, 'disk') ? diskOf(device) : undefined;
    if (place && !attached.has((device.backing as { fileName?: string }).fileName ?? '')) {
      found.push({ ...common, file: `disk-${n}.vmdk`, disk: true, ...place, capacityBytes: toNumber((device as VirtualDisk).capacityInBytes ?? 0) });
    } else if (isEmptyIso(device)) found.push({ ...common, file: `file-${n}.iso`, disk: false, datastore: home, path: joinPath(directory, `file-${n}.iso`), capacityBytes: 0 });
  }
  return found;
}

/** What an export gives out: every disk that is a file of its own, and the memory of the BIOS. `state` is the machine or a snapshot of it. */
export function exportDevices(tx: Transaction, vm: Ref, state: Ref, first: number): LeaseDevice[] {
  const all = devicesOf(tx, state);
  const found: LeaseDevice[] = [];
  for (const device of all) {
    const place = isFamily(device, 'disk') ? diskOf(device) : undefined;
    if (!place) continue;
    const name = placeName(all, device);
    found.push({ key: `/${vm.value}/${name}`, importKey: '', file: `disk-${first + found.length}.vmdk`, disk: true, vm, deviceKey: device.key, ...place, capacityBytes: toNumber((device as VirtualDisk).capacityInBytes ?? 0) });
  }
  const { datastore, directory, stem } = homeOf(tx, vm);
  const nvram = joinPath(directory, `${stem}.nvram`);
  if (stat(tx, datastore, nvram)) found.push({ key: `/${vm.value}/nvram`, importKey: '', file: first === 0 ? `${stem}.nvram` : `${vm.value}.nvram`, disk: false, vm, deviceKey: undefined, datastore, path: nvram, capacityBytes: 0 });
  return found;
}
