// What a command is (data) and how its arguments are read, in the manner of Go's flag package. No output.
import { parseDuration } from '../engine/duration.ts';
import { nearest, UserError } from '../engine/issue.ts';
import type { Io } from './io.ts';
import { dashed } from './output.ts';

/** 'texts' may be given several times; its values are kept in order. */
export type FlagType = 'text' | 'texts' | 'number' | 'boolean' | 'duration';

/** One flag: --name, and its short name when it has one: -n, --cn. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** Shown only by the command's full help. */
  readonly hidden?: boolean;
  /** Given true, it shows the full help: hidden flags too. */
  readonly showsHelp?: boolean;
  readonly type: FlagType;
  /** What the value is, for the help text: 'path'. */
  readonly value?: string;
  readonly summary: string;
  readonly default?: string;
  /** Environment variable that is used when the flag is absent. */
  readonly env?: string;
  /** Never shown in messages. */
  readonly secret?: boolean;
  /** The value is a file of this machine; for completion. */
  readonly file?: boolean;
}

/** Values by flag name: text and duration (milliseconds) flags that were not given are undefined unless they have a default. */
export interface Values {
  text(name: string): string | undefined;
  /** Every value of a flag that may be repeated. */
  texts(name: string): readonly string[];
  number(name: string): number;
  boolean(name: string): boolean;
  /** Where the value comes from. A flag outranks what a target holds, the environment does not. */
  source(name: string): 'flag' | 'environment' | 'default' | 'none';
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** The one argument without a flag that the command takes; `Values.text` gives it by its name. */
  readonly operand?: { readonly name: string; readonly valid: readonly string[] };
  readonly examples: readonly string[];
  /** Checks what can be checked before anything is contacted; throws a UserError that holds every issue. */
  readonly validate?: (values: Values) => void;
  /** Returns the exit code. */
  readonly run: (values: Values, io: Io) => Promise<number>;
}

const usage = (what: string, rest: Omit<ConstructorParameters<typeof UserError>[1], 'what'> = {}): UserError => new UserError('usage', { what, ...rest });

const HELP = new Set(['h', 'help']);

interface Given {
  readonly spelled: string;
  readonly values: readonly string[];
}

/** Reads the arguments after the command's name: -flag or --flag, =value or the next argument. 'help' or 'full help' when that is asked for. */
export function parseFlags(command: Command, args: readonly string[], env: Io['env']): Values | 'help' | 'full help' {
  const given = new Map<string, Given>();
  const known = new Map(command.flags.flatMap((flag) => [flag.name, ...(flag.short === undefined ? [] : [flag.short])].map((name) => [name, flag] as const)));
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i]!;
    const match = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(arg);
    if (!match) break;
    const [, spelled = '', attached] = match;
    const flag = known.get(spelled);
    if (!flag && HELP.has(spelled)) return 'help';
    if (!flag) throw unknown(command, spelled);
    const earlier = given.get(flag.name);
    if (earlier && earlier.spelled !== spelled && flag.type !== 'texts') throw usage(`${dashed(earlier.spelled)} and ${dashed(spelled)} are the same flag: give it once`, { flag: dashed(flag.name) });
    const value = attached ?? (flag.type === 'boolean' ? 'true' : valueAfter(flag, spelled, args[++i]));
    given.set(flag.name, { spelled, values: [...(flag.type === 'texts' ? (earlier?.values ?? []) : []), value] });
  }
  const rest = args[i] === '--' ? args.slice(i + 1) : args.slice(i);
  const { operand } = command;
  if (operand) {
    const value = rest.shift();
    if (value === undefined) throw usage(`which ${operand.name}?`, { flag: operand.name, valid: operand.valid, details: [`Usage: ${command.usage}`] });
    if (!operand.valid.includes(value)) throw usage(`there is no ${operand.name} "${value}"`, { flag: operand.name, valid: operand.valid });
    given.set(operand.name, { spelled: operand.name, values: [value] });
  }
  const [extra] = rest;
  if (extra !== undefined) throw usage(`unknown argument "${extra}": ${operand ? `one ${operand.name} is enough` : `vic-machine ${command.name} takes flags only`}`, { details: [`Usage: ${command.usage}`] });
  const values = valuesOf(command, given, env);
  return command.flags.some((flag) => flag.showsHelp && values.boolean(flag.name)) ? 'full help' : values;
}

function unknown(command: Command, spelled: string): UserError {
  const names = command.flags.filter((flag) => !flag.hidden).map((flag) => flag.name);
  const meant = nearest(spelled, names);
  if (command.flags.length === 0) return usage(`vic-machine ${command.name} takes no flags, but ${dashed(spelled)} was given`);
  return usage(`flag provided but not defined: ${dashed(spelled)}`, {
    ...(meant === undefined ? { details: [`The flags of ${command.name}: ${names.map(dashed).join(', ')}`] } : { details: [`Did you mean ${dashed(meant)}?`] }),
  });
}

function valueAfter(flag: Flag, spelled: string, next: string | undefined): string {
  if (next === undefined) throw usage(`flag needs a value: ${dashed(spelled)}`, { flag: dashed(flag.name), example: `--${flag.name} <${flag.value ?? flag.type}>` });
  return next;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  1: true, t: true, T: true, true: true, TRUE: true, True: true, 0: false, f: false, F: false, false: false, FALSE: false, False: false,
};

function valuesOf(command: Command, given: ReadonlyMap<string, Given>, env: Io['env']): Values {
  const table = new Map<string, string | number | boolean>();
  const sources = new Map<string, 'flag' | 'environment' | 'default'>();
  if (command.operand) table.set(command.operand.name, given.get(command.operand.name)!.values[0]!);
  for (const flag of command.flags) {
    const entry = given.get(flag.name);
    const fromEnv = flag.env === undefined || env[flag.env] === '' ? undefined : env[flag.env];
    const value = entry?.values.at(-1) ?? fromEnv ?? flag.default;
    if (value === undefined) continue;
    sources.set(flag.name, entry ? 'flag' : fromEnv === undefined ? 'default' : 'environment');
    table.set(flag.name, convert(flag, value, entry ? dashed(entry.spelled) : (flag.env ?? `--${flag.name}`)));
  }
  return {
    text: (name) => table.get(name) as string | undefined,
    texts: (name) => given.get(name)?.values ?? [],
    number: (name) => (table.get(name) as number | undefined) ?? 0,
    boolean: (name) => (table.get(name) as boolean | undefined) ?? false,
    source: (name) => sources.get(name) ?? 'none',
  };
}

function convert(flag: Flag, value: string, source: string): string | number | boolean {
  const advice = { flag: `--${flag.name}` };
  if (flag.type === 'boolean') {
    if (Object.hasOwn(BOOLEANS, value)) return BOOLEANS[value]!;
    throw usage(`invalid value "${value}" for ${source}: true or false is needed`, { ...advice, valid: ['true', 'false'] });
  }
  if (flag.type === 'number') {
    if (/^[+-]?\d{1,9}$/.test(value)) return Number(value);
    throw usage(`invalid value "${value}" for ${source}: a whole number is needed`, { ...advice, example: `--${flag.name} 1` });
  }
  if (flag.type === 'duration') {
    const parsed = parseDuration(value);
    if (typeof parsed === 'number') return parsed;
    throw usage(`invalid value for ${source}: ${parsed.problem}`, { ...advice, example: `--${flag.name} 5m0s` });
  }
  return value;
}
