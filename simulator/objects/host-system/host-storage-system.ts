// HostStorageSystem: rescans, partitions, and what can be said about a host's disks and volumes.
import { fault, Fault, toNumber, type HostDiskPartitionInfo, type HostScsiDisk, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { BOOT_DISK, disksOf, FIRST_SECTOR, hostOfSystem, partitionsOn, refreshStorage, SECTOR, type Extent, type StorageSettings } from './host-disks.ts';

type Ref = ManagedObjectReference;
type Ctx = TransactionContext;

const hostOf = ({ tx, self }: Ctx): Ref => hostOfSystem(tx, self.ref);
const notFound = (what: string): Fault => fault('NotFound', {}, `${what} was not found on the host.`);

function diskOf(ctx: Ctx, test: (disk: HostScsiDisk) => boolean, what: string): HostScsiDisk {
  const found = disksOf(ctx.tx, hostOf(ctx)).find(test);
  if (!found) throw notFound(what);
  return found;
}

const byUuid = (ctx: Ctx, uuid: string): HostScsiDisk => diskOf(ctx, (disk) => disk.uuid === uuid, `The disk ${uuid}`);
const byPath = (ctx: Ctx, path: string): HostScsiDisk => diskOf(ctx, (disk) => disk.devicePath === path || disk.canonicalName === path, `The disk ${path}`);

/** Changes what is shown of one disk. */
function change(ctx: Ctx, { uuid }: HostScsiDisk, values: Partial<HostScsiDisk>): void {
  const { disks = {} } = (ctx.tx.get(ctx.self.ref, '_storage') ?? {}) as StorageSettings;
  refreshStorage(ctx.tx, hostOf(ctx), { disks: { ...disks, [uuid]: { ...disks[uuid], ...values } } });
}

const lba = (block: number): object => ({ blockSize: SECTOR, block });

interface Partition extends Extent {
  readonly type: string;
}

/** What is on a disk: volumes of datastores, and on the boot disk the system. */
function partitions(ctx: Ctx, { canonicalName }: HostScsiDisk): readonly Partition[] {
  const own = canonicalName === BOOT_DISK
    ? [{ diskName: BOOT_DISK, partition: 1, start: 64, end: 204_863, type: 'none' }, { diskName: BOOT_DISK, partition: 7, start: 204_864, end: 83_886_046, type: 'vmkDiagnostic' }]
    : [];
  return [...own, ...partitionsOn(ctx.tx, hostOf(ctx), canonicalName!).map((extent) => ({ ...extent, type: 'vmfs' }))];
}

const partitionInfo = (disk: HostScsiDisk, parts: readonly Partition[]): HostDiskPartitionInfo => ({
  deviceName: disk.devicePath,
  spec: {
    partitionFormat: parts.length === 0 ? 'unknown' : 'gpt', totalSectors: toNumber(disk.capacity.block),
    partition: parts.map(({ partition, start, end, type }) => ({ partition, startSector: start, endSector: end, type, logical: false, attributes: 0, partitionAlignment: 0 })),
  },
  layout: { total: lba(toNumber(disk.capacity.block)), partition: parts.map(({ partition, start, end, type }) => ({ partition, type, start: lba(start), end: lba(end) })) },
} as unknown as HostDiskPartitionInfo);

/** The mounted datastore on the VMFS volume of that UUID. */
function volume(ctx: Ctx, uuid: string): Ref {
  const found = ((ctx.tx.get(hostOf(ctx), 'datastore') ?? []) as readonly Ref[]).find((ref) => ctx.tx.get(ref, 'info.vmfs.uuid') === uuid);
  if (!found) throw notFound(`The VMFS volume ${uuid}`);
  return found;
}

function setMounted(ctx: Ctx, uuid: string, isIn: boolean): void {
  const { tx } = ctx;
  const host = hostOf(ctx);
  const datastore = volume(ctx, uuid);
  const out = (tx.get(datastore, '_unmountedFrom') ?? []) as readonly string[];
  const name = String(tx.get(datastore, 'name'));
  if (out.includes(host.value) !== isIn) throw fault('InvalidState', {}, `The volume of datastore '${name}' is ${isIn ? 'mounted' : 'not mounted'} on this host already.`);
  const users = ((tx.get(datastore, 'vm') ?? []) as readonly Ref[]).filter((vm) => (tx.get(vm, 'runtime.host') as Ref | undefined)?.value === host.value);
  if (!isIn && users.length > 0) throw fault('ResourceInUse', { type: 'Datastore', name }, `The resource '${name}' is in use: virtual machines of this host have files on it.`);
  tx.set(datastore, '_unmountedFrom', isIn ? out.filter((value) => value !== host.value) : [...out, host.value]);
  refreshStorage(tx, host);
}

/** Tries each one; what went wrong is told beside it. */
const each = <K extends string, T>(keys: readonly T[], name: K, work: (key: T) => void) =>
  keys.map((key) => {
    try {
      work(key);
      return { [name]: key } as { [P in K]: T };
    } catch (error) {
      if (error instanceof Fault) return { [name]: key, fault: error.localized() } as { [P in K]: T };
      throw error;
    }
  });

function setAttached(ctx: Ctx, uuid: string, isIn: boolean): void {
  const disk = byUuid(ctx, uuid);
  if (!isIn && partitions(ctx, disk).length > 0) throw fault('ResourceInUse', { type: 'ScsiLun', name: disk.canonicalName }, `The resource '${disk.canonicalName!}' is in use: a datastore is on it, or the system.`);
  change(ctx, disk, { operationalState: [isIn ? 'ok' : 'off'] });
}

const entity = ({ self }: { self: { props: Readonly<Record<string, unknown>> } }): Ref => self.props['_host'] as Ref;
const mark = (values: Partial<HostScsiDisk>) => ({ entity, task: (ctx: Ctx, { scsiDiskUuid }: { readonly scsiDiskUuid: string }) => change(ctx, byUuid(ctx, scsiDiskUuid), values) });

/** Nothing changes behind the host's back, so a scan finds what is known. */
const scan = (): undefined => undefined;

export const hostStorageSystem = define('HostStorageSystem', {
  RefreshStorageSystem: scan,
  RescanAllHba: scan,
  RescanVmfs: scan,
  RescanVffs: scan,
  RescanHba: (ctx, { hbaDevice }) => {
    const known = ((ctx.tx.get(ctx.self.ref, 'storageDeviceInfo.hostBusAdapter') ?? []) as readonly { device: string }[]).map(({ device }) => device);
    if (!known.includes(hbaDevice)) throw notFound(`The adapter ${hbaDevice} (adapters: ${known.join(', ')})`);
  },
  RetrieveDiskPartitionInfo: (ctx, { devicePath }) => devicePath.map((path) => partitionInfo(byPath(ctx, path), partitions(ctx, byPath(ctx, path)))),
  ComputeDiskPartitionInfo: (ctx, { devicePath, layout }) => {
    const disk = byPath(ctx, devicePath);
    const parts = layout.partition.map(({ partition, type, start, end }, i) => ({
      diskName: disk.canonicalName!, partition: partition ?? i + 1, type, start: Math.max(FIRST_SECTOR, toNumber(start.block)), end: toNumber(end.block),
    }));
    return partitionInfo(disk, parts);
  },
  MountVmfsVolume: (ctx, { vmfsUuid }) => setMounted(ctx, vmfsUuid, true),
  UnmountVmfsVolume: (ctx, { vmfsUuid }) => setMounted(ctx, vmfsUuid, false),
  MountVmfsVolumeEx_Task: { entity, task: (ctx, { vmfsUuid }) => each(vmfsUuid, 'key', (uuid) => setMounted(ctx, uuid, true)) },
  UnmountVmfsVolumeEx_Task: { entity, task: (ctx, { vmfsUuid }) => each(vmfsUuid, 'key', (uuid) => setMounted(ctx, uuid, false)) },
  AttachScsiLun: (ctx, { lunUuid }) => setAttached(ctx, lunUuid, true),
  DetachScsiLun: (ctx, { lunUuid }) => setAttached(ctx, lunUuid, false),
  AttachScsiLunEx_Task: { entity, task: (ctx, { lunUuid }) => each(lunUuid, 'key', (uuid) => setAttached(ctx, uuid, true)) },
  DetachScsiLunEx_Task: { entity, task: (ctx, { lunUuid }) => each(lunUuid, 'key', (uuid) => setAttached(ctx, uuid, false)) },
  UpdateScsiLunDisplayName: (ctx, { lunUuid, displayName }) => change(ctx, byUuid(ctx, lunUuid), { displayName }),
  MarkAsSsd_Task: mark({ ssd: true }),
  MarkAsNonSsd_Task: mark({ ssd: false }),
  MarkAsLocal_Task: mark({ localDisk: true }),
  MarkAsNonLocal_Task: mark({ localDisk: false }),
  UpdateSoftwareInternetScsiEnabled: (ctx, { enabled }) => refreshStorage(ctx.tx, hostOf(ctx), { softwareIscsi: enabled }),
  UpdateVmfsUnmapPriority: (ctx, { vmfsUuid, unmapPriority }) => {
    const datastore = volume(ctx, vmfsUuid);
    if (unmapPriority !== 'none' && unmapPriority !== 'low') throw fault('InvalidArgument', { invalidProperty: 'unmapPriority' }, `A specified parameter was not correct: unmapPriority ('${unmapPriority}'; valid: none, low)`);
    ctx.tx.set(datastore, 'info.vmfs.unmapPriority', unmapPriority);
    refreshStorage(ctx.tx, hostOf(ctx));
  },
  QueryUnresolvedVmfsVolume: () => [],
  QueryPathSelectionPolicyOptions: () => ([['VMW_PSP_MRU', 'Most Recently Used (VMware)'], ['VMW_PSP_RR', 'Round Robin (VMware)'], ['VMW_PSP_FIXED', 'Fixed (VMware)']] as const)
    .map(([key, label]) => ({ policy: { key, label, summary: label } })),
  QueryAvailableSsds: (ctx) => disksOf(ctx.tx, hostOf(ctx)).filter((disk) => disk.ssd && partitions(ctx, disk).length === 0),
});
