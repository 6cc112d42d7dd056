// DistributedVirtualPortgroup: reconfiguration and removal. Port keys belong to its switch's counter.
import { fault, type DVPortgroupConfigSpec, type DVPortSetting, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';
import { takePorts } from './dvs-create.ts';
import { detachNetwork } from './network-create.ts';
import { rename } from './managed-entity.ts';

type Ref = ManagedObjectReference;

/** Removes a port group that no machine uses. */
export function removePortgroup(tx: Transaction, portgroup: Ref): void {
  const props = tx.props<'DistributedVirtualPortgroup'>(portgroup);
  const users = (props.vm ?? []).filter((vm) => tx.has(vm));
  if (users.length > 0) {
    const names = users.slice(0, 3).map((vm) => `'${String(tx.get(vm, 'name'))}'`).join(', ');
    throw fault('ResourceInUse', { type: 'DistributedVirtualPortgroup', name: props.name }, `The port group '${props.name}' is in use by ${users.length} virtual machines (${names}).`);
  }
  for (const host of props.host ?? []) if (tx.has(host)) detachNetwork(tx, host, portgroup);
  tx.remove(portgroup);
}

const KEPT = ['configVersion', 'name', 'numPorts', '_type', 'defaultPortConfig', 'policy'];

function reconfigure({ tx, self }: TransactionContext, spec: DVPortgroupConfigSpec): void {
  const props = tx.props<'DistributedVirtualPortgroup'>(self.ref);
  const config = props.config!;
  if (spec.configVersion !== undefined && spec.configVersion !== config.configVersion) {
    throw fault('ConcurrentAccess', {}, `The port group was changed meanwhile: its configVersion is ${String(config.configVersion)}.`);
  }
  const numPorts = spec.numPorts ?? config.numPorts;
  if (numPorts < 0) throw fault('InvalidArgument', { invalidProperty: 'spec.numPorts' }, `A port group cannot have ${numPorts} ports.`);
  const rest = Object.fromEntries(Object.entries(spec).filter(([key, value]) => value !== undefined && !KEPT.includes(key)));
  const keys = props.portKeys ?? [];
  if (numPorts > keys.length) tx.set(self.ref, 'portKeys', [...keys, ...takePorts(tx, config.distributedVirtualSwitch!, numPorts - keys.length)]);
  else if (numPorts < keys.length && spec.numPorts !== undefined) tx.set(self.ref, 'portKeys', keys.slice(0, numPorts));
  tx.set(self.ref, 'config', {
    ...config,
    ...rest,
    numPorts,
    defaultPortConfig: { ...config.defaultPortConfig, ...spec.defaultPortConfig, _type: 'VMwareDVSPortSetting' } as DVPortSetting,
    policy: { ...config.policy, ...spec.policy, _type: 'VMwareDVSPortgroupPolicy' },
    configVersion: String(Number(config.configVersion) + 1),
  });
  if (spec.name !== undefined) rename(tx, self.ref, spec.name);
}

export const distributedVirtualPortgroup = define('DistributedVirtualPortgroup', {
  ReconfigureDVPortgroup_Task: {
    task(ctx, { spec }) {
      reconfigure(ctx, spec);
    },
  },
  Destroy_Task: {
    task({ tx, self }) {
      if (tx.props<'DistributedVirtualPortgroup'>(self.ref).config!.uplink) {
        throw fault('NotSupported', {}, 'The uplink port group goes with its switch and cannot be destroyed alone.');
      }
      removePortgroup(tx, self.ref);
    },
  },
}, {
  relations: [
    { type: 'DistributedVirtualPortgroup', path: 'config.distributedVirtualSwitch', inverse: 'portgroup', targets: ['DistributedVirtualSwitch'] },
  ],
});
