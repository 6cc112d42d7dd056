import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault, type ManagedObjectReference, type TaskInfo } from '../../core/vim25/index.ts';
import { ManualClock } from '../runtime/clock.ts';
import { Log } from '../runtime/log.ts';
import { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import { Tasks } from './tasks.ts';

function setUp(latency: Record<string, number> = {}) {
  const store = new Store();
  const clock = new ManualClock();
  const lines: string[] = [];
  const tasks = new Tasks(store, clock, new Log((_level, line) => lines.push(line)), { latency: (name) => latency[name] ?? 0, keep: 3, prefix: 'task' });
  const vm = store.transaction((tx) => tx.create('VirtualMachine', 'vm-1', { name: 'a' }));
  const start = (run: (tx: Transaction) => unknown, name = 'Work_Task') =>
    store.transaction((tx) => tasks.start(tx, { name, descriptionId: 'VirtualMachine.work', entity: vm, userName: 'root', run }));
  const info = (ref: ManagedObjectReference) => store.get(ref)?.props['info'] as TaskInfo;
  return { store, clock, tasks, vm, start, info, lines };
}

/** Lets every piece of work that is due now run. */
const settle = async () => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

test('a task is queued, then done, with its result and the name of its entity', async () => {
  const { start, info, store, vm } = setUp();
  const task = start((tx) => { tx.set(vm, 'name', 'b'); return 7; });
  assert.equal(info(task).state, 'queued');
  assert.equal(info(task).entityName, 'a');
  await settle();
  assert.equal(info(task).state, 'success');
  assert.equal(info(task).result, 7);
  assert.equal(store.get(vm)!.props['name'], 'b');
});

test('a fault ends the task in error and undoes its work', async () => {
  const { start, info, store, vm } = setUp();
  const task = start((tx) => { tx.set(vm, 'name', 'b'); throw fault('InvalidState', {}, 'Not now.'); });
  await settle();
  assert.equal(info(task).state, 'error');
  assert.equal(info(task).error!.localizedMessage, 'Not now.');
  assert.equal(store.get(vm)!.props['name'], 'a');
});

test('a bug in a method is a SystemError for the client and a stack in the log', async () => {
  const { start, info, lines } = setUp();
  const task = start(() => { throw new RangeError('oops'); });
  await settle();
  assert.equal((info(task).error!.fault as { _type?: string })._type, 'SystemError');
  assert.match(lines.join('\n'), /bug in vicsim[\s\S]*oops/);
});

test('tasks of one entity run one after the other, latency included', async () => {
  const { start, info, clock } = setUp({ Slow_Task: 1000 });
  const order: string[] = [];
  const slow = start(() => { order.push('slow'); }, 'Slow_Task');
  const quick = start(() => { order.push('quick'); });
  await settle();
  assert.equal(info(slow).state, 'running');
  assert.equal(info(quick).state, 'queued');
  clock.advance(1000);
  await settle();
  assert.deepEqual(order, ['slow', 'quick']);
  assert.equal(info(quick).state, 'success');
});

test('a cancelled task never does its work, and the next one gets its turn', async () => {
  const { start, info, clock, tasks, store } = setUp({ Slow_Task: 1000 });
  let ran = false;
  const slow = start(() => { ran = true; }, 'Slow_Task');
  const next = start(() => 'done');
  await settle();
  store.transaction((tx) => tasks.cancel(tx, slow));
  clock.advance(5000);
  await settle();
  assert.equal(ran, false);
  assert.equal((info(slow).error!.fault as { _type?: string })._type, 'RequestCanceled');
  assert.equal(info(slow).cancelled, true);
  assert.equal(info(next).state, 'success');
  assert.throws(() => store.transaction((tx) => tasks.cancel(tx, slow)), /finished/);
  assert.equal(tasks.active, 0);
});

test('only the newest finished tasks stay', async () => {
  const { start, store } = setUp();
  const refs = [1, 2, 3, 4, 5].map(() => start(() => undefined));
  await settle();
  assert.deepEqual(refs.map((ref) => store.get(ref) !== undefined), [false, false, true, true, true]);
});

test('a task waits for what it needs, lets others go past, and can be cancelled or come too late', async () => {
  const { store, tasks, vm, start, info, clock } = setUp();
  const named = (name: string) => () => store.get(vm)!.props['name'] === name;
  const waiting = (name: string, milliseconds: number) => store.transaction((tx) => tasks.start(tx, {
    name: 'Wait_Task', descriptionId: 'x', entity: vm, userName: 'root', run: () => name,
    wait: { ready: named(name), milliseconds, expired: () => fault('Timedout', {}, 'Too late.') },
  }));
  const forB = waiting('b', 0);
  const forC = waiting('c', 2000);
  const forD = waiting('d', 0);
  const at = waiting('a', 10);
  await settle();
  assert.deepEqual([info(forB), info(forC), info(forD), info(at)].map(({ state, cancelable }) => [state, cancelable]),
    [['running', true], ['running', true], ['running', true], ['success', false]]);
  const rename = start((tx) => tx.set(vm, 'name', 'b'));
  await settle();
  assert.deepEqual([info(rename).state, info(forB).state, info(forB).result], ['success', 'success', 'b']);
  clock.advance(1999);
  await settle();
  assert.equal(info(forC).state, 'running');
  clock.advance(1);
  await settle();
  assert.equal((info(forC).error!.fault as { _type?: string })._type, 'Timedout');
  store.transaction((tx) => tasks.cancel(tx, forD));
  start((tx) => tx.set(vm, 'name', 'd'));
  await settle();
  assert.equal((info(forD).error?.fault as { _type?: string } | undefined)?._type ?? 'gone', 'RequestCanceled');
  assert.equal(tasks.active, 0);
});
