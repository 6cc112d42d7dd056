// The only things a command may touch of the world around it; bin.ts gives the process's, tests give their own.
import type { Local } from '../engine/index.ts';

/** The terminal that stderr goes to. */
export interface Screen {
  /** Calls `tick` several times a second until the returned function is called. */
  readonly animate: (tick: () => void) => () => void;
  /** Its width; longer lines would wrap and could not be taken back. */
  readonly columns: () => number;
}

export interface Io {
  /** Results: tables, connection facts, summaries. */
  readonly stdout: (text: string) => void;
  /** Progress, warnings, errors, traces. */
  readonly stderr: (text: string) => void;
  /** True when stdout is a terminal. */
  readonly isTTY: boolean;
  /** Absent when stderr is a file or a pipe: then there is no progress to look at, and no colour. */
  readonly screen?: Screen;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks for a secret without showing it; absent when there is no terminal to ask at. */
  readonly readPassword?: (prompt: string) => Promise<string>;
  readonly local?: Local;
  /** Opens a file to append lines to, readable by its owner only; throws what the file system says. */
  readonly appendTo?: (path: string) => (line: string) => void;
  /** The log file of this run, once it is open. */
  readonly logTo?: (line: string) => void;
  /** Aborts the run: Ctrl-C. */
  readonly signal?: AbortSignal;
}
