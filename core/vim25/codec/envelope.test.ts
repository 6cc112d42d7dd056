// Requests as real clients write them, replies and faults as our client reads them, and a fuzz of both doors.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault, fault } from '../fault.ts';
import { latestVersion, managedType, versionOf } from '../schema.ts';
import { reference } from '../reference.ts';
import { typed } from '../values.ts';
import { PropertyValue } from './encode.ts';
import { readRequest, readResponse, versionOfAction, writeFault, writeRequest, writeResponse } from './envelope.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../../../../fixtures/wire/${name}`, import.meta.url));

const soap = (content: string, header = ''): string =>
  `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">${header}<e:Body>${content}</e:Body></e:Envelope>`;

function faultOf(run: () => unknown): Fault {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Fault, String(error));
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('a captured CreateVM_Task of the Go client: undeclared and odd prefixes', () => {
  const request = readRequest(fixture('create-vm-go-client.xml'), 'urn:vim25/6.0');
  assert.deepEqual([request.method, request.known, request.self, request.version!.api], ['CreateVM_Task', true, reference('Folder', 'ha-folder-vm'), '6.0']);
  const config = request.args['config'] as { deviceChange: { device: Record<string, unknown> }[]; extraConfig: unknown[] };
  assert.deepEqual(config.deviceChange.map((change) => change.device['_type']), ['VirtualIDEController', 'ParaVirtualSCSIController', 'VirtualVmxnet3', 'VirtualVmxnet3']);
  assert.deepEqual(config.deviceChange[3]!.device['slotInfo'], { _type: 'VirtualDevicePciBusSlotInfo', pciSlotNumber: 224 });
  assert.ok(config.extraConfig.some((option) => (option as { value: unknown }).value === '<nil>'));
  assert.deepEqual(request.elements.slice(0, 3), ['_this', 'config', 'pool']);
});

test('a captured RegisterExtension: nanoseconds, and what the client left out', () => {
  const { args } = readRequest(fixture('register-extension-go-client.xml'));
  const extension = args['extension'] as Record<string, unknown>;
  assert.deepEqual(extension['lastHeartbeatTime'], new Date('2026-11-23T18:47:00.791Z'));
  assert.equal((extension['description'] as Record<string, unknown>)['_type'], 'Description');
});

test('a captured reply of a Go server is read by the client', () => {
  const update = readResponse(fixture('wait-for-updates-go-server.xml'), 'WaitForUpdatesEx', 'PropertyCollector');
  const change = (update as { filterSet: { objectSet: { changeSet: { val: Record<string, unknown> }[] }[] }[] }).filterSet[0]!.objectSet[0]!.changeSet[0]!;
  assert.equal(change.val['_type'], 'TaskInfo');
  assert.deepEqual((change.val['error'] as { fault: unknown }).fault, { _type: 'FileNotFound', file: 'vols' });
});

test('what careless clients may leave out: namespace, type of _this, quotes, header', () => {
  const bare = readRequest(soap('<RetrieveServiceContent><_this>ServiceInstance</_this></RetrieveServiceContent>'), undefined);
  assert.deepEqual([bare.known, bare.self, bare.namespace, bare.version, bare.args], [true, reference('', 'ServiceInstance'), '', undefined, {}]);
  const header = '<e:Header><operationID>abc</operationID><vcSessionCookie>"52-cookie"</vcSessionCookie></e:Header>';
  const full = readRequest(soap('<v:Fetch xmlns:v="urn:vim25"><v:_this type="Folder">f</v:_this><v:prop>name</v:prop></v:Fetch>', header), '"urn:vim25/8.0.3.0"');
  assert.deepEqual([full.operationId, full.sessionCookieHeader, full.namespace, full.args, full.known], ['abc', '"52-cookie"', 'urn:vim25', { prop: 'name' }, true]);
  assert.equal(full.version, versionOf('8.0.3.0'));
  for (const [action, api] of [['urn:vim25/6.0', '6.0'], ['"urn:vim25/6.5"', '6.5'], ['urn:internalvim25/5.5', '5.5'], ['urn:vim25', undefined], ['', undefined], ['urn:vim25/99', undefined], ['urn:pbm/2.0', undefined]] as const) {
    assert.equal(versionOfAction(action)?.api, api, action);
  }
});

test('unknown methods are told apart, not refused', () => {
  const request = readRequest(soap('<BrewCoffee xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this><sugar>2</sugar></BrewCoffee>'), 'urn:vim25/6.0');
  assert.deepEqual([request.known, request.method, request.args, request.elements], [false, 'BrewCoffee', {}, ['_this', 'sugar']]);
});

test('parameters: missing, unknown, and those of another owner', () => {
  const call = (inner: string, method = 'CreateFolder'): string => soap(`<${method} xmlns="urn:vim25">${inner}</${method}>`);
  const missing = faultOf(() => readRequest(call('<_this type="Folder">f</_this>')));
  assert.deepEqual([missing.type, (missing.detail as { invalidProperty?: string }).invalidProperty], ['InvalidArgument', 'name']);
  const unknown = faultOf(() => readRequest(call('<_this type="Folder">f</_this><name>n</name><colour/>')));
  assert.match(unknown.message, /CreateFolder has no parameter "colour"; its parameters: name/);
  assert.equal(unknown.type, 'InvalidRequest');
  assert.deepEqual(readRequest(call('<_this type="Datastore">f</_this><name>n</name>')).args, { name: 'n' });
  assert.match(faultOf(() => readRequest(call('<name>n</name>'))).message, /_this/);
  assert.match(faultOf(() => readRequest(soap(''))).message, /Body is empty/);
  assert.match(faultOf(() => readRequest('<html/>')).message, /root element is "html"/);
  assert.match(faultOf(() => readRequest('<Envelope/>')).message, /no Body/);
});

test('faults come back whole: type, fields, message', () => {
  const vm = reference('VirtualMachine', 'vm-1');
  const sent = fault('InvalidPowerState', { requestedState: 'poweredOn', existingState: 'poweredOff' }, 'Not <in> this state');
  const seen = faultOf(() => readResponse(writeFault(sent, latestVersion()), 'PowerOnVM_Task', vm.type));
  assert.deepEqual([seen.type, seen.message, seen.detail], ['InvalidPowerState', 'Not <in> this state', sent.detail]);
  const foreign = soap('<e:Fault><faultcode>ServerFaultCode</faultcode><faultstring>new</faultstring><detail><FooFault xmlns="urn:vim25" xsi:type="Foo"><a/></FooFault></detail></e:Fault>');
  assert.deepEqual([faultOf(() => readResponse(foreign, 'X', '')).type, faultOf(() => readResponse(foreign, 'X', '')).message], ['MethodFault', 'new']);
  const bare = soap('<e:Fault><faultcode>Client</faultcode><faultstring>no detail</faultstring></e:Fault>');
  assert.deepEqual([faultOf(() => readResponse(bare, 'X', '')).type, faultOf(() => readResponse(bare, 'X', '')).message], ['RuntimeFault', 'no detail']);
  const unprefixed = soap('<e:Fault><faultstring>m</faultstring><detail><InvalidLoginFault xmlns="urn:vim25"/></detail></e:Fault>');
  assert.equal(faultOf(() => readResponse(unprefixed, 'Login', 'SessionManager')).type, 'InvalidLogin');
});

test('what is no SOAP reply is a plain Error that shows its beginning', () => {
  const error = (body: string | Uint8Array): Error => {
    try {
      readResponse(body, 'Login', 'SessionManager');
    } catch (thrown) {
      assert.ok(thrown instanceof Error && !(thrown instanceof Fault));
      return thrown;
    }
    return assert.fail('nothing was thrown');
  };
  assert.match(error('<html><body>502 Bad Gateway</body></html>').message, /not SOAP .*begins: <html><body>502/);
  assert.match(error('').message, /\(nothing\)/);
  assert.match(error(new Uint8Array([0xff, 0xfe, 0])).message, /not SOAP/);
  assert.match(error(soap('<LogoutResponse/>')).message, /did not answer Login.*"LogoutResponse"/);
  assert.match(error(soap('<LoginResponse><returnval><loginTime>soon</loginTime></returnval></LoginResponse>')).message, /cannot be read.*loginTime/);
});

test('Fetch and property values reach the client with their types', () => {
  const vm = managedType('VirtualMachine')!;
  const fetch = (name: string, value: unknown): unknown =>
    readResponse(writeResponse('Fetch', new PropertyValue(vm.byName.get(name)!, value)), 'Fetch', 'VirtualMachine');
  assert.equal(fetch('name', 'a'), 'a');
  assert.deepEqual(fetch('network', [reference('Network', 'n')]), typed('ArrayOfManagedObjectReference', [reference('Network', 'n')]));
  assert.deepEqual(fetch('guestHeartbeatStatus', 'green'), typed('ManagedEntityStatus', 'green'));
  assert.equal(fetch('snapshot', undefined), undefined);
  assert.equal(readResponse(writeResponse('Fetch', undefined), 'Fetch', 'VirtualMachine'), undefined);
});

test('the client refuses methods and arguments that vim25 does not have', () => {
  const self = reference('Folder', 'f');
  assert.throws(() => writeRequest('BrewCoffee', self, {}, { version: '6.0' }), /no method BrewCoffee/);
  assert.throws(() => writeRequest('CreateFolder', self, { nmae: 'x' }, { version: '6.0' }), /no parameter nmae; its parameters: name/);
  const { body, soapAction } = writeRequest('CreateFolder', self, { name: 'a&b' }, { version: '6.0', operationId: '<1>' });
  assert.equal(soapAction, 'urn:vim25/6.0');
  assert.match(body, /<operationID>&lt;1&gt;<\/operationID>/);
});

const sources = ['create-vm-go-client.xml', 'register-extension-go-client.xml', 'wait-for-updates-go-server.xml'].map(fixture);

/** Both doors: the server's answers or throws a Fault of its own, the client's answers or throws a plain Error. */
function tryBoth(body: Uint8Array | string, lenient: boolean): boolean {
  try {
    readResponse(body, 'WaitForUpdatesEx', 'PropertyCollector');
  } catch (error) {
    assert.equal((error as Error).constructor, Error, String((error as Error).stack));
  }
  try {
    const request = readRequest(body, 'urn:vim25/6.0', { lenient });
    // What was understood can be said again.
    if (request.known) writeRequest(request.method, request.self, request.args, { version: '6.0' });
    return true;
  } catch (error) {
    assert.ok(error instanceof Fault, String((error as Error).stack));
    assert.ok(['InvalidRequest', 'InvalidArgument'].includes(error.type), error.type);
    assert.ok(error.message.length < 2000);
    writeFault(error);
    return false;
  }
}

test('thousands of bodies with broken bytes: a request, or a Fault, and nothing else', () => {
  const bits = ['<', '>', '&', '"', "'", '/', '<!--', ']]>', '<![CDATA[', '<?', '\u0000', '\u00ff', 'xsi:type="', 'type="', '</', '=', ' ', '<_this/>', '&#x0;', 'xmlns:', '__proto__', '-', '99999999999'].map((bit) => Buffer.from(bit, 'latin1'));
  const edit = fc.record({ at: fc.nat(), cut: fc.nat({ max: 10 }), bit: fc.constantFrom(Buffer.alloc(0), ...bits), from: fc.nat(), length: fc.nat({ max: 60 }) });
  fc.assert(
    fc.property(fc.constantFrom(...sources), fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean(), (source, edits, lenient) => {
      let body = source;
      for (const { at, cut, bit, from, length } of edits) {
        const place = at % (body.length + 1);
        const copied = length % 3 === 0 ? body.subarray(from % (body.length + 1)).subarray(0, length) : Buffer.alloc(0);
        body = Buffer.concat([body.subarray(0, place), bit, copied, body.subarray(place + cut)]);
      }
      tryBoth(body, lenient);
    }),
    { numRuns: 4000, seed: 20261123 },
  );
});

test('thousands of well-formed bodies with wrong names, types and values: the same', () => {
  const texts = sources.map(String);
  const names = [...new Set(texts.flatMap((text) => [...text.matchAll(/<([A-Za-z_]\w*)/g)].map((match) => match[1]!)))];
  const types = ['VirtualDisk', 'OptionValue', 'xsd:int', 'xsd:long', 'xsd:dateTime', 'xsd:base64Binary', 'xsd:nothing', 'ArrayOfString', 'ArrayOfVirtualDevice', 'ArrayOfAnyType', 'ManagedObjectReference', 'VirtualMachinePowerState', 'Nope', '__proto__', 'constructor', '', 'DynamicData', 'anyType', 'VirtualMachine'];
  const words = ['', 'x', '-1', '1e9', 'true', '2026-01-01T00:00:00Z', 'add', '<k/>', '<key>1</key>', '<!-- c -->', '<![CDATA[<]]>', '99999999999999999999', '&#65;', '<__proto__>1</__proto__>'];
  const edit = fc.record({ what: fc.constantFrom('name', 'type', 'text'), at: fc.nat(), name: fc.constantFrom(...names, '_this', '__proto__', 'toString'), type: fc.constantFrom(...types), word: fc.constantFrom(...words) });
  let accepted = 0;
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 3 }), fc.boolean(), (source, edits, lenient) => {
      let body = source;
      for (const { what, at, name, type, word } of edits) {
        let seen = 0;
        const pattern = { name: /<([A-Za-z_]\w*)([^<>]*)>([^<>]*)<\/\1>/g, type: /type="[^"]*"/g, text: />[^<>]*<\//g }[what];
        const count = [...body.matchAll(pattern)].length;
        body = body.replace(pattern, (all: string, _tag: string, attributes: string, text: string) => {
          if (seen++ !== at % Math.max(count, 1)) return all;
          if (what === 'name') return `<${name}${attributes}>${text}</${name}>`;
          return what === 'type' ? `type="${type}"` : `>${word}</`;
        });
      }
      if (tryBoth(body, lenient)) accepted++;
    }),
    { numRuns: 4000, seed: 42 },
  );
  assert.ok(accepted > 400 && accepted < 3600, `mutations that still are requests: ${accepted}`);
});
