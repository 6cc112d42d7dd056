// The files of one datastore: carried over HTTP (/folder) with the session's cookie, and arranged by the file manager.
// Bodies are streamed; nothing here keeps a file in memory.
import { createReadStream, createWriteStream } from 'node:fs';
import { stat as statLocal } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import type { Session } from './connection.ts';
import type { DirectoryEntry } from './datastore-files.ts';
import { datastorePath, deletePath, formatDatastorePath, listDirectory, makeDirectory } from './datastore-files.ts';
import type { Inventory, Node } from './finder.ts';
import { enclosing, escapeName } from './finder.ts';
import { findOne } from './glob.ts';
import { property } from './properties.ts';
import { runTask } from './tasks.ts';
import { TransferError } from './transfer-error.ts';

export interface TransferSettings {
  readonly signal?: AbortSignal;
  /** Called as bytes go by. `total` is undefined when nobody said how many there will be. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

export interface FileStat {
  readonly size: number;
  readonly modified: Date | undefined;
}

/** Where an upload comes from: the path of a local file, bytes, or a stream. */
export type Source = string | Uint8Array | Readable;

/** A datastore by name or inventory path. Throws a NotFoundError that names the datastores there are. */
export async function openDatastore(session: Session, inventory: Inventory, pattern: string, options: { readonly datacenter?: string } = {}): Promise<DatastoreFiles> {
  const node = findOne(inventory, pattern, { ...options, type: 'Datastore' });
  const browser = await property(session, node.ref, 'Datastore', 'browser');
  return new DatastoreFiles(session, node, browser!);
}

export class DatastoreFiles {
  readonly node: Node;
  private readonly session: Session;
  private readonly browser: ManagedObjectReference;
  private readonly datacenter: Node | undefined;

  constructor(session: Session, node: Node, browser: ManagedObjectReference) {
    this.session = session;
    this.node = node;
    this.browser = browser;
    this.datacenter = enclosing(node, 'Datacenter');
  }

  /** '[datastore] path' */
  format(path: string): string {
    return formatDatastorePath(datastorePath(this.node.name, path));
  }

  /** What a directory holds; undefined when it does not exist. The root is ''. */
  list(path = ''): Promise<DirectoryEntry[] | undefined> {
    return listDirectory(this.session, this.browser, datastorePath(this.node.name, path));
  }

  /** Size and time of a file; undefined when there is none. */
  async stat(path: string): Promise<FileStat | undefined> {
    const reply = await this.request('HEAD', path);
    reply.body.resume();
    if (reply.status === 404) return undefined;
    this.check(reply.status, 'HEAD', path, '');
    const modified = reply.headers['last-modified'];
    return { size: Number(reply.headers['content-length'] ?? 0), modified: modified === undefined ? undefined : new Date(modified) };
  }

  /** Writes a file, replacing the one that is there. A source that breaks off leaves no file. */
  async upload(path: string, source: Source, settings: TransferSettings & { readonly size?: number } = {}): Promise<void> {
    const size = settings.size ?? (typeof source === 'string' ? (await statLocal(source)).size : source instanceof Uint8Array ? source.length : undefined);
    // Asked first, because a stream can be sent only once: here a forgotten session is mended, there it cannot be.
    await this.stat(path);
    const stream = typeof source === 'string' ? createReadStream(source) : source instanceof Uint8Array ? Readable.from([Buffer.from(source)]) : source;
    const counted = counting(size, settings.onProgress);
    stream.once('error', (error: Error) => counted.destroy(error));
    const headers = { 'Content-Type': 'application/octet-stream', ...(size === undefined ? {} : { 'Content-Length': size }) };
    const reply = await this.session.http('PUT', this.url(path), { headers, body: stream.pipe(counted), ...signalOf(settings) });
    this.check(reply.status, 'PUT', path, await text(reply.body));
  }

  /** A file as a stream, or into a local file. Throws when it does not exist. */
  async download(path: string, settings?: TransferSettings): Promise<Readable>;
  async download(path: string, settings: TransferSettings & { readonly to: string }): Promise<void>;
  async download(path: string, settings: TransferSettings & { readonly to?: string } = {}): Promise<Readable | void> {
    const reply = await this.request('GET', path, settings);
    if (reply.status !== 200) this.check(reply.status, 'GET', path, await text(reply.body));
    const length = reply.headers['content-length'];
    const counted = counting(length === undefined ? undefined : Number(length), settings.onProgress);
    reply.body.once('error', (error) => counted.destroy(error));
    if (settings.to === undefined) return reply.body.pipe(counted);
    await pipeline(reply.body, counted, createWriteStream(settings.to));
  }

  /** Makes a directory with its parents; one that exists already is fine. */
  mkdir(path: string): Promise<void> {
    return makeDirectory(this.session, datastorePath(this.node.name, path), this.datacenter?.ref);
  }

  /** Deletes a file or a directory with all it holds; false when there was nothing. Refuses the root. */
  remove(path: string): Promise<boolean> {
    return deletePath(this.session, datastorePath(this.node.name, path), this.datacenter?.ref);
  }

  move(from: string, to: string, options: { readonly force?: boolean } = {}): Promise<void> {
    return this.transfer('MoveDatastoreFile_Task', from, to, options);
  }

  copy(from: string, to: string, options: { readonly force?: boolean } = {}): Promise<void> {
    return this.transfer('CopyDatastoreFile_Task', from, to, options);
  }

  private async transfer(method: 'MoveDatastoreFile_Task' | 'CopyDatastoreFile_Task', from: string, to: string, { force = false }: { readonly force?: boolean }): Promise<void> {
    const { fileManager } = this.session.content;
    if (!fileManager) throw new Error(`${this.session.address} offers no file manager`);
    const sourceDatacenter = this.datacenter ? { sourceDatacenter: this.datacenter.ref } : {};
    await runTask(this.session, fileManager, method, { sourceName: this.format(from), destinationName: this.format(to), force, ...sourceDatacenter });
  }

  private url(path: string): string {
    const file = datastorePath(this.node.name, path).path.split('/').map(encodeURIComponent).join('/');
    const query = new URLSearchParams({ ...(this.datacenter ? { dcPath: this.datacenter.path.slice(1) } : {}), dsName: escapeName(this.node.name) });
    return `/folder/${file}?${query.toString()}`;
  }

  /** A request without a body; when the session has ended, any call makes a new one, and it is repeated once. */
  private async request(method: string, path: string, settings: TransferSettings = {}) {
    const reply = await this.session.http(method, this.url(path), signalOf(settings));
    if (reply.status !== 401) return reply;
    reply.body.resume();
    await property(this.session, this.node.ref, 'Datastore', 'name');
    return this.session.http(method, this.url(path), signalOf(settings));
  }

  private check(status: number, method: string, path: string, said: string): void {
    if (status >= 200 && status < 300) return;
    const why = said.trim() === '' || said.trimStart().startsWith('<') ? '' : `: ${said.trim().slice(0, 300)}`;
    throw new TransferError(status, `${this.session.address}: ${method} of ${this.format(path)} was answered with HTTP status ${status}${why}`);
  }
}

const signalOf = ({ signal }: TransferSettings): { readonly signal?: AbortSignal } => (signal ? { signal } : {});

function counting(total: number | undefined, onProgress: TransferSettings['onProgress']): Transform {
  let done = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      onProgress?.(done, total);
      next(null, chunk);
    },
  });
}

async function text(body: Readable): Promise<string> {
  let out = '';
  for await (const chunk of body) if (out.length < 2_000) out += String(chunk);
  return out;
}
