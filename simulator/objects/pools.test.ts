// Reservations and limits: what is counted equals a recount from the whole tree, and nothing is admitted beyond it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ManagedObjectReference, ResourceConfigSpec } from '../../core/vim25/index.ts';
import { ALLOCATION, POOL, World } from './world.testing.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

interface Count { used: number; usage: number; running: number }

/** What the rules sum up, counted anew from the machines. */
function recount(world: World, pool: Ref): Count {
  const count = { used: 0, usage: 0, running: 0 };
  for (const vm of world.get<Refs>(pool, 'vm')) {
    if (world.get(vm, 'runtime.powerState') !== 'poweredOn') continue;
    count.used += Number(world.get(vm, 'config.cpuAllocation.reservation'));
    count.usage += world.get<number>(vm, 'summary.quickStats.overallCpuUsage');
    count.running += 1;
  }
  for (const child of world.get<Refs>(pool, 'resourcePool')) {
    const below = recount(world, child);
    const { reservation, expandableReservation } = world.get<ResourceConfigSpec>(child, 'config').cpuAllocation;
    count.used += expandableReservation ? Math.max(Number(reservation), below.used) : Number(reservation);
    count.usage += below.usage;
    count.running += below.running;
  }
  return count;
}

function unreserved(world: World, pool: Ref): number {
  const { reservation, expandableReservation } = world.get<ResourceConfigSpec>(pool, 'config').cpuAllocation;
  const parent = world.get<Ref>(pool, 'parent');
  const above = expandableReservation && parent.type === 'ResourcePool' ? unreserved(world, parent) : 0;
  return Math.max(0, Number(reservation) - recount(world, pool).used) + above;
}

const step = fc.record({
  kind: fc.constantFrom('create', 'update', 'move', 'movePool', 'on', 'off', 'reserve', 'destroy'),
  a: fc.nat(9), b: fc.nat(9), mhz: fc.integer({ min: 0, max: 60_000 }), expandable: fc.boolean(),
});

test('after any sequence of pool and power operations the counts equal a recount, and no pool is overbooked', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
    const world = new World({ autostart: false });
    const root = world.get<Ref>(world.named('DC0_C0'), 'resourcePool');
    const machines = ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1'].map((name) => world.named(name));
    const pools = [root];
    let made = 0;
    for (const { kind, a, b, mhz, expandable } of steps) {
      const pool = pools[a % pools.length]!;
      const other = pools[b % pools.length]!;
      const vm = machines[a % machines.length]!;
      const cpuAllocation = { ...ALLOCATION, reservation: mhz, expandableReservation: expandable };
      try {
        if (kind === 'create') pools.push((await world.call(pool, 'CreateResourcePool', { name: `p${(made += 1)}`, spec: { ...POOL, cpuAllocation } })) as Ref);
        else if (kind === 'update') await world.call(pool, 'UpdateConfig', { config: { cpuAllocation, memoryAllocation: {} } });
        else if (kind === 'move') await world.call(pool, 'MoveIntoResourcePool', { list: [vm] });
        else if (kind === 'movePool') await world.call(other, 'MoveIntoResourcePool', { list: [pool] });
        else if (kind === 'on') await world.call(vm, 'PowerOnVM_Task');
        else if (kind === 'off') await world.call(vm, 'PowerOffVM_Task');
        else if (kind === 'reserve' && world.get(vm, 'runtime.powerState') === 'poweredOff') await world.call(vm, 'ReconfigVM_Task', { spec: { cpuAllocation: { reservation: mhz } } });
        else if (kind === 'destroy' && pool !== root) {
          await world.call(pool, 'Destroy_Task');
          pools.splice(pools.indexOf(pool), 1);
        }
      } catch (error) {
        // A refusal changes nothing; a bug is no refusal.
        assert.ok((error as { detail?: { _type?: string } }).detail?._type !== undefined && (error as { detail: { _type: string } }).detail._type !== 'SystemError', String((error as Error).stack));
      }
      for (const each of pools) {
        const { used, usage, running } = recount(world, each);
        const cpu = world.get<{ reservationUsed: number; overallUsage: number; unreservedForVm: number }>(each, 'runtime.cpu');
        assert.deepEqual([cpu.reservationUsed, cpu.overallUsage, cpu.unreservedForVm], [used, usage, unreserved(world, each)], each.value);
        assert.equal(world.get<readonly number[]>(each, '_used')[5], running);
        const { reservation, expandableReservation } = world.get<ResourceConfigSpec>(each, 'config').cpuAllocation;
        if (!expandableReservation) assert.ok(used <= Number(reservation), `${each.value} is overbooked: ${used} of ${reservation}`);
      }
    }
  }), { numRuns: 40 });
});

test('a machine is not powered on without the CPUs or the reservation that it needs', async () => {
  const world = new World({ autostart: false });
  const [vm, other] = [world.named('DC0_C0_RP0_VM0'), world.named('DC0_C0_RP0_VM1')];
  const root = world.get<Ref>(world.named('DC0_C0'), 'resourcePool');
  await world.call(vm, 'ReconfigVM_Task', { spec: { numCPUs: 64 } });
  const few = await world.refuses('NotEnoughLogicalCpus', vm, 'PowerOnVM_Task');
  assert.deepEqual([few['numCpuVm'], few['numCpuDest']], [64, 32]);
  await world.call(vm, 'ReconfigVM_Task', { spec: { numCPUs: 1, cpuAllocation: { reservation: 700 }, memoryAllocation: { reservation: 20 } } });
  const pool = (await world.call(root, 'CreateResourcePool', { name: 'small', spec: {
    cpuAllocation: { ...ALLOCATION, reservation: 1000, expandableReservation: false }, memoryAllocation: { ...ALLOCATION, reservation: 30, expandableReservation: false },
  } })) as Ref;
  await world.call(pool, 'MoveIntoResourcePool', { list: [vm, other] });
  await world.call(vm, 'PowerOnVM_Task');
  assert.equal(world.get(pool, 'runtime.memory.reservationUsedForVm'), 20 * 1024 ** 2);
  await world.call(other, 'ReconfigVM_Task', { spec: { cpuAllocation: { reservation: 301 } } });
  assert.equal((await world.refuses('InsufficientCpuResourcesFault', other, 'PowerOnVM_Task'))['unreserved'], 300);
  await world.call(other, 'ReconfigVM_Task', { spec: { cpuAllocation: { reservation: 300 }, memoryAllocation: { reservation: 11 } } });
  await world.refuses('InsufficientMemoryResourcesFault', other, 'PowerOnVM_Task');
  await world.refuses('InsufficientCpuResourcesFault', pool, 'UpdateConfig', { config: { cpuAllocation: { reservation: 699 }, memoryAllocation: {} } });
  await world.call(pool, 'UpdateConfig', { config: { cpuAllocation: {}, memoryAllocation: { expandableReservation: true } } });
  await world.call(other, 'PowerOnVM_Task');
  assert.equal(world.get(pool, 'runtime.memory.reservationUsed'), 31 * 1024 ** 2);
  assert.equal(world.get(root, 'runtime.memory.reservationUsed'), 31 * 1024 ** 2, 'the pool above lends what the pool lacks');
  await world.refuses('InvalidArgument', root, 'UpdateChildResourceConfiguration', { spec: [{ entity: vm, ...POOL }] });
  await world.call(pool, 'UpdateChildResourceConfiguration', { spec: [{ entity: vm, cpuAllocation: { shares: { level: 'high', shares: 0 } }, memoryAllocation: { reservation: 5 } }] });
  assert.equal(world.get(pool, 'runtime.memory.reservationUsedForVm'), 16 * 1024 ** 2);
  assert.equal(((await world.call(pool, 'QueryResourceConfigOption')) as { cpuAllocationOption: { sharesOption: { sharesOption: { defaultValue: number } } } }).cpuAllocationOption.sharesOption.sharesOption.defaultValue, 4000);
});
