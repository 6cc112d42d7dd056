// The SAML 2.0 assertions that the token service gives out: written, signed, and read again when somebody comes with one
// (SAML core 2.0, sections 2.3 to 2.7; in the form that vCenter's has, since clients rebuild its canonical text).
import { randomUUID } from 'node:crypto';
import type { SigningPair } from '../dispatch/simulation.ts';
import { bare, certificateOf, keyOf, sign, signedElements } from './signature.ts';
import { SAML, TrustFault } from './trust-fault.ts';
import { at, child, escape, type Element } from './xml.ts';

/** What a token says. */
export interface Claims {
  /** 'name@DOMAIN' */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notOnOrAfter: Date;
  /** The certificate whose key its holder must prove to have, PEM; undefined: whoever bears it is the subject. */
  readonly holder?: string | undefined;
  /** How often it may be renewed. */
  readonly renewals: number;
  /** How often others may act with it in the name of its subject. */
  readonly delegations: number;
  /** Who acts in the name of the subject, the latest last. */
  readonly delegates: readonly string[];
  /** 'domain\\group' */
  readonly groups: readonly string[];
}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const RENEWAL = 'http://www.rsa.com/names/2009/12/std-ext/SAML2.0';
const DELEGATION = 'urn:oasis:names:tc:SAML:2.0:conditions:delegation';
const UPN = 'http://schemas.xmlsoap.org/claims/UPN';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const HOLDER = 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key';

const nameId = (name: string): string => `<saml2:NameID Format="${UPN}">${escape(name)}</saml2:NameID>`;

/** A signed assertion as text. */
export function writeToken(claims: Claims, issuer: string, now: Date, pair: SigningPair): string {
  const { subject, holder, groups } = claims;
  const until = claims.notOnOrAfter.toISOString();
  const [name = '', domain = ''] = subject.split('@');
  const confirmation = holder === undefined
    ? `<saml2:SubjectConfirmation Method="${BEARER}"><saml2:SubjectConfirmationData NotOnOrAfter="${until}"/></saml2:SubjectConfirmation>`
    : `<saml2:SubjectConfirmation Method="${HOLDER}"><saml2:SubjectConfirmationData xsi:type="saml2:KeyInfoConfirmationDataType"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${bare(holder)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></saml2:SubjectConfirmationData></saml2:SubjectConfirmation>`;
  const means = holder === undefined ? 'PasswordProtectedTransport' : 'X509';
  return sign(
    `<saml2:Assertion xmlns:saml2="${SAML}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="${XSI}" ID="_${randomUUID()}" IssueInstant="${now.toISOString()}" Version="2.0">` +
      `<saml2:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">${escape(issuer)}</saml2:Issuer>` +
      `<saml2:Subject>${nameId(subject)}${confirmation}</saml2:Subject>` +
      `<saml2:Conditions NotBefore="${claims.notBefore.toISOString()}" NotOnOrAfter="${until}">${conditions(claims, now)}</saml2:Conditions>` +
      `<saml2:AuthnStatement AuthnInstant="${now.toISOString()}"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:${means}</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>` +
      '<saml2:AttributeStatement>' +
      attribute('Groups', 'http://rsa.com/schemas/attr-names/2009/01/GroupIdentity', groups) +
      attribute('givenName', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname', [name]) +
      attribute('surname', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname', [domain]) +
      '</saml2:AttributeStatement></saml2:Assertion>',
    pair,
  );
}

function conditions({ renewals, delegations, delegates }: Claims, now: Date): string {
  const renewal = renewals > 0 ? `<saml2:Condition xmlns:rsa="${RENEWAL}" Count="${renewals}" xsi:type="rsa:RenewRestrictionType"/>` : '';
  const delegation = delegates
    .map((name) => `<saml2:Condition xmlns:del="${DELEGATION}" xsi:type="del:DelegationRestrictionType"><del:Delegate DelegationInstant="${now.toISOString()}">${nameId(name)}</del:Delegate></saml2:Condition>`)
    .join('');
  return `<saml2:ProxyRestriction Count="${delegations}"/>${delegation}${renewal}`;
}

const attribute = (friendly: string, name: string, values: readonly string[]): string =>
  `<saml2:Attribute FriendlyName="${friendly}" Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">` +
  `${values.map((value) => `<saml2:AttributeValue xsi:type="xs:string">${escape(value)}</saml2:AttributeValue>`).join('')}</saml2:Attribute>`;

/**
 * Reads a token of ours that stands in a document. Throws InvalidSecurityToken for one that we did not sign,
 * ExpiredData for one whose time it is not.
 */
export function readToken(document: string, assertion: Element, now: Date, { cert }: SigningPair): Claims {
  if (assertion.space !== SAML || assertion.name !== 'Assertion') throw new TrustFault('InvalidSecurityToken', `A SAML 2.0 assertion is needed, not a "${assertion.name}".`);
  const signature = child(assertion, 'Signature');
  if (!signature) throw new TrustFault('InvalidSecurityToken', 'The token is not signed.');
  const [signed, ...others] = trusted(document, signature, cert);
  // What was signed must be the whole token, not a part of it or another one.
  if (!signed || others.length > 0 || signed.name !== 'Assertion' || signed.space !== SAML || signed.attributes['ID'] !== assertion.attributes['ID']) {
    throw new TrustFault('InvalidSecurityToken', 'The signature in the token is not that of the token.');
  }
  const claims = read(signed);
  if (now < claims.notBefore) throw new TrustFault('ExpiredData', `The token is not good before ${claims.notBefore.toISOString()}; it is ${now.toISOString()}.`);
  if (now >= claims.notOnOrAfter) throw new TrustFault('ExpiredData', `The token was good until ${claims.notOnOrAfter.toISOString()}; it is ${now.toISOString()}.`);
  return claims;
}

function trusted(document: string, signature: Element, cert: string): readonly Element[] {
  try {
    return signedElements(document, signature, cert);
  } catch (error) {
    throw new TrustFault('InvalidSecurityToken', `The token is none of this server: ${(error as Error).message}`);
  }
}

function read(assertion: Element): Claims {
  const bounds = child(assertion, 'Conditions');
  const restrictions = bounds?.children ?? [];
  const ofType = (type: string) => restrictions.filter(({ attributes }) => attributes['type']?.endsWith(`:${type}`));
  const holder = at(assertion, 'Subject', 'SubjectConfirmation', 'SubjectConfirmationData', 'KeyInfo', 'X509Data', 'X509Certificate');
  return {
    subject: at(assertion, 'Subject', 'NameID')?.text.trim() ?? '',
    notBefore: new Date(bounds?.attributes['NotBefore'] ?? NaN),
    notOnOrAfter: new Date(bounds?.attributes['NotOnOrAfter'] ?? NaN),
    holder: holder && certificateOf(holder.text),
    renewals: Number(ofType('RenewRestrictionType')[0]?.attributes['Count'] ?? 0),
    delegations: Number(child(bounds, 'ProxyRestriction')?.attributes['Count'] ?? 0),
    delegates: ofType('DelegationRestrictionType').map((condition) => at(condition, 'Delegate', 'NameID')?.text.trim() ?? ''),
    groups: (child(assertion, 'AttributeStatement')?.children.find(({ attributes }) => attributes['FriendlyName'] === 'Groups')?.children ?? []).map(({ text }) => text),
  };
}

/** True when both certificates are of one key. */
export const sameKey = (one: string | undefined, other: string | undefined): boolean => one !== undefined && other !== undefined && keyOf(one) === keyOf(other);
