// What is measured: both servers get the same bytes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Connection } from './connection.mjs';
import { start, withServer } from './servers.mjs';
import { files, lifecycle, search } from './cases-objects.mjs';
import { VIC_MACHINE, vicMachine, withVchs } from './vchs.mjs';
import { login, machines, power, retrieval, SERVICE_CONTENT, tasksDone, viewOfMachines, watcher } from './vsphere.mjs';

export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Flags for about that many machines: the default model makes as many on the standalone host as in the cluster. */
const vms = (count) => ['-vm', String(count / 2)];

async function times(count, work) {
  const results = [];
  for (let i = 0; i < count; i++) results.push(await work(i));
  return median(results);
}

async function elapsed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Start-up and memory are measured on the same processes. */
async function startUp(product, flags, runs) {
  const results = [];
  for (let i = 0; i < runs; i++) {
    const server = await start(product, flags);
    results.push({ milliseconds: server.milliseconds, kilobytes: server.kilobytes() });
    await server.stop();
  }
  return { milliseconds: median(results.map((r) => r.milliseconds)), kilobytes: median(results.map((r) => r.kilobytes)) };
}

/** Requests per second of `connections` clients that each ask again as soon as they are answered. */
async function throughput(url, connections, seconds) {
  const all = await Promise.all(Array.from({ length: connections }, () => Connection.open(url)));
  const drive = async (connection, until) => {
    const request = connection.prepare(SERVICE_CONTENT);
    let count = 0;
    while (performance.now() < until) {
      const { status } = await connection.send(request);
      if (status !== 200) throw new Error(`status ${status}`);
      count += 1;
    }
    return count;
  };
  const round = async (duration) => {
    const begun = performance.now();
    const counts = await Promise.all(all.map((connection) => drive(connection, begun + duration)));
    return counts.reduce((a, b) => a + b, 0) / ((performance.now() - begun) / 1000);
  };
  await round(500);
  const result = await times(3, () => round((seconds * 1000) / 3));
  for (const connection of all) connection.close();
  return result;
}

const READS = {
  '3 simple properties': ['name', 'runtime.powerState', 'config.hardware.memoryMB'],
  summary: ['summary'],
  'devices and extraConfig': ['config.hardware.device', 'config.extraConfig'],
  'all properties': 'all',
};

/** First and repeated time of each bulk read, each on its own view of one server. */
async function bulkReads(server) {
  const client = await login(server.url);
  const view = await viewOfMachines(client);
  const rows = {};
  for (const [title, properties] of Object.entries(READS)) {
    const request = retrieval(client, view, properties);
    const read = async () => {
      const { status, bytes } = await client.connection.send(request);
      if (status !== 200 || bytes < 1000) throw new Error(`read of ${title}: status ${status}, ${bytes} bytes`);
    };
    const first = await elapsed(read);
    rows[title] = { first, repeated: await times(5, () => elapsed(read)) };
  }
  client.connection.close();
  return rows;
}

/** Milliseconds from a power call until every one of `count` waiting clients has its answer. */
async function wakeUp(server, count) {
  const driver = await login(server.url);
  const [machine] = await machines(driver);
  const clients = [];
  const watchers = [];
  for (let i = 0; i < count; i++) {
    const client = await login(server.url);
    clients.push(client);
    watchers.push(await watcher(client, { machine: machine.id }, ['runtime.powerState']));
  }
  let { on } = machine;
  const result = await times(11, async () => {
    on = !on;
    const answers = watchers.map((w) => w.next());
    // The waits must be there before the change: one more call on each server is answered after them.
    await driver.connection.call(SERVICE_CONTENT);
    const begun = performance.now();
    const task = power(driver, machine.id, on);
    await Promise.all(answers);
    const took = performance.now() - begun;
    await tasksDone(driver, [await task]);
    return took;
  });
  for (const { connection } of [driver, ...clients]) connection.close();
  return result;
}

/** Milliseconds of the one WaitForUpdatesEx after 100 machines were powered. */
async function afterHundred(server) {
  const driver = await login(server.url);
  const client = await login(server.url);
  const { next } = await watcher(client, { view: await viewOfMachines(client) }, ['name', 'runtime.powerState']);
  const chosen = (await machines(driver)).slice(0, 100);
  const tasks = [];
  for (const { id, on } of chosen) tasks.push(await power(driver, id, !on));
  await tasksDone(driver, tasks);
  let count = 0;
  const took = await elapsed(async () => {
    count = await next(60);
  });
  if (count < 100) throw new Error(`only ${count} of 100 changes were reported`);
  driver.connection.close();
  client.connection.close();
  return took;
}

/** The same reads while a driver powers ten machines each second. */
async function readsAmongChanges(server) {
  const driver = await login(server.url);
  const chosen = (await machines(driver)).slice(0, 10);
  const client = await login(server.url);
  const view = await viewOfMachines(client);
  let over = false;
  const driving = (async () => {
    for (let turn = 0; !over; turn += 1) {
      const begun = performance.now();
      for (const { id, on } of chosen) await power(driver, id, (turn % 2 === 1) === on);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - (performance.now() - begun))));
    }
  })();
  const rows = {};
  for (const title of ['3 simple properties', 'summary', 'all properties']) {
    const request = retrieval(client, view, READS[title]);
    await client.connection.send(request);
    const until = performance.now() + 4000;
    const took = [];
    while (performance.now() < until) {
      took.push(await elapsed(() => client.connection.send(request)));
      // Reading without a pause would keep the driver from changing anything.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // The mean: what a read costs that finds changes counts, too.
    rows[title] = took.reduce((a, b) => a + b, 0) / took.length;
  }
  over = true;
  await driving;
  for (const { connection } of [driver, client]) connection.close();
  return rows;
}

const VCHS = [10, 100, 1000];

/** Whole processes of vic-machine, from start to end; and how often they ask the server, which must not grow. */
export async function commands(product, { report }) {
  if (product.name === 'vicsim') await commandsAlone(report);
  const verbs = { ls: () => 'ls --all', inspect: (i) => `inspect --compute-resource DC0_C0/team-0 --name vch-${i}` };
  const requests = {};
  for (const count of VCHS) {
    await withVchs(product, count, async (url) => {
      for (const [verb, line] of Object.entries(verbs)) {
        requests[verb] = [...(requests[verb] ?? []), (await vicMachine(url, line(0), { count: true })).requests];
        const took = await times(5, async (i) => {
          const { milliseconds, rows } = await vicMachine(url, line(i));
          if (verb === 'ls' && rows !== count) throw new Error(`vic-machine ls printed ${rows} of ${count} VCHs`);
          return milliseconds;
        });
        const title = `vic-machine ${verb}, ${count.toLocaleString('en')} VCHs`;
        report(title, took, 'ms');
        if (count === VCHS.at(-1)) report(`${title}, each VCH`, took / count, 'ms');
      }
    });
  }
  for (const [verb, counts] of Object.entries(requests)) counts.forEach((value, i) => report(`vic-machine ${verb}, ${VCHS[i].toLocaleString('en')} VCHs, requests`, value, 'requests'));
}

/** What the processes cost that ask no server, beside one that does nothing at all. */
async function commandsAlone(report) {
  const lines = { 'node -e 0': ['-e', '0'], 'vic-machine version': [VIC_MACHINE, 'version'], 'vic-machine ls --help': [VIC_MACHINE, 'ls', '--help'] };
  for (const [title, args] of Object.entries(lines)) report(title, await times(9, () => elapsed(() => once(spawn(process.execPath, args, { stdio: 'ignore' }), 'close'))), 'ms');
}

/** How long until a world of that size answers, and what it takes. */
async function starts(product, { sizes, runs, report }) {
  for (const count of [4, 1000, 10_000, 100_000]) {
    if (count > sizes.start) continue;
    const { milliseconds, kilobytes } = await startUp(product, count === 4 ? [] : vms(count), count === 4 ? runs : Math.min(runs, product.name === 'vicsim' ? 3 : 1));
    report(`start-up, ${count.toLocaleString('en')} VMs`, milliseconds / 1000, 's');
    report(`resident memory, ${count.toLocaleString('en')} VMs`, kilobytes / 1024, 'MB');
  }
}

/** Small calls, as fast as they are answered. */
async function calls(product, { report }) {
  for (const tls of [false, true]) {
    await withServer(product, [`-tls=${tls}`], async ({ url }) => {
      for (const connections of [1, 8, 64]) report(`RetrieveServiceContent, ${connections} ${connections === 1 ? 'connection' : 'connections'}, ${tls ? 'TLS' : 'plain'}`, await throughput(url, connections, 6), 'requests/s');
    });
  }
}

/** Bulk reads of a thousand machines: the first, repeated ones, and while one in a hundred changes every second. */
async function reads(product, { report }) {
  await withServer(product, ['-tls=false', ...vms(1000)], async (server) => {
    for (const [title, { first, repeated }] of Object.entries(await bulkReads(server))) {
      report(`1,000 VMs, ${title}, first read`, first, 'ms');
      report(`1,000 VMs, ${title}, repeated`, repeated, 'ms');
    }
    for (const [title, took] of Object.entries(await readsAmongChanges(server))) report(`1,000 VMs, ${title}, 10 of them changing each second`, took, 'ms');
  });
}

/** From a change to the answers of those who wait for it, and the updates after many changes. */
async function waits(product, { sizes, report }) {
  await withServer(product, ['-tls=false'], async (server) => {
    for (const count of [1, 100, 1000]) report(`power-on to answer, ${count.toLocaleString('en')} waiting`, await wakeUp(server, count), 'ms');
  });
  for (const count of [1000, 5000]) {
    if (count > sizes.updates) continue;
    await withServer(product, ['-tls=false', ...vms(count)], async (server) => {
      report(`update after 100 power-ons, ${count.toLocaleString('en')} VMs`, await afterHundred(server), 'ms');
    });
  }
}

/**
 * The measurements, by name. Each takes a product and { sizes, runs, report }: `sizes` limits how big a world it gets, since
 * a rival needs minutes to build one; `report(title, value, unit)` is called as results come.
 */
export const GROUPS = { starts, calls, reads, waits, lifecycle, search, files, commands };

export const machine = () => `${availableParallelism()} cores, Node ${process.versions.node}`;
