// Worlds with many VCHs, and vic-machine on them: a lab file for vicsim, calls of the API for a server that has none.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, findOne, formatReference, readInventory, runTasks, waitForTasks } from '../../dist/core/client/index.js';
import { withServer } from './servers.mjs';

/** The command, from the build. */
export const VIC_MACHINE = join(import.meta.dirname, '../../dist/core/cli/bin.js');
const PER_POOL = 50;
const range = (count, make) => Array.from({ length: count }, (_none, i) => make(i));

/** Runs the work with the path of a lab file that has that many VCHs, fifty in a pool. */
async function withLab(count, work) {
  const directory = mkdtempSync(join(tmpdir(), 'vic-testbed-bench-'));
  try {
    const pools = range(Math.ceil(count / PER_POOL), (p) => ({ name: `team-${p}`, vchs: range(Math.min(PER_POOL, count - p * PER_POOL), (i) => ({ name: `vch-${p * PER_POOL + i}`, pool: 'pool' })) }));
    const datacenter = { name: 'DC0', datastores: [{ name: 'LocalDS_0', capacity: '900 TB' }], switches: [{ name: 'DVS0', portgroups: ['DC0_DVPG0'] }], clusters: [{ name: 'DC0_C0', hosts: 3, pools }] };
    const file = join(directory, 'lab.json');
    writeFileSync(file, JSON.stringify({ product: 'vcenter', datacenters: [datacenter] }));
    return await work(file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const CONFIGURATION = JSON.parse(readFileSync(new URL('../../fixtures/wire/vch-extraconfig-vcenter.json', import.meta.url), 'utf8'));
const ALLOCATION = { reservation: 1, limit: -1, expandableReservation: true, shares: { level: 'normal', shares: 0 } };
const RESOURCES = { cpuAllocation: ALLOCATION, memoryAllocation: ALLOCATION };

/** Makes the same VCHs on any server: pools, appliances with the configuration that vic-machine 0.5 writes, powered on. */
async function addVchs(url, count) {
  const session = await connect(`${url}/sdk`, { user: 'user', password: 'pass', insecure: true });
  const inventory = await readInventory(session);
  const root = findOne(inventory, '/DC0/host/DC0_C0/Resources').ref;
  const folder = findOne(inventory, '/DC0/vm').ref;
  const teams = await Promise.all(range(Math.ceil(count / PER_POOL), (p) => session.call(root, 'CreateResourcePool', { name: `team-${p}`, spec: RESOURCES })));
  const pools = await Promise.all(range(count, (i) => session.call(teams[Math.floor(i / PER_POOL)], 'CreateResourcePool', { name: `vch-${i}`, spec: RESOURCES })));
  const config = (i) => ({ name: `vch-${i}`, guestId: 'other3xLinux64Guest', numCPUs: 1, memoryMB: 1024, files: { vmPathName: '[LocalDS_0]' } });
  const tasks = await Promise.all(pools.map((pool, i) => session.call(folder, 'CreateVM_Task', { config: config(i), pool })));
  const machines = (await waitForTasks(session, tasks)).map(made);
  const keys = (vm) => Object.entries({ ...CONFIGURATION, 'guestinfo./init/common/id': formatReference(vm) }).map(([key, value]) => ({ _type: 'OptionValue', key, value }));
  fail(await runTasks(session, machines.map((vm) => ({ self: vm, method: 'ReconfigVM_Task', args: { spec: { extraConfig: keys(vm) } } }))));
  fail(await runTasks(session, machines.map((vm) => ({ self: vm, method: 'PowerOnVM_Task', args: {} }))));
  await session.close();
}

/** What a task made. */
function made({ state, result, error }) {
  if (state !== 'success') throw new Error(`a machine was not made: ${error?.localizedMessage ?? state}`);
  return result;
}

function fail(outcomes) {
  const { error } = outcomes.find((outcome) => outcome.error !== undefined) ?? {};
  if (error) throw error;
}

/** Starts the product with that many VCHs and does the work with its address: from a lab file, or made by calls. */
export function withVchs(product, count, work) {
  if (product.name === 'vicsim') return withLab(count, (file) => withServer(product, ['-lab', file], ({ url }) => work(url)));
  return withServer(product, ['-vm', '0'], async ({ url }) => {
    await addVchs(url, count);
    return work(url);
  });
}

/** Runs vic-machine to its end: milliseconds, requests to the server when they are counted, and lines below the first. */
export function vicMachine(url, line, { count = false } = {}) {
  const { host } = new URL(url);
  const [command, ...rest] = line.split(' ');
  const target = command === 'version' ? [] : ['--target', `user:pass@${host}`, ...(count ? ['--debug', '2'] : [])];
  const begun = performance.now();
  const child = spawn(process.execPath, [VIC_MACHINE, command, ...target, ...rest], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const milliseconds = performance.now() - begun;
      if (code !== 0) reject(new Error(`vic-machine ${line} ended with ${code}: ${stderr}`));
      else resolve({ milliseconds, requests: stderr.split('\n').filter((text) => text.startsWith('call ')).length, rows: stdout.trimEnd().split('\n').length - 1 });
    });
  });
}
