// IoFilterManager: filters between machines and their disks, put on all hosts of a cluster; HostConfigInfo.ioFilterInfo shows them.
import {
  fault, type ClusterIoFilterInfo, type HostIoFilterInfo, type ManagedObjectReference, type VirtualDevice, type VirtualDisk, type VirtualDiskId,
} from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

interface Installed {
  readonly info: ClusterIoFilterInfo;
  /** Hosts that could not be reached. */
  readonly missing: readonly string[];
}

type Filters = Readonly<Record<string, readonly Installed[]>>;

const allOf = ({ tx, self }: TransactionContext): Filters => (tx.get(self.ref, '_filters') ?? {}) as Filters;
const filtersOf = (ctx: TransactionContext, compRes: Ref): readonly Installed[] => allOf(ctx)[compRes.value] ?? [];
const write = (ctx: TransactionContext, compRes: Ref, filters: readonly Installed[]): void => ctx.tx.set(ctx.self.ref, '_filters', { ...allOf(ctx), [compRes.value]: filters });

const hostsOf = ({ tx }: TransactionContext, compRes: Ref): Refs => (tx.get(compRes, 'host') ?? []) as Refs;
const isConnected = ({ tx }: TransactionContext, host: Ref): boolean => tx.get(host, 'runtime.connectionState') === 'connected';

function filterOf(ctx: TransactionContext, compRes: Ref, filterId: string): Installed {
  const found = filtersOf(ctx, compRes).find(({ info }) => info.id === filterId);
  if (!found) throw fault('NotFound', {}, `The filter '${filterId}' is not installed on '${String(ctx.tx.get(compRes, 'name'))}'.`);
  return found;
}

/** The name and version that the file of a package tells. */
function packageAt(vibUrl: string): Omit<ClusterIoFilterInfo, 'opType'> {
  const file = /^https?:\/\/[^/]+\/(?:.*\/)?([^/?]+)\.(?:vib|zip)$/.exec(vibUrl)?.[1];
  if (!file) throw fault('InvalidArgument', { invalidProperty: 'vibUrl' }, `A specified parameter was not correct: vibUrl ('${vibUrl}' is not the address of a .vib or .zip)`);
  const [, name = file, version = '1.0.0'] = /^(.+?)[-_](\d[\w.]*)$/.exec(file) ?? [];
  return { id: `${name}_${version}`, name, version, vendor: name.split(/[-_]/)[0]!, type: 'cache', summary: `The filter ${name}`, vibUrl };
}

function showOn({ tx }: TransactionContext, host: Ref, change: (list: readonly HostIoFilterInfo[]) => readonly HostIoFilterInfo[]): void {
  tx.set(host, 'config.ioFilterInfo', change((tx.get(host, 'config.ioFilterInfo') ?? []) as readonly HostIoFilterInfo[]));
}

function put(ctx: TransactionContext, host: Ref, { opType: _type, vibUrl: _url, ...info }: ClusterIoFilterInfo, instead?: string): void {
  showOn(ctx, host, (list) => [...list.filter(({ id }) => id !== info.id && id !== instead), { ...info, available: true }]);
}

/** Puts a filter on every host that can be reached. */
function putOnAll(ctx: TransactionContext, compRes: Ref, info: ClusterIoFilterInfo, instead?: string): Installed {
  const hosts = hostsOf(ctx, compRes);
  for (const host of hosts) if (isConnected(ctx, host)) put(ctx, host, info, instead);
  return { info, missing: hosts.filter((host) => !isConnected(ctx, host)).map(({ value }) => value) };
}

/** Disks of machines on these hosts that use a filter. */
function disksWith(ctx: TransactionContext, compRes: Ref, { name, id }: ClusterIoFilterInfo): VirtualDiskId[] {
  return hostsOf(ctx, compRes).flatMap((host) => (ctx.tx.get(host, 'vm') ?? []) as Refs).flatMap((vm) =>
    ((ctx.tx.get(vm, 'config.hardware.device') ?? []) as readonly VirtualDevice[])
      .filter((device) => (device as VirtualDisk).iofilter?.some((one) => one === name || one === id)).map(({ key }) => ({ vm, diskId: key })));
}

/** A filter changes under machines that do not run, or that DRS can move away. */
function mustBeMovable(ctx: TransactionContext, compRes: Ref): void {
  const drs = ctx.tx.get(compRes, 'configurationEx.drsConfig') as { enabled?: boolean; defaultVmBehavior?: string } | undefined;
  if (drs?.enabled && drs.defaultVmBehavior === 'fullyAutomated') return;
  const busy = hostsOf(ctx, compRes).find((host) => isConnected(ctx, host) && ctx.tx.get(host, 'runtime.inMaintenanceMode') !== true);
  if (busy) throw fault('InvalidState', {}, `The operation is not allowed in the current state: host '${String(ctx.tx.get(busy, 'name'))}' is not in maintenance mode, and DRS cannot empty it.`);
}

function resolve(ctx: TransactionContext, compRes: Ref, filterId: string, hosts: Refs): void {
  const found = filterOf(ctx, compRes, filterId);
  const back = hosts.filter((host) => isConnected(ctx, host) && found.missing.includes(host.value));
  for (const host of back) put(ctx, host, found.info);
  write(ctx, compRes, filtersOf(ctx, compRes).map((one) => (one === found ? { ...one, missing: one.missing.filter((value) => !back.some((host) => host.value === value)) } : one)));
}

export const ioFilterManager = define('IoFilterManager', {
  InstallIoFilter_Task: {
    entity: (_ctx, { compRes }) => compRes,
    task(ctx, { vibUrl, compRes }) {
      const found = packageAt(vibUrl);
      if (filtersOf(ctx, compRes).some(({ info }) => info.name === found.name)) throw fault('AlreadyExists', { name: found.name }, `The specified key, name, or identifier '${found.name}' already exists.`);
      const installed = putOnAll(ctx, compRes, { ...found, opType: 'install' });
      write(ctx, compRes, [...filtersOf(ctx, compRes), installed]);
      return installed.info;
    },
  },
  UpgradeIoFilter_Task: {
    entity: (_ctx, { compRes }) => compRes,
    task(ctx, { filterId, compRes, vibUrl }) {
      const old = filterOf(ctx, compRes, filterId);
      mustBeMovable(ctx, compRes);
      const upgraded = putOnAll(ctx, compRes, { ...packageAt(vibUrl), opType: 'upgrade' }, filterId);
      write(ctx, compRes, filtersOf(ctx, compRes).map((one) => (one === old ? upgraded : one)));
      return upgraded.info;
    },
  },
  UninstallIoFilter_Task: {
    entity: (_ctx, { compRes }) => compRes,
    task(ctx, { filterId, compRes }) {
      const found = filterOf(ctx, compRes, filterId);
      const disk = disksWith(ctx, compRes, found.info);
      if (disk.length > 0) throw fault('FilterInUse', { type: 'IoFilter', name: found.info.name, disk }, `The resource '${found.info.name}' is in use by ${disk.length} disks.`);
      mustBeMovable(ctx, compRes);
      for (const host of hostsOf(ctx, compRes)) showOn(ctx, host, (list) => list.filter(({ id }) => id !== filterId));
      write(ctx, compRes, filtersOf(ctx, compRes).filter((one) => one !== found));
    },
  },
  QueryIoFilterInfo: (ctx, { compRes }) => filtersOf(ctx, compRes).map(({ info }) => info),
  QueryIoFilterIssues: (ctx, { filterId, compRes }) => {
    const { info, missing } = filterOf(ctx, compRes, filterId);
    const hostIssue = hostsOf(ctx, compRes).filter(({ value }) => missing.includes(value)).map((host) => ({ host, issue: [fault('HostNotConnected', {}, 'The host was not connected.').localized()] }));
    return { opType: info.opType, hostIssue };
  },
  ResolveInstallationErrorsOnHost_Task: {
    entity: (_ctx, { host }) => host,
    task: (ctx, { filterId, host }) => resolve(ctx, ctx.tx.get(host, 'parent') as Ref, filterId, [host]),
  },
  ResolveInstallationErrorsOnCluster_Task: {
    entity: (_ctx, { cluster }) => cluster,
    task: (ctx, { filterId, cluster }) => resolve(ctx, cluster, filterId, hostsOf(ctx, cluster)),
  },
  QueryDisksUsingFilter: (ctx, { filterId, compRes }) => disksWith(ctx, compRes, filterOf(ctx, compRes, filterId).info),
});
