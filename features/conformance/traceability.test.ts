// The table of statements is read strictly, and what scenarios show is compared with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScenarios, scenariosOf, type Scenario } from './scenarios.ts';
import { parseStatements, readStatements } from './statements.ts';
import { trace } from './traceability.ts';

const TABLE = `
statements:
  INS-10 LS-10: { kind: option, text: "{command} takes a target" }
  LS-12: { kind: error path, errorPath: true, text: "no target, no list" }
  INS-08: { kind: output, text: "docker answers", untested: guest, reason: "no guest", later: "ask it" }
  CRE-01: { own: true, kind: effect, text: "makes a VCH" }
`;

const scenario = (...tags: string[]): Scenario => ({ name: 'S', uri: 'features/a.feature', line: 3, tags });
const everyTag = [scenario('INS-10'), scenario('LS-10', 'LS-12', 'vcenter'), scenario('CRE-01')];

test('statements of several commands are one each, in the words of their command', () => {
  const all = parseStatements(TABLE);
  assert.deepEqual(all.map(({ id, text, errorPath, own }) => [id, text, errorPath, own]), [
    ['INS-10', 'inspect takes a target', false, false],
    ['LS-10', 'ls takes a target', false, false],
    ['LS-12', 'no target, no list', true, false],
    ['INS-08', 'docker answers', false, false],
    ['CRE-01', 'makes a VCH', false, true],
  ]);
  assert.deepEqual(all[3]!.untested, { because: 'guest', reason: 'no guest', later: 'ask it' });
});

test('a table that makes no sense is refused with all that is wrong', () => {
  const wrong = `
statements:
  DEL-1 LS-1: { kind: options, text: "x", why: 1 }
  LS-1: { kind: option, text: "" }
  LS-2: { kind: option, text: "x", untested: guest, reason: "y" }
  LS-3: { kind: option, text: "x", untested: never, reason: "y" }
  LS-4: { kind: option, text: "x", reason: "y" }
  ls5: { kind: option, text: "x" }
pending: [LS-1]
`;
  assert.throws(() => parseStatements(wrong), (error: Error) => {
    for (const part of ['unknown field "why"', 'kind "options" is none of', 'LS-1 is there twice', 'LS-1: text is missing', 'LS-2: later is missing', 'LS-3: untested "never"', 'LS-4: untested and reason', '"ls5" is no ID', 'unknown key "pending"']) {
      assert.ok(error.message.includes(part), `${part} is not in: ${error.message}`);
    }
    return true;
  });
});

test('scenarios and statements that fit are no problem', () => {
  const { problems, counts } = trace(parseStatements(TABLE), everyTag);
  assert.deepEqual(problems, []);
  assert.deepEqual(counts, { statements: 5, shown: 4, untested: 1, scenarios: 3 });
});

test('a statement without scenario or reason is a problem', () => {
  const without = everyTag.slice(0, 2);
  assert.deepEqual(trace(parseStatements(TABLE), without).problems, ['CRE-01 has no scenario: makes a VCH']);
});

test('an unknown statement and a shown one that has a reason not to be are problems', () => {
  const { problems } = trace(parseStatements(TABLE), [...everyTag, scenario('DEL-99'), scenario('INS-08')]);
  assert.deepEqual(problems, [
    'features/a.feature:3 has the tag @DEL-99, and there is no such statement',
    'INS-08 is said to be untested, but features/a.feature:3 shows it',
  ]);
});

test('every row of an outline is a scenario with the tags of feature, outline and examples', () => {
  const text = '@a\nFeature: F\n  @LS-10\n  Scenario Outline: <x>\n    Given <x>\n    @b\n    Examples:\n      | x |\n      | 1 |\n      | 2 |\n';
  assert.deepEqual(scenariosOf(text, 'f.feature'), [
    { name: '1', uri: 'f.feature', line: 9, tags: ['a', 'LS-10', 'b'] },
    { name: '2', uri: 'f.feature', line: 10, tags: ['a', 'LS-10', 'b'] },
  ]);
});

test('the table has every statement of the guide; all but 2 that need a guest and 16 about design are shown', () => {
  const guide = readStatements().filter(({ own }) => !own);
  const count = (because?: string) => guide.filter(({ untested }) => untested?.because === because).length;
  assert.deepEqual([guide.length, count(), count('guest'), count('design')], [203, 185, 2, 16]);
  assert.equal(guide.filter(({ errorPath }) => errorPath).length, 29);
  assert.deepEqual(trace(readStatements(), readScenarios()).problems, []);
});
