// VirtualApp: its configuration and the power operations over its machines. Children and resources are ResourcePool's.
import { fault, type ManagedObjectReference, type VAppConfigInfo } from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';
import { mergeVAppConfig } from './compute-create.ts';
import { destroyWithContents } from './resource-pool.ts';
import { unregisterVirtualMachine } from './virtual-machine/destroy.ts';
import { setPower } from './virtual-machine/power.ts';

type Ref = ManagedObjectReference;

/** The machines of a vApp and of the pools and vApps in it, in start order. */
function machines(tx: Transaction, vApp: Ref): Ref[] {
  const entities = (tx.get(vApp, 'vAppConfig') as VAppConfigInfo | undefined)?.entityConfig ?? [];
  const order = (ref: Ref) => entities.find((entity) => entity.key?.value === ref.value)?.startOrder ?? Infinity;
  const own = [...((tx.get(vApp, 'vm') ?? []) as readonly Ref[])].sort((a, b) => Math.sign(order(a) - order(b)) || 0);
  return [...own, ...((tx.get(vApp, 'resourcePool') ?? []) as readonly Ref[]).flatMap((child) => machines(tx, child))];
}

function setAll({ sim, tx, self }: TransactionContext, from: readonly string[], to: 'poweredOn' | 'poweredOff' | 'suspended', backwards: boolean): void {
  const list = machines(tx, self.ref);
  for (const vm of backwards ? list.reverse() : list) {
    if (from.includes(String(tx.get(vm, 'runtime.powerState')))) setPower(sim, tx, vm, to);
  }
}

function mustBe({ tx, self }: TransactionContext, state: 'started' | 'stopped', method: string): void {
  const existing = tx.get(self.ref, 'summary.vAppState') as 'started' | 'stopped';
  if (existing === state) return;
  throw fault('InvalidState', {}, `The vApp '${String(tx.get(self.ref, 'name'))}' is ${existing}: ${method} needs one that is ${state}.`);
}

export const virtualApp = define('VirtualApp', {
  UpdateVAppConfig({ sim, tx, self }, { spec }) {
    tx.set(self.ref, 'vAppConfig', mergeVAppConfig(sim, spec, tx.get(self.ref, 'vAppConfig') as VAppConfigInfo));
  },
  PowerOnVApp_Task: {
    task(ctx) {
      if (machines(ctx.tx, ctx.self.ref).length > 0) mustBe(ctx, 'stopped', 'power on');
      setAll(ctx, ['poweredOff', 'suspended'], 'poweredOn', false);
    },
  },
  PowerOffVApp_Task: {
    task(ctx) {
      mustBe(ctx, 'started', 'power off');
      setAll(ctx, ['poweredOn'], 'poweredOff', true);
    },
  },
  SuspendVApp_Task: {
    task(ctx) {
      mustBe(ctx, 'started', 'suspend');
      setAll(ctx, ['poweredOn'], 'suspended', true);
    },
  },
  unregisterVApp_Task: {
    task(ctx) {
      mustBe(ctx, 'stopped', 'unregister');
      for (const vm of machines(ctx.tx, ctx.self.ref)) unregisterVirtualMachine(ctx.tx, vm);
      destroyWithContents(ctx, ctx.self.ref);
    },
  },
  Destroy_Task: {
    task(ctx) {
      destroyWithContents(ctx, ctx.self.ref);
    },
  },
});

