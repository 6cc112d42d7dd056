// ComputeResource (a standalone host's shell): what it sums up from its hosts, and its settings.
import {
  fault, type ClusterComputeResourceSummary, type ClusterConfigInfoEx, type ComputeResourceSummary, type HostSystemProperties,
  type ManagedObjectReference,
} from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';
import type { Reader, Rule } from '../store/derive.ts';
import type { Props } from '../store/object.ts';
import { mustBeIdle, removeComputeResource } from './removal.ts';

type Refs = readonly ManagedObjectReference[];
const NONE: Refs = [];

/** MB of each host that its own system keeps. */
const SYSTEM_MEMORY_MB = 2048;

/** The distinct items of several lists; the old list itself when nothing differs, so that unchanged values stay shared. */
export function union(old: unknown, lists: Iterable<Refs>): Refs {
  const found = new Map<string, ManagedObjectReference>();
  for (const list of lists) for (const ref of list) found.set(ref.value, ref);
  const before = (old ?? NONE) as Refs;
  return before.length === found.size && before.every((ref) => found.has(ref.value)) ? before : [...found.values()];
}

type Host = Partial<HostSystemProperties>;

const hostsOf = (props: Props, read: Reader): Host[] =>
  ((props['host'] ?? NONE) as Refs).map((ref) => read(ref) as Host | undefined).filter((host) => host !== undefined);

function summarise(old: ComputeResourceSummary, hosts: readonly Host[]): ComputeResourceSummary {
  const total = { cpu: 0, memory: 0, cores: 0, threads: 0, effective: 0, effectiveCpu: 0, effectiveMemory: 0 };
  for (const { hardware, runtime } of hosts) {
    const mhz = Math.round(Number(hardware!.cpuInfo.hz) / 1_000_000) * hardware!.cpuInfo.numCpuCores;
    total.cpu += mhz;
    total.memory += Number(hardware!.memorySize);
    total.cores += hardware!.cpuInfo.numCpuCores;
    total.threads += hardware!.cpuInfo.numCpuThreads;
    if (runtime!.connectionState !== 'connected' || runtime!.inMaintenanceMode) continue;
    total.effective += 1;
    total.effectiveCpu += mhz;
    total.effectiveMemory += Math.floor(Number(hardware!.memorySize) / 1024 ** 2) - SYSTEM_MEMORY_MB;
  }
  return {
    ...old, totalCpu: total.cpu, totalMemory: total.memory, numCpuCores: total.cores, numCpuThreads: total.threads,
    effectiveCpu: total.effectiveCpu, effectiveMemory: total.effectiveMemory, numHosts: hosts.length, numEffectiveHosts: total.effective,
  };
}

const same = (a: object, b: object): boolean =>
  Object.keys(b).every((key) => (a as Props)[key] === (b as Props)[key]);

/** Lists and sums over the hosts. */
const followsHosts: Rule = {
  type: 'ComputeResource',
  inputs: ['host', 'configurationEx', 'overallStatus'],
  watch: [{ type: 'HostSystem', path: 'parent', inputs: ['datastore', 'network', 'hardware', 'runtime'] }],
  derive(props, read) {
    const hosts = hostsOf(props, read);
    const old = props['summary'] as ComputeResourceSummary;
    let summary = { ...summarise(old, hosts), overallStatus: props['overallStatus'] as ComputeResourceSummary['overallStatus'] };
    const derived: Record<string, unknown> = {
      datastore: union(props['datastore'], hosts.map((host) => host.datastore ?? NONE)),
      network: union(props['network'], hosts.map((host) => host.network ?? NONE)),
    };
    const config = props['configurationEx'] as ClusterConfigInfoEx;
    if (config.dasConfig !== undefined) {
      const { dasConfig, dasVmConfig, drsConfig, drsVmConfig, rule } = config;
      summary = {
        ...summary, currentFailoverLevel: dasConfig.enabled ? Math.max(0, summary.numEffectiveHosts - 1) : 0,
      } as ClusterComputeResourceSummary;
      derived['configuration'] = { dasConfig, dasVmConfig, drsConfig, drsVmConfig, rule };
      derived['summaryEx'] = same(props['summaryEx'] as object, summary) ? props['summaryEx'] : summary;
    }
    derived['summary'] = same(old, summary) ? old : summary;
    return derived;
  },
};

export const computeResource = define('ComputeResource', {
  ReconfigureComputeResource_Task: {
    task({ tx, self }, { spec, modify }) {
      const old = modify ? tx.props<'ComputeResource'>(self.ref).configurationEx : undefined;
      const { vmSwapPlacement = 'vmDirectory', spbmEnabled = true, defaultHardwareVersionKey } = { ...old, ...spec };
      if (!['vmDirectory', 'hostLocal'].includes(vmSwapPlacement)) {
        throw fault('InvalidArgument', { invalidProperty: 'spec.vmSwapPlacement' }, `vmSwapPlacement is '${vmSwapPlacement}'; it can be vmDirectory or hostLocal.`);
      }
      tx.set(self.ref, 'configurationEx', {
        _type: 'ComputeResourceConfigInfo', vmSwapPlacement, spbmEnabled, ...(defaultHardwareVersionKey ? { defaultHardwareVersionKey } : {}),
      });
    },
  },
  Destroy_Task: {
    task({ sim, tx, self }) {
      if (sim.product === 'esxi') throw fault('NotSupported', {}, 'A standalone ESXi host cannot be removed from itself.');
      mustBeIdle(tx, self.ref);
      removeComputeResource(tx, self.ref);
    },
  },
}, {
  relations: [
    { type: 'HostSystem', path: 'parent', inverse: 'host', targets: ['ComputeResource'] },
    { type: 'ResourcePool', path: 'owner', inverse: '_pools', targets: ['ComputeResource'] },
  ],
  rules: [followsHosts],
});
