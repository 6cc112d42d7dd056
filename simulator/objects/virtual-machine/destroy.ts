// The end of a machine: Destroy_Task deletes its files, UnregisterVM leaves them behind.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { contentOf } from '../datastore/content.ts';
import { joinPath, list, removePath, setContent, stat } from '../datastore/files.ts';
import { deleteLink, linkKey, linkPlace, linksElsewhere, linksOf, statesOf } from './disk-chains.ts';
import { settleObjects } from '../vstorage/attach.ts';
import { powerStateOf, wrongPowerState } from './power.ts';
import { homeOf } from './reconfigure.ts';
import { forgetSnapshots } from './snapshots.ts';

/** Deletes the machine with its own files. Throws InvalidPowerState while it runs. */
export function destroyVirtualMachine(tx: Transaction, vm: ManagedObjectReference): void {
  const state = powerStateOf(tx, vm);
  if (state !== 'poweredOff') throw wrongPowerState(state, 'poweredOff');
  deleteFiles(tx, vm);
  forgetSnapshots(tx, vm);
  tx.remove(vm);
}

/** Removes the machine from the inventory; its files stay, and its .vmx keeps the text that it had. */
export function unregisterVirtualMachine(tx: Transaction, vm: ManagedObjectReference): void {
  const state = powerStateOf(tx, vm);
  if (state === 'poweredOn') throw wrongPowerState(state, 'poweredOff');
  keepVmx(tx, vm);
  forgetSnapshots(tx, vm);
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
export const OWN = /\.(vmx|vmxf|vmxtx|vmtx|nvram|vmsd|vmsn|vmss|vmem|vswp|log|hlog)$/;

/**
 * Deletes the machine's disks, wherever they are, and the files of its own; the directory goes when nothing is left in it.
 * Disks that other machines use, too, first class disks that are to be kept, and files that users uploaded stay. That an attached disk goes along is why delete of
 * VIC must detach volumes first (DIV-06 of the guide's statements).
 */
function deleteFiles(tx: Transaction, vm: ManagedObjectReference): void {
  const { datastore, directory, stem } = homeOf(tx, vm);
  const links = [...linksOf(tx, statesOf(tx, vm)).values()].map((link) => linkPlace(link)!);
  const kept = settleObjects(tx, vm);
  const elsewhere = links.length === 0 ? new Set<string>() : linksElsewhere(tx, vm, new Set(links.map((place) => place.datastore)));
  for (const place of links) if (!elsewhere.has(linkKey(place)) && !kept.has(linkKey(place))) deleteLink(tx, place);
  if (stat(tx, datastore, directory)?.kind !== 'directory' || directory === '') {
    for (const suffix of ['.vmx', '.nvram']) if (stat(tx, datastore, stem + suffix)) removePath(tx, datastore, stem + suffix);
    return;
  }
  for (const { name, kind } of list(tx, datastore, directory)) {
    if (kind === 'file' && OWN.test(name) && (name.startsWith(stem) || name.startsWith('vmware'))) removePath(tx, datastore, joinPath(directory, name));
  }
  if (list(tx, datastore, directory).length === 0) removePath(tx, datastore, directory);
}
