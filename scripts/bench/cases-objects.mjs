// What is measured of objects and files: the life of a thousand machines, finding one, and moving bytes.
import { request as httpRequest } from 'node:http';
import { withServer } from './servers.mjs';
import { createMachine, destroy, find, login, power, taskDone, tasksDone, uuidOf } from './vsphere.mjs';

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const vms = (count) => ['-vm', String(count / 2)];

/** How tasks are waited for, by how many clients and for how many machines. */
const LIVES = [
  { title: '8 clients that poll their tasks', clients: 8, machines: 1000, wait: (client, task) => tasksDone(client, [task]) },
  { title: '8 clients that wait for updates', clients: 8, machines: 1000, wait: taskDone },
  { title: '1 client that waits for updates', clients: 1, machines: 200, wait: taskDone },
];

/** Machines are made, powered on, powered off and destroyed. */
export async function lifecycle(product, { report }) {
  for (const { title, clients: count, machines, wait } of LIVES) {
    await withServer(product, ['-tls=false'], async ({ url }) => {
      const clients = await Promise.all(Array.from({ length: count }, () => login(url)));
      const begun = performance.now();
      await Promise.all(clients.map(async (client, at) => {
        const ids = [];
        for (let i = at; i < machines; i += count) ids.push(await createMachine(client, `bench-${i}`, wait));
        for (const on of [true, false]) for (const id of ids) await wait(client, await power(client, id, on));
        for (const id of ids) await wait(client, await destroy(client, id));
      }));
      report(`VMs made, powered on and off, destroyed: ${title}`, machines / ((performance.now() - begun) / 1000), 'VMs/s');
      for (const { connection } of clients) connection.close();
    });
  }
}

/** SearchIndex.FindByUuid among many machines. */
export async function search(product, { sizes, report }) {
  for (const count of [1000, 100_000]) {
    if (count > sizes.search) continue;
    await withServer(product, ['-tls=false', ...vms(count)], async ({ url }) => {
      const client = await login(url);
      const uuid = await uuidOf(client, 'DC0_H0_VM7');
      const request = find(client, uuid);
      const took = [];
      for (let i = 0; i < 500; i++) {
        const begun = performance.now();
        const { status } = await client.connection.send(request);
        if (status !== 200) throw new Error(`status ${status}`);
        took.push(performance.now() - begun);
      }
      report(`FindByUuid among ${count.toLocaleString('en')} VMs`, median(took), 'ms');
      client.connection.close();
    });
  }
}

const FILE_MB = 256;
const CHUNK = Buffer.alloc(1024 * 1024, 'vicsim and vcsim get the same bytes; ');

/** A file goes up to a datastore and comes down again. */
export async function files(product, { report }) {
  await withServer(product, ['-tls=false'], async ({ url }) => {
    const rates = { up: [], down: [] };
    for (let i = 0; i < 3; i++) {
      rates.up.push(await transfer(url, 'PUT', i));
      rates.down.push(await transfer(url, 'GET', i));
    }
    report(`datastore upload, ${FILE_MB} MB`, median(rates.up), 'MB/s');
    report(`datastore download, ${FILE_MB} MB`, median(rates.down), 'MB/s');
  });
}

/** MB per second of one transfer. */
function transfer(url, method, number) {
  const target = new URL(`/folder/bench-${number}.bin?dcPath=DC0&dsName=LocalDS_0`, url);
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const call = httpRequest(target, { method, auth: 'user:pass', ...(method === 'PUT' ? { headers: { 'Content-Length': FILE_MB * CHUNK.length } } : {}) }, (response) => {
      let size = 0;
      response.on('data', (chunk) => (size += chunk.length));
      response.on('end', () => {
        if (response.statusCode >= 300 || (method === 'GET' && size !== FILE_MB * CHUNK.length)) reject(new Error(`${method} of ${target.pathname}: status ${response.statusCode}, ${size} bytes`));
        else resolve(FILE_MB / ((performance.now() - begun) / 1000));
      });
    });
    call.on('error', reject);
    let left = method === 'PUT' ? FILE_MB : 0;
    const send = () => {
      while (left > 0) {
        left -= 1;
        if (!call.write(CHUNK)) return void call.once('drain', send);
      }
      call.end();
    };
    send();
  });
}
