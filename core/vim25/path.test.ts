import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath, getByPath, parsePath, pathsOverlap, resolveInValues, resolveType } from './path.ts';
import { managedType } from './schema.ts';

const vm = managedType('VirtualMachine')!;

test('paths are parsed with bare and quoted keys', () => {
  const steps = (path: string): unknown => parsePath(path)?.map((step) => (step.kind === 'key' ? [step.text] : step.text)) ?? null;
  assert.deepEqual(steps('config.hardware.device[4000].backing'), ['config', 'hardware', 'device', ['4000'], 'backing']);
  assert.deepEqual(steps('foo["a.b[\\"c\\"]"]'), ['foo', ['a.b["c"]']]);
  assert.deepEqual(steps('foo[guestinfo.x/y|z]'), ['foo', ['guestinfo.x/y|z']]);
  assert.deepEqual(steps('foo[-1]'), ['foo', ['-1']]);
  assert.deepEqual(steps('foo[""]'), ['foo', ['']]);
  assert.deepEqual(steps(''), []);
  for (const bad of ['.a', 'a.', 'a..b', '[1]', 'a[1][2]', 'a[]', 'a[1', 'a]', 'a[1]b', 'a b', 'a["x]', '1a', 'a.[1]']) assert.equal(steps(bad), null, bad);
});

test('what formatPath writes is read back the same', () => {
  const name = fc.constantFrom('config', 'device', '_x', 'a1');
  const pairs = fc.array(fc.tuple(name, fc.option(fc.string({ maxLength: 6 }))), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(pairs, (list) => {
      const steps = list.flatMap(([text, key]) => [{ kind: 'name' as const, text }, ...(key === null ? [] : [{ kind: 'key' as const, text: key }])]);
      assert.deepEqual(parsePath(formatPath(steps)), steps);
    }),
    { seed: 3 },
  );
});

test('paths overlap at dots and brackets, both ways', () => {
  const cases: [string, string, boolean][] = [
    ['config', 'configStatus', false], ['config', 'config', true], ['config', 'config.hardware', true], ['config.hardware', 'config.hardwareX', false],
    ['config.hardware.device', 'config.hardware.device[4000]', true], ['device[4000]', 'device[400]', false], ['device[4000].backing', 'device["4000"]', true],
    ['a["x.y"]', 'a[x.y].z', true], ['a["x"]', 'a["xy"]', false], ['a[1]', 'a.b', false], ['', 'anything', true], ['a.b', 'a.c', false], ['runtime', 'summary.runtime', false],
  ];
  for (const [a, b, expected] of cases) {
    assert.equal(pathsOverlap(a, b), expected, `${a} ${b}`);
    assert.equal(pathsOverlap(b, a), expected, `${b} ${a}`);
  }
});

test('declared fields of paths, through subtypes too', () => {
  const type = (path: string): unknown => {
    const field = resolveType(vm, path);
    return field && `${field.type}${field.array ? '[]' : ''}`;
  };
  assert.equal(type('name'), 'string');
  assert.equal(type('config.hardware.device'), 'VirtualDevice[]');
  assert.equal(type('config.hardware.device[4000]'), 'VirtualDevice');
  assert.equal(type('config.hardware.device[4000].macAddress'), 'string');
  assert.equal(type('config.hardware.device[2000].backing.fileName'), 'string');
  assert.equal(type('config.extraConfig["k"].value'), 'anyType');
  assert.equal(type('network["network-7"]'), 'Network');
  for (const bad of ['', 'nope', 'config.nope', 'name.length', 'name[0]', 'config.hardware.device.key', 'config.hardware[1]', 'a..b', '__proto__', 'constructor']) {
    assert.equal(resolveType(vm, bad), undefined, bad);
  }
});

const props = {
  name: 'vm',
  network: [{ type: 'Network', value: 'network-7' }],
  config: {
    _type: 'VirtualMachineConfigInfo',
    hardware: { _type: 'VirtualHardware', device: [{ _type: 'VirtualE1000', key: 4000, macAddress: 'm' }, { _type: 'VirtualDisk', key: 2000, capacityInKB: 5 }] },
    extraConfig: [{ _type: 'OptionValue', key: 'a.b', value: 1 }],
  },
};

test('values by path, and the type they have there', () => {
  assert.equal(getByPath(props, 'name'), 'vm');
  assert.equal(getByPath(props, 'config.hardware.device[4000].macAddress'), 'm');
  assert.equal(getByPath(props, 'config.extraConfig["a.b"].value'), 1);
  assert.deepEqual(getByPath(props, 'network[network-7]'), { type: 'Network', value: 'network-7' });
  assert.equal(getByPath({ list: ['x', 'y'] }, 'list[y]'), 'y');
  for (const nothing of ['config.hardware.device[1]', 'config.nope', 'name.length', 'name[0]', 'a..b', 'constructor', 'config.hardware.device.length', '__proto__']) {
    assert.equal(getByPath(props, nothing), undefined, nothing);
  }
  assert.equal(resolveInValues(vm, props, 'config.hardware.device[4000].macAddress')!.type, 'string');
  assert.equal(resolveInValues(vm, props, 'config.hardware.device[2000].macAddress'), undefined);
  assert.equal(resolveInValues(vm, props, 'config.hardware.device[2000].capacityInKB')!.type, 'long');
  assert.equal(resolveInValues(vm, props, 'config.hardware.device[2000].backing.fileName')!.type, 'string');
  assert.equal(resolveInValues(vm, {}, 'config.hardware.device[2000].macAddress')!.type, 'string');
  assert.equal(resolveInValues(vm, props, 'name')!.type, 'string');
});
