import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '../../core/vim25/index.ts';
import { ManualClock } from '../runtime/clock.ts';
import { Sessions } from './sessions.ts';
import { Tickets } from './tickets.ts';

function setUp() {
  const clock = new ManualClock();
  let last = 0;
  const sessions = new Sessions(clock, { credentials: { userName: undefined, password: undefined }, idleMilliseconds: 60_000_000, newKey: () => `key${++last}` });
  const session = sessions.login('user', 'pass', { ipAddress: '', userAgent: '' });
  return { clock, sessions, session, tickets: new Tickets(clock, () => `ticket${++last}`) };
}
const URL_ = 'https://vc.example/folder/a%20b/c.vmx?dcPath=DC0&dsName=LocalDS_0';

test('a ticket lets one request through, under any host name and spelling of the URL', () => {
  const { session, tickets } = setUp();
  const id = tickets.issue({ method: 'PUT', url: URL_ }, session);
  assert.equal(tickets.redeem(id, 'PUT', '/folder/a b/c.vmx?dsName=LocalDS_0&dcPath=DC0'), session);
  assert.equal(tickets.redeem(id, 'PUT', '/folder/a b/c.vmx?dsName=LocalDS_0&dcPath=DC0'), undefined, 'it is used up');
});

test('another method, another file or another datastore is not what the ticket is for, and does not use it up', () => {
  const { session, tickets } = setUp();
  const id = tickets.issue({ method: 'httpPut', url: URL_ }, session);
  assert.equal(tickets.redeem(id, 'GET', URL_), undefined);
  assert.equal(tickets.redeem(id, 'PUT', URL_.replace('c.vmx', 'd.vmx')), undefined);
  assert.equal(tickets.redeem(id, 'PUT', URL_.replace('LocalDS_0', 'other')), undefined);
  assert.equal(tickets.redeem('ticket0', 'PUT', URL_), undefined);
  assert.equal(tickets.redeem(id, 'PUT', URL_), session);
});

test('a ticket without a method is for GET; what is no URL is refused', () => {
  const { session, tickets } = setUp();
  assert.equal(tickets.redeem(tickets.issue({ url: '/folder/x' }, session), 'GET', '/folder/x'), session);
  assert.throws(() => tickets.issue({ url: 'http://[' }, session), (error) => isFault(error, 'InvalidArgument'));
});

test('a ticket dies with its session and after two minutes', () => {
  const { clock, sessions, session, tickets } = setUp();
  const late = tickets.issue({ url: '/folder/x' }, session);
  clock.advance(2 * 60_000 + 1);
  assert.equal(tickets.redeem(late, 'GET', '/folder/x'), undefined);
  const orphan = tickets.issue({ url: '/folder/x' }, session);
  sessions.end(session);
  assert.equal(tickets.redeem(orphan, 'GET', '/folder/x'), undefined);
});

test('a clone ticket is no ticket for a request, nor the other way round', () => {
  const { session, tickets } = setUp();
  const clone = tickets.issueClone(session);
  assert.equal(tickets.redeem(clone, 'GET', '/folder/x'), undefined);
  assert.equal(tickets.redeemClone(tickets.issue({ url: '/folder/x' }, session)), undefined);
  assert.equal(tickets.redeemClone(clone), session);
  assert.equal(tickets.redeemClone(clone), undefined);
});
