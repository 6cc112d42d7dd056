// Property paths: `config.hardware.device[4000].backing`, `config.extraConfig["key"]`. Parses, compares and follows
// them; knows nothing of filters or of the store.
import type { DataType, Field, ManagedType } from './schema.ts';
import { dataType, isSubtype, typeNames } from './schema.ts';
import { isReference } from './reference.ts';
import { typeOf } from './values.ts';

/** A field name, or a key in brackets that picks one item of the array before it. */
export interface PathStep {
  readonly kind: 'name' | 'key';
  readonly text: string;
}

const STEP = /(?:^|\.)([A-Za-z_]\w*)|\[(?:"((?:[^"\\]|\\["\\])*)"|([^\]["]+))\]/gy;

const parsed = new Map<string, readonly PathStep[] | null>();
const REMEMBERED = 10_000;

/** The steps of a path, or null when it is not one. '' has no steps: the object as a whole. */
export function parsePath(path: string): readonly PathStep[] | null {
  let steps = parsed.get(path);
  if (steps === undefined) {
    steps = scan(path);
    if (parsed.size >= REMEMBERED) parsed.clear();
    parsed.set(path, steps);
  }
  return steps;
}

function scan(path: string): readonly PathStep[] | null {
  const steps: PathStep[] = [];
  let at = 0;
  if (path.startsWith('.')) return null;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (!match) return null;
    const [all, name, quoted, bare] = match;
    if (name !== undefined) steps.push({ kind: 'name', text: name });
    else {
      const key = quoted === undefined ? bare! : quoted.replace(/\\(["\\])/g, '$1');
      if (steps.length === 0 || steps.at(-1)!.kind === 'key') return null;
      steps.push({ kind: 'key', text: key });
    }
    at += all.length;
  }
  return steps;
}

/** Writes steps as a path; keys are bare when they are numbers and quoted otherwise. */
export function formatPath(steps: readonly PathStep[]): string {
  let out = '';
  for (const { kind, text } of steps) {
    if (kind === 'name') out += out === '' ? text : `.${text}`;
    else out += /^-?\d+$/.test(text) ? `[${text}]` : `["${text.replace(/["\\]/g, '\\$&')}"]`;
  }
  return out;
}

/** True when one path is the other or lies inside it: a change of one is seen through the other. */
export function pathsOverlap(a: string, b: string): boolean {
  if (a === b || a === '' || b === '') return true;
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (!shorter.includes('[') && !longer.includes('[')) return longer.startsWith(shorter) && longer[shorter.length] === '.';
  const [left, right] = [parsePath(a), parsePath(b)];
  if (!left || !right) return longer.startsWith(shorter) && /[.[]/.test(longer[shorter.length] ?? '');
  const common = Math.min(left.length, right.length);
  for (let i = 0; i < common; i++) if (left[i]!.kind !== right[i]!.kind || left[i]!.text !== right[i]!.text) return false;
  return true;
}

const resolved = new WeakMap<ManagedType, Map<string, Field | null>>();

/**
 * The declared Field of what a path of this managed object yields; undefined when there is none. A field that only
 * subtypes of a declared type have is found too: which objects really have it, only the values tell.
 */
export function resolveType(type: ManagedType, path: string): Field | undefined {
  let known = resolved.get(type);
  if (!known) resolved.set(type, (known = new Map()));
  let field = known.get(path);
  if (field === undefined) {
    if (known.size >= REMEMBERED) known.clear();
    known.set(path, (field = resolve(type, path) ?? null));
  }
  return field ?? undefined;
}

function resolve(type: ManagedType, path: string): Field | undefined {
  const [first, ...rest] = parsePath(path) ?? [];
  const start = first && type.byName.get(first.text);
  // Sibling subtypes may declare one name differently, so every candidate is followed.
  let candidates: readonly Field[] = start ? [start] : [];
  for (const step of rest) {
    candidates = candidates.flatMap((field) => {
      if (step.kind === 'key') return field.array ? [itemField(field)] : [];
      return field.kind === 'data' && !field.array ? fieldsOfSubtypes(field.type, step.text) : [];
    });
  }
  return candidates[0];
}

const itemField = (field: Field): Field => ({ ...field, array: false, optional: true });

function fieldsOfSubtypes(declared: string, name: string): readonly Field[] {
  const direct = dataType(declared)?.byName.get(name);
  if (direct) return [direct];
  const found = new Map<string, Field>();
  for (const subtype of subtypesOf(declared)) {
    const field = subtype.byName.get(name);
    if (field) found.set(`${field.type} ${field.array}`, field);
  }
  return [...found.values()];
}

/**
 * The Field of what a path yields in these properties, by the actual types of the values on the way; undefined when
 * the path leads nowhere in them. Where nothing is set on the way, the declared types decide.
 */
export function resolveInValues(type: ManagedType, props: Readonly<Record<string, unknown>>, path: string): Field | undefined {
  const declared = resolveType(type, path);
  if (!declared) return undefined;
  let field: Field | undefined;
  let value: unknown = props;
  for (const step of parsePath(path)!) {
    if (step.kind === 'key') {
      field = field && itemField(field);
      value = Array.isArray(value) ? itemByKey(value, step.text) : undefined;
      continue;
    }
    if (value === undefined || value === null) return declared;
    field = field ? dataType(typeOf(value) ?? field.type)?.byName.get(step.text) : type.byName.get(step.text);
    if (!field) return undefined;
    value = (value as Record<string, unknown>)[step.text];
  }
  return field;
}

const subtypes = new Map<string, readonly DataType[]>();

function subtypesOf(declared: string): readonly DataType[] {
  let found = subtypes.get(declared);
  if (!found) {
    const names = typeNames('data').filter((name) => name !== declared && isSubtype(name, declared));
    subtypes.set(declared, (found = names.map((name) => dataType(name)!)));
  }
  return found;
}

/** What a path yields from an object's properties; undefined when unset or when a key picks nothing. */
export function getByPath(props: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = props;
  for (const step of parsePath(path) ?? [{ kind: 'name', text: path } as const]) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (step.kind === 'key') value = Array.isArray(value) ? itemByKey(value, step.text) : undefined;
    else value = !Array.isArray(value) && Object.hasOwn(value, step.text) ? (value as Record<string, unknown>)[step.text] : undefined;
  }
  return value;
}

/** The item of an array that a key in brackets means: by its `key` field, its reference id, or itself when plain. */
export function itemByKey(items: readonly unknown[], key: string): unknown {
  return items.find((item) => keyOfItem(item) === key);
}

/** The key by which an item of an array is picked; undefined when it has none. */
export function keyOfItem(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return String(item);
  if (isReference(item)) return item.value;
  const key = (item as { key?: unknown }).key;
  if (isReference(key)) return key.value;
  return key === undefined || typeof key === 'object' ? undefined : String(key);
}
