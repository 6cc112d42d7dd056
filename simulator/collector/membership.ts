// Which objects a filter holds now and held at earlier versions of its collector. The walk is repeated only when
// something it read has moved.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Readable } from '../store/object.ts';
import { Dependencies } from './dependencies.ts';
import { sameMoment, type Moment } from './moment.ts';
import type { PropertyPlan } from './plan.ts';
import type { Traversal } from './traversal.ts';
import type { World } from './world.ts';

export interface Member {
  readonly ref: ManagedObjectReference;
  /** Place in the order of the walk. */
  readonly index: number;
  /** Number of the first collector version that has it. */
  readonly since: number;
}

/** Numbers of collector versions: in from the first, out from the second. */
type Interval = readonly [from: number, until: number];

export class Membership {
  private readonly world: World;
  private readonly plan: PropertyPlan;
  private readonly traversal: Traversal;
  private members = new Map<string, Member>();
  private dependencies = new Dependencies();
  private synced: Moment;
  private present: readonly boolean[] = [];
  /** Stays that are over, by object id. */
  private readonly past = new Map<string, { ref: ManagedObjectReference; stays: Interval[] }>();
  private events: { readonly point: number; readonly ids: readonly string[] }[] = [];
  /** Starting points that did not exist when the filter was made. */
  readonly missing: readonly ManagedObjectReference[];

  constructor(world: World, plan: PropertyPlan, traversal: Traversal, point: number) {
    this.world = world;
    this.plan = plan;
    this.traversal = traversal;
    this.synced = world.now();
    this.missing = this.walk(point);
  }

  get now(): ReadonlyMap<string, Member> {
    return this.members;
  }

  /** Brings it up to date; what changes counts as part of the collector version `point`. True when it walked. */
  sync(point: number): boolean {
    const now = this.world.now();
    if (sameMoment(now, this.synced)) return false;
    const moved = this.hasMoved(now);
    this.synced = now;
    if (!moved) return false;
    const before = this.members;
    this.walk(point);
    const changed: string[] = [];
    for (const id of this.members.keys()) if (!before.has(id)) changed.push(id);
    for (const [id, member] of before) {
      if (this.members.has(id)) continue;
      changed.push(id);
      const stay: Interval = [member.since, point];
      const past = this.past.get(id);
      if (past) past.stays.push(stay);
      else this.past.set(id, { ref: member.ref, stays: [stay] });
    }
    if (changed.length > 0) this.events.push({ point, ids: changed });
    return true;
  }

  wasMember(id: string, point: number): boolean {
    const member = this.members.get(id);
    if (member !== undefined && member.since <= point) return true;
    return this.past.get(id)?.stays.some(([from, until]) => from <= point && point < until) ?? false;
  }

  /** Ids that came or went in collector versions after `point`. */
  changedAfter(point: number): ReadonlySet<string> {
    const ids = new Set<string>();
    for (let i = this.events.length - 1; i >= 0 && this.events[i]!.point > point; i--) {
      for (const id of this.events[i]!.ids) ids.add(id);
    }
    return ids;
  }

  /** The reference of a present or former member. */
  refOf(id: string): ManagedObjectReference {
    return this.members.get(id)?.ref ?? this.past.get(id)!.ref;
  }

  /** Forgets what only versions before `oldest` need. */
  prune(oldest: number): void {
    const keep = this.events.findIndex((event) => event.point > oldest);
    const gone = keep < 0 ? this.events.splice(0) : this.events.splice(0, keep);
    for (const { ids } of gone) {
      for (const id of ids) {
        const past = this.past.get(id);
        if (past === undefined) continue;
        past.stays = past.stays.filter(([, until]) => until > oldest);
        if (past.stays.length === 0) this.past.delete(id);
      }
    }
  }

  private hasMoved(now: Moment): boolean {
    const { store } = this.world;
    if (this.dependencies.movedSince(this.synced, store)) return true;
    if (now.session !== this.synced.session && this.presence().some((is, i) => is !== this.present[i])) return true;
    return store.inventoryVersion > this.synced.store && this.touched();
  }

  /** True when a member or a starting point was created or removed since the last walk. */
  private touched(): boolean {
    const { journal } = this.world.store;
    if (this.synced.store < journal.oldest) return true;
    const roots = new Set(this.traversal.roots);
    for (const { changes } of journal.since(this.synced.store)) {
      for (const { kind, ref } of changes) {
        if (kind !== 'change' && (roots.has(ref.value) || this.members.has(ref.value))) return true;
      }
    }
    return false;
  }

  private walk(point: number): readonly ManagedObjectReference[] {
    const before = this.members;
    this.dependencies = new Dependencies();
    const { objects, missing } = this.traversal.run(this.world, this.dependencies);
    this.members = new Map();
    for (const [id, object] of objects) {
      if (this.plan.for(object.ref.type) === null) continue;
      this.members.set(id, { ref: object.ref, index: this.members.size, since: before.get(id)?.since ?? point });
    }
    this.present = this.presence();
    return missing;
  }

  private presence(): readonly boolean[] {
    return this.traversal.roots.map((id) => this.find(id) !== undefined);
  }

  private find(id: string): Readable | undefined {
    return this.world.find({ type: '', value: id });
  }
}
