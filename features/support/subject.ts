// What a scenario runs as vic-machine: our command in this process, through the same door as the bin script.
import { main } from '../../core/cli/main.ts';
import type { Run } from './world.ts';

/** How a scenario wants it run. */
export interface Circumstances {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answers the password prompt of a terminal; without it there is no terminal. */
  readonly typed?: string | undefined;
}

/** Runs the command with these arguments. */
export async function runSubject(argv: readonly string[], { directory, environment, typed }: Circumstances): Promise<Run> {
  let stdout = '';
  let stderr = '';
  let prompted = false;
  const readPassword = (prompt: string): Promise<string> => {
    prompted = true;
    stderr += `${prompt}\n`;
    return Promise.resolve(typed ?? '');
  };
  const code = await main([...argv], {
    stdout: (text: string) => void (stdout += text),
    stderr: (text: string) => void (stderr += text),
    isTTY: typed !== undefined,
    env: environment,
    local: { directory, program: directory, now: () => new Date() },
    ...(typed === undefined ? {} : { readPassword }),
  });
  return { argv, code, stdout, stderr, prompted };
}
