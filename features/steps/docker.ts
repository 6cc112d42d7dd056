// When: requests to what runs inside of an appliance, its Docker engine and vicadmin. They go past vSphere.
import { Given, Then, When } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { plain } from '../../core/vim25/index.ts';
import { clientAddress } from '../support/appliances.ts';
import type { Testbed } from '../support/world.ts';

/** Sends a request to a service of an appliance, as vicsim offers it beside its API. */
async function ask(world: Testbed, service: 'docker' | 'vicadmin', vch: string, line: string, body?: unknown): Promise<'skipped' | undefined> {
  if (world.parameters.endpoint?.includes('://')) return world.skipFor('what is inside of an appliance answers on vicsim only');
  const [method = '', path = ''] = line.split(' ');
  await world.lookFirst();
  world.mustBeChecked();
  const { status, body: said } = await world.api.send(method, `/sim/vch/${encodeURIComponent(vch)}/${service}${path}`, body === undefined ? undefined : JSON.stringify(body), { 'Content-Type': 'application/json' });
  world.httpStatus = status;
  world.httpBody = said;
  world.outcome = { result: parsed(said) };
  world.checked = status < 400;
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

When('I ask Docker of {string} for {string}', function (this: Testbed, vch: string, line: string) {
  return ask(this, 'docker', vch, line);
});

When('I ask Docker of {string} for {string} with:', async function (this: Testbed, vch: string, line: string, text: string) {
  return ask(this, 'docker', vch, line, await this.values(text));
});

/** What sets the scene is not a change of the scenario's. */
async function arrange(world: Testbed, vch: string, line: string, body?: unknown): Promise<'skipped' | undefined> {
  const looked = world.before;
  const skipped = await ask(world, 'docker', vch, line, body);
  if (skipped) return skipped;
  world.mustBeChecked();
  world.before = looked;
  return undefined;
}

Given('I have asked Docker of {string} for {string}', function (this: Testbed, vch: string, line: string) {
  return arrange(this, vch, line);
});

Given('I have asked Docker of {string} for {string} with:', async function (this: Testbed, vch: string, line: string, text: string) {
  return arrange(this, vch, line, await this.values(text));
});

When('I ask vicadmin of {string} for {string}', function (this: Testbed, vch: string, line: string) {
  return ask(this, 'vicadmin', vch, line);
});

const STARTED = 'guestinfo..init.sessions|port-layer.started';

Then('the VCH {string} is up', async function (this: Testbed, vch: string) {
  const vms = await this.api.retrieve(await this.api.everything(['VirtualMachine']), [{ type: 'VirtualMachine', pathSet: ['name'] }]);
  const obj = vms.find(({ propSet }) => propSet?.[0]?.val === vch)?.obj;
  assert.ok(obj, `there is no machine "${vch}"`);
  await this.waitFor(obj, ['guest.toolsRunningStatus', 'config.extraConfig'], (values) => {
    const options = (values.get('config.extraConfig') ?? []) as readonly { key: string; value: unknown }[];
    return values.get('guest.toolsRunningStatus') === 'guestToolsRunning' && options.some(({ key, value }) => key === STARTED && plain(value) === 'true');
  });
});

/** A part of the loopback network that no other run on this machine has. */
function ownRange(): string {
  const first = (process.pid % 2 ** 19) * 32;
  return `127.${(first >> 16) | 128}.${(first >> 8) & 255}.${first & 255}/27`;
}

Given('the world {string}, whose appliances are reached over the network', async function (this: Testbed, name: string) {
  // Only Linux has all of 127.0.0.0/8.
  if (process.platform !== 'linux') return 'skipped';
  const skipped = await this.open(name, { appliances: true });
  if (skipped) return skipped;
  const { status, body } = await this.api.send('POST', `/sim/dhcp?network=VM%20Network&range=${ownRange()}`, undefined);
  if (status === 404) return this.skipFor('the endpoint boots no appliances');
  assert.equal(status, 200, body);
  return undefined;
});

Then('the docker command that it printed reaches the VCH {string}', async function (this: Testbed, vch: string) {
  const [, address, port, tls] = /docker -H ([\d.]+):(\d+)( --tls)? info/.exec(this.run!.stdout) ?? [];
  assert.equal(address, await clientAddress(this, vch), this.run!.stdout);
  const options = { host: address, port, path: '/info', rejectUnauthorized: false, agent: false as const };
  const text = await new Promise<string>((resolve, reject) => {
    const call = (tls ? httpsRequest : httpRequest)(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end();
  });
  assert.equal((JSON.parse(text) as { Name: string }).Name, vch, text);
});
