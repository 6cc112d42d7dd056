// HostStorageSystem, VMFS volumes: made on partitions, grown, mounted and unmounted, and how they give room back to the array.
import { toNumber, type HostScsiDiskPartition, type HostVmfsSpec, type HostVmfsVolume, type ManagedObjectReference, type VmfsUnmapBandwidthSpec } from '../../../../core/vim25/index.ts';
import type { Methods } from '../../../dispatch/define.ts';
import { createDatastore } from '../../datastore-create.ts';
import { findDatastore } from '../../datastore/files.ts';
import { datacenterOf, validName } from '../../entity.ts';
import { extentsOf, partitionsOn, refreshStorage } from '../host-disks.ts';
import type { Extent, Partition } from './settings.ts';
import { byPath, bytesOf, each, entity, hostOf, inUse, isUnmounted, notFound, partitions, refused, set, settingsOf, volumeOf, wrong, type Ctx } from './shared.ts';
import { fault } from '../../../../core/vim25/index.ts';

type Ref = ManagedObjectReference;

export const extentName = ({ diskName, partition }: HostScsiDiskPartition): HostScsiDiskPartition => ({ diskName, partition });

/** Gives a VMFS datastore other extents, and the room that they have. */
export function setExtents(ctx: Ctx, datastore: Ref, extents: readonly Extent[]): Ref {
  const { tx } = ctx;
  const capacity = extents.reduce((sum, extent) => sum + bytesOf(extent), 0);
  const info = tx.get(datastore, 'info') as { vmfs: object };
  const summary = tx.get(datastore, 'summary') as { capacity: number; freeSpace: number };
  const freeSpace = summary.freeSpace + capacity - summary.capacity;
  tx.update(datastore, {
    _extents: extents,
    info: { ...info, freeSpace, vmfs: { ...info.vmfs, capacity, extent: extents.map(extentName) } },
    summary: { ...summary, capacity, freeSpace },
  });
  for (const host of tx.all('HostSystem')) {
    if (((tx.get(host, 'datastore') ?? []) as readonly Ref[]).some(({ value }) => value === datastore.value)) refreshStorage(tx, host);
  }
  return datastore;
}

const VERSIONS: Readonly<Record<number, string>> = { 3: '3.60', 5: '5.81', 6: '6.82' };

/** What a spec says of a new volume, checked. */
export function vmfsFrom(spec: HostVmfsSpec): Partial<HostVmfsVolume> {
  const { majorVersion, unmapGranularity, unmapPriority } = spec;
  const version = VERSIONS[majorVersion];
  if (version === undefined) throw wrong('spec.vmfs.majorVersion', `${majorVersion}; valid: ${Object.keys(VERSIONS).join(', ')}`);
  if (unmapPriority !== undefined) validPriority('spec.vmfs.unmapPriority', unmapPriority);
  return {
    majorVersion, version, vmfsUpgradable: majorVersion < 5, ...(unmapGranularity === undefined ? {} : { unmapGranularity }), ...(unmapPriority === undefined ? {} : { unmapPriority }),
    ...(spec.unmapBandwidthSpec ? { unmapBandwidthSpec: validBandwidth(spec.unmapBandwidthSpec) } : {}),
  };
}

function validPriority(property: string, priority: string): void {
  if (priority !== 'none' && priority !== 'low') throw wrong(property, `'${priority}'; valid: none, low`);
}

/** In MB a second. */
const BANDWIDTH = { min: 100, max: 2000, defaultValue: 100 };

function validBandwidth(spec: VmfsUnmapBandwidthSpec): VmfsUnmapBandwidthSpec {
  if (spec.policy !== 'fixed' && spec.policy !== 'dynamic') throw wrong('unmapBandwidthSpec.policy', `'${spec.policy}'; valid: fixed, dynamic`);
  const [fixed, least, most] = [toNumber(spec.fixedValue), toNumber(spec.dynamicMin), toNumber(spec.dynamicMax)];
  const isIn = (value: number): boolean => value >= BANDWIDTH.min && value <= BANDWIDTH.max;
  if (spec.policy === 'fixed' && !isIn(fixed)) throw wrong('unmapBandwidthSpec.fixedValue', `${fixed}; it goes from ${BANDWIDTH.min} to ${BANDWIDTH.max}`);
  if (spec.policy === 'dynamic' && !(isIn(most) && least <= most)) throw wrong('unmapBandwidthSpec.dynamicMax', `${least} to ${most}; they go up to ${BANDWIDTH.max}`);
  return spec;
}

/** A partition that a client wrote, without a volume on it so far. */
function freePartition(ctx: Ctx, { diskName, partition }: HostScsiDiskPartition): Partition {
  const disk = byPath(ctx, diskName);
  const found = partitions(ctx, disk).find((one) => one.partition === partition);
  if (!found) throw notFound(`Partition ${partition} of ${diskName}`);
  if (found.type !== 'vmfs') throw refused(`partition ${partition} of ${diskName} is of type ${found.type}; a volume needs one of type vmfs.`);
  if (partitionsOn(ctx.tx, hostOf(ctx), disk.canonicalName!).some((extent) => extent.partition === partition)) throw refused(`there is a volume on partition ${partition} of ${diskName}.`);
  return found;
}

/** The datastore at /vmfs/volumes/<uuid or name>. Throws NotFound. */
function volumeAt(ctx: Ctx, path: string): Ref {
  const last = path.replace(/\/$/, '').split('/').at(-1) ?? '';
  const found = ((ctx.tx.get(hostOf(ctx), 'datastore') ?? []) as readonly Ref[])
    .find((ref) => { const vmfs = ctx.tx.get(ref, 'info.vmfs') as HostVmfsVolume | undefined; return vmfs !== undefined && (vmfs.uuid === last || vmfs.name === last); });
  if (!found) throw notFound(`The VMFS volume ${path}`);
  return found;
}

const extentOf = ({ diskName, partition, start, end }: Extent): Extent => ({ diskName, partition, start, end });

function format(ctx: Ctx, spec: HostVmfsSpec): HostVmfsVolume {
  const { tx } = ctx;
  const datacenter = datacenterOf(tx, hostOf(ctx))!;
  const name = validName(spec.volumeName);
  const known = findDatastore(tx, name, { datacenter });
  if (known) throw fault('AlreadyExists', { name }, `The specified key, name, or identifier '${name}' already exists.`);
  const extent = extentOf(freePartition(ctx, spec.extent));
  const datastore = createDatastore(ctx.sim, tx, { name, datacenter, hosts: [hostOf(ctx)], capacity: bytesOf(extent), type: 'VMFS', extent, vmfs: vmfsFrom(spec) });
  return tx.get(datastore, 'info.vmfs') as HostVmfsVolume;
}

function expand(ctx: Ctx, path: string, { diskName, partition }: HostScsiDiskPartition): void {
  const datastore = volumeAt(ctx, path);
  const known = extentsOf(ctx.tx.find(datastore));
  const old = known.find((extent) => extent.partition === partition && byPath(ctx, diskName).canonicalName === extent.diskName);
  if (!old) throw notFound(`Partition ${partition} of ${diskName} in the volume`);
  const { end } = partitions(ctx, byPath(ctx, diskName)).find((one) => one.partition === partition)!;
  setExtents(ctx, datastore, known.map((extent) => (extent === old ? { ...extent, end } : extent)));
}

function upgrade(ctx: Ctx, path: string): void {
  const datastore = volumeAt(ctx, path);
  const vmfs = ctx.tx.get(datastore, 'info.vmfs') as HostVmfsVolume;
  if (!vmfs.vmfsUpgradable) throw refused(`VMFS ${vmfs.version} is not upgraded in place.`);
  ctx.tx.set(datastore, 'info.vmfs', { ...vmfs, majorVersion: 5, version: VERSIONS[5]!, vmfsUpgradable: false });
  refreshStorage(ctx.tx, hostOf(ctx));
}

function setMounted(ctx: Ctx, uuid: string, isIn: boolean): void {
  const { tx } = ctx;
  const host = hostOf(ctx);
  const datastore = volumeOf(ctx, uuid);
  const out = (tx.get(datastore, '_unmountedFrom') ?? []) as readonly string[];
  const name = String(tx.get(datastore, 'name'));
  if (out.includes(host.value) !== isIn) throw fault('InvalidState', {}, `The volume of datastore '${name}' is ${isIn ? 'mounted' : 'not mounted'} on this host already.`);
  const users = ((tx.get(datastore, 'vm') ?? []) as readonly Ref[]).filter((vm) => (tx.get(vm, 'runtime.host') as Ref | undefined)?.value === host.value);
  if (!isIn && users.length > 0) throw inUse('Datastore', name, 'virtual machines of this host have files on it.');
  tx.set(datastore, '_unmountedFrom', isIn ? out.filter((value) => value !== host.value) : [...out, host.value]);
  refreshStorage(tx, host);
}

export const vmfsMethods: Methods<'HostStorageSystem'> = {
  FormatVmfs: (ctx, { createSpec }) => format(ctx, createSpec),
  AttachVmfsExtent: (ctx, { vmfsPath, extent }) => {
    const datastore = volumeAt(ctx, vmfsPath);
    setExtents(ctx, datastore, [...extentsOf(ctx.tx.find(datastore)), extentOf(freePartition(ctx, extent))]);
  },
  ExpandVmfsExtent: (ctx, { vmfsPath, extent }) => expand(ctx, vmfsPath, extent),
  UpgradeVmfs: (ctx, { vmfsPath }) => upgrade(ctx, vmfsPath),
  MountVmfsVolume: (ctx, { vmfsUuid }) => setMounted(ctx, vmfsUuid, true),
  UnmountVmfsVolume: (ctx, { vmfsUuid }) => setMounted(ctx, vmfsUuid, false),
  MountVmfsVolumeEx_Task: { entity, task: (ctx, { vmfsUuid }) => each(vmfsUuid, 'key', (uuid) => setMounted(ctx, uuid, true)) },
  UnmountVmfsVolumeEx_Task: { entity, task: (ctx, { vmfsUuid }) => each(vmfsUuid, 'key', (uuid) => setMounted(ctx, uuid, false)) },
  DeleteVmfsVolumeState: (ctx, { vmfsUuid }) => {
    const found = ((ctx.tx.get(hostOf(ctx), 'datastore') ?? []) as readonly Ref[]).find((ref) => ctx.tx.get(ref, 'info.vmfs.uuid') === vmfsUuid);
    if (!found || !isUnmounted(ctx, found)) throw refused(`${vmfsUuid} is not a volume that was unmounted from this host.`);
    set(ctx, { forgotten: [...(settingsOf(ctx).forgotten ?? []), vmfsUuid] });
  },
  // Room given back to an array is not counted anywhere: what is checked is that there is a volume to do it on.
  UnmapVmfsVolumeEx_Task: {
    entity,
    task: (ctx, { vmfsUuid }) => each(vmfsUuid, 'key', (uuid) => {
      if (isUnmounted(ctx, volumeOf(ctx, uuid))) throw refused(`the volume ${uuid} is not mounted on this host.`);
    }),
  },
  UpdateVmfsUnmapPriority: (ctx, { vmfsUuid, unmapPriority }) => {
    const datastore = volumeOf(ctx, vmfsUuid);
    validPriority('unmapPriority', unmapPriority);
    ctx.tx.set(datastore, 'info.vmfs.unmapPriority', unmapPriority);
    refreshStorage(ctx.tx, hostOf(ctx));
  },
  UpdateVmfsUnmapBandwidth: (ctx, { vmfsUuid, unmapBandwidthSpec }) => {
    ctx.tx.set(volumeOf(ctx, vmfsUuid), 'info.vmfs.unmapBandwidthSpec', validBandwidth(unmapBandwidthSpec));
    refreshStorage(ctx.tx, hostOf(ctx));
  },
  QueryVmfsConfigOption: () => [{
    blockSizeOption: 1024, unmapGranularityOption: [1024], unmapBandwidthFixedValue: { valueIsReadonly: false, ...BANDWIDTH }, unmapBandwidthDynamicMin: { valueIsReadonly: false, ...BANDWIDTH, min: 0, defaultValue: 0 },
    unmapBandwidthDynamicMax: { valueIsReadonly: false, ...BANDWIDTH, defaultValue: 2000 }, unmapBandwidthIncrement: 10, unmapBandwidthUltraLow: 10,
  }],
  // Copies of volumes with a foreign signature are not simulated: there are none.
  QueryUnresolvedVmfsVolume: () => [],
};
