// Which paths differ between two immutable trees. Shared subtrees are skipped by identity, so cost follows the change.

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !ArrayBuffer.isView(value);

/** Deep equality of immutable values: primitives, dates, bytes, arrays and plain objects. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Date || b instanceof Date) return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  if (Array.isArray(a) || ArrayBuffer.isView(a)) {
    const left = a as readonly unknown[];
    const right = b as readonly unknown[];
    if (left.constructor !== right.constructor || left.length !== right.length) return false;
    for (let i = 0; i < left.length; i++) if (!equal(left[i], right[i])) return false;
    return true;
  }
  if (Array.isArray(b) || ArrayBuffer.isView(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) if (!(key in right) || !equal(left[key], right[key])) return false;
  return true;
}

/**
 * Adds to `out` the paths at which `after` differs from `before`. Data objects are entered, so the paths are as
 * narrow as they can be; arrays and objects of another type are one path.
 */
export function changedPaths(before: unknown, after: unknown, prefix: string, out: string[]): void {
  if (Object.is(before, after)) return;
  if (prefix !== '' && (!isTree(before) || !isTree(after) || before['_type'] !== after['_type'])) {
    if (!equal(before, after)) out.push(prefix);
    return;
  }
  const left = before as Record<string, unknown>;
  const right = after as Record<string, unknown>;
  for (const key of Object.keys(right)) changedPaths(left[key], right[key], prefix === '' ? key : `${prefix}.${key}`, out);
  for (const key of Object.keys(left)) {
    if (!(key in right) && left[key] !== undefined) out.push(prefix === '' ? key : `${prefix}.${key}`);
  }
}
