// Reading properties once: RetrieveProperties in all its forms, and the single read that Fetch is.
import {
  fault, managedType, type Field, type ManagedObjectReference, type MissingProperty, type ObjectContent, type PropertyFilterSpec,
} from '../../core/vim25/index.ts';
import type { PropertyValue } from '../../core/vim25/codec/encode.ts';
import type { Context } from '../dispatch/define.ts';
import type { Readable } from '../store/object.ts';
import { invalidProperty, planPath, PropertyPlan, type PlannedPath, type TypePlan } from './plan.ts';
import { Traversal } from './traversal.ts';
import { World } from './world.ts';

interface Content {
  readonly obj: ManagedObjectReference;
  propSet: { name: string; val: PropertyValue }[];
  missingSet: MissingProperty[] | undefined;
}

/**
 * What the specs select, every object once, in the order of the walk. Throws ManagedObjectNotFound for a starting
 * point that does not exist, unless the spec asks to leave those out.
 */
export function retrieve(world: World, specSet: readonly PropertyFilterSpec[]): readonly ObjectContent[] {
  const contents = new Map<string, Content>();
  for (const spec of specSet) {
    const plan = new PropertyPlan(spec.propSet ?? []);
    const { objects, missing } = new Traversal(spec.objectSet ?? []).run(world);
    if (missing.length > 0 && !spec.reportMissingObjectsInResults) throw notFound(missing[0]!);
    for (const [id, object] of objects) {
      const paths = plan.for(object.ref.type);
      if (paths === null) continue;
      const content = read(world, object, paths);
      const known = contents.get(id);
      if (known) merge(known, content);
      else contents.set(id, content);
    }
  }
  return [...contents.values()].map(({ obj, propSet, missingSet }) => ({
    obj,
    propSet: propSet.length > 0 ? propSet : undefined,
    missingSet,
  }));
}

function read(world: World, object: Readable, paths: TypePlan): Content {
  const { ref, props } = object;
  const content: Content = { obj: ref, propSet: [], missingSet: undefined };
  const mayReadAll = world.session.authenticated;
  for (const planned of paths) {
    if (!mayReadAll && !world.mayRead(ref.type, topField(ref, planned))) {
      (content.missingSet ??= []).push({ path: planned.path, fault: notAuthenticated(ref, topField(ref, planned)).localized() });
      continue;
    }
    const val = planned.value(props);
    if (val !== undefined) content.propSet.push({ name: planned.path, val });
  }
  return content;
}

const topField = (ref: ManagedObjectReference, planned: PlannedPath): Field | undefined => managedType(ref.type)!.byName.get(planned.top);

function merge(into: Content, from: Content): void {
  const known = new Set(into.propSet.map((property) => property.name));
  into.propSet = [...into.propSet, ...from.propSet.filter((property) => !known.has(property.name))];
  const absent = new Set(into.missingSet?.map((property) => property.path));
  const more = from.missingSet?.filter((property) => !absent.has(property.path)) ?? [];
  if (more.length > 0) into.missingSet = [...(into.missingSet ?? []), ...more];
}

const notAuthenticated = (object: ManagedObjectReference, field: Field | undefined) =>
  fault('NotAuthenticated', { object, privilegeId: field?.privilege || 'System.Read' }, 'The session is not authenticated.');

export const notFound = (obj: ManagedObjectReference) =>
  fault('ManagedObjectNotFound', { obj }, `The object 'vim.${obj.type}:${obj.value}' has already been deleted or has not been completely created`);

/**
 * The value of one property of the receiver, typed for the wire; undefined when it is unset. Throws InvalidProperty
 * for a name the type does not have.
 */
export function fetchProperty(ctx: Context, property: string): PropertyValue | undefined {
  const { ref, props } = ctx.self;
  const type = managedType(ref.type);
  const field = type?.byName.get(property);
  if (type === undefined || field === undefined) throw invalidProperty(ref.type, property);
  if (!new World(ctx.sim.store, ctx.session).mayRead(ref.type, field)) throw notAuthenticated(ref, field);
  return planPath(type, property).value(props);
}
