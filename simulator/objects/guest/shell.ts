// Runs command lines inside a guest, in no time: time is counted while it runs, so that it is known from the start what
// a program will have done by when. The guest's disk is the only thing it can change.
import { isFault } from '../../../core/vim25/index.ts';
import { flatten, type Content } from '../datastore/blocks.ts';
import { fileAt, look, writeFile, type Disk } from './files.ts';
import { stepsOf } from './paths.ts';
import { parseScript, ShellError, type Command, type List, type Redirect, type Word } from './shell-parse.ts';
import type { Steps } from './tree.ts';

/** What a program gets beside its arguments. */
export interface Streams {
  readonly stdin: Buffer;
  out(data: Buffer | string): void;
  err(data: Buffer | string): void;
}

export type Program = (shell: Shell, args: readonly string[], streams: Streams) => number;

export interface Programs {
  /** What a word stands for in command position: a built-in, a program of the search path, or a file. */
  find(shell: Shell, word: string): Program | undefined;
}

export interface ShellOptions {
  readonly disk: Disk;
  readonly programs: Programs;
  readonly user: string;
  readonly hostName: string;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
}

/** Ends the shell, or the group that it is in. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}

/** Longest that a program may take before it counts as endless. */
const FOREVER = 10 * 365 * 24 * 3600 * 1000;
/** Steps after which a script is stopped: scripts that call themselves. */
const MOST_STEPS = 10_000;
/** Longest output of one command. */
const MOST_OUTPUT = 4 * 1024 * 1024;

export class Shell {
  readonly disk: Disk;
  readonly user: string;
  readonly hostName: string;
  readonly env: Map<string, string>;
  cwd: string;
  /** Simulated milliseconds since the program began. */
  elapsed = 0;
  private readonly programs: Programs;
  private status = 0;
  private steps = 0;
  private depth = 0;

  constructor({ disk, programs, user, hostName, env, cwd }: ShellOptions) {
    this.disk = disk;
    this.programs = programs;
    this.user = user;
    this.hostName = hostName;
    this.env = new Map(env);
    this.cwd = cwd;
  }

  get windows(): boolean {
    return this.disk.windows;
  }

  get endless(): boolean {
    return this.elapsed >= FOREVER;
  }

  /** Lets time pass. */
  wait(milliseconds: number): void {
    this.elapsed = Math.min(FOREVER, this.elapsed + Math.max(0, milliseconds));
  }

  /** A path of the guest, relative ones from the working directory. */
  path(text: string): Steps {
    const absolute = this.windows ? /^[A-Za-z]:/.test(text) : text.startsWith('/');
    return stepsOf(absolute ? text : `${this.cwd}${this.windows ? '\\' : '/'}${text}`, this.windows);
  }

  exit(code: number): never {
    throw new Exit(code);
  }

  get lastStatus(): number {
    return this.status;
  }

  /** Runs a script; gives its exit code. What cannot be read is told on stderr and ends with 2, as shells do. */
  script(text: string, streams: Streams): number {
    let list: List;
    try {
      list = parseScript(text, this.windows);
    } catch (error) {
      if (!(error instanceof ShellError)) throw error;
      streams.err(`sh: ${error.message}\n`);
      return 2;
    }
    return this.subshell(() => this.list(list, streams));
  }

  /** Runs something whose `exit`, working directory and variables end with it. */
  private subshell(work: () => number): number {
    const { cwd } = this;
    const env = new Map(this.env);
    this.depth += 1;
    try {
      if (this.depth > 50) this.exit(126);
      return work();
    } catch (error) {
      if (error instanceof Exit) return error.code;
      throw error;
    } finally {
      this.depth -= 1;
      this.cwd = cwd;
      this.env.clear();
      for (const [name, value] of env) this.env.set(name, value);
    }
  }

  private list(list: List, streams: Streams): number {
    let status = 0;
    for (const { after, background, negated, pipeline } of list) {
      if ((after === '&&' && status !== 0) || (after === '||' && status === 0)) continue;
      if (++this.steps > MOST_STEPS) this.exit(126);
      const { elapsed } = this;
      status = this.pipeline(pipeline, streams);
      if (negated) status = status === 0 ? 1 : 0;
      if (background) {
        this.elapsed = elapsed;
        status = 0;
      }
      this.status = status;
      if (this.endless) break;
    }
    return status;
  }

  private pipeline(commands: readonly Command[], streams: Streams): number {
    let { stdin } = streams;
    let status = 0;
    commands.forEach((command, index) => {
      if (index === commands.length - 1) {
        status = this.command(command, { ...streams, stdin });
        return;
      }
      const pipe = new Sink();
      this.command(command, { stdin, out: (data) => pipe.write(data), err: streams.err });
      stdin = pipe.bytes();
    });
    return status;
  }

  private command({ assignments, words, redirects, group }: Command, streams: Streams): number {
    const args = words.flatMap((word) => this.expand(word));
    const files: (() => void)[] = [];
    let redirected = streams;
    try {
      redirected = this.redirect(redirects, streams, files);
      if (group) return this.subshell(() => this.list(group, redirected));
      if (args.length === 0) {
        for (const { name, value } of assignments) this.env.set(name, this.expand(value).join(' '));
        return 0;
      }
      const saved = new Map(this.env);
      for (const { name, value } of assignments) this.env.set(name, this.expand(value).join(' '));
      try {
        return this.run(args, redirected);
      } finally {
        if (assignments.length > 0) {
          this.env.clear();
          for (const [name, value] of saved) this.env.set(name, value);
        }
      }
    } catch (error) {
      if (!isFault(error)) throw error;
      redirected.err(`${args[0] ?? 'sh'}: ${reason(error)}\n`);
      return 1;
    } finally {
      for (const close of files) close();
    }
  }

  /** Runs one program with its arguments. */
  run([name = '', ...args]: readonly string[], streams: Streams): number {
    const program = this.programs.find(this, name);
    if (!program) {
      streams.err(this.windows ? `'${name}' is not recognized as an internal or external command.\r\n` : `sh: ${name}: not found\n`);
      return this.windows ? 1 : 127;
    }
    return program(this, args, streams);
  }

  private expand(word: Word): string[] {
    let text = '';
    let started = false;
    const words: string[] = [];
    for (const part of word) {
      if ('text' in part) {
        text += !part.quoted && text === '' && !this.windows ? part.text.replace(/^~(?=\/|$)/, this.env.get('HOME') ?? '/') : part.text;
        started = true;
        continue;
      }
      const value = part.variable === '?' ? String(this.status) : part.variable === '$' ? '1' : (this.variable(part.variable) ?? (this.windows ? `%${part.variable}%` : ''));
      if (part.quoted || this.windows) {
        text += value;
        started = true;
        continue;
      }
      const pieces = value.split(/[ \t\n]+/);
      pieces.forEach((piece, index) => {
        if (index > 0) {
          if (started && text !== '') words.push(text);
          text = '';
        }
        text += piece;
        if (piece !== '') started = true;
      });
    }
    if (started && (text !== '' || word.some((part) => part.quoted))) words.push(text);
    return words;
  }

  /** Names of variables have no case in Windows. */
  variable(name: string): string | undefined {
    if (!this.windows) return this.env.get(name);
    const lower = name.toLowerCase();
    for (const [key, value] of this.env) if (key.toLowerCase() === lower) return value;
    return undefined;
  }

  private redirect(redirects: readonly Redirect[], streams: Streams, files: (() => void)[]): Streams {
    let { stdin } = streams;
    const outputs = new Map<number, (data: Buffer | string) => void>([[1, (data) => streams.out(data)], [2, (data) => streams.err(data)]]);
    for (const { fd, kind, target } of redirects) {
      const name = this.expand(target).join(' ');
      if (kind === 'dup') {
        const other = outputs.get(Number(name));
        if (other) outputs.set(fd, other);
      } else if (kind === '<') stdin = isNull(name) ? Buffer.alloc(0) : bytesOf(fileAt(this.disk, this.path(name)).node.content);
      else outputs.set(fd, this.openOutput(name, kind === '>>', files));
    }
    return { stdin, out: outputs.get(1)!, err: outputs.get(2)! };
  }

  private openOutput(name: string, append: boolean, files: (() => void)[]): (data: Buffer | string) => void {
    if (isNull(name)) return () => undefined;
    const steps = this.path(name);
    const sink = new Sink();
    if (append && look(this.disk, steps)) sink.write(bytesOf(fileAt(this.disk, steps).node.content));
    else writeFile(this.disk, steps, '');
    const before = sink.size;
    files.push(() => {
      if (sink.size > before) writeFile(this.disk, steps, new Uint8Array(sink.bytes()));
    });
    return (data) => sink.write(data);
  }
}

/** Gathers output, up to a limit. */
export class Sink {
  private readonly pieces: Buffer[] = [];
  size = 0;

  write(data: Buffer | string): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (this.size + bytes.length > MOST_OUTPUT) return;
    this.pieces.push(bytes);
    this.size += bytes.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

const isNull = (name: string): boolean => name === '/dev/null' || /^nul$/i.test(name);

/** The bytes of a file, of a long one the first megabyte. */
export const bytesOf = (content: Content): Buffer => Buffer.from(flatten(content));

const REASONS: Readonly<Record<string, string>> = {
  FileNotFound: 'No such file or directory', GuestPermissionDenied: 'Permission denied', NotAFile: 'Is a directory', NotADirectory: 'Not a directory', FileAlreadyExists: 'File exists', DirectoryNotEmpty: 'Directory not empty',
};

/** What a program says when the disk refuses it something. */
export const reason = (error: { readonly type?: string; readonly message: string }): string => REASONS[error.type ?? ''] ?? error.message;
