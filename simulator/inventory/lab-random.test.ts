// Whatever a lab says: it is refused with lines and paths, or it builds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSimulator } from '../index.ts';
import { labOptions } from './lab-options.ts';
import { parseLab } from './load-lab.ts';
import type { Plan } from './plan.ts';
import { DocumentError } from './shape.ts';

// Mostly right: names that seldom meet, networks and datastores that mostly exist.
const fresh = (prefix: string) => fc.integer({ min: 0, max: 5000 }).map((n) => `${prefix}${n}`);
const seldom = (wrong: fc.Arbitrary<unknown>, right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ arbitrary: wrong, weight: 1 }, { arbitrary: right, weight: 15 });
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e/f', 'VM Network', 'x%y', '日本');
const power = fc.constantFrom('on', 'off', 'suspended');
const some = <T>(arbitrary: fc.Arbitrary<T>, max = 3) => fc.array(arbitrary, { maxLength: max });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const record = (fields: Record<string, fc.Arbitrary<unknown>>, required: string[] = []) => fc.record(fields, { requiredKeys: required });

const vm = record({ name: seldom(name, fresh('m')), state: power, cpus: fc.integer({ min: 1, max: 8 }), memory: fc.constantFrom('1 GB', '3 MB', 4096), datastore: seldom(name, fc.constantFrom('a', 'b')) });
const container = record({ name: fc.constantFrom('web', 'db'), image: fc.constant('busybox'), state: power, volumes: seldom(some(fc.constantFrom('v1:/a', 'v2:/b'), 2), fc.constant([])) });
const vch = record({
  name: seldom(name, fresh('v')), pool: seldom(fc.constant('vapp'), fc.constant('pool')), state: fc.constantFrom('on', 'off'), tls: fc.boolean(), address: fresh('10.0.').map((text) => `${text.slice(0, 5)}${Number(text.slice(5)) % 250}.7`),
  imageStore: fc.constantFrom('a', 'b/images', 'a/x/y'), images: seldom(some(fc.constantFrom('busybox', 'nginx:1'), 2), fc.constant(['nginx:1', 'busybox'])),
  volumeStores: some(record({ label: fc.constantFrom('default', 'fast'), path: fc.constantFrom('a', 'a/vols', 'b/vols'), volumes: some(fc.constantFrom('v1', 'v2'), 2) }, ['label', 'path']), 2),
  networks: seldom(record({ external: name, client: name, bridge: name }), fc.constant({})),
  containers: fc.oneof(fc.integer({ min: 0, max: 3 }), some(container)),
});
const contents = {
  vms: fc.oneof(fc.integer({ min: 0, max: 3 }), some(vm)), vchs: some(vch, 2), vapps: some(record({ name: fresh('app'), vms: some(vm, 2) }, ['name']), 1),
  pools: some(record({ name: fresh('p'), vms: some(vm, 1), vchs: some(vch, 1) }, ['name']), 2),
};
const datastores = seldom(some(record({ name, type: fc.constantFrom('vmfs', 'nfs', 'vsan', 'local'), hosts: maybe(some(name, 2)) }, ['name'])), fc.constant(['a', { name: 'b', type: 'nfs' }]));
const datacenter = record({
  name: fresh('dc'), folder: fc.constantFrom('', 'F', 'F/G'), datastores, networks: seldom(some(name, 2), fc.constant(['VM Network'])),
  switches: some(record({ name: fresh('s'), portgroups: some(record({ name: fresh('pg'), vlan: fc.integer({ min: 0, max: 4094 }) }, ['name']), 2) }, ['name']), 1),
  clusters: some(record({ name: fresh('c'), hosts: seldom(fc.oneof(fc.constant(0), some(name, 2)), fc.integer({ min: 1, max: 3 })), drs: seldom(fc.constant(false), fc.constant(true)), ...contents }, ['name']), 2),
  hosts: some(record({ name: fresh('h'), ...contents }), 1),
}, ['name']);
const lab = fc.oneof(
  record({ product: fc.constant('vcenter'), seed: fc.nat(), datacenters: some(datacenter, 2) }, ['product', 'datacenters']),
  record({ product: fc.constant('esxi'), host: name, datastores, networks: some(name, 2), ...contents }, ['product']),
);

const parse = async (source: string): Promise<Plan | undefined> => {
  try {
    return await parseLab(source, 'lab');
  } catch (error) {
    assert.ok(error instanceof DocumentError, String((error as Error).stack));
    for (const line of error.message.split('\n')) assert.match(line, /^lab:\d+: /);
    return undefined;
  }
};

test('a lab of known words builds, or is refused with lines', async () => {
  let built = 0;
  let withVch = 0;
  await fc.assert(
    fc.asyncProperty(lab, async (value) => {
      const plan = await parse(JSON.stringify(value, null, 1));
      if (!plan) return;
      built += 1;
      const simulator = createSimulator({ ...labOptions(plan), freeze: true });
      const vchs = plan.datacenters.flatMap((dc) => dc.computes).reduce((sum, compute) => sum + compute.vchs.length, 0);
      assert.ok([...simulator.store.ofType('VirtualMachine')].length >= vchs);
      if (vchs > 0) withVch += 1;
      await simulator.close();
    }),
    { numRuns: 400, seed: 20260101 },
  );
  assert.ok(built >= 50 && withVch >= 20, `only ${built} of the random labs were right, ${withVch} with a VCH: the test says little`);
});

test('any JSON or text is refused with lines, never with a crash', async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(fc.json(), fc.string(), fc.object().map((o) => JSON.stringify({ product: 'esxi', ...o }))), async (source) => {
    const plan = await parse(source);
    assert.ok(plan === undefined || plan.product === 'esxi' || plan.product === 'vcenter');
  }), { numRuns: 200, seed: 20260102 });
});
