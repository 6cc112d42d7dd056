// Keeps the world of a scenario running for a person who wants to look at it.
import type { Testbed } from './world.ts';

/** Prints how to reach the world, and waits for Ctrl-C. */
export async function keepUntilStopped({ place, run }: Testbed, scenario: string): Promise<void> {
  const { url, user, password } = place!;
  const host = new URL(url).host;
  const lines = [
    '',
    `The world of "${scenario}" is kept as it is. Ctrl-C ends it.`,
    `  endpoint   ${url}`,
    `  user       ${user}`,
    `  password   ${password}`,
    `  try        npx vic-machine ls --all --target ${host} --user ${user} --password '${password}'`,
    ...(run ? [`  last run   vic-machine ${run.argv.join(' ')}`] : []),
    '',
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
  // The timer keeps the process: a server of this process would, one of another does not.
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => undefined, 60_000);
    process.once('SIGINT', () => {
      clearInterval(timer);
      resolve();
    });
  });
}
