// AuthorizationManager: roles and permissions, and the questions about them. Nothing is enforced here: dispatch does.
import {
  fault, managedType, type AuthorizationRole, type EntityPrivilege, type ManagedObjectReference, type Permission, type UserPrivilegeResult,
} from '../../../core/vim25/index.ts';
import { define, type Context } from '../../dispatch/define.ts';
import type { Rights } from '../../dispatch/sessions.ts';
import type { Transaction } from '../../store/transaction.ts';
import { allPermissions, checkedPermission, permissionsIn, permissionsOn, principalOf, writePermissions } from './permissions.ts';
import { BASIC, FIRST_CUSTOM_ROLE } from './roles.ts';

type Ref = ManagedObjectReference;

export const authorizationManager = define('AuthorizationManager', {
  AddAuthorizationRole({ tx, self }, { name, privIds }) {
    const roles = rolesIn(tx, self.ref);
    const privilege = checkedPrivileges(tx, self.ref, privIds ?? []);
    const label = checkedName(roles, name);
    const roleId = (tx.get(self.ref, '_nextRole') as number | undefined) ?? FIRST_CUSTOM_ROLE;
    tx.update(self.ref, {
      _nextRole: roleId + 1,
      roleList: [...roles, { _type: 'AuthorizationRole', roleId, system: false, name: label, info: { _type: 'Description', label, summary: label }, privilege }],
    });
    return roleId;
  },
  UpdateAuthorizationRole({ tx, self }, { roleId, newName, privIds }) {
    const roles = rolesIn(tx, self.ref);
    const old = changeableRole(roles, roleId);
    const name = newName === old.name ? old.name : checkedName(roles, newName, roleId);
    const privilege = checkedPrivileges(tx, self.ref, privIds ?? []);
    const info = name === old.name ? old.info : { _type: 'Description', label: name, summary: name };
    tx.set(self.ref, 'roleList', roles.map((role) => (role.roleId === roleId ? { ...role, name, info, privilege } : role)));
  },
  RemoveAuthorizationRole({ sim, tx, self }, { roleId, failIfUsed }) {
    const roles = rolesIn(tx, self.ref);
    changeableRole(roles, roleId);
    const list = permissionsIn(sim, tx);
    const used = list.filter((item) => item.roleId === roleId);
    if (used.length > 0) {
      if (failIfUsed) throw fault('RemoveFailed', {}, `The role is in use by ${used.length === 1 ? 'one permission' : `${used.length} permissions`}. Remove or change them first, or remove them with the role.`);
      writePermissions(sim, tx, list.filter((item) => item.roleId !== roleId));
    }
    tx.set(self.ref, 'roleList', roles.filter((role) => role.roleId !== roleId));
  },
  MergePermissions({ sim, tx, self }, { srcRoleId, dstRoleId }) {
    const roles = rolesIn(tx, self.ref);
    for (const roleId of [srcRoleId, dstRoleId]) roleOf(roles, roleId);
    if (dstRoleId === -3 || dstRoleId === -4) throw fault('InvalidArgument', { invalidProperty: 'dstRoleId' }, `A specified parameter was not correct: dstRoleId. The role ${dstRoleId} cannot be granted.`);
    writePermissions(sim, tx, permissionsIn(sim, tx).map((item) => (item.roleId === srcRoleId ? { ...item, roleId: dstRoleId } : item)));
  },

  // Undocumented: how solutions keep people from touching what is theirs (`govc object.method`).
  DisableMethods({ tx }, { entity, method, sourceId }) {
    for (const ref of entity) {
      const by = { ...(tx.get(ref, '_disabledBy') as Readonly<Record<string, string>> | undefined) };
      for (const item of method) by[checkedMethod(ref, item.method)] = sourceId;
      setDisabled(tx, ref, by);
    }
  },
  EnableMethods({ tx }, { entity, method, sourceId }) {
    for (const ref of entity) {
      const by = { ...(tx.get(ref, '_disabledBy') as Readonly<Record<string, string>> | undefined) };
      for (const name of method) if (by[checkedMethod(ref, name)] === sourceId) delete by[name];
      setDisabled(tx, ref, by);
    }
  },

  RetrieveAllPermissions: { query: ({ sim, session }) => shown(session.rights, allPermissions(sim)) },
  RetrieveRolePermissions: {
    query({ sim, session, self }, { roleId }) {
      roleOf(self.props['roleList'] as readonly AuthorizationRole[], roleId);
      return shown(session.rights, allPermissions(sim)).filter((item) => item.roleId === roleId);
    },
  },
  RetrieveEntityPermissions: { query: ({ sim }, { entity, inherited }) => permissionsOn(sim, entity, inherited) },

  SetEntityPermissions({ sim, tx, self }, { entity, permission }) {
    const given = checked({ sim, tx }, self.ref, entity, permission ?? []);
    const names = new Set(given.map((item) => principalOf(sim, item)));
    const kept = permissionsIn(sim, tx).filter((item) => item.entity!.value !== entity.value || !names.has(principalOf(sim, item)));
    writePermissions(sim, tx, [...kept, ...given]);
  },
  ResetEntityPermissions({ sim, tx, self }, { entity, permission }) {
    const given = checked({ sim, tx }, self.ref, entity, permission ?? []);
    writePermissions(sim, tx, [...permissionsIn(sim, tx).filter((item) => item.entity!.value !== entity.value), ...given]);
  },
  RemoveEntityPermission({ sim, tx }, { entity, user, isGroup }) {
    const name = principalOf(sim, { principal: user, group: isGroup });
    const list = permissionsIn(sim, tx);
    const kept = list.filter((item) => item.entity!.value !== entity.value || principalOf(sim, item) !== name);
    if (kept.length === list.length) {
      throw fault('NotFound', {}, `The ${isGroup ? 'group' : 'user'} "${user}" has no permission on ${entity.type} "${entity.value}".`);
    }
    writePermissions(sim, tx, kept);
  },

  HasPrivilegeOnEntity: {
    query(ctx, { entity, sessionId, privId }) {
      const rights = rightsOfSession(ctx, sessionId);
      return (privId ?? []).map((id) => holds(ctx, rights, entity, id));
    },
  },
  HasPrivilegeOnEntities: {
    query(ctx, { entity, sessionId, privId }) {
      const rights = rightsOfSession(ctx, sessionId);
      return entity.map((ref) => availability(ctx, rights, ref, privId ?? []));
    },
  },
  HasUserPrivilegeOnEntities: {
    query(ctx, { entities, userName, privId }) {
      const rights = rightsOfUser(ctx, userName);
      return entities.map((ref) => availability(ctx, rights, ref, privId ?? []));
    },
  },
  FetchUserPrivilegeOnEntities: {
    query(ctx, { entities, userName }): readonly UserPrivilegeResult[] {
      const rights = rightsOfUser(ctx, userName);
      return entities.map((entity) => ({ _type: 'UserPrivilegeResult', entity, privileges: rights === NOBODY ? [] : rights ? rights.privilegesOn(entity) : [...knownPrivileges(ctx)] }));
    },
  },
});

const rolesIn = (tx: Transaction, self: Ref): readonly AuthorizationRole[] => tx.get(self, 'roleList') as readonly AuthorizationRole[];

function roleOf(roles: readonly AuthorizationRole[], roleId: number): AuthorizationRole {
  const role = roles.find((candidate) => candidate.roleId === roleId);
  if (role === undefined) throw fault('NotFound', {}, `There is no role with the id ${roleId}.`);
  return role;
}

function changeableRole(roles: readonly AuthorizationRole[], roleId: number): AuthorizationRole {
  const role = roleOf(roles, roleId);
  if (role.system) throw fault('InvalidArgument', { invalidProperty: 'roleId' }, `A specified parameter was not correct: roleId. "${role.name}" is a role of the system and cannot be changed.`);
  return role;
}

function checkedName(roles: readonly AuthorizationRole[], name: string, self?: number): string {
  if (name.trim() === '' || name.length > 80) throw fault('InvalidName', { name }, `The name "${name}" is not a role name: it must have 1 to 80 characters.`);
  if (roles.some((role) => role.name === name && role.roleId !== self)) throw fault('AlreadyExists', { name }, `The specified key, name, or identifier '${name}' already exists.`);
  return name;
}

/** The privileges of a role: the given ones, and those that every role has. */
function checkedPrivileges(tx: Transaction, self: Ref, given: readonly string[]): readonly string[] {
  const known = new Set((tx.get(self, 'privilegeList') as readonly { privId: string }[]).map(({ privId }) => privId));
  const wrong = given.filter((id) => !known.has(id));
  if (wrong.length > 0) {
    throw fault('InvalidArgument', { invalidProperty: 'privIds' }, `A specified parameter was not correct: privIds. ${wrong.map((id) => `"${id}"`).join(', ')}: no such privilege; AuthorizationManager.privilegeList names them all.`);
  }
  return [...new Set([...BASIC, ...given])].sort();
}

function checked({ sim, tx }: { sim: Context['sim']; tx: Transaction }, self: Ref, entity: Ref, given: readonly Permission[]): readonly Permission[] {
  const roles = new Set(rolesIn(tx, self).map(({ roleId }) => roleId));
  const list = given.map((item) => checkedPermission(sim, tx, entity, item, roles));
  // Of two for one principal the later counts.
  return [...new Map(list.map((item) => [principalOf(sim, item), item])).values()];
}

/** The name of a method that the entity has, as it was given. */
function checkedMethod({ type }: Ref, name: string): string {
  if (managedType(type)?.methods.has(name)) return name;
  throw fault('InvalidArgument', { invalidProperty: 'method' }, `A specified parameter was not correct: method. ${type} has no method "${name}".`);
}

function setDisabled(tx: Transaction, entity: Ref, by: Readonly<Record<string, string>>): void {
  tx.update(entity, { _disabledBy: by, disabledMethod: Object.keys(by).sort() });
}

/** Permissions on objects that the caller may see. */
const shown = (rights: Rights | undefined, list: readonly Permission[]): readonly Permission[] =>
  rights === undefined ? list : list.filter(({ entity }) => rights.has(entity!, 'System.View'));

const NOBODY = Symbol('no such user');

const knownPrivileges = ({ self }: Context): ReadonlySet<string> =>
  new Set((self.props['privilegeList'] as readonly { privId: string }[]).map(({ privId }) => privId));

function rightsOfSession({ sim }: Context, sessionId: string): Rights | undefined {
  const session = sim.sessions.open().find(({ key }) => key === sessionId);
  if (session === undefined) throw fault('InvalidArgument', { invalidProperty: 'sessionId' }, `A specified parameter was not correct: sessionId. There is no session "${sessionId}".`);
  return session.rights;
}

/** What a user could do who logged in now. */
function rightsOfUser({ sim }: Context, userName: string): Rights | typeof NOBODY | undefined {
  const { gate, isOpen } = sim.sessions;
  return isOpen || gate?.passwordOf(userName) !== undefined ? gate?.of(userName) : NOBODY;
}

function holds(ctx: Context, rights: Rights | typeof NOBODY | undefined, entity: Ref, privilege: string): boolean {
  if (rights === NOBODY) return false;
  return rights ? rights.has(entity, privilege) : knownPrivileges(ctx).has(privilege);
}

const availability = (ctx: Context, rights: Rights | typeof NOBODY | undefined, entity: Ref, privIds: readonly string[]): EntityPrivilege => ({
  _type: 'EntityPrivilege', entity,
  privAvailability: privIds.map((privId) => ({ _type: 'PrivilegeAvailability', privId, isGranted: holds(ctx, rights, entity, privId) })),
});
