// What was configured on a host and counts only from its next boot on.
import type { HostFibreChannelOverEthernetHba, HostHyperThreadScheduleInfo, ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { refreshStorage, type StorageSettings } from './host-disks.ts';

type Ref = ManagedObjectReference;

/** Modules read their options, hyperthreading is as it was chosen, and FCoE adapters that were marked are gone. */
export function applyAtBoot(tx: Transaction, host: Ref): void {
  const managers = (tx.get(host, 'configManager') ?? {}) as Readonly<Record<string, Ref | undefined>>;
  const { kernelModuleSystem: modules, cpuScheduler, storageSystem } = managers;
  if (modules && tx.get(modules, '_options') !== undefined) tx.set(modules, '_loaded', tx.get(modules, '_options'));
  const threads = cpuScheduler && (tx.get(cpuScheduler, 'hyperthreadInfo') as HostHyperThreadScheduleInfo | undefined);
  if (threads && threads.active !== threads.config) tx.set(cpuScheduler, 'hyperthreadInfo', { ...threads, active: threads.config });
  const { adapters = [] } = ((storageSystem && tx.get(storageSystem, '_storage')) ?? {}) as StorageSettings;
  const kept = adapters.filter((hba) => (hba as HostFibreChannelOverEthernetHba).markedForRemoval !== true);
  if (kept.length < adapters.length) refreshStorage(tx, host, { adapters: kept });
}
