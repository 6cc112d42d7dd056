// The tables of services beside vim25: read on first use, no name twice, and written with their own prefix.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequest, writeFault, writeResponse } from './codec/envelope.ts';
import { fault } from './fault.ts';
import { NAMESPACES } from './namespaces.ts';
import { isWaiting, kindOf, latestVersion, managedType, ownersOf, typeNames, useAllNamespaces, useNamespace, versionBeside, versionOf, versions } from './schema.ts';

const KINDS = ['data', 'enum', 'managed'] as const;

test('tables of a service are read when its namespace is first used', () => {
  assert.equal(isWaiting('PbmServiceInstance'), true);
  assert.equal(kindOf('PbmProfileId'), null);
  assert.deepEqual(ownersOf('PbmCreate'), []);
  const body = '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><PbmCreate xmlns="urn:pbm"><_this type="PbmProfileProfileManager">x</_this>' +
    '<createSpec><name>gold</name><resourceType><resourceType>STORAGE</resourceType></resourceType><constraints xsi:type="pbm:PbmCapabilitySubProfileConstraints" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:pbm="urn:pbm"><subProfiles><name>one</name></subProfiles></constraints></createSpec></PbmCreate></Body></Envelope>';
  const request = readRequest(body, 'urn:pbm/2.0');
  assert.equal(request.namespace, 'urn:pbm');
  assert.equal((request.args['createSpec'] as { constraints: { _type: string } }).constraints._type, 'PbmCapabilitySubProfileConstraints');
  assert.equal(isWaiting('PbmServiceInstance'), false);
  assert.deepEqual(ownersOf('PbmCreate'), ['PbmProfileProfileManager']);
  assert.equal(useNamespace('urn:nobody'), false);
});

test('no two services share the name of a type or method, and a managed type says whose it is', () => {
  useAllNamespaces();
  const seen = new Map<string, string>();
  for (const namespace of [undefined, ...Object.keys(NAMESPACES)]) {
    for (const name of KINDS.flatMap((kind) => typeNames(kind, namespace))) {
      assert.equal(seen.get(name), undefined, name);
      seen.set(name, namespace ?? 'urn:vim25');
    }
    for (const name of typeNames('managed', namespace)) {
      for (const [other, { managed }] of Object.entries(NAMESPACES)) assert.equal(managed.test(name), other === namespace, name);
      for (const method of managedType(name)!.methods.keys()) if (namespace !== undefined) assert.deepEqual(ownersOf(method), [name]);
    }
  }
});

test('vim25 keeps its versions; a service answers in one that needs nothing newer than the server', () => {
  useAllNamespaces();
  assert.ok(versions().every(({ namespace }) => namespace === undefined));
  assert.equal(latestVersion().namespace, undefined);
  assert.equal(versionBeside('urn:pbm', '2.0', latestVersion())!.name, 'pbm.version.version2');
  assert.equal(versionBeside('urn:pbm', '9.1.1.0', versionOf('6.7')!)!.api, '6.7');
  assert.equal(versionBeside('urn:vim25', '6.7', latestVersion()), undefined);
});

test('replies and faults carry the prefix of whose type it is', () => {
  useNamespace('urn:pbm');
  const version = versionBeside('urn:pbm', undefined, latestVersion())!;
  const method = managedType('PbmProfileProfileManager')!.methods.get('PbmRetrieveContent')!;
  const id = { _type: 'PbmProfileId', uniqueId: 'u' };
  const xml = writeResponse(method, [{ _type: 'PbmCapabilityProfile', profileId: id, name: 'gold' }], version);
  assert.match(xml, /<PbmRetrieveContentResponse xmlns="urn:pbm" xmlns:pbm="urn:pbm" xmlns:vim25="urn:vim25"><returnval xsi:type="pbm:PbmCapabilityProfile"><profileId>/);
  assert.match(writeFault(fault('PbmDuplicateName', { name: 'gold' }, 'twice'), version), /<PbmDuplicateNameFault xmlns="urn:pbm"[^>]* xsi:type="pbm:PbmDuplicateName"><name>gold</);
  assert.match(writeFault(fault('InvalidArgument', { invalidProperty: 'x' }, 'no'), version), / xsi:type="vim25:InvalidArgument"/);
  assert.match(writeFault(fault('InvalidArgument', { invalidProperty: 'x' }, 'no')), /xmlns="urn:vim25" xsi:type="InvalidArgument"/);
});
