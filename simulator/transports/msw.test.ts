import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { connect, openDatastore, property, readInventory, runTask, findOne, watch, want } from '../../core/client/index.ts';
import { createSimulator } from '../index.ts';
import { vicsimHandlers } from './msw.ts';

const simulator = createSimulator({ credentials: { userName: 'root', password: 'secret' } });
const other = createSimulator({ product: 'esxi' });
const server = setupServer(
  ...vicsimHandlers(other, { origin: 'https://esxi.example:8443' }),
  ...vicsimHandlers(simulator),
  http.get('https://vcenter.example/ui', () => HttpResponse.text('mine')),
);
const login = { user: 'root', password: 'secret' };
const vcenter = 'https://vcenter.example';

before(() => server.listen({ onUnhandledRequest: 'error' }));
after(async () => {
  server.close();
  await simulator.close();
  await other.close();
});

test('a client reaches the simulator at any https://…/sdk without a port', async () => {
  const session = await connect(`${vcenter}/sdk`, login);
  const inventory = await readInventory(session);
  assert.deepEqual(inventory.all('Datacenter').map((node) => node.name), ['DC0']);
  assert.match(session.key!, /^[0-9a-f-]{20,}$/);
  await session.close();
  assert.equal(simulator.sim.sessions.list().length, 0);
});

test('waits work, and end when they are aborted', async () => {
  const session = await connect(`${vcenter}/sdk`, login);
  const vm = findOne(await readInventory(session), 'DC0_H0_VM0', { type: 'VirtualMachine' }).ref;
  const controller = new AbortController();
  const watching = watch(session, want('VirtualMachine', 'runtime.powerState'), { refs: [vm] }, { signal: controller.signal });
  await watching.next();
  await runTask(session, vm, 'PowerOffVM_Task', {});
  assert.equal((await watching.next()).value[0]!.props['runtime.powerState'], 'poweredOff');
  const next = watching.next();
  setTimeout(() => controller.abort(new Error('enough')), 5);
  await assert.rejects(next, /enough/);
  await session.close();
});

test('a wrong password is the server\'s own fault, and the other documents are served', async () => {
  await assert.rejects(connect(`${vcenter}/sdk`, { user: 'root', password: 'wrong' }), /incorrect user name or password/);
  assert.match(await (await fetch(`${vcenter}/sdk/vimServiceVersions.xml`)).text(), /urn:vim25/);
  assert.equal(((await (await fetch(`${vcenter}/about`)).json()) as { product: string }).product, 'vcenter');
  const get = await fetch(`${vcenter}/sdk`);
  assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
});

test('files of datastores, with the cookie of the session, byte for byte', async () => {
  assert.equal((await fetch(`${vcenter}/folder?dcPath=DC0&dsName=LocalDS_0`)).status, 401);
  const session = await connect(`${vcenter}/sdk`, login);
  const files = await openDatastore(session, await readInventory(session), 'LocalDS_0');
  const bytes = randomBytes(300_000);
  await files.upload('a b.iso', bytes);
  assert.equal((await files.stat('a b.iso'))!.size, bytes.length);
  const chunks: Buffer[] = [];
  for await (const chunk of await files.download('a b.iso')) chunks.push(chunk as Buffer);
  assert.ok(Buffer.concat(chunks).equals(bytes));
  const cookie = { cookie: `vmware_soap_session="${session.key!}"` };
  const part = await fetch(`${vcenter}/folder/a%20b.iso?dcPath=DC0&dsName=LocalDS_0`, { headers: { ...cookie, range: 'bytes=10-19' } });
  assert.equal(part.status, 206);
  assert.ok(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20)));
  assert.equal((await fetch(`${vcenter}/folder/a%20b.iso?dcPath=DC0&dsName=LocalDS_0`, { method: 'DELETE', headers: cookie })).status, 204);
  assert.equal(await files.stat('a b.iso'), undefined);
  await session.close();
});

test('the REST side, with real bytes in and out', async () => {
  const signIn = await fetch(`${vcenter}/api/session`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from('root:secret').toString('base64')}`, 'vmware-use-header-authn': 'true' } });
  assert.equal(signIn.status, 201);
  const headers = { 'vmware-api-session-id': (await signIn.json()) as string };
  const api = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const reply = await fetch(`${vcenter}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    assert.ok(reply.ok, `${path}: ${reply.status}`);
    return reply.status === 204 ? undefined : reply.json();
  };
  const [{ datastore }] = (await api('GET', '/api/vcenter/datastore')) as [{ datastore: string }];
  const library = await api('POST', '/api/content/local-library', { name: 'l', storage_backings: [{ type: 'DATASTORE', datastore_id: datastore }] });
  const item = await api('POST', '/api/content/library/item', { library_id: library, name: 'i', type: 'iso' });
  const session = String(await api('POST', '/api/content/library/item/update-session', { library_item_id: item }));
  const bytes = randomBytes(300_000);
  const { upload_endpoint } = (await api('POST', `/api/content/library/item/update-session/${session}/file`, { name: 'a b.iso', source_type: 'PUSH' })) as { upload_endpoint: { uri: string } };
  assert.equal((await fetch(upload_endpoint.uri, { method: 'PUT', headers, body: bytes })).status, 200);
  await api('POST', `/api/content/library/item/update-session/${session}?action=complete`);
  const download = String(await api('POST', '/api/content/library/item/download-session', { library_item_id: item }));
  const file = (await api('POST', `/api/content/library/item/download-session/${download}/file?action=prepare`, { file_name: 'a b.iso' })) as { download_endpoint: { uri: string } };
  const back = await fetch(file.download_endpoint.uri, { headers });
  assert.ok(Buffer.from(await back.arrayBuffer()).equals(bytes));
  assert.equal((await fetch(`${vcenter}/api/cis/tagging/tag`)).status, 401);
  assert.equal((await fetch(`${vcenter}/api/session`, { method: 'DELETE', headers })).status, 204);
});

test('several simulators, each at its origin; what is not theirs goes on or is 404', async () => {
  const host = await connect('https://esxi.example:8443/sdk', { user: 'u', password: 'p' });
  assert.equal(host.content.about.apiType, 'HostAgent');
  assert.equal(await property(host, host.content.rootFolder, 'Folder', 'name'), 'ha-folder-root');
  await host.close();
  assert.equal((await fetch('https://esxi.example:8443/nothing')).status, 404);
  assert.equal(await (await fetch(`${vcenter}/ui`)).text(), 'mine');
  await assert.rejects(fetch(`${vcenter}/nothing`));
  assert.throws(() => vicsimHandlers(simulator, { origin: 'vcenter.example/sdk' }), /is no origin: it looks like https:\/\/vcenter.example/);
});

test('VI/JSON is there too, and a session of SOAP opens it', async () => {
  const session = await connect(`${vcenter}/sdk`, login);
  const read = (key: string) => fetch(`${vcenter}/sdk/vim25/8.0.3.0/Folder/group-d1/name`, { headers: { 'vmware-api-session-id': key } });
  assert.equal(await (await read(session.key!)).json(), 'Datacenters');
  await session.close();
  assert.equal((await read(session.key!)).status, 500);
});
