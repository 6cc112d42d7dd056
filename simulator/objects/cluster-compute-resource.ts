// ClusterComputeResource: adding and moving hosts, and the DRS/HA configuration.
import { fault, isSubtype, type ClusterConfigInfoEx, type ClusterConfigSpecEx, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import { mergeClusterConfig } from './cluster-config.ts';
import { addHost } from './compute-create.ts';
import { leaveDisconnected, newHostName } from './folder.ts';
import { datacenterOf } from './entity.ts';

type Ref = ManagedObjectReference;

function reconfigure({ tx, self }: TransactionContext, spec: ClusterConfigSpecEx, modify: boolean): void {
  const old = tx.get(self.ref, 'configurationEx') as ClusterConfigInfoEx;
  const behavior = spec.drsConfig?.defaultVmBehavior;
  if (behavior !== undefined && !['manual', 'partiallyAutomated', 'fullyAutomated'].includes(behavior)) {
    throw fault('InvalidArgument', { invalidProperty: 'spec.drsConfig.defaultVmBehavior' }, `The DRS behavior '${behavior}' is not known; use manual, partiallyAutomated or fullyAutomated.`);
  }
  const rate = spec.drsConfig?.vmotionRate;
  if (rate !== undefined && (rate < 1 || rate > 5)) {
    throw fault('InvalidArgument', { invalidProperty: 'spec.drsConfig.vmotionRate' }, `The DRS migration rate is ${rate}; it goes from 1 to 5.`);
  }
  tx.set(self.ref, 'configurationEx', mergeClusterConfig(spec, old, modify));
}

/** Moves a host (standalone, or in maintenance mode from another cluster) with its machines into this cluster. */
function moveIn({ tx, self }: TransactionContext, host: Ref, pool?: Ref): void {
  if (!tx.has(host)) throw fault('InvalidArgument', { invalidProperty: 'host' }, `There is no host ${host.value}.`);
  const props = tx.props<'HostSystem'>(host);
  const from = props['parent'] as Ref;
  const name = String(props['name']);
  if (from.value === self.ref.value) throw fault('InvalidArgument', { invalidProperty: 'host' }, `Host '${name}' is in this cluster already.`);
  if (datacenterOf(tx, host)?.value !== datacenterOf(tx, self.ref)?.value) {
    throw fault('InvalidArgument', { invalidProperty: 'host' }, `Host '${name}' is in another datacenter.`);
  }
  const standalone = !isSubtype(from.type, 'ClusterComputeResource');
  if (!standalone && !props.runtime!.inMaintenanceMode) throw fault('InvalidState', {}, `Host '${name}' must be in maintenance mode to leave its cluster.`);
  const target = pool ?? (tx.get(self.ref, 'resourcePool') as Ref);
  for (const vm of props.vm ?? []) tx.set(vm, 'resourcePool', target);
  tx.set(host, 'parent', self.ref);
  if (!standalone) return;
  for (const child of (tx.get(from, '_pools') ?? []) as readonly Ref[]) tx.remove(child);
  tx.remove(tx.get(from, 'environmentBrowser') as Ref);
  tx.remove(from);
}

export const clusterComputeResource = define('ClusterComputeResource', {
  AddHost_Task: {
    task({ sim, tx, self }, { spec, asConnected }) {
      const host = addHost(sim, tx, self.ref, newHostName(tx, spec));
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
  RefreshRecommendation() {},
});
