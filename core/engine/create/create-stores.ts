// Directories of the volume stores. Those that were there before stay when create fails.
import { deletePath, formatDatastorePath, listDirectory, makeDirectory, parentPath, type DatastorePath } from '../../client/index.ts';
import type { Undo } from '../step.ts';
import type { CreateRun } from './create.ts';

export async function createVolumeStores(run: CreateRun, onFailure: (undo: Undo) => void): Promise<void> {
  const { plan, session, context } = run;
  const datacenter = plan.facts.datacenter.ref;
  for (const { label, store } of plan.volumes) {
    const { browser } = store.datastore;
    const topmost = browser && (await topmostMissing(store.path, async (path) => (await listDirectory(session, browser, path)) !== undefined));
    if (!topmost) continue;
    // Registered first: a request whose answer is lost may have made it.
    onFailure(async () => void (await deletePath(session, topmost, datacenter)));
    await makeDirectory(session, store.path, datacenter);
    context.log.step(`Created ${formatDatastorePath(store.path)} for volume store "${label}"`);
  }
}

/** The highest directory on the way that is not there; undefined when all are. */
async function topmostMissing(path: DatastorePath, exists: (path: DatastorePath) => Promise<boolean>): Promise<DatastorePath | undefined> {
  let missing: DatastorePath | undefined;
  for (let at = path; at.path !== '' && !(await exists(at)); at = parentPath(at)) missing = at;
  return missing;
}
