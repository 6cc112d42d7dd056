import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import { main } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'vicsim-cli-'));
after(() => rmSync(folder, { recursive: true }));

/** Starts main() in process; `until` sees the output so far and says when it is time to stop. */
async function run(argv: string[], until: (out: string) => boolean | Promise<boolean> = () => true, stdin?: PassThrough) {
  const stop = new AbortController();
  let out = '';
  let err = '';
  const code = await main(argv, {
    stdout(text) {
      out += text;
      setImmediate(async () => (await until(out)) && stop.abort());
    },
    stderr: (text) => (err += text),
    stdin,
    pid: 4711,
    stop: stop.signal,
  });
  return { code, out, err };
}

const FREE = ['-l', '127.0.0.1:0'];

test('version, uuidgen and help answer and end', async () => {
  assert.match((await run(['version'])).out, /^vicsim \d+\.\d+\.\d+\n$/);
  assert.match((await run(['uuidgen'])).out, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  for (const word of ['-h', '--help', '-help']) assert.match((await run([word])).out, /-standalone-host[\s\S]*Examples/);
});

test('it prints the line of vcsim, what there is, and lines to try', async () => {
  const { code, out, err } = await run([...FREE, '-username', 'ad min', '-password', "p'w"]);
  assert.equal(code, 0);
  assert.equal(err, '');
  assert.match(out, /^export GOVC_URL=\S+ GOVC_SIM_PID=4711$/m);
  assert.match(out, /^export GOVC_URL='?https:\/\/ad%20min:p/m);
  assert.match(out, /1 datacenter, 1 cluster, 4 hosts, 1 datastore, 4 virtual machines/);
  assert.match(out, /npx vic-machine ls --target 127\.0\.0\.1:\d+ --user 'ad min' --password 'p'\\''w' --thumbprint [0-9A-F:]{59}\n/);
  assert.match(out, /SIGTERM/);
});

test('an ESXi, and plain HTTP', async () => {
  const { out } = await run([...FREE, '-esx', '--tls=false', '-vm=0']);
  assert.match(out, /GOVC_URL=http:\/\/user:pass@/);
  assert.match(out, /VMware ESXi .* with 1 datacenter, 1 host, 1 datastore\n/);
});

test('wrong usage: one line that names the flag, exit code 2', async () => {
  const cases: [string[], RegExp][] = [
    [['-vms', '3'], /unknown flag -vms \(did you mean -vm\?\)/],
    [['-vm', 'many'], /-vm many makes no sense: a whole number from 0/],
    [['-vm', '-1'], /-vm -1 makes no sense/],
    [['-vm'], /-vm needs a value/],
    [['-tls=perhaps'], /-tls=perhaps makes no sense: true or false/],
    [['-load', 'dir', '-vm', '3'], /-vm and -load do not go together/],
    [['-tunnel', '8990'], /-tunnel is not supported/],
    [['-l', 'somewhere'], /-l somewhere is no address/],
    [['-l', '127.0.0.1:99999'], /is no address/],
    [['-api-version', '6.1'], /-api-version 6\.1 is not known: .*6\.0/],
    [['-tlscert', 'x.pem'], /-tlskey is missing/],
    [['-method-delay', 'PowerOn'], /METHOD:MILLISECONDS/],
    [['-method-delay', 'PowerUp:5'], /no method "PowerUp"/],
    [['-clock', 'fast'], /-clock fast makes no sense: a rate such as 60x, frozen, a moment/],
    [['-method-delay', 'CloneVM:9-5'], /upTo 5 is not a number from 9 on/],
    [['-delay', '-5'], /-delay -5 makes no sense/],
    [['--lab', 'x.yaml', '-vm', '3'], /-vm and --lab do not go together/],
    [['-ds', '0'], /-ds is 0: virtual machines need one/],
    [['start'], /unknown word "start"/],
  ];
  for (const [argv, message] of cases) {
    const { code, out, err } = await run(argv);
    assert.equal(code, 2, argv.join(' '));
    assert.equal(out, '');
    assert.match(err, message);
    assert.equal(err.split('\n').length, 2, err);
  }
});

test('what cannot be done: one line, exit code 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const cases: [string[], RegExp][] = [
    [['-l', `127.0.0.1:${port}`], new RegExp(`the port of 127\\.0\\.0\\.1:${port} is in use`)],
    [['-l', '203.0.113.77:0'], /203\.0\.113\.77:0 is not an address of this machine/],
    [[...FREE, '--lab', join(folder, 'none.yaml')], /none\.yaml: there is no such file/],
    [[...FREE, '-tlscert', join(folder, 'none.pem'), '-tlskey', join(folder, 'none.pem')], /cannot read .*none\.pem \(-tlscert\)/],
    [[...FREE, '-E', join(folder, 'no/such/file')], /cannot write .* \(-E\)/],
    [[...FREE, '-trace-file', join(folder, 'no/such/file')], /cannot write .* \(-trace-file\)/],
  ];
  for (const [argv, message] of cases) {
    const { code, err } = await run(argv);
    assert.equal(code, 1, argv.join(' '));
    assert.match(err, message);
    assert.doesNotMatch(err, /\bat .*\.js:\d/);
    assert.equal(err.split('\n').length, 2, err);
  }
  taken.close();
});

test('a lab decides the world, its login and its API version', async () => {
  const file = join(folder, 'good.yaml');
  writeFileSync(file, 'product: esxi\nversion: "6.0"\ncredentials: { user: root, password: abc }\n');
  const { code, out, err } = await run([...FREE, '--lab', file]);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /GOVC_URL=https:\/\/root:abc@/);
  assert.match(out, /VMware ESXi 6\.0\.0/);
});

test('a lab file that makes no sense is told line by line', async () => {
  const file = join(folder, 'bad.yaml');
  writeFileSync(file, 'product: vcenter\nclusters: 3\n');
  const { code, err } = await run([...FREE, '--lab', file]);
  assert.equal(code, 1);
  assert.match(err, /bad\.yaml:2:/);
});

test('a lab that vSphere would refuse is its author\'s mistake, and names the machine', async () => {
  const file = join(folder, 'big.yaml');
  writeFileSync(file, 'product: vcenter\ndatacenters:\n  - name: DC0\n    clusters:\n      - name: C0\n        vms:\n          - { name: big, cpus: 64, memory: 16 GB }\n');
  const { code, out, err } = await run([...FREE, '--lab', file]);
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /^vicsim: .*big\.yaml:1: vSphere would refuse this world: machine big: .*64 CPUs.* 32\.\n$/);
});

test('POST /sim/world shows another world under the same address, and keeps the old one when the lab makes no sense', async () => {
  const file = join(folder, 'first.yaml');
  writeFileSync(file, 'product: vcenter\ndatacenters: [{ name: East }]\n');
  const { err } = await run([...FREE, '-tls=false', '--lab', file, '-password', 'abc'], async (out) => {
    const base = /GOVC_URL=(\S+)\/sdk/.exec(out)![1]!.replace(/\/\/.*@/, '//');
    let cookie = '';
    const post = async (path: string, body: string) => {
      const reply = await fetch(`${base}${path}`, { method: 'POST', body, headers: { cookie } });
      cookie = reply.headers.get('set-cookie') ?? cookie;
      return { status: reply.status, text: await reply.text() };
    };
    const call = async (method: string, type: string, id: string, args = '') => (await post('/sdk', `<Envelope><Body><${method} xmlns="urn:vim25"><_this type="${type}">${id}</_this>${args}</${method}></Body></Envelope>`)).text;
    const product = async () => /<fullName>VMware (\w+)/.exec(await call('RetrieveServiceContent', 'ServiceInstance', 'ServiceInstance'))![1];
    assert.equal(await product(), 'vCenter');
    assert.equal((await post('/sim/snapshot', '')).status, 200);
    const refused = await post('/sim/world', 'product: esxi\nhosts: 3\n');
    assert.equal(refused.status, 400);
    assert.match(refused.text, /lab:2: /);
    assert.equal((await post('/sim/world', ' ')).status, 400);
    assert.equal(await product(), 'vCenter');
    assert.equal((await post('/sim/world', 'product: esxi\nhost: "127.0.0.1:{port}"\ncredentials: { user: root, password: other }\n')).status, 200);
    assert.equal(await product(), 'ESXi');
    const login = (password: string) => call('Login', 'SessionManager', 'ha-sessionmgr', `<userName>root</userName><password>${password}</password>`);
    assert.match(await login('other'), /InvalidLogin/);
    assert.match(await login('abc'), /LoginResponse/);
    assert.match(await call('Fetch', 'HostSystem', 'ha-host', '<prop>name</prop>'), new RegExp(`>127\\.0\\.0\\.1:${new URL(base).port}<`));
    assert.match((await post('/sim/restore', '')).text, /Snapshots: none/);
    return true;
  });
  assert.equal(err, '');
});

test('a trace shows requests and replies, and none of the secrets that are planted in them', async () => {
  const file = join(folder, 'trace.xml');
  const secrets = ['top secret', 'P1anted.saml', 'hunter2'];
  const { err } = await run([...FREE, '-tls=false', '-trace-file', file], async (out) => {
    const url = /GOVC_URL=(\S+)/.exec(out)![1]!.replace(/\/\/.*@/, '//');
    let cookie = '';
    const call = async (method: string, self: string, args = '', header = '') => {
      const reply = await fetch(url, { method: 'POST', headers: { cookie }, body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><s:Header>${header}</s:Header><s:Body><${method} xmlns="urn:vim25"><_this type="${self}">${self}</_this>${args}</${method}></s:Body></s:Envelope>` });
      cookie ||= reply.headers.get('set-cookie')?.split(';')[0] ?? '';
      return reply.text();
    };
    const plant = (pattern: RegExp, text: string) => secrets.push(pattern.exec(text)![1]!);
    await call('LoginByToken', 'SessionManager', '', '<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><x>P1anted.saml</x></saml2:Assertion>');
    plant(/<key>([^<]+)</, await call('Login', 'SessionManager', '<userName>u</userName><password>top secret</password>'));
    plant(/<returnval[^>]*>([^<]+)</, await call('AcquireCloneTicket', 'SessionManager'));
    plant(/<id>([^<]+)</, await call('AcquireGenericServiceTicket', 'SessionManager', '<spec xsi:type="SessionManagerHttpServiceRequestSpec"><method>httpGet</method><url>https://x/folder</url></spec>'));
    await call('Fetch', 'SessionManager', '<prop>currentSession</prop>');
    await call('Fetch', 'SessionManager', '<prop>sessionList</prop>');
    const vm = (await call('FindByInventoryPath', 'SearchIndex', '<inventoryPath>DC0/vm/DC0_H0_VM0</inventoryPath>')).match(/<returnval[^>]*>([^<]+)</)![1]!;
    await call(`ReconfigVM_Task`, `VirtualMachine">${vm}</_this><spec><extraConfig><key>guestinfo./userpw</key><value xsi:type="xsd:string">root:hunter2</value></extraConfig></spec><_this type="x`);
    return true;
  });
  const trace = readFileSync(file, 'utf8');
  assert.match(trace, /<!-- Login -->[\s\S]*HTTP 200[\s\S]*LoginResponse/);
  assert.match(trace, /guestinfo\.\/userpw/);
  assert.equal(secrets.length, 6);
  for (const secret of secrets) for (const [where, text] of Object.entries({ trace, err })) assert.ok(!text.includes(secret), `${where} tells ${secret}`);
});

test('-E writes a file that only its owner reads, and a fifo when somebody opens it', async () => {
  const file = join(folder, 'env');
  await run([...FREE, '-E', file]);
  assert.match(readFileSync(file, 'utf8'), /^export GOVC_URL=https:\/\/user:pass@127\.0\.0\.1:\d+\/sdk GOVC_SIM_PID=4711\n$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  let read = '';
  await run([...FREE, '-E', fifo], async () => {
    for await (const chunk of createReadStream(fifo)) read += String(chunk);
    return true;
  });
  assert.match(read, /^export GOVC_URL=/);
});

test('-stdinexit stops at the end of standard input', async () => {
  const stdin = new PassThrough();
  const { code } = await run([...FREE, '-stdinexit'], () => (stdin.end(), false), stdin);
  assert.equal(code, 0);
});

test('the command: starts on a free port, answers over TLS, stops on SIGTERM with exit code 0', async () => {
  const child = spawn(process.execPath, [new URL('bin.js', import.meta.url).pathname, '-l', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  const url = await new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += String(chunk);
      const found = /GOVC_URL=(\S+) GOVC_SIM_PID=(\d+)/.exec(out);
      if (found && Number(found[2]) === child.pid) resolve(found[1]!);
    });
  });
  const status = await new Promise((resolve, reject) => {
    const call = request(url.replace(/\/\/.*@/, '//'), { method: 'POST', rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', reject);
    call.end('<Envelope><Body><RetrieveServiceContent xmlns="urn:vim25"><_this>ServiceInstance</_this></RetrieveServiceContent></Body></Envelope>');
  });
  assert.equal(status, 200);
  child.kill('SIGTERM');
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.equal(code, 0);
});

test('-clock and -faults hold from the start; a wrong rule is named', async () => {
  const file = join(folder, 'faults.json');
  writeFileSync(file, '[{"method":"Login","status":503}]');
  let seen = '';
  await run([...FREE, '-tls=false', '-clock', 'frozen,2026-01-01T00:00:00Z', '-faults', file], async (out) => {
    const url = /GOVC_URL=http:\/\/user:pass@([\d.:]+)/.exec(out)?.[1];
    if (url === undefined) return false;
    for (const action of ['clock', 'faults']) seen += await (await fetch(`http://${url}/sim/${action}`)).text();
    return true;
  });
  assert.match(seen, /"now":"2026-01-01T00:00:00\.000Z","rate":0,"frozen":true.*"method":"Login","status":503/);
  writeFileSync(file, '[{"method":"Login","status":503},{"method":"Logon","status":503}]');
  const { code, err } = await run([...FREE, '-faults', file]);
  assert.deepEqual([code, err.includes('rule 2: method: "Logon" is no method of vim25')], [1, true], err);
});
