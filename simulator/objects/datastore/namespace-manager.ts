// DatastoreNamespaceManager: top-level directories of vSAN datastores.
import { fault, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { requireUnlocked, resolve } from './file-manager.ts';
import { describePath, fileNotFound, invalidDatastore, invalidPath, joinPath, list, makeDirectory, removePath, stat, walk, type Location } from './files.ts';
import { byUuid, isVsan } from './namespaces.ts';

type Ref = ManagedObjectReference;

/** '/vmfs/volumes/vsan:…/<uuid>' */
const stableName = (tx: Transaction, datastore: Ref, path: string): string =>
  joinPath(String(tx.get(datastore, 'summary.url')).replace(/^ds:\/\//, '').replace(/\/$/, ''), path);

/** The namespace a call names in any of the forms of a path. */
function namespaceOf(ctx: TransactionContext, name: string, datacenter: Ref | undefined): Location {
  const place = resolve(ctx, name, datacenter);
  if (!isVsan(ctx.tx, place.datastore)) throw invalidDatastore(String(ctx.tx.get(place.datastore, 'name')));
  if (place.path === '' || place.path.includes('/')) throw invalidPath(name);
  if (stat(ctx.tx, place.datastore, place.path)?.kind !== 'directory') throw fileNotFound(describePath(ctx.tx, place.datastore, place.path));
  return place;
}

export const datastoreNamespaceManager = define('DatastoreNamespaceManager', {
  CreateDirectory: ({ sim, tx }, { datastore, displayName }) => {
    if (datastore.type !== 'Datastore' || !tx.has(datastore)) {
      throw fault('ManagedObjectNotFound', { obj: datastore }, `The object 'vim.${datastore.type}:${datastore.value}' has already been deleted or has not been completely created`);
    }
    const name = displayName || sim.random.uuid();
    const file = describePath(tx, datastore, name);
    if (!isVsan(tx, datastore)) throw fault('CannotCreateFile', { file }, `Cannot create ${file}: directories of this datastore are made by FileManager.MakeDirectory.`);
    if (/[/\\\u0000-\u001f\u007f]/.test(name) || name === '.' || name === '..') throw invalidPath(file);
    makeDirectory(sim, tx, datastore, name);
    return stableName(tx, datastore, byUuid(tx, datastore, name)!);
  },
  DeleteDirectory: (ctx, { datastorePath, datacenter }) => {
    const { datastore, path } = namespaceOf(ctx, datastorePath, datacenter);
    const file = describePath(ctx.tx, datastore, path);
    requireUnlocked(ctx.tx, { datastore, path });
    if (list(ctx.tx, datastore, path).length > 0) throw fault('DirectoryNotEmpty', { file }, `The directory ${file} is not empty.`);
    removePath(ctx.tx, datastore, path);
  },
  ConvertNamespacePathToUuidPath: (ctx, { namespaceUrl, datacenter }) => {
    const { tx } = ctx;
    const { datastore, path } = resolve(ctx, namespaceUrl, datacenter);
    if (!isVsan(tx, datastore)) throw invalidDatastore(String(tx.get(datastore, 'name')));
    const found = byUuid(tx, datastore, path);
    if (found === undefined) throw invalidPath(namespaceUrl);
    return joinPath(String(tx.get(datastore, 'summary.url')).replace(/\/$/, ''), found);
  },
  QueryDirectoryInfo: (ctx, { stableName: name, datacenter }) => {
    const { datastore, path } = namespaceOf(ctx, name, datacenter);
    let used = 0;
    for (const { entry } of walk(ctx.tx, datastore, path)) used += entry.size;
    return { capacity: Number(ctx.tx.get(datastore, 'summary.capacity')), used };
  },
  IncreaseDirectorySize: (ctx, { stableName: name, datacenter }) => {
    namespaceOf(ctx, name, datacenter);
    throw fault('NotSupported', {}, 'A namespace of this datastore has no size of its own: it grows as far as the datastore does.');
  },
});
