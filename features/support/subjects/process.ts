// Words that pipes and pseudo-terminals share: the process that is wanted, and how it may end.
import { constants } from 'node:os';

/** One process that is to be run, in its directory. */
export interface Wanted {
  readonly file: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly limit: number;
}

/** The exit code that a shell would give for a process that a signal ended. */
export const codeOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** Thrown for a run that does not end. */
export const endless = (limit: number, said: string): Error => new Error(`vic-machine did not end within ${limit / 1000} s. It said:\n${said}`);
