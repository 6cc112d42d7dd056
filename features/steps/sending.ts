// When: plain HTTP, for what is not SOAP; "METHOD /path" is sent as it is written.
import { Then, When } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { projectFile } from '../support/endpoints/worlds.ts';
import type { Testbed } from '../support/world.ts';

async function send(world: Testbed, line: string, body?: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const [method = '', address = ''] = (await world.filled(line)).split(' ');
  await world.lookFirst();
  // Addresses that the server gave are whole, and some say "*" for itself.
  const path = address.replace(/^https?:\/\/[^/]+/, '');
  const reply = await world.api.send(method, path, body, headers);
  world.httpStatus = reply.status;
  world.httpBody = reply.body;
}

When('I send {string}', function (this: Testbed, line: string) {
  return send(this, line);
});

When('I send {string} with:', async function (this: Testbed, line: string, body: string) {
  return send(this, line, await this.filled(body));
});

When('I send {string} with the file {string}', async function (this: Testbed, line: string, file: string) {
  return send(this, line, await readFile(projectFile(file)));
});

When('I send {string} with the header {string}', function (this: Testbed, line: string, header: string) {
  const [name = '', value = ''] = header.split(/:\s*(.*)/s);
  return send(this, line, undefined, { [name]: value });
});

Then('the body is {string}', function (this: Testbed, text: string) {
  assert.equal(this.httpBody, text);
});
