// Where a new machine goes: the pool's compute resource, a host of it that can run things, a datastore, a directory.
import { fault, isSubtype, type ManagedObjectReference, type VirtualMachineConfigSpec } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { hash } from '../../runtime/random.ts';
import { findDatastore, invalidDatastore, locate, parseDatastorePath, splitPath, stat } from '../datastore/files.ts';
import { admit, hostRefusal } from '../admission.ts';
import { datacenterOf } from '../entity.ts';
import { LOAD } from '../load.ts';

/** Whether a host takes new or powered-on machines. */
export const usableHost = (tx: Transaction, host: ManagedObjectReference): boolean =>
  tx.get(host, 'runtime.connectionState') === 'connected' && tx.get(host, 'runtime.inMaintenanceMode') !== true;

/** Throws the fault that says why a host cannot run a machine now. */
export function requireUsable(tx: Transaction, host: ManagedObjectReference): void {
  if (!tx.has(host)) throw fault('ManagedObjectNotFound', { obj: host }, `The object 'vim.${host.type}:${host.value}' has already been deleted or has not been completely created`);
  if (tx.get(host, 'runtime.connectionState') !== 'connected') {
    throw fault('HostNotConnected', {}, `Unable to communicate with the remote host '${String(tx.get(host, 'name'))}', since it is disconnected.`);
  }
  if (tx.get(host, 'runtime.inMaintenanceMode') === true) {
    throw fault('InvalidHostState', { host }, `The operation is not allowed in the current state of the host '${String(tx.get(host, 'name'))}': it is in maintenance mode.`);
  }
}

/** The compute resource of a pool. Throws ManagedObjectNotFound or InvalidArgument for what is no pool. */
export function ownerOf(tx: Transaction, pool: ManagedObjectReference): ManagedObjectReference {
  if (!tx.has(pool)) throw fault('ManagedObjectNotFound', { obj: pool }, `The object 'vim.${pool.type}:${pool.value}' has already been deleted or has not been completely created`);
  if (!isSubtype(pool.type, 'ResourcePool')) throw fault('InvalidArgument', { invalidProperty: 'pool' }, 'A specified parameter was not correct: pool');
  return tx.get(pool, 'owner') as ManagedObjectReference;
}

/** The host asked for, or the usable one with the fewest machines; ties are broken by the machine's name. */
export function chooseHost(tx: Transaction, pool: ManagedObjectReference, asked: ManagedObjectReference | undefined, name: string): ManagedObjectReference {
  const owner = ownerOf(tx, pool);
  const hosts = (tx.get(owner, 'host') ?? []) as readonly ManagedObjectReference[];
  if (asked) {
    const parent = tx.get(asked, 'parent') as ManagedObjectReference | undefined;
    if (tx.has(asked) && parent?.value !== owner.value) {
      throw fault('InvalidArgument', { invalidProperty: 'host' }, 'A specified parameter was not correct: host (it is not in the compute resource of the pool)');
    }
    requireUsable(tx, asked);
    return asked;
  }
  const usable = hosts.filter((host) => usableHost(tx, host));
  if (usable.length === 0) {
    if (hosts.length === 1) requireUsable(tx, hosts[0]!);
    throw fault('NoCompatibleHost', {}, `No host of '${String(tx.get(owner, 'name'))}' can run the virtual machine: none is connected and out of maintenance mode.`);
  }
  const load = (host: ManagedObjectReference) => ((tx.get(host, 'vm') ?? []) as readonly unknown[]).length;
  const least = Math.min(...usable.map(load));
  const best = usable.filter((host) => load(host) === least);
  return best[hash(name) % best.length]!;
}

/**
 * Where a machine is powered on: the host asked for, else its own; DRS of a fully automated cluster takes another one
 * when that cannot run it. Throws what the host or its resource pool objects to.
 */
export function powerOnHost(tx: Transaction, vm: ManagedObjectReference, asked?: ManagedObjectReference): ManagedObjectReference {
  const own = tx.get(vm, 'runtime.host') as ManagedObjectReference;
  if (asked || (usableHost(tx, own) && !hostRefusal(tx, vm, own))) {
    requireUsable(tx, asked ?? own);
    admit(tx, vm, asked ?? own);
    return asked ?? own;
  }
  const other = rankedHosts(tx, tx.get(own, 'parent') as ManagedObjectReference, vm)[0];
  const drs = tx.get(tx.get(own, 'parent') as ManagedObjectReference, 'configurationEx.drsConfig') as { enabled?: boolean; defaultVmBehavior?: string } | undefined;
  if (!other || !drs?.enabled || drs.defaultVmBehavior !== 'fullyAutomated') {
    requireUsable(tx, own);
    admit(tx, vm, own);
    return own;
  }
  admit(tx, vm, other);
  return other;
}

/** The hosts of a compute resource that can run the machine, the least loaded first. */
export function rankedHosts(tx: Transaction, computeResource: ManagedObjectReference, vm: ManagedObjectReference): ManagedObjectReference[] {
  const hosts = (tx.get(computeResource, 'host') ?? []) as readonly ManagedObjectReference[];
  const load = (host: ManagedObjectReference) => ((tx.get(host, '_load') ?? []) as readonly number[])[LOAD.running] ?? 0;
  const needed = (tx.get(vm, 'datastore') ?? []) as readonly ManagedObjectReference[];
  const sees = (host: ManagedObjectReference) => {
    const seen = (tx.get(host, 'datastore') ?? []) as readonly ManagedObjectReference[];
    return needed.every((datastore) => seen.some((ref) => ref.value === datastore.value));
  };
  return hosts.filter((host) => usableHost(tx, host) && sees(host) && !hostRefusal(tx, vm, host)).sort((a, b) => load(a) - load(b));
}

export interface Place {
  readonly datastore: ManagedObjectReference;
  readonly directory: string;
  /** Name of the .vmx inside the directory. */
  readonly vmx: string;
}

/**
 * Where the files go. `[ds]` makes a directory of the machine's name (or name_1 …); `[ds] dir/x.vmx` is taken as it is;
 * nothing means the first datastore of the host. Throws InvalidDatastore, InvalidDatastorePath.
 */
export function choosePlace(tx: Transaction, name: string, spec: VirtualMachineConfigSpec, pool: ManagedObjectReference, host: ManagedObjectReference): Place {
  const text = spec.files?.vmPathName;
  const datacenter = datacenterOf(tx, pool);
  if (text === undefined || text.trim() === '') {
    const first = ((tx.get(host, 'datastore') ?? []) as readonly ManagedObjectReference[])[0];
    if (!first) throw fault('InvalidDatastore', {}, `The host '${String(tx.get(host, 'name'))}' has no datastore.`);
    return { datastore: first, ...freshDirectory(tx, first, name) };
  }
  const { datastore: dsName } = parseDatastorePath(text);
  const { datastore, path } = locate(tx, text, { datacenter });
  if (!findDatastore(tx, dsName, { datacenter, host })) throw invalidDatastore(dsName);
  if (path === '') return { datastore, ...freshDirectory(tx, datastore, name) };
  if (!path.endsWith('.vmx')) {
    const directory = stat(tx, datastore, path)?.kind === 'file' ? splitPath(path)[0] : path;
    return { datastore, directory, vmx: `${fileStem(name)}.vmx` };
  }
  const [directory, vmx] = splitPath(path);
  return { datastore, directory, vmx };
}

/** A machine's name as a file name. */
export const fileStem = (name: string): string => name.replace(/[/\\:*?"<>|%]/g, '_').slice(0, 64);

/** A directory for a new machine and its .vmx: its name, or name_1 … */
export function freshDirectory(tx: Transaction, datastore: ManagedObjectReference, name: string): { directory: string; vmx: string } {
  const stem = fileStem(name);
  for (let n = 0; ; n++) {
    const directory = n === 0 ? stem : `${stem}_${n}`;
    if (!stat(tx, datastore, directory)) return { directory, vmx: `${stem}.vmx` };
  }
}
