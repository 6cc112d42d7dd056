// Categories, tags, associations: both dialects, their rules, and what goes with an object.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rest } from '../rest.testing.ts';

const category = (name: string, others: object = {}) => ({ name, description: '', cardinality: 'SINGLE', associable_types: [], ...others });

test('what one dialect creates, the other shows', async () => {
  const rest = await new Rest().login();
  const id = await rest.ok<string>('POST', '/rest/com/vmware/cis/tagging/category', { create_spec: category('region') });
  assert.match(id, /^urn:vmomi:InventoryServiceCategory:[0-9a-f-]{36}:GLOBAL$/);
  const tag = await rest.ok<string>('POST', '/api/cis/tagging/tag', { category_id: id, name: 'eu', description: 'Europe' });
  assert.deepEqual(await rest.ok('GET', `/rest/com/vmware/cis/tagging/tag/id:${tag}`), { id: tag, category_id: id, name: 'eu', description: 'Europe', used_by: [] });
  assert.deepEqual(await rest.ok('POST', `/rest/com/vmware/cis/tagging/tag/id:${id}?~action=list-tags-for-category`, { category_id: id }), [tag]);
  assert.deepEqual(await rest.ok('POST', '/api/cis/tagging/tag?action=list-tags-for-category', { category_id: id }), [tag]);
});

test('a category of cardinality SINGLE allows one tag on an object', async () => {
  const rest = await new Rest().login();
  const vm = { type: 'VirtualMachine', id: rest.id('VirtualMachine', 'DC0_H0_VM0') };
  const id = await rest.ok<string>('POST', '/api/cis/tagging/category', category('region'));
  const [eu, us] = await Promise.all(['eu', 'us'].map((name) => rest.ok<string>('POST', '/api/cis/tagging/tag', { category_id: id, name, description: '' })));
  await rest.ok('POST', `/api/cis/tagging/tag-association/${eu}?action=attach`, { object_id: vm });
  await rest.ok('POST', `/api/cis/tagging/tag-association/${eu}?action=attach`, { object_id: vm });
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'POST', `/api/cis/tagging/tag-association/${us}?action=attach`, { object_id: vm }), /allows one tag, and "eu" is attached/);
  await rest.ok('PATCH', `/api/cis/tagging/category/${id}`, { cardinality: 'MULTIPLE' });
  await rest.ok('POST', `/api/cis/tagging/tag-association/${us}?action=attach`, { object_id: vm });
  assert.deepEqual(await rest.ok('POST', '/api/cis/tagging/tag-association?action=list-attached-tags', { object_id: vm }), [eu, us]);
  await rest.refuses('INVALID_ARGUMENT', 'PATCH', `/api/cis/tagging/category/${id}`, { cardinality: 'SINGLE' });
});

test('a tag goes on objects of the associable types only; a batch tells what it could not do', async () => {
  const rest = await new Rest().login();
  const vm = { type: 'VirtualMachine', id: rest.id('VirtualMachine', 'DC0_H0_VM0') };
  const host = { type: 'HostSystem', id: rest.id('HostSystem', 'DC0_H0') };
  const id = await rest.ok<string>('POST', '/api/cis/tagging/category', category('os', { associable_types: ['VirtualMachine'] }));
  const tag = await rest.ok<string>('POST', '/api/cis/tagging/tag', { category_id: id, name: 'linux', description: '' });
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'POST', `/api/cis/tagging/tag-association/${tag}?action=attach`, { object_id: host }), /is for VirtualMachine/);
  await rest.refuses('NOT_FOUND', 'POST', `/api/cis/tagging/tag-association/${tag}?action=attach`, { object_id: { type: 'VirtualMachine', id: host.id } });
  const { success, error_messages } = await rest.ok<{ success: boolean; error_messages: unknown[] }>('POST', `/api/cis/tagging/tag-association/${tag}?action=attach-tag-to-multiple-objects`, { object_ids: [host, vm] });
  assert.equal(success, false);
  assert.equal(error_messages.length, 1);
  assert.deepEqual(await rest.ok('POST', '/rest/com/vmware/cis/tagging/tag-association?~action=list-attached-objects-on-tags', { tag_ids: [tag] }), [{ tag_id: tag, object_ids: [vm] }]);
});

test('associations go with the object, with the tag and with the category', async () => {
  const rest = await new Rest().login();
  const { store } = rest.simulator;
  const count = () => [...store.ofType('_TagAssociation')].length;
  const vms = ['DC0_H0_VM0', 'DC0_H0_VM1'].map((name) => ({ type: 'VirtualMachine', id: rest.id('VirtualMachine', name) }));
  const id = await rest.ok<string>('POST', '/api/cis/tagging/category', category('any'));
  const tag = await rest.ok<string>('POST', '/api/cis/tagging/tag', { category_id: id, name: 'x', description: '' });
  const snapshot = rest.simulator.snapshot();
  await rest.ok('POST', `/api/cis/tagging/tag-association/${tag}?action=attach-tag-to-multiple-objects`, { object_ids: vms });
  assert.equal(count(), 2);
  store.transaction((tx) => tx.remove({ type: 'VirtualMachine', value: vms[0]!.id }));
  assert.equal(count(), 1);
  assert.deepEqual(await rest.ok('POST', `/api/cis/tagging/tag-association/${tag}?action=list-attached-objects`), [vms[1]]);
  await rest.ok('DELETE', `/api/cis/tagging/category/${id}`);
  assert.equal(count(), 0);
  await rest.refuses('NOT_FOUND', 'GET', `/api/cis/tagging/tag/${tag}`);
  rest.simulator.restore(snapshot);
  assert.deepEqual(await rest.ok('GET', '/api/cis/tagging/tag'), [tag]);
});

test('names are unique, and required values are named', async () => {
  const rest = await new Rest().login();
  await rest.ok('POST', '/api/cis/tagging/category', category('region'));
  await rest.refuses('ALREADY_EXISTS', 'POST', '/api/cis/tagging/category', category('Region'));
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'POST', '/api/cis/tagging/category', category('b', { cardinality: 'TWO' })), /cardinality is "TWO"; it must be one of SINGLE, MULTIPLE/);
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'POST', '/rest/com/vmware/cis/tagging/category', { spec: 1 }), /create_spec/);
});
