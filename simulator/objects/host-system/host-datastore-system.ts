// HostDatastoreSystem: making datastores of a host's disks, network volumes and directories, and taking them away.
import { fault, Fault, toNumber, type HostDatastoreSystemVvolDatastoreSpec, type HostScsiDisk, type HostNasVolumeSpec, type ManagedObjectReference, type VmfsDatastoreCreateSpec, type VmfsDatastoreOption } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import { createDatastore, mount, unmount } from '../datastore-create.ts';
import { destroyDatastore } from '../datastore/datastore.ts';
import { findDatastore } from '../datastore/files.ts';
import { datacenterOf, validName } from '../entity.ts';
import { disksOf, extentsOf, FIRST_SECTOR, partitionsOn, SECTOR, type Extent } from './host-disks.ts';
import { bytesOf, hostOf, isFree, wrong, type Ctx } from './storage/shared.ts';
import { extentName, setExtents, vmfsFrom } from './storage/vmfs.ts';

type Ref = ManagedObjectReference;

const TB = 1024 ** 4;
const NAS_TYPES = ['NFS', 'NFS41', 'CIFS'] as const;

const datacenterOfHost = (ctx: Ctx): Ref => datacenterOf(ctx.tx, hostOf(ctx))!;
const hostFault = (text: string): Fault => fault('PlatformConfigFault', { text }, `An error occurred during host configuration: ${text}`);

/** The disk of a device path. Throws NotFound. */
function diskAt(ctx: Ctx, devicePath: string): HostScsiDisk {
  const disks = disksOf(ctx.tx, hostOf(ctx));
  const found = disks.find((disk) => disk.devicePath === devicePath || disk.canonicalName === devicePath);
  if (!found) throw fault('NotFound', {}, `The host has no disk ${devicePath}. Its disks: ${disks.map((disk) => disk.devicePath).join(', ')}.`);
  return found;
}

/** The last sector that a partition may have: a GPT keeps its copy in the 33 after it. */
const lastSector = (disk: HostScsiDisk): number => toNumber(disk.capacity.block) - 34;

const lba = (block: number): object => ({ blockSize: SECTOR, block });

/** A layout of VMFS partitions, in the words of the API. */
const layoutOf = (disk: HostScsiDisk, extents: readonly Extent[]): object => ({
  total: lba(toNumber(disk.capacity.block)),
  partition: extents.map(({ partition, start, end }) => ({ partition, type: 'vmfs', start: lba(start), end: lba(end) })),
});

const partitionSpec = (disk: HostScsiDisk, extents: readonly Extent[]): object => ({
  partitionFormat: 'gpt', totalSectors: toNumber(disk.capacity.block),
  partition: extents.map(({ partition, start, end }) => ({ partition, startSector: start, endSector: end, type: 'vmfs', logical: false, attributes: 0, partitionAlignment: 0 })),
});

const wholeDisk = (disk: HostScsiDisk): Extent => ({ diskName: disk.canonicalName!, partition: 1, start: FIRST_SECTOR, end: lastSector(disk) });

function allExtentOption(disk: HostScsiDisk, extent: Extent, spec: object): VmfsDatastoreOption {
  const range = { partition: extent.partition, type: 'vmfs', start: lba(extent.start), end: lba(extent.end) };
  return { info: { _type: 'VmfsDatastoreAllExtentOption', layout: layoutOf(disk, [extent]), vmfsExtent: range, partitionFormatChange: false }, spec } as unknown as VmfsDatastoreOption;
}

/** The partition of a spec, checked against its disk. */
function extentFrom(ctx: Ctx, disk: HostScsiDisk, partitions: VmfsDatastoreCreateSpec['partition']['partition'], number: number): Extent {
  const wanted = partitions?.find(({ partition }) => partition === number);
  if (!wanted) throw wrong('spec.partition', `it has no partition ${number}`);
  const [start, end] = [toNumber(wanted.startSector), toNumber(wanted.endSector)];
  if (!(start >= 34 && end > start && end <= lastSector(disk))) throw hostFault(`Sectors ${start} to ${end} are not on the disk ${disk.canonicalName!}, which ends at ${lastSector(disk)}.`);
  for (const other of partitionsOn(ctx.tx, hostOf(ctx), disk.canonicalName!)) {
    if (other.partition !== number && start <= other.end && end >= other.start) throw hostFault(`The partition overlaps partition ${other.partition} of ${disk.canonicalName!}.`);
  }
  return { diskName: disk.canonicalName!, partition: number, start, end };
}

function freeName(ctx: Ctx, given: string): string {
  const name = validName(given);
  const object = findDatastore(ctx.tx, name, { datacenter: datacenterOfHost(ctx) });
  if (object) throw fault('DuplicateName', { name, object }, `The name '${name}' already exists.`);
  return name;
}

function createVmfs(ctx: Ctx, spec: VmfsDatastoreCreateSpec): Ref {
  const { diskName, partition } = spec.vmfs.extent;
  const disk = diskAt(ctx, diskName.startsWith('/') ? diskName : `/vmfs/devices/disks/${diskName}`);
  if (disk.uuid !== spec.diskUuid) throw wrong('spec.diskUuid', `'${spec.diskUuid}' is not the disk ${diskName}: that is '${disk.uuid}'`);
  const name = freeName(ctx, spec.vmfs.volumeName);
  if (!isFree(ctx, disk)) throw hostFault(`The disk ${diskName} is in use.`);
  const extent = extentFrom(ctx, disk, spec.partition.partition, partition);
  const host = hostOf(ctx);
  return createDatastore(ctx.sim, ctx.tx, { name, datacenter: datacenterOfHost(ctx), hosts: [host], capacity: bytesOf(extent), type: 'VMFS', extent, vmfs: vmfsFrom(spec.vmfs) });
}

/** The same volume under the same name, mounted by another host, is the same datastore. */
function createNas(ctx: Ctx, spec: HostNasVolumeSpec): Ref {
  const { tx } = ctx;
  const host = hostOf(ctx);
  const type = NAS_TYPES.find((known) => known === (spec.type ?? 'NFS').toUpperCase());
  if (!type) throw wrong('spec.type', `'${spec.type ?? ''}'; valid: ${NAS_TYPES.join(', ')}`);
  const remoteHost = spec.remoteHost || (spec.remoteHostNames?.[0] ?? '');
  for (const [property, value] of [['remoteHost', remoteHost], ['remotePath', spec.remotePath], ['localPath', spec.localPath]] as const) {
    if (!value) throw wrong(`spec.${property}`, 'it is empty');
  }
  if (spec.accessMode !== 'readWrite' && spec.accessMode !== 'readOnly') throw wrong('spec.accessMode', `'${spec.accessMode}'; valid: readWrite, readOnly`);
  const name = validName(spec.localPath.split('/').filter(Boolean).at(-1) ?? '');
  const isSource = (ref: Ref): boolean => {
    const nas = tx.get(ref, 'info.nas') as { remoteHost: string; remotePath: string } | undefined;
    return nas?.remoteHost === remoteHost && nas.remotePath === spec.remotePath;
  };
  const here = ((tx.get(host, 'datastore') ?? []) as readonly Ref[]).find(isSource);
  if (here) {
    const known = String(tx.get(here, 'name'));
    if (known === name) throw fault('DuplicateName', { name, object: here }, `The name '${name}' already exists: the host has mounted ${remoteHost}:${spec.remotePath}.`);
    throw fault('AlreadyExists', { name: known }, `The specified key, name, or identifier '${known}' already exists: the host has mounted ${remoteHost}:${spec.remotePath} under it.`);
  }
  const same = findDatastore(tx, name, { datacenter: datacenterOfHost(ctx) });
  if (same && isSource(same)) {
    mount(tx, host, same);
    return same;
  }
  return createDatastore(ctx.sim, tx, {
    name: freeName(ctx, name), datacenter: datacenterOfHost(ctx), hosts: [host], capacity: TB, type, accessMode: spec.accessMode,
    remote: { host: remoteHost, path: spec.remotePath, userName: spec.userName },
  });
}

/** Takes a datastore from this host; it is gone when no host is left, and a VMFS volume is gone for all. */
function remove(ctx: Ctx, datastore: Ref): void {
  const { tx } = ctx;
  const host = hostOf(ctx);
  const known = (tx.get(host, 'datastore') ?? []) as readonly Ref[];
  if (!known.some(({ value }) => value === datastore.value)) throw fault('NotFound', {}, `The host has not mounted the datastore ${datastore.value}.`);
  const hosts = (tx.get(datastore, 'host') ?? []) as readonly unknown[];
  if (tx.get(datastore, 'info.nas') === undefined || hosts.length <= 1) {
    destroyDatastore(tx, datastore);
    return;
  }
  const name = String(tx.get(datastore, 'name'));
  const users = ((tx.get(datastore, 'vm') ?? []) as readonly Ref[]).filter((vm) => (tx.get(vm, 'runtime.host') as Ref | undefined)?.value === host.value);
  if (users.length > 0) throw fault('ResourceInUse', { type: 'Datastore', name }, `The resource '${name}' is in use: ${users.length} virtual machine${users.length === 1 ? '' : 's'} of this host ${users.length === 1 ? 'has' : 'have'} files on it.`);
  unmount(tx, host, datastore);
}

function vmfsOf({ tx }: Ctx, datastore: Ref): readonly Extent[] {
  const extents = extentsOf(tx.find(datastore));
  if (extents.length === 0) throw fault('NotFound', {}, `The datastore ${datastore.value} is not a VMFS volume.`);
  return extents;
}

export const hostDatastoreSystem = define('HostDatastoreSystem', {
  QueryAvailableDisksForVmfs: (ctx) => disksOf(ctx.tx, hostOf(ctx)).filter((disk) => isFree(ctx, disk)),
  QueryVmfsDatastoreCreateOptions: (ctx, { devicePath, vmfsMajorVersion }) => {
    const disk = diskAt(ctx, devicePath);
    if (!isFree(ctx, disk)) return [];
    const extent = wholeDisk(disk);
    return [allExtentOption(disk, extent, {
      _type: 'VmfsDatastoreCreateSpec', diskUuid: disk.uuid, partition: partitionSpec(disk, [extent]),
      vmfs: { extent: extentName(extent), blockSizeMb: 1, majorVersion: vmfsMajorVersion ?? 6, volumeName: '', blockSize: 1024, unmapGranularity: 1024, unmapPriority: 'low' },
    })];
  },
  CreateVmfsDatastore: (ctx, { spec }) => createVmfs(ctx, spec),
  QueryVmfsDatastoreExtendOptions: (ctx, { datastore, devicePath }) => {
    vmfsOf(ctx, datastore);
    const disk = diskAt(ctx, devicePath);
    if (!isFree(ctx, disk)) return [];
    const extent = wholeDisk(disk);
    return [allExtentOption(disk, extent, { _type: 'VmfsDatastoreExtendSpec', diskUuid: disk.uuid, partition: partitionSpec(disk, [extent]), extent: [extentName(extent)] })];
  },
  ExtendVmfsDatastore: (ctx, { datastore, spec }) => {
    const known = vmfsOf(ctx, datastore);
    const added = spec.extent.map(({ diskName, partition }) => {
      const disk = diskAt(ctx, diskName);
      if (!isFree(ctx, disk)) throw hostFault(`The disk ${diskName} is in use.`);
      return extentFrom(ctx, disk, spec.partition.partition, partition);
    });
    return setExtents(ctx, datastore, [...known, ...added]);
  },
  QueryVmfsDatastoreExpandOptions: (ctx, { datastore }) =>
    vmfsOf(ctx, datastore).flatMap((extent) => {
      const disk = disksOf(ctx.tx, hostOf(ctx)).find(({ canonicalName }) => canonicalName === extent.diskName);
      const next = partitionsOn(ctx.tx, hostOf(ctx), extent.diskName).find(({ start }) => start > extent.end);
      const end = next ? next.start - 1 : disk ? lastSector(disk) : extent.end;
      if (!disk || end <= extent.end) return [];
      const grown = { ...extent, end };
      return [allExtentOption(disk, grown, { _type: 'VmfsDatastoreExpandSpec', diskUuid: disk.uuid, partition: partitionSpec(disk, [grown]), extent: extentName(grown) })];
    }),
  ExpandVmfsDatastore: (ctx, { datastore, spec }) => {
    const { diskName, partition } = spec.extent;
    const grown = extentFrom(ctx, diskAt(ctx, diskName), spec.partition.partition, partition);
    const known = vmfsOf(ctx, datastore);
    const old = known.find((extent) => extent.diskName === diskName && extent.partition === partition);
    if (!old) throw fault('NotFound', {}, `Partition ${partition} of ${diskName} is no part of the datastore.`);
    if (grown.start !== old.start || grown.end < old.end) throw hostFault('A partition can only grow at its end.');
    return setExtents(ctx, datastore, known.map((extent) => (extent === old ? grown : extent)));
  },
  CreateNasDatastore: (ctx, { spec }) => createNas(ctx, spec),
  CreateLocalDatastore: (ctx, { name, path }) => {
    if (!path.startsWith('/') && path !== name) throw fault('FileNotFound', { file: path }, `The directory ${path} was not found on the host: give an absolute path.`);
    return createDatastore(ctx.sim, ctx.tx, { name: freeName(ctx, name), datacenter: datacenterOfHost(ctx), hosts: [hostOf(ctx)], capacity: TB, type: 'OTHER', localPath: path });
  },
  RemoveDatastore: (ctx, { datastore }) => remove(ctx, datastore),
  RemoveDatastoreEx_Task: {
    entity: ({ self }) => self.props['_host'] as Ref,
    task: (ctx, { datastore }) => datastore.map((key) => {
      try {
        remove(ctx, key);
        return { key };
      } catch (error) {
        if (error instanceof Fault) return { key, fault: error.localized() };
        throw error;
      }
    }),
  },
  UpdateLocalSwapDatastore: (ctx, { datastore }) => {
    const host = hostOf(ctx);
    if (datastore && !((ctx.tx.get(host, 'datastore') ?? []) as readonly Ref[]).some(({ value }) => value === datastore.value)) {
      const name = String(ctx.tx.find(datastore)?.['name'] ?? datastore.value);
      throw fault('InaccessibleDatastore', { datastore, name, detail: 'not mounted' }, `Unable to access the datastore '${name}': the host has not mounted it.`);
    }
    ctx.tx.set(host, 'config.localSwapDatastore', datastore);
  },
  ConfigureDatastorePrincipal: (ctx, { userName }) => ctx.tx.set(hostOf(ctx), 'config.datastorePrincipal', userName),
  // Names of NFS servers are looked up whenever they are used.
  ResolveNfsServerHostName: () => undefined,
  SetMaxQueueDepth: (ctx, { datastore, maxQdepth }) => {
    mounted(ctx, datastore);
    const depth = toNumber(maxQdepth);
    if (depth < 1) throw wrong('maxQdepth', `${depth}; a queue holds at least one command`);
    ctx.tx.set(datastore, '_queueDepth', depth);
  },
  QueryMaxQueueDepth: (ctx, { datastore }) => {
    mounted(ctx, datastore);
    return Number(ctx.tx.get(datastore, '_queueDepth') ?? 64);
  },
  CreateVvolDatastore: (ctx, { spec }) => createVvol(ctx, spec),
  EnableClusteredVmdkSupport: (ctx, { datastore }) => setClustered(ctx, datastore, true),
  DisableClusteredVmdkSupport: (ctx, { datastore }) => setClustered(ctx, datastore, false),
  // Copies of volumes with a foreign signature are not simulated: there are none.
  QueryUnresolvedVmfsVolumes: () => [],
});

/** A storage container is one datastore, whichever hosts mount it. */
function createVvol(ctx: Ctx, spec: HostDatastoreSystemVvolDatastoreSpec): Ref {
  const { tx } = ctx;
  if (!/^vvol:[0-9a-f]{16}-[0-9a-f]{16}$/.test(spec.scId)) throw fault('NotFound', {}, `There is no storage container '${spec.scId}'; their ids look like vvol:0123456789abcdef-0123456789abcdef.`);
  const same = [...tx.all('Datastore')].find((ref) => tx.get(ref, 'info.vvolDS.scId') === spec.scId && datacenterOf(tx, ref)?.value === datacenterOfHost(ctx).value);
  if (!same) return createDatastore(ctx.sim, tx, { name: freeName(ctx, spec.name), datacenter: datacenterOfHost(ctx), hosts: [hostOf(ctx)], capacity: TB, type: 'VVOL', container: spec.scId });
  if (((tx.get(hostOf(ctx), 'datastore') ?? []) as readonly Ref[]).some(({ value }) => value === same.value)) throw fault('DuplicateName', { name: spec.name, object: same }, `The name '${String(tx.get(same, 'name'))}' already exists: the host has mounted the container.`);
  mount(tx, hostOf(ctx), same);
  return same;
}

/** Disks that clusters of guests share are for VMFS 6. */
function setClustered(ctx: Ctx, datastore: Ref, isOn: boolean): void {
  const { tx } = ctx;
  mounted(ctx, datastore);
  const name = String(tx.get(datastore, 'name'));
  if (Number(tx.get(datastore, 'info.vmfs.majorVersion') ?? 0) < 6) throw fault('HostConfigFault', {}, `An error occurred during host configuration: '${name}' is not a VMFS 6 volume.`);
  if ((tx.get(datastore, 'capability.clusteredVmdkSupported') === true) === isOn) throw fault('HostConfigFault', {}, `An error occurred during host configuration: clustered disks are ${isOn ? 'supported' : 'not supported'} on '${name}' already.`);
  tx.set(datastore, 'capability', { ...(tx.get(datastore, 'capability') as object), clusteredVmdkSupported: isOn });
}

function mounted(ctx: Ctx, datastore: Ref): void {
  if (((ctx.tx.get(hostOf(ctx), 'datastore') ?? []) as readonly Ref[]).some(({ value }) => value === datastore.value)) return;
  throw fault('NotFound', {}, `The host has not mounted the datastore ${datastore.value}.`);
}
