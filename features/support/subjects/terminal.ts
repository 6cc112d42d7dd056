// A program on a pseudo-terminal: waits for its question, types the answer, and reads all that it shows.
import { endless, type Wanted } from './process.ts';
import type { Run } from './subject.ts';

/** What is used of @lydell/node-pty, which has builds for Linux, macOS and Windows on the usual processors only. */
interface Pty {
  spawn(file: string, args: readonly string[], options: { readonly cols: number; readonly rows: number; readonly cwd: string; readonly env: Readonly<Record<string, string>> }): Terminal;
}
interface Terminal {
  onData(listener: (text: string) => void): void;
  onExit(listener: (end: { readonly exitCode: number; readonly signal?: number }) => void): void;
  write(text: string): void;
  kill(signal?: string): void;
}

const PACKAGE: string = '@lydell/node-pty';

const load = async (): Promise<Pty> => {
  const module = (await import(PACKAGE)) as { readonly default?: Pty } & Pty;
  return module.default ?? module;
};

/** Why there are no pseudo-terminals here; undefined when there are. */
export async function terminalObstacle(): Promise<string | undefined> {
  try {
    await load();
    return undefined;
  } catch (error) {
    return `there is no pseudo-terminal to type the password at: ${(error as Error).message.split('\n')[0]!}`;
  }
}

/** A question for a password, with the cursor behind it. */
const QUESTION = /password[^\n]*:[^\S\n]*$/i;
/** Wide enough that no line is broken. */
const SIZE = { cols: 1000, rows: 50 };

/** Runs it, types an answer to the first question for a password. All that is shown counts as stdout. */
export async function terminalRun({ file, args, directory, environment, limit }: Wanted, answer: string): Promise<Run> {
  const pty = await load();
  return new Promise((resolve, reject) => {
    const terminal = pty.spawn(file, args, { ...SIZE, cwd: directory, env: environment });
    let shown = '';
    let prompted = false;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      terminal.kill('SIGKILL');
    }, limit);
    terminal.onData((text) => {
      shown += text;
      if (prompted || !QUESTION.test(shown.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, ''))) return;
      prompted = true;
      terminal.write(`${answer}\r`);
    });
    terminal.onExit(({ exitCode, signal }) => {
      clearTimeout(timer);
      const stdout = shown.replaceAll('\r\n', '\n');
      if (late) reject(endless(limit, stdout));
      else resolve({ code: signal ? 128 + signal : exitCode, stdout, stderr: '', prompted });
    });
  });
}
