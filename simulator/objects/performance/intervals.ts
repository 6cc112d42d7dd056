// The intervals that statistics are rolled up to: how a vCenter and a host have them, and what may be changed.
import { fault, type PerfInterval } from '../../../core/vim25/index.ts';
import type { Product } from '../../dispatch/simulation.ts';

const DAY = 86_400;

const interval = (key: number, samplingPeriod: number, name: string, length: number): PerfInterval => ({ _type: 'PerfInterval', key, samplingPeriod, name, length, level: 1, enabled: true });

/** What a fresh server keeps. */
export const initialIntervals = (product: Product): readonly PerfInterval[] => product === 'esxi'
  ? [{ _type: 'PerfInterval', key: 1, samplingPeriod: 300, name: 'PastDay', length: 129_600, enabled: true }]
  : [interval(1, 300, 'Past day', DAY), interval(2, 1800, 'Past week', 7 * DAY), interval(3, 7200, 'Past month', 30 * DAY), interval(4, DAY, 'Past year', 365 * DAY)];

/** Periods that the finest interval may have. */
const FINEST = [60, 120, 180, 300];

const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why})`);

/**
 * The intervals with one changed. A rollup is made of the one before it: none keeps more than that one, and without it
 * there is none. Throws InvalidArgument.
 */
export function changed(intervals: readonly PerfInterval[], wanted: PerfInterval): readonly PerfInterval[] {
  const at = intervals.findIndex(({ key }) => key === wanted.key);
  const old = intervals[at];
  if (!old) throw wrong('interval.key', `there is no interval ${wanted.key}; valid: ${intervals.map(({ key, name }) => `${key} (${name})`).join(', ')}`);
  const { samplingPeriod = old.samplingPeriod, length = old.length, level = old.level ?? 1, enabled } = wanted;
  if (samplingPeriod !== old.samplingPeriod && (at !== 0 || !FINEST.includes(samplingPeriod))) {
    throw wrong('interval.samplingPeriod', at === 0 ? `${samplingPeriod} seconds; valid: ${FINEST.join(', ')}` : `that of '${old.name}' is always ${old.samplingPeriod} seconds`);
  }
  const mayBeLonger = at === 0 || at === intervals.length - 1;
  if (length !== old.length && (!mayBeLonger || length < old.samplingPeriod || length % DAY !== 0 || length > 5 * (at === 0 ? DAY : 365 * DAY))) {
    throw wrong('interval.length', `${length} seconds; ${mayBeLonger ? `whole days, up to ${at === 0 ? 'five' : 'five years of them'}` : `that of '${old.name}' is always ${old.length}`}`);
  }
  if (!Number.isInteger(level) || level < 1 || level > 4) throw wrong('interval.level', `${level}; levels are 1 to 4`);
  const before = intervals[at - 1];
  if (before && level > (before.level ?? 1)) throw wrong('interval.level', `${level} is more than the level of '${before.name}', ${before.level ?? 1}`);
  if (before && enabled && !before.enabled) throw wrong('interval.enabled', `'${before.name}' is disabled`);
  return intervals.map((each, i) => {
    if (i < at) return each;
    if (i === at) return { ...old, samplingPeriod, length, level, enabled };
    return { ...each, level: Math.min(each.level ?? 1, level), enabled: each.enabled && enabled };
  });
}
