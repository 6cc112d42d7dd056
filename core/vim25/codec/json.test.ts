// Whatever vim25 can say survives JSON, and whatever is no value of it is refused by a fault.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault, fault, isFault } from '../fault.ts';
import { dataType, managedType, typeNames, versionOf, type Field } from '../schema.ts';
import { typed } from '../values.ts';
import { allMethods, argsArbitrary, dataArbitrary, fieldArbitrary } from './arbitrary.ts';
import { PropertyValue } from './encode.ts';
import { decodeJson, decodeJsonAny, decodeJsonArguments, parseJson } from './json-decode.ts';
import { JsonEncoder } from './json-encode.ts';

const encoder = new JsonEncoder();
const dataField = (type: string): Field => ({ name: 'val', type, kind: 'data', array: false, optional: false, secret: false, since: 0, privilege: '' });

test('every data object type comes back as it was, in declared and any positions', () => {
  for (const name of typeNames('data')) {
    fc.assert(
      fc.property(dataArbitrary(name), (value) => {
        assert.deepStrictEqual(decodeJson(parseJson(encoder.field(dataField('DynamicData'), value)), dataField('DynamicData'), 'val'), value);
        assert.deepStrictEqual(decodeJsonAny(parseJson(encoder.any(value)), 'val'), value);
      }),
      { numRuns: 3, seed: 7 },
    );
  }
});

test('every method: its arguments and its result come back', () => {
  for (const method of allMethods()) {
    fc.assert(
      fc.property(argsArbitrary(method, { depth: 1 }), (args) => {
        const members = method.params.map((param) => [param.name, encoder.field(param, args[param.name])] as const).filter(([, text]) => text !== '');
        const body = `{${['"_typeName":"X"', ...members.map(([name, text]) => `"${name}":${text}`)].join(',')}}`;
        assert.deepStrictEqual(decodeJsonArguments(parseJson(body), method), args);
      }),
      { numRuns: 2, seed: 11 },
    );
    const { result } = method;
    if (!result) continue;
    fc.assert(
      fc.property(fieldArbitrary(result, { depth: 1 }), (value) => {
        assert.deepStrictEqual(decodeJson(parseJson(encoder.field(result, value)), result, 'returnval'), value);
      }),
      { numRuns: 2, seed: 13 },
    );
  }
});

test('values are spelled as the protocol spells them', () => {
  assert.equal(encoder.any(5), '{"_typeName":"int","_value":5}');
  assert.equal(encoder.any(2n ** 62n), '{"_typeName":"long","_value":4611686018427387904}');
  assert.equal(encoder.any(new Uint8Array([1, 2])), '{"_typeName":"binary","_value":"AQI="}');
  assert.equal(encoder.any(typed('ArrayOfString', ['a'])), '{"_typeName":"ArrayOfString","_value":["a"]}');
  assert.equal(encoder.any({ type: 'Folder', value: 'group-d1' }), '{"_typeName":"ManagedObjectReference","type":"Folder","value":"group-d1"}');
  const vm = managedType('VirtualMachine')!.byName;
  assert.equal(encoder.any(new PropertyValue(vm.get('guestHeartbeatStatus')!, 'green')), '{"_typeName":"ManagedEntityStatus","_value":"green"}');
  assert.equal(encoder.fault(fault('DuplicateName', { name: 'a', object: { type: 'Folder', value: 'g' } }, 'There is one.')),
    '{"_typeName":"DuplicateName","faultstring":"There is one.","name":"a","object":{"_typeName":"ManagedObjectReference","type":"Folder","value":"g"}}');
  assert.match(encoder.fault(new Error('odd')), /^\{"_typeName":"SystemError","faultstring":"odd"/);
  // A client of Go sends bytes as base64, and a long may be of any length.
  const bytes: Field = { ...dataField('byte'), kind: 'primitive', array: true };
  assert.deepEqual(decodeJson('/wE=', bytes, 'val'), [-1, 1]);
  assert.equal(decodeJson(parseJson('[9007199254740993, "9007199254740993"]') as unknown, { ...bytes, type: 'long' }, 'val')!.toString(), '9007199254740993,9007199254740993');
});

test('an older release is sent no field and no type that came later', () => {
  const old = versionOf('8.0.1.0')!;
  const writer = new JsonEncoder(old);
  const newer = typeNames('data').filter((name) => !old.includes.has(dataType(name)!.since));
  assert.ok(newer.length > 20);
  for (const name of newer) {
    fc.assert(fc.property(dataArbitrary(name, { depth: 1 }), (value) => {
      const text = writer.any(value);
      for (const [, seen] of text.matchAll(/"_typeName":"(\w+)"/g)) assert.ok(!newer.includes(seen!), `${name}: ${seen}`);
    }), { numRuns: 2, seed: 5 });
  }
});

test('what is no value of the schema is named', () => {
  const method = managedType('VirtualMachine')!.methods.get('ReconfigVM_Task')!;
  const refused = (body: string, type: string, message: RegExp) =>
    assert.throws(() => decodeJsonArguments(parseJson(body), method), (error) => isFault(error, type) && message.test(error.message));
  refused('{"spec":{"numCPUs":"two"}}', 'InvalidRequest', /spec\.numCPUs: "two" is not a valid int/);
  refused('{"spec":{"numCPUs":12345678901234567890}}', 'InvalidRequest', /spec\.numCPUs/);
  refused('{"spec":{"nomCPUs":2}}', 'InvalidRequest', /VirtualMachineConfigSpec has no field "nomCPUs"/);
  refused('{"spec":{"_typeName":"HostConfigSpec"}}', 'InvalidRequest', /is not a VirtualMachineConfigSpec/);
  refused('{"spec":{"deviceChange":[{"operation":"explode"}]}}', 'InvalidArgument', /spec\.deviceChange\[0\]\.operation: "explode" is not a .*valid values: add/);
  refused('{"spec":{"deviceChange":{}}}', 'InvalidRequest', /an array is needed/);
  refused('{"spec":{"extraConfig":[{"key":"a","value":[1]}]}}', 'InvalidRequest', /extraConfig\[0\]\.value: needs a _typeName/);
  refused('{"speck":{}}', 'InvalidRequest', /has no parameter "speck"; its parameters: spec/);
  refused('{}', 'InvalidArgument', /A required value is missing: spec/);
  refused('[1]', 'InvalidRequest', /an object with the parameters/);
  refused('{"spec":', 'InvalidRequest', /no JSON/);
  const deep = `${'{"_typeName":"ArrayOfAnyType","_value":['.repeat(5000)}${']}'.repeat(5000)}`;
  refused(`{"spec":{"extraConfig":[{"key":"a","value":${deep}}]}}`, 'InvalidRequest', /nested more than/);
});

test('any JSON at all is a value or a fault', () => {
  const methods = allMethods();
  fc.assert(
    fc.property(fc.constantFrom(...methods), fc.jsonValue(), fc.dictionary(fc.constantFrom('spec', 'name', 'host', '_typeName', '__proto__', 'filter'), fc.jsonValue()), (method, one, many) => {
      const first = method.params[0]?.name;
      for (const body of [one, many, first === undefined ? {} : { [first]: one }, first === undefined ? {} : { [first]: { _typeName: 'ArrayOfString', _value: one } }]) {
        try {
          decodeJsonArguments(parseJson(JSON.stringify(body)), method);
        } catch (error) {
          assert.ok(error instanceof Fault, `${method.name} ${JSON.stringify(body)}: ${String(error)}`);
        }
      }
    }),
    { numRuns: 3000, seed: 3 },
  );
});
