import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { test } from 'node:test';
import { createSimulator } from '../index.ts';
import { readKeyPair, selfSigned } from './tls.ts';

test('a generated certificate is signed by its own key and names this machine', () => {
  for (let i = 0; i < 20; i++) {
    const { cert } = selfSigned(['10.1.2.3', 'fe80::1', 'sim.example.org'], new Date('2026-03-04T05:06:07Z'));
    const parsed = new X509Certificate(cert);
    assert.ok(parsed.verify(parsed.publicKey));
    for (const name of ['localhost', hostname(), 'sim.example.org']) assert.equal(parsed.checkHost(name), name);
    for (const address of ['127.0.0.1', '::1', '10.1.2.3', 'fe80::1']) assert.equal(parsed.checkIP(address), address);
    assert.equal(parsed.checkHost('elsewhere'), undefined);
    assert.equal(parsed.validFrom, 'Mar  3 05:06:07 2026 GMT');
    assert.equal(parsed.validTo, 'Mar  4 05:06:07 2027 GMT');
    assert.equal(parsed.ca, true);
  }
  assert.match(new X509Certificate(selfSigned([], new Date('2051-01-01T00:00:00Z')).cert).validTo, /2052 GMT/);
});

test('key pairs are read from files; whatever is wrong names the file and the flag', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicsim-tls-'));
  const write = (name: string, content: string) => (writeFileSync(join(folder, name), content), join(folder, name));
  try {
    const one = selfSigned();
    const two = selfSigned();
    const cert = write('cert.pem', one.cert);
    const key = write('key.pem', one.key);
    assert.deepEqual(readKeyPair(cert, key), one);
    assert.throws(() => readKeyPair(cert, write('other.pem', two.key)), /other\.pem \(-tlskey\) does not belong to/);
    assert.throws(() => readKeyPair(key, key), /key\.pem \(-tlscert\) is not a PEM file of the right kind/);
    assert.throws(() => readKeyPair(cert, join(folder, 'none.pem')), /cannot read .*none\.pem \(-tlskey\)/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nothing older than TLS 1.2, and no cipher without forward secrecy, is spoken', async () => {
  const simulator = createSimulator({ model: { cluster: 0, machine: 0 } });
  const { port } = await simulator.listen();
  const speak = (options: object) => new Promise<string>((resolve) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      resolve(`${socket.getProtocol() ?? ''} ${socket.getCipher().name}`);
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(`refused ${error.code ?? ''}`));
  });
  try {
    assert.match(await speak({}), /^TLSv1\.3 TLS_/);
    assert.match(await speak({ maxVersion: 'TLSv1.2' }), /^TLSv1\.2 ECDHE-ECDSA-(AES\d+-GCM|CHACHA20)/);
    assert.match(await speak({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }), /^refused/);
    assert.match(await speak({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384' }), /^refused/);
  } finally {
    await simulator.close();
  }
});
