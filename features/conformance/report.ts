// The report of a run: every statement with its result, every scenario with what it did. Pure; others give it its looks.
import { covers, type Divergence } from './divergences.ts';
import type { Outcome } from './outcome.ts';
import { shows } from './selection.ts';
import type { Statement } from './statements.ts';

export type Result = 'passed' | 'failed' | 'known divergence' | 'skipped';

export interface ScenarioReport extends Omit<Outcome, 'end'> {
  readonly result: Result;
  /** Why it may fail, for a known divergence. */
  readonly divergence?: string;
  /** The command that runs just this one again. */
  readonly again: string;
}

/** What is known of a statement after a run: of those without scenarios, why. */
export type Verdict = Result | 'not run' | 'needs a guest' | 'design only';

export interface StatementReport {
  readonly id: string;
  readonly kind: string;
  readonly text: string;
  readonly errorPath: boolean;
  readonly own: boolean;
  readonly verdict: Verdict;
  readonly milliseconds: number;
  /** Positions in the list of scenarios. */
  readonly scenarios: readonly number[];
  /** Why no scenario shows it. */
  readonly reason?: string;
  readonly later?: string;
}

export interface DivergenceReport extends Divergence {
  /** Whether the subject still diverges. */
  readonly state: 'seen' | 'passes now' | 'not run';
}

export interface Report {
  readonly format: 1;
  readonly subject: string;
  readonly endpoint: string;
  /** ISO 8601. */
  readonly started: string;
  readonly milliseconds: number;
  readonly order: string;
  readonly statements: readonly StatementReport[];
  readonly scenarios: readonly ScenarioReport[];
  readonly divergences: readonly DivergenceReport[];
}

export interface RunFacts {
  readonly subject: string;
  readonly endpoint: string;
  readonly started: Date;
  readonly milliseconds: number;
  readonly order: string;
  /** The command that runs one scenario again. */
  readonly again: (outcome: Outcome) => string;
}

/** One outcome in the light of the divergences. */
export function judged(outcome: Outcome, divergences: readonly Divergence[], again: string): ScenarioReport {
  const { end, ...rest } = outcome;
  const known = end === 'failed' ? divergences.find((divergence) => covers(divergence, outcome)) : undefined;
  return { ...rest, again, result: known ? 'known divergence' : end, ...(known ? { divergence: known.reason } : {}) };
}

/** Puts the report together; scenarios come in the order of their files. */
export function report(facts: RunFacts, statements: readonly Statement[], outcomes: readonly Outcome[], divergences: readonly Divergence[]): Report {
  const sorted = [...outcomes].sort((a, b) => (a.uri === b.uri ? a.line - b.line : a.uri < b.uri ? -1 : 1));
  const scenarios = sorted.map((outcome) => judged(outcome, divergences, facts.again(outcome)));
  return {
    format: 1,
    subject: facts.subject,
    endpoint: facts.endpoint,
    started: facts.started.toISOString(),
    milliseconds: Math.round(facts.milliseconds),
    order: facts.order,
    statements: statements.map((statement) => statementReport(statement, scenarios)),
    scenarios,
    divergences: divergences.map((divergence) => ({ ...divergence, state: stateOf(divergence, scenarios) })),
  };
}

function statementReport({ untested, ...statement }: Statement, scenarios: readonly ScenarioReport[]): StatementReport {
  const positions = scenarios.flatMap((scenario, at) => (shows(scenario).includes(statement.id) ? [at] : []));
  const own = positions.map((at) => scenarios[at]!);
  return {
    ...statement,
    verdict: untested ? (untested.because === 'guest' ? 'needs a guest' : 'design only') : verdictOf(own),
    milliseconds: own.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    scenarios: positions,
    ...(untested ? { reason: untested.reason, ...(untested.later === undefined ? {} : { later: untested.later }) } : {}),
  };
}

/** The worst of its scenarios; skipped only when all are. */
function verdictOf(scenarios: readonly ScenarioReport[]): Verdict {
  const has = (result: Result): boolean => scenarios.some((scenario) => scenario.result === result);
  return has('failed') ? 'failed' : has('known divergence') ? 'known divergence' : has('passed') ? 'passed' : has('skipped') ? 'skipped' : 'not run';
}

function stateOf(divergence: Divergence, scenarios: readonly ScenarioReport[]): DivergenceReport['state'] {
  const covered = scenarios.filter((scenario) => covers(divergence, scenario) && scenario.result !== 'skipped');
  if (covered.length === 0) return 'not run';
  return covered.some(({ result }) => result === 'known divergence') ? 'seen' : covered.every(({ result }) => result === 'passed') ? 'passes now' : 'seen';
}

export type Counts = Readonly<Record<Verdict, number>>;

const VERDICTS: readonly Verdict[] = ['passed', 'failed', 'known divergence', 'skipped', 'not run', 'needs a guest', 'design only'];

/** How many of these statements, or scenarios, ended how. */
export function countOf(items: readonly ({ readonly verdict: Verdict } | { readonly result: Result })[]): Counts {
  const of = (verdict: Verdict): number => items.filter((item) => ('verdict' in item ? item.verdict : item.result) === verdict).length;
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, of(verdict)])) as unknown as Counts;
}

/** The statements of the guide that can be tested on a simulator: what conformance is counted by. */
export const testable = ({ statements }: Report): readonly StatementReport[] => statements.filter(({ own, reason }) => !own && reason === undefined);

/** How many of them were met, and of how many: a run of a part is counted by that part. */
export function score(report: Report): { readonly met: number; readonly of: number; readonly whole: boolean } {
  const counts = countOf(testable(report));
  const all = testable(report).length;
  return { met: counts.passed, of: all - counts['not run'], whole: counts['not run'] === 0 };
}

/** Whether nothing failed that may not. */
export const isGreen = ({ scenarios }: Report): boolean => scenarios.every(({ result }) => result !== 'failed');
