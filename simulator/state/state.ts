// The world on disk: every commit of a store, written before the call that made it is answered. One generation of keys is
// the world that counts; another world is written beside it and takes its place in one step.
import type { AboutInfo } from '../../core/vim25/index.ts';
import type { Commit, Snapshot, Store } from '../store/store.ts';
import { openDatabase, StateError, writeError, type Database } from './database.ts';
import { WorldReader, WorldWriter, type WorldObject, type Writes } from './layout.ts';
import { decode, encode } from './values.ts';

/** What a world is apart from its objects. */
export interface WorldFacts {
  readonly product: 'vcenter' | 'esxi';
  readonly seed: number;
  readonly apiVersion: string;
  readonly about: AboutInfo;
  readonly credentials?: { readonly userName?: string | undefined; readonly password?: string | undefined };
}

/** A world that was read from disk. */
export interface SavedWorld {
  readonly facts: WorldFacts;
  readonly now: Snapshot;
  /** As it was built: what a reset goes back to. */
  readonly initial: Snapshot;
}

interface Meta {
  readonly format: number;
  readonly generation: number;
}

interface Counters {
  readonly version: number;
  /** No id above this was ever given to anybody. */
  readonly ids: number;
  /** Number of the next object or page. */
  readonly next: number;
}

/** Goes up when what is written can no longer be read by what was there before. */
const FORMAT = 1;
const META = 'meta';
/** Ids are reserved in lots, since some are given out without a commit, to views for instance. */
const LOT = 1000;

export class State {
  readonly dir: string;
  private readonly database: Database;
  private generation: number;
  private store: Store | undefined;
  private writer: WorldWriter;
  private saved: SavedWorld | undefined;
  private pending: Writes = new Map();
  private version = 0;
  private reserved = 0;
  private writing: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private broken: StateError | undefined;
  private onBroken: (error: StateError) => void = () => undefined;

  private constructor(dir: string, database: Database, generation: number, saved: SavedWorld | undefined, writer: WorldWriter) {
    this.dir = dir;
    this.database = database;
    this.generation = generation;
    this.saved = saved;
    this.writer = writer;
  }

  /** Opens a directory, which is made when it is not there. Throws a StateError that says why it cannot be used. */
  static async open(dir: string, options: { readonly create?: boolean; readonly database?: Database } = {}): Promise<State> {
    const database = options.database ?? (await openDatabase(dir, { create: options.create ?? true }));
    try {
      const bytes = await database.get(META);
      if (bytes === undefined) return new State(dir, database, 0, undefined, new WorldWriter(''));
      const meta = decode(bytes) as Meta;
      if (meta.format !== FORMAT) throw new StateError(`the state in ${dir} has format ${meta.format}, and this vicsim reads ${FORMAT}: use the vicsim that wrote it, or another directory`);
      const prefix = prefixOf(meta.generation);
      const { saved, writer } = await read(database, prefix);
      return new State(dir, database, meta.generation, saved, writer);
    } catch (error) {
      await database.close();
      if (error instanceof StateError) throw error;
      throw new StateError(`the state in ${dir} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The world that was there when it was opened, until a store is made of it; undefined when there was none. */
  get world(): SavedWorld | undefined {
    return this.saved;
  }

  /** Called once, when something cannot be written: nothing that was not written has been answered. */
  whenBroken(tell: (error: StateError) => void): void {
    this.onBroken = tell;
  }

  /** Writes every commit of the store from now on. What was read must be what the store was made of. */
  follow(store: Store): void {
    this.store = store;
    this.saved = undefined;
    this.version = store.version;
    this.reserved = store.ids.last;
    store.onCommit((commit) => this.add(commit));
  }

  /** Writes another world, which takes the place of the one before in one step, and follows its store. */
  begin(store: Store, facts: WorldFacts): Promise<void> {
    this.store?.onCommit(() => undefined);
    const before = this.next ?? this.writing ?? Promise.resolve();
    this.pending = new Map();
    const last = this.generation;
    this.generation = last + 1;
    this.writer = new WorldWriter(`${prefixOf(this.generation)}n`);
    const snapshot = store.snapshot();
    this.writer.reserve(snapshot.objects.keys());
    this.follow(store);
    // What is committed meanwhile comes after it.
    const mine: Promise<void> = before.then(() => this.writeWorld(snapshot, facts, last)).finally(() => this.written(mine));
    this.writing = mine;
    this.next = undefined;
    return mine;
  }

  private async writeWorld({ objects, version, lastId }: Snapshot, facts: WorldFacts, last: number): Promise<void> {
    const prefix = prefixOf(this.generation);
    const initial = new WorldWriter(`${prefix}i`);
    const now = this.writer;
    await this.attempt(async () => {
      await this.database.clear(prefix);
      let writes: Writes = new Map();
      for (const object of objects.values()) {
        now.first(writes, object);
        initial.first(writes, object);
        if (writes.size < 20_000) continue;
        await this.database.write(bytes(writes));
        writes = new Map();
      }
      writes.set(`${prefix}f`, facts);
      writes.set(`${prefix}v`, { version, lastId });
      writes.set(`${prefix}c`, this.counters());
      writes.set(META, { format: FORMAT, generation: this.generation } satisfies Meta);
      await this.database.write(bytes(writes));
      if (last > 0) await this.database.clear(prefixOf(last));
    });
  }

  /**
   * Resolves when all that was committed until now, and every id that was given out, is on disk; undefined when it is.
   * Rejects with a StateError when it cannot be written.
   */
  flushed(): Promise<void> | undefined {
    if (this.broken) return Promise.reject(this.broken);
    if (this.store !== undefined && this.store.ids.last > this.reserved) this.schedule();
    return this.next ?? this.writing;
  }

  /** A value that belongs to the directory and not to its world, the server's certificate for instance; made anew when it is no longer good. */
  async keep<T>(name: string, isGood: (value: T) => boolean, make: () => T | Promise<T>): Promise<T> {
    const bytes = await this.database.get(`k${name}`);
    const kept = bytes === undefined ? undefined : (decode(bytes) as T);
    if (kept !== undefined && isGood(kept)) return kept;
    const value = await make();
    await this.attempt(() => this.database.write([[`k${name}`, encode(value)]]));
    return value;
  }

  /** Gives back the disk space of what is no longer so. */
  compact(): Promise<void> {
    return this.database.compact();
  }

  /** Writes what is left, and lets the directory go. */
  async close(): Promise<void> {
    await this.settle().catch(() => undefined);
    if (this.store && !this.broken) {
      const exact = { version: this.version, ids: this.store.ids.last, next: this.writer.next } satisfies Counters;
      await this.database.write([[`${prefixOf(this.generation)}c`, encode(exact)]]).catch(() => undefined);
    }
    await this.database.close();
  }

  private add({ version, objects }: Commit): void {
    for (const object of objects) this.writer.put(this.pending, object);
    this.version = version;
    this.schedule();
  }

  private counters(): Counters {
    if (this.store!.ids.last + LOT / 2 > this.reserved) this.reserved = this.store!.ids.last + LOT;
    return { version: this.version, ids: this.reserved, next: this.writer.next };
  }

  /** One write at a time; what is committed meanwhile goes with the next. */
  private schedule(): void {
    if (this.next || this.broken) return;
    const before = this.writing ?? Promise.resolve();
    const mine: Promise<void> = before.then(async () => {
      this.next = undefined;
      this.writing = mine;
      const writes = this.pending;
      this.pending = new Map();
      writes.set(`${prefixOf(this.generation)}c`, this.counters());
      await this.attempt(() => this.database.write(bytes(writes)));
    }).finally(() => this.written(mine));
    // Whoever has to know asks flushed().
    mine.catch(() => undefined);
    this.next = mine;
  }

  private written(mine: Promise<void>): void {
    if (this.writing === mine) this.writing = undefined;
  }

  private async settle(): Promise<void> {
    for (let wait = this.next ?? this.writing; wait; wait = this.next ?? this.writing) await wait;
  }

  private async attempt(write: () => Promise<void>): Promise<void> {
    if (this.broken) throw this.broken;
    try {
      await write();
    } catch (error) {
      this.broken = writeError(this.dir, error);
      this.onBroken(this.broken);
      throw this.broken;
    }
  }
}

const prefixOf = (generation: number): string => `g${generation}/`;

const bytes = (writes: Writes): [string, Buffer | undefined][] => [...writes].map(([key, value]) => [key, value === undefined ? undefined : encode(value)]);

async function read(database: Database, prefix: string): Promise<{ saved: SavedWorld; writer: WorldWriter }> {
  const now = new WorldReader();
  const initial = new WorldReader();
  let facts: WorldFacts | undefined;
  let start: { version: number; lastId: number } | undefined;
  let counters: Counters | undefined;
  for await (const [key, value] of database.entries(prefix)) {
    const rest = key.slice(1);
    if (key[0] === 'n') now.take(rest, value);
    else if (key[0] === 'i') initial.take(rest, value);
    else if (key === 'f') facts = decode(value) as WorldFacts;
    else if (key === 'v') start = decode(value) as { version: number; lastId: number };
    else if (key === 'c') counters = decode(value) as Counters;
    else throw new Error(`unknown key ${JSON.stringify(key)}`);
  }
  if (!facts || !start || !counters) throw new Error('it is incomplete');
  const writer = new WorldWriter(`${prefix}n`, counters.next, now.pageNumbers);
  return {
    saved: { facts, now: snapshotOf(now.world(), counters.version, counters.ids), initial: snapshotOf(initial.world(), start.version, start.lastId) },
    writer,
  };
}

const snapshotOf = (objects: readonly WorldObject[], version: number, lastId: number): Snapshot => ({ objects: new Map(objects.map((object) => [object.ref.value, object])), version, lastId });
