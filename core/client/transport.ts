// HTTP(S) towards one vSphere endpoint: keep-alive, TLS, cookies, time limits. Knows no SOAP and no vSphere type.
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { PinningAgent, type TlsOptions } from './tls-agent.ts';
import { explain } from './connection-error.ts';
import { Places } from './places.ts';

export interface TransportOptions extends TlsOptions {
  /** How long connecting may take. */
  readonly connectTimeoutMs?: number;
  /** How long a connection may be silent while a reply is awaited. */
  readonly silenceTimeoutMs?: number;
}

export interface HttpReply {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: http.IncomingHttpHeaders;
}

/** A reply whose body is still to be read. */
export interface HttpStream {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readable;
}

export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Sent as it comes; nothing is kept in memory. */
  readonly body?: Readable | Uint8Array;
  readonly signal?: AbortSignal;
}

/** A connection that nobody has used for so long may be closed by the server at any moment. */
const STALE_MS = 2000;

export interface PostOptions {
  readonly signal?: AbortSignal;
  /** The reply may take long. */
  readonly waits?: boolean;
  /** Doing it twice is as good as once. */
  readonly repeatable?: boolean;
}

/** Calls at the same time, and the connections for them. */
const MOST_CALLS = 8;

/** One endpoint, reached over a pool of kept-alive connections. */
export class Transport {
  readonly url: URL;
  /** host:port, for messages. */
  readonly address: string;
  private readonly agent: http.Agent;
  /** Waits may last minutes; they do not take the places of other calls. */
  private readonly waiting: http.Agent;
  private readonly silenceMs: number;
  /** An agent does not count connections that are being made: left to itself it makes one for every call. */
  private readonly places = new Places(MOST_CALLS);
  private readonly cookies = new Map<string, string>();
  /** Since when the kept connections are idle. */
  private readonly idleSince = new WeakMap<object, number>();

  constructor(url: URL, options: TransportOptions = {}) {
    this.url = url;
    const secure = url.protocol === 'https:';
    this.address = `${url.hostname}:${url.port || (secure ? '443' : '80')}`;
    this.silenceMs = options.silenceTimeoutMs ?? 300_000;
    const keep = { keepAlive: true, maxSockets: MOST_CALLS, scheduling: 'lifo' as const };
    const connectMs = options.connectTimeoutMs ?? 30_000;
    const agent = (settings: http.AgentOptions) => (secure ? new PinningAgent(settings, options, connectMs) : new http.Agent({ ...settings, timeout: connectMs }));
    this.agent = agent(keep);
    this.waiting = agent({ keepAlive: true, scheduling: 'lifo' });
    for (const pool of [this.agent, this.waiting]) pool.on('free', (socket: object) => void this.idleSince.set(socket, performance.now()));
  }

  /** POSTs a text body; cookies are kept as the server spells them, quotes included. */
  async post(path: string, body: string, headers: Readonly<Record<string, string>>, { signal, waits = false, repeatable = false }: PostOptions = {}): Promise<HttpReply> {
    const payload = Buffer.from(body, 'utf8');
    for (let attempt = 0; ; attempt++) {
      try {
        if (waits) return await this.send(path, payload, headers, this.waiting, signal);
        return await this.places.during(() => this.send(path, payload, headers, this.agent, signal));
      } catch (error) {
        // The server may have closed the kept connection just before it was used again, and it may have done what was asked
        // before it broke: nobody can tell. So only what may be done twice is asked again.
        if (attempt === 0 && repeatable && error instanceof StaleConnection) continue;
        throw error instanceof StaleConnection ? this.explain(error.cause) : error;
      }
    }
  }

  /** Any other request to the same endpoint, with the session's cookies; the body of the reply is the caller's to read. */
  stream(method: string, path: string, { headers = {}, body, signal }: HttpRequest = {}): Promise<HttpStream> {
    return new Promise((resolve, reject) => {
      const request = this.open(method, path, headers, this.agent, signal);
      request.on('error', (error) => reject(signal?.aborted ? signal.reason : this.explain(error)));
      request.on('response', (response) => {
        this.keepCookies(response.headers['set-cookie'] ?? []);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response });
      });
      if (body instanceof Readable) {
        body.once('error', (error) => {
          request.destroy();
          reject(error);
        });
        body.pipe(request);
      } else request.end(body);
    });
  }

  /** Sends a cookie no more. */
  forgetCookie(name: string): void {
    this.cookies.delete(name);
  }

  /** The value of a cookie as the server spelt it; undefined when it never set it. */
  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  /** Closes every connection. */
  close(): void {
    this.agent.destroy();
    this.waiting.destroy();
  }

  /** Closes connections that may be stale, so that a request does not get lost on one. */
  private dropStale(agent: http.Agent): void {
    const now = performance.now();
    for (const sockets of Object.values(agent.freeSockets)) {
      for (const socket of sockets ?? []) if (now - (this.idleSince.get(socket) ?? now) > STALE_MS) socket.destroy();
    }
  }

  private open(method: string, path: string, headers: Readonly<Record<string, string | number>>, agent: http.Agent, signal?: AbortSignal): http.ClientRequest {
    this.dropStale(agent);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const settings: https.RequestOptions = {
      host: this.url.hostname.replace(/^\[|\]$/g, ''),
      port: this.url.port === '' ? undefined : Number(this.url.port),
      path,
      method,
      agent,
      headers: { ...headers, ...(cookie === '' ? {} : { Cookie: cookie }) },
      ...(signal ? { signal } : {}),
    };
    const request = this.url.protocol === 'https:' ? https.request(settings) : http.request(settings);
    return request.setTimeout(this.silenceMs, () => request.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })));
  }

  private send(path: string, payload: Buffer, headers: Readonly<Record<string, string>>, agent: http.Agent, signal?: AbortSignal): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const request = this.open('POST', path, { ...headers, 'Content-Length': payload.length }, agent, signal);
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (signal?.aborted) reject(signal.reason);
        else if (request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) reject(new StaleConnection('stale', { cause: error }));
        else reject(this.explain(error));
      });
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', (error) => reject(signal?.aborted ? signal.reason : this.explain(error)));
        response.on('end', () => {
          this.keepCookies(response.headers['set-cookie'] ?? []);
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts), headers: response.headers });
        });
      });
      request.end(payload);
    });
  }

  private keepCookies(lines: readonly string[]): void {
    for (const line of lines) {
      const pair = line.split(';', 1)[0]!;
      const equals = pair.indexOf('=');
      if (equals > 0) this.cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
    }
  }

  private explain(cause: unknown): Error {
    return explain(this.address, cause);
  }
}

class StaleConnection extends Error {}
