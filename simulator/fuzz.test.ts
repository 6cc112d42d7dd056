// Calls every method of vim25 on an object of every type with arbitrary arguments, some of which lead to real objects.
// Whatever is sent, the answer is a result or a fault of the protocol, nothing is logged as a bug, no call hangs, and
// afterwards no object refers to one that is not there. FUZZ_SEED and FUZZ_RUNS make other, longer runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  dataType, isReference, isSubtype, isTyped, managedType, readResponse, Fault, writeRequest, type ManagedObjectReference, type Method,
} from '../core/vim25/index.ts';
import { argsArbitrary } from '../core/vim25/codec/arbitrary.ts';
import { createSimulator, ManualClock, type Simulator } from './index.ts';
import { isApiObject } from './store/store.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20260101);
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1);
/** Look for dangling references after every call, to find the one that left them. */
const EVERY = (process.env['FUZZ_EVERY'] ?? '') !== '';

type Ref = ManagedObjectReference;

/** Numbers that repeat with the seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Keys of devices, and what is small, negative or just too large. */
const NUMBERS = [0, 1, -1, 2, 100, 127, -128];

/** What an extension says of its product is kept as it said it. */
const SAID_BY_OTHERS = new Set(['extendedProductInfo']);

const WORDS = ['DC0_H0_VM0', '[LocalDS_0] DC0_H0_VM0/DC0_H0_VM0.vmx', '[LocalDS_0] a', '[LocalDS_0]', 'LocalDS_0', 'VM Network', 'vSwitch0', 'new', '/DC0/vm', 'vmk0', '__proto__', 'constructor', '1'];

class Fuzz {
  readonly simulator: Simulator;
  readonly problems = new Map<string, string>();
  calls = 0;
  results = 0;
  private readonly pick: (below: number) => number;
  private cookie = '';
  private last = '';

  constructor(product: 'vcenter' | 'esxi', seed: number) {
    this.pick = numbers(seed);
    this.simulator = createSimulator({
      product,
      clock: new ManualClock(),
      freeze: true,
      keepTasks: 50,
      model: { pool: 1, ...(product === 'vcenter' ? { app: 1, pod: 1 } : {}) },
      log: (level, message) => {
        if (level === 'error') this.report(message.split('\n').slice(0, 4).join('\n'));
      },
    });
  }

  private report(problem: string): void {
    // Ids differ from run to run of one mistake; one example of each is enough.
    const key = problem.replace(/\d+/g, '#');
    if (!this.problems.has(key)) this.problems.set(key, `${problem}\n    by ${this.last}`);
  }

  async post(method: string, self: Ref, args: Record<string, unknown>): Promise<unknown> {
    const { body, soapAction } = writeRequest(method, self, args, { version: '8.0.3.0' });
    this.last = `${method} of ${self.type}:${self.value} ${JSON.stringify(args, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).slice(0, 600)}`;
    const hangUp = new AbortController();
    const answer = this.simulator.handleSoap(body, { soapaction: soapAction, ...(this.cookie === '' ? {} : { cookie: this.cookie }) }, { ipAddress: '127.0.0.1', tls: false, signal: hangUp.signal });
    // The clock stands still, so a wait lasts until the client hangs up; that must end it.
    let reply = await Promise.race([answer, idle(5)]);
    if (reply === undefined) {
      hangUp.abort();
      reply = await Promise.race([answer, late()]);
    }
    if (reply === undefined) {
      this.report('a call hangs');
      return undefined;
    }
    const cookie = reply.headers['Set-Cookie'];
    if (cookie !== undefined) this.cookie = cookie.split(';')[0]!;
    return readResponse(reply.body, method, self.type);
  }

  async login(): Promise<void> {
    this.cookie = '';
    const manager = this.simulator.sim.wellKnown['sessionManager']!;
    await this.post('Login', manager, { userName: 'fuzz', password: 'fuzz' });
  }

  /** Objects by type; those of the session (collectors, filters, views) included. */
  objects(): Map<string, Ref[]> {
    const { sim, store } = this.simulator;
    const found = new Map<string, Ref[]>();
    for (const object of [...store.all()].filter(isApiObject)) found.set(object.ref.type, [...(found.get(object.ref.type) ?? []), object.ref]);
    for (const session of sim.sessions.open()) for (const { ref } of session.objects.values()) found.set(ref.type, [...(found.get(ref.type) ?? []), ref]);
    return found;
  }

  async openSessionObjects(): Promise<void> {
    const { wellKnown } = this.simulator.sim;
    const collector = (await this.post('CreatePropertyCollector', wellKnown['propertyCollector']!, {})) as Ref;
    const view = (await this.post('CreateContainerView', wellKnown['viewManager']!, { container: wellKnown['rootFolder']!, recursive: true })) as Ref;
    await this.post('CreateListView', wellKnown['viewManager']!, { obj: [wellKnown['rootFolder']!] });
    const objectSet = [{ obj: view, skip: true, selectSet: [{ _type: 'TraversalSpec', type: 'ContainerView', path: 'view' }] }];
    await this.post('CreateFilter', collector, { spec: { objectSet, propSet: [{ type: 'ManagedEntity', pathSet: ['name'] }] }, partialUpdates: false });
  }

  /** References lead to real objects mostly, and strings sometimes are words of this world. */
  plant(value: unknown, declared: string, objects: Map<string, Ref[]>): unknown {
    if (Array.isArray(value)) return value.map((item) => this.plant(item, declared, objects));
    if (typeof value === 'string') return this.pick(2) === 0 ? WORDS[this.pick(WORDS.length)] : value;
    if (typeof value === 'number' && Number.isInteger(value)) return this.pick(2) === 0 ? NUMBERS[this.pick(NUMBERS.length)] : value;
    if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
    if (isReference(value)) {
      if (this.pick(20) === 0) return value;
      const fitting = [...objects].flatMap(([type, refs]) => (declared === '' || isSubtype(type, declared) ? refs : []));
      return fitting.length === 0 ? value : fitting[this.pick(fitting.length)];
    }
    if (isTyped(value)) return value;
    const type = dataType(String((value as { _type?: string })._type));
    const out: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(value)) {
      const field = type?.byName.get(name);
      out[name] = !field || field.kind === 'enum' ? item : this.plant(item, field.kind === 'managed' ? field.type : '', objects);
    }
    return out;
  }

  async call(method: Method, self: Ref, generated: Record<string, unknown>): Promise<void> {
    const objects = this.objects();
    const args = Object.fromEntries(method.params.map(({ name, kind, type }) => [name, kind === 'enum' ? generated[name] : this.plant(generated[name], kind === 'managed' ? type : '', objects)]));
    this.calls += 1;
    try {
      await this.post(method.name, self, args);
      this.results += 1;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
    if (this.simulator.sim.sessions.open().length === 0) await this.login();
    if (EVERY) {
      await idle(3);
      this.lookForDangling();
    }
  }

  lookForDangling(): void {
    const { store } = this.simulator;
    const there = new Map([...store.all()].map(({ ref }) => [ref.value, ref.type]));
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return;
      if (Array.isArray(value)) for (const item of value) visit(item, path);
      else if (isReference(value)) {
        if (there.get(value.value) !== value.type) this.report(`${path} refers to ${value.type}:${value.value}, which is not there`);
      } else for (const [name, item] of Object.entries(value)) if (!SAID_BY_OTHERS.has(name)) visit(item, `${path}.${name}`);
    };
    for (const object of store.all()) {
      // What has happened may name what is gone since.
      if (!isApiObject(object) || isSubtype(object.ref.type, 'Task') || /^(Event|Task)Manager$|Collector$/.test(object.ref.type)) continue;
      visit(object.props, object.ref.type);
    }
  }
}

/** Resolves after that many turns of the event loop. */
async function idle(turns: number): Promise<undefined> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
  return undefined;
}

const late = (): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), 5000).unref());

/** The work of finished worlds: every type's methods, in an order that the seed decides. */
async function fuzz(product: 'vcenter' | 'esxi', seed: number): Promise<Fuzz> {
  const run = new Fuzz(product, seed);
  await run.login();
  const start = run.simulator.snapshot();
  const pick = numbers(seed + 1);
  const plan = [...run.objects().keys(), 'PropertyCollector', 'PropertyFilter', 'ContainerView', 'ListView'].flatMap((type) =>
    [...new Map(managedType(type)!.methods)].filter(([name]) => run.simulator.sim.registry.handler(type, name) !== undefined).map(([, method]) => ({ type, method, order: pick(1 << 30) })),
  ).sort((a, b) => a.order - b.order);
  const arbitraries = new Map<Method, Record<string, unknown>[]>();
  let since = 0;
  await run.openSessionObjects();
  for (const { type, method } of plan) {
    if (since++ % 40 === 39) {
      await idle(3);
      run.lookForDangling();
      run.simulator.restore(start);
      await run.openSessionObjects();
    }
    let samples = arbitraries.get(method);
    if (!samples || samples.length === 0) arbitraries.set(method, (samples = fc.sample(argsArbitrary(method, { depth: 1 + pick(2) }), { seed: pick(1 << 30), numRuns: 3 })));
    const refs = run.objects().get(type) ?? [];
    if (refs.length > 0) await run.call(method, refs[pick(refs.length)]!, samples.pop()!);
  }
  await idle(5);
  run.lookForDangling();
  await run.simulator.close();
  return run;
}

for (const product of ['vcenter', 'esxi'] as const) {
  test(`arbitrary calls of every method: ${product}`, async () => {
    for (let round = 0; round < RUNS; round++) {
      const run = await fuzz(product, SEED + round);
      assert.deepEqual([...run.problems.values()], [], `seed ${SEED + round}`);
      assert.ok(run.calls > 200, `only ${run.calls} calls`);
      assert.ok(run.results > run.calls / 20, `only ${run.results} of ${run.calls} calls had a result`);
    }
  });
}
