// Which objects a filter selects: SelectionSpecs resolved into a graph once, then walked over the world.
// It reads no properties for the client; plan.ts does.
import {
  fault, isReference, isSubtype, managedType, type ManagedObjectReference, type ObjectSpec, type SelectionSpec, type TraversalSpec,
} from '../../core/vim25/index.ts';
import { resolveType } from '../../core/vim25/path.ts';
import type { Props, Readable } from '../store/object.ts';
import type { Dependencies } from './dependencies.ts';
import { invalidProperty, invalidType, planPath, type PlannedPath } from './plan.ts';
import type { World } from './world.ts';

interface Step {
  readonly spec: TraversalSpec;
  /** Filled once all names are known: a step may lead back to itself. */
  readonly next: Step[];
  /** How objects of an actual type are stepped through; null when the step is not for them. */
  readonly readers: Map<string, PlannedPath | null>;
}

interface Start {
  readonly obj: ManagedObjectReference;
  readonly skip: boolean;
  readonly next: readonly Step[];
}

interface Visit {
  readonly object: Readable;
  readonly skip: boolean;
  readonly next: readonly Step[];
}

export interface Selected {
  /** By id, in the order of the walk. */
  readonly objects: Map<string, Readable>;
  /** Starting points that do not exist. */
  readonly missing: readonly ManagedObjectReference[];
}

const isTraversal = (spec: SelectionSpec): spec is TraversalSpec => spec._type === 'TraversalSpec' || 'path' in spec;

/** The compiled objectSet of a PropertyFilterSpec. */
export class Traversal {
  private readonly starts: readonly Start[];

  /** Throws InvalidType, InvalidProperty, or InvalidArgument for a name that no TraversalSpec has. */
  constructor(objectSet: readonly ObjectSpec[]) {
    const steps = new Map<TraversalSpec, Step>();
    const everywhere = new Map<string, Step>();
    const scopes = objectSet.map((start) => {
      const names = new Map<string, Step>();
      collect(start.selectSet, steps, names);
      for (const [name, step] of names) if (!everywhere.has(name)) everywhere.set(name, step);
      return names;
    });
    this.starts = objectSet.map((start, index) => {
      const link = (selectSet: readonly SelectionSpec[] | undefined, at: string): Step[] =>
        (selectSet ?? []).map((spec) => {
          if (!isTraversal(spec)) {
            const named = scopes[index]!.get(spec.name ?? '') ?? everywhere.get(spec.name ?? '');
            if (named) return named;
            throw fault('InvalidArgument', { invalidProperty: `${at}.selectSet.name` }, `No TraversalSpec of this filter is named "${spec.name ?? ''}".`);
          }
          const step = steps.get(spec)!;
          if (step.next.length === 0) step.next.push(...link(spec.selectSet, at));
          return step;
        });
      return { obj: start.obj, skip: start.skip ?? false, next: link(start.selectSet, 'objectSet') };
    });
  }

  /** The ids of the starting points. */
  get roots(): readonly string[] {
    return this.starts.map((start) => start.obj.value);
  }

  /** Walks depth first; every object once, and no step twice from the same object, so that cycles end. */
  run(world: World, dependencies?: Dependencies): Selected {
    const objects = new Map<string, Readable>();
    const missing: ManagedObjectReference[] = [];
    const walked = new Map<Step, Set<string>>();
    for (const start of this.starts) {
      const object = world.reach(start.obj);
      if (object === undefined) {
        missing.push(start.obj);
        continue;
      }
      const stack: Visit[] = [{ object, skip: start.skip, next: start.next }];
      for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
        const { ref } = visit.object;
        if (!visit.skip && !objects.has(ref.value)) objects.set(ref.value, visit.object);
        for (let i = visit.next.length - 1; i >= 0; i--) {
          expand(visit.object, visit.next[i]!, world, walked, stack, dependencies);
        }
      }
    }
    return { objects, missing };
  }
}

function collect(selectSet: readonly SelectionSpec[] | undefined, steps: Map<TraversalSpec, Step>, names: Map<string, Step>): void {
  for (const spec of selectSet ?? []) {
    if (!isTraversal(spec)) continue;
    const step: Step = { spec, next: [], readers: new Map() };
    check(spec);
    steps.set(spec, step);
    if (spec.name && !names.has(spec.name)) names.set(spec.name, step);
    collect(spec.selectSet, steps, names);
  }
}

function check(spec: TraversalSpec): void {
  const type = managedType(spec.type);
  if (type === undefined) throw invalidType(spec.type);
  const field = resolveType(type, spec.path);
  if (field === undefined || (field.kind !== 'managed' && field.type !== 'anyType')) throw invalidProperty(spec.type, spec.path);
}

function readerFor(step: Step, type: string): PlannedPath | null {
  let reader = step.readers.get(type);
  if (reader === undefined) {
    reader = isSubtype(type, step.spec.type) ? planPath(managedType(type)!, step.spec.path) : null;
    step.readers.set(type, reader);
  }
  return reader;
}

function expand(
  object: Readable, step: Step, world: World, walked: Map<Step, Set<string>>, stack: Visit[], dependencies: Dependencies | undefined,
): void {
  const reader = readerFor(step, object.ref.type);
  if (reader === null) return;
  let seen = walked.get(step);
  if (!seen) walked.set(step, (seen = new Set()));
  if (seen.has(object.ref.value)) return;
  seen.add(object.ref.value);
  if (!world.mayRead(object, managedType(object.ref.type)!.byName.get(reader.top))) return;
  dependencies?.read(object, reader.top);
  const found = referencesAt(reader, object.props);
  const skip = step.spec.skip ?? false;
  for (let i = found.length - 1; i >= 0; i--) {
    const target = found[i];
    const next = isReference(target) ? world.find(target) : undefined;
    if (next !== undefined) stack.push({ object: next, skip, next: step.next });
  }
}

function referencesAt(reader: PlannedPath, props: Props): readonly unknown[] {
  const value = reader.read(props);
  return Array.isArray(value) ? value : [value];
}
