// When a scheduled task runs: the schedulers of vim25 (TaskScheduler and its subtypes), by UTC as the appliance's clock.
// Pure. Repeated runs are counted from the first one, so an interval of two weeks stays every other week.
import { fault, type DataTypes, type Fault, type TaskScheduler } from '../../../core/vim25/index.ts';

type Once = DataTypes['OnceTaskScheduler'];
type AfterStartup = DataTypes['AfterStartupTaskScheduler'];
type Hourly = DataTypes['HourlyTaskScheduler'];
type Daily = DataTypes['DailyTaskScheduler'];
type Weekly = DataTypes['WeeklyTaskScheduler'];
type ByDay = DataTypes['MonthlyByDayTaskScheduler'];
type ByWeekday = DataTypes['MonthlyByWeekdayTaskScheduler'];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const LONGEST_INTERVAL = 999;

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const WEEKS = ['first', 'second', 'third', 'fourth'] as const;

/** Throws InvalidArgument for a schedule that has no times, naming the field. */
export function checkScheduler(scheduler: TaskScheduler): void {
  const { _type, activeTime, expireTime } = scheduler;
  if (activeTime && expireTime && expireTime <= activeTime) throw wrong('expireTime', 'it is not after activeTime');
  const within = (field: string, low: number, high: number) => {
    const value = (scheduler as unknown as Record<string, number>)[field];
    if (value === undefined || !(value >= low && value <= high)) throw wrong(field, `${String(value)} is not from ${low} to ${high}`);
  };
  switch (_type) {
    case 'OnceTaskScheduler': return;
    case 'AfterStartupTaskScheduler': return within('minute', 0, 2 ** 31 - 1);
    case 'HourlyTaskScheduler': break;
    case 'DailyTaskScheduler': within('hour', 0, 23); break;
    case 'WeeklyTaskScheduler':
      within('hour', 0, 23);
      if (!DAYS.some((day) => (scheduler as Weekly)[day])) throw wrong('sunday', 'no day of the week is chosen');
      break;
    case 'MonthlyByDayTaskScheduler': within('hour', 0, 23); within('day', 1, 31); break;
    case 'MonthlyByWeekdayTaskScheduler': within('hour', 0, 23); break;
    default:
      throw fault('InvalidArgument', { invalidProperty: 'spec.scheduler' }, `A specified parameter was not correct: spec.scheduler. A ${_type ?? 'TaskScheduler'} says no time; valid: ${KINDS.join(', ')}.`);
  }
  within('interval', 1, LONGEST_INTERVAL);
  within('minute', 0, 59);
}

const KINDS = [
  'OnceTaskScheduler', 'AfterStartupTaskScheduler', 'HourlyTaskScheduler', 'DailyTaskScheduler', 'WeeklyTaskScheduler', 'MonthlyByDayTaskScheduler', 'MonthlyByWeekdayTaskScheduler',
] as const;

const wrong = (field: string, why: string): Fault =>
  fault('InvalidArgument', { invalidProperty: `spec.scheduler.${field}` }, `A specified parameter was not correct: spec.scheduler.${field} (${why}).`);

export interface Since {
  /** When the schedule was written down: it counts from then, or from its activeTime. */
  readonly written: Date;
  /** When the server came up, where that starts what waits for it. */
  readonly startup?: Date | undefined;
}

/** The first run at `from` or later; undefined when there is none any more. */
export function nextRun(scheduler: TaskScheduler, { written, startup }: Since, from: Date): Date | undefined {
  const begin = Math.max(written.getTime(), scheduler.activeTime?.getTime() ?? 0);
  const time = timeOf(scheduler, begin, Math.max(from.getTime(), scheduler.activeTime?.getTime() ?? 0), startup);
  return time === undefined || (scheduler.expireTime && time > scheduler.expireTime.getTime()) ? undefined : new Date(time);
}

function timeOf(scheduler: TaskScheduler, begin: number, from: number, startup: Date | undefined): number | undefined {
  switch (scheduler._type) {
    case 'OnceTaskScheduler': {
      const time = (scheduler as Once).runAt?.getTime() ?? begin;
      return time >= from ? time : undefined;
    }
    case 'AfterStartupTaskScheduler': {
      const time = startup === undefined ? undefined : startup.getTime() + (scheduler as AfterStartup).minute * MINUTE;
      return time !== undefined && time >= from ? time : undefined;
    }
    case 'HourlyTaskScheduler': return every(HOUR, (scheduler as Hourly).minute * MINUTE, (scheduler as Hourly).interval, begin, from);
    case 'DailyTaskScheduler': return every(DAY, timeOfDay(scheduler as Daily), (scheduler as Daily).interval, begin, from);
    case 'WeeklyTaskScheduler': return weekly(scheduler as Weekly, begin, from);
    default: return monthly(scheduler as ByDay | ByWeekday, begin, from);
  }
}

const timeOfDay = ({ hour, minute }: Daily): number => hour * HOUR + minute * MINUTE;
const floor = (time: number, unit: number): number => Math.floor(time / unit) * unit;

function every(unit: number, offset: number, interval: number, begin: number, from: number): number {
  const there = floor(begin, unit) + offset;
  const first = there < begin ? there + unit : there;
  return first + Math.max(0, Math.ceil((from - first) / (unit * interval))) * unit * interval;
}

/** Weeks begin on Sunday; the epoch began on a Thursday. */
const weekOf = (time: number): number => floor(time + 4 * DAY, WEEK) - 4 * DAY;

function weekly(scheduler: Weekly, begin: number, from: number): number {
  const times = DAYS.flatMap((day, i) => (scheduler[day] ? [i * DAY + timeOfDay(scheduler)] : []));
  const inWeek = (week: number, least: number) => times.map((time) => week + time).find((time) => time >= least);
  const week = weekOf(begin);
  const first = weekOf(inWeek(week, begin) ?? inWeek(week + WEEK, begin)!);
  const step = scheduler.interval * WEEK;
  const least = Math.max(begin, from);
  for (let at = first + Math.max(0, Math.floor((least - first) / step)) * step; ; at += step) {
    const found = inWeek(at, least);
    if (found !== undefined) return found;
  }
}

function monthly(scheduler: ByDay | ByWeekday, begin: number, from: number): number {
  const at = (month: number) => dayOf(scheduler, month) + timeOfDay(scheduler);
  const start = monthOf(begin);
  const first = at(start) >= begin ? start : start + 1;
  const { interval } = scheduler;
  for (let month = first + Math.max(0, Math.floor((monthOf(from) - first) / interval)) * interval; ; month += interval) if (at(month) >= from) return at(month);
}

/** Months since the year 0. */
const monthOf = (time: number): number => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth();

/** The day of a month that is meant: a day that it does not have is its last. */
function dayOf(scheduler: ByDay | ByWeekday, month: number): number {
  const start = Date.UTC(Math.floor(month / 12), month % 12, 1);
  const length = (Date.UTC(Math.floor((month + 1) / 12), (month + 1) % 12, 1) - start) / DAY;
  if (scheduler._type === 'MonthlyByDayTaskScheduler') return start + (Math.min((scheduler as ByDay).day, length) - 1) * DAY;
  const { weekday, offset } = scheduler as ByWeekday;
  const first = (DAYS.indexOf(weekday as (typeof DAYS)[number]) - new Date(start).getUTCDay() + 7) % 7;
  const week = WEEKS.indexOf(offset as (typeof WEEKS)[number]);
  return start + (week === -1 ? first + Math.floor((length - 1 - first) / 7) * 7 : first + week * 7) * DAY;
}
