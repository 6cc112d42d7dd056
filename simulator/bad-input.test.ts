// Input that a feature cannot write down: too deep, too long, cut in pieces, or in bytes that are no text. Each is
// answered with a fault, and the next call works.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createSimulator } from './index.ts';

const errors: string[] = [];
const simulator = createSimulator({ log: (level, message) => { if (level === 'error') errors.push(message); } });
after(() => simulator.close());

let cookie = '';
async function post(body: string | Uint8Array): Promise<{ status: number; fault: string | undefined; body: string }> {
  const reply = await simulator.handleSoap(body, { cookie }, { ipAddress: '127.0.0.1', tls: false });
  cookie = reply.headers['Set-Cookie']?.split(';')[0] ?? cookie;
  return { status: reply.status, fault: /<(\w+)Fault xmlns="urn:vim25"/.exec(reply.body)?.[1], body: reply.body };
}
const envelope = (content: string): string =>
  `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body>${content}</e:Body></e:Envelope>`;
const call = (method: string, type: string, id: string, args = ''): string => envelope(`<${method} xmlns="urn:vim25"><_this type="${type}">${id}</_this>${args}</${method}>`);
const login = (): Promise<unknown> => post(call('Login', 'SessionManager', 'SessionManager', '<userName>u</userName><password>p</password>'));
const time = call('CurrentTime', 'ServiceInstance', 'ServiceInstance');

async function refused(body: string | Uint8Array, type: string): Promise<string> {
  const reply = await post(body);
  assert.equal(reply.status, 500, reply.body.slice(0, 400));
  assert.equal(reply.fault, type, reply.body.slice(0, 600));
  assert.deepEqual(errors, []);
  assert.equal((await post(time)).status, 200);
  return reply.body;
}

test('nesting without an end', async () => {
  await login();
  const depth = 50_000;
  await refused(envelope('<a>'.repeat(depth) + '</a>'.repeat(depth)), 'InvalidRequest');
  // As deep as the schema allows: a traversal within a traversal within …
  const nested = '<selectSet xsi:type="TraversalSpec"><type>Folder</type><path>childEntity</path>'.repeat(5_000) + '</selectSet>'.repeat(5_000);
  await refused(call('CreateFilter', 'PropertyCollector', 'propertyCollector', `<spec><objectSet><obj type="Folder">group-d1</obj>${nested}</objectSet></spec><partialUpdates>false</partialUpdates>`), 'InvalidRequest');
});

test('a name, a text and an attribute of megabytes', async () => {
  await login();
  const long = 'x'.repeat(3_000_000);
  await refused(envelope(`<${long} xmlns="urn:vim25"><_this type="Folder">group-d1</_this></${long}>`), 'InvalidRequest');
  await refused(call('CreateFolder', 'Folder', 'group-d1', `<name>${long}</name>`), 'InvalidName');
  await refused(call('CreateFolder', 'Folder', long, '<name>x</name>'), 'ManagedObjectNotFound');
});

test('bytes that are no text, and every beginning of a request', async () => {
  await login();
  await refused(Uint8Array.from({ length: 512 }, (_, i) => i & 0xff), 'InvalidRequest');
  await refused(new Uint8Array(0), 'InvalidRequest');
  const whole = call('CreateFolder', 'Folder', 'group-d1', '<name>x</name>');
  for (let end = 0; end < whole.length; end += 7) await refused(whole.slice(0, end), 'InvalidRequest');
});

test('a required field that is missing is named when it was needed', async () => {
  await login();
  const spec = '<spec xsi:type="CustomizationSpec"><identity xsi:type="CustomizationLinuxPrep"/><globalIPSettings/><nicSettingMap/></spec>';
  const vm = [...simulator.store.ofType('VirtualMachine')][0]!.ref;
  assert.match(await refused(call('CheckCustomizationSpec', vm.type, vm.value, spec), 'InvalidArgument'), /nicSettingMap/);
});
