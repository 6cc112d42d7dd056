// ExportVm, ExportVApp and ExportSnapshot: leases from which the disks of machines can be read.
import { fault, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { requireReachable } from '../virtual-machine/power.ts';
import { exportDevices } from './devices.ts';
import { openLease, type LeaseDevice } from './leases.ts';

type Ref = ManagedObjectReference;

const refs = (tx: Transaction, ref: Ref, path: string): readonly Ref[] => (tx.get(ref, path) ?? []) as readonly Ref[];

/** The machines of a vApp and of the vApps in it. */
export function machinesOf(tx: Transaction, pool: Ref): Ref[] {
  return [...refs(tx, pool, 'vm'), ...refs(tx, pool, 'resourcePool').flatMap((child) => machinesOf(tx, child))];
}

function requireOff(tx: Transaction, vm: Ref): void {
  const existingState = tx.get(vm, 'runtime.powerState') as 'poweredOn' | 'poweredOff' | 'suspended';
  if (existingState === 'poweredOff') return;
  throw fault('InvalidPowerState', { requestedState: 'poweredOff', existingState }, `The attempted operation cannot be performed in the current state (${existingState}): '${String(tx.get(vm, 'name'))}' must be powered off.`);
}

function open({ sim, tx, session }: TransactionContext, method: string, entity: Ref, devices: (tx: Transaction) => LeaseDevice[]): Ref {
  return openLease(sim, tx, 'export', { userName: session.userName, method }, (inner) => {
    if (!inner.has(entity)) throw fault('ManagedObjectNotFound', { obj: entity }, `The object 'vim.${entity.type}:${entity.value}' has already been deleted or has not been completely created`);
    return { entity, devices: devices(inner), made: [] };
  });
}

/** A lease on the files of a machine, which must be off. Throws InvalidPowerState, InvalidState. */
export function exportVm(ctx: TransactionContext): Ref {
  const { tx, self } = ctx;
  requireReachable(tx, self.ref);
  requireOff(tx, self.ref);
  return open(ctx, 'ExportVm', self.ref, (inner) => exportDevices(inner, self.ref, self.ref, 0));
}

/** A lease on the files of all machines of a vApp, which must all be off. */
export function exportVApp(ctx: TransactionContext): Ref {
  const { tx, self } = ctx;
  for (const vm of machinesOf(tx, self.ref)) requireOff(tx, vm);
  return open(ctx, 'ExportVApp', self.ref, (inner) => {
    const devices: LeaseDevice[] = [];
    for (const vm of machinesOf(inner, self.ref)) devices.push(...exportDevices(inner, vm, vm, devices.length));
    return devices;
  });
}

/** A lease on the disks as a snapshot has them; the machine may run. */
export function exportSnapshot(ctx: TransactionContext): Ref {
  const { tx, self } = ctx;
  const vm = tx.get(self.ref, 'vm') as Ref;
  requireReachable(tx, vm);
  return open(ctx, 'ExportSnapshot', vm, (inner) => exportDevices(inner, vm, self.ref, 0).filter(({ disk }) => disk));
}
