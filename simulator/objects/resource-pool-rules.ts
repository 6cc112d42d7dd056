// What follows for pools and vApps from their hosts, their machines and their configuration. Pure rules.
import type {
  ComputeResourceSummary, ManagedObjectReference, ResourceAllocationInfo, ResourceConfigSpec, ResourcePoolResourceUsage,
  ResourcePoolRuntimeInfo, ResourcePoolSummary, VAppConfigInfo, VirtualMachineProperties,
} from '../../core/vim25/index.ts';
import type { Reader, Rule } from '../store/derive.ts';
import type { Props } from '../store/object.ts';
import { union } from './compute-resource.ts';

type Refs = readonly ManagedObjectReference[];
const NONE: Refs = [];
const MB = 1024 ** 2;

const isPool = (ref: ManagedObjectReference | undefined): boolean => ref?.type === 'ResourcePool' || ref?.type === 'VirtualApp';

const fixed = (amount: number, old: ResourceAllocationInfo): ResourceAllocationInfo =>
  old.reservation === amount && old.limit === amount ? old : { ...old, reservation: amount, limit: amount, expandableReservation: false };

/** A root pool has what its hosts can give. */
const rootFollowsHosts: Rule = {
  type: 'ResourcePool',
  inputs: ['parent'],
  watch: [{ type: 'ComputeResource', path: 'resourcePool', inputs: ['summary', 'resourcePool'] }],
  derive(props, read) {
    const parent = props['parent'] as ManagedObjectReference;
    if (isPool(parent)) return undefined;
    const summary = read(parent)?.['summary'] as ComputeResourceSummary | undefined;
    if (summary === undefined) return undefined;
    const old = props['config'] as ResourceConfigSpec;
    const cpuAllocation = fixed(summary.effectiveCpu, old.cpuAllocation);
    const memoryAllocation = fixed(Number(summary.effectiveMemory), old.memoryAllocation);
    if (cpuAllocation === old.cpuAllocation && memoryAllocation === old.memoryAllocation) return undefined;
    return { config: { ...old, cpuAllocation, memoryAllocation } };
  },
};

interface Load { reserved: number; used: number }

/** Reservations in force and use of the machines of a pool, in MHz and bytes. */
function machineLoad(props: Props, read: Reader): { cpu: Load; memory: Load; configuredMb: number } {
  const cpu = { reserved: 0, used: 0 };
  const memory = { reserved: 0, used: 0 };
  let configuredMb = 0;
  for (const ref of (props['vm'] ?? NONE) as Refs) {
    const vm = read(ref) as Partial<VirtualMachineProperties> | undefined;
    if (vm?.runtime === undefined) continue;
    configuredMb += vm.config?.hardware?.memoryMB ?? 0;
    if (vm.runtime.powerState !== 'poweredOn') continue;
    cpu.reserved += Number(vm.config?.cpuAllocation?.reservation ?? 0);
    memory.reserved += Number(vm.config?.memoryAllocation?.reservation ?? 0) * MB;
    cpu.used += vm.summary?.quickStats?.overallCpuUsage ?? 0;
    memory.used += (vm.summary?.quickStats?.hostMemoryUsage ?? 0) * MB;
  }
  return { cpu, memory, configuredMb };
}

/** The effective limit upwards: the smallest limit of the pool and those above it. */
function ceiling(props: Props, read: Reader, kind: 'cpuAllocation' | 'memoryAllocation'): number {
  let least = Infinity;
  for (let at: Props | undefined = props; at !== undefined;) {
    const limit = Number((at['config'] as ResourceConfigSpec)[kind].limit ?? -1);
    if (limit >= 0) least = Math.min(least, limit);
    const parent = at['parent'] as ManagedObjectReference;
    at = isPool(parent) ? read(parent) : undefined;
  }
  return least === Infinity ? 0 : least;
}

/** What the pool itself may hand out: its reservation, and what the pools above lend an expandable one. */
function reservable(props: Props, read: Reader, kind: 'cpuAllocation' | 'memoryAllocation'): number {
  let most = 0;
  for (let at: Props | undefined = props; at !== undefined;) {
    const { reservation = 0, expandableReservation }: ResourceAllocationInfo = (at['config'] as ResourceConfigSpec)[kind];
    most = Math.max(most, Number(reservation));
    const parent = at['parent'] as ManagedObjectReference;
    at = expandableReservation && isPool(parent) ? read(parent) : undefined;
  }
  return most;
}

function usage(
  props: Props, read: Reader, kind: 'cpuAllocation' | 'memoryAllocation', unit: number, load: Load, children: number, old: ResourcePoolResourceUsage,
): ResourcePoolResourceUsage {
  const reservationUsed = load.reserved + children * unit;
  const unreserved = Math.max(0, reservable(props, read, kind) * unit - reservationUsed);
  const fresh = {
    reservationUsed, reservationUsedForVm: load.reserved, unreservedForPool: unreserved, unreservedForVm: unreserved,
    overallUsage: load.used, maxUsage: ceiling(props, read, kind) * unit,
  };
  return Object.entries(fresh).every(([key, value]) => old[key as keyof typeof fresh] === value) ? old : fresh;
}

const runtimeFollows: Rule = {
  type: 'ResourcePool',
  inputs: ['config', 'resourcePool', 'vm', 'parent', 'overallStatus'],
  watch: [
    { type: 'ResourcePool', path: 'parent', inputs: ['config'] },
    { type: 'ResourcePool', path: 'resourcePool', inputs: ['config'] },
    { type: 'ComputeResource', path: '_pools', inputs: ['summary'] },
    { type: 'VirtualMachine', path: 'resourcePool', inputs: ['runtime', 'config', 'summary'] },
  ],
  derive(props, read) {
    const old = props['runtime'] as ResourcePoolRuntimeInfo;
    const load = machineLoad(props, read);
    const children = ((props['resourcePool'] ?? NONE) as Refs).map((ref) => read(ref)?.['config'] as ResourceConfigSpec | undefined);
    const sum = (kind: 'cpuAllocation' | 'memoryAllocation') => children.reduce((total, config) => total + Number(config?.[kind].reservation ?? 0), 0);
    const cpu = usage(props, read, 'cpuAllocation', 1, load.cpu, sum('cpuAllocation'), old.cpu);
    const memory = usage(props, read, 'memoryAllocation', MB, load.memory, sum('memoryAllocation'), old.memory);
    const overallStatus = props['overallStatus'] as ResourcePoolRuntimeInfo['overallStatus'];
    const runtime = cpu === old.cpu && memory === old.memory && overallStatus === old.overallStatus ? old : { ...old, cpu, memory, overallStatus };
    return { runtime, _configuredMb: load.configuredMb };
  },
};

const summaryFollows: Rule = {
  type: 'ResourcePool',
  inputs: ['name', 'config', 'runtime', '_configuredMb'],
  derive(props) {
    const old = props['summary'] as ResourcePoolSummary;
    const runtime = props['runtime'] as ResourcePoolRuntimeInfo;
    const cpu = Number(runtime.cpu.overallUsage);
    const memory = Math.round(Number(runtime.memory.overallUsage) / MB);
    const stats = old.quickStats!;
    const quickStats = stats.overallCpuUsage === cpu && stats.hostMemoryUsage === memory ? stats
      : { ...stats, overallCpuUsage: cpu, overallCpuDemand: cpu, hostMemoryUsage: memory, guestMemoryUsage: memory, privateMemory: memory };
    return {
      summary: {
        ...old, name: props['name'], config: props['config'], runtime, quickStats, configuredMemoryMB: props['_configuredMb'] ?? 0,
      },
    };
  },
};

/** A vApp is started while one of its machines is; it shows their datastores and networks. */
const vAppFollowsMachines: Rule = {
  type: 'VirtualApp',
  inputs: ['vm', 'vAppConfig', 'summary'],
  watch: [{ type: 'VirtualMachine', path: 'resourcePool', inputs: ['runtime', 'datastore', 'network'] }],
  derive(props, read) {
    const machines = ((props['vm'] ?? NONE) as Refs).map((ref) => read(ref)).filter((vm) => vm !== undefined) as Partial<VirtualMachineProperties>[];
    const config = props['vAppConfig'] as VAppConfigInfo;
    const old = props['summary'] as Props;
    const started = machines.some((vm) => vm.runtime?.powerState === 'poweredOn');
    const parts: Props = {
      vAppState: started ? 'started' : 'stopped',
      suspended: !started && machines.some((vm) => vm.runtime?.powerState === 'suspended'),
      installBootRequired: config.installBootRequired,
      instanceUuid: config.instanceUuid,
      ...(config.product?.[0] ? { product: config.product[0] } : {}),
    };
    const summary = Object.keys(parts).every((key) => parts[key] === old[key]) ? old : { ...old, ...parts };
    return {
      summary,
      datastore: union(props['datastore'], machines.map((vm) => vm.datastore ?? NONE)),
      network: union(props['network'], machines.map((vm) => vm.network ?? NONE)),
    };
  },
};

export const poolRules: readonly Rule[] = [rootFollowsHosts, runtimeFollows, summaryFollows, vAppFollowsMachines];
