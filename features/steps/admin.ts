// The admin plane of the endpoint (docs/admin.md), and tasks that are not waited for.
import { Given, Then, When } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import type { ManagedObjectReference, TaskInfo } from '../../core/vim25/index.ts';
import type { Testbed } from '../support/world.ts';

const started = new WeakMap<Testbed, ManagedObjectReference>();

Given('the endpoint has an admin plane', async function (this: Testbed) {
  const { status } = await this.api.send('GET', '/sim/clock', undefined);
  return status === 200 ? undefined : this.skipFor('the endpoint has no admin plane');
});

Given('I have sent {string}', async function (this: Testbed, line: string) {
  const [method = '', path = ''] = line.split(' ');
  await this.lookFirst();
  const { status, body } = await this.api.send(method, path, undefined);
  assert.ok(status < 300, `${status} ${body}`);
});

When('I start {word} of {string}', async function (this: Testbed, method: string, object: string) {
  const self = await this.find(object);
  await this.lookFirst();
  this.place?.touch?.();
  started.set(this, (await this.api.call(self, method, {})) as ManagedObjectReference);
});

const infoOf = async (world: Testbed): Promise<TaskInfo> => (await world.api.read(started.get(world)!, 'info')) as TaskInfo;

Then('the task is running at {int} percent', async function (this: Testbed, percent: number) {
  const { state, progress } = await infoOf(this);
  assert.deepEqual([state, progress], ['running', percent]);
});

Then('the task has succeeded', async function (this: Testbed) {
  const { state, error } = await infoOf(this);
  assert.equal(state, 'success', error?.localizedMessage);
});
