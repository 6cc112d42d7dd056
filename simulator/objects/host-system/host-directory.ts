// HostActiveDirectoryAuthentication: a host as a member of a domain, and the smart cards that its console takes.
// HostAuthenticationManager and the users' directory of a standalone host show what became of it.
import { X509Certificate } from 'node:crypto';
import { fault, type HostActiveDirectoryInfo, type HostAuthenticationManagerInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { hostOfSystem } from './host-disks.ts';
import { entity, refused } from './storage/shared.ts';

type Ref = ManagedObjectReference;

const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/i;

/** A host that is in no domain. */
export const AUTHENTICATION: HostAuthenticationManagerInfo = {
  authConfig: [{ _type: 'HostLocalAuthenticationInfo', enabled: true }, { _type: 'HostActiveDirectoryInfo', enabled: false }] as unknown as HostAuthenticationManagerInfo['authConfig'],
};

const isDirectory = (one: object): one is HostActiveDirectoryInfo => (one as { _type?: string })._type === 'HostActiveDirectoryInfo';

const managerOf = ({ tx, self }: TransactionContext): Ref => tx.get(hostOfSystem(tx, self.ref), 'configManager.authenticationManager') as Ref;
const infoOf = (ctx: TransactionContext): HostActiveDirectoryInfo => ((ctx.tx.get(managerOf(ctx), 'info.authConfig') ?? []) as readonly object[]).find(isDirectory) ?? { enabled: false };

/** The store, the manager, the host's configuration and the users' directory say the same. */
function show(ctx: TransactionContext, now: Partial<HostActiveDirectoryInfo>): void {
  const { sim, tx, self } = ctx;
  const manager = managerOf(ctx);
  const info = { _type: 'HostActiveDirectoryInfo', ...now } as HostActiveDirectoryInfo;
  const configs = ((tx.get(manager, 'info.authConfig') ?? []) as readonly object[]).filter((one) => !isDirectory(one));
  tx.set(manager, 'info', { authConfig: [...configs, info] });
  tx.set(self.ref, 'info', info);
  const old = infoBefore(self.props);
  const domains = info.joinedDomain === undefined ? [] : [info.joinedDomain];
  tx.set(hostOfSystem(tx, self.ref), 'config.domainList', domains);
  const directory = sim.product === 'esxi' ? sim.wellKnown['userDirectory'] : undefined;
  if (directory) tx.set(directory, 'domainList', [...((tx.get(directory, 'domainList') ?? []) as readonly string[]).filter((name) => name !== old), ...domains]);
}

const infoBefore = (props: Readonly<Record<string, unknown>>): string | undefined => (props['info'] as HostActiveDirectoryInfo | undefined)?.joinedDomain;

function join(ctx: TransactionContext, domainName: string): void {
  const { joinedDomain } = infoOf(ctx);
  if (joinedDomain !== undefined) throw fault('InvalidState', {}, `The operation is not allowed in the current state: the host is in the domain ${joinedDomain}.`);
  // A domain may be followed by the organizational unit that the host is to be in.
  const [domain = ''] = domainName.split('/');
  if (!DOMAIN.test(domain)) throw fault('DomainNotFound', { domainName }, `The domain '${domainName}' cannot be found: it is not the full name of one.`);
  show(ctx, { enabled: true, joinedDomain: domain.toUpperCase(), trustedDomain: [], domainMembershipStatus: 'ok', smartCardAuthenticationEnabled: false });
}

const anchorsOf = ({ tx, self }: TransactionContext): readonly string[] => (tx.get(self.ref, '_anchors') ?? []) as readonly string[];

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw refused('what was given is not a certificate in PEM form.');
  }
}

function removeAnchor(ctx: TransactionContext, is: (certificate: X509Certificate) => boolean, what: string): void {
  const kept = anchorsOf(ctx).filter((pem) => !is(parse(pem)));
  if (kept.length === anchorsOf(ctx).length) throw refused(`${what} is not trusted for smart cards.`);
  ctx.tx.set(ctx.self.ref, '_anchors', kept);
}

const plain = (text: string): string => text.replace(/[^0-9a-z=,.]/gi, '').toLowerCase();

function setSmartCards(ctx: TransactionContext, enabled: boolean): void {
  const info = infoOf(ctx);
  if (info.joinedDomain === undefined) throw fault('ActiveDirectoryFault', {}, 'Smart cards need a domain: join one first.');
  if (enabled && anchorsOf(ctx).length === 0) throw refused('there is no trust anchor for smart cards: install one first.');
  show(ctx, { ...info, smartCardAuthenticationEnabled: enabled });
}

export const hostActiveDirectoryAuthentication = define('HostActiveDirectoryAuthentication', {
  JoinDomain_Task: {
    entity,
    task(ctx, { domainName, userName, password }) {
      if (!userName.trim() || !password) throw fault('InvalidLogin', {}, 'Cannot complete login due to an incorrect user name or password: one of them is empty.');
      join(ctx, domainName);
    },
  },
  LeaveCurrentDomain_Task: {
    entity,
    task(ctx, { force }) {
      const { joinedDomain } = infoOf(ctx);
      if (joinedDomain === undefined) throw fault('InvalidState', {}, 'The operation is not allowed in the current state: the host is in no domain.');
      const manager = ctx.sim.product === 'esxi' ? ctx.sim.wellKnown['authorizationManager'] : undefined;
      const granted = Object.values((manager ? ctx.tx.get(manager, '_permissions') : {}) as Readonly<Record<string, unknown>>);
      const short = joinedDomain.split('.')[0]!.toLowerCase();
      const isTheirs = JSON.stringify(granted).toLowerCase().includes(`"${short}\\\\`);
      if (!force && isTheirs) throw fault('AuthMinimumAdminPermission', {}, `Users of ${joinedDomain} have permissions on this host.`);
      show(ctx, { enabled: false });
    },
  },
  EnableSmartCardAuthentication: (ctx) => setSmartCards(ctx, true),
  DisableSmartCardAuthentication: (ctx) => setSmartCards(ctx, false),
  ListSmartCardTrustAnchors: (ctx) => anchorsOf(ctx),
  InstallSmartCardTrustAnchor: (ctx, { cert }) => {
    const { fingerprint256 } = parse(cert);
    if (anchorsOf(ctx).some((pem) => parse(pem).fingerprint256 === fingerprint256)) throw refused('the certificate is trusted for smart cards already.');
    ctx.tx.set(ctx.self.ref, '_anchors', [...anchorsOf(ctx), cert]);
  },
  ReplaceSmartCardTrustAnchors: (ctx, { certs = [] }) => {
    for (const pem of certs) parse(pem);
    ctx.tx.set(ctx.self.ref, '_anchors', certs);
  },
  RemoveSmartCardTrustAnchor: (ctx, { issuer, serial }) =>
    removeAnchor(ctx, (one) => plain(one.serialNumber) === plain(serial) && plain(one.issuer.split('\n').join(',')) === plain(issuer), `a certificate ${serial} of ${issuer}`),
  RemoveSmartCardTrustAnchorByFingerprint: (ctx, { fingerprint, digest }) => {
    const kinds: Readonly<Record<string, (one: X509Certificate) => string>> = { 'sha1': (one) => one.fingerprint, 'sha-1': (one) => one.fingerprint, 'sha256': (one) => one.fingerprint256, 'sha-256': (one) => one.fingerprint256 };
    const read = kinds[digest.toLowerCase()];
    if (!read) throw refused(`the digest '${digest}' is not known; use SHA1 or SHA256.`);
    removeAnchor(ctx, (one) => plain(read(one)) === plain(fingerprint), `a certificate ${fingerprint}`);
  },
  RemoveSmartCardTrustAnchorCertificate: (ctx, { certificate }) => {
    const { fingerprint256 } = parse(certificate);
    removeAnchor(ctx, (one) => one.fingerprint256 === fingerprint256, 'that certificate');
  },
});
