// The files of a guest: an immutable tree, so that snapshots and clones share what is the same. Knows steps of paths,
// no path syntax and no permissions.
import { sizeOf, type Content } from '../datastore/blocks.ts';

interface Common {
  /** Permission bits, the sticky one included; of a Windows guest only the write bits count. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: Date;
  readonly accessed?: Date;
  /** Windows only. */
  readonly hidden?: boolean;
  readonly created?: Date;
}

export interface GuestDirectory extends Common {
  readonly kind: 'directory';
  readonly children: Readonly<Record<string, GuestNode>>;
}

export interface GuestFile extends Common {
  readonly kind: 'file';
  readonly content: Content;
}

export interface GuestLink extends Common {
  readonly kind: 'symlink';
  readonly target: string;
}

export type GuestNode = GuestDirectory | GuestFile | GuestLink;
export type Steps = readonly string[];

/** What is directly below a directory under that name; `fold` for file systems that ignore case. */
export function childOf(directory: GuestDirectory, name: string, fold: boolean): { name: string; node: GuestNode } | undefined {
  if (Object.hasOwn(directory.children, name)) return { name, node: directory.children[name]! };
  if (!fold) return undefined;
  const lower = name.toLowerCase();
  for (const [key, node] of Object.entries(directory.children)) if (key.toLowerCase() === lower) return { name: key, node };
  return undefined;
}

/** The tree with a node put at a place (undefined: taken away). Directories on the way must be there. */
export function graft(root: GuestDirectory, steps: Steps, node: GuestNode | undefined, fold: boolean, now?: Date): GuestDirectory {
  const [first, ...rest] = steps;
  if (first === undefined) return node?.kind === 'directory' ? node : root;
  const found = childOf(root, first, fold);
  const name = found?.name ?? first;
  if (rest.length > 0) {
    if (found?.node.kind !== 'directory') return root;
    return { ...root, children: { ...root.children, [name]: graft(found.node, rest, node, fold, now) } };
  }
  const children = { ...root.children };
  if (node === undefined) delete children[name];
  else children[name] = node;
  return { ...root, children, ...(now && (node === undefined) !== (found === undefined) ? { modified: now } : {}) };
}

/** How long a file is; 0 for what is none. */
export const lengthOfNode = (node: GuestNode): number => (node.kind === 'file' ? sizeOf(node.content) : 0);

// ---- what a fresh guest has -------------------------------------------------------------------------------------------

type Plan = { readonly [name: string]: Plan | string };

function grow(plan: Plan, modified: Date, modes: Readonly<Record<string, number>>, path = ''): GuestDirectory {
  const children: Record<string, GuestNode> = {};
  for (const [name, what] of Object.entries(plan)) {
    const at = `${path}/${name}`;
    children[name] = typeof what === 'string'
      ? { kind: 'file', content: what, mode: modes[at] ?? (isProgram(at) ? 0o755 : 0o644), uid: 0, gid: 0, modified }
      : grow(what, modified, modes, at);
  }
  return { kind: 'directory', children, mode: modes[path || '/'] ?? 0o755, uid: 0, gid: 0, modified };
}

const isProgram = (path: string): boolean => /^\/(usr\/)?s?bin\/|\.exe$/i.test(path);

const MODES: Readonly<Record<string, number>> = { '/root': 0o700, '/tmp': 0o1777, '/var/tmp': 0o1777, '/etc/shadow': 0o640, '/C:/Windows/Temp': 0o1777, '/C:/Users/Public': 0o777 };

/** The files of a new Linux guest. `programs` are the names that its /bin has. */
export function linuxTree({ hostName, osName, programs, modified }: { hostName: string; osName: string; programs: Iterable<string>; modified: Date }): GuestDirectory {
  const bin = Object.fromEntries([...programs].map((name) => [name, '\x7fELF']));
  return grow({
    bin, boot: {}, dev: {},
    etc: {
      hostname: `${hostName}\n`, hosts: `127.0.0.1 localhost\n127.0.1.1 ${hostName}\n`, 'os-release': `NAME="${osName}"\nID=linux\n`,
      passwd: 'root:x:0:0:root:/root:/bin/sh\n', shadow: 'root:*:19000:0:99999:7:::\n',
    },
    home: {}, opt: {}, root: {}, sbin: { vmtoolsd: '\x7fELF' }, srv: {}, tmp: {},
    usr: { bin: bin, sbin: {}, share: {} }, var: { log: { messages: `${hostName} kernel: Linux version 6.1.0-vicsim\n` }, tmp: {} },
  }, modified, MODES);
}

/** The files of a new Windows guest. */
export function windowsTree({ hostName, programs, modified }: { hostName: string; programs: Iterable<string>; modified: Date }): GuestDirectory {
  const system32 = Object.fromEntries([...programs].map((name) => [`${name}.exe`, 'MZ']));
  return grow({
    'C:': {
      'Program Files': { VMware: { 'VMware Tools': { 'vmtoolsd.exe': 'MZ' } } }, ProgramData: {},
      Users: { Administrator: { AppData: { Local: { Temp: {} } }, Desktop: {} }, Public: {} },
      Windows: { System32: { ...system32, drivers: { etc: { hosts: `127.0.0.1 ${hostName}\r\n` } } }, Temp: {} },
    },
  }, modified, MODES);
}
