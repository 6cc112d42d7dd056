// One call of a handler: its parameters, its rights, its transactions and the vim25 methods it makes use of.
import { Fault, type ManagedObjectReference, type MethodFault, type TaskInfo } from '../../core/vim25/index.ts';
import { dispatch } from '../dispatch/pipeline.ts';
import { requirePrivilege } from '../dispatch/privileges.ts';
import type { Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Dialect } from './errors.ts';
import { Input } from './input.ts';
import type { Found } from './router.ts';
import type { RestCall } from './route.ts';

export interface Request {
  readonly dialect: Dialect;
  readonly origin: string;
  readonly query: URLSearchParams;
  readonly json: unknown;
  readonly signal: AbortSignal;
}

export class Call implements RestCall {
  readonly sim: Simulation;
  readonly session: Session;
  readonly dialect: Dialect;
  readonly origin: string;
  readonly signal: AbortSignal;
  private readonly request: Request;
  private readonly found: Found;

  constructor(sim: Simulation, session: Session, found: Found, request: Request) {
    this.sim = sim;
    this.session = session;
    this.found = found;
    this.request = request;
    this.dialect = request.dialect;
    this.origin = request.origin;
    this.signal = request.signal;
  }

  path(name: string): string {
    const value = this.found.variables[name];
    if (value === undefined) throw new TypeError(`the route ${this.found.route.does} has no variable ${name}`);
    return value;
  }

  query(name: string): readonly string[] {
    const { query } = this.request;
    return [name, `filter.${name}`].flatMap((key) => [key, `${key}[]`, ...indexed(query, key)]).flatMap((key) => query.getAll(key)).filter((value) => value !== '');
  }

  get body(): Input {
    return new Input(this.request.json ?? {});
  }

  spec(name: string): Input {
    const { body } = this;
    return body.has(name) ? body.object(name) : this.dialect === 'api' ? body : body.object(name);
  }

  change<T>(work: (tx: Transaction) => T): T {
    return this.sim.store.transaction(work, { userName: this.session.userName });
  }

  require(privilege: string, object: ManagedObjectReference = this.sim.wellKnown['rootFolder']!): void {
    requirePrivilege(this.session, object, privilege);
  }

  async vim(self: ManagedObjectReference, method: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const { sim, session, signal } = this;
    const outcome = await dispatch(sim, { method, self, args, session, signal }, () => undefined);
    const result = outcome.result as ManagedObjectReference | undefined;
    return method.endsWith('_Task') && result?.type === 'Task' ? this.ended(result) : result;
  }

  /** The result of a task that has succeeded. Throws the fault of one that has not. */
  private async ended(task: ManagedObjectReference): Promise<unknown> {
    const { store } = this.sim;
    for (;;) {
      const { version } = store;
      const info = store.get(task)?.props['info'] as TaskInfo | undefined;
      if (info?.state === 'success') return info.result;
      if (info === undefined || info.state === 'error') {
        const { fault, localizedMessage = '' } = info?.error ?? {};
        throw new Fault((fault ?? { _type: 'RequestCanceled' }) as MethodFault & { _type: string }, localizedMessage || 'The task is gone.');
      }
      if (!(await store.watch.after(version, this.signal))) throw new Fault({ _type: 'RequestCanceled' } as MethodFault & { _type: string }, 'The client went away.');
    }
  }
}

/** 'filter.names.1', as /rest numbers the values of a list. */
const indexed = (query: URLSearchParams, key: string): string[] =>
  [...new Set(query.keys())].filter((name) => name.startsWith(`${key}.`) && /^\d+$/.test(name.slice(key.length + 1)));
