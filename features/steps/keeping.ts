// What came back, kept under a name: `<kept NAME>` in a later step stands for it.
import { Given, Then, When } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { plain, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { pathInto } from '../support/path-into.ts';
import { matches, resultOf } from '../support/matches.ts';
import type { Testbed } from '../support/world.ts';

/** A reference as it is written in steps, anything else as text. */
function asText(value: unknown): string {
  assert.ok(value !== undefined, 'there is nothing to keep');
  const { type, value: id } = value as Partial<ManagedObjectReference>;
  if (typeof value === 'object' && type !== undefined && id !== undefined) return `${type}:${id}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const reply = (world: Testbed): unknown => {
  try {
    return JSON.parse(world.httpBody);
  } catch {
    return assert.fail(`the reply is no JSON: ${world.httpBody}`);
  }
};

/** Keeps the result of the last call. */
When('I keep the result as {string}', function (this: Testbed, name: string) {
  this.kept.set(name, asText(plain(resultOf(this))));
});

/** Keeps a part of the result, `config.id.id` or `info.deviceUrl[0].url`. */
When('I keep {string} of the result as {string}', function (this: Testbed, path: string, name: string) {
  this.kept.set(name, asText(pathInto(plain(resultOf(this)), path)));
});

/** Keeps a part of a reply in JSON; the empty path is all of it. */
When('I keep {string} of the reply as {string}', function (this: Testbed, path: string, name: string) {
  this.kept.set(name, asText(pathInto(reply(this), path)));
});

/** Keeps the session of SOAP, to come back to it. */
Given('I keep the session as {string}', async function (this: Testbed, name: string) {
  await this.lookFirst();
  this.kept.set(name, this.api.cookie ?? '');
});

When('I go on with the session {string}', function (this: Testbed, name: string) {
  this.api.cookie = this.kept.get(name) ?? assert.fail(`no session was kept as "${name}"`);
});

Then('the reply is:', async function (this: Testbed, text: string) {
  const actual = reply(this);
  const expected = await this.values(text);
  if (!matches(actual, expected)) assert.deepEqual(actual, expected);
});

/** A session of /api and /rest, whose key later requests carry. */
Given('I have logged in to the REST side', async function (this: Testbed) {
  const { user, password } = this.place!;
  const { status, body } = await this.api.send('POST', '/api/session', undefined, { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });
  if (status === 404) return this.skipFor('the endpoint has no REST side');
  assert.equal(status, 201, body);
  this.api.token = String(JSON.parse(body));
  return undefined;
});

/** A session of VI/JSON, and no other: later requests carry its key. */
Given('I have logged in to VI\\/JSON {string}', async function (this: Testbed, base: string) {
  const { user: userName, password } = this.place!;
  const { content } = this.api;
  this.api.cookie = undefined;
  const { status, headers, body } = await this.api.send('POST', `${base}/${content.sessionManager!.type}/${content.sessionManager!.value}/Login`, JSON.stringify({ userName, password }), { 'Content-Type': 'application/json' });
  if (status === 404) return this.skipFor('the endpoint has no VI/JSON');
  assert.equal(status, 200, body);
  this.api.cookie = undefined;
  this.api.token = String(headers['vmware-api-session-id']);
  return undefined;
});
