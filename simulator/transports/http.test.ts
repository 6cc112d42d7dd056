import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { createSimulator, type Listening, type Simulator } from '../index.ts';

const ENVELOPE =
  '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent></Body></Envelope>';

interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

const lines: string[] = [];
let simulator: Simulator;
let server: Listening;
const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });

before(async () => {
  simulator = createSimulator({ log: (_level, message) => lines.push(message) });
  server = await simulator.listen({ maxBody: 100_000 });
});
after(async () => {
  agent.destroy();
  await simulator.close();
});

function send(method: string, path: string, body?: string | Uint8Array, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${path}`, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

test('SOAP is answered at every path that clients use, whatever they call its content type', async () => {
  for (const path of ['/sdk', '/sdk/', '/sdk/vimService', '/sdk/vimService.wsdl', '/sdk?x=1']) {
    const reply = await send('POST', path, ENVELOPE, { 'content-type': 'application/x-www-form-urlencoded' });
    assert.equal(reply.status, 200, path);
    assert.equal(reply.headers['content-type'], 'text/xml; charset=utf-8');
    assert.match(reply.body, /RetrieveServiceContentResponse/);
  }
});

test('anything but POST on /sdk is 405 and says what is allowed', async () => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const reply = await send(method, '/sdk');
    assert.equal(reply.status, 405);
    assert.equal(reply.headers.allow, 'POST');
  }
});

test('a gzipped body is read; one that is no gzip, or an unknown encoding, is 400', async () => {
  assert.equal((await send('POST', '/sdk', gzipSync(ENVELOPE), { 'content-encoding': 'gzip' })).status, 200);
  assert.equal((await send('POST', '/sdk', ENVELOPE, { 'content-encoding': 'gzip' })).status, 400);
  assert.equal((await send('POST', '/sdk', ENVELOPE, { 'content-encoding': 'br' })).status, 400);
});

test('a body over the limit is 413: announced, sent in pieces, or packed', async () => {
  const long = ENVELOPE + ' '.repeat(100_001);
  assert.equal((await send('POST', '/sdk', long)).status, 413);
  assert.equal((await send('POST', '/sdk', gzipSync(long), { 'content-encoding': 'gzip' })).status, 413);
  assert.equal((await send('POST', '/sdk', ENVELOPE)).status, 200);
});

test('an endless body is refused at the limit without being kept', async () => {
  const socket = tlsConnect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false });
  socket.write('POST /sdk HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const piece = `2710\r\n${' '.repeat(10_000)}\r\n`;
  let sent = 0;
  let answer = '';
  const feed = setInterval(() => {
    if (sent < 1000 && !socket.destroyed) socket.write(piece);
    sent += 1;
  }, 1);
  socket.on('data', (chunk: Buffer) => (answer += String(chunk)));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.on('close', resolve));
  clearInterval(feed);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.ok(sent < 900, `closed after ${sent} pieces`);
});

test('the versions, the coverage, the health and the help for a lost path', async () => {
  const versions = await send('GET', '/sdk/vimServiceVersions.xml');
  assert.match(versions.body, /<name>urn:vim25<\/name>\s*<version>8\.0\.3\.0<\/version>\s*<priorVersions>\s*<version>8\.0\.2\.0<\/version>/);
  assert.match(versions.body, /<version>6\.0<\/version>/);
  assert.doesNotMatch(versions.body, /<version>9\./);
  const about = JSON.parse((await send('GET', '/about')).body) as { methods: Record<string, string[]> };
  assert.ok(about.methods['SessionManager']!.includes('Login'));
  assert.equal((JSON.parse((await send('GET', '/healthz')).body) as { status: string }).status, 'ok');
  const lost = await send('GET', '/mob');
  assert.equal(lost.status, 404);
  assert.match(lost.body, /POST \/sdk/);
});

test('the admin plane: snapshot, change, restore, and clear words for a wrong name', async () => {
  const { store } = simulator;
  const settings = { type: 'OptionManager', value: 'VpxSettings' };
  const before = store.get(settings)!.props;
  assert.equal((await send('POST', '/sim/snapshot?name=one')).status, 200);
  store.transaction((tx) => tx.set(settings, 'setting', []));
  assert.equal((await send('POST', '/sim/restore?name=one')).status, 200);
  assert.deepEqual(store.get(settings)!.props, before);
  store.transaction((tx) => tx.set(settings, 'setting', []));
  assert.equal((await send('POST', '/sim/reset')).status, 200);
  assert.deepEqual(store.get(settings)!.props, before);
  const wrong = await send('POST', '/sim/restore?name=two');
  assert.equal(wrong.status, 404);
  assert.match(wrong.body, /no snapshot \\"two\\"\. Snapshots: one/);
  assert.equal((await send('GET', '/sim/reset')).status, 405);
  assert.equal((await send('POST', '/sim/constructor')).status, 404);
  assert.equal((await send('POST', '/sim/world')).status, 501);
});

test('a client that hangs up ends its call', async () => {
  const slow = createSimulator({ delays: { all: 60_000 } });
  const { port } = await slow.listen({ tls: false });
  const aborted = new Promise<void>((resolve) => {
    const original = slow.handleSoap;
    Object.assign(slow, { handleSoap: (body: string, headers: object, caller: { signal: AbortSignal }) => {
      caller.signal.addEventListener('abort', () => resolve());
      return original(body, headers as never, caller as never);
    } });
  });
  const call = plainRequest({ port, host: '127.0.0.1', path: '/sdk', method: 'POST' });
  call.on('error', () => {});
  call.end(ENVELOPE);
  setTimeout(() => call.destroy(), 50);
  await aborted;
  await slow.close();
});

test('plain HTTP on the HTTPS port is closed, and the log says why', async () => {
  await new Promise<void>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('POST /sdk HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
  assert.match(lines.join('\n'), /plain HTTP to the HTTPS port/);
  assert.equal((await send('GET', '/healthz')).status, 200);
});

test('garbage instead of HTTP is 400 and the server lives on', async () => {
  const socket = tlsConnect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false });
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += String(chunk)));
  socket.write('\0\0\0 what\r\n\r\n');
  await new Promise((resolve) => socket.on('close', resolve));
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.equal((await send('GET', '/healthz')).status, 200);
});

test('the certificate is valid for this machine and its thumbprint is announced', async () => {
  const socket = tlsConnect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false });
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  const raw = new X509Certificate(socket.getPeerCertificate().raw);
  socket.destroy();
  assert.equal(raw.fingerprint, server.thumbprint);
  const trusting = new Agent({ ca: raw.toString() });
  const status = await new Promise((resolve, reject) => {
    request(`${server.url}/healthz`, { agent: trusting }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject).end();
  });
  assert.equal(status, 200);
});

test('a port that is taken is an error of listen', async () => {
  await assert.rejects(simulator.listen({ port: server.port }), { code: 'EADDRINUSE' });
});

test('the admin plane: how appliances boot and what DHCP servers hand out', async () => {
  const rules = await send('POST', '/sim/appliances?name=vch1&delay=5&fail.port-layer=no+such+file');
  assert.deepEqual(JSON.parse(rules.body), { rules: [{ name: 'vch1', delay: 5, failures: { 'port-layer': 'no such file' } }] });
  assert.equal((await send('POST', '/sim/appliances?speed=5')).status, 400);
  assert.deepEqual(JSON.parse((await send('POST', '/sim/dhcp?network=VM%20Network&range=none')).body), { network: 'VM Network', range: 'none' });
  assert.deepEqual(JSON.parse((await send('POST', '/sim/dhcp?network=VM%20Network')).body), { network: 'VM Network', range: '127.17.0.0/16' });
  assert.equal((await send('POST', '/sim/reset')).status, 200);
});
