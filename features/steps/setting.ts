// Given: the world a scenario starts from.
import { Given } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { Fault, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { Api } from '../support/api.ts';
import { makeLaterVch } from '../support/later-vch.ts';
import type { Testbed } from '../support/world.ts';

Given('the world {string}', async function (this: Testbed, name: string) {
  return this.open(name);
});

Given('no session', async function (this: Testbed) {
  await this.lookFirst();
  this.api.cookie = undefined;
});

async function arrange(world: Testbed, method: string, object: string, text?: string): Promise<'skipped' | undefined> {
  const looked = world.before;
  await world.call(method, await world.find(object), text === undefined ? {} : ((await world.values(text)) as Record<string, unknown>));
  const { lacking } = world;
  if (lacking !== undefined) return world.skipFor(`the endpoint does not do ${method}: ${lacking}`);
  world.mustBeChecked();
  // What sets the scene is not a change of the scenario's.
  world.before = looked;
  return undefined;
}

Given('I have called {word} of {string}', function (this: Testbed, method: string, object: string) {
  return arrange(this, method, object);
});

Given('I have called {word} of {string} with:', function (this: Testbed, method: string, object: string, text: string) {
  return arrange(this, method, object, text);
});

Given('the endpoint has no datacenters of others', function (this: Testbed) {
  return this.place?.datacenter ? this.skipFor('the endpoint has datacenters of others, so that a target must name one') : undefined;
});

Given('the endpoint looks at passwords', async function (this: Testbed) {
  const { url, user, password } = this.place!;
  const api = new Api(new URL(url));
  try {
    await api.login(user, `${password}!`);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  } finally {
    api.close();
  }
  return this.skipFor('the endpoint takes any password');
});

Given('every container of {string} is powered off', async function (this: Testbed, vch: string) {
  const vms = await this.api.retrieve(await this.api.everything(['VirtualMachine']), [{ type: 'VirtualMachine', pathSet: ['name', 'resourcePool', 'runtime.powerState'] }]);
  const value = (vm: (typeof vms)[number], name: string) => vm.propSet?.find((property) => property.name === name)?.val;
  const pool = value(vms.find((vm) => value(vm, 'name') === vch)!, 'resourcePool') as ManagedObjectReference;
  const running = vms.filter((vm) => (value(vm, 'resourcePool') as ManagedObjectReference).value === pool.value && value(vm, 'name') !== vch && (value(vm, 'runtime.powerState') as { _value?: string })._value !== 'poweredOff');
  assert.ok(running.length > 0, 'the world has no running container to power off');
  for (const vm of running) await this.call('PowerOffVM_Task', vm.obj, {});
  this.mustBeChecked();
  this.before = undefined;
});

Given('vic-machine 1.5 has made the VCH {string} in {string} on {string}', async function (this: Testbed, name: string, place: string, datastore: string) {
  await makeLaterVch(this, name, place, datastore.replace(/^\[|\]$/g, ''), false);
});

Given('vic-machine 1.5 has made the VCH {string} with a running container in {string} on {string}', async function (this: Testbed, name: string, place: string, datastore: string) {
  await makeLaterVch(this, name, place, datastore.replace(/^\[|\]$/g, ''), true);
});
