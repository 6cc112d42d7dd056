// Times as people and Go write them: 90s, 1h30m, 60x, frozen, 2026-01-01T00:00:00Z.

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration (`1h30m`, `500ms`); undefined when it is none. */
export function readDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, number = '', , unit = ''] of text.matchAll(/(\d+(\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) total += Number(number) * UNITS[unit]!;
  return total;
}

/** A rate such as `60x`, `60` or `0.5x`; undefined when it is none. */
export const readRate = (text: string): number | undefined => (/^\d+(\.\d+)?x?$/.test(text) ? Number.parseFloat(text) : undefined);

/** A moment with its time zone, such as `2026-01-01T00:00:00Z`; undefined when it is none. */
export function readMoment(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) return undefined;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

export interface ClockWish {
  readonly rate?: number;
  readonly start?: Date;
}

/** What -clock says: `60x`, `frozen`, a moment, or a moment and one of the others with a comma between. Undefined when it makes no sense. */
export function readClock(text: string): ClockWish | undefined {
  let wish: ClockWish = {};
  for (const part of text.split(',')) {
    const rate = part === 'frozen' ? 0 : readRate(part);
    const start = readMoment(part);
    if (rate === undefined && start === undefined) return undefined;
    if (rate === undefined ? wish.start !== undefined : wish.rate !== undefined || rate > 1_000_000) return undefined;
    wish = rate === undefined ? { ...wish, start: start! } : { ...wish, rate };
  }
  return wish;
}
