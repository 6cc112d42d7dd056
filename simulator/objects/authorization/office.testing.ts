// For tests of who may do what: a small vCenter in which several users call methods and read properties.
import assert from 'node:assert/strict';
import { isFault, type ManagedObjectReference, type ObjectContent, type TaskInfo } from '../../../core/vim25/index.ts';
import { PropertyValue } from '../../../core/vim25/codec/encode.ts';
import { retrieve } from '../../collector/retrieve.ts';
import { World } from '../../collector/world.ts';
import { dispatch } from '../../dispatch/pipeline.ts';
import type { Session } from '../../dispatch/sessions.ts';
import { createSimulator, type SimulatorOptions } from '../../index.ts';
import { ManualClock } from '../../runtime/clock.ts';
import { readPath } from '../../store/object.ts';
import { outcomeOf } from '../world.testing.ts';
import { fetchProperty } from '../property-collector.ts';

type Ref = ManagedObjectReference;
type Args = Record<string, unknown>;

export class Office {
  readonly simulator;
  readonly clock = new ManualClock();
  private readonly sessions = new Map<string, Session>();

  constructor(options: SimulatorOptions = {}) {
    this.simulator = createSimulator({ clock: this.clock, freeze: true, ...options });
  }

  get sim() {
    return this.simulator.sim;
  }

  service(field: string): Ref {
    return this.sim.wellKnown[field]!;
  }

  named(name: string, type?: string): Ref {
    const found = [...this.simulator.store.all()].filter((object) => object.props['name'] === name && (type === undefined || object.ref.type === type));
    assert.equal(found.length, 1, `${found.length} objects are called ${name}`);
    return found[0]!.ref;
  }

  get<T>(ref: Ref, path: string): T {
    return readPath(this.simulator.store.get(ref)!.props, path) as T;
  }

  login(user: string, password = 'secret'): Session {
    const known = this.sessions.get(user);
    if (known) return known;
    const session = this.sim.sessions.login(user, password, { ipAddress: '192.0.2.1', userAgent: 'test' });
    this.sessions.set(user, session);
    return session;
  }

  /** Calls a method as that user; a task is waited for. */
  async as(user: string, self: Ref, method: string, args: Args = {}): Promise<unknown> {
    const { result } = await dispatch(this.sim, { method, self, args, session: this.login(user), signal: new AbortController().signal }, fetchProperty);
    return method.endsWith('_Task') ? outcomeOf(() => this.get<TaskInfo>(result as Ref, 'info')) : result;
  }

  /** As an administrator. */
  call(self: Ref, method: string, args: Args = {}): Promise<unknown> {
    return this.as('Administrator@vsphere.local', self, method, args);
  }

  /** The call is refused with that fault and changes nothing. Gives the fault's fields. */
  async refuses(type: string, user: string, self: Ref, method: string, args: Args = {}): Promise<Args> {
    this.login(user);
    const { version } = this.simulator.store;
    try {
      await this.as(user, self, method, args);
    } catch (error) {
      if (!isFault(error)) throw error;
      assert.equal(error.type, type, error.message);
      assert.equal(this.simulator.store.version, version, 'nothing changed');
      return error.detail as unknown as Args;
    }
    return assert.fail(`${method} was not refused`);
  }

  /** One RetrieveProperties of some objects by their references. */
  read(user: string, objects: readonly Ref[], pathSet: readonly string[], selectSet: readonly object[] = []): readonly ObjectContent[] {
    const types = [...new Set([...objects.map(({ type }) => type), ...(selectSet.length > 0 ? ['ManagedEntity'] : [])])];
    return retrieve(new World(this.simulator.store, this.login(user)), [{
      propSet: types.map((type) => ({ _type: 'PropertySpec', type, pathSet: [...pathSet] })), objectSet: objects.map((obj) => ({ obj, selectSet: selectSet as never })),
    }]);
  }

  /** One property, or the fault that stands for it. */
  property(user: string, object: Ref, path: string): unknown {
    const [content] = this.read(user, [object], [path]);
    const missing = content?.missingSet?.[0];
    if (missing) return missing.fault.fault;
    const val = content?.propSet?.[0]?.val as unknown;
    return val instanceof PropertyValue ? val.value : val;
  }
}

export const permission = (principal: string, roleId: number, propagate = true, group = false) => ({ _type: 'Permission', principal, group, roleId, propagate });
