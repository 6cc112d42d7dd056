// The one way to change state: reads see the transaction's own writes, nothing is visible outside before the commit.
import { type ManagedObjectReference, type ManagedProperties } from '../../core/vim25/index.ts';
import type { Draft } from './derive.ts';
import type { Ids } from './ids.ts';
import { readPath, writePath, type Props, type StoredObject } from './object.ts';

interface Touched {
  readonly type: string;
  readonly before: Props | undefined;
  after: Props | undefined;
}

/** On whose behalf a transaction is made, for those who look at what it changed before it is committed. */
export interface Cause {
  readonly userName: string;
  /** Wire name of the call that is being answered. */
  readonly method?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Number that ties together what belongs to one piece of work. */
  readonly chain?: number;
}

/** What a transaction needs of the store. */
export interface Base {
  find(id: string): StoredObject | undefined;
  ofType(type: string): Iterable<StoredObject>;
  readonly ids: Ids;
}

export class Transaction implements Draft {
  /** Undefined for what the simulator does by itself. */
  readonly cause: Cause | undefined;
  private readonly base: Base;
  private readonly objects = new Map<string, Touched>();
  private readonly after_: (() => void)[] = [];
  private open = true;

  constructor(base: Base, cause?: Cause) {
    this.base = base;
    this.cause = cause;
  }

  /** A fresh id, e.g. nextId('vm') → 'vm-42'. Ids of a rolled back transaction are not handed out again. */
  nextId(prefix: string): string {
    return this.base.ids.next(prefix);
  }

  /** Adds an object. Throws a TypeError when the id is taken. */
  create(type: string, id: string, props: Props): ManagedObjectReference {
    this.mustBeOpen();
    if (this.after(id) !== undefined) throw new TypeError(`object ${type}:${id} exists already`);
    const touched = this.objects.get(id);
    if (touched && touched.type !== type) throw new TypeError(`id ${id} belongs to a ${touched.type}`);
    this.objects.set(id, { type, before: touched?.before, after: props });
    return { type, value: id };
  }

  /** True when the object exists (also one created here). */
  has(ref: ManagedObjectReference): boolean {
    return this.after(ref.value) !== undefined;
  }

  /** All properties, or undefined when there is no such object. */
  find(ref: ManagedObjectReference): Props | undefined {
    return this.after(ref.value);
  }

  /** All properties. Throws a TypeError when there is no such object: a dangling reference is a bug here. */
  props<K extends keyof ManagedProperties>(ref: ManagedObjectReference): Partial<ManagedProperties[K]> & Props;
  props(ref: ManagedObjectReference): Props {
    const props = this.after(ref.value);
    if (props === undefined) throw new TypeError(`no object ${ref.type}:${ref.value}`);
    return props;
  }

  /** The value at a dotted path, or undefined. */
  get(ref: ManagedObjectReference, path: string): unknown {
    return readPath(this.after(ref.value), path);
  }

  /** Writes the value at a dotted path (data objects on the way are copied); undefined unsets it. */
  set(ref: ManagedObjectReference, path: string, value: unknown): void {
    this.assign(ref.value, writePath(this.props(ref), path, value));
  }

  /** Writes several top-level properties. */
  update(ref: ManagedObjectReference, props: Props): void {
    this.assign(ref.value, { ...this.props(ref), ...props });
  }

  /** Removes an object; relations drop it from every list. Nothing happens when it is gone already. */
  remove(ref: ManagedObjectReference): void {
    this.mustBeOpen();
    const touched = this.objects.get(ref.value);
    if (touched) touched.after = undefined;
    else {
      const stored = this.base.find(ref.value);
      if (stored) this.objects.set(ref.value, { type: stored.ref.type, before: stored.props, after: undefined });
    }
  }

  /** References of every live object of exactly this type, in order of creation. */
  *all(type: string): Iterable<ManagedObjectReference> {
    for (const stored of this.base.ofType(type)) if (this.after(stored.ref.value) !== undefined) yield stored.ref;
    for (const [id, touched] of this.objects) {
      if (touched.type === type && touched.before === undefined && touched.after !== undefined) yield { type, value: id };
    }
  }

  /** Runs `work`; when it throws, what it wrote until then is taken back and the transaction goes on as it was before. */
  attempt<T>(work: () => T): T {
    this.mustBeOpen();
    const before = new Map([...this.objects].map(([id, { after }]) => [id, after]));
    const runs = this.after_.length;
    try {
      return work();
    } catch (error) {
      for (const [id, touched] of this.objects) {
        if (before.has(id)) touched.after = before.get(id);
        else this.objects.delete(id);
      }
      this.after_.length = runs;
      throw error;
    }
  }

  /** Runs after the commit, not at all when the transaction fails. */
  afterCommit(run: () => void): void {
    this.after_.push(run);
  }

  // ---- what the commit and derivation read -------------------------------------------------------------------

  touched(): Iterable<string> {
    return this.objects.keys();
  }

  typeOf(id: string): string {
    return this.objects.get(id)?.type ?? this.base.find(id)!.ref.type;
  }

  before(id: string): Props | undefined {
    const touched = this.objects.get(id);
    return touched ? touched.before : this.base.find(id)?.props;
  }

  after(id: string): Props | undefined {
    const touched = this.objects.get(id);
    return touched ? touched.after : this.base.find(id)?.props;
  }

  assign(id: string, props: Props): void {
    this.mustBeOpen();
    const touched = this.objects.get(id);
    if (touched) {
      touched.after = props;
      return;
    }
    const stored = this.base.find(id);
    if (!stored) throw new TypeError(`no object ${id}`);
    this.objects.set(id, { type: stored.ref.type, before: stored.props, after: props });
  }

  /** Ends the transaction; the store calls it. */
  close(): readonly (() => void)[] {
    this.open = false;
    return this.after_;
  }

  private mustBeOpen(): void {
    if (!this.open) throw new TypeError('the transaction is over');
  }
}
