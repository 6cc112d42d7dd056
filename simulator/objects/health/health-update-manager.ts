// HealthUpdateManager (vim25): what providers of hardware health say of hosts. A provider names its kinds of updates, says
// which entities it watches, and posts how they are; filters leave kinds out for entities.
import { enumType, fault, isSubtype, type HealthUpdate, type HealthUpdateInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

interface Filter {
  readonly name: string;
  readonly infoIds: readonly string[];
  readonly entities: Refs;
}

interface Provider {
  readonly name: string;
  readonly infos: readonly HealthUpdateInfo[];
  readonly monitored: Refs;
  /** The last one of each kind for each entity. */
  readonly updates: readonly HealthUpdate[];
  readonly filters: Readonly<Record<string, Filter>>;
}

type Providers = Readonly<Record<string, Provider>>;
type Self = Pick<TransactionContext, 'tx' | 'self'>;

const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why}).`);
const providersOf = ({ tx, self }: Self): Providers => (tx.get(self.ref, '_providers') ?? {}) as Providers;

/** Throws NotFound. */
function providerOf(ctx: Self, id: string): Provider {
  const all = providersOf(ctx);
  if (Object.hasOwn(all, id)) return all[id]!;
  throw fault('NotFound', {}, `There is no provider of health updates "${id}".`);
}

/** Throws NotFound. */
function filterOf(ctx: Self, id: string): { readonly owner: string; readonly filter: Filter } {
  for (const [owner, { filters }] of Object.entries(providersOf(ctx))) if (Object.hasOwn(filters, id)) return { owner, filter: filters[id]! };
  throw fault('NotFound', {}, `There is no filter of health updates "${id}".`);
}

function write(ctx: Self, id: string, change: Partial<Provider>): void {
  ctx.tx.set(ctx.self.ref, '_providers', { ...providersOf(ctx), [id]: { ...providerOf(ctx, id), ...change } });
}

const writeFilter = (ctx: Self, owner: string, id: string, filter: Filter): void => write(ctx, owner, { filters: { ...providerOf(ctx, owner).filters, [id]: filter } });

const there = (tx: Transaction, refs: Refs): Ref[] => refs.filter((ref) => tx.has(ref));
const includes = (refs: Refs, { value }: Ref): boolean => refs.some((ref) => ref.value === value);
const without = (refs: Refs, gone: Refs): Ref[] => refs.filter((ref) => !includes(gone, ref));
const together = (refs: Refs, more: Refs): Ref[] => [...refs, ...new Map(without(more, refs).map((ref) => [ref.value, ref])).values()];

function checkInfos(infos: readonly HealthUpdateInfo[]): void {
  const kinds = enumType('HealthUpdateInfoComponentType')!.values;
  infos.forEach(({ id, componentType }, i) => {
    if (!kinds.has(componentType)) throw wrong(`healthUpdateInfo[${i}].componentType`, `"${componentType}"; valid: ${[...kinds].join(', ')}`);
    if (infos.findIndex((info) => info.id === id) !== i) throw wrong(`healthUpdateInfo[${i}].id`, `"${id}" is there twice`);
  });
}

function checkKinds({ infos, name }: Provider, ids: readonly string[], property: string): void {
  const unknown = ids.find((id) => infos.every((info) => info.id !== id));
  if (unknown !== undefined) throw wrong(property, `"${name}" has no kind of update "${unknown}"`);
}

export const healthUpdateManager = define('HealthUpdateManager', {
  RegisterHealthUpdateProvider(ctx, { name, healthUpdateInfo }) {
    const infos = healthUpdateInfo ?? [];
    if (name.trim() === '') throw wrong('name', 'it is empty');
    checkInfos(infos);
    const id = ctx.sim.random.uuid();
    ctx.tx.set(ctx.self.ref, '_providers', { ...providersOf(ctx), [id]: { name, infos, monitored: [], updates: [], filters: {} } });
    return id;
  },
  UnregisterHealthUpdateProvider(ctx, { providerId }) {
    if (there(ctx.tx, providerOf(ctx, providerId).monitored).length > 0) throw fault('InvalidState', {}, `The provider "${providerId}" still monitors entities: remove these first.`);
    const { [providerId]: _gone, ...others } = providersOf(ctx);
    ctx.tx.set(ctx.self.ref, '_providers', others);
  },
  QueryProviderList: (ctx) => Object.keys(providersOf(ctx)),
  HasProvider: (ctx, { id }) => Object.hasOwn(providersOf(ctx), id),
  QueryProviderName: (ctx, { id }) => providerOf(ctx, id).name,
  QueryHealthUpdateInfos: (ctx, { providerId }) => [...providerOf(ctx, providerId).infos],
  AddMonitoredEntities(ctx, { providerId, entities }) {
    const { monitored } = providerOf(ctx, providerId);
    write(ctx, providerId, { monitored: together(there(ctx.tx, monitored), entities ?? []) });
  },
  RemoveMonitoredEntities(ctx, { providerId, entities }) {
    const gone = entities ?? [];
    const { monitored, updates } = providerOf(ctx, providerId);
    const stranger = gone.find((ref) => !includes(monitored, ref));
    if (stranger) throw fault('InvalidState', {}, `The provider "${providerId}" does not monitor ${stranger.type} ${stranger.value}.`);
    write(ctx, providerId, { monitored: without(monitored, gone), updates: updates.filter(({ entity }) => !includes(gone, entity)) });
  },
  QueryMonitoredEntities: (ctx, { providerId }) => there(ctx.tx, providerOf(ctx, providerId).monitored),
  HasMonitoredEntity: (ctx, { providerId, entity }) => includes(providerOf(ctx, providerId).monitored, entity),
  QueryUnmonitoredHosts: (ctx, { providerId, cluster }) => without((ctx.tx.get(cluster, 'host') ?? []) as Refs, providerOf(ctx, providerId).monitored),
  PostHealthUpdates(ctx, { providerId, updates }) {
    const provider = providerOf(ctx, providerId);
    const fresh = updates ?? [];
    fresh.forEach(({ entity }, i) => {
      if (!includes(provider.monitored, entity)) throw wrong(`updates[${i}].entity`, `"${provider.name}" does not monitor ${entity.type} ${entity.value}`);
    });
    checkKinds(provider, fresh.map(({ healthUpdateInfoId }) => healthUpdateInfoId), 'updates.healthUpdateInfoId');
    const key = ({ entity, healthUpdateInfoId }: HealthUpdate) => `${entity.value} ${healthUpdateInfoId}`;
    write(ctx, providerId, { updates: [...new Map([...provider.updates, ...fresh].map((update) => [key(update), update])).values()] });
  },
  QueryHealthUpdates: (ctx, { providerId }) => providerOf(ctx, providerId).updates.filter(({ entity }) => ctx.tx.has(entity)),
  AddFilter(ctx, { providerId, filterName, infoIds }) {
    checkKinds(providerOf(ctx, providerId), infoIds ?? [], 'infoIds');
    const id = ctx.sim.random.uuid();
    writeFilter(ctx, providerId, id, { name: filterName, infoIds: infoIds ?? [], entities: [] });
    return id;
  },
  QueryFilterList: (ctx, { providerId }) => Object.keys(providerOf(ctx, providerId).filters),
  QueryFilterName: (ctx, { filterId }) => filterOf(ctx, filterId).filter.name,
  QueryFilterInfoIds: (ctx, { filterId }) => [...filterOf(ctx, filterId).filter.infoIds],
  QueryFilterEntities: (ctx, { filterId }) => there(ctx.tx, filterOf(ctx, filterId).filter.entities),
  AddFilterEntities(ctx, { filterId, entities }) {
    const { owner, filter } = filterOf(ctx, filterId);
    const stranger = (entities ?? []).find(({ type }) => !isSubtype(type, 'HostSystem') && !isSubtype(type, 'ComputeResource'));
    if (stranger) throw wrong('entities', `${stranger.type} ${stranger.value} is neither a host nor a cluster`);
    writeFilter(ctx, owner, filterId, { ...filter, entities: together(there(ctx.tx, filter.entities), entities ?? []) });
  },
  RemoveFilterEntities(ctx, { filterId, entities }) {
    const { owner, filter } = filterOf(ctx, filterId);
    writeFilter(ctx, owner, filterId, { ...filter, entities: without(filter.entities, entities ?? []) });
  },
  RemoveFilter(ctx, { filterId }) {
    const { owner } = filterOf(ctx, filterId);
    const { [filterId]: _gone, ...filters } = providerOf(ctx, owner).filters;
    write(ctx, owner, { filters });
  },
});
