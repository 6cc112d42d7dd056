// Makes datacenters, clusters, standalone hosts, resource pools and vApps. Shared by methods and the inventory builder;
// names are not checked here.
import type {
  ClusterConfigSpecEx, ManagedObjectReference, ResourceAllocationInfo, ResourceConfigSpec, VAppConfigInfo,
  VAppConfigSpec,
} from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Props } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';
import { mergeClusterConfig } from './cluster-config.ts';
import { computeResourceOf, datacenterOf, entityProps } from './entity.ts';
import { createHost } from './host-system/create.ts';

const NONE: readonly ManagedObjectReference[] = Object.freeze([]);

const FOLDERS = [
  ['vmFolder', 'vm', 'group-v', 'ha-folder-vm', ['Folder', 'VirtualMachine', 'VirtualApp']],
  ['hostFolder', 'host', 'group-h', 'ha-folder-host', ['Folder', 'ComputeResource']],
  ['datastoreFolder', 'datastore', 'group-s', 'ha-folder-datastore', ['Folder', 'Datastore', 'StoragePod']],
  ['networkFolder', 'network', 'group-n', 'ha-folder-network', ['Folder', 'Network', 'DistributedVirtualSwitch']],
] as const;

/** The id of a group-like object: vCenter writes 'group-v3' without a dash before the number. */
const groupId = (tx: Transaction, prefix: string): string => `${prefix}${tx.nextId('')}`;

/** Adds a datacenter with its four folders. */
export function createDatacenter(sim: Simulation, tx: Transaction, folder: ManagedObjectReference, name: string): ManagedObjectReference {
  const esxi = sim.product === 'esxi';
  const id = esxi ? 'ha-datacenter' : tx.nextId('datacenter');
  const datacenter = { type: 'Datacenter', value: id };
  const folders: Record<string, ManagedObjectReference> = {};
  for (const [field, folderName, prefix, fixed, childType] of FOLDERS) {
    folders[field] = tx.create('Folder', esxi ? fixed : groupId(tx, prefix), {
      ...entityProps(folderName, datacenter), childType: esxi ? childType.filter((t) => t !== 'StoragePod') : childType, childEntity: NONE,
    });
  }
  return tx.create('Datacenter', id, {
    ...entityProps(name, folder), ...folders, datastore: NONE, network: NONE, configuration: {},
  });
}

/** Adds a folder of the same kind as its parent. */
export function createFolder(tx: Transaction, parent: ManagedObjectReference, name: string, type: 'Folder' | 'StoragePod' = 'Folder'): ManagedObjectReference {
  const childType = type === 'StoragePod' ? ['Datastore'] : tx.props<'Folder'>(parent).childType!;
  const letter = ['VirtualMachine', 'ComputeResource', 'Datastore', 'Network'].findIndex((kind) => childType.includes(kind));
  const prefix = type === 'StoragePod' ? 'group-p' : letter < 0 ? 'group-d' : FOLDERS[letter]![2];
  return tx.create(type, groupId(tx, prefix), { ...entityProps(name, parent), childType, childEntity: NONE });
}

/** Unlimited, expandable, normal shares: what a pool has unless told otherwise. */
export const DEFAULT_ALLOCATION: ResourceAllocationInfo = Object.freeze({
  reservation: 0, expandableReservation: true, limit: -1, shares: { shares: 4000, level: 'normal' as const },
});
export const DEFAULT_MEMORY_ALLOCATION: ResourceAllocationInfo = Object.freeze({
  ...DEFAULT_ALLOCATION, shares: { shares: 163_840, level: 'normal' as const },
});
const NO_USAGE = Object.freeze({
  reservationUsed: 0, reservationUsedForVm: 0, unreservedForPool: 0, unreservedForVm: 0, overallUsage: 0, maxUsage: 0,
});
const NO_RUNTIME = Object.freeze({ memory: NO_USAGE, cpu: NO_USAGE, overallStatus: 'green' });
const QUICK_STATS = Object.freeze({
  overallCpuUsage: 0, overallCpuDemand: 0, guestMemoryUsage: 0, hostMemoryUsage: 0, distributedCpuEntitlement: 0,
  distributedMemoryEntitlement: 0, staticCpuEntitlement: 0, staticMemoryEntitlement: 0, privateMemory: 0, sharedMemory: 0,
  swappedMemory: 0, balloonedMemory: 0, overheadMemory: 0, consumedOverheadMemory: 0, compressedMemory: 0,
});

const SHARES = { low: [2000, 81_920], normal: [4000, 163_840], high: [8000, 327_680] } as const;

function allocation(given: ResourceAllocationInfo | undefined, old: ResourceAllocationInfo, column: 0 | 1): ResourceAllocationInfo {
  const merged = { ...old, ...given };
  const level = merged.shares?.level;
  if (level === undefined || level === 'custom') return merged;
  return { ...merged, shares: { shares: SHARES[level][column], level } };
}

/** A complete pool configuration from what a client sent and what was there. */
export function mergePoolConfig(given: ResourceConfigSpec | undefined, old: ResourceConfigSpec | undefined): ResourceConfigSpec {
  return {
    ...old,
    ...(given?.entity === undefined ? {} : { entity: given.entity }),
    ...(given?.scaleDescendantsShares === undefined ? {} : { scaleDescendantsShares: given.scaleDescendantsShares }),
    cpuAllocation: allocation(given?.cpuAllocation, old?.cpuAllocation ?? DEFAULT_ALLOCATION, 0),
    memoryAllocation: allocation(given?.memoryAllocation, old?.memoryAllocation ?? DEFAULT_MEMORY_ALLOCATION, 1),
  };
}

function poolProps(
  tx: Transaction, self: ManagedObjectReference, parent: ManagedObjectReference, name: string, spec: ResourceConfigSpec | undefined, now: Date,
): Props {
  const config = { ...mergePoolConfig(spec, undefined), entity: self, changeVersion: String(now.getTime()), lastModified: now };
  return {
    ...entityProps(name, parent),
    owner: computeResourceOf(tx, parent)!,
    config,
    runtime: NO_RUNTIME,
    summary: {
      _type: self.type === 'VirtualApp' ? 'VirtualAppSummary' : 'ResourcePoolSummary', name, config, runtime: NO_RUNTIME,
      quickStats: QUICK_STATS, configuredMemoryMB: 0,
    },
    resourcePool: NONE,
    vm: NONE,
    childConfiguration: [],
  };
}

/** Adds a resource pool below a pool, a vApp or (the root pool) a compute resource. */
export function createPool(
  sim: Simulation, tx: Transaction, parent: ManagedObjectReference, name: string, spec?: ResourceConfigSpec,
): ManagedObjectReference {
  const id = sim.product === 'esxi' && parent.type === 'ComputeResource' ? 'ha-root-pool' : sim.product === 'esxi' ? `pool${tx.nextId('')}` : tx.nextId('resgroup');
  const pool = { type: 'ResourcePool', value: id };
  return tx.create('ResourcePool', id, poolProps(tx, pool, parent, name, spec, sim.clock.now()));
}

/** What CreateVApp and UpdateVAppConfig make of a VAppConfigSpec. */
export function mergeVAppConfig(sim: Simulation, spec: VAppConfigSpec, old: VAppConfigInfo | undefined): VAppConfigInfo {
  const product = [...(old?.product ?? [])];
  for (const change of spec.product ?? []) {
    const at = product.findIndex((p) => p.key === (change.info?.key ?? change.removeKey));
    if (change.operation === 'remove') { if (at >= 0) product.splice(at, 1); }
    else if (at >= 0) product[at] = { ...product[at]!, ...change.info };
    else if (change.info) product.push(change.info);
  }
  const property = [...(old?.property ?? [])];
  for (const change of spec.property ?? []) {
    const at = property.findIndex((p) => p.key === (change.info?.key ?? change.removeKey));
    if (change.operation === 'remove') { if (at >= 0) property.splice(at, 1); }
    else if (at >= 0) property[at] = { ...property[at]!, ...change.info };
    else if (change.info) property.push(change.info);
  }
  return {
    _type: 'VAppConfigInfo',
    product,
    property,
    ipAssignment: {
      supportedAllocationScheme: [], ipAllocationPolicy: 'fixedPolicy', supportedIpProtocol: ['IPv4'], ipProtocol: 'IPv4',
      ...old?.ipAssignment, ...spec.ipAssignment,
    },
    eula: spec.eula ?? old?.eula ?? [],
    ovfSection: old?.ovfSection ?? [],
    ovfEnvironmentTransport: spec.ovfEnvironmentTransport ?? old?.ovfEnvironmentTransport ?? [],
    installBootRequired: spec.installBootRequired ?? old?.installBootRequired ?? false,
    installBootStopDelay: spec.installBootStopDelay ?? old?.installBootStopDelay ?? 0,
    entityConfig: spec.entityConfig ?? old?.entityConfig ?? [],
    annotation: spec.annotation ?? old?.annotation ?? '',
    instanceUuid: spec.instanceUuid ?? old?.instanceUuid ?? sim.random.uuid(),
    ...((spec.managedBy ?? old?.managedBy) ? { managedBy: spec.managedBy ?? old?.managedBy } : {}),
  };
}

/** Adds a vApp below a pool; `folder` is where it shows in the VM inventory (only a vApp in a vApp has none). */
export function createVApp(
  sim: Simulation, tx: Transaction, parent: ManagedObjectReference, name: string, resSpec: ResourceConfigSpec,
  configSpec: VAppConfigSpec, folder?: ManagedObjectReference,
): ManagedObjectReference {
  const id = sim.product === 'esxi' ? `vapp${tx.nextId('')}` : `resgroup-v${tx.nextId('')}`;
  const vApp = { type: 'VirtualApp', value: id };
  const nested = parent.type === 'VirtualApp';
  const parentFolder = nested ? undefined : (folder ?? tx.props<'Datacenter'>(datacenterOf(tx, parent)!).vmFolder!);
  return tx.create('VirtualApp', id, {
    ...poolProps(tx, vApp, parent, name, resSpec, sim.clock.now()),
    ...(parentFolder === undefined ? { parentVApp: parent } : { parentFolder }),
    datastore: NONE,
    network: NONE,
    vAppConfig: mergeVAppConfig(sim, configSpec, undefined),
    childLink: [],
  });
}

const EMPTY_SUMMARY = Object.freeze({
  totalCpu: 0, totalMemory: 0, numCpuCores: 0, numCpuThreads: 0, effectiveCpu: 0, effectiveMemory: 0, numHosts: 0, numEffectiveHosts: 0,
  overallStatus: 'green' as const,
});

function computeProps(sim: Simulation, tx: Transaction, name: string, folder: ManagedObjectReference, self: ManagedObjectReference): Props {
  const esxi = sim.product === 'esxi';
  return {
    ...entityProps(name, folder),
    host: NONE,
    datastore: NONE,
    network: NONE,
    summary: EMPTY_SUMMARY,
    environmentBrowser: tx.create('EnvironmentBrowser', esxi ? 'ha-env-browser' : `envbrowser-${self.value.replace(/\D+/g, '')}`, { _owner: self }),
    configurationEx: { _type: 'ComputeResourceConfigInfo', vmSwapPlacement: 'vmDirectory', spbmEnabled: true },
    lifecycleManaged: false,
  };
}

/** Adds an empty cluster with its root pool. */
export function createCluster(
  sim: Simulation, tx: Transaction, hostFolder: ManagedObjectReference, name: string, spec?: ClusterConfigSpecEx,
): ManagedObjectReference {
  const id = `domain-c${tx.nextId('')}`;
  const cluster = { type: 'ClusterComputeResource', value: id };
  const configurationEx = mergeClusterConfig(spec, undefined, false);
  tx.create('ClusterComputeResource', id, {
    ...computeProps(sim, tx, name, hostFolder, cluster),
    summary: { _type: 'ClusterComputeResourceSummary', ...EMPTY_SUMMARY, currentFailoverLevel: 0, numVmotions: 0, targetBalance: 200, currentBalance: 0 },
    summaryEx: { _type: 'ClusterComputeResourceSummary', ...EMPTY_SUMMARY, currentFailoverLevel: 0, numVmotions: 0 },
    configurationEx,
    configuration: {},
    recommendation: [],
    drsRecommendation: [],
    migrationHistory: [],
    actionHistory: [],
    drsFault: [],
  });
  tx.set(cluster, 'resourcePool', createPool(sim, tx, cluster, 'Resources'));
  return cluster;
}

/** Adds a host to a cluster. */
export const addHost = (sim: Simulation, tx: Transaction, cluster: ManagedObjectReference, hostName: string): ManagedObjectReference =>
  createHost(sim, tx, cluster, hostName);

/** Adds a host that is its own compute resource; gives the ComputeResource. */
export function createStandaloneHost(sim: Simulation, tx: Transaction, hostFolder: ManagedObjectReference, hostName: string): ManagedObjectReference {
  const computeResource = createComputeResource(sim, tx, hostFolder, hostName);
  createHost(sim, tx, computeResource, hostName);
  return computeResource;
}

/** The ComputeResource and root pool around one standalone host, without the host. */
export function createComputeResource(sim: Simulation, tx: Transaction, hostFolder: ManagedObjectReference, name: string): ManagedObjectReference {
  const id = sim.product === 'esxi' ? 'ha-compute-res' : `domain-s${tx.nextId('')}`;
  const computeResource = { type: 'ComputeResource', value: id };
  tx.create('ComputeResource', id, computeProps(sim, tx, name, hostFolder, computeResource));
  tx.set(computeResource, 'resourcePool', createPool(sim, tx, computeResource, 'Resources'));
  return computeResource;
}
