// What the store holds: objects with immutable property trees. Reading is plain property access.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';

/** Top-level properties by name. Names that start with `_` are the simulator's own and never leave it. */
export type Props = Readonly<Record<string, unknown>>;

/** What anybody may read of an object, stored or session-owned. */
export interface Readable {
  readonly ref: ManagedObjectReference;
  readonly props: Props;
}

/** An object of the store. Only a commit writes it. */
export interface StoredObject extends Readable {
  props: Props;
  /** Version of the commit that created it. */
  readonly createdAt: number;
  /** Version of the newest commit that changed anything in it. */
  changedAt: number;
  /** Newest version by changed path; null until the first change after creation. */
  changes: Map<string, number> | null;
}

/** The value at a dotted path ('summary.runtime.host'); undefined when any step is unset. */
export function readPath(props: unknown, path: string): unknown {
  let value = props;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** A copy of `tree` with `value` at the path; untouched siblings are shared. An undefined value removes the field. */
export function writePath(tree: Props, path: string, value: unknown): Props {
  const dot = path.indexOf('.');
  if (dot < 0) {
    if (value !== undefined) return { ...tree, [path]: value };
    const { [path]: _gone, ...rest } = tree;
    return rest;
  }
  const head = path.slice(0, dot);
  const child = tree[head];
  if (child !== undefined && (typeof child !== 'object' || child === null || Array.isArray(child))) {
    throw new TypeError(`cannot write "${path}": "${head}" is not a data object`);
  }
  return { ...tree, [head]: writePath((child ?? {}) as Props, path.slice(dot + 1), value) };
}
