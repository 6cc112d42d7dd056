import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { main } from '../cli.ts';
import { createSimulator, ManualClock, type Simulator } from '../index.ts';
import { recorded, recordInto, withoutSecrets, type RecordedCall } from './recording.ts';
import { readRecording } from './replay.ts';

const folder = mkdtempSync(join(tmpdir(), 'vicsim-replay-'));
after(() => rmSync(folder, { recursive: true }));

/** Logs in, creates a folder, renames it by the id it was given, logs out; gives what was recorded. */
async function record(simulator: Simulator, file: string): Promise<readonly RecordedCall[]> {
  const handle = recorded(simulator.handleSoap, new ManualClock(), recordInto(file));
  let cookie: string | undefined;
  const call = async (method: string, type: string, id: string, args = ''): Promise<string> => {
    const body = `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><${method} xmlns="urn:vim25"><_this type="${type}">${id}</_this>${args}</${method}></Body></Envelope>`;
    const reply = await handle(body, cookie === undefined ? {} : { cookie }, { ipAddress: '127.0.0.1', tls: false });
    cookie = reply.headers['Set-Cookie']?.split(';')[0] ?? cookie;
    return reply.body;
  };
  await call('Login', 'SessionManager', 'SessionManager', '<userName>me</userName><password>s3cret &amp; more</password>');
  const made = await call('CreateFolder', 'Folder', 'group-d1', '<name>fresh</name>');
  const id = /<returnval type="Folder">([^<]+)/.exec(made)![1]!;
  await call('Fetch', 'Folder', id, '<prop>name</prop>');
  await call('CreateFolder', 'Folder', 'group-d1', '<name>fresh</name>');
  await call('Logout', 'SessionManager', 'SessionManager');
  return readRecording(readFileSync(file, 'utf8'), file);
}

async function replay(file: string, url: string, ...more: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(['replay', file, '--against', url, ...more], { stdout: (text) => (out += text), stderr: (text) => (err += text), pid: 1, stop: new AbortController().signal });
  return { code, out, err };
}

test('calls are recorded without passwords and session keys', async () => {
  const file = join(folder, 'calls.ndjson');
  const simulator = createSimulator();
  const calls = await record(simulator, file);
  const text = readFileSync(file, 'utf8');
  assert.ok(!text.includes('s3cret'), text.slice(0, 500));
  assert.doesNotMatch(text, /vmware_soap_session|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}<\/key>/);
  assert.deepEqual(calls.map(({ method, session, opens }) => [method, session, opens]), [
    ['Login', undefined, 'session-1'], ['CreateFolder', 'session-1', undefined], ['Fetch', 'session-1', undefined], ['CreateFolder', 'session-1', undefined], ['Logout', 'session-1', undefined],
  ]);
  await simulator.close();
});

test('secrets of every kind are taken out', () => {
  const hidden = withoutSecrets('<auth><password xsi:type="x">a</password></auth><password><value>b</value><plainText>true</plainText></password><adminPassword>c</adminPassword>', 'X');
  assert.doesNotMatch(hidden, />[abc]</);
  assert.match(withoutSecrets('<returnval><id>cst-1</id></returnval>', 'AcquireGenericServiceTicket'), /<id>\*{6}</);
  assert.match(withoutSecrets('<returnval><id>7</id></returnval>', 'FindByUuid'), /<id>7</);
});

test('replayed to a server with other ids, all is alike; replayed again, the folder is there already', async (t) => {
  const file = join(folder, 'again.ndjson');
  const first = createSimulator({ credentials: { userName: 'me', password: 's3cret & more' } });
  await record(first, file);
  const other = createSimulator({ credentials: { userName: 'you', password: 'other' } });
  t.after(() => other.close());
  // Ids are ahead of those of the recording.
  for (let i = 0; i < 50; i++) other.store.ids.next('');
  const { port } = await other.listen({ tls: false });
  const url = `http://you:other@127.0.0.1:${port}/sdk`;
  assert.deepEqual(await replay(file, url), { code: 0, out: '5 calls, all answered alike\n', err: '' });
  const again = await replay(file, url, '--json');
  assert.equal(again.code, 1);
  assert.deepEqual(JSON.parse(again.out).differences[0], { number: 2, method: 'CreateFolder', what: ['no fault was recorded, now it is DuplicateName'] });
  const wrong = await replay(file, `http://you:wrong@127.0.0.1:${port}/sdk`);
  assert.match(wrong.out, /^call 1, Login\n {2}no fault was recorded, now it is InvalidLogin\n/);
  await first.close();
});

test('what makes no sense is named', async () => {
  const file = join(folder, 'odd.ndjson');
  writeFileSync(file, '{"method":"x"}\n');
  assert.match((await replay(file, 'http://127.0.0.1:1')).err, /odd\.ndjson:1: it is no recorded call/);
  assert.match((await replay(join(folder, 'none'), 'http://127.0.0.1:1')).err, /cannot read .*none/);
  assert.deepEqual([(await replay(file, 'somewhere')).code, (await replay(file, 'http://127.0.0.1:1', '--timeout', 'x')).code], [2, 2]);
});
