import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { main } from '../cli.ts';
import { createSimulator, SimClock, type Listening, type Simulator } from '../index.ts';
import { VERBS } from './verbs.ts';

let simulator: Simulator;
let server: Listening;
const folder = mkdtempSync(join(tmpdir(), 'vicsim-ctl-'));

before(async () => {
  simulator = createSimulator({ clock: new SimClock({ rate: 0, start: new Date('2026-01-01T00:00:00Z') }) });
  server = await simulator.listen();
});
after(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

async function ctl(...words: string[]): Promise<{ code: number; out: string; err: string; json: () => never }> {
  let out = '';
  let err = '';
  const code = await main(['ctl', ...words], { stdout: (text) => (out += text), stderr: (text) => (err += text), pid: 1, env: { GOVC_URL: `https://user:pass@127.0.0.1:${server.port}/sdk` }, stop: new AbortController().signal });
  return { code, out, err, json: () => JSON.parse(out) as never };
}

const folders = (): number => [...simulator.store.ofType('Folder')].length;
const addFolder = (): void => void simulator.store.transaction((tx) => tx.create('Folder', tx.nextId('group-v'), { name: 'extra', parent: simulator.sim.wellKnown['rootFolder'] }));

test('snapshots: made, listed, gone back to, removed; a name that is not there changes nothing', async () => {
  const count = folders();
  assert.match((await ctl('snapshot', 'create', 'clean')).out, /^snapshot "clean": \d+ objects/);
  addFolder();
  assert.match((await ctl('snapshot')).out, /^name +objects +version +time\nclean +\d+ +\d+ +2026-01-01T00:00:00\.000Z\n$/);
  const wrong = await ctl('restore', 'dirty');
  assert.deepEqual([wrong.code, wrong.out, wrong.err], [1, '', 'vicsim: There is no snapshot "dirty". Snapshots: clean\n']);
  assert.equal(folders(), count + 1);
  assert.equal((await ctl('restore', 'clean')).code, 0);
  assert.equal(folders(), count);
  assert.equal((await ctl('snapshot', 'remove', 'clean')).out, 'no snapshots\n');
  assert.equal((await ctl('snapshot', 'remove', 'clean')).code, 1);
  addFolder();
  assert.deepEqual((await ctl('reset', '--json')).json(), { objects: simulator.store.size, version: simulator.store.version });
  assert.equal(folders(), count);
});

test('the clock: shown, stepped, run, frozen, and never back', async () => {
  assert.match((await ctl('clock')).out, /^now +2026-01-01T00:00:00\.000Z\nrate +frozen\n/);
  let done = false;
  simulator.clock.after(60_000, () => (done = true));
  await ctl('clock', 'step', '59s');
  assert.equal(done, false);
  assert.match((await ctl('clock', 'step', '1h')).out, /01:00:59/);
  assert.equal(done, true);
  assert.match((await ctl('clock', 'set', '2026-01-01T00:00:00Z')).err, /has passed: it is 2026-01-01T01:00:59\.000Z/);
  for (const wrong of [['rate', 'fast'], ['step', '5'], ['set', 'tomorrow']]) assert.match((await ctl('clock', ...wrong)).err, /makes no sense.*60x/, wrong.join(' '));
  assert.equal(simulator.clock.now().toISOString(), '2026-01-01T01:00:59.000Z');
  assert.equal(((await ctl('clock', 'rate', '60x', '--json')).json() as { rate: number }).rate, 60);
  assert.match((await ctl('clock', 'freeze')).out, /rate +frozen/);
});

test('forks: served with a world and a clock of their own, listed, closed', async () => {
  const { url, name } = (await ctl('fork', 'create', 'other', '--json')).json() as { url: string; name: string };
  assert.equal(name, 'other');
  assert.match((await ctl('fork')).out, new RegExp(`^name +url +objects +version\nother +${url} `));
  const there = (...words: string[]) => ctl(...words, '--url', url);
  await there('clock', 'step', '1h');
  assert.notEqual((await there('clock')).out, (await ctl('clock')).out);
  const size = simulator.store.size;
  await there('appliances', 'set', 'name=vch1', 'delay=30');
  assert.match((await there('appliances')).out, /vch1 +30/);
  assert.equal((await ctl('appliances')).out, 'no boot rules\n');
  assert.equal(simulator.store.size, size);
  assert.match((await ctl('fork', 'create', 'other')).err, /There is a fork "other" already/);
  assert.match((await ctl('fork', 'create', '--port', String(server.port))).err, /in use/);
  assert.match((await ctl('fork', 'create', '--port', '70000')).err, /0 to 65535/);
  assert.equal((await ctl('fork', 'close', 'other')).out, 'no forks\n');
  assert.match((await there('clock')).err, /no vicsim answers at/);
  assert.match((await ctl('fork', 'close', 'other')).err, /no fork "other"/);
});

test('faults and delays: of a file or the command line, refused when they make no sense', async () => {
  const file = join(folder, 'rules.json');
  writeFileSync(file, '[{"id":"a","method":"Login","status":503},{"id":"b","method":"PowerOnVM_Task","latency":5,"fault":{"type":"NotSupported"}}]');
  assert.match((await ctl('faults', 'add', file)).out, /a +Login +HTTP 503 +0 +0\nb +PowerOnVM_Task +wait 5 ms, NotSupported/);
  assert.match((await ctl('faults', 'add', '{"method":"Nope"}')).err, /"Nope" is no method/);
  assert.match((await ctl('faults', 'add', '{')).err, /no JSON/);
  assert.match((await ctl('faults', 'remove', 'c')).err, /no rule "c"\. Rules: a, b/);
  await ctl('faults', 'remove', 'a');
  assert.deepEqual(simulator.faults.list().map(({ id }) => id), ['b']);
  assert.equal((await ctl('faults', 'clear')).out, 'no fault rules\n');
  assert.match((await ctl('delays', 'set', 'CloneVM', '2000-5000', '--steps', '20')).out, /CloneVM +2000 +5000 +20/);
  for (const [wrong, said] of [[['Nope', '5'], /no method "Nope"/], [['CloneVM', 'x'], /"x" is no delay/], [['CloneVM', '9-5'], /upTo 5/], [['CloneVM', '9', '--steps', '101'], /steps 101/]] as const) assert.match((await ctl('delays', 'set', ...wrong)).err, said);
  assert.deepEqual(simulator.delays.list(), [{ method: 'CloneVM', milliseconds: 2000, upTo: 5000, steps: 20 }]);
  assert.match((await ctl('delays', 'remove', 'Nope')).err, /Delays: CloneVM/);
  assert.equal((await ctl('delays', 'clear')).out, 'no delays of methods\n');
});

test('calls: the last ones, counts, and those to come as lines', async () => {
  const call = (method: string) => simulator.handleSoap(`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><${method} xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></${method}></Body></Envelope>`, {}, { ipAddress: '127.0.0.1', tls: false });
  const stop = new AbortController();
  const seen: string[] = [];
  const following = main(['ctl', 'trace', '--follow', '--json', '--method', '*e', '--last', '0', '--url', server.url], { stdout: (text) => (seen.push(text), stop.abort()), stderr: (text) => assert.fail(text), pid: 1, stop: stop.signal });
  while (seen.length === 0) {
    await call('RetrieveServiceContent');
    await call('CurrentTime');
    await new Promise(setImmediate);
  }
  assert.equal(await following, 0);
  const { method, object, fault, status } = JSON.parse(seen[0]!) as Record<string, unknown>;
  assert.deepEqual([method, object, fault, status], ['CurrentTime', 'ServiceInstance:ServiceInstance', 'NotAuthenticated', 500]);
  assert.match((await ctl('trace', '--last', '1')).out, /^time +method.*\n\S+ +CurrentTime +ServiceInstance:ServiceInstance +\d.* NotAuthenticated\n$/);
  assert.match((await ctl('trace', '--last', 'all')).err, /last "all" makes no sense/);
  assert.match((await ctl('coverage')).out, /CurrentTime +\d+ +[\d.]+ +implemented +NotAuthenticated \d+\n/);
});

test('wrong words name the right ones', async () => {
  for (const [words, said] of [[['snapsh'], /no verb "snapsh": reset, /], [['clock', 'stop'], /clock has no "stop": show, rate, /], [['restore', 'a', 'b'], /restore takes \[NAME\]/], [['reset', '--port', '1'], /takes no --port: --json, --url, -k/], [['clock', 'rate'], /takes RATE, and got nothing/]] as const) {
    const { code, err } = await ctl(...words);
    assert.equal(code, 2);
    assert.match(err, said);
  }
  assert.match((await ctl('reset', '--url', 'https://127.0.0.1:1')).err, /no vicsim answers at https:\/\/127\.0\.0\.1:1: start one/);
  const { out } = await ctl('-h');
  for (const { name } of VERBS) assert.ok(out.includes(`  ${name} `), name);
});
