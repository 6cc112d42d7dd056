// The part of the inventory that exists before anything is configured: vCenter's root folder, or all of a standalone ESXi.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';
import { initialPermissions } from '../objects/authorization/permissions.ts';
import { createDatacenter, createStandaloneHost } from '../objects/compute-create.ts';
import { entityProps } from '../objects/entity.ts';

/** Name of the host of a standalone ESXi. */
export const ESXI_HOST_NAME = 'localhost.localdomain';

/** Creates the root folder (and, on ESXi, the datacenter and the host); gives the root folder. */
export function createRoot(sim: Simulation, tx: Transaction, hostName: string = ESXI_HOST_NAME): ManagedObjectReference {
  if (sim.product === 'esxi') {
    const root = tx.create('Folder', 'ha-folder-root', { ...entityProps('ha-folder-root', undefined), permission: initialPermissions(sim), childType: ['Datacenter'], childEntity: [] });
    const datacenter = createDatacenter(sim, tx, root, 'ha-datacenter');
    createStandaloneHost(sim, tx, tx.props<'Datacenter'>(datacenter).hostFolder!, hostName);
    return root;
  }
  return tx.create('Folder', `group-d${tx.nextId('')}`, {
    ...entityProps('Datacenters', undefined), permission: initialPermissions(sim), childType: ['Folder', 'Datacenter'], childEntity: [],
  });
}
