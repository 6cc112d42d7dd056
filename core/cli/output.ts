// How results and help look: aligned tables, colours only where they can be seen. No decisions.
import type { Command, Flag } from './define-command.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';

export type Style = 'red' | 'yellow' | 'green' | 'blue' | 'dim';
const CODES: Readonly<Record<Style, number>> = { red: 31, yellow: 33, green: 32, blue: 34, dim: 2 };

/** Colours text for stderr when that is a terminal and NO_COLOR is not set. */
export const paint = (io: Io, style: Style, text: string): string =>
  io.screen && (io.env['NO_COLOR'] ?? '') === '' ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;

const GAP = 8;

/** Columns padded to their longest cell; the last one is not padded. Control characters are shown as '?'. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replace(/[\x00-\x1f\x7f]/g, '?')));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? '')].length)) + GAP);
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell + ' '.repeat(widths[column]! - [...cell].length))).join('');
  return cells.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** A result as --json prints it. */
export const jsonText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** A flag's name as it is typed: one dash for one letter. */
export const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

const left = (flag: Flag): string => {
  const value = flag.type === 'boolean' ? '' : ` <${flag.value ?? flag.type}>`;
  return `${flag.short === undefined ? '    ' : `${dashed(flag.short)}, `}--${flag.name}${value}`;
};

const notes = (flag: Flag): string => {
  const parts = [
    ...(flag.default === undefined || flag.type === 'boolean' ? [] : [`default ${flag.default}`]),
    ...(flag.env === undefined ? [] : [`or ${flag.env}`]),
    ...(flag.type === 'texts' ? ['may be repeated'] : []),
  ];
  return parts.length === 0 ? flag.summary : `${flag.summary} (${parts.join('; ')})`;
};

const columns = (entries: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.map(([name, summary]) => `  ${name.padEnd(width)}   ${summary}`);
};

const EXIT_CODES = `Exit codes: ${EXIT.ok} done, ${EXIT.failure} failed, ${EXIT.usage} the command line is wrong, ${EXIT.bug} a mistake in vic-machine, ${EXIT.interrupted} interrupted.`;

/** The help text of one command; `full` shows the hidden flags too. */
export function commandHelp(command: Command, full = false): string {
  const shown = command.flags.filter((flag) => full || !flag.hidden);
  const flags = [...shown.map((flag) => [left(flag), notes(flag)] as const), ['-h, --help', 'Show this help'] as const];
  return [
    `vic-machine ${command.name} - ${command.summary}`,
    '',
    `Usage: ${command.usage}`,
    '',
    'Flags:',
    ...columns(flags),
    ...(command.examples.length === 0 ? [] : ['', 'Examples:', ...command.examples.map((example) => `  ${example}`)]),
    '',
    EXIT_CODES,
    '',
  ].join('\n');
}

/** The help text of the tool. */
export const toolHelp = (commands: readonly { readonly name: string; readonly summary: string }[]): string =>
  [
    'vic-machine - manage virtual container hosts',
    '',
    'Usage: vic-machine <command> [flags]',
    '',
    'Commands:',
    ...columns([...commands.map(({ name, summary }) => [name, summary] as const), ['help', 'Show the help of a command: vic-machine help <command>'] as const]),
    '',
    EXIT_CODES,
    '',
  ].join('\n');
