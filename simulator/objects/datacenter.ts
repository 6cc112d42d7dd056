// Datacenter: power-on of several machines, configuration, removal with everything in it.
import { fault, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';
import { datacenterOf } from './entity.ts';
import { forgetDatastore, forgetMachine, removeComputeResource } from './removal.ts';

/** Everything of these types in the datacenter. */
function within(tx: Transaction, datacenter: ManagedObjectReference, types: readonly string[]): ManagedObjectReference[] {
  return types.flatMap((type) => [...tx.all(type)]).filter((ref) => datacenterOf(tx, ref)?.value === datacenter.value);
}

export const datacenter = define('Datacenter', {
  ReconfigureDatacenter_Task: {
    task({ tx, self }, { spec, modify }) {
      const old = modify ? tx.props<'Datacenter'>(self.ref).configuration : {};
      tx.set(self.ref, 'configuration', { ...old, ...spec, _type: 'DatacenterConfigInfo' });
    },
  },
  Destroy_Task: {
    task({ sim, tx, self }) {
      if (sim.product === 'esxi') throw fault('NotSupported', {}, 'The datacenter of a standalone ESXi host cannot be destroyed.');
      for (const ref of within(tx, self.ref, ['ComputeResource', 'ClusterComputeResource'])) removeComputeResource(tx, ref);
      for (const ref of within(tx, self.ref, ['VirtualMachine'])) forgetMachine(tx, ref);
      for (const ref of within(tx, self.ref, ['Datastore'])) forgetDatastore(tx, ref);
      const rest = ['VirtualApp', 'Network', 'DistributedVirtualPortgroup', 'VmwareDistributedVirtualSwitch', 'StoragePod', 'Folder'];
      for (const ref of within(tx, self.ref, rest)) tx.remove(ref);
      tx.remove(self.ref);
    },
  },
}, {
  relations: [
    { type: 'Network', path: '_datacenter', inverse: 'network', targets: ['Datacenter'] },
    { type: 'Datastore', path: '_datacenter', inverse: 'datastore', targets: ['Datacenter'] },
  ],
});
