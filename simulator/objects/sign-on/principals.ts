// Making, changing and removing users and groups of single sign-on: the PrincipalManagementService, and the roles of the
// RoleManagementService, which are memberships in the groups that came with the product.
import { groupsOf, keyOf, parseName, passwordDigest, type Account } from '../../dispatch/principals.ts';
import type { Transaction } from '../../store/transaction.ts';
import { ServiceFault, type ServiceCall, type ServiceMethod, type Value, type Values } from '../../sso/service.ts';
import { accountsOf, addAccount, addMember, removeMember, writeAccounts } from '../authorization/accounts.ts';
import { forget } from '../authorization/user-directory.ts';
import { certificate, change, invalidPrincipal, isSolution, keyOfId, requireUser, SYSTEM_DOMAIN, textOf, write, type PrincipalId } from './people.ts';
import { checkPassword, policyOf } from './password-policy.ts';

type Details = NonNullable<Account['details']>;

const local = (name: Value): PrincipalId => ({ name: String(name), domain: SYSTEM_DOMAIN });
const full = (name: Value): string => textOf(local(name));

const manage = (params: string, result: string | undefined, run: ServiceMethod['run'], on = 'SsoAdminPrincipalManagementService'): ServiceMethod => ({ on, params, ...(result === undefined ? {} : { result }), run });

/** Writes fields of an account that is there. */
function update(call: ServiceCall, tx: Transaction, key: string, what: (account: Account) => Partial<Account>): void {
  const accounts = accountsOf(call.sim, tx);
  const account = accounts[key];
  if (!account) throw invalidPrincipal(key.replace(/^\w+:/, ''));
  writeAccounts(call.sim, tx, { ...accounts, [key]: { ...account, ...what(account) } });
}

/** The key of a local account; throws when it is none of the kind. */
function keyIn(call: ServiceCall, tx: Transaction, name: Value, kind: 'person' | 'solution' | 'group'): string {
  const key = keyOfId(local(name), kind === 'group');
  const account = accountsOf(call.sim, tx)[key];
  if (!account || (kind !== 'group' && isSolution(account) !== (kind === 'solution'))) throw invalidPrincipal(full(name));
  return key;
}

const personOf = (details: Details): Partial<Account> => {
  const fullName = [details.firstName, details.lastName].filter(Boolean).join(' ');
  return { details, ...(fullName === '' ? {} : { fullName }) };
};

/** A user's new password: it must keep to the policy, and not be one of the last ones. */
function setPassword(call: ServiceCall, tx: Transaction, key: string, password: string): void {
  const { prohibitedPreviousPasswordsCount: most } = policyOf(call.sim, tx);
  checkPassword(policyOf(call.sim, tx), password);
  update(call, tx, key, ({ password: old, previousPasswords = [] }) => {
    const digest = passwordDigest(key, password);
    const last = [...(old === undefined ? [] : [old]), ...previousPasswords].slice(0, most);
    if (last.includes(digest)) throw new ServiceFault('SsoAdminFaultPasswordPolicyViolationFault', `The password is one of the last ${most}: choose another.`);
    return { password: digest, previousPasswords: last };
  });
}

function createUser(call: ServiceCall, name: Value, work: (tx: Transaction, key: string) => void): void {
  change(call, (tx) => work(tx, addAccount(call.sim, tx, { name: full(name), groups: ['Users'] })), full(name));
}

function uniqueCertificate(call: ServiceCall, tx: Transaction, key: string, pem: string): void {
  const other = Object.entries(accountsOf(call.sim, tx)).find(([each, account]) => each !== key && account.certificate === pem);
  if (other) throw new ServiceFault('SsoAdminFaultDuplicateSolutionCertificateFault', `The certificate is that of "${other[1].name}".`);
}

function solution(call: ServiceCall, tx: Transaction, key: string, details: Value): void {
  const { description, certificate: text } = details as { description?: string; certificate: string };
  const pem = certificate(text);
  uniqueCertificate(call, tx, key, pem);
  update(call, tx, key, () => ({ certificate: pem, details: description === undefined ? {} : { description } }));
}

/** Puts users or groups into a local group; says of each whether that was new. */
function join(call: ServiceCall, members: readonly PrincipalId[], groupName: Value, group: boolean): boolean[] {
  return change(call, (tx) => {
    const into = keyIn(call, tx, groupName, 'group');
    return members.map((id) => {
      const key = keyOfId(id, group);
      const accounts = accountsOf(call.sim, tx);
      if (!accounts[key]) throw invalidPrincipal(textOf(id));
      if (key === into || groupsOf(accounts, into).has(key)) throw new ServiceFault('SsoAdminFaultGroupCyclicDependencyFault', `"${textOf(id)}" has the group in it already: groups cannot be in each other.`);
      return addMember(call.sim, tx, key, into);
    });
  });
}

function leave(call: ServiceCall, members: readonly PrincipalId[], groupName: Value): boolean[] {
  return change(call, (tx) => {
    const from = keyIn(call, tx, groupName, 'group');
    return members.map((id) => [keyOfId(id, false), keyOfId(id, true)].map((key) => removeMember(call.sim, tx, key, from)).some(Boolean));
  });
}

/** Enables or disables a user; false when it was so already. */
function able(call: ServiceCall, id: Value, disabled: boolean): boolean {
  return change(call, (tx) => {
    const key = keyOfId(id as PrincipalId, false);
    const account = accountsOf(call.sim, tx)[key];
    if (!account) throw invalidPrincipal(textOf(id as PrincipalId));
    if ((account.disabled ?? false) === disabled) return false;
    update(call, tx, key, () => ({ disabled }));
    return true;
  });
}

const ROLES: Readonly<Record<string, string>> = { Administrator: 'Administrators', RegularUser: 'Users', ActAsUser: 'ActAsUsers' };

function groupOfRole(role: Value): string {
  const group = ROLES[String(role)];
  if (group === undefined) throw new ServiceFault('InvalidArgument', `A specified parameter was not correct: the role "${String(role)}" is none of ${Object.keys(ROLES).join(', ')}.`, { invalidProperty: 'role' });
  return group;
}

/** Gives a user or group a role; a new role takes the place of the old one where there can be only one. */
function setRole(call: ServiceCall, id: Value, role: Value): boolean {
  const group = groupOfRole(role);
  if (group === 'Administrators') join(call, [id as PrincipalId], 'Users', false);
  else leave(call, [id as PrincipalId], 'Administrators');
  return join(call, [id as PrincipalId], group, false)[0] ?? false;
}

const ROLE = 'userId:PrincipalId role:string';
const ROLE_SERVICE = 'SsoAdminRoleManagementService';

const has = (call: ServiceCall, id: Value, group: string): boolean => {
  requireUser(call);
  const accounts = (call.sim.store.get(call.sim.wellKnown['userDirectory']!)?.props['_accounts'] ?? {}) as Parameters<typeof groupsOf>[0];
  return groupsOf(accounts, keyOfId(id as PrincipalId, false)).has(keyOfId(local(group), true));
};

export const principalMethods: Readonly<Record<string, ServiceMethod>> = {
  CreateLocalPersonUser: manage('userName:string userDetails:AdminPersonDetails password:string', undefined, (call, { userName, userDetails, password }) =>
    createUser(call, userName, (tx, key) => {
      setPassword(call, tx, key, String(password));
      update(call, tx, key, () => personOf(userDetails as Details));
    })),
  CreateLocalSolutionUser: manage('userName:string userDetails:AdminSolutionDetails', undefined, (call, { userName, userDetails }) =>
    createUser(call, userName, (tx, key) => solution(call, tx, key, userDetails))),
  CreateLocalGroup: manage('groupName:string groupDetails:AdminGroupDetails', undefined, (call, { groupName, groupDetails }) =>
    change(call, (tx) => void addAccount(call.sim, tx, { name: full(groupName), fullName: (groupDetails as Details).description }, true), full(groupName))),
  DeleteLocalPrincipal: manage('principalName:string', undefined, (call, { principalName }) =>
    change(call, (tx) => {
      const accounts = accountsOf(call.sim, tx);
      const key = [false, true].map((group) => keyOf(parseName(full(principalName), 'vcenter'), group)).find((candidate) => accounts[candidate]);
      if (key === undefined) throw invalidPrincipal(full(principalName));
      forget(call.sim, tx, key);
    }, full(principalName))),
  UpdateLocalPersonUserDetails: manage('userName:string userDetails:AdminPersonDetails', undefined, (call, { userName, userDetails }) =>
    change(call, (tx) => update(call, tx, keyIn(call, tx, userName, 'person'), () => personOf(userDetails as Details)))),
  UpdateLocalSolutionUserDetails: manage('userName:string userDetails:AdminSolutionDetails', undefined, (call, { userName, userDetails }) =>
    change(call, (tx) => solution(call, tx, keyIn(call, tx, userName, 'solution'), userDetails))),
  UpdateLocalGroupDetails: manage('groupName:string groupDetails:AdminGroupDetails', undefined, (call, { groupName, groupDetails }) =>
    change(call, (tx) => update(call, tx, keyIn(call, tx, groupName, 'group'), () => ({ fullName: (groupDetails as Details).description ?? '' })))),
  ResetLocalPersonUserPassword: manage('userName:string newPassword:string', undefined, (call, { userName, newPassword }) =>
    change(call, (tx) => setPassword(call, tx, keyIn(call, tx, userName, 'person'), String(newPassword)))),
  ResetSelfLocalPersonUserPassword: manage('newPassword:string', undefined, (call, { newPassword }) =>
    write(call, (tx) => setPassword(call, tx, keyOf(parseName(requireUser(call), 'vcenter'), false), String(newPassword)))),
  UpdateSelfLocalPersonUserDetails: manage('userDetails:AdminPersonDetails', undefined, (call, { userDetails }) =>
    write(call, (tx) => update(call, tx, keyOf(parseName(requireUser(call), 'vcenter'), false), () => personOf(userDetails as Details)))),
  AddUserToLocalGroup: manage('userId:PrincipalId groupName:string', 'boolean', (call, { userId, groupName }) => join(call, [userId as PrincipalId], groupName, false)[0]),
  AddUsersToLocalGroup: manage('userIds:PrincipalId[] groupName:string', 'boolean[]', (call, { userIds, groupName }) => join(call, userIds as PrincipalId[], groupName, false)),
  AddGroupToLocalGroup: manage('groupId:PrincipalId groupName:string', 'boolean', (call, { groupId, groupName }) => join(call, [groupId as PrincipalId], groupName, true)[0]),
  AddGroupsToLocalGroup: manage('groupIds:PrincipalId[] groupName:string', 'boolean[]', (call, { groupIds, groupName }) => join(call, groupIds as PrincipalId[], groupName, true)),
  RemoveFromLocalGroup: manage('principalId:PrincipalId groupName:string', 'boolean', (call, { principalId, groupName }) => leave(call, [principalId as PrincipalId], groupName)[0]),
  RemovePrincipalsFromLocalGroup: manage('principalsIds:PrincipalId[] groupName:string', 'boolean[]', (call, { principalsIds, groupName }) => leave(call, principalsIds as PrincipalId[], groupName)),
  EnableUserAccount: manage('userId:PrincipalId', 'boolean', (call, { userId }) => able(call, userId, false)),
  DisableUserAccount: manage('userId:PrincipalId', 'boolean', (call, { userId }) => able(call, userId, true)),
  SetRole: manage(ROLE, 'boolean', (call, { userId, role }: Values) => setRole(call, userId, role), ROLE_SERVICE),
  HasAdministratorRole: manage('userId:PrincipalId', 'boolean', (call, { userId }) => has(call, userId, 'Administrators'), ROLE_SERVICE),
  HasRegularUserRole: manage('userId:PrincipalId', 'boolean', (call, { userId }) => has(call, userId, 'Users'), ROLE_SERVICE),
  GrantWSTrustRole: manage(ROLE, 'boolean', (call, { userId, role }) => join(call, [userId as PrincipalId], groupOfRole(role), false)[0], ROLE_SERVICE),
  RevokeWSTrustRole: manage(ROLE, 'boolean', (call, { userId, role }) => leave(call, [userId as PrincipalId], groupOfRole(role))[0], ROLE_SERVICE),
};
