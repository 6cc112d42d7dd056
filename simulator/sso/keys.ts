// The key by which tokens are signed. RSA, because that is what readers of vCenter's tokens expect.
import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import type { SigningPair } from '../dispatch/simulation.ts';

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
const TEN_YEARS = 3650 * 86_400_000;

/** Makes a new key with its certificate, good for ten years from `now`. */
export async function makeSigningPair(now: Date): Promise<SigningPair> {
  const { X509CertificateGenerator } = await import('@peculiar/x509');
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: 'CN=ssoserverSign', keys, signingAlgorithm: ALGORITHM, notBefore: new Date(now.getTime() - 86_400_000), notAfter: new Date(now.getTime() + TEN_YEARS) },
    crypto,
  );
  const key = createPrivateKey({ key: Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)), format: 'der', type: 'pkcs8' });
  return { key: key.export({ type: 'pkcs8', format: 'pem' }) as string, cert: certificate.toString('pem') };
}
