// HTTP(S) towards one vSphere endpoint: keep-alive, TLS, cookies, time limits. Knows no SOAP and no vSphere type.
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import type { Duplex } from 'node:stream';

export interface TransportOptions {
  /** SHA-1 or SHA-256 fingerprint (hex, colons optional) that the server's certificate must have. */
  readonly thumbprint?: string;
  /** PEM of the authority that must have signed the server's certificate. */
  readonly ca?: string;
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

/** The endpoint could not be reached, or did not talk as it should. The message names host and port and the cause. */
export class ConnectionError extends Error {
  override name = 'ConnectionError';
  readonly address: string;
  readonly code: string;
  constructor(address: string, code: string, reason: string, cause?: unknown) {
    super(`cannot reach ${address}: ${reason}`, { cause });
    this.address = address;
    this.code = code;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused (nothing listens there)',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up (DNS does not answer)',
  ECONNRESET: 'the connection was closed by the other side',
  EPIPE: 'the connection was closed by the other side',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no route to that host',
  ENETUNREACH: 'the network is unreachable',
  EPROTO: 'the other side does not speak TLS as expected (try http:// if it serves plain HTTP)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the other side does not speak TLS (try http:// if it serves plain HTTP)',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the other side does not speak TLS (try http:// if it serves plain HTTP)',
  HPE_INVALID_CONSTANT: 'the other side does not speak HTTP (try https:// if it serves TLS)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain holds an untrusted self-signed certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the given authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not signed by the given authority',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};

const bare = (fingerprint: string): string => fingerprint.replace(/[^0-9a-f]/gi, '').toUpperCase();

/** One endpoint, reached over a pool of kept-alive connections. */
export class Transport {
  readonly url: URL;
  /** host:port, for messages. */
  readonly address: string;
  private readonly agent: http.Agent;
  private readonly silenceMs: number;
  private readonly cookies = new Map<string, string>();

  constructor(url: URL, options: TransportOptions = {}) {
    this.url = url;
    const secure = url.protocol === 'https:';
    this.address = `${url.hostname}:${url.port || (secure ? '443' : '80')}`;
    this.silenceMs = options.silenceTimeoutMs ?? 300_000;
    const keep = { keepAlive: true, maxSockets: 8, scheduling: 'lifo' as const };
    const connectMs = options.connectTimeoutMs ?? 30_000;
    this.agent = secure ? new PinningAgent(keep, options, connectMs) : new http.Agent({ ...keep, timeout: connectMs });
  }

  /** POSTs a text body; cookies are kept as the server spells them, quotes included. */
  async post(path: string, body: string, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<HttpReply> {
    const payload = Buffer.from(body, 'utf8');
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.send('POST', path, payload, headers, signal);
      } catch (error) {
        // A kept-alive connection that the server closed just before it was used again: the request never arrived.
        if (attempt === 0 && error instanceof StaleConnection) continue;
        throw error instanceof StaleConnection ? this.explain(error.cause) : error;
      }
    }
  }

  /** Closes every connection. */
  close(): void {
    this.agent.destroy();
  }

  private send(method: string, path: string, payload: Buffer, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<HttpReply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const settings: https.RequestOptions = {
      host: this.url.hostname.replace(/^\[|\]$/g, ''),
      port: this.url.port === '' ? undefined : Number(this.url.port),
      path,
      method,
      agent: this.agent,
      headers: { ...headers, 'Content-Length': payload.length, ...(cookie === '' ? {} : { Cookie: cookie }) },
      ...(signal ? { signal } : {}),
    };
    return new Promise((resolve, reject) => {
      const request = this.url.protocol === 'https:' ? https.request(settings) : http.request(settings);
      request.setTimeout(this.silenceMs, () => request.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })));
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
    if (cause instanceof ConnectionError) return cause;
    // With several addresses for a name, Node reports an AggregateError whose own message is empty.
    const first = cause instanceof AggregateError ? (cause.errors[0] as Error) : (cause as Error);
    const code = (first as NodeJS.ErrnoException).code ?? '';
    return new ConnectionError(this.address, code, REASONS[code] ?? first.message, cause);
  }
}

class StaleConnection extends Error {}

/** Certificates are not checked unless a thumbprint or an authority is given; a pin is checked before any byte is sent. */
class PinningAgent extends https.Agent {
  private readonly checks: TransportOptions;
  private readonly connectMs: number;

  constructor(options: https.AgentOptions, checks: TransportOptions, connectMs: number) {
    super(options);
    this.checks = checks;
    this.connectMs = connectMs;
  }

  // Node's typing leaves the callback form out; the agent itself supports it.
  override createConnection(options: object, callback?: (error: Error | null, socket: Duplex) => void): Duplex {
    const { host, port } = options as { host: string; port: number };
    const { ca, thumbprint } = this.checks;
    const socket = tls.connect({
      ...options,
      ...(ca === undefined ? {} : { ca }),
      rejectUnauthorized: ca !== undefined,
      ALPNProtocols: ['http/1.1'],
    });
    let settled = false;
    const settle = (error: Error | null): void => {
      if (settled) return;
      settled = true;
      socket.setTimeout(0);
      if (error) socket.destroy();
      callback?.(error, socket);
    };
    socket.setTimeout(this.connectMs, () => settle(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    socket.once('error', settle);
    socket.once('close', () => settle(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      const wanted = bare(thumbprint ?? '');
      if (wanted === '' || wanted === bare(certificate.fingerprint) || wanted === bare(certificate.fingerprint256)) settle(null);
      else settle(new ConnectionError(`${host}:${port}`, 'THUMBPRINT', `its certificate has the thumbprint ${certificate.fingerprint}, not ${thumbprint}`));
    });
    return undefined as unknown as Duplex;
  }
}
