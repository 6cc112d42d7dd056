// A world that is kept is the same world again: every commit, in whatever order, and nothing that was not committed.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { createSimulator, ManualClock, type Simulator } from '../index.ts';
import { Store } from '../store/store.ts';
import { openDatabase, type Database, type StateError } from './database.ts';
import { checkState, compactState, exportState } from './commands.ts';
import { State, type WorldFacts } from './state.ts';
import { decode, encode } from './values.ts';

const folder = mkdtempSync(join(tmpdir(), 'state-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => join(folder, `s${(count += 1)}`);

const FACTS = { product: 'vcenter', seed: 1, apiVersion: '8.0.3.0', about: {} } as unknown as WorldFacts;

test('values come back as they were', () => {
  const id = fc.string({ minLength: 1 });
  const value = fc.oneof(
    fc.anything({ withDate: true, withTypedArray: true, withBigInt: true, maxDepth: 4 }).filter((v) => typeof v !== 'symbol' && typeof v !== 'function'),
    fc.array(fc.record({ type: fc.constantFrom('VirtualMachine', 'Host System'), value: id }, { noNullPrototype: true }), { minLength: 1 }),
  );
  fc.assert(fc.property(value, (given) => assert.deepEqual(decode(encode(given)), given)), { seed: 7, numRuns: 500 });
});

/** What random work does to a store: make, write, move within pages, remove. */
const work = fc.array(fc.oneof(
  fc.record({ kind: fc.constant('make' as const), slot: fc.nat(5) }),
  fc.record({ kind: fc.constant('write' as const), slot: fc.nat(5), name: fc.constantFrom('a', 'b', 'c'), value: fc.oneof(fc.constant(undefined), fc.string(), fc.date({ noInvalidDate: true }), fc.array(fc.array(fc.nat()), { maxLength: 4 })) }),
  fc.record({ kind: fc.constant('page' as const), slot: fc.nat(5), drop: fc.boolean() }),
  fc.record({ kind: fc.constant('remove' as const), slot: fc.nat(5) }),
), { minLength: 1, maxLength: 30 });

const contents = (objects: Iterable<{ readonly ref: ManagedObjectReference; readonly props: object }>) => [...objects].map(({ ref, props }) => [ref.type, ref.value, Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)))]);

test('whatever is committed is there again, in the order in which it was made', async () => {
  await fc.assert(fc.asyncProperty(work, fc.nat(30), async (steps, cut) => {
    const dir = fresh();
    let state = await State.open(dir);
    let store = new Store();
    store.transaction((tx) => tx.create('_Thing', 'first', { a: 1 }));
    void state.begin(store, FACTS);
    for (const [at, step] of steps.entries()) {
      store.transaction((tx) => {
        const ref = { type: '_Thing', value: `t${step.slot}` };
        if (step.kind === 'make') {
          if (!tx.has(ref)) tx.create(ref.type, ref.value, { pages: [['p'], ['q', at]] });
        } else if (!tx.has(ref)) return;
        else if (step.kind === 'write') tx.update(ref, { [step.name]: step.value });
        else if (step.kind === 'remove') tx.remove(ref);
        else {
          const pages = (tx.get(ref, 'pages') ?? []) as unknown[][];
          tx.update(ref, { pages: step.drop ? pages.slice(1) : [...pages, [at]] });
        }
      });
      if (at !== cut) continue;
      // In the middle of it the world is let go and taken up again.
      await state.close();
      state = await State.open(dir);
      store = new Store();
      store.load(state.world!.now);
      state.follow(store);
    }
    const expected = [contents(store.all()), store.version];
    await state.close();
    const again = await State.open(dir);
    assert.deepEqual([contents(again.world!.now.objects.values()), again.world!.now.version], expected);
    assert.deepEqual(contents(again.world!.initial.objects.values()), [['_Thing', 'first', { a: 1 }]]);
    await again.close();
    rmSync(dir, { recursive: true });
  }), { seed: 11, numRuns: 40 });
});

/** A client that is logged in: calls by SOAP, as they come over the network. */
async function clientOf(simulator: Simulator) {
  let cookie = '';
  const send = async (method: string, { type, value }: ManagedObjectReference, args = '') => {
    const body = `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><${method} xmlns="urn:vim25"><_this type="${type}">${value}</_this>${args}</${method}></Body></Envelope>`;
    const reply = await simulator.handleSoap(body, { cookie }, { ipAddress: '127.0.0.1', tls: false });
    cookie ||= reply.headers['Set-Cookie']?.split(';')[0] ?? '';
    return reply;
  };
  await send('Login', { type: 'SessionManager', value: 'SessionManager' }, '<userName>user</userName><password>pass</password>');
  return send;
}

const ROOT = { type: 'Folder', value: 'group-d1' };
const SERVICE = { type: 'ServiceInstance', value: 'ServiceInstance' };

async function simulatorOf(dir: string): Promise<{ simulator: Simulator; state: State }> {
  const state = await State.open(dir);
  return { simulator: createSimulator({ state, clock: new ManualClock() }), state };
}

/** All but who is logged in, which ends with the process, and the events that tell of it. */
const lasting = (simulator: Simulator) => contents(simulator.store.all()).filter(([type]) => !['SessionManager', '_EventLog', '_SessionClock'].includes(String(type)));

test('a simulator goes on where it was, with ids that were never given before', async () => {
  const dir = fresh();
  const one = await simulatorOf(dir);
  const call = await clientOf(one.simulator);
  assert.equal((await call('CreateFolder', ROOT, '<name>kept</name>')).status, 200);
  assert.match((await call('CreateListView', { type: 'ViewManager', value: 'ViewManager' })).body, /ListView/);
  const before = lasting(one.simulator);
  const { version, ids } = one.simulator.store;
  // Nothing was closed, as after kill -9. This process holds the lock, so the directory is copied.
  const copy = fresh();
  cpSync(dir, copy, { recursive: true });
  const two = await simulatorOf(copy);
  assert.deepEqual(lasting(two.simulator), before);
  assert.ok(two.simulator.store.version >= version);
  assert.ok(two.simulator.store.ids.last > ids.last, `${two.simulator.store.ids.last} > ${ids.last}`);
  const session = { cookie: 'vmware_soap_session="of the life before"' };
  const late = await two.simulator.handleSoap('<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><FindByUuid xmlns="urn:vim25"><_this type="SearchIndex">SearchIndex</_this><uuid>x</uuid><vmSearch>true</vmSearch></FindByUuid></Body></Envelope>', session, { ipAddress: '127.0.0.1', tls: false });
  assert.match(late.body, /NotAuthenticated/);
  const again = await clientOf(two.simulator);
  const waited = await again('WaitForUpdatesEx', { type: 'PropertyCollector', value: 'propertyCollector' }, `<version>${version}</version>`);
  assert.match(waited.body, /InvalidCollectorVersion/);
  two.simulator.reset();
  assert.ok(![...two.simulator.store.ofType('Folder')].some(({ props }) => props['name'] === 'kept'), 'a reset goes back to the world as it was built');
  for (const { simulator, state } of [one, two]) {
    await simulator.close();
    await state.close();
  }
});

test('a task that was under way is over, and says why', async () => {
  const dir = fresh();
  const one = await simulatorOf(dir);
  const call = await clientOf(one.simulator);
  const vm = [...one.simulator.store.ofType('VirtualMachine')][0]!;
  const task = one.simulator.sim.tasks;
  let ref: ManagedObjectReference | undefined;
  one.simulator.store.transaction((tx) => {
    ref = task.start(tx, { name: 'PowerOffVM_Task', descriptionId: 'VirtualMachine.powerOff', entity: vm.ref, userName: 'u', run: () => undefined, wait: { ready: () => false, milliseconds: 0, expired: () => undefined } });
  });
  await call('CurrentTime', SERVICE);
  await one.simulator.close();
  await one.state.close();
  const two = await simulatorOf(dir);
  const info = two.simulator.store.get(ref!)!.props['info'] as { state: string; error: { localizedMessage: string } };
  assert.equal(info.state, 'error');
  assert.match(info.error.localizedMessage, /restarted before this task was done/);
  await two.state.close();
});

test('what cannot be written is not answered, and says so', async () => {
  const real = await openDatabase(fresh());
  let full = false;
  const database: Database = { ...real, write: (changes) => (full ? Promise.reject(Object.assign(new Error('IO error: No space left on device'), { code: 'LEVEL_IO_ERROR' })) : real.write(changes)) };
  const state = await State.open('/the/state', { database });
  const told: StateError[] = [];
  state.whenBroken((error) => told.push(error));
  const simulator = createSimulator({ state });
  const call = await clientOf(simulator);
  full = true;
  const reply = await call('CreateFolder', ROOT, '<name>lost</name>');
  assert.equal(reply.status, 503);
  assert.match(reply.body, /^cannot use the state directory \/the\/state: there is no space left on its disk\n$/);
  assert.deepEqual(told.map(({ name }) => name), ['StateError']);
  assert.equal((await call('CurrentTime', SERVICE)).status, 503);
  await simulator.close();
  await state.close();
});

test('a directory is looked at, made smaller and written out', async () => {
  const dir = fresh();
  const { simulator, state } = await simulatorOf(dir);
  // The newest event and the tasks tell of a folder that is gone.
  const call = await clientOf(simulator);
  const made = /<returnval[^>]*>([^<]+)</.exec((await call('CreateFolder', ROOT, '<name>brief</name>')).body)![1]!;
  await call('Destroy_Task', { type: 'Folder', value: made });
  while (simulator.store.find(made)) await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(checkState(dir), /another vicsim is using it/);
  await simulator.close();
  await state.close();
  const found = await checkState(dir);
  assert.deepEqual(found.problems, []);
  assert.equal(found.objects, simulator.store.size);
  assert.ok((await compactState(dir)).after > 0);
  const lines: { type: string; id: string }[] = [];
  for await (const line of exportState(dir)) lines.push(JSON.parse(line));
  assert.deepEqual(lines.map(({ type, id }) => `${type}:${id}`), [...simulator.store.all()].map(({ ref }) => `${ref.type}:${ref.value}`));
  await assert.rejects(checkState(join(folder, 'none')), /none: there is no state in it$/);
  await assert.rejects(State.open(join(dir, 'CURRENT', 'x')), /something that is no directory/);
});

test('a state of another format is refused', async () => {
  const dir = fresh();
  const database = await openDatabase(dir);
  await database.write([['meta', encode({ format: 99, generation: 1 })]]);
  await database.close();
  await assert.rejects(State.open(dir), /format 99, and this vicsim reads 1/);
});
