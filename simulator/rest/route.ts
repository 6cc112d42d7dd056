// What a route is: verb, path in each dialect, action, and the function that answers. Routes are data; router.ts finds them.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Dialect } from './errors.ts';
import type { Input } from './input.ts';

export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a handler gets. */
export interface RestCall {
  readonly sim: Simulation;
  readonly session: Session;
  readonly dialect: Dialect;
  /** Where the client sees the server: 'https://127.0.0.1:8989'. */
  readonly origin: string;
  readonly signal: AbortSignal;
  /** A variable of the path. */
  path(name: string): string;
  /** A query parameter, with or without the "filter." that /rest writes before it; all of its values. */
  query(name: string): readonly string[];
  /** The JSON body. Throws INVALID_ARGUMENT when it is no object. */
  readonly body: Input;
  /** A parameter structure: /rest wraps it in its name, /api may send it as the body. */
  spec(name: string): Input;
  /** Runs one transaction on behalf of the caller. */
  change<T>(work: (tx: Transaction) => T): T;
  /** Throws UNAUTHORIZED when the caller lacks the privilege on the object; on the root folder unless it is given. */
  require(privilege: string, object?: ManagedObjectReference): void;
  /** Calls a vim25 method with the caller's rights, and waits for its task when it has one. Throws its Fault. */
  vim(self: ManagedObjectReference, method: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export interface Route {
  readonly verb: Verb;
  /** Path below /rest, '/com/vmware/cis/tagging/tag/{tag_id}'; absent when that dialect does not have it. */
  readonly rest?: string;
  /** Path below /api. */
  readonly api?: string;
  /** `~action=` of /rest, `action=` of /api. */
  readonly action?: string;
  /** What it does, for docs/rest.md. */
  readonly does: string;
  /** Status of /api when it is not 200, or 204 for a result of nothing. */
  readonly status?: 201 | 202;
  run(call: RestCall): unknown;
}

/** A map: /api writes a JSON object, /rest a list of keys and values. */
export class Entries {
  readonly entries: readonly (readonly [string, unknown])[];

  constructor(entries: Iterable<readonly [string, unknown]>) {
    this.entries = [...entries];
  }
}

/** The JSON value of a result in a dialect. */
export function rendered(value: unknown, dialect: Dialect): unknown {
  if (value instanceof Entries) {
    const list = value.entries.map(([key, item]) => [key, rendered(item, dialect)] as const);
    return dialect === 'api' ? Object.fromEntries(list) : list.map(([key, item]) => ({ key, value: item }));
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => rendered(item, dialect));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [key, rendered(item, dialect)]));
}
