import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reference, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { equal } from './difference.ts';
import type { Relation, Rule } from './derive.ts';
import { Store } from './store.ts';

const relations: Relation[] = [
  { type: 'ManagedEntity', path: 'parent', inverse: 'childEntity', targets: ['Folder'] },
  { type: 'VirtualMachine', path: 'runtime.host', inverse: 'vm' },
  { type: 'VirtualMachine', path: 'network', inverse: 'vm' },
];
const rules: Rule[] = [
  { type: 'VirtualMachine', inputs: ['runtime'], derive: (props) => ({ summary: { ...(props['summary'] as object), runtime: props['runtime'] } }) },
];

const makeStore = () => new Store({ relations, rules, freeze: true });

function world() {
  const store = makeStore();
  const refs = store.transaction((tx) => {
    const folder = tx.create('Folder', 'group-v1', { name: 'vm' });
    const host = tx.create('HostSystem', 'host-1', { name: 'h1' });
    const other = tx.create('HostSystem', 'host-2', { name: 'h2' });
    const network = tx.create('Network', 'network-1', { name: 'VM Network' });
    const vm = tx.create('VirtualMachine', 'vm-1', { name: 'a', parent: folder, runtime: { host, powerState: 'poweredOff' }, network: [network] });
    return { folder, host, other, network, vm };
  });
  return { store, ...refs };
}

const ids = (value: unknown) => ((value ?? []) as ManagedObjectReference[]).map((ref) => ref.value);

test('a commit keeps the inverse of every reference', () => {
  const { store, folder, host, other, network, vm } = world();
  assert.deepEqual(ids(store.get(folder)!.props['childEntity']), ['vm-1']);
  assert.deepEqual(ids(store.get(host)!.props['vm']), ['vm-1']);
  assert.deepEqual(ids(store.get(network)!.props['vm']), ['vm-1']);
  store.transaction((tx) => tx.set(vm, 'runtime.host', other));
  assert.deepEqual(ids(store.get(host)!.props['vm']), []);
  assert.deepEqual(ids(store.get(other)!.props['vm']), ['vm-1']);
  store.transaction((tx) => tx.remove(vm));
  assert.deepEqual([folder, other, network].map((ref) => ids(store.get(ref)!.props['childEntity'] ?? store.get(ref)!.props['vm'])), [[], [], []]);
});

test('a derived copy cannot drift from its source', () => {
  const { store, vm } = world();
  store.transaction((tx) => tx.set(vm, 'runtime.powerState', 'poweredOn'));
  const props = store.get(vm)!.props as { runtime: object; summary: { runtime: object } };
  assert.equal(props.summary.runtime, props.runtime);
});

test('a commit is one version and names the narrowest changed paths', () => {
  const { store, vm } = world();
  const before = store.version;
  store.transaction((tx) => {
    tx.set(vm, 'runtime.powerState', 'poweredOn');
    tx.set(vm, 'name', 'b');
  });
  assert.equal(store.version, before + 1);
  const [entry] = store.journal.since(before);
  assert.deepEqual(entry!.changes.map((c) => [c.ref.value, c.kind, [...c.paths].sort()]), [
    ['vm-1', 'change', ['name', 'runtime.powerState', 'summary.runtime.powerState']],
  ]);
});

test('a write that changes nothing makes no version', () => {
  const { store, vm } = world();
  const before = store.version;
  store.transaction((tx) => tx.set(vm, 'runtime', { host: reference('HostSystem', 'host-1'), powerState: 'poweredOff' }));
  assert.equal(store.version, before);
});

test('a throw rolls everything back, ids excepted', () => {
  const { store, vm } = world();
  const before = store.version;
  const lastId = store.ids.last;
  assert.throws(() =>
    store.transaction((tx) => {
      tx.set(vm, 'name', 'lost');
      tx.create('Folder', tx.nextId('group-v'), {});
      throw new Error('no');
    }), /no/);
  assert.equal(store.version, before);
  assert.equal(store.get(vm)!.props['name'], 'a');
  assert.ok(store.ids.last > lastId);
});

test('an attempt that throws takes back its own writes and no others', () => {
  const { store, vm } = world();
  const ran: string[] = [];
  store.transaction((tx) => {
    tx.set(vm, 'name', 'kept');
    tx.afterCommit(() => ran.push('kept'));
    assert.throws(() => tx.attempt(() => {
      tx.set(vm, 'name', 'lost');
      tx.create('Folder', 'group-v9', {});
      tx.afterCommit(() => ran.push('lost'));
      throw new Error('no');
    }), /no/);
    assert.throws(() => tx.attempt(() => {
      tx.remove(vm);
      throw new Error('no');
    }), /no/);
    assert.equal(tx.attempt(() => tx.get(vm, 'name')), 'kept');
    tx.create('Folder', 'group-v9', { name: 'again' });
  });
  assert.equal(store.get(vm)!.props['name'], 'kept');
  assert.equal(store.get(reference('Folder', 'group-v9'))!.props['name'], 'again');
  assert.deepEqual(ran, ['kept']);
});

test('a transaction inside a transaction, and a promise as its work, are refused', () => {
  const { store, vm } = world();
  assert.throws(() => store.transaction(() => store.transaction(() => 1)), /open already/);
  assert.throws(() => store.transaction(async (tx) => tx.set(vm, 'name', 'x')), /cannot wait/);
  assert.equal(store.get(vm)!.props['name'], 'a');
});

test('committed values are frozen when asked for', () => {
  const { store, vm } = world();
  assert.throws(() => ((store.get(vm)!.props as { runtime: { powerState: string } }).runtime.powerState = 'x'), TypeError);
});

test('a waiter is woken once by a commit and not by an empty one', async () => {
  const { store, vm } = world();
  let woken = 0;
  const waiting = store.watch.after(store.version).then((more) => { woken += more ? 1 : 0; });
  store.transaction((tx) => tx.set(vm, 'name', 'a'));
  await Promise.resolve();
  assert.equal(woken, 0);
  store.transaction((tx) => tx.set(vm, 'name', 'b'));
  store.transaction((tx) => tx.set(vm, 'name', 'c'));
  await waiting;
  assert.equal(woken, 1);
  const stop = new AbortController();
  const aborted = store.watch.after(store.version, stop.signal);
  stop.abort();
  assert.equal(await aborted, false);
  assert.equal(store.watch.size, 0);
});

test('restore is a commit forward to the old state, and ids do not come back', () => {
  const { store, vm, folder } = world();
  const snapshot = store.snapshot();
  store.transaction((tx) => {
    tx.remove(vm);
    tx.create('VirtualMachine', tx.nextId('vm'), { name: 'new', parent: folder, runtime: {} });
  });
  const version = store.version;
  const used = store.ids.last;
  store.restore(snapshot);
  assert.ok(store.version > version);
  assert.deepEqual(ids(store.get(folder)!.props['childEntity']), ['vm-1']);
  assert.ok(store.ids.last >= used);
});

test('a fork shares values and no changes', () => {
  const { store, vm } = world();
  const fork = store.fork();
  assert.equal(fork.get(vm)!.props, store.get(vm)!.props);
  fork.transaction((tx) => tx.set(vm, 'name', 'forked'));
  assert.equal(store.get(vm)!.props['name'], 'a');
});

test('the journal drops its oldest commits at the bound and says so', () => {
  const store = new Store({ journalCapacity: 10 });
  const ref = store.transaction((tx) => tx.create('Folder', 'f', { name: '0' }));
  for (let i = 1; i <= 30; i++) store.transaction((tx) => tx.set(ref, 'name', String(i)));
  assert.throws(() => store.journal.since(1), RangeError);
  assert.equal(store.journal.since(store.version - 3).length, 3);
});

test('rules that chase each other are a bug that is named', () => {
  const chase: Rule[] = [{ type: 'Folder', inputs: ['n'], derive: (props) => ({ n: (props['n'] as number) + 1 }) }];
  assert.throws(() => new Store({ rules: chase }).transaction((tx) => tx.create('Folder', 'f', { n: 1 })), /do not settle/);
});

test('after any sequence of moves the inverse lists equal what a full scan finds', () => {
  const step = fc.record({ vm: fc.integer({ min: 0, max: 5 }), host: fc.integer({ min: 0, max: 2 }), what: fc.constantFrom('move', 'remove', 'create') });
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 20 }), (batches) => {
      const store = makeStore();
      store.transaction((tx) => [0, 1, 2].forEach((i) => tx.create('HostSystem', `host-${i}`, {})));
      for (const batch of batches) {
        store.transaction((tx) => {
          for (const { vm, host, what } of batch) {
            const ref = reference('VirtualMachine', `vm-${vm}`);
            const runtime = { host: reference('HostSystem', `host-${host}`) };
            if (what === 'create' && !tx.has(ref)) tx.create(ref.type, ref.value, { runtime });
            if (what === 'move' && tx.has(ref)) tx.set(ref, 'runtime', runtime);
            if (what === 'remove') tx.remove(ref);
          }
        });
      }
      for (const host of store.ofType('HostSystem')) {
        const expected = [...store.ofType('VirtualMachine')].filter((vm) => equal((vm.props['runtime'] as { host: unknown }).host, host.ref));
        assert.deepEqual(ids(host.props['vm']).sort(), expected.map((vm) => vm.ref.value).sort());
      }
    }),
  );
});

test('a property that is taken away from an internal object is gone after the commit', () => {
  const store = makeStore();
  const ref = { type: '_Thing', value: 'thing' };
  store.transaction((tx) => tx.create(ref.type, ref.value, { a: 1, b: 2 }));
  store.transaction((tx) => tx.set(ref, 'b', undefined));
  assert.deepEqual(store.get(ref)!.props, { a: 1 });
});
