// Who users and groups are: one spelling for 'DOMAIN\name', 'name@domain' and 'name', and who belongs to which group.
// The accounts themselves are state of the UserDirectory; objects/user-directory.ts changes them.
import { createHash } from 'node:crypto';
import type { Product } from './simulation.ts';

/** The domain that a name without one means: vCenter's own; a host has none. */
export const DEFAULT_DOMAIN: Readonly<Record<Product, string>> = { vcenter: 'vsphere.local', esxi: '' };

export interface Account {
  readonly name: string;
  /** '' on a host. */
  readonly domain: string;
  readonly group: boolean;
  readonly fullName?: string;
  readonly id: number;
  readonly shellAccess?: boolean;
  /** Digest of the password; anything is accepted when absent. */
  readonly password?: string;
  /** PEM: how a solution user, which has no password, proves who it is. */
  readonly certificate?: string;
  /** What single sign-on knows of a person. */
  readonly details?: { readonly description?: string; readonly emailAddress?: string; readonly firstName?: string; readonly lastName?: string };
  /** Cannot log in. */
  readonly disabled?: boolean;
  /** Digests of the passwords before this one, the newest first. */
  readonly previousPasswords?: readonly string[];
  /** Keys of the users and groups in it. */
  readonly members?: readonly string[];
  /** Came with the product: cannot be removed. */
  readonly builtIn?: boolean;
}

/** Accounts by key: users and groups apart, as the API tells them apart. */
export type Accounts = Readonly<Record<string, Account>>;

interface Name {
  readonly name: string;
  readonly domain: string;
}

/** Reads a name in any of its spellings; the domain in lower case. */
export function parseName(text: string, product: Product): Name {
  const trimmed = text.trim();
  const slash = trimmed.indexOf('\\');
  const at = trimmed.lastIndexOf('@');
  const [name, domain] = slash >= 0 ? [trimmed.slice(slash + 1), trimmed.slice(0, slash)] : at > 0 ? [trimmed.slice(0, at), trimmed.slice(at + 1)] : [trimmed, ''];
  return { name, domain: product === 'esxi' ? '' : domain === '' ? DEFAULT_DOMAIN.vcenter : domain.toLowerCase() };
}

/** What makes two spellings the same principal. */
export const keyOf = ({ name, domain }: Name, group: boolean): string => `${group ? 'group' : 'user'}:${name.toLowerCase()}@${domain}`;

export const principalKey = (text: string, group: boolean, product: Product): string => keyOf(parseName(text, product), group);

/** How permissions spell a principal: 'VSPHERE.LOCAL\\name', on a host the bare name. */
export const spell = ({ name, domain }: Name): string => (domain === '' ? name : `${domain.toUpperCase()}\\${name}`);

/** The keys of every group that has the account in it, also through other groups. */
export function groupsOf(accounts: Accounts, key: string): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [key];
  for (let member = pending.pop(); member !== undefined; member = pending.pop()) {
    for (const [group, { members }] of Object.entries(accounts)) {
      if (members?.includes(member) && !found.has(group)) {
        found.add(group);
        pending.push(group);
      }
    }
  }
  return found;
}

/** What is kept of a password: not the password, so that no snapshot or journal tells it. */
export const passwordDigest = (key: string, password: string): string => createHash('sha256').update(`${key}\n${password}`).digest('base64');
