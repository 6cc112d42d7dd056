// Performance statistics: what there is of an object, samples and rollups, levels.
import { equal, excludes, includes, match, ok, topic } from '../check.mjs';

const HOST = '/DC0/host/DC0_C0/DC0_C0_H0';
const VM = '/DC0/vm/DC0_C0_RP0_VM0';

/** Values of a metric by instance. */
async function sample(g, options, path, name) {
  const { sample: found } = await g.json(`metric.sample ${options} ${path} ${name}`);
  return Object.fromEntries((found ?? []).flatMap(({ value }) => (value ?? []).map((series) => [series.instance, series.value])));
}

export default topic('govc.metrics', {
  'ls: the metrics of a machine, a host, a cluster and a datastore': async (g) => {
    const vm = await g.lines(`metric.ls ${VM}`);
    for (const name of ['cpu.usage.average', 'cpu.ready.summation', 'mem.consumed.average', 'net.usage.average', 'disk.usage.average', 'sys.uptime.latest']) includes(vm, name);
    const host = await g.lines(`metric.ls ${HOST}`);
    for (const name of ['cpu.coreUtilization.average', 'mem.totalCapacity.average', 'storageAdapter.read.average', 'power.power.average']) includes(host, name);
    const cluster = await g.lines('metric.ls /DC0/host/DC0_C0');
    includes(cluster, 'clusterServices.effectivecpu.average');
    excludes(cluster, 'cpu.ready.summation');
    includes(await g.lines('metric.ls /DC0/datastore/LocalDS_0'), 'disk.used.latest');
  },
  'ls-long: groups, units and instances': async (g) => {
    const lines = await g.lines(`metric.ls -L -g CPU ${HOST}`);
    ok(lines.every((line) => line.startsWith('cpu.')), 'only counters of the CPU', lines.find((line) => !line.startsWith('cpu.')));
    match(lines.find((line) => line.startsWith('cpu.usage.average')), /cpu\.usage\.average\s+@32\s+%\s+Usage/);
  },
  'info: a counter with its levels and the intervals that keep it': async (g) => {
    const text = await g.text(`metric.info ${HOST} cpu.usage.average`);
    match(text, /Name:\s+cpu\.usage\.average/);
    match(text, /Unit:\s+%/);
    match(text, /Level:\s+1\s+Intervals:\s+Past day,Past week,Past month,Past year/i);
    match(text, /Realtime:\s+true/);
    match(text, /Instances:.*\b31\b/);
  },
  'sample: five samples of a machine and of each of its CPUs': async (g) => {
    const values = await sample(g, '-n 5', VM, 'cpu.usagemhz.average');
    equal(Object.keys(values).sort(), ['', '0']);
    for (const list of Object.values(values)) ok(list.length === 5 && list.every((value) => value > 0), 'five positive values', list);
  },
  'sample-again: the same question has the same answer': async (g) => {
    const ask = () => g.text(`metric.sample -i day -n 12 -t ${HOST} mem.consumed.average cpu.usage.average`);
    const first = await ask();
    match(first, /mem\.consumed\.average/);
    equal(await ask(), first);
  },
  'sample-history: rollups of a day, a week, a month and a year': async (g) => {
    for (const interval of ['day', 'week', 'month', 'year']) {
      const values = await sample(g, `-i ${interval} -n 3 -instance -`, VM, 'mem.usage.average');
      ok(values['']?.length === 3, `three values of a ${interval}`, values);
    }
  },
  'sample-off: a machine that was never on has none': async (g) => {
    await g.run('vm.create -on=false -pool DC0_C0/Resources idle');
    equal(await sample(g, '-n 5', '/DC0/vm/idle', 'cpu.usage.average'), {});
  },
  'sample-instance: one adapter of a host': async (g) => {
    const values = await sample(g, '-n 1 -instance vmnic0', HOST, 'net.bytesTx.average');
    equal(Object.keys(values), ['vmnic0']);
  },
  'sum: a host does what its machines do': async (g) => {
    await g.run('vm.create -on -host DC0_C0/DC0_C0_H0 second');
    const vms = (await g.lines(`find / -type m -runtime.host ${await g.reference(HOST)}`)).join(' ');
    const { sample: machines } = await g.json(`metric.sample -i day -n 4 -instance - ${vms} cpu.usagemhz.average`);
    const { sample: [host] } = await g.json(`metric.sample -i day -n 4 -instance - ${HOST} cpu.usagemhz.average`);
    for (const [i, { timestamp }] of host.sampleInfo.entries()) {
      const at = ({ sampleInfo, value }) => value[0].value[sampleInfo.findIndex((info) => info.timestamp === timestamp)] ?? 0;
      equal(host.value[0].value[i], machines.reduce((sum, machine) => sum + at(machine), 67), timestamp);
    }
  },
  'level: a counter is kept in rollups when its level says so': async (g) => {
    excludes(await g.lines(`metric.ls -i day ${VM}`), 'mem.active.average');
    await g.run('metric.change -level 1 mem.active.average');
    includes(await g.lines(`metric.ls -i day ${VM}`), 'mem.active.average');
    await g.run('metric.reset mem.active.average');
    excludes(await g.lines(`metric.ls -i day ${VM}`), 'mem.active.average');
  },
  'interval: levels of intervals, never above that of the one before': async (g) => {
    match(await g.text('metric.interval.info -i day'), /Interval:\s+5m[^]*Available Samples:\s+288[^]*Level:\s+1/);
    await g.run('metric.interval.change -i 300 -level 2');
    match(await g.text('metric.interval.info -i 300'), /Level:\s+2/);
    match(await g.fails('metric.interval.change -i 7200 -level 2'), /interval\.level/);
  },
});
