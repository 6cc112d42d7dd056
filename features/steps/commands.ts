// Running vic-machine, and what it said.
import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { EXIT } from '../../core/cli/exit-codes.ts';
import { clientAddress, nameOf } from '../support/appliances.ts';
import { nothingChanged, onlyGone } from '../support/changed.ts';
import type { Testbed } from '../support/world.ts';

async function run(world: Testbed, line: string, typed?: string, times = 1): Promise<'skipped' | undefined> {
  const [, ...argv] = words(await world.filled(filledIn(world, line)));
  return world.runSubject(argv, typed, times);
}

/** What a step says of the endpoint without knowing it. */
function filledIn({ place }: Testbed, text: string): string {
  const url = place && new URL(place.url);
  return text
    // Where others have datacenters, ours must be named, unless the scenario names one.
    .replace(/<(host|target)>(?!\/\w)/g, `${url?.host ?? ''}${place?.datacenter ?? ''}`)
    .replace(/<(host|target)>/g, url?.host ?? '')
    .replaceAll('<port>', url?.port ?? '')
    .replaceAll('<user>', place?.user ?? '')
    .replaceAll('<password>', place?.password ?? '');
}

/** Splits like a shell: blanks separate, single quotes keep. */
const words = (line: string): string[] => [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));

When('I run {string}', function (this: Testbed, line: string) {
  return run(this, line);
});

When('I run {string} twice at once', function (this: Testbed, line: string) {
  return run(this, line, undefined, 2);
});

When('I run {string} and type the password', function (this: Testbed, line: string) {
  return run(this, line, this.place!.password);
});

Given('I have run {string}', async function (this: Testbed, line: string) {
  if ((await run(this, line)) === 'skipped') return 'skipped';
  assert.equal(this.run!.code, 0, shown(this));
  this.checked = true;
  // What sets the scene is not a change of the scenario's.
  this.before = undefined;
  return undefined;
});

const last = (world: Testbed) => {
  assert.ok(world.run, 'nothing was run');
  return world.run;
};

Given('the environment variable {string} is {string}', function (this: Testbed, name: string, value: string) {
  this.environment[name] = filledIn(this, value);
});

/** All that a run said: no colours, no log prefixes, blanks folded, in lower case. */
function said(world: Testbed): string {
  const { stdout, stderr } = last(world);
  return folded(plainLines(`${stdout}\n${stderr}`).join('\n'));
}

const folded = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

/** Lines without colours and without what loggers put before a line: `INFO[2016-08-12T13:46:35-05:00] `. */
const plainLines = (text: string): string[] =>
  text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').split(/\r?\n|\r/).map((line) => line.replace(/^(INFO|WARN|ERRO|DEBU|FATA)\[[^\]]*\] ?/, '').trim());

const shown = (world: Testbed): string => {
  const { code, stdout, stderr } = last(world);
  return `exit code ${code}\nstdout:\n${stdout}\nstderr:\n${stderr}`;
};

Then('it succeeds', function (this: Testbed) {
  this.checked = true;
  assert.equal(last(this).code, 0, shown(this));
});

/** The command that the last run was: 'ls', 'inspect', 'delete'. */
const verb = (world: Testbed): string => last(world).argv[0] ?? '';

Then('it works on {string}', async function (this: Testbed, name: string) {
  this.checked = true;
  assert.equal(last(this).code, 0, shown(this));
  const command = verb(this);
  if (command === 'delete') return onlyGone(this, name);
  await nothingChanged(this);
  if (command === 'ls') return assert.ok(plainLines(last(this).stdout).some((line) => line.split(/\s{2,}/)[2] === nameOf(name)), shown(this));
  assert.equal(command, 'inspect');
  const address = await clientAddress(this, name);
  assert.ok(plainLines(last(this).stdout).some((line) => line.startsWith(`DOCKER_HOST=${address}:`)), shown(this));
});

/** A crash is no failure that anybody asked for. */
function checkFailed(world: Testbed): void {
  world.checked = true;
  const { code } = last(world);
  assert.ok(code !== 0 && code !== EXIT.bug && code < 128, shown(world));
}

Then('it fails', function (this: Testbed) {
  checkFailed(this);
});

Then('it fails as a usage error', function (this: Testbed) {
  checkFailed(this);
  if (this.subject.own) assert.equal(last(this).code, EXIT.usage, shown(this));
});

Then('it says {string}', function (this: Testbed, text: string) {
  assert.ok(said(this).includes(folded(filledIn(this, text))), `it does not say "${text}"\n${shown(this)}`);
});

Then('it says one of:', function (this: Testbed, table: DataTable) {
  assert.ok(table.raw().some(([text]) => said(this).includes(folded(filledIn(this, text!)))), shown(this));
});

Then('it does not say {string}', function (this: Testbed, text: string) {
  assert.ok(!said(this).includes(folded(filledIn(this, text))), `it says "${text}"\n${shown(this)}`);
});

/** The quoted values below the line `Suggested values for <flag>:`. */
function suggested(world: Testbed, flag: string): string[] | undefined {
  const { stdout, stderr } = last(world);
  const lines = plainLines(`${stdout}\n${stderr}`);
  const start = lines.findIndex((line) => line.toLowerCase() === `suggested values for ${flag}:`);
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !/^".*"$/.test(line));
  return (end < 0 ? rest : rest.slice(0, end)).map((line) => line.slice(1, -1));
}

Then('it suggests for {string}:', function (this: Testbed, flag: string, table: DataTable) {
  const values = suggested(this, flag);
  assert.ok(values, `nothing is suggested for ${flag}\n${shown(this)}`);
  assert.deepEqual([...values].sort(), table.raw().map(([value]) => value!).sort(), shown(this));
});

Then('it asks for the password', function (this: Testbed) {
  assert.ok(last(this).prompted, shown(this));
});

Then('it does not ask for the password', function (this: Testbed) {
  assert.ok(!last(this).prompted, shown(this));
});

Then('it prints in order:', async function (this: Testbed, table: DataTable) {
  const wanted = await Promise.all(table.raw().map(([line]) => this.filled(line!)));
  const { stdout } = last(this);
  const lines = plainLines(stdout).filter((line) => line !== '');
  assert.deepEqual(lines.filter((line) => wanted.includes(line)), wanted, shown(this));
});

Then('the exit code is {int}', function (this: Testbed, code: number) {
  const { code: actual, stdout, stderr } = last(this);
  this.checked = true;
  assert.equal(actual, code, `stdout:\n${stdout}\nstderr:\n${stderr}`);
});

Then('the files written are {string}', async function (this: Testbed, names: string) {
  assert.equal((await this.written()).join(', '), names);
});

Then('stdout has {string}', function (this: Testbed, text: string) {
  assert.ok(last(this).stdout.includes(text), `stdout has no "${text}"\n${shown(this)}`);
});

Then('stderr has {string}', function (this: Testbed, text: string) {
  assert.ok(last(this).stderr.includes(text), `stderr has no "${text}"\n${shown(this)}`);
});

Then('the table is:', function (this: Testbed, table: DataTable) {
  const { stdout } = last(this);
  const [header, ...expected] = table.raw();
  const lines = plainLines(stdout).filter((line) => line !== '').map((line) => line.split(/\s{2,}/));
  // Others say something before the table.
  const rows = lines.slice(Math.max(0, lines.findIndex((row) => isDeepStrictEqual(row, header))));
  assert.deepEqual(rows[0], header, stdout);
  const body = rows.slice(1);
  assert.equal(body.length, expected.length, stdout);
  for (const [i, row] of expected.entries()) {
    for (const [j, cell] of row.entries()) assert.match(body[i]![j]!, new RegExp(`^${cell}$`), stdout);
  }
});

Then('the program is installed as {string}', function (this: Testbed, names: string) {
  const { bin } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { bin: Record<string, string> };
  const wanted = names.split(', ');
  assert.deepEqual(wanted.filter((name) => bin[name] === bin['vic-machine']), wanted);
});
