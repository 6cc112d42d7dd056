// First class disks in machines: AttachDisk_Task, DetachDisk_Task, and what becomes of them when the machine is deleted.
import { fault, type ManagedObjectReference, type VirtualDevice, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath } from '../datastore/files.ts';
import { isFamily, unitsOf, familyOf, typeNameOf } from '../virtual-machine/device-types.ts';
import { chainOf, linkKey, linkPlace, statesOf } from '../virtual-machine/disk-chains.ts';
import { reconfigure } from '../virtual-machine/reconfigure.ts';
import { allRecords, consumerOf, findAnywhere, findRecord, removeRecord, requireDetached } from './record.ts';

type Ref = ManagedObjectReference;

export interface AttachArgs {
  readonly diskId: { readonly id: string };
  readonly datastore: Ref;
  readonly controllerKey?: number | undefined;
  readonly unitNumber?: number | undefined;
}

/** Plugs an object into a machine. Throws NotFound, InvalidState, InvalidController, MissingController. */
export function attachDisk(sim: Simulation, tx: Transaction, vm: Ref, { diskId, datastore, controllerKey, unitNumber }: AttachArgs): void {
  const object = findRecord(tx, diskId, datastore);
  requireDetached(tx, object, 'attaching');
  const key = controllerKey || freeController(tx, vm);
  const device = {
    _type: 'VirtualDisk', key: -1, controllerKey: key, unitNumber: unitNumber !== undefined && unitNumber >= 0 && controllerKey ? unitNumber : -1, capacityInKB: 0, vDiskId: { id: object.id },
    backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: describePath(tx, object.datastore, object.path), diskMode: 'persistent' },
  } as unknown as VirtualDevice;
  reconfigure(sim, tx, vm, { deviceChange: [{ operation: 'add', device }] });
}

/** The first controller for disks that has a place. */
function freeController(tx: Transaction, vm: Ref): number {
  const devices = (tx.get(vm, 'config') as VirtualMachineConfigInfo).hardware.device ?? [];
  for (const name of ['scsi', 'nvme', 'sata']) for (const controller of devices.filter((device) => isFamily(device, name))) {
    const { count, reserved } = unitsOf(familyOf(typeNameOf(controller))!);
    const used = devices.filter((device) => device.controllerKey === controller.key).length;
    if (used < count - (reserved >= 0 ? 1 : 0)) return controller.key;
  }
  throw fault('MissingController', { deviceIndex: 0, property: 'controllerKey' }, `The virtual machine '${String(tx.get(vm, 'name'))}' has no controller with a free place for a disk.`);
}

/** Unplugs an object; its files stay. Throws NotFound when the machine does not have it, InvalidState when a snapshot does. */
export function detachDisk(sim: Simulation, tx: Transaction, vm: Ref, diskId: { readonly id: string }): void {
  const object = findAnywhere(tx, diskId);
  const consumer = consumerOf(tx, object);
  if (consumer?.vm.value !== vm.value) throw fault('NotFound', {}, `The virtual storage object '${object.name}' is not attached to '${String(tx.get(vm, 'name'))}'.`);
  const place = linkKey({ datastore: object.datastore, path: object.path });
  const held = statesOf(tx, vm).slice(1).some((state) => ((tx.get(state, 'config') as VirtualMachineConfigInfo).hardware.device ?? []).some((device) => chainOf(device).some((link) => linkKey(linkPlace(link)!) === place)));
  if (held) throw fault('InvalidState', {}, `A snapshot of '${String(tx.get(vm, 'name'))}' has the virtual storage object '${object.name}': remove it before detaching.`);
  reconfigure(sim, tx, vm, { deviceChange: [{ operation: 'remove', device: consumer.device }] });
}

/** Files of a machine's disks that outlive it, because the object is to be kept; those that do not are forgotten. */
export function settleObjects(tx: Transaction, vm: Ref): ReadonlySet<string> {
  const kept = new Set<string>();
  for (const object of [...allRecords(tx)]) {
    const consumer = consumerOf(tx, object);
    if (consumer?.vm.value !== vm.value) continue;
    if (!object.flags.includes('keepAfterDeleteVm')) {
      removeRecord(tx, object);
      continue;
    }
    const links = chainOf(consumer.device).map((link) => linkKey(linkPlace(link)!));
    const own = links.indexOf(linkKey({ datastore: object.datastore, path: object.path }));
    for (const link of links.slice(Math.max(0, own))) kept.add(link);
  }
  return kept;
}
