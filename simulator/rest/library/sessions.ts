// Update and download sessions as objects of the store: what is under way between a client and the files of an item.
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { Place } from '../../objects/datastore/files.ts';
import { movePath, stat } from '../../objects/datastore/files.ts';
import { RestError } from '../errors.ts';
import { changeItem, checksumOf, clearPlace, filePlace, itemOf, placeOf, readObject, type ItemFile } from './objects.ts';
import type { Content } from '../../objects/datastore/blocks.ts';

export const UPDATE = '_LibraryUpdateSession';
export const DOWNLOAD = '_LibraryDownloadSession';
/** How long a session lasts without a call. */
const LIFE = 5 * 60_000;

export interface TransferFile {
  readonly name: string;
  readonly source_type: 'PUSH' | 'PULL' | 'NONE';
  readonly source_endpoint?: { readonly uri: string };
  readonly size?: number;
  readonly checksum_info?: { readonly algorithm?: string; readonly checksum: string };
  readonly status: 'WAITING_FOR_TRANSFER' | 'TRANSFERRING' | 'READY' | 'VALIDATING' | 'ERROR' | 'UNPREPARED' | 'PREPARED';
  readonly bytes_transferred: number;
  readonly error_message?: unknown;
  /** SHA-1 of what has come. */
  readonly sha1?: string;
}

export interface TransferSession {
  readonly library_item_id: string;
  readonly library_item_content_version: string;
  readonly state: 'ACTIVE' | 'DONE' | 'ERROR' | 'CANCELED';
  readonly client_progress: number;
  readonly expiration_time: Date;
  readonly error_message?: unknown;
  readonly files: readonly TransferFile[];
}

export const message = (text: string): unknown => ({ id: 'com.vmware.vdcs.cls-main.transfer', default_message: text, args: [] });

/** Throws NOT_FOUND. A session that nobody went on with is in error. */
export function sessionOf(sim: Simulation, tx: Transaction, type: string, id: string): TransferSession {
  const session = readObject<TransferSession>(tx, type, 'Session', id);
  if (session.state !== 'ACTIVE' || session.expiration_time.getTime() >= sim.clock.now().getTime()) return session;
  return { ...session, state: 'ERROR', error_message: message('The session has expired.') };
}

/** Throws NOT_ALLOWED_IN_CURRENT_STATE when the session is over. */
export function activeSession(sim: Simulation, tx: Transaction, type: string, id: string): TransferSession {
  const session = sessionOf(sim, tx, type, id);
  if (session.state !== 'ACTIVE') throw new RestError('NOT_ALLOWED_IN_CURRENT_STATE', `Session ${id} is ${session.state}, not ACTIVE.`);
  return session;
}

export function openSession(sim: Simulation, tx: Transaction, type: string, item: string, files: readonly TransferFile[]): string {
  const { content_version } = itemOf(tx, item);
  const id = sim.random.uuid();
  const session: TransferSession = { library_item_id: item, library_item_content_version: content_version, state: 'ACTIVE', client_progress: 0, expiration_time: later(sim), files };
  tx.create(type, id, { ...session });
  return id;
}

const later = (sim: Simulation): Date => new Date(sim.clock.now().getTime() + LIFE);

export function changeSession(sim: Simulation, tx: Transaction, type: string, id: string, change: Partial<TransferSession>): void {
  activeSession(sim, tx, type, id);
  tx.update({ type, value: id }, { ...change, expiration_time: later(sim) });
}

/** Adds a file, or changes the one of that name. */
export function setFile(sim: Simulation, tx: Transaction, type: string, id: string, file: TransferFile): void {
  const { files } = activeSession(sim, tx, type, id);
  const known = files.some(({ name }) => name === file.name);
  changeSession(sim, tx, type, id, { files: known ? files.map((one) => (one.name === file.name ? file : one)) : [...files, file] });
}

/** Where files wait until the session is complete. */
export function waitingPlace(tx: Transaction, session: string, ...steps: readonly string[]): Place {
  const item = String(tx.get({ type: UPDATE, value: session }, 'library_item_id'));
  return placeOf(tx, itemOf(tx, item).library_id, item, `.update-${session}`, ...steps);
}

/** What has come for a file, looked at: its size and checksum must be those that were announced. */
export function arrived(file: TransferFile, content: Content, bytes: number): TransferFile {
  const base = { ...file, bytes_transferred: bytes, sha1: checksumOf(content) };
  const wrong = (text: string): TransferFile => ({ ...base, status: 'ERROR', error_message: message(text) });
  if (file.size !== undefined && file.size > 0 && file.size !== bytes) return wrong(`File ${file.name} has ${bytes} bytes; ${file.size} were announced.`);
  const { algorithm, checksum } = file.checksum_info ?? {};
  if (checksum !== undefined && checksumOf(content, algorithm).toLowerCase() !== checksum.toLowerCase()) return wrong(`File ${file.name} has another ${algorithm ?? 'SHA1'} checksum than ${checksum}.`);
  return { ...base, status: 'READY' };
}

/** Makes what has come the files of the item. Throws NOT_ALLOWED_IN_CURRENT_STATE when some have not come, or are wrong. */
export function completeUpdate(sim: Simulation, tx: Transaction, id: string): void {
  const { files, library_item_id: item } = activeSession(sim, tx, UPDATE, id);
  const open = files.filter(({ status }) => status !== 'READY');
  if (open.length > 0) {
    throw new RestError('NOT_ALLOWED_IN_CURRENT_STATE', `Not every file has been received: ${open.map(({ name, status }) => `${name} is ${status}`).join(', ')}.`);
  }
  const old = itemOf(tx, item);
  const version = String(Number(old.content_version) + 1);
  const added: ItemFile[] = files.map((file) => {
    const target = filePlace(tx, item, file.name);
    clearPlace(tx, target);
    movePath(sim, tx, waitingPlace(tx, id, file.name), target);
    return { name: file.name, size: stat(tx, target.datastore, target.path)?.size ?? 0, version, cached: true, checksum_info: { algorithm: 'SHA1', checksum: file.sha1 ?? '' } };
  });
  const kept = old.files.filter(({ name }) => !added.some((file) => file.name === name));
  changeItem(sim, tx, item, 'content', { files: [...kept, ...added] });
  closeUpdate(sim, tx, id, { state: 'DONE', client_progress: 100 });
}

/** Ends an update session; what has come and was not taken goes. */
export function closeUpdate(sim: Simulation, tx: Transaction, id: string, change: Partial<TransferSession>): void {
  clearPlace(tx, waitingPlace(tx, id));
  changeSession(sim, tx, UPDATE, id, change);
}
