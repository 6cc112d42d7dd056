// What the methods of the administration have in common: who may call them, and accounts as they show them.
import { keyOf, parseName, type Account, type Accounts } from '../../dispatch/principals.ts';
import type { Transaction } from '../../store/transaction.ts';
import { accountsOf as accountsNow, groupNames } from '../../sso/principals.ts';
import { bare, certificateOf } from '../../sso/signature.ts';
import { ServiceFault, translated, type ServiceCall, type Values } from '../../sso/service.ts';
import { TrustFault } from '../../sso/trust-fault.ts';

export interface PrincipalId {
  readonly name: string;
  readonly domain: string;
}

export const SYSTEM_DOMAIN = 'vsphere.local';

/** Throws SsoFaultNotAuthenticated before a login. */
export function requireUser({ user }: ServiceCall): string {
  if (user === undefined) throw new ServiceFault('SsoFaultNotAuthenticated', 'The session is not authenticated.');
  return user;
}

/** Throws SsoFaultNoPermission for who is no administrator of single sign-on. Where any name may log in, any is one. */
export function requireAdministrator(call: ServiceCall): void {
  const user = requireUser(call);
  const isStranger = call.sim.sessions.isOpen && accountsNow(call.sim)[keyOf(parseName(user, 'vcenter'), false)] === undefined;
  if (!isStranger && !groupNames(call.sim, user).includes('vsphere.local\\Administrators')) {
    throw new ServiceFault('SsoFaultNoPermission', `"${user}" may not do this: it is not in the group Administrators.`);
  }
}

export const invalidPrincipal = (principal: string, message = `There is no user or group "${principal}".`): ServiceFault => new ServiceFault('SsoFaultInvalidPrincipalFault', message, { principal });

/** The text of a PrincipalId. */
export const textOf = ({ name, domain }: PrincipalId): string => `${name}@${domain}`;

export const keyOfId = (id: PrincipalId, group: boolean): string => keyOf(parseName(textOf(id), 'vcenter'), group);

/** Changes state for an administrator; what the accounts refuse becomes a fault of this service. */
export function change<T>(call: ServiceCall, work: (tx: Transaction) => T, principal = ''): T {
  requireAdministrator(call);
  return write(call, work, principal);
}

/** Changes state for whoever calls. */
export function write<T>(call: ServiceCall, work: (tx: Transaction) => T, principal = ''): T {
  try {
    return call.sim.store.transaction(work, { userName: requireUser(call) });
  } catch (error) {
    throw translated(error, { AlreadyExists: 'SsoFaultInvalidPrincipalFault', InvalidArgument: 'SsoFaultInvalidPrincipalFault', UserNotFound: 'SsoFaultInvalidPrincipalFault' }, () => ({ principal }));
  }
}

/** Accounts of a domain, in the order of their names. */
export function accountsIn(accounts: Accounts, domain: string | undefined): [string, Account][] {
  return Object.entries(accounts).filter(([, account]) => domain === undefined || account.domain === domain.toLowerCase()).sort(([a], [b]) => (a < b ? -1 : 1));
}

const idOf = ({ name, domain }: Account): PrincipalId => ({ name, domain });

/** True for a user that proves itself by a certificate. */
export const isSolution = ({ certificate, group }: Account): boolean => !group && certificate !== undefined;

export const asPerson = (account: Account): Values => ({ id: idOf(account), details: account.details ?? (account.fullName === undefined ? {} : { description: account.fullName }), disabled: account.disabled ?? false, locked: false });
export const asSolution = (account: Account): Values => ({ id: idOf(account), details: { ...account.details, certificate: bare(account.certificate ?? '') }, disabled: account.disabled ?? false });
export const asGroup = (account: Account): Values => ({ id: idOf(account), details: account.fullName === undefined ? {} : { description: account.fullName } });
export const asUser = (account: Account): Values => ({ id: idOf(account), kind: isSolution(account) ? 'solution' : 'person', ...(account.details?.description === undefined ? {} : { description: account.details.description }) });

/** A certificate in PEM or base64 as PEM. */
export function certificate(text: string): string {
  try {
    return certificateOf(bare(text));
  } catch (error) {
    if (!(error instanceof TrustFault)) throw error;
    throw new ServiceFault('InvalidArgument', 'A specified parameter was not correct: the certificate cannot be read.', { invalidProperty: 'certificate' });
  }
}
