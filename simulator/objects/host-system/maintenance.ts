// Emptying a host: maintenance mode and standby wait until no machine is in the way; DRS takes them elsewhere where it
// may. Nothing here changes connections.
import { fault, type ClusterConfigInfoEx, type Fault, type HostRuntimeInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Methods, TaskWait, TransactionContext } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Readable } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { rankedHosts } from '../virtual-machine/placement.ts';
import { migrate } from '../virtual-machine/relocate.ts';
import { hostName, mustBeConnected, runtimeOf } from './host-state.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

/** Where each machine that must leave goes, and those that nobody moves. */
interface Evacuation {
  readonly moves: readonly { readonly vm: Ref; readonly to: Ref }[];
  readonly stuck: Refs;
}

/** DRS moves a machine when the cluster, or the machine's own setting, is fully automated. */
function drsMoves(tx: Transaction, computeResource: Ref): (vm: Ref) => boolean {
  const { drsConfig, drsVmConfig } = (tx.get(computeResource, 'configurationEx') ?? {}) as Partial<ClusterConfigInfoEx>;
  if (drsConfig?.enabled !== true) return () => false;
  return (vm) => {
    const own = drsConfig.enableVmBehaviorOverrides === false ? undefined : drsVmConfig?.find(({ key }) => key.value === vm.value);
    return own?.enabled !== false && (own?.behavior ?? drsConfig.defaultVmBehavior) === 'fullyAutomated';
  };
}

function evacuation(tx: Transaction, host: Ref, poweredOffToo: boolean): Evacuation {
  const parent = tx.get(host, 'parent') as Ref;
  const moved = drsMoves(tx, parent);
  const moves: { vm: Ref; to: Ref }[] = [];
  const stuck: Ref[] = [];
  const load = new Map<string, number>();
  for (const vm of (tx.get(host, 'vm') ?? []) as Refs) {
    if (tx.get(vm, 'runtime.powerState') !== 'poweredOn' && !poweredOffToo) continue;
    const targets = moved(vm) ? rankedHosts(tx, parent, vm).filter(({ value }) => value !== host.value) : [];
    const to = targets.sort((a, b) => (load.get(a.value) ?? 0) - (load.get(b.value) ?? 0))[0];
    if (to === undefined) {
      stuck.push(vm);
      continue;
    }
    load.set(to.value, (load.get(to.value) ?? 0) + 1);
    moves.push({ vm, to });
  }
  return { moves, stuck };
}

/** Moves everything away. The wait before has made sure that it can be done. */
export function evacuate({ sim, tx, self }: TransactionContext, poweredOffToo: boolean): void {
  const { moves, stuck } = evacuation(tx, self.ref, poweredOffToo);
  if (stuck.length > 0) throw fault('InvalidState', {}, late(tx, self.ref, stuck));
  for (const { vm, to } of moves) migrate(sim, tx, vm, { host: to });
}

function late(tx: Transaction, host: Ref, stuck: Refs): string {
  const names = stuck.slice(0, 3).map((vm) => `'${String(tx.get(vm, 'name'))}'`).join(', ');
  return `Host '${hostName(tx, host)}' cannot be emptied: ${stuck.length} virtual machines are on it (${names}), and DRS does not move them. Power them off or migrate them.`;
}

/** Reads through the transaction's helpers; nothing is written, so nothing is committed. */
const stuckOn = (sim: Simulation, host: Ref, poweredOffToo: boolean): { stuck: Refs; why: string } =>
  sim.store.transaction((tx) => {
    const { stuck } = evacuation(tx, host, poweredOffToo);
    return { stuck, why: late(tx, host, stuck) };
  });

/** Waits for the machines to leave. A host that is gone or lost waits for nothing: its task then says so. */
export function emptied<A extends { readonly evacuatePoweredOffVms?: boolean }>(seconds: (args: A) => number): TaskWait<A> {
  const lost = (self: Readable | undefined): boolean =>
    self === undefined || (self.props['runtime'] as HostRuntimeInfo).connectionState !== 'connected' || (self.props['runtime'] as HostRuntimeInfo).inMaintenanceMode;
  return {
    until: ({ sim, self }, { evacuatePoweredOffVms }) => lost(self) || stuckOn(sim, self!.ref, evacuatePoweredOffVms ?? false).stuck.length === 0,
    seconds,
    late: ({ sim, self }, { evacuatePoweredOffVms }): Fault => fault('Timedout', {}, self ? `Operation timed out. ${stuckOn(sim, self.ref, evacuatePoweredOffVms ?? false).why}` : 'Operation timed out.'),
  };
}

export const maintenanceMethods = {
  EnterMaintenanceMode_Task: {
    wait: emptied(({ timeout }) => timeout),
    task(ctx, { evacuatePoweredOffVms }) {
      mayEnter(ctx);
      evacuate(ctx, evacuatePoweredOffVms ?? false);
      ctx.tx.set(ctx.self.ref, 'runtime', { ...runtimeOf(ctx), inMaintenanceMode: true });
    },
  },
  ExitMaintenanceMode_Task: {
    task(ctx) {
      mustBeConnected(ctx);
      if (!runtimeOf(ctx).inMaintenanceMode) throw fault('InvalidState', {}, `The operation is not allowed in the current state: host '${hostName(ctx.tx, ctx.self.ref)}' is not in maintenance mode.`);
      ctx.tx.set(ctx.self.ref, 'runtime', { ...runtimeOf(ctx), inMaintenanceMode: false });
    },
  },
} satisfies Methods<'HostSystem'>;

function mayEnter(ctx: TransactionContext): void {
  mustBeConnected(ctx);
  if (runtimeOf(ctx).inMaintenanceMode) throw fault('InvalidState', {}, `The operation is not allowed in the current state: host '${hostName(ctx.tx, ctx.self.ref)}' is in maintenance mode already.`);
}
