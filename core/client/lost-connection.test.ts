// A kept connection that breaks: reads are asked again, changes are not, because nobody knows whether they were made.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createSimulator, type FaultRule, type Simulator } from '../../simulator/index.ts';
import { ConnectionError } from './connection-error.ts';
import { connect, type Session } from './connection.ts';
import { findOne, readInventory } from './index.ts';
import { property } from './properties.ts';

let simulator: Simulator;
let session: Session;
before(async () => {
  simulator = createSimulator();
  const { url } = await simulator.listen();
  session = await connect(url, { user: 'u', password: 'p', insecure: true });
});
after(async () => {
  await session.close();
  await simulator.close();
});

/** Does the work under a rule that strikes once; gives how often the method was asked for. */
async function under(rule: FaultRule, work: () => Promise<unknown>): Promise<{ readonly asked: number; readonly error: unknown }> {
  // The connection that breaks is one that was used before.
  await session.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime', {});
  const { id } = simulator.faults.add({ count: 1, ...rule });
  const error: unknown = await work().then(() => undefined, (reason: unknown) => reason);
  const { matched } = simulator.faults.list().find((one) => one.id === id)!;
  simulator.faults.clear();
  return { asked: matched, error };
}

test('a read whose connection broke is asked again, once', async () => {
  const read = () => session.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime', {});
  for (const drop of ['before', 'after'] as const) assert.deepEqual(await under({ method: 'CurrentTime', drop }, read), { asked: 2, error: undefined });
  const twice = await under({ method: 'CurrentTime', drop: 'before', count: 2 }, read);
  assert.equal(twice.asked, 2);
  assert.ok(twice.error instanceof ConnectionError);
});

test('a change whose connection broke is not, whether it was made or not', async () => {
  const vm = findOne(await readInventory(session), 'DC0_H0_VM0', { type: 'VirtualMachine' }).ref;
  const off = () => session.call(vm, 'PowerOffVM_Task', {});
  const lost = await under({ method: 'PowerOffVM_Task', drop: 'before' }, off);
  assert.deepEqual([lost.asked, lost.error instanceof ConnectionError], [1, true]);
  assert.equal(await property(session, vm, 'VirtualMachine', 'runtime.powerState'), 'poweredOn');
  const made = await under({ method: 'PowerOffVM_Task', drop: 'after' }, off);
  assert.deepEqual([made.asked, made.error instanceof ConnectionError], [1, true]);
  assert.equal(await property(session, vm, 'VirtualMachine', 'runtime.powerState'), 'poweredOff');
});

test('an answer that breaks off is lost, too', async () => {
  const { error } = await under({ method: 'CurrentTime', truncate: 50 }, () => session.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime', {}));
  assert.ok(error instanceof ConnectionError, String(error));
});
