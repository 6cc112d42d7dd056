// What follows for pools and vApps from their hosts, their machines and their configuration. Pure rules: what is used
// is summed upwards, what is left and the limits are handed downwards, so a change costs the depth of the tree.
import type {
  ComputeResourceSummary, ManagedObjectReference, ResourceAllocationInfo, ResourceConfigSpec, ResourcePoolResourceUsage,
  ResourcePoolRuntimeInfo, ResourcePoolSummary, VAppConfigInfo, VirtualAppSummary, VirtualMachineProperties,
} from '../../core/vim25/index.ts';
import type { Rule } from '../store/derive.ts';
import type { Props } from '../store/object.ts';
import type { Sum } from '../store/sums.ts';
import { union } from './compute-resource.ts';
import { LOAD, machineWeight } from './load.ts';

type Refs = readonly ManagedObjectReference[];
const NONE: Refs = [];
const MB = 1024 ** 2;

const isPool = (ref: ManagedObjectReference | undefined): boolean => ref?.type === 'ResourcePool' || ref?.type === 'VirtualApp';

const fixed = (amount: number, old: ResourceAllocationInfo): ResourceAllocationInfo =>
  old.reservation === amount && old.limit === amount ? old : { ...old, reservation: amount, limit: amount, expandableReservation: false };

const configOf = (props: Props): ResourceConfigSpec => props['config'] as ResourceConfigSpec;

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
    const old = configOf(props);
    const cpuAllocation = fixed(summary.effectiveCpu, old.cpuAllocation);
    const memoryAllocation = fixed(Number(summary.effectiveMemory), old.memoryAllocation);
    if (cpuAllocation === old.cpuAllocation && memoryAllocation === old.memoryAllocation) return undefined;
    return { config: { ...old, cpuAllocation, memoryAllocation } };
  },
};

const NOTHING: readonly number[] = [0, 0, 0, 0, 0, 0];

export const poolSums: readonly Sum[] = [
  { type: 'VirtualMachine', path: 'resourcePool', target: 'ResourcePool', into: '_load', weigh: machineWeight },
  // What a child takes from its parent: at least its reservation; more when it may expand and its own children need it.
  { type: 'ResourcePool', path: 'parent', target: 'ResourcePool', into: '_below', weigh: (props) => {
    const used = (props['_used'] ?? NOTHING) as readonly number[];
    const { cpuAllocation, memoryAllocation } = configOf(props);
    return [taken(cpuAllocation, used[0]!), taken(memoryAllocation, used[1]!), ...used.slice(2)];
  } },
];

const taken = ({ reservation = 0, expandableReservation }: ResourceAllocationInfo, used: number): number =>
  expandableReservation ? Math.max(Number(reservation), used) : Number(reservation);

/** What the machines of a pool and its children take of it, upwards. */
const usedFollows: Rule = {
  type: 'ResourcePool',
  inputs: ['_load', '_below'],
  derive(props) {
    const load = (props['_load'] ?? NOTHING) as readonly number[];
    const below = (props['_below'] ?? NOTHING) as readonly number[];
    const old = props['_used'] as readonly number[] | undefined;
    const used = load.map((value, i) => value + below[i]!);
    return old && used.every((value, i) => value === old[i]) ? undefined : { _used: used };
  },
};

/** What is left to be reserved, with what an expandable pool may borrow above, and the limit in force, downwards. */
const roomFollows: Rule = {
  type: 'ResourcePool',
  inputs: ['config', '_used', 'parent'],
  watch: [{ type: 'ResourcePool', path: 'resourcePool', inputs: ['_room', 'resourcePool'] }],
  derive(props, read) {
    const parent = props['parent'] as ManagedObjectReference;
    const above = isPool(parent) ? (read(parent)?.['_room'] as readonly number[] | undefined) : undefined;
    const used = (props['_used'] ?? NOTHING) as readonly number[];
    const { cpuAllocation, memoryAllocation } = configOf(props);
    const room = [
      left(cpuAllocation, used[0]!, above?.[0]), left(memoryAllocation, used[1]!, above?.[1]),
      least(cpuAllocation, above?.[2]), least(memoryAllocation, above?.[3]),
    ];
    const old = props['_room'] as readonly number[] | undefined;
    return old && room.every((value, i) => value === old[i]) ? undefined : { _room: room };
  },
};

function left({ reservation = 0, expandableReservation }: ResourceAllocationInfo, used: number, above: number | undefined): number {
  return Math.max(0, Number(reservation) - used) + (expandableReservation ? (above ?? 0) : 0);
}

/** The smaller of a pool's limit and the one above; -1 is none. */
function least({ limit = -1 }: ResourceAllocationInfo, above = -1): number {
  if (Number(limit) < 0) return above;
  return above < 0 ? Number(limit) : Math.min(Number(limit), above);
}

function usage(used: number, forVm: number, room: number, limit: number, inUse: number, unit: number, old: ResourcePoolResourceUsage): ResourcePoolResourceUsage {
  const fresh = {
    reservationUsed: used * unit, reservationUsedForVm: forVm * unit, unreservedForPool: room * unit, unreservedForVm: room * unit,
    overallUsage: inUse * unit, maxUsage: Math.max(0, limit) * unit,
  };
  return Object.entries(fresh).every(([key, value]) => old[key as keyof typeof fresh] === value) ? old : fresh;
}

const runtimeFollows: Rule = {
  type: 'ResourcePool',
  inputs: ['_used', '_room', '_load', 'overallStatus'],
  derive(props) {
    const old = props['runtime'] as ResourcePoolRuntimeInfo;
    const load = (props['_load'] ?? NOTHING) as readonly number[];
    const used = (props['_used'] ?? NOTHING) as readonly number[];
    const [cpuRoom = 0, memoryRoom = 0, cpuLimit = 0, memoryLimit = 0] = (props['_room'] ?? NOTHING) as readonly number[];
    const cpu = usage(used[0]!, load[0]!, cpuRoom, cpuLimit, used[2]!, 1, old.cpu);
    const memory = usage(used[1]!, load[1]!, memoryRoom, memoryLimit, used[3]!, MB, old.memory);
    const overallStatus = props['overallStatus'] as ResourcePoolRuntimeInfo['overallStatus'];
    return cpu === old.cpu && memory === old.memory && overallStatus === old.overallStatus ? undefined : { runtime: { ...old, cpu, memory, overallStatus } };
  },
};

const summaryFollows: Rule = {
  type: 'ResourcePool',
  inputs: ['name', 'config', 'runtime', '_used'],
  derive(props) {
    const old = props['summary'] as ResourcePoolSummary;
    const runtime = props['runtime'] as ResourcePoolRuntimeInfo;
    const [, , cpu = 0, memory = 0, configuredMemoryMB = 0] = (props['_used'] ?? NOTHING) as readonly number[];
    const stats = old.quickStats!;
    const quickStats = stats.overallCpuUsage === cpu && stats.hostMemoryUsage === memory ? stats
      : { ...stats, overallCpuUsage: cpu, overallCpuDemand: cpu, hostMemoryUsage: memory, guestMemoryUsage: memory, privateMemory: memory };
    return { summary: { ...old, name: props['name'], config: props['config'], runtime, quickStats, configuredMemoryMB } };
  },
};

/** A pool lists the configurations of what is directly in it. */
const childrenFollow: Rule = {
  type: 'ResourcePool',
  inputs: ['resourcePool'],
  watch: [{ type: 'ResourcePool', path: 'parent', inputs: ['config'] }],
  derive(props, read) {
    const configs = ((props['resourcePool'] ?? NONE) as Refs).map((ref) => read(ref)?.['config']).filter((config) => config !== undefined);
    const old = (props['childConfiguration'] ?? NONE) as readonly unknown[];
    return configs.length === old.length && configs.every((config, i) => config === old[i]) ? undefined : { childConfiguration: configs };
  },
};

/** A vApp is started while a machine in it or below runs; it shows their datastores and networks. */
const vAppFollowsMachines: Rule = {
  type: 'VirtualApp',
  inputs: ['vm', 'vAppConfig', 'summary', '_used'],
  watch: [{ type: 'VirtualMachine', path: 'resourcePool', inputs: ['runtime', 'datastore', 'network'] }],
  derive(props, read) {
    const machines = ((props['vm'] ?? NONE) as Refs).map((ref) => read(ref)).filter((vm) => vm !== undefined) as Partial<VirtualMachineProperties>[];
    const config = props['vAppConfig'] as VAppConfigInfo;
    const old = props['summary'] as VirtualAppSummary;
    const started = ((props['_used'] ?? NOTHING) as readonly number[])[LOAD.running]! > 0;
    const parts: Partial<VirtualAppSummary> = {
      vAppState: started ? 'started' : 'stopped',
      suspended: !started && machines.some((vm) => vm.runtime?.powerState === 'suspended'),
      installBootRequired: config.installBootRequired,
      instanceUuid: config.instanceUuid,
      product: config.product?.[0],
    };
    const same = Object.entries(parts).every(([key, value]) => value === old[key as keyof VirtualAppSummary]);
    return {
      summary: same ? old : { ...old, ...parts },
      datastore: union(props['datastore'], machines.map((vm) => vm.datastore ?? NONE)),
      network: union(props['network'], machines.map((vm) => vm.network ?? NONE)),
    };
  },
};

export const poolRules: readonly Rule[] = [
  rootFollowsHosts, usedFollows, roomFollows, runtimeFollows, summaryFollows, childrenFollow, vAppFollowsMachines,
];
