// Who sent a message: the wsse:Security header of WS-Security 1.1 with a user name (username token profile), a certificate
// (X.509 profile) or a token of ours (SAML profile), and the signature over time stamp and body where a key is to be proved.
import { isFault } from '../../core/vim25/index.ts';
import type { Caller } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { readToken, sameKey, type Claims } from './assertion.ts';
import { certificateOf, signedElements } from './signature.ts';
import { DSIG, SAML, SOAP, TrustFault, WSSE, WSU } from './trust-fault.ts';
import { at, child, parse, type Element } from './xml.ts';
import { principalOf, userOfCertificate } from './principals.ts';

/** A message that was looked at. */
export interface Message {
  /** What the Body holds: as it was signed, when it was. */
  readonly content: Element | undefined;
  /** The text that `content` stands in. */
  readonly text: string;
  /** 'name@DOMAIN' of who sent it; undefined when the header says nobody. */
  readonly user: string | undefined;
  /** The token it came with. */
  readonly token: Claims | undefined;
  /** The certificate whose key signed it. */
  readonly certificate: string | undefined;
}

/**
 * Reads an envelope and checks whatever its header claims. Throws a TrustFault for a claim that does not hold.
 * The time stamp must be there where a signature is, but is not held against the clock: it is the client's own time, and
 * the simulator's may run faster or stand still.
 */
export async function readMessage(sim: Simulation, text: string, caller: Caller): Promise<Message> {
  const envelope = parse(text);
  if (envelope.space !== SOAP || envelope.name !== 'Envelope') throw new TrustFault('BadRequest', 'The document is no SOAP 1.1 envelope.');
  const body = child(envelope, 'Body');
  const security = child(envelope, 'Header')?.children.find(({ name, space }) => name === 'Security' && space === WSSE);
  if (!security) return { content: body?.children[0], text, user: undefined, token: undefined, certificate: undefined };
  const assertion = security.children.find(({ name, space }) => name === 'Assertion' && space === SAML);
  const token = assertion && readToken(text, assertion, sim.clock.now(), await sim.signing());
  const signature = security.children.find(({ name, space }) => name === 'Signature' && space === DSIG);
  const certificate = signature && signerOf(security, signature, token);
  const signed = signature && certificate !== undefined ? signedBody(signedElements(text, signature, certificate)) : undefined;
  if (token?.holder !== undefined && !sameKey(token.holder, certificate)) {
    throw new TrustFault('InvalidSecurity', 'The token is for the holder of a key, and the message is not signed with that key.');
  }
  const user = passwordUser(sim, security, caller) ?? token?.subject ?? (certificate === undefined ? undefined : userOfCertificate(sim, certificate));
  return { content: (signed ?? body)?.children[0], text, user, token, certificate };
}

/**
 * The certificate that the signature names: one in the header, or that of the token. undefined for a token that has none:
 * govc signs with whatever key it has, and such a token counts whoever bears it.
 */
function signerOf(security: Element, signature: Element, token: Claims | undefined): string | undefined {
  const reference = at(signature, 'KeyInfo', 'SecurityTokenReference');
  const uri = child(reference, 'Reference')?.attributes['URI'];
  const direct = at(signature, 'KeyInfo', 'X509Data', 'X509Certificate') ?? security.children.find(({ name, attributes }) => name === 'BinarySecurityToken' && `#${attributes['Id']}` === uri);
  if (direct) return certificateOf(direct.text);
  if (child(reference, 'KeyIdentifier') && token) return token.holder;
  throw new TrustFault('InvalidSecurity', 'The signature names no key: its KeyInfo must refer to a certificate of the header or to a token for the holder of a key.');
}

/** The body of a signed message. Throws InvalidSecurity when the signature leaves it or the time stamp out. */
function signedBody(elements: readonly Element[]): Element {
  const body = elements.find(({ name, space }) => name === 'Body' && space === SOAP);
  if (!body || !elements.some(({ name, space }) => name === 'Timestamp' && space === WSU)) {
    throw new TrustFault('InvalidSecurity', 'The signature must cover the Body and the Timestamp of the message.');
  }
  return body;
}

function passwordUser(sim: Simulation, security: Element, caller: Caller): string | undefined {
  const claimed = child(security, 'UsernameToken');
  if (!claimed) return undefined;
  const name = child(claimed, 'Username')?.text ?? '';
  const password = child(claimed, 'Password');
  if (password?.attributes['Type']?.endsWith('#PasswordDigest')) throw new TrustFault('InvalidSecurity', 'The password must be sent as text: its digest cannot be checked.');
  try {
    sim.sessions.check(name, password?.text ?? '', caller);
  } catch (error) {
    if (isFault(error, 'InvalidLogin')) throw new TrustFault('FailedAuthentication', 'Invalid credentials');
    throw error;
  }
  return principalOf(sim, name);
}
