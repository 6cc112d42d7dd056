// EnvironmentBrowser: what virtual machines of a compute resource can have, told from its hosts, datastores and networks.
import {
  fault, type ConfigTarget, type DatastoreProperties, type HostSystemProperties, type ManagedObjectReference, type NetworkProperties, type VirtualMachineConfigOption,
} from '../../core/vim25/index.ts';
import { define, type QueryContext } from '../dispatch/define.ts';
import type { Props } from '../store/object.ts';
import { configOption, versionsUpTo } from './environment-browser-options.ts';
import { defaultHardwareVersion } from './virtual-machine/guest-os.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];
type Host = Partial<HostSystemProperties> & Props;

interface Member {
  readonly ref: Ref;
  readonly props: Host;
}

const propsOf = ({ sim }: QueryContext, ref: Ref | undefined): Props | undefined => (ref ? sim.store.get(ref)?.props : undefined);

/** The compute resource that the browser belongs to. */
const owner = (ctx: QueryContext): Props => propsOf(ctx, ctx.self.props['_owner'] as Ref) ?? {};

/** The hosts asked about: one, or all of the compute resource. Throws InvalidArgument for a host elsewhere. */
function hosts(ctx: QueryContext, asked: Ref | undefined): Member[] {
  const refs = (owner(ctx)['host'] ?? []) as Refs;
  if (asked && !refs.some((ref) => ref.value === asked.value)) {
    throw fault('InvalidArgument', { invalidProperty: 'host' }, `A specified parameter was not correct: host (${asked.value} is not in '${String(owner(ctx)['name'])}')`);
  }
  return refs.filter((ref) => !asked || ref.value === asked.value).flatMap((ref) => {
    const props = propsOf(ctx, ref);
    return props ? [{ ref, props }] : [];
  });
}

const newestOf = (ctx: QueryContext, { props }: Member): string => defaultHardwareVersion(props.config?.product.apiVersion ?? ctx.sim.about.apiVersion);

const atMost = (a: string, b: string): boolean => Number(a.slice(4)) <= Number(b.slice(4));

/** The version that new machines get: as configured, else the newest that every host runs. */
function defaultVersion(ctx: QueryContext, members: readonly Member[]): string {
  const configured = (owner(ctx)['configurationEx'] as { defaultHardwareVersionKey?: string } | undefined)?.defaultHardwareVersionKey;
  if (configured) return configured;
  return members.map((member) => newestOf(ctx, member)).reduce((oldest, next) => (atMost(oldest, next) ? oldest : next), defaultHardwareVersion(ctx.sim.about.apiVersion));
}

function option(ctx: QueryContext, key: string | undefined, host: Ref | undefined, guestIds?: readonly string[]): VirtualMachineConfigOption {
  const members = hosts(ctx, host);
  const chosen = key || defaultVersion(ctx, members);
  const known = members.length === 0 ? versionsUpTo(defaultHardwareVersion(ctx.sim.about.apiVersion)) : members.flatMap((member) => versionsUpTo(newestOf(ctx, member)));
  if (!known.some((version) => version.key === chosen)) {
    const names = [...new Set(known.map((version) => version.key))].join(', ');
    throw fault('InvalidArgument', { invalidProperty: 'key' }, `A specified parameter was not correct: key ('${chosen}' is no version of virtual hardware here; there are ${names})`);
  }
  return configOption(chosen, guestIds);
}

const distinct = (lists: Iterable<Refs | undefined>): Ref[] => {
  const found = new Map<string, Ref>();
  for (const list of lists) for (const ref of list ?? []) found.set(ref.value, ref);
  return [...found.values()];
};

function datastores(ctx: QueryContext, members: readonly Member[]): ConfigTarget['datastore'] {
  return distinct(members.map(({ props }) => props.datastore)).flatMap((ref) => {
    const props = propsOf(ctx, ref) as (Partial<DatastoreProperties> & Props) | undefined;
    if (!props?.summary || !props.capability) return [];
    const info = props.info as { maxFileSize?: number; maxVirtualDiskCapacity?: number; maxPhysicalRDMFileSize?: number; maxVirtualRDMFileSize?: number } | undefined;
    return [{
      _type: 'VirtualMachineDatastoreInfo', name: props.summary.name, datastore: props.summary, capability: props.capability, maxFileSize: Number(info?.maxFileSize ?? 0),
      maxVirtualDiskCapacity: info?.maxVirtualDiskCapacity, maxPhysicalRDMFileSize: info?.maxPhysicalRDMFileSize, maxVirtualRDMFileSize: info?.maxVirtualRDMFileSize,
      mode: 'readWrite', vStorageSupport: 'vStorageUnsupported',
    }];
  }) as ConfigTarget['datastore'];
}

function networks(ctx: QueryContext, members: readonly Member[]): Pick<ConfigTarget, 'network' | 'distributedVirtualPortgroup' | 'distributedVirtualSwitch'> {
  const network: object[] = [];
  const distributedVirtualPortgroup: object[] = [];
  const switches = new Map<string, object>();
  const vswitch = new Map(members.flatMap(({ props }) => (props.config?.network?.portgroup ?? []).map((group) => [group.spec.name, group.spec.vswitchName] as const)));
  for (const ref of distinct(members.map(({ props }) => props.network))) {
    const props = propsOf(ctx, ref) as (Partial<NetworkProperties> & Props) | undefined;
    if (!props) continue;
    const name = String(props.name);
    if (ref.type !== 'DistributedVirtualPortgroup') {
      network.push({ _type: 'VirtualMachineNetworkInfo', name, network: props.summary, vswitch: vswitch.get(name) });
      continue;
    }
    const config = props['config'] as { distributedVirtualSwitch?: Ref; type: string; uplink?: boolean; backingType?: string };
    const dvs = propsOf(ctx, config.distributedVirtualSwitch);
    if (!dvs || !config.distributedVirtualSwitch) continue;
    const [switchName, switchUuid] = [String(dvs['name']), String(dvs['uuid'])];
    switches.set(config.distributedVirtualSwitch.value, {
      _type: 'DistributedVirtualSwitchInfo', switchName, switchUuid, distributedVirtualSwitch: config.distributedVirtualSwitch, networkReservationSupported: true,
    });
    distributedVirtualPortgroup.push({
      _type: 'DistributedVirtualPortgroupInfo', switchName, switchUuid, portgroupName: name, portgroupKey: String(props['key']), portgroupType: config.type,
      uplinkPortgroup: config.uplink ?? false, portgroup: ref, networkReservationSupported: true, backingType: config.backingType ?? 'standard',
    });
  }
  return { network, distributedVirtualPortgroup, distributedVirtualSwitch: [...switches.values()] } as unknown as Pick<ConfigTarget, 'network' | 'distributedVirtualPortgroup' | 'distributedVirtualSwitch'>;
}

/** Disks that hold no datastore: what a raw device mapping can use. */
function rawDisks(ctx: QueryContext, members: readonly Member[]): ConfigTarget['scsiDisk'] {
  const used = new Set(distinct(members.map(({ props }) => props.datastore)).flatMap((ref) =>
    ((propsOf(ctx, ref)?.['info'] as { vmfs?: { extent?: readonly { diskName: string }[] } } | undefined)?.vmfs?.extent ?? []).map((extent) => extent.diskName)));
  const found = new Map<string, object>();
  for (const { props } of members) for (const lun of props.config?.storageDevice?.scsiLun ?? []) {
    const disk = lun as typeof lun & { readonly _type?: string; readonly capacity?: { readonly block: number; readonly blockSize: number } };
    if (disk._type !== 'HostScsiDisk' || !disk.capacity || used.has(disk.canonicalName ?? '')) continue;
    found.set(disk.uuid, {
      _type: 'VirtualMachineScsiDiskDeviceInfo', name: disk.canonicalName ?? disk.deviceName, capacity: Number(disk.capacity.block) * Number(disk.capacity.blockSize), disk, transportHint: '', lunNumber: 0,
    });
  }
  return [...found.values()] as unknown as ConfigTarget['scsiDisk'];
}

function passthrough(members: readonly Member[]): ConfigTarget['pciPassthrough'] {
  return members.flatMap(({ ref, props }) => (props.hardware?.pciDevice ?? [])
    .filter((pciDevice) => props.config?.pciPassthruInfo?.some((info) => info.id === pciDevice.id && info.passthruActive))
    .map((pciDevice) => ({ _type: 'VirtualMachinePciPassthroughInfo', name: pciDevice.id, pciDevice, systemId: props.hardware?.systemInfo.uuid ?? ref.value })));
}

function configTarget(ctx: QueryContext, host: Ref | undefined): ConfigTarget | undefined {
  const members = hosts(ctx, host);
  if (members.length === 0) return undefined;
  const sum = (value: (host: Host) => number | undefined) => members.reduce((total, { props }) => total + (value(props) ?? 0), 0);
  const most = (value: (host: Host) => number | undefined) => Math.max(...members.map(({ props }) => value(props) ?? 0));
  const memoryMB = Math.floor(most((props) => Number(props.hardware?.memorySize)) / 1024 ** 2);
  const drs = (owner(ctx)['configurationEx'] as { drsConfig?: { enabled?: boolean; defaultVmBehavior?: string } } | undefined)?.drsConfig;
  return {
    _type: 'ConfigTarget', numCpus: sum((props) => props.hardware?.cpuInfo.numCpuThreads), numCpuCores: sum((props) => props.hardware?.cpuInfo.numCpuCores),
    numNumaNodes: sum((props) => props.hardware?.numaInfo?.numNodes), maxCpusPerHost: most((props) => props.hardware?.cpuInfo.numCpuThreads), smcPresent: false,
    datastore: datastores(ctx, members), ...networks(ctx, members),
    cdRom: [{ _type: 'VirtualMachineCdromInfo', name: 'mpx.vmhba0:C0:T0:L0' }], scsiDisk: rawDisks(ctx, members), pciPassthrough: passthrough(members),
    maxMemMBOptimalPerf: memoryMB, supportedMaxMemMB: Math.min(25_165_824, memoryMB), resourcePool: propsOf(ctx, owner(ctx)['resourcePool'] as Ref | undefined)?.['runtime'],
    autoVmotion: drs?.enabled === true && drs.defaultVmBehavior === 'fullyAutomated',
  } as unknown as ConfigTarget;
}

export const environmentBrowser = define('EnvironmentBrowser', {
  QueryConfigOptionDescriptor: {
    query(ctx) {
      const members = hosts(ctx, undefined);
      const standard = defaultVersion(ctx, members);
      const newest = members.map((member) => newestOf(ctx, member)).reduce((a, b) => (atMost(a, b) ? b : a), standard);
      return versionsUpTo(newest).map(({ key, description }) => {
        const host = members.filter((member) => atMost(key, newestOf(ctx, member))).map(({ ref }) => ref);
        return { _type: 'VirtualMachineConfigOptionDescriptor', key, description, host, createSupported: host.length > 0, defaultConfigOption: key === standard, runSupported: host.length > 0, upgradeSupported: host.length > 0 };
      });
    },
  },
  QueryConfigOption: { query: (ctx, { key, host }) => option(ctx, key, host) },
  QueryConfigOptionEx: { query: (ctx, { spec }) => option(ctx, spec?.key, spec?.host, spec?.guestId) },
  QueryConfigTarget: { query: (ctx, { host }) => configTarget(ctx, host) },
  QueryTargetCapabilities: { query: (ctx, { host }) => hosts(ctx, host)[0]?.props.capability },
});
