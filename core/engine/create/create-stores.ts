// Directories of the volume stores. Those that were there before stay when create fails.
import { deletePath, formatDatastorePath, listDirectory, makeDirectory, parentPath, type Connection, type DatastorePath } from '../../client/index.ts';
import { isFault } from '../../vim25/fault.ts';
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import type { DatastoreFacts } from './facts.ts';
import { undoable, unlessGone, type CreateRun, type OnFailure } from './run.ts';

export async function createVolumeStores(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { plan, session, context } = run;
  const datacenter = plan.facts.datacenter.ref;
  for (const { label, store } of plan.volumes) {
    const { browser } = store.datastore;
    const topmost = browser && (await topmostMissing(store.path, async (path) => (await listDirectory(session, browser, path)) !== undefined));
    if (!topmost) continue;
    // Each request on its own: a refusal of the second does not undo the first.
    const remove = (connection: Connection) => unlessGone(() => deletePath(connection, topmost, datacenter));
    await undoable(run, onFailure, () => makeTop(session, store.datastore, topmost, datacenter), remove);
    await undoable(run, onFailure, () => makeDirectory(session, store.path, datacenter), remove);
    context.log.note?.(`Created ${formatDatastorePath(store.path)} for volume store "${label}"`);
  }
}

/** The highest directory on the way that is not there; undefined when all are. */
async function topmostMissing(path: DatastorePath, exists: (path: DatastorePath) => Promise<boolean>): Promise<DatastorePath | undefined> {
  let missing: DatastorePath | undefined;
  for (let at = path; at.path !== '' && !(await exists(at)); at = parentPath(at)) missing = at;
  return missing;
}

/** On vSAN directories of the top are objects of their own, which the file manager does not make. */
async function makeTop(connection: Connection, datastore: DatastoreFacts, top: DatastorePath, datacenter: ManagedObjectReference): Promise<void> {
  const { datastoreNamespaceManager } = connection.content;
  if (datastore.type.toLowerCase() !== 'vsan' || top.path.includes('/') || !datastoreNamespaceManager) return;
  try {
    await connection.call(datastoreNamespaceManager, 'CreateDirectory', { datastore: datastore.ref, displayName: top.path });
  } catch (error) {
    // Some servers have the file manager do it.
    if (isFault(error, 'FileAlreadyExists')) return;
    if (!isFault(error, 'InvalidDatastore') && !isFault(error, 'NotSupported')) throw error;
    await makeDirectory(connection, top, datacenter);
  }
}
