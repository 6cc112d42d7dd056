// Names of files in datastores: '[datastore] dir/file' and the URL forms, and which datastore a name means.
// Purely naming: the files themselves are in files.ts.
import { fault, type Fault, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { datacenterOf } from '../entity.ts';
import { byName } from './namespaces.ts';

export interface DatastorePath {
  readonly datastore: string;
  /** Normalised: no leading, trailing or double slashes, no '.' steps; '' is the datastore's root. */
  readonly path: string;
}

/** Where a datastore name is looked up: names are unique in a datacenter, and on a host. */
export interface Scope {
  readonly datacenter?: ManagedObjectReference;
  readonly host?: ManagedObjectReference;
}

const BRACKETS = /^\s*\[([^\]]*)\]\s*([^]*)$/;

export const invalidPath = (text: string): Fault =>
  fault('InvalidDatastorePath', { datastorePath: text, name: BRACKETS.exec(text)?.[1] }, `Invalid datastore path '${text}'.`);

/** The path without empty and '.' steps. Throws InvalidDatastorePath for '..', backslashes and control characters. */
export function normalisePath(path: string, text = path): string {
  if (/[\u0000-\u001f\u007f\\]/.test(path)) throw invalidPath(text);
  if (!path.includes('//') && !path.includes('.') && !path.startsWith('/') && !path.endsWith('/')) return path;
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.includes('..')) throw invalidPath(text);
  return steps.join('/');
}

/** '[ds] a/b' → {datastore: 'ds', path: 'a/b'}. Throws InvalidDatastorePath. */
export function parseDatastorePath(text: string): DatastorePath {
  const match = BRACKETS.exec(text);
  if (!match || match[1] === '') throw invalidPath(text);
  return { datastore: match[1]!, path: normalisePath(match[2]!.trimEnd(), text) };
}

/** The form in which vCenter writes names: '[ds] a/b', '[ds] ' for the root. */
export const formatDatastorePath = (datastore: string, path: string): string => `[${datastore}] ${path}`;

/** 'a/b/c' → ['a/b', 'c'] */
export function splitPath(path: string): [directory: string, name: string] {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}

export const joinPath = (directory: string, name: string): string => (directory === '' ? name : name === '' ? directory : `${directory}/${name}`);

/** The datastore of that name, in the datacenter or on the host when given; undefined when there is none. */
export function findDatastore(tx: Transaction, name: string, scope: Scope = {}): ManagedObjectReference | undefined {
  const onHost = scope.host && (tx.get(scope.host, 'datastore') as readonly ManagedObjectReference[] | undefined);
  for (const ref of onHost ?? tx.all('Datastore')) {
    if (tx.find(ref)?.['name'] !== name) continue;
    if (scope.datacenter && datacenterOf(tx, ref)?.value !== scope.datacenter.value) continue;
    return ref;
  }
  return undefined;
}

/** A file in a datastore that exists (the file need not). */
export interface Location {
  readonly datastore: ManagedObjectReference;
  readonly path: string;
}

export const invalidDatastore = (name: string): Fault =>
  fault('InvalidDatastore', { name }, `Datastore '${name}' is not valid or was not found.`);

/** Resolves '[ds] path'. Throws InvalidDatastorePath or InvalidDatastore. */
export function locate(tx: Transaction, text: string, scope: Scope = {}): Location {
  const { datastore: name, path } = parseDatastorePath(text);
  const datastore = findDatastore(tx, name, scope);
  if (!datastore) throw invalidDatastore(name);
  return { datastore, path: byName(tx, datastore, path) };
}

/**
 * Resolves what FileManager takes: '[ds] path', 'ds:///vmfs/volumes/<id or name>/path', or the URL of the /folder
 * service, whose dcPath is then left to the caller's scope.
 */
export function locateAny(tx: Transaction, text: string, scope: Scope = {}): Location {
  const volume = /^(?:ds:\/\/)?\/vmfs\/volumes\/([^/]+)\/?([^]*)$/.exec(text);
  if (volume) {
    const path = normalisePath(volume[2]!, text);
    for (const ref of tx.all('Datastore')) {
      const url = String(tx.get(ref, 'summary.url') ?? '');
      const matches = url.split('/').includes(volume[1]!) || tx.get(ref, 'name') === volume[1];
      if (matches && (!scope.datacenter || datacenterOf(tx, ref)?.value === scope.datacenter.value)) return { datastore: ref, path: byName(tx, ref, path) };
    }
    throw invalidDatastore(volume[1]!);
  }
  if (/^https?:\/\//.test(text)) {
    let url: URL;
    let path: string;
    try {
      url = new URL(text);
      path = decodeURIComponent(url.pathname);
    } catch {
      throw invalidPath(text);
    }
    const name = url.searchParams.get('dsName');
    if (!name || !path.startsWith('/folder')) throw invalidPath(text);
    const datastore = findDatastore(tx, name, scope);
    if (!datastore) throw invalidDatastore(name);
    return { datastore, path: byName(tx, datastore, normalisePath(path.slice('/folder'.length), text)) };
  }
  return locate(tx, text, scope);
}
