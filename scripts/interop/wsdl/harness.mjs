// Checks of clients of node: registering them, a fresh world before each, one JSON line after each. Knows no client.
import { deepStrictEqual } from 'node:assert/strict';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');
const checks = [];

export const check = (id, title, work) => checks.push({ id, title, work });

/** Throws with both values when they differ. */
export function equal(got, expected) {
  try {
    deepStrictEqual(got, expected);
  } catch {
    throw Object.assign(new Error('value'), { expected: JSON.stringify(expected), got: JSON.stringify(got) });
  }
}

/** Runs the checks that the command line names on a world that has fresh(). */
export async function run(world, version) {
  const base = new URL(process.argv[2]).origin;
  for (const { id, title, work } of checks.filter((one) => process.argv.length < 4 || process.argv.slice(3).includes(one.id))) {
    const started = performance.now();
    const result = { id, title, version, passed: true };
    try {
      await fetch(`${base}/sim/restore?name=interop`, { method: 'POST' });
      await world.fresh();
      await work(world);
    } catch (error) {
      Object.assign(result, { passed: false, what: error.message, expected: error.expected, got: error.got, stack: error.stack?.split('\n')[1]?.trim() });
    }
    console.log(JSON.stringify({ ...result, milliseconds: Math.round(performance.now() - started) }));
  }
}
