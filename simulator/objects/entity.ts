// What every inventory object has in common: default properties, names, and the way up to its datacenter.
// Reads forward references only (parent …), so it works inside a transaction that is still building.
import { fault, sameReference, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';

const EVERYTHING: readonly number[] = Object.freeze([-1]);
const NOTHING: readonly never[] = Object.freeze([]);

const COMMON = Object.freeze({
  overallStatus: 'green',
  configStatus: 'green',
  configIssue: NOTHING,
  effectiveRole: EVERYTHING,
  permission: NOTHING,
  disabledMethod: NOTHING,
  recentTask: NOTHING,
  declaredAlarmState: NOTHING,
  triggeredAlarmState: NOTHING,
  alarmActionsEnabled: true,
  tag: NOTHING,
  customValue: NOTHING,
  value: NOTHING,
  availableField: NOTHING,
});

/** The properties of a fresh managed entity, shared between all of them except name and parent. */
export const entityProps = (name: string, parent: ManagedObjectReference | undefined): Props =>
  parent === undefined ? { ...COMMON, name } : { ...COMMON, name, parent };

/** How vCenter spells a name in the inventory: '/', '\' and '%' are escaped, what is escaped already stays. */
export const escapeName = (name: string): string =>
  name.replace(/%(?!2f|5c|25)/gi, '%25').replaceAll('/', '%2f').replaceAll('\\', '%5c');

/** The escaped name. Throws InvalidName when it is empty or too long. */
export function validName(name: string, entity?: ManagedObjectReference): string {
  const escaped = escapeName(name);
  if (escaped.trim() === '' || escaped.length > 80) {
    throw fault('InvalidName', { name, entity }, `The name '${name}' is not valid: it must have 1 to 80 characters.`);
  }
  return escaped;
}

/** Whether an entity is shown below that folder or pool. */
const isBelow = (tx: Transaction, id: string, parent: ManagedObjectReference): boolean => {
  const props = tx.after(id);
  return sameReference(props?.['parent'] as ManagedObjectReference | undefined, parent) || sameReference(props?.['parentFolder'] as ManagedObjectReference | undefined, parent);
};

/** The child of that name, also one that this transaction made or moved here; machines of a pool are no children of it. */
export function childNamed(tx: Transaction, parent: ManagedObjectReference, name: string): ManagedObjectReference | undefined {
  const list = parent.type === 'ResourcePool' || parent.type === 'VirtualApp' ? 'resourcePool' : 'childEntity';
  for (const child of (tx.get(parent, list) ?? NOTHING) as readonly ManagedObjectReference[]) {
    if (tx.get(child, 'name') === name && isBelow(tx, child.value, parent)) return child;
  }
  for (const id of tx.touched()) {
    if (tx.after(id)?.['name'] === name && isBelow(tx, id, parent)) return { type: tx.typeOf(id), value: id };
  }
  return undefined;
}

/** Throws DuplicateName when the parent has another child of that (escaped) name. */
export function assertFreeName(tx: Transaction, parent: ManagedObjectReference, name: string, self?: ManagedObjectReference): void {
  const object = childNamed(tx, parent, name);
  if (object !== undefined && !sameReference(object, self)) {
    throw fault('DuplicateName', { name, object }, `The name '${name}' already exists.`);
  }
}

/** The nearest object upwards (itself included) that satisfies `test`. */
export function ancestor(
  tx: Transaction, start: ManagedObjectReference, test: (ref: ManagedObjectReference) => boolean,
): ManagedObjectReference | undefined {
  for (let ref: ManagedObjectReference | undefined = start; ref !== undefined; ref = tx.get(ref, 'parent') as typeof ref) {
    if (test(ref)) return ref;
  }
  return undefined;
}

/** The datacenter that holds an entity; undefined above datacenters. */
export const datacenterOf = (tx: Transaction, ref: ManagedObjectReference): ManagedObjectReference | undefined =>
  ancestor(tx, ref, (candidate) => candidate.type === 'Datacenter');

/** The ComputeResource (or cluster) that a pool, vApp or host belongs to. */
export const computeResourceOf = (tx: Transaction, ref: ManagedObjectReference): ManagedObjectReference | undefined =>
  ancestor(tx, ref, (candidate) => candidate.type === 'ComputeResource' || candidate.type === 'ClusterComputeResource');
