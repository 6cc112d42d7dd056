// Then: what changed in the world, and that nothing else did.
import { Then, type DataTable } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { unmade } from '../support/made-up.ts';
import { differences, observe } from '../support/observe.ts';
import type { Testbed } from '../support/world.ts';

const show = (rows: readonly Readonly<Record<string, string>>[]): readonly string[] =>
  rows.map((row) => unmade([row['change'], row['what'], ...(row['fact'] ? [row['fact'], row['from'], row['to']] : [])].join(' | '))).sort();

async function changes(world: Testbed): Promise<readonly string[]> {
  assert.ok(world.before, 'nothing was done yet that could have changed anything');
  const after = await observe(await world.observer());
  return show(differences(world.before, after) as unknown as Record<string, string>[]);
}

Then('the changes are:', async function (this: Testbed, table: DataTable) {
  assert.deepEqual(await changes(this), show(table.hashes()));
});

Then('nothing changes', async function (this: Testbed) {
  assert.deepEqual(await changes(this), []);
});

async function isThere(world: Testbed, name: string): Promise<boolean> {
  return [...(await observe(await world.observer())).things.keys()].some((label) => label === name || unmade(label) === name);
}

Then('{string} exists', async function (this: Testbed, name: string) {
  assert.ok(await isThere(this, name), `there is no ${name}`);
});

Then('{string} is gone', async function (this: Testbed, name: string) {
  assert.ok(!(await isThere(this, name)), `${name} is still there`);
});

Then('the world no longer has the VCH {string}', async function (this: Testbed, name: string) {
  const after = await observe(await this.observer());
  assert.deepEqual([...after.things.keys()].filter((label) => label.split('/').includes(name)), []);
  const gone = differences(this.before!, after);
  const kept = gone.filter((row) => row.change !== 'removed');
  assert.deepEqual(kept.map((row) => `${row.change} ${row.what} ${row.fact ?? ''}`), [], 'something else changed too');
  assert.ok(gone.some((row) => row.what.endsWith(`/${name}`)), `there was no ${name} before`);
});

Then('the volumes of {string} are still there', async function (this: Testbed, _name: string) {
  const volume = /^\[[^\]]+\] .*\/volumes\/[^/]+\/[^/]+\.vmdk$/;
  const before = [...this.before!.things.keys()].filter((label) => volume.test(label));
  assert.ok(before.length > 0, 'this world has no volumes');
  const after = await observe(await this.observer());
  assert.deepEqual(before.filter((label) => !after.things.has(label)), []);
});
