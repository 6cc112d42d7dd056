// The client against a whole server, some of whose replies get lost on the way. The server is the simulator.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import {
  connect, ConnectionError, find, findOne, followEvents, followTasks, isFault, NotFoundError, openDatastore, property, readInventory, retrieveAll, runTask, TransferError,
  waitForTasks, want, watch, type ManagedObjectReference, type Session,
} from './index.ts';

const login = { user: 'u', password: 'p' };

/** A server that answers by the simulator; `lose` names methods whose next reply is lost after the work is done. */
class Lossy {
  readonly simulator: Simulator;
  readonly lose: string[] = [];
  readonly calls: string[] = [];
  private readonly server: http.Server;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
    this.server = http.createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const method = /<(\w+) xmlns="urn:vim25"/.exec(String(body))?.[1] ?? '?';
      this.calls.push(method);
      const hangUp = new AbortController();
      response.on('close', () => hangUp.abort());
      const reply = await simulator.handleSoap(body, request.headers, { ipAddress: '127.0.0.1', tls: false, signal: hangUp.signal });
      const lost = this.lose.indexOf(method);
      if (lost >= 0) {
        this.lose.splice(lost, 1);
        response.socket?.destroy();
      } else response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  }

  async url(): Promise<URL> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/sdk`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await this.simulator.close();
  }
}

let world: Simulator;
before(() => {
  world = createSimulator({ freeze: true });
});
after(() => world.close());

async function lossy(work: (session: Session, server: Lossy, simulator: Simulator) => Promise<void>): Promise<void> {
  const server = new Lossy(world.fork());
  try {
    const session = await connect(await server.url(), login);
    await work(session, server, server.simulator);
    await session.close();
  } finally {
    await server.close();
  }
}

const seen = (batch: readonly { readonly kind: string; readonly ref: ManagedObjectReference; readonly changed: object }[]): string[] => batch.map(({ kind, ref, changed }) => `${kind} ${ref.value} ${JSON.stringify(changed)}`);
const states = want('VirtualMachine', 'name', 'runtime.powerState');
/** What every session of the simulator owns: collectors, filters, views. */
const owned = (simulator: Simulator): number => simulator.sim.sessions.open().reduce((sum, session) => sum + [...session.objects.values()].filter(({ ref }) => /(Collector|Filter|View)$/.test(ref.type)).length, 0);

test('a watch tells what is there, each change once, and leaves nothing on the server', async () => {
  await lossy(async (session, _server, simulator) => {
    const watching = watch(session, states, { below: session.content.rootFolder });
    const first = (await watching.next()).value;
    assert.deepEqual(first.map(({ kind, props }) => [kind, props.name]).sort(), [['enter', 'DC0_C0_RP0_VM0'], ['enter', 'DC0_C0_RP0_VM1'], ['enter', 'DC0_H0_VM0'], ['enter', 'DC0_H0_VM1']]);
    const vm = first[0]!.ref;
    await runTask(session, vm, 'PowerOffVM_Task', {});
    assert.deepEqual(seen((await watching.next()).value), [`modify ${vm.value} {"runtime.powerState":"poweredOff"}`]);
    await runTask(session, vm, 'Destroy_Task', {});
    const [gone] = (await watching.next()).value;
    assert.deepEqual([gone!.kind, gone!.ref, gone!.props['runtime.powerState']], ['leave', vm, 'poweredOff']);
    assert.ok(owned(simulator) > 0);
    await watching.return(undefined as never);
    assert.equal(owned(simulator), 0);
  });
});

test('a lost reply is asked for again with the same version', async () => {
  await lossy(async (session, server) => {
    const [vm] = await retrieveAll(session, session.content.rootFolder, want('VirtualMachine', 'name'));
    const watching = watch(session, states, { refs: [vm!.ref] }, { retryDelayMs: 1 });
    await watching.next();
    server.lose.push('WaitForUpdatesEx', 'WaitForUpdatesEx');
    const next = watching.next();
    await runTask(session, vm!.ref, 'PowerOffVM_Task', {});
    assert.deepEqual(seen((await next).value), [`modify ${vm!.ref.value} {"runtime.powerState":"poweredOff"}`]);
    await watching.return(undefined as never);
  });
});

test('when replies stay lost, the watch ends with the error of the connection', async () => {
  await lossy(async (session, server) => {
    server.lose.push('WaitForUpdatesEx', 'WaitForUpdatesEx', 'WaitForUpdatesEx', 'WaitForUpdatesEx');
    const watching = watch(session, states, { below: session.content.rootFolder }, { attempts: 2, retryDelayMs: 1 });
    await assert.rejects(watching.next(), (error) => error instanceof ConnectionError && /127\.0\.0\.1:\d+: the connection was closed/.test(error.message));
    server.lose.length = 0;
  });
});

test('a session that the server forgot is opened again; a watch tells only what changed in between', async () => {
  await lossy(async (session, server, simulator) => {
    const rows = await retrieveAll(session, session.content.rootFolder, states);
    const [one, two] = rows.map(({ ref }) => ref);
    const watching = watch(session, states, { refs: [one!, two!] }, { retryDelayMs: 1 });
    await watching.next();
    const next = watching.next();
    const second = new Lossy(simulator);
    const helper = await connect(await second.url(), login);
    for (const open of simulator.sim.sessions.open()) if (open.key === session.key) simulator.sim.sessions.end(open);
    await runTask(helper, one!, 'PowerOffVM_Task', {});
    assert.deepEqual(seen((await next).value), [`modify ${one!.value} {"runtime.powerState":"poweredOff"}`]);
    for (const open of simulator.sim.sessions.open()) if (open.key === session.key) simulator.sim.sessions.end(open);
    await runTask(helper, two!, 'PowerOffVM_Task', {});
    await runTask(helper, two!, 'Destroy_Task', {});
    assert.deepEqual(seen((await watching.next()).value), [`leave ${two!.value} {}`]);
    await watching.return(undefined as never);
    assert.equal(server.calls.filter((method) => method === 'Login').length, 3);
    await helper.close();
    await second.close();
  });
});

test('calls that find the session gone log in once, all together', async () => {
  await lossy(async (session, server, simulator) => {
    for (const open of simulator.sim.sessions.open()) simulator.sim.sessions.end(open);
    await Promise.all([1, 2, 3, 4].map(() => property(session, session.content.rootFolder, 'Folder', 'name')));
    assert.equal(server.calls.filter((method) => method === 'Login').length, 2);
  });
});

test('an abort ends a watch with its reason and destroys the filter', async () => {
  await lossy(async (session, _server, simulator) => {
    const controller = new AbortController();
    const watching = watch(session, states, { below: session.content.rootFolder }, { signal: controller.signal });
    await watching.next();
    const next = watching.next();
    setTimeout(() => controller.abort(new Error('enough')), 5);
    await assert.rejects(next, /enough/);
    assert.equal(owned(simulator), 0);
  });
});

test('tasks tell their progress; an abort cancels what has not ended', async () => {
  const simulator = createSimulator({ delays: { byMethod: { PowerOffVM: 5_000 } } });
  const server = await simulator.listen({ tls: false });
  const session = await connect(`${server.url}/sdk`, login);
  const [vm] = await retrieveAll(session, session.content.rootFolder, want('VirtualMachine', 'name'));
  const reported: string[] = [];
  await runTask(session, vm!.ref, 'SuspendVM_Task', {}, { onProgress: (info) => reported.push(info.state) });
  assert.equal(reported.at(-1), 'success');
  await runTask(session, vm!.ref, 'PowerOnVM_Task', {});
  const task = await session.call(vm!.ref, 'PowerOffVM_Task', {});
  const controller = new AbortController();
  const states: string[] = [];
  await assert.rejects(async () => {
    for await (const info of followTasks(session, [task], { signal: controller.signal })) {
      states.push(info.state);
      if (info.state === 'running') controller.abort(new Error('changed my mind'));
    }
  }, /changed my mind/);
  assert.equal(states.at(-1), 'running');
  const [ended] = await waitForTasks(session, [task]);
  assert.equal(ended!.error?.fault._type, 'RequestCanceled');
  assert.equal(await property(session, vm!.ref, 'VirtualMachine', 'runtime.powerState'), 'poweredOn');
  await session.close();
  await simulator.close();
});

test('a session is kept and gone on with; one that has ended is told apart', async () => {
  const simulator = world.fork();
  const { url } = await simulator.listen({ tls: false });
  const first = await connect(`${url}/sdk`, login);
  const key = first.key!;
  await first.close({ keepSession: true });
  const second = await connect(`${url}/sdk`, { session: key });
  assert.equal(second.key, key);
  assert.equal(await property(second, second.content.rootFolder, 'Folder', 'name'), 'Datacenters');
  await second.close();
  await assert.rejects(connect(`${url}/sdk`, { session: key }), (error) => isFault(error, 'NotAuthenticated') && /the session has ended/.test(error.message));
  const third = await connect(`${url}/sdk`, { session: key, ...login });
  assert.notEqual(third.key, key);
  await third.close();
  await simulator.close();
});

test('certificates: refused by default with their thumbprint, accepted by it, by authority, or on request', async () => {
  const simulator = world.fork();
  const { url, thumbprint } = await simulator.listen();
  const thumb = thumbprint!;
  await assert.rejects(connect(`${url}/sdk`, login), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.thumbprint, thumb);
    assert.match(error.message, /127\.0\.0\.1:\d+: its certificate is self-signed.*option "thumbprint".*option "ca"/);
    return true;
  });
  await assert.rejects(connect(`${url}/sdk`, { ...login, thumbprint: thumb.replace(/^../, 'FF') }), new RegExp(`has the thumbprint ${thumb}, not FF`));
  for (const tls of [{ thumbprint: thumb }, { thumbprint: thumb.replaceAll(':', '').toLowerCase() }, { insecure: true }]) await (await connect(`${url}/sdk`, { ...login, ...tls })).close();
  await simulator.close();
});

test('events come each once and in order, also when the session was lost between them', async () => {
  await lossy(async (session, server, simulator) => {
    const [vm] = await retrieveAll(session, session.content.rootFolder, want('VirtualMachine', 'name'));
    const events = followEvents(session, { filter: { eventTypeId: ['VmPoweredOffEvent', 'VmPoweredOnEvent'] }, retryDelayMs: 1 });
    const types: (string | undefined)[] = [];
    let next = events.next();
    for (const method of ['PowerOffVM_Task', 'PowerOnVM_Task', 'PowerOffVM_Task', 'PowerOnVM_Task'] as const) {
      // The first must not begin before the collector is there: it tells what happens from then on.
      while (!server.calls.includes('WaitForUpdatesEx')) await new Promise((resolve) => setTimeout(resolve, 2));
      if (types.length === 1) server.lose.push('WaitForUpdatesEx', 'ReadNextEvents');
      if (types.length === 2) for (const open of simulator.sim.sessions.open()) if (open.key === session.key) simulator.sim.sessions.end(open);
      await runTask(session, vm!.ref, method, {});
      types.push((await next).value._type);
      next = events.next();
    }
    next.catch(() => undefined);
    assert.deepEqual(types, ['VmPoweredOffEvent', 'VmPoweredOnEvent', 'VmPoweredOffEvent', 'VmPoweredOnEvent']);
  });
});

test('the finder: paths, patterns, relative places, and words when there is nothing', async () => {
  await lossy(async (session) => {
    const folder = await property(session, session.content.rootFolder, 'Folder', 'childEntity');
    const vmFolder = await property(session, folder![0]!, 'Datacenter', 'vmFolder');
    const odd = await session.call(vmFolder!, 'CreateFolder', { name: 'a%2fb' });
    await session.call(odd, 'CreateFolder', { name: 'in[1]' });
    const inventory = await readInventory(session);
    const paths = (pattern: string, options = {}): string[] => find(inventory, pattern, options).map((node) => node.path);
    const vm = { type: 'VirtualMachine' } as const;
    assert.deepEqual(paths('/'), ['/']);
    assert.deepEqual(paths('/DC0/vm/DC0_H0_VM0'), ['/DC0/vm/DC0_H0_VM0']);
    assert.deepEqual(paths('/DC0/vm/*_VM[0-0]'), ['/DC0/vm/DC0_C0_RP0_VM0', '/DC0/vm/DC0_H0_VM0']);
    assert.deepEqual(paths('/DC?/vm/*H0*', vm), ['/DC0/vm/DC0_H0_VM0', '/DC0/vm/DC0_H0_VM1']);
    assert.deepEqual(paths('DC0_H0_VM0', vm), ['/DC0/vm/DC0_H0_VM0']);
    assert.deepEqual(paths('./DC0_H0*', vm), ['/DC0/vm/DC0_H0_VM0', '/DC0/vm/DC0_H0_VM1']);
    assert.deepEqual(paths('DC0_C0/Resources', { type: 'ResourcePool' }), ['/DC0/host/DC0_C0/Resources']);
    assert.deepEqual(paths('*', { type: 'Datacenter' }), ['/DC0']);
    assert.deepEqual(paths('*_H0', { type: 'HostSystem' }), ['/DC0/host/DC0_C0/DC0_C0_H0', '/DC0/host/DC0_H0/DC0_H0']);
    assert.equal(paths('/...', vm).length, 4);
    assert.deepEqual(paths('/DC0/vm/a%2Fb'), ['/DC0/vm/a%2fb']);
    assert.deepEqual(paths('/DC0/vm/a*/in\\[1]'), ['/DC0/vm/a%2fb/in[1]']);
    assert.deepEqual(paths('/DC0/vm/nothing*'), []);
    assert.throws(() => findOne(inventory, 'nope', { type: 'Datastore' }), (error) => error instanceof NotFoundError && /there is no Datastore "nope"; there is: \/DC0\/datastore\/LocalDS_0/.test(error.message));
    assert.throws(() => findOne(inventory, 'DC0_H0_VM*', vm), /means 2 VirtualMachine objects/);
    assert.throws(() => findOne(inventory, 'x', { ...vm, datacenter: 'DC9' }), /there is no datacenter "DC9"; there is: \/DC0/);
    assert.throws(() => paths('/DC0/[a'), /bracket/);
  });
});

test('files go up and down as streams, and are arranged on the server', async () => {
  const simulator = world.fork();
  const { url } = await simulator.listen({ tls: false });
  const session = await connect(`${url}/sdk`, login);
  const files = await openDatastore(session, await readInventory(session), 'LocalDS_0');
  const folder = await mkdtemp(join(tmpdir(), 'vic-client-'));
  const bytes = randomBytes(700_000);
  await writeFile(join(folder, 'up'), bytes);
  await files.mkdir('iso/deep er');
  const progress: (number | undefined)[] = [];
  await files.upload('iso/deep er/a&b#c.iso', join(folder, 'up'), { onProgress: (done, total) => progress.push(done, total) });
  assert.deepEqual(progress.slice(-2), [bytes.length, bytes.length]);
  await files.upload('iso/two', Readable.from([Buffer.from('in '), Buffer.from('pieces')]));
  await files.upload('iso/three', Buffer.from('bytes'));
  assert.deepEqual((await files.list('iso'))!.map(({ name }) => name).sort(), ['deep er', 'three', 'two']);
  assert.equal((await files.stat('iso/deep er/a&b#c.iso'))!.size, bytes.length);
  assert.equal(await files.stat('iso/none'), undefined);
  assert.equal(await files.list('none'), undefined);
  await files.download('iso/deep er/a&b#c.iso', { to: join(folder, 'down') });
  assert.ok((await readFile(join(folder, 'down'))).equals(bytes));
  await files.move('iso/two', 'iso/moved');
  await files.copy('iso/moved', 'iso/copied');
  let text = '';
  for await (const chunk of await files.download('iso/copied')) text += String(chunk);
  assert.equal(text, 'in pieces');
  assert.equal(await files.stat('iso/two'), undefined);
  for (const open of simulator.sim.sessions.open()) simulator.sim.sessions.end(open);
  await files.upload('iso/after', Readable.from(['the session was gone']));
  for (const open of simulator.sim.sessions.open()) simulator.sim.sessions.end(open);
  (await files.download('iso/after')).resume();
  await assert.rejects(files.download('iso/none'), (error) => error instanceof TransferError && error.status === 404 && /GET of \[LocalDS_0\] iso\/none/.test(error.message));
  await assert.rejects(files.upload('none/x', Buffer.from('x')), (error) => error instanceof TransferError && error.status === 404);
  const broken = new Readable({ read() { this.destroy(new Error('the disk broke')); } });
  await assert.rejects(files.upload('iso/broken', broken), /the disk broke/);
  assert.equal(await files.stat('iso/broken'), undefined);
  assert.equal(await files.remove('iso'), true);
  assert.equal(await files.remove('iso'), false);
  await rm(folder, { recursive: true });
  await session.close();
  await simulator.close();
});
