// HostSystem: its summary, its removal, small questions. maintenance.ts and connection.ts have the methods about its state.
import { fault, isSubtype, type HostListSummary, type HostSystemProperties, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Rule } from '../../store/derive.ts';
import { mountsFollowHosts } from '../datastore-create.ts';
import { removeComputeResource, removeHost } from '../removal.ts';
import { hostSum, LOAD } from '../load.ts';
import { connectionMethods } from './connection.ts';
import { commandLineMethods } from './esxcli/executer.ts';
import { hostName, mustBeConnected, runtimeOf } from './host-state.ts';
import { maintenanceMethods } from './maintenance.ts';
import { configFollowsManagers, datastoreRules } from './managers.ts';
import { settingMethods } from './system-settings.ts';

type Ref = ManagedObjectReference;

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
  ...maintenanceMethods,
  ...connectionMethods,
  ...commandLineMethods,
  ...settingMethods,
  QueryMemoryOverhead: {
    query: (_ctx, { memorySize, videoRamSize, numVcpus }) => memoryOverhead(Number(memorySize), numVcpus, videoRamSize ?? 0),
  },
  QueryMemoryOverheadEx: {
    query: (_ctx, { vmConfigInfo: { hardware } }) => memoryOverhead(hardware.memoryMB * MB, hardware.numCPU, 0),
  },
  // No host of ours has a TPM chip: there is nothing to report.
  QueryTpmAttestationReport: { query: () => undefined },
  UpdateFlags({ tx, self }, { flagInfo }) {
    tx.set(self.ref, 'config.flags', { ...(tx.get(self.ref, 'config.flags') as object), ...flagInfo });
  },
  AcquireCimServicesTicket: {
    query({ sim, self }) {
      const { connectionState } = self.props['runtime'] as HostSystemProperties['runtime'];
      const { config } = self.props['summary'] as HostListSummary;
      if (connectionState !== 'connected') throw fault('HostNotConnected', {}, `Unable to communicate with the remote host '${config.name}', since it is disconnected.`);
      return {
        host: config.name, port: 5989, ...(config.sslThumbprint === undefined ? {} : { sslThumbprint: config.sslThumbprint }),
        service: 'vmware-cim', serviceVersion: '1.0', sessionId: sim.random.uuid(),
      };
    },
  },
  ReconfigureHostForDAS_Task: {
    task(ctx) {
      mustBeConnected(ctx);
      const parent = ctx.tx.get(ctx.self.ref, 'parent') as Ref;
      const das = ctx.tx.get(parent, 'configurationEx.dasConfig.enabled');
      if (das !== true) throw fault('DasConfigFault', { reason: 'Other' }, `vSphere HA cannot be configured on host '${hostName(ctx.tx, ctx.self.ref)}': '${hostName(ctx.tx, parent)}' is no cluster with vSphere HA.`);
    },
  },
  EnterLockdownMode: (ctx) => lockDown(ctx, true),
  ExitLockdownMode: (ctx) => lockDown(ctx, false),
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
        throw fault('InvalidState', {}, `Host '${hostName(tx, self.ref)}' must be in maintenance mode, or disconnected, to be removed from its cluster.`);
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

const MB = 1024 ** 2;

/** Bytes that a machine needs beside its memory: its monitor, what each CPU keeps, page tables, video memory. */
export const memoryOverhead = (bytes: number, cpus: number, videoRam: number): number => Math.round(20 * MB + bytes / 128 + cpus * 4 * MB + videoRam);

function lockDown({ sim, tx, self }: TransactionContext, lock: boolean): void {
  if (sim.product === 'esxi') throw fault('DisableAdminNotSupported', {}, 'Lockdown mode is not supported by a host that no vCenter Server manages.');
  const manager = tx.get(self.ref, 'configManager.hostAccessManager') as Ref;
  if ((tx.get(manager, 'lockdownMode') !== 'lockdownDisabled') === lock) {
    throw lock ? fault('AdminDisabled', {}, 'Lockdown mode is on already.') : fault('AdminNotDisabled', {}, 'Lockdown mode is not on.');
  }
  tx.set(manager, 'lockdownMode', lock ? 'lockdownNormal' : 'lockdownDisabled');
}
