// Then: what changed in the world, and that nothing else did.
import { Then, type DataTable } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { unmade } from '../support/made-up.ts';
import { changedIn, nothingChanged, onlyGone } from '../support/changed.ts';
import { observe } from '../support/observe.ts';
import type { Testbed } from '../support/world.ts';

const show = (rows: readonly Readonly<Record<string, string>>[]): readonly string[] =>
  rows.map((row) => unmade([row['change'], row['what'], ...(row['fact'] ? [row['fact'], row['from'], row['to']] : [])].join(' | '))).sort();

const changes = async (world: Testbed): Promise<readonly string[]> => show((await changedIn(world)) as unknown as Record<string, string>[]);

Then('the changes are:', async function (this: Testbed, table: DataTable) {
  assert.deepEqual(await changes(this), show(table.hashes()));
});

Then('nothing changes', async function (this: Testbed) {
  await nothingChanged(this);
});

async function isThere(world: Testbed, name: string): Promise<boolean> {
  return [...(await observe(await world.observer())).things.keys()].some((label) => label === name || unmade(label) === name);
}

Then('{string} exists', async function (this: Testbed, name: string) {
  assert.ok(await isThere(this, await this.filled(name)), `there is no ${name}`);
});

Then('{string} is gone', async function (this: Testbed, name: string) {
  assert.ok(!(await isThere(this, await this.filled(name))), `${name} is still there`);
});

Then('the world no longer has the VCH {string}', async function (this: Testbed, name: string) {
  await onlyGone(this, name);
});

Then('the volumes of {string} are still there', async function (this: Testbed, _name: string) {
  const volume = /^\[[^\]]+\] .*\/volumes\/[^/]+\/[^/]+\.vmdk$/;
  const before = [...this.before!.things.keys()].filter((label) => volume.test(label));
  assert.ok(before.length > 0, 'this world has no volumes');
  const after = await observe(await this.observer());
  assert.deepEqual(before.filter((label) => !after.things.has(label)), []);
});
