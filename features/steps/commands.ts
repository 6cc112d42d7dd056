// Running vic-machine, and what it said.
import { Then, When, type DataTable } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import { runSubject } from '../support/subject.ts';
import type { Testbed } from '../support/world.ts';

async function run(world: Testbed, line: string, typed?: string): Promise<void> {
  await world.lookFirst();
  world.mustBeChecked();
  const { endpoint } = world;
  const host = endpoint ? new URL(endpoint.url).host : '';
  const filled = line
    .replaceAll('<host>', host)
    .replaceAll('<target>', host)
    .replaceAll('<user>', endpoint?.user ?? '')
    .replaceAll('<password>', endpoint?.password ?? '');
  const [, ...argv] = words(filled);
  world.run = await runSubject(argv, await world.directory(), typed);
  world.checked = false;
}

/** Splits like a shell: blanks separate, single quotes keep. */
const words = (line: string): string[] => [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));

When('I run {string}', function (this: Testbed, line: string) {
  return run(this, line);
});

When('I run {string} and type the password', function (this: Testbed, line: string) {
  return run(this, line, this.endpoint!.password);
});

const last = (world: Testbed) => {
  assert.ok(world.run, 'nothing was run');
  return world.run;
};

Then('the exit code is {int}', function (this: Testbed, code: number) {
  const { code: actual, stdout, stderr } = last(this);
  this.checked = true;
  assert.equal(actual, code, `stdout:\n${stdout}\nstderr:\n${stderr}`);
});

Then('the files written are {string}', async function (this: Testbed, names: string) {
  assert.equal((await this.written()).join(', '), names);
});

Then('stdout has {string}', function (this: Testbed, text: string) {
  assert.ok(last(this).stdout.includes(text), last(this).stdout);
});

Then('stderr has {string}', function (this: Testbed, text: string) {
  assert.ok(last(this).stderr.includes(text), last(this).stderr);
});

Then('stdout has these lines in order:', function (this: Testbed, table: DataTable) {
  const lines = last(this).stdout.split('\n').map((line) => line.trim());
  const wanted = table.raw().map(([line]) => line!);
  assert.deepEqual(lines.filter((line) => wanted.includes(line)), wanted, last(this).stdout);
  assert.equal(lines.filter((line) => line !== '').at(-1), wanted.at(-1));
});

Then('the table is:', function (this: Testbed, table: DataTable) {
  const { stdout } = last(this);
  const rows = stdout.split('\n').filter((line) => line.trim() !== '').map((line) => line.trim().split(/\s{2,}/));
  const [header, ...expected] = table.raw();
  assert.deepEqual(rows[0], header, stdout);
  const body = rows.slice(1);
  assert.equal(body.length, expected.length, stdout);
  for (const [i, row] of expected.entries()) {
    for (const [j, cell] of row.entries()) assert.match(body[i]![j]!, new RegExp(`^${cell}$`), stdout);
  }
});
