// Files over HTTP: the /folder service of datastores, and beside it /nfc, /guestFile and /screen (each in its own file). Knows requests and replies as values; sockets are the transports'.
import { randomUUID } from 'node:crypto';
import { isFault, type Fault, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { CutOff, type Cut } from '../dispatch/fault-rules.ts';
import { requirePrivilege } from '../dispatch/privileges.ts';
import type { Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { BlockWriter, readBytes, sizeOf, type Content } from '../objects/datastore/blocks.ts';
import { logicalContent, readDescriptor } from '../objects/datastore/content.ts';
import { requireUnlocked } from '../objects/datastore/file-manager.ts';
import { describePath, joinPath, list, removePath, splitPath, stat, writeFile } from '../objects/datastore/files.ts';
import { byName, requireCreatable } from '../objects/datastore/namespaces.ts';
import type { Transaction } from '../store/transaction.ts';
import { contentRange, multipart, parseRanges, type ByteRange } from './byte-ranges.ts';
import { identify, one } from './caller.ts';
import { folderHref, folderPage } from './folder-page.ts';
import { datacenters, datastoresOf, findDatacenter, findTarget, readFolderUrl, Refusal, type FolderUrl, isFolderUrl } from './folder-url.ts';
import { isGuestFileUrl, serveGuestFile } from './guest-files.ts';
import { isNfcUrl, serveNfc } from './nfc.ts';
import { isScreenUrl, serveScreen } from './screen.ts';
import { cutReply, type Headers, type SoapCaller } from './soap.ts';

export interface FileRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly headers: Headers;
  /** The body; read only while it is wanted. */
  readonly body?: AsyncIterable<Uint8Array>;
}

export interface FileReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent in the reply to HEAD. */
  readonly body?: string | Iterable<Uint8Array>;
  /** What a fault rule does to this answer on its way. */
  readonly cut?: Cut;
}

export type HandleFiles = (request: FileRequest, caller: SoapCaller) => Promise<FileReply>;

interface Work {
  readonly sim: Simulation;
  readonly request: FileRequest;
  readonly url: FolderUrl;
  readonly session: Session;
}

const METHODS: Readonly<Record<string, (work: Work) => FileReply | Promise<FileReply>>> = { GET: get, HEAD: get, PUT: put, DELETE: remove };
const ALLOW = Object.keys(METHODS).join(', ');

/** Makes the handler of one simulation. It answers whatever it is given; it never throws. */
export function filesEndpoint(sim: Simulation): HandleFiles {
  return async (request, caller) => {
    try {
      for (const [path, isFor, serve] of BESIDE) if (isFor(request.url)) return await beside(sim, request, caller, path, serve);
      const method = Object.hasOwn(METHODS, request.method) ? METHODS[request.method] : undefined;
      if (!method) throw new Refusal(405, `${request.method} is not for /folder. Allowed: ${ALLOW}.`, { Allow: ALLOW });
      const known = identify(sim, request.method, request.url, request.headers, caller.ipAddress);
      if (!known) {
        throw new Refusal(401, 'Log in: send the cookie vmware_soap_session of a session, a service ticket, or a user name and password.', { 'WWW-Authenticate': 'Basic realm="VMware HTTP server"' });
      }
      const strike = sim.faults.strike(`${request.method} /folder`, undefined);
      try {
        if (strike) await sim.faults.wait(strike, caller.signal);
        if (strike?.error) throw strike.error;
        const reply = await method({ sim, request, url: readFolderUrl(request.url), session: known.session });
        return strike?.cut ? { ...reply, cut: strike.cut } : reply;
      } finally {
        known.release();
      }
    } catch (error) {
      return refused(sim, request, error);
    }
  };
}

type Serve = (sim: Simulation, request: FileRequest, ipAddress: string) => FileReply | Promise<FileReply>;

/** What is served beside /folder, each under fault rules of its own. */
const BESIDE: readonly (readonly [string, (url: string) => boolean, Serve])[] = [
  ['/nfc', isNfcUrl, serveNfc], ['/guestFile', isGuestFileUrl, serveGuestFile], ['/screen', isScreenUrl, serveScreen],
];

/** True for URLs that filesEndpoint answers. */
export const isFileUrl = (url: string): boolean => isFolderUrl(url) || BESIDE.some(([, isFor]) => isFor(url));

async function beside(sim: Simulation, request: FileRequest, caller: SoapCaller, path: string, serve: Serve): Promise<FileReply> {
  const strike = sim.faults.strike(`${request.method} ${path}`, undefined);
  if (strike) await sim.faults.wait(strike, caller.signal);
  if (strike?.error) throw strike.error;
  const reply = await serve(sim, request, caller.ipAddress);
  return strike?.cut ? { ...reply, cut: strike.cut } : reply;
}

const STATUS: Readonly<Record<string, number>> = {
  FileNotFound: 404, NotADirectory: 409, FileAlreadyExists: 409, FileLocked: 423, NoDiskSpace: 507, CannotDeleteFile: 403, CannotCreateFile: 403,
  NoPermission: 403, InvalidDatastorePath: 400, ResourceInUse: 409, NotAFile: 409, GuestPermissionDenied: 403, ManagedObjectNotFound: 404,
  InvalidPowerState: 409, GuestOperationsUnavailable: 409,
};

function refused(sim: Simulation, request: FileRequest, error: unknown): FileReply {
  if (error instanceof CutOff) return cutReply(error.cut);
  if (error instanceof Refusal) return text(request, error.status, error.message, error.headers);
  if (isFault(error)) return text(request, STATUS[(error as Fault).type] ?? 400, (error as Fault).message);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  sim.log.write('error', `bug in vicsim, ${request.method} ${request.url}: ${stack}`);
  return text(request, 500, 'The simulator has a bug; its log says more.');
}

function text({ method }: FileRequest, status: number, message: string, headers: Readonly<Record<string, string>> = {}): FileReply {
  const body = `${message}\n`;
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': String(Buffer.byteLength(body)), ...headers }, ...(method === 'HEAD' ? {} : { body }) };
}

/** The datastore and, in it, the path that a request means. Throws NoPermission. */
function target(tx: Transaction, { sim, request, url, session }: Work, privilege: 'Datastore.Browse' | 'Datastore.FileManagement'): { datastore: ManagedObjectReference; path: string } {
  const datastore = findTarget(tx, sim.product, url, one(request.headers['host']) ?? '');
  requirePrivilege(session, datastore, privilege);
  return { datastore, path: byName(tx, datastore, url.path) };
}

// ---- reading -----------------------------------------------------------------------------------------------------

function get(work: Work): FileReply {
  const { sim, request, url } = work;
  return sim.store.transaction((tx) => {
    if (url.path === '' && !url.dsName) return page(request, ...(url.dcPath === undefined ? datacenterList(tx) : datastoreList(tx, work, url.dcPath)));
    const { datastore, path } = target(tx, work, 'Datastore.Browse');
    const entry = stat(tx, datastore, path);
    if (!entry || (url.directory && entry.kind === 'file')) throw new Refusal(404, `File ${describePath(tx, datastore, path)} was not found.`);
    if (entry.kind === 'directory') return page(request, ...directoryList(tx, datastore, { ...url, path }));
    const { content, size } = logicalContent(tx, datastore, path, entry);
    // What is derived has no revision: its text is hashed, which is cheap as it is short.
    const revision = entry.revision ?? (typeof content === 'string' ? textHash(content) : 0);
    return file(request, { content, size, modified: entry.modified, tag: `"${size.toString(16)}-${entry.modified.getTime().toString(16)}-${revision.toString(16)}"` });
  });
}

function textHash(content: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < content.length; i++) hash = Math.imul(hash ^ content.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

interface Served {
  readonly content: Content | undefined;
  readonly size: number;
  readonly modified: Date;
  readonly tag: string;
}

function file(request: FileRequest, { content, size, modified, tag }: Served): FileReply {
  const { headers } = request;
  const common = { 'Accept-Ranges': 'bytes', ETag: tag, 'Last-Modified': modified.toUTCString() };
  if (isUnchanged(headers, tag, modified)) return { status: 304, headers: common };
  const type = 'application/octet-stream';
  const asked = request.method === 'GET' && stillValid(one(headers['if-range']), tag, modified) ? parseRanges(one(headers['range']), size) : undefined;
  if (asked?.length === 0) return text(request, 416, `The file has ${size} bytes.`, { ...common, 'Content-Range': `bytes */${size}` });
  const read = ({ start, end }: ByteRange) => readBytes(content, start, end);
  if (asked && asked.length > 1) {
    const parts = multipart(asked, size, type, randomUUID(), read);
    return { status: 206, headers: { ...common, 'Content-Type': parts.type, 'Content-Length': String(parts.length) }, body: parts.body };
  }
  const range = asked?.[0] ?? { start: 0, end: size };
  const reply = {
    status: asked ? 206 : 200,
    headers: { ...common, 'Content-Type': type, 'Content-Length': String(range.end - range.start), ...(asked ? { 'Content-Range': contentRange(range, size) } : {}) },
  };
  return request.method === 'HEAD' ? reply : { ...reply, body: read(range) };
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

function isUnchanged(headers: Headers, tag: string, modified: Date): boolean {
  const tags = one(headers['if-none-match']);
  if (tags !== undefined) return tags.trim() === '*' || tags.split(',').some((known) => known.trim().replace(/^W\//, '') === tag);
  const since = Date.parse(one(headers['if-modified-since']) ?? '');
  return !Number.isNaN(since) && seconds(modified) <= since / 1000;
}

function stillValid(condition: string | undefined, tag: string, modified: Date): boolean {
  return condition === undefined || condition.trim() === tag || Date.parse(condition) / 1000 === seconds(modified);
}

function page(request: FileRequest, ...content: Parameters<typeof folderPage>): FileReply {
  const body = folderPage(...content);
  return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': String(Buffer.byteLength(body)) }, ...(request.method === 'HEAD' ? {} : { body }) };
}

function datacenterList(tx: Transaction): Parameters<typeof folderPage> {
  return ['Datacenters', [...datacenters(tx).keys()].sort().map((name) => ({ name, href: folderHref('', name, undefined) }))];
}

function datastoreList(tx: Transaction, { sim }: Work, dcPath: string): Parameters<typeof folderPage> {
  const datacenter = sim.product === 'esxi' ? [...tx.all('Datacenter')][0]! : findDatacenter(tx, dcPath);
  const rows = [...datastoresOf(tx, datacenter)].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, ref]) => ({ name, href: folderHref('', dcPath, name), size: Number(tx.get(ref, 'summary.capacity')) }));
  return [`Datastores of datacenter ${dcPath}`, rows, folderHref('', undefined, undefined)];
}

function directoryList(tx: Transaction, datastore: ManagedObjectReference, { path, dcPath, dsName }: FolderUrl): Parameters<typeof folderPage> {
  const rows = list(tx, datastore, path).map((entry) => {
    const href = folderHref(joinPath(path, entry.name), dcPath, dsName);
    if (entry.kind === 'directory') return { name: `${entry.name}/`, href, modified: entry.modified };
    return { name: entry.name, href, modified: entry.modified, size: logicalContent(tx, datastore, joinPath(path, entry.name), entry).size };
  });
  const up = path === '' ? folderHref('', dcPath, undefined) : folderHref(splitPath(path)[0], dcPath, dsName);
  return [`Index of ${path === '' ? '/' : path} on datastore ${dsName ?? ''}${dcPath === undefined ? '' : ` in datacenter ${dcPath}`}`, rows, up];
}

// ---- writing -----------------------------------------------------------------------------------------------------

/** The body is gathered first and written in one transaction: an upload that breaks off leaves nothing. */
async function put(work: Work): Promise<FileReply> {
  const { sim, request, url } = work;
  const { headers } = request;
  if (headers['content-range'] !== undefined) throw new Refusal(400, 'A file is uploaded whole: Content-Range is not understood.');
  if ((one(headers['content-encoding']) ?? 'identity') !== 'identity') throw new Refusal(415, 'A file is stored as it is sent: Content-Encoding is not understood.');
  const { datastore, path } = sim.store.transaction((tx) => {
    const found = target(tx, work, 'Datastore.FileManagement');
    mayWrite(tx, found.datastore, { ...url, path: found.path });
    return found;
  });
  const declared = Number(one(headers['content-length']) ?? 0);
  const room = () => sim.store.transaction((tx) => roomFor(tx, datastore, path));
  let left = room();
  const writer = new BlockWriter();
  const full = () => new Refusal(507, `Insufficient disk space on datastore '${url.dsName ?? ''}': ${left} bytes are left for this file.`);
  if (declared > left) throw full();
  let asked = 0;
  for await (const chunk of request.body ? arriving(request.body) : []) {
    writer.write(chunk);
    // Others write at the same time: ask again every few megabytes.
    if (writer.size - asked > 16 * 1024 * 1024 || writer.size > left) [left, asked] = [room(), writer.size];
    if (writer.size > left) throw full();
  }
  const content = writer.end();
  if (one(headers['content-length']) !== undefined && sizeOf(content) !== declared) throw new Refusal(400, `The upload broke off after ${sizeOf(content)} of ${declared} bytes.`);
  return sim.store.transaction((tx) => {
    if (!tx.has(datastore)) throw new Refusal(404, `The datastore '${url.dsName ?? ''}' was removed meanwhile.`);
    const old = mayWrite(tx, datastore, { ...url, path });
    const [, name] = splitPath(path);
    writeFile(sim, tx, datastore, path, { content, disk: readDescriptor(name, content), vm: old?.vm, revision: sim.store.version + 1 });
    return old ? text(request, 200, `${describePath(tx, datastore, path)} was replaced.`) : text(request, 201, `${describePath(tx, datastore, path)} was created.`, { Location: folderHref(url.path, url.dcPath, url.dsName) });
  });
}

/** A body that ends in an error is a client that went away: nothing of ours. */
async function* arriving(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch {
    throw new Refusal(400, 'The upload broke off.');
  }
}

const roomFor = (tx: Transaction, datastore: ManagedObjectReference, path: string): number =>
  Number(tx.get(datastore, 'summary.capacity') ?? 0) - Number(tx.get(datastore, '_used') ?? 0) + (stat(tx, datastore, path)?.size ?? 0);

/** The file that is there already, if any. Throws when none can be written at this place. */
function mayWrite(tx: Transaction, datastore: ManagedObjectReference, { path, directory }: FolderUrl) {
  if (path === '' || directory) throw new Refusal(409, `${describePath(tx, datastore, path)} is not the name of a file.`);
  const old = stat(tx, datastore, path);
  if (old?.kind === 'directory') throw new Refusal(409, `${describePath(tx, datastore, path)} is a directory.`);
  const [parent] = splitPath(path);
  const above = stat(tx, datastore, parent);
  if (!above) throw new Refusal(404, `The directory ${describePath(tx, datastore, parent)} does not exist.`);
  if (above.kind === 'file') throw new Refusal(409, `${describePath(tx, datastore, parent)} is not a directory.`);
  if (old) requireUnlocked(tx, { datastore, path });
  else requireCreatable(tx, datastore, path);
  return old;
}

function remove(work: Work): FileReply {
  const { sim, url } = work;
  return sim.store.transaction((tx) => {
    const { datastore, path } = target(tx, work, 'Datastore.FileManagement');
    const entry = stat(tx, datastore, path);
    if (path === '') throw new Refusal(403, `The root directory of datastore '${url.dsName ?? ''}' cannot be deleted.`);
    if (!entry || (url.directory && entry.kind === 'file')) throw new Refusal(404, `File ${describePath(tx, datastore, path)} was not found.`);
    requireUnlocked(tx, { datastore, path });
    removePath(tx, datastore, path);
    return { status: 204, headers: {} };
  });
}
