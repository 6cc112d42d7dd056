// The served description: well-formed, complete in itself, and of the version that is served.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXml } from '../../core/vim25/codec/xml.ts';
import { createSimulator } from '../index.ts';
import { serviceDescription } from './wsdl.ts';

const LIMITS = { depth: 200, size: 64 * 1024 * 1024, elements: 5_000_000 };
const documents = (apiVersion?: string) => {
  const { sim } = createSimulator({ model: { cluster: 0, machine: 0 }, ...(apiVersion === undefined ? {} : { apiVersion }) });
  return (name: string) => serviceDescription(sim, `/sdk/${name}`, 'https://vcenter.example:8989');
};

test('the service says where it is, and imports what defines it', () => {
  const read = documents();
  const service = read('vimService.wsdl')!;
  assert.match(service, /<import location="vim\.wsdl" namespace="urn:vim25"\/>/);
  assert.match(service, /<soap:address location="https:\/\/vcenter\.example:8989\/sdk\/vimService"\/>/);
  assert.equal(read('vimService?wsdl'), service);
  assert.equal(serviceDescription(createSimulator({ model: { cluster: 0, machine: 0 } }).sim, '/sdk?wsdl', 'https://vcenter.example:8989'), service);
  for (const name of ['', 'other.wsdl', 'vim.xsd', '../vim.wsdl', 'constructor']) assert.equal(read(name), undefined, name);
});

test('every type, element and message that is named is there', () => {
  const read = documents();
  const types = read('vim-types.xsd')!;
  const binding = read('vim.wsdl')!;
  for (const text of [types, binding]) parseXml(text, LIMITS);
  const named = (pattern: RegExp, text: string) => new Set([...text.matchAll(pattern)].map(([, name]) => name!));
  const defined = named(/<(?:complexType|simpleType) name="(\w+)"/g, types);
  assert.deepEqual([...named(/(?:type|base)="vim25:(\w+)"/g, types)].filter((name) => !defined.has(name)), []);
  const elements = named(/^ {2}<element name="(\w+)"/gm, types);
  assert.deepEqual([...named(/element="vim25:(\w+)"/g, binding)].filter((name) => !elements.has(name)), []);
  const messages = named(/<message name="(\w+)"/g, binding);
  assert.deepEqual([...named(/message="vim25:(\w+)"/g, binding)].filter((name) => !messages.has(name)), []);
  const count = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].length;
  assert.equal(defined.size, count(/<(?:complexType|simpleType) name=/g, types), 'no type is there twice');
  assert.ok(count(/<operation name=/g, binding) > 1700, 'every method, in the interface and in its binding');
});

test('services beside vim25 are described elsewhere', () => {
  const read = documents();
  assert.ok(!read('vim.wsdl')!.includes('VslmVStorageObjectManager') && !read('vim-types.xsd')!.includes('"VslmVsoVStorageObjectResult"'));
});

test('an older server knows less', () => {
  const [old, now] = [documents('6.5')('vim-types.xsd')!, documents()('vim-types.xsd')!];
  const types = (text: string) => [...text.matchAll(/Type name="/g)].length;
  assert.ok(types(old) < types(now), `${types(old)} < ${types(now)}`);
  // vSphere 7.0 brought this method.
  assert.ok(now.includes('<element name="InstantClone_Task"') && !documents('6.0')('vim-types.xsd')!.includes('<element name="InstantClone_Task"'));
});
