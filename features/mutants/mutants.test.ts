// The list of mutants is in step with the sources, and the report reads cucumber's messages right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { MUTANTS } from './mutants.ts';
import { mutated } from './mutant.ts';
import { firstFailure, summary } from './verdict.ts';

test('every mutant replaces something that is there once, changes it, and still parses', () => {
  assert.ok(MUTANTS.length >= 60, `${MUTANTS.length} mutants`);
  assert.equal(new Set(MUTANTS.map(({ id }) => id)).size, MUTANTS.length);
  for (const mutant of MUTANTS) {
    assert.notEqual(mutant.find, mutant.replace, mutant.id);
    const { diagnostics } = ts.transpileModule(mutated(mutant), { reportDiagnostics: true, compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 } });
    assert.deepEqual((diagnostics ?? []).map(({ messageText }) => `${mutant.id}: ${String(messageText)}`), []);
  }
});

test('a mutant that is out of date says so', () => {
  const [first] = MUTANTS;
  assert.throws(() => mutated({ ...first!, find: 'no such text' }), /has 0 times what it replaces, once is needed/);
});

const MESSAGES = [
  { pickle: { id: 'p1', name: 'Fine', uri: 'a.feature', tags: [] } },
  { pickle: { id: 'p2', name: 'Broken', uri: 'b.feature', tags: [{ name: '@DEL-03' }] } },
  { testCase: { id: 'c1', pickleId: 'p1' } },
  { testCase: { id: 'c2', pickleId: 'p2' } },
  { testCaseStarted: { id: 's1', testCaseId: 'c1' } },
  { testStepFinished: { testCaseStartedId: 's1', testStepResult: { status: 'PASSED' } } },
  { testCaseStarted: { id: 's2', testCaseId: 'c2' } },
  { testStepFinished: { testCaseStartedId: 's2', testStepResult: { status: 'FAILED', message: 'AssertionError: 1' } } },
].map((message) => JSON.stringify(message)).join('\n');

test('the scenario that noticed is found in the messages of the run', () => {
  assert.deepEqual(firstFailure(MESSAGES), { scenario: 'Broken', feature: 'b.feature', tags: ['@DEL-03'], message: 'AssertionError: 1' });
  assert.equal(firstFailure(MESSAGES.replace('FAILED', 'SKIPPED')), undefined);
  assert.equal(firstFailure(''), undefined);
});

test('the report names survivors first', () => {
  const [one, two] = MUTANTS;
  const { text, survived } = summary([{ mutant: one!, caughtBy: firstFailure(MESSAGES) }, { mutant: two!, caughtBy: undefined }]);
  assert.equal(survived, 1);
  assert.match(text, /1 of 2 were caught/);
  assert.ok(text.indexOf(two!.id) < text.indexOf(one!.id));
  assert.match(text, /\*\*nobody\*\*/);
  assert.match(text, /Broken \(b\.feature\)/);
});
