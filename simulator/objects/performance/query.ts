// QueryPerf: which samples of which metrics a query asks for, and their values. Values are a pure function of the world's
// history and of time: the same question has the same answer.
import {
  fault, type ManagedObjectReference, type PerfEntityMetricBase, type PerfInterval, type PerfMetricId, type PerfMetricIntSeries, type PerfMetricSeriesCSV, type PerfQuerySpec,
} from '../../../core/vim25/index.ts';
import { notFound } from '../../collector/retrieve.ts';
import type { Context } from '../../dispatch/define.ts';
import { requirePrivilege } from '../../dispatch/privileges.ts';
import type { Readable } from '../../store/object.ts';
import { catalogue, type Counter, type Kind, type Levels } from './catalogue.ts';
import { FORMULAS } from './formulas.ts';
import { TICK_SECONDS, ticksAt } from './history.ts';
import { Facts, kindOf, Source } from './load.ts';
import { operationCount } from './operations.ts';
import { partsOf, type Part } from './parts.ts';

/** Statistics of the last hour are kept as they were measured. */
const REAL_TIME: PerfInterval = { key: 0, samplingPeriod: TICK_SECONDS, name: 'Real time', length: 3600, enabled: true };
const MEASURED: ReadonlySet<Kind> = new Set<Kind>(['vm', 'host', 'pool']);

/** True for objects whose statistics can be read as they are measured; of the others there are only rollups. */
export const hasRealTime = (kind: Kind): boolean => MEASURED.has(kind);

const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why})`);

/** An object that somebody asks about. Throws InvalidArgument for one without statistics, NoPermission. */
export function provider({ sim, session }: Context, ref: ManagedObjectReference, property: string): { readonly object: Readable; readonly kind: Kind } {
  const object = sim.store.get(ref);
  if (!object) throw notFound(ref);
  const kind = kindOf(object);
  if (kind === undefined) throw wrong(property, `no statistics are kept of a ${object.ref.type}`);
  requirePrivilege(session, object.ref, 'System.Read');
  return { object, kind };
}

const intervalsOf = ({ self }: Context): readonly PerfInterval[] => (self.props['historicalInterval'] ?? []) as readonly PerfInterval[];

/** The interval that a query names; the finest that there is when it names none. Throws InvalidArgument. */
function intervalFor(ctx: Context, kind: Kind, asked: number | undefined): PerfInterval {
  const intervals = intervalsOf(ctx);
  const measured = hasRealTime(kind);
  if (asked === undefined || asked <= 0) return measured ? REAL_TIME : intervals[0] ?? REAL_TIME;
  const found = [...(measured ? [REAL_TIME] : []), ...intervals].find(({ samplingPeriod }) => samplingPeriod === asked);
  if (found) return found;
  const valid = [...(measured ? [REAL_TIME] : []), ...intervals].map(({ samplingPeriod }) => samplingPeriod).join(', ');
  throw wrong('querySpec.interval', `${asked}; valid for this object: ${valid}`);
}

/** One metric of an object: a counter, for all of it or for a part. */
interface Metric {
  readonly counter: Counter;
  readonly part: Part | undefined;
  readonly parts: number;
}

const levelsOf = ({ self }: Context): Levels | undefined => self.props['_levels'] as Levels | undefined;

/** Rollups keep the counters of their level and below. */
function isKept({ key, info }: Counter, interval: PerfInterval, levels: Levels | undefined, ofPart: boolean): boolean {
  if (interval === REAL_TIME || interval.level === undefined) return true;
  const [aggregate, perDevice] = levels?.[key] ?? [info.level ?? 1, info.perDeviceLevel ?? 1];
  return (ofPart ? perDevice : aggregate) <= interval.level;
}

class Metrics {
  private readonly ctx: Context;
  private readonly object: Readable;
  private readonly kind: Kind;
  private readonly cpus: number;
  private readonly parts = new Map<string, readonly Part[]>();

  constructor(ctx: Context, object: Readable, kind: Kind, cpus: number) {
    this.ctx = ctx;
    this.object = object;
    this.kind = kind;
    this.cpus = cpus;
  }

  /** All metrics of a counter that an interval keeps. */
  *of(counter: Counter, interval: PerfInterval): Iterable<Metric> {
    const place = counter.where.get(this.kind);
    if (!place) return;
    const levels = levelsOf(this.ctx);
    if (place.aggregate && isKept(counter, interval, levels, false)) yield { counter, part: undefined, parts: 1 };
    if (place.parts === undefined || !isKept(counter, interval, levels, true)) return;
    const parts = this.partsOf(place.parts);
    for (const part of parts) yield { counter, part, parts: parts.length };
  }

  private partsOf(kind: string): readonly Part[] {
    let found = this.parts.get(kind);
    if (!found) this.parts.set(kind, (found = partsOf(this.object, kind, this.cpus, (id) => this.ctx.sim.store.find(id))));
    return found;
  }
}

const idOf = ({ counter, part }: Metric): PerfMetricId => ({ _type: 'PerfMetricId', counterId: counter.key, instance: part?.instance ?? '' });

function metricsFor(ctx: Context, object: Readable, kind: Kind, source: Source): Metrics {
  const now = ticksAt(ctx.sim.clock.now());
  return new Metrics(ctx, object, kind, new Facts(source, now - 1, now).cpus || new Facts(source, now - HOUR, now).cpus);
}

const HOUR = 3600 / TICK_SECONDS;

const sourceOf = ({ sim }: Context, object: Readable, kind: Kind): Source => new Source(kind, object, (id) => sim.store.find(id));

/** What an object has statistics of in a span of time: of everything that is kept when no interval is named. */
export function available(ctx: Context, ref: ManagedObjectReference, asked: { beginTime?: Date; endTime?: Date; intervalId?: number }): PerfMetricId[] {
  const object = ctx.sim.store.get(ref);
  const kind = object && kindOf(object);
  if (!object || kind === undefined) return [];
  requirePrivilege(ctx.session, object.ref, 'System.Read');
  const intervals = asked.intervalId === undefined || asked.intervalId <= 0 ? [...(hasRealTime(kind) ? [REAL_TIME] : []), ...intervalsOf(ctx)] : [intervalFor(ctx, kind, asked.intervalId)];
  const source = sourceOf(ctx, object, kind);
  const metrics = metricsFor(ctx, object, kind, source);
  const found = new Map<string, PerfMetricId>();
  for (const interval of intervals) {
    const { first, last, ticks } = windowOf(ctx, interval, { startTime: asked.beginTime, endTime: asked.endTime });
    if (!interval.enabled || last < first || !source.alive(first * ticks, (last + 1) * ticks)) continue;
    for (const counter of catalogue(ctx.sim.product).all) for (const metric of metrics.of(counter, interval)) {
      const id = idOf(metric);
      found.set(`${id.counterId} ${id.instance}`, id);
    }
  }
  return [...found.values()];
}

interface Window {
  /** Blocks of the interval, both included. */
  readonly first: number;
  readonly last: number;
  readonly ticks: number;
}

/** The blocks whose ends are after the start and not after the end, of those that are over and still kept. */
function windowOf({ sim }: Context, { samplingPeriod, length }: PerfInterval, { startTime, endTime }: Pick<PerfQuerySpec, 'startTime' | 'endTime'>): Window {
  const period = samplingPeriod * 1000;
  const now = sim.clock.now().getTime();
  const oldest = now - length * 1000;
  const start = Math.max(oldest, startTime?.getTime() ?? oldest);
  const end = Math.min(now, endTime?.getTime() ?? now);
  return { first: Math.floor(start / period), last: Math.floor(end / period) - 1, ticks: samplingPeriod / TICK_SECONDS };
}

/** The statistics of one object; undefined when there are none in that time. */
export function query(ctx: Context, spec: PerfQuerySpec): PerfEntityMetricBase | undefined {
  const { object, kind } = provider(ctx, spec.entity, 'querySpec.entity');
  const format = spec.format ?? 'normal';
  if (format !== 'normal' && format !== 'csv') throw wrong('querySpec.format', `'${format}'; valid: normal, csv`);
  if (spec.maxSample !== undefined && spec.maxSample < 0) throw wrong('querySpec.maxSample', `${spec.maxSample}; it must be 1 or more`);
  if (spec.startTime && spec.endTime && spec.startTime > spec.endTime) throw wrong('querySpec.startTime', 'it is after endTime');
  const interval = intervalFor(ctx, kind, spec.intervalId);
  const source = sourceOf(ctx, object, kind);
  const metrics = selected(ctx, metricsFor(ctx, object, kind, source), interval, spec.metricId);
  const samples = interval.enabled ? samplesOf(ctx, source, interval, spec) : [];
  if (samples.length === 0) return undefined;
  const series = metrics.map((metric) => ({ metric, values: samples.map((facts) => valueOf(ctx, metric, facts)) }));
  const period = interval.samplingPeriod;
  if (format === 'csv') {
    return {
      _type: 'PerfEntityMetricCSV', entity: object.ref, sampleInfoCSV: samples.map(({ end }) => `${period},${new Date(end).toISOString().replace('.000Z', 'Z')}`).join(','),
      value: series.map(({ metric, values }): PerfMetricSeriesCSV => ({ _type: 'PerfMetricSeriesCSV', id: idOf(metric), value: values.join(',') })),
    } as PerfEntityMetricBase;
  }
  return {
    _type: 'PerfEntityMetric', entity: object.ref, sampleInfo: samples.map(({ end }) => ({ timestamp: new Date(end), interval: period })),
    value: series.map(({ metric, values }): PerfMetricIntSeries => ({ _type: 'PerfMetricIntSeries', id: idOf(metric), value: values })),
  } as PerfEntityMetricBase;
}

/** The newest samples when only so many are wanted; rollups are not limited by it. */
function samplesOf(ctx: Context, source: Source, interval: PerfInterval, spec: PerfQuerySpec): readonly Facts[] {
  const { first, last, ticks } = windowOf(ctx, interval, spec);
  const facts: Facts[] = [];
  for (let block = first; block <= last; block++) if (source.alive(block * ticks, (block + 1) * ticks)) facts.push(new Facts(source, block * ticks, (block + 1) * ticks));
  return interval === REAL_TIME && spec.maxSample ? facts.slice(-spec.maxSample) : facts;
}

/** The metrics of a query that the object has, in the order of the query. */
function selected(ctx: Context, metrics: Metrics, interval: PerfInterval, asked: readonly PerfMetricId[] | undefined): readonly Metric[] {
  const { all, byKey } = catalogue(ctx.sim.product);
  if (!asked?.length) return all.flatMap((counter) => [...metrics.of(counter, interval)]);
  return asked.flatMap(({ counterId, instance = '' }) => {
    const counter = byKey.get(counterId);
    if (!counter) throw wrong('querySpec.metricId', `there is no counter ${counterId}`);
    return [...metrics.of(counter, interval)].filter(({ part }) => instance === '*' || (part?.instance ?? '') === instance);
  });
}

/** The value of a metric in one sample. */
function valueOf(ctx: Context, { counter, part, parts }: Metric, facts: Facts): number {
  const { family, rollup, info } = counter;
  if (family.startsWith('vmop.')) return operationCount(ctx.sim.store, facts.source.object.ref, family, facts.end);
  const formula = FORMULAS[family];
  if (!formula) return 0;
  const weight = part?.weight ?? 1;
  const measure = (from: number, until: number): number => {
    const same = from === facts.from && until === facts.until && part?.store === undefined;
    return formula(same ? facts : new Facts(facts.source, from, until, part?.store), weight);
  };
  const whole = rollup === 'latest' ? measure(facts.until - 1, facts.until)
    : rollup === 'minimum' || rollup === 'maximum' ? extreme(rollup, facts, measure) : measure(facts.from, facts.until);
  if (part === undefined || part.store !== undefined || info.statsType === 'absolute' || family.startsWith('sys.')) return Math.round(whole);
  return Math.round(info.unitInfo.key === 'percent' ? Math.min(10_000, whole * weight * parts) : whole * weight);
}

/** The smallest or largest of the values in it: of single ticks in short samples, of five minutes in long ones. */
function extreme(rollup: 'minimum' | 'maximum', { from, until }: Facts, measure: (from: number, until: number) => number): number {
  const step = until - from <= 15 ? 1 : 15;
  let found = measure(from, Math.min(until, from + step));
  for (let at = from + step; at < until; at += step) {
    const value = measure(at, Math.min(until, at + step));
    if (rollup === 'minimum' ? value < found : value > found) found = value;
  }
  return found;
}
