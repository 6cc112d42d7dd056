// HostStorageSystem, disks: attached and detached, how they are marked and called, and the scans that look for them again.
import { fault, type HostInternetScsiHba, type HostScsiDisk } from '../../../../core/vim25/index.ts';
import type { Methods } from '../../../dispatch/define.ts';
import { mount } from '../../datastore-create.ts';
import { datacenterOf } from '../../entity.ts';
import { disksOf, extentsOf } from '../host-disks.ts';
import { targetDisk } from './device-info.ts';
import { adapterOf, byUuid, change, each, entity, hostOf, inUse, isFree, notFound, partitions, refused, set, settingsOf, type Ctx } from './shared.ts';

function setAttached(ctx: Ctx, uuid: string, isIn: boolean): void {
  const disk = byUuid(ctx, uuid);
  if (!isIn && partitions(ctx, disk).length > 0) throw inUse('ScsiLun', disk.canonicalName!, 'a datastore is on it, or the system.');
  change(ctx, disk, { operationalState: [isIn ? 'ok' : 'off'] });
}

const mark = (values: Partial<HostScsiDisk>) => ({ entity, task: (ctx: Ctx, { scsiDiskUuid }: { readonly scsiDiskUuid: string }) => change(ctx, byUuid(ctx, scsiDiskUuid), values) });

function setLed(ctx: Ctx, uuid: string, isOn: boolean): void {
  const disk = byUuid(ctx, uuid);
  if (!disk.localDisk) throw refused(`${disk.canonicalName!} is not in this host: it has no locator LED to switch.`);
  const { leds = [] } = settingsOf(ctx);
  set(ctx, { leds: [...leds.filter((lit) => lit !== uuid), ...(isOn ? [uuid] : [])] });
}

/** Detached disks whose state was deleted are attached again; iSCSI targets are reached, and tell of others where they are asked. */
function scanDevices(ctx: Ctx): void {
  const { disks = {}, forgotten = [], softwareIscsi, iscsi = {} } = settingsOf(ctx);
  const back = Object.fromEntries(Object.entries(disks).map(([uuid, values]) => {
    const { operationalState: _state, ...kept } = values;
    return [uuid, forgotten.includes(uuid) ? kept : values];
  }));
  set(ctx, { disks: back, forgotten: forgotten.filter((uuid) => disks[uuid] === undefined) });
  if (!softwareIscsi) return;
  const { configuredSendTarget = [], configuredStaticTarget = [], discoveryProperties } = iscsi as Partial<HostInternetScsiHba>;
  const asks = discoveryProperties?.sendTargetsDiscoveryEnabled ?? true;
  const found = asks ? configuredSendTarget.map(({ address, port = 3260 }) => ({
    address, port, iScsiName: `iqn.2014-01.com.example:${address.replaceAll(':', '-')}`, discoveryMethod: 'sendTargetMethod', parent: `${address}:${port}`,
  })) : [];
  const given = configuredStaticTarget.filter(({ discoveryMethod }) => discoveryMethod !== 'sendTargetMethod');
  const fresh = found.map((target) => configuredStaticTarget.find(({ iScsiName, address }) => iScsiName === target.iScsiName && address === target.address) ?? target);
  const targets = [...given, ...fresh];
  set(ctx, { iscsi: { ...iscsi, configuredStaticTarget: targets }, reached: [...new Set(targets.map(({ iScsiName }) => iScsiName))] });
}

/** Volumes on disks behind iSCSI targets are mounted by every host that reaches them. */
function scanVolumes(ctx: Ctx): void {
  const { tx } = ctx;
  const host = hostOf(ctx);
  const { reached = [], softwareIscsi, forgotten = [] } = settingsOf(ctx);
  const names = new Set(softwareIscsi ? reached.map((name) => targetDisk(name).canonicalName) : []);
  const datacenter = datacenterOf(tx, host)?.value;
  for (const datastore of tx.all('Datastore')) {
    const extents = extentsOf(tx.find(datastore));
    if (names.size > 0 && extents.length > 0 && extents.every(({ diskName }) => names.has(diskName)) && datacenterOf(tx, datastore)?.value === datacenter) mount(tx, host, datastore);
    const uuid = tx.get(datastore, 'info.vmfs.uuid') as string | undefined;
    if (uuid === undefined || !forgotten.includes(uuid)) continue;
    tx.set(datastore, '_unmountedFrom', ((tx.get(datastore, '_unmountedFrom') ?? []) as readonly string[]).filter((value) => value !== host.value));
  }
  set(ctx, { forgotten: [] });
}

export const lunMethods: Methods<'HostStorageSystem'> = {
  RefreshStorageSystem: () => undefined,
  RescanAllHba: (ctx) => scanDevices(ctx),
  RescanVmfs: (ctx) => scanVolumes(ctx),
  RescanVffs: () => undefined,
  RescanHba: (ctx, { hbaDevice }) => {
    adapterOf(ctx, hbaDevice);
    scanDevices(ctx);
  },
  AttachScsiLun: (ctx, { lunUuid }) => setAttached(ctx, lunUuid, true),
  DetachScsiLun: (ctx, { lunUuid }) => setAttached(ctx, lunUuid, false),
  AttachScsiLunEx_Task: { entity, task: (ctx, { lunUuid }) => each(lunUuid, 'key', (uuid) => setAttached(ctx, uuid, true)) },
  DetachScsiLunEx_Task: { entity, task: (ctx, { lunUuid }) => each(lunUuid, 'key', (uuid) => setAttached(ctx, uuid, false)) },
  DeleteScsiLunState: (ctx, { lunCanonicalName }) => {
    const disk = disksOf(ctx.tx, hostOf(ctx)).find(({ canonicalName }) => canonicalName === lunCanonicalName);
    if (!disk?.operationalState.includes('off')) throw refused(`${lunCanonicalName} is not a detached disk.`);
    set(ctx, { forgotten: [...(settingsOf(ctx).forgotten ?? []), disk.uuid] });
  },
  UpdateScsiLunDisplayName: (ctx, { lunUuid, displayName }) => {
    const other = disksOf(ctx.tx, hostOf(ctx)).find((disk) => disk.displayName === displayName && disk.uuid !== lunUuid);
    if (other) throw fault('DuplicateName', { name: displayName, object: hostOf(ctx) }, `The name '${displayName}' already exists: ${other.canonicalName!} has it.`);
    change(ctx, byUuid(ctx, lunUuid), { displayName });
  },
  MarkAsSsd_Task: mark({ ssd: true }),
  MarkAsNonSsd_Task: mark({ ssd: false }),
  MarkAsLocal_Task: mark({ localDisk: true }),
  MarkAsNonLocal_Task: mark({ localDisk: false }),
  MarkPerenniallyReserved: (ctx, { lunUuid, state }) => change(ctx, byUuid(ctx, lunUuid), { perenniallyReserved: state }),
  MarkPerenniallyReservedEx_Task: {
    entity,
    task: (ctx, { lunUuid = [], state }) => each(lunUuid, 'key', (uuid) => change(ctx, byUuid(ctx, uuid), { perenniallyReserved: state })),
  },
  // Only failures are told: the results have a place for a fault in each.
  TurnDiskLocatorLedOn_Task: { entity, task: (ctx, { scsiDiskUuids }) => failures(each(scsiDiskUuids, 'key', (uuid) => setLed(ctx, uuid, true))) },
  TurnDiskLocatorLedOff_Task: { entity, task: (ctx, { scsiDiskUuids }) => failures(each(scsiDiskUuids, 'key', (uuid) => setLed(ctx, uuid, false))) },
  QueryAvailableSsds: (ctx, { vffsPath }) => {
    const { flash = [] } = settingsOf(ctx);
    if (vffsPath !== undefined && !flash.some(({ uuid }) => vffsPath === `/vmfs/volumes/${uuid}`)) throw notFound(`The file system ${vffsPath}`);
    return disksOf(ctx.tx, hostOf(ctx)).filter((disk) => disk.ssd && isFree(ctx, disk));
  },
};

interface Outcome {
  readonly key: string;
  readonly fault?: unknown;
}

const failures = <T extends Outcome>(results: readonly T[]) => results.filter(({ fault: failed }) => failed !== undefined) as unknown as readonly { key: string; fault: never }[];
