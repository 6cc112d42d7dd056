// HostDiagnosticSystem: the partition that a host writes its core dumps to.
import { fault, toNumber, type HostDiagnosticPartition, type HostScsiDisk, type HostScsiDiskPartition } from '../../../../core/vim25/index.ts';
import { define } from '../../../dispatch/define.ts';
import { disksOf } from '../host-disks.ts';
import { FIRST_SECTOR, SECTOR } from './settings.ts';
import { byPath, byUuid, hostOf, isFree, notFound, partitions, refused, set, settingsOf, wrong, type Ctx } from './shared.ts';

const TYPE = 'vmkDiagnostic';
/** A dump of a simulated host takes 2.5 GB. */
const SECTORS = 2.5 * 1024 ** 3 / SECTOR;
const STORAGE = ['directAttached', 'networkAttached'];
const KINDS = ['singleHost', 'multiHost'];

function valid(property: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) throw wrong(property, `'${value}'; valid: ${known.join(', ')}`);
}

const storageOf = (disk: HostScsiDisk): string => (disk.localDisk ? STORAGE[0]! : STORAGE[1]!);

/** Every diagnostic partition that the host sees; those on disks of its own are for it alone. */
const known = (ctx: Ctx): HostDiagnosticPartition[] =>
  disksOf(ctx.tx, hostOf(ctx)).flatMap((disk) => partitions(ctx, disk).filter(({ type }) => type === TYPE).map(({ diskName, partition }) => ({
    storageType: storageOf(disk), diagnosticType: disk.localDisk ? 'singleHost' : 'multiHost', slots: 1, id: { diskName, partition },
  })));

function select(ctx: Ctx, wanted: HostScsiDiskPartition | undefined): void {
  const found = wanted && known(ctx).find(({ id }) => id.diskName === wanted.diskName && id.partition === wanted.partition);
  if (wanted && !found) throw notFound(`The diagnostic partition ${wanted.diskName}:${wanted.partition}`);
  ctx.tx.set(ctx.self.ref, 'activePartition', found);
}

const spec = (disk: HostScsiDisk) => ({
  totalSectors: disk.capacity.block, partitionFormat: 'gpt',
  partition: [{ partition: 1, startSector: FIRST_SECTOR, endSector: FIRST_SECTOR + SECTORS - 1, type: TYPE, logical: false, attributes: 0 }],
});

const hasRoom = (ctx: Ctx, disk: HostScsiDisk): boolean => isFree(ctx, disk) && toNumber(disk.capacity.block) > FIRST_SECTOR + SECTORS + 34;

export const hostDiagnosticSystem = define('HostDiagnosticSystem', {
  QueryAvailablePartition: (ctx) => known(ctx),
  SelectActivePartition: (ctx, { partition }) => select(ctx, partition),
  QueryPartitionCreateOptions: (ctx, { storageType, diagnosticType }) => {
    valid('storageType', storageType, STORAGE);
    valid('diagnosticType', diagnosticType, KINDS);
    return disksOf(ctx.tx, hostOf(ctx)).filter((disk) => storageOf(disk) === storageType && hasRoom(ctx, disk)).map((disk) => ({ storageType, diagnosticType, disk }));
  },
  QueryPartitionCreateDesc: (ctx, { diskUuid, diagnosticType }) => {
    valid('diagnosticType', diagnosticType, KINDS);
    const disk = byUuid(ctx, diskUuid);
    if (!hasRoom(ctx, disk)) throw refused(`the disk ${disk.canonicalName!} has no room for a diagnostic partition.`);
    const lba = (block: number) => ({ blockSize: SECTOR, block });
    return {
      diskUuid, layout: { total: lba(toNumber(disk.capacity.block)), partition: [{ partition: 1, type: TYPE, start: lba(FIRST_SECTOR), end: lba(FIRST_SECTOR + SECTORS - 1) }] },
      spec: { storageType: storageOf(disk), diagnosticType, id: { diskName: disk.canonicalName!, partition: 1 }, partition: spec(disk), active: true },
    };
  },
  CreateDiagnosticPartition: (ctx, { spec: { id, partition, active, diagnosticType, storageType } }) => {
    valid('spec.diagnosticType', diagnosticType, KINDS);
    valid('spec.storageType', storageType, STORAGE);
    const disk = byPath(ctx, id.diskName);
    const wanted = partition.partition?.find((one) => one.partition === id.partition);
    if (!wanted) throw wrong('spec.partition', `it has no partition ${id.partition}`);
    const [start, end] = [toNumber(wanted.startSector), toNumber(wanted.endSector)];
    if (!(start >= 34 && end - start >= SECTORS - 1 && end <= toNumber(disk.capacity.block) - 34)) throw refused(`sectors ${start} to ${end} are too few, or not on the disk ${disk.canonicalName!}.`);
    const other = partitions(ctx, disk).find((one) => one.partition === id.partition || (start <= one.end && end >= one.start));
    if (other) throw refused(`partition ${other.partition} of ${disk.canonicalName!} is in the way.`);
    const { tables = {} } = settingsOf(ctx);
    const name = disk.canonicalName!;
    set(ctx, { tables: { ...tables, [name]: [...(tables[name] ?? []), { diskName: name, partition: id.partition, start, end, type: TYPE }] } });
    if (active) select(ctx, { diskName: name, partition: id.partition });
  },
});

/** Throws unless a partition may go: the host writes its dumps to it. */
export function mustNotTakeDumps(ctx: Ctx, { diskName, partition }: HostScsiDiskPartition): void {
  const id = ctx.tx.get(hostOf(ctx), 'config.activeDiagnosticPartition.id') as HostScsiDiskPartition | undefined;
  if (id?.diskName === diskName && id.partition === partition) throw fault('HostConfigFault', {}, `An error occurred during host configuration: partition ${partition} of ${diskName} is the active diagnostic partition.`);
}
