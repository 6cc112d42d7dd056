// GET /screen: who may look, what comes, and what is refused.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { World } from '../objects/world.testing.ts';

it('gives a PNG of the size asked for, to those who are logged in, of machines that run', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const authorization = `Basic ${Buffer.from('user:pass').toString('base64')}`;
  const get = (query: string, headers: Record<string, string> = { authorization }, method = 'GET') =>
    world.simulator.handleFiles({ method, url: `/screen${query}`, headers }, { ipAddress: '127.0.0.1', tls: true });
  const reply = await get(`?id=${vm.value}&w=320&h=200`);
  assert.deepEqual([reply.status, reply.headers['Content-Type']], [200, 'image/png']);
  const png = Buffer.concat([...(reply.body as Iterable<Uint8Array>)]);
  assert.deepEqual([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)], ['PNG', 320, 200]);
  assert.equal((await get(`?id=${vm.value}`, {})).status, 401);
  assert.equal((await get('?id=vm-none')).status, 404);
  assert.equal((await get(`?id=${vm.value}&w=0`)).status, 400);
  assert.equal((await get(`?id=${vm.value}`, undefined, 'PUT')).status, 405);
  await world.call(vm, 'PowerOffVM_Task');
  assert.equal((await get(`?id=${vm.value}`)).status, 409);
});
