// `npm run soak`: mixed clients at one simulator for a long time, with connections that drop, replies that are cut, readers
// that are slow and sessions that end. At the end every watcher's copy equals a full retrieve, and the heap is as large as
// after the warm-up. Bounded and seeded; `npm test` runs some seconds of it.
//   --minutes N   how long (default 30)
//   --seed N      which trouble and which work (default 1)
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSimulator } from '../../dist/simulator/index.js';
import { Random } from '../../dist/simulator/runtime/random.js';
import { ended, lister, slowReader, watcher, worker } from './clients.mjs';

const { values: flags } = parseArgs({ options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } } });
const milliseconds = Number(flags.minutes) * 60_000;
const seed = Number(flags.seed);
if (!(milliseconds > 0)) throw new TypeError(`--minutes ${flags.minutes}: give a number above 0`);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const heap = () => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

/** Heap that may be more at the end than after the warm-up: what is bounded may still fill itself. */
const GROWTH_MB = 20;
/** Trouble of every kind, rare enough that work goes on. */
const TROUBLE = [
  { method: '*', probability: 0.004, drop: 'after' },
  { method: '*', probability: 0.004, drop: 'before' },
  { method: 'RetrievePropertiesEx', probability: 0.01, truncate: 300 },
  { method: 'WaitForUpdatesEx', probability: 0.01, drop: 'after' },
  { method: 'PUT /folder', probability: 0.02, drop: 'after' },
  { method: 'ReconfigVM_Task', probability: 0.01, fault: { type: 'ConcurrentAccess' } },
  { method: '*', probability: 0.005, latency: 50 },
];

const errors = [];
const simulator = createSimulator({ model: { machine: 20 }, seed, keepTasks: 200, keepEvents: 1000, log: (level, message) => level === 'error' && errors.push(message.split('\n').slice(0, 5).join('\n')) });
process.on('unhandledRejection', (error) => errors.push(`unhandled rejection: ${error?.stack ?? error}`));
const { url } = await simulator.listen({ tls: false });
const random = new Random(seed);
const stop = new AbortController();
for (const rule of TROUBLE) simulator.faults.add(rule);

const counts = { changes: 0, lost: 0, updates: 0, reads: 0, sessions: 0 };
const watchers = ['VirtualMachine', 'VirtualMachine', 'Folder', 'HostSystem', 'Datastore', 'ManagedEntity'].map((type) => watcher(url, type, counts, stop.signal));
const busy = [
  ...[0, 1, 2, 3].map((number) => worker(url, number, random.split(), counts, stop.signal)),
  lister(url, random.split(), counts, stop.signal),
  slowReader(url, random.split(), counts, stop.signal),
  ended(simulator, random.split(), counts, stop.signal),
];

const samples = [];
const begun = performance.now();
while (performance.now() - begun < milliseconds) {
  await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, milliseconds / 12)));
  samples.push(heap());
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${Math.round((performance.now() - begun) / 1000)} s, heap ${samples.at(-1).toFixed(1)} MB, ${JSON.stringify(counts)}`);
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

// The trouble ends, then the work; the watchers have time to hear the last of it.
for (const { id } of simulator.faults.list()) simulator.faults.remove(id);
stop.abort();
await Promise.all(busy);
const problems = [...errors];
for (const one of watchers) problems.push(...(await one.compare()));
const warm = samples[Math.floor(samples.length / 3)];
const growth = samples.at(-1) - warm;
if (samples.length >= 30 && growth > GROWTH_MB) problems.push(`the heap grew from ${warm.toFixed(1)} to ${samples.at(-1).toFixed(1)} MB after the warm-up`);
await simulator.close();

for (const problem of new Set(problems)) console.log(`PROBLEM ${problem}`);
console.log(`${(milliseconds / 60_000).toFixed(1)} min (seed ${seed}): ${counts.changes.toLocaleString('en')} changes, ${counts.lost.toLocaleString('en')} calls that broke, ${counts.reads.toLocaleString('en')} reads, ${counts.updates.toLocaleString('en')} updates to ${watchers.length} watchers, ${counts.sessions} sessions ended; heap ${warm.toFixed(1)} → ${samples.at(-1).toFixed(1)} MB; ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
