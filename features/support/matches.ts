// The result of the last call, and whether a value is what a step expects.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { plain } from '../../core/vim25/index.ts';
import { unmade } from './made-up.ts';
import type { Testbed } from './world.ts';

/** True when every field that `expected` names is so in `actual`. */
export function matches(actual: unknown, expected: unknown): boolean {
  const value = plain(actual);
  if (Array.isArray(expected)) return Array.isArray(value) && value.length === expected.length && expected.every((item, i) => matches(value[i], item));
  if (typeof expected === 'object' && expected !== null && !(expected instanceof Date)) {
    return typeof value === 'object' && value !== null && Object.entries(expected).every(([key, item]) => matches((value as Record<string, unknown>)[key], item));
  }
  return isDeepStrictEqual(value, expected) || (typeof value === 'string' && unmade(value) === expected);
}

/** What the last call gave. Fails when it ended in a fault. */
export function resultOf(world: Testbed): unknown {
  const outcome = world.outcome;
  assert.ok(outcome, 'nothing was called');
  assert.ok('result' in outcome, 'fault' in outcome ? `${outcome.fault._type}: ${outcome.message}` : '');
  return outcome.result;
}
