// How a managed object type is written down: its methods as data, checked against the schema by the compiler.
import { isWaiting, managedType, type Fault, type ManagedMethods, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Relation, Rule } from '../store/derive.ts';
import type { Readable } from '../store/object.ts';
import type { Sum } from '../store/sums.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Session } from './sessions.ts';
import type { Simulation } from './simulation.ts';

/** What every method gets beside its arguments. */
export interface Context {
  readonly sim: Simulation;
  /** The object the call went to, as it was when the call began. */
  readonly self: Readable;
  readonly session: Session;
}

export interface TransactionContext extends Context {
  readonly tx: Transaction;
}

/** Facts about the caller that only the query methods of sessions and collectors need. */
export interface QueryContext extends Context {
  /** Aborts when the client hangs up or the session ends. */
  readonly signal: AbortSignal;
  /** The SOAP message as it came, for what proves a caller by its header; undefined for calls of another protocol. */
  readonly message?: string | undefined;
  /** Tells the client the key of a session that the call opened, where its result does not. */
  opened?(session: Session): void;
}

interface Signature {
  args: object;
  result: unknown;
}

type TaskResult<S> = S extends { taskResult: infer R } ? R : never;

/** Runs inside one transaction and answers at once. Throw a fault to refuse: nothing is then changed. */
export type Change<S extends Signature> = (ctx: TransactionContext, args: S['args']) => S['result'];

/** Reads, or manages session-owned objects; runs outside a transaction and may wait. */
export interface Query<S extends Signature> {
  query(ctx: QueryContext, args: S['args']): S['result'] | Promise<S['result']>;
}

/** Long work: the framework makes the Task, runs `task` in its own transaction when its turn comes, and records how it ended. */
export interface TaskMethod<S extends Signature> {
  task(ctx: TransactionContext, args: S['args']): TaskResult<S>;
  /** The entity that the task is about (TaskInfo.entity) and whose queue it waits in; the receiver when absent. */
  entity?(ctx: Context, args: S['args']): ManagedObjectReference | undefined;
  /** Refuses before any task is made, for what the API reports as a fault of the call itself. */
  check?(ctx: TransactionContext, args: S['args']): void;
  /** What must be so before the work can be done; the task waits for it. */
  readonly wait?: TaskWait<S['args']>;
}

/** A condition over the state of the moment: `ctx.self` is the receiver as it is now, undefined once it is gone. */
export interface TaskWait<A> {
  until(ctx: { readonly sim: Simulation; readonly self: Readable | undefined }, args: A): boolean;
  /** For how long; without end when 0 or less. */
  seconds(args: A): number;
  /** What is thrown when that time has passed. */
  late(ctx: { readonly sim: Simulation; readonly self: Readable | undefined }, args: A): Fault;
}

export type Handler<S extends Signature> = S extends { taskResult: unknown }
  ? TaskMethod<S> | Change<S>
  : Change<S> | Query<S>;

/** A table of methods of that type: for types whose methods fill several files. */
export type Methods<K extends keyof ManagedMethods> = {
  readonly [M in keyof ManagedMethods[K]]?: ManagedMethods[K][M] extends Signature ? Handler<ManagedMethods[K][M]> : never;
};

/** A definition with its types forgotten: what the dispatcher works with. */
export interface Definition {
  readonly type: string;
  readonly methods: ReadonlyMap<string, AnyHandler>;
  readonly relations: readonly Relation[];
  readonly rules: readonly Rule[];
  readonly sums: readonly Sum[];
  /** Methods that do not do all of what vSphere does, with what is missing. */
  readonly partly: Readonly<Record<string, string>>;
}

export type AnyHandler =
  | ((ctx: TransactionContext, args: object) => unknown)
  | { query(ctx: QueryContext, args: object): unknown }
  | {
      task(ctx: TransactionContext, args: object): unknown;
      entity?(ctx: Context, args: object): ManagedObjectReference | undefined;
      check?(ctx: TransactionContext, args: object): void;
      readonly wait?: TaskWait<object>;
    };

/**
 * Declares what the simulator does for a managed object type. Method names, arguments and results are those of the
 * schema; inherited methods are found through the base types. `relations` and `rules` keep derived values true. `partly` says of a method
 * what it lacks: docs/coverage.md tells it.
 */
export function define<K extends keyof ManagedMethods & string>(
  type: K,
  methods: Methods<K>,
  derived: { relations?: readonly Relation[]; rules?: readonly Rule[]; sums?: readonly Sum[]; partly?: { readonly [M in keyof ManagedMethods[K]]?: string } } = {},
): Definition {
  const table = new Map(Object.entries(methods) as [string, AnyHandler][]);
  // The tables of a service beside vim25 are not read for this: the compiler has checked its names.
  const known = isWaiting(type) ? table : managedType(type)!.methods;
  for (const name of table.keys()) if (!known.has(name)) throw new TypeError(`${type} has no method ${name}`);
  for (const name of Object.keys(derived.partly ?? {})) if (!table.has(name)) throw new TypeError(`${type}.${name} is said to be partly done, and is not there`);
  return { type, methods: table, relations: derived.relations ?? [], rules: derived.rules ?? [], sums: derived.sums ?? [], partly: (derived.partly ?? {}) as Readonly<Record<string, string>> };
}

/** All definitions, looked up along the inheritance of the receiver's type. */
export class Registry {
  private readonly byType: ReadonlyMap<string, Definition>;

  constructor(definitions: readonly Definition[]) {
    this.byType = new Map(definitions.map((d) => [d.type, d]));
  }

  /** The handler for a method of that type, own or inherited; undefined when it is not implemented. */
  handler(type: string, method: string): AnyHandler | undefined {
    for (let name: string | null = type; name !== null; name = managedType(name)?.base ?? null) {
      const found = this.byType.get(name)?.methods.get(method);
      if (found) return found;
    }
    return undefined;
  }

  get definitions(): Iterable<Definition> {
    return this.byType.values();
  }
}
