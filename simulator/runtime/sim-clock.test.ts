import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from './clock.ts';
import { readClock, readDuration, readMoment, readRate } from './duration.ts';
import { SimClock } from './sim-clock.ts';

const START = new Date('2026-01-01T00:00:00Z');
const seconds = (clock: SimClock): number => (clock.now().getTime() - START.getTime()) / 1000;

test('a rate makes time pass and work fall due that much sooner', () => {
  const machine = new ManualClock();
  const clock = new SimClock({ rate: 60, start: START, machine });
  const done: string[] = [];
  clock.after(120_000, () => done.push('two minutes'));
  clock.after(60_000, () => done.push('a minute'));
  machine.advance(1000);
  assert.deepEqual(done, ['a minute']);
  assert.equal(seconds(clock), 60);
  clock.setRate(1);
  machine.advance(59_000);
  assert.equal(done.length, 1, 'the rest takes as long as it says now');
  machine.advance(1000);
  assert.deepEqual(done, ['a minute', 'two minutes']);
});

test('a frozen clock stands still until it is stepped; what was cancelled is not done', async () => {
  const machine = new ManualClock();
  const clock = new SimClock({ rate: 0, start: START, machine });
  const done: number[] = [];
  clock.after(5000, () => done.push(seconds(clock)));
  clock.after(5000, () => assert.fail('cancelled'))();
  machine.advance(3_600_000);
  assert.deepEqual([done, seconds(clock), clock.state.waiting], [[], 0, 1]);
  await clock.step(4999);
  assert.deepEqual(done, []);
  await clock.step(10_001);
  assert.deepEqual([done, seconds(clock), clock.state.frozen], [[5], 15, true]);
});

test('within a step, what follows from work gets its own time, also by way of work that is done soon', async () => {
  const clock = new SimClock({ rate: 0, start: START });
  const done: number[] = [];
  const again = (): void => {
    done.push(seconds(clock));
    clock.after(0, () => clock.after(0, () => clock.after(0, () => clock.after(10_000, again))));
  };
  clock.after(10_000, again);
  await Promise.all([clock.step(25_000), clock.step(10_000)]);
  assert.deepEqual(done, [10, 20, 30]);
  assert.equal(seconds(clock), 35);
});

test('it goes on to a moment, never back', async () => {
  const clock = new SimClock({ rate: 0, start: START });
  await clock.advanceTo(new Date('2026-01-01T01:00:00Z'));
  assert.equal(seconds(clock), 3600);
  await assert.rejects(clock.advanceTo(START), /has passed: it is 2026-01-01T01:00:00.000Z/);
  assert.throws(() => clock.setRate(-1), /rate of -1/);
  assert.throws(() => clock.step(NaN), RangeError);
  assert.equal(seconds(clock), 3600);
});

test('a fork has its own time', async () => {
  const clock = new SimClock({ rate: 0, start: START });
  const twin = clock.fork();
  await twin.step(1000);
  assert.deepEqual([seconds(clock), seconds(twin)], [0, 1]);
});

test('words for times', () => {
  assert.equal(readDuration('1h30m'), 5_400_000);
  assert.equal(readDuration('1.5s'), 1500);
  for (const wrong of ['', '5', '5 s', '-1s', 'h']) assert.equal(readDuration(wrong), undefined, wrong);
  assert.deepEqual([readRate('60x'), readRate('0.5'), readRate('fast')], [60, 0.5, undefined]);
  assert.equal(readMoment('2026-13-01T00:00:00Z'), undefined);
  assert.equal(readMoment('2026-01-01T00:00:00'), undefined, 'of no time zone');
  assert.deepEqual(readClock('frozen,2026-01-01T00:00:00Z'), { rate: 0, start: START });
  assert.deepEqual(readClock('60x'), { rate: 60 });
  for (const wrong of ['', '60x,frozen', 'soon', '2000000x']) assert.equal(readClock(wrong), undefined, wrong);
});
