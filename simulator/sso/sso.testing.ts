// For tests of single sign-on: a vCenter, and a client that writes WS-Trust messages, signs them, and logs in with tokens.
import assert from 'node:assert/strict';
import { SignedXml } from 'xml-crypto';
import { createSimulator, ManualClock, type Simulator, type SimulatorOptions } from '../index.ts';
import type { SigningPair } from '../dispatch/simulation.ts';
import { makeSigningPair } from './keys.ts';
import { bare } from './signature.ts';
import { WSSE, WST, WSU } from './trust-fault.ts';

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const CALLER = { ipAddress: '192.0.2.7', tls: true };
let pairs: Promise<SigningPair> | undefined;

/** The token service's key of all these tests: making one takes long. */
const signing = () => (pairs ??= makeSigningPair(new Date('2026-01-01T00:00:00Z')));

export interface Asked {
  readonly type?: 'Issue' | 'Renew' | 'Validate';
  /** Elements of the request besides its type. */
  readonly rst?: string;
  /** What stands in the Security header besides time stamp and signature. */
  readonly header?: string;
  readonly signer?: SigningPair;
}

export const password = (user: string, word: string): string => `<wsse:UsernameToken><wsse:Username>${user}</wsse:Username><wsse:Password>${word}</wsse:Password></wsse:UsernameToken>`;
export const lifetime = (minutes: number): string => `<Lifetime><wsu:Created>2020-01-01T00:00:00Z</wsu:Created><wsu:Expires>${new Date(Date.UTC(2020, 0, 1, 0, minutes)).toISOString()}</wsu:Expires></Lifetime>`;
export const keyType = (name: 'Bearer' | 'PublicKey'): string => `<KeyType>${WST}/${name}</KeyType>`;

export class SignOn {
  readonly clock = new ManualClock();
  readonly simulator: Simulator;

  constructor(options: SimulatorOptions = {}) {
    this.simulator = createSimulator({ clock: this.clock, freeze: true, signing, model: { cluster: 0, machine: 0 }, ...options });
  }

  /** Sends a request to the token service; gives the answer's text. */
  async ask({ type = 'Issue', rst = '', header = '', signer }: Asked): Promise<{ status: number; body: string }> {
    const content = `<RequestSecurityToken xmlns="${WST}"><RequestType>${WST}/${type}</RequestType>${rst}</RequestSecurityToken>`;
    return this.simulator.handleSso('/sts/STSService/vsphere.local', envelope(content, header, signer), { host: 'vc.example' }, CALLER);
  }

  /** The token that a request gives. */
  async token(asked: Asked): Promise<string> {
    const { status, body } = await this.ask(asked);
    assert.equal(status, 200, body);
    return /<saml2:Assertion.*<\/saml2:Assertion>/s.exec(body)![0];
  }

  /** The fault that a request gets. */
  async refuses(code: string, asked: Asked): Promise<string> {
    const { status, body } = await this.ask(asked);
    assert.equal(status, 500, body);
    assert.equal(/<faultcode[^>]*>w:(\w+)</.exec(body)?.[1], code, body);
    return /<faultstring>([^<]*)/.exec(body)![1]!;
  }

  /** LoginByToken: the user name of the session, or the fault. */
  async logIn(token: string, signer?: SigningPair): Promise<string> {
    const content = '<LoginByToken xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this></LoginByToken>';
    const { body } = await this.simulator.handleSoap(envelope(content, token, signer), {}, CALLER);
    return (/<userName>([^<]*)/.exec(body) ?? /<(\w+)Fault xmlns="urn:vim25"/.exec(body))![1]!;
  }
}

/** An envelope whose Security header has that content; signed over body and time stamp with a certificate in the header. */
export function envelope(content: string, header: string, signer?: SigningPair): string {
  const certificate = signer === undefined ? '' : `<wsse:BinarySecurityToken wsu:Id="_key" ValueType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3">${bare(signer.cert)}</wsse:BinarySecurityToken>`;
  const text = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}"><soap:Header><wsse:Security>` +
    `<wsu:Timestamp wsu:Id="_time"><wsu:Created>2020-01-01T00:00:00Z</wsu:Created><wsu:Expires>2020-01-01T00:01:00Z</wsu:Expires></wsu:Timestamp>${certificate}${header}` +
    `</wsse:Security></soap:Header><soap:Body wsu:Id="_body">${content}</soap:Body></soap:Envelope>`;
  if (signer === undefined) return text;
  const signature = new SignedXml({
    privateKey: signer.key, signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', canonicalizationAlgorithm: EXCLUSIVE, idMode: 'wssecurity',
    getKeyInfoContent: () => '<wsse:SecurityTokenReference><wsse:Reference URI="#_key"/></wsse:SecurityTokenReference>',
  });
  for (const name of ['Timestamp', 'Body']) signature.addReference({ xpath: `//*[local-name()='${name}']`, transforms: [EXCLUSIVE], digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256' });
  signature.computeSignature(text, { prefix: 'ds', location: { reference: "//*[local-name()='Security']", action: 'append' } });
  return signature.getSignedXml();
}
