// Given: trouble by rule, at the simulator's admin plane (docs/faults.md).
import { Given, Then, When } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import type { Testbed } from '../support/world.ts';

/** 'skipped' at an endpoint that has no admin plane. */
async function admin(world: Testbed, method: string, body?: unknown): Promise<'skipped' | { readonly rules: readonly { readonly method: string; readonly struck: number }[] }> {
  const reply = await world.api.send(method, '/sim/faults', body === undefined ? undefined : JSON.stringify(body), { 'Content-Type': 'application/json' });
  if (reply.status === 404) return world.skipFor('the endpoint takes no fault rules');
  assert.ok(reply.status < 300, `${reply.status} ${reply.body}`);
  return JSON.parse(reply.body) as { rules: { method: string; struck: number }[] };
}

Given('the fault rule:', async function (this: Testbed, text: string) {
  await this.lookFirst();
  return (await admin(this, 'POST', await this.values(text))) === 'skipped' ? 'skipped' : undefined;
});

When('I post the fault rule {string}', async function (this: Testbed, text: string) {
  const { status, body } = await this.api.send('POST', '/sim/faults', text, { 'Content-Type': 'application/json' });
  this.httpStatus = status;
  this.httpBody = body;
});

Given('no fault rules', async function (this: Testbed) {
  await admin(this, 'DELETE');
});

Given('appliances boot with {string}', async function (this: Testbed, how: string) {
  const reply = await this.api.send('POST', `/sim/appliances?${how.replaceAll(' ', '+')}`, undefined);
  if (reply.status === 404) return this.skipFor('the endpoint boots no appliances');
  assert.equal(reply.status, 200, reply.body);
  return undefined;
});

Then('the fault rules have struck {int} time(s)', async function (this: Testbed, count: number) {
  const known = await admin(this, 'GET');
  assert.ok(known !== 'skipped');
  const { rules } = known;
  assert.equal(rules.reduce((sum, { struck }) => sum + struck, 0), count, JSON.stringify(rules));
});
