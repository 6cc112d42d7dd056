// Watching: a property filter over a view, asked for its next updates.
import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { plain, type ManagedObjectReference, type UpdateSet } from '../../core/vim25/index.ts';
import { unmade } from '../support/made-up.ts';
import { observe } from '../support/observe.ts';
import type { Testbed } from '../support/world.ts';

Given('I watch {string} of {string}', async function (this: Testbed, path: string, type: string) {
  const collector = (await this.api.call(this.api.content.propertyCollector, 'CreatePropertyCollector')) as ManagedObjectReference;
  const spec = { objectSet: await this.api.everything([type]), propSet: [{ type, pathSet: [path] }] };
  await this.api.call(collector, 'CreateFilter', { spec, partialUpdates: false });
  this.watch = { collector, version: '' };
  await this.lookFirst();
});

const next = (world: Testbed) =>
  world.api.call(world.watch!.collector, 'WaitForUpdatesEx', { version: world.watch!.version, options: { maxWaitSeconds: 10 } }) as Promise<UpdateSet | undefined>;

Given('the updates so far are seen', async function (this: Testbed) {
  this.watch!.version = (await next(this))!.version;
});

When('the reply to the next wait is lost', async function (this: Testbed) {
  await next(this);
});

Then('the updates are:', async function (this: Testbed, table: DataTable) {
  const set = await next(this);
  assert.ok(set, 'no updates came');
  this.watch!.version = set.version;
  const seen = await observe(await this.observer());
  const nameOf = (ref: ManagedObjectReference) => unmade(seen.pathOf.get(ref.value) ?? [...this.before!.refOf].find(([, old]) => old.value === ref.value)?.[0] ?? ref.value);
  const rows = (set.filterSet ?? []).flatMap((filter) => filter.objectSet ?? []).flatMap(({ kind, obj, changeSet }) =>
    changeSet && changeSet.length > 0
      ? changeSet.map((change) => [kind, nameOf(obj), change.name, String(plain(change.val))])
      : [[kind, nameOf(obj)]],
  );
  assert.deepEqual(rows, table.rows());
});

When('I wait for updates after version {string}', async function (this: Testbed, version: string) {
  await this.attempt(() => this.api.call(this.watch!.collector, 'WaitForUpdatesEx', { version, options: { maxWaitSeconds: 0 } }));
});
