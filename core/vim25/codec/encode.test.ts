// The exact spelling that real clients look for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, fault } from '../fault.ts';
import type { MethodFault } from '../types.d.ts';
import type { Field } from '../schema.ts';
import { dataType, isSubtype, latestVersion, managedType, typeNames, versionOf } from '../schema.ts';
import { reference } from '../reference.ts';
import { make, typed } from '../values.ts';
import { encodeAnyProperty, encodeField, Encoder, PropertyValue } from './encode.ts';
import { writeFault, writeResponse } from './envelope.ts';

const property = (type: string, name: string): Field => managedType(type)!.byName.get(name)!;
const fieldOf = (type: string, name: string): Field => dataType(type)!.byName.get(name)!;
const encoder = new Encoder(latestVersion());

test('references carry type, and xsi:type too where any type is allowed', () => {
  const host = reference('HostSystem', 'host-1');
  assert.equal(encodeField('host', fieldOf('VirtualMachineRuntimeInfo', 'host'), host), '<host type="HostSystem">host-1</host>');
  assert.equal(
    encodeAnyProperty('val', property('VirtualMachine', 'parent'), reference('Folder', 'group-v3')),
    '<val type="Folder" xsi:type="ManagedObjectReference">group-v3</val>',
  );
  assert.equal(
    encodeAnyProperty('val', property('ComputeResource', 'host'), [host]),
    '<val xsi:type="ArrayOfManagedObjectReference"><ManagedObjectReference type="HostSystem" xsi:type="ManagedObjectReference">host-1</ManagedObjectReference></val>',
  );
});

test('any values say their type', () => {
  assert.equal(encoder.any('v', 'a<b'), '<v xsi:type="xsd:string">a&lt;b</v>');
  assert.equal(encoder.any('v', 5), '<v xsi:type="xsd:int">5</v>');
  assert.equal(encoder.any('v', 2 ** 40), '<v xsi:type="xsd:long">1099511627776</v>');
  assert.equal(encoder.any('v', 0.5), '<v xsi:type="xsd:double">0.5</v>');
  assert.equal(encoder.any('v', typed('xsd:long', 5)), '<v xsi:type="xsd:long">5</v>');
  assert.equal(encoder.any('v', typed('xsd:double', -Infinity)), '<v xsi:type="xsd:double">-INF</v>');
  assert.equal(encoder.any('v', typed('xsd:double', -0)), '<v xsi:type="xsd:double">-0</v>');
  assert.equal(encoder.any('v', new Date(0)), '<v xsi:type="xsd:dateTime">1970-01-01T00:00:00.000Z</v>');
  assert.equal(encoder.any('v', new Uint8Array([1, 2])), '<v xsi:type="xsd:base64Binary">AQI=</v>');
  assert.equal(encoder.any('v', typed('VirtualMachinePowerState', 'poweredOn')), '<v xsi:type="VirtualMachinePowerState">poweredOn</v>');
  assert.equal(
    encoder.any('v', typed('ArrayOfString', ['a'])),
    '<v xsi:type="ArrayOfString"><string xsi:type="xsd:string">a</string></v>',
  );
  assert.equal(
    encoder.any('v', make('OptionValue', { key: 'k', value: 1 })),
    '<v xsi:type="OptionValue"><key>k</key><value xsi:type="xsd:int">1</value></v>',
  );
  assert.equal(encoder.any('v', undefined), '');
  assert.throws(() => encoder.any('v', ['a']), /tells no type/);
  assert.throws(() => encoder.any('v', { key: 1 }), /tells no type/);
  assert.throws(() => encoder.any('v', { _type: 'Nonsense' }), /Nonsense/);
});

test('a PropertyValue is written as its declared field says', () => {
  const val = (type: string, name: string, value: unknown): string => encoder.any('val', new PropertyValue(property(type, name), value));
  assert.equal(
    val('VirtualMachine', 'guestHeartbeatStatus', 'green'),
    '<val xsi:type="ManagedEntityStatus">green</val>',
  );
  assert.equal(val('VirtualMachine', 'guestHeartbeatStatus', ''), '');
  assert.equal(val('VirtualMachine', 'snapshot', undefined), '');
  assert.equal(val('Folder', 'childType', []), '<val xsi:type="ArrayOfString"></val>');
  const { hardware } = { hardware: fieldOf('VirtualHardware', 'device') };
  assert.equal(
    encodeAnyProperty('val', hardware, [{ _type: 'VirtualDisk', key: 2000, capacityInKB: 1 }]),
    '<val xsi:type="ArrayOfVirtualDevice"><VirtualDevice xsi:type="VirtualDisk"><key>2000</key><capacityInKB>1</capacityInKB></VirtualDevice></val>',
  );
  assert.equal(encodeAnyProperty('val', fieldOf('VirtualDisk', 'capacityInBytes'), 7), '<val xsi:type="xsd:long">7</val>');
});

test('properties are written in schema order, and xsi:type only where it is not the declared type', () => {
  const device = { backing: { _type: 'VirtualDiskFlatVer2BackingInfo', diskMode: 'persistent', fileName: '[ds] a.vmdk' }, key: 1, _type: 'VirtualDisk', capacityInKB: 4 };
  assert.equal(
    encoder.field('device', fieldOf('VirtualHardware', 'device'), [device]),
    '<device xsi:type="VirtualDisk"><key>1</key><backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>[ds] a.vmdk</fileName>' +
      '<diskMode>persistent</diskMode></backing><capacityInKB>4</capacityInKB></device>',
  );
  const spec = fieldOf('VirtualDeviceConfigSpec', 'backing');
  assert.throws(() => encoder.field('x', spec, { _type: 'VirtualDisk' }), /VirtualDisk is not a/);
  assert.throws(() => encoder.field('x', fieldOf('VirtualHardware', 'device'), device), /needs an array/);
});

test('an enum that is unset or empty is never an element', () => {
  const info = { _type: 'VirtualMachineRuntimeInfo', connectionState: '', powerState: undefined, faultToleranceState: '' };
  assert.doesNotMatch(encoder.any('v', info), /connectionState|powerState|faultToleranceState/);
});

test('text is escaped, and what XML cannot carry is replaced', () => {
  assert.equal(encoder.any('v', 'a&b\r\n\u0000\ud800"'), '<v xsi:type="xsd:string">a&amp;b&#xD;\n\ufffd\ufffd"</v>');
  assert.equal(encoder.any('v', reference('A"<', 'x&')), '<v type="A&quot;&lt;" xsi:type="ManagedObjectReference">x&amp;</v>');
});

test('the cache keeps apart objects without _type in positions of different types', () => {
  const key = 'k'.repeat(300);
  const shared = { key, value: key };
  const one = encoder.field('a', { ...fieldOf('OptionValue', 'key'), type: 'KeyValue', kind: 'data' }, shared);
  const two = encoder.field('a', { ...fieldOf('OptionValue', 'key'), type: 'OptionValue', kind: 'data' }, shared);
  assert.match(one, /<value>k/);
  assert.match(two, /<value xsi:type="xsd:string">k/);
});

test('responses: empty for void and unset, one returnval per item, fixed prefixes', () => {
  const methods = managedType('VirtualMachine')!.methods;
  const body = (xml: string): string => /<soapenv:Body>\n([^]*)\n<\/soapenv:Body>/.exec(xml)![1]!;
  assert.equal(body(writeResponse('Fetch', undefined)), '<FetchResponse xmlns="urn:vim25"></FetchResponse>');
  assert.equal(
    body(writeResponse('Fetch', new PropertyValue(property('VirtualMachine', 'name'), 'vm'))),
    '<FetchResponse xmlns="urn:vim25"><returnval xsi:type="xsd:string">vm</returnval></FetchResponse>',
  );
  assert.equal(
    body(writeResponse(methods.get('PowerOnVM_Task')!, reference('Task', 'task-1'))),
    '<PowerOnVM_TaskResponse xmlns="urn:vim25"><returnval type="Task">task-1</returnval></PowerOnVM_TaskResponse>',
  );
  const found = managedType('SearchIndex')!.methods.get('FindAllByUuid')!;
  assert.equal(
    body(writeResponse(found, [reference('VirtualMachine', 'a'), reference('VirtualMachine', 'b')])),
    '<FindAllByUuidResponse xmlns="urn:vim25"><returnval type="VirtualMachine">a</returnval><returnval type="VirtualMachine">b</returnval></FindAllByUuidResponse>',
  );
  const whole = writeResponse(methods.get('UnregisterVM')!, undefined);
  for (const declared of ['xmlns:soapenv=', 'xmlns:xsd=', 'xmlns:xsi=']) assert.ok(whole.includes(declared));
});

test('faults: element and xsi:type by name; an old client gets an ancestor; other errors become SystemError', () => {
  assert.match(
    writeFault(fault('NotAuthenticated', { object: reference('Folder', 'group-d1'), privilegeId: 'System.View' }, 'The session is not authenticated.')),
    /<faultcode>ServerFaultCode<\/faultcode><faultstring>The session is not authenticated\.<\/faultstring><detail><NotAuthenticatedFault xmlns="urn:vim25" xsi:type="NotAuthenticated"><object type="Folder">group-d1<\/object><privilegeId>System.View<\/privilegeId><\/NotAuthenticatedFault><\/detail>/,
  );
  const newer = typeNames('data').find((name) => isSubtype(name, 'MethodFault') && dataType(name)!.since > versionOf('6.0')!.index)!;
  const seen = writeFault(new Fault({ _type: newer } as MethodFault & { _type: string }, 'm'), versionOf('6.0'));
  assert.match(seen, new RegExp(`xsi:type="${dataType(newer)!.base}"`));
  const bogus = writeFault(new Fault({ _type: 'VirtualDisk' } as MethodFault & { _type: string }, 'what happened'));
  assert.match(bogus, /SystemErrorFault.*what happened \(VirtualDisk is not a MethodFault\)/);
  assert.match(writeFault(new Error('<boom>')), /<SystemErrorFault xmlns="urn:vim25" xsi:type="SystemError"><reason>&lt;boom&gt;/);
});
