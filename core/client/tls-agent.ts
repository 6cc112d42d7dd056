// An HTTPS agent that decides about the server's certificate before a byte of HTTP is sent. Knows no request.
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { untrusted, wrongThumbprint } from './connection-error.ts';

/** How the server's certificate is judged: by the first of these that is given, else by the authorities node trusts. */
export interface TlsOptions {
  /** SHA-1 or SHA-256 fingerprint (hex, colons optional) that the certificate must have; nothing else is checked then. */
  readonly thumbprint?: string;
  /** PEM of the authority that must have signed the certificate. */
  readonly ca?: string;
  /** True accepts any certificate: only for servers of your own machine. */
  readonly insecure?: boolean;
}

const bare = (fingerprint: string): string => fingerprint.replace(/[^0-9a-f]/gi, '').toUpperCase();

export class PinningAgent extends https.Agent {
  private readonly checks: TlsOptions;
  private readonly connectMs: number;

  constructor(options: https.AgentOptions, checks: TlsOptions, connectMs: number) {
    super(options);
    this.checks = checks;
    this.connectMs = connectMs;
  }

  // Node's typing leaves the callback form out; the agent itself supports it.
  override createConnection(options: object, callback?: (error: Error | null, socket: Duplex) => void): Duplex {
    const { host, port } = options as { host: string; port: number };
    const { ca } = this.checks;
    // Node would refuse without telling the certificate's fingerprint, so the verdict is read off afterwards.
    const socket = tls.connect({ ...options, ...(ca === undefined ? {} : { ca }), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
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
    socket.once('secureConnect', () => settle(this.verdict(socket, `${host}:${port}`)));
    return undefined as unknown as Duplex;
  }

  private verdict(socket: tls.TLSSocket, address: string): Error | null {
    const { thumbprint = '', ca, insecure = false } = this.checks;
    const { fingerprint, fingerprint256 } = socket.getPeerCertificate();
    if (thumbprint !== '') {
      const pinned = bare(thumbprint);
      return pinned === bare(fingerprint) || pinned === bare(fingerprint256) ? null : wrongThumbprint(address, fingerprint, thumbprint);
    }
    if (socket.authorized || (insecure && ca === undefined)) return null;
    // The typing says Error; what is there is its code.
    return untrusted(address, String(socket.authorizationError), fingerprint);
  }
}
