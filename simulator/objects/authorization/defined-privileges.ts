// Privileges that extensions bring along: they are privileges like any other, which the administrators' roles hold, and
// which go with their extension.
import type { AuthorizationRole, Extension } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { privilegeDescription, privilegeList, withPrivileges } from './privilege-list.ts';
import { initialRoles } from './roles.ts';

/** Brings privileges and roles in line with the registered extensions. */
export function definePrivileges(sim: Simulation, tx: Transaction, extensions: readonly Extension[]): void {
  const manager = sim.wellKnown['authorizationManager']!;
  const defined = extensions.flatMap((extension) => extension.privilegeList ?? []);
  const list = withPrivileges(privilegeList(sim.product), defined);
  const old = tx.get(manager, 'privilegeList') as readonly { privId: string }[];
  if (old.length === list.length && old.every(({ privId }, i) => privId === list[i]!.privId)) return;
  const known = new Set(list.map(({ privId }) => privId));
  const system = new Map(initialRoles(sim.product, list).filter((role) => role.system).map((role) => [role.roleId, role]));
  const roleList = (tx.get(manager, 'roleList') as readonly AuthorizationRole[])
    .map((role) => system.get(role.roleId) ?? { ...role, privilege: (role.privilege ?? []).filter((id) => known.has(id)) });
  tx.update(manager, { privilegeList: list, roleList, description: privilegeDescription(list) });
}
