// What the store keeps of a guest: its disk (files, registry, aliases) in `_guestOs`, which snapshots and clones take
// along, and what runs in it in `_guestRun`, which ends with the boot.
import type { ManagedObjectReference, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { bootTimeOf, hostNameOf, isWindows, type Visitor } from './access.ts';
import type { Disk } from './files.ts';
import { programNames } from './program-names.ts';
import { graft, linuxTree, windowsTree, type GuestDirectory, type GuestNode, type Steps } from './tree.ts';

type Ref = ManagedObjectReference;

export interface GuestAlias {
  readonly username: string;
  readonly base64Cert: string;
  /** Subject name; undefined for any subject. */
  readonly subject?: string;
  readonly comment: string;
  readonly mapped: boolean;
}

export interface RegistryKey {
  readonly written: Date;
  readonly classType?: string;
  readonly volatile?: boolean;
  /** Data by name of value. */
  readonly values: Readonly<Record<string, object>>;
}

/** What is on the guest's disk; absent parts are as they were installed. */
export interface GuestOs {
  readonly tree?: GuestDirectory;
  readonly aliases?: readonly GuestAlias[];
  /** By full path, 'HKEY_LOCAL_MACHINE\\SOFTWARE'. */
  readonly registry?: Readonly<Record<string, RegistryKey>>;
}

/** A change that a running program makes later. */
export interface Pending {
  readonly due: Date;
  readonly steps: Steps;
  readonly node?: GuestNode;
}

export interface GuestProcess {
  readonly pid: number;
  readonly name: string;
  readonly owner: string;
  readonly cmdLine: string;
  readonly start: Date;
  /** When it ends or has ended; never by itself when absent. */
  readonly end?: Date;
  readonly exitCode: number;
  readonly pending?: readonly Pending[];
}

interface GuestRun {
  readonly boot: Date | undefined;
  readonly lastPid: number;
  readonly processes: readonly GuestProcess[];
}

/** How long an ended process stays in the list: what the API says. */
const REMEMBERED = 5 * 60_000;
const FIRST_PID = 1000;

export const osOf = (tx: Transaction, vm: Ref): GuestOs => (tx.get(vm, '_guestOs') ?? {}) as GuestOs;

export function changeOs(tx: Transaction, vm: Ref, change: GuestOs): void {
  tx.set(vm, '_guestOs', { ...osOf(tx, vm), ...change });
}

function freshTree(tx: Transaction, vm: Ref): GuestDirectory {
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const modified = config.createDate ?? config.modified;
  const facts = { hostName: hostNameOf(tx, vm), modified };
  return isWindows(tx, vm) ? windowsTree({ ...facts, programs: programNames(true) }) : linuxTree({ ...facts, osName: config.guestFullName, programs: programNames(false) });
}

function runOf(tx: Transaction, vm: Ref): GuestRun {
  const boot = bootTimeOf(tx, vm);
  const run = tx.get(vm, '_guestRun') as GuestRun | undefined;
  return run && run.boot?.getTime() === boot?.getTime() ? run : { boot, lastPid: FIRST_PID, processes: [] };
}

/** The guest's disk as it is now: what programs were to change by now has been changed. */
export function diskOf({ tx, vm, windows, uid, now }: Visitor): Disk {
  const run = runOf(tx, vm);
  const due = run.processes.flatMap(({ pending = [] }) => pending.filter((change) => change.due <= now)).sort((a, b) => a.due.getTime() - b.due.getTime());
  let root = osOf(tx, vm).tree ?? freshTree(tx, vm);
  if (due.length > 0) {
    for (const { steps, node } of due) root = graft(root, steps, node, windows);
    changeOs(tx, vm, { tree: root });
    writeRun(tx, vm, { ...run, processes: run.processes.map((process) => (process.pending ? { ...process, pending: process.pending.filter((change) => change.due > now) } : process)) });
  }
  return { root, windows, uid, now };
}

/** Works on the guest's disk and keeps what came out. */
export function onDisk<T>(visitor: Visitor, work: (disk: Disk) => T): T {
  const disk = diskOf(visitor);
  const before = disk.root;
  const result = work(disk);
  if (disk.root !== before) changeOs(visitor.tx, visitor.vm, { tree: disk.root });
  return result;
}

function writeRun(tx: Transaction, vm: Ref, run: GuestRun): void {
  tx.set(vm, '_guestRun', run);
}

/** What runs or has ended in the last five minutes, oldest first. */
export function processesOf({ tx, vm, now }: Visitor): readonly GuestProcess[] {
  return runOf(tx, vm).processes.filter(({ end }) => end === undefined || now.getTime() - end.getTime() < REMEMBERED);
}

/** Adds a process; gives its number. */
export function addProcess(visitor: Visitor, process: Omit<GuestProcess, 'pid'>): number {
  const { tx, vm } = visitor;
  const run = runOf(tx, vm);
  const pid = run.lastPid + 1;
  const processes = [...processesOf(visitor), { ...process, pid }];
  writeRun(tx, vm, { ...run, lastPid: pid, processes });
  return pid;
}

/** Ends a process now; what it was to do later is not done. */
export function endProcess({ tx, vm, now }: Visitor, pid: number, exitCode: number): void {
  const run = runOf(tx, vm);
  writeRun(tx, vm, { ...run, processes: run.processes.map((process) => (process.pid === pid ? { ...process, end: now, exitCode, pending: [] } : process)) });
}
