// A PropertyFilter: what one client watches. Its updates are a function of the collector version asked from.
import { managedType, type Field, type ManagedObjectReference, type MissingObject, type ObjectUpdate, type PropertyFilterSpec } from '../../core/vim25/index.ts';
import type { Readable } from '../store/object.ts';
import { equal } from '../store/difference.ts';
import { enter, modify, type Question } from './difference.ts';
import { Membership } from './membership.ts';
import type { LiveObject, Moment } from './moment.ts';
import { PropertyPlan, type PlannedPath } from './plan.ts';
import { notFound } from './retrieve.ts';
import { Traversal } from './traversal.ts';
import type { World } from './world.ts';

/** Something a filter reports: of a member, or of a starting point that does not exist. */
export type Item = { readonly update: ObjectUpdate } | { readonly missing: MissingObject };

const fieldOf = ({ ref }: Readable, { top }: PlannedPath): Field | undefined => managedType(ref.type)!.byName.get(top);

export class Filter implements LiveObject {
  readonly ref: ManagedObjectReference;
  readonly props: { readonly spec: PropertyFilterSpec; readonly partialUpdates: boolean };
  private readonly world: World;
  private readonly plan: PropertyPlan;
  private readonly membership: Membership;
  private readonly question: Question;
  /** First collector version that contains this filter. */
  private readonly createdAt: number;
  /** Last seen values at paths with keys: the journal tells only that something in their array changed. */
  private readonly keyed = new Map<string, Map<string, { value: unknown; changedAt: number }>>();
  private keyedAt: number;

  /** Throws the faults of a spec that makes no sense, and ManagedObjectNotFound unless missing objects are to be reported. */
  constructor(world: World, id: string, spec: PropertyFilterSpec, partialUpdates: boolean, point: number) {
    this.world = world;
    this.ref = { type: 'PropertyFilter', value: id };
    this.props = { spec, partialUpdates };
    this.createdAt = point;
    this.plan = new PropertyPlan(spec.propSet ?? []);
    this.membership = new Membership(world, this.plan, new Traversal(spec.objectSet ?? []), point);
    const [lost] = this.membership.missing;
    if (lost !== undefined && !spec.reportMissingObjectsInResults) throw notFound(lost);
    this.keyedAt = world.store.version;
    this.question = {
      plan: this.plan,
      partial: partialUpdates,
      mayRead: (object, planned) => world.mayReadAll || world.mayRead(object, fieldOf(object, planned)),
      refusal: (object, planned) => world.refusal(object, fieldOf(object, planned)),
      value: (object, planned) => world.value(object, planned),
      keyedChangedAt: (object, path) => this.keyed.get(object)?.get(path)?.changedAt ?? 0,
    };
    this.noteKeyed(this.membership.now.keys());
  }

  /** Neither property of a filter ever changes. */
  changedSince(): boolean {
    return false;
  }

  get size(): number {
    return this.membership.now.size;
  }

  /** Brings membership up to date; what came or went belongs to the collector version `point`. */
  sync(point: number): void {
    const walked = this.membership.sync(point);
    const { version, journal } = this.world.store;
    if (version === this.keyedAt) return;
    const from = this.keyedAt;
    this.keyedAt = version;
    if (!this.readsKeys()) return;
    if (walked || from < journal.oldest) this.noteKeyed(this.membership.now.keys());
    else this.noteKeyed(this.changedMembers(from));
  }

  /** What a client at collector version `point`, which was current at `since`, does not know yet. */
  itemsAfter(point: number, since: Moment): readonly Item[] {
    if (this.createdAt > point) return this.everything();
    const { membership } = this;
    const moved = membership.changedAfter(point);
    const ids = new Set<string>(this.candidates(since));
    const gone: Item[] = [];
    for (const id of moved) {
      if (membership.now.has(id)) ids.add(id);
      else if (membership.wasMember(id, point)) gone.push({ update: { kind: 'leave', obj: membership.refOf(id) } });
    }
    const members = [...ids].map((id) => membership.now.get(id)!).sort((a, b) => a.index - b.index);
    const items: Item[] = [];
    for (const { ref } of members) {
      const object = this.world.find(ref);
      if (object === undefined) continue;
      const update = membership.wasMember(ref.value, point)
        ? modify(object, this.world.store.find(ref.value), since, this.question)
        : enter(object, this.plan.for(ref.type)!, this.question);
      if (update !== undefined) items.push({ update });
    }
    return gone.length > 0 ? items.concat(gone) : items;
  }

  /** Forgets what only collector versions before `oldest` need. */
  prune(oldest: number): void {
    this.membership.prune(oldest);
  }

  private everything(): readonly Item[] {
    const items: Item[] = [];
    for (const { ref } of this.membership.now.values()) {
      const object = this.world.find(ref);
      if (object !== undefined) items.push({ update: enter(object, this.plan.for(ref.type)!, this.question) });
    }
    for (const obj of this.membership.missing) {
      if (this.world.find(obj) === undefined) items.push({ missing: { obj, fault: notFound(obj).localized() } });
    }
    return items;
  }

  /** Members that may have changed after `since`: from the journal where it reaches back, else all. */
  private *candidates(since: Moment): Iterable<string> {
    const { store, session } = this.world;
    const members = this.membership.now;
    if (since.store < store.journal.oldest) {
      yield* members.keys();
      return;
    }
    yield* this.changedMembers(since.store);
    if (since.session === this.world.clock.now && since.store === store.version) return;
    // The session's own objects have no journal; there are few of them.
    for (const id of session.objects.keys()) if (members.has(id)) yield id;
  }

  private *changedMembers(from: number): Iterable<string> {
    const members = this.membership.now;
    for (const { changes } of this.world.store.journal.since(from)) {
      for (const { ref } of changes) if (members.has(ref.value)) yield ref.value;
    }
  }

  private keyedPaths(type: string): readonly PlannedPath[] {
    return this.plan.for(type)?.filter((planned) => planned.keyed) ?? [];
  }

  private readsKeys(): boolean {
    return this.props.spec.propSet.some((spec) => !spec.all && spec.pathSet?.some((path) => path.includes('[')));
  }

  private noteKeyed(ids: Iterable<string>): void {
    if (!this.readsKeys()) return;
    for (const id of ids) {
      const member = this.membership.now.get(id)!;
      const object = this.world.find(member.ref);
      if (object === undefined) continue;
      let known = this.keyed.get(id);
      if (!known) this.keyed.set(id, (known = new Map()));
      for (const { path, read } of this.keyedPaths(member.ref.type)) {
        const value = read(object.props);
        const last = known.get(path);
        if (last === undefined) known.set(path, { value, changedAt: 0 });
        else if (!equal(last.value, value)) known.set(path, { value, changedAt: this.keyedAt });
      }
    }
  }
}
