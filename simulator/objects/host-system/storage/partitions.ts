// HostStorageSystem, partition tables of disks: read, computed, and written.
import { toNumber, type HostDiskPartitionInfo, type HostDiskPartitionSpec, type HostScsiDisk } from '../../../../core/vim25/index.ts';
import type { Methods } from '../../../dispatch/define.ts';
import { BOOT_DISK, partitionsOn } from '../host-disks.ts';
import { mustNotTakeDumps } from './diagnostic-system.ts';
import { FIRST_SECTOR, SECTOR, type Partition } from './settings.ts';
import { byPath, hostOf, notFound, partitions, refused, set, settingsOf, wrong, type Ctx } from './shared.ts';

const FORMATS = ['gpt', 'mbr', 'unknown'];

const lba = (block: number): object => ({ blockSize: SECTOR, block });
const sectorsOf = (disk: HostScsiDisk): number => toNumber(disk.capacity.block);

const info = (disk: HostScsiDisk, parts: readonly Partition[], format = parts.length === 0 ? 'unknown' : 'gpt'): HostDiskPartitionInfo => ({
  deviceName: disk.devicePath,
  spec: {
    partitionFormat: format, totalSectors: sectorsOf(disk),
    partition: parts.map(({ partition, start, end, type }) => ({ partition, startSector: start, endSector: end, type, logical: false, attributes: 0, partitionAlignment: 0 })),
  },
  layout: { total: lba(sectorsOf(disk)), partition: parts.map(({ partition, start, end, type }) => ({ partition, type, start: lba(start), end: lba(end) })) },
} as unknown as HostDiskPartitionInfo);

function validFormat(format: string | undefined): void {
  if (format !== undefined && !FORMATS.includes(format)) throw wrong('partitionFormat', `'${format}'; valid: ${FORMATS.join(', ')}`);
}

/** The partitions of a spec: on the disk, none over another. */
function partsFrom(disk: HostScsiDisk, spec: HostDiskPartitionSpec): Partition[] {
  validFormat(spec.partitionFormat);
  const last = sectorsOf(disk) - (spec.partitionFormat === 'mbr' ? 1 : 34);
  const parts = (spec.partition ?? []).map(({ partition, startSector, endSector, type }) => ({ diskName: disk.canonicalName!, partition, start: toNumber(startSector), end: toNumber(endSector), type }));
  for (const { partition, start, end } of parts) {
    if (!(start >= 34 && end > start && end <= last)) throw refused(`partition ${partition}: sectors ${start} to ${end} are not on the disk, which ends at ${last}.`);
    const other = parts.find((one) => one.partition !== partition && start <= one.end && end >= one.start);
    if (other) throw refused(`partition ${partition} overlaps partition ${other.partition}.`);
  }
  const twice = parts.find(({ partition }, i) => parts.findIndex((one) => one.partition === partition) !== i);
  if (twice) throw refused(`there are two partitions ${twice.partition}.`);
  return parts;
}

/** What is in use stays where it is; the end of a VMFS partition may move outwards. */
function write(ctx: Ctx, disk: HostScsiDisk, spec: HostDiskPartitionSpec): void {
  const name = disk.canonicalName!;
  if (name === BOOT_DISK) throw refused(`${name} is in use: the host booted from it.`);
  if (disk.vsanDiskInfo) throw refused(`${name} is in use: vSAN has claimed it.`);
  const parts = partsFrom(disk, spec);
  const { tables = {} } = settingsOf(ctx);
  const written = new Set((tables[name] ?? []).map(({ partition }) => partition));
  for (const old of partitions(ctx, disk)) {
    const isUsed = old.type === 'vffs' || isUsedPart(ctx, disk, old.partition);
    const now = parts.find(({ partition }) => partition === old.partition);
    const stays = now?.start === old.start && now.end >= old.end && now.type === old.type;
    if (!stays) mustNotTakeDumps(ctx, old);
    if (isUsed && !stays) throw refused(`partition ${old.partition} of ${name} is in use${written.has(old.partition) ? '' : ' by a datastore'}: it cannot move, shrink or go.`);
  }
  set(ctx, { tables: { ...tables, [name]: parts } });
}

const isUsedPart = (ctx: Ctx, { canonicalName }: HostScsiDisk, partition: number): boolean =>
  partitionsOn(ctx.tx, hostOf(ctx), canonicalName!).some((extent) => extent.partition === partition);

export const partitionMethods: Methods<'HostStorageSystem'> = {
  RetrieveDiskPartitionInfo: (ctx, { devicePath }) => devicePath.map((path) => info(byPath(ctx, path), partitions(ctx, byPath(ctx, path)))),
  ComputeDiskPartitionInfo: (ctx, { devicePath, layout, partitionFormat }) => {
    validFormat(partitionFormat);
    const disk = byPath(ctx, devicePath);
    const parts = layout.partition.map(({ partition, type, start, end }, i) => ({
      diskName: disk.canonicalName!, partition: partition ?? i + 1, type, start: Math.max(FIRST_SECTOR, toNumber(start.block)), end: toNumber(end.block),
    }));
    return info(disk, parts, partitionFormat);
  },
  ComputeDiskPartitionInfoForResize: (ctx, { partition: { diskName, partition }, blockRange, partitionFormat }) => {
    validFormat(partitionFormat);
    const disk = byPath(ctx, diskName);
    const known = partitions(ctx, disk);
    const old = known.find((one) => one.partition === partition);
    if (!old) throw notFound(`Partition ${partition} of ${diskName}`);
    const [start, end] = [toNumber(blockRange.start.block), toNumber(blockRange.end.block)];
    const other = known.find((one) => one !== old && start <= one.end && end >= one.start);
    if (other) throw refused(`sectors ${start} to ${end} overlap partition ${other.partition} of ${diskName}.`);
    if (!(end > start && end <= sectorsOf(disk) - 34)) throw refused(`sectors ${start} to ${end} are not on the disk ${diskName}.`);
    return info(disk, known.map((one) => (one === old ? { ...one, start, end } : one)), partitionFormat);
  },
  UpdateDiskPartitions: (ctx, { devicePath, spec }) => write(ctx, byPath(ctx, devicePath), spec),
};
