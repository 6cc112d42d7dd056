// Moving a host, with its machines, between clusters and standalone compute resources.
import { fault, isSubtype, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Transaction } from '../store/transaction.ts';
import { datacenterOf } from './entity.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const list = (tx: Transaction, ref: Ref, path: string): Refs => [...((tx.get(ref, path) ?? []) as Refs)].filter((item) => tx.has(item));

/** Throws unless the host may leave where it is: a standalone host may, one of a cluster in maintenance mode only. */
export function mustBeMovable(tx: Transaction, host: Ref, to: Ref): void {
  const wrong = (why: string) => fault('InvalidArgument', { invalidProperty: 'host' }, why);
  if (!tx.has(host) || !isSubtype(host.type, 'HostSystem')) throw wrong(`There is no host ${host.value}.`);
  const name = String(tx.get(host, 'name'));
  const from = tx.get(host, 'parent') as Ref;
  if (from.value === to.value) throw wrong(`Host '${name}' is in '${String(tx.get(to, 'name'))}' already.`);
  if (datacenterOf(tx, host)?.value !== datacenterOf(tx, to)?.value) throw wrong(`Host '${name}' is in another datacenter.`);
  if (isSubtype(from.type, 'ClusterComputeResource') && tx.get(host, 'runtime.inMaintenanceMode') !== true) {
    throw fault('InvalidState', {}, `Host '${name}' must be in maintenance mode to leave its cluster.`);
  }
}

/**
 * Puts a host below another compute resource. Its machines go to `pool`; a standalone host brings its vApps along, and
 * its resource pools when `keepPools`. The shell of a standalone host goes.
 */
export function moveHost(tx: Transaction, host: Ref, to: Ref, pool: Ref, keepPools: boolean): void {
  const from = tx.get(host, 'parent') as Ref;
  const standalone = !isSubtype(from.type, 'ClusterComputeResource');
  const browser = tx.get(to, 'environmentBrowser') as Ref | undefined;
  const moved = new Set<string>();
  if (standalone) for (const child of list(tx, tx.get(from, 'resourcePool') as Ref, 'resourcePool')) {
    if (child.type !== 'VirtualApp' && !keepPools) continue;
    tx.set(child, 'parent', pool);
    adopt(tx, child, to, moved);
  }
  for (const vm of list(tx, host, 'vm')) {
    if (browser) tx.set(vm, 'environmentBrowser', browser);
    const current = tx.get(vm, 'resourcePool') as Ref | undefined;
    if (current === undefined || moved.has(current.value)) continue;
    tx.set(vm, 'resourcePool', pool);
    if (tx.get(vm, 'parentVApp') !== undefined) leaveVApp(tx, vm);
  }
  tx.set(host, 'parent', to);
  if (standalone) dropShell(tx, from);
}

/** Pools that move belong to their new compute resource, with everything below them. */
function adopt(tx: Transaction, pool: Ref, owner: Ref, moved: Set<string>): void {
  moved.add(pool.value);
  tx.set(pool, 'owner', owner);
  for (const child of list(tx, pool, 'resourcePool')) adopt(tx, child, owner, moved);
}

function leaveVApp(tx: Transaction, vm: Ref): void {
  tx.set(vm, 'parentVApp', undefined);
  if (tx.get(vm, 'parent') === undefined) tx.set(vm, 'parent', tx.get(datacenterOf(tx, tx.get(vm, 'runtime.host') as Ref)!, 'vmFolder'));
}

function dropShell(tx: Transaction, computeResource: Ref): void {
  for (const pool of list(tx, computeResource, '_pools')) if ((tx.get(pool, 'owner') as Ref).value === computeResource.value) tx.remove(pool);
  tx.remove(tx.get(computeResource, 'environmentBrowser') as Ref);
  tx.remove(computeResource);
}
