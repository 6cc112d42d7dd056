// Templates: a machine that cannot run and has no pool, and the way back.
import { fault, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { powerStateOf, wrongPowerState } from './power.ts';
import { chooseHost } from './placement.ts';

/** Turns a powered-off machine into a template: it leaves its pool. */
export function markAsTemplate(tx: Transaction, vm: ManagedObjectReference): void {
  const state = powerStateOf(tx, vm);
  if (state !== 'poweredOff') throw wrongPowerState(state, 'poweredOff');
  if ((tx.get(vm, 'resourcePool') as ManagedObjectReference | undefined)?.type === 'VirtualApp') throw fault('NotSupported', {}, 'A virtual machine in a vApp cannot become a template.');
  tx.set(vm, 'config.template', true);
  tx.set(vm, 'resourcePool', undefined);
}

/** Turns a template into a machine of a pool. Throws InvalidState when it is none. */
export function markAsVirtualMachine(tx: Transaction, vm: ManagedObjectReference, pool: ManagedObjectReference, host?: ManagedObjectReference): void {
  if (tx.get(vm, 'config.template') !== true) throw fault('InvalidState', {}, 'The operation is not allowed in the current state: the virtual machine is not a template.');
  const current = tx.get(vm, 'runtime.host') as ManagedObjectReference;
  const owner = tx.get(pool, 'owner') as ManagedObjectReference | undefined;
  const stays = host === undefined && owner !== undefined && (tx.get(current, 'parent') as ManagedObjectReference | undefined)?.value === owner.value;
  const target = stays ? current : chooseHost(tx, pool, host, String(tx.get(vm, 'name')));
  tx.set(vm, 'config.template', false);
  tx.set(vm, 'runtime.host', target);
  tx.set(vm, 'resourcePool', pool);
}
