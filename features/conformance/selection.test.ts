// What the command line means: flags, scenarios, divergences; and what is said when it means nothing.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { covers, parseDivergences } from './divergences.ts';
import { helpText, parseOptions, sameRun, subjectName, UsageError } from './options.ts';
import type { Scenario } from './scenarios.ts';
import { hider } from './secrets.ts';
import { select } from './selection.ts';
import { parseStatements } from './statements.ts';

const folder = mkdtempSync(join(tmpdir(), 'vic-testbed-options-'));
after(() => rmSync(folder, { recursive: true }));
const divergences = join(folder, 'known.yaml');
writeFileSync(divergences, 'LS-12: x\n');

test('without flags everything runs, here, in its order', () => {
  assert.deepEqual(parseOptions([], folder), {
    subject: 'engine', endpoint: 'in-process', divergences: undefined, only: [], tags: undefined, paths: [], parallel: undefined, order: 'defined', keep: false, watch: false,
    failFast: false, list: false, reports: join(folder, 'reports'), help: false, compare: undefined,
  });
});

test('flags are read, and paths are relative to the directory', () => {
  const options = parseOptions(['--subject', 'command', '--endpoint=https://u:p%40@h/sdk', '--divergences', 'known.yaml', '--only', 'DEL-03', '--only', 'LS', '--order', 'random:7', '--parallel', '3', 'ls.feature:4'], folder);
  assert.deepEqual([options.only, options.order, options.parallel, options.paths, options.divergences], [['DEL-03', 'LS'], 'random:7', 3, ['ls.feature:4'], divergences]);
  assert.deepEqual(sameRun(options, folder), ['--subject', 'command', '--endpoint', 'https://u:******@h/sdk', '--divergences', 'known.yaml']);
  assert.equal(parseOptions(['--subject', process.execPath], folder).subject, process.execPath);
  assert.equal(subjectName({ subject: join(folder, 'bin/vic') }, folder), 'bin/vic');
  assert.deepEqual(parseOptions(['--compare', 'known.yaml', 'known.yaml'], folder).compare, [divergences, divergences]);
});

test('every mistake is told at once, with what would be right', () => {
  const said = (...argv: string[]): string => {
    try {
      parseOptions(argv, folder);
    } catch (error) {
      assert.ok(error instanceof UsageError);
      return error.message;
    }
    return assert.fail('it was taken');
  };
  assert.match(said('--subjct', 'x'), /no flag --subjct \(did you mean --subject\?\)/);
  assert.match(said('--only'), /argument missing/);
  const all = said('--subject', 'none', '--endpoint', 'vcsim', '--divergences', 'none.yaml', '--order', 'up', '--parallel', '0', '--keep', '--watch', 'foo');
  for (const part of [/--subject: there is no file ".*none"; give engine, command/, /--endpoint: "vcsim" is neither in-process/, /--divergences: there is no file/, /--order "up" is none of defined, random/, /--parallel "0" is no number from 1/, /--keep and --watch/, /"foo" is no FILE\.feature/]) assert.match(all, part);
  assert.match(said('--keep', '--parallel', '2'), /--keep keeps one world/);
  assert.match(said('--compare', 'known.yaml'), /two reports/);
  assert.match(said('--compare', 'known.yaml', 'b.json'), /--compare: there is no file/);
  for (const flag of ['--subject WHAT', '--keep', '-h, --help', '--compare A.json B.json']) assert.ok(helpText().includes(flag), flag);
});

const statements = parseStatements(`
statements:
  LS-2 LS-10: { kind: option, text: a }
  LS-12: { kind: option, text: c }
  INS-08: { kind: output, text: d, untested: guest, reason: "nobody answers", later: "ask" }
`);
const scenario = (uri: string, line: number, name: string, ...tags: string[]): Scenario => ({ uri: `features/${uri}`, line, name, tags });
const scenarios = [
  scenario('x/ls.feature', 3, 'Two', 'LS-2', 'vcenter'),
  scenario('x/ls.feature', 9, 'Ten', 'LS-10', 'LS-12', 'esxi'),
  scenario('y/own.feature', 4, 'Ours', 'LS-12', 'own'),
  scenario('y/sim.feature', 5, 'Simulator'),
];
const chosen = (flags: Partial<Parameters<typeof select>[2]>): readonly string[] => select(scenarios, statements, { only: [], tags: undefined, paths: [], subject: 'engine', ...flags }).map(({ name }) => name);

test('the scenarios of statements run; of another subject only what is not ours alone', () => {
  assert.deepEqual(chosen({}), ['Two', 'Ten', 'Ours']);
  assert.deepEqual(chosen({ subject: 'command' }), ['Two', 'Ten', 'Ours']);
  assert.deepEqual(chosen({ subject: '/some/vic-machine' }), ['Two', 'Ten']);
});

test('statements, families, tags and places narrow the choice', () => {
  assert.deepEqual(chosen({ only: ['LS-12'] }), ['Ten', 'Ours']);
  assert.deepEqual(chosen({ only: ['@ls-2', 'LS-10'] }), ['Two', 'Ten']);
  assert.deepEqual(chosen({ only: ['LS'], tags: '@esxi or @own' }), ['Ten', 'Ours']);
  assert.deepEqual(chosen({ paths: ['features/x/ls.feature:9'] }), ['Ten']);
  assert.deepEqual(chosen({ paths: ['ls.feature', './features/y/own.feature:4'] }), ['Two', 'Ten', 'Ours']);
});

test('a choice of nothing says why', () => {
  assert.throws(() => chosen({ only: ['LS-3'] }), /no statement "LS-3"; there are LS-2 to LS-12/);
  assert.throws(() => chosen({ only: ['XX-1'] }), /there are the families LS, INS/);
  assert.throws(() => chosen({ only: ['INS-08'] }), /no scenario shows INS-08: nobody answers/);
  assert.throws(() => chosen({ tags: '@a and' }), /--tags "@a and" makes no sense/);
  assert.throws(() => chosen({ tags: '@nosuch' }), /no scenario .* is left by --tags "@nosuch"/);
  assert.throws(() => chosen({ paths: ['no.feature'] }), /no feature "no\.feature"; there are features\/x\/ls\.feature/);
  assert.throws(() => chosen({ paths: ['ls.feature:4'] }), /no scenario in line 4; it has them in 3, 9/);
  assert.throws(() => chosen({ only: ['LS-12'], tags: '@own', subject: '/x' }), /@own are for our vic-machine alone/);
});

test('divergences are of statements or of scenarios by name', () => {
  const read = parseDivergences('# why\nLS-12: lists too much\n"Two": says it otherwise\n', 'f.yaml', scenarios);
  assert.deepEqual(read, [{ key: 'LS-12', reason: 'lists too much' }, { key: 'Two', reason: 'says it otherwise' }]);
  assert.deepEqual(scenarios.map((one) => read.filter((divergence) => covers(divergence, one)).length), [1, 1, 1, 0]);
  assert.deepEqual(parseDivergences('', 'f.yaml', scenarios), []);
});

test('divergences of what is not there are refused', () => {
  const refused = (text: string, ...parts: readonly RegExp[]): void => assert.throws(() => parseDivergences(text, 'f.yaml', scenarios), (error: Error) => parts.every((part) => (assert.match(error.message, part), true)));
  refused('LS-99: x\nTwi: y\nLS-12: {}\n', /no scenario shows a statement LS-99/, /"Twi" is neither a statement nor the name of a scenario \(did you mean "Two"\?\)/, /"LS-12" needs a reason/);
  refused('- LS-12', /must be a map/);
  refused('a: [', /f\.yaml: /);
});

test('the password of a real endpoint is hidden however it is spelled', () => {
  const hide = hider(`https://root:${encodeURIComponent('s"e/c')}@h/sdk`);
  assert.equal(hide(JSON.stringify({ argv: ['-p', 's"e/c', '-t', 'https://root:s%22e%2Fc@h'] })), '{"argv":["-p","******","-t","https://root:******@h"]}');
  assert.equal(hider('in-process')('{"argv":["VMware1!"]}'), '{"argv":["VMware1!"]}');
  assert.equal(hider('https://root:@h/sdk')('{"a":"b"}'), '{"a":"b"}');
});
