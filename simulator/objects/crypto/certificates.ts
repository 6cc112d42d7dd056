// Trust between vCenter and its key servers: CryptoManagerKmip's methods about certificates (vim25).
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { CryptoManagerKmipCertificateInfo, CryptoManagerKmipCertSignRequest } from '../../../core/vim25/index.ts';
import type { Methods } from '../../dispatch/define.ts';
import { hostCertificate, selfSignedCertificate, signingRequest, spelledName, type Name } from '../host-system/x509.ts';
import { providerOf, trustOf, writeTrust, wrong, type Trust } from './providers.ts';

/** A certificate of a caller. Throws InvalidArgument for what is none. */
function read(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw wrong('certificate', 'it is no certificate in PEM');
  }
}

/** What vSphere shows of a certificate; `now` is when it is looked at. */
export function certificateInfo(pem: string, now: Date): CryptoManagerKmipCertificateInfo {
  const certificate = new X509Certificate(pem);
  const [notBefore, notAfter] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  const seconds = (from: Date, to: Date) => Math.trunc((to.getTime() - from.getTime()) / 1000);
  return {
    _type: 'CryptoManagerKmipCertificateInfo', subject: spelledName(certificate.subject), issuer: spelledName(certificate.issuer), serialNumber: certificate.serialNumber, notBefore, notAfter,
    fingerprint: certificate.fingerprint, checkTime: now, secondsSinceValid: seconds(notBefore, now), secondsBeforeExpire: seconds(now, notAfter),
  };
}

function nameOf(id: string, request: CryptoManagerKmipCertSignRequest | undefined): Name {
  const { commonName = id, organization, organizationUnit, locality, state, country, email } = request ?? {};
  const all: readonly (readonly [string, string | undefined])[] = [['C', country], ['ST', state], ['L', locality], ['O', organization], ['OU', organizationUnit], ['CN', commonName], ['EMAILADDRESS', email]];
  return all.filter((pair): pair is readonly [string, string] => pair[1] !== undefined && pair[1] !== '');
}

/** Throws InvalidArgument for what has not been made. */
function made(trust: Trust, field: 'client' | 'selfSigned' | 'request', what: string): string {
  const found = trust[field];
  if (found === undefined) throw wrong('cluster', `${what} of this key provider has been made`);
  return found;
}

export const kmipCertificates: Methods<'CryptoManagerKmip'> = {
  RetrieveKmipServerCert({ sim, tx }, { keyProvider, server: { name } }) {
    const server = providerOf(tx, keyProvider, 'keyProvider').servers?.find((one) => one.name === name);
    if (server === undefined) throw wrong('server.name', `"${keyProvider.id}" has no server "${name}"`);
    const certificate = hostCertificate(server.address);
    const trusted = trustOf(tx, keyProvider.id).servers ?? [];
    return { _type: 'CryptoManagerKmipServerCertInfo', certificate, certInfo: certificateInfo(certificate, sim.clock.now()), clientTrustServer: trusted.some((pem) => pem.trim() === certificate.trim()) };
  },
  UploadKmipServerCert({ tx }, { cluster: { id }, certificate }) {
    providerOf(tx, { id }, 'cluster');
    read(certificate);
    const servers = trustOf(tx, id).servers ?? [];
    if (!servers.includes(certificate)) writeTrust(tx, id, { servers: [...servers, certificate] });
  },
  UploadClientCert({ tx }, { cluster: { id }, certificate, privateKey }) {
    providerOf(tx, { id }, 'cluster');
    const shown = read(certificate);
    if (!fits(shown, privateKey)) throw wrong('privateKey', 'it is not the key of the certificate');
    writeTrust(tx, id, { client: certificate });
  },
  RetrieveClientCert({ tx }, { cluster: { id } }) {
    providerOf(tx, { id }, 'cluster');
    return made(trustOf(tx, id), 'client', 'no client certificate');
  },
  GenerateSelfSignedClientCert({ tx }, { cluster: { id }, request }) {
    providerOf(tx, { id }, 'cluster');
    const selfSigned = selfSignedCertificate(nameOf(id, request));
    writeTrust(tx, id, { selfSigned });
    return selfSigned;
  },
  RetrieveSelfSignedClientCert({ tx }, { cluster: { id } }) {
    providerOf(tx, { id }, 'cluster');
    return made(trustOf(tx, id), 'selfSigned', 'no self-signed certificate');
  },
  UpdateSelfSignedClientCert({ tx }, { cluster: { id }, certificate }) {
    providerOf(tx, { id }, 'cluster');
    if (made(trustOf(tx, id), 'selfSigned', 'no self-signed certificate').trim() !== certificate.trim()) throw wrong('certificate', 'it is not the one that was made for this key provider');
    writeTrust(tx, id, { client: certificate });
  },
  GenerateClientCsr({ tx }, { cluster: { id }, request }) {
    providerOf(tx, { id }, 'cluster');
    const text = signingRequest(nameOf(id, request), undefined);
    writeTrust(tx, id, { request: text });
    return text;
  },
  RetrieveClientCsr({ tx }, { cluster: { id } }) {
    providerOf(tx, { id }, 'cluster');
    return made(trustOf(tx, id), 'request', 'no request for a certificate');
  },
  UpdateKmsSignedCsrClientCert({ tx }, { cluster: { id }, certificate }) {
    providerOf(tx, { id }, 'cluster');
    made(trustOf(tx, id), 'request', 'no request for a certificate');
    read(certificate);
    writeTrust(tx, id, { client: certificate });
  },
};

function fits(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
