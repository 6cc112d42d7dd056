// Running a client's command and remembering what it said, for the report of a failure. Knows nothing of vSphere.
import { spawn } from 'node:child_process';

/** A command that ended otherwise than the check wanted. */
export class CommandFailed extends Error {}

/** Splits a command line as a shell does with quotes (no expansion): `a "b c" 'd e'`. */
export function words(line) {
  return [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, (_all, double, single) => double ?? single ?? ''));
}

/** Runs commands of one program with one environment. Keeps what the last one printed. */
export class Commands {
  /** What ran, for the report: the last command and what it printed. */
  last = { command: '', stdout: '', stderr: '' };
  #running = new Set();

  constructor(name, program, env, timeout = 30_000, cwd = process.cwd()) {
    Object.assign(this, { name, program, env, timeout, cwd });
  }

  /** Starts a command; `done` gives {code, stdout, stderr} and never throws. `line` is text or ready words. */
  start(line, { input, env } = {}) {
    const args = Array.isArray(line) ? line : words(line);
    const child = spawn(this.program, args, { cwd: this.cwd, env: { ...this.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    const out = { command: `${this.name} ${args.map((word) => (/[\s"']/.test(word) ? `'${word}'` : word)).join(' ')}`, stdout: '', stderr: '' };
    this.last = out;
    this.#running.add(child);
    const chunks = [];
    child.stdout.on('data', (chunk) => (chunks.push(chunk), (out.stdout += chunk)));
    child.stderr.on('data', (chunk) => (out.stderr += chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    const timer = setTimeout(() => {
      out.stderr += `\n(killed after ${this.timeout / 1000} s)`;
      child.kill('SIGKILL');
    }, this.timeout);
    const done = new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: -1, ...out, stderr: error.message, bytes: Buffer.alloc(0) }));
      child.once('close', (code) => resolve({ code: code ?? -1, ...out, bytes: Buffer.concat(chunks) }));
    }).finally(() => {
      clearTimeout(timer);
      this.#running.delete(child);
    });
    return { done, get stdout() { return out.stdout; }, running: () => this.#running.has(child), stop: (signal = 'SIGTERM') => child.kill(signal) };
  }

  /** Runs to the end; exit code 0 is required. Gives what it printed. */
  async run(line, options) {
    const { code, stdout, stderr } = await this.start(line, options).done;
    if (code !== 0) throw new CommandFailed(`exit code ${code}: ${(stderr || stdout).trim()}`);
    return stdout;
  }

  /** Runs a command that must fail; gives all that it printed. */
  async fails(line, options) {
    const { code, stdout, stderr } = await this.start(line, options).done;
    if (code === 0) throw new CommandFailed(`it should have failed, and printed: ${stdout.trim()}`);
    return `${stdout}${stderr}`;
  }

  /** Ends what a check left running. */
  stopAll() {
    for (const child of this.#running) child.kill('SIGKILL');
  }
}

/** Waits until `probe()` gives something true, or for ever false after `seconds`. */
export async function until(probe, seconds = 5) {
  for (let round = 0; round < seconds * 50; round++) {
    const value = await probe();
    if (value) return value;
    await pause(20);
  }
  return undefined;
}

/** A short rest, for a command in the background to begin to wait. */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
