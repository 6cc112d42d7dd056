// Libraries and their items as objects of the store, and their files in the directory of the library on its datastore.
import { createHash } from 'node:crypto';
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { readBytes, sizeOf, type Content } from '../../objects/datastore/blocks.ts';
import { copyPath, makeDirectory, removePath, stat, type Place } from '../../objects/datastore/files.ts';
import type { Transaction } from '../../store/transaction.ts';
import { invalid, notFound, RestError } from '../errors.ts';

type Ref = ManagedObjectReference;

export interface Library {
  readonly name: string;
  readonly description: string;
  readonly type: 'LOCAL' | 'SUBSCRIBED';
  readonly storage_backings: readonly { readonly type: 'DATASTORE'; readonly datastore_id: string }[];
  readonly creation_time: Date;
  readonly last_modified_time: Date;
  readonly last_sync_time?: Date;
  readonly version: string;
  readonly server_guid: string;
  readonly security_policy_id?: string;
  readonly publish_info?: Publication;
  readonly subscription_info?: Subscription;
}

export interface Publication {
  readonly authentication_method: 'NONE' | 'BASIC';
  readonly published: boolean;
  readonly persist_json_enabled?: boolean;
  readonly user_name?: string;
  readonly password?: string;
}

export interface Subscription {
  readonly authentication_method: 'NONE' | 'BASIC';
  readonly subscription_url: string;
  readonly automatic_sync_enabled: boolean;
  readonly on_demand: boolean;
  readonly ssl_thumbprint?: string;
  readonly user_name?: string;
  readonly password?: string;
}

export interface ItemFile {
  readonly name: string;
  readonly size: number;
  readonly version: string;
  readonly cached: boolean;
  readonly checksum_info?: { readonly algorithm: string; readonly checksum: string };
}

export interface Item {
  readonly library_id: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly creation_time: Date;
  readonly last_modified_time: Date;
  readonly last_sync_time?: Date;
  readonly content_version: string;
  readonly metadata_version: string;
  readonly version: string;
  readonly source_id?: string;
  readonly cached: boolean;
  readonly files: readonly ItemFile[];
  /** The template of an item of type vm-template. */
  readonly vm?: Ref;
}

export const LIBRARY = '_Library';
export const ITEM = '_LibraryItem';

const bump = (version: string): string => String(Number(version) + 1);

/** An object of the REST side. Throws NOT_FOUND. */
export function readObject<T>(tx: Transaction, type: string, what: string, id: string): T {
  const ref = { type, value: id };
  if (!tx.has(ref) || tx.typeOf(id) !== type) throw notFound(`${what} ${id}`);
  return tx.find(ref) as unknown as T;
}

export const libraryOf = (tx: Transaction, id: string): Library => readObject<Library>(tx, LIBRARY, 'Library', id);
export const itemOf = (tx: Transaction, id: string): Item => readObject<Item>(tx, ITEM, 'Library item', id);
export const libraryIds = (tx: Transaction): readonly string[] => [...tx.all(LIBRARY)].map(({ value }) => value);
export const itemIds = (tx: Transaction, library?: string): readonly string[] =>
  [...tx.all(ITEM)].map(({ value }) => value).filter((id) => library === undefined || itemOf(tx, id).library_id === library);

// ---- places ------------------------------------------------------------------------------------------------------

/** Where the files of a library, of an item or of one file of it are. Throws RESOURCE_INACCESSIBLE when the datastore is gone. */
export function placeOf(tx: Transaction, library: string, ...steps: readonly string[]): Place {
  const { storage_backings, name } = libraryOf(tx, library);
  const datastore = { type: 'Datastore', value: storage_backings[0]!.datastore_id };
  if (!tx.has(datastore)) throw new RestError('RESOURCE_INACCESSIBLE', `The datastore ${datastore.value} of library "${name}" is gone.`);
  return { datastore, path: [`contentlib-${library}`, ...steps].join('/') };
}

export const filePlace = (tx: Transaction, item: string, file: string): Place => placeOf(tx, itemOf(tx, item).library_id, item, file);

export function makePlace(sim: Simulation, tx: Transaction, place: Place): void {
  makeDirectory(sim, tx, place.datastore, place.path, { parents: true });
}

/** Nothing happens when there is nothing. */
export function clearPlace(tx: Transaction, { datastore, path }: Place): void {
  if (stat(tx, datastore, path)) removePath(tx, datastore, path);
}

/** Throws INVALID_ARGUMENT for a name that would lead out of the item's directory. */
export function requireFileName(name: string): string {
  if (name === '' || name.length > 255 || /[/\\\u0000-\u001f\u007f]/.test(name) || /^\.+$/.test(name)) throw invalid(`"${name.slice(0, 80)}" is no name of a file.`);
  return name;
}

// ---- libraries ---------------------------------------------------------------------------------------------------

export function createLibrary(sim: Simulation, tx: Transaction, library: Library): string {
  if (library.name.trim() === '' || library.name.length > 256) throw invalid(`The name of a library has 1 to 256 characters; "${library.name.slice(0, 40)}" has ${library.name.length}.`);
  const id = sim.random.uuid();
  tx.create(LIBRARY, id, { ...library });
  makePlace(sim, tx, placeOf(tx, id));
  return id;
}

export function changeLibrary(sim: Simulation, tx: Transaction, id: string, change: Partial<Library>): void {
  const { version } = libraryOf(tx, id);
  tx.update({ type: LIBRARY, value: id }, { ...change, version: bump(version), last_modified_time: sim.clock.now() });
}

/** Its items and files go with it. */
export function deleteLibrary(sim: Simulation, tx: Transaction, id: string): void {
  for (const item of itemIds(tx, id)) deleteItem(sim, tx, item);
  const { storage_backings } = libraryOf(tx, id);
  if (tx.has({ type: 'Datastore', value: storage_backings[0]!.datastore_id })) clearPlace(tx, placeOf(tx, id));
  tx.remove({ type: LIBRARY, value: id });
}

// ---- items -------------------------------------------------------------------------------------------------------

export type NewItem = Pick<Item, 'library_id' | 'name' | 'description' | 'type'> & Partial<Pick<Item, 'source_id' | 'vm' | 'cached' | 'files'>>;

/** Throws ALREADY_EXISTS for a name that is taken in the library. */
export function createItem(sim: Simulation, tx: Transaction, item: NewItem): string {
  libraryOf(tx, item.library_id);
  requireItemName(tx, item.library_id, item.name);
  const now = sim.clock.now();
  const id = sim.random.uuid();
  tx.create(ITEM, id, { cached: true, files: [], ...item, creation_time: now, last_modified_time: now, content_version: '1', metadata_version: '1', version: '1' });
  if (!item.vm) makePlace(sim, tx, placeOf(tx, item.library_id, id));
  changeLibrary(sim, tx, item.library_id, {});
  return id;
}

function requireItemName(tx: Transaction, library: string, name: string, self?: string): void {
  if (name.trim() === '' || name.length > 80) throw invalid(`The name of a library item has 1 to 80 characters; "${name.slice(0, 40)}" has ${name.length}.`);
  const taken = itemIds(tx, library).some((id) => id !== self && itemOf(tx, id).name.toLowerCase() === name.toLowerCase());
  if (taken) throw new RestError('ALREADY_EXISTS', `The library has an item named "${name}" already.`, 'com.vmware.vdcs.cls-main.library_item_exists');
}

export function changeItem(sim: Simulation, tx: Transaction, id: string, what: 'content' | 'metadata', change: Partial<Item>): void {
  const old = itemOf(tx, id);
  if (change.name !== undefined) requireItemName(tx, old.library_id, change.name, id);
  const counter = what === 'content' ? 'content_version' : 'metadata_version';
  tx.update({ type: ITEM, value: id }, { ...change, [counter]: bump(old[counter]), version: bump(old.version), last_modified_time: sim.clock.now() });
  changeLibrary(sim, tx, old.library_id, {});
}

/** Its files go with it, and its transfers. */
export function deleteItem(sim: Simulation, tx: Transaction, id: string): void {
  const { library_id, storage } = { storage: libraryOf(tx, itemOf(tx, id).library_id).storage_backings, ...itemOf(tx, id) };
  for (const type of ['_LibraryUpdateSession', '_LibraryDownloadSession']) {
    for (const ref of [...tx.all(type)]) if (tx.get(ref, 'library_item_id') === id) tx.remove(ref);
  }
  if (tx.has({ type: 'Datastore', value: storage[0]!.datastore_id })) clearPlace(tx, placeOf(tx, library_id, id));
  tx.remove({ type: ITEM, value: id });
  changeLibrary(sim, tx, library_id, {});
}

/** Takes the contents of one item as those of another: copies the files that are there. */
export function copyFiles(sim: Simulation, tx: Transaction, from: string, to: string): void {
  const { files } = itemOf(tx, from);
  for (const { name } of files) {
    const target = filePlace(tx, to, name);
    clearPlace(tx, target);
    copyPath(sim, tx, filePlace(tx, from, name), target);
  }
}

/** The checksum of content, in lower case. Throws INVALID_ARGUMENT for an unknown algorithm. */
export function checksumOf(content: Content, algorithm = 'SHA1'): string {
  const name = algorithm.toLowerCase().replace('-', '');
  if (!['sha1', 'md5', 'sha256', 'sha512'].includes(name)) throw invalid(`algorithm is "${algorithm}"; it must be one of SHA1, MD5, SHA256, SHA512.`);
  const hash = createHash(name);
  for (const piece of readBytes(content, 0, sizeOf(content))) hash.update(piece);
  return hash.digest('hex');
}

/** Items whose template this transaction has removed go, too; they have no files. */
export function dropTemplates(tx: Transaction): void {
  for (const id of [...tx.touched()]) {
    if (tx.after(id) !== undefined || tx.before(id) === undefined || tx.typeOf(id) !== 'VirtualMachine') continue;
    for (const item of itemIds(tx)) if (itemOf(tx, item).vm?.value === id) tx.remove({ type: ITEM, value: item });
  }
}
