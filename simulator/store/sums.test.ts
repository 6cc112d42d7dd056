// Sums equal what a full count finds, whatever moved, changed, went, failed or was restored.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Store } from './store.ts';

const sums = [{
  type: 'VirtualMachine', path: 'resourcePool', target: 'ResourcePool', into: '_load',
  weigh: (props: Readonly<Record<string, unknown>>) => [Number(props['n']), 1],
}];

const POOLS = ['p1', 'p2', 'p3'];
const step = fc.record({
  kind: fc.constantFrom('create', 'move', 'weigh', 'remove', 'snapshot', 'restore', 'fail', 'dropPool', 'fork'),
  vm: fc.integer({ min: 0, max: 5 }), pool: fc.constantFrom(...POOLS), n: fc.integer({ min: -5, max: 1000 }), more: fc.boolean(),
});

function check(store: Store): void {
  for (const { ref, props } of store.ofType('ResourcePool')) {
    let [n, count] = [0, 0];
    for (const vm of store.ofType('VirtualMachine')) {
      if ((vm.props['resourcePool'] as { value: string }).value !== ref.value) continue;
      n += Number(vm.props['n']);
      count += 1;
    }
    assert.deepEqual(props['_load'] ?? [0, 0], [n, count], ref.value);
  }
}

test('after any sequence of changes every sum equals a full count', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    let store = new Store({ sums, freeze: true });
    const pool = (value: string) => ({ type: 'ResourcePool', value });
    store.transaction((tx) => { for (const id of POOLS) tx.create('ResourcePool', id, {}); });
    let kept = store.snapshot();
    for (const { kind, vm, pool: id, n, more } of steps) {
      const ref = { type: 'VirtualMachine', value: `vm${vm}` };
      if (kind === 'snapshot') kept = store.snapshot();
      else if (kind === 'restore') store.restore(kept);
      else if (kind === 'fork') store = store.fork();
      else {
        const work = () => store.transaction((tx) => {
          if (kind === 'create' && !tx.has(ref) && tx.has(pool(id))) tx.create('VirtualMachine', ref.value, { n, resourcePool: pool(id) });
          if (kind === 'move' && tx.has(ref) && tx.has(pool(id))) tx.set(ref, 'resourcePool', pool(id));
          if ((kind === 'weigh' || more) && tx.has(ref)) tx.set(ref, 'n', n);
          if (kind === 'remove') tx.remove(ref);
          if (kind === 'dropPool' && id !== 'p1' && tx.has(pool(id))) {
            for (const each of [...tx.all('VirtualMachine')]) if ((tx.get(each, 'resourcePool') as { value: string }).value === id) tx.set(each, 'resourcePool', pool('p1'));
            tx.remove(pool(id));
          }
          if (kind === 'fail') throw new Error('no');
        });
        if (kind === 'fail') assert.throws(work);
        else work();
      }
      check(store);
    }
  }));
});
