// The server's key pair: read from files, or a self-signed certificate made at start. Written as DER by hand because
// the certificate libraries cost 130 ms and more to load, most of the time that a start may take.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface KeyPair {
  /** PEM */
  readonly key: string;
  /** PEM, possibly a chain. */
  readonly cert: string;
}

/** What every TLS server here speaks: nothing older than TLS 1.2, and there only ciphers with forward secrecy and authentication. */
export const MODERN_TLS = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
} as const;

/** Reads a pair from PEM files. Throws an Error that names the file and what is wrong with it. */
export function readKeyPair(certFile: string, keyFile: string): KeyPair {
  const cert = readPem(certFile, '-tlscert');
  const key = readPem(keyFile, '-tlskey');
  const certificate = parsed(certFile, '-tlscert', () => new X509Certificate(cert));
  const privateKey = parsed(keyFile, '-tlskey', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) throw new Error(`the key in ${keyFile} (-tlskey) does not belong to the certificate in ${certFile} (-tlscert)`);
  return { cert, key };
}

function readPem(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${file} (${flag}): ${(error as Error).message}`, { cause: error });
  }
}

function parsed<T>(file: string, flag: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${file} (${flag}) is not a PEM file of the right kind: ${(error as Error).message}`, { cause: error });
  }
}

/** A fresh ECDSA P-256 pair for localhost, 127.0.0.1, ::1, this machine's name and `names`, good for a year. */
export function selfSigned(names: readonly string[] = [], now: Date = new Date()): KeyPair {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const subject = rdn('localhost');
  const day = 86_400_000;
  const ecdsaSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const keyId = createHash('sha1').update(spki.subarray(-65)).digest();
  const body = sequence(
    tagged(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, positive(randomBytes(16))),
    ecdsaSha256,
    subject,
    sequence(time(new Date(now.getTime() - day)), time(new Date(now.getTime() + 365 * day))),
    subject,
    spki,
    tagged(0xa3, sequence(
      // basicConstraints CA: a client may be given this certificate as its root of trust.
      extension([0x55, 0x1d, 0x13], sequence(der(0x01, Buffer.of(0xff))), true),
      // keyUsage digitalSignature, keyCertSign
      extension([0x55, 0x1d, 0x0f], der(0x03, Buffer.of(2, 0x84)), true),
      // extendedKeyUsage serverAuth
      extension([0x55, 0x1d, 0x25], sequence(oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01))),
      extension([0x55, 0x1d, 0x0e], der(0x04, keyId)),
      extension([0x55, 0x1d, 0x11], alternativeNames(['localhost', hostname(), '127.0.0.1', '::1', ...names])),
    )),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ecdsaSha256, der(0x03, Buffer.concat([Buffer.of(0), signature])));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

/** SHA-1 fingerprint in the form that vSphere tools ask for: AA:BB:… */
export const thumbprint = (cert: string): string => new X509Certificate(cert).fingerprint;

// ---- DER: tag, length, content -------------------------------------------------------------------------------

function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, Buffer.concat(parts));
const tagged = (tag: number, ...parts: Uint8Array[]): Buffer => der(tag, Buffer.concat(parts));
const oid = (...bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));

/** A random number as a positive INTEGER in its shortest form. */
const positive = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of((bytes[0]! & 0x3f) | 0x40), bytes.subarray(1)]);

const rdn = (commonName: string): Buffer => sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(commonName)))));

/** UTCTime, which X.509 wants for the years up to 2049, GeneralizedTime after them. */
function time(at: Date): Buffer {
  const text = at.toISOString().replace(/[-:T]|\.\d+/g, '');
  return at.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

function extension(id: readonly number[], value: Uint8Array, critical = false): Buffer {
  return sequence(oid(...id), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value));
}

function alternativeNames(names: readonly string[]): Buffer {
  return sequence(...[...new Set(names)].filter((name) => name !== '').map((name) => {
    const address = addressBytes(name);
    return address ? der(0x87, address) : der(0x82, Buffer.from(name, 'latin1'));
  }));
}

/** The bytes of an IPv4 or IPv6 address; undefined for a host name. */
function addressBytes(text: string): Buffer | undefined {
  if (/^\d+(\.\d+){3}$/.test(text)) return Buffer.from(text.split('.').map(Number));
  if (!text.includes(':')) return undefined;
  const [left = '', right] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const before = groups(left);
  const after = groups(right ?? '');
  const all = [...before, ...new Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
