// What the two history collectors share: a place in a growing list of items, pages read from there in both directions,
// and the newest items as a live property. They belong to a session. What the items are is event- and task-history.ts.
import { fault, managedType, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { notFound } from '../collector/retrieve.ts';
import type { LiveObject, Moment } from '../collector/moment.ts';
import { World } from '../collector/world.ts';
import type { Context } from '../dispatch/define.ts';
import type { Props } from '../store/object.ts';
import { sessionId } from './property-collector.ts';

/** Items with ascending numbers, as of now. */
export interface History<T> {
  /** Matching items with a number above `after`, oldest first. */
  oldestFirst(after: number): Iterable<T>;
  /** Matching items with a number of at most `upTo`, newest first. */
  newestFirst(upTo: number): Iterable<T>;
  numberOf(item: T): number;
  /** Another value whenever an item came, went or changed. */
  state(): unknown;
}

/** The most that one page has. */
export const MOST = 1000;
const DEFAULT_PAGE = 10;

export class HistoryCollector<T> implements LiveObject {
  readonly ref: ManagedObjectReference;
  private readonly world: World;
  private readonly history: History<T>;
  private readonly shown: Props;
  /** Items up to this number lie before the place of reading. */
  private place = 0;
  private size: number;
  private page: readonly T[] | undefined;
  private pageOf: unknown;
  private changedAt: Moment = { store: -1, session: -1 };

  constructor(world: World, ref: ManagedObjectReference, history: History<T>, { filter, size }: { filter: unknown; size?: number }) {
    this.world = world;
    this.ref = ref;
    this.history = history;
    this.size = size ?? DEFAULT_PAGE;
    this.shown = managedType(ref.type)!.byName.has('initialized') ? { filter, initialized: true } : { filter };
  }

  get props(): Props {
    return { ...this.shown, latestPage: this.latest() };
  }

  changedSince(property: string, since: Moment): boolean {
    if (property !== 'latestPage') return false;
    this.latest();
    return this.changedAt.store > since.store || this.changedAt.session > since.session;
  }

  readNext(maxCount: number): readonly T[] | undefined {
    return this.take(this.history.oldestFirst(this.place), maxCount, (last) => this.history.numberOf(last));
  }

  readPrevious(maxCount: number): readonly T[] | undefined {
    return this.take(this.history.newestFirst(this.place), maxCount, (last) => this.history.numberOf(last) - 1);
  }

  /** To the oldest item. */
  rewind(): void {
    this.place = 0;
  }

  /** To the item before the latest page. */
  reset(): void {
    const oldest = this.latest().at(-1);
    if (oldest !== undefined) this.place = this.history.numberOf(oldest) - 1;
    else for (const newest of first(this.history.newestFirst(Infinity), 1)) this.place = this.history.numberOf(newest);
  }

  setPageSize(size: number): void {
    this.size = pageSize(size);
    this.page = undefined;
    this.world.clock.tick();
  }

  /** The newest items, newest first. */
  private latest(): readonly T[] {
    const state = this.history.state();
    if (this.page !== undefined && state === this.pageOf) return this.page;
    const before = this.page;
    const page = first(this.history.newestFirst(Infinity), this.size);
    this.pageOf = state;
    if (before !== undefined && before.length === page.length && page.every((item, i) => item === before[i])) return before;
    this.page = page;
    this.changedAt = this.world.now();
    return page;
  }

  private take(items: Iterable<T>, maxCount: number, placeAfter: (last: T) => number): readonly T[] | undefined {
    const taken = first(items, pageSize(maxCount));
    const last = taken.at(-1);
    if (last === undefined) return undefined;
    this.place = placeAfter(last);
    return taken;
  }
}

function first<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  if (count <= 0) return taken;
  for (const item of items) if (taken.push(item) >= count) break;
  return taken;
}

function pageSize(maxCount: number): number {
  if (maxCount >= 1) return Math.min(maxCount, MOST);
  throw fault('InvalidArgument', { invalidProperty: 'maxCount' }, `A specified parameter was not correct: maxCount is ${maxCount}; it must be 1 or more.`);
}

/** Makes a collector of the session. Throws InvalidState when the session has as many as the manager allows. */
export function keepCollector<T>(ctx: Context, type: string, history: History<T>, options: { filter: unknown; size?: number }): ManagedObjectReference {
  const { session, self } = ctx;
  const most = Number(self.props['maxCollector']);
  const open = [...session.objects.values()].filter(({ ref }) => ref.type === type).length;
  if (open >= most) throw fault('InvalidState', {}, `The session has ${open} history collectors of this kind, which is the most: destroy one with DestroyCollector.`);
  const world = new World(ctx.sim.store, session);
  const made = new HistoryCollector(world, { type, value: sessionId(ctx) }, history, options);
  session.objects.set(made.ref.value, made);
  world.clock.tick();
  return made.ref;
}

/** The collector that a call went to. */
export function collectorOf<T>({ session, self }: Context): HistoryCollector<T> {
  const found = session.objects.get(self.ref.value);
  if (found instanceof HistoryCollector) return found as HistoryCollector<T>;
  throw notFound(self.ref);
}
