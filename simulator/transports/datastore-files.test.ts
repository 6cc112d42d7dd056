// The /folder service over real sockets: streaming, ranges, who may, and that no path leaves the datastore.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request as plainRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { copyPath, makeDirectory, movePath, removePath, walk } from '../objects/datastore/files.ts';
import { createSimulator, type Listening, type Simulator } from '../index.ts';

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

let simulator: Simulator;
let server: Listening;
let cookie: string;
let datastore: ManagedObjectReference;
const agent = new Agent({ keepAlive: true });
const LINES: string[] = [];

before(async () => {
  simulator = createSimulator({ credentials: { userName: 'root', password: 'pass:word' }, log: (level, message) => LINES.push(`${level} ${message}`) });
  server = await simulator.listen({ tls: false });
  const session = simulator.sim.sessions.login('root', 'pass:word', { ipAddress: '127.0.0.1', userAgent: 'test' });
  cookie = `vmware_soap_session="${session.key}"`;
  datastore = [...simulator.store.ofType('Datastore')][0]!.ref;
});
after(async () => {
  agent.destroy();
  await simulator.close();
  assert.deepEqual(LINES.filter((line) => line.includes('bug')), []);
});

function send(method: string, path: string, body?: Uint8Array | string, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = plainRequest(`${server.url}/`, { path, method, agent, headers: { cookie, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

const SCOPE = '?dcPath=DC0&dsName=LocalDS_0';
const at = (path: string): string => `/folder/${path.split('/').map(encodeURIComponent).join('/')}${SCOPE}`;
const text = async (reply: Promise<Reply>): Promise<[number, string]> => {
  const { status, body } = await reply;
  return [status, body.toString()];
};
const free = (): number => Number((simulator.store.get(datastore)!.props['summary'] as { freeSpace: number }).freeSpace);

describe('/folder', () => {
  it('takes a file, replaces it, gives it back and deletes it; free space follows', async () => {
    const before = free();
    assert.equal((await send('PUT', at('a file.bin'), 'hello')).status, 201);
    assert.equal(free(), before - 5);
    assert.equal((await send('PUT', at('a file.bin'), 'hello, world')).status, 200);
    assert.equal(free(), before - 12);
    const got = await send('GET', at('a file.bin'));
    assert.deepEqual([got.status, got.body.toString(), got.headers['content-length'], got.headers['accept-ranges']], [200, 'hello, world', '12', 'bytes']);
    const head = await send('HEAD', at('a file.bin'));
    assert.deepEqual([head.status, head.headers['content-length'], head.headers['etag'], head.body.length], [200, '12', got.headers['etag'], 0]);
    const gone = await send('DELETE', at('a file.bin'));
    assert.deepEqual([gone.status, gone.body.length], [204, 0]);
    assert.deepEqual(await text(send('GET', at('a file.bin'))), [404, 'File [LocalDS_0] a file.bin was not found.\n']);
    assert.equal((await send('DELETE', at('a file.bin'))).status, 404);
    assert.equal(free(), before);
  });

  it('keeps megabytes byte for byte, whatever the pieces', async () => {
    const parts = [randomBytes(700_001), Buffer.alloc(900_000), randomBytes(333), Buffer.alloc(600_000), randomBytes(262_144)];
    const whole = Buffer.concat(parts);
    assert.equal((await send('PUT', at('big.bin'), whole)).status, 201);
    const digest = (data: Uint8Array) => createHash('sha1').update(data).digest('hex');
    assert.equal(digest((await send('GET', at('big.bin'))).body), digest(whole));
    for (const [from, to] of [[0, 0], [262_143, 262_145], [700_000, 1_700_000], [1_599_999, 1_600_400], [whole.length - 1, whole.length - 1]] as const) {
      const { status, body, headers } = await send('GET', at('big.bin'), undefined, { range: `bytes=${from}-${to}` });
      assert.deepEqual([status, headers['content-range'], digest(body)], [206, `bytes ${from}-${to}/${whole.length}`, digest(whole.subarray(from, to + 1))]);
    }
    await send('DELETE', at('big.bin'));
  });

  it('serves ranges: open, suffix, several, and none that lies inside', async () => {
    await send('PUT', at('r.txt'), '0123456789');
    const range = async (value: string, headers: Record<string, string> = {}) => {
      const { status, body, headers: h } = await send('GET', at('r.txt'), undefined, { range: value, ...headers });
      return [status, h['content-range'], body.toString()];
    };
    assert.deepEqual(await range('bytes=2-4'), [206, 'bytes 2-4/10', '234']);
    assert.deepEqual(await range('bytes=7-'), [206, 'bytes 7-9/10', '789']);
    assert.deepEqual(await range('bytes=-3'), [206, 'bytes 7-9/10', '789']);
    assert.deepEqual(await range('bytes=-99'), [206, 'bytes 0-9/10', '0123456789']);
    assert.deepEqual(await range('bytes=5-99'), [206, 'bytes 5-9/10', '56789']);
    assert.deepEqual(await range('bytes=10-'), [416, 'bytes */10', 'The file has 10 bytes.\n']);
    assert.deepEqual(await range('bytes=-0'), [416, 'bytes */10', 'The file has 10 bytes.\n']);
    for (const ignored of ['bytes=', 'bytes=4-2', 'lines=1-2', 'bytes=x-', 'bytes=0-9,0-9']) assert.deepEqual(await range(ignored), [200, undefined, '0123456789'], ignored);
    const several = await send('GET', at('r.txt'), undefined, { range: 'bytes=0-1, -2' });
    const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(several.headers['content-type']!)![1]!;
    assert.equal(several.status, 206);
    assert.deepEqual(several.body.toString().split(`--${boundary}`).map((part) => part.split('\r\n\r\n').at(-1)), ['\r\n', '01\r\n', '89\r\n', '--\r\n']);
    assert.equal(Number(several.headers['content-length']), several.body.length);
    const { headers } = await send('HEAD', at('r.txt'));
    assert.equal((await range('bytes=2-4', { 'if-range': headers['etag']! }))[0], 206);
    assert.equal((await range('bytes=2-4', { 'if-range': '"other"' }))[0], 200);
  });

  it('tells what is unchanged, and never takes two contents for the same', async () => {
    await send('PUT', at('e.txt'), 'one');
    const first = (await send('HEAD', at('e.txt'))).headers;
    assert.equal((await send('GET', at('e.txt'), undefined, { 'if-none-match': first['etag']! })).status, 304);
    assert.equal((await send('GET', at('e.txt'), undefined, { 'if-modified-since': first['last-modified']! })).status, 304);
    assert.equal((await send('GET', at('e.txt'), undefined, { 'if-modified-since': new Date(0).toUTCString() })).status, 200);
    await send('PUT', at('e.txt'), 'two');
    assert.equal((await text(send('GET', at('e.txt'), undefined, { 'if-none-match': first['etag']! })))[1], 'two');
  });

  it('answers nobody it does not know', async () => {
    const anonymous = await send('GET', at('e.txt'), undefined, { cookie: '' });
    assert.equal(anonymous.status, 401);
    assert.match(anonymous.headers['www-authenticate']!, /^Basic realm=/);
    const basic = (pair: string) => send('GET', at('e.txt'), undefined, { cookie: '', authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    const sessions = simulator.sim.sessions.list().length;
    assert.equal((await basic('root:pass:word')).status, 200);
    for (const wrong of ['root:pass', 'root', ':', 'other:pass:word', '']) assert.equal((await basic(wrong)).status, 401, wrong);
    assert.equal(simulator.sim.sessions.list().length, sessions);
    assert.equal((await send('PUT', at('e.txt'), 'x', { cookie: 'vmware_soap_session="guess"' })).status, 401);
    assert.equal((await send('GET', '/folder', undefined, { cookie: 'vmware_cgi_ticket=guess' })).status, 401);
  });

  it('takes a ticket once, for the request it was made for, also under the name of a host and without dcPath', async () => {
    const session = simulator.sim.sessions.list()[0]!;
    const ticket = () => simulator.sim.tickets.issue({ method: 'httpPut', url: 'https://DC0_H0/folder/t.txt?dsName=LocalDS_0' }, session);
    const put = (id: string, path = '/folder/t.txt?dsName=LocalDS_0') => send('PUT', path, 'x', { cookie: `vmware_cgi_ticket=${id}`, host: 'DC0_H0' });
    const id = ticket();
    assert.equal((await put(id)).status, 201);
    assert.equal((await put(id)).status, 401);
    assert.equal((await put(ticket(), '/folder/other.txt?dsName=LocalDS_0')).status, 401);
    assert.equal((await send('DELETE', '/folder/t.txt?dsName=LocalDS_0', undefined, { cookie: `vmware_cgi_ticket=${ticket()}` })).status, 401);
    assert.equal((await send('GET', at('t.txt'))).body.toString(), 'x');
  });

  it('lists datacenters, datastores and directories', async () => {
    simulator.store.transaction((tx) => makeDirectory(simulator.sim, tx, datastore, 'd&"<i>'));
    await send('PUT', at('d&"<i>/x y#?.txt'), 'abc');
    const page = async (path: string) => {
      const { status, body, headers } = await send('GET', path);
      assert.deepEqual([status, headers['content-type']], [200, 'text/html; charset=utf-8']);
      return [...body.toString().matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)].map(([, href, name]) => [name, href!.replaceAll('&amp;', '&')]);
    };
    assert.deepEqual(await page('/folder'), [['DC0', '/folder?dcPath=DC0']]);
    assert.deepEqual(await page('/folder?dcPath=DC0'), [['Parent Directory', '/folder'], ['LocalDS_0', '/folder?dcPath=DC0&dsName=LocalDS_0']]);
    const rows = await page(`/folder/${SCOPE}`);
    const [, href] = rows.find(([name]) => name === 'd&amp;&quot;&lt;i&gt;/')!;
    const inside = await page(href!);
    assert.deepEqual(inside.map(([name]) => name), ['Parent Directory', 'x y#?.txt']);
    assert.equal((await send('GET', inside[1]![1]!)).body.toString(), 'abc');
  });

  it('names what is wrong and what would be right', async () => {
    assert.deepEqual(await text(send('GET', '/folder/x?dcPath=DC9&dsName=LocalDS_0')), [404, "There is no datacenter 'DC9'. Valid values of dcPath: 'DC0'.\n"]);
    assert.deepEqual(await text(send('GET', '/folder/x?dcPath=DC0&dsName=nope')), [404, "There is no datastore 'nope' in 'DC0'. Valid values of dsName: 'LocalDS_0'.\n"]);
    assert.deepEqual(await text(send('GET', '/folder/x?dcPath=DC0')), [400, "The parameter dsName is missing. Valid values: 'LocalDS_0'.\n"]);
    assert.deepEqual(await text(send('PUT', at('no/such/file'), 'x')), [404, 'The directory [LocalDS_0] no/such does not exist.\n']);
    assert.deepEqual(await text(send('PUT', at('DC0_H0_VM0'), 'x')), [409, '[LocalDS_0] DC0_H0_VM0 is a directory.\n']);
    assert.deepEqual(await text(send('PUT', at('r.txt/x'), 'x')), [409, '[LocalDS_0] r.txt is not a directory.\n']);
    assert.equal((await send('DELETE', `/folder${SCOPE}`)).status, 403);
    const post = await send('POST', at('r.txt'), 'x');
    assert.deepEqual([post.status, post.headers['allow']], [405, 'GET, HEAD, PUT, DELETE']);
    assert.equal((await send('DELETE', at('DC0_H0_VM0/DC0_H0_VM0.vmx'))).status, 423, 'a running machine holds its files');
    assert.equal((await send('PUT', at('half'), 'x', { 'content-range': 'bytes 0-0/9' })).status, 400);
    assert.equal((await send('PUT', at('half'), 'x', { 'content-encoding': 'gzip' })).status, 415);
  });

  it('refuses what the datastore has no room for, before and while it comes', async () => {
    const capacity = Number((simulator.store.get(datastore)!.props['summary'] as { capacity: number }).capacity);
    simulator.store.transaction((tx) => tx.set(datastore, 'summary.capacity', Number(tx.get(datastore, '_used')) + 1_000_000));
    const version = simulator.store.version;
    assert.match((await text(send('PUT', at('large'), Buffer.alloc(1_000_001)))).join(' '), /^507 Insufficient disk space on datastore 'LocalDS_0': 1000000 bytes/);
    assert.equal((await send('PUT', at('large'), Buffer.alloc(5_000_000), { 'transfer-encoding': 'chunked' })).status, 507);
    assert.equal((await send('GET', at('large'))).status, 404);
    assert.equal(simulator.store.version, version);
    assert.equal((await send('PUT', at('large'), Buffer.alloc(1_000_000))).status, 201);
    await send('DELETE', at('large'));
    simulator.store.transaction((tx) => tx.set(datastore, 'summary.capacity', capacity));
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const version = simulator.store.version;
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(`PUT ${at('broken')} HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(50_000)}`, () => setTimeout(() => socket.destroy(), 30));
      });
      socket.on('close', () => setTimeout(resolve, 30));
    });
    assert.equal((await send('GET', at('broken'))).status, 404);
    assert.equal(simulator.store.version, version);
  });

  it('takes no memory for zeros, and reads them back', async () => {
    await send('PUT', at('zeros'), Buffer.alloc(20 * 1024 * 1024));
    const { content } = simulator.store.transaction((tx) => [...walk(tx, datastore, 'zeros')])[0]!.entry as unknown as { content: { blocks: unknown[] } };
    assert.deepEqual(content.blocks, [20 * 1024 * 1024]);
    const { body } = await send('GET', at('zeros'), undefined, { range: 'bytes=1000000-1000009' });
    assert.deepEqual(body, Buffer.alloc(10));
    await send('DELETE', at('zeros'));
  });

  it('shows machines as readable text, and thin disks at their full length', async () => {
    assert.match((await text(send('GET', at('DC0_H0_VM0/DC0_H0_VM0.vmx'))))[1], /^\.encoding = "UTF-8"\n.*displayName = "DC0_H0_VM0"/s);
    assert.match((await text(send('GET', at('DC0_H0_VM0/DC0_H0_VM0.vmdk'))))[1], /^# Disk DescriptorFile\n/);
    const flat = await send('HEAD', at('DC0_H0_VM0/DC0_H0_VM0-flat.vmdk'));
    assert.ok(Number(flat.headers['content-length']) > 1e6);
  });

  it('comes back with a snapshot', async () => {
    await send('PUT', at('s.txt'), 'before');
    const snapshot = simulator.snapshot();
    await send('PUT', at('s.txt'), 'after');
    simulator.restore(snapshot);
    assert.equal((await send('GET', at('s.txt'))).body.toString(), 'before');
  });
});

describe('/folder and any URL', () => {
  it('stays in the datastore and never fails', async () => {
    const piece = fc.constantFrom('..', '%2e%2e', '%2E.', '.', '/', '%2f', '%5c', '\\', '%00', '%0d%0a', 'a', 'DC0_H0_VM0', '%', '%zz', '%c0%af', '?', '&', 'dsName=LocalDS_0', '=', 'dcPath=DC0', 'dcPath=../..', '%25', '😀', '+', ' ', '#', '%ff', '~', "'", '"');
    const path = fc.array(piece, { maxLength: 12 }).map((pieces) => encodeControls(`/folder/${pieces.join('')}`));
    const objects = () => [...simulator.store.all()].filter(({ ref }) => ref.type === '_Directory').map(({ ref }) => ref.value);
    const known = objects().length;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'HEAD', 'PUT', 'OPTIONS'), path, fc.boolean(), async (method, url, scoped) => {
        const { status, body } = await send(method, scoped ? `${url}${SCOPE}` : url, method === 'PUT' ? 'x' : undefined);
        assert.ok(status < 500, `${method} ${url}: ${status} ${body.toString()}`);
        assert.equal(objects().length, known);
        for (const ref of objects()) {
          const entries = simulator.store.find(ref)!.props['entries'] as object;
          for (const name of Object.keys(entries)) assert.ok(name !== '..' && name !== '.' && !/[/\\\0-\x1f]/.test(name), JSON.stringify(name));
        }
      }),
      { numRuns: 300 },
    );
  });

  /** Node's client refuses what may not stand in a request line; everything else goes out as it is. */
  const encodeControls = (url: string): string => url.replace(/[^\x21-\x7e]/g, (c) => (c.charCodeAt(0) < 0x80 ? encodeURIComponent(c) : [...Buffer.from(c, 'latin1')].map((b) => `%${b.toString(16)}`).join('')));
});

describe('uploads, moves, copies and deletes', () => {
  it('do what a table of paths and bytes does, and free space is what the files leave', async () => {
    const name = fc.constantFrom('p', 'q', 'r', 's/p', 's/q');
    const bytes = fc.uint8Array({ maxLength: 40 });
    const action = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), name, bytes }),
      fc.record({ kind: fc.constant('delete' as const), name }),
      fc.record({ kind: fc.constantFrom('move' as const, 'copy' as const), name, to: name, force: fc.boolean() }),
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 15 }), async (actions) => {
        const root = `model${round++}`;
        const before = free();
        simulator.store.transaction((tx) => makeDirectory(simulator.sim, tx, datastore, `${root}/s`, { parents: true }));
        const model = new Map<string, string>();
        for (const step of actions) {
          if (step.kind === 'put') {
            assert.equal((await send('PUT', at(`${root}/${step.name}`), Buffer.from(step.bytes))).status, model.has(step.name) ? 200 : 201);
            model.set(step.name, Buffer.from(step.bytes).toString('hex'));
          } else if (step.kind === 'delete') {
            assert.equal((await send('DELETE', at(`${root}/${step.name}`))).status, model.delete(step.name) ? 204 : 404);
          } else {
            const [from, to] = [step.name, step.to].map((n) => ({ datastore, path: `${root}/${n}` })) as [{ datastore: ManagedObjectReference; path: string }, { datastore: ManagedObjectReference; path: string }];
            const allowed = model.has(step.name) && step.name !== step.to && (step.force || !model.has(step.to));
            let done = true;
            try {
              simulator.store.transaction((tx) => (step.kind === 'move' ? movePath : copyPath)(simulator.sim, tx, from, to, { force: step.force }));
            } catch {
              done = false;
            }
            assert.equal(done, allowed);
            if (!allowed) continue;
            model.set(step.to, model.get(step.name)!);
            if (step.kind === 'move') model.delete(step.name);
          }
        }
        for (const [path, hex] of model) assert.equal((await send('GET', at(`${root}/${path}`))).body.toString('hex'), hex);
        const files = simulator.store.transaction((tx) => [...walk(tx, datastore, root)]).filter(({ entry }) => entry.kind === 'file');
        assert.deepEqual(files.map(({ path }) => path.slice(root.length + 1)).sort(), [...model.keys()].sort());
        assert.equal(free(), before - [...model.values()].reduce((sum, hex) => sum + hex.length / 2, 0));
        simulator.store.transaction((tx) => removePath(tx, datastore, root));
        assert.equal(free(), before);
      }),
      { numRuns: 40 },
    );
  });
});
