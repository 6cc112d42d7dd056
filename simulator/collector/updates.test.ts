import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObjectUpdate, UpdateSet } from '../../core/vim25/index.ts';
import { isFault } from '../../core/vim25/index.ts';
import { Collector } from './collector.ts';
import { addVm, COLLECTOR, makeLab, Mirror, plainContents, ref, ROOT, VM_FOLDER, vmsOf, type Lab } from './lab.testing.ts';
import { retrieve } from './retrieve.ts';
import { ContainerView } from './views.ts';
import { waitForUpdates } from './wait.ts';
import { World } from './world.ts';

const VM = ref('VirtualMachine', 'vm-100');
const collectorOf = (lab: Lab) => new Collector(new World(lab.store, lab.session), COLLECTOR);
const objects = (set: UpdateSet | undefined): readonly ObjectUpdate[] => (set?.filterSet ?? []).flatMap((filter) => filter.objectSet ?? []);
const names = (set: UpdateSet | undefined) => objects(set).map(({ kind, obj, changeSet }) => [kind, obj.value, (changeSet ?? []).map(({ name, op, val }) => `${name} ${op}${val === undefined ? '' : '='}`)]);
const watch = (lab: Lab, pathSet: readonly string[], partial = false) => {
  const collector = collectorOf(lab);
  collector.createFilter('filter', vmsOf(VM_FOLDER, pathSet), partial);
  return { collector, version: collector.update('', undefined)!.version };
};
const invalidVersion = (error: unknown) => isFault(error, 'InvalidCollectorVersion');

test('enter for all at first, then nothing; modify, enter and leave as they happen', () => {
  const lab = makeLab(2);
  const { collector, version } = watch(lab, ['name', 'runtime.powerState']);
  assert.equal(objects(collector.update('', undefined)).length, 2);
  assert.equal(collector.update(version, undefined), undefined);
  lab.store.transaction((tx) => {
    tx.set(VM, 'runtime.powerState', 'poweredOn');
    tx.remove(ref('VirtualMachine', 'vm-101'));
    addVm(tx, 5);
  });
  assert.deepEqual(names(collector.update(version, undefined)), [
    ['modify', 'vm-100', ['runtime.powerState assign=']],
    ['enter', 'vm-105', ['name assign=', 'runtime.powerState assign=']],
    ['leave', 'vm-101', []],
  ]);
});

test('a repeated version gives the same answer, and what happened since', () => {
  const lab = makeLab(2);
  const { collector, version } = watch(lab, ['runtime.powerState', 'guest.hostName']);
  lab.store.transaction((tx) => tx.set(VM, 'runtime.powerState', 'poweredOn'));
  const answer = collector.update(version, undefined);
  assert.deepEqual(collector.update(version, undefined), answer);
  lab.store.transaction((tx) => tx.set(VM, 'guest.hostName', undefined));
  assert.deepEqual(names(collector.update(version, undefined)), [['modify', 'vm-100', ['runtime.powerState assign=', 'guest.hostName assign']]]);
  assert.deepEqual(names(collector.update(answer!.version, undefined)), [['modify', 'vm-100', ['guest.hostName assign']]]);
});

test('config is not configStatus; changes below and above the asked path count, and others do not', () => {
  const lab = makeLab(1);
  const { collector, version } = watch(lab, ['config', 'guest.net', 'runtime.host']);
  lab.store.transaction((tx) => tx.set(VM, 'configStatus', 'red'));
  assert.equal(collector.update(version, undefined), undefined);
  lab.store.transaction((tx) => tx.set(VM, 'config.hardware.numCPU', 4));
  assert.deepEqual(names(collector.update(version, undefined)), [['modify', 'vm-100', ['config assign=']]]);
  const next = collector.update(version, undefined)!.version;
  lab.store.transaction((tx) => tx.set(VM, 'runtime', undefined));
  assert.deepEqual(names(collector.update(next, undefined)), [['modify', 'vm-100', ['runtime.host indirectRemove']]]);
});

test('partial updates name the changed part; a key in brackets reports only its own item', () => {
  const lab = makeLab(1);
  const partial = watch(lab, ['config'], true);
  const keyed = watch(lab, ['config.hardware.device[4000]', 'config.hardware.device[2000]']);
  lab.store.transaction((tx) => {
    const [disk, nic] = tx.get(VM, 'config.hardware.device') as object[];
    tx.set(VM, 'config.hardware.device', [disk, { ...nic, macAddress: '00:0c:29:00:00:99' }]);
    tx.set(VM, 'config.name', 'other');
  });
  assert.deepEqual(names(partial.collector.update(partial.version, undefined)), [['modify', 'vm-100', ['config.hardware.device assign=', 'config.name assign=']]]);
  const set = keyed.collector.update(keyed.version, undefined)!;
  assert.deepEqual(names(set), [['modify', 'vm-100', ['config.hardware.device[4000] assign=']]]);
  lab.store.transaction((tx) => tx.set(VM, 'config.hardware.device', [(tx.get(VM, 'config.hardware.device') as object[])[0]]));
  assert.deepEqual(names(keyed.collector.update(set.version, undefined)), [['modify', 'vm-100', ['config.hardware.device[4000] remove']]]);
});

test('unknown, malformed, foreign and pruned versions are refused', () => {
  const lab = makeLab(1);
  const { collector, version } = watch(lab, ['name']);
  for (const bad of ['99', '0', '-1', 'x', '1.7', ' 1']) assert.throws(() => collector.update(bad, undefined), invalidVersion, bad);
  let last = version;
  for (let i = 0; i < 40; i++) {
    lab.store.transaction((tx) => tx.set(VM, 'name', `name ${i}`));
    last = collector.update(last, undefined)!.version;
  }
  assert.throws(() => collector.update(version, undefined), invalidVersion);
});

test('truncated answers continue to the same end, and every part can be asked again', () => {
  const lab = makeLab(5);
  const collector = collectorOf(lab);
  collector.createFilter('filter', vmsOf(VM_FOLDER, ['name']), false);
  const first = collector.update('', 2)!;
  assert.equal(first.truncated, true);
  lab.store.transaction((tx) => tx.set(VM, 'name', 'changed meanwhile'));
  const second = collector.update(first.version, 2)!;
  assert.deepEqual(objects(collector.update(first.version, 2)), objects(second));
  const third = collector.update(second.version, 2)!;
  assert.equal(third.truncated, undefined);
  assert.deepEqual([first, second, third].flatMap(objects).map(({ obj }) => obj.value), ['vm-100', 'vm-101', 'vm-102', 'vm-103', 'vm-104']);
  assert.deepEqual(names(collector.update(third.version, 2)), [['modify', 'vm-100', ['name assign=']]]);
});

test('a missing starting point is reported by a filter that asks for it, and refused otherwise', () => {
  const lab = makeLab(1);
  const collector = collectorOf(lab);
  const spec = { propSet: [{ type: 'VirtualMachine', pathSet: ['name'] }], objectSet: [{ obj: ref('VirtualMachine', 'vm-1') }] };
  assert.throws(() => collector.createFilter('a', spec, false), (error) => isFault(error, 'ManagedObjectNotFound'));
  collector.createFilter('b', { ...spec, reportMissingObjectsInResults: true }, false);
  const [filter] = collector.update('', undefined)!.filterSet!;
  assert.equal(filter!.missingSet![0]!.obj.value, 'vm-1');
  assert.deepEqual(collector.props.filter.map(({ value }) => value), ['b']);
});

test('waiting: a commit, a new filter, the time, a cancellation and a hang-up each end it', async () => {
  const lab = makeLab(1);
  const { collector, version } = watch(lab, ['name']);
  const wait = (maxSeconds?: number, signal = new AbortController().signal) =>
    waitForUpdates(collector, lab.clock, { version, maxSeconds, maxUpdates: undefined, signal });
  assert.equal(await wait(0), undefined);
  const timed = wait(10);
  lab.clock.advance(10_000);
  assert.equal(await timed, undefined);
  const canceled = wait();
  for (const end of [...collector.waits]) end('canceled');
  await assert.rejects(canceled, (error) => isFault(error, 'RequestCanceled'));
  const hangUp = new AbortController();
  const left = wait(undefined, hangUp.signal);
  hangUp.abort();
  await assert.rejects(left, (error) => isFault(error, 'RequestCanceled'));
  const waiting = Array.from({ length: 100 }, () => wait());
  lab.store.transaction((tx) => tx.set(VM, 'configStatus', 'red'));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(collector.waits.size, 100);
  lab.store.transaction((tx) => tx.set(VM, 'name', 'new'));
  for (const set of await Promise.all(waiting)) assert.deepEqual(names(set), [['modify', 'vm-100', ['name assign=']]]);
  const later = waitForUpdates(collector, lab.clock, { version: collector.update(version, undefined)!.version, maxSeconds: undefined, maxUpdates: undefined, signal: hangUp.signal.aborted ? new AbortController().signal : hangUp.signal });
  collector.createFilter('second', vmsOf(VM_FOLDER, ['name']), false);
  assert.equal((await later)!.filterSet![0]!.filter.value, 'second');
  assert.equal(collector.waits.size + lab.store.watch.size, 0);
});

const operation = fc.record({ what: fc.constantFrom('power', 'name', 'unset', 'remove', 'add', 'device', 'move'), which: fc.nat(7) });

function commit(lab: Lab, step: number, operations: readonly { what: string; which: number }[]): void {
  lab.store.transaction((tx) => {
    for (const { what, which } of operations) {
      const vm = ref('VirtualMachine', `vm-${100 + which}`);
      if (!tx.has(vm)) {
        if (what === 'add') addVm(tx, which);
      } else if (what === 'remove') tx.remove(vm);
      else if (what === 'power') tx.set(vm, 'runtime.powerState', step % 2 ? 'poweredOn' : 'poweredOff');
      else if (what === 'name') tx.set(vm, 'name', `vm at ${step}`);
      else if (what === 'unset') tx.set(vm, 'guest', tx.get(vm, 'guest') === undefined ? { hostName: `h${step}` } : undefined);
      else if (what === 'device') tx.set(vm, 'config.hardware.device', step % 3 === 0 ? [] : [{ _type: 'VirtualE1000', key: 4000, macAddress: `m${step}` }]);
      else if (what === 'move') tx.set(vm, 'parent', step % 2 ? ROOT : VM_FOLDER);
    }
  });
}

test('random commits with random replays of earlier versions, whole or in parts, always lead to the present state', () => {
  const paths = ['name', 'runtime.powerState', 'guest.hostName', 'config.hardware.device', 'config.hardware.device[4000]', 'config.hardware'];
  fc.assert(fc.property(
    fc.array(fc.record({ operations: fc.array(operation, { maxLength: 4 }), back: fc.nat(4), size: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }) }), { maxLength: 25 }),
    fc.boolean(), fc.constantFrom(3, 1000),
    (steps, viaView, journalCapacity) => {
      const lab = makeLab(3, journalCapacity);
      const world = new World(lab.store, lab.session);
      const collector = new Collector(world, COLLECTOR);
      const spec = vmsOf(VM_FOLDER, paths);
      if (viaView) {
        lab.session.objects.set('view', new ContainerView(world, 'view', ROOT, ['VirtualMachine'], true));
      }
      const asked = viaView
        ? { propSet: spec.propSet, objectSet: [{ obj: ref('ContainerView', 'view'), skip: true, selectSet: [{ _type: 'TraversalSpec', type: 'ContainerView', path: 'view' } as never] }] }
        : spec;
      collector.createFilter('filter', asked, false);
      const states = [{ version: '', mirror: new Mirror() }];
      steps.forEach(({ operations, back, size }, step) => {
        commit(lab, step, operations);
        const from = states.at(-1 - Math.min(back, states.length - 1))!;
        const mirror = new Mirror(from.mirror.objects);
        let { version } = from;
        for (let set = collector.update(version, size); set !== undefined; set = set.truncated ? collector.update(version, size) : undefined) {
          mirror.apply(set);
          version = set.version;
        }
        assert.deepEqual(mirror.plain, plainContents(retrieve(world, [asked])));
        states.push({ version, mirror });
      });
    },
  ), { numRuns: 200 });
});

test('ten thousand machines', { skip: process.env['BENCH'] !== '1' }, async (t) => {
  const lab = makeLab(10_000);
  const world = new World(lab.store, lab.session);
  const time = (what: string, work: () => void) => {
    const start = performance.now();
    work();
    t.diagnostic(`${what}: ${(performance.now() - start).toFixed(2)} ms`);
  };
  const spec = () => ({ propSet: [{ type: 'VirtualMachine', pathSet: ['name', 'runtime.powerState'] }], objectSet: [{ obj: ref('ContainerView', 'view'), skip: true, selectSet: [{ _type: 'TraversalSpec', type: 'ContainerView', path: 'view' } as never] }] });
  time('view', () => lab.session.objects.set('view', new ContainerView(world, 'view', ROOT, ['VirtualMachine'], true)));
  for (let i = 0; i < 3; i++) time('retrieve name and power state of 10,000', () => assert.equal(retrieve(world, [spec()]).length, 10_000));
  const collectors = Array.from({ length: 100 }, () => {
    const collector = new Collector(world, COLLECTOR);
    collector.createFilter('filter', spec(), false);
    return { collector, version: collector.update('', undefined)!.version };
  });
  for (let round = 0; round < 3; round++) {
    lab.store.transaction((tx) => { for (let i = 0; i < 100; i++) tx.set(ref('VirtualMachine', `vm-${100 + i * 90}`), 'runtime.powerState', `state ${round}`); });
    time('update of 100 among 10,000', () => assert.equal(objects(collectors[0]!.collector.update(collectors[0]!.version, undefined)).length, 100));
  }
  const waits = collectors.slice(1).map(({ collector, version }) => waitForUpdates(collector, lab.clock, { version: collector.update(version, undefined)!.version, maxSeconds: 60, maxUpdates: undefined, signal: new AbortController().signal }));
  const start = performance.now();
  for (let i = 0; i < 1000; i++) {
    lab.store.transaction((tx) => tx.set(VM, 'configStatus', i % 2 ? 'green' : 'red'));
    await null;
    await null;
  }
  t.diagnostic(`1,000 commits that concern none of 99 waiters: ${(performance.now() - start).toFixed(0)} ms`);
  lab.clock.advance(61_000);
  await Promise.all(waits);
});
