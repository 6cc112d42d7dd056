// HTTP and HTTPS: SOAP posts and datastore files are taken straight from node's server, everything else goes to
// express, loaded on its first use. Owns sockets, limits and time-outs; knows nothing of what a call means.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP, type AddressInfo, type Socket } from 'node:net';
import { createGunzip } from 'node:zlib';
import type { HandleService } from '../appliance/services.ts';
import type { World } from '../endpoints/admin-action.ts';
import { isFileUrl, type FileReply, type HandleFiles } from '../endpoints/datastore-files.ts';
import { isRestUrl, type HandleRest } from '../endpoints/rest.ts';
import type { HandleSoap, SoapCaller, SoapReply } from '../endpoints/soap.ts';
import type { HandleSso } from '../endpoints/sso.ts';
import { ServedForks, type Forkable } from './forks.ts';
import { MODERN_TLS, selfSigned, thumbprint, type KeyPair } from './tls.ts';

export interface ListenOptions {
  /** '127.0.0.1' unless given. */
  readonly host?: string;
  /** 0, any free port, unless given. */
  readonly port?: number;
  /** True (the default): HTTPS with a certificate made now; a pair: HTTPS with that; false: HTTP. */
  readonly tls?: boolean | KeyPair;
  /** Longest request body in bytes; 64 MB unless given. */
  readonly maxBody?: number;
  /** Also opens the ports of appliances whose addresses are of the loopback network (the default). */
  readonly appliances?: boolean;
  /** The admin plane /sim/: on unless given where `host` is a loopback address, off elsewhere. */
  readonly admin?: boolean;
}

export interface Listening {
  /** 'https://127.0.0.1:8989', without a path. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** SHA-1 fingerprint of the certificate; undefined without TLS. */
  readonly thumbprint: string | undefined;
  /** PEM; undefined without TLS. */
  readonly certificate: string | undefined;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/** What is served. */
export interface Served extends World {
  readonly handleSoap: HandleSoap;
  readonly handleFiles: HandleFiles;
  readonly handleService: HandleService;
  readonly handleSso: HandleSso;
  readonly handleRest: HandleRest;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const SOAP_PATH = /^(?:(?:\/vslm)?\/sdk(?:\/|\/vimService|\/vimService\.wsdl)?|\/pbm(?:\/sdk)?\/?|\/vsanHealth\/?)(?:\?.*)?$/;
/** Single sign-on, which only a vCenter has. */
const SSO_PATH = /^\/(?:sts\/STSService(?:\/[\w.-]+)?|lookupservice\/sdk|sso-adminserver\/sdk(?:\/[\w.-]+)?)(?:\?.*)?$/;

/** Serves a simulator. Rejects when the address cannot be used. */
export async function listen(simulator: Served, options: ListenOptions = {}): Promise<Listening> {
  const { host = '127.0.0.1', port = 0, tls = true, maxBody = 64 * 1024 * 1024 } = options;
  const pair = tls === true ? selfSigned(host === '0.0.0.0' || host === '::' ? [] : [host]) : tls === false ? undefined : tls;
  const limits = { headersTimeout: 20_000, keepAliveTimeout: 120_000, requestTimeout: 300_000 };
  const uploads = new WeakSet<Socket>();
  const forks = isForkable(simulator) ? new ServedForks(simulator, { ...options, tls: pair ?? false }, listen) : undefined;
  const routes = () => import('./express.ts').then(({ expressHandler }) => expressHandler(simulator, { host, admin: options.admin }, forks));
  const handler = requestHandler(simulator, pair !== undefined, maxBody, uploads, routes);
  const server = pair ? createTlsServer({ ...limits, ...MODERN_TLS, key: pair.key, cert: pair.cert }, handler) : createServer(limits, handler);
  // A client that speaks plain HTTP to the TLS port, or breaks off: its connection ends, nothing else.
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ERR_SSL_HTTP_REQUEST') simulator.sim.log.once('plain HTTP', 'warn', 'a client spoke plain HTTP to the HTTPS port: its address must begin with https://, or start with -tls=false');
    socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // A large upload may take hours; its body must keep coming, though (expectBody).
    if (error.code !== 'ERR_HTTP_REQUEST_TIMEOUT' || !uploads.has(socket)) refuseConnection(error, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address() as AddressInfo;
  const shown = isIP(host) === 6 ? `[${host}]` : host;
  return {
    url: `${pair ? 'https' : 'http'}://${shown}:${bound.port}`,
    host,
    port: bound.port,
    thumbprint: pair && thumbprint(pair.cert),
    certificate: pair?.cert,
    async close() {
      await forks?.closeAll();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const isForkable = (served: Served): served is Forkable => 'fork' in served;

function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function requestHandler(simulator: Served, tls: boolean, maxBody: number, uploads: WeakSet<Socket>, routes: () => Promise<Handler>): Handler {
  let rest: Promise<Handler> | undefined;
  return (request, response) => {
    const url = request.url ?? '/';
    if (SOAP_PATH.test(url)) {
      if (request.method === 'POST') {
        void serveSoap(simulator.handleSoap, tls, maxBody, request, response);
        return;
      }
      if (!/\.wsdl$|\?wsdl$/i.test(url)) {
        text(response, 405, `${request.method ?? ''} is not for SOAP: POST an envelope to ${url}.\n`, { Allow: 'POST' });
        return;
      }
    }
    if (request.method === 'POST' && simulator.sim.product === 'vcenter' && SSO_PATH.test(url)) {
      const { handleSso } = simulator;
      void serveSoap((body, headers, caller) => handleSso(url.split('?')[0]!, body, headers, caller), tls, maxBody, request, response);
      return;
    }
    if (isFileUrl(url)) {
      uploads.add(request.socket);
      void serveFile(simulator.handleFiles, tls, request, response).finally(() => uploads.delete(request.socket));
      return;
    }
    if (isRestUrl(url)) {
      uploads.add(request.socket);
      void serveFile(simulator.handleRest, tls, request, response).finally(() => uploads.delete(request.socket));
      return;
    }
    rest ??= routes();
    rest.then((handle) => handle(request, response), (error: Error) => {
      simulator.sim.log.write('error', `bug in vicsim, ${url}: ${error.stack ?? error.message}`);
      text(response, 500, 'vicsim could not load its HTTP endpoints.\n');
    });
  };
}

/** Ends a connection whose body stops coming. */
function expectBody(request: IncomingMessage): void {
  const { socket } = request;
  const giveUp = () => socket.destroy();
  socket.setTimeout(BODY_SILENCE, giveUp);
  request.once('close', () => {
    socket.setTimeout(0);
    socket.off('timeout', giveUp);
  });
}

const BODY_SILENCE = 300_000;
/** How much of a refused upload is read and thrown away, so that the client sees the answer before the connection ends. */
const SWALLOW = 32 * 1024 * 1024;

async function serveFile(handle: HandleFiles, tls: boolean, request: IncomingMessage, response: ServerResponse): Promise<void> {
  expectBody(request);
  const caller = new HttpCaller(request, tls);
  response.on('close', () => {
    if (!response.writableFinished) caller.hangUp();
  });
  // An iterator that leaves the socket alone when it is not read to its end: the refusal has to get through.
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  const reply = await handle({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }, caller);
  if (response.destroyed || isCut(reply, request, response)) return;
  const unread = !request.complete;
  response.writeHead(reply.status, { ...reply.headers, ...(unread ? { Connection: 'close' } : {}) });
  if (unread) swallow(request, response);
  if (typeof reply.body === 'string') response.end(reply.body);
  else {
    for (const piece of reply.body ?? []) {
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
    }
    response.end();
  }
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });

function swallow(request: IncomingMessage, response: ServerResponse): void {
  let read = 0;
  request.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > SWALLOW && response.writableFinished) request.destroy();
  });
  request.on('error', () => undefined);
}

function text(response: ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** A class, because objects with accessors made one by one cost more than the whole rest of a small call. */
class HttpCaller implements SoapCaller {
  readonly ipAddress: string;
  readonly tls: boolean;
  gone = false;
  private controller: AbortController | undefined;

  constructor(request: IncomingMessage, tls: boolean) {
    this.ipAddress = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
    this.tls = tls;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.gone) this.controller.abort();
    return this.controller.signal;
  }

  hangUp(): void {
    this.gone = true;
    this.controller?.abort();
  }
}

async function serveSoap(handle: HandleSoap, tls: boolean, maxBody: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const caller = new HttpCaller(request, tls);
  response.on('close', () => {
    if (!response.writableFinished) caller.hangUp();
  });
  const body = await readBody(request, maxBody).catch((error: Error) => error);
  if (body instanceof Error) {
    if (caller.gone) return;
    const tooLong = body instanceof TooLong;
    // The rest of the body is not read, so the connection cannot be used again.
    text(response, tooLong ? 413 : 400, `${body.message}\n`, { Connection: 'close' });
    if (tooLong) response.once('finish', () => request.destroy());
    return;
  }
  const reply = await handle(body, request.headers, caller);
  if (caller.gone || isCut(reply, request, response)) return;
  // A long text is turned into bytes once, here; a short one goes out in one piece with the head.
  const content = reply.body.length > LONG ? Buffer.from(reply.body) : reply.body;
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': Buffer.byteLength(content) });
  response.end(content);
}

/** Spoils an answer as a fault rule wants. False when no rule has struck it. */
function isCut({ cut, status, headers, body }: SoapReply | FileReply, request: IncomingMessage, response: ServerResponse): boolean {
  if (!cut) return false;
  if (cut.kind === 'drop') request.socket.destroy();
  else if (cut.kind === 'status') text(response, cut.status, '', { Connection: 'close' });
  else {
    const whole = typeof body === 'string' ? Buffer.from(body) : Buffer.concat([...(body ?? [])]);
    response.writeHead(status, { ...headers, 'Content-Length': whole.length });
    // The rest that was announced never comes.
    response.write(whole.subarray(0, cut.bytes), () => request.socket.destroy());
  }
  return true;
}

const LONG = 64 * 1024;

class TooLong extends Error {}

/** The whole body, unpacked when gzipped. Stops reading as soon as it is longer than `max`. */
function readBody(request: IncomingMessage, max: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') return Promise.reject(new Error(`Content-Encoding "${encoding}" is not understood: send identity or gzip.`));
  const tooLong = () => new TooLong(`The request is too long: at most ${max} bytes are read.`);
  if (Number(request.headers['content-length'] ?? 0) > max) return Promise.reject(tooLong());
  const source = encoding === 'gzip' ? request.pipe(createGunzip()) : request;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    source.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > max) {
        request.unpipe();
        request.pause();
        source.removeAllListeners('data');
        reject(tooLong());
      } else chunks.push(chunk);
    });
    source.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    source.on('error', (error: Error) => reject(encoding === 'gzip' ? new Error(`The gzipped body cannot be unpacked: ${error.message}`) : error));
    request.on('aborted', () => reject(new Error('The client went away.')));
  });
}
