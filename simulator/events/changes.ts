// Describes how a configuration changed, as events carry it: what was modified, added and deleted, one fact a line.
import type { ChangesInfoEventArgument } from '../../core/vim25/index.ts';
import { equal } from '../store/difference.ts';

interface Lines {
  readonly modified: string[];
  readonly added: string[];
  readonly deleted: string[];
}

/** Differences of two values below `path`. Fields in `ignore` (by name) are no news. */
export function describeChanges(before: unknown, after: unknown, path: string, ignore: ReadonlySet<string> = NOTHING): ChangesInfoEventArgument {
  const lines: Lines = { modified: [], added: [], deleted: [] };
  compare(before, after, path, ignore, lines);
  return { _type: 'ChangesInfoEventArgument', modified: lines.modified.join(''), added: lines.added.join(''), deleted: lines.deleted.join('') };
}

/** True when nothing is said in it. */
export const isEmpty = ({ modified, added, deleted }: ChangesInfoEventArgument): boolean => !modified && !added && !deleted;

const NOTHING: ReadonlySet<string> = new Set();

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

function compare(before: unknown, after: unknown, path: string, ignore: ReadonlySet<string>, lines: Lines): void {
  if (before === after || equal(before, after)) return;
  if (before === undefined) lines.added.push(`${path}: ${show(after)}; \n`);
  else if (after === undefined) lines.deleted.push(`${path}: ${show(before)}; \n`);
  else if (isKeyed(before) && isKeyed(after)) compareLists(before, after, path, ignore, lines);
  else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (!key.startsWith('_') && !ignore.has(key)) compare(before[key], after[key], `${path}.${key}`, ignore, lines);
    }
  } else lines.modified.push(`${path}: ${show(before)} -> ${show(after)}; \n`);
}

type Keyed = readonly { readonly key: unknown }[];

/** A list whose items have keys, as devices and options do: they are compared key by key. */
const isKeyed = (value: unknown): value is Keyed => Array.isArray(value) && value.every((item) => isObject(item) && item['key'] !== undefined);

function compareLists(before: Keyed, after: Keyed, path: string, ignore: ReadonlySet<string>, lines: Lines): void {
  const name = (key: unknown) => (isObject(key) ? String(key['value']) : typeof key === 'string' ? `"${key}"` : String(key));
  const old = new Map(before.map((item) => [name(item.key), item]));
  for (const item of after) {
    const key = name(item.key);
    compare(old.get(key), item, `${path}(${key})`, ignore, lines);
    old.delete(key);
  }
  for (const [key, item] of old) compare(item, undefined, `${path}(${key})`, ignore, lines);
}

function show(value: unknown): string {
  if (value === undefined || value === null) return '<unset>';
  if (typeof value === 'string') return `"${value}"`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? '<unset>' : `(${value.map(show).join(', ')})`;
  if (!isObject(value)) return String(value);
  if (typeof value['type'] === 'string' && typeof value['value'] === 'string' && !('_type' in value)) return `'vim.${value['type']}:${value['value']}'`;
  return `(${Object.entries(value).filter(([key, field]) => !key.startsWith('_') && field !== undefined).map(([key, field]) => `${key} = ${show(field)}`).join(', ')})`;
}
