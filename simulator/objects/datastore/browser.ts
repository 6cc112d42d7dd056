// HostDatastoreBrowser: searching the directories of a datastore.
import {
  isSubtype, typed, typeOf, type FileInfo, type FileQuery, type FileQueryFlags, type HostDatastoreBrowserSearchResults, type HostDatastoreBrowserSearchSpec,
  type ManagedObjectReference, type VmDiskFileInfo, type VmDiskFileQuery,
} from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { lengthOf } from './content.ts';
import { byName } from './namespaces.ts';
import {
  describePath, extentOf, invalidDatastore, joinPath, list, parseDatastorePath, removePath, stat, type Location, type NamedEntry,
} from './files.ts';

/** Which kind of file a name means, most telling first; its query is the same word with Query for Info. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/\.vmtx$/i, 'TemplateConfigFileInfo'], [/\.vmx$/i, 'VmConfigFileInfo'], [/\.vmdk$/i, 'VmDiskFileInfo'], [/\.vmsn$/i, 'VmSnapshotFileInfo'],
  [/\.iso$/i, 'IsoImageFileInfo'], [/\.flp$/i, 'FloppyImageFileInfo'], [/\.nvram$/i, 'VmNvramFileInfo'], [/\.log$/i, 'VmLogFileInfo'],
];

const kindOf = (entry: NamedEntry): string =>
  entry.kind === 'directory' ? 'FolderFileInfo' : (KINDS.find(([pattern]) => pattern.test(entry.name))?.[1] ?? 'FileInfo');

/** An extent is part of a disk: searches for disks show the descriptor only. */
const isExtent = (name: string): boolean => /-(flat|delta|rdm|rdmp|ctk|sesparse)\.vmdk$/i.test(name);

/** A file pattern with * and ? as a test of names. */
export function matcher(patterns: readonly string[] | undefined, ignoreCase: boolean): (name: string) => boolean {
  const wanted = (patterns ?? []).filter((pattern) => pattern !== '');
  if (wanted.length === 0) return () => true;
  const tests = wanted.map((pattern) => globTest(pattern, ignoreCase));
  return (name) => tests.some((test) => test(name));
}

/** Matches by walking, not by a regular expression: patterns come from clients, and `*a*a*a*…` must stay linear. */
function globTest(pattern: string, ignoreCase: boolean): (name: string) => boolean {
  const glob = ignoreCase ? pattern.toLowerCase() : pattern;
  return (given) => {
    const name = ignoreCase ? given.toLowerCase() : given;
    let p = 0;
    let n = 0;
    let star = -1;
    let mark = 0;
    while (n < name.length) {
      if (glob[p] === '*') {
        star = p++;
        mark = n;
      } else if (p < glob.length && (glob[p] === '?' || glob[p] === name[n])) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++mark;
      } else return false;
    }
    while (glob[p] === '*') p++;
    return p === glob.length;
  };
}

interface Found {
  readonly tx: Transaction;
  readonly datastore: ManagedObjectReference;
  readonly directory: string;
}

/** The query that asks for this file, or undefined when none does. */
function queryFor(queries: readonly FileQuery[], entry: NamedEntry, kind: string): FileQuery | undefined {
  return queries.find((query) => {
    const type = typeOf(query) ?? 'FileQuery';
    if (type === 'FileQuery') return entry.kind === 'file';
    if (!isSubtype(kind, type.replace(/Query$/, 'Info'))) return false;
    return kind !== 'VmDiskFileInfo' || (!isExtent(entry.name) && diskFits(query as VmDiskFileQuery, entry));
  });
}

function diskFits({ filter }: VmDiskFileQuery, { disk }: NamedEntry): boolean {
  if (filter?.thin !== undefined && filter.thin !== (disk?.thin ?? false)) return false;
  return !filter?.diskType?.length || filter.diskType.includes('VirtualDiskFlatVer2BackingInfo');
}

function fileInfo(found: Found, entry: NamedEntry, kind: string, flags: FileQueryFlags | undefined, query: FileQuery | undefined): FileInfo {
  const info: Record<string, unknown> = { _type: flags?.fileType || query ? kind : 'FileInfo', path: entry.name };
  if (entry.namespace !== undefined) info['friendlyName'] = entry.name;
  if (flags?.fileSize) info['fileSize'] = sizeOf(found, entry, kind);
  if (flags?.modification) info['modification'] = entry.modified;
  if (flags?.fileOwner) info['owner'] = 'root';
  if (query && kind === 'VmDiskFileInfo') Object.assign(info, diskInfo(entry, query as VmDiskFileQuery));
  if (query && kind === 'VmConfigFileInfo' && (query as { details?: { configVersion?: boolean } }).details?.configVersion) info['configVersion'] = 8;
  return info as unknown as FileInfo;
}

/** A disk is as large as its extent. */
function sizeOf({ tx, datastore, directory }: Found, entry: NamedEntry, kind: string): number {
  const extent = kind === 'VmDiskFileInfo' && !isExtent(entry.name) ? stat(tx, datastore, joinPath(directory, extentOf(entry.name))) : undefined;
  return extent ? extent.size : lengthOf(tx, entry.name, entry);
}

function diskInfo({ name, disk }: NamedEntry, { details }: VmDiskFileQuery): Partial<VmDiskFileInfo> {
  return {
    ...(details?.diskType ? { diskType: 'VirtualDiskFlatVer2BackingInfo' } : {}),
    ...(details?.capacityKb && disk ? { capacityKb: disk.capacityKb } : {}),
    ...(details?.hardwareVersion ? { hardwareVersion: 13 } : {}),
    ...(details?.controllerType ? { controllerType: 'VirtualLsiLogicController' } : {}),
    ...(details?.diskExtents ? { diskExtents: [extentOf(name)] } : {}),
    ...(details?.thin ? { thin: disk?.thin ?? false } : {}),
  };
}

/** What one directory has for a search. Throws FileNotFound. */
function search(tx: Transaction, { datastore, path }: Location, spec: HostDatastoreBrowserSearchSpec = {}): HostDatastoreBrowserSearchResults {
  const found = { tx, datastore, directory: path };
  const fits = matcher(spec.matchPattern, spec.searchCaseInsensitive ?? false);
  const file: FileInfo[] = [];
  const entries = list(tx, datastore, path).filter((entry) => fits(entry.name));
  if (spec.sortFoldersFirst) entries.sort((a, b) => Number(b.kind === 'directory') - Number(a.kind === 'directory'));
  for (const entry of entries) {
    const kind = kindOf(entry);
    const query = spec.query?.length ? queryFor(spec.query, entry, kind) : undefined;
    if (spec.query?.length && !query) continue;
    file.push(fileInfo(found, entry, kind, spec.details, query));
  }
  const folderPath = describePath(tx, datastore, path === '' ? '' : `${path}/`);
  return { _type: 'HostDatastoreBrowserSearchResults', datastore, folderPath, file } as HostDatastoreBrowserSearchResults;
}

/** The directory and, parents first, every directory below it. */
function* directories(tx: Transaction, { datastore, path }: Location): Iterable<Location> {
  yield { datastore, path };
  for (const entry of list(tx, datastore, path)) {
    if (entry.kind === 'directory') yield* directories(tx, { datastore, path: joinPath(path, entry.name) });
  }
}

/** Resolves a path; a browser sees its own datastores only. Throws InvalidDatastore, InvalidDatastorePath. */
function open({ tx, self }: TransactionContext, text: string): Location {
  const { datastore: name, path } = parseDatastorePath(text);
  const own = (self.props['datastore'] ?? []) as readonly ManagedObjectReference[];
  const datastore = own.find((ref) => tx.get(ref, 'name') === name);
  if (!datastore) throw invalidDatastore(name);
  return { datastore, path: byName(tx, datastore, path) };
}

export const hostDatastoreBrowser = define('HostDatastoreBrowser', {
  SearchDatastore_Task: {
    entity: ({ self }) => (self.props['datastore'] as readonly ManagedObjectReference[] | undefined)?.[0],
    task: (ctx, { datastorePath, searchSpec }) => search(ctx.tx, open(ctx, datastorePath), searchSpec),
  },
  SearchDatastoreSubFolders_Task: {
    entity: ({ self }) => (self.props['datastore'] as readonly ManagedObjectReference[] | undefined)?.[0],
    task: (ctx, { datastorePath, searchSpec }) => {
      const results = [...directories(ctx.tx, open(ctx, datastorePath))].map((place) => search(ctx.tx, place, searchSpec));
      return typed('ArrayOfHostDatastoreBrowserSearchResults', results) as unknown as readonly HostDatastoreBrowserSearchResults[];
    },
  },
  DeleteFile: (ctx, { datastorePath }) => {
    const { datastore, path } = open(ctx, datastorePath);
    removePath(ctx.tx, datastore, path);
  },
});
