// A world for tests of the inventory's methods: calls them through the dispatcher, waits for tasks, checks refusals.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { encodeAnyProperty, isFault, managedType, plain, type ManagedObjectReference, type TaskInfo } from '../../core/vim25/index.ts';
import { dispatch } from '../dispatch/pipeline.ts';
import { createSimulator, type SimulatorOptions } from '../index.ts';
import { ManualClock } from '../runtime/clock.ts';
import { readPath } from '../store/object.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

/** Waits for a task and gives its result; its fault is thrown as `detail` of an error. */
export async function outcomeOf(read: () => TaskInfo): Promise<unknown> {
  for (;;) {
    const info = read();
    if (info.state === 'success') return info.result;
    if (info.state === 'error') throw Object.assign(new Error(info.error!.localizedMessage), { detail: info.error!.fault });
    await turn();
  }
}

/** Throws when a client could not be told of a task: its result is of any type, and must say which. */
export const sendable = (info: TaskInfo): string => encodeAnyProperty('val', managedType('Task')!.properties.find(({ name }) => name === 'info')!, info);

export class World {
  readonly simulator;
  private readonly session;

  constructor(model: SimulatorOptions['model'] = {}, product: 'vcenter' | 'esxi' = 'vcenter') {
    this.simulator = createSimulator({ product, clock: new ManualClock(), freeze: true, model });
    this.session = this.simulator.sim.sessions.login('user', 'pass', { ipAddress: '127.0.0.1', userAgent: 'test' });
  }

  get store() {
    return this.simulator.store;
  }

  /** The only object of that name (and type). */
  named(name: string, type?: string): Ref {
    const found = [...this.store.all()].filter((o) => o.props['name'] === name && (type === undefined || o.ref.type === type));
    assert.equal(found.length, 1, `${found.length} objects are called ${name}`);
    return found[0]!.ref;
  }

  get<T>(ref: Ref, path: string): T {
    const object = this.store.get(ref);
    assert.ok(object, `${ref.value} is gone`);
    return readPath(object.props, path) as T;
  }

  names(ref: Ref, path: string): string[] {
    return this.get<Refs>(ref, path).map((item) => this.get<string>(item, 'name')).sort();
  }

  /** Calls a method; a task is waited for, and its result given or its error thrown. */
  async call(self: Ref, method: string, args: Record<string, unknown> = {}): Promise<unknown> {
    const { sim } = this.simulator;
    const { result } = await dispatch(sim, { method, self, args, session: this.session, signal: new AbortController().signal }, () => undefined);
    if (!method.endsWith('_Task')) return result;
    const outcome = await outcomeOf(() => this.get<TaskInfo>(result as Ref, 'info'));
    sendable(this.get<TaskInfo>(result as Ref, 'info'));
    return plain(outcome);
  }

  async refuses(type: string, self: Ref, method: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const version = this.store.size;
    let caught: unknown;
    try {
      await this.call(self, method, args);
    } catch (error) {
      caught = error;
    }
    assert.ok(caught, `${method} was not refused`);
    const detail = (isFault(caught) ? caught.detail : (caught as { detail?: unknown }).detail) as Record<string, unknown> | undefined;
    assert.ok(detail, String(caught));
    assert.equal(detail['_type'], type);
    assert.ok(this.store.size <= version + 1, 'only the task was added');
    return detail;
  }
}

export const ALLOCATION = { reservation: 0, expandableReservation: true, limit: -1, shares: { level: 'normal', shares: 0 } };
export const POOL = { cpuAllocation: ALLOCATION, memoryAllocation: ALLOCATION };
