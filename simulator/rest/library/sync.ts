// Subscribed libraries: what the published library has is taken over, with the bytes unless they are wanted on demand.
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { RestError } from '../errors.ts';
import { changeItem, changeLibrary, clearPlace, copyFiles, createItem, deleteItem, filePlace, itemIds, itemOf, libraryOf, type Library } from './objects.ts';

/** The library of this world that a subscription URL means. Throws RESOURCE_INACCESSIBLE for any other, and when it is not published. */
export function sourceOf(tx: Transaction, subscription: Pick<NonNullable<Library['subscription_info']>, 'subscription_url' | 'password' | 'user_name'>): string {
  const id = /\/cls\/vcsp\/lib\/([^/]+)(?:\/(?:lib\.json)?)?$/.exec(subscription.subscription_url)?.[1];
  if (id === undefined || !tx.has({ type: '_Library', value: id })) {
    throw new RestError('RESOURCE_INACCESSIBLE', `No library is published at ${subscription.subscription_url}: vicsim subscribes to libraries of its own world only.`);
  }
  const { name, publish_info } = libraryOf(tx, id);
  if (publish_info?.published !== true) throw new RestError('RESOURCE_INACCESSIBLE', `Library "${name}" is not published.`);
  if (publish_info.authentication_method === 'BASIC' && publish_info.password !== subscription.password) throw new RestError('RESOURCE_INACCESSIBLE', `Library "${name}" wants another password.`);
  return id;
}

/** Makes a subscribed library as its source is. Throws RESOURCE_INACCESSIBLE. */
export function syncLibrary(sim: Simulation, tx: Transaction, id: string): void {
  const { subscription_info } = libraryOf(tx, id);
  if (!subscription_info) throw new RestError('INVALID_ARGUMENT', `Library "${libraryOf(tx, id).name}" is not subscribed.`);
  const source = sourceOf(tx, subscription_info);
  // Templates are machines: they are published to subscribers, not fetched by them.
  const wanted = itemIds(tx, source).filter((item) => itemOf(tx, item).type !== 'vm-template');
  for (const item of itemIds(tx, id)) {
    const { source_id } = itemOf(tx, item);
    if (source_id !== undefined && !wanted.includes(source_id)) deleteItem(sim, tx, item);
  }
  for (const item of wanted) syncFrom(sim, tx, id, item, !subscription_info.on_demand);
  changeLibrary(sim, tx, id, { last_sync_time: sim.clock.now() });
}

function syncFrom(sim: Simulation, tx: Transaction, library: string, source: string, content: boolean): void {
  const { name, description, type, content_version, files } = itemOf(tx, source);
  const known = itemIds(tx, library).find((item) => itemOf(tx, item).source_id === source);
  const id = known ?? createItem(sim, tx, { library_id: library, name, description, type, source_id: source, cached: false, files: [] });
  const old = itemOf(tx, id);
  if (known !== undefined && (old.name !== name || old.description !== description)) changeItem(sim, tx, id, 'metadata', { name, description });
  if (old.content_version !== content_version || files.some((file) => !old.files.some(({ name: other, version }) => other === file.name && version === file.version))) {
    for (const file of old.files) clearPlace(tx, filePlace(tx, id, file.name));
    tx.update({ type: '_LibraryItem', value: id }, { files: files.map((file) => ({ ...file, cached: false })), cached: false, content_version });
  }
  if (content) cacheItem(sim, tx, id);
  tx.update({ type: '_LibraryItem', value: id }, { last_sync_time: sim.clock.now() });
}

/** Fetches the bytes of an item of a subscribed library. */
export function cacheItem(sim: Simulation, tx: Transaction, id: string): void {
  const { source_id, cached, files } = itemOf(tx, id);
  if (source_id === undefined || cached) return;
  if (!tx.has({ type: '_LibraryItem', value: source_id })) throw new RestError('RESOURCE_INACCESSIBLE', `What item "${itemOf(tx, id).name}" was taken from is gone.`);
  copyFiles(sim, tx, source_id, id);
  tx.update({ type: '_LibraryItem', value: id }, { cached: true, files: files.map((file) => ({ ...file, cached: true })) });
}

/** Brings one item up to date, with its bytes when `content`. */
export function syncItem(sim: Simulation, tx: Transaction, id: string, content: boolean): void {
  const { library_id, source_id } = itemOf(tx, id);
  const { subscription_info } = libraryOf(tx, library_id);
  if (!subscription_info || source_id === undefined) throw new RestError('INVALID_ARGUMENT', `Item "${itemOf(tx, id).name}" is not of a subscribed library.`);
  sourceOf(tx, subscription_info);
  if (!tx.has({ type: '_LibraryItem', value: source_id })) deleteItem(sim, tx, id);
  else syncFrom(sim, tx, library_id, source_id, content || !subscription_info.on_demand);
}

/** Drops the bytes of an item; only what is subscribed on demand can be fetched again. */
export function evictItem(tx: Transaction, id: string): void {
  const { library_id, files, source_id } = itemOf(tx, id);
  if (libraryOf(tx, library_id).subscription_info === undefined || source_id === undefined) throw new RestError('INVALID_ARGUMENT', `Item "${itemOf(tx, id).name}" is not of a subscribed library.`);
  if (libraryOf(tx, library_id).subscription_info?.on_demand !== true) throw new RestError('NOT_ALLOWED_IN_CURRENT_STATE', `Library "${libraryOf(tx, library_id).name}" is not subscribed on demand.`);
  for (const file of files) clearPlace(tx, filePlace(tx, id, file.name));
  tx.update({ type: '_LibraryItem', value: id }, { cached: false, files: files.map((file) => ({ ...file, cached: false })) });
}
