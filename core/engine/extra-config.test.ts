import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode, encode, keyOf, type Shape } from './extra-config.ts';
import { containerLayout, vchLayout } from './vch-layout.ts';

const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../../fixtures/wire/${name}`, import.meta.url), 'utf8'));

interface Case {
  readonly name: string;
  readonly input: Record<string, string>;
  readonly expect: unknown;
  readonly issues: readonly string[];
}

/** Bytes as base64; empty members dropped, so that a case says only what it is about. */
function brief(value: unknown, keep = false): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((entry) => brief(entry));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, brief(entry, ['networks', 'sessions', 'volumeLocations'].includes(key))] as const);
  const isEmpty = (entry: unknown): boolean => entry === '' || entry === 0 || entry === false || (typeof entry === 'object' && Object.keys(entry as object).length === 0);
  return Object.fromEntries(entries.filter(([, entry]) => keep || !isEmpty(entry)));
}

for (const { name, input, expect, issues } of fixture('extra-config-decode.json') as Case[]) {
  test(`decode: ${name}`, () => {
    const decoded = decode(vchLayout, new Map(Object.entries(input)));
    assert.deepEqual(brief(decoded.value), expect);
    assert.deepEqual(decoded.issues.map((issue) => issue.key), issues);
  });
}

test('a fully populated VCH keeps every key and value through decode and encode', () => {
  const stored = fixture('extra-config-vch.json') as Record<string, string>;
  const { value, issues } = decode(vchLayout, new Map(Object.entries(stored)));
  assert.deepEqual(issues, []);
  const written = encode(vchLayout, value);
  for (const [key, entry] of Object.entries(stored)) assert.equal(written.get(key), entry === '' ? '<nil>' : entry, key);
  // A listed network without keys gains those of an empty one, and nothing else is added.
  for (const key of written.keys()) assert.ok(key in stored || key.includes('container_networks|nilnet/'), key);
});

/** Configurations as tools of 0.5 wrote them, and by what layout. */
const CAPTURED = [
  ['vch-extraconfig-vcenter', vchLayout], ['vch-extraconfig-vcenter-all-options', vchLayout], ['vch-extraconfig-esxi', vchLayout], ['vch-extraconfig-empty', vchLayout],
  ['container-extraconfig', containerLayout], ['container-extraconfig-empty', containerLayout],
] as const;

for (const [name, layout] of CAPTURED) {
  test(`${name}: every key and value survives decode and encode, and none is added`, () => {
    // Long values were cut short when they were captured; those of certificates are base64.
    const stored = Object.fromEntries(Object.entries(fixture(`${name}.json`) as Record<string, string>).map(([key, entry]) => [key, key.includes('HostCertificate/') ? 'dHJpbW1lZA==' : entry]));
    const { value, issues } = decode<unknown>(layout as Shape<unknown>, new Map(Object.entries(stored)));
    assert.deepEqual(issues, []);
    const written = encode<unknown>(layout as Shape<unknown>, value);
    assert.deepEqual([...written].sort(), Object.entries(stored).map(([key, entry]) => [key, entry === '' ? '<nil>' : entry]).sort());
  });
}

for (const [what, keys] of Object.entries(fixture('guest-writeback.json') as Record<string, unknown>)) {
  if (typeof keys !== 'object' || keys === null) continue;
  test(`what an appliance writes back is read: ${what}`, () => {
    const config = new Map(Object.entries({ ...(fixture('vch-extraconfig-vcenter.json') as object), ...(keys as Record<string, string>) }));
    const { value, issues } = decode(vchLayout, config);
    assert.deepEqual(issues, []);
    for (const [key, entry] of Object.entries(keys as Record<string, string>)) assert.equal(encode(vchLayout, value).get(key), entry, key);
  });
}

test('keys: visible ones are all slashes or all dots, hidden ones lose the prefix', () => {
  assert.equal(keyOf('', 'read-only', 'init'), 'guestinfo./init');
  assert.equal(keyOf('guestinfo./container_networks|vlan.10', 'read-only', 'pools'), 'guestinfo./container_networks|vlan/10/pools');
  assert.equal(keyOf('guestinfo./container_networks|vlan.10/a', 'read-write', 'gateway'), 'guestinfo..container_networks|vlan.10.a.gateway');
  assert.equal(keyOf('guestinfo./init/common', 'hidden', 'notes'), 'init/common/notes');
  assert.equal(keyOf('HostCertificates|a.b/c', 'inherit', 'Cert'), 'HostCertificates|a.b/c/Cert');
});

test('property: whatever a VM holds, decoding ends without a throw', () => {
  const keys = Object.keys(fixture('extra-config-vch.json') as object);
  const value = fc.oneof(fc.string(), fc.constantFrom('<nil>', '', '-1', '99999999999', 'a|b||c', '__proto__|constructor', 'true', '====', 'AAAA'));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 60 }), (config) => {
      const { value: decoded } = decode(vchLayout, new Map(Object.entries(config)));
      encode(vchLayout, decoded);
    }),
    { numRuns: 300 },
  );
});

test('property: what encode writes, decode reads back', () => {
  const label = fc.string({ minLength: 1 }).filter((text) => !/[|./]/.test(text) && text !== '<nil>' && text !== '__proto__');
  const text = fc.string().filter((entry) => entry !== '<nil>');
  fc.assert(
    fc.property(fc.dictionary(label, text), text, fc.boolean(), fc.integer(), (paths, name, insecure, keepalive) => {
      const base = decode(vchLayout, new Map()).value;
      const url = base.target;
      const value = { ...base, insecure, keepalive, bridgeNetwork: name, volumeLocations: Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, { ...url, path }])) };
      assert.deepEqual(decode(vchLayout, encode(vchLayout, value)).value, value);
    }),
    { numRuns: 200 },
  );
});
