// What changed in one object between two moments, as a filter reports it. Pure: it keeps nothing.
import type { Fault, MissingProperty, ObjectUpdate, PropertyChange } from '../../core/vim25/index.ts';
import type { PropertyValue } from '../../core/vim25/codec/encode.ts';
import { parsePath, pathsOverlap } from '../../core/vim25/path.ts';
import { readPath, type Props, type Readable, type StoredObject } from '../store/object.ts';
import { isLive, type Moment } from './moment.ts';
import type { PlannedPath, PropertyPlan, TypePlan } from './plan.ts';

export interface Question {
  readonly plan: PropertyPlan;
  /** Report the changed part of a property instead of all of it. */
  readonly partial: boolean;
  /** False for what the session lacks the privilege to read. */
  mayRead(object: Readable, planned: PlannedPath): boolean;
  /** Why a property may not be read. */
  refusal(object: Readable, planned: PlannedPath): Fault;
  /** The value as the session sees it. */
  value(object: Readable, planned: PlannedPath): PropertyValue | undefined;
  /** When the value at a path with a key in brackets changed last (version of the store). */
  keyedChangedAt(id: string, path: string): number;
}

/** The update for an object that is new to the client: every set property. */
export function enter(object: Readable, paths: TypePlan, question: Pick<Question, 'mayRead' | 'value' | 'refusal'>): ObjectUpdate {
  const changeSet: PropertyChange[] = [];
  let missingSet: MissingProperty[] | undefined;
  for (const planned of paths) {
    if (!question.mayRead(object, planned)) {
      (missingSet ??= []).push({ path: planned.path, fault: question.refusal(object, planned).localized() });
      continue;
    }
    const val = question.value(object, planned);
    if (val !== undefined) changeSet.push({ name: planned.path, op: 'assign', val });
  }
  return { kind: 'enter', obj: object.ref, changeSet, ...(missingSet ? { missingSet } : {}) };
}

/** The update for an object that the client knows; undefined when nothing it asked for changed. */
export function modify(object: Readable, stored: StoredObject | undefined, since: Moment, question: Question): ObjectUpdate | undefined {
  const paths = question.plan.for(object.ref.type);
  if (paths === null) return undefined;
  const changeSet: PropertyChange[] = [];
  const changed = changedPaths(stored, since);
  for (const planned of paths) {
    if (!question.mayRead(object, planned)) continue;
    if (changed === 'all') changeSet.push(report(planned, object.props));
    else if (isLive(object) && object.changedSince(planned.top, since)) changeSet.push(report(planned, object.props));
    else if (planned.keyed) {
      if (question.keyedChangedAt(object.ref.value, planned.path) > since.store) changeSet.push(report(planned, object.props));
    } else if (changed.length > 0) addChanges(changeSet, object, planned, changed, question);
  }
  return changeSet.length > 0 ? { kind: 'modify', obj: object.ref, changeSet } : undefined;
}

/** 'all' for an object that was removed and made again in between. */
function changedPaths(stored: StoredObject | undefined, since: Moment): readonly string[] | 'all' {
  if (stored === undefined || stored.changedAt <= since.store) return [];
  if (stored.createdAt > since.store) return 'all';
  const paths: string[] = [];
  for (const [path, version] of stored.changes ?? []) if (version > since.store) paths.push(path);
  return paths;
}

function addChanges(into: PropertyChange[], object: Readable, planned: PlannedPath, changed: readonly string[], question: Question): void {
  const relevant = changed.filter((path) => pathsOverlap(path, planned.path));
  if (relevant.length === 0) return;
  const narrower = question.partial && relevant.every((path) => path.startsWith(`${planned.path}.`));
  if (!narrower) {
    into.push(report(planned, object.props));
    return;
  }
  // A path inside another changed path says nothing new, and may be left from before the outer one was replaced.
  const outermost = relevant.filter((path) => !relevant.some((other) => other !== path && path.startsWith(`${other}.`)));
  for (const path of outermost.sort()) {
    const narrow = question.plan.narrow(object.ref.type, path);
    if (narrow) into.push(report(narrow, object.props));
  }
}

/** An unset value is an assign without a value, unless what holds it is gone: then the API speaks of removal. */
function report(planned: PlannedPath, props: Props): PropertyChange {
  const val = planned.value(props);
  if (val !== undefined) return { name: planned.path, op: 'assign', val };
  if (planned.keyed) {
    const last = parsePath(planned.path)!.at(-1)!;
    return { name: planned.path, op: last.kind === 'key' ? 'remove' : 'indirectRemove' };
  }
  const dot = planned.path.lastIndexOf('.');
  const held = dot < 0 || (readPath(props, planned.path.slice(0, dot)) ?? undefined) !== undefined;
  return { name: planned.path, op: held ? 'assign' : 'indirectRemove' };
}
