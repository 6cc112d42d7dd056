// Sessions, errors and privileges of /rest and /api.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../objects/world.testing.ts';
import { Rest } from '../rest/rest.testing.ts';
import { ManualClock } from '../runtime/clock.ts';

const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });

test('without a session every path is refused, in the error form of its dialect', async () => {
  const rest = new Rest();
  const api = await rest.send('GET', '/api/cis/tagging/tag');
  assert.deepEqual([api.status, api.error], [401, 'UNAUTHENTICATED']);
  const old = await rest.simulator.handleRest({ method: 'GET', url: '/rest/com/vmware/cis/tagging/tag', headers: {} }, { ipAddress: '::1', tls: true });
  assert.equal(old.status, 401);
  const body = JSON.parse(String(old.body)) as { type: string; value: { error_type: string } };
  assert.deepEqual([body.type, body.value.error_type], ['com.vmware.vapi.std.errors.unauthenticated', 'UNAUTHENTICATED']);
  assert.equal((await rest.send('GET', '/api/no/such')).status, 401);
});

test('a login is checked by the accounts of SOAP, and has a session there that its token does not open', async () => {
  const rest = new Rest({ credentials: { userName: 'me', password: 'secret' } });
  const wrong = await rest.send('POST', '/api/session', undefined, basic('me', 'wrong'));
  assert.deepEqual([wrong.status, wrong.error], [401, 'UNAUTHENTICATED']);
  assert.equal(rest.simulator.sim.sessions.list().length, 0);
  const { status, json, headers } = await rest.send('POST', '/rest/com/vmware/cis/session', undefined, basic('me', 'secret'));
  assert.equal(status, 200);
  assert.equal(headers['Set-Cookie'], `vmware-api-session-id=${String(json)};Path=/rest;HttpOnly;Secure`);
  assert.equal(rest.simulator.sim.sessions.list().length, 1);
  assert.equal(rest.simulator.sim.sessions.find(String(json)), undefined);
  const cookie = { cookie: `vmware-api-session-id=${String(json)}` };
  const who = await rest.send('GET', '/api/session', undefined, cookie);
  assert.equal((who.json as { user: string }).user, 'me');
  assert.equal((await rest.send('DELETE', '/api/session', undefined, cookie)).status, 204);
  assert.equal(rest.simulator.sim.sessions.list().length, 0);
  assert.equal((await rest.send('GET', '/api/session', undefined, cookie)).status, 401);
});

test('an idle session ends; so does one whose login is ended on the SOAP side', async () => {
  const clock = new ManualClock();
  const rest = await new Rest({ clock }).login();
  await clock.advance(29 * 60_000);
  await rest.ok('GET', '/api/cis/tagging/tag');
  await clock.advance(31 * 60_000);
  assert.equal((await rest.send('GET', '/api/cis/tagging/tag')).status, 401);
  await rest.login();
  const { sessions } = rest.simulator.sim;
  sessions.end(sessions.list()[0]!);
  assert.equal((await rest.send('GET', '/api/cis/tagging/tag')).status, 401);
});

test('unknown path, unknown action and an API that is not there yet are three answers', async () => {
  const rest = await new Rest().login();
  const status = async (method: string, url: string) => (await rest.send(method, url)).status;
  assert.equal(await status('GET', '/api/no/such'), 404);
  assert.match(await rest.refuses('OPERATION_NOT_FOUND', 'POST', '/api/cis/tagging/tag?action=explode'), /POST with action=list-used-tags/);
  assert.match(await rest.refuses('UNIMPLEMENTED', 'GET', '/api/esx/settings/clusters'), /add a route/);
  assert.equal(await status('GET', '/api/esx/settings/clusters'), 501);
});

test('a body that is no JSON, a SAML token that nobody verifies', async () => {
  const rest = await new Rest().login();
  await rest.refuses('INVALID_REQUEST', 'POST', '/api/cis/tagging/tag', '{"a":');
  const sign = await rest.send('POST', '/api/session', undefined, { authorization: 'SIGN token="abc"' });
  assert.equal(sign.status, 401);
});

test('a user who may only read is told what is missing, changes nothing, and reads', async () => {
  const world = new World();
  const { sim } = world.simulator;
  const root = sim.wellKnown['rootFolder']!;
  await world.call(sim.wellKnown['authorizationManager']!, 'SetEntityPermissions', { entity: root, permission: [{ _type: 'Permission', principal: 'ann', group: false, roleId: -2, propagate: true }] });
  const send = async (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) => {
    async function* bytes(): AsyncIterable<Uint8Array> {
      yield Buffer.from(JSON.stringify(body));
    }
    const reply = await world.simulator.handleRest({ method, url, headers, ...(body === undefined ? {} : { body: bytes() }) }, { ipAddress: '::1', tls: true });
    return { status: reply.status, json: JSON.parse(String(reply.body)) as unknown };
  };
  const signIn = await send('POST', '/api/session', undefined, basic('ann', 'secret'));
  const headers = { 'vmware-api-session-id': String(signIn.json) };
  const { version } = world.store;
  const refusal = await send('POST', '/api/cis/tagging/category', { name: 'a', description: '', cardinality: 'SINGLE', associable_types: [] }, headers);
  assert.equal(refusal.status, 403);
  assert.match(JSON.stringify(refusal.json), /UNAUTHORIZED.*InventoryService\.Tagging\.CreateCategory/);
  const vm = world.named('DC0_H0_VM0').value;
  assert.equal((await send('POST', `/api/vcenter/vm/${vm}/power?action=stop`, undefined, headers)).status, 403);
  assert.equal((await send('PUT', '/api/appliance/access/ssh', { enabled: false }, headers)).status, 403);
  assert.equal(world.store.version, version);
  assert.equal((await send('GET', `/api/vcenter/vm/${vm}`, undefined, headers)).status, 200);
});
