// The world's state: objects by id, one version per commit, one write door (`transaction`).
// It knows nothing of particular types; relations and rules are given to it.
import { managedType, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { changedPaths } from './difference.ts';
import { Derivation, type Relation, type Rule } from './derive.ts';
import { Ids } from './ids.ts';
import { Journal, type Change } from './journal.ts';
import type { Props, StoredObject } from './object.ts';
import type { Sum } from './sums.ts';
import { Transaction, type Base, type Cause } from './transaction.ts';
import { Watch } from './watch.ts';

export interface StoreOptions {
  readonly relations?: readonly Relation[];
  readonly rules?: readonly Rule[];
  readonly sums?: readonly Sum[];
  /** Freezes what is committed, so that a test sees who writes to a shared value. */
  readonly freeze?: boolean;
  readonly journalCapacity?: number;
}

/** One object of a commit: its properties before and after, undefined where it was not there. */
export interface CommittedObject {
  readonly id: string;
  readonly type: string;
  readonly before: Props | undefined;
  readonly after: Props | undefined;
}

/** What a commit did, for whoever keeps the world elsewhere. */
export interface Commit {
  readonly version: number;
  readonly objects: readonly CommittedObject[];
}

/** A world at rest: cheap, because values are shared. */
export interface Snapshot {
  readonly objects: ReadonlyMap<string, { readonly ref: ManagedObjectReference; readonly props: Props }>;
  readonly lastId: number;
  readonly version: number;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
}

export class Store implements Base {
  readonly ids = new Ids();
  readonly journal: Journal;
  readonly watch: Watch;
  private readonly objects = new Map<string, StoredObject>();
  private readonly byType = new Map<string, Map<string, StoredObject>>();
  private readonly touchedPairs = new Map<string, number>();
  private readonly derivation: Derivation;
  private readonly options: StoreOptions;
  private current = 0;
  private inventory = 0;
  private transacting = false;
  private look: ((tx: Transaction) => void) | undefined;
  private follower: ((commit: Commit) => void) | undefined;

  constructor(options: StoreOptions = {}) {
    this.options = options;
    this.derivation = new Derivation(options.relations ?? [], options.rules ?? [], options.sums ?? []);
    this.journal = new Journal(options.journalCapacity);
    this.watch = new Watch(() => this.current);
  }

  /** Number of the newest commit. */
  get version(): number {
    return this.current;
  }

  /** Newest version at which an object appeared, went, or moved (its `parent` changed): what views depend on. */
  get inventoryVersion(): number {
    return this.inventory;
  }

  find(id: string): StoredObject | undefined {
    return this.objects.get(id);
  }

  get(ref: ManagedObjectReference): StoredObject | undefined {
    return this.objects.get(ref.value);
  }

  /** Objects of exactly this type, oldest first. */
  ofType(type: string): Iterable<StoredObject> {
    return this.byType.get(type)?.values() ?? [];
  }

  /** Every object, oldest first. */
  all(): Iterable<StoredObject> {
    return this.objects.values();
  }

  get size(): number {
    return this.objects.size;
  }

  /** Newest version at which the top-level property changed in any object of exactly this type (0: never). */
  changedAt(type: string, property: string): number {
    return this.touchedPairs.get(`${type}.${property}`) ?? 0;
  }

  /**
   * Calls `look` with every transaction that is about to be committed, derived values included. What it writes belongs
   * to the same commit; it may write nothing that derived values are made of. Going back to a snapshot is not shown to it.
   */
  beforeCommit(look: (tx: Transaction) => void): void {
    this.look = look;
  }

  /** Calls `follow` with every commit from now on, before anybody else sees it. */
  onCommit(follow: (commit: Commit) => void): void {
    this.follower = follow;
  }

  /**
   * Runs `work` and commits what it wrote as one version; derived values are brought up to date first. A throw
   * leaves everything as it was. Not reentrant: a nested call is a bug and throws.
   */
  transaction<T>(work: (tx: Transaction) => T, cause?: Cause): T {
    return this.run(work, cause, this.look);
  }

  private run<T>(work: (tx: Transaction) => T, cause: Cause | undefined, look: ((tx: Transaction) => void) | undefined): T {
    if (this.transacting) throw new TypeError('a transaction is open already: pass it on instead of opening another');
    this.transacting = true;
    const tx = new Transaction(this, cause);
    let result: T;
    try {
      result = work(tx);
      if (result instanceof Promise) throw new TypeError('a transaction cannot wait: do the waiting outside');
      this.derivation.run(tx);
      look?.(tx);
      this.commit(tx);
    } finally {
      this.transacting = false;
    }
    for (const run of tx.close()) run();
    return result;
  }

  private commit(tx: Transaction): void {
    const version = this.current + 1;
    const changes: Change[] = [];
    const objects: CommittedObject[] = [];
    for (const id of tx.touched()) {
      const before = tx.before(id);
      const after = tx.after(id);
      if (before === after) continue;
      const type = tx.typeOf(id);
      const change = this.apply(id, type, before, after, version);
      if (!change) continue;
      changes.push(change);
      if (this.follower) objects.push({ id, type, before, after });
    }
    if (changes.length === 0) return;
    this.current = version;
    this.journal.append({ version, changes });
    this.follower?.({ version, objects });
    this.watch.notify();
  }

  private apply(id: string, type: string, before: Props | undefined, after: Props | undefined, version: number): Change | null {
    if (this.options.freeze) deepFreeze(after);
    if (after === undefined) {
      const ref = this.objects.get(id)!.ref;
      this.objects.delete(id);
      this.byType.get(type)!.delete(id);
      this.inventory = version;
      return { ref, kind: 'remove', paths: [] };
    }
    if (before === undefined) {
      const ref = { type, value: id };
      const stored: StoredObject = { ref, props: after, createdAt: version, changedAt: version, changes: null };
      this.objects.set(id, stored);
      let table = this.byType.get(type);
      if (!table) this.byType.set(type, (table = new Map()));
      table.set(id, stored);
      this.inventory = version;
      return { ref, kind: 'create', paths: [] };
    }
    const paths: string[] = [];
    // The simulator's own objects have no watchers: one path is enough, and a directory of thousands is not walked.
    if (type.startsWith('_')) paths.push(...Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key]));
    else changedPaths(before, after, '', paths);
    if (paths.length === 0) return null;
    const stored = this.objects.get(id)!;
    stored.props = after;
    stored.changedAt = version;
    stored.changes ??= new Map();
    for (const path of paths) {
      stored.changes.set(path, version);
      const dot = path.indexOf('.');
      this.touchedPairs.set(`${type}.${dot < 0 ? path : path.slice(0, dot)}`, version);
    }
    if (paths.includes('parent')) this.inventory = version;
    return { ref: stored.ref, kind: 'change', paths };
  }

  /** The whole state, sharing values with the store. */
  snapshot(): Snapshot {
    const objects = new Map<string, { ref: ManagedObjectReference; props: Props }>();
    for (const [id, { ref, props }] of this.objects) objects.set(id, { ref, props });
    return { objects, lastId: this.ids.last, version: this.current };
  }

  /** Goes back to a snapshot by a commit forward, so that waiting clients see truthful updates. */
  restore(snapshot: Snapshot): void {
    this.run((tx) => {
      for (const { ref } of [...this.objects.values()]) if (!snapshot.objects.has(ref.value)) tx.remove(ref);
      for (const [id, { ref, props }] of snapshot.objects) {
        if (tx.has(ref)) tx.assign(id, props);
        else tx.create(ref.type, id, props);
      }
    }, undefined, undefined);
    this.ids.advance(snapshot.lastId);
  }

  /** Takes the objects of a snapshot into an empty store, as they are: nothing is derived, nobody is told. */
  load({ objects, lastId, version }: Snapshot): void {
    if (this.size > 0) throw new TypeError('only an empty store can load a world');
    this.adopt(objects.values(), version);
    this.ids.advance(lastId);
    this.journal.startAt(version);
  }

  /** An independent store with the same objects; values are shared, changes are not. */
  fork(): Store {
    const copy = new Store(this.options);
    copy.adopt(this.objects.values(), 1);
    copy.ids.advance(this.ids.last);
    return copy;
  }

  private adopt(objects: Iterable<{ readonly ref: ManagedObjectReference; readonly props: Props }>, version: number): void {
    for (const { ref, props } of objects) {
      const stored: StoredObject = { ref, props, createdAt: version, changedAt: version, changes: null };
      this.objects.set(ref.value, stored);
      let table = this.byType.get(ref.type);
      if (!table) this.byType.set(ref.type, (table = new Map()));
      table.set(ref.value, stored);
    }
    this.current = version;
    this.inventory = version;
  }
}

/** True when vim25 knows the type: the simulator's own helper objects are not for clients. */
export const isApiObject = (object: StoredObject): boolean => managedType(object.ref.type) !== undefined;
