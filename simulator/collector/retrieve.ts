// Reading properties once: RetrieveProperties in all its forms, and the single read that Fetch is.
import {
  fault, managedType, type Field, type ManagedObjectReference, type MissingProperty, type ObjectContent, type PropertyFilterSpec,
} from '../../core/vim25/index.ts';
import { KEEP, type PropertyValue } from '../../core/vim25/codec/encode.ts';
import type { Context } from '../dispatch/define.ts';
import type { Props, Readable } from '../store/object.ts';
import { invalidProperty, planPath, sharedPlan, type PlannedPath, type TypePlan } from './plan.ts';
import { Traversal } from './traversal.ts';
import { World } from './world.ts';

interface Content {
  readonly obj: ManagedObjectReference;
  readonly propSet: readonly { readonly name: string; readonly val: PropertyValue }[] | undefined;
  readonly missingSet: readonly MissingProperty[] | undefined;
}

/**
 * What the specs select, every object once, in the order of the walk. Throws ManagedObjectNotFound for a starting
 * point that does not exist, unless the spec asks to leave those out.
 */
export function retrieve(world: World, specSet: readonly PropertyFilterSpec[]): readonly ObjectContent[] {
  const contents = new Map<string, Content>();
  for (const spec of specSet) {
    const { plan, again } = sharedPlan(spec.propSet ?? []);
    const { objects, missing } = new Traversal(spec.objectSet ?? []).run(world);
    if (missing.length > 0 && !spec.reportMissingObjectsInResults) throw notFound(missing[0]!);
    for (const [id, object] of objects) {
      const paths = plan.for(object.ref.type);
      if (paths === null) continue;
      const content = again && world.mayReadAll ? kept(world, object, paths) : read(world, object, paths);
      const known = contents.get(id);
      contents.set(id, known ? merge(known, content) : content);
    }
  }
  return [...contents.values()];
}

interface Kept {
  contents: WeakMap<Props, Content>;
  size: number;
}

/** What plans that are asked for again gave for an object as it is: its properties never change, they are replaced. */
const KEPT = new WeakMap<TypePlan, Kept>();
/** Property values kept for one plan; more are forgotten all at once. */
const MOST_KEPT = 400_000;

/** The content of an object, the same value as long as the object does not change, so that its XML can be kept too. */
function kept(world: World, object: Readable, paths: TypePlan): Content {
  let known = KEPT.get(paths);
  if (!known) KEPT.set(paths, (known = { contents: new WeakMap(), size: 0 }));
  let content = known.contents.get(object.props);
  if (content) return content;
  content = Object.assign(read(world, object, paths), { [KEEP]: true });
  known.size += paths.length;
  if (known.size > MOST_KEPT) {
    known.contents = new WeakMap();
    known.size = paths.length;
  }
  known.contents.set(object.props, content);
  return content;
}

function read(world: World, object: Readable, paths: TypePlan): Content {
  const { ref, props } = object;
  const propSet: { name: string; val: PropertyValue }[] = [];
  let missingSet: MissingProperty[] | undefined;
  const { mayReadAll } = world;
  for (const planned of paths) {
    if (!mayReadAll && !world.mayRead(object, topField(ref, planned))) {
      (missingSet ??= []).push({ path: planned.path, fault: world.refusal(object, topField(ref, planned)).localized() });
      continue;
    }
    const val = mayReadAll ? planned.value(props) : world.value(object, planned);
    if (val !== undefined) propSet.push({ name: planned.path, val });
  }
  return { obj: ref, propSet: propSet.length > 0 ? propSet : undefined, missingSet };
}

const topField = (ref: ManagedObjectReference, planned: PlannedPath): Field | undefined => managedType(ref.type)!.byName.get(planned.top);

function merge(one: Content, other: Content): Content {
  const known = new Set(one.propSet?.map((property) => property.name));
  const more = other.propSet?.filter((property) => !known.has(property.name)) ?? [];
  const absent = new Set(one.missingSet?.map((property) => property.path));
  const moreMissing = other.missingSet?.filter((property) => !absent.has(property.path)) ?? [];
  return {
    obj: one.obj,
    propSet: more.length === 0 ? one.propSet : [...(one.propSet ?? []), ...more],
    missingSet: moreMissing.length === 0 ? one.missingSet : [...(one.missingSet ?? []), ...moreMissing],
  };
}

export const notFound = (obj: ManagedObjectReference) =>
  fault('ManagedObjectNotFound', { obj }, `The object 'vim.${obj.type}:${obj.value}' has already been deleted or has not been completely created`);

/**
 * The value of one property of the receiver, typed for the wire; undefined when it is unset. Throws InvalidProperty
 * for a name the type does not have.
 */
export function fetchProperty(ctx: Context, property: string): PropertyValue | undefined {
  const { ref } = ctx.self;
  const type = managedType(ref.type);
  const field = type?.byName.get(property);
  if (type === undefined || field === undefined) throw invalidProperty(ref.type, property);
  const world = new World(ctx.sim.store, ctx.session);
  if (!world.mayRead(ctx.self, field)) throw world.refusal(ctx.self, field);
  return world.value(ctx.self, planPath(type, property));
}
