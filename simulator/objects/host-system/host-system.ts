// HostSystem: maintenance mode, connection, removal; and its summary.
import { fault, isSubtype, type HostListSummary, type HostSystemProperties, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Rule } from '../../store/derive.ts';
import { mountsFollowHosts } from '../datastore-create.ts';
import { removeComputeResource, removeHost } from '../removal.ts';
import { hostSum, LOAD } from '../load.ts';
import { configFollowsManagers, datastoreRules } from './managers.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const runtimeOf = ({ tx, self }: TransactionContext): HostSystemProperties['runtime'] => tx.props<'HostSystem'>(self.ref).runtime!;

const nameOf = ({ tx, self }: TransactionContext): string => String(tx.get(self.ref, 'name'));

function mustBeConnected(ctx: TransactionContext): void {
  const { connectionState } = runtimeOf(ctx);
  if (connectionState !== 'connected') throw fault('HostNotConnected', {}, `Unable to communicate with the host '${nameOf(ctx)}', since it is ${connectionState}.`);
}

/** DRS of a fully automated cluster moves running machines to another usable host; without it maintenance mode waits in vain. */
function evacuate(ctx: TransactionContext, poweredOffToo: boolean): void {
  const { tx, self } = ctx;
  const parent = tx.get(self.ref, 'parent') as Ref;
  const machines = (tx.get(self.ref, 'vm') ?? []) as Refs;
  const running = machines.filter((vm) => tx.get(vm, 'runtime.powerState') === 'poweredOn');
  const drs = tx.get(parent, 'configurationEx.drsConfig') as { enabled?: boolean; defaultVmBehavior?: string } | undefined;
  const targets = ((tx.get(parent, 'host') ?? []) as Refs).filter((host) =>
    host.value !== self.ref.value && tx.get(host, 'runtime.connectionState') === 'connected' && tx.get(host, 'runtime.inMaintenanceMode') !== true);
  const automatic = drs?.enabled === true && drs.defaultVmBehavior === 'fullyAutomated' && targets.length > 0;
  if (running.length > 0 && !automatic) {
    const names = running.slice(0, 3).map((vm) => `'${String(tx.get(vm, 'name'))}'`).join(', ');
    throw fault('Timedout', {}, `Host '${nameOf(ctx)}' cannot enter maintenance mode: ${running.length} virtual machines are running on it (${names}), and DRS does not move them.`);
  }
  const leaving = poweredOffToo && automatic ? machines : running;
  leaving.forEach((vm, i) => tx.set(vm, 'runtime.host', targets[i % targets.length]));
}

const summaryFollows: Rule = {
  type: 'HostSystem',
  inputs: ['name', 'runtime', 'overallStatus', '_load'],
  derive(props) {
    const old = props['summary'] as HostListSummary;
    const name = props['name'] as string;
    const runtime = props['runtime'] as HostSystemProperties['runtime'];
    const overallStatus = props['overallStatus'] as HostListSummary['overallStatus'];
    const load = (props['_load'] ?? []) as readonly number[];
    const cpu = 67 + (load[LOAD.cpuUsed] ?? 0);
    const memory = 1404 + (load[LOAD.memoryUsed] ?? 0);
    const stats = old.quickStats;
    const quickStats = stats.overallCpuUsage === cpu && stats.overallMemoryUsage === memory ? stats
      : { ...stats, overallCpuUsage: cpu, overallMemoryUsage: memory };
    if (quickStats === stats && old.runtime === runtime && old.config.name === name && old.overallStatus === overallStatus) return undefined;
    return { summary: { ...old, runtime, overallStatus, quickStats, config: { ...old.config, name } } };
  },
};

export const hostSystem = define('HostSystem', {
  EnterMaintenanceMode_Task: {
    task(ctx, { evacuatePoweredOffVms }) {
      mustBeConnected(ctx);
      if (runtimeOf(ctx).inMaintenanceMode) throw fault('InvalidState', {}, `Host '${nameOf(ctx)}' is in maintenance mode already.`);
      evacuate(ctx, evacuatePoweredOffVms ?? false);
      ctx.tx.set(ctx.self.ref, 'runtime', { ...runtimeOf(ctx), inMaintenanceMode: true });
    },
  },
  ExitMaintenanceMode_Task: {
    task(ctx) {
      mustBeConnected(ctx);
      if (!runtimeOf(ctx).inMaintenanceMode) throw fault('InvalidState', {}, `Host '${nameOf(ctx)}' is not in maintenance mode.`);
      ctx.tx.set(ctx.self.ref, 'runtime', { ...runtimeOf(ctx), inMaintenanceMode: false });
    },
  },
  DisconnectHost_Task: {
    task(ctx) {
      if (ctx.sim.product === 'esxi') throw fault('NotSupported', {}, 'A standalone ESXi host cannot be disconnected from itself.');
      mustBeConnected(ctx);
      connect(ctx, 'disconnected');
    },
  },
  ReconnectHost_Task: {
    task(ctx) {
      if (runtimeOf(ctx).connectionState === 'connected') throw fault('InvalidState', {}, `Host '${nameOf(ctx)}' is connected.`);
      connect(ctx, 'connected');
    },
  },
  QueryMemoryOverhead: {
    query: (_ctx, { memorySize, numVcpus }) => Math.round(20 * 1024 ** 2 + Number(memorySize) / 128 + numVcpus * 4 * 1024 ** 2),
  },
  RetrieveHardwareUptime: {
    query({ sim, self }) {
      const { bootTime } = self.props['runtime'] as HostSystemProperties['runtime'];
      return Math.round((sim.clock.now().getTime() - bootTime!.getTime()) / 1000);
    },
  },
  Destroy_Task: {
    task(ctx) {
      const { sim, tx, self } = ctx;
      if (sim.product === 'esxi') throw fault('NotSupported', {}, 'A standalone ESXi host cannot be removed from itself.');
      const parent = tx.get(self.ref, 'parent') as Ref;
      if (!isSubtype(parent.type, 'ClusterComputeResource')) {
        removeComputeResource(tx, parent);
        return;
      }
      const { inMaintenanceMode, connectionState } = runtimeOf(ctx);
      if (!inMaintenanceMode && connectionState === 'connected') {
        throw fault('InvalidState', {}, `Host '${nameOf(ctx)}' must be in maintenance mode, or disconnected, to be removed from its cluster.`);
      }
      removeHost(tx, self.ref);
    },
  },
}, {
  relations: [
    { type: 'VirtualMachine', path: 'runtime.host', inverse: 'vm', targets: ['HostSystem'] },
    { type: 'HostSystem', path: 'datastore', inverse: '_hosts', targets: ['Datastore'] },
  ],
  sums: [hostSum],
  rules: [configFollowsManagers, summaryFollows, ...datastoreRules, mountsFollowHosts],
});

/** The machines of a disconnected host are shown as disconnected too. */
function connect(ctx: TransactionContext, connectionState: 'connected' | 'disconnected'): void {
  const { tx, self } = ctx;
  tx.set(self.ref, 'runtime', { ...runtimeOf(ctx), connectionState });
  for (const vm of (tx.get(self.ref, 'vm') ?? []) as Refs) tx.set(vm, 'runtime.connectionState', connectionState);
}
