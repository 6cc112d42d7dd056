// Two reports side by side: which statements two subjects, or two endpoints, meet. Pure but for reading the files.
import { readFileSync } from 'node:fs';
import { UsageError } from './options.ts';
import { countOf, testable, type Counts, type Report, type StatementReport, type Verdict } from './report.ts';
import type { Paint } from './words.ts';

export interface Side {
  readonly title: string;
  readonly started: string;
  readonly counts: Counts;
  /** How many statements can be tested. */
  readonly of: number;
}

export interface Row {
  readonly id: string;
  readonly text: string;
  readonly kind: string;
  /** 'absent' where a report does not know the statement. */
  readonly verdicts: readonly [Verdict | 'absent', Verdict | 'absent'];
  readonly different: boolean;
  /** True when only one of them ran it. */
  readonly oneSided: boolean;
}

export interface Compared {
  readonly sides: readonly [Side, Side];
  readonly rows: readonly Row[];
}

/** Reads conformance.json of an earlier run. Throws a UsageError when it is none. */
export function readReport(file: string): Report {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Partial<Report>;
    if (report.format === 1 && Array.isArray(report.statements)) return report as Report;
  } catch {
    // The same words for a file that is no JSON at all.
  }
  throw new UsageError(`--compare: ${file} is no report of this suite; give the conformance.json of two runs`);
}

const side = (report: Report): Side => ({ title: `${report.subject} on ${report.endpoint}`, started: report.started, counts: countOf(testable(report)), of: testable(report).length });

/** Every statement that one of them knows, in the order of the first. */
export function compare(a: Report, b: Report): Compared {
  const here = new Map(a.statements.map((statement) => [statement.id, statement]));
  const there = new Map(b.statements.map((statement) => [statement.id, statement]));
  const ids = [...new Set([...here.keys(), ...there.keys()])];
  return { sides: [side(a), side(b)], rows: ids.map((id) => row(id, here.get(id), there.get(id))) };
}

const NOT_RUN: ReadonlySet<Verdict | 'absent'> = new Set(['not run', 'needs a guest', 'design only', 'absent']);

function row(id: string, a: StatementReport | undefined, b: StatementReport | undefined): Row {
  const { text, kind } = (a ?? b)!;
  const verdicts = [a?.verdict ?? 'absent', b?.verdict ?? 'absent'] as const;
  const ran = verdicts.filter((verdict) => !NOT_RUN.has(verdict)).length;
  return { id, text, kind, verdicts, different: ran === 2 && verdicts[0] !== verdicts[1], oneSided: ran === 1 };
}

/** The differences for a terminal. */
export function compareText({ sides, rows }: Compared, file: string, paint: Paint): string {
  const different = rows.filter((one) => one.different);
  const oneSided = rows.filter((one) => one.oneSided).length;
  const width = Math.max(...different.flatMap(({ verdicts }) => verdicts.map((verdict) => verdict.length)), 1);
  const idWidth = Math.max(...different.map(({ id }) => id.length), 2);
  return [
    ...sides.map(({ title, counts, of }, at) => `${'AB'[at]!}  ${counts.passed} of ${of} met by ${title}`),
    '',
    ...(different.length === 0 ? ['Every statement that both ran has the same result.'] : [`${different.length} statements differ:`, `  ${''.padEnd(idWidth)}  ${'A'.padEnd(width)}  ${'B'.padEnd(width)}`]),
    ...different.map(({ id, verdicts: [a, b], text }) => `  ${paint('bold', id.padEnd(idWidth))}  ${a.padEnd(width)}  ${b.padEnd(width)}  ${paint('dim', text)}`),
    ...(oneSided === 0 ? [] : ['', `${oneSided} statements were run for one of them only.`]),
    '',
    `The whole table: ${file}`,
    '',
  ].join('\n');
}
