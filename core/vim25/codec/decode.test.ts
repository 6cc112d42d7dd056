// What the server refuses, with which words, and what the client lets pass.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../fault.ts';
import { typed } from '../values.ts';
import type { DecodeOptions } from './decode.ts';
import { decodeAny, decodeData, itemTypeOf } from './decode.ts';
import { parseScalar } from './scalar.ts';
import { parseXml } from './xml.ts';

const decode = (type: string, inner: string, options?: DecodeOptions): unknown =>
  decodeData(parseXml(`<E><Body><M><spec>${inner}</spec></M></Body></E>`).children[0]!.children[0]!.children[0]!, type, options);

const any = (xml: string, options?: DecodeOptions): unknown => decodeAny(parseXml(xml), options);

function refused(run: () => unknown, type: string, message: RegExp, property?: string): void {
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof Fault, String(error));
    assert.equal(error.type, type);
    assert.match(error.message, message);
    if (property !== undefined) assert.equal((error.detail as { invalidProperty?: string }).invalidProperty, property);
    return true;
  });
}

test('scalars', () => {
  const cases: [type: string, text: string, value: unknown][] = [
    ['int', ' 12 ', 12], ['int', '+5', 5], ['int', '-0', 0], ['int', '2147483648', undefined], ['int', '1.5', undefined], ['int', '', undefined],
    ['int', '0x10', undefined], ['int', '1e3', undefined], ['byte', '-128', -128], ['byte', '128', undefined], ['short', '32767', 32767], ['short', '-32769', undefined],
    ['long', '9007199254740991', 9007199254740991], ['long', '9223372036854775807', 9223372036854775807n], ['long', '-9223372036854775808', -(2n ** 63n)],
    ['long', '9223372036854775808', undefined], ['long', '99999999999999999999999', undefined], ['boolean', '1', true], ['boolean', '0', false], ['boolean', ' true', true],
    ['boolean', 'yes', undefined], ['boolean', 'True', undefined], ['double', 'INF', Infinity], ['double', '-INF', -Infinity], ['double', 'NaN', NaN], ['double', '1e-7', 1e-7],
    ['double', 'Infinity', undefined], ['double', '', undefined], ['double', '.5', 0.5], ['double', '0x1', undefined], ['base64Binary', 'AQ I=\n', new Uint8Array([1, 2])],
    ['base64Binary', 'AQI', undefined], ['base64Binary', '****', undefined], ['base64Binary', '', new Uint8Array(0)], ['string', ' a ', ' a '],
    ['dateTime', '2026-11-23T18:47:00.730564965Z', new Date('2026-11-23T18:47:00.730Z')], ['dateTime', '2026-01-02T03:04:05', new Date('2026-01-02T03:04:05Z')],
    ['dateTime', '2026-01-02T03:04:05.5+05:30', new Date('2026-01-01T21:34:05.500Z')], ['dateTime', '2026-01-01T23:00:00-08:00', new Date('2026-01-02T07:00:00Z')],
    ['dateTime', '2026-02-30T00:00:00Z', undefined], ['dateTime', '2026-13-01T00:00:00Z', undefined], ['dateTime', '2026-01-01', undefined], ['dateTime', 'now', undefined],
    ['dateTime', '2024-02-29T24:00:00Z', new Date('2024-03-01T00:00:00Z')], ['dateTime', '0001-01-01T00:00:00Z', new Date('0001-01-01T00:00:00Z')], ['dateTime', '2026-01-01T25:00:00Z', undefined],
  ];
  for (const [type, text, value] of cases) assert.deepStrictEqual(parseScalar(type, text), value, `${type} ${text}`);
});

test('bad scalars name path, value and range', () => {
  refused(() => decode('VirtualMachineConfigSpec', '<numCPUs>many</numCPUs>'), 'InvalidRequest', /^spec\.numCPUs: "many" is not a valid int \(-2147483648 to 2147483647\)$/);
  refused(() => decode('VirtualMachineConfigSpec', '<numCPUs/>'), 'InvalidRequest', /spec\.numCPUs: ""/);
  refused(() => decode('VirtualMachineConfigSpec', '<memoryMB>9223372036854775808</memoryMB>'), 'InvalidRequest', /spec\.memoryMB/);
  refused(() => decode('VirtualMachineConfigSpec', '<name><b/></name>'), 'InvalidRequest', /spec\.name: a string is needed/);
  refused(() => decode('VirtualMachineConfigSpec', '<changeTrackingEnabled>x</changeTrackingEnabled>'), 'InvalidRequest', /not a valid boolean/);
  refused(() => decode('VirtualMachineConfigSpec', '<extraConfig/><extraConfig><value xsi:type="xsd:int">x</value></extraConfig>'), 'InvalidRequest', /spec\.extraConfig\[1\]\.value: "x"/);
  assert.deepEqual(decode('VirtualMachineConfigSpec', '<numCPUs/>', { lenient: true }), { _type: 'VirtualMachineConfigSpec' });
});

test('unknown fields, types and enum values: refused by the server, passed over by the client', () => {
  const lenient = { lenient: true };
  refused(() => decode('VirtualMachineConfigSpec', '<colour>red</colour>'), 'InvalidRequest', /spec\.colour: VirtualMachineConfigSpec has no field "colour"/);
  assert.deepEqual(decode('VirtualMachineConfigSpec', '<colour>red</colour><name>n</name>', lenient), { _type: 'VirtualMachineConfigSpec', name: 'n' });
  assert.deepEqual(decode('VirtualMachineConfigSpec', '<dynamicType>x</dynamicType>'), { _type: 'VirtualMachineConfigSpec' });
  const device = '<operation>add</operation><device xsi:type="VirtualToaster"><key>1</key></device>';
  refused(() => decode('VirtualDeviceConfigSpec', device), 'InvalidRequest', /spec\.device: unknown xsi:type "VirtualToaster" \(a VirtualDevice is needed\)/);
  assert.deepEqual((decode('VirtualDeviceConfigSpec', device, lenient) as { device: unknown }).device, { _type: 'VirtualDevice', key: 1 });
  refused(() => decode('VirtualDeviceConfigSpec', '<device xsi:type="OptionValue"/>'), 'InvalidRequest', /"OptionValue" is not a VirtualDevice/);
  refused(() => decode('VirtualDeviceConfigSpec', '<operation>paint</operation>'), 'InvalidArgument', /valid values: add, remove, edit/, 'spec.operation');
  assert.deepEqual(decode('VirtualDeviceConfigSpec', '<operation>paint</operation>', lenient), { _type: 'VirtualDeviceConfigSpec', operation: 'paint' });
  assert.deepEqual(decode('VirtualDeviceConfigSpec', '<operation/>'), { _type: 'VirtualDeviceConfigSpec' });
  refused(() => decode('VirtualMachineConfigSpec', '<name>a</name><name>b</name>'), 'InvalidRequest', /given twice/);
  refused(() => decode('VirtualDeviceConfigSpec', '<device>text</device>'), 'InvalidRequest', /a VirtualDevice is needed, not the text "text"/);
});

test('required fields: tolerated and told, or refused; required arrays are always there', () => {
  const seen: string[] = [];
  const spec = decode('PropertyFilterSpec', '<propSet/>', { onMissing: (path) => seen.push(path) });
  assert.deepEqual(spec, { _type: 'PropertyFilterSpec', propSet: [{ _type: 'PropertySpec' }], objectSet: [] });
  assert.deepEqual(seen, ['spec.propSet.type']);
  refused(() => decode('PropertyFilterSpec', '<propSet/>', { strictRequired: true }), 'InvalidArgument', /PropertySpec\.type/, 'spec.propSet.type');
});

test('any values', () => {
  assert.equal(any('<v xsi:type="xsd:string">a</v>'), 'a');
  assert.equal(any('<v>a</v>'), 'a');
  assert.deepEqual(any('<v type="Folder">f</v>'), { type: 'Folder', value: 'f' });
  assert.deepEqual(any('<v type="Folder" xsi:type="vim25:ManagedObjectReference">f</v>'), { type: 'Folder', value: 'f' });
  assert.deepEqual(any('<v xsi:type="xsd:long">5</v>'), typed('xsd:long', 5));
  assert.deepEqual(any('<v xsi:type="ArrayOfVirtualDevice"><VirtualDevice xsi:type="VirtualDisk"/></v>'), typed('ArrayOfVirtualDevice', [{ _type: 'VirtualDisk' }]));
  assert.deepEqual(any('<v xsi:type="ArrayOfString"/>'), typed('ArrayOfString', []));
  assert.equal(any('<v xsi:type="VirtualMachinePowerState"/>'), undefined);
  refused(() => any('<v xsi:type="Nope">x</v>'), 'InvalidRequest', /unknown xsi:type "Nope"/);
  refused(() => any('<v><a/></v>'), 'InvalidRequest', /needs an xsi:type/);
  refused(() => any('<v xsi:type="ArrayOf"/>'), 'InvalidRequest', /unknown xsi:type/);
  assert.equal(any('<v xsi:type="Nope">x</v>', { lenient: true }), 'x');
  for (const name of ['__proto__', 'constructor', 'ArrayOf__proto__', 'toString']) refused(() => any(`<v xsi:type="${name}"/>`), 'InvalidRequest', /unknown/);
  assert.equal(itemTypeOf('ArrayOfVslmVClockInfo')!.type, 'vslmVClockInfo');
});
