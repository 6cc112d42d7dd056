// Keys and certificates of a VCH. The library is loaded when a certificate is made, not before: it takes longer to
// load than most commands take to run.
import { createPrivateKey, createPublicKey, X509Certificate, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { KeyPair } from './appliance-config.ts';
import type { Issues } from './options.ts';

const ORGANISATION = 'VMware';
const YEAR_MS = 365 * 24 * 3600 * 1000;
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: Uint8Array.of(1, 0, 1), modulusLength: 2048 } as const;

/** An authority that signs, and what it signed with. */
export interface Authority extends KeyPair {
  readonly sign: (subject: string, use: 'server' | 'client', names?: readonly string[]) => Promise<KeyPair>;
}

/** A self-signed pair, good for a year: what the Docker endpoint shows when the user gives none. */
export async function selfSignedPair(commonName: string, now: Date): Promise<KeyPair> {
  const x509 = await load();
  const keys = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(now), serialNumber: serial(), name: subjectOf(commonName), keys, signingAlgorithm: RSA,
    extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyEncipherment | x509.KeyUsageFlags.digitalSignature, true), usage(x509, 'server')],
  });
  return { key: await pemOf(keys.privateKey), cert: certificate.toString('pem') };
}

/** An authority of its own for one VCH: signs its server certificate and the certificates of its clients. */
export async function createAuthority(commonName: string, now: Date): Promise<Authority> {
  const x509 = await load();
  const keys = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const name = subjectOf(commonName);
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(now), serialNumber: serial(), name, keys, signingAlgorithm: RSA,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    key: await pemOf(keys.privateKey), cert: own.toString('pem'),
    async sign(subject, use, names = []) {
      const pair = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
      const certificate = await x509.X509CertificateGenerator.create({
        ...validity(now), serialNumber: serial(), subject: subjectOf(subject), issuer: own.subject, publicKey: pair.publicKey, signingKey: keys.privateKey, signingAlgorithm: RSA,
        extensions: [
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyEncipherment | x509.KeyUsageFlags.digitalSignature, true), usage(x509, use),
          ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' as const : 'dns' as const, value })))] : []),
        ],
      });
      return { key: await pemOf(pair.privateKey), cert: certificate.toString('pem') };
    },
  };
}

/** A pair that the user gives. Notes what is wrong with it; undefined then. */
export function checkPair(pair: KeyPair, issues: Issues): KeyPair | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pair.cert);
  } catch {
    return issues.add('--cert is not a PEM certificate', { flag: '--cert' });
  }
  try {
    const key = createPrivateKey(pair.key);
    const own = createPublicKey(key).export({ type: 'spki', format: 'der' });
    if (!certificate.publicKey.export({ type: 'spki', format: 'der' }).equals(own)) return issues.add('--key does not belong to --cert', { flag: '--key' });
  } catch {
    return issues.add('--key is not a PEM private key without a passphrase', { flag: '--key' });
  }
  return pair;
}

type Library = typeof import('@peculiar/x509');
const load = async (): Promise<Library> => {
  // The library's container needs the polyfill before it is loaded.
  await import('reflect-metadata');
  return import('@peculiar/x509');
};
const subjectOf = (commonName: string): string => `CN=${commonName.replace(/[,+"\\<>;=#]/g, '\\$&')},O=${ORGANISATION}`;
/** A day's grace for clocks that are behind. */
const validity = (now: Date) => ({ notBefore: new Date(now.getTime() - YEAR_MS / 365), notAfter: new Date(now.getTime() + YEAR_MS) });
const serial = (): string => `00${Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')}`;
const usage = (x509: Library, use: 'server' | 'client') => new x509.ExtendedKeyUsageExtension([use === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth]);

/** PKCS #1, as the appliance's programs expect it. */
const pemOf = async (key: webcrypto.CryptoKey): Promise<string> =>
  createPrivateKey({ key: Buffer.from(await crypto.subtle.exportKey('pkcs8', key)), format: 'der', type: 'pkcs8' }).export({ type: 'pkcs1', format: 'pem' }) as string;
