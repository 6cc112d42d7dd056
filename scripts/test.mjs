// `npm test`: type check (the build), schema check, lint, unit tests and features under c8, and one closing line of
// counts. Stops at nothing: every stage runs, so one run shows all there is to mend.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const bin = (name) => join(root, 'node_modules/.bin', name);
const failed = [];

function stage(title, command, args, env = {}) {
  const started = process.hrtime.bigint();
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ...env } });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const ok = result.status === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${title} (${seconds.toFixed(1)} s)`);
  if (!ok) {
    failed.push(title);
    process.stdout.write(result.stdout);
  }
  return result.stdout;
}

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? testFiles(join(folder, entry.name)) : entry.name.endsWith('.test.js') ? [join(folder, entry.name)] : [],
  );
}

const count = (text, pattern) => Number(pattern.exec(text)?.[1] ?? 0);

rmSync(join(root, 'coverage'), { recursive: true, force: true });
mkdirSync(join(root, 'reports'), { recursive: true });
stage('types and build', process.execPath, ['scripts/build.mjs', '--force']);
stage('types.d.ts matches schema.json', process.execPath, ['dist/scripts/schema/types.js', '--check']);
stage('README tables match the code', process.execPath, ['dist/scripts/readme.js', '--check']);
stage('lint', bin('eslint'), ['.', '--max-warnings', '0']);
stage('no import cycles', process.execPath, ['scripts/cycles.mjs']);
stage('every statement has a scenario or a reason', process.execPath, ['dist/features/conformance/check.js']);

const files = ['core', 'simulator', 'features', 'scripts', 'examples'].flatMap((room) => testFiles(join(root, 'dist', room)));
const c8 = (...rest) => ['--clean=false', '--temp-directory', 'coverage/tmp', '--reporter', 'none', ...rest];
const unit = stage('unit tests', bin('c8'), c8(process.execPath, '--test', '--test-reporter=tap', ...files));
const cucumber = ['node_modules/@cucumber/cucumber/bin/cucumber.js', '--parallel', String(availableParallelism())];
const features = stage('features', bin('c8'), c8(process.execPath, ...cucumber));
const spawned = existsSync(join(root, 'dist/features')) ? stage('features against a spawned vicsim', process.execPath, [...cucumber, '-p', 'spawn']) : '';
process.stdout.write(stage('fuzz, a short run', process.execPath, ['scripts/fuzz/run.mjs', '--inputs', '30000']).split('\n').slice(-2).join('\n'));
process.stdout.write(stage('mixed clients and trouble for 15 s', process.execPath, ['scripts/soak/run.mjs', '--minutes', '0.25']));
process.stdout.write(stage('killed under load, and nothing lost', process.execPath, ['scripts/crash/run.mjs', '--rounds', '5']));
const coverage = stage('coverage', bin('c8'), ['report', '--temp-directory', 'coverage/tmp', '--reporter', 'text-summary', '--reporter', 'lcov']);
process.stdout.write(coverage);

const passedUnit = count(unit, /^# pass (\d+)/m);
const failedUnit = count(unit, /^# fail (\d+)/m);
const skipped = count(unit, /^# skipped (\d+)/m);
const scenarios = (text) => ({ all: count(text, /^(\d+) scenarios?/m), failed: count(text, /^\d+ scenarios? \(.*?(\d+) failed/m) });
const inProcess = scenarios(features);
const overTls = scenarios(spawned);
console.log(`unit tests: ${passedUnit} passed, ${failedUnit} failed; scenarios: ${inProcess.all - inProcess.failed} passed in process, ${overTls.all - overTls.failed} passed over TLS, ${inProcess.failed + overTls.failed} failed`);
if (failed.length > 0) console.log(`failed stages: ${failed.join(', ')}`);
const failures = failedUnit + inProcess.failed + overTls.failed;
const stagesWithoutCount = failed.length > 0 && failures === 0 ? failed.length : 0;
console.log(`${passedUnit + inProcess.all + overTls.all - inProcess.failed - overTls.failed} passed, ${failures + stagesWithoutCount} failed, ${skipped} skipped`);
process.exitCode = failed.length === 0 ? 0 : 1;
