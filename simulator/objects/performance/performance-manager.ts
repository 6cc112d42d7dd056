// PerformanceManager: the counters, the intervals that are kept, and questions about them.
import { fault, type ManagedObjectReference, type PerfCounterInfo, type PerfInterval, type PerfProviderSummary } from '../../../core/vim25/index.ts';
import { define, type Context, type TransactionContext } from '../../dispatch/define.ts';
import { catalogue, shown, type Levels } from './catalogue.ts';
import { TICK_SECONDS } from './history.ts';
import { changed } from './intervals.ts';
import { available, hasRealTime, provider, query } from './query.ts';

const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why})`);

const levelsOf = ({ self }: Context): Levels | undefined => self.props['_levels'] as Levels | undefined;

function counterFor({ sim }: Context, key: number, property: string) {
  const counter = catalogue(sim.product).byKey.get(key);
  if (!counter) throw wrong(property, `there is no counter ${key}`);
  return counter;
}

function writeLevels({ sim, tx, self }: TransactionContext, levels: Levels): void {
  tx.update(self.ref, { _levels: levels, perfCounter: catalogue(sim.product).all.map((counter) => shown(counter, levels)) });
}

/** A host by itself keeps what it keeps. */
function requireVcenter({ sim }: Context): void {
  if (sim.product === 'esxi') throw fault('NotSupported', {}, 'A host that no vCenter Server manages keeps its statistics as they are: levels and intervals are changed on a vCenter Server.');
}

const isLevel = (level: number | undefined): boolean => level === undefined || level === 0 || (Number.isInteger(level) && level >= 1 && level <= 4);

export const performanceManager = define('PerformanceManager', {
  QueryPerfCounter: { query: (ctx, { counterId }) => counterId.map((key): PerfCounterInfo => shown(counterFor(ctx, key, 'counterId'), levelsOf(ctx))) },
  QueryPerfCounterByLevel: {
    query(ctx, { level }) {
      if (!Number.isInteger(level) || level < 1 || level > 4) throw wrong('level', `${level}; levels are 1 to 4`);
      return catalogue(ctx.sim.product).all.map((counter) => shown(counter, levelsOf(ctx))).filter((info) => (info.level ?? 1) <= level);
    },
  },
  QueryPerfProviderSummary: {
    query(ctx, { entity }): PerfProviderSummary {
      const { object, kind } = provider(ctx, entity, 'entity');
      const currentSupported = hasRealTime(kind);
      return { _type: 'PerfProviderSummary', entity: object.ref, currentSupported, summarySupported: true, refreshRate: currentSupported ? TICK_SECONDS : -1 };
    },
  },
  QueryAvailablePerfMetric: { query: (ctx, { entity, ...asked }) => available(ctx, entity, asked) },
  QueryPerf: { query: (ctx, { querySpec }) => querySpec.flatMap((spec) => query(ctx, spec) ?? []) },
  QueryPerfComposite: {
    query(ctx, { querySpec }) {
      const { object, kind } = provider(ctx, querySpec.entity, 'querySpec.entity');
      if (kind !== 'host') throw wrong('querySpec.entity', `a ${object.ref.type} has no statistics of parts; a HostSystem has those of its virtual machines`);
      const spec = { ...querySpec, maxSample: undefined };
      const { rights } = ctx.session;
      const machines = ((object.props['vm'] ?? []) as readonly ManagedObjectReference[]).filter((vm) => rights === undefined || rights.has(vm, 'System.Read'));
      return { _type: 'PerfCompositeMetric', entity: query(ctx, spec), childEntity: machines.map((entity) => query(ctx, { ...spec, entity })).filter((metric) => metric !== undefined) };
    },
  },
  // Intervals are the four that vCenter has since its second release: these methods of the first are there to say so.
  CreatePerfInterval(_ctx, { intervalId }) {
    throw wrong('intervalId', `historical intervals cannot be created ('${intervalId.name}'); change one with UpdatePerfInterval`);
  },
  RemovePerfInterval(ctx, { samplePeriod }) {
    requireVcenter(ctx);
    const intervals = ctx.tx.get(ctx.self.ref, 'historicalInterval') as readonly PerfInterval[];
    const found = intervals.find(({ samplingPeriod }) => samplingPeriod === samplePeriod);
    if (!found) throw wrong('samplePeriod', `there is no interval of ${samplePeriod} seconds; valid: ${intervals.map(({ samplingPeriod }) => samplingPeriod).join(', ')}`);
    ctx.tx.set(ctx.self.ref, 'historicalInterval', changed(intervals, { ...found, enabled: false }));
  },
  UpdatePerfInterval(ctx, { interval }) {
    requireVcenter(ctx);
    ctx.tx.set(ctx.self.ref, 'historicalInterval', changed(ctx.tx.get(ctx.self.ref, 'historicalInterval') as readonly PerfInterval[], interval));
  },
  UpdateCounterLevelMapping(ctx, { counterLevelMap }) {
    requireVcenter(ctx);
    const levels: Record<string, readonly [number, number]> = { ...levelsOf(ctx) };
    for (const { counterId, aggregateLevel, perDeviceLevel } of counterLevelMap) {
      const { info } = counterFor(ctx, counterId, 'counterLevelMap.counterId');
      if (!isLevel(aggregateLevel)) throw wrong('counterLevelMap.aggregateLevel', `${aggregateLevel}; levels are 1 to 4`);
      if (!isLevel(perDeviceLevel)) throw wrong('counterLevelMap.perDeviceLevel', `${perDeviceLevel}; levels are 1 to 4`);
      const [aggregate, perDevice] = levels[counterId] ?? [info.level!, info.perDeviceLevel!];
      levels[counterId] = [aggregateLevel || aggregate, perDeviceLevel || perDevice];
    }
    writeLevels(ctx, levels);
  },
  ResetCounterLevelMapping(ctx, { counters }) {
    requireVcenter(ctx);
    const gone = new Set(counters.map((key) => String(counterFor(ctx, key, 'counters').key)));
    writeLevels(ctx, Object.fromEntries(Object.entries(levelsOf(ctx) ?? {}).filter(([key]) => !gone.has(key))));
  },
});
