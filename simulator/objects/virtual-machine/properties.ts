// The properties of a machine that follow from others (summary, guest, storage, datastore and network lists …), as
// rules and relations, and the constants that all machines share. Nothing else writes these properties.
import type {
  GuestInfo, ManagedObjectReference, VirtualDevice, VirtualMachineCapability, VirtualMachineConfigInfo, VirtualMachineQuickStats, VirtualMachineRuntimeInfo,
  VirtualMachineSummary,
} from '../../../core/vim25/index.ts';
import type { Reader, Relation, Rule } from '../../store/derive.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { opaqueNetworkRef } from '../network-create.ts';
import { isFamily } from './device-types.ts';
import type { Setting } from './extra-config.ts';
import { renamedFiles } from './file-names.ts';
import { guestOf, hasTools } from './guest.ts';
import { layoutRule } from './layout.ts';
import { treeRule } from './snapshot-tree.ts';

const yes = [
  'snapshotOperationsSupported', 'multipleSnapshotsSupported', 'poweredOffSnapshotsSupported', 'memorySnapshotsSupported', 'revertToSnapshotSupported',
  'cpuFeatureMaskSupported', 'toolsAutoUpdateSupported', 'vmNpivWwnSupported', 'npivWwnOnNonRdmVmSupported', 'vmNpivWwnDisableSupported',
  'vmNpivWwnUpdateSupported', 'swapPlacementSupported', 'toolsSyncTimeSupported', 'virtualMmuUsageSupported', 'diskSharesSupported', 'bootOptionsSupported',
  'bootRetryOptionsSupported', 'settingVideoRamSizeSupported', 'changeTrackingSupported', 'multipleCoresPerSocketSupported',
  'hostBasedReplicationSupported', 'guestAutoLockSupported', 'memoryReservationLockSupported', 'featureRequirementSupported',
  'poweredOnMonitorTypeChangeSupported', 'nestedHVSupported', 'vPMCSupported', 'secureBootSupported', 'perVmEvcSupported',
] as const;
const no = [
  'snapshotConfigSupported', 'quiescedSnapshotsSupported', 'disableSnapshotsSupported', 'lockSnapshotsSupported', 'consolePreferencesSupported',
  's1AcpiManagementSupported', 'settingScreenResolutionSupported', 'settingDisplayTopologySupported', 'recordReplaySupported', 'seSparseDiskSupported',
] as const;

export const VM_CAPABILITY = Object.freeze(
  Object.fromEntries([...yes.map((key) => [key, true]), ...no.map((key) => [key, false])]),
) as unknown as VirtualMachineCapability;

/** Runtime of a machine that is off, without its host. */
export const INITIAL_RUNTIME: VirtualMachineRuntimeInfo = Object.freeze({
  connectionState: 'connected', powerState: 'poweredOff', vmFailoverInProgress: false, faultToleranceState: 'notConfigured', toolsInstallerMounted: false,
  maxCpuUsage: 0, maxMemoryUsage: 0, numMksConnections: 0, recordReplayState: 'inactive', onlineStandby: false, consolidationNeeded: false, paused: false,
  snapshotInBackground: false, quiescedForkParent: false, instantCloneFrozen: false,
} satisfies Partial<VirtualMachineRuntimeInfo>) as VirtualMachineRuntimeInfo;

export const vmRelations: readonly Relation[] = [
  { type: 'VirtualMachine', path: 'runtime.host', inverse: 'vm' },
  { type: 'VirtualMachine', path: 'resourcePool', inverse: 'vm' },
  { type: 'VirtualMachine', path: 'datastore', inverse: 'vm' },
  { type: 'VirtualMachine', path: 'network', inverse: 'vm' },
  // Who might use files of other machines: what must be asked before a file is deleted, without asking everybody.
  { type: 'VirtualMachine', path: '_borrows', inverse: '_borrowers', targets: ['Datastore'] },
];

const configOf = (props: Props): VirtualMachineConfigInfo => props['config'] as VirtualMachineConfigInfo;
const unescapeName = (name: string): string => name.replace(/%2f/gi, '/').replace(/%5c/gi, '\\').replace(/%25/g, '%');

/** A renamed entity renames its configuration. */
const nameRule: Rule = {
  type: 'VirtualMachine',
  inputs: ['name'],
  derive(props) {
    const name = unescapeName(String(props['name']));
    const config = configOf(props);
    return config.name === name ? undefined : { config: { ...config, name } };
  },
};

/** Names of files begin with the name of their datastore, so a renamed datastore renames them. */
const fileNamesRule: Rule = {
  type: 'VirtualMachine',
  inputs: [],
  watch: [{ type: 'Datastore', path: 'vm', inputs: ['name'] }],
  derive(props, read) {
    const config = renamedFiles(configOf(props), props['_home'] as ManagedObjectReference | undefined, read);
    return config && { config };
  },
};

const sameList = (old: unknown, fresh: readonly ManagedObjectReference[]): boolean =>
  Array.isArray(old) && old.length === fresh.length && (old as readonly ManagedObjectReference[]).every((ref, i) => ref.value === fresh[i]!.value);

interface Backing {
  readonly fileName?: string;
  readonly datastore?: ManagedObjectReference;
  readonly parent?: Backing;
  readonly network?: ManagedObjectReference;
  readonly port?: { readonly portgroupKey?: string };
}

/** True for a disk file that is named after the machine and lies in its directory. */
function isOwnFile(vmPathName: string | undefined, fileName: string): boolean {
  const stem = vmPathName?.replace(/\.vmx$/, '') ?? '';
  return stem !== '' && fileName.startsWith(stem) && OWN_DISK.test(fileName.slice(stem.length));
}

const OWN_DISK = /^(_\d+)?(-\d{6})?\.vmdk$/;

/** The datastores on which the machine, or a snapshot of it, has disk files that could be another machine's. */
function borrows(props: Props, read: Reader): readonly ManagedObjectReference[] | undefined {
  const found = new Map<string, ManagedObjectReference>();
  const config = configOf(props);
  const snapshots = ((props['_snapshots'] ?? []) as readonly ManagedObjectReference[]).map((ref) => read(ref)?.['config'] as VirtualMachineConfigInfo | undefined);
  for (const state of [config, ...snapshots]) for (const device of state?.hardware.device ?? []) {
    if (!isFamily(device, 'disk')) continue;
    for (let link = device.backing as Backing | undefined; link?.datastore; link = link.parent) {
      if (!isOwnFile(config.files.vmPathName, link.fileName ?? '')) found.set(link.datastore.value, link.datastore);
    }
  }
  if (found.size === 0) return undefined;
  const made = [...found.values()].filter((ref) => read(ref));
  return sameList(props['_borrows'], made) ? (props['_borrows'] as readonly ManagedObjectReference[]) : made;
}

/** As a property, when there is or was any. */
function borrowed(props: Props, read: Reader): Props {
  const made = borrows(props, read);
  return made === undefined && props['_borrows'] === undefined ? NOTHING : { _borrows: made };
}

const NOTHING: Props = Object.freeze({});

/** VirtualMachine.datastore and .network: where its files are and what its adapters are plugged into. */
const placesRule: Rule = {
  type: 'VirtualMachine',
  inputs: ['config', '_home', '_snapshots'],
  derive(props, read) {
    const datastores = new Map<string, ManagedObjectReference>();
    const networks = new Map<string, ManagedObjectReference>();
    const home = props['_home'] as ManagedObjectReference | undefined;
    if (home) datastores.set(home.value, home);
    for (const device of configOf(props).hardware.device ?? []) {
      const backing = device.backing as Backing | undefined;
      for (let link = backing; link?.datastore; link = link.parent) if (read(link.datastore)) datastores.set(link.datastore.value, link.datastore);
      if (backing?.network && read(backing.network)) networks.set(backing.network.value, backing.network);
      const group = backing?.port?.portgroupKey;
      if (group !== undefined) {
        const ref = { type: 'DistributedVirtualPortgroup', value: group };
        if (read(ref)) networks.set(group, ref);
      }
      const segment = (backing as { opaqueNetworkId?: string } | undefined)?.opaqueNetworkId;
      const opaque = segment === undefined ? undefined : opaqueNetworkRef(segment);
      if (opaque && read(opaque)) networks.set(opaque.value, opaque);
    }
    const datastore = [...datastores.values()];
    const network = [...networks.values()];
    return {
      datastore: sameList(props['datastore'], datastore) ? props['datastore'] : datastore,
      network: sameList(props['network'], network) ? props['network'] : network,
      ...borrowed(props, read),
    };
  },
};

/** GuestInfo and heartbeat from what the guest reports, while it runs. */
const guestRule: Rule = {
  type: 'VirtualMachine',
  inputs: ['_guest', '_guestShown', '_heartbeat', 'runtime', 'config'],
  derive(props) {
    const facts = props['_guest'] as Partial<GuestInfo> | undefined;
    const runtime = props['runtime'] as VirtualMachineRuntimeInfo;
    const guest = guestOf(configOf(props), runtime.powerState, facts, props['guest'] as GuestInfo | undefined, props['_guestShown'] === true);
    return { guest, guestHeartbeatStatus: props['_heartbeat'] !== undefined ? props['_heartbeat'] : runtime.powerState === 'poweredOn' && hasTools(facts) ? 'green' : 'gray' };
  },
};

const resourceRule: Rule = {
  type: 'VirtualMachine',
  inputs: ['config'],
  derive(props) {
    const { cpuAllocation, memoryAllocation, changeVersion, modified } = configOf(props);
    const old = props['resourceConfig'] as { cpuAllocation?: unknown; memoryAllocation?: unknown } | undefined;
    if (!cpuAllocation || !memoryAllocation || (old?.cpuAllocation === cpuAllocation && old.memoryAllocation === memoryAllocation)) return undefined;
    return { resourceConfig: { entity: props['_self'], changeVersion, lastModified: modified, cpuAllocation, memoryAllocation } };
  },
};

const STATS_OFF: VirtualMachineQuickStats = Object.freeze({
  overallCpuUsage: 0, overallCpuDemand: 0, guestMemoryUsage: 0, hostMemoryUsage: 0, guestHeartbeatStatus: 'gray', distributedCpuEntitlement: 0,
  distributedMemoryEntitlement: 0, staticCpuEntitlement: 0, staticMemoryEntitlement: 0, privateMemory: 0, sharedMemory: 0, swappedMemory: 0,
  balloonedMemory: 0, consumedOverheadMemory: 0, ftLogBandwidth: -1, ftSecondaryLatency: -1, ftLatencyStatus: 'gray', compressedMemory: 0,
  uptimeSeconds: 0, ssdSwappedMemory: 0,
});
const STATS_ON = Object.freeze({ ...STATS_OFF, overallCpuUsage: 20, overallCpuDemand: 20, staticCpuEntitlement: 100 });
const STATS_ON_TOOLS = Object.freeze({ ...STATS_ON, guestHeartbeatStatus: 'green' as const });

const count = (devices: readonly VirtualDevice[] | undefined, family: string): number =>
  (devices ?? []).reduce((n, device) => (isFamily(device, family) ? n + 1 : n), 0);

const summaryRule: Rule = {
  type: 'VirtualMachine',
  // What guest and storage are made of, not they themselves: their rules come first, and one pass is then enough.
  inputs: ['config', 'runtime', '_guest', '_home', 'overallStatus', 'customValue', '_stats', '_guestShown', '_heartbeat', '_summary'],
  derive(props) {
    const old = props['summary'] as (VirtualMachineSummary & { readonly config: object }) | undefined;
    const config = configOf(props);
    const runtime = props['runtime'] as VirtualMachineRuntimeInfo;
    const guest = props['guest'] as GuestInfo | undefined;
    const storage = props['storage'] as { perDatastoreUsage?: readonly { committed: number; uncommitted: number; unshared: number }[]; timestamp: Date } | undefined;
    const stats = runtime.powerState !== 'poweredOn' ? STATS_OFF : props['guestHeartbeatStatus'] === 'green' ? STATS_ON_TOOLS : STATS_ON;
    const sum = (key: 'committed' | 'uncommitted' | 'unshared') => (storage?.perDatastoreUsage ?? []).reduce((n, usage) => n + usage[key], 0);
    const summary: VirtualMachineSummary = {
      vm: props['_self'] as ManagedObjectReference,
      runtime,
      guest: guest && guestSummary(guest, config),
      config: configSummary(config),
      storage: storage && { committed: sum('committed'), uncommitted: sum('uncommitted'), unshared: sum('unshared'), timestamp: storage.timestamp },
      quickStats: props['_stats'] ? { ...stats, ...(props['_stats'] as object) } : stats,
      overallStatus: props['overallStatus'] as VirtualMachineSummary['overallStatus'],
      customValue: (props['customValue'] ?? old?.customValue) as VirtualMachineSummary['customValue'],
    };
    return { summary: props['_summary'] === undefined ? summary : overlaid(summary, props['_summary'] as Props) };
  },
};

/** The summary with the fields that somebody set by hand. */
const overlaid = (summary: VirtualMachineSummary, fields: Props): VirtualMachineSummary =>
  Object.fromEntries(Object.entries({ ...summary, ...fields }).map(([key, value]) => {
    const derived = (summary as unknown as Props)[key];
    return [key, typeof fields[key] === 'object' && typeof derived === 'object' ? { ...derived, ...(fields[key] as object) } : value];
  })) as unknown as VirtualMachineSummary;

function guestSummary(guest: GuestInfo, config: VirtualMachineConfigInfo): NonNullable<VirtualMachineSummary['guest']> {
  const { guestId, guestFullName, toolsStatus, toolsVersionStatus, toolsVersionStatus2, toolsRunningStatus, hostName, ipAddress } = guest;
  const base = { toolsStatus, toolsVersionStatus, toolsVersionStatus2, toolsRunningStatus, hwVersion: config.version };
  return hostName === undefined && ipAddress === undefined && guestId === undefined ? base : { guestId, guestFullName, ...base, hostName, ipAddress };
}

function configSummary(config: VirtualMachineConfigInfo): VirtualMachineSummary['config'] {
  const { hardware } = config;
  return {
    name: config.name, template: config.template, vmPathName: config.files.vmPathName ?? '', memorySizeMB: hardware.memoryMB,
    cpuReservation: Number(config.cpuAllocation?.reservation ?? 0), memoryReservation: Number(config.memoryAllocation?.reservation ?? 0), numCpu: hardware.numCPU,
    numEthernetCards: count(hardware.device, 'nic'), numVirtualDisks: count(hardware.device, 'disk'), uuid: config.uuid, instanceUuid: config.instanceUuid,
    guestId: config.guestId, guestFullName: config.guestFullName, annotation: config.annotation ?? '', product: config.vAppConfig?.product?.[0],
    installBootRequired: config.vAppConfig?.installBootRequired ?? false, ftInfo: config.ftInfo, managedBy: config.managedBy,
    tpmPresent: count(hardware.device, 'tpm') > 0, numVmiopBackings: 0, hwVersion: config.version,
  };
}

export const vmRules: readonly Rule[] = [nameRule, fileNamesRule, placesRule, guestRule, resourceRule, layoutRule, summaryRule, treeRule];

/** Writes what `SET.` keys of extraConfig ask for. What is said of the guest of a machine that is off shows until its power changes. */
export function applySettings(tx: Transaction, vm: ManagedObjectReference, settings: readonly Setting[]): void {
  for (const { path, value } of settings) tx.set(vm, path, value);
  if (settings.some(({ path }) => path.startsWith('_guest.')) && tx.get(vm, 'runtime.powerState') !== 'poweredOn') tx.set(vm, '_guestShown', true);
}
