// What each family of counters measures, worked out from the facts of a span of time. Families without a formula are
// about what never happens here (swapping, ballooning, errors, contention, replication …): they are 0.
import type { ComputeResourceSummary, ResourcePoolRuntimeInfo } from '../../../core/vim25/index.ts';
import { SYSTEM, type Facts } from './load.ts';

type Formula = (facts: Facts, weight: number) => number;

const CORE_MHZ = 2600;
/** KB that one request reads or writes. */
const REQUEST_KB = 16;
const PACKET_KB = 0.7;
const DAY = 86_400_000;

/** Percentages are told in hundredths. */
const percent = (part: number, whole: number): number => (whole <= 0 ? 0 : Math.min(10_000, (part / whole) * 10_000));

const milliseconds = (f: Facts): number => f.seconds * 1000;
/** CPU time in ms that the load takes. */
const used = (f: Facts): number => (f.cpu / CORE_MHZ) * milliseconds(f);
const guestCpu = (f: Facts): number => Math.max(0, f.cpu - SYSTEM.cpu * f.up);
const ready = (f: Facts): number => (guestCpu(f) / CORE_MHZ) * milliseconds(f) * 0.04;
const idle = (f: Facts): number => Math.max(0, f.cpus * milliseconds(f) - used(f) - ready(f));
const guestConsumed = (f: Facts): number => Math.max(0, f.consumed - SYSTEM.consumed * f.up);
const granted = (f: Facts): number => Math.min(f.guestKb, guestConsumed(f) * 1.05);
const overhead = (f: Facts): number => f.machines * 20_480 + f.guestKb / 128 + f.vcpus * 4096;
const io = (f: Facts): number => f.read + f.write;
const requests = (kbps: number): number => kbps / REQUEST_KB;
const latency = (f: Facts): number => 1 + Math.min(30, io(f) / 800);
const uptime = (f: Facts): number => Math.max(0, (f.end >= f.boot ? f.end - f.boot : f.end - f.boot + 30 * DAY) / 1000);
const watts = (f: Facts): number => (f.source.kind === 'vm' || f.source.kind === 'pool' ? f.machines * 3 + (f.cpu / CORE_MHZ) * 12 : f.up * 110 + (f.cpu / CORE_MHZ) * 12);
const summary = (f: Facts): Partial<ComputeResourceSummary & { currentFailoverLevel: number }> => (f.source.object.props['summary'] ?? {}) as object;
const entitled = (f: Facts, of: 'cpu' | 'memory'): number => Number((f.source.object.props['runtime'] as ResourcePoolRuntimeInfo | undefined)?.[of].maxUsage ?? 0);
const busy = (factor: number): Formula => (f) => percent(f.cpu * factor, f.source.kind === 'vm' ? f.cpus * CORE_MHZ : f.capacityMhz);

/** Reading and writing, of whatever it is told about. */
const storage = (group: string): Readonly<Record<string, Formula>> => Object.fromEntries(Object.entries({
  usage: io, read: (f) => f.read, write: (f) => f.write, numberRead: (f) => requests(f.read) * f.seconds, numberWrite: (f) => requests(f.write) * f.seconds,
  numberReadAveraged: (f) => requests(f.read), numberWriteAveraged: (f) => requests(f.write), commands: (f) => requests(io(f)) * f.seconds, commandsAveraged: (f) => requests(io(f)),
  totalLatency: latency, totalReadLatency: latency, totalWriteLatency: latency, deviceLatency: latency, deviceReadLatency: latency, deviceWriteLatency: latency,
  maxTotalLatency: (f) => latency(f) * 2, maxQueueDepth: () => 128, 'throughput.usage': io, readOIO: (f) => requests(f.read) / 20, writeOIO: (f) => requests(f.write) / 20,
} satisfies Record<string, Formula>).map(([name, formula]) => [`${group}.${name}`, formula]));

const network = (direction: 'rx' | 'tx', [rate, bytes, packets, broadcast, multicast]: readonly [string, string, string, string, string]): Readonly<Record<string, Formula>> => ({
  [`net.${rate}`]: (f) => f[direction], [`net.${bytes}`]: (f) => f[direction], [`net.${packets}`]: (f) => (f[direction] / PACKET_KB) * f.seconds,
  [`net.${broadcast}`]: (f) => (f[direction] / PACKET_KB) * f.seconds * 0.004, [`net.${multicast}`]: (f) => (f[direction] / PACKET_KB) * f.seconds * 0.002,
});

/** Averages and peaks over the last 1, 5 and 15 minutes. */
const resourceGroup: Readonly<Record<string, Formula>> = Object.fromEntries(['1', '5', '15'].flatMap((minutes) => [
  [`rescpu.actav${minutes}`, busy(1)], [`rescpu.actpk${minutes}`, busy(1.6)], [`rescpu.runav${minutes}`, busy(1.05)], [`rescpu.runpk${minutes}`, busy(1.7)],
]));

const ofSystem = (kb: number): Formula => (f, weight) => kb * weight * f.up;

export const FORMULAS: Readonly<Record<string, Formula>> = {
  'cpu.usage': (f) => percent(f.cpu, f.capacityMhz), 'cpu.usagemhz': (f) => f.cpu, 'cpu.reservedCapacity': (f) => f.reservedMhz, 'cpu.used': used, 'cpu.run': (f) => used(f) * 1.01,
  'cpu.system': (f) => used(f) * 0.03, 'cpu.overlap': (f) => used(f) * 0.005, 'cpu.ready': ready, 'cpu.idle': idle, 'cpu.wait': (f) => idle(f) + used(f) * 0.01,
  'cpu.demand': (f) => f.cpu * 1.05, 'cpu.entitlement': (f) => f.capacityMhz, 'cpu.demandEntitlementRatio': (f) => percent(f.cpu * 1.05, f.capacityMhz),
  'cpu.latency': (f) => percent(ready(f), f.cpus * milliseconds(f)), 'cpu.readiness': (f) => percent(ready(f), f.cpus * milliseconds(f)),
  'cpu.utilization': (f) => percent(f.cpu, f.capacityMhz), 'cpu.coreUtilization': (f) => percent(f.cpu * 1.6, f.capacityMhz), 'cpu.totalCapacity': (f) => f.capacityMhz,
  'cpu.totalmhz': (f) => f.capacityMhz, 'cpu.capacity.provisioned': (f) => f.capacityMhz, 'cpu.capacity.usage': (f) => f.cpu, 'cpu.capacity.demand': (f) => f.cpu * 1.05,
  'cpu.capacity.entitlement': (f) => entitled(f, 'cpu'), 'cpu.cpuentitlement': (f) => entitled(f, 'cpu'), 'cpu.corecount.provisioned': (f) => f.vcpus, 'cpu.corecount.usage': (f) => f.vcpus,

  'mem.usage': (f) => percent(f.consumed, f.capacityKb), 'mem.consumed': (f) => f.consumed, 'mem.active': (f) => f.active, 'mem.activewrite': (f) => f.active * 0.6, 'mem.granted': granted,
  'mem.shared': (f) => granted(f) * 0.06, 'mem.sharedcommon': (f) => granted(f) * 0.02, 'mem.zero': (f) => granted(f) * 0.03, 'mem.overhead': overhead, 'mem.overheadMax': (f) => overhead(f) * 1.25,
  'mem.overheadTouched': (f) => overhead(f) * 0.4, 'mem.entitlement': (f) => f.capacityKb, 'mem.reservedCapacity': (f) => f.reservedMb, 'mem.totalCapacity': (f) => f.capacityKb / 1024,
  'mem.unreserved': (f) => Math.max(0, f.capacityKb - SYSTEM.consumed * f.up - f.reservedMb * 1024), 'mem.sysUsage': (f) => SYSTEM.consumed * f.up, 'mem.heap': () => 31_744, 'mem.heapfree': () => 12_288,
  'mem.lowfreethreshold': (f) => f.capacityKb * 0.01, 'mem.vmfs.pbc.size': () => 16, 'mem.vmfs.pbc.sizeMax': () => 128, 'mem.vmfs.pbc.overhead': () => 1221, 'mem.totalmb': (f) => f.capacityKb / 1024,
  'mem.capacity.provisioned': (f) => (f.source.kind === 'pool' ? f.guestKb : f.capacityKb), 'mem.capacity.entitlement': (f) => f.guestKb, 'mem.capacity.usable': (f) => f.capacityKb - SYSTEM.consumed * f.up,
  'mem.capacity.usage': (f) => f.consumed, 'mem.mementitlement': (f) => entitled(f, 'memory') / 1024 ** 2,

  ...storage('disk'), ...storage('virtualDisk'), ...storage('datastore'), ...storage('storageAdapter'), ...storage('storagePath'),
  'datastore.datastoreIops': (f) => requests(io(f)), 'datastore.datastoreReadIops': (f) => requests(f.read), 'datastore.datastoreWriteIops': (f) => requests(f.write),
  'datastore.datastoreReadBytes': (f) => f.read * 1024, 'datastore.datastoreWriteBytes': (f) => f.write * 1024, 'datastore.datastoreMaxQueueDepth': () => 64,
  'datastore.sizeNormalizedDatastoreLatency': (f) => latency(f) * 1000, 'datastore.datastoreVMObservedLatency': (f) => latency(f) * 1000,
  'datastore.datastoreNormalReadLatency': latency, 'datastore.datastoreNormalWriteLatency': latency,
  'disk.used': (f) => f.space.used, 'disk.unshared': (f) => f.space.used, 'disk.provisioned': (f) => f.space.provisioned, 'disk.capacity': (f) => f.space.capacity,
  'disk.capacity.usage': (f) => f.space.used, 'disk.capacity.provisioned': (f) => f.space.capacity,

  'net.usage': (f) => f.rx + f.tx, 'net.throughput.usage': (f) => f.rx + f.tx, 'net.throughput.provisioned': (f) => f.up * 2_500_000, 'net.throughput.usable': (f) => f.up * 2_500_000,
  ...network('rx', ['received', 'bytesRx', 'packetsRx', 'broadcastRx', 'multicastRx']), ...network('tx', ['transmitted', 'bytesTx', 'packetsTx', 'broadcastTx', 'multicastTx']),
  'net.pnicBytesRx': (f) => f.rx, 'net.pnicBytesTx': (f) => f.tx,

  'power.power': watts, 'power.energy': (f) => watts(f) * f.seconds,
  'sys.uptime': uptime, 'sys.osUptime': (f) => Math.max(0, uptime(f) - 20), 'sys.heartbeat': (f) => (f.source.object.props['guestHeartbeatStatus'] === 'green' ? 3 : 0),
  'sys.resourceCpuUsage': (f, weight) => SYSTEM.cpu * weight * f.up, 'sys.resourceMemConsumed': ofSystem(SYSTEM.consumed), 'sys.resourceMemMapped': ofSystem(SYSTEM.consumed * 1.1),
  'sys.resourceMemTouched': ofSystem(SYSTEM.active), 'sys.resourceMemZero': ofSystem(20_480), 'sys.resourceMemOverhead': ofSystem(9216), 'sys.resourceFdUsage': ofSystem(2400),
  'sys.resourceCpuAct1': (f, weight) => percent(SYSTEM.cpu * weight, CORE_MHZ) * f.up, 'sys.resourceCpuAct5': (f, weight) => percent(SYSTEM.cpu * weight, CORE_MHZ) * f.up,
  'sys.resourceCpuRun1': (f, weight) => percent(SYSTEM.cpu * weight, CORE_MHZ) * f.up, 'sys.resourceCpuRun5': (f, weight) => percent(SYSTEM.cpu * weight, CORE_MHZ) * f.up,
  'sys.resourceCpuAllocMax': () => -1, 'sys.resourceMemAllocMax': () => -1, 'sys.resourceCpuAllocShares': () => 500, 'sys.resourceMemAllocShares': () => 500,
  ...resourceGroup, 'rescpu.sampleCount': () => 10, 'rescpu.samplePeriod': () => 6000,
  'clusterServices.effectivecpu': (f) => Number(summary(f).effectiveCpu ?? 0), 'clusterServices.effectivemem': (f) => Number(summary(f).effectiveMemory ?? 0),
  'clusterServices.failover': (f) => Number(summary(f).currentFailoverLevel ?? 0),
};
