// Makes datastores with their browser and empty root directory, and mounts them on hosts.
// HostSystem.datastore is the source; Datastore.host follows it.
import type { DatastoreCapability, DatastoreSummary, HostVmfsVolume, ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Rule } from '../store/derive.ts';
import type { Props } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';
import { createRoot } from './datastore/files.ts';
import { entityProps } from './entity.ts';
import type { Extent } from './host-system/host-disks.ts';

const TB = 1024 ** 4;
/** The largest file of VMFS 6. */
const MAX_FILE = 62 * TB;

const CAPABILITY: DatastoreCapability = Object.freeze({
  directoryHierarchySupported: true, rawDiskMappingsSupported: true, perFileThinProvisioningSupported: true,
  storageIORMSupported: true, nativeSnapshotSupported: false, topLevelDirectoryCreateSupported: true, seSparseSupported: true,
  vmfsSparseSupported: true, vsanSparseSupported: false, upitSupported: false, vmdkExpandSupported: true, clusteredVmdkSupported: false,
});

const VSAN_CAPABILITY: DatastoreCapability = Object.freeze({ ...CAPABILITY, rawDiskMappingsSupported: false, topLevelDirectoryCreateSupported: false, vsanSparseSupported: true });

/** What HostDatastoreBrowser.supportedType lists. */
export const SUPPORTED_QUERIES = Object.freeze([
  'VmConfigFileQuery', 'TemplateConfigFileQuery', 'VmDiskFileQuery', 'FolderFileQuery', 'VmSnapshotFileQuery', 'IsoImageFileQuery',
  'FloppyImageFileQuery', 'VmNvramFileQuery', 'VmLogFileQuery',
].map((_type) => ({ _type })));

export interface DatastoreOptions {
  readonly name: string;
  readonly datacenter: ManagedObjectReference;
  readonly hosts: readonly ManagedObjectReference[];
  /** Bytes. */
  readonly capacity: number;
  readonly type: 'VMFS' | 'NFS' | 'NFS41' | 'CIFS' | 'vsan' | 'VVOL' | 'OTHER';
  /** Where a network volume comes from. */
  readonly remote?: { readonly host: string; readonly path: string; readonly userName?: string };
  /** The partition that a VMFS volume is on; a disk of its own when absent. */
  readonly extent?: Extent;
  /** The storage container of virtual volumes. */
  readonly container?: string;
  /** What a spec says of a VMFS volume. */
  readonly vmfs?: Partial<HostVmfsVolume>;
  /** A directory of the host that serves as a datastore. */
  readonly localPath?: string;
  readonly accessMode?: string;
  /** A folder or StoragePod below the datastore folder; that folder itself when absent. */
  readonly folder?: ManagedObjectReference;
}

/** Adds a datastore and mounts it on the hosts. */
export function createDatastore(sim: Simulation, tx: Transaction, options: DatastoreOptions): ManagedObjectReference {
  const { name, datacenter, capacity, type } = options;
  const esxi = sim.product === 'esxi';
  const uuid = sim.random.uuid();
  const hex = uuid.replaceAll('-', '');
  const volume = type === 'vsan' ? `vsan:${hex.slice(0, 16)}-${hex.slice(16)}` : `${uuid.slice(0, 8)}-${uuid.slice(9, 13)}${uuid.slice(14, 18)}-${uuid.slice(19, 23)}-${uuid.slice(24)}`;
  const id = esxi ? volume.replace(':', '-') : tx.nextId('datastore');
  const datastore = { type: 'Datastore', value: id };
  const url = esxi ? `/vmfs/volumes/${volume}` : `ds:///vmfs/volumes/${volume}/`;
  const summary: DatastoreSummary = {
    datastore, name, url, capacity, freeSpace: capacity, uncommitted: 0, accessible: true, multipleHostAccess: false, type, maintenanceMode: 'normal',
  };
  tx.create('Datastore', id, {
    ...entityProps(name, options.folder ?? tx.props<'Datacenter'>(datacenter).datastoreFolder),
    info: info(options, url, volume, sim.clock.now()),
    summary,
    host: [],
    vm: [],
    browser: tx.create('HostDatastoreBrowser', `datastoreBrowser-${id}`, { datastore: [datastore], supportedType: SUPPORTED_QUERIES }),
    capability: type === 'vsan' ? VSAN_CAPABILITY : CAPABILITY,
    iormConfiguration: {
      enabled: false, congestionThresholdMode: 'automatic', congestionThreshold: 30, percentOfPeakThroughput: 90,
      statsCollectionEnabled: false, reservationEnabled: false,
    },
    _datacenter: datacenter,
    _used: 0,
    ...(options.extent ? { _extents: [options.extent] } : {}),
    ...(options.accessMode === undefined ? {} : { _accessMode: options.accessMode }),
  });
  createRoot(tx, datastore);
  for (const host of options.hosts) mount(tx, host, datastore);
  return datastore;
}

function info({ name, capacity, type, remote, extent, localPath, vmfs, container }: DatastoreOptions, url: string, uuid: string, timestamp: Date): Props {
  const common = {
    name, url, freeSpace: capacity, maxFileSize: MAX_FILE, maxVirtualDiskCapacity: MAX_FILE, maxMemoryFileSize: MAX_FILE, timestamp,
  };
  if (type === 'NFS' || type === 'NFS41' || type === 'CIFS') {
    const { host = 'nas.example.com', path = `/${name}`, userName } = remote ?? {};
    return { _type: 'NasDatastoreInfo', ...common, nas: { _type: 'HostNasVolume', type, name, capacity, remoteHost: host, remotePath: path, remoteHostNames: [host], userName } };
  }
  if (type === 'VVOL') return { _type: 'VvolDatastoreInfo', ...common, vvolDS: { _type: 'HostVvolVolume', type, name, capacity, scId: container } };
  if (type === 'OTHER') return { _type: 'LocalDatastoreInfo', ...common, path: localPath };
  if (type === 'vsan') return { _type: 'VsanDatastoreInfo', ...common, membershipUuid: uuid.replace(/^vsan:(.{8})(.{4})(.{4})-(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), accessGenNo: 0 };
  return {
    _type: 'VmfsDatastoreInfo',
    ...common,
    maxPhysicalRDMFileSize: MAX_FILE,
    maxVirtualRDMFileSize: MAX_FILE,
    vmfs: {
      _type: 'HostVmfsVolume', type, name, capacity, blockSizeMb: 1, blockSize: 1024, unmapGranularity: 1024, unmapPriority: 'low',
      maxBlocks: 63_963_136, majorVersion: 6, version: '6.82', uuid, extent: [extent ? { diskName: extent.diskName, partition: extent.partition } : { diskName: `naa.${uuid.replaceAll('-', '')}`, partition: 1 }],
      vmfsUpgradable: false, ssd: false, local: extent?.diskName.startsWith('mpx.') ?? false, ...vmfs,
    },
  };
}

/** Makes a host see a datastore. */
export function mount(tx: Transaction, host: ManagedObjectReference, datastore: ManagedObjectReference): void {
  const known = tx.props<'HostSystem'>(host).datastore ?? [];
  if (!known.some((ref) => ref.value === datastore.value)) tx.set(host, 'datastore', [...known, datastore]);
}

/** Makes a host no longer see a datastore. */
export function unmount(tx: Transaction, host: ManagedObjectReference, datastore: ManagedObjectReference): void {
  const known = tx.props<'HostSystem'>(host).datastore ?? [];
  const kept = known.filter((ref) => ref.value !== datastore.value);
  if (kept.length === known.length) return;
  tx.set(host, 'datastore', kept);
  const swap = tx.get(host, 'config.localSwapDatastore') as ManagedObjectReference | undefined;
  if (swap?.value === datastore.value) tx.set(host, 'config.localSwapDatastore', undefined);
}

/** Datastore.host from the hosts that mount it. */
export const mountsFollowHosts: Rule = {
  type: 'Datastore',
  inputs: ['_hosts', '_unmountedFrom', '_accessMode', 'info'],
  derive(props) {
    const hosts = (props['_hosts'] ?? []) as readonly ManagedObjectReference[];
    const { url } = props['info'] as { url: string };
    const unmounted = (props['_unmountedFrom'] ?? []) as readonly string[];
    const path = url.replace(/^ds:\/\//, '').replace(/\/$/, '');
    const accessMode = props['_accessMode'] ?? 'readWrite';
    const mountInfo = (isIn: boolean) => ({ path, accessMode, mounted: isIn, accessible: isIn });
    const [into, out] = [mountInfo(true), mountInfo(false)];
    const summary = props['summary'] as DatastoreSummary;
    const multipleHostAccess = hosts.length > 1;
    const accessible = unmounted.length === 0 || hosts.some(({ value }) => !unmounted.includes(value));
    const same = summary.multipleHostAccess === multipleHostAccess && summary.accessible === accessible;
    const host = hosts.map((key) => ({ key, mountInfo: unmounted.includes(key.value) ? out : into }));
    const old = (props['host'] ?? []) as typeof host;
    // Free space is part of info: most changes of it leave the mounts as they are, and nobody is to hear of them.
    const kept = old.length === host.length && host.every(({ key, mountInfo: now }, i) => {
      const then = old[i]!.mountInfo;
      return old[i]!.key.value === key.value && then.path === now.path && then.accessMode === now.accessMode && then.mounted === now.mounted;
    });
    return {
      host: kept ? old : host,
      summary: same ? summary : { ...summary, multipleHostAccess, accessible },
    };
  },
};
