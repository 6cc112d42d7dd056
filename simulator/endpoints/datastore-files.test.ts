// What the /folder service does without a socket: when it stops reading, and whom it lets in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Caller } from '../objects/datastore/datastore.testing.ts';
import type { FileReply } from './datastore-files.ts';

const FILE = '/folder/f?dcPath=DC0&dsName=LocalDS_0';

function send(world: Caller, method: string, body?: AsyncIterable<Uint8Array>, headers: Readonly<Record<string, string>> = {}, url = FILE): Promise<FileReply> {
  return world.simulator.handleFiles({ method, url, headers: { cookie: `vmware_soap_session="${world.session.key}"`, ...headers }, body }, { ipAddress: '::1', tls: true });
}

async function* pieces(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

function limit(world: Caller, bytes: number): void {
  const datastore = world.named('Datastore');
  world.simulator.store.transaction((tx) => tx.set(datastore, 'summary.capacity', Number(tx.get(datastore, '_used')) + bytes));
}

test('a body that is said to be too long is not read at all', async () => {
  const world = new Caller();
  limit(world, 1000);
  async function* never(): AsyncIterable<Uint8Array> {
    assert.fail('the body was read');
    yield Buffer.alloc(0);
  }
  assert.equal((await send(world, 'PUT', never(), { 'content-length': '1001' })).status, 507);
});

test('an endless body is read no further than there is room', async () => {
  const world = new Caller();
  limit(world, 1_000_000);
  let read = 0;
  async function* endless(): AsyncIterable<Uint8Array> {
    for (;;) {
      read += 100_000;
      if (read > 10_000_000) assert.fail('it reads for ever');
      yield Buffer.alloc(100_000, 1);
    }
  }
  assert.equal((await send(world, 'PUT', endless())).status, 507);
  assert.ok(read <= 1_100_000, String(read));
  assert.equal(world.file(world.named('Datastore'), 'f'), undefined);
});

test('room that others take while a body comes is not given away twice', async () => {
  const world = new Caller();
  limit(world, 1000);
  async function* slow(): AsyncIterable<Uint8Array> {
    yield Buffer.alloc(600);
    assert.equal((await send(world, 'PUT', pieces('x'.repeat(600)), {}, FILE.replace('/f?', '/g?'))).status, 201);
    yield Buffer.alloc(100);
  }
  assert.equal((await send(world, 'PUT', slow())).status, 507);
  assert.equal(world.file(world.named('Datastore'), 'f'), undefined);
});

test('two contents of one size at one moment have two ETags', async () => {
  const world = new Caller();
  const tag = async (text: string) => {
    await send(world, 'PUT', pieces(text));
    return (await send(world, 'HEAD')).headers['ETag'];
  };
  assert.notEqual(await tag('one'), await tag('two'));
});

test('what is shorter than it was said to be is no upload', async () => {
  const world = new Caller();
  assert.equal((await send(world, 'PUT', pieces('half'), { 'content-length': '8' })).status, 400);
  assert.equal((await send(world, 'GET')).status, 404);
});

test('a datastore that goes away while a body comes takes the upload with it', async () => {
  const world = new Caller({ model: { datastore: 2, machine: 0 } });
  const url = FILE.replace('LocalDS_0', 'LocalDS_1');
  async function* slow(): AsyncIterable<Uint8Array> {
    yield Buffer.alloc(10);
    await world.call(world.named('Datastore', 'LocalDS_1'), 'Destroy_Task');
  }
  assert.equal((await send(world, 'PUT', slow(), {}, url)).status, 404);
});

test('an ESXi host needs no dcPath, and has one datacenter whatever it is called', async () => {
  const world = new Caller({ product: 'esxi' });
  for (const url of ['/folder/f?dsName=LocalDS_0', '/folder/f?dcPath=ha-datacenter&dsName=LocalDS_0']) {
    assert.ok((await send(world, 'PUT', pieces('x'), {}, url)).status < 300, url);
  }
  assert.equal((await send(world, 'GET', undefined, {}, '/folder?dcPath=ha-datacenter')).status, 200);
});

test('a name that two datacenters have is asked about', async () => {
  const world = new Caller({ model: { datacenter: 2 } });
  const { status, body } = await send(world, 'GET', undefined, { host: 'vcenter' }, '/folder/f?dsName=LocalDS_0');
  assert.deepEqual([status, String(body)], [400, "Several datacenters have a datastore 'LocalDS_0': give dcPath. Valid values: 'DC0', 'DC1'.\n"]);
  assert.equal((await send(world, 'PUT', pieces('x'), { host: 'DC1_H0:8989' }, '/folder/f?dsName=LocalDS_0')).status, 201);
  assert.equal((await send(world, 'GET', undefined, {}, '/folder/f?dcPath=/DC1&dsName=LocalDS_0')).status, 200);
  assert.equal((await send(world, 'GET', undefined, {}, '/folder/f?dcPath=DC0&dsName=LocalDS_0')).status, 404);
});

test('reading and writing need their privileges on the datastore', async () => {
  const world = new Caller();
  const asked: string[] = [];
  let held = 'Datastore.Browse';
  const rights = { any: true, has: (object: { value: string }, privilege: string) => (asked.push(`${object.value} ${privilege}`), privilege === held) };
  Object.defineProperty(world.session, 'rights', { value: rights });
  const { value } = world.named('Datastore');
  assert.deepEqual([(await send(world, 'GET')).status, (await send(world, 'PUT', pieces('x'))).status, (await send(world, 'DELETE')).status], [404, 403, 403]);
  held = 'Datastore.FileManagement';
  assert.deepEqual([(await send(world, 'PUT', pieces('x'))).status, (await send(world, 'GET')).status, (await send(world, 'DELETE')).status], [201, 403, 204]);
  assert.deepEqual([...new Set(asked)], [`${value} Datastore.Browse`, `${value} Datastore.FileManagement`]);
});
