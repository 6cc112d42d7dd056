#!/usr/bin/env node
// The command vic-machine: the only file of the command line that touches the process.
import { openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Io } from './io.ts';
import { main } from './main.ts';

/** Of the progress on a terminal. */
const FRAME_MS = 80;

const { stdin, stdout, stderr, env, argv } = process;
const controller = new AbortController();
process.once('SIGINT', () => {
  controller.abort(new Error('interrupted'));
  // A second Ctrl-C ends at once.
  process.once('SIGINT', () => process.exit(130));
});
// `vic-machine ls | head -1`: the reader left, there is nothing more to say.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

function readPassword(prompt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    stderr.write(prompt);
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    const end = (finish: () => void): void => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off('data', read);
      stderr.write('\n');
      finish();
    };
    const read = (chunk: string): void => {
      for (const char of chunk) {
        if (char === '\r' || char === '\n' || char === '\u0004') return end(() => resolve(typed));
        if (char === '\u0003') {
          controller.abort(new Error('interrupted'));
          return end(() => reject(new Error('interrupted')));
        }
        typed = char === '\u007f' || char === '\b' ? [...typed].slice(0, -1).join('') : typed + char;
      }
    };
    stdin.on('data', read);
    stdin.resume();
  });
}

const io: Io = {
  stdout: (text) => void stdout.write(text),
  stderr: (text) => void stderr.write(text),
  isTTY: stdout.isTTY === true,
  env,
  signal: controller.signal,
  ...(stderr.isTTY
    ? {
        screen: {
          animate: (tick: () => void) => {
            const timer = setInterval(tick, FRAME_MS).unref();
            return () => clearInterval(timer);
          },
          columns: () => stderr.columns || 80,
        },
      }
    : {}),
  local: { directory: process.cwd(), program: dirname(fileURLToPath(import.meta.url)), now: () => new Date() },
  appendTo: (path) => {
    const file = openSync(path, 'a', 0o600);
    return (line) => void writeSync(file, `${line}\n`);
  },
  ...(stdin.isTTY ? { readPassword } : {}),
};

process.exitCode = await main(argv.slice(2), io);
