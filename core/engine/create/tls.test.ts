import assert from 'node:assert/strict';
import { createPrivateKey, createSign, createVerify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { Issues } from './options.ts';
import { checkPair, createAuthority, selfSignedPair } from './tls.ts';

const NOW = new Date('2026-05-01T12:00:00Z');
const DAY = 24 * 3600 * 1000;

test('the pair of a VCH: RSA 2048, PKCS #1, self-signed, organisation VMware, one year', async () => {
  const { key, cert } = await selfSignedPair('vch, "1" = x', NOW);
  assert.match(key, /^-----BEGIN RSA PRIVATE KEY-----\n/);
  assert.match(cert, /^-----BEGIN CERTIFICATE-----\n/);
  const certificate = new X509Certificate(cert);
  assert.equal(certificate.publicKey.asymmetricKeyDetails!.modulusLength, 2048);
  assert.equal(certificate.subject, 'CN=vch\\, \\"1\\" = x\nO=VMware');
  assert.equal(certificate.issuer, certificate.subject);
  assert.ok(certificate.verify(certificate.publicKey));
  const [from, to] = [new Date(certificate.validFrom).getTime(), new Date(certificate.validTo).getTime()];
  assert.ok(from <= NOW.getTime() && from >= NOW.getTime() - 2 * DAY);
  assert.equal(to, NOW.getTime() + 365 * DAY);
  const sign = createSign('sha256').update('text').sign(createPrivateKey(key));
  assert.ok(createVerify('sha256').update('text').verify(certificate.publicKey, sign));
  assert.notEqual(new X509Certificate((await selfSignedPair('vch', NOW)).cert).serialNumber, certificate.serialNumber);
});

test('an authority signs what a client and a server trust each other with', async () => {
  const now = new Date();
  const authority = await createAuthority('vch1 CA', now);
  const own = new X509Certificate(authority.cert);
  assert.equal(own.ca, true);
  const server = await authority.sign('vch1', 'server', ['vch1.example.com', '127.0.0.1']);
  const client = await authority.sign('docker', 'client');
  assert.ok(new X509Certificate(server.cert).checkIssued(own));
  assert.ok(new X509Certificate(server.cert).verify(own.publicKey));
  assert.equal(new X509Certificate(server.cert).ca, false);

  const listening = createServer({ ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true }, (socket) => socket.end('hello'));
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const port = (listening.address() as AddressInfo).port;
  const reach = async (options: object): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, servername: 'vch1.example.com', ...options });
    let text = '';
    try {
      for await (const chunk of socket) text += String(chunk);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
    return text;
  };
  try {
    assert.equal(await reach(client), 'hello');
    assert.notEqual(await reach({}), 'hello', 'a client without a certificate got in');
    assert.notEqual(await reach(server), 'hello', 'a server certificate let a client in');
    assert.notEqual(await reach({ ...client, servername: 'other.example.com' }), 'hello', 'the name was not checked');
    const stranger = await createAuthority('other', now);
    assert.notEqual(await reach(await stranger.sign('docker', 'client')), 'hello', 'another authority let a client in');
  } finally {
    listening.close();
  }
});

test('a pair that the user gives: both halves PEM, and halves of one', async () => {
  const [one, other] = [await selfSignedPair('one', NOW), await selfSignedPair('other', NOW)];
  const cases: readonly [string, { readonly key: string; readonly cert: string }, RegExp | undefined, string?][] = [
    ['a good pair', one, undefined],
    ['halves of two', { key: other.key, cert: one.cert }, /--key does not belong to --cert/, '--key'],
    ['no certificate', { key: one.key, cert: 'x' }, /--cert is not a PEM certificate/, '--cert'],
    ['no key', { key: 'x', cert: one.cert }, /--key is not a PEM private key/, '--key'],
    ['swapped', { key: one.cert, cert: one.key }, /--cert is not/, '--cert'],
  ];
  for (const [what, pair, problem, flag] of cases) {
    const issues = new Issues();
    assert.equal(checkPair(pair, issues) === undefined, problem !== undefined, what);
    if (problem) assert.match(issues.all[0]!.what, problem, what);
    assert.equal(issues.all[0]?.flag, flag, what);
  }
});
