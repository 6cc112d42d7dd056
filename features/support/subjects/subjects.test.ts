// Programs as subjects: what they are given, how their ends are told, and typing at a terminal. The program is node.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { programProblem, subjectOf } from './index.ts';
import { programSubject } from './program.ts';
import { terminalObstacle } from './terminal.ts';

const directory = mkdtempSync(join(tmpdir(), 'vic-testbed-subject-'));
after(() => rmSync(directory, { recursive: true }));

const running = (script: string, limit = 30_000) => programSubject({ name: 'x', own: false, command: [process.execPath, '-e', script, 'vic-machine'], limit });
const here = { directory, environment: { VIC_MACHINE_TARGET: 'there' } };

test('it runs in the scenario\'s directory, with its arguments and environment and little of ours', async () => {
  process.env['VIC_TESTBED_SECRET'] = 'ours';
  const subject = running('console.log(JSON.stringify({ argv: process.argv.slice(2), cwd: process.cwd(), home: process.env.HOME, target: process.env.VIC_MACHINE_TARGET, ours: process.env.VIC_TESTBED_SECRET, tty: process.stdin.isTTY })); console.error("beside")');
  const { code, stdout, stderr, prompted } = await subject.run(['ls', '--target', 'a b'], here);
  delete process.env['VIC_TESTBED_SECRET'];
  assert.deepEqual(JSON.parse(stdout), { argv: ['ls', '--target', 'a b'], cwd: directory, home: directory, target: 'there' });
  assert.deepEqual([code, stderr, prompted], [0, 'beside\n', false]);
});

test('exit codes are kept, and an end by a signal is one above 128', async () => {
  assert.equal((await running('process.exit(7)').run([], here)).code, 7);
  assert.equal((await running('process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60000)').run([], here)).code, 143);
});

test('a program that does not end is stopped, with what it said', async () => {
  await assert.rejects(running('console.log("waiting for Godot"); setInterval(() => {}, 1000)', 1000).run([], here), /did not end within 1 s[\s\S]*waiting for Godot/);
});

test('a password is typed at the question for it', async (t) => {
  const obstacle = await terminalObstacle();
  if (obstacle !== undefined) return t.skip(obstacle);
  const asking = running('process.stderr.write("INFO Please enter ESX or vCenter password: "); process.stdin.setRawMode(true); process.stdin.once("data", (d) => { console.log("\\ngot " + String(d).trim() + " " + process.stdout.isTTY); process.exit(3); })');
  const { code, stdout, prompted } = await asking.run([], { ...here, typed: 'pass word' });
  assert.deepEqual([code, prompted], [3, true]);
  assert.match(stdout, /\ngot pass word true\n$/);
  const silent = await running('console.log("no question, but a password: here")').run([], { ...here, typed: 'x' });
  assert.deepEqual([silent.code, silent.prompted], [0, false]);
  await assert.rejects(running('process.stdout.write("Password: "); setInterval(() => {}, 1000)', 1000).run([], { ...here, typed: 'x' }), /did not end/);
  return undefined;
});

test('our command asks at a terminal too', async (t) => {
  const obstacle = await terminalObstacle();
  if (obstacle !== undefined) return t.skip(obstacle);
  const { code, stdout, prompted } = await subjectOf('command').run(['ls', '--target', '127.0.0.1:1', '--user', 'root'], { directory, environment: {}, typed: 'x' });
  assert.deepEqual([code, prompted], [1, true]);
  assert.match(stdout, /127\.0\.0\.1:1/);
  return undefined;
});

test('a subject is the engine, the command or a program that can be run', async () => {
  assert.deepEqual([subjectOf('engine').own, subjectOf('command').own, subjectOf(process.execPath).own], [true, true, false]);
  const file = join(directory, 'vic-machine');
  assert.match(programProblem(file)!, /there is no file/);
  writeFileSync(file, '#!/bin/sh\nexit 4\n');
  assert.match(programProblem(file)!, /not executable/);
  assert.match(programProblem(directory)!, /is no file/);
  assert.throws(() => subjectOf(file), /not executable/);
  chmodSync(file, 0o755);
  assert.equal((await subjectOf(file).run([], here)).code, 4);
});
