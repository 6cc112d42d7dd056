// HostVFlashManager: makes a file system for flash the resource that caches of machines and of the host's swap are taken from.
import { fault, type HostVFlashManagerVFlashConfigInfo, type HostVFlashResourceConfigurationResult } from '../../../../core/vim25/index.ts';
import { define } from '../../../dispatch/define.ts';
import { flashVolume } from '../host-disks.ts';
import type { FlashVolume } from './settings.ts';
import { byPath, each, entity, hostOf, inUse, refused, settingsOf, wrong, type Ctx } from './shared.ts';
import { extendFlash, flashAt, formatFlash, showResource } from './vffs.ts';

const GB = 1024 ** 3;
const MODULE = 'vfc';
const choice = (keys: readonly string[]) => ({ valueIsReadonly: false, choiceInfo: keys.map((key) => ({ key, label: key, summary: key })), defaultIndex: 0 });
const range = (min: number, max: number, defaultValue: number) => ({ valueIsReadonly: false, min, max, defaultValue });

/** What the only cache module can be told. */
const MODULE_OPTION = {
  vFlashModule: MODULE, vFlashModuleVersion: '1.0.0', minSupportedModuleVersion: '1.0.0', cacheConsistencyType: choice(['strong']), cacheMode: choice(['write_thru']),
  blockSizeInKBOption: range(4, 1024, 8), reservationInMBOption: range(1, 409_600, 1024), maxDiskSizeInKB: 17_179_869_184,
};

const configOf = ({ tx, self }: Ctx): HostVFlashManagerVFlashConfigInfo => (tx.get(self.ref, 'vFlashConfigInfo') ?? {}) as HostVFlashManagerVFlashConfigInfo;

function use(ctx: Ctx, volume: FlashVolume): void {
  const old = configOf(ctx).vFlashResourceConfigInfo?.vffs;
  if (old && old.uuid !== volume.uuid) throw inUse('HostVffsVolume', old.name, 'it is the flash resource of this host already.');
  if (!volume.mounted) throw refused(`the file system ${volume.name} is not mounted.`);
  showResource(ctx, volume);
}

/** A file system over all of the disks: made on the first that can be used, or the resource that is there, given more. */
function configure(ctx: Ctx, devicePaths: readonly string[]): HostVFlashResourceConfigurationResult {
  if (devicePaths.length === 0) throw refused('no disk is given.');
  const current = configOf(ctx).vFlashResourceConfigInfo?.vffs?.uuid;
  let volume = settingsOf(ctx).flash?.find(({ uuid }) => uuid === current);
  const results = each(devicePaths, 'devicePath', (path) => {
    byPath(ctx, path);
    volume = volume ? extendFlash(ctx, volume, path) : formatFlash(ctx, path, `vffs-${hostOf(ctx).value}`);
  });
  if (volume) use(ctx, volume);
  const isDone = (one: object): boolean => !('fault' in one);
  return {
    devicePath: results.filter(isDone).map(({ devicePath }) => devicePath), ...(volume ? { vffs: flashVolume(volume) } : {}),
    diskConfigurationResult: results.map(({ devicePath, ...rest }) => ({ devicePath, success: isDone(rest), ...rest })),
  };
}

export const hostVFlashManager = define('HostVFlashManager', {
  ConfigureVFlashResourceEx_Task: { entity, task: (ctx, { devicePath = [] }) => configure(ctx, devicePath) },
  HostConfigureVFlashResource: (ctx, { spec }) => {
    const known = settingsOf(ctx).flash?.find(({ uuid }) => uuid === spec.vffsUuid);
    if (!known) throw refused(`there is no file system for flash ${spec.vffsUuid}.`);
    use(ctx, flashAt(ctx, known.uuid));
  },
  HostRemoveVFlashResource: (ctx) => {
    const { vFlashResourceConfigInfo, vFlashCacheConfigInfo } = configOf(ctx);
    if (!vFlashResourceConfigInfo?.vffs) throw fault('NotFound', {}, 'No flash resource is configured on this host.');
    if (Number(vFlashCacheConfigInfo?.swapCacheReservationInGB ?? 0) > 0) throw inUse('HostVFlashManager', vFlashResourceConfigInfo.vffs.name, 'room for the cache of swap is reserved in it.');
    showResource(ctx, undefined);
  },
  HostConfigVFlashCache: (ctx, { spec }) => {
    const host = hostOf(ctx);
    const { vFlashResourceConfigInfo } = configOf(ctx);
    if (spec.defaultVFlashModule !== MODULE) throw wrong('spec.defaultVFlashModule', `'${spec.defaultVFlashModule}'; valid: ${MODULE}`);
    const wanted = Number(spec.swapCacheReservationInGB);
    if (!vFlashResourceConfigInfo?.vffs) throw fault('InaccessibleVFlashSource', { hostName: String(ctx.tx.get(host, 'name')) }, 'No flash resource is configured on this host.');
    if (wanted < 0 || wanted * GB > Number(vFlashResourceConfigInfo.capacity)) throw refused(`${wanted} GB do not fit in the flash resource, which has ${Math.floor(Number(vFlashResourceConfigInfo.capacity) / GB)} GB.`);
    ctx.tx.set(ctx.self.ref, 'vFlashConfigInfo', { ...configOf(ctx), vFlashCacheConfigInfo: { vFlashModuleConfigOption: [MODULE_OPTION], defaultVFlashModule: MODULE, swapCacheReservationInGB: wanted } });
    const runtime = ctx.tx.get(host, 'runtime.vFlashResourceRuntimeInfo') as { capacity: number };
    const left = Number(runtime.capacity) - wanted * GB;
    ctx.tx.set(host, 'runtime.vFlashResourceRuntimeInfo', { ...runtime, usage: wanted * GB, capacityForVmCache: left, freeForVmCache: left });
  },
  HostGetVFlashModuleDefaultConfig: {
    query(_ctx, { vFlashModule }) {
      if (vFlashModule !== MODULE) throw fault('NotFound', {}, `There is no flash module '${vFlashModule}' on this host. Known: ${MODULE}.`);
      return { vFlashModule, reservationInMB: 1024, cacheConsistencyType: 'strong', cacheMode: 'write_thru', blockSizeInKB: 8 };
    },
  },
});
