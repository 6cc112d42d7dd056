import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guard, isLoopback } from './admin-guard.ts';

const ask = (reach: { host?: string; admin?: boolean }, headers: Record<string, string> = { host: '127.0.0.1:8989' }, peer = '127.0.0.1') =>
  guard({ host: '127.0.0.1', admin: undefined, ...reach }, peer, (name) => headers[name])?.body;

test('on where only this machine connects; elsewhere when it was asked for', () => {
  assert.equal(ask({}), undefined);
  assert.match(JSON.stringify(ask({ admin: false })), /-admin=false/);
  assert.match(JSON.stringify(ask({ host: '0.0.0.0' })), /listens on 0\.0\.0\.0.*start it with -admin/);
  assert.equal(ask({ host: '0.0.0.0', admin: true }, { host: '10.1.2.3:8989' }, '10.1.2.9'), undefined);
  assert.match(JSON.stringify(ask({}, { host: '10.1.2.3' }, '10.1.2.9')), /this machine only/);
  assert.deepEqual(['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::', '127.example.com'].map(isLoopback), [true, true, true, false, false, false]);
});

test('never for a page in a browser', () => {
  const host = 'localhost:8989';
  const pages: Record<string, string>[] = [{ host, origin: 'https://localhost:8989' }, { host, origin: 'null' }, { host, 'sec-fetch-site': 'cross-site' }, { host: 'vicsim.evil.example:8989' }];
  for (const headers of pages) assert.match(JSON.stringify(ask({ admin: true }, headers)), /browsers|Host/, JSON.stringify(headers));
  for (const name of ['localhost', 'vicsim:8989', '[::1]:8989', '10.0.0.1', 'a.localhost']) assert.equal(ask({ admin: true }, { host: name }), undefined, name);
  assert.equal(ask({ admin: true, host: 'sim.example.com' }, { host: 'sim.example.com:1' }), undefined);
});
