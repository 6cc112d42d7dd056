#!/usr/bin/env node
// The command vicsim: hands the process to main() of cli.ts, and nothing else.
import { main } from './cli.ts';

// A reader that has seen enough (head, less) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
process.exitCode = await main(process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  stdin: process.stdin,
  pid: process.pid,
  env: process.env,
  stop: stop.signal,
});
// Connections that a client keeps open, or a fifo that nobody reads, must not hold the process.
process.exit();
