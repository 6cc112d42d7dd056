// The command line of `npm run conformance` as data: its flags, what they mean, and what is wrong with them.
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nearest } from '../../core/engine/index.ts';
import { addressProblem } from '../support/endpoints/index.ts';
import { programProblem } from '../support/subjects/index.ts';

export interface Options {
  /** 'engine', 'command' or the path of a program. */
  readonly subject: string;
  /** 'in-process', 'vicsim' or an address. */
  readonly endpoint: string;
  readonly divergences: string | undefined;
  readonly only: readonly string[];
  readonly tags: string | undefined;
  /** 'features/vic-machine/ls.feature', with ':12' behind it for one scenario. */
  readonly paths: readonly string[];
  /** Processes that run scenarios at the same time; undefined leaves it to the number of processors. */
  readonly parallel: number | undefined;
  readonly order: 'defined' | `random:${string}` | 'random';
  readonly keep: boolean;
  readonly watch: boolean;
  readonly failFast: boolean;
  readonly list: boolean;
  readonly reports: string;
  readonly help: boolean;
  /** Two reports to compare; then nothing is run. */
  readonly compare: readonly [string, string] | undefined;
}

/** What the user got wrong: one line, or one for each thing. */
export class UsageError extends Error {}

interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in help; a switch has none. */
  readonly value?: string;
  readonly several?: boolean;
  readonly help: string;
}

const FLAGS: readonly Flag[] = [
  { name: 'subject', value: 'WHAT', help: 'engine (default): our vic-machine in this process; command: our built command; or the path of any vic-machine' },
  { name: 'endpoint', value: 'WHERE', help: 'in-process (default): simulators in this process; vicsim: the command vicsim over TLS; or https://user:password@host/sdk' },
  { name: 'divergences', value: 'FILE', help: 'YAML file, "statement or scenario: reason": these may fail, and are told when they no longer do' },
  { name: 'only', value: 'ID', several: true, help: 'only the scenarios of this statement, DEL-03, or of a family, DEL; may be repeated' },
  { name: 'tags', value: 'EXPRESSION', help: 'only scenarios with these tags, "@esxi and not @error-path"' },
  { name: 'parallel', value: 'N', help: 'processes that run scenarios at the same time (default: one a processor; 1: no other process)' },
  { name: 'order', value: 'ORDER', help: 'defined (default), random, or random:SEED as an earlier run told it' },
  { name: 'fail-fast', help: 'stop at the first failure' },
  { name: 'keep', help: 'keep the world of the scenario that fails, or of the only one, until Ctrl-C, and tell how to reach it' },
  { name: 'watch', help: 'run again whenever a feature or a source changes' },
  { name: 'list', help: 'list the scenarios that would run' },
  { name: 'reports', value: 'FOLDER', help: 'where the reports go (default: reports)' },
  { name: 'compare', value: 'A.json B.json', help: 'run nothing: show two reports side by side' },
  { name: 'help', short: 'h', help: 'show this' },
];

/** What --help prints. */
export function helpText(): string {
  const left = ({ name, short, value }: Flag): string => `  ${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
  const width = Math.max(...FLAGS.map((flag) => left(flag).length));
  return `Runs the conformance suite: every statement of the administrators' guide 0.5 that shows in vSphere, against any vic-machine.

  npm run conformance -- [flags] [FILE.feature[:LINE] …]

${FLAGS.map((flag) => `${left(flag).padEnd(width)}   ${flag.help}`).join('\n')}

Examples
  npm run conformance
  npm run conformance -- --only DEL-03 --keep
  npm run conformance -- --subject command --endpoint vicsim
  npm run conformance -- --subject ~/vic/vic-machine-linux --divergences vic-0.5.yaml --reports reports/original
  npm run conformance -- --compare reports/conformance.json reports/original/conformance.json

Exit codes: 0 all that ran passed, or failed as the divergences say; 1 something failed; 2 the command line is wrong.
`;
}

/** Reads the flags; paths are relative to `directory`. Throws a UsageError. */
export function parseOptions(argv: readonly string[], directory: string): Options {
  const { values, positionals } = parsed(argv);
  const text = (name: string): string | undefined => values[name] as string | undefined;
  const on = (name: string): boolean => values[name] === true;
  const here = (path: string): string => resolve(directory, path);
  const subject = text('subject') ?? 'engine';
  const endpoint = text('endpoint') ?? 'in-process';
  const compare = text('compare');
  const options: Options = {
    subject: isOwn(subject) ? subject : here(subject),
    endpoint,
    divergences: text('divergences') === undefined ? undefined : here(text('divergences')!),
    only: (values['only'] as readonly string[] | undefined) ?? [],
    tags: text('tags'),
    paths: compare === undefined ? positionals : [],
    parallel: text('parallel') === undefined ? undefined : Number(text('parallel')),
    order: (text('order') ?? 'defined') as Options['order'],
    keep: on('keep'),
    watch: on('watch'),
    failFast: on('fail-fast'),
    list: on('list'),
    reports: here(text('reports') ?? 'reports'),
    help: on('help'),
    compare: compare === undefined ? undefined : [here(compare), here(positionals[0] ?? '')],
  };
  const problems = options.help ? [] : [...compareProblems(compare, positionals), ...valueProblems(options, text('parallel'))];
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return options;
}

function parsed(argv: readonly string[]): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const names = FLAGS.map(({ name }) => name);
  const options = Object.fromEntries(FLAGS.map(({ name, short, value, several }) => [name, { type: value === undefined ? 'boolean' as const : 'string' as const, multiple: several ?? false, ...(short === undefined ? {} : { short }) }]));
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    const { message } = error as Error;
    const unknown = /^Unknown option '(-+)([^']+)'/.exec(message);
    if (!unknown) throw new UsageError(message, { cause: error });
    const meant = nearest(unknown[2]!, names);
    throw new UsageError(`there is no flag ${unknown[1]}${unknown[2]}${meant === undefined ? '' : ` (did you mean --${meant}?)`}; --help lists all`, { cause: error });
  }
}

function compareProblems(compare: string | undefined, positionals: readonly string[]): readonly string[] {
  if (compare === undefined) return [];
  return positionals.length === 1 ? [] : [`--compare wants two reports: --compare A.json B.json`];
}

function valueProblems({ subject, endpoint, divergences, order, paths, parallel, keep, watch, compare }: Options, given: string | undefined): readonly string[] {
  const program = isOwn(subject) ? undefined : programProblem(subject);
  const address = endpoint === 'in-process' || endpoint === 'vicsim' ? undefined : addressProblem(endpoint);
  return [
    ...(program === undefined ? [] : [`--subject: ${program}; give engine, command or the path of a vic-machine`]),
    ...(address === undefined ? [] : [`--endpoint: ${address}`]),
    ...(divergences === undefined || existsSync(divergences) ? [] : [`--divergences: there is no file "${divergences}"`]),
    ...(/^(defined|random(:\S+)?)$/.test(order) ? [] : [`--order "${order}" is none of defined, random, random:SEED`]),
    ...(given === undefined || /^[1-9]\d?$/.test(given) ? [] : [`--parallel "${given}" is no number from 1 to 99`]),
    ...(keep && (parallel ?? 1) > 1 ? ['--keep keeps one world: leave out --parallel'] : []),
    ...(keep && watch ? ['--keep and --watch do not go together'] : []),
    ...(compare ?? []).filter((file) => !existsSync(file)).map((file) => `--compare: there is no file "${file}"`),
    ...paths.filter((path) => !/\.feature(:\d+)*$/.test(path)).map((path) => `"${path}" is no FILE.feature or FILE.feature:LINE`),
  ];
}

/** A path as it is shown: from `directory` on when it is below. */
export const shownPath = (path: string, directory: string): string => (relative(directory, path).startsWith('..') ? path : relative(directory, path) || '.');

/** The subject as it is shown. */
export const subjectName = ({ subject }: Pick<Options, 'subject'>, directory: string): string => (isOwn(subject) ? subject : shownPath(subject, directory));

/** Whether it is our vic-machine. */
export const isOwn = (subject: string): boolean => subject === 'engine' || subject === 'command';

/** The flags with which a run is the same but for its choice of scenarios, as they are typed; without a password. */
export function sameRun({ subject, endpoint, divergences }: Options, directory: string): readonly string[] {
  return [
    ...(subject === 'engine' ? [] : ['--subject', subjectName({ subject }, directory)]),
    ...(endpoint === 'in-process' ? [] : ['--endpoint', withoutPassword(endpoint)]),
    ...(divergences === undefined ? [] : ['--divergences', shownPath(divergences, directory)]),
  ];
}

/** The address of an endpoint as it may be shown. */
export const withoutPassword = (endpoint: string): string => endpoint.replace(/^(https:\/\/[^:@/]+:)[^@]*@/, '$1******@');
