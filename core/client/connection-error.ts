// What went wrong on the way to an endpoint, in words: host, port, cause, and the option that helps. No HTTP here.

/** The endpoint could not be reached, or did not talk as it should. The message names host and port and the cause. */
export class ConnectionError extends Error {
  override name = 'ConnectionError';
  /** host:port */
  readonly address: string;
  /** Node's or OpenSSL's code ('ECONNREFUSED', 'CERT_HAS_EXPIRED' …), or THUMBPRINT, NOT_VSPHERE or NO_SESSIONS */
  readonly code: string;
  /** SHA-1 fingerprint of the certificate that was not accepted. */
  readonly thumbprint: string | undefined;

  constructor(address: string, code: string, reason: string, cause?: unknown, thumbprint?: string) {
    super(`cannot reach ${address}: ${reason}`, { cause });
    this.address = address;
    this.code = code;
    this.thumbprint = thumbprint;
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
};

const UNTRUSTED: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is not signed by a trusted authority',
  UNABLE_TO_GET_ISSUER_CERT: 'is not signed by a trusted authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is not signed by a trusted authority',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host name',
};

/** The error for a certificate that is not trusted: names its thumbprint and what to do if it is right. */
export function untrusted(address: string, code: string, thumbprint: string): ConnectionError {
  const why = UNTRUSTED[code] ?? `is not trusted (${code})`;
  return new ConnectionError(address, code, `its certificate ${why}; if it is the right one, give its thumbprint ${thumbprint} (option "thumbprint"), or its authority (option "ca")`, undefined, thumbprint);
}

/** The error for a certificate that is not the pinned one. */
export const wrongThumbprint = (address: string, actual: string, wanted: string): ConnectionError =>
  new ConnectionError(address, 'THUMBPRINT', `its certificate has the thumbprint ${actual}, not ${wanted}`, undefined, actual);

/** What node reports, as a ConnectionError. */
export function explain(address: string, cause: unknown): ConnectionError {
  if (cause instanceof ConnectionError) return cause;
  // With several addresses for a name, Node reports an AggregateError whose own message is empty.
  const first = cause instanceof AggregateError ? (cause.errors[0] as Error) : (cause as Error);
  const code = (first as NodeJS.ErrnoException).code ?? '';
  return new ConnectionError(address, code, REASONS[code] ?? first.message, cause);
}
