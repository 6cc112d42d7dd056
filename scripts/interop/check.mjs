// What a check is, and the few assertions whose failures read well in a report. Knows no client and no server.
import assert from 'node:assert/strict';

/**
 * One thing that a client must see. `run` is given the client (see govc.mjs, curl.mjs) on a world of its own, and throws.
 * @typedef {{ id: string, title: string, world: string, versions?: readonly string[], run: (client: object) => unknown }} Check
 */

/**
 * The checks of one topic: `{ 'what it shows': run }` or `{ 'what': { world, versions, run } }`; ids are `<prefix>.<n>`-free
 * and readable: `govc.vm.power-off` for the key `power-off: turns it off`.
 * @returns {Check[]}
 */
export function topic(prefix, entries, defaults = {}) {
  return Object.entries(entries).map(([key, entry]) => {
    const [name, ...title] = key.split(': ');
    const options = typeof entry === 'function' ? { run: entry } : entry;
    return { id: `${prefix}.${name}`, title: title.join(': '), world: 'vcenter', ...defaults, ...options };
  });
}

/** Expected and got differ: both are shown as they are. */
export class Mismatch extends Error {
  constructor(what, expected, got) {
    super(what);
    this.expected = expected;
    this.got = got;
  }
}

const show = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** `got` is exactly `expected` (deeply). */
export function equal(got, expected, what = 'value') {
  try {
    assert.deepStrictEqual(got, expected);
  } catch {
    throw new Mismatch(what, show(expected), show(got));
  }
}

/** The same members, in any order. */
export const sameMembers = (got, expected, what) => equal([...got].sort(), [...expected].sort(), what);

/** The text matches. */
export function match(got, pattern, what = 'text') {
  if (!pattern.test(String(got))) throw new Mismatch(what, `matches ${pattern}`, show(got));
}

/** The text does not match. */
export function noMatch(got, pattern, what = 'text') {
  if (pattern.test(String(got))) throw new Mismatch(what, `does not match ${pattern}`, show(got));
}

/** A condition about `got` that has no better name. */
export function ok(condition, what, got) {
  if (!condition) throw new Mismatch('condition', what, got === undefined ? 'not so' : show(got));
}

/** `container` (text or list) holds `member`. */
export function includes(container, member, what = 'list') {
  if (!container?.includes?.(member)) throw new Mismatch(what, `has ${show(member)}`, show(container));
}

/** `container` does not hold `member`. */
export function excludes(container, member, what = 'list') {
  if (container?.includes?.(member)) throw new Mismatch(what, `has no ${show(member)}`, show(container));
}
