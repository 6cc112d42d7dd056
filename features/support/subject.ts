// What a scenario runs as vic-machine: our command in this process, through the same door as the bin script.
import { main } from '../../core/cli/main.ts';
import type { Run } from './world.ts';

/** Runs the command with these arguments; `typed` answers the password prompt of a terminal. */
export async function runSubject(argv: readonly string[], directory: string, typed?: string): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const code = await main([...argv], {
    stdout: (text: string) => void (stdout += text),
    stderr: (text: string) => void (stderr += text),
    isTTY: typed !== undefined,
    env: {},
    local: { directory, program: directory, now: () => new Date() },
    ...(typed === undefined ? {} : { readPassword: () => Promise.resolve(typed) }),
  });
  return { code, stdout, stderr };
}
