// The command behind `npm run conformance`: hands the process to main() of cli.ts, and nothing else.
import { randomBytes } from 'node:crypto';
import { main } from './cli.ts';

const stop = new AbortController();
// The first Ctrl-C ends a world that is kept, the watching, or the run with a report; the second ends everything.
process.once('SIGINT', () => {
  stop.abort();
  process.once('SIGINT', () => process.exit(130));
});

// `… | head`: the reader left, there is nobody to tell.
process.stdout.on('error', () => process.exit(1));

const code = await main(process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  columns: process.stdout.isTTY ? process.stdout.columns || 80 : undefined,
  directory: process.cwd(),
  now: () => new Date(),
  seed: () => randomBytes(3).toString('hex'),
  stop: stop.signal,
});
// What was stopped in the middle holds servers and processes.
if (stop.signal.aborted) process.exit(code);
process.exitCode = code;
