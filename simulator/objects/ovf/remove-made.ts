// Takes back what an import made: the machine with its disks, or the vApp with all that is in it.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { destroyVirtualMachine } from '../virtual-machine/destroy.ts';

type Ref = ManagedObjectReference;

/** Removes these objects. What is gone already, and a machine that was powered on meanwhile, is left alone. */
export function removeMade(tx: Transaction, made: readonly Ref[]): void {
  for (const ref of made) {
    if (!tx.has(ref)) continue;
    if (ref.type === 'VirtualMachine') {
      if (tx.get(ref, 'runtime.powerState') === 'poweredOff') destroyVirtualMachine(tx, ref);
      continue;
    }
    removeMade(tx, [...((tx.get(ref, 'vm') ?? []) as readonly Ref[]), ...((tx.get(ref, 'resourcePool') ?? []) as readonly Ref[])]);
    const left = [...((tx.get(ref, 'vm') ?? []) as readonly Ref[]), ...((tx.get(ref, 'resourcePool') ?? []) as readonly Ref[])].filter((child) => tx.has(child));
    if (left.length === 0) tx.remove(ref);
  }
}
