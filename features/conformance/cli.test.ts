// The command as a whole: runs real scenarios with a second vic-machine that diverges on purpose, and keeps a world.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Api } from '../support/api.ts';
import { projectFile } from '../support/endpoints/worlds.ts';
import { createSimulator } from '../../simulator/index.ts';
import type { Report } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'vic-testbed-conformance-'));
after(() => rmSync(folder, { recursive: true }));

const bin = fileURLToPath(new URL('bin.js', import.meta.url));
const second = projectFile('dist/features/subjects/like-original.js');

/** Runs the command; `meanwhile` gets what it said so far. */
async function conformance(argv: readonly string[], meanwhile: (said: string, stop: () => void) => void = () => undefined): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [bin, '--reports', folder, ...argv], { cwd: projectFile(''), stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => {
    err += String(chunk);
    meanwhile(err, () => child.kill('SIGINT'));
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

const read = (): Report => JSON.parse(readFileSync(join(folder, 'conformance.json'), 'utf8')) as Report;
const results = (): Readonly<Record<string, string>> => Object.fromEntries(read().statements.filter(({ verdict, scenarios }) => scenarios.length > 0 && verdict !== 'not run').map(({ id, verdict }) => [id, verdict]));

const CHOICE = ['--only', 'LS-07', '--only', 'LS-29', '--only', 'DEL-03', '--only', 'DEL-51', '--only', 'VER-03'];

test('a second vic-machine meets what it meets, and its known divergences are told', async () => {
  const { code, out, err } = await conformance(['--subject', second, '--divergences', projectFile('features/subjects/like-original.yaml'), '--order', 'random:3', ...CHOICE]);
  assert.deepEqual([code, err], [0, ''], out);
  const { 'LS-07': table, 'LS-31': everything, 'DEL-48': running, 'VER-03': version } = results();
  assert.deepEqual({ table, everything, running, version }, { table: 'passed', everything: 'known divergence', running: 'known divergence', version: 'passed' });
  assert.match(out, /statements of the guide that were run are met by dist\/features\/subjects\/like-original\.js on in-process/);
  assert.match(out, /order random:3/);
  assert.doesNotMatch(out, /\x1b\[/, 'no colours in a pipe');
});

test('without its divergences it fails, and every failure says how to run it again', async () => {
  const { code, out } = await conformance(['--subject', second, '--only', 'DEL-48', '--parallel', '2']);
  assert.equal(code, 1);
  const [failed] = read().scenarios.filter(({ result }) => result === 'failed');
  assert.ok(failed!.changes!.some((row) => /^removed \| .*batch-/.test(row)), 'the destroyed container is among the changes');
  assert.match(failed!.trace!, /^→ Destroy_Task$/m);
  assert.match(failed!.runs[0]!.stdout, /\x1b\[31mERRO\x1b\[0m\[/);
  assert.ok(out.includes(`npm run conformance -- --subject dist/features/subjects/like-original.js ${failed!.uri}:${failed!.line}\n`), out);
  const again = await conformance(['--subject', second, `${failed!.uri}:${failed!.line}`]);
  assert.equal(again.code, 1);
  assert.deepEqual(read().scenarios.map(({ name }) => name), [failed!.name]);
});

test('a divergence that is none any more is told', async () => {
  const file = join(folder, 'old.yaml');
  writeFileSync(file, 'VER-03: says nothing\n');
  const { code, out } = await conformance(['--divergences', file, '--only', 'VER-03']);
  assert.equal(code, 0);
  assert.match(out, /"VER-03" passes now: it is no divergence any more/);
});

test('--keep leaves the world of the only scenario running until Ctrl-C', async () => {
  let asked: Promise<string> | undefined;
  const { code, err } = await conformance(['--only', 'LS-02', '--tags', '@vcenter', '--keep'], (said, stop) => {
    const [, url, user, password] = /endpoint\s+(\S+)\n\s+user\s+(\S+)\n\s+password\s+(\S+)\n/.exec(said) ?? [];
    if (url === undefined || asked) return;
    const api = new Api(new URL(url));
    asked = api.login(user!, password!).then(() => api.content.about.apiType).finally(() => {
      api.close();
      stop();
    });
  });
  assert.equal(await asked, 'VirtualCenter');
  assert.match(err, /is kept as it is\. Ctrl-C ends it/);
  assert.equal(code, 0);
});

test('on another endpoint worlds are built where they can be, what cannot be is skipped with the reason, and no password is kept', async () => {
  const simulator = createSimulator({ credentials: { userName: 'root', password: 'se<cr"et' } });
  try {
    const { port } = await simulator.listen();
    const { code, out } = await conformance(['--endpoint', `https://root:${encodeURIComponent('se<cr"et')}@127.0.0.1:${port}/sdk`, '--only', 'LS-12', '--only', 'LS-07']);
    assert.equal(code, 0, out);
    assert.deepEqual([results()['LS-12'], results()['LS-07']], ['passed', 'passed']);
    assert.match(out, /skipped {5}\d+: the world "esxi-simple" is an ESXi host, 127\.0\.0\.1:\d+ is a vCenter Server/);
    for (const type of ['json', 'ndjson', 'html', 'xml']) assert.doesNotMatch(readFileSync(join(folder, `conformance.${type}`), 'utf8'), /se(<|&lt;|\\u003c|%3C)cr/);
  } finally {
    await simulator.close();
  }
});

test('wrong usage is exit code 2, help and lists run nothing', async () => {
  const wrong = await conformance(['--only', 'DEL-99', '--order', 'random']);
  assert.deepEqual([wrong.code, wrong.out], [2, '']);
  assert.match(wrong.err, /^conformance: --only: there is no statement "DEL-99"/);
  assert.match((await conformance(['--help'])).out, /--subject WHAT[\s\S]*Exit codes/);
  assert.match((await conformance(['--only', 'VER-03', '--list'])).out, /^features\/vic-machine\/version\.feature:\d+ {2}VER-0/);
});
