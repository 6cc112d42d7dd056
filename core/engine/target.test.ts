import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress, hostPort } from './address.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { nearest, UserError } from './issue.ts';
import { parseTarget } from './target.ts';

const parts = (text: string): unknown[] => {
  const target = parseTarget(text);
  return [target.url.href, target.user, target.password, target.datacenter];
};

test('target: every form of address', () => {
  assert.deepEqual(parts('10.0.0.1'), ['https://10.0.0.1/sdk', undefined, undefined, '']);
  assert.deepEqual(parts('vc.example.com:8443/DC 0'), ['https://vc.example.com:8443/sdk', undefined, undefined, 'DC 0']);
  assert.deepEqual(parts('https://vc.example.com/'), ['https://vc.example.com/sdk', undefined, undefined, '']);
  assert.deepEqual(parts('http://vc/sdk'), ['http://vc/sdk', undefined, undefined, '']);
  assert.deepEqual(parts('root:pw@[fe80::1]:443/ha-datacenter'), ['https://[fe80::1]/sdk', 'root', 'pw', 'ha-datacenter']);
  assert.deepEqual(parts('vc/folder/DC%2f0/'), ['https://vc/sdk', undefined, undefined, 'folder/DC/0']);
});

test('target: credentials are literal, or percent-encoded throughout', () => {
  assert.deepEqual(parts('administrator@vsphere.local:p@ss/w?r#d:x@vc/DC').slice(1), ['administrator@vsphere.local', 'p@ss/w?r#d:x', 'DC']);
  assert.deepEqual(parts('DOM\\me:$!"\'&@vc').slice(1, 3), ['DOM\\me', '$!"\'&']);
  assert.deepEqual(parts('me%40corp:a%3Ab%40c@vc').slice(1, 3), ['me@corp', 'a:b@c']);
  assert.deepEqual(parts('me:100%@vc').slice(1, 3), ['me', '100%']);
  assert.deepEqual(parts('me:@vc').slice(1, 3), ['me', '']);
  assert.deepEqual(parts('me@vc').slice(1, 3), ['me', undefined]);
});

test('target: what is wrong is named, the password never', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /is empty/], ['ftp://me:secret@vc', /scheme "ftp"/], ['me:secret@', /names no host/], ['me:secret@fe80::1', /needs brackets/],
    ['me:secret@vc:99999', /port "99999"/], ['me:secret@vc:abc', /port "abc"/], ['me:secret@a b', /neither an IP address nor a host name/],
  ];
  for (const [text, expected] of cases) {
    assert.throws(() => parseTarget(text), (error) => {
      assert.ok(error instanceof UserError && error.kind === 'usage');
      assert.match(error.message, expected);
      assert.doesNotMatch(JSON.stringify(error.issues), /secret/);
      return true;
    });
  }
});

test('property: any password without % comes through as typed', () => {
  fc.assert(
    fc.property(fc.string().filter((text) => !text.includes('%') && text.trim() === text), (password) => {
      assert.equal(parseTarget(`https://me:${password}@vc/DC`).password, password);
    }),
  );
});

test('durations as Go writes them', () => {
  for (const [text, milliseconds] of [['3m0s', 180_000], ['90s', 90_000], ['1h', 3_600_000], ['1ms', 1], ['1.5h', 5_400_000], ['1h2m3s', 3_723_000]] as const) {
    assert.equal(parseDuration(text), milliseconds);
  }
  for (const text of ['', '5', 'abc', '5x', '-3m', '3m 0s', 'm']) assert.equal(typeof parseDuration(text), 'object', text);
  assert.match((parseDuration('5') as { problem: string }).problem, /write 5s/);
  assert.deepEqual([180_000, 90_000, 1, 3_600_000].map(formatDuration), ['3m0s', '1m30s', '1ms', '1h0m0s']);
});

test('addresses: 4 bytes, 16 bytes, IPv6, none', () => {
  const of = (base64: string): string | undefined => formatAddress(new Uint8Array(Buffer.from(base64, 'base64')));
  assert.equal(of('ChFtFw=='), '10.17.109.23');
  assert.equal(of('AAAAAAAAAAAAAP//ChFtFw=='), '10.17.109.23');
  assert.equal(of('IAFIYEhgAAAAAAAAAACIiA=='), '2001:4860:4860::8888');
  for (const none of ['', 'AAAA', 'AAAAAA==', 'AAAAAAAAAAAAAAAAAAAAAA==', 'AAAAAAAAAAAAAP//AAAAAA==']) assert.equal(of(none), undefined);
  assert.equal(hostPort('2001:db8::1', 2376), '[2001:db8::1]:2376');
});

test('nearest names what was probably meant', () => {
  assert.equal(nearest('tagret', ['target', 'user']), 'target');
  assert.equal(nearest('xyzzy', ['target', 'user']), undefined);
});
