// What changed in a scenario's world since its scene was set, and whether that is what should have.
import assert from 'node:assert/strict';
import { differences, observe, type Difference } from './observe.ts';
import type { Testbed } from './world.ts';

/** Everything that differs from how things were before the scenario did anything. */
export async function changedIn(world: Testbed): Promise<readonly Difference[]> {
  assert.ok(world.before, 'nothing was done yet that could have changed anything');
  return differences(world.before, await observe(await world.observer()));
}

/** Changes as lines. */
export const told = (rows: readonly Difference[]): readonly string[] => rows.map(({ change, what, fact, from, to }) => [change, what, ...(fact === undefined ? [] : [fact, from, to])].join(' | '));

/** No object, file or fact is another. */
export async function nothingChanged(world: Testbed): Promise<void> {
  assert.deepEqual(told(await changedIn(world)), []);
}

/** A VCH, named by its name or the path of its pool, went with all below it, and nothing was added or changed. */
export async function onlyGone(world: Testbed, vch: string): Promise<void> {
  const rows = await changedIn(world);
  assert.deepEqual(told(rows.filter(({ change }) => change !== 'removed')), [], 'something else changed too');
  const own = rows.map(({ what }) => what).filter((what) => (vch.startsWith('/') ? what === vch || what.startsWith(`${vch}/`) : what.endsWith(`/${vch}`)));
  assert.ok(own.length > 0, `no VCH "${vch}" went: ${told(rows).join('; ')}`);
  const after = await observe(await world.observer());
  assert.deepEqual([...after.things.keys()].filter((label) => own.some((path) => label.startsWith(`${path}/`))), []);
}
