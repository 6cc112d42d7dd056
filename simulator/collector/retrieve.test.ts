import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PropertyFilterSpec, SelectionSpec, TraversalSpec } from '../../core/vim25/index.ts';
import { isFault } from '../../core/vim25/index.ts';
import { versionOf } from '../../core/vim25/index.ts';
import { Encoder } from '../../core/vim25/codec/encode.ts';
import { Collector } from './collector.ts';
import { COLLECTOR, makeLab, plainContents, ref, ROOT, VM_FOLDER, vmsOf } from './lab.testing.ts';
import { fetchProperty, retrieve } from './retrieve.ts';
import { World } from './world.ts';

const traversal = (name: string, type: string, path: string, selectSet: readonly SelectionSpec[] = [], skip = false): TraversalSpec =>
  ({ _type: 'TraversalSpec', name, type, path, selectSet, skip });
const named = (name: string): SelectionSpec => ({ name });
const at = (world: World, spec: PropertyFilterSpec) => plainContents(retrieve(world, [spec]));
const one = (obj = ref('VirtualMachine', 'vm-100'), pathSet: readonly string[] = [], type = obj.type): PropertyFilterSpec => ({ propSet: [{ type, pathSet }], objectSet: [{ obj }] });

test('named recursion reaches every level, and a cycle ends', () => {
  const { store, session } = makeLab(2);
  const world = new World(store, session);
  const spec: PropertyFilterSpec = {
    propSet: [{ type: 'ManagedEntity', pathSet: ['name'] }],
    objectSet: [{ obj: ROOT, selectSet: [
      traversal('down', 'Folder', 'childEntity', [named('down'), named('vms'), named('hosts'), named('up')]),
      traversal('vms', 'Datacenter', 'vmFolder', [named('down')]),
      traversal('hosts', 'Datacenter', 'hostFolder', [named('down')]),
      traversal('up', 'ManagedEntity', 'parent', [named('up'), named('down')]),
    ] }],
  };
  const names = Object.values(at(world, spec)).map((props) => props['name']);
  assert.deepEqual(names.toSorted(), ['C0', 'DC0', 'Datacenters', 'host', 'vm', 'vm-0', 'vm-1']);
});

test('skip leaves objects out but walks through them; a traversal for a base type applies to subtypes', () => {
  const { store, session } = makeLab(1);
  const world = new World(store, session);
  const spec = (skip: boolean): PropertyFilterSpec => ({
    propSet: [{ type: 'ManagedEntity', pathSet: ['name'] }],
    objectSet: [{ obj: ref('Folder', 'group-h4'), skip: true, selectSet: [
      traversal('', 'Folder', 'childEntity', [traversal('', 'ComputeResource', 'host')], skip),
    ] }],
  });
  assert.deepEqual(at(world, spec(true)), { 'host-9': { name: 'H0' } });
  assert.deepEqual(at(world, spec(false)), { 'domain-c7': { name: 'C0' }, 'host-9': { name: 'H0' } });
});

test('an object selected twice, by one filter or two, is reported once with the union of its properties', () => {
  const { store, session } = makeLab(1);
  const world = new World(store, session);
  const obj = ref('VirtualMachine', 'vm-100');
  const twice: PropertyFilterSpec = { propSet: [{ type: 'ManagedEntity', pathSet: ['name'] }, { type: 'VirtualMachine', pathSet: ['name', 'runtime.powerState'] }], objectSet: [{ obj }, { obj }] };
  const contents = retrieve(world, [twice, one(obj, ['guest.hostName', 'name'])]);
  assert.equal(contents.length, 1);
  assert.deepEqual(contents[0]!.propSet!.map((property) => property.name), ['name', 'runtime.powerState', 'guest.hostName']);
});

test('nested and indexed paths; config is not configStatus; unset properties are absent', () => {
  const { store, session } = makeLab(1);
  const world = new World(store, session);
  const paths = ['configStatus', 'config.hardware.device[4000].macAddress', 'config.extraConfig["guestinfo.a"].value', 'config.hardware.device[2000].backing.fileName', 'snapshot', 'config.hardware.device[77]'];
  assert.deepEqual(at(world, one(undefined, paths))['vm-100'], {
    configStatus: 'green',
    'config.hardware.device[4000].macAddress': '00:0c:29:00:00:01',
    'config.extraConfig["guestinfo.a"].value': 'one',
    'config.hardware.device[2000].backing.fileName': '[LocalDS_0] a.vmdk',
  });
});

test('all gives every set property in schema order, inherited first, and nothing internal', () => {
  const { store, session } = makeLab(1);
  const spec: PropertyFilterSpec = { propSet: [{ type: 'ManagedEntity', all: true }], objectSet: [{ obj: ref('VirtualMachine', 'vm-100') }] };
  store.transaction((tx) => tx.set(ref('VirtualMachine', 'vm-100'), '_private', 1));
  const [content] = retrieve(new World(store, session), [spec]);
  const names = content!.propSet!.map((property) => property.name);
  assert.deepEqual(names, ['parent', 'configStatus', 'name', 'config', 'layout', 'resourcePool', 'runtime', 'guest']);
});

test('what makes no sense is refused with the name of it', () => {
  const { store, session } = makeLab(1);
  const world = new World(store, session);
  const refused = (spec: PropertyFilterSpec, type: string, field: string, value: unknown) =>
    assert.throws(() => retrieve(world, [spec]), (error) => isFault(error, type as never) && (error.detail as unknown as Record<string, unknown>)[field] === value);
  refused(one(undefined, ['config.nope']), 'InvalidProperty', 'name', 'config.nope');
  refused(one(undefined, ['runtime.powerState'], 'ManagedEntity'), 'InvalidProperty', 'name', 'runtime.powerState');
  refused(one(undefined, ['_private']), 'InvalidProperty', 'name', '_private');
  refused(one(undefined, [], 'Unicorn'), 'InvalidType', 'argument', 'Unicorn');
  refused({ ...one(), objectSet: [{ obj: ROOT, selectSet: [named('nobody')] }] }, 'InvalidArgument', 'invalidProperty', 'objectSet.selectSet.name');
  refused({ ...one(), objectSet: [{ obj: ROOT, selectSet: [traversal('', 'Folder', 'name')] }] }, 'InvalidProperty', 'name', 'name');
  assert.throws(() => retrieve(world, [one(ref('_Secret', 'secret'), [], 'Folder')]), (error) => isFault(error, 'ManagedObjectNotFound'));
});

test('a missing object is a fault, or left out when the filter reports missing objects', () => {
  const { store, session } = makeLab(1);
  const world = new World(store, session);
  const gone = ref('VirtualMachine', 'vm-1');
  const spec: PropertyFilterSpec = { propSet: [{ type: 'VirtualMachine', pathSet: ['name'] }], objectSet: [{ obj: gone }, { obj: ref('VirtualMachine', 'vm-100') }] };
  assert.throws(() => retrieve(world, [spec]), (error) => isFault(error, 'ManagedObjectNotFound'));
  assert.deepEqual(at(world, { ...spec, reportMissingObjectsInResults: true }), { 'vm-100': { name: 'vm-0' } });
});

test('without a login the missing set says why, except for the ServiceInstance', () => {
  const { sim, store } = makeLab(1);
  const world = new World(store, sim.sessions.anonymous({ ipAddress: '', userAgent: '' }));
  const [content] = retrieve(world, [one(ROOT, ['name'])]);
  assert.equal(content!.propSet, undefined);
  assert.equal(content!.missingSet![0]!.path, 'name');
  assert.equal(content!.missingSet![0]!.fault.fault._type, 'NotAuthenticated');
  assert.deepEqual(at(world, one(ref('ServiceInstance', 'ServiceInstance'), ['content.rootFolder'])), { ServiceInstance: { 'content.rootFolder': ROOT } });
  assert.equal(retrieve(world, [vmsOf(VM_FOLDER, ['name'])]).length, 0);
});

test('pages of a retrieval cover everything once; a token serves once', () => {
  const { store, session } = makeLab(5);
  const collector = new Collector(new World(store, session), COLLECTOR);
  const spec = [vmsOf(VM_FOLDER, ['name'])];
  let page = collector.retrieve(spec, 2)!;
  const seen = page.objects.map((content) => content.obj.value);
  const token = page.token!;
  while (page.token) seen.push(...(page = collector.continueRetrieve(page.token)).objects.map((content) => content.obj.value));
  assert.deepEqual(seen, ['vm-100', 'vm-101', 'vm-102', 'vm-103', 'vm-104']);
  assert.throws(() => collector.continueRetrieve(token), (error) => isFault(error, 'InvalidArgument'));
  const cancelled = collector.retrieve(spec, 2)!.token!;
  collector.cancelRetrieve(cancelled);
  assert.throws(() => collector.continueRetrieve(cancelled), (error) => isFault(error, 'InvalidArgument'));
});

test('Fetch gives a typed value, undefined when unset, and InvalidProperty for a name that is none', () => {
  const lab = makeLab(1);
  const ctx = lab.context(ref('VirtualMachine', 'vm-100'));
  const fetched = fetchProperty(ctx, 'configStatus')!;
  assert.deepEqual([fetched.value, fetched.field.type], ['green', 'ManagedEntityStatus']);
  assert.equal(fetchProperty(ctx, 'snapshot'), undefined);
  assert.throws(() => fetchProperty(ctx, 'nope'), (error) => isFault(error, 'InvalidProperty'));
});

test('a client of an older version is not sent a property that came later', () => {
  const { store, session } = makeLab(0);
  store.transaction((tx) => tx.set(ROOT, 'namespace', 'added in 7.0'));
  const [content] = retrieve(new World(store, session), [one(ROOT, ['name', 'namespace'])]);
  const sent = (api: string) => [...new Encoder(versionOf(api)!).inner(content!, 'ObjectContent').matchAll(/<propSet><name>(\w+)/g)].map((match) => match[1]);
  assert.deepEqual(sent('6.5'), ['name']);
  assert.deepEqual(sent('8.0.3.0'), ['name', 'namespace']);
});

test('what is read again is kept while the object does not change, whoever asks, and never after a change', () => {
  const { store, session } = makeLab(2);
  const world = new World(store, session);
  const spec: PropertyFilterSpec = { propSet: [{ type: 'VirtualMachine', pathSet: ['name', 'summary.config.numCpu', 'guest.hostName'] }], objectSet: [{ obj: VM_FOLDER, skip: true, selectSet: [traversal('', 'Folder', 'childEntity')] }] };
  const read = () => retrieve(world, [spec]);
  const xml = (encoder: Encoder, contents: ReturnType<typeof read>) => contents.map((content) => encoder.inner(content, 'ObjectContent'));
  const keeping = new Encoder(versionOf('8.0.3.0')!);
  for (let round = 0; round < 4; round++) {
    const now = read();
    assert.deepEqual(xml(keeping, now), xml(new Encoder(versionOf('8.0.3.0')!, { cache: false }), now));
  }
  const before = read();
  assert.equal(read()[0], before[0]);
  store.transaction((tx) => tx.set(ref('VirtualMachine', 'vm-101'), 'name', 'renamed'));
  const after = read();
  assert.equal(after[0], before[0]);
  assert.deepEqual(plainContents(after)['vm-101'], { name: 'renamed', 'guest.hostName': 'guest-1' });
  assert.match(xml(keeping, after)[1]!, />renamed</);
  assert.deepEqual(plainContents(retrieve(world, [one(ref('VirtualMachine', 'vm-101'), ['name'])])), { 'vm-101': { name: 'renamed' } });
});
