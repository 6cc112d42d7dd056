// Views: live lists of objects that belong to a session. A view is computed when it is read, and again only after
// something it was computed from has moved. Making and ending them is the ViewManager's.
import { isSubtype, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import { Dependencies } from './dependencies.ts';
import type { LiveObject, Moment } from './moment.ts';
import type { World } from './world.ts';

/** What lies directly below an inventory object, as container and inventory views count it: properties by type. */
const CHILDREN: readonly (readonly [type: string, properties: readonly string[]])[] = [
  ['Folder', ['childEntity']],
  ['Datacenter', ['vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder']],
  ['ComputeResource', ['host', 'resourcePool']],
  ['ResourcePool', ['resourcePool', 'vm']],
  ['HostSystem', ['vm']],
];

const CHILDREN_OF = new Map<string, readonly string[]>();

function childProperties(type: string): readonly string[] {
  let known = CHILDREN_OF.get(type);
  if (!known) CHILDREN_OF.set(type, (known = CHILDREN.find(([name]) => isSubtype(type, name))?.[1] ?? []));
  return known;
}

/** True when a container view can be made of it. */
export const isContainer = (type: string): boolean => childProperties(type).length > 0;

/** The objects directly below one, in order. What is read is noted. */
export function* childrenOf(world: World, parent: ManagedObjectReference, dependencies?: Dependencies): Iterable<ManagedObjectReference> {
  const object = world.find(parent);
  if (object === undefined) return;
  for (const property of childProperties(object.ref.type)) {
    dependencies?.read(object, property);
    const value = object.props[property] as ManagedObjectReference | readonly ManagedObjectReference[] | undefined;
    if (value === undefined) continue;
    for (const child of Array.isArray(value) ? (value as readonly ManagedObjectReference[]) : [value as ManagedObjectReference]) {
      const found = world.find(child);
      if (found !== undefined) yield found.ref;
    }
  }
}

/** What the views share: the list, when it changed, and how it is kept up to date. */
abstract class LiveView implements LiveObject {
  readonly ref: ManagedObjectReference;
  protected readonly world: World;
  private list: readonly ManagedObjectReference[] | undefined;
  private computedAt: Moment = { store: -1, session: -1 };
  private changedAt: Moment = { store: -1, session: -1 };
  private shown: Props = {};

  constructor(world: World, ref: ManagedObjectReference) {
    this.world = world;
    this.ref = ref;
  }

  get props(): Props {
    this.refresh();
    return this.shown;
  }

  get view(): readonly ManagedObjectReference[] {
    this.refresh();
    return this.list!;
  }

  changedSince(property: string, since: Moment): boolean {
    if (property !== 'view') return false;
    this.refresh();
    return this.changedAt.store > since.store || this.changedAt.session > since.session;
  }

  /** Has the list computed anew at the next reading; call after changing what it is computed from. */
  protected invalidate(): void {
    this.list = undefined;
    this.world.clock.tick();
  }

  protected abstract compute(): readonly ManagedObjectReference[];
  /** True when `compute` may give another list than at `since`. */
  protected abstract moved(since: Moment): boolean;
  /** The properties beside `view`. */
  protected abstract others(): Props;

  private refresh(): void {
    const now = this.world.now();
    if (this.list !== undefined && (now.store === this.computedAt.store || !this.moved(this.computedAt))) return;
    const list = this.compute();
    const before = this.shown['view'] as readonly ManagedObjectReference[] | undefined;
    this.list = list;
    this.computedAt = now;
    if (before !== undefined && sameList(before, list)) {
      this.list = before;
      return;
    }
    this.changedAt = now;
    this.shown = { ...this.others(), view: list };
  }
}

function sameList(a: readonly ManagedObjectReference[], b: readonly ManagedObjectReference[]): boolean {
  return a.length === b.length && a.every((ref, i) => ref.value === b[i]!.value && ref.type === b[i]!.type);
}

/** The objects below a container, all the way down or one step, of the wanted types or all. */
export class ContainerView extends LiveView {
  private readonly container: ManagedObjectReference;
  private readonly types: readonly string[] | undefined;
  private readonly recursive: boolean;
  private present = true;
  private dependencies = new Dependencies();

  constructor(world: World, id: string, container: ManagedObjectReference, types: readonly string[] | undefined, recursive: boolean) {
    super(world, { type: 'ContainerView', value: id });
    this.container = container;
    this.types = types !== undefined && types.length > 0 ? types : undefined;
    this.recursive = recursive;
  }

  protected override compute(): readonly ManagedObjectReference[] {
    this.dependencies = new Dependencies();
    this.present = this.world.find(this.container) !== undefined;
    const seen = new Map<string, ManagedObjectReference>();
    const wanted = new Map<string, boolean>();
    const list: ManagedObjectReference[] = [];
    const pending = [this.container];
    for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
      const below: ManagedObjectReference[] = [];
      for (const child of childrenOf(this.world, parent, this.dependencies)) {
        if (seen.has(child.value) || child.value === this.container.value) continue;
        seen.set(child.value, child);
        if (this.isWanted(child.type, wanted)) list.push(child);
        if (isContainer(child.type)) below.push(child);
      }
      if (this.recursive) pending.push(...below.reverse());
    }
    return list;
  }

  protected override moved(since: Moment): boolean {
    const { store } = this.world;
    if (this.dependencies.movedSince(since, store)) return true;
    return store.inventoryVersion > since.store && (this.world.find(this.container) !== undefined) !== this.present;
  }

  protected override others(): Props {
    return { container: this.container, type: this.types, recursive: this.recursive };
  }

  private isWanted(type: string, known: Map<string, boolean>): boolean {
    if (this.types === undefined) return true;
    let wanted = known.get(type);
    if (wanted === undefined) known.set(type, (wanted = this.types.some((name) => isSubtype(type, name))));
    return wanted;
  }
}

/** The objects a client put in it; destroyed ones drop out. */
export class ListView extends LiveView {
  private readonly members = new Map<string, ManagedObjectReference>();

  constructor(world: World, id: string, objects: readonly ManagedObjectReference[]) {
    super(world, { type: 'ListView', value: id });
    this.add(objects);
  }

  /** Adds and removes; returns the references that lead to no object. */
  modify(add: readonly ManagedObjectReference[], remove: readonly ManagedObjectReference[]): readonly ManagedObjectReference[] {
    for (const { value } of remove) this.members.delete(value);
    const unresolved = this.add(add);
    this.invalidate();
    return unresolved;
  }

  /** Replaces the whole list; returns the references that lead to no object. */
  reset(objects: readonly ManagedObjectReference[]): readonly ManagedObjectReference[] {
    this.members.clear();
    return this.modify(objects, []);
  }

  protected override compute(): readonly ManagedObjectReference[] {
    for (const [id, ref] of this.members) if (this.world.find(ref) === undefined) this.members.delete(id);
    return [...this.members.values()];
  }

  protected override moved(since: Moment): boolean {
    return this.world.store.inventoryVersion > since.store;
  }

  protected override others(): Props {
    return {};
  }

  private add(objects: readonly ManagedObjectReference[]): readonly ManagedObjectReference[] {
    const unresolved: ManagedObjectReference[] = [];
    for (const ref of objects) {
      const found = this.world.find(ref);
      if (found === undefined) unresolved.push(ref);
      else this.members.set(found.ref.value, found.ref);
    }
    return unresolved;
  }
}

/** The inventory as a tree whose nodes a client opens and closes: the root, and what lies below open nodes. */
export class InventoryView extends LiveView {
  private readonly root: ManagedObjectReference;
  private readonly opened = new Set<string>();
  private dependencies = new Dependencies();

  constructor(world: World, id: string, root: ManagedObjectReference) {
    super(world, { type: 'InventoryView', value: id });
    this.root = root;
  }

  /** Shows what is below these; returns those that are not in the view. */
  open(entities: readonly ManagedObjectReference[]): readonly ManagedObjectReference[] {
    return this.change(entities, (id) => this.opened.add(id));
  }

  /** Hides what is below these, and closes it; returns those that are not in the view. */
  close(entities: readonly ManagedObjectReference[]): readonly ManagedObjectReference[] {
    return this.change(entities, (id) => this.shut(id));
  }

  protected override compute(): readonly ManagedObjectReference[] {
    this.dependencies = new Dependencies();
    const list = new Map<string, ManagedObjectReference>();
    const pending = [this.root];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (list.has(next.value) || this.world.find(next) === undefined) continue;
      list.set(next.value, next);
      if (this.opened.has(next.value)) pending.push(...[...childrenOf(this.world, next, this.dependencies)].reverse());
    }
    return [...list.values()];
  }

  protected override moved(since: Moment): boolean {
    return this.dependencies.movedSince(since, this.world.store);
  }

  protected override others(): Props {
    return {};
  }

  private change(entities: readonly ManagedObjectReference[], apply: (id: string) => void): readonly ManagedObjectReference[] {
    const unresolved: ManagedObjectReference[] = [];
    for (const entity of entities) {
      if (this.view.some((ref) => ref.value === entity.value)) apply(entity.value);
      else unresolved.push(entity);
      this.invalidate();
    }
    return unresolved;
  }

  private shut(id: string): void {
    if (!this.opened.delete(id)) return;
    const ref = this.world.store.find(id)?.ref;
    if (ref !== undefined) for (const child of childrenOf(this.world, ref)) this.shut(child.value);
  }
}
