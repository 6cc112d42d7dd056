// `npm run conformance`: from arguments to reports and an exit code. Touches no global of the process: bin.ts hands them in.
import type { Envelope } from '@cucumber/messages';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { compareText, compare, readReport } from './compare.ts';
import { parseDivergences, type Divergence } from './divergences.ts';
import { helpText, parseOptions, sameRun, subjectName, UsageError, withoutPassword, type Options } from './options.ts';
import { Outcomes, type Outcome } from './outcome.ts';
import { isGreen, judged, report, type Result } from './report.ts';
import { runScenarios, type RunOptions } from './run.ts';
import { readScenarios, type Scenario } from './scenarios.ts';
import { hider } from './secrets.ts';
import { select, shows } from './selection.ts';
import { readStatements } from './statements.ts';
import { watch } from './watch.ts';
import { failureText, painter, progressLine, summaryText } from './words.ts';
import { writeCompared, writeReports } from './write-reports.ts';

export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Width of the terminal that stdout is; undefined when it is none. */
  readonly columns: number | undefined;
  readonly directory: string;
  readonly now: () => Date;
  /** A new seed for a random order. */
  readonly seed: () => string;
  /** Aborts when the process is asked to stop. */
  readonly stop: AbortSignal;
}

/** So few scenarios are over before other processes have started. */
const FEW = 8;

const INTERRUPTED = 130;

/** Runs the command; gives its exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const options = parseOptions(argv, io.directory);
    if (options.help) return io.stdout(helpText()), 0;
    if (options.compare) return compareReports(options.compare, options, io);
    if (options.watch) return await watch(argv.filter((word) => word !== '--watch'), io);
    return await conformance(options, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    for (const line of error.message.split('\n')) io.stderr(`conformance: ${line}\n`);
    return 2;
  }
}

async function conformance(options: Options, io: Io): Promise<number> {
  const statements = readStatements();
  const all = readScenarios();
  const divergences = options.divergences === undefined ? [] : parseDivergences(readFileSync(options.divergences, 'utf8'), options.divergences, all);
  const scenarios = select(all, statements, options);
  if (options.list) {
    for (const scenario of scenarios) io.stdout(`${scenario.uri}:${scenario.line}  ${shows(scenario).join(' ')}  ${scenario.name}\n`);
    return 0;
  }
  const order = options.order === 'random' ? (`random:${io.seed()}` as const) : options.order;
  const flags = sameRun(options, io.directory).map(word);
  const again = ({ uri, line }: Outcome): string => ['npm run conformance --', ...flags, `${uri}:${line}`].join(' ');
  const started = io.now();
  const messages: string[] = [];
  const outcomes = await run(scenarios, { ...options, order }, divergences, again, messages, io);
  const facts = { subject: subjectName(options, io.directory), endpoint: withoutPassword(options.endpoint), started, milliseconds: io.now().getTime() - started.getTime(), order, again };
  const result = report(facts, statements, outcomes, divergences);
  const files = writeReports(result, messages, options.reports, io.directory);
  io.stdout(summaryText(result, files, painter(io.columns !== undefined)));
  if (io.stop.aborted && !options.keep) return io.stderr('conformance: stopped before its end\n'), INTERRUPTED;
  return isGreen(result) ? 0 : 1;
}

/** A word as a shell takes it. */
const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

async function run(scenarios: readonly Scenario[], options: Options & { readonly order: RunOptions['order'] }, divergences: readonly Divergence[], again: (outcome: Outcome) => string, messages: string[], io: Io): Promise<readonly Outcome[]> {
  const { subject, endpoint, keep, failFast, order } = options;
  const paint = painter(io.columns !== undefined);
  const hide = hider(endpoint);
  const outcomes: Outcome[] = [];
  const done: Result[] = [];
  const reader = new Outcomes();
  const take = (message: Envelope): void => {
    const line = hide(JSON.stringify(message));
    messages.push(line);
    const outcome = reader.take(JSON.parse(line) as Envelope);
    if (!outcome) return;
    outcomes.push(outcome);
    const scenario = judged(outcome, divergences, again(outcome));
    done.push(scenario.result);
    if (io.columns !== undefined) io.stdout('\r\x1b[K');
    if (scenario.result === 'failed') io.stdout(failureText(scenario, paint));
    if (io.columns !== undefined) io.stdout(progressLine(done, scenarios.length, `${shows(outcome)[0] ?? ''} ${outcome.name}`, io.columns));
  };
  const parallel = keep || scenarios.length <= FEW ? 1 : options.parallel ?? availableParallelism();
  const kept = keep ? { keep: scenarios.length === 1 ? ('any' as const) : ('failed' as const) } : {};
  if (io.columns !== undefined) io.stdout(progressLine([], scenarios.length, 'starting', io.columns));
  const running = runScenarios(scenarios, { parallel: parallel === 1 ? 0 : parallel, order, failFast: failFast || keep, parameters: { subject, endpoint, ...kept } }, take);
  // Ctrl-C ends a world that is kept; without one it ends the run, with a report of what there is.
  await (keep ? running : Promise.race([running, stopped(io.stop)]));
  if (io.columns !== undefined) io.stdout('\r\x1b[K');
  return outcomes;
}

const stopped = (stop: AbortSignal): Promise<void> => new Promise((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));

function compareReports([a, b]: readonly [string, string], { reports }: Options, io: Io): number {
  const compared = compare(readReport(a), readReport(b));
  const file = writeCompared(compared, reports, io.directory);
  io.stdout(compareText(compared, file, painter(io.columns !== undefined)));
  return 0;
}
