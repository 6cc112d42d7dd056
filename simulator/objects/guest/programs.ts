// What the programs of a simulated guest do: the small tools that scripts and tests of guest operations call. Each is as
// its Unix namesake for the options named here, and refuses other options.
import { isFault } from '../../../core/vim25/index.ts';
import { changeAttributes, deleteDirectory, deleteFile, directoryAt, fileAt, look, makeDirectory, move, requireExecutable, writeFile } from './files.ts';
import { basename } from './paths.ts';
import { programNames, WINDOWS_COMMANDS } from './program-names.ts';
import { bytesOf, reason, type Program, type Programs, type Shell, type Streams } from './shell.ts';
import { lengthOfNode, type GuestNode } from './tree.ts';
import { textPrograms } from './text-programs.ts';

/** Parts options from operands: '-rf' is r and f. Throws a Usage for an option that is not known. */
export function options(args: readonly string[], known: string): { readonly set: ReadonlySet<string>; readonly operands: readonly string[] } {
  const set = new Set<string>();
  const operands: string[] = [];
  let rest = false;
  for (const arg of args) {
    if (rest || !/^-[^-]|^--./.test(arg)) {
      if (arg === '--' && !rest) rest = true;
      else operands.push(arg);
      continue;
    }
    for (const letter of arg.slice(1)) {
      if (!known.includes(letter)) throw new Usage(`option '${arg}' is not simulated`);
      set.add(letter);
    }
  }
  return { set, operands };
}

export class Usage extends Error {}

/** Does something for each operand; what the disk refuses is told, and the rest goes on. */
export function each(name: string, operands: readonly string[], { err }: Streams, work: (operand: string) => void): number {
  let status = 0;
  for (const operand of operands) {
    try {
      work(operand);
    } catch (error) {
      if (!isFault(error)) throw error;
      err(`${name}: ${operand}: ${reason(error)}\n`);
      status = 1;
    }
  }
  return status;
}

const needOperand = (operands: readonly string[], count = 1): void => {
  if (operands.length < count) throw new Usage('missing operand');
};

const TYPES: Readonly<Record<GuestNode['kind'], string>> = { directory: 'd', file: '-', symlink: 'l' };

function modeText({ kind, mode }: GuestNode): string {
  const bits = [...'rwxrwxrwx'].map((letter, i) => (mode & (1 << (8 - i)) ? letter : '-')).join('');
  return TYPES[kind] + ((mode & 0o1000) !== 0 ? bits.slice(0, 8) + 't' : bits);
}

function longLine(name: string, node: GuestNode): string {
  const time = node.modified.toISOString().slice(0, 16).replace('T', ' ');
  return `${modeText(node)} 1 ${node.uid} ${node.gid} ${lengthOfNode(node)} ${time} ${name}${node.kind === 'symlink' ? ` -> ${node.target}` : ''}\n`;
}

function ls(shell: Shell, args: readonly string[], streams: Streams): number {
  const { set, operands } = options(args, 'laAd1h');
  const line = (name: string, node: GuestNode): string => (set.has('l') ? longLine(name, node) : `${name}\n`);
  const status = each('ls', operands.length === 0 ? [shell.cwd] : operands, streams, (operand) => {
    const steps = shell.path(operand);
    const found = look(shell.disk, steps);
    if (found && (found.node.kind !== 'directory' || set.has('d'))) {
      streams.out(line(operand, found.node));
      return;
    }
    const { node } = directoryAt(shell.disk, steps);
    if (operands.length > 1) streams.out(`${operand}:\n`);
    if (set.has('a')) streams.out(line('.', node) + line('..', node));
    for (const name of Object.keys(node.children).sort()) if (set.has('a') || set.has('A') || !name.startsWith('.')) streams.out(line(name, node.children[name]!));
  });
  return status === 0 ? 0 : 2;
}

function cp(shell: Shell, args: readonly string[], streams: Streams): number {
  const { operands } = options(args, 'pf');
  needOperand(operands, 2);
  const target = operands.at(-1)!;
  return each('cp', operands.slice(0, -1), streams, (operand) => {
    const { node } = fileAt(shell.disk, shell.path(operand));
    const to = shell.path(target);
    const into = look(shell.disk, to)?.node.kind === 'directory' ? [...to, basename(shell.path(operand))] : to;
    writeFile(shell.disk, into, node.content, look(shell.disk, into) ? {} : { mode: node.mode });
  });
}

function mv(shell: Shell, args: readonly string[], streams: Streams): number {
  const { operands } = options(args, 'f');
  needOperand(operands, 2);
  const target = operands.at(-1)!;
  return each('mv', operands.slice(0, -1), streams, (operand) => {
    const from = shell.path(operand);
    const to = shell.path(target);
    const into = look(shell.disk, to)?.node.kind === 'directory' ? [...to, basename(from)] : to;
    move(shell.disk, from, into, look(shell.disk, from, false)?.node.kind === 'directory' ? 'directory' : 'file', true);
  });
}

function rm(shell: Shell, args: readonly string[], streams: Streams): number {
  const { set, operands } = options(shell.windows ? args.filter((arg) => !/^\/[a-z]$/i.test(arg)) : args, 'rRf');
  return each('rm', operands, streams, (operand) => {
    const steps = shell.path(operand);
    const found = look(shell.disk, steps, false);
    if (!found && set.has('f')) return;
    if (found?.node.kind === 'directory' && (set.has('r') || set.has('R'))) deleteDirectory(shell.disk, steps, true);
    else deleteFile(shell.disk, steps);
  });
}

function chmod(shell: Shell, [mode = '', ...operands]: readonly string[], streams: Streams): number {
  needOperand(operands);
  const plus = /^[augo]*([+-])([rwx]+)$/.exec(mode);
  if (!plus && !/^[0-7]{3,4}$/.test(mode)) throw new Usage(`mode '${mode}' is not simulated: an octal number, or +x and the like`);
  const bits = plus ? [...plus[2]!].reduce((sum, letter) => sum | { r: 0o444, w: 0o222, x: 0o111 }[letter as 'r']!, 0) : 0;
  return each('chmod', operands, streams, (operand) => {
    const old = look(shell.disk, shell.path(operand))?.node.mode ?? 0;
    changeAttributes(shell.disk, shell.path(operand), { mode: plus ? (plus[1] === '+' ? old | bits : old & ~bits) : parseInt(mode, 8) });
  });
}

function touch(shell: Shell, args: readonly string[], streams: Streams): number {
  return each('touch', options(args, '').operands, streams, (operand) => {
    const steps = shell.path(operand);
    if (look(shell.disk, steps)) changeAttributes(shell.disk, steps, { modified: shell.disk.now });
    else writeFile(shell.disk, steps, '');
  });
}

function mkdir(shell: Shell, args: readonly string[], streams: Streams): number {
  const { set, operands } = options(args, 'p');
  needOperand(operands);
  return each('mkdir', operands, streams, (operand) => {
    const steps = shell.path(operand);
    if (set.has('p') && look(shell.disk, steps)?.node.kind === 'directory') return;
    makeDirectory(shell.disk, steps, set.has('p') || shell.windows);
  });
}

function sleep(shell: Shell, args: readonly string[]): number {
  const given = shell.windows ? args.filter((arg) => /^\d/.test(arg)) : args;
  needOperand(given);
  for (const text of given) {
    const found = /^(\d*\.?\d+|infinity|inf)([smhd]?)$/.exec(text);
    if (!found) throw new Usage(`invalid time interval '${text}'`);
    shell.wait((found[1]!.startsWith('inf') ? Infinity : Number(found[1])) * 1000 * { s: 1, m: 60, h: 3600, d: 86_400, '': 1 }[found[2] as 's']!);
  }
  return 0;
}

/** sh and bash, cmd.exe: '-c script' or a file. */
function sh(shell: Shell, args: readonly string[], streams: Streams): number {
  const flags = args.findIndex((arg) => !/^-[a-z]+$/.test(arg));
  if (args.slice(0, flags < 0 ? undefined : flags).some((arg) => arg.includes('c'))) {
    if (flags < 0) throw new Usage('-c: option requires an argument');
    return shell.script(args[flags]!, streams);
  }
  const file = args[flags < 0 ? args.length : flags];
  if (file === undefined) return shell.script(streams.stdin.toString('utf8'), { ...streams, stdin: Buffer.alloc(0) });
  const status = each('sh', [file], streams, (operand) => fileAt(shell.disk, shell.path(operand)));
  return status === 0 ? shell.script(bytesOf(fileAt(shell.disk, shell.path(file)).node.content).toString('utf8'), streams) : 127;
}

function cmd(shell: Shell, args: readonly string[], streams: Streams): number {
  const at = args.findIndex((arg) => /^\/[ck]$/i.test(arg));
  return at < 0 ? 0 : shell.script(args.slice(at + 1).join(' '), streams);
}

function env(shell: Shell, args: readonly string[], streams: Streams): number {
  const at = args.findIndex((arg) => !arg.includes('='));
  for (const pair of at < 0 ? args : args.slice(0, at)) shell.env.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
  if (at >= 0) return shell.run(args.slice(at), streams);
  for (const [name, value] of shell.env) streams.out(`${name}=${value}\n`);
  return 0;
}

function test(shell: Shell, args: readonly string[]): number {
  const [a = '', b, c] = args;
  const not = a === '!';
  if (not) return test(shell, args.slice(1)) === 0 ? 1 : 0;
  const is = (value: boolean): number => (value ? 0 : 1);
  if (c !== undefined) {
    switch (b) {
      case '=': case '==': return is(a === c);
      case '!=': return is(a !== c);
      case '-eq': return is(Number(a) === Number(c));
      case '-ne': return is(Number(a) !== Number(c));
      case '-lt': return is(Number(a) < Number(c));
      case '-gt': return is(Number(a) > Number(c));
      case '-le': return is(Number(a) <= Number(c));
      case '-ge': return is(Number(a) >= Number(c));
      default: throw new Usage(`'${b}' is not simulated`);
    }
  }
  if (b === undefined) return is(a !== '');
  if (a === '-z' || a === '-n') return is((b === '') === (a === '-z'));
  const node = look(shell.disk, shell.path(b))?.node;
  switch (a) {
    case '-e': return is(node !== undefined);
    case '-f': return is(node?.kind === 'file');
    case '-d': return is(node?.kind === 'directory');
    case '-s': return is(node !== undefined && lengthOfNode(node) > 0);
    case '-x': return is(node !== undefined && (node.mode & 0o111) !== 0);
    case '-r': return is(node !== undefined);
    default: throw new Usage(`'${a}' is not simulated`);
  }
}

const TABLE: Readonly<Record<string, Program>> = {
  ...textPrograms,
  ls, cp, mv, rm, chmod, touch, mkdir, sleep, env, cmd, sh, bash: sh,
  rmdir: (shell, args, streams) => each('rmdir', shell.windows ? args.filter((arg) => !arg.startsWith('/')) : options(args, '').operands, streams, (operand) => deleteDirectory(shell.disk, shell.path(operand), shell.windows && args.some((arg) => /^\/s$/i.test(arg)))),
  true: () => 0, false: () => 1, ':': () => 0, sync: () => 0,
  test: (shell, args) => test(shell, args),
  '[': (shell, args) => {
    if (args.at(-1) !== ']') throw new Usage("missing ']'");
    return test(shell, args.slice(0, -1));
  },
  pwd: (shell, _args, { out }) => (out(`${shell.cwd}\n`), 0),
  whoami: (shell, _args, { out }) => (out(`${shell.user}\n`), 0),
  hostname: (shell, _args, { out }) => (out(`${shell.hostName}\n`), 0),
  id: (shell, args, { out }) => {
    const { set } = options(args, 'un');
    const { uid } = shell.disk;
    out(set.has('u') ? `${set.has('n') ? shell.user : uid}\n` : `uid=${uid}(${shell.user}) gid=${uid}(${shell.user}) groups=${uid}(${shell.user})\n`);
    return 0;
  },
  uname: (shell, args, { out }) => {
    const { set } = options(args, 'asnrm');
    const facts: [string, string][] = [['s', 'Linux'], ['n', shell.hostName], ['r', '6.1.0-vicsim'], ['m', 'x86_64']];
    out(shell.windows ? 'Microsoft Windows [Version 10.0.20348]\r\n' : `${facts.filter(([key]) => set.has('a') || set.has(key) || (set.size === 0 && key === 's')).map(([, text]) => text).join(' ')}\n`);
    return 0;
  },
  date: (shell, args, { out }) => {
    const format = args.find((arg) => arg.startsWith('+'));
    const now = new Date(shell.disk.now);
    if (format !== undefined && format !== '+%s') throw new Usage(`format '${format}' is not simulated`);
    out(format ? `${Math.floor(now.getTime() / 1000)}\n` : `${now.toUTCString()}\n`);
    return 0;
  },
  // Built-ins of the shell.
  cd: (shell, [to]) => {
    const steps = shell.path(to ?? shell.env.get('HOME') ?? (shell.windows ? 'C:\\' : '/'));
    directoryAt(shell.disk, steps);
    shell.cwd = shell.windows ? steps.join('\\') : `/${steps.join('/')}`;
    return 0;
  },
  export: (shell, args) => {
    for (const arg of args) if (arg.includes('=')) shell.env.set(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1));
    return 0;
  },
  unset: (shell, args) => (args.forEach((arg) => shell.env.delete(arg)), 0),
  set: () => 0,
  exit: (shell, args) => shell.exit(args.filter((arg) => !/^\/b$/i.test(arg))[0] === undefined ? shell.lastStatus : Number(args.filter((arg) => !/^\/b$/i.test(arg))[0]) & 255),
  exec: (shell, args, streams) => shell.exit(shell.run(args, streams)),
  which: (_shell, args, { out }) => {
    const known = args.filter((arg) => programNames(false).includes(arg));
    for (const name of known) out(`/bin/${name}\n`);
    return known.length === args.length ? 0 : 1;
  },
};

/** A program whose wrong use is told on stderr. */
const guarded = (name: string, program: Program): Program => (shell, args, streams) => {
  try {
    return program(shell, args, streams);
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    streams.err(`${name}: ${error.message}\n`);
    return 2;
  }
};

/** What the guest has under a name: null for a file that is there and is no program of ours. Throws GuestPermissionDenied. */
export function programAt(shell: Shell, path: string): Program | null | undefined {
  const found = look(shell.disk, shell.path(path));
  if (!found || found.node.kind !== 'file') return undefined;
  requireExecutable(shell.disk, found);
  const name = basename(found.steps).replace(/\.exe$/i, '').toLowerCase();
  const content = bytesOf(found.node.content);
  const head = content.subarray(0, 64).toString('latin1');
  if (/^(\x7fELF|MZ)$/.test(head) && content.length <= 4 && Object.hasOwn(TABLE, alias(name, shell.windows))) return guarded(name, TABLE[alias(name, shell.windows)]!);
  if (/^#!\s*\S*(sh|bash)(\s|$)/.test(head) || (shell.windows && /\.(bat|cmd)$/i.test(path))) {
    return (running, _args, streams) => running.script(content.toString('utf8').replace(/^@?echo off\r?\n/i, ''), streams);
  }
  return null;
}

const alias = (name: string, windows: boolean): string => (windows ? (Object.hasOwn(WINDOWS_COMMANDS, name) ? WINDOWS_COMMANDS[name]! : name) : name);
const BUILT_IN = new Set(['cd', 'export', 'unset', 'set', 'exit', 'exec', ':', 'test', '[', 'echo', 'true', 'false', 'pwd', 'printf']);

export const programs: Programs = {
  find(shell, word) {
    const name = shell.windows ? word.toLowerCase() : word;
    if (!/[\\/]/.test(name)) {
      const plain = alias(name.replace(/\.exe$/, ''), shell.windows);
      const known = shell.windows ? Object.hasOwn(TABLE, plain) : BUILT_IN.has(name) || programNames(false).includes(name);
      return known ? guarded(name, TABLE[plain]!) : undefined;
    }
    return programAt(shell, word) ?? undefined;
  },
};
