// VI/JSON over one world: sessions, properties, methods, faults, releases, and the agreement on a release.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rest } from '../rest/rest.testing.ts';
import type { SimulatorOptions } from '../index.ts';

const BASE = '/sdk/vim25/8.0.1.0';

class Caller extends Rest {
  key = '';

  override send(method: string, url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    return super.send(method, url.startsWith('/') ? url : `${BASE}/${url}`, body, { ...(this.key === '' ? {} : { 'vmware-api-session-id': this.key }), ...headers });
  }

  async enter(): Promise<this> {
    const { status, headers } = await this.send('POST', 'SessionManager/SessionManager/Login', { _typeName: 'LoginRequestType', userName: 'user', password: 'pass' });
    assert.equal(status, 200);
    this.key = headers['vmware-api-session-id']!;
    return this;
  }

  /** A call that must end in that fault and change nothing; gives the fault. */
  async fails(type: string, method: string, url: string, body?: unknown): Promise<Record<string, unknown>> {
    const { version } = this.simulator.store;
    const { status, json } = await this.send(method, url, body);
    assert.deepEqual([status, (json as Record<string, unknown>)['_typeName']], [500, type], JSON.stringify(json));
    assert.equal(this.simulator.store.version, version);
    return json as Record<string, unknown>;
  }
}

const office = (options: SimulatorOptions = {}) => new Caller(options).enter();

test('a login answers with a user session, whose key is the header of later calls', async () => {
  const caller = new Caller();
  const content = await caller.ok<Record<string, { _typeName: string; value: string }>>('GET', 'ServiceInstance/ServiceInstance/content');
  assert.deepEqual([content['_typeName'], content['about']!._typeName, content['rootFolder']], ['ServiceContent', 'AboutInfo', { _typeName: 'ManagedObjectReference', type: 'Folder', value: 'group-d1' }]);
  const wrong = await caller.send('POST', 'SessionManager/SessionManager/Login', { userName: '', password: '' });
  assert.deepEqual([wrong.status, (wrong.json as Record<string, unknown>)['_typeName'], wrong.headers['vmware-api-session-id']], [500, 'InvalidLogin', undefined]);
  const refused = await caller.fails('NotAuthenticated', 'GET', 'Folder/group-d1/name');
  assert.equal(refused['faultstring'], 'The session is not authenticated.');
  await caller.enter();
  assert.equal(caller.simulator.sim.sessions.find(caller.key)?.userName.split('\\').pop(), 'user');
  const mine = await caller.ok<Record<string, string>>('GET', 'SessionManager/SessionManager/currentSession');
  assert.deepEqual([mine['_typeName'], mine['key']], ['UserSession', caller.key]);
  assert.equal((await caller.send('POST', 'SessionManager/SessionManager/Logout')).status, 204);
  await caller.fails('NotAuthenticated', 'GET', 'Folder/group-d1/name');
});

test('properties come as what they are: text, number, list, object; 204 when unset', async () => {
  const caller = await office();
  const vm = caller.id('VirtualMachine', 'DC0_H0_VM0');
  assert.equal(await caller.ok('GET', `VirtualMachine/${vm}/name`), 'DC0_H0_VM0');
  const { device } = (await caller.ok<{ hardware: { device: { _typeName: string }[] } }>('GET', `VirtualMachine/${vm}/config`)).hardware;
  assert.ok(device.some(({ _typeName }) => _typeName === 'VirtualDisk'));
  assert.equal((await caller.send('GET', `VirtualMachine/${vm}/snapshot`)).status, 204);
  assert.deepEqual(await caller.ok('GET', `VirtualMachine/${vm}/rootSnapshot`), []);
  assert.match(await caller.ok('POST', 'ServiceInstance/ServiceInstance/CurrentTime'), /^\d{4}-.*Z$/);
});

test('a method changes the world through its task, and a refused one does not', async () => {
  const caller = await office();
  const vm = caller.id('VirtualMachine', 'DC0_H0_VM0');
  const task = await caller.ok<{ _typeName: string; type: string; value: string }>('POST', `VirtualMachine/${vm}/PowerOffVM_Task`, {});
  assert.deepEqual([task._typeName, task.type], ['ManagedObjectReference', 'Task']);
  const filter = await caller.ok<{ value: string }>('POST', 'PropertyCollector/propertyCollector/CreateFilter', {
    spec: { _typeName: 'PropertyFilterSpec', propSet: [{ type: 'Task', pathSet: ['info.state'] }], objectSet: [{ obj: task }] }, partialUpdates: false,
  });
  let version = '';
  let state: unknown;
  while (state !== 'success') {
    const set = await caller.ok<{ version: string; filterSet: { objectSet: { changeSet: { val: unknown }[] }[] }[] }>('POST', 'PropertyCollector/propertyCollector/WaitForUpdatesEx', { version, options: { maxWaitSeconds: 5 } });
    version = set.version;
    const { val } = set.filterSet[0]!.objectSet[0]!.changeSet[0]!;
    assert.equal((val as { _typeName: string })._typeName, 'TaskInfoState');
    state = (val as { _value: string })._value;
    assert.notEqual(state, 'error');
  }
  assert.equal(filter.value.length > 0, true);
  assert.equal((await caller.ok<{ powerState: string }>('GET', `VirtualMachine/${vm}/runtime`)).powerState, 'poweredOff');
  assert.equal((await caller.ok<{ powerState: string }>('GET', `VirtualMachine/${caller.id('VirtualMachine', 'DC0_H0_VM1')}/runtime`)).powerState, 'poweredOn');
  await caller.ok('POST', 'Folder/group-d1/CreateFolder', { name: 'json' });
  const fault = await caller.fails('DuplicateName', 'POST', 'Folder/group-d1/CreateFolder', { name: 'json' });
  assert.deepEqual([fault['name'], (fault['object'] as { value: string }).value], ['json', caller.id('Folder', 'json')]);
  await caller.fails('ManagedObjectNotFound', 'GET', 'VirtualMachine/vm-99999/name');
  await caller.fails('MethodNotFound', 'POST', 'Folder/group-d1/PowerOffVM_Task', {});
  await caller.fails('InvalidRequest', 'POST', 'Folder/group-d1/CreateFolder', { nome: 'x' });
  await caller.fails('InvalidRequest', 'POST', 'Folder/group-d1/CreateFolder', '{"name":');
  await caller.fails('InvalidArgument', 'POST', 'Folder/group-d1/CreateFolder', {});
});

test('a release that the server does not have, a path that vim25 does not have, a wrong verb', async () => {
  const caller = await office();
  const status = async (method: string, url: string) => (await caller.send(method, url)).status;
  for (const release of ['8.0.0.0', '7.0.3.0', '9.1.0.0', 'latest', '']) assert.equal(await status('GET', `/sdk/vim25/${release}/Folder/group-d1/name`), 404, release);
  assert.equal(await status('GET', '/sdk/vim25/8.0.3.0/Folder/group-d1/name'), 200);
  for (const path of ['Folder/group-d1/nope', 'Folder/group-d1', 'Folder/group-d1/name/more', 'Nothing/group-d1/name', 'Folder/%zz/name', 'Folder/group-d1/Fetch', 'constructor/x/toString']) assert.equal(await status('GET', path), 404, path);
  assert.equal(await status('POST', 'Folder/group-d1/name'), 405);
  assert.equal(await status('GET', 'Folder/group-d1/CreateFolder'), 405);
  assert.equal(await status('DELETE', 'Folder/group-d1/name'), 405);
  assert.equal((await new Caller({ apiVersion: '7.0.3.0' }).send('GET', 'ServiceInstance/ServiceInstance/content')).status, 404);
});

test('an older release is not told what came later', async () => {
  const caller = await office();
  const vm = caller.id('VirtualMachine', 'DC0_H0_VM0');
  const keys = async (release: string) => Object.keys(await caller.ok<object>('GET', `/sdk/vim25/${release}/VirtualMachine/${vm}/capability`));
  const [old, now] = [await keys('8.0.1.0'), await keys('8.0.3.0')];
  assert.ok(old.every((key) => now.includes(key)));
});

test('fault rules strike, and a trace shows each call as SOAP would have carried it, so that its secrets are known', async () => {
  const traced: string[] = [];
  const caller = await office({ trace: (request, reply, method) => traced.push(`${method} ${String(request)} ${reply.body}`) });
  caller.simulator.faults.add({ method: 'CreateFolder', count: 1, fault: { type: 'InvalidName', name: 'json' } });
  await caller.fails('InvalidName', 'POST', 'Folder/group-d1/CreateFolder', { name: 'json' });
  await caller.ok('POST', 'Folder/group-d1/CreateFolder', { name: 'json' });
  assert.match(traced[0]!, /^Login .*<password>.*LoginResponse/s);
  assert.match(traced[1]!, /^CreateFolder .*<name>json<.*InvalidNameFault/s);
});

test('hello agrees on the first release of the client that the server has, without a session', async () => {
  const caller = new Caller();
  const hello = (body: unknown) => caller.send('POST', '/api/vcenter/system?action=hello', body);
  assert.deepEqual((await hello({ api_releases: ['9.9.9.9', '8.0.2.0', '8.0.1.0'] })).json, { api_release: '8.0.2.0' });
  assert.deepEqual((await hello({ api_releases: ['1.0'] })).json, { api_release: '' });
  for (const wrong of [{}, { api_releases: [] }, { api_releases: 'a' }, { api_releases: ['x'.repeat(65)] }, { api_releases: Array.from({ length: 129 }, () => '8.0.1.0') }]) {
    const { status, error } = await hello(wrong);
    assert.deepEqual([status, error], [400, 'INVALID_ARGUMENT']);
  }
  assert.equal((await new Caller({ apiVersion: '8.0.1.0' }).send('POST', '/api/vcenter/system?action=hello', { api_releases: ['8.0.1.0'] })).status, 404);
});
