// The permissions themselves: a list of all of them with the AuthorizationManager (`_permissions`, what rights are worked
// out from) and, equal to it, the `permission` property of each entity. Nothing else writes either.
import { fault, type ManagedObjectReference, type Permission } from '../../../core/vim25/index.ts';
import { keyOf, parseName, spell } from '../../dispatch/principals.ts';
import { waysUp } from '../../dispatch/rights.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { accountsOf, addAccount, findAccount, userNotFound } from './accounts.ts';

type Ref = ManagedObjectReference;

const ADMIN = -1;

const permission = (entity: Ref, principal: string, group: boolean, roleId: number, propagate: boolean): Permission =>
  ({ _type: 'Permission', entity, principal, group, roleId, propagate });

/** The permissions that a new system has, all on the root folder. The world's own user is an administrator; on vCenter by its group. */
export function initialPermissions({ product, sessions, wellKnown }: Simulation): readonly Permission[] {
  const root = wellKnown['rootFolder']!;
  if (product === 'esxi') return [...new Set(['root', 'dcui', 'vpxuser', ...(sessions.worldUser === undefined ? [] : [parseName(sessions.worldUser, product).name])])].map((name) => permission(root, name, false, ADMIN, true));
  return [permission(root, 'VSPHERE.LOCAL\\Administrator', false, ADMIN, true), permission(root, 'VSPHERE.LOCAL\\Administrators', true, ADMIN, true)];
}

const manager = (sim: Simulation): Ref => sim.wellKnown['authorizationManager']!;

const existing = (list: unknown, has: (ref: Ref) => boolean): readonly Permission[] =>
  ((list ?? []) as readonly Permission[]).filter(({ entity }) => has(entity!));

/** Every permission on an object that exists, as of the last commit. */
export const allPermissions = (sim: Simulation): readonly Permission[] =>
  existing(sim.store.get(manager(sim))?.props['_permissions'], (ref) => sim.store.get(ref) !== undefined);

export const permissionsIn = (sim: Simulation, tx: Transaction): readonly Permission[] => existing(tx.get(manager(sim), '_permissions'), (ref) => tx.has(ref));

/** Replaces all permissions. Throws AuthMinimumAdminPermission when nobody would administer everything any more. */
export function writePermissions(sim: Simulation, tx: Transaction, list: readonly Permission[]): void {
  const root = sim.wellKnown['rootFolder']!;
  if (!list.some(({ entity, roleId, propagate }) => entity!.value === root.value && roleId === ADMIN && propagate)) {
    throw fault('AuthMinimumAdminPermission', {}, 'The change would leave the system without an administrator: the root folder needs a propagating permission with the role Admin.');
  }
  const before = permissionsIn(sim, tx);
  const byEntity = new Map<string, { entity: Ref; now: Permission[]; was: Permission[] }>();
  const at = (entity: Ref) => {
    let found = byEntity.get(entity.value);
    if (!found) byEntity.set(entity.value, (found = { entity, now: [], was: [] }));
    return found;
  };
  for (const item of before) at(item.entity!).was.push(item);
  for (const item of list) at(item.entity!).now.push(item);
  for (const { entity, now, was } of byEntity.values()) {
    if (now.length !== was.length || now.some((item, i) => item !== was[i])) tx.set(entity, 'permission', now);
  }
  tx.set(manager(sim), '_permissions', list);
}

/** What makes two permissions of an entity the same one. */
export const principalOf = (sim: Simulation, { principal, group }: { readonly principal: string; readonly group: boolean }): string =>
  keyOf(parseName(principal, sim.product), group);

/**
 * A permission as it is kept: with its entity, the principal spelled as the API spells it, known to exist. In a world
 * where any name may log in every name is a user's: a permission makes it one, which from then on is bound by it.
 */
export function checkedPermission(sim: Simulation, tx: Transaction, entity: Ref, given: Permission, roles: ReadonlySet<number>): Permission {
  const { principal, group, roleId, propagate } = given;
  if (!roles.has(roleId)) throw fault('NotFound', {}, `There is no role with the id ${roleId}.`);
  if (roleId === -3 || roleId === -4) throw fault('InvalidArgument', { invalidProperty: 'permission.roleId' }, `A specified parameter was not correct: permission.roleId. The role ${roleId} cannot be granted.`);
  let key = findAccount(sim, tx, principal, group);
  if (key === undefined) {
    if (!sim.sessions.isOpen || findAccount(sim, tx, principal, !group) !== undefined) throw userNotFound(principal);
    key = addAccount(sim, tx, { name: principal }, group);
  }
  return permission(entity, spell(accountsOf(sim, tx)[key]!), group, roleId, propagate);
}

/** What is defined on an entity and, if wanted, what comes down to it: of one principal only what is nearest. */
export function permissionsOn(sim: Simulation, entity: Ref, inherited: boolean): readonly Permission[] {
  const of = (ref: Ref): Props => sim.store.get(ref)?.props ?? {};
  const found = [...((of(entity)['permission'] ?? []) as readonly Permission[])];
  if (!inherited) return found;
  const nearer = new Set(found.map((item) => principalOf(sim, item)));
  const seen = new Set<string>([entity.value]);
  let level = waysUp(entity, of(entity));
  while (level.length > 0) {
    const names: string[] = [];
    const next: Ref[] = [];
    for (const ref of level) {
      if (seen.has(ref.value)) continue;
      seen.add(ref.value);
      for (const item of (of(ref)['permission'] ?? []) as readonly Permission[]) {
        const name = principalOf(sim, item);
        if (!item.propagate || nearer.has(name)) continue;
        found.push(item);
        names.push(name);
      }
      next.push(...waysUp(ref, of(ref)));
    }
    for (const name of names) nearer.add(name);
    level = next;
  }
  return found;
}

/** Gives a user a role on an object and all below it: for building worlds. */
export function grant(sim: Simulation, tx: Transaction, entity: Ref, user: string, roleId: number): void {
  const given = checkedPermission(sim, tx, entity, permission(entity, user, false, roleId, true), new Set([roleId]));
  writePermissions(sim, tx, [...permissionsIn(sim, tx), given]);
}
