// ManagedEntity: renaming, reloading, custom values. Destroy_Task is each type's own; here is what they share.
import { fault, isSubtype, managedType, type CustomFieldDef, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';
import { setCustomValue } from './custom-fields-manager.ts';
import { assertFreeName, validName } from './entity.ts';


/** Does to another entity what a task of its own without arguments would, in the same transaction. */
export function perform(ctx: TransactionContext, ref: ManagedObjectReference, method: 'Destroy_Task' | 'unregisterVApp_Task'): void {
  const props = ctx.tx.find(ref);
  if (props === undefined) return;
  const handler = ctx.sim.registry.handler(ref.type, method);
  if (handler === undefined || typeof handler !== 'object' || !('task' in handler)) {
    throw fault('NotSupported', {}, `A ${ref.type} cannot be destroyed.`);
  }
  const inner = { ...ctx, self: { ref, props } };
  handler.check?.(inner, {});
  handler.task(inner, {});
}

/** Destroys another entity as its own Destroy_Task would. */
export const destroyEntity = (ctx: TransactionContext, ref: ManagedObjectReference): void => perform(ctx, ref, 'Destroy_Task');

/** Where an entity's name must be unique: a vApp shows in its pool and in a folder, a machine of a vApp perhaps only there. */
const nameSpaces = (tx: Transaction, ref: ManagedObjectReference): ManagedObjectReference[] =>
  [tx.get(ref, 'parent'), tx.get(ref, 'parentFolder')].filter((parent) => parent !== undefined) as ManagedObjectReference[];

function assertFreeInVApp(tx: Transaction, ref: ManagedObjectReference, name: string): void {
  const vApp = tx.get(ref, 'parentVApp') as ManagedObjectReference | undefined;
  for (const other of ((vApp && tx.get(vApp, 'vm')) ?? []) as readonly ManagedObjectReference[]) {
    if (other.value !== ref.value && tx.get(other, 'name') === name) throw fault('DuplicateName', { name, object: other }, `The name '${name}' already exists.`);
  }
}

/** Gives an entity another name. Throws InvalidName, DuplicateName. */
export function rename(tx: Transaction, ref: ManagedObjectReference, newName: string): void {
  const name = validName(newName, ref);
  if (name === tx.get(ref, 'name')) return;
  for (const parent of nameSpaces(tx, ref)) assertFreeName(tx, parent, name, ref);
  if (ref.type === 'VirtualMachine') assertFreeInVApp(tx, ref, name);
  tx.set(ref, 'name', name);
  for (const [type, path] of NAME_COPIES) if (isSubtype(ref.type, type)) tx.set(ref, path, name);
}

/** Where else a type keeps its own name (summaries follow by rules). */
const NAME_COPIES = [
  ['VirtualMachine', 'config.name'], ['DistributedVirtualPortgroup', 'config.name'], ['DistributedVirtualSwitch', 'config.name'],
  ['Datastore', 'info.name'], ['Datastore', 'summary.name'],
] as const;

export const managedEntity = define('ManagedEntity', {
  Reload() {},
  Rename_Task: {
    task({ tx, self }, { newName }) {
      if (self.ref.type === 'HostSystem' || self.ref.type === 'ComputeResource') {
        throw fault('NotSupported', {}, 'A host keeps the name it was added with.');
      }
      const parent = tx.get(self.ref, 'parent') as ManagedObjectReference | undefined;
      if (parent === undefined && self.ref.type === 'Folder') throw fault('NotSupported', {}, 'The root folder cannot be renamed.');
      if (self.ref.type === 'ResourcePool' && !isSubtype(parent!.type, 'ResourcePool')) throw fault('NotSupported', {}, 'The root resource pool cannot be renamed.');
      rename(tx, self.ref, newName);
    },
  },
  setCustomValue({ tx, self }, { key, value }) {
    const field = ((tx.get(self.ref, 'availableField') ?? []) as readonly CustomFieldDef[]).find(({ name }) => name === key);
    if (field === undefined) throw fault('InvalidArgument', { invalidProperty: 'key' }, `There is no custom field "${key}" for a ${self.ref.type}.`);
    setCustomValue(tx, self.ref, field.key, value);
  },
});

/** True when a folder's childType takes objects of that type. */
export function accepts(childType: readonly string[], type: string): boolean {
  return childType.some((kind) => managedType(kind) !== undefined && isSubtype(type, kind));
}
