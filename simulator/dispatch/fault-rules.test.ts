// Which call a rule strikes, and what is refused as a rule.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../runtime/clock.ts';
import { Random } from '../runtime/random.ts';
import { CutOff, FaultRules, type FaultRule } from './fault-rules.ts';

const rules = (...given: FaultRule[]): FaultRules => {
  const made = new FaultRules(new ManualClock(new Date(0)), new Random(1));
  for (const rule of given) made.add(rule);
  return made;
};
const vm = { ref: { type: 'VirtualMachine', value: 'vm-7' }, name: 'web' };
const struck = (made: FaultRules, calls: number, method = 'PowerOnVM_Task'): number[] =>
  Array.from({ length: calls }, (_, i) => (made.strike(method, vm) ? i + 1 : 0)).filter((n) => n > 0);
const fault = { type: 'NotSupported' };

test('which calls: from, every, count', () => {
  assert.deepEqual(struck(rules({ method: 'PowerOnVM_Task', fault }), 3), [1, 2, 3]);
  assert.deepEqual(struck(rules({ method: 'PowerOnVM_Task', fault, from: 3, count: 1 }), 6), [3]);
  assert.deepEqual(struck(rules({ method: 'PowerOnVM_Task', fault, from: 2, every: 3 }), 9), [2, 5, 8]);
  assert.deepEqual(struck(rules({ method: 'PowerOffVM_Task', fault }), 3), []);
});

test('property: from, every and count strike what they say', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (from, every, count) => {
    const expected = Array.from({ length: count }, (_, i) => from + i * every).filter((n) => n <= 40);
    assert.deepEqual(struck(rules({ method: '*', fault, from, every, count }), 40), expected);
  }));
});

test('chance is the seed\'s: the same calls are struck each time, about as many as asked for', () => {
  const rule = { method: '*', fault, probability: 0.25 };
  const first = struck(rules(rule), 400);
  assert.deepEqual(struck(rules(rule), 400), first);
  assert.ok(first.length > 60 && first.length < 140, String(first.length));
  assert.deepEqual(struck(rules({ ...rule, probability: 0 }), 50), []);
});

test('of whom: id, type and id, type, base type, name; names with a pattern for methods only', () => {
  for (const on of ['vm-7', 'VirtualMachine:vm-7', 'VirtualMachine', 'ManagedEntity', 'web']) assert.ok(rules({ method: 'Power*_Task', on, fault }).strike('PowerOnVM_Task', vm), on);
  for (const on of ['vm-8', 'HostSystem', 'w*']) assert.equal(rules({ method: '*', on, fault }).strike('PowerOnVM_Task', vm), undefined, on);
});

test('what is met: a fault with its fields, a task that fails, a cut before or after, a status, a wait', () => {
  const strike = (rule: Partial<FaultRule>) => rules({ method: '*', ...rule }).strike('PowerOnVM_Task', vm)!;
  const { error, cut } = strike({ fault: { type: 'InvalidPowerState', message: 'no', existingState: 'poweredOn', requestedState: 'poweredOn' } });
  assert.deepEqual((error as { detail?: object }).detail, { _type: 'InvalidPowerState', existingState: 'poweredOn', requestedState: 'poweredOn' });
  assert.equal((error as Error).message, 'no');
  assert.equal(cut, undefined);
  const task = strike({ fault, task: true });
  assert.equal(task.error, undefined);
  assert.match(String(task.taskFault), /NotSupported/);
  assert.deepEqual((strike({ drop: 'before' }).error as CutOff).cut, { kind: 'drop' });
  assert.deepEqual([strike({ drop: 'after' }).error, strike({ drop: 'after' }).cut], [undefined, { kind: 'drop' }]);
  assert.deepEqual(strike({ truncate: 9 }).cut, { kind: 'truncate', bytes: 9 });
  assert.deepEqual((strike({ status: 503 }).error as CutOff).cut, { kind: 'status', status: 503 });
  assert.deepEqual(strike({ latency: 5 }), { latency: 5, error: undefined, taskFault: undefined, cut: undefined });
});

test('a wait is of the simulator\'s clock, and ends when the client leaves', async () => {
  const clock = new ManualClock(new Date(0));
  const made = new FaultRules(clock, new Random(1));
  made.add({ method: '*', latency: 1000 });
  let over = false;
  const waiting = made.wait(made.strike('Login', undefined)!, undefined).then(() => (over = true));
  await Promise.resolve();
  assert.equal(over, false);
  clock.advance(1000);
  await waiting;
  const hangUp = new AbortController();
  const cut = made.wait(made.strike('Login', undefined)!, hangUp.signal);
  hangUp.abort();
  await cut;
});

test('the first rule that strikes counts; rules are listed with their counts, and taken away', () => {
  const made = rules({ id: 'once', method: '*', fault, count: 1 }, { method: '*', status: 500 });
  assert.match(String(made.strike('Login', vm)!.error), /NotSupported/);
  assert.ok(made.strike('Login', vm)!.error instanceof CutOff);
  assert.deepEqual(made.list().map(({ id, matched, struck: hits }) => [id, matched, hits]), [['once', 2, 1], ['rule-1', 1, 1]]);
  assert.equal(made.remove('once'), true);
  assert.equal(made.remove('once'), false);
  made.clear();
  assert.equal(made.strike('Login', vm), undefined);
});

test('what makes no sense is refused, with what would', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ method: 'PowerOnVM', fault }, /method: "PowerOnVM" is no method of vim25.*PUT \/folder/],
    [{ method: '', fault }, /method: the name of a method is needed/],
    [{ method: '*' }, /fault: a rule does something: one of fault, drop, truncate, status, or latency/],
    [{ method: '*', fault, status: 500 }, /status: a rule does one thing, and this one has fault and status/],
    [{ method: '*', fault: { type: 'PowerState' } }, /fault\.type: "PowerState" is no fault of vim25\. Like it: .*InvalidPowerState/],
    [{ method: '*', fault: { type: 'NotSupported', host: 'x' } }, /fault\.host: NotSupported has no such field/],
    [{ method: '*', fault, from: 0 }, /from: 0 is not a whole number from 1 on/],
    [{ method: '*', fault, probability: 2 }, /probability: 2 is not between 0 and 1/],
    [{ method: '*', drop: 'now' }, /drop: "now" is neither "before" nor "after"/],
    [{ method: '*', status: 200 }, /status: 200 is not an HTTP status from 400 to 599/],
    [{ method: '*', status: 500, task: true }, /task: only a fault can be what a task ends in/],
    [{ method: '*', fault, whenever: true }, /whenever: a rule has no such key\. Known: id, method/],
  ];
  for (const [rule, expected] of cases) assert.throws(() => rules(rule as FaultRule), (error) => error instanceof TypeError && expected.test(error.message) || assert.fail(String(error)));
  assert.throws(() => rules({ id: 'a', method: '*', fault }, { id: 'a', method: '*', fault }), /there is a rule "a" already/);
});
