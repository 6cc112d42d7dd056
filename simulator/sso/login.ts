// Logging in with a token of the token service: whose it is, once it was checked.
import { createHash, createVerify } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { fault } from '../../core/vim25/index.ts';
import type { Caller } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { readToken } from './assertion.ts';
import { sessionName } from './principals.ts';
import { readMessage } from './proof.ts';
import { stillThere } from './token-service.ts';
import { TrustFault } from './trust-fault.ts';
import { parse } from './xml.ts';

/** The user name for a session of who sent a SOAP message with a token in its header. Throws InvalidLogin. */
export const userOfMessage = (sim: Simulation, message: string | undefined, caller: Caller): Promise<string> =>
  asLogin(async () => {
    const { token } = message === undefined ? {} : await readMessage(sim, message, caller);
    if (!token) throw new TrustFault('InvalidSecurity', 'the request carries no SAML token in the Security header');
    stillThere(sim, token.subject);
    return sessionName(sim, token.subject);
  });

/** The user of a token that is handed over as text; only one that whoever has it may use. Throws InvalidLogin. */
export const userOfToken = (sim: Simulation, text: string): Promise<string> =>
  asLogin(async () => {
    const claims = readToken(text, parse(text), sim.clock.now(), await sim.signing());
    if (claims.holder !== undefined) throw new TrustFault('InvalidSecurity', 'the token is for the holder of a key, and nothing proves that key');
    stillThere(sim, claims.subject);
    return sessionName(sim, claims.subject);
  });

async function asLogin(look: () => Promise<string>): Promise<string> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof TrustFault)) throw error;
    throw fault('InvalidLogin', {}, `Cannot complete login: ${error.message}`);
  }
}

/** A request of the REST side, of which a token for the holder of a key signs the essentials. */
export interface SignedRequest {
  readonly authorization: string;
  readonly method: string;
  readonly path: string;
  /** The Host header. */
  readonly host: string;
  readonly body: Uint8Array;
}

/** The user of a "SIGN token=…" header of the Automation API (gzip and base64 around the token). Throws InvalidLogin. */
export const userOfHeader = (sim: Simulation, request: SignedRequest): Promise<string> =>
  asLogin(async () => {
    const parts = Object.fromEntries([...request.authorization.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));
    const text = unpacked(parts['token'] ?? '');
    const claims = readToken(text, parse(text), sim.clock.now(), await sim.signing());
    if (claims.holder !== undefined && !isSigned(request, parts, claims.holder)) throw new TrustFault('InvalidSecurity', 'the token is for the holder of a key, and the request is not signed with it');
    stillThere(sim, claims.subject);
    return sessionName(sim, claims.subject);
  });

function unpacked(token: string): string {
  try {
    const bytes = Buffer.from(token, 'base64');
    return (bytes[0] === 0x1f ? gunzipSync(bytes, { maxOutputLength: 1024 * 1024 }) : bytes).toString('utf8');
  } catch {
    throw new TrustFault('InvalidSecurityToken', 'the token of the header cannot be unpacked: base64 of gzip is needed');
  }
}

/** The signature is over lines: nonce, verb, path, host, port, and the digest of the body. A host without a port is signed as port 80. */
function isSigned({ method, path, host, body }: SignedRequest, parts: Readonly<Record<string, string>>, certificate: string): boolean {
  const hash = { 'RSA-SHA256': 'sha256', 'RSA-SHA384': 'sha384', 'RSA-SHA512': 'sha512' }[parts['signature_alg'] ?? ''];
  if (hash === undefined) return false;
  const [, hostname = '', port = '80'] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  const lines = [parts['nonce'] ?? '', method, path, hostname.toLowerCase(), port].map((line) => `${line}\n`).join('');
  const verify = createVerify(hash).update(lines).update(createHash('sha256').update(body).digest()).update('\n');
  return verify.verify(certificate, parts['signature'] ?? '', 'base64');
}
