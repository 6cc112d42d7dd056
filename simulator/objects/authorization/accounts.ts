// Users and groups: state of the UserDirectory (`_accounts`). Who came with the product, and adding, changing and
// removing the others. What they may do is permissions.ts's.
import { fault } from '../../../core/vim25/index.ts';
import {
  DEFAULT_DOMAIN, keyOf, parseName, passwordDigest, principalKey, type Account, type Accounts,
} from '../../dispatch/principals.ts';
import type { Product, Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';

/** A user as a lab or a host's account manager describes it. */
export interface UserSpec {
  readonly name: string;
  readonly password?: string | undefined;
  readonly fullName?: string | undefined;
  readonly shellAccess?: boolean | undefined;
  readonly posixId?: number | undefined;
  /** Names of groups it belongs to; made when they do not exist. */
  readonly groups?: readonly string[] | undefined;
}

const VCENTER_GROUPS: Readonly<Record<string, string>> = {
  'Administrators': '', 'Users': '', 'SolutionUsers': 'Well-known solution users group', 'CAAdmins': '', 'DCAdmins': '', 'DCClients': '',
  'SystemConfiguration.Administrators': '', 'SystemConfiguration.BashShellAdministrators': '', 'SystemConfiguration.ReadOnly': '',
  'SystemConfiguration.SupportUsers': '', 'LicenseService.Administrators': '', 'ComponentManager.Administrators': '', 'ActAsUsers': 'Act-As Users',
  'ExternalIDPUsers': 'Well-known external IDP users\' group', 'TrustedAdmins': '', 'RegistryAdministrators': '', 'AutoUpdate': '', 'SyncUsers': '',
};

/** The accounts that come with a product; `login` is the world's accepted user name, which is an administrator's. */
export function initialAccounts(product: Product, login: string | undefined): Accounts {
  const domain = DEFAULT_DOMAIN[product];
  const accounts: Record<string, Account> = {};
  const put = (account: Omit<Account, 'domain' | 'builtIn'>): string => {
    const key = keyOf({ name: account.name, domain }, account.group);
    accounts[key] = { ...account, domain, builtIn: true };
    return key;
  };
  if (product === 'esxi') {
    put({ name: 'root', group: false, fullName: 'Administrator', id: 0, shellAccess: true });
    put({ name: 'dcui', group: false, fullName: 'DCUI User', id: 100, shellAccess: true });
    put({ name: 'vpxuser', group: false, fullName: 'VMware VirtualCenter administration account', id: 500, shellAccess: true });
    put({ name: 'root', group: true, id: 0, members: ['user:root@'] });
    put({ name: 'users', group: true, id: 100, members: [] });
  } else {
    const administrator = put({ name: 'Administrator', group: false, fullName: 'Administrator vsphere.local', id: 500 });
    Object.entries(VCENTER_GROUPS).forEach(([name, fullName], i) => put({
      name, group: true, id: 1000 + i, members: name === 'Administrators' ? [administrator] : [], ...(fullName === '' ? {} : { fullName }),
    }));
  }
  return login === undefined ? accounts : withAdministrator(accounts, product, login);
}

function withAdministrator(accounts: Readonly<Record<string, Account>>, product: Product, login: string): Accounts {
  const name = parseName(login, product);
  const key = keyOf(name, false);
  const known = accounts[key] ?? { name: name.name, domain: name.domain, group: false, id: 1, builtIn: true };
  const groupKey = keyOf({ name: product === 'esxi' ? 'root' : 'Administrators', domain: DEFAULT_DOMAIN[product] }, true);
  const group = accounts[groupKey]!;
  return { ...accounts, [key]: known, [groupKey]: { ...group, members: [...new Set([...(group.members ?? []), key])] } };
}

/** The accounts as the transaction sees them. */
export const accountsOf = (sim: Simulation, tx: Transaction): Accounts => (tx.get(sim.wellKnown['userDirectory']!, '_accounts') ?? {}) as Accounts;

export const writeAccounts = (sim: Simulation, tx: Transaction, accounts: Accounts): void => tx.set(sim.wellKnown['userDirectory']!, '_accounts', accounts);

/** The key of the account with that name; undefined when there is none. */
export function findAccount(sim: Simulation, tx: Transaction, name: string, group: boolean): string | undefined {
  const key = principalKey(name, group, sim.product);
  return Object.hasOwn(accountsOf(sim, tx), key) ? key : undefined;
}

export const userNotFound = (principal: string) =>
  fault('UserNotFound', { principal, unresolved: false }, `The user or group named "${principal}" does not exist.`);

/** The key of an account; throws UserNotFound. */
export function accountKey(sim: Simulation, tx: Transaction, name: string, group: boolean): string {
  const key = findAccount(sim, tx, name, group);
  if (key === undefined) throw userNotFound(name);
  return key;
}

/** Adds a user or group. Throws AlreadyExists, InvalidArgument for a name that cannot be one. */
export function addAccount(sim: Simulation, tx: Transaction, spec: UserSpec, group = false): string {
  const { name, domain } = parseName(spec.name, sim.product);
  if (!/^[^\s\\/@:,;|=+*?<>"[\]]{1,64}$/u.test(name)) {
    throw fault('InvalidArgument', { invalidProperty: group ? 'group.id' : 'user.id' }, `A specified parameter was not correct: "${spec.name}" cannot be the name of a ${group ? 'group' : 'user'}.`);
  }
  const accounts = accountsOf(sim, tx);
  const key = keyOf({ name, domain }, group);
  if (Object.hasOwn(accounts, key)) throw fault('AlreadyExists', { name: spec.name }, `The specified key, name, or identifier '${spec.name}' already exists.`);
  const id = spec.posixId ?? Math.max(1000, ...Object.values(accounts).filter((account) => account.group === group).map((account) => account.id + 1));
  writeAccounts(sim, tx, { ...accounts, [key]: detailed({ name, domain, group, id, ...(group ? { members: [] } : {}) }, key, spec) });
  for (const groupName of spec.groups ?? []) addMember(sim, tx, key, findAccount(sim, tx, groupName, true) ?? addAccount(sim, tx, { name: groupName }, true));
  return key;
}

/** Changes what the specification gives; the rest stays. */
export function changeAccount(sim: Simulation, tx: Transaction, key: string, spec: UserSpec): void {
  const accounts = accountsOf(sim, tx);
  writeAccounts(sim, tx, { ...accounts, [key]: detailed(accounts[key]!, key, spec) });
}

function detailed(account: Account, key: string, { password, fullName, shellAccess, posixId }: UserSpec): Account {
  return {
    ...account,
    ...(password === undefined ? {} : { password: passwordDigest(key, password) }),
    ...(fullName === undefined ? {} : { fullName }),
    ...(shellAccess === undefined ? {} : { shellAccess }),
    ...(posixId === undefined ? {} : { id: posixId }),
  };
}

/** Forgets an account, also in the groups that had it. Throws InvalidArgument for one that came with the product. */
export function removeAccount(sim: Simulation, tx: Transaction, key: string): void {
  const { [key]: gone, ...rest } = accountsOf(sim, tx);
  if (gone?.builtIn) throw fault('InvalidArgument', { invalidProperty: gone.group ? 'groupName' : 'userName' }, `"${gone.name}" came with the system and cannot be removed.`);
  const others = Object.entries(rest).map(([other, account]) => [other, account.members?.includes(key) ? { ...account, members: account.members.filter((member) => member !== key) } : account] as const);
  writeAccounts(sim, tx, Object.fromEntries(others));
}

/** Puts an account in a group; false when it is in it already. */
export function addMember(sim: Simulation, tx: Transaction, key: string, group: string): boolean {
  const accounts = accountsOf(sim, tx);
  const members = accounts[group]!.members ?? [];
  if (members.includes(key)) return false;
  writeAccounts(sim, tx, { ...accounts, [group]: { ...accounts[group]!, members: [...members, key] } });
  return true;
}

/** Takes an account out of a group; false when it is not in it. */
export function removeMember(sim: Simulation, tx: Transaction, key: string, group: string): boolean {
  const accounts = accountsOf(sim, tx);
  const members = accounts[group]!.members ?? [];
  if (!members.includes(key)) return false;
  writeAccounts(sim, tx, { ...accounts, [group]: { ...accounts[group]!, members: members.filter((member) => member !== key) } });
  return true;
}
