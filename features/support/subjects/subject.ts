// What a scenario runs as vic-machine, whatever it is: the World asks nothing else of it.

/** How a scenario wants it run. */
export interface Circumstances {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answers the password prompt of a terminal; without it there is no terminal. */
  readonly typed?: string | undefined;
}

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** True when it asked for the password. */
  readonly prompted: boolean;
}

export interface Subject {
  /** 'engine', 'command', or the path of a program. */
  readonly name: string;
  /** Whether it is our vic-machine, whose exit codes say more. */
  readonly own: boolean;
  /** Files that it writes wherever it runs, which are no result. */
  readonly litter: readonly string[];
  /** Why it cannot be run so, on this machine. */
  obstacle(circumstances: Circumstances): Promise<string | undefined>;
  /** Runs it with these arguments. Throws when it does not end. */
  run(argv: readonly string[], circumstances: Circumstances): Promise<Run>;
}
