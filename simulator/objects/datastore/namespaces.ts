// The rules of vSAN datastores: a top-level directory is an object of its own with a UUID, and its name only another
// name for it. Files know nothing of this; those who resolve paths do.
import { fault, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { entriesIn, entryIn } from './directory-entries.ts';

type Ref = ManagedObjectReference;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isVsan = (tx: Transaction, datastore: Ref): boolean => tx.get(datastore, 'summary.type') === 'vsan';

interface Named {
  readonly namespace?: string;
}

const rootOf = (tx: Transaction, datastore: Ref): Props => tx.find({ type: '_Directory', value: `dir:${datastore.value}:/` }) ?? {};

/** The path with a namespace's UUID in front replaced by its name: the same files, spelled as they are kept. */
export function byName(tx: Transaction, datastore: Ref, path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (!UUID.test(first) || !isVsan(tx, datastore)) return path;
  const root = rootOf(tx, datastore);
  if (entryIn(root, first)) return path;
  const name = [...entriesIn<Named>(root)].find(([, { namespace }]) => namespace === first.toLowerCase())?.[0];
  return name === undefined ? path : [name, ...rest].join('/');
}

/** The path with the namespace's name in front replaced by its UUID; undefined when there is no such namespace. */
export function byUuid(tx: Transaction, datastore: Ref, path: string): string | undefined {
  const [first = '', ...rest] = byName(tx, datastore, path).split('/');
  const uuid = entryIn<Named>(rootOf(tx, datastore), first)?.namespace;
  return uuid === undefined ? undefined : [uuid, ...rest].join('/');
}

/** Throws CannotCreateFile for a top-level file or directory of a vSAN datastore that is not made by a namespace. */
export function requireCreatable(tx: Transaction, datastore: Ref, path: string): void {
  if (path.includes('/') || !isVsan(tx, datastore)) return;
  const file = `[${String(tx.get(datastore, 'name'))}] ${path}`;
  throw fault('CannotCreateFile', { file }, `Cannot create ${file}: top-level directories of a vSAN datastore are made by DatastoreNamespaceManager.CreateDirectory, and it holds no top-level files.`);
}
