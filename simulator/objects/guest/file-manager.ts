// GuestFileManager: the files of guests, and transfers of them, which go over HTTP with a one-time address
// (endpoints/guest-files.ts).
import { fault, toNumber, type FileTransferInformation, type GuestFileAttributes, type GuestFileInfo, type GuestListFileInfo } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { enter, type Visitor } from './access.ts';
import {
  changeAttributes, deleteDirectory, deleteFile, denied, directoryAt, fileAt, find, look, makeDirectory, makeTemporary, move, type Disk, type Writing,
} from './files.ts';
import { basename, pathOf, stepsOf } from './paths.ts';
import { diskOf, onDisk } from './state.ts';
import { transferAddress, type Transfer } from './transfers.ts';
import { lengthOfNode, type GuestNode } from './tree.ts';

type Given = { readonly vm: Parameters<typeof enter>[2]; readonly auth: Parameters<typeof enter>[3] };

const inside = (ctx: TransactionContext, { vm, auth }: Given): Visitor => enter(ctx.sim, ctx.tx, vm, auth);

/** Attributes as the API has them. */
export function attributesOf(node: GuestNode, windows: boolean): GuestFileAttributes {
  const common = { modificationTime: node.modified, accessTime: node.accessed ?? node.modified, ...(node.kind === 'symlink' ? { symlinkTarget: node.target } : {}) };
  return (windows
    ? { _type: 'GuestWindowsFileAttributes', ...common, hidden: node.hidden ?? false, readOnly: (node.mode & 0o200) === 0, createTime: node.created ?? node.modified }
    : { _type: 'GuestPosixFileAttributes', ...common, ownerId: node.uid, groupId: node.gid, permissions: node.mode }) as unknown as GuestFileAttributes;
}

/** What a client asks a file to have. Throws InvalidArgument for attributes of the other family of guests. */
export function wantedAttributes(given: GuestFileAttributes | undefined, windows: boolean): Writing & { readonly created?: Date } {
  const { _type, modificationTime, accessTime, symlinkTarget, ownerId, groupId, permissions, hidden, readOnly, createTime } = (given ?? {}) as Record<string, never> & { _type?: string };
  const other = windows ? 'GuestPosixFileAttributes' : 'GuestWindowsFileAttributes';
  if (_type === other) throw fault('InvalidArgument', { invalidProperty: 'fileAttributes' }, `A specified parameter was not correct: fileAttributes (${other} are not for this guest)`);
  if (symlinkTarget !== undefined && symlinkTarget !== '') throw fault('InvalidArgument', { invalidProperty: 'fileAttributes.symlinkTarget' }, 'A specified parameter was not correct: fileAttributes.symlinkTarget (it cannot be set)');
  const mode = permissions === undefined ? (readOnly === undefined ? undefined : readOnly ? 0o444 : 0o644) : toNumber(permissions);
  const all = { modified: modificationTime, accessed: accessTime, uid: ownerId, gid: groupId, mode, hidden, created: createTime };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const infoOf = (path: string, node: GuestNode, windows: boolean): GuestFileInfo =>
  ({ _type: 'GuestFileInfo', path, type: node.kind, size: lengthOfNode(node), attributes: attributesOf(node, windows) }) as GuestFileInfo;

interface ListArgs extends Given {
  readonly filePath: string;
  readonly index?: number;
  readonly maxResults?: number;
  readonly matchPattern?: string;
}

/** The files of a directory with '.' and '..' first, as the tools in a guest list them; or one file. */
function listFiles(visitor: Visitor, { filePath, index = 0, maxResults = 50, matchPattern }: ListArgs): GuestListFileInfo {
  const disk = diskOf(visitor);
  const { windows } = visitor;
  for (const [name, value] of [['index', index], ['maxResults', maxResults]] as const) {
    if (value < 0) throw fault('InvalidArgument', { invalidProperty: name }, `A specified parameter was not correct: ${name} (${value})`);
  }
  const matches = patternOf(matchPattern);
  const steps = stepsOf(filePath, windows);
  const found = find(disk, steps);
  const all = found.node.kind === 'directory' ? entries(disk, found.steps) : [infoOf(filePath, find(disk, steps, false).node, windows)];
  const matching = all.filter(({ path }) => matches(path.replace(/^.*[\\/]/, '')));
  const files = matching.slice(index, index + maxResults);
  return { _type: 'GuestListFileInfo', ...(files.length > 0 ? { files } : {}), remaining: Math.max(0, matching.length - index - files.length) } as GuestListFileInfo;
}

function entries(disk: Disk, steps: readonly string[]): GuestFileInfo[] {
  const { node } = directoryAt(disk, steps);
  const up = look({ ...disk, uid: 0 }, steps.slice(0, -1))?.node ?? node;
  const names = Object.keys(node.children).sort();
  return [infoOf('.', node, disk.windows), infoOf('..', up, disk.windows), ...names.map((name) => infoOf(name, node.children[name]!, disk.windows))];
}

/** matchPattern is a Perl-compatible expression. Throws InvalidArgument. */
function patternOf(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined || pattern === '') return () => true;
  if (pattern.length > 200) throw badPattern(pattern, 'it is longer than 200 characters');
  try {
    const expression = new RegExp(pattern);
    return (name) => expression.test(name);
  } catch {
    throw badPattern(pattern, 'it is no regular expression');
  }
}

const badPattern = (pattern: string, why: string) => fault('InvalidArgument', { invalidProperty: 'matchPattern' }, `A specified parameter was not correct: matchPattern ('${pattern.slice(0, 50)}': ${why})`);

function temporary(ctx: TransactionContext, { directoryPath, prefix, suffix, ...given }: Given & { directoryPath?: string; prefix: string; suffix: string }, kind: 'file' | 'directory'): string {
  const visitor = inside(ctx, given);
  const { windows } = visitor;
  if (/[\\/]/.test(`${prefix ?? ''}${suffix ?? ''}`)) throw fault('InvalidArgument', { invalidProperty: 'prefix' }, 'A specified parameter was not correct: prefix (a name has no slashes)');
  const directory = stepsOf(directoryPath || (windows ? 'C:\\Windows\\Temp' : '/tmp'), windows, 'directoryPath');
  return onDisk(visitor, (disk) => pathOf(makeTemporary(disk, directory, kind, prefix ?? '', suffix ?? '', () => ctx.sim.random.hex(3)), windows));
}

/** Hands out the address of a download. Throws FileNotFound, NotAFile, GuestPermissionDenied. */
function download(ctx: TransactionContext, { guestFilePath, ...given }: Given & { guestFilePath: string }): FileTransferInformation {
  const visitor = inside(ctx, given);
  const { node } = fileAt(diskOf(visitor), stepsOf(guestFilePath, visitor.windows, 'guestFilePath'));
  return {
    _type: 'FileTransferInformation', attributes: attributesOf(node, visitor.windows), size: lengthOfNode(node),
    url: transferAddress(ctx, { direction: 'from', ...transferOf(visitor, guestFilePath) }),
  } as FileTransferInformation;
}

const transferOf = ({ vm, user, uid, windows }: Visitor, path: string): Omit<Transfer, 'direction'> => ({ vm, user, uid, windows, path });

interface UploadArgs extends Given {
  readonly guestFilePath: string;
  readonly fileAttributes?: GuestFileAttributes;
  readonly fileSize: unknown;
  readonly overwrite: boolean;
}

/** Hands out the address of an upload; the file is written when it comes. Throws what writing there would throw now. */
function upload(ctx: TransactionContext, { guestFilePath, fileAttributes, fileSize, overwrite, ...given }: UploadArgs): string {
  const visitor = inside(ctx, given);
  const { windows, uid } = visitor;
  const steps = stepsOf(guestFilePath, windows, 'guestFilePath');
  const size = toNumber(fileSize as number);
  if (!(size >= 0)) throw fault('InvalidArgument', { invalidProperty: 'fileSize' }, `A specified parameter was not correct: fileSize (${size})`);
  const attributes = wantedAttributes(fileAttributes, windows);
  if (attributes.uid !== undefined && uid !== 0 && attributes.uid !== uid) throw denied(guestFilePath);
  const disk = diskOf(visitor);
  const found = look(disk, steps);
  if (found?.node.kind === 'directory') throw fault('NotAFile', { file: guestFilePath }, `${guestFilePath} is not a file.`);
  if (found && !overwrite) throw fault('FileAlreadyExists', { file: guestFilePath }, `The file ${guestFilePath} already exists in the guest.`);
  // A trial on a copy of the tree: what would be refused is refused now.
  if (basename(steps) === '') throw denied(guestFilePath);
  trial(disk, steps);
  return transferAddress(ctx, { direction: 'to', ...transferOf(visitor, guestFilePath), size, overwrite, attributes });
}

const trial = (disk: Disk, steps: readonly string[]): void => {
  const copy: Disk = { root: disk.root, windows: disk.windows, uid: disk.uid, now: disk.now };
  if (look(copy, steps)) {
    const { node } = find(copy, steps);
    if (copy.uid !== 0 && ((node.uid === copy.uid ? node.mode >> 6 : node.mode) & 2) === 0) throw denied(pathOf(steps, copy.windows));
    return;
  }
  makeDirectory(copy, steps, false);
};

export const guestFileManager = define('GuestFileManager', {
  MakeDirectoryInGuest: (ctx, args) => {
    const visitor = inside(ctx, args);
    onDisk(visitor, (disk) => makeDirectory(disk, stepsOf(args.directoryPath, visitor.windows, 'directoryPath'), args.createParentDirectories));
  },
  DeleteFileInGuest: (ctx, args) => {
    const visitor = inside(ctx, args);
    onDisk(visitor, (disk) => deleteFile(disk, stepsOf(args.filePath, visitor.windows)));
  },
  DeleteDirectoryInGuest: (ctx, args) => {
    const visitor = inside(ctx, args);
    onDisk(visitor, (disk) => deleteDirectory(disk, stepsOf(args.directoryPath, visitor.windows, 'directoryPath'), args.recursive));
  },
  MoveDirectoryInGuest: (ctx, args) => {
    const visitor = inside(ctx, args);
    onDisk(visitor, (disk) => move(disk, stepsOf(args.srcDirectoryPath, visitor.windows, 'srcDirectoryPath'), stepsOf(args.dstDirectoryPath, visitor.windows, 'dstDirectoryPath'), 'directory', false));
  },
  MoveFileInGuest: (ctx, args) => {
    const visitor = inside(ctx, args);
    onDisk(visitor, (disk) => move(disk, stepsOf(args.srcFilePath, visitor.windows, 'srcFilePath'), stepsOf(args.dstFilePath, visitor.windows, 'dstFilePath'), 'file', args.overwrite));
  },
  CreateTemporaryFileInGuest: (ctx, args) => temporary(ctx, args, 'file'),
  CreateTemporaryDirectoryInGuest: (ctx, args) => temporary(ctx, args, 'directory'),
  ListFilesInGuest: (ctx, args) => listFiles(inside(ctx, args), args),
  ChangeFileAttributesInGuest: (ctx, args) => {
    const visitor = inside(ctx, args);
    const wanted = wantedAttributes(args.fileAttributes, visitor.windows);
    onDisk(visitor, (disk) => changeAttributes(disk, stepsOf(args.guestFilePath, visitor.windows, 'guestFilePath'), wanted));
  },
  InitiateFileTransferFromGuest: (ctx, args) => download(ctx, args),
  InitiateFileTransferToGuest: (ctx, args) => upload(ctx, args),
});
