// When scheduled tasks run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, type TaskScheduler } from '../../../core/vim25/index.ts';
import { checkScheduler, nextRun } from './schedule.ts';

const at = (text: string) => new Date(`${text}Z`);
/** A Wednesday. */
const WRITTEN = at('2026-01-07T10:20:00');

function runs(scheduler: object, count = 3, from = WRITTEN): string[] {
  const found: string[] = [];
  for (let next: Date | undefined = from; found.length < count; next = new Date(next.getTime() + 1)) {
    next = nextRun(scheduler as TaskScheduler, { written: WRITTEN }, next);
    if (next === undefined) break;
    found.push(next.toISOString().slice(0, 16));
  }
  return found;
}

test('once: at its time, at once, and never again', () => {
  assert.deepEqual(runs({ _type: 'OnceTaskScheduler', runAt: at('2026-01-08T00:00:00') }), ['2026-01-08T00:00']);
  assert.deepEqual(runs({ _type: 'OnceTaskScheduler' }), ['2026-01-07T10:20']);
  assert.deepEqual(runs({ _type: 'OnceTaskScheduler', activeTime: at('2026-01-07T12:00:00') }), ['2026-01-07T12:00']);
  assert.deepEqual(runs({ _type: 'OnceTaskScheduler', runAt: at('2026-01-01T00:00:00') }), []);
});

test('hours and days: counted from the first run', () => {
  assert.deepEqual(runs({ _type: 'HourlyTaskScheduler', interval: 2, minute: 30 }), ['2026-01-07T10:30', '2026-01-07T12:30', '2026-01-07T14:30']);
  assert.deepEqual(runs({ _type: 'HourlyTaskScheduler', interval: 1, minute: 10 }, 2), ['2026-01-07T11:10', '2026-01-07T12:10']);
  assert.deepEqual(runs({ _type: 'DailyTaskScheduler', interval: 3, hour: 9, minute: 0 }), ['2026-01-08T09:00', '2026-01-11T09:00', '2026-01-14T09:00']);
  assert.deepEqual(runs({ _type: 'DailyTaskScheduler', interval: 1, hour: 9, minute: 0, activeTime: at('2026-02-01T00:00:00'), expireTime: at('2026-02-02T10:00:00') }), ['2026-02-01T09:00', '2026-02-02T09:00']);
  assert.deepEqual(runs({ _type: 'DailyTaskScheduler', interval: 3, hour: 9, minute: 0 }, 1, at('2026-01-09T00:00:00')), ['2026-01-11T09:00']);
});

test('weeks: every chosen day, in every so many weeks', () => {
  const weekly = { _type: 'WeeklyTaskScheduler', interval: 2, hour: 10, minute: 0, sunday: false, monday: true, tuesday: false, wednesday: false, thursday: true, friday: false, saturday: false };
  assert.deepEqual(runs(weekly, 4), ['2026-01-08T10:00', '2026-01-19T10:00', '2026-01-22T10:00', '2026-02-02T10:00']);
  assert.deepEqual(runs({ ...weekly, interval: 1, thursday: false, monday: false, wednesday: true }, 2), ['2026-01-14T10:00', '2026-01-21T10:00']);
  assert.deepEqual(runs({ ...weekly, monday: false, thursday: false, sunday: true }, 2), ['2026-01-11T10:00', '2026-01-25T10:00']);
});

test('months: by day, which may be the last, and by weekday', () => {
  assert.deepEqual(runs({ _type: 'MonthlyByDayTaskScheduler', interval: 1, day: 31, hour: 0, minute: 5 }, 3), ['2026-01-31T00:05', '2026-02-28T00:05', '2026-03-31T00:05']);
  assert.deepEqual(runs({ _type: 'MonthlyByDayTaskScheduler', interval: 6, day: 1, hour: 0, minute: 0 }, 3), ['2026-02-01T00:00', '2026-08-01T00:00', '2027-02-01T00:00']);
  assert.deepEqual(runs({ _type: 'MonthlyByWeekdayTaskScheduler', interval: 1, offset: 'second', weekday: 'tuesday', hour: 1, minute: 0 }, 2), ['2026-01-13T01:00', '2026-02-10T01:00']);
  assert.deepEqual(runs({ _type: 'MonthlyByWeekdayTaskScheduler', interval: 1, offset: 'last', weekday: 'friday', hour: 1, minute: 0 }, 2), ['2026-01-30T01:00', '2026-02-27T01:00']);
});

test('after startup: only where there is one', () => {
  const scheduler = { _type: 'AfterStartupTaskScheduler', minute: 5 } as TaskScheduler;
  assert.equal(nextRun(scheduler, { written: WRITTEN }, WRITTEN), undefined);
  assert.deepEqual(nextRun(scheduler, { written: WRITTEN, startup: at('2026-01-09T00:00:00') }, at('2026-01-09T00:00:00')), at('2026-01-09T00:05:00'));
});

test('schedules without times are refused, and name the field', () => {
  const field = (scheduler: object) => {
    try {
      checkScheduler(scheduler as TaskScheduler);
    } catch (error) {
      if (isFault(error)) return (error.detail as unknown as { invalidProperty: string }).invalidProperty.replace('spec.scheduler', '');
      throw error;
    }
    return 'none';
  };
  const daily = { _type: 'DailyTaskScheduler', interval: 1, hour: 0, minute: 0 };
  assert.equal(field(daily), 'none');
  assert.equal(field({ ...daily, hour: 24 }), '.hour');
  assert.equal(field({ ...daily, minute: 60 }), '.minute');
  assert.equal(field({ ...daily, interval: 0 }), '.interval');
  assert.equal(field({ ...daily, _type: 'WeeklyTaskScheduler' }), '.sunday');
  assert.equal(field({ ...daily, _type: 'MonthlyByDayTaskScheduler', day: 32 }), '.day');
  assert.equal(field({ ...daily, _type: 'MonthlyTaskScheduler' }), '');
  assert.equal(field({ _type: 'OnceTaskScheduler', activeTime: WRITTEN, expireTime: WRITTEN }), '.expireTime');
});
