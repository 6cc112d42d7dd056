// How a world lies in the database: which key holds what. Turns a commit into writes and keys into a world again.
// Each top-level property has a key of its own, so that a commit writes what it changed; a property that is a list of
// pages (the event log) is written page by page. Knows no database.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import type { CommittedObject } from '../store/store.ts';
import { decode } from './values.ts';

/** What is written: the value itself, made bytes when it is its turn; undefined removes the key. */
export type Writes = Map<string, unknown>;

export interface WorldObject {
  readonly ref: ManagedObjectReference;
  readonly props: Props;
}

/** Ends the parts of a key: no id and no property name has it. */
const END = '\0';
const OBJECT = 'o';
const PROPERTY = 'p';
/** A property that is a list of pages: their numbers. */
const PAGED = 'q';
const PAGE = 'x';

interface Header {
  readonly type: string;
  /** Objects come back in the order in which they were made. */
  readonly order: number;
}

const isPaged = (value: unknown): value is readonly object[] => Array.isArray(value) && value.length > 0 && value.every((page) => Array.isArray(page));

/** Writes commits under a prefix. Numbers of objects and pages go up for ever. */
export class WorldWriter {
  /** The number of the next object or page; whoever keeps the world keeps it too. */
  next: number;
  private readonly prefix: string;
  private readonly pageNumbers: WeakMap<object, number>;
  private readonly orders = new Map<string, number>();

  constructor(prefix: string, next = 1, pageNumbers = new WeakMap<object, number>()) {
    this.prefix = prefix;
    this.next = next;
    this.pageNumbers = pageNumbers;
  }

  /** Gives objects that are written later their places, before those that are made meanwhile. */
  reserve(ids: Iterable<string>): void {
    for (const id of ids) this.orders.set(id, this.next++);
  }

  /** Adds what the making of an object that `reserve` knows writes. */
  first(writes: Writes, { ref, props }: WorldObject): void {
    writes.set(this.key(OBJECT, ref.value), { type: ref.type, order: this.orders.get(ref.value) ?? this.next++ } satisfies Header);
    this.orders.delete(ref.value);
    for (const [name, value] of Object.entries(props)) this.property(writes, ref.value, name, undefined, value);
  }

  /** Adds what one object's change writes. */
  put(writes: Writes, { id, type, before, after }: CommittedObject): void {
    if (before === undefined) writes.set(this.key(OBJECT, id), { type, order: this.next++ } satisfies Header);
    if (after === undefined) writes.set(this.key(OBJECT, id), undefined);
    for (const name of Object.keys(after ?? {})) {
      if (before === undefined || before[name] !== after![name]) this.property(writes, id, name, before?.[name], after![name]);
    }
    for (const name of Object.keys(before ?? {})) if (after === undefined || !(name in after)) this.property(writes, id, name, before![name], undefined);
  }

  private property(writes: Writes, id: string, name: string, before: unknown, after: unknown): void {
    const old = new Set(isPaged(before) ? before : []);
    const kept = new Set(isPaged(after) ? after : []);
    for (const page of old) if (!kept.has(page)) writes.set(this.pageKey(id, name, page), undefined);
    for (const page of kept) if (!old.has(page)) writes.set(this.pageKey(id, name, page), page);
    if (isPaged(before) || isPaged(after)) writes.set(this.key(PAGED, id, name), isPaged(after) ? after.map((page) => this.numberOf(page)) : undefined);
    if (!isPaged(before) || !isPaged(after)) writes.set(this.key(PROPERTY, id, name), isPaged(after) ? undefined : after);
  }

  private pageKey(id: string, name: string, page: object): string {
    return this.key(PAGE, id, name, String(this.numberOf(page)));
  }

  private numberOf(page: object): number {
    let number = this.pageNumbers.get(page);
    if (number === undefined) this.pageNumbers.set(page, (number = this.next++));
    return number;
  }

  private key(kind: string, ...parts: readonly string[]): string {
    return `${this.prefix}${kind}${parts.join(END)}`;
  }
}

/** Collects the keys of a world, in any order, and puts it together. */
export class WorldReader {
  readonly pageNumbers = new WeakMap<object, number>();
  private readonly headers = new Map<string, Header>();
  private readonly props = new Map<string, Record<string, unknown>>();
  private readonly paged: { readonly id: string; readonly name: string; readonly pages: readonly number[] }[] = [];
  private readonly pages = new Map<string, object>();
  /** Equal values were one value once: thousands of machines share most of what they are. */
  private readonly shared = new Map<string, unknown>();

  /** Takes one key without its prefix. Throws an Error when it makes no sense. */
  take(key: string, bytes: Uint8Array): void {
    const [id = '', name = '', number] = key.slice(1).split(END);
    switch (key[0]) {
      case OBJECT:
        this.headers.set(id, decode(bytes) as Header);
        return;
      case PROPERTY:
        this.propsOf(id)[name] = this.decodeShared(bytes);
        return;
      case PAGED:
        this.paged.push({ id, name, pages: decode(bytes) as readonly number[] });
        return;
      case PAGE: {
        const page = decode(bytes) as object;
        this.pages.set(key.slice(1), page);
        this.pageNumbers.set(page, Number(number));
        return;
      }
      default:
        throw new Error(`unknown key ${JSON.stringify(key)}`);
    }
  }

  /** The objects, oldest first. Throws an Error that names what is missing. */
  world(): readonly WorldObject[] {
    for (const { id, name, pages } of this.paged) {
      this.propsOf(id)[name] = pages.map((number) => {
        const page = this.pages.get([id, name, String(number)].join(END));
        if (!page) throw new Error(`page ${number} of ${id}.${name} is missing`);
        return page;
      });
    }
    for (const id of this.props.keys()) if (!this.headers.has(id)) throw new Error(`object ${id} has properties, but no type`);
    return [...this.headers].sort(([, a], [, b]) => a.order - b.order).map(([id, { type }]) => ({ ref: { type, value: id }, props: this.propsOf(id) }));
  }

  private propsOf(id: string): Record<string, unknown> {
    let props = this.props.get(id);
    if (!props) this.props.set(id, (props = {}));
    return props;
  }

  private decodeShared(bytes: Uint8Array): unknown {
    if (bytes.length > 4096) return decode(bytes);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    let value = this.shared.get(text);
    if (value === undefined) this.shared.set(text, (value = decode(bytes)));
    return value;
  }
}
