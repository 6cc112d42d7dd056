// Finding users and groups of single sign-on, and which groups somebody is in: the PrincipalDiscoveryService and the
// GroupCheckService.
import { groupsOf, type Account, type Accounts } from '../../dispatch/principals.ts';
import { accountsOf } from '../../sso/principals.ts';
import type { ServiceCall, ServiceMethod, Value, Values } from '../../sso/service.ts';
import { accountsIn, asGroup, asPerson, asSolution, asUser, invalidPrincipal, isSolution, keyOfId, requireUser, SYSTEM_DOMAIN, textOf, type PrincipalId } from './people.ts';

const ON = 'SsoAdminPrincipalDiscoveryService';
const CRITERIA = 'criteria:AdminPrincipalDiscoveryServiceSearchCriteria limit:int';

type Look = (accounts: Accounts, args: Values, call: ServiceCall) => Value;

/** A method that only looks, for whoever is logged in. */
const look = (params: string, result: string, run: Look, on = ON): ServiceMethod => ({
  on, params, result,
  run(call, args) {
    requireUser(call);
    return run(accountsOf(call.sim), args, call);
  },
});

const isPerson = (account: Account): boolean => !account.group && !isSolution(account);
const isUser = (account: Account): boolean => !account.group;
const isGroup = (account: Account): boolean => account.group;

/** At most `limit` accounts of a kind whose name or description has the text in it. */
function found(entries: readonly (readonly [string, Account])[], kind: (account: Account) => boolean, args: Values): Account[] {
  const { searchString, domain } = (args['criteria'] ?? { searchString: args['searchString'] ?? args['searchStr'] ?? '' }) as { searchString: string; domain?: string };
  const wanted = searchString.toLowerCase();
  return entries
    .map(([, account]) => account)
    .filter((account) => kind(account) && (domain === undefined || domain === '' || account.domain === domain.toLowerCase()))
    .filter(({ name, fullName, details }) => [name, fullName, ...Object.values(details ?? {})].some((text) => text?.toLowerCase().includes(wanted)))
    .slice(0, Math.max(0, Number(args['limit'] ?? Infinity)));
}

const every = (accounts: Accounts, domain?: string) => accountsIn(accounts, domain);

function membersOf(accounts: Accounts, group: PrincipalId): [string, Account][] {
  const key = keyOfId(group, true);
  if (!accounts[key]) throw invalidPrincipal(textOf(group));
  return every(accounts).filter(([member]) => accounts[key]!.members?.includes(member));
}

/** The account of that id, if it is of the kind. */
function one(accounts: Accounts, id: Value, kind: (account: Account) => boolean): Account | undefined {
  const account = accounts[keyOfId(id as PrincipalId, kind === isGroup)];
  return account && kind(account) ? account : undefined;
}

const shown = <T>(account: Account | undefined, as: (account: Account) => T): T | undefined => (account ? as(account) : undefined);

function keyOfPrincipal(accounts: Accounts, id: PrincipalId): string {
  const key = [keyOfId(id, false), keyOfId(id, true)].find((candidate) => accounts[candidate]);
  if (key === undefined) throw invalidPrincipal(textOf(id));
  return key;
}

const parents = (accounts: Accounts, id: Value, nested: boolean): Account[] => {
  const key = keyOfPrincipal(accounts, id as PrincipalId);
  return every(accounts).filter(([group, account]) => (nested ? groupsOf(accounts, key).has(group) : account.members?.includes(key))).map(([, account]) => account);
};

const ofGroup = (kind: (account: Account) => boolean, as: (account: Account) => Values): Look => (accounts, args) => found(membersOf(accounts, args['groupId'] as PrincipalId), kind, args).map(as);
const ids = (accounts: readonly Account[]): PrincipalId[] => accounts.map(({ name, domain }) => ({ name, domain }));
const CHECK = 'SsoGroupcheckGroupCheckService';
const IN_GROUP = 'groupId:PrincipalId searchString:string limit:int';
const ID = 'userId:PrincipalId';

export const findMethods: Readonly<Record<string, ServiceMethod>> = {
  Find: look(CRITERIA, 'AdminPrincipalDiscoveryServiceSearchResult', (accounts, args) => ({
    personUsers: found(every(accounts), isPerson, args).map(asPerson), solutionUsers: found(every(accounts), isSolution, args).map(asSolution), groups: found(every(accounts), isGroup, args).map(asGroup),
  })),
  FindUser: look(ID, 'AdminUser?', (accounts, { userId }) => shown(one(accounts, userId, isUser), asUser)),
  FindUsers: look(CRITERIA, 'AdminUser[]', (accounts, args) => found(every(accounts), isUser, args).map(asUser)),
  FindPersonUser: look(ID, 'AdminPersonUser?', (accounts, { userId }) => shown(one(accounts, userId, isPerson), asPerson)),
  FindPersonUsers: look(CRITERIA, 'AdminPersonUser[]', (accounts, args) => found(every(accounts), isPerson, args).map(asPerson)),
  FindSolutionUser: look('userName:string', 'AdminSolutionUser?', (accounts, { userName }) => shown(one(accounts, { name: userName, domain: SYSTEM_DOMAIN }, isSolution), asSolution)),
  FindSolutionUsers: look('searchString:string limit:int', 'AdminSolutionUser[]', (accounts, args) => found(every(accounts, SYSTEM_DOMAIN), isSolution, args).map(asSolution)),
  FindDisabledPersonUsers: look('searchStr:string limit:int', 'AdminPersonUser[]', (accounts, args) => found(every(accounts), (account) => isPerson(account) && account.disabled === true, args).map(asPerson)),
  FindDisabledSolutionUsers: look('searchStr:string', 'AdminSolutionUser[]', (accounts, args) => found(every(accounts), (account) => isSolution(account) && account.disabled === true, args).map(asSolution)),
  FindGroup: look('groupId:PrincipalId', 'AdminGroup?', (accounts, { groupId }) => shown(one(accounts, groupId, isGroup), asGroup)),
  FindGroups: look(CRITERIA, 'AdminGroup[]', (accounts, args) => found(every(accounts), isGroup, args).map(asGroup)),
  FindUsersInGroup: look(IN_GROUP, 'AdminUser[]', ofGroup(isUser, asUser)),
  FindPersonUsersInGroup: look(IN_GROUP, 'AdminPersonUser[]', ofGroup(isPerson, asPerson)),
  FindGroupsInGroup: look(IN_GROUP, 'AdminGroup[]', ofGroup(isGroup, asGroup)),
  FindSolutionUsersInGroup: look('groupName:string searchString:string limit:int', 'AdminSolutionUser[]', (accounts, args) => found(membersOf(accounts, { name: String(args['groupName']), domain: SYSTEM_DOMAIN }), isSolution, args).map(asSolution)),
  FindDirectParentGroups: look('principalId:PrincipalId', 'AdminGroup[]', (accounts, { principalId }) => parents(accounts, principalId, false).map(asGroup)),
  FindNestedParentGroups: look(ID, 'AdminGroup[]', (accounts, { userId }) => parents(accounts, userId, true).map(asGroup)),
  FindAllParentGroups: look(ID, 'PrincipalId[]', (accounts, { userId }) => ids(parents(accounts, userId, true)), CHECK),
  FindParentGroups: look(`${ID} groupList:PrincipalId[]?`, 'PrincipalId[]', (accounts, { userId, groupList }) => {
    const asked = (groupList as readonly PrincipalId[]).map((group) => keyOfId(group, true));
    return ids(parents(accounts, userId, true)).filter((group) => asked.length === 0 || asked.includes(keyOfId(group, true)));
  }, CHECK),
  IsMemberOfGroup: look(`${ID} groupId:PrincipalId`, 'boolean', (accounts, { userId, groupId }) => {
    const group = groupId as PrincipalId;
    return ids(parents(accounts, userId, true)).some((parent) => keyOfId(parent, true) === keyOfId(group, true));
  }, CHECK),
};
