// HostCertificateManager: the host's own certificate, requests for a new one, and the authorities the host trusts.
import { X509Certificate } from 'node:crypto';
import { fault, type HostCertificateManagerCertificateInfo, type HostConfigInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { caCertificate, parseName, requestName, signingRequest, spelledName, thumbprint } from './x509.ts';

type Ref = ManagedObjectReference;

const DAY = 86_400_000;

const refused = (why: string) => fault('HostConfigFault', {}, `An error occurred during host configuration: ${why}`);

/** What vSphere shows of a certificate. */
export function certificateInfo(pem: string, now: Date): HostCertificateManagerCertificateInfo {
  const { subject, issuer, validFrom, validTo } = new X509Certificate(pem);
  const left = new Date(validTo).getTime() - now.getTime();
  return {
    kind: 'Machine', issuer: spelledName(issuer), notBefore: new Date(validFrom), notAfter: new Date(validTo), subject: spelledName(subject),
    status: left < 0 ? 'expired' : left < 30 * DAY ? 'expiring' : 'good',
  };
}

/** HostConfigInfo.certificate: the PEM text as an array of bytes. */
export const certificateBytes = (pem: string): readonly number[] => [...Buffer.from(pem, 'latin1')];

function parse(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw refused(`${what} is not a certificate in PEM form.`);
  }
}

function names({ tx, self }: Pick<TransactionContext, 'tx' | 'self'>): { readonly host: string; readonly ip: string } {
  const { network } = tx.get(tx.get(self.ref, '_host') as Ref, 'config') as HostConfigInfo;
  const { hostName, domainName } = network!.dnsConfig!;
  return { host: domainName ? `${hostName}.${domainName}` : hostName, ip: network!.vnic?.[0]?.spec.ip?.ipAddress ?? '127.0.0.1' };
}

export const hostCertificateManager = define('HostCertificateManager', {
  RetrieveCertificateInfoList: { query: ({ self }) => [self.props['certificateInfo'] as HostCertificateManagerCertificateInfo] },
  GenerateCertificateSigningRequest(ctx, { useIpAddressAsCommonName }) {
    const { host, ip } = names(ctx);
    const name = useIpAddressAsCommonName ? ip : host;
    return signingRequest(requestName(name), name);
  },
  GenerateCertificateSigningRequestByDn(ctx, { distinguishedName }) {
    const name = parseName(distinguishedName);
    if (!name) throw refused(`'${distinguishedName}' is not a distinguished name such as 'CN=esx1,O=VMware,C=US'.`);
    return signingRequest(name, names(ctx).host);
  },
  InstallServerCertificate({ sim, tx, self }, { cert }) {
    const parsed = parse(cert, 'What was given');
    const now = sim.clock.now();
    if (new Date(parsed.validTo) < now) throw refused(`the certificate expired at ${parsed.validTo}.`);
    const host = tx.get(self.ref, '_host') as Ref;
    tx.set(self.ref, 'certificateInfo', certificateInfo(cert, now));
    tx.set(host, 'config.certificate', certificateBytes(cert));
    tx.set(host, 'summary.config.sslThumbprint', thumbprint(cert));
  },
  ReplaceCACertificatesAndCRLs({ tx, self }, { caCert, caCrl }) {
    for (const cert of caCert) parse(cert, 'One of the authorities');
    tx.update(self.ref, { _authorities: caCert, _revocations: caCrl ?? [] });
  },
  NotifyAffectedServices() {},
  ListCACertificates: { query: ({ self }) => (self.props['_authorities'] as readonly string[] | undefined) ?? [caCertificate()] },
  ListCACertificateRevocationLists: { query: ({ self }) => (self.props['_revocations'] as readonly string[] | undefined) ?? [] },
  ProvisionServerPrivateKey(_ctx, { key }) {
    if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)) throw refused('what was given is not a private key in PEM form.');
  },
});
