// GuestProcessManager: starting, listing and ending programs in guests, and reading their environment. What a program
// does is worked out when it starts (shell.ts); what takes time happens when the simulator's clock gets there.
import { fault, toNumber, type GuestProcessInfo, type GuestProgramSpec, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { bootTimeOf, enter, hostNameOf, type Visitor } from './access.ts';
import { find, look, missing, type Disk } from './files.ts';
import { basename, pathOf, stepsOf } from './paths.ts';
import { programAt, programs } from './programs.ts';
import { Shell } from './shell.ts';
import { splitArguments } from './shell-parse.ts';
import { addProcess, changeOs, diskOf, endProcess, processesOf, type Pending } from './state.ts';

/** What a shell says of a program that was ended by SIGTERM. */
const TERMINATED = 143;

/** The variables that every program of a user starts with. */
export function environmentOf({ windows, user, tx, vm }: Visitor): Map<string, string> {
  const name = user.replace(/^.*\\/, '');
  return new Map(windows
    ? [['ComSpec', 'C:\\Windows\\System32\\cmd.exe'], ['COMPUTERNAME', hostNameOf(tx, vm).split('.')[0]!.toUpperCase()], ['Path', 'C:\\Windows\\System32;C:\\Windows'], ['SystemRoot', 'C:\\Windows'], ['TEMP', 'C:\\Windows\\Temp'], ['USERNAME', name], ['USERPROFILE', `C:\\Users\\${name}`]]
    : [['HOME', homeOf(name)], ['LANG', 'C.UTF-8'], ['LOGNAME', name], ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], ['PWD', homeOf(name)], ['SHELL', '/bin/sh'], ['USER', name]]);
}

const homeOf = (name: string): string => (name === 'root' ? '/root' : `/home/${name}`);

/** The directory that a program starts in. Throws FileNotFound and NotADirectory for one that was asked for. */
function workingDirectory(disk: Disk, asked: string | undefined, env: ReadonlyMap<string, string>): string {
  if (asked) {
    const { steps, node } = find(disk, stepsOf(asked, disk.windows, 'spec.workingDirectory'));
    if (node.kind !== 'directory') throw fault('NotADirectory', { file: asked }, `${asked} is not a directory.`);
    return pathOf(steps, disk.windows);
  }
  const home = disk.windows ? 'C:\\Windows\\System32' : env.get('HOME')!;
  return look({ ...disk, uid: 0 }, stepsOf(home, disk.windows)) ? home : disk.windows ? 'C:\\' : '/';
}

/** Starts a program. Throws FileNotFound, GuestPermissionDenied, OperationNotSupportedByGuest, InvalidArgument. */
function start(visitor: Visitor, { programPath, arguments: line = '', workingDirectory: directory, envVariables }: GuestProgramSpec): number {
  const { tx, vm, user, windows, uid, now } = visitor;
  const base = diskOf(visitor);
  const given = programPath ?? '';
  const path = given.replace(/^"(.*)"$/, '$1');
  if (path === '') throw fault('InvalidArgument', { invalidProperty: 'spec.programPath' }, 'A specified parameter was not correct: spec.programPath (it is empty)');
  const env = environmentOf(visitor);
  for (const pair of envVariables ?? []) {
    const at = pair.indexOf('=');
    if (at < 1) throw fault('InvalidArgument', { invalidProperty: 'spec.envVariables' }, `A specified parameter was not correct: spec.envVariables ('${pair}' is not name=value)`);
    env.set(pair.slice(0, at), pair.slice(at + 1));
  }
  const cwd = workingDirectory(base, directory, env);
  let kept = base.root;
  const pending: Pending[] = [];
  const disk: Disk = {
    root: base.root, windows, uid,
    get now() {
      return new Date(now.getTime() + shell.elapsed);
    },
    changed(steps, node) {
      if (shell.elapsed === 0) kept = disk.root;
      else pending.push({ due: new Date(now.getTime() + shell.elapsed), steps, ...(node ? { node } : {}) });
    },
  };
  const shell: Shell = new Shell({ disk, programs, user, hostName: hostNameOf(tx, vm), env, cwd });
  const program = programAt(shell, path);
  if (program === undefined) throw missing(path);
  if (program === null) throw fault('OperationNotSupportedByGuest', {}, `The program '${path}' is there, but what it does is not simulated: the guest has the usual small tools in ${windows ? 'C:\\Windows\\System32 (cmd.exe)' : '/bin (sh, echo, cat, ls …)'} and runs shell scripts.`);
  const streams = { stdin: Buffer.alloc(0), out: () => undefined, err: () => undefined };
  // A Linux guest runs the line in a shell (GuestProgramSpec.arguments says so); cmd.exe takes the rest of its line as it is.
  const exitCode = windows
    ? runGuarded(() => program(shell, /^cmd(\.exe)?$/i.test(basename(shell.path(path))) ? cmdArguments(line) : splitArguments(line, true), streams))
    : shell.script(`'${path.replaceAll("'", "'\\''")}' ${line}`, streams);
  if (kept !== base.root) changeOs(tx, vm, { tree: kept });
  const quoted = /\s/.test(path) && windows ? `"${path}"` : path;
  return addProcess(visitor, {
    name: basename(shell.path(path)), owner: user, cmdLine: line === '' ? quoted : `${quoted} ${line}`, start: now, exitCode,
    ...(shell.endless ? {} : { end: new Date(now.getTime() + shell.elapsed) }), ...(pending.length > 0 ? { pending } : {}),
  });
}

function cmdArguments(line: string): string[] {
  const found = /^\s*(\/[ck])\s+([\s\S]*)$/i.exec(line);
  if (!found) return [];
  const rest = found[2]!.trim();
  return [found[1]!, /^".*"$/s.test(rest) ? rest.slice(1, -1) : rest];
}

/** A program that leaves by `exit` without a shell around it. */
function runGuarded(run: () => number): number {
  try {
    return run();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    if (message === 'exit' && typeof code === 'number') return code;
    if ((error as { detail?: unknown }).detail !== undefined) return 1;
    throw error;
  }
}

/** What every guest runs beside what was started here. */
function resident({ tx, vm, windows }: Visitor): GuestProcessInfo[] {
  const startTime = bootTimeOf(tx, vm)!;
  const of = (name: string, pid: number, cmdLine: string): GuestProcessInfo => ({ _type: 'GuestProcessInfo', name, pid, owner: windows ? 'NT AUTHORITY\\SYSTEM' : 'root', cmdLine, startTime }) as GuestProcessInfo;
  return windows
    ? [of('System', 4, ''), of('wininit.exe', 480, 'wininit.exe'), of('vmtoolsd.exe', 612, '"C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe"')]
    : [of('systemd', 1, '/sbin/init'), of('vmtoolsd', 412, '/usr/bin/vmtoolsd')];
}

function list(visitor: Visitor, pids: readonly unknown[] | undefined): GuestProcessInfo[] {
  diskOf(visitor);
  const { now } = visitor;
  const all: GuestProcessInfo[] = [...resident(visitor), ...processesOf(visitor).map(({ pid, name, owner, cmdLine, start: startTime, end, exitCode }): GuestProcessInfo => ({
    _type: 'GuestProcessInfo', name, pid, owner, cmdLine, startTime, ...(end !== undefined && end <= now ? { endTime: end, exitCode } : {}),
  } as GuestProcessInfo))];
  if (!pids?.length) return all;
  // Numbers that are no process are passed over.
  const wanted = new Set(pids.map((pid) => toNumber(pid as number)));
  return all.filter((process) => wanted.has(Number(process.pid)));
}

const notFound = (pid: number) => fault('GuestProcessNotFound', { pid }, `There is no process ${pid} in the guest.`);

function terminate(visitor: Visitor, pid: number): void {
  diskOf(visitor);
  const { now, user, uid } = visitor;
  if (resident(visitor).some((process) => Number(process.pid) === pid)) {
    throw fault('GuestPermissionDenied', {}, `Permission to perform this operation was denied by the guest operating system: process ${pid} is part of the system.`);
  }
  const found = processesOf(visitor).find((process) => process.pid === pid && (process.end === undefined || process.end > now));
  if (!found) throw notFound(pid);
  if (uid !== 0 && found.owner !== user) throw fault('GuestPermissionDenied', {}, `Permission to perform this operation was denied by the guest operating system: process ${pid} belongs to ${found.owner}.`);
  endProcess(visitor, pid, TERMINATED);
}

const inside = (ctx: TransactionContext, { vm, auth }: { vm: ManagedObjectReference; auth: Parameters<typeof enter>[3] }): Visitor => enter(ctx.sim, ctx.tx, vm, auth);

export const guestProcessManager = define('GuestProcessManager', {
  StartProgramInGuest: (ctx, args) => start(inside(ctx, args), args.spec),
  ListProcessesInGuest: (ctx, args) => list(inside(ctx, args), args.pids),
  TerminateProcessInGuest: (ctx, args) => terminate(inside(ctx, args), toNumber(args.pid)),
  ReadEnvironmentVariableInGuest: (ctx, args) => {
    const env = environmentOf(inside(ctx, args));
    const names = args.names?.length ? args.names : [...env.keys()];
    return names.flatMap((name) => (env.has(name) ? [`${name}=${env.get(name)!}`] : []));
  },
});
