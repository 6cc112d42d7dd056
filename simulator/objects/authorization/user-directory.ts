// UserDirectory: finding users and groups. HostLocalAccountManager: a host's own, made and changed. Both look at the
// same accounts.
import { fault, type HostAccountSpec, type UserSearchResult } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { DEFAULT_DOMAIN, groupsOf, passwordDigest, principalKey, spell, type Account, type Accounts } from '../../dispatch/principals.ts';
import type { Product, Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import {
  accountKey, accountsOf, addAccount, addMember, changeAccount, removeAccount, removeMember, type UserSpec,
} from './accounts.ts';
import { permissionsIn, principalOf, writePermissions } from './permissions.ts';

export const userDirectory = define('UserDirectory', {
  RetrieveUserGroups: {
    query({ sim, self }, { domain, searchStr, belongsToGroup, belongsToUser, exactMatch, findUsers, findGroups }) {
      const accounts = (self.props['_accounts'] ?? {}) as Accounts;
      const within = domain === undefined || domain === '' ? undefined : domain.toLowerCase();
      if (within !== undefined && !((self.props['domainList'] ?? []) as readonly string[]).some((name) => name.toLowerCase() === within)) {
        throw fault('NotFound', {}, `There is no domain "${domain!}".`);
      }
      const keyOfExisting = (name: string, group: boolean): string => {
        const key = principalKey(name, group, sim.product);
        if (!Object.hasOwn(accounts, key)) throw fault('NotFound', {}, `There is no ${group ? 'group' : 'user'} "${name}".`);
        return key;
      };
      const group = belongsToGroup ? keyOfExisting(belongsToGroup, true) : undefined;
      const ofUser = belongsToUser ? groupsOf(accounts, keyOfExisting(belongsToUser, false)) : undefined;
      return Object.entries(accounts)
        .filter(([, account]) => (account.group ? findGroups : findUsers))
        .filter(([, account]) => within === undefined || account.domain === within)
        .filter(([, account]) => matches(account, searchStr, exactMatch, sim.product))
        .filter(([key]) => group === undefined || accounts[group]!.members?.includes(key))
        .filter(([key, account]) => ofUser === undefined || (account.group && ofUser.has(key)))
        .map(([, account]) => found(account, sim.product, within !== undefined));
    },
  },
});

/** A search is for a part of the name or of the full name, whatever the case; '' finds all. */
function matches({ name, domain, fullName }: Account, searchStr: string, exact: boolean, product: Product): boolean {
  const wanted = searchStr.toLowerCase();
  const names = [name, spell({ name, domain }), ...(domain === '' ? [] : [`${name}@${domain}`])].map((text) => text.toLowerCase());
  if (exact) return names.includes(wanted) && (domain === DEFAULT_DOMAIN[product] || wanted !== name.toLowerCase());
  return [...names, (fullName ?? '').toLowerCase()].some((text) => text.includes(wanted));
}

/** Within one domain names stand alone, as they were asked for. */
function found(account: Account, product: Product, bare: boolean): UserSearchResult {
  const result = { principal: bare ? account.name : spell(account), group: account.group, ...(account.fullName === undefined ? {} : { fullName: account.fullName }) };
  if (product === 'vcenter') return { _type: 'UserSearchResult', ...result };
  return { _type: 'PosixUserSearchResult', ...result, id: account.id, ...(account.group ? {} : { shellAccess: account.shellAccess ?? false }) } as UserSearchResult;
}

export const hostLocalAccountManager = define('HostLocalAccountManager', {
  CreateUser: ({ sim, tx }, { user }) => {
    addAccount(sim, tx, specOf(user));
  },
  UpdateUser: ({ sim, tx }, { user }) => changeAccount(sim, tx, accountKey(sim, tx, user.id, false), specOf(user)),
  RemoveUser: (ctx, { userName }) => remove(ctx, userName, false),
  CreateGroup: ({ sim, tx }, { group }) => {
    addAccount(sim, tx, specOf(group), true);
  },
  RemoveGroup: (ctx, { groupName }) => remove(ctx, groupName, true),
  AssignUserToGroup({ sim, tx }, { user, group }) {
    const added = addMember(sim, tx, accountKey(sim, tx, user, false), accountKey(sim, tx, group, true));
    if (!added) throw fault('AlreadyExists', { name: user }, `The user "${user}" is in the group "${group}" already.`);
  },
  UnassignUserFromGroup({ sim, tx }, { user, group }) {
    if (!removeMember(sim, tx, accountKey(sim, tx, user, false), accountKey(sim, tx, group, true))) {
      throw fault('UserNotFound', { principal: user, unresolved: false }, `The user "${user}" is not in the group "${group}".`);
    }
  },
  ChangePassword({ sim, tx }, { user, oldPassword, newPassword }) {
    const key = principalKey(user, false, sim.product);
    const account = accountsOf(sim, tx)[key];
    if (!account || (account.password !== undefined && account.password !== passwordDigest(key, oldPassword))) {
      throw fault('InvalidLogin', {}, 'Cannot complete login due to an incorrect user name or password.');
    }
    if (newPassword === '') throw fault('InvalidArgument', { invalidProperty: 'newPassword' }, 'A specified parameter was not correct: newPassword is empty.');
    changeAccount(sim, tx, key, { name: account.name, password: newPassword });
  },
});

function remove({ sim, tx }: TransactionContext, name: string, group: boolean): void {
  forget(sim, tx, accountKey(sim, tx, name, group));
}

/** Removes an account. It takes its permissions along. */
export function forget(sim: Simulation, tx: Transaction, key: string): void {
  removeAccount(sim, tx, key);
  const list = permissionsIn(sim, tx);
  const kept = list.filter((item) => principalOf(sim, item) !== key);
  if (kept.length < list.length) writePermissions(sim, tx, kept);
}

function specOf(spec: HostAccountSpec): UserSpec {
  const { posixId, shellAccess } = spec as { posixId?: number; shellAccess?: boolean };
  return { name: spec.id, password: spec.password, fullName: spec.description, posixId, shellAccess };
}
