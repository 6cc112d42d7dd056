// A program as the subject: a process of its own with little of our environment, on pipes, or on a pseudo-terminal when a
// password is typed.
import { spawn } from 'node:child_process';
import { codeOfSignal, endless, type Wanted } from './process.ts';
import type { Circumstances, Run, Subject } from './subject.ts';
import { terminalRun, terminalObstacle } from './terminal.ts';

export interface Program {
  readonly name: string;
  readonly own: boolean;
  /** The program, and arguments that come before those of a scenario. */
  readonly command: readonly [string, ...string[]];
  readonly litter?: readonly string[];
  /** Milliseconds that one run may take. */
  readonly limit: number;
}

/** What it needs of our environment to run at all; the rest would be ours, not the scenario's. */
const INHERITED = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG'];

/** The environment of a run: HOME is the scenario's directory, so that nothing of the user's is read. */
function environmentOf({ directory, environment }: Circumstances): Record<string, string> {
  const kept = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  return { ...Object.fromEntries(kept), HOME: directory, TERM: 'xterm', ...environment };
}

/** The subject that spawns this program. */
export function programSubject({ name, own, command: [file, ...before], litter = [], limit }: Program): Subject {
  return {
    name,
    own,
    litter,
    obstacle: async ({ typed }) => (typed === undefined ? undefined : terminalObstacle()),
    run(argv, circumstances) {
      const wanted = { file, args: [...before, ...argv], directory: circumstances.directory, environment: environmentOf(circumstances), limit };
      return circumstances.typed === undefined ? pipedRun(wanted) : terminalRun(wanted, circumstances.typed);
    },
  };
}

function pipedRun({ file, args, directory, environment, limit }: Wanted): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limit);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${file} cannot be run: ${error.message}`, { cause: error }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const [stdout, stderr] = [Buffer.concat(out).toString('utf8'), Buffer.concat(err).toString('utf8')];
      if (late) reject(endless(limit, stdout + stderr));
      else resolve({ code: code ?? codeOfSignal(signal!), stdout, stderr, prompted: false });
    });
  });
}
