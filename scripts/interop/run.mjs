// `npm run interop`: real clients that we did not write (govc of two releases, pyVmomi, zeep, suds, node soap, oslo.vmware,
// Ansible, rbvmomi, virsh, curl, docker) against spawned vicsim
// processes over TLS, and our vic-machine against vicsim and two releases of vcsim. Every check has a fresh world. Prints
// failures and one closing line of counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GOVMOMI, govcPath, debian, nodePackages, pythonWith, pythonWithPyvmomi, vcsimPath } from '../peers.mjs';
import { Curl } from './curl.mjs';
import { Docker } from './docker.mjs';
import { Govc } from './govc.mjs';
import { programJobs } from './programs.mjs';
import { curlChecks, dockerChecks, govcChecks, vicMachineChecks, virshChecks } from './topics.mjs';
import { VicMachine } from './vic-machine.mjs';
import { Virsh } from './virsh.mjs';
import { admin, Lane, stopAll, VICSIM, vcsim } from './worlds.mjs';

const USAGE = `npm run interop -- [--only ID_PREFIX] [--client govc|pyvmomi|wsdl|oslo|ansible|vsphere-sdk|rbvmomi|virsh|curl|docker|vic-machine] [--json FILE] [--coverage] [--list] [--lanes N]
  --only    checks whose id begins with this, for example govc.vm.power (may be repeated)
  --client  one client only
  --json    writes every result to FILE
  --coverage  writes which methods the checks called to scripts/interop/coverage.json, for docs/coverage.md
  --list    names the checks and runs none
  --lanes   checks running at the same time (3)`;

/** Clients whose checks are programs of their own. */
const PROGRAMS = [
  { client: 'pyvmomi', title: 'pyVmomi', folder: 'pyvmomi', ending: '.py', find: () => [pythonWithPyvmomi()] },
  { client: 'pyvmomi', title: 'pyVmomi sso', folder: 'pyvmomi-sso', ending: '.py', find: () => [pythonWith('pyvmomi-sso', ['pyvmomi[sso]'])] },
  { client: 'wsdl', title: 'zeep and suds', folder: 'wsdl', ending: '.py', find: () => [pythonWith('wsdl', ['zeep', 'suds-community'])] },
  { client: 'wsdl', title: 'node soap', folder: 'wsdl', ending: '.mjs', find: () => ['env', `PEERS=${nodePackages('node-soap', ['soap@1'])}`, process.execPath] },
  { client: 'oslo', title: 'oslo.vmware', folder: 'oslo', ending: '.py', find: () => [pythonWith('oslo', ['oslo.vmware'])] },
  { client: 'ansible', title: 'ansible', folder: 'ansible', ending: '.py', find: () => [pythonWith('ansible', ['ansible', 'pyvmomi', 'requests'])] },
  { client: 'vsphere-sdk', title: 'vSphere Automation SDK', folder: 'vsphere-sdk', ending: '.py', find: () => [pythonWith('vsphere-sdk', ['vmware-vcenter', 'requests'])] },
  { client: 'rbvmomi', title: 'rbvmomi', folder: 'rbvmomi', ending: '.rb', find: () => [debian('ruby', ['ruby-rbvmomi'], ['-r', 'rbvmomi', '-e', '0'])] },
];

const CLIENTS = ['govc', 'pyvmomi', 'wsdl', 'oslo', 'ansible', 'vsphere-sdk', 'rbvmomi', 'virsh', 'curl', 'docker', 'vic-machine'];

function options() {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, client: { type: 'string' }, json: { type: 'string' }, list: { type: 'boolean' }, lanes: { type: 'string', default: '3' }, coverage: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
    if (values.client !== undefined && !CLIENTS.includes(values.client)) throw new Error(`--client ${values.client}: it is one of ${CLIENTS.join(', ')}`);
    if (!/^[1-9]\d?$/.test(values.lanes)) throw new Error(`--lanes ${values.lanes}: a number from 1 to 99`);
    return values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

const chosen = options();
if (chosen.help) {
  console.log(USAGE);
  process.exit(0);
}
const wanted = (id) => chosen.only === undefined || chosen.only.some((prefix) => id.startsWith(prefix));
const home = mkdtempSync(join(tmpdir(), 'vic-testbed-interop-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));

/** What can be run here: a client that cannot be had gives a reason in place of a program. */
function peer(name, find) {
  try {
    return { name, program: find() };
  } catch (error) {
    return { name, missing: error.message };
  }
}

const results = [];
const skipped = [];
const note = (result) => {
  results.push(result);
  if (process.stdout.isTTY) process.stdout.write(`\r${results.length} checks, ${results.filter(({ passed }) => !passed).length} failed `);
};

/** A job is a function of a lane that gives results; most are one check. */
function jobs() {
  const list = [];
  const add = ({ name, program, missing }, checks, job) => {
    const mine = checks.filter(({ id }) => wanted(id));
    if (missing === undefined) list.push(...mine.map((check) => job(check, program)));
    else if (mine.length > 0) skipped.push({ name, checks: mine.map(({ id }) => id), reason: missing });
  };
  if ([undefined, 'govc'].includes(chosen.client)) {
    for (const version of [GOVMOMI.newest, GOVMOMI.old]) {
      const checks = govcChecks.filter(({ versions = ['newest', 'old'] }) => versions.includes(version === GOVMOMI.newest ? 'newest' : 'old'));
      const name = `govc ${version.replace(/^v/, '')}`;
      add(peer(name, () => govcPath(version)), checks, (check, program) => ({ check, name, client: (url, lane) => new Govc(version, program, url, join(home, `${version}-${lane}`)) }));
    }
  }
  if ([undefined, 'curl'].includes(chosen.client)) add(peer('curl', () => find('curl')), curlChecks, (check, program) => ({ check, name: 'curl', client: (url) => new Curl(program, url) }));
  if ([undefined, 'virsh'].includes(chosen.client)) add(peer('virsh', () => debian('virsh', ['libvirt-clients'], ['--version'])), virshChecks, (check, program) => ({ check, name: 'virsh', client: (url) => new Virsh(program, url, home) }));
  if ([undefined, 'docker'].includes(chosen.client)) {
    const folder = (lane) => mkdtempSync(join(home, `docker-${lane}-`));
    add(peer('docker', () => find('docker')), dockerChecks, (check, program) => ({ check, name: 'docker', client: (url, lane) => new Docker(program, url, folder(lane)) }));
  }
  if ([undefined, 'vic-machine'].includes(chosen.client)) {
    const products = [peer('vicsim', () => VICSIM), ...[GOVMOMI.newest, GOVMOMI.old].map((version) => peer(`vcsim ${version.replace(/^v/, '')}`, () => vcsim(version, vcsimPath(version))))];
    for (const { name, program, missing } of products) {
      add({ name: `vic-machine on ${name}`, program, missing }, vicMachineChecks, (check, product) => ({ check, name: `vic-machine on ${name}`, product, client: (url) => new VicMachine(url, product, check.world) }));
    }
  }
  const programs = PROGRAMS.filter(({ client }) => [undefined, client].includes(chosen.client)).map(({ find: findProgram, ...client }) => programJobs({ ...client, ...peer(client.title, findProgram) }, chosen.only));
  skipped.push(...programs.flatMap((client) => client.skipped));
  return [...programs.flatMap((client) => client.jobs), ...list.sort((a, b) => a.check.world.localeCompare(b.check.world))];
}

function find(program) {
  const { status, error } = spawnSync(program, ['--version']);
  if (status !== 0) throw new Error(`${program} is not installed (${error?.code ?? status})`);
  return program;
}

/** By method: the topics that called it, and in how many checks. */
const called = {};

function record(id, { called: counts }) {
  const topicOf = id.split('.').slice(0, 2).join('.');
  for (const { method, state } of counts) if (state !== 'not of vim25') (called[method] ??= {})[topicOf] = (called[method][topicOf] ?? 0) + 1;
}

async function runCheck({ check, name, product, client }, lane, number) {
  const started = performance.now();
  let user;
  try {
    user = client(await lane.fresh(check.world, product), number);
    const recording = chosen.coverage && user.url !== undefined && product?.restores !== false;
    if (recording) await admin(user.url, 'DELETE', 'trace');
    await check.run(user);
    if (recording) record(check.id, await admin(user.url, 'GET', 'coverage'));
    const mistakes = lane.mistakes(check.world, product);
    if (mistakes !== '') throw new Error('the client saw nothing wrong, but the server reported a mistake of its own');
    note({ id: check.id, title: check.title, client: name, passed: true, milliseconds: Math.round(performance.now() - started) });
  } catch (error) {
    const { command = '', stderr = '', stdout = '' } = user?.last ?? {};
    note({
      id: check.id, title: check.title, client: name, passed: false, milliseconds: Math.round(performance.now() - started),
      command, what: error.message, server: lane.mistakes(check.world, product), expected: error.expected, got: error.got, stderr: stderr.trim(), stdout: stdout.trim(),
      ...(error.expected === undefined && error.name !== 'CommandFailed' && error.constructor === TypeError ? { stack: error.stack.split('\n')[1]?.trim() } : {}),
    });
  } finally {
    user?.stopAll();
  }
}

const work = jobs();
if (chosen.list) {
  for (const { check, name } of work) console.log(`${check.id}  ${check.title}  (${name})`);
  process.exit(0);
}
const started = performance.now();
await Promise.all(
  Array.from({ length: Number(chosen.lanes) }, async (_none, number) => {
    const lane = new Lane();
    for (let job = work.shift(); job !== undefined; job = work.shift()) {
      if (job.program) for (const result of await job.program(lane)) note(result);
      else await runCheck(job, lane, number);
    }
  }),
);
stopAll();
if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
report();

function report() {
  const cut = (text) => (text.length > 900 ? `${text.slice(0, 600)} … ${text.slice(-250)}` : text).replaceAll('\n', '\n           ');
  results.sort((a, b) => a.id.localeCompare(b.id));
  for (const result of results.filter(({ passed }) => !passed)) {
    console.log(`FAILED ${result.id} (${result.client}): ${result.title}`);
    for (const [name, value] of [['command', result.command], ['what', result.what], ['expected', result.expected], ['got', result.got], ['stderr', result.stderr], ['at', result.stack], ['server', result.server]]) {
      if (value !== undefined && value !== '') console.log(`  ${name.padEnd(8)} ${cut(String(value))}`);
    }
  }
  for (const { name, checks, reason } of skipped) console.log(`SKIPPED ${checks.length} checks of ${name}: ${reason}\n  ${checks.join(' ')}`);
  if (chosen.coverage) {
    const sorted = (table) => Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
    const lines = Object.entries(sorted(called)).map(([method, topics]) => `  ${JSON.stringify(method)}: ${JSON.stringify(sorted(topics))}`);
    writeFileSync(join(import.meta.dirname, 'coverage.json'), `{\n${lines.join(',\n')}\n}\n`);
  }
  if (chosen.json !== undefined) writeFileSync(chosen.json, JSON.stringify({ results, skipped }, null, 2));
  const failed = results.filter(({ passed }) => !passed).length;
  const left = skipped.reduce((sum, { checks }) => sum + checks.length, 0);
  const clients = [...new Set(results.map(({ client }) => client))].sort();
  const counts = clients.map((client) => `${client}: ${results.filter((result) => result.client === client && result.passed).length}`);
  const seconds = Math.round((performance.now() - started) / 1000);
  if (results.length + left === 0) console.error(`No check has an id that begins with ${chosen.only?.join(' or ')}; --list names them.`);
  console.log(`interop: ${results.length - failed} passed, ${failed} failed, ${left} skipped (${counts.join(', ')}) in ${seconds} s`);
  // In CI a check that was left out is no better than one that failed.
  process.exitCode = failed > 0 || results.length + left === 0 || (left > 0 && process.env.CI !== undefined && process.env.CI !== 'false') ? 1 : 0;
}
