// The catalogue of performance counters: what each is called and measures, how it is numbered, and which kinds of
// object have it. Made of the tables when somebody asks; values are load.ts and formulas.ts.
import type { ElementDescription, PerfCounterInfo, PerfStatsType, PerfSummaryType } from '../../../core/vim25/index.ts';
import type { Product } from '../../dispatch/simulation.ts';
import { MORE_COUNTERS } from './counter-table-more.ts';
import { COUNTERS } from './counter-table.ts';

/** Kinds of object that statistics are kept of. */
export type Kind = 'vm' | 'host' | 'cluster' | 'pool' | 'ds' | 'dc';

/** For what a kind of object has a counter: itself, and its parts of some kind. */
export interface Place {
  readonly aggregate: boolean;
  readonly parts: string | undefined;
}

export interface Counter {
  readonly key: number;
  /** 'cpu.usage': what is measured. */
  readonly family: string;
  readonly rollup: PerfSummaryType;
  readonly where: ReadonlyMap<Kind, Place>;
  readonly info: PerfCounterInfo;
}

export interface Catalogue {
  readonly all: readonly Counter[];
  readonly byKey: ReadonlyMap<number, Counter>;
}

const UNITS: Readonly<Record<string, readonly [key: string, summary: string]>> = {
  '%': ['percent', 'Percentage'], MHz: ['megaHertz', 'Megahertz'], ms: ['millisecond', 'Millisecond'], num: ['number', 'Number'], KB: ['kiloBytes', 'Kilobyte'],
  KBps: ['kiloBytesPerSecond', 'Kilobytes per second'], MB: ['megaBytes', 'Megabyte'], TB: ['teraBytes', 'Terabyte'], 'µs': ['microsecond', 'Microsecond'],
  s: ['second', 'Second'], W: ['watt', 'Watt'], J: ['joule', 'Joule'], '℃': ['celsius', 'Temperature in degrees Celsius'],
};
const ROLLUPS: Readonly<Record<string, PerfSummaryType>> = { n: 'none', a: 'average', m: 'minimum', x: 'maximum', l: 'latest', s: 'summation' };
const STATS: Readonly<Record<string, PerfStatsType>> = { abs: 'absolute', rat: 'rate', del: 'delta' };
/** A host numbers its counters by group. */
const GROUPS_OF_HOST = ['cpu', 'mem', 'disk', 'net', 'sys', 'rescpu', 'managementAgent', 'storageAdapter', 'storagePath', 'virtualDisk', 'datastore', 'power', 'hbr', 'vflashModule', '', '', '', '', '', 'vsanDomObj', 'gpu', 'pmem'];
const IN_A_HOST: ReadonlySet<Kind> = new Set<Kind>(['vm', 'host', 'pool']);

const LINE = /^(\d+)(v?) (\S+) (\S+) (\S+) (\S+)((?: [a-z+/~]+)*): (.*)$/;

const element = (key: string, label: string, summary: string): ElementDescription => Object.freeze({ _type: 'ElementDescription', label, summary, key });

const made = new Map<Product, Catalogue>();

/** Every counter of a product, by ascending key. */
export function catalogue(product: Product): Catalogue {
  let known = made.get(product);
  if (!known) {
    const all = [...read(product)].sort((a, b) => a.key - b.key);
    made.set(product, (known = { all, byKey: new Map(all.map((counter) => [counter.key, counter])) }));
  }
  return known;
}

function* read(product: Product): Iterable<Counter> {
  const units = new Map(Object.entries(UNITS).map(([label, [key, summary]]) => [label, element(key, label, summary)]));
  let group = element('', '', '');
  let next = 0;
  for (const line of `${COUNTERS}${MORE_COUNTERS}`.split('\n')) {
    if (line === '') continue;
    const heading = /^# (\S+) (.*)$/.exec(line);
    if (heading) {
      group = element(heading[1]!, heading[2]!, heading[2]!);
      next = GROUPS_OF_HOST.indexOf(group.key) * 0x10000;
      continue;
    }
    const [, first, only, name, unit, stats, rollups, where, label] = LINE.exec(line)!;
    if (product === 'esxi' && (only === 'v' || next < 0)) continue;
    const places = placesOf(where!, product);
    const list = [...rollups!.matchAll(/([namxls])(?:(\d)\/(\d))?/g)];
    const collected = list.find(([, , level]) => level !== undefined) ?? list.find(([, letter]) => letter === 'a') ?? list[0]!;
    const key = product === 'vcenter' ? Number(first) : next;
    next += list.length;
    const nameInfo = element(name!, label!, `${group.label}: ${label!.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`);
    for (const [i, item] of list.entries()) {
      const [, letter, level = '4', perDevice = '4'] = item;
      const levels = product === 'vcenter' ? { level: Number(level), perDeviceLevel: Number(perDevice) } : {};
      yield {
        key: key + i, family: `${group.key}.${name}`, rollup: ROLLUPS[letter!]!, where: placesFor(places, item === collected, letter!),
        info: { _type: 'PerfCounterInfo', key: key + i, nameInfo, groupInfo: group, unitInfo: units.get(unit!)!, rollupType: ROLLUPS[letter!]!, statsType: STATS[stats!]!, ...levels },
      };
    }
  }
}

interface WrittenPlace extends Place {
  readonly extremes: boolean;
}

const placesOf = (where: string, product: Product): ReadonlyMap<Kind, WrittenPlace> =>
  new Map([...where.matchAll(/ ([a-z]+)(?:([+/])([a-z]+))?(~?)/g)].filter(([, kind]) => product === 'vcenter' || IN_A_HOST.has(kind as Kind))
    .map(([, kind, sign, parts, extremes]) => [kind as Kind, { aggregate: sign !== '/', parts, extremes: extremes === '~' }]));

/** The places of one rollup of a family: the collected one has them all, minimum and maximum where it says so. */
function placesFor(places: ReadonlyMap<Kind, WrittenPlace>, collected: boolean, letter: string): ReadonlyMap<Kind, Place> {
  if (collected) return places;
  return new Map([...places].filter(([, { extremes }]) => extremes && (letter === 'm' || letter === 'x')));
}

/** Levels that somebody changed, by key of the counter: aggregate and per device. */
export type Levels = Readonly<Record<string, readonly [aggregate: number, perDevice: number]>>;

/** What clients are told of a counter. */
export function shown({ key, info }: Counter, levels: Levels | undefined): PerfCounterInfo {
  const changed = levels?.[key];
  return changed ? { ...info, level: changed[0], perDeviceLevel: changed[1] } : info;
}
