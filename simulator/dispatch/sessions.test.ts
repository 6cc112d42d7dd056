import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '../../core/vim25/index.ts';
import { ManualClock } from '../runtime/clock.ts';
import { Random } from '../runtime/random.ts';
import { Sessions } from './sessions.ts';

const MINUTE = 60_000;
const caller = { ipAddress: '10.0.0.7', userAgent: 'test' };

function setUp(userName?: string, password?: string) {
  const clock = new ManualClock();
  const random = new Random(1);
  return { clock, sessions: new Sessions(clock, { newKey: () => random.uuid(), credentials: { userName, password }, idleMilliseconds: 30 * MINUTE }) };
}

test('without credentials any pair logs in that has a name and a password', () => {
  const { sessions } = setUp();
  assert.equal(sessions.login('root', 'x', caller).userName, 'root');
  for (const [user, password] of [['', 'x'], ['root', '']] as const) {
    assert.throws(() => sessions.login(user, password, caller), (error) => isFault(error, 'InvalidLogin'));
  }
});

test('with credentials only the exact pair logs in', () => {
  const { sessions } = setUp('root', 'secret');
  assert.ok(sessions.login('root', 'secret', caller).authenticated);
  for (const [user, password] of [['root', 'secret2'], ['root', 'secre'], ['Root', 'secret'], ['root2', 'secret']] as const) {
    assert.throws(() => sessions.login(user, password, caller), (error) => isFault(error, 'InvalidLogin'), `${user}/${password}`);
  }
});

test('a session ends when it was idle too long, and every call starts the time anew', () => {
  const { clock, sessions } = setUp();
  const session = sessions.login('root', 'x', caller);
  clock.advance(29 * MINUTE);
  assert.equal(sessions.find(session.key), session);
  clock.advance(29 * MINUTE);
  assert.equal(sessions.find(session.key), session);
  clock.advance(31 * MINUTE);
  assert.equal(sessions.find(session.key), undefined);
  assert.equal(session.ended.signal.aborted, true);
  assert.deepEqual(sessions.list(), []);
});

test('a session with a call under way is not idle, however long the wait', () => {
  const { clock, sessions } = setUp();
  const session = sessions.login('root', 'x', caller);
  const answered = sessions.begin(session);
  clock.advance(60 * MINUTE);
  assert.deepEqual(sessions.list(), [session]);
  answered();
  clock.advance(29 * MINUTE);
  assert.deepEqual(sessions.list(), [session]);
  clock.advance(2 * MINUTE);
  assert.deepEqual(sessions.list(), []);
});

test('what belongs to a session is disposed of with it', () => {
  const { sessions } = setUp();
  const session = sessions.login('root', 'x', caller);
  let disposed = 0;
  session.objects.set('filter-1', { ref: { type: 'PropertyFilter', value: 'filter-1' }, props: {}, dispose: () => void (disposed += 1) });
  sessions.end(session);
  sessions.end(session);
  assert.equal(disposed, 1);
  assert.equal(session.objects.size, 0);
  assert.equal(sessions.find(session.key), undefined);
});

test('listeners hear of logins, logouts and expiry', () => {
  const { clock, sessions } = setUp();
  const heard: string[] = [];
  sessions.onChange((session, what) => heard.push(`${session.userName} ${what}`));
  const a = sessions.login('a', 'x', caller);
  sessions.login('b', 'x', caller);
  sessions.end(a);
  clock.advance(31 * MINUTE);
  sessions.list();
  assert.deepEqual(heard, ['a login', 'b login', 'a logout', 'b logout']);
});
