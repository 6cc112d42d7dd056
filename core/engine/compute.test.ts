import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inventory } from '../client/index.ts';
import { computeOf, computeValues, resolveCompute, resolveDatacenter } from './compute.ts';
import { UserError } from './issue.ts';

const ref = (text: string): { type: string; value: string } => ({ type: text.split(':')[0]!, value: text.split(':')[1]! });

/** 'Type:value name parent' lines as an inventory. */
function inventory(lines: string): Inventory {
  return new Inventory(
    lines.trim().split('\n').map((line) => {
      const [key, name, parent] = line.trim().split(/\s+/) as [string, string, string | undefined];
      return { ref: ref(key), props: { name, ...(parent ? { parent: ref(parent) } : {}) }, missing: new Map() };
    }),
  );
}

const ROOT = `
  Folder:root Datacenters
  Datacenter:d0 DC0 Folder:root
  Folder:h0 host Datacenter:d0`;
const CLUSTER = `${ROOT}
  ClusterComputeResource:c0 DC0_C0 Folder:h0
  ResourcePool:r0 Resources ClusterComputeResource:c0
  ResourcePool:p0 pool ResourcePool:r0
  ResourcePool:p1 child ResourcePool:p0`;
const MIXED = `${CLUSTER}
  ComputeResource:c1 DC0_H0 Folder:h0
  ResourcePool:r1 Resources ComputeResource:c1`;

const at = (lines: string, value: string, vCenter = true): string => {
  const world = inventory(lines);
  return resolveCompute(computeOf(world, resolveDatacenter(world, ''), vCenter, []), value).ref.value;
};
const issueOf = (act: () => unknown): UserError['issues'][number] => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error.issues[0]!;
  }
  throw new Error('no error was thrown');
};

test('vCenter: accepted forms', () => {
  const vectors = {
    'DC0_C0/Resources/pool': 'p0', 'DC0_C0/pool': 'p0', 'DC0_C0/pool/child': 'p1', DC0_H0: 'r1', 'DC0_H0/Resources': 'r1', DC0_C0: 'r0', '/DC0_C0': 'r0',
    '/DC0/host/DC0_C0/Resources/pool': 'p0', '/DC0/host/DC0_H0': 'r1', 'DC0_H*': 'r1',
  };
  for (const [value, expected] of Object.entries(vectors)) assert.equal(at(MIXED, value), expected, value);
});

test('vCenter: refused forms name the value and list those that work', () => {
  for (const value of ['pool', 'DC0_C0/absent', '/DC0_C1/absent', '/DC1/host/DC0_C0', 'nope', 'DC0_C0/child']) {
    const issue = issueOf(() => at(MIXED, value));
    assert.ok(issue.what.includes(`"${value}"`), issue.what);
    assert.deepEqual(issue.valid, ['DC0_C0', 'DC0_C0/pool', 'DC0_C0/pool/child', 'DC0_H0']);
    assert.equal(issue.flag, '--compute-resource');
  }
  assert.match(issueOf(() => at(MIXED, '*')).what, /ambiguous/);
});

test('without a value: the only host or cluster, else the choice is shown', () => {
  assert.equal(at(CLUSTER, ''), 'r0');
  assert.deepEqual(issueOf(() => at(MIXED, '')).valid, ['DC0_C0', 'DC0_C0/pool', 'DC0_C0/pool/child', 'DC0_H0']);
});

test('ESXi: pools without the host; several pools need a choice, / is the root', () => {
  const one = `${ROOT}
    ComputeResource:c esx Folder:h0
    ResourcePool:r Resources ComputeResource:c
    ResourcePool:a alpha ResourcePool:r`;
  const two = `${one}
    ResourcePool:b beta ResourcePool:r`;
  assert.equal(at(one, '', false), 'r');
  for (const [value, expected] of Object.entries({ alpha: 'a', beta: 'b', '/': 'r', 'Resources/beta': 'b', 'esx/alpha': 'a', '/DC0/host/esx/Resources/beta': 'b' })) {
    assert.equal(at(two, value, false), expected, value);
  }
  assert.deepEqual(issueOf(() => at(two, '', false)).valid, ['/', 'alpha', 'beta']);
});

test('pools that VCHs made are no candidates', () => {
  const world = inventory(`${ROOT}
    ComputeResource:c esx Folder:h0
    ResourcePool:r Resources ComputeResource:c
    ResourcePool:a vch1 ResourcePool:r
    ResourcePool:b vch2 ResourcePool:r`);
  const taken = world.all('ResourcePool').filter((pool) => pool.name.startsWith('vch'));
  const compute = computeOf(world, resolveDatacenter(world, ''), false, taken);
  assert.equal(resolveCompute(compute, '').ref.value, 'r');
  assert.deepEqual(computeValues(compute), ['/']);
});

test('hosts of one name in two folders are told apart by path; escaped names are understood', () => {
  const world = `${ROOT}
    Folder:f1 f1 Folder:h0
    Folder:f2 f2 Folder:h0
    ComputeResource:a same Folder:f1
    ComputeResource:b same Folder:f2
    ResourcePool:ra Resources ComputeResource:a
    ResourcePool:rb Resources ComputeResource:b
    ResourcePool:p a%2fb ResourcePool:ra`;
  assert.deepEqual(issueOf(() => at(world, '')).valid, ['f1/same', 'f1/same/a%2fb', 'f2/same']);
  assert.equal(at(world, 'f2/same'), 'rb');
  assert.equal(at(world, 'f1/same/a%2fb'), 'p');
  assert.match(issueOf(() => at(world, 'same')).what, /ambiguous/);
});

test('datacenters in folders, and two of one name', () => {
  const world = inventory(`
    Folder:root Datacenters
    Folder:f f Folder:root
    Datacenter:d0 DC Folder:root
    Datacenter:d1 DC Folder:f
    Datacenter:d2 Other Folder:f`);
  assert.equal(resolveDatacenter(world, 'Other').ref.value, 'd2');
  assert.equal(resolveDatacenter(world, 'f/DC').ref.value, 'd1');
  assert.deepEqual(issueOf(() => resolveDatacenter(world, 'X')).valid, ['DC', 'Other', 'f/DC']);
});
