// Finds a part of a value by a path as steps write it.

/** `a.b[0].c` of a value; undefined where there is nothing. The empty path is the value itself. */
export function pathInto(value: unknown, path: string): unknown {
  let at = value;
  for (const step of path.split(/[.[\]]+/).filter((part) => part !== '')) at = (at as Record<string, unknown> | undefined)?.[step];
  return at;
}
