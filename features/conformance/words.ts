// A run in words for a terminal: failures as they come, the line of progress, and the summary. Pure.
import { countOf, isGreen, score, testable, type Counts, type Report, type Result, type ScenarioReport } from './report.ts';
import { shows } from './selection.ts';

export type Paint = (style: 'red' | 'green' | 'yellow' | 'dim' | 'bold', text: string) => string;

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

/** Colours where they can be seen. */
export const painter = (colours: boolean): Paint => (colours ? (style, text) => `\x1b[${CODES[style]}m${text}\x1b[0m` : (_style, text) => text);

export const MARKS: Readonly<Record<Result, string>> = { passed: '✓', failed: '✗', 'known divergence': '≠', skipped: '–' };

const MOST_LINES = 40;

/** The text in front of which a margin stands; of a long one the beginning. */
function indented(text: string): readonly string[] {
  const lines = text.trimEnd().split('\n').filter((line) => !/^\s+at .*(node_modules|node:)/.test(line));
  return [...lines.slice(0, MOST_LINES), ...(lines.length > MOST_LINES ? [`… ${lines.length - MOST_LINES} more lines in the report`] : [])].map((line) => `    ${line}`);
}

/** A scenario that failed, with how to run just it again. */
export function failureText(scenario: ScenarioReport, paint: Paint): string {
  const { name, uri, line, step = '', message = '', runs, changes, again } = scenario;
  return [
    `${paint('red', MARKS.failed)} ${paint('bold', shows(scenario).join(' '))} ${name} ${paint('dim', `(${uri}:${line})`)}`,
    `  ${step}`,
    ...indented(message),
    ...runs.flatMap(({ argv, code }) => [`  ${paint('dim', '$')} vic-machine ${argv.join(' ')} ${paint('dim', `→ ${code}`)}`]),
    ...(changes ? [`  changes: ${changes.length === 0 ? 'none' : ''}`, ...changes.slice(0, MOST_LINES).map((row) => `    ${row}`)] : []),
    `  again:           ${again}`,
    `  with its world:  ${again} --keep`,
    '',
  ].join('\n');
}

/** One line that tells how far a run is. */
export function progressLine(done: readonly Result[], total: number, last: string, columns: number): string {
  const count = (result: Result): number => done.filter((one) => one === result).length;
  const counts = (Object.keys(MARKS) as Result[]).filter((result) => count(result) > 0).map((result) => `${MARKS[result]} ${count(result)}`);
  return [...`${String(done.length).padStart(String(total).length)}/${total}  ${counts.join('  ')}  ${last}`].slice(0, columns - 1).join('');
}

const list = (counts: Counts, names: readonly (keyof Counts)[]): string => names.filter((name) => counts[name] > 0).map((name) => `${counts[name]} ${name}`).join(', ') || 'none';

/** The last lines of a run. */
export function summaryText(report: Report, files: readonly string[], paint: Paint): string {
  const { scenarios, statements, divergences, milliseconds, subject, endpoint, order } = report;
  const guide = testable(report);
  const untested = statements.filter(({ reason }) => reason !== undefined).length;
  const { met, of, whole } = score(report);
  const skips = new Map<string, number>();
  for (const { reason } of scenarios) if (reason !== undefined) skips.set(reason, (skips.get(reason) ?? 0) + 1);
  return [
    paint(isGreen(report) ? 'green' : 'red', `${met} of ${of} statements of the guide${whole ? '' : ' that were run'} are met by ${subject} on ${endpoint}`),
    `  statements  ${list(countOf(guide), ['passed', 'failed', 'known divergence', 'skipped', 'not run'])}; ${untested} more need a guest or are design only`,
    `  our own     ${list(countOf(statements.filter(({ own }) => own)), ['passed', 'failed', 'known divergence', 'skipped', 'not run'])}`,
    `  scenarios   ${list(countOf(scenarios), ['passed', 'failed', 'known divergence', 'skipped'])} in ${(milliseconds / 1000).toFixed(1)} s${order === 'defined' ? '' : `, order ${order}`}`,
    ...[...skips].map(([reason, count]) => `  skipped     ${count}: ${reason}`),
    ...divergences.filter(({ state }) => state === 'passes now').map(({ key }) => paint('yellow', `  "${key}" passes now: it is no divergence any more`)),
    ...divergences.filter(({ state }) => state === 'not run').map(({ key }) => paint('dim', `  "${key}" was not run`)),
    ...files.map((file, at) => `  ${at === 0 ? 'reports   ' : '          '}  ${file}`),
    '',
  ].join('\n');
}
