// XML signatures (XML-DSig core, section 3) of tokens and messages. What a check gives is the text that was signed: whoever
// reads values takes them from there, so that nothing beside it can pass for signed.
import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { SigningPair } from '../dispatch/simulation.ts';
import { TrustFault } from './trust-fault.ts';
import { parse, type Element } from './xml.ts';

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** Puts the signature of a SAML assertion where its schema wants it: after the issuer. */
export function sign(assertion: string, { key, cert }: SigningPair): string {
  const signature = new SignedXml({
    privateKey: key, publicCert: cert, signatureAlgorithm: RSA_SHA256, canonicalizationAlgorithm: EXCLUSIVE,
    getKeyInfoContent: () => `<ds:X509Data><ds:X509Certificate>${bare(cert)}</ds:X509Certificate></ds:X509Data>`,
  });
  signature.addReference({ xpath: '/*', transforms: [ENVELOPED, EXCLUSIVE], digestAlgorithm: SHA256 });
  signature.computeSignature(assertion, { prefix: 'ds', location: { reference: "/*/*[local-name()='Issuer']", action: 'after' } });
  return signature.getSignedXml();
}

/** The elements that a signature of the document covers, read from their signed text. Throws InvalidSecurity when it does not hold. */
export function signedElements(document: string, signature: Element, cert: string): readonly Element[] {
  try {
    const check = new SignedXml({ publicCert: cert, getCertFromKeyInfo: () => null });
    check.loadSignature(signature.source);
    if (check.checkSignature(document)) return check.getSignedReferences().map(parse);
  } catch (error) {
    throw new TrustFault('InvalidSecurity', `The signature cannot be checked: ${(error as Error).message}`);
  }
  throw new TrustFault('InvalidSecurity', 'The signature does not hold: what it covers was changed.');
}

/** A certificate in PEM as the base64 of XML. */
export const bare = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');

/** The certificate of an X509Certificate or BinarySecurityToken element, as PEM. Throws InvalidSecurityToken when it is none. */
export function certificateOf(base64: string): string {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).toString();
  } catch {
    throw new TrustFault('InvalidSecurityToken', 'The certificate cannot be read: X.509 in base64 is needed.');
  }
}

/** What is the same in two certificates of one key. */
export const keyOf = (pem: string): string => (createPublicKey(pem) as KeyObject).export({ type: 'spki', format: 'der' }).toString('base64');
