// Where a new machine goes when the request says little: what vCenter would choose from what was said.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { invalid } from '../errors.ts';
import type { Input } from '../input.ts';

type Ref = ManagedObjectReference;

const refs = (tx: Transaction, ref: Ref, path: string): readonly Ref[] => (tx.get(ref, path) ?? []) as readonly Ref[];

/** The object that a field names. Throws INVALID_ARGUMENT when there is none of these types. */
export function named(tx: Transaction, input: Input | undefined, field: string, ...types: readonly string[]): Ref | undefined {
  const id = input?.optionalText(field);
  if (id === undefined || id === '') return undefined;
  const type = types.find((one) => tx.has({ type: one, value: id }) && tx.typeOf(id) === one);
  if (type === undefined) throw invalid(`${field} is "${id}"; there is no such ${types.join(' or ')}.`);
  return { type, value: id };
}

/** The compute resource that a pool belongs to. */
export const ownerOf = (tx: Transaction, pool: Ref): Ref => tx.get(pool, 'owner') as Ref;

export const poolOf = (tx: Transaction, compute: Ref): Ref => tx.get(compute, 'resourcePool') as Ref;

const computeOf = (tx: Transaction, host: Ref): Ref => tx.get(host, 'parent') as Ref;

export interface Target {
  readonly pool: Ref;
  readonly folder: Ref | undefined;
  readonly host: Ref | undefined;
}

/** Pool, folder and host of a placement; `like` is a machine that says the rest. */
export function placementOf(tx: Transaction, placement: Input | undefined, like?: Ref): Target {
  const host = named(tx, placement, 'host', 'HostSystem');
  const cluster = named(tx, placement, 'cluster', 'ClusterComputeResource', 'ComputeResource');
  const near = like && (tx.get(like, 'runtime.host') as Ref | undefined);
  const compute = cluster ?? (host && computeOf(tx, host)) ?? (near && computeOf(tx, near));
  const pool = named(tx, placement, 'resource_pool', 'ResourcePool', 'VirtualApp') ?? (like && placement?.has('host') !== true && placement?.has('cluster') !== true ? (tx.get(like, 'resourcePool') as Ref | undefined) : undefined) ?? (compute && poolOf(tx, compute));
  if (!pool) throw invalid('placement says too little: give a resource_pool, a cluster or a host.');
  return { pool, host, folder: named(tx, placement, 'folder', 'Folder') ?? (like && (tx.get(like, 'parent') as Ref | undefined)) };
}

/** A datastore for a machine in the pool: the preferred one when its hosts have it, else their first. */
export function datastoreFor(tx: Transaction, pool: Ref, preferred: Ref | undefined): Ref {
  const there = refs(tx, ownerOf(tx, pool), 'datastore');
  const found = there.find(({ value }) => value === preferred?.value) ?? there[0];
  if (!found) throw invalid('The hosts of the resource pool have no datastore.');
  return found;
}

/** A network for a machine in the pool: that of the name, else the first plain one. */
export function networkFor(tx: Transaction, pool: Ref, name: string): Ref | undefined {
  const there = refs(tx, ownerOf(tx, pool), 'network');
  return there.find((ref) => tx.get(ref, 'name') === name) ?? there.find(({ type }) => type === 'Network') ?? there[0];
}
