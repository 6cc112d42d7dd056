// A property collector of one session: its filters, the versions it has handed out, and answers given in parts.
// Waiting is wait.ts's.
import {
  fault, type ManagedObjectReference, type ObjectContent, type PropertyFilterSpec, type PropertyFilterUpdate, type RetrieveResult, type UpdateSet,
} from '../../core/vim25/index.ts';
import type { Session } from '../dispatch/sessions.ts';
import { Filter, type Item } from './filter.ts';
import { sameMoment, type LiveObject, type Moment } from './moment.ts';
import { Pages } from './pages.ts';
import { retrieve } from './retrieve.ts';
import type { World } from './world.ts';

/** Versions that stay valid: the newest ones, far more than the last and the one before that a lost reply needs. */
const KEPT_VERSIONS = 32;
const KEPT_UPDATE_PAGES = 8;
const KEPT_RETRIEVALS = 100;

const BEFORE_EVERYTHING: Moment = { store: -1, session: -1 };

export class Collector implements LiveObject {
  readonly ref: ManagedObjectReference;
  readonly world: World;
  /** Ends every wait on this collector. */
  readonly waits = new Set<(why: 'canceled' | 'gone') => void>();
  private readonly filters = new Map<string, Filter>();
  private filtersChangedAt: number;
  /** The moment each version stands for, by number; moved forward while nothing that matters happens. */
  private readonly points = new Map<number, Moment>();
  private newest = 0;
  private readonly updates = new Pages<readonly [Filter, Item]>(KEPT_UPDATE_PAGES);
  private readonly retrievals = new Pages<ObjectContent>(KEPT_RETRIEVALS);

  constructor(world: World, ref: ManagedObjectReference) {
    this.world = world;
    this.ref = ref;
    this.filtersChangedAt = world.clock.now;
  }

  get props() {
    return { filter: [...this.filters.values()].map((filter) => filter.ref) };
  }

  changedSince(_property: string, since: Moment): boolean {
    return this.filtersChangedAt > since.session;
  }

  // ---- filters -----------------------------------------------------------------------------------------------

  createFilter(id: string, spec: PropertyFilterSpec, partialUpdates: boolean): Filter {
    const filter = new Filter(this.world, id, spec, partialUpdates, this.newest + 1);
    this.filters.set(id, filter);
    this.world.session.objects.set(id, filter);
    this.filtersChangedAt = this.world.clock.tick();
    return filter;
  }

  /** False when the filter is not of this collector. */
  destroyFilter(id: string): boolean {
    if (!this.filters.delete(id)) return false;
    this.world.session.objects.delete(id);
    this.filtersChangedAt = this.world.clock.tick();
    return true;
  }

  /** Ends waits and filters. */
  dispose(): void {
    for (const end of [...this.waits]) end('gone');
    for (const id of [...this.filters.keys()]) this.destroyFilter(id);
    this.updates.clear();
    this.retrievals.clear();
  }

  // ---- updates -----------------------------------------------------------------------------------------------

  /**
   * What a client at `version` ('' for the beginning) does not know yet; undefined when it knows everything.
   * Asking again from a version repeats the answer, with what happened since. Throws InvalidCollectorVersion.
   */
  update(version: string, maxUpdates: number | undefined): UpdateSet | undefined {
    const target = Number.parseInt(version, 10);
    const more = this.updates.next(version, `${target}.`, { size: maxUpdates });
    if (more) return this.updateSet(more.items, more.next, target);
    const point = this.pointOf(version);
    const since = this.points.get(point) ?? BEFORE_EVERYTHING;
    const items: (readonly [Filter, Item])[] = [];
    for (const filter of this.filters.values()) {
      filter.sync(this.newest + 1);
      for (const item of filter.itemsAfter(point, since)) items.push([filter, item]);
    }
    const now = this.world.now();
    if (items.length === 0) {
      if (point > 0) this.points.set(point, now);
      return undefined;
    }
    const next = this.pointAt(now);
    const page = this.updates.first(items, maxUpdates, `${next}.`);
    return this.updateSet(page.items, page.next, next);
  }

  private updateSet(items: readonly (readonly [Filter, Item])[], next: string | undefined, target: number): UpdateSet {
    const sets = new Map<Filter, { objectSet: NonNullable<PropertyFilterUpdate['objectSet']>[number][]; missingSet: NonNullable<PropertyFilterUpdate['missingSet']>[number][] }>();
    for (const [filter, item] of items) {
      let set = sets.get(filter);
      if (!set) sets.set(filter, (set = { objectSet: [], missingSet: [] }));
      if ('update' in item) set.objectSet.push(item.update);
      else set.missingSet.push(item.missing);
    }
    const filterSet = [...sets].map(([filter, { objectSet, missingSet }]) => ({
      filter: filter.ref,
      objectSet: objectSet.length > 0 ? objectSet : undefined,
      missingSet: missingSet.length > 0 ? missingSet : undefined,
    }));
    return { version: next ?? String(target), filterSet, truncated: next === undefined ? undefined : true };
  }

  private pointOf(version: string): number {
    if (version === '') return 0;
    const point = /^[1-9]\d{0,14}$/.test(version) ? Number(version) : -1;
    if (this.points.has(point)) return point;
    throw fault('InvalidCollectorVersion', {}, `The version "${version}" is not one that this property collector gave out lately. Begin again with an empty version.`);
  }

  private pointAt(now: Moment): number {
    const last = this.points.get(this.newest);
    if (last !== undefined && sameMoment(last, now)) return this.newest;
    this.newest += 1;
    this.points.set(this.newest, now);
    if (this.points.size > KEPT_VERSIONS) {
      this.points.delete(this.points.keys().next().value!);
      const oldest = this.points.keys().next().value!;
      for (const filter of this.filters.values()) filter.prune(oldest);
    }
    return this.newest;
  }

  // ---- retrieval ---------------------------------------------------------------------------------------------

  /** RetrievePropertiesEx; undefined when nothing is selected. */
  retrieve(specSet: readonly PropertyFilterSpec[], maxObjects: number | undefined): RetrieveResult | undefined {
    const contents = retrieve(this.world, specSet);
    if (contents.length === 0) return undefined;
    const page = this.retrievals.first(contents, maxObjects, 'retrieve-');
    return { token: page.next, objects: page.items };
  }

  /** The next part of a retrieval; a token serves once. */
  continueRetrieve(token: string): RetrieveResult {
    const page = this.retrievals.next(token, 'retrieve-');
    if (page === undefined) throw unknownToken(token);
    this.retrievals.drop(token);
    return { token: page.next, objects: page.items };
  }

  /** Forgets the rest of a retrieval. */
  cancelRetrieve(token: string): void {
    if (!this.retrievals.drop(token)) throw unknownToken(token);
  }
}

const unknownToken = (token: string) =>
  fault('InvalidArgument', { invalidProperty: 'token' }, `There is nothing left to retrieve for the token "${token}".`);

/** The collector of a session behind a reference: the session's own, or its side of the one everybody shares. */
export function collectorOf(world: World, ref: ManagedObjectReference): Collector {
  const { session } = world;
  const known = session.objects.get(ref.value);
  if (known instanceof Collector) return known;
  const made = new Collector(world, ref);
  if (session.authenticated) session.objects.set(ref.value, made);
  return made;
}

/** The collector of the session that has this filter. */
export function collectorWith(session: Session, filter: ManagedObjectReference): Collector | undefined {
  for (const object of session.objects.values()) {
    if (object instanceof Collector && object.props.filter.some((ref) => ref.value === filter.value)) return object;
  }
  return undefined;
}
