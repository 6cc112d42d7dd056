// Between the accounts of the UserDirectory and the names in tokens: 'name@DOMAIN', groups as 'domain\name'.
import { createHash, X509Certificate } from 'node:crypto';
import { groupsOf, keyOf, parseName, spell, type Account, type Accounts } from '../dispatch/principals.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { keyOf as publicKeyOf } from './signature.ts';
import { TrustFault } from './trust-fault.ts';

export const accountsOf = (sim: Simulation): Accounts => (sim.store.get(sim.wellKnown['userDirectory']!)?.props['_accounts'] ?? {}) as Accounts;

/** A user as tokens name it, whatever spelling it logged in with. */
export function principalOf(sim: Simulation, userName: string): string {
  const parsed = parseName(userName, sim.product);
  const { name, domain } = accountsOf(sim)[keyOf(parsed, false)] ?? parsed;
  return `${name}@${domain.toUpperCase()}`;
}

/** The account of a user; undefined for one of an open world that has none. */
export const accountNamed = (sim: Simulation, userName: string): Account | undefined => accountsOf(sim)[keyOf(parseName(userName, sim.product), false)];

/** The name that a session of this user has. */
export const sessionName = (sim: Simulation, principal: string): string => spell(accountNamed(sim, principal) ?? parseName(principal, sim.product));

/** The groups that the token of a user names. Everybody is in the last one. */
export function groupNames(sim: Simulation, principal: string): readonly string[] {
  const accounts = accountsOf(sim);
  const names = [...groupsOf(accounts, keyOf(parseName(principal, sim.product), false))].map((key) => `${accounts[key]!.domain}\\${accounts[key]!.name}`);
  return [...names.sort(), 'vsphere.local\\Everyone'];
}

/**
 * The solution user whose certificate it is. Where any name may log in, the certificate's own subject is one.
 * Throws FailedAuthentication when nobody has it.
 */
export function userOfCertificate(sim: Simulation, certificate: string): string {
  const wanted = publicKeyOf(certificate);
  const known = Object.values(accountsOf(sim)).find((account) => account.certificate !== undefined && publicKeyOf(account.certificate) === wanted);
  if (known) return principalOf(sim, `${known.name}@${known.domain}`);
  if (!sim.sessions.isOpen) throw new TrustFault('FailedAuthentication', 'No solution user has the certificate by which the message is signed.');
  const { subject } = new X509Certificate(certificate);
  const name = /^CN=(.+)$/m.exec(subject)?.[1] ?? createHash('sha256').update(certificate).digest('hex').slice(0, 16);
  return principalOf(sim, name);
}
