import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference, PerfCompositeMetric, PerfCounterInfo, PerfEntityMetric, PerfEntityMetricCSV, PerfInterval, PerfMetricId, PerfMetricIntSeries, PerfProviderSummary } from '../../../core/vim25/index.ts';
import type { ManualClock } from '../../runtime/clock.ts';
import { Office, permission } from '../authorization/office.testing.ts';
import { World } from '../world.testing.ts';
import { catalogue } from './catalogue.ts';

type Ref = ManagedObjectReference;

const [CPU, MHZ, READY, MEMORY, DISK, NET, UPTIME] = [2, 6, 12, 98, 125, 143, 155] as const;
const MANAGER: Ref = { type: 'PerformanceManager', value: 'PerfMgr' };

function lab(model: ConstructorParameters<typeof World>[0] = {}) {
  const w = new World(model);
  const clock = w.simulator.clock as ManualClock;
  const query = async (entity: Ref, counters: readonly number[], more: object = {}, instance = ''): Promise<PerfEntityMetric | undefined> =>
    ((await w.call(MANAGER, 'QueryPerf', { querySpec: [{ entity, metricId: counters.map((counterId) => ({ counterId, instance })), intervalId: 20, ...more }] })) as PerfEntityMetric[])[0];
  /** Values of one counter by time. */
  const series = async (entity: Ref, counter: number, more: object = {}): Promise<Map<number, number>> => {
    const found = await query(entity, [counter], more);
    const values = (found?.value?.[0] as PerfMetricIntSeries | undefined)?.value ?? [];
    return new Map((found?.sampleInfo ?? []).map(({ timestamp }, i) => [timestamp.getTime(), Number(values[i])]));
  };
  return { w, clock, query, series, vm: w.named('DC0_C0_RP0_VM0', 'VirtualMachine'), cluster: w.named('DC0_C0') };
}

test('the catalogue has the counters of vCenter under its numbers, a host has its own', () => {
  const { all, byKey } = catalogue('vcenter');
  assert.equal(all.length, 560);
  const nameOf = (key: number) => { const { family, rollup } = byKey.get(key)!; return `${family}.${rollup}`; };
  assert.deepEqual([CPU, MHZ, READY, 24, 33, MEMORY, DISK, NET, UPTIME, 256, 571].map(nameOf), [
    'cpu.usage.average', 'cpu.usagemhz.average', 'cpu.ready.summation', 'mem.usage.average', 'mem.active.average', 'mem.consumed.average', 'disk.usage.average', 'net.usage.average',
    'sys.uptime.latest', 'vmop.numPoweron.latest', 'pmem.available.reservation.latest',
  ]);
  const { key: _key, ...usage } = byKey.get(CPU)!.info as PerfCounterInfo & { key: number };
  assert.deepEqual([usage.nameInfo.label, usage.groupInfo.label, usage.unitInfo.key, usage.statsType, usage.level, usage.perDeviceLevel], ['Usage', 'CPU', 'percent', 'rate', 1, 3]);
  assert.equal(new Set(all.map(({ key }) => key)).size, all.length);
  const host = catalogue('esxi');
  const names = new Set(all.map(({ family, rollup }) => `${family}.${rollup}`));
  assert.ok(host.all.length === 340 && host.all.every(({ family, rollup, info }) => names.has(`${family}.${rollup}`) && info.level === undefined));
  assert.equal(host.byKey.get(65_537)!.family, 'mem.usage');
});

test('the same question has the same answer, and overlapping windows agree', async () => {
  const { clock, series, vm } = lab();
  const hour = await series(vm, MHZ);
  assert.equal(hour.size, 180);
  assert.ok(new Set(hour.values()).size > 3, 'it is not constant');
  clock.advance(600_000);
  const later = await series(vm, MHZ);
  assert.deepEqual(await series(vm, MHZ), later);
  const both = [...hour].filter(([time]) => later.has(time));
  assert.equal(both.length, 150);
  for (const [time, value] of both) assert.equal(later.get(time), value);
});

test('rollups are made of the samples', async () => {
  const { clock, series, vm } = lab();
  clock.advance(3_600_000);
  const samples = await series(vm, MEMORY);
  const rollups = await series(vm, MEMORY, { intervalId: 300 });
  assert.equal(rollups.size, 288);
  for (const [time, value] of [...rollups].slice(-10)) {
    const inside = [...samples].filter(([at]) => at > time - 300_000 && at <= time).map(([, each]) => each);
    assert.equal(inside.length, 15);
    assert.ok(Math.abs(inside.reduce((sum, each) => sum + each, 0) / 15 - value) <= 1, `${value} of ${inside.join()}`);
  }
  const half = await series(vm, MEMORY, { intervalId: 1800 });
  const [time, value] = [...half].at(-1)!;
  const fives = [...rollups].filter(([at]) => at > time - 1_800_000 && at <= time).map(([, each]) => each);
  assert.ok(fives.length === 6 && Math.abs(fives.reduce((sum, each) => sum + each, 0) / 6 - value) <= 1);
});

test('a machine has no statistics of the time when it was off, and what was measured stays', async () => {
  const { w, clock, series, vm } = lab();
  const before = await series(vm, CPU);
  clock.advance(60_000);
  await w.call(vm, 'PowerOffVM_Task');
  clock.advance(60_000);
  const off = await series(vm, CPU);
  assert.equal(Math.max(...off.keys()), Math.max(...before.keys()) + 60_000);
  for (const [time, value] of before) if (off.has(time)) assert.equal(off.get(time), value);
  await w.call(vm, 'PowerOnVM_Task');
  clock.advance(60_000);
  const again = await series(vm, CPU);
  const end = clock.now().getTime();
  assert.deepEqual([end - 100_000, end - 60_000, end - 40_000, end].map((time) => again.has(time)), [false, false, true, true]);
  assert.deepEqual([...(await series(vm, UPTIME))].slice(-2).map(([, seconds]) => seconds), [40, 60]);
});

test('nobody asks a machine that has been off for an hour', async () => {
  const { w, clock, query, vm } = lab({ autostart: false });
  assert.equal(await query(vm, [CPU]), undefined);
  assert.deepEqual(await w.call(MANAGER, 'QueryAvailablePerfMetric', { entity: vm, intervalId: 20 }), []);
  await w.call(vm, 'PowerOnVM_Task');
  assert.equal(await query(vm, [CPU]), undefined, 'there is no sample yet');
  clock.advance(20_000);
  assert.equal((await query(vm, [CPU]))!.sampleInfo!.length, 1);
});

for (const counter of [MHZ, MEMORY, NET, DISK]) {
  test(`counter ${counter} of a host is that of its machines and its own system, and a cluster's that of its hosts`, async () => {
    const { w, clock, series, cluster } = lab({ host: 2, machine: 5, standaloneHost: 0 });
    clock.advance(3_600_000);
    const own = counter === MHZ ? 67 : counter === MEMORY ? 1404 * 1024 : 0;
    const hosts = w.get<readonly Ref[]>(cluster, 'host');
    let total = 0;
    for (const host of hosts) {
      const sums = await series(host, counter);
      const machines = await Promise.all(w.get<readonly Ref[]>(host, 'vm').map((vm) => series(vm, counter)));
      assert.ok(machines.length >= 2);
      for (const [time, value] of sums) assert.equal(value, machines.reduce((sum, machine) => sum + machine.get(time)!, own), `at ${new Date(time).toISOString()}`);
      total += [...(await series(host, counter, { intervalId: 300 }))].at(-1)![1];
    }
    if (counter === MHZ || counter === MEMORY) assert.equal([...(await series(cluster, counter, { intervalId: 300 }))].at(-1)![1], total);
  });
}

test('a load goes with its machine to another host and stays where it was measured', async () => {
  const { w, clock, series, vm, cluster } = lab({ host: 2, machine: 1 });
  const from = w.get<Ref>(vm, 'runtime.host');
  const to = w.get<readonly Ref[]>(cluster, 'host').find(({ value }) => value !== from.value)!;
  clock.advance(20_000);
  const measured = await series(from, MHZ);
  await w.call(vm, 'MigrateVM_Task', { host: to, priority: 'defaultPriority' });
  clock.advance(40_000);
  const [there, here, machine] = [await series(to, MHZ), await series(from, MHZ), await series(vm, MHZ)];
  const now = clock.now().getTime();
  assert.equal(there.get(now), 67 + machine.get(now)!);
  assert.equal(here.get(now), 67);
  for (const [time, value] of measured) if (here.has(time)) assert.equal(here.get(time), value);
  await w.call(vm, 'PowerOffVM_Task');
  await w.call(vm, 'Destroy_Task');
  for (const [time, value] of there) assert.equal((await series(to, MHZ)).get(time), value, 'also when it is gone');
});

test('what somebody says a machine uses is what it is measured to use', async () => {
  const { w, clock, series, vm } = lab();
  const say = (key: string, value: string) => w.call(vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ _type: 'OptionValue', key, value }] } });
  await say('SET.summary.quickStats.overallCpuUsage', '1300');
  await say('SET.summary.quickStats.hostMemoryUsage', '24');
  clock.advance(3_600_000);
  const values = [...(await series(vm, MHZ, { maxSample: 100 })).values()];
  assert.equal(values.length, 100);
  const mean = values.reduce((sum, value) => sum + value, 0) / 100;
  assert.ok(mean > 1000 && mean < 1600, String(mean));
  const consumed = [...(await series(vm, MEMORY, { maxSample: 1 })).values()][0]!;
  assert.ok(consumed > 20 * 1024 && consumed < 28 * 1024, String(consumed));
});

test('a machine without an adapter has no traffic; every virtual CPU has a share', async () => {
  const { w, clock, query, series, vm } = lab();
  await w.call(vm, 'PowerOffVM_Task');
  await w.call(vm, 'ReconfigVM_Task', { spec: { numCPUs: 4, deviceChange: [{ operation: 'remove', device: { _type: 'VirtualE1000', key: 4000 } }] } });
  await w.call(vm, 'PowerOnVM_Task');
  clock.advance(20_000);
  assert.deepEqual([...(await series(vm, NET, { maxSample: 1 })).values()], [0]);
  const all = (await query(vm, [14], { maxSample: 1 }, '*'))!.value as PerfMetricIntSeries[];
  assert.deepEqual(all.map(({ id }) => id.instance), ['', '0', '1', '2', '3']);
  const [whole, ...parts] = all.map(({ value }) => Number(value![0]));
  assert.ok(Math.abs(parts.reduce((sum, value) => sum + value, 0) - whole!) <= 2);
});

test('windows: after the start, up to the end, the newest of many; csv says the same', async () => {
  const { w, clock, query, vm } = lab();
  clock.advance(3_600_000);
  const now = clock.now().getTime();
  const at = (seconds: number) => new Date(now - seconds * 1000);
  const normal = (await query(vm, [CPU, MHZ], { startTime: at(60), endTime: at(20) }))!;
  assert.deepEqual(normal.sampleInfo, [{ timestamp: at(40), interval: 20 }, { timestamp: at(20), interval: 20 }]);
  assert.deepEqual(normal.value!.map(({ id }) => id.counterId), [CPU, MHZ]);
  const [csv] = (await w.call(MANAGER, 'QueryPerf', { querySpec: [{ entity: vm, metricId: [{ counterId: CPU, instance: '' }], intervalId: 20, startTime: at(60), endTime: at(20), format: 'csv' }] })) as PerfEntityMetricCSV[];
  assert.equal(csv!.sampleInfoCSV, `20,${at(40).toISOString().replace('.000', '')},20,${at(20).toISOString().replace('.000', '')}`);
  assert.equal(csv!.value![0]!.value, (normal.value![0] as PerfMetricIntSeries).value!.join(','));
  assert.deepEqual((await query(vm, [CPU], { maxSample: 2 }))!.sampleInfo!.map(({ timestamp }) => timestamp), [at(20), at(0)]);
  assert.equal((await query(vm, [CPU], { maxSample: 2, intervalId: 300 }))!.sampleInfo!.length, 288, 'rollups are not limited');
  assert.equal((await query(vm, [CPU], { startTime: at(-3600) })), undefined);
});

test('what is not there is refused', async () => {
  const { w, vm, cluster } = lab();
  const refused = async (spec: object) => (await w.refuses('InvalidArgument', MANAGER, 'QueryPerf', { querySpec: [{ entity: vm, ...spec }] }))['invalidProperty'];
  assert.equal(await refused({ metricId: [{ counterId: 10_042, instance: '' }] }), 'querySpec.metricId');
  assert.equal(await refused({ intervalId: 77 }), 'querySpec.interval');
  assert.equal(await refused({ entity: cluster, intervalId: 20 }), 'querySpec.interval', 'a cluster has rollups only');
  assert.equal(await refused({ entity: w.named('DC0_C0') && w.get<Ref>(w.named('DC0'), 'vmFolder') }), 'querySpec.entity');
  assert.equal(await refused({ format: 'xml' }), 'querySpec.format');
  assert.equal(await refused({ startTime: new Date(2000), endTime: new Date(1000) }), 'querySpec.startTime');
  await w.refuses('ManagedObjectNotFound', MANAGER, 'QueryPerf', { querySpec: [{ entity: { type: 'VirtualMachine', value: 'vm-0' } }] });
  await w.refuses('InvalidArgument', MANAGER, 'QueryPerfComposite', { querySpec: { entity: vm } });
  await w.refuses('InvalidArgument', MANAGER, 'QueryPerfCounter', { counterId: [0] });
  await w.refuses('InvalidArgument', MANAGER, 'QueryPerfCounterByLevel', { level: 5 });
});

test('a provider says what it has; a composite has the host and its machines', async () => {
  const { w, cluster, vm } = lab({ machine: 2, host: 1 });
  const summary = async (entity: Ref) => { const { currentSupported, refreshRate } = (await w.call(MANAGER, 'QueryPerfProviderSummary', { entity })) as PerfProviderSummary; return [currentSupported, refreshRate]; };
  assert.deepEqual([await summary(vm), await summary(cluster), await summary(w.get(cluster, 'resourcePool')), await summary(w.named('LocalDS_0'))], [[true, 20], [false, -1], [true, 20], [false, -1]]);
  const host = w.get<Ref>(vm, 'runtime.host');
  const composite = (await w.call(MANAGER, 'QueryPerfComposite', { querySpec: { entity: host, metricId: [{ counterId: MHZ, instance: '' }], intervalId: 20 } })) as PerfCompositeMetric;
  assert.deepEqual([composite.entity, ...composite.childEntity!].map((each) => each!.entity), [host, ...w.get<readonly Ref[]>(host, 'vm')]);
});

test('rollups keep the counters of their level; levels and intervals can be changed and put back', async () => {
  const { w, vm } = lab();
  const kept = async (intervalId: number) => new Set(((await w.call(MANAGER, 'QueryAvailablePerfMetric', { entity: vm, intervalId })) as PerfMetricId[]).map(({ counterId, instance }) => `${counterId} ${instance}`));
  assert.deepEqual([(await kept(300)).has('33 '), (await kept(20)).has('33 ')], [false, true]);
  await w.call(MANAGER, 'UpdateCounterLevelMapping', { counterLevelMap: [{ counterId: 33, aggregateLevel: 1 }, { counterId: 6, perDeviceLevel: 1 }] });
  assert.deepEqual([(await kept(300)).has('33 '), (await kept(300)).has('6 0')], [true, true]);
  assert.equal(w.get<readonly PerfCounterInfo[]>(MANAGER, 'perfCounter').find(({ key }) => key === 33)!.level, 1);
  assert.equal(((await w.call(MANAGER, 'QueryPerfCounter', { counterId: [33] })) as PerfCounterInfo[])[0]!.level, 1);
  await w.call(MANAGER, 'ResetCounterLevelMapping', { counters: [33] });
  assert.deepEqual([(await kept(300)).has('33 '), (await kept(300)).has('6 0')], [false, true]);
  const intervals = () => w.get<readonly PerfInterval[]>(MANAGER, 'historicalInterval');
  const [day, week] = intervals() as [PerfInterval, PerfInterval];
  const refused = async (interval: object) => (await w.refuses('InvalidArgument', MANAGER, 'UpdatePerfInterval', { interval }))['invalidProperty'];
  assert.equal(await refused({ ...week, level: 2 }), 'interval.level');
  assert.equal(await refused({ ...day, level: 5 }), 'interval.level');
  assert.equal(await refused({ ...week, samplingPeriod: 60 }), 'interval.samplingPeriod');
  assert.equal(await refused({ ...day, samplingPeriod: 90 }), 'interval.samplingPeriod');
  assert.equal(await refused({ ...week, length: 86_400 }), 'interval.length');
  assert.equal(await refused({ ...day, key: 9 }), 'interval.key');
  await w.call(MANAGER, 'UpdatePerfInterval', { interval: { ...day, level: 2, length: 3 * 86_400 } });
  await w.call(MANAGER, 'UpdatePerfInterval', { interval: { ...week, level: 2 } });
  assert.ok((await kept(1800)).has('33 '));
  await w.call(MANAGER, 'UpdatePerfInterval', { interval: { ...day, level: 1, length: 3 * 86_400 } });
  assert.deepEqual(intervals().map(({ level }) => level), [1, 1, 1, 1], 'no rollup keeps more than the one it is made of');
  await w.call(MANAGER, 'UpdatePerfInterval', { interval: { ...week, enabled: false } });
  assert.deepEqual(intervals().map(({ enabled }) => enabled), [true, false, false, false]);
  assert.equal(await refused({ ...intervals()[2], enabled: true }), 'interval.enabled');
  assert.equal((await kept(7200)).size, 0);
  await w.call(MANAGER, 'RemovePerfInterval', { samplePeriod: 300 });
  assert.deepEqual(intervals().map(({ enabled }) => enabled), [false, false, false, false]);
  await w.refuses('InvalidArgument', MANAGER, 'CreatePerfInterval', { intervalId: day });
});

test('operations are counted where they happen', async () => {
  const { w, clock, series, vm, cluster } = lab();
  const last = async (entity: Ref) => [...(await series(entity, 257, { intervalId: 300 }))].slice(-2).map(([, count]) => count);
  await w.call(vm, 'PowerOffVM_Task');
  clock.advance(300_000);
  assert.deepEqual([await last(cluster), await last(w.named('DC0'))], [[0, 1], [0, 1]]);
});

test('a datastore tells how full it was', async () => {
  const { w, clock, series } = lab();
  const ds = w.named('LocalDS_0');
  const used = async () => [...(await series(ds, 281, { intervalId: 300 }))].slice(-1)[0]![1];
  const before = await used();
  const all = await series(ds, 281, { intervalId: 300 });
  await w.call({ type: 'VirtualDiskManager', value: 'virtualDiskManager' }, 'CreateVirtualDisk_Task', {
    name: '[LocalDS_0] big.vmdk', datacenter: w.named('DC0'), spec: { _type: 'FileBackedVirtualDiskSpec', diskType: 'preallocated', adapterType: 'lsiLogic', capacityKb: 1_000_000 },
  });
  assert.equal(await used(), before);
  clock.advance(300_000);
  const now = await used();
  assert.ok(now >= before + 1_000_000 && now < before + 1_000_010, `${before} → ${now}`);
  for (const [time, value] of await series(ds, 281, { intervalId: 300 })) if (all.has(time)) assert.equal(value, all.get(time));
});

test('a host that cannot be asked has a gap', async () => {
  const { w, clock, series, vm } = lab();
  const host = w.get<Ref>(vm, 'runtime.host');
  await w.call(host, 'DisconnectHost_Task');
  clock.advance(60_000);
  await w.call(host, 'ReconnectHost_Task');
  clock.advance(20_000);
  const now = clock.now().getTime();
  for (const entity of [host, vm]) {
    const seen = await series(entity, CPU);
    assert.deepEqual([now, now - 20_000, now - 60_000, now - 80_000].map((time) => seen.has(time)), [true, false, false, true], entity.type);
  }
});

test('a standalone host keeps statistics of its own, and its intervals as they are', async () => {
  const w = new World({}, 'esxi');
  const manager: Ref = { type: 'PerformanceManager', value: 'ha-perfmgr' };
  const [found] = (await w.call(manager, 'QueryPerf', { querySpec: [{ entity: { type: 'HostSystem', value: 'ha-host' }, metricId: [{ counterId: 5, instance: '' }], intervalId: 20, maxSample: 1 }] })) as PerfEntityMetric[];
  assert.ok(Number((found!.value![0] as PerfMetricIntSeries).value![0]) >= 67);
  assert.deepEqual(w.get<readonly PerfInterval[]>(manager, 'historicalInterval').map(({ name, length }) => [name, length]), [['PastDay', 129_600]]);
  await w.refuses('NotSupported', manager, 'UpdateCounterLevelMapping', { counterLevelMap: [] });
});

test('who may not read an object may not read its statistics, nor those of a host\'s other machines', async () => {
  const office = new Office({ model: { machine: 2, host: 1, standaloneHost: 0 } });
  office.simulator.store.transaction((tx) => {
    const directory = office.service('userDirectory');
    tx.set(directory, '_accounts', { ...(tx.get(directory, '_accounts') as object), 'user:ann@vsphere.local': { name: 'ann', domain: 'vsphere.local', group: false, id: 1 } });
  });
  const [mine, other, host] = [office.named('DC0_C0_RP0_VM0', 'VirtualMachine'), office.named('DC0_C0_RP0_VM1', 'VirtualMachine'), office.named('DC0_C0_H0')];
  const roles = office.service('authorizationManager');
  await office.call(roles, 'SetEntityPermissions', { entity: mine, permission: [permission('ann', -2)] });
  const ask = (entity: Ref) => ({ querySpec: [{ entity, metricId: [{ counterId: MHZ, instance: '' }], intervalId: 20, maxSample: 1 }] });
  assert.equal(((await office.as('ann', MANAGER, 'QueryPerf', ask(mine))) as unknown[]).length, 1);
  assert.deepEqual((await office.refuses('NoPermission', 'ann', MANAGER, 'QueryPerf', ask(other)))['object'], other);
  await office.refuses('NoPermission', 'ann', MANAGER, 'QueryAvailablePerfMetric', { entity: host });
  await office.call(roles, 'SetEntityPermissions', { entity: host, permission: [permission('ann', -2, false)] });
  const composite = (await office.as('ann', MANAGER, 'QueryPerfComposite', { querySpec: ask(host).querySpec[0] })) as PerfCompositeMetric;
  assert.deepEqual(composite.childEntity!.map((each) => each!.entity), [mine]);
});
