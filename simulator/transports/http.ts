// HTTP and HTTPS: SOAP posts are taken straight from node's server, everything else goes to express, loaded on its
// first use. Owns sockets, limits and time-outs; knows nothing of what a call means.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP, type AddressInfo, type Socket } from 'node:net';
import { createGunzip } from 'node:zlib';
import type { World } from '../endpoints/admin.ts';
import type { HandleSoap } from '../endpoints/soap.ts';
import { selfSigned, thumbprint, type KeyPair } from './tls.ts';

export interface ListenOptions {
  /** '127.0.0.1' unless given. */
  readonly host?: string;
  /** 0, any free port, unless given. */
  readonly port?: number;
  /** True (the default): HTTPS with a certificate made now; a pair: HTTPS with that; false: HTTP. */
  readonly tls?: boolean | KeyPair;
  /** Longest request body in bytes; 64 MB unless given. */
  readonly maxBody?: number;
}

export interface Listening {
  /** 'https://127.0.0.1:8989', without a path. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** SHA-1 fingerprint of the certificate; undefined without TLS. */
  readonly thumbprint: string | undefined;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/** What is served. */
export interface Served extends World {
  readonly handleSoap: HandleSoap;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const SOAP_PATH = /^\/sdk(?:\/|\/vimService|\/vimService\.wsdl)?(?:\?.*)?$/;

/** Serves a simulator. Rejects when the address cannot be used. */
export async function listen(simulator: Served, options: ListenOptions = {}): Promise<Listening> {
  const { host = '127.0.0.1', port = 0, tls = true, maxBody = 64 * 1024 * 1024 } = options;
  const pair = tls === true ? selfSigned(host === '0.0.0.0' || host === '::' ? [] : [host]) : tls === false ? undefined : tls;
  const handler = requestHandler(simulator, pair !== undefined, maxBody);
  const limits = { headersTimeout: 20_000, keepAliveTimeout: 120_000, requestTimeout: 300_000 };
  const server = pair ? createTlsServer({ ...limits, key: pair.key, cert: pair.cert }, handler) : createServer(limits, handler);
  // A client that speaks plain HTTP to the TLS port, or breaks off: its connection ends, nothing else.
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ERR_SSL_HTTP_REQUEST') simulator.sim.log.once('plain HTTP', 'warn', 'a client spoke plain HTTP to the HTTPS port: its address must begin with https://, or start with -tls=false');
    socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseConnection(error, socket));
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
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function requestHandler(simulator: Served, tls: boolean, maxBody: number): Handler {
  let rest: Promise<Handler> | undefined;
  return (request, response) => {
    const url = request.url ?? '/';
    if (SOAP_PATH.test(url)) {
      if (request.method === 'POST') {
        void serveSoap(simulator, tls, maxBody, request, response);
        return;
      }
      if (!url.includes('.wsdl')) {
        text(response, 405, `${request.method ?? ''} is not for SOAP: POST an envelope to ${url}.\n`, { Allow: 'POST' });
        return;
      }
    }
    rest ??= import('./express.ts').then(({ expressHandler }) => expressHandler(simulator));
    rest.then((handle) => handle(request, response), (error: Error) => {
      simulator.sim.log.write('error', `bug in vicsim, ${url}: ${error.stack ?? error.message}`);
      text(response, 500, 'vicsim could not load its HTTP endpoints.\n');
    });
  };
}

function text(response: ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

async function serveSoap(simulator: Served, tls: boolean, maxBody: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hangUp = new AbortController();
  response.on('close', () => hangUp.abort());
  const body = await readBody(request, maxBody).catch((error: Error) => error);
  if (body instanceof Error) {
    if (hangUp.signal.aborted) return;
    const tooLong = body instanceof TooLong;
    // The rest of the body is not read, so the connection cannot be used again.
    text(response, tooLong ? 413 : 400, `${body.message}\n`, { Connection: 'close' });
    if (tooLong) response.once('finish', () => request.destroy());
    return;
  }
  const caller = { ipAddress: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '', tls, signal: hangUp.signal };
  const reply = await simulator.handleSoap(body, request.headers, caller);
  if (hangUp.signal.aborted) return;
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}

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
