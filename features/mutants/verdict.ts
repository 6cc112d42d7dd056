// What became of a mutant, read from cucumber's messages, and the report of all. Pure.
import type { Mutant } from './mutant.ts';

export interface Failure {
  readonly scenario: string;
  readonly feature: string;
  readonly tags: readonly string[];
  /** What the step that failed had to say. */
  readonly message: string;
}

export interface Verdict {
  readonly mutant: Mutant;
  readonly caughtBy: Failure | undefined;
  readonly problem?: string;
}

interface Message {
  readonly pickle?: { readonly id: string; readonly name: string; readonly uri: string; readonly tags: readonly { readonly name: string }[] };
  readonly testCase?: { readonly id: string; readonly pickleId: string };
  readonly testCaseStarted?: { readonly id: string; readonly testCaseId: string };
  readonly testStepFinished?: { readonly testCaseStartedId: string; readonly testStepResult: { readonly status: string; readonly message?: string } };
}

/** The first scenario that failed in a run; undefined when none did. `ndjson`: cucumber messages, one a line. */
export function firstFailure(ndjson: string): Failure | undefined {
  const messages = ndjson.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Message);
  const failed = messages.find(({ testStepFinished }) => testStepFinished?.testStepResult.status === 'FAILED')?.testStepFinished;
  if (!failed) return undefined;
  const testCaseId = messages.find(({ testCaseStarted }) => testCaseStarted?.id === failed.testCaseStartedId)?.testCaseStarted?.testCaseId;
  const pickleId = messages.find(({ testCase }) => testCase?.id === testCaseId)?.testCase?.pickleId;
  const pickle = messages.find((message) => message.pickle?.id === pickleId)?.pickle;
  return pickle && { scenario: pickle.name, feature: pickle.uri, tags: pickle.tags.map(({ name }) => name), message: failed.testStepResult.message ?? '' };
}

/** The report: a table in the order of the list of mutants, survivors first. */
export function summary(verdicts: readonly Verdict[]): { readonly text: string; readonly json: object; readonly survived: number } {
  const survivors = verdicts.filter(({ caughtBy }) => !caughtBy);
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const row = ({ mutant, caughtBy, problem }: Verdict): string =>
    `| ${mutant.id} | ${cell(mutant.defect)} | ${mutant.file} | ${caughtBy ? cell(`${caughtBy.scenario} (${caughtBy.feature})`) : `**nobody**${problem === undefined ? '' : `: ${cell(problem)}`}`} |`;
  const order = [...survivors, ...verdicts.filter(({ caughtBy }) => caughtBy).sort((a, b) => (a.mutant.id < b.mutant.id ? -1 : 1))];
  return {
    text: [`# Deliberate defects`, '', `${verdicts.length - survivors.length} of ${verdicts.length} were caught.`, '', '| mutant | defect | file | caught by |', '|---|---|---|---|', ...order.map(row), ''].join('\n'),
    json: { caught: verdicts.length - survivors.length, of: verdicts.length, mutants: order.map(({ mutant, caughtBy, problem }) => ({ id: mutant.id, defect: mutant.defect, file: mutant.file, caughtBy: caughtBy ?? null, ...(problem === undefined ? {} : { problem }) })) },
    survived: survivors.length,
  };
}
