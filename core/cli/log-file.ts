// The file that --log-file names: every line that a run says, with its time and without colours.
import { UserError } from '../engine/issue.ts';
import type { Io } from './io.ts';

/** What a line is: 'result' is what went to stdout. */
export type Level = 'info' | 'warn' | 'error' | 'debug' | 'call' | 'result';

/** The same Io with the log file open. Throws a UserError when the file cannot be written. */
export function withLogFile(io: Io, path: string | undefined): Io {
  if (path === undefined) return io;
  if (!io.appendTo) throw new Error('--log-file needs a file system, and none was given');
  try {
    return { ...io, logTo: io.appendTo(path) };
  } catch (error) {
    throw new UserError('usage', { what: `--log-file "${path}" cannot be written: ${(error as Error).message}`, flag: '--log-file', example: '--log-file vic-machine.log' });
  }
}

/** Appends to the log file, if there is one; further lines of a text are indented. */
export function logLine(io: Io, level: Level, text: string): void {
  io.logTo?.(`${io.local?.now().toISOString() ?? ''} ${level.padEnd(6)} ${text.trimEnd().replaceAll('\n', '\n    ')}`);
}
