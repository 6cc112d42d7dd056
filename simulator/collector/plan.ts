// Which properties a filter reads of which type: PropertySpecs checked once and compiled per actual object type.
import {
  fault, isSubtype, managedType, type Field, type ManagedType, type PropertySpec,
} from '../../core/vim25/index.ts';
import { dataType } from '../../core/vim25/schema.ts';
import { PropertyValue } from '../../core/vim25/codec/encode.ts';
import { getByPath, parsePath, resolveInValues, resolveType } from '../../core/vim25/path.ts';
import type { Props } from '../store/object.ts';

/** One property path of one object type. */
export interface PlannedPath {
  readonly path: string;
  /** The top-level property it begins with. */
  readonly top: string;
  readonly declared: Field;
  /** The path goes through a key in brackets. */
  readonly keyed: boolean;
  /** The plain value in an object's properties; undefined when unset. */
  read(props: Props): unknown;
  /** The value with its type, for the wire; undefined when unset. */
  value(props: Props): PropertyValue | undefined;
}

/** What is read of the objects of one type, in schema order. */
export type TypePlan = readonly PlannedPath[];

/** The compiled propSet of a PropertyFilterSpec. */
export class PropertyPlan {
  private readonly specs: readonly PropertySpec[];
  private readonly byType = new Map<string, TypePlan | null>();
  private readonly narrowed = new Map<string, PlannedPath | null>();

  /** Throws InvalidType for an unknown type and InvalidProperty for a path that the type does not have. */
  constructor(specs: readonly PropertySpec[]) {
    this.specs = specs;
    for (const spec of specs) check(spec);
  }

  /** The plan for objects of exactly this type; null when no PropertySpec names it or a type it inherits from. */
  for(type: string): TypePlan | null {
    let plan = this.byType.get(type);
    if (plan === undefined) this.byType.set(type, (plan = this.compile(type)));
    return plan;
  }

  /** A path inside one that is read: what a partial update reports. Undefined when the type has no such path. */
  narrow(type: string, path: string): PlannedPath | undefined {
    const key = `${type}.${path}`;
    let planned = this.narrowed.get(key);
    if (planned === undefined) {
      const managed = managedType(type)!;
      planned = resolveType(managed, path) === undefined ? null : planPath(managed, path);
      this.narrowed.set(key, planned);
    }
    return planned ?? undefined;
  }

  private compile(type: string): TypePlan | null {
    const applying = this.specs.filter((spec) => isSubtype(type, spec.type));
    if (applying.length === 0) return null;
    const managed = managedType(type)!;
    const names = managed.properties.map((property) => property.name);
    const paths = new Set<string>(applying.some((spec) => spec.all) ? names : []);
    for (const spec of applying) if (!spec.all) for (const path of spec.pathSet ?? []) paths.add(path);
    const order = new Map(names.map((name, index) => [name, index]));
    const plan = [...paths].map((path) => planPath(managed, path));
    return plan.sort((a, b) => order.get(a.top)! - order.get(b.top)!);
  }
}

const PLANS = new Map<string, { readonly plan: PropertyPlan; uses: number }>();
const KEPT_PLANS = 200;

/**
 * The plan of a propSet, shared by everybody who reads the same: clients ask the same few questions again and again.
 * `again` is true when it was asked before. Throws as the constructor does.
 */
export function sharedPlan(specs: readonly PropertySpec[]): { readonly plan: PropertyPlan; readonly again: boolean } {
  const key = JSON.stringify(specs);
  let entry = PLANS.get(key);
  if (entry) PLANS.delete(key);
  else entry = { plan: new PropertyPlan(specs), uses: 0 };
  PLANS.set(key, entry);
  if (PLANS.size > KEPT_PLANS) PLANS.delete(PLANS.keys().next().value!);
  entry.uses += 1;
  return { plan: entry.plan, again: entry.uses > 1 };
}

function check(spec: PropertySpec): void {
  const type = managedType(spec.type);
  if (type === undefined) throw invalidType(spec.type);
  if (spec.all) return;
  for (const path of spec.pathSet ?? []) if (resolveType(type, path) === undefined) throw invalidProperty(spec.type, path);
}

export const invalidType = (type: string) =>
  fault('InvalidType', { argument: type }, `The type "${type}" is not a managed object type of this API.`);

export const invalidProperty = (type: string, path: string) =>
  fault('InvalidProperty', { name: path }, `The property "${path}" is not a property of ${type}.`);

/** Compiles one path of a type that is known to have it. */
export function planPath(type: ManagedType, path: string): PlannedPath {
  const declared = resolveType(type, path)!;
  const steps = parsePath(path)!;
  const read = reader(path, steps.map((step) => step.text), steps.some((step) => step.kind === 'key'));
  const certain = steps.length === 1 || isDeclaredThroughout(type, path);
  return {
    path,
    top: steps[0]!.text,
    declared,
    keyed: steps.some((step) => step.kind === 'key'),
    read,
    value(props) {
      const value = read(props);
      if (value === undefined) return undefined;
      const field = certain ? declared : resolveInValues(type, props, path);
      // An empty enum has no spelling on the wire: it is as good as unset.
      if (field === undefined || (value === '' && field.kind === 'enum')) return undefined;
      return new PropertyValue(field, value);
    },
  };
}

function reader(path: string, names: readonly string[], keyed: boolean): (props: Props) => unknown {
  if (keyed) return (props) => getByPath(props, path) ?? undefined;
  const [first, second] = names as [string, string?];
  if (names.length === 1) return (props) => props[first] ?? undefined;
  if (names.length === 2) {
    return (props) => (props[first] as Record<string, unknown> | null | undefined)?.[second!] ?? undefined;
  }
  return (props) => {
    let value: unknown = props;
    for (const name of names) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as Record<string, unknown>)[name];
    }
    return value ?? undefined;
  };
}

/** True when every step is a field of the declared type itself, so that the value's own type does not matter. */
function isDeclaredThroughout(type: ManagedType, path: string): boolean {
  let field: Field | undefined;
  for (const step of parsePath(path)!) {
    if (step.kind === 'key') continue;
    field = field === undefined ? type.byName.get(step.text) : dataType(field.type)?.byName.get(step.text);
    if (field === undefined) return false;
  }
  return true;
}
