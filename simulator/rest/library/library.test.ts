// Libraries and transfers: what is stored where, what is refused, and what goes with what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../runtime/clock.ts';
import { stat } from '../../objects/datastore/files.ts';
import { Rest } from '../rest.testing.ts';

async function library(options = {}): Promise<{ rest: Rest; id: string; item: string; datastore: string }> {
  const rest = await new Rest(options).login();
  const datastore = rest.id('Datastore', 'LocalDS_0');
  const id = await rest.ok<string>('POST', '/api/content/local-library', { name: 'content', storage_backings: [{ type: 'DATASTORE', datastore_id: datastore }], publish_info: { published: true, authentication_method: 'NONE' } });
  const item = await rest.ok<string>('POST', '/api/content/library/item', { library_id: id, name: 'disc', type: 'iso', description: '' });
  return { rest, id, item, datastore };
}

const begin = (rest: Rest, item: string) => rest.ok<string>('POST', '/api/content/library/item/update-session', { library_item_id: item });

async function push(rest: Rest, item: string, name: string, bytes: string, others: object = {}): Promise<{ session: string; status: number }> {
  const session = await begin(rest, item);
  const file = await rest.ok<{ upload_endpoint: { uri: string } }>('POST', `/api/content/library/item/update-session/${session}/file`, { name, source_type: 'PUSH', ...others });
  const { status } = await rest.send('PUT', new URL(file.upload_endpoint.uri).pathname, bytes);
  return { session, status };
}

const complete = (session: string) => `/api/content/library/item/update-session/${session}?action=complete`;

test('what is pushed is in the directory of the library when, and only when, the session is complete', async () => {
  const { rest, id, item, datastore } = await library();
  const { store } = rest.simulator;
  const file = () => store.transaction((tx) => stat(tx, { type: 'Datastore', value: datastore }, `contentlib-${id}/${item}/a.iso`));
  const { session } = await push(rest, item, 'a.iso', 'the bytes', { size: 9 });
  assert.equal(file(), undefined);
  assert.deepEqual(await rest.ok('GET', `/api/content/library/item/${item}/file`), []);
  await rest.ok('POST', complete(session));
  assert.equal(file()?.size, 9);
  const [shown] = await rest.ok<{ name: string; size: number; version: string }[]>('GET', `/rest/com/vmware/content/library/item/file?library_item_id=${item}`);
  assert.deepEqual([shown!.name, shown!.size, shown!.version], ['a.iso', 9, '2']);
  await rest.refuses('NOT_ALLOWED_IN_CURRENT_STATE', 'POST', complete(session));
});

test('a file that did not come, is too short, or has another checksum, is not taken', async () => {
  const { rest, item } = await library();
  const empty = await begin(rest, item);
  await rest.ok('POST', `/api/content/library/item/update-session/${empty}/file`, { name: 'a', source_type: 'PUSH' });
  assert.match(await rest.refuses('NOT_ALLOWED_IN_CURRENT_STATE', 'POST', complete(empty)), /a is WAITING_FOR_TRANSFER/);
  const short = await push(rest, item, 'a', 'abc', { size: 4 });
  assert.equal(short.status, 400);
  assert.match(await rest.refuses('NOT_ALLOWED_IN_CURRENT_STATE', 'POST', complete(short.session)), /a is ERROR/);
  const sum = await push(rest, item, 'a', 'abc', { checksum_info: { algorithm: 'SHA256', checksum: '00' } });
  assert.equal(sum.status, 400);
  const right = await push(rest, item, 'a', 'abc', { checksum_info: { checksum: 'A9993E364706816ABA3E25717850C26C9CD0D89D' } });
  assert.equal(right.status, 200);
});

test('a file of a datastore is pulled; what is elsewhere is refused by the file, not by the call', async () => {
  const { rest, id, item, datastore } = await library();
  const first = await push(rest, item, 'a', 'abc');
  await rest.ok('POST', complete(first.session));
  const url = String((rest.simulator.store.get({ type: 'Datastore', value: datastore })!.props['summary'] as { url: string }).url);
  const session = await begin(rest, item);
  const add = (name: string, uri: string) => rest.ok<{ status: string; error_message?: { default_message: string } }>('POST', `/rest/com/vmware/content/library/item/updatesession/file/id:${session}?~action=add`, { file_spec: { name, source_type: 'PULL', source_endpoint: { uri } } });
  assert.equal((await add('b', `${url}contentlib-${id}/${item}/a`)).status, 'READY');
  const refused = await add('c', 'http://example.com/c');
  assert.equal(refused.status, 'ERROR');
  assert.match(refused.error_message!.default_message, /datastores .* only/);
});

test('a session that nobody goes on with expires, and leaves the item as it was', async () => {
  const clock = new ManualClock();
  const { rest, item } = await library({ clock });
  const session = await begin(rest, item);
  await clock.advance(6 * 60_000);
  assert.equal((await rest.ok<{ state: string }>('GET', `/api/content/library/item/update-session/${session}`)).state, 'ERROR');
  await rest.refuses('NOT_ALLOWED_IN_CURRENT_STATE', 'POST', complete(session));
  assert.equal((await rest.ok<{ content_version: string }>('GET', `/api/content/library/item/${item}`)).content_version, '1');
});

test('a name that leads out of the directory is refused', async () => {
  const { rest, item } = await library();
  const session = await begin(rest, item);
  for (const name of ['../a', 'a/b', '..', '']) {
    await rest.refuses('INVALID_ARGUMENT', 'POST', `/api/content/library/item/update-session/${session}/file`, { name, source_type: 'PUSH' });
  }
});

test('a subscribed library follows its source, and takes no items of its own', async () => {
  const { rest, id, item, datastore } = await library();
  await rest.ok('POST', complete((await push(rest, item, 'a.iso', 'abc')).session));
  const { publish_info } = await rest.ok<{ publish_info: { publish_url: string; password?: string } }>('GET', `/api/content/library/${id}`);
  const copy = await rest.ok<string>('POST', '/api/content/subscribed-library', { name: 'copy', storage_backings: [{ type: 'DATASTORE', datastore_id: datastore }], subscription_info: { subscription_url: publish_info.publish_url, on_demand: false } });
  const [mine] = await rest.ok<string[]>('GET', `/api/content/library/item?library_id=${copy}`);
  assert.equal((await rest.ok<{ cached: boolean }>('GET', `/api/content/library/item/${mine}`)).cached, true);
  await rest.refuses('INVALID_ARGUMENT', 'POST', '/api/content/library/item', { library_id: copy, name: 'x' });
  await rest.refuses('INVALID_ARGUMENT', 'DELETE', `/api/content/library/item/${mine}`);
  await rest.ok('DELETE', `/api/content/library/item/${item}`);
  await rest.ok('POST', `/api/content/subscribed-library/${copy}?action=sync`);
  assert.deepEqual(await rest.ok('GET', `/api/content/library/item?library_id=${copy}`), []);
});

test('a library goes with its items and files, and comes back with a snapshot', async () => {
  const { rest, id, item, datastore } = await library();
  await rest.ok('POST', complete((await push(rest, item, 'a.iso', 'abc')).session));
  const snapshot = rest.simulator.snapshot();
  const directory = () => rest.simulator.store.transaction((tx) => stat(tx, { type: 'Datastore', value: datastore }, `contentlib-${id}`));
  await rest.ok('DELETE', `/api/content/local-library/${id}`);
  assert.equal(directory(), undefined);
  await rest.refuses('NOT_FOUND', 'GET', `/api/content/library/item/${item}`);
  rest.simulator.restore(snapshot);
  assert.equal(directory()?.kind, 'directory');
  assert.equal((await rest.ok<{ size: number }>('GET', `/api/content/library/item/${item}`)).size, 3);
});

test('an unknown datastore, no name, and the wrong kind of library', async () => {
  const { rest, id } = await library();
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'POST', '/api/content/local-library', { name: 'x', storage_backings: [{ type: 'DATASTORE', datastore_id: 'datastore-0' }] }), /there is no such datastore/);
  await rest.refuses('INVALID_ARGUMENT', 'POST', `/api/content/subscribed-library/${id}?action=sync`);
  await rest.refuses('INVALID_ARGUMENT', 'DELETE', `/api/content/subscribed-library/${id}`);
});
