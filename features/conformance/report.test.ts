// From cucumber's messages to reports: outcomes, verdicts, divergences, and every form that a report is written in.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { parseStringPromise } from 'xml2js';
import { badge, badgeWords } from './badge.ts';
import { compare, compareText, readReport } from './compare.ts';
import { junit } from './junit.ts';
import { Outcomes, type Outcome } from './outcome.ts';
import { comparePage } from './page/compare-page.ts';
import { reportPage } from './page/report-page.ts';
import { countOf, isGreen, report, score, type Report, type RunFacts } from './report.ts';
import { parseStatements } from './statements.ts';
import { consequence } from './watch.ts';
import { failureText, painter, progressLine, summaryText } from './words.ts';
import { writeReports } from './write-reports.ts';

const folder = mkdtempSync(join(tmpdir(), 'vic-testbed-report-'));
after(() => rmSync(folder, { recursive: true }));

const at = (seconds: number) => ({ seconds, nanos: 5e8 });
const note = (kind: string, value: object) => ({ attachment: { testCaseStartedId: 's1', mediaType: `application/x.vic-testbed.${kind}+json`, body: JSON.stringify(value), contentEncoding: 'IDENTITY' } });
const stepEnd = (testStepId: string, status: string, message?: string) => ({ testStepFinished: { testCaseStartedId: 's1', testStepId, testStepResult: { status, message, duration: at(0) }, timestamp: at(2) } });

function outcomeOf(...between: readonly object[]): Outcome | undefined {
  const messages = [
    { pickle: { id: 'p', uri: 'features/a.feature', location: { line: 7 }, name: 'A', tags: [{ name: '@LS-10' }, { name: '@esxi' }], steps: [{ id: 'ps', text: 'it fails' }] } },
    { testCase: { id: 'c', pickleId: 'p', testSteps: [{ id: 't1', pickleStepId: 'ps' }, { id: 't2' }] } },
    { testCaseStarted: { id: 's1', testCaseId: 'c', timestamp: at(1) } },
    ...between,
    { testCaseFinished: { testCaseStartedId: 's1', willBeRetried: false, timestamp: at(3) } },
  ];
  const outcomes = new Outcomes();
  return messages.map((message) => outcomes.take(message as unknown as Envelope)).at(-1);
}

const RUN = { argv: ['ls', '--target', 'x'], code: 1, stdout: 'out', stderr: 'err', prompted: false };

test('a failed scenario has its step, its message, its runs, its changes and its trace', () => {
  const outcome = outcomeOf(note('run', RUN), stepEnd('t1', 'FAILED', 'Error: no\n    + expected - actual\n\n    -false\n    +true\n\n    at x'), note('trace', { text: '→ Login' }), note('changes', { rows: ['added | x'] }), stepEnd('t2', 'PASSED'));
  assert.deepEqual(outcome, {
    name: 'A', uri: 'features/a.feature', line: 7, tags: ['LS-10', 'esxi'], end: 'failed', milliseconds: 2000, step: 'it fails', message: 'Error: no\n    at x', runs: [RUN], changes: ['added | x'], trace: '→ Login',
  });
});

test('skipped, unknown and passed steps, and a failure after the last step', () => {
  assert.deepEqual([outcomeOf(note('skipped', { reason: 'no world' }), stepEnd('t1', 'SKIPPED'))].map((one) => [one!.end, one!.reason]), [['skipped', 'no world']]);
  assert.deepEqual([outcomeOf(stepEnd('t1', 'UNDEFINED'))].map((one) => [one!.end, one!.message]), [['failed', 'no such step is known']]);
  assert.equal(outcomeOf(stepEnd('t1', 'PASSED'), stepEnd('t2', 'PASSED'))!.end, 'passed');
  assert.equal(outcomeOf(stepEnd('t1', 'PASSED'), stepEnd('t2', 'FAILED', 'x'))!.step, 'after the last step');
});

const statements = parseStatements(`
statements:
  LS-01: { kind: output, text: "lists <all>" }
  LS-12: { kind: error path, errorPath: true, text: "no target" }
  LS-18: { kind: error path, errorPath: true, text: "no such datacenter" }
  LS-19: { kind: option, text: "asks" }
  LS-20: { kind: option, text: "user" }
  INS-08: { kind: output, text: "docker", untested: guest, reason: "nobody answers", later: "ask" }
  OPS-02: { kind: interoperability, text: "other", untested: design, reason: "another product" }
  CRE-01: { own: true, kind: effect, text: "makes" }
`);

const plain = (name: string, line: number, end: Outcome['end'], tags: readonly string[], more: Partial<Outcome> = {}): Outcome => ({ name, uri: 'features/a.feature', line, tags, end, milliseconds: 1500, runs: [], ...more });
const FAILED = { step: 'it succeeds', message: 'AssertionError: 1 !== 0 </script> & "x"\u0007', runs: [{ ...RUN, stdout: '\x1b[34mINFO\x1b[0m <b>' }], changes: ['removed | /a'], trace: '<soap/>' };
const outcomes = [
  plain('Fails', 9, 'failed', ['LS-12', 'CRE-01'], FAILED),
  plain('Lists', 3, 'passed', ['LS-01']),
  plain('Lists again', 5, 'passed', ['LS-01', 'LS-19']),
  plain('Diverges', 12, 'failed', ['LS-18'], FAILED),
  plain('Typed', 14, 'skipped', ['LS-19'], { reason: 'no terminal' }),
];
const divergences = [{ key: 'LS-18', reason: 'looks nowhere' }, { key: 'Lists', reason: 'was so' }, { key: 'LS-20', reason: 'later' }];
const facts: RunFacts = { subject: 'bin/vic', endpoint: 'vicsim', started: new Date('2026-01-02T03:04:05Z'), milliseconds: 65_432, order: 'random:7', again: ({ uri, line }) => `run ${uri}:${line}` };
const whole: Report = report(facts, statements, outcomes, divergences);

test('statements get the worst result of their scenarios, or why they have none', () => {
  assert.deepEqual(whole.statements.map(({ id, verdict, scenarios }) => [id, verdict, scenarios.length]), [
    ['LS-01', 'passed', 2], ['LS-12', 'failed', 1], ['LS-18', 'known divergence', 1], ['LS-19', 'passed', 2], ['LS-20', 'not run', 0], ['INS-08', 'needs a guest', 0], ['OPS-02', 'design only', 0], ['CRE-01', 'failed', 1],
  ]);
  assert.deepEqual(whole.scenarios.map(({ name, result }) => [name, result]), [['Lists', 'passed'], ['Lists again', 'passed'], ['Fails', 'failed'], ['Diverges', 'known divergence'], ['Typed', 'skipped']]);
  assert.deepEqual(whole.divergences.map(({ key, state }) => [key, state]), [['LS-18', 'seen'], ['Lists', 'passes now'], ['LS-20', 'not run']]);
  assert.deepEqual(score(whole), { met: 2, of: 4, whole: false });
  assert.equal(isGreen(whole), false);
  assert.equal(isGreen(report(facts, statements, outcomes.slice(1), divergences)), true);
  assert.equal(isGreen(report(facts, statements, outcomes, [])), false);
  assert.equal(countOf(whole.scenarios).passed, 2);
});

test('the words of a terminal: failures with how to run them again, progress, and the summary', () => {
  const bare = painter(false);
  const failure = failureText(whole.scenarios[2]!, bare);
  for (const part of ['✗ LS-12 CRE-01 Fails (features/a.feature:9)', 'it succeeds', '1 !== 0', '$ vic-machine ls --target x → 1', 'removed | /a', 'run features/a.feature:9 --keep']) assert.ok(failure.includes(part), part);
  assert.equal(progressLine(['passed', 'failed', 'passed'], 12, 'LS-01 Lists', 80), ' 3/12  ✓ 2  ✗ 1  LS-01 Lists');
  assert.equal(progressLine(['passed'], 12, 'LS-01 a very long name of a scenario', 20).length, 19);
  const summary = summaryText(whole, ['reports/conformance.html'], bare);
  for (const part of ['2 of 4 statements of the guide that were run are met by bin/vic on vicsim', '2 passed, 1 failed, 1 known divergence, 1 not run; 2 more', '1: no terminal', '"Lists" passes now', '"LS-20" was not run', 'order random:7', 'reports/conformance.html']) assert.ok(summary.includes(part), `${part} is not in\n${summary}`);
  assert.ok(painter(true)('red', 'x').startsWith('\x1b[31m'));
});

test('JUnit XML is well formed, counts right, and keeps what failed', async () => {
  const { testsuites } = (await parseStringPromise(junit(whole))) as { testsuites: { $: Record<string, string>; testsuite: { $: Record<string, string>; testcase: { $: Record<string, string>; failure?: { _: string; $: Record<string, string> }[]; skipped?: { $: Record<string, string> }[]; 'system-out'?: string[] }[] }[] } };
  assert.deepEqual([testsuites.$['tests'], testsuites.$['failures'], testsuites.$['skipped'], testsuites.$['time']], ['5', '1', '2', '65.432']);
  const [suite] = testsuites.testsuite;
  assert.equal(suite!.$['name'], 'features/a.feature');
  const [, , fails, diverges, typed] = suite!.testcase;
  assert.equal(fails!.$['time'], '1.500');
  assert.match(fails!.failure![0]!._, /1 !== 0 <\/script> & "x"\ufffd/);
  assert.match(fails!['system-out']![0]!, /\$ vic-machine ls --target x/);
  assert.equal(diverges!.skipped![0]!.$['message'], 'known divergence: looks nowhere');
  assert.equal(typed!.skipped![0]!.$['message'], 'no terminal');
});

test('the badge counts, and its colour says whether all is well', async () => {
  assert.deepEqual(badgeWords(whole), { text: '2 of 4 run, 1 failed, 1 known divergence', colour: '#c0392b' });
  const green = report(facts, statements, ['LS-01', 'LS-12', 'LS-18', 'LS-19', 'LS-20'].map((id, line) => plain(id, line, 'passed', [id])), []);
  assert.deepEqual(badgeWords(green), { text: '5 of 5', colour: '#2e7d32' });
  const { svg } = (await parseStringPromise(badge(green))) as { svg: { title: string[] } };
  assert.deepEqual(svg.title, ['VIC conformance: 5 of 5']);
});

test('the page has every statement, and nothing of a scenario can break out of it', () => {
  const page = reportPage(whole);
  for (const { id } of statements) assert.equal(page.split(`<tr id="${id}"`).length, 2, id);
  assert.match(page, /<tr id="LS-12" data-verdict="failed" data-kind="error path" data-only /);
  assert.match(page, /lists &lt;all&gt;/);
  assert.match(page, /nobody answers\. Later: ask\./);
  assert.match(page, /1 scenario failed/);
  assert.equal(page.split('</script>').length, 3, 'a scenario closed the script');
  const data = JSON.parse(/<script type="application\/json" id="data">(.*)<\/script>/.exec(page)![1]!) as { scenarios: { message?: string; runs: { stdout: string }[]; trace?: string }[] };
  assert.deepEqual([data.scenarios[2]!.message, data.scenarios[2]!.runs[0]!.stdout, data.scenarios[2]!.trace], [FAILED.message, 'INFO <b>', '<soap/>']);
  assert.doesNotMatch(page, /(?:src|href)="(?!#)/, 'the page must need no other file');
});

test('two reports side by side: what differs, in words and as a page', () => {
  const better = report({ ...facts, subject: 'engine' }, statements.filter(({ id }) => id !== 'LS-20'), outcomes.map((outcome) => ({ ...outcome, end: 'passed' as const })), []);
  const compared = compare(whole, better);
  assert.deepEqual(compared.rows.filter(({ different }) => different).map(({ id, verdicts }) => [id, ...verdicts]), [['LS-12', 'failed', 'passed'], ['LS-18', 'known divergence', 'passed'], ['CRE-01', 'failed', 'passed']]);
  const words = compareText(compared, 'reports/compare.html', painter(false));
  for (const part of ['A  2 of 5 met by bin/vic on vicsim', 'B  4 of 4 met by engine on vicsim', '3 statements differ', 'LS-18   known divergence  passed', 'reports/compare.html']) assert.ok(words.includes(part), `${part} is not in\n${words}`);
  assert.match(compareText(compare(better, better), 'f', painter(false)), /Every statement that both ran has the same result/);
  const page = comparePage(compared);
  assert.equal(page.split('class="different" data-only').length, 4);
  assert.match(page, /not in this report/);
  const partly = compare({ ...better, statements: better.statements.map((statement) => ({ ...statement, verdict: 'not run' as const })) }, better);
  assert.match(compareText(partly, 'f', painter(false)), /both ran has the same result[\s\S]*5 statements were run for one of them only/);
});

test('all files are written, and the report can be read again', () => {
  const files = writeReports(whole, ['{"a":1}', '{"b":2}'], join(folder, 'out'), folder);
  assert.deepEqual(files, ['html', 'json', 'xml', 'svg', 'ndjson'].map((type) => `out/conformance.${type}`));
  assert.deepEqual(readdirSync(join(folder, 'out')).sort(), files.map((file) => file.slice(4)).sort());
  assert.equal(readFileSync(join(folder, 'out/conformance.ndjson'), 'utf8'), '{"a":1}\n{"b":2}\n');
  assert.deepEqual(readReport(join(folder, 'out/conformance.json')), whole);
  writeFileSync(join(folder, 'other.json'), '{}');
  assert.throws(() => readReport(join(folder, 'other.json')), /other\.json is no report of this suite/);
});

test('watching: what a changed file asks for', () => {
  assert.deepEqual(['vic/a.feature', 'worlds/x.yaml', 'page/page.js', 'cli/main.ts', 'cli/main.test.ts', 'a.md', ''].map(consequence), ['run', 'run', 'nothing', 'build', 'nothing', 'nothing', 'nothing']);
  assert.equal(consequence('conformance/page/page.js'), 'run');
});
