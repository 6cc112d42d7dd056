// `npm run bench`: time from the command's start to its first answered call over TLS, and resident memory, for
// vicsim and, when a vcsim is at hand (VCSIM=/path or on the PATH), for it in the same run. Medians, as ratios.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const runs = Number(process.env.BENCH_RUNS ?? 5);
const vcsim = process.env.VCSIM ?? (spawnSync('which', ['vcsim'], { encoding: 'utf8' }).stdout.trim() || undefined);

const CALL = '<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent></soapenv:Body></soapenv:Envelope>';

const ask = (url) =>
  new Promise((resolve, reject) => {
    const call = request(new URL('/sdk', url), { method: 'POST', rejectUnauthorized: false, headers: { 'Content-Type': 'text/xml', SOAPAction: 'urn:vim25/6.0' } }, (reply) => {
      reply.resume();
      reply.on('end', () => (reply.statusCode === 200 ? resolve() : reject(new Error(`status ${reply.statusCode}`))));
    });
    call.on('error', reject);
    call.end(CALL);
  });

/** Starts a server, asks it once, and returns milliseconds and resident kilobytes. */
function measure(command, args) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.on('error', reject);
    child.stdout.on('data', async (chunk) => {
      const had = text;
      text += chunk;
      const found = /https:\/\/[^\s"]+/.exec(text);
      if (!found || /https:\/\/[^\s"]+\s/.test(had)) return;
      if (!/\s/.test(text[found.index + found[0].length] ?? '')) return;
      child.stdout.removeAllListeners('data');
      child.stdout.resume();
      try {
        const url = new URL(found[0]);
        url.username = url.password = '';
        await ask(url);
        const milliseconds = performance.now() - started;
        const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0);
        child.once('exit', () => resolve({ milliseconds, kilobytes }));
        child.kill('SIGTERM');
      } catch (error) {
        child.kill('SIGKILL');
        reject(error);
      }
    });
  });
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function repeat(count, command, args) {
  const results = [];
  for (let i = 0; i < count; i++) results.push(await measure(command, args));
  return { milliseconds: median(results.map((r) => r.milliseconds)), kilobytes: median(results.map((r) => r.kilobytes)) };
}

const cases = [
  { title: 'default inventory (4 VMs)', flags: [], peer: true },
  { title: '1,000 VMs', flags: ['-vm', '500'], peer: process.env.BENCH_SLOW === '1' },
  { title: '10,000 VMs', flags: ['-vm', '5000'], peer: false },
];
const rows = [];
let empty = 0;
for (const { title, flags, peer } of cases) {
  const ours = await repeat(runs, process.execPath, [join(root, 'dist/simulator/bin.js'), '-l', '127.0.0.1:0', ...flags]);
  const theirs = peer && vcsim ? await repeat(Math.min(runs, 3), vcsim, ['-l', '127.0.0.1:0', ...flags]) : undefined;
  const vms = Number(flags[1] ?? 2) * 2;
  if (empty === 0) empty = ours.kilobytes;
  rows.push({
    world: title,
    'vicsim (s)': (ours.milliseconds / 1000).toFixed(2),
    'vcsim (s)': theirs ? (theirs.milliseconds / 1000).toFixed(2) : '-',
    'vicsim/vcsim': theirs ? (ours.milliseconds / theirs.milliseconds).toFixed(2) : '-',
    'resident (MB)': (ours.kilobytes / 1024).toFixed(0),
    'KB per VM': vms > 100 ? ((ours.kilobytes - empty) / vms).toFixed(1) : '-',
  });
}
console.table(rows);
if (!vcsim) console.log('No vcsim found (set VCSIM=/path/to/vcsim): its figures and the ratios are missing.');
if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
