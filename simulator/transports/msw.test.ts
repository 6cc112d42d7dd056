import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setupServer } from 'msw/node';
import { connect, readInventory } from '../../core/client/index.ts';
import { createSimulator } from '../index.ts';
import { vicsimHandlers } from './msw.ts';

const simulator = createSimulator({ credentials: { userName: 'root', password: 'secret' } });
const server = setupServer(...vicsimHandlers(simulator));

before(() => server.listen({ onUnhandledRequest: 'error' }));
after(async () => {
  server.close();
  await simulator.close();
});

test('a client reaches the simulator at any https://…/sdk without a port', async () => {
  const connection = await connect(new URL('https://vcenter.example/sdk'), { user: 'root', password: 'secret' });
  const inventory = await readInventory(connection);
  assert.deepEqual(inventory.all('Datacenter').map((node) => node.name), ['DC0']);
  await connection.close();
  assert.equal(simulator.sim.sessions.list().length, 0);
});

test('a wrong password is the server\'s own fault, and the versions document is served', async () => {
  await assert.rejects(connect(new URL('https://vcenter.example/sdk'), { user: 'root', password: 'wrong' }), /incorrect user name or password/);
  const reply = await fetch('https://vcenter.example/sdk/vimServiceVersions.xml');
  assert.match(await reply.text(), /urn:vim25/);
});

test('files of datastores are there, too: uploaded, read in part, deleted', async () => {
  const url = 'https://vcenter.example/folder/a%20b.txt?dcPath=DC0&dsName=LocalDS_0';
  const Authorization = `Basic ${btoa('root:secret')}`;
  assert.equal((await fetch(url)).status, 401);
  assert.equal((await fetch(url, { method: 'PUT', body: 'hello world', headers: { Authorization } })).status, 201);
  assert.equal(await (await fetch(url, { headers: { Authorization } })).text(), 'hello world');
  const part = await fetch(url, { headers: { Authorization, Range: 'bytes=6-' } });
  assert.deepEqual([part.status, await part.text()], [206, 'world']);
  assert.equal((await fetch(url, { method: 'DELETE', headers: { Authorization } })).status, 204);
  assert.match(await (await fetch('https://vcenter.example/folder', { headers: { Authorization } })).text(), /DC0/);
});
