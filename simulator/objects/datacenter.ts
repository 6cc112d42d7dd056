// Datacenter: power-on of several machines, configuration, removal with everything in it.
import {
  fault, type ClusterAttemptedVmInfo, type ClusterConfigInfoEx, type ClusterNotAttemptedVmInfo, type ClusterPowerOnVmResult, type ManagedObjectReference,
} from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';
import { forgetPorts } from './dvs/dvs-ports.ts';
import { datacenterOf } from './entity.ts';
import { connectMethods } from './host-services/connect-info.ts';
import { forgetDatastore, forgetMachine, mustBeIdle, removeComputeResource } from './removal.ts';
import { versionsUpTo } from './environment-browser-options.ts';
import { defaultHardwareVersion } from './virtual-machine/guest-os.ts';
import { rankedHosts } from './virtual-machine/placement.ts';
import { setPower, wrongPowerState } from './virtual-machine/power.ts';

/** Everything of these types in the datacenter. */
function within(tx: Transaction, datacenter: ManagedObjectReference, types: readonly string[]): ManagedObjectReference[] {
  return types.flatMap((type) => [...tx.all(type)]).filter((ref) => datacenterOf(tx, ref)?.value === datacenter.value);
}

/** DRS of a fully automated cluster starts a machine on the least loaded host that can run it. */
function placement(tx: Transaction, vm: ManagedObjectReference): ManagedObjectReference | undefined {
  const own = tx.get(vm, 'runtime.host') as ManagedObjectReference;
  const cluster = tx.get(own, 'parent') as ManagedObjectReference;
  const config = tx.get(cluster, 'configurationEx') as Partial<ClusterConfigInfoEx>;
  const override = config.drsVmConfig?.find(({ key }) => key.value === vm.value);
  if (!config.drsConfig?.enabled || override?.enabled === false || (override?.behavior ?? config.drsConfig.defaultVmBehavior) !== 'fullyAutomated') return undefined;
  return rankedHosts(tx, cluster, vm)[0];
}

/** Starts a power-on task of its own for each machine that can be powered on; says why not for the others. */
function powerOnAll({ sim, tx, session }: TransactionContext, machines: readonly ManagedObjectReference[]): ClusterPowerOnVmResult {
  const attempted: ClusterAttemptedVmInfo[] = [];
  const notAttempted: ClusterNotAttemptedVmInfo[] = [];
  for (const vm of machines) {
    const existingState = tx.get(vm, 'runtime.powerState') as 'poweredOn' | 'poweredOff' | 'suspended' | undefined;
    if (existingState === undefined) {
      notAttempted.push({ vm, fault: fault('ManagedObjectNotFound', { obj: vm }, `There is no virtual machine ${vm.value}.`).localized() });
    } else if (existingState === 'poweredOn') {
      notAttempted.push({ vm, fault: wrongPowerState(existingState, 'poweredOn').localized() });
    } else {
      const task = sim.tasks.start(tx, {
        name: 'PowerOnVM_Task', descriptionId: 'VirtualMachine.powerOn', entity: vm, userName: session.userName,
        run: (inner) => {
          // The machine may have gone while its task stood in the queue.
          if (!inner.has(vm)) throw fault('ManagedObjectNotFound', { obj: vm }, `The object 'vim.VirtualMachine:${vm.value}' has already been deleted or has not been completely created`);
          return setPower(sim, inner, vm, 'poweredOn', placement(inner, vm));
        },
      });
      attempted.push({ vm, task });
    }
  }
  return { _type: 'ClusterPowerOnVmResult', attempted, notAttempted };
}

export const datacenter = define('Datacenter', {
  ...connectMethods,
  PowerOnMultiVM_Task: {
    task: (ctx, { vm }) => powerOnAll(ctx, vm),
  },
  queryDatacenterConfigOptionDescriptor: {
    query({ sim }) {
      const newest = defaultHardwareVersion(sim.about.apiVersion);
      return versionsUpTo(newest).map(({ key, description }) => ({
        key, description, host: [], createSupported: true, defaultConfigOption: key === newest, runSupported: true, upgradeSupported: true,
      }));
    },
  },
  ReconfigureDatacenter_Task: {
    task({ tx, self }, { spec, modify }) {
      const old = modify ? tx.props<'Datacenter'>(self.ref).configuration : {};
      tx.set(self.ref, 'configuration', { ...old, ...spec, _type: 'DatacenterConfigInfo' });
    },
  },
  Destroy_Task: {
    task({ sim, tx, self }) {
      if (sim.product === 'esxi') throw fault('NotSupported', {}, 'The datacenter of a standalone ESXi host cannot be destroyed.');
      const computeResources = within(tx, self.ref, ['ComputeResource', 'ClusterComputeResource']);
      for (const ref of computeResources) mustBeIdle(tx, ref);
      for (const ref of computeResources) removeComputeResource(tx, ref);
      for (const ref of within(tx, self.ref, ['VirtualMachine'])) forgetMachine(tx, ref);
      for (const ref of within(tx, self.ref, ['Datastore'])) forgetDatastore(tx, ref);
      for (const ref of within(tx, self.ref, ['VmwareDistributedVirtualSwitch'])) forgetPorts(tx, ref);
      const rest = ['VirtualApp', 'Network', 'OpaqueNetwork', 'DistributedVirtualPortgroup', 'VmwareDistributedVirtualSwitch', 'StoragePod', 'Folder'];
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
