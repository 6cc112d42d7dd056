// When: calls to the API, and what came back.
import { Then, When, type DataTable } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { managedType, plain, writeRequest, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { unmade } from '../support/made-up.ts';
import { matches, resultOf } from '../support/matches.ts';
import { BROKEN, type Testbed } from '../support/world.ts';

When('I call {word} of {string}', async function (this: Testbed, method: string, object: string) {
  await this.call(method, await this.find(object), {});
});

When('I call {word} of {string} with:', async function (this: Testbed, method: string, object: string, text: string) {
  await this.call(method, await this.find(object), (await this.values(text)) as Record<string, unknown>);
});

When('I call {string} of {string} although it has no such method', async function (this: Testbed, method: string, object: string) {
  const self = await this.find(object);
  const { body, soapAction } = writeRequest(method, { type: 'VirtualMachine', value: 'x' }, {}, { version: this.api.content.about.apiVersion });
  const envelope = body.replace(/<_this[^>]*>[^<]*<\/_this>/, `<_this type="${self.type}">${self.value}</_this>`);
  await this.lookFirst();
  await this.attempt(async () => {
    const { readResponse } = await import('../../core/vim25/index.ts');
    return readResponse((await this.api.post('/sdk', envelope, { SOAPAction: soapAction })).body, method, 'VirtualMachine');
  });
});

When('I read {string} of {string}', async function (this: Testbed, path: string, object: string) {
  const self = await this.find(object);
  await this.lookFirst();
  await this.attempt(() => this.api.read(self, path));
});

When('I fetch {string} of {string}', async function (this: Testbed, property: string, object: string) {
  const self = await this.find(object);
  await this.attempt(async () => plain(await this.api.call(self, 'Fetch', { prop: property })));
});

When('I fetch every property of one object of every type', async function (this: Testbed) {
  await this.lookFirst();
  const failures: string[] = [];
  let read = 0;
  for (const ref of await everyType(this)) {
    for (const { name } of managedType(ref.type)!.properties) {
      try {
        await this.api.call(ref, 'Fetch', { prop: name });
        read += 1;
      } catch (error) {
        failures.push(`${ref.type}.${name}: ${(error as Error).message}`);
      }
    }
  }
  this.outcome = { result: { read, failures } };
});

/** One object of every type that the inventory or the service content shows. */
async function everyType(world: Testbed): Promise<readonly ManagedObjectReference[]> {
  const seen = await world.api.retrieve([...(await world.api.everything(['ManagedEntity'])), { obj: world.api.content.rootFolder }], [{ type: 'ManagedEntity', pathSet: ['name'] }]);
  const known = Object.values(world.api.content).filter((value): value is ManagedObjectReference => typeof value === 'object' && value !== null && 'value' in value);
  const hosts = seen.filter((object) => object.obj.type === 'HostSystem').slice(0, 1);
  const managers: ManagedObjectReference[] = [];
  for (const { obj } of hosts) {
    const manager = (await world.api.read(obj, 'configManager')) as Record<string, unknown> | undefined;
    for (const value of Object.values(manager ?? {})) if (typeof value === 'object' && value !== null) managers.push(value as ManagedObjectReference);
  }
  const refs = [{ type: 'ServiceInstance', value: 'ServiceInstance' }, ...known, ...managers, ...seen.map((object) => object.obj)];
  return [...new Map(refs.map((ref) => [ref.type, ref])).values()];
}

Then('every fetch succeeds', function (this: Testbed) {
  const { read, failures } = (this.outcome as { result: { read: number; failures: string[] } }).result;
  assert.deepEqual(failures, []);
  assert.ok(read > 100, `only ${read} properties were read`);
});

Then('the result is:', async function (this: Testbed, text: string) {
  const actual = resultOf(this);
  const expected = await this.values(text);
  if (!matches(actual, expected)) assert.deepEqual(plain(actual), expected);
});

Then('the result has:', async function (this: Testbed, text: string) {
  const actual = plain(resultOf(this));
  assert.ok(Array.isArray(actual), `the result is no list: ${JSON.stringify(actual)}`);
  const expected = await this.values(text);
  assert.ok(Array.isArray(expected), 'give a list of what it has');
  for (const item of expected as readonly { _type?: string }[]) {
    const alike = (actual as readonly { _type?: string }[]).filter((one) => item._type === undefined || one._type === item._type);
    assert.ok(alike.some((one) => matches(one, item)), `there is no ${JSON.stringify(item)} in ${JSON.stringify(alike)}`);
  }
});

Then('there is no result', function (this: Testbed) {
  assert.equal(resultOf(this), undefined);
});

Then('the call succeeds', function (this: Testbed) {
  resultOf(this);
});

Then('the connection broke', function (this: Testbed) {
  const { outcome } = this;
  this.checked = true;
  assert.equal(outcome && 'fault' in outcome ? outcome.fault._type : 'an answer', BROKEN);
});

async function checkFault(world: Testbed, type: string, text = '{}'): Promise<void> {
  const outcome = world.outcome;
  assert.ok(outcome && 'fault' in outcome, `no fault, but the result ${JSON.stringify(outcome)}`);
  world.checked = true;
  assert.equal(outcome.fault._type, type, outcome.message);
  assert.notEqual(outcome.message, '', 'the fault has no message for people');
  const expected = await world.values(text);
  if (!matches(outcome.fault, expected)) assert.deepEqual(outcome.fault, expected);
}

Then('the fault is {string}', function (this: Testbed, type: string) {
  return checkFault(this, type);
});

Then('the fault is {string} with:', function (this: Testbed, type: string, text: string) {
  return checkFault(this, type, text);
});

Then('the extraConfig of {string} has:', async function (this: Testbed, object: string, table: DataTable) {
  const options = (await this.api.read(await this.find(object), 'config.extraConfig')) as readonly { key: string; value: unknown }[];
  const actual = new Map(options.map(({ key, value }) => [unmade(key), unmade(String(plain(value)))]));
  const wanted = await Promise.all(table.hashes().map(async ({ key, value }) => [key!, await this.filled(value!)] as const));
  assert.deepEqual(wanted.map(([key]) => [key, actual.get(key)]), wanted);
});

Then('{string} of {string} is {string}', async function (this: Testbed, path: string, object: string, expected: string) {
  assert.equal(String(await this.api.read(await this.find(object), path)), await this.filled(expected));
});

Then('{string} of {string} becomes {string}', async function (this: Testbed, path: string, object: string, expected: string) {
  const wanted = await this.filled(expected);
  await this.waitFor(await this.find(object), [path], (values) => String(values.get(path)) === wanted);
});

When('I post to {string}:', async function (this: Testbed, path: string, body: string) {
  await this.lookFirst();
  const reply = await this.api.post(path, body);
  this.httpStatus = reply.status;
  this.httpBody = reply.body;
});

Then('the HTTP status is {int}', function (this: Testbed, status: number) {
  this.checked = true;
  assert.equal(this.httpStatus, status, this.httpBody);
});

Then('the reply has {string}', async function (this: Testbed, text: string) {
  assert.ok(this.httpBody.includes(await this.filled(text)), this.httpBody);
});
