"""Performance statistics: the catalogue, samples, rollups, formats."""
import datetime

from harness import WaitForTask, check, equal, main, ok, raises, vim, vmodl

Spec = vim.PerformanceManager.QuerySpec


def _counters(w):
    return {'%s.%s.%s' % (c.groupInfo.key, c.nameInfo.key, c.rollupType): c for c in w.content.perfManager.perfCounter}


def _metric(counter, instance=''):
    return vim.PerformanceManager.MetricId(counterId=counter.key, instance=instance)


@check('pyvmomi.statistics.catalogue', 'counters by name, id and level')
def catalogue(w):
    perf = w.content.perfManager
    counters = _counters(w)
    equal(len(counters), 560)
    usage = counters['cpu.usage.average']
    equal([usage.key, usage.unitInfo.key, usage.statsType, usage.level, usage.perDeviceLevel], [2, 'percent', 'rate', 1, 3])
    equal([c.key for c in perf.QueryPerfCounter(counterId=[12, 24])], [12, 24])
    first = perf.QueryPerfCounterByLevel(level=1)
    ok(0 < len(first) < len(perf.QueryPerfCounterByLevel(level=4)) == 560, 'fewer counters of a lower level', len(first))
    raises(vmodl.fault.InvalidArgument, perf.QueryPerfCounterByLevel, level=7)


@check('pyvmomi.statistics.realtime', 'the newest samples of a machine and its parts')
def realtime(w):
    perf, vm = w.content.perfManager, w.vm()
    summary = perf.QueryPerfProviderSummary(entity=vm)
    equal([summary.currentSupported, summary.summarySupported, summary.refreshRate], [True, True, 20])
    ids = perf.QueryAvailablePerfMetric(entity=vm, intervalId=20)
    ok(len(ids) > 80, 'many metrics', len(ids))
    [found] = perf.QueryPerf(querySpec=[Spec(entity=vm, metricId=ids, intervalId=20, maxSample=3)])
    equal(found.entity, vm)
    equal(len(found.sampleInfo), 3)
    gaps = {(b.timestamp - a.timestamp).total_seconds() for a, b in zip(found.sampleInfo, found.sampleInfo[1:])}
    equal(gaps, {20.0})
    equal({len(series.value) for series in found.value}, {3})
    equal(len(found.value), len(ids))


@check('pyvmomi.statistics.csv', 'both formats say the same')
def csv(w):
    perf, host, counters = w.content.perfManager, w.host(), _counters(w)
    now = w.si.CurrentTime()
    ask = dict(entity=host, metricId=[_metric(counters['cpu.usage.average'], '*')], intervalId=300, startTime=now - datetime.timedelta(hours=1), endTime=now)
    [normal] = perf.QueryPerf(querySpec=[Spec(format='normal', **ask)])
    [text] = perf.QueryPerf(querySpec=[Spec(format='csv', **ask)])
    ok(isinstance(text, vim.PerformanceManager.EntityMetricCSV), 'a csv metric', type(text))
    equal([series.value for series in text.value], [','.join(str(v) for v in series.value) for series in normal.value])
    equal(text.sampleInfoCSV.split(',')[0::2], ['300'] * len(normal.sampleInfo))


@check('pyvmomi.statistics.state', 'a machine that is off is not measured')
def state(w):
    perf, vm, counters = w.content.perfManager, w.vm(), _counters(w)
    spec = Spec(entity=vm, metricId=[_metric(counters['cpu.usagemhz.average'])], intervalId=20)
    [before] = perf.QueryPerf(querySpec=[spec])
    WaitForTask(vm.PowerOffVM_Task())
    [after] = perf.QueryPerf(querySpec=[spec])
    seen = {info.timestamp: value for info, value in zip(after.sampleInfo, after.value[0].value)}
    for info, value in zip(before.sampleInfo, before.value[0].value):
        if info.timestamp in seen:
            equal(seen[info.timestamp], value, str(info.timestamp))


@check('pyvmomi.statistics.composite', 'a host with its machines')
def composite(w):
    perf, host, counters = w.content.perfManager, w.host(), _counters(w)
    found = perf.QueryPerfComposite(querySpec=Spec(entity=host, metricId=[_metric(counters['cpu.usagemhz.average'])], intervalId=20))
    equal([found.entity.entity] + [child.entity for child in found.childEntity], [host] + list(host.vm))
    total = 67 + sum(child.value[0].value[-1] for child in found.childEntity)
    equal(found.entity.value[0].value[-1], total)


@check('pyvmomi.statistics.refused', 'unknown counters and intervals')
def refused(w):
    perf = w.content.perfManager
    fault = raises(vmodl.fault.InvalidArgument, perf.QueryPerf, querySpec=[Spec(entity=w.vm(), metricId=[vim.PerformanceManager.MetricId(counterId=9999, instance='')])])
    equal(fault.invalidProperty, 'querySpec.metricId')
    fault = raises(vmodl.fault.InvalidArgument, perf.QueryPerf, querySpec=[Spec(entity=w.all(vim.ClusterComputeResource)[0], intervalId=20)])
    equal(fault.invalidProperty, 'querySpec.interval')


if __name__ == '__main__':
    main()
