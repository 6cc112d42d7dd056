// Whatever vim25 can say survives the wire in both directions, and a version is never sent what it does not know.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DataType, Field, Version } from '../schema.ts';
import { dataType, enumType, latestVersion, typeNames, versionOf } from '../schema.ts';
import { reference } from '../reference.ts';
import { arrayOf, typed } from '../values.ts';
import { allMethods, argsArbitrary, dataArbitrary, fieldArbitrary } from './arbitrary.ts';
import { decodeAny, decodeData, decodeField } from './decode.ts';
import { Encoder } from './encode.ts';
import { readRequest, readResponse, writeRequest, writeResponse } from './envelope.ts';
import { parseXml } from './xml.ts';

const HEAD = 'xmlns="urn:vim25" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const latest = latestVersion();
const parse = (xml: string): ReturnType<typeof parseXml> => parseXml(`<r ${HEAD}>${xml}</r>`).children[0]!;

const dataField = (type: string): Field => ({
  name: 'val', type, kind: 'data', array: false, optional: false, secret: false, since: 0, privilege: '',
});

function* eachData(): Generator<DataType> {
  for (const name of typeNames('data')) yield dataType(name)!;
}

test('every data object type comes back as it was, cached or not, in declared and any positions', () => {
  const cached = new Encoder(latest);
  const plain = new Encoder(latest, { cache: false });
  for (const type of eachData()) {
    fc.assert(
      fc.property(dataArbitrary(type.name), (value) => {
        const xml = plain.field('val', dataField('DynamicData'), value);
        assert.deepStrictEqual(decodeField(parse(xml), dataField('DynamicData')), value);
        assert.equal(cached.field('val', dataField('DynamicData'), value), xml);
        assert.equal(cached.field('val', dataField('DynamicData'), value), xml);
        const any = plain.any('val', value);
        assert.deepStrictEqual(decodeAny(parse(any)), value);
        assert.deepStrictEqual(decodeAny(parse(any), { lenient: true }), value);
        // Written as its declared type it needs no xsi:type.
        const declared = plain.field('val', dataField(type.name), value);
        assert.ok(declared.startsWith('<val>'));
        assert.deepStrictEqual(decodeData(parse(declared), type.name), value);
      }),
      { numRuns: 4, seed: 7 },
    );
  }
});

test('every enum value comes back, alone, as any type and as array', () => {
  const encoder = new Encoder(latest);
  for (const name of typeNames('enum')) {
    const field: Field = { ...dataField(name), kind: 'enum' };
    const values = [...enumType(name)!.values];
    for (const value of values) {
      assert.equal(decodeField(parse(encoder.field('val', field, value)), field), value);
      assert.deepStrictEqual(decodeAny(parse(encoder.anyProperty('val', field, value))), typed(name, value));
    }
    const many = typed(arrayOf(name), values);
    assert.deepStrictEqual(decodeAny(parse(encoder.any('val', many))), many);
    assert.equal(encoder.field('val', field, ''), '');
    assert.equal(encoder.anyProperty('val', field, ''), '');
  }
});

test('every method: its request comes back on the server, its reply at the client', () => {
  for (const method of allMethods()) {
    fc.assert(
      fc.property(argsArbitrary(method, { depth: 1 }), fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'ab-: ') }), (args, id) => {
        fc.pre(id.trim() !== '');
        const self = reference(method.owner, id);
        const { body, soapAction } = writeRequest(method.name, self, args, { version: latest.api, operationId: 'op-1' });
        const request = readRequest(Buffer.from(body), soapAction);
        assert.deepStrictEqual(request.args, args);
        assert.deepStrictEqual(request.self, self);
        assert.equal(request.method, method.name);
        assert.equal(request.known, true);
        assert.equal(request.namespace, 'urn:vim25');
        assert.equal(request.version, latest);
        assert.equal(request.operationId, 'op-1');
      }),
      { numRuns: 2, seed: 11 },
    );
    const result = method.result ? fieldArbitrary(method.result, { depth: 1 }) : fc.constant(undefined);
    fc.assert(
      fc.property(method.result?.optional ? fc.option(result, { nil: undefined }) : result, (value) => {
        const xml = writeResponse(method, value, latest);
        assert.deepStrictEqual(readResponse(Buffer.from(xml), method.name, method.owner), value);
      }),
      { numRuns: 2, seed: 13 },
    );
  }
});

/** Every name in a decoded value that the version does not know. */
function tooNew(value: unknown, version: Version, at: string, found: string[] = []): string[] {
  if (Array.isArray(value)) for (const item of value) tooNew(item, version, at, found);
  else if (typeof value === 'object' && value !== null && '_type' in value && !('_value' in value)) {
    const type = dataType(String(value._type))!;
    if (!version.includes.has(type.since)) found.push(`${at}: ${type.name}`);
    for (const [name, inner] of Object.entries(value)) {
      if (name === '_type') continue;
      const field = type.byName.get(name)!;
      // Required arrays are filled in by the decoder.
      if (!version.includes.has(field.since) && !(Array.isArray(inner) && inner.length === 0)) found.push(`${at}.${name}`);
      tooNew(inner, version, `${at}.${name}`, found);
    }
  }
  return found;
}

test('a 6.0 client is sent no field and no type that came later', () => {
  const old = versionOf('6.0')!;
  const encoder = new Encoder(old);
  let gated = 0;
  for (const type of eachData()) {
    fc.assert(
      fc.property(dataArbitrary(type.name), (value) => {
        const xml = encoder.any('val', value);
        if (xml === '') return;
        const back = decodeAny(parse(xml));
        assert.deepStrictEqual(tooNew(back, old, type.name), []);
        if (tooNew(value, old, type.name).length > 0) gated++;
      }),
      { numRuns: 2, seed: 17 },
    );
  }
  assert.ok(gated > 200, `values with something to hide: ${gated}`);
});

test('what a version does not know is written as its nearest ancestor, or not at all', () => {
  const old = new Encoder(versionOf('6.0')!);
  const field = { ...dataField('VirtualDevice'), array: true };
  const devices = [{ _type: 'VirtualNVMEController', key: 1, busNumber: 0 }, { _type: 'VirtualDisk', key: 2, capacityInKB: 5 }];
  assert.equal(
    old.field('device', field, devices),
    '<device xsi:type="VirtualController"><key>1</key><busNumber>0</busNumber></device>' +
      '<device xsi:type="VirtualDisk"><key>2</key><capacityInKB>5</capacityInKB></device>',
  );
  const newest = [...eachData()].find((type) => type.base === 'DynamicData' && !old.version.includes.has(type.since))!;
  assert.equal(old.any('val', { _type: newest.name }), '');
});
