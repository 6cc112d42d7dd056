// Taking hosts, compute resources and pools out of the inventory with everything that only they hold up.
import { fault, isSubtype, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';
import { dropRoot } from './datastore/files.ts';
import { leaveDvs } from './dvs/dvs-members.ts';
import { LOAD } from './load.ts';
import { keepVmx } from './virtual-machine/destroy.ts';
import { forgetSnapshots } from './virtual-machine/snapshots.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const list = (tx: Transaction, ref: Ref, path: string): Refs => [...((tx.get(ref, path) ?? []) as Refs)].filter((item) => tx.has(item));

/** Forgets a virtual machine; its files stay. */
export function forgetMachine(tx: Transaction, vm: Ref): void {
  keepVmx(tx, vm);
  forgetSnapshots(tx, vm);
  tx.remove(vm);
}

/** Forgets a datastore and its files. */
export function forgetDatastore(tx: Transaction, datastore: Ref): void {
  for (const host of list(tx, datastore, '_hosts')) {
    tx.set(host, 'datastore', list(tx, host, 'datastore').filter((item) => item.value !== datastore.value));
  }
  dropRoot(tx, datastore);
  const browser = tx.get(datastore, 'browser') as Ref | undefined;
  if (browser) tx.remove(browser);
  tx.remove(datastore);
}

/** Takes a host out of the inventory with its virtual machines, and with networks and datastores that no other host sees. */
export function removeHost(tx: Transaction, host: Ref): void {
  for (const vm of list(tx, host, 'vm')) forgetMachine(tx, vm);
  for (const dvs of [...tx.all('VmwareDistributedVirtualSwitch')]) leaveDvs(tx, dvs, host);
  for (const network of list(tx, host, 'network')) if (network.type === 'Network') dropUnusedNetwork(tx, network, host);
  for (const datastore of list(tx, host, 'datastore')) {
    if (list(tx, datastore, '_hosts').every((other) => other.value === host.value)) forgetDatastore(tx, datastore);
  }
  const commandLine = [tx.get(host, '_executer'), tx.get(host, '_typeManager')].filter((ref) => ref !== undefined) as Ref[];
  const stores = list(tx, (tx.get(host, 'configManager.authenticationManager') as Ref | undefined) ?? host, 'supportedStore');
  const managers = [...stores, ...Object.values((tx.get(host, 'configManager') ?? {}) as Props) as Refs, ...commandLine];
  for (const manager of managers) tx.remove(manager);
  tx.remove(tx.get(host, 'datastoreBrowser') as Ref);
  tx.remove(host);
}

/** Removes a standard network that no other host and no virtual machine uses. */
export function dropUnusedNetwork(tx: Transaction, network: Ref, leaving?: Ref): boolean {
  const others = list(tx, network, 'host').filter((host) => host.value !== leaving?.value);
  if (others.length > 0 || list(tx, network, 'vm').length > 0) return false;
  tx.remove(network);
  return true;
}

/** Removes a pool and everything below it, virtual machines excepted. */
export function removePoolTree(tx: Transaction, pool: Ref): void {
  for (const child of list(tx, pool, 'resourcePool')) removePoolTree(tx, child);
  tx.remove(pool);
}

/** Hosts of a cluster leave it in maintenance mode or disconnected: throws InvalidState while one runs machines. */
export function mustBeIdle(tx: Transaction, computeResource: Ref): void {
  if (!isSubtype(computeResource.type, 'ClusterComputeResource')) return;
  for (const host of list(tx, computeResource, 'host')) {
    const running = ((tx.get(host, '_load') ?? []) as readonly number[])[LOAD.running] ?? 0;
    if (running === 0 || tx.get(host, 'runtime.connectionState') !== 'connected') continue;
    throw fault('InvalidState', {}, `The cluster '${String(tx.get(computeResource, 'name'))}' cannot be removed: ${running} virtual machines are running on host '${String(tx.get(host, 'name'))}'.`);
  }
}

/** Takes a compute resource out of the inventory, with its hosts. */
export function removeComputeResource(tx: Transaction, computeResource: Ref): void {
  for (const host of list(tx, computeResource, 'host')) removeHost(tx, host);
  removePoolTree(tx, tx.get(computeResource, 'resourcePool') as Ref);
  const browser = tx.get(computeResource, 'environmentBrowser') as Ref | undefined;
  if (browser) tx.remove(browser);
  tx.remove(computeResource);
}
