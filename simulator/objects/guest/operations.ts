// The managers of guest operations: their places and their list. What each does is in its own file.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Definition } from '../../dispatch/define.ts';
import type { Product } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { guestAliasManager } from './alias-manager.ts';
import { guestAuthManager } from './auth-manager.ts';
import { guestFileManager } from './file-manager.ts';
import { guestProcessManager } from './process-manager.ts';
import { guestWindowsRegistryManager } from './registry-manager.ts';

/** Property of GuestOperationsManager, type, and id on vCenter and ESXi. */
const MANAGERS = [
  ['authManager', 'GuestAuthManager', 'guestOperationsAuthManager', 'ha-guest-operations-auth-manager'],
  ['fileManager', 'GuestFileManager', 'guestOperationsFileManager', 'ha-guest-operations-file-manager'],
  ['processManager', 'GuestProcessManager', 'guestOperationsProcessManager', 'ha-guest-operations-process-manager'],
  ['guestWindowsRegistryManager', 'GuestWindowsRegistryManager', 'guestOperationsWindowsRegistryManager', 'ha-guest-operations-windows-registry-manager'],
  ['aliasManager', 'GuestAliasManager', 'guestOperationsAliasManager', 'ha-guest-operations-alias-manager'],
] as const;

/** References to the managers, as GuestOperationsManager has them. */
export function guestManagers(product: Product): Readonly<Record<string, ManagedObjectReference>> {
  return Object.fromEntries(MANAGERS.map(([property, type, vcenter, esxi]) => [property, { type, value: product === 'vcenter' ? vcenter : esxi }]));
}

/** Makes the managers of a new world. */
export function createGuestManagers(tx: Transaction, product: Product): void {
  for (const { type, value } of Object.values(guestManagers(product))) tx.create(type, value, {});
}

export const guestOperations: readonly Definition[] = [guestAuthManager, guestFileManager, guestProcessManager, guestAliasManager, guestWindowsRegistryManager];
