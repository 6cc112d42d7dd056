// HostCacheConfigurationManager: datastores that a host swaps to. HostNvdimmSystem: namespaces on memory that keeps its contents.
import {
  fault, toNumber, type HostCacheConfigurationInfo, type ManagedObjectReference, type NvdimmNamespaceDetails, type NvdimmNamespaceInfo, type NvdimmSystemInfo,
} from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import { entity, hostOf, refused, wrong, type Ctx } from './storage/shared.ts';

type Ref = ManagedObjectReference;

const MB = 1024 ** 2;

export const hostCacheConfigurationManager = define('HostCacheConfigurationManager', {
  ConfigureHostCache_Task: {
    entity,
    task(ctx, { spec: { datastore, swapSize } }) {
      const { tx, self } = ctx;
      const mounted = ((tx.get(hostOf(ctx), 'datastore') ?? []) as readonly Ref[]).some(({ value }) => value === datastore.value);
      if (!mounted) throw wrong('spec.datastore', 'the host has not mounted it');
      const known = (tx.get(self.ref, 'cacheConfigurationInfo') ?? []) as readonly HostCacheConfigurationInfo[];
      const size = toNumber(swapSize);
      const old = toNumber(known.find(({ key }) => key.value === datastore.value)?.swapSize);
      const free = Math.floor(Number(tx.get(datastore, 'summary.freeSpace')) / MB) + old;
      if (size < 0 || size > free) throw wrong('spec.swapSize', `${size} MB; the datastore has ${free} MB`);
      const others = known.filter(({ key }) => key.value !== datastore.value);
      tx.set(self.ref, 'cacheConfigurationInfo', size === 0 ? others : [...others, { key: datastore, swapSize: size }]);
    },
  },
});

const infoOf = ({ tx, self }: Ctx): NvdimmSystemInfo => tx.get(self.ref, 'nvdimmSystemInfo') as NvdimmSystemInfo;

/** Counts follow the lists. */
function show(ctx: Ctx, info: NvdimmSystemInfo): void {
  const details = info.nsDetails ?? [];
  const available = (info.iSetInfo ?? []).reduce((sum, { availableSize }) => sum + toNumber(availableSize), 0);
  ctx.tx.set(ctx.self.ref, 'nvdimmSystemInfo', {
    ...info, namespace: details.map(({ uuid }) => ({ uuid })), ...(info.summary ? { summary: { ...info.summary, numNamespaces: details.length, availableCapacity: available } } : {}),
  });
}

function mustBeInMaintenance(ctx: Ctx): void {
  const host = hostOf(ctx);
  if (ctx.tx.get(host, 'runtime.inMaintenanceMode') !== true) throw fault('InvalidHostState', { host }, 'The operation is not allowed in the current state: the host is not in maintenance mode.');
}

interface Wanted {
  readonly friendlyName?: string;
  readonly size: number;
  readonly set: number;
  readonly type: string;
  readonly blockSize: number;
}

function create(ctx: Ctx, { friendlyName, size, set, type, blockSize }: Wanted): { uuid: string } {
  mustBeInMaintenance(ctx);
  const info = infoOf(ctx);
  const sets = info.iSetInfo ?? [];
  const found = sets.find(({ setId }) => setId === set);
  if (!found) throw refused(`there is no interleave set ${set}. Known: ${sets.map(({ setId }) => setId).join(', ') || 'none, the host has no NVDIMMs'}.`);
  if (friendlyName && info.nsDetails?.some((one) => one.friendlyName === friendlyName)) throw fault('AlreadyExists', { name: friendlyName }, `The specified key, name, or identifier '${friendlyName}' already exists.`);
  if (!(size > 0 && size <= toNumber(found.availableSize))) throw refused(`${size} bytes do not fit in interleave set ${set}, which has ${toNumber(found.availableSize)}.`);
  const uuid = ctx.sim.random.uuid();
  const common = { uuid, friendlyName: friendlyName ?? '', type, namespaceHealthStatus: 'normal', state: 'notInUse' };
  show(ctx, {
    ...info, iSetInfo: sets.map((one) => (one === found ? { ...one, availableSize: toNumber(one.availableSize) - size } : one)),
    nsDetails: [...(info.nsDetails ?? []), { ...common, size, interleavesetID: set } as NvdimmNamespaceDetails],
    nsInfo: [...(info.nsInfo ?? []), { ...common, blockSize, blockCount: Math.floor(size / blockSize), locationID: set } as NvdimmNamespaceInfo],
  });
  return { uuid };
}

function remove(ctx: Ctx, gone: readonly NvdimmNamespaceDetails[]): void {
  mustBeInMaintenance(ctx);
  const info = infoOf(ctx);
  const used = gone.find(({ state }) => state === 'inUse');
  if (used) throw refused(`the namespace ${used.uuid} is in use.`);
  const isGone = ({ uuid }: { uuid: string }): boolean => gone.some((one) => one.uuid === uuid);
  show(ctx, {
    ...info, nsDetails: (info.nsDetails ?? []).filter((one) => !isGone(one)), nsInfo: (info.nsInfo ?? []).filter((one) => !isGone(one)),
    iSetInfo: (info.iSetInfo ?? []).map((one) => ({ ...one, availableSize: toNumber(one.availableSize) + gone.filter(({ interleavesetID }) => interleavesetID === one.setId).reduce((sum, { size }) => sum + toNumber(size), 0) })),
  });
}

export const hostNvdimmSystem = define('HostNvdimmSystem', {
  CreateNvdimmNamespace_Task: {
    entity,
    task: (ctx, { createSpec: { friendlyName, blockSize, blockCount, type, locationID } }) => {
      const kinds = ['blockNamespace', 'persistentNamespace'];
      if (!kinds.includes(type)) throw wrong('createSpec.type', `'${type}'; valid: ${kinds.join(', ')}`);
      return create(ctx, { ...(friendlyName === undefined ? {} : { friendlyName }), size: toNumber(blockSize) * toNumber(blockCount), set: locationID, type, blockSize: toNumber(blockSize) });
    },
  },
  CreateNvdimmPMemNamespace_Task: {
    entity,
    task: (ctx, { createSpec: { friendlyName, size, interleavesetID } }) =>
      create(ctx, { ...(friendlyName === undefined ? {} : { friendlyName }), size: toNumber(size), set: interleavesetID, type: 'persistentNamespace', blockSize: 1 }),
  },
  DeleteNvdimmNamespace_Task: {
    entity,
    task(ctx, { deleteSpec: { uuid } }) {
      const found = infoOf(ctx).nsDetails?.find((one) => one.uuid === uuid);
      if (!found) throw fault('NotFound', {}, `There is no NVDIMM namespace ${uuid} on this host.`);
      remove(ctx, [found]);
    },
  },
  DeleteNvdimmBlockNamespaces_Task: {
    entity,
    task(ctx) {
      const found = (infoOf(ctx).nsDetails ?? []).filter(({ type }) => type === 'blockNamespace');
      if (found.length === 0) throw fault('NotFound', {}, 'There is no NVDIMM namespace in block mode on this host.');
      remove(ctx, found);
    },
  },
});
