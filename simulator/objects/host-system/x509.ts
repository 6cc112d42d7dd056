// Certificates of hosts, written as DER by hand: deterministic, so that the same host always shows the same thumbprint.
// One fixed key pair stands for the certificate authority and for every host; it protects nothing.
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';

const KEY = `-----BEGIN RSA PRIVATE KEY-----
MIIEowIBAAKCAQEAvnzeOlC9wwtRXAWQrzalpu7ZSGMdGPKRtRlvww1vMtUgUP2Z
eGe8LhmeOtR9YNENxwB9K+qAZA829Lr/7K3+ITMqCnN8IMeudIyJSb2zq1tdtDTk
c9GB2DCL0d4/FXciVUOjMAwDqUdzWUCHQmArFgELVM/xbQYdrn0i93M4IvWUoLa8
gacKl5BRYlqjUq9V8xQAiCnnkeKb9fbQunKFwM5kf5q3QSUrrInJNmcDkafhF5H1
zEf1xf68XcgEJ8sH++fh6lPwxvN5IZMjIEhc+8O37Q0dGEy767gjHlVMQx282t7g
6TFpf9y49BJhYVJu0niYqjCzdw3UBQ8wzK6hlQIDAQABAoIBABSZTjLCLnMcEzU/
SNEZuLoflBGW3junZ4hM8uAF4ON/VppLgkAZ/6iAjrLP7ar9kF7Xt7F7D11Co++9
FRXUDuoqLT6qFF87GKtz0xjNUdOS8sQdACNiIYduYIBWZz37/xN3V/tHIVI57shV
CQtteNtNS5tlTTc79RO8Zn6Z0BU/h1dFZoUaitZlcEjmV27VpffodmAPly4RNGXa
jon8NwbCcFk1M2SSDF6aEVSLbISM4wOXu5//1SP1GrccVHWTbdNI3QHtrac6HuLD
Axr/AbYlQG9Q/O/Tlx5mU6Cg0kh9cVs/o5fJAaueREZ89li7vqDhoTTS6vEUohrW
cSS+iBUCgYEA8i+RvBmGr1iP7hVx4yczCfef6O7AmnXdAeII8hXfbyCAtmG85MiN
pBsvqaD7PNhR47OAUz9SEFGJ4tAHZq4W7nRCNDBUNjXlcgLXi+ke28wwVpBB8otT
5rfUB4nuKvZo4SZiy31UFWEy8H1Fw2Mh6g7SVOO8bp4E1ada0vOlPr8CgYEAyVpl
j1x+IewEqXAkYHmdkp4iMToxl3Y976ZfEDguDasyFCOpkT38Pb7+vGfFZNU+dCTv
mYeZDnYlNin7AS1Fuyb1Y++Udcr3oLeSFzu1omB8o2jznT8Jaj6RNKZ751kR/M3q
Q1FUOjKIaOSRISDmYdjqkbYM0perNoT8bn5YSKsCgYEApKvFisFMe9Na4gaAznPr
1z4g48/a8+tqH4qijIBk0PmnqtrgBit7a3b0vIDx8xge7hUyDuiCEwhuGeNa9O0w
OGiiTzwBNm8FGLVn/ADBc6/tuh4SSSmFHd4mdA3L/DhZbaWdDUGlN3hEm5KCKe0w
tSXoy8GhcRFOtjs5nS//Tp8CgYBFH/6LyAIZXTCAhtpGMJoy8ozkf4j06Yf71Q7/
v3m4AZTQqymUjkYhYIeNYMa4hijJsMB84bte5pqBzMm6LrOou4g1BdPe2I5Io5zI
0xvZIezIIMi5rCFsUwyAmcMhukddlced0rbqv9xqvkVArU3KO7DT0z71sVH7Bo6u
1Ds0vwKBgByQhuvzwtokC7pXyB5R9VTKKN8Wo5YWDdk9Zv5waJeX+KeIPOjQaNZi
+04hMe5jxzscPUODm9TRnC75Xkv696R+kphThiNOmrXzQWa9ecJkgDFpykCwTp4z
faXVEfqSpSXLClE/BIXnBQT5pCwc+9IIOajS9t0kL6J5+SbYebfZ
-----END RSA PRIVATE KEY-----
`;

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (...bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));

const ATTRIBUTES: Readonly<Record<string, readonly number[]>> = {
  CN: [0x55, 4, 3], C: [0x55, 4, 6], L: [0x55, 4, 7], ST: [0x55, 4, 8], O: [0x55, 4, 10], OU: [0x55, 4, 11],
  EMAILADDRESS: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1],
};

/** A name as pairs, outermost first: [['O', 'VMware'], ['CN', 'esx1']]. */
export type Name = readonly (readonly [attribute: string, value: string])[];

const nameDer = (name: Name): Buffer =>
  sequence(...name.map(([key, value]) => der(0x31, sequence(oid(...ATTRIBUTES[key]!), der(key === 'C' ? 0x13 : 0x0c, Buffer.from(value))))));

/** 'CN=esx1,O=VMware' as pairs; undefined when it is no distinguished name. */
export function parseName(text: string): Name | undefined {
  const parts = text.split(',').map((part) => /^\s*([A-Za-z]+)\s*=\s*(.+?)\s*$/.exec(part));
  if (parts.some((part) => !part || !Object.hasOwn(ATTRIBUTES, part[1]!.toUpperCase()))) return undefined;
  return parts.map((part) => [part![1]!.toUpperCase(), part![2]!] as const);
}

const utc = (at: Date): Buffer => der(0x17, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '').slice(2)));
const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

const SHA256_RSA = sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11), der(0x05));

const alternative = (host: string): Buffer =>
  /^\d+(\.\d+){3}$/.test(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host, 'latin1'));

const extension = (id: readonly number[], value: Uint8Array): Buffer => sequence(oid(...id), der(0x04, value));

const VALID_FROM = new Date(Date.UTC(2024, 5, 25));
const VALID_TO = new Date(Date.UTC(2034, 5, 25));

export const CA_NAME: Name = [['CN', 'CA'], ['C', 'US'], ['ST', 'California'], ['O', 'vcsim'], ['OU', 'VMware Engineering']];

const subjectOf = (host: string): Name =>
  [['EMAILADDRESS', 'vmca@vmware.com'], ['CN', host], ['OU', 'VMware Engineering'], ['O', 'VMware'], ['L', 'Palo Alto'], ['ST', 'California'], ['C', 'US']];

// Reading a key costs more than using it.
let privateKey: KeyObject | undefined;
let publicDer: Buffer | undefined;

function signed(body: Buffer): Buffer {
  privateKey ??= createPrivateKey(KEY);
  return sequence(body, SHA256_RSA, der(0x03, Buffer.of(0), sign('sha256', body, privateKey)));
}

function publicKey(): Buffer {
  publicDer ??= createPublicKey(KEY).export({ type: 'spki', format: 'der' });
  return publicDer;
}

function certificate(subject: Name, serialOf: string, extensions: readonly Buffer[], issuer: Name = CA_NAME): string {
  const serial = createHash('sha256').update(serialOf).digest().subarray(0, 8);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return pem('CERTIFICATE', signed(sequence(
    der(0xa0, der(0x02, Buffer.of(2))), der(0x02, serial), SHA256_RSA, nameDer(issuer), sequence(utc(VALID_FROM), utc(VALID_TO)), nameDer(subject),
    publicKey(), der(0xa3, sequence(...extensions)),
  )));
}

const issued = new Map<string, string>();

/** The certificate that a host of that name presents, as PEM. */
export function hostCertificate(host: string): string {
  let made = issued.get(host);
  if (made === undefined) {
    made = certificate(subjectOf(host), host, [extension([0x55, 0x1d, 0x11], sequence(alternative(host)))]);
    issued.set(host, made);
  }
  return made;
}

/** The certificate of the authority that issues them. */
export const caCertificate = (): string =>
  certificate(CA_NAME, 'certificate authority', [extension([0x55, 0x1d, 0x13], sequence(der(0x01, Buffer.of(0xff))))]);

/** A certificate that its subject signed itself. */
export const selfSignedCertificate = (subject: Name): string => certificate(subject, `self-signed ${JSON.stringify(subject)}`, [], subject);

/** A certificate signing request (PKCS #10) for that name. */
export function signingRequest(subject: Name, host: string | undefined): string {
  const wanted = host === undefined ? Buffer.alloc(0)
    : sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14), der(0x31, sequence(extension([0x55, 0x1d, 0x11], sequence(alternative(host))))));
  return pem('CERTIFICATE REQUEST', signed(sequence(der(0x02, Buffer.of(0)), nameDer(subject), publicKey(), der(0xa0, wanted))));
}

/** What a signing request of a host asks to be called. */
export const requestName = (commonName: string): Name =>
  [['C', 'US'], ['ST', 'California'], ['L', 'Palo Alto'], ['O', 'VMware'], ['OU', 'VMware Engineering'], ['CN', commonName]];

/** SHA-1 fingerprint of the first certificate in a PEM text, in the form that vSphere shows: AA:BB:… */
export function thumbprint(certificatePem: string): string {
  const base64 = /-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(certificatePem)?.[1] ?? '';
  return createHash('sha1').update(Buffer.from(base64, 'base64')).digest('hex').toUpperCase().replace(/..(?=.)/g, '$&:');
}

/** OpenSSL's line form of a name, as vSphere shows it: 'CN=esx1,O=VMware'. */
export const spelledName = (text: string): string => text.split('\n').map((line) => line.trim()).filter((line) => line !== '').join(',');
