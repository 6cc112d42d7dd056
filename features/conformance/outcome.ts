// What became of each scenario, read from cucumber's messages as they come. Knows no statements and no files.
import type { Attachment, Envelope, Pickle, Timestamp } from '@cucumber/messages';
import { noteOf, type Notes } from '../support/notes.ts';

export interface Outcome {
  readonly name: string;
  readonly uri: string;
  readonly line: number;
  /** Without their @. */
  readonly tags: readonly string[];
  readonly end: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  /** The step that failed, as it is written, and what it had to say. */
  readonly step?: string;
  readonly message?: string;
  /** Why it was skipped. */
  readonly reason?: string;
  readonly runs: readonly Notes['run'][];
  /** What had changed in the world when it failed. */
  readonly changes?: readonly string[];
  /** SOAP calls until it failed. */
  readonly trace?: string;
}

interface Open {
  readonly pickle: Pickle;
  readonly steps: ReadonlyMap<string, string>;
  readonly started: Timestamp;
  readonly notes: Attachment[];
  failed?: { readonly step: string; readonly message: string };
  skipped: boolean;
}

const milliseconds = ({ seconds, nanos }: Timestamp): number => Number(seconds) * 1000 + nanos / 1e6;

/** Takes messages one by one; gives the outcome of a scenario with the message that ends it. */
export class Outcomes {
  private readonly pickles = new Map<string, Pickle>();
  private readonly cases = new Map<string, { readonly pickle: Pickle; readonly steps: ReadonlyMap<string, string> }>();
  private readonly open = new Map<string, Open>();

  take({ pickle, testCase, testCaseStarted, attachment, testStepFinished, testCaseFinished }: Envelope): Outcome | undefined {
    if (pickle) this.pickles.set(pickle.id, pickle);
    if (testCase) {
      const of = this.pickles.get(testCase.pickleId)!;
      const texts = new Map(of.steps.map(({ id, text }) => [id, text]));
      this.cases.set(testCase.id, { pickle: of, steps: new Map(testCase.testSteps.map(({ id, pickleStepId }) => [id, texts.get(pickleStepId ?? '') ?? 'after the last step'])) });
    }
    if (testCaseStarted) this.open.set(testCaseStarted.id, { ...this.cases.get(testCaseStarted.testCaseId)!, started: testCaseStarted.timestamp, notes: [], skipped: false });
    if (attachment) this.open.get(attachment.testCaseStartedId ?? '')?.notes.push(attachment);
    if (testStepFinished) {
      const scenario = this.open.get(testStepFinished.testCaseStartedId)!;
      const { status, message } = testStepFinished.testStepResult;
      const step = scenario.steps.get(testStepFinished.testStepId) ?? '';
      if (status === 'SKIPPED') scenario.skipped = true;
      else if (status !== 'PASSED') scenario.failed ??= { step, message: plainMessage(message ?? WORDS[status] ?? status) };
    }
    if (!testCaseFinished || testCaseFinished.willBeRetried) return undefined;
    const scenario = this.open.get(testCaseFinished.testCaseStartedId)!;
    this.open.delete(testCaseFinished.testCaseStartedId);
    return outcome(scenario, milliseconds(testCaseFinished.timestamp));
  }
}

/** Without the difference that cucumber adds: the message of an assertion has one of its own, or needs none. */
const plainMessage = (message: string): string => message.replace(/\n\s*\+ expected - actual\n[\s\S]*?(?=\n[^\S\n]+at |$)/, '');

const WORDS: Readonly<Record<string, string>> = { UNDEFINED: 'no such step is known', AMBIGUOUS: 'several steps could be meant', PENDING: 'this step is not written yet' };

function outcome({ pickle, started, notes, failed, skipped }: Open, ended: number): Outcome {
  const read = notes.flatMap((attachment) => noteOf(attachment) ?? []);
  const all = <K extends keyof Notes>(kind: K): readonly Notes[K][] => read.filter((one) => one.kind === kind).map((one) => one.value as Notes[K]);
  const [changes, trace, reason] = [all('changes').at(-1)?.rows, all('trace').at(-1)?.text, all('skipped').at(-1)?.reason];
  return {
    name: pickle.name,
    uri: pickle.uri,
    line: pickle.location?.line ?? 0,
    tags: pickle.tags.map(({ name }) => name.slice(1)),
    end: failed ? 'failed' : skipped ? 'skipped' : 'passed',
    milliseconds: Math.round(ended - milliseconds(started)),
    ...failed,
    ...(failed || !skipped ? {} : { reason: reason ?? 'a step said so' }),
    runs: all('run'),
    ...(changes === undefined ? {} : { changes }),
    ...(trace === undefined ? {} : { trace }),
  };
}
