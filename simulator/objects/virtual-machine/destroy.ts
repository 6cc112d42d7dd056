// The end of a machine: Destroy_Task deletes its files, UnregisterVM leaves them behind.
import type { ManagedObjectReference, VirtualDevice, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { contentOf } from '../datastore/content.ts';
import { extentOf, joinPath, list, removePath, setContent, stat } from '../datastore/files.ts';
import { isFamily } from './device-types.ts';
import { deleteDiskFiles, diskPlace } from './disks.ts';
import { powerStateOf, wrongPowerState } from './power.ts';
import { homeOf } from './reconfigure.ts';

/** Deletes the machine with its own files. Throws InvalidPowerState while it runs. */
export function destroyVirtualMachine(tx: Transaction, vm: ManagedObjectReference): void {
  const state = powerStateOf(tx, vm);
  if (state !== 'poweredOff') throw wrongPowerState(state, 'poweredOff');
  deleteFiles(tx, vm);
  tx.remove(vm);
}

/** Removes the machine from the inventory; its files stay, and its .vmx keeps the text that it had. */
export function unregisterVirtualMachine(tx: Transaction, vm: ManagedObjectReference): void {
  const state = powerStateOf(tx, vm);
  if (state === 'poweredOn') throw wrongPowerState(state, 'poweredOff');
  keepVmx(tx, vm);
  tx.remove(vm);
}

/** Writes down the text of the .vmx, which follows from the machine as long as there is one. */
export function keepVmx(tx: Transaction, vm: ManagedObjectReference): void {
  const { datastore, directory, stem } = homeOf(tx, vm);
  const path = joinPath(directory, `${stem}.vmx`);
  const entry = stat(tx, datastore, path);
  if (entry?.vm === vm.value) setContent(tx, datastore, path, contentOf(tx, `${stem}.vmx`, entry) ?? '');
}

/** Files that belong to the machine called `stem` when they lie in its directory. */
const OWN = /\.(vmx|vmxf|vmxtx|vmtx|nvram|vmsd|vmsn|vmss|vmem|vswp|log|hlog)$/;

/**
 * Deletes the disks that the machine owns and the files of its own; the directory goes when nothing is left in it.
 * Disks elsewhere than in its directory, independent disks that others attach, and files that users uploaded stay:
 * what was not the machine's is not the machine's to delete.
 */
function deleteFiles(tx: Transaction, vm: ManagedObjectReference): void {
  const { datastore, directory, stem } = homeOf(tx, vm);
  const devices = (tx.get(vm, 'config') as VirtualMachineConfigInfo).hardware.device ?? [];
  const elsewhere = attachedElsewhere(tx, vm, datastore);
  for (const device of devices) if (isFamily(device, 'disk') && owns(device, datastore, directory, elsewhere)) deleteDiskFiles(tx, device);
  if (stat(tx, datastore, directory)?.kind !== 'directory' || directory === '') {
    for (const suffix of ['.vmx', '.nvram']) if (stat(tx, datastore, stem + suffix)) removePath(tx, datastore, stem + suffix);
    return;
  }
  for (const { name, kind } of list(tx, datastore, directory)) {
    if (kind === 'file' && OWN.test(name) && (name.startsWith(stem) || name.startsWith('vmware'))) removePath(tx, datastore, joinPath(directory, name));
  }
  if (list(tx, datastore, directory).length === 0) removePath(tx, datastore, directory);
}

function owns(device: VirtualDevice, datastore: ManagedObjectReference, directory: string, elsewhere: ReadonlySet<string>): boolean {
  const place = diskPlace(device);
  if (!place) return false;
  const inside = place.datastore.value === datastore.value && directory !== '' && place.path.startsWith(`${directory}/`);
  return inside && !elsewhere.has(place.path) && extentOf(place.path) !== place.path;
}

/** Disks on the datastore that other machines have attached. */
function attachedElsewhere(tx: Transaction, vm: ManagedObjectReference, datastore: ManagedObjectReference): ReadonlySet<string> {
  const paths = new Set<string>();
  const { directory } = homeOf(tx, vm);
  const marker = `] ${directory}/`;
  for (const other of (tx.get(datastore, 'vm') ?? []) as readonly ManagedObjectReference[]) {
    if (other.value === vm.value) continue;
    for (const device of (tx.get(other, 'config') as VirtualMachineConfigInfo | undefined)?.hardware.device ?? []) {
      const name = (device.backing as { fileName?: string } | undefined)?.fileName;
      if (name?.includes(marker)) paths.add(diskPlace(device)?.path ?? '');
    }
  }
  return paths;
}

