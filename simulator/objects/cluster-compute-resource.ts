// ClusterComputeResource: adding and moving hosts, the DRS/HA configuration, and what DRS recommends.
import {
  fault, type ClusterConfigInfoEx, type ClusterConfigSpecEx, type ClusterRecommendation, type HostSystemProperties, type ManagedObjectReference,
} from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Rule } from '../store/derive.ts';
import type { Transaction } from '../store/transaction.ts';
import { checkClusterConfig, mergeClusterConfig, namedIn, rulesFor, without, withoutOrphans } from './cluster-config.ts';
import { balance, emptyHosts, migrationsOf, placeVm, recommendHosts } from './cluster-drs.ts';
import { addHost } from './compute-create.ts';
import { leaveDisconnected, newHostName } from './folder.ts';
import { applyConnectSpec } from './host-system/connection.ts';
import { moveHost, mustBeMovable } from './host-move.ts';
import { migrate } from './virtual-machine/relocate.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const MB = 1024 ** 2;
const configOf = (tx: Transaction, cluster: Ref): ClusterConfigInfoEx => tx.get(cluster, 'configurationEx') as ClusterConfigInfoEx;

const includes = (refs: unknown, ref: Ref): boolean => ((refs ?? []) as Refs).some((other) => other.value === ref.value);

function reconfigure({ tx, self }: TransactionContext, spec: ClusterConfigSpecEx, modify: boolean): void {
  const old = configOf(tx, self.ref);
  const config = withoutOrphans(mergeClusterConfig(spec, old, modify), old);
  checkClusterConfig(config, {
    isMachine: (vm) => vm.type === 'VirtualMachine' && tx.has(vm) && (tx.get(tx.get(vm, 'runtime.host') as Ref, 'parent') as Ref | undefined)?.value === self.ref.value,
    isHost: (host) => includes(tx.get(self.ref, 'host'), host),
    isDatastore: (datastore) => includes(tx.get(self.ref, 'datastore'), datastore),
  });
  tx.set(self.ref, 'configurationEx', config);
}

function moveIn({ tx, self }: TransactionContext, host: Ref, pool?: Ref): void {
  mustBeMovable(tx, host, self.ref);
  if (pool && (tx.get(pool, 'owner') as Ref | undefined)?.value !== self.ref.value) {
    throw fault('InvalidArgument', { invalidProperty: 'resourcePool' }, `The resource pool '${pool.value}' is not in this cluster.`);
  }
  moveHost(tx, host, self.ref, pool ?? (tx.get(self.ref, 'resourcePool') as Ref), pool !== undefined);
}

function recommended(tx: Transaction, cluster: Ref, key: string): ClusterRecommendation {
  const found = ((tx.get(cluster, 'recommendation') ?? []) as readonly ClusterRecommendation[]).find((each) => each.key === key);
  if (!found) throw fault('InvalidArgument', { invalidProperty: 'key' }, `There is no recommendation '${key}'.`);
  return found;
}

function forget(tx: Transaction, cluster: Ref, key: string): void {
  tx.set(cluster, 'recommendation', ((tx.get(cluster, 'recommendation') ?? []) as readonly ClusterRecommendation[]).filter((each) => each.key !== key));
}

/** What a cluster's configuration names, and what has left it since. */
const namesFollow: Rule = {
  type: 'ClusterComputeResource',
  inputs: ['configurationEx', 'host'],
  watch: [
    { type: 'VirtualMachine', path: '_namedBy', inputs: ['resourcePool', 'runtime'] },
    { type: 'HostSystem', path: '_namedBy', inputs: ['parent'] },
    { type: 'Datastore', path: '_namedBy', inputs: ['name'] },
  ],
  derive(props, read) {
    const config = props['configurationEx'] as ClusterConfigInfoEx;
    const names = namedIn(config);
    const stays = (ref: Ref): boolean => {
      const object = read(ref);
      if (object === undefined) return false;
      if (ref.type === 'Datastore') return true;
      const host = ref.type === 'HostSystem' ? ref : ((object['runtime'] as { host?: Ref } | undefined)?.host);
      return host === undefined || includes(props['host'], host);
    };
    if (names.every(stays)) {
      const old = props['_named'] as Refs | undefined;
      const same = old?.length === names.length && names.every((ref, i) => ref.value === old[i]!.value);
      return same ? undefined : { _named: names };
    }
    const configurationEx = without(config, stays);
    return { configurationEx, _named: namedIn(configurationEx) };
  },
};

export const clusterComputeResource = define('ClusterComputeResource', {
  AddHost_Task: {
    task({ sim, tx, self }, { spec, asConnected }) {
      const host = addHost(sim, tx, self.ref, newHostName(tx, spec));
      applyConnectSpec(tx, host, spec);
      if (!asConnected) leaveDisconnected(tx, host);
      return host;
    },
  },
  MoveInto_Task: {
    task(ctx, { host }) {
      for (const ref of host) moveIn(ctx, ref);
    },
  },
  MoveHostInto_Task: {
    task(ctx, { host, resourcePool }) {
      moveIn(ctx, host, resourcePool);
    },
  },
  ReconfigureCluster_Task: {
    task(ctx, { spec, modify }) {
      const { dasConfig, drsConfig, rulesSpec, dasVmConfigSpec, drsVmConfigSpec } = spec;
      reconfigure(ctx, { dasConfig, drsConfig, rulesSpec, dasVmConfigSpec, drsVmConfigSpec }, modify);
    },
  },
  ReconfigureComputeResource_Task: {
    task(ctx, { spec, modify }) {
      reconfigure(ctx, spec as ClusterConfigSpecEx, modify);
    },
  },
  RecommendHostsForVm: {
    query: ({ sim, self }, { vm }) => reading(sim, (tx) => recommendHosts(tx, self.ref, vm)),
  },
  PlaceVm: {
    query: ({ sim, self }, { placementSpec }) => reading(sim, (tx) => placeVm(sim, tx, self.ref, placementSpec)),
  },
  FindRulesForVm: {
    query: ({ self }, { vm }) => [...rulesFor(self.props['configurationEx'] as ClusterConfigInfoEx, vm)],
  },
  RefreshRecommendation({ sim, tx, self }) {
    tx.set(self.ref, 'recommendation', balance(sim, tx, self.ref));
  },
  ApplyRecommendation({ sim, tx, self }, { key }) {
    for (const { vm, to } of migrationsOf(recommended(tx, self.ref, key))) migrate(sim, tx, vm, { host: to });
    forget(tx, self.ref, key);
  },
  CancelRecommendation({ tx, self }, { key }) {
    recommended(tx, self.ref, key);
    forget(tx, self.ref, key);
  },
  ClusterEnterMaintenanceMode: {
    query({ sim, self }, { host }) {
      const stranger = host.find((ref) => !includes(self.props['host'], ref));
      if (stranger) throw fault('InvalidArgument', { invalidProperty: 'host' }, `'${stranger.value}' is no host of this cluster.`);
      return { recommendations: reading(sim, (tx) => emptyHosts(sim, tx, self.ref, host)) };
    },
  },
  GetResourceUsage: {
    query({ sim, self }) {
      const usage = { cpuUsedMHz: 0, cpuCapacityMHz: 0, memUsedMB: 0, memCapacityMB: 0, storageUsedMB: 0, storageCapacityMB: 0, pMemAvailableMB: 0, pMemCapacityMB: 0 };
      for (const ref of (self.props['host'] ?? []) as Refs) {
        const { summary, runtime } = sim.store.get(ref)!.props as Partial<HostSystemProperties>;
        if (runtime!.connectionState !== 'connected') continue;
        usage.cpuUsedMHz += summary!.quickStats.overallCpuUsage ?? 0;
        usage.cpuCapacityMHz += summary!.hardware!.cpuMhz * summary!.hardware!.numCpuCores;
        usage.memUsedMB += summary!.quickStats.overallMemoryUsage ?? 0;
        usage.memCapacityMB += Math.floor(Number(summary!.hardware!.memorySize) / MB);
      }
      for (const ref of (self.props['datastore'] ?? []) as Refs) {
        const { capacity, freeSpace } = sim.store.get(ref)!.props['summary'] as { capacity: number; freeSpace: number };
        usage.storageCapacityMB += Math.floor(Number(capacity) / MB);
        usage.storageUsedMB += Math.floor((Number(capacity) - Number(freeSpace)) / MB);
      }
      return usage;
    },
  },
  RetrieveDasAdvancedRuntimeInfo: {
    query({ sim, self }) {
      const config = self.props['configurationEx'] as ClusterConfigInfoEx;
      if (!config.dasConfig.enabled) return undefined;
      const hosts = (self.props['host'] ?? []) as Refs;
      const heartbeatDatastoreInfo = (config.dasConfig.heartbeatDatastore ?? ((self.props['datastore'] ?? []) as Refs).slice(0, 2))
        .map((datastore) => ({ datastore, hosts: hosts.filter((host) => includes(sim.store.get(host)?.props['datastore'], datastore)) }));
      return { vmcpSupported: { storageAPDSupported: true, storagePDLSupported: true }, heartbeatDatastoreInfo };
    },
  },
}, {
  relations: ['VirtualMachine', 'HostSystem', 'Datastore'].map((target) => ({ type: 'ClusterComputeResource', path: '_named', inverse: '_namedBy', targets: [target] })),
  rules: [namesFollow],
});

/** Reads through the transaction's helpers; nothing is written, so nothing is committed. */
function reading<T>(sim: TransactionContext['sim'], read: (tx: Transaction) => T): T {
  return sim.store.transaction(read);
}
