// The only things a command may touch of the world around it; bin.ts gives the process's, tests give their own.

/** This machine, for commands that read and write files. */
export interface Local {
  /** Where relative paths begin and files are written. */
  readonly directory: string;
  /** Where the program lies: what comes with it is found there. */
  readonly program: string;
  readonly now: () => Date;
}

export interface Io {
  /** Results: tables, connection facts, summaries. */
  readonly stdout: (text: string) => void;
  /** Progress, warnings, errors, traces. */
  readonly stderr: (text: string) => void;
  /** True when stdout is a terminal. */
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks for a secret without showing it; absent when there is no terminal to ask at. */
  readonly readPassword?: (prompt: string) => Promise<string>;
  readonly local?: Local;
  /** Aborts the run: Ctrl-C. */
  readonly signal?: AbortSignal;
}
