// Files and directories on datastores: '[datastore] a/b' paths, listing, deleting, making directories.
import { isFault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import type { FileInfo, HostDatastoreBrowserSearchResults } from '../vim25/types.d.ts';
import type { Connection } from './connection.ts';
import { runTask } from './tasks.ts';

/** A place on a datastore; `path` has no leading, trailing or doubled slash, and is '' for the root. */
export interface DatastorePath {
  readonly datastore: string;
  readonly path: string;
}

/** Makes a path, with '.' and empty elements dropped and '..' applied within the datastore. */
export function datastorePath(datastore: string, ...parts: readonly string[]): DatastorePath {
  const elements: string[] = [];
  for (const element of parts.flatMap((part) => part.split('/'))) {
    if (element === '..') elements.pop();
    else if (element !== '' && element !== '.') elements.push(element);
  }
  return { datastore, path: elements.join('/') };
}

/** Reads '[ds] a/b'; undefined when the text has no such form. */
export function parseDatastorePath(text: string): DatastorePath | undefined {
  const match = /^\s*\[([^\]]+)\]\s*(.*)$/s.exec(text);
  return match ? datastorePath(match[1]!, match[2]!.trim()) : undefined;
}

/** '[ds] a/b', as vSphere writes it. */
export const formatDatastorePath = ({ datastore, path }: DatastorePath): string => (path === '' ? `[${datastore}]` : `[${datastore}] ${path}`);

export const childPath = (parent: DatastorePath, ...parts: readonly string[]): DatastorePath => datastorePath(parent.datastore, parent.path, ...parts);

/** The directory that holds it; the root's parent is the root. */
export const parentPath = ({ datastore, path }: DatastorePath): DatastorePath => ({ datastore, path: path.slice(0, Math.max(0, path.lastIndexOf('/'))) });

/** True when `inner` is `outer` or lies below it. */
export const isWithin = (inner: DatastorePath, outer: DatastorePath): boolean =>
  inner.datastore === outer.datastore && (outer.path === '' || inner.path === outer.path || inner.path.startsWith(`${outer.path}/`));

export interface DirectoryEntry {
  readonly name: string;
  readonly directory: boolean;
}

const isDirectory = (file: FileInfo): boolean => file._type === 'FolderFileInfo';

/** What a directory holds; undefined when it does not exist. */
export async function listDirectory(connection: Connection, browser: ManagedObjectReference, path: DatastorePath): Promise<DirectoryEntry[] | undefined> {
  try {
    // Directories come as FolderFileInfo only when file types are asked for.
    const searchSpec = { matchPattern: ['*'], details: { fileType: true, fileSize: false, modification: false, fileOwner: false } };
    const found: HostDatastoreBrowserSearchResults = await runTask(connection, browser, 'SearchDatastore_Task', {
      datastorePath: formatDatastorePath(path),
      searchSpec,
    });
    return (found?.file ?? []).map((file) => ({ name: file.path, directory: isDirectory(file) }));
  } catch (error) {
    if (isFault(error, 'FileNotFound')) return undefined;
    throw error;
  }
}

/** Deletes a file or a directory with all it holds; false when there was nothing. Refuses a datastore's root. */
export async function deletePath(connection: Connection, path: DatastorePath, datacenter: ManagedObjectReference | undefined): Promise<boolean> {
  if (path.path === '') throw new Error(`refusing to delete the root of datastore ${path.datastore}`);
  const { fileManager } = connection.content;
  if (!fileManager) throw new Error(`${connection.address} offers no file manager`);
  try {
    await runTask(connection, fileManager, 'DeleteDatastoreFile_Task', { name: formatDatastorePath(path), ...(datacenter ? { datacenter } : {}) });
    return true;
  } catch (error) {
    if (isFault(error, 'FileNotFound')) return false;
    throw error;
  }
}

/** Makes a directory with its parents; one that exists already is fine. */
export async function makeDirectory(connection: Connection, path: DatastorePath, datacenter: ManagedObjectReference | undefined): Promise<void> {
  const { fileManager } = connection.content;
  if (!fileManager) throw new Error(`${connection.address} offers no file manager`);
  try {
    await connection.call(fileManager, 'MakeDirectory', {
      name: formatDatastorePath(path),
      createParentDirectories: true,
      ...(datacenter ? { datacenter } : {}),
    });
  } catch (error) {
    if (!isFault(error, 'FileAlreadyExists')) throw error;
  }
}
