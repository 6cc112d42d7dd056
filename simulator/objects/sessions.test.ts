import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, type UserSession } from '../../core/vim25/index.ts';
import { createSimulator } from '../index.ts';
import { dispatch } from '../dispatch/pipeline.ts';
import type { Session } from '../dispatch/sessions.ts';
import { Office, permission } from './authorization/office.testing.ts';
import { fetchProperty } from './property-collector.ts';

const CALLER = { ipAddress: '192.0.2.9', userAgent: 'test' };
const ADMIN = 'Administrator@vsphere.local';

function world() {
  const office = new Office();
  const manager = office.service('sessionManager');
  const call = async (session: Session, method: string, args: Record<string, unknown> = {}) =>
    (await dispatch(office.sim, { method, self: manager, args, session, signal: new AbortController().signal }, fetchProperty)).result;
  const refuses = (fault: string, session: Session, method: string, args: Record<string, unknown> = {}) =>
    assert.rejects(call(session, method, args), (error) => isFault(error, fault) || assert.fail(String(error)));
  return { office, manager, call, refuses, nobody: () => office.sim.sessions.anonymous(CALLER) };
}

test('a clone ticket opens one more session of the same user, once', async () => {
  const { office, call, refuses, nobody } = world();
  const ann = office.login('ann');
  const ticket = (await call(ann, 'AcquireCloneTicket')) as string;
  await refuses('InvalidLogin', ann, 'CloneSession', { cloneTicket: ticket });
  const clone = (await call(nobody(), 'CloneSession', { cloneTicket: ticket })) as UserSession;
  assert.equal(clone.userName, 'ann');
  assert.notEqual(clone.key, ann.key);
  await refuses('InvalidLogin', nobody(), 'CloneSession', { cloneTicket: ticket });
  await refuses('NotAuthenticated', nobody(), 'AcquireCloneTicket');
});

test('impersonating takes the other user\'s permissions', async () => {
  const { office, call, refuses } = world();
  const vm = office.named('DC0_H0_VM0');
  await office.call(office.service('authorizationManager'), 'SetEntityPermissions', { entity: vm, permission: [permission('ann', -2)] });
  const session = office.login('boss');
  assert.equal(((await call(session, 'ImpersonateUser', { userName: 'ann' })) as UserSession).userName, 'ann');
  await office.refuses('NoPermission', 'boss', vm, 'PowerOffVM_Task');
  await refuses('NoPermission', session, 'ImpersonateUser', { userName: 'boss' });
});

test('a service ticket is for a logged in session and for an HTTP request', async () => {
  const { office, call, refuses, nobody } = world();
  const spec = { _type: 'SessionManagerHttpServiceRequestSpec', method: 'httpPut', url: 'https://vc/folder/a?dsName=LocalDS_0' };
  const ann = office.login('ann');
  const { id } = (await call(ann, 'AcquireGenericServiceTicket', { spec })) as { id: string };
  assert.equal(office.sim.tickets.redeem(id, 'PUT', '/folder/a?dsName=LocalDS_0'), ann);
  await refuses('NotAuthenticated', nobody(), 'AcquireGenericServiceTicket', { spec });
  await refuses('InvalidArgument', ann, 'AcquireGenericServiceTicket', { spec: { _type: 'SessionManagerServiceRequestSpec' } });
});

test('what cannot be proved is refused', async () => {
  const { office, refuses, nobody } = world();
  await refuses('InvalidLogin', nobody(), 'LoginByToken');
  await refuses('InvalidLogin', nobody(), 'LoginExtensionByCertificate', { extensionKey: 'com.a' });
  const extension = { key: 'com.a', version: '1', description: { label: '', summary: '' }, lastHeartbeatTime: new Date(0) };
  await office.call(office.service('extensionManager'), 'RegisterExtension', { extension });
  await refuses('NoClientCertificate', nobody(), 'LoginExtensionByCertificate', { extensionKey: 'com.a' });
});

test('a session sees itself as the current one, and others not', async () => {
  const { office, manager, call, nobody } = world();
  const one = (await call(nobody(), 'Login', { userName: 'ann', password: 'x' })) as UserSession;
  const two = (await call(nobody(), 'Login', { userName: 'bob', password: 'x' })) as UserSession;
  const current = async (key: string) => {
    const session = office.sim.sessions.find(key)!;
    return (await dispatch(office.sim, { method: 'Fetch', self: manager, args: { prop: 'currentSession' }, session, signal: new AbortController().signal }, fetchProperty)).result as { value: UserSession };
  };
  assert.deepEqual([(await current(one.key)).value.key, (await current(two.key)).value.key], [one.key, two.key]);
  await call(office.sim.sessions.find(one.key)!, 'Logout');
  assert.equal(office.sim.sessions.find(one.key), undefined);
  assert.deepEqual(office.get<UserSession[]>(manager, 'sessionList').map(({ userName }) => userName), ['bob']);
  assert.deepEqual((office.property(ADMIN, manager, 'sessionList') as UserSession[]).map(({ userName }) => userName), ['bob', ADMIN]);
});

test('no event tells what a session could be taken over with', () => {
  const simulator = createSimulator({ model: { cluster: 0, machine: 0 } });
  const { key } = simulator.sim.sessions.login('user', 'pass', { ipAddress: '127.0.0.1', userAgent: 'test' });
  const log = JSON.stringify(simulator.store.find('_events')?.props);
  assert.match(log, /UserLoginSessionEvent/);
  assert.ok(!log.includes(key));
});
