// DistributedVirtualPortgroup: reconfiguration, the number of its ports, and removal.
import { fault, type DVPortgroupConfigInfo, type DVPortgroupConfigSpec, type DVPortSetting, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { rolledBack, specOf } from './dvs-backup.ts';
import { dropPorts, holdersOf, portRelations, portRules, takePorts } from './dvs-ports.ts';
import { detachNetwork } from '../network-create.ts';
import { rename } from '../managed-entity.ts';

type Ref = ManagedObjectReference;

const TYPES = ['earlyBinding', 'lateBinding', 'ephemeral'];

const configOf = (tx: Transaction, group: Ref): DVPortgroupConfigInfo => tx.get(group, 'config') as DVPortgroupConfigInfo;
const uuidOf = (tx: Transaction, group: Ref): string => String(tx.get(configOf(tx, group).distributedVirtualSwitch!, 'uuid'));

/** What makes no sense in a port group's specification. Throws InvalidArgument. */
export function checkPortgroupSpec(spec: DVPortgroupConfigSpec): void {
  if (spec.type !== undefined && !TYPES.includes(spec.type)) {
    throw fault('InvalidArgument', { invalidProperty: 'spec.type' }, `The port group type '${spec.type}' is not known; use ${TYPES.join(', ')}.`);
  }
  if (spec.numPorts !== undefined && (spec.numPorts < 0 || spec.numPorts > 8192 * 8)) {
    throw fault('InvalidArgument', { invalidProperty: 'spec.numPorts' }, `A port group cannot have ${spec.numPorts} ports: 0 to 65536.`);
  }
  const vlan = (spec.defaultPortConfig as { vlan?: { vlanId?: unknown } } | undefined)?.vlan?.vlanId;
  if (typeof vlan === 'number' && (vlan < 0 || vlan > 4094)) {
    throw fault('InvalidArgument', { invalidProperty: 'spec.defaultPortConfig.vlan.vlanId' }, `The VLAN is ${vlan}; it goes from 0 to 4094.`);
  }
}

/** Removes a port group that nobody uses. Throws ResourceInUse. */
export function removePortgroup(tx: Transaction, portgroup: Ref): void {
  mustBeUnused(tx, portgroup);
  const props = tx.props<'DistributedVirtualPortgroup'>(portgroup);
  for (const host of props.host ?? []) if (tx.has(host)) detachNetwork(tx, host, portgroup);
  dropPorts(tx, uuidOf(tx, portgroup), props.portKeys ?? []);
  tx.remove(portgroup);
}

/** Throws ResourceInUse while a machine or a kernel NIC is connected. */
export function mustBeUnused(tx: Transaction, portgroup: Ref): void {
  const props = tx.props<'DistributedVirtualPortgroup'>(portgroup);
  const users = new Map((props.vm ?? []).filter((vm) => tx.has(vm)).map((vm) => [vm.value, vm]));
  const uuid = uuidOf(tx, portgroup);
  for (const key of props.portKeys ?? []) for (const holder of holdersOf(tx, uuid, key)) users.set(holder.value, holder);
  if (users.size === 0) return;
  const names = [...users.values()].slice(0, 3).map((user) => `'${String(tx.get(user, 'name'))}'`).join(', ');
  throw fault('ResourceInUse', { type: 'DistributedVirtualPortgroup', name: props.name }, `The port group '${props.name}' is in use by ${users.size} virtual machines or hosts (${names}).`);
}

/** Gives a port group that many ports; only ports that nobody holds go. Throws ResourceInUse. */
function resize(tx: Transaction, group: Ref, numPorts: number): void {
  const keys = (tx.get(group, 'portKeys') ?? []) as readonly string[];
  const { name, distributedVirtualSwitch } = configOf(tx, group);
  if (numPorts >= keys.length) {
    if (numPorts > keys.length) tx.update(group, { portKeys: [...keys, ...takePorts(tx, distributedVirtualSwitch!, numPorts - keys.length)], _full: false });
    return;
  }
  const uuid = uuidOf(tx, group);
  const free = keys.filter((key) => holdersOf(tx, uuid, key).length === 0);
  const surplus = keys.length - numPorts;
  if (free.length < surplus) {
    throw fault('ResourceInUse', { type: 'DistributedVirtualPortgroup', name }, `The port group '${name}' cannot have ${numPorts} ports: ${keys.length - free.length} are connected.`);
  }
  const gone = new Set(free.slice(free.length - surplus));
  dropPorts(tx, uuid, [...gone]);
  tx.update(group, { portKeys: keys.filter((key) => !gone.has(key)), _cursor: 0, _full: false });
}

const KEPT = ['configVersion', 'name', 'numPorts', '_type', 'defaultPortConfig', 'policy'];

/** Changes a port group; what it was before is kept to go back to. */
export function reconfigurePortgroup({ tx, self }: Pick<TransactionContext, 'tx'> & { readonly self: { readonly ref: Ref } }, spec: DVPortgroupConfigSpec): void {
  const old = configOf(tx, self.ref);
  if (spec.configVersion !== undefined && spec.configVersion !== '' && spec.configVersion !== old.configVersion) {
    throw fault('ConcurrentAccess', {}, `The port group was changed meanwhile: its configVersion is ${String(old.configVersion)}.`);
  }
  checkPortgroupSpec(spec);
  tx.set(self.ref, '_previous', specOf(tx, self.ref));
  if (spec.type !== undefined && spec.type !== old.type) mustBeUnused(tx, self.ref);
  const type = spec.type ?? old.type;
  if (type === 'ephemeral' && old.type !== 'ephemeral') resize(tx, self.ref, 0);
  else if (spec.numPorts !== undefined && type !== 'ephemeral' && !old.uplink) resize(tx, self.ref, spec.numPorts);
  const rest = Object.fromEntries(Object.entries(spec).filter(([key, value]) => value !== undefined && !KEPT.includes(key)));
  const config = configOf(tx, self.ref);
  tx.set(self.ref, 'config', {
    ...config,
    ...rest,
    numPorts: ((tx.get(self.ref, 'portKeys') ?? []) as readonly string[]).length,
    defaultPortConfig: { ...config.defaultPortConfig, ...spec.defaultPortConfig, _type: 'VMwareDVSPortSetting' } as DVPortSetting,
    policy: { ...config.policy, ...spec.policy, _type: 'VMwareDVSPortgroupPolicy' },
    configVersion: String(Number(config.configVersion) + 1),
  });
  if (spec.name !== undefined && spec.name !== '') rename(tx, self.ref, spec.name);
}

export const distributedVirtualPortgroup = define('DistributedVirtualPortgroup', {
  ReconfigureDVPortgroup_Task: {
    task(ctx, { spec }) {
      reconfigurePortgroup(ctx, spec);
    },
  },
  DVPortgroupRollback_Task: {
    task: (ctx, { entityBackup }) => rolledBack<DVPortgroupConfigSpec>(ctx, entityBackup),
  },
  Destroy_Task: {
    task({ tx, self }) {
      if (configOf(tx, self.ref).uplink) throw fault('NotSupported', {}, 'The uplink port group goes with its switch and cannot be destroyed alone.');
      removePortgroup(tx, self.ref);
    },
  },
}, {
  relations: [
    { type: 'DistributedVirtualPortgroup', path: 'config.distributedVirtualSwitch', inverse: 'portgroup', targets: ['DistributedVirtualSwitch'] },
    ...portRelations,
  ],
  rules: portRules,
});
