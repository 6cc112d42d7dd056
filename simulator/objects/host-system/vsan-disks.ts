// HostVsanSystem, disks: which of a host's disks vSAN can have, and the groups that it made of them.
import { fault, Fault, type HostScsiDisk, type ManagedObjectReference, type VsanHostConfigInfo, type VsanHostDiskMapInfo, type VsanHostDiskMapResult, type VsanHostDiskMapping, type VsanHostDiskResult } from '../../../core/vim25/index.ts';
import type { Methods } from '../../dispatch/define.ts';
import { disksOf } from './host-disks.ts';
import { byUuid, change, entity, hostOf, isFree, settingsOf, type Ctx } from './storage/shared.ts';
import { hash } from '../../runtime/random.ts';

type Ref = ManagedObjectReference;

/** Disks per group beside its cache. */
const MOST = 7;

const groupsOf = ({ tx, self }: Ctx): readonly VsanHostDiskMapInfo[] => ((tx.get(self.ref, 'config') as VsanHostConfigInfo).storageInfo?.diskMapInfo ?? []);

const sameDisk = (a: HostScsiDisk, b: HostScsiDisk): boolean => a.uuid === b.uuid;
const has = ({ mapping }: VsanHostDiskMapInfo, disk: HostScsiDisk): boolean => sameDisk(mapping.ssd, disk) || mapping.nonSsd.some((one) => sameDisk(one, disk));

function show({ tx, self }: Ctx, diskMapInfo: readonly VsanHostDiskMapInfo[]): void {
  const config = tx.get(self.ref, 'config') as VsanHostConfigInfo;
  tx.set(self.ref, 'config', { ...config, storageInfo: { ...config.storageInfo, diskMapInfo, diskMapping: diskMapInfo.map(({ mapping }) => mapping) } });
}

const vsanUuid = ({ uuid }: HostScsiDisk): string => ['a', 'b', 'c', 'd'].map((part) => hash(`vsan/${uuid}/${part}`).toString(16).padStart(8, '0')).join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

function result(ctx: Ctx, disk: HostScsiDisk): VsanHostDiskResult {
  if (disk.vsanDiskInfo) return { disk, state: 'inUse', vsanUuid: disk.vsanDiskInfo.vsanUuid };
  if (isFree(ctx, disk)) return { disk, state: 'eligible' };
  return { disk, state: 'ineligible', error: fault('DiskHasPartitions', { device: disk.canonicalName! }, `The disk ${disk.canonicalName!} has partitions, or is not attached.`).localized() };
}

/** Claims a disk that is free. Throws DiskHasPartitions, DiskIsNonLocal, DuplicateDisks … */
function claim(ctx: Ctx, { uuid }: HostScsiDisk, asCache: boolean): HostScsiDisk {
  const disk = byUuid(ctx, uuid);
  const device = disk.canonicalName!;
  if (settingsOf(ctx).disks?.[uuid]?.vsanDiskInfo) throw fault('VsanDiskFault', { device }, `vSAN uses the disk ${device} already.`);
  if (!isFree(ctx, disk)) throw fault('DiskHasPartitions', { device }, `The disk ${device} has partitions, or is not attached.`);
  if (asCache && !disk.ssd) throw fault('VsanDiskFault', { device }, `The disk ${device} is not a solid state disk: it cannot be a cache.`);
  if (!disk.localDisk) throw fault('DiskIsNonLocal', { device }, `The disk ${device} is not in this host.`);
  const vsanDiskInfo = { vsanUuid: vsanUuid(disk), formatVersion: 20 };
  change(ctx, disk, { vsanDiskInfo });
  return { ...disk, vsanDiskInfo };
}

function release(ctx: Ctx, disks: readonly HostScsiDisk[]): void {
  for (const { uuid } of disks) change(ctx, byUuid(ctx, uuid), { vsanDiskInfo: undefined } as Partial<HostScsiDisk>);
}

/** What went wrong with a group is told beside it; nothing of it is then claimed. */
function tried(ctx: Ctx, mapping: VsanHostDiskMapping, work: () => VsanHostDiskMapResult): VsanHostDiskMapResult {
  const before = settingsOf(ctx).disks ?? {};
  const groups = groupsOf(ctx);
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { disks = {} } = settingsOf(ctx);
    for (const uuid of Object.keys(disks)) if (disks[uuid]?.vsanDiskInfo && !before[uuid]?.vsanDiskInfo) release(ctx, [byUuid(ctx, uuid)]);
    show(ctx, groups);
    return { mapping, error: error.localized() };
  }
}

function initialize(ctx: Ctx, mapping: VsanHostDiskMapping): VsanHostDiskMapResult {
  return tried(ctx, mapping, () => {
    if (mapping.nonSsd.length === 0 || mapping.nonSsd.length > MOST) throw fault('VsanDiskFault', {}, `A disk group has 1 to ${MOST} disks beside its cache; this one has ${mapping.nonSsd.length}.`);
    const made = { ssd: claim(ctx, mapping.ssd, true), nonSsd: mapping.nonSsd.map((disk) => claim(ctx, disk, false)) };
    show(ctx, [...groupsOf(ctx), { mapping: made, mounted: true }]);
    return { mapping: made, diskResult: [made.ssd, ...made.nonSsd].map((disk) => result(ctx, disk)) };
  });
}

/** More disks go to the first group with room. */
function add(ctx: Ctx, disks: readonly HostScsiDisk[]): VsanHostDiskMapResult[] {
  const group = groupsOf(ctx).find(({ mapping }) => mapping.nonSsd.length + disks.length <= MOST);
  const mapping = group?.mapping ?? { ssd: disks[0]!, nonSsd: disks };
  return [tried(ctx, mapping, () => {
    if (!group) throw fault('VsanDiskFault', {}, 'No disk group of this host has room; make one with InitializeDisks_Task.');
    const grown = { ...group.mapping, nonSsd: [...group.mapping.nonSsd, ...disks.map((disk) => claim(ctx, disk, false))] };
    show(ctx, groupsOf(ctx).map((one) => (one === group ? { ...one, mapping: grown } : one)));
    return { mapping: grown, diskResult: [grown.ssd, ...grown.nonSsd].map((disk) => result(ctx, disk)) };
  })];
}

function groupOf(ctx: Ctx, { ssd }: VsanHostDiskMapping): VsanHostDiskMapInfo {
  const found = groupsOf(ctx).find(({ mapping }) => sameDisk(mapping.ssd, ssd));
  if (!found) throw fault('VsanDiskFault', {}, `The host has no disk group whose cache is ${ssd.canonicalName ?? ssd.uuid}.`);
  return found;
}

/** A disk leaves its group; without its cache a group is nothing. */
function take(ctx: Ctx, given: HostScsiDisk): VsanHostDiskResult {
  const disk = disksOf(ctx.tx, hostOf(ctx)).find((one) => sameDisk(one, given)) ?? given;
  const group = groupsOf(ctx).find((one) => has(one, disk));
  if (!group) return { disk, state: 'ineligible', error: fault('VsanDiskFault', { device: disk.canonicalName ?? disk.uuid }, `vSAN does not use the disk ${disk.canonicalName ?? disk.uuid}.`).localized() };
  const nonSsd = group.mapping.nonSsd.filter((one) => !sameDisk(one, disk));
  const whole = sameDisk(group.mapping.ssd, disk) || nonSsd.length === 0;
  release(ctx, whole ? [group.mapping.ssd, ...group.mapping.nonSsd] : [disk]);
  show(ctx, groupsOf(ctx).flatMap((one) => (one !== group ? [one] : whole ? [] : [{ ...one, mapping: { ...one.mapping, nonSsd } }])));
  return { disk, state: 'eligible' };
}

export const vsanDiskMethods: Methods<'HostVsanSystem'> = {
  QueryDisksForVsan: (ctx, { canonicalName }) =>
    disksOf(ctx.tx, hostOf(ctx)).filter((disk) => disk.localDisk && (canonicalName === undefined || canonicalName.includes(disk.canonicalName!))).map((disk) => result(ctx, disk)),
  InitializeDisks_Task: { entity, task: (ctx, { mapping }) => mapping.map((one) => initialize(ctx, one)) },
  AddDisks_Task: { entity, task: (ctx, { disk }) => add(ctx, disk) },
  RemoveDisk_Task: { entity, task: (ctx, { disk }) => disk.map((one) => take(ctx, one)) },
  RemoveDiskMapping_Task: {
    entity,
    task: (ctx, { mapping }) => mapping.map((one) => tried(ctx, one, () => {
      const group = groupOf(ctx, one);
      take(ctx, group.mapping.ssd);
      return { mapping: group.mapping };
    })),
  },
  UnmountDiskMapping_Task: {
    entity,
    task: (ctx, { mapping }) => mapping.map((one) => tried(ctx, one, () => {
      const group = groupOf(ctx, one);
      if (!group.mounted) throw fault('VsanFault', {}, `The disk group of ${group.mapping.ssd.canonicalName!} is not mounted.`);
      show(ctx, groupsOf(ctx).map((other) => (other === group ? { ...other, mounted: false } : other)));
      return { mapping: group.mapping };
    })),
  },
};

/** How many hosts a policy needs: two for every failure it is to outlive, and one. */
export function hostsFor(policy: string | undefined): number {
  return 2 * Number(/"hostFailuresToTolerate"\s+i(\d+)/.exec(policy ?? '')?.[1] ?? 1) + 1;
}

/** Hosts that have a disk group in the vSAN cluster of this one. */
export function providers(ctx: Ctx): number {
  const uuid = ctx.tx.get(ctx.tx.get(hostOf(ctx), 'configManager.vsanSystem') as Ref, 'config.clusterInfo.uuid');
  if (uuid === undefined) return 0;
  return [...ctx.tx.all('HostVsanSystem')].filter((system) => {
    const config = ctx.tx.get(system, 'config') as VsanHostConfigInfo;
    return config.enabled && config.clusterInfo?.uuid === uuid && (config.storageInfo?.diskMapInfo ?? []).some(({ mounted }) => mounted);
  }).length;
}
