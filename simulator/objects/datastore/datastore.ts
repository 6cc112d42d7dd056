// Datastore: renaming, removal, and the values that follow from its name and files. Made by ../datastore-create.ts.
import { fault, type DatastoreHostMount, type DatastoreInfo, type DatastoreSummary, type ManagedObjectReference, type StoragePlacementResult } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Rule } from '../../store/derive.ts';
import type { Transaction } from '../../store/transaction.ts';
import { mountsFollowHosts, unmount } from '../datastore-create.ts';
import { datacenterOf, validName } from '../entity.ts';
import { refreshStorage } from '../host-system/host-disks.ts';
import { recordsOn, removeRecord } from '../vstorage/record.ts';
import { dropRoot, findDatastore } from './files.ts';

/** Free space and name, wherever they are shown, from the bytes in use and the entity's name. */
const shown: Rule = {
  type: 'Datastore',
  inputs: ['_used', '_promised', 'name'],
  derive(props) {
    const summary = props['summary'] as DatastoreSummary;
    const info = props['info'] as DatastoreInfo & { readonly vmfs?: object; readonly nas?: object };
    const name = String(props['name']);
    const freeSpace = Math.max(0, Number(summary.capacity) - Number(props['_used'] ?? 0));
    const uncommitted = Number(props['_promised'] ?? 0);
    if (summary.freeSpace === freeSpace && summary.uncommitted === uncommitted && summary.name === name && info.name === name) return undefined;
    return {
      summary: { ...summary, name, freeSpace, uncommitted },
      info: { ...info, name, freeSpace, ...(info.vmfs ? { vmfs: { ...info.vmfs, name } } : {}), ...(info.nas ? { nas: { ...info.nas, name } } : {}) },
    };
  },
};

/** Gives a datastore another name. Throws InvalidName, DuplicateName. */
export function renameDatastore(tx: Transaction, datastore: ManagedObjectReference, newName: string): void {
  const name = validName(newName, datastore);
  const other = findDatastore(tx, name, { datacenter: datacenterOf(tx, datastore) });
  if (other && other.value !== datastore.value) throw fault('DuplicateName', { name, object: other }, `The name '${name}' already exists.`);
  if (name === tx.get(datastore, 'name')) return;
  tx.set(datastore, 'name', name);
  for (const { key } of (tx.get(datastore, 'host') ?? []) as readonly DatastoreHostMount[]) refreshStorage(tx, key);
}

/** Puts a datastore into maintenance mode: that is reached when no machine has files on it. */
function enterMaintenance({ sim, tx, self, session }: TransactionContext): StoragePlacementResult {
  const { ref } = self;
  const name = String(tx.get(ref, 'name'));
  if (tx.get(ref, 'summary.maintenanceMode') !== 'normal') throw fault('InvalidState', {}, `The datastore '${name}' is in maintenance mode already.`);
  const task = sim.tasks.start(tx, {
    name: 'DatastoreEnterMaintenanceMode', descriptionId: 'Datastore.enterMaintenanceMode', entity: ref, userName: session.userName,
    run: (inner) => {
      const machines = (inner.get(ref, 'vm') ?? []) as readonly ManagedObjectReference[];
      if (machines.length > 0) {
        throw fault('InvalidState', {}, `The datastore '${name}' cannot enter maintenance mode while virtual machines have files on it: move away ${machines.map((vm) => String(inner.get(vm, 'name'))).slice(0, 5).join(', ')}${machines.length > 5 ? ' and others' : ''}.`);
      }
      inner.set(ref, 'summary.maintenanceMode', 'inMaintenance');
    },
  });
  return { task } as StoragePlacementResult;
}

/** Removes a datastore with its files. Throws ResourceInUse while machines are on it. */
export function destroyDatastore(tx: Transaction, datastore: ManagedObjectReference): void {
  const { name, vm, browser } = tx.props<'Datastore'>(datastore);
  if (vm && vm.length > 0) {
    throw fault('ResourceInUse', { type: 'Datastore', name }, `The resource '${name}' is in use: ${vm.length} virtual machine${vm.length === 1 ? ' has' : 's have'} files on it.`);
  }
  for (const host of tx.all('HostSystem')) unmount(tx, host, datastore);
  for (const object of recordsOn(tx, datastore, true)) removeRecord(tx, object);
  dropRoot(tx, datastore);
  if (browser) tx.remove(browser);
  tx.remove(datastore);
}

export const datastore = define(
  'Datastore',
  {
    RefreshDatastore: ({ sim, tx, self }) => {
      const info = tx.props<'Datastore'>(self.ref).info!;
      tx.set(self.ref, 'info', { ...info, timestamp: sim.clock.now() });
    },
    // Storage information is derived from the files at every commit.
    RefreshDatastoreStorageInfo: () => undefined,
    DatastoreEnterMaintenanceMode: enterMaintenance,
    DatastoreExitMaintenanceMode_Task: {
      task: ({ tx, self }) => {
        if (tx.get(self.ref, 'summary.maintenanceMode') === 'normal') throw fault('InvalidState', {}, `The datastore '${String(tx.get(self.ref, 'name'))}' is not in maintenance mode.`);
        tx.set(self.ref, 'summary.maintenanceMode', 'normal');
      },
    },
    UpdateVirtualMachineFiles_Task: {
      task: ({ tx }, { mountPathDatastoreMapping }) => {
        for (const { datastore: target } of mountPathDatastoreMapping) {
          if (target.type !== 'Datastore' || !tx.has(target)) throw fault('InvalidDatastore', { datastore: target, name: target.value }, `The datastore ${target.value} is not valid or was not found.`);
        }
        // The names of a machine's files follow their datastores at every commit: none is out of date.
        return { failedVmFile: [] };
      },
    },
    IsClusteredVmdkEnabled: ({ tx, self }) => tx.get(self.ref, 'capability.clusteredVmdkSupported') === true,
    RenameDatastore: ({ tx, self }, { newName }) => renameDatastore(tx, self.ref, newName),
    Rename_Task: { task: ({ tx, self }, { newName }) => renameDatastore(tx, self.ref, newName) },
    DestroyDatastore: ({ tx, self }) => destroyDatastore(tx, self.ref),
    Destroy_Task: { task: ({ tx, self }) => destroyDatastore(tx, self.ref) },
  },
  { relations: [{ type: 'HostSystem', path: 'datastore', inverse: '_hosts', targets: ['Datastore'] }], rules: [mountsFollowHosts, shown] },
);
