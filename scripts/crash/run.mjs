// `npm run crash`: kills vicsim at random moments under load and looks whether every answered change is there after the
// restart, nothing half applied, and no id given twice. Bounded and seeded; `npm test` runs a few rounds of it.
//   --rounds N   how often it is killed (default 200)
//   --seed N     which moments and which work (default 1)
//   --keep       leave the state directory, and say where it is
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '../../dist/core/client/index.js';
import { Random } from '../../dist/simulator/runtime/random.js';
import { Worker } from './worker.mjs';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, keep: { type: 'boolean' } } });
const rounds = Number(flags.rounds);
const seed = Number(flags.seed);
if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError(`--rounds ${flags.rounds}: give a whole number from 1`);
const vicsim = join(import.meta.dirname, '../../dist/simulator/bin.js');
const state = mkdtempSync(join(tmpdir(), 'vicsim-crash-'));
const random = new Random(seed);
const running = new Set();
process.on('exit', () => {
  running.forEach((child) => child.kill('SIGKILL'));
  if (flags.keep) console.log(`the state is in ${state}`);
  else rmSync(state, { recursive: true, force: true });
});

/** Starts a server on the state; gives its address and what kills it. */
async function serve() {
  const child = spawn(process.execPath, [vicsim, '-l', '127.0.0.1:0', '-tls=false', '-state', state], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let told = '';
  child.stderr.on('data', (chunk) => (told += chunk));
  const over = new Promise((resolve) => child.once('exit', resolve)).then(() => running.delete(child));
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.once('exit', (code) => reject(new Error(`vicsim ended with ${code} before it was ready: ${told}`)));
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/user:pass@(\S+)\/sdk/.exec(text);
      if (found) resolve(`http://${found[1]}/sdk`);
    });
  });
  return {
    url,
    async kill() {
      child.kill('SIGKILL');
      await over;
    },
  };
}

const login = (url, signal) => connect(url, { user: 'user', password: 'pass', signal });
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const workers = [];
let server = await serve();
const first = await login(server.url);
for (let i = 0; i < 4; i += 1) workers.push(await Worker.make(first, i, random.split()));
await first.close();

let answered = 0;
const problems = [];
for (let round = 1; round <= rounds && problems.length === 0; round += 1) {
  // Once it is killed nobody waits for it: another process may get its port.
  const over = new AbortController();
  const sessions = await Promise.all(workers.map(() => login(server.url, over.signal)));
  const work = workers.map((worker, i) => worker.run(sessions[i], server.url, over.signal));
  await pause(random.integer(5, 250));
  await server.kill();
  over.abort();
  answered += (await Promise.all(work)).reduce((sum, count) => sum + count, 0);
  const check = spawnSync(process.execPath, [vicsim, 'state', 'check', state], { encoding: 'utf8' });
  if (check.status !== 0) problems.push(`round ${round}: state check says ${check.stdout}${check.stderr}`);
  server = await serve();
  const session = await login(server.url);
  for (const worker of workers) problems.push(...(await worker.check(session, server.url)).map((text) => `round ${round}, worker ${worker.number}: ${text}`));
  await session.close();
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${round} of ${rounds}, ${answered} changes answered`);
}
await server.kill();
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
for (const problem of problems) console.log(problem);
console.log(`killed ${rounds} times under load (seed ${seed}): ${answered} changes were answered, ${problems.length === 0 ? 'all of them were there' : `${problems.length} problems`}`);
process.exitCode = problems.length === 0 ? 0 : 1;
