// DistributedVirtualSwitch: its configuration, port groups and ports, and the summary that follows from them.
import {
  fault, type DVPortConfigInfo, type DVPortConfigSpec, type DVPortgroupConfigInfo, type DVPortgroupConfigSpec, type DVPortSetting, type DVSConfigSpec,
  type DVSNetworkResourcePool, type DVSSummary, type ManagedObjectReference, type VMwareDVSConfigInfo, type VMwareDVSConfigSpec, type VirtualMachineConfigInfo,
} from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Rule } from '../../store/derive.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { createPortgroup, dvsVersions } from './dvs-create.ts';
import { changeMembers, leaveDvs, resizeUplinks, showProxySwitch } from './dvs-members.ts';
import { rolledBack, specOf } from './dvs-backup.ts';
import { settingMethods } from './dvs-settings.ts';
import { dropPorts, forgetPorts, holdersOf, ownerOfPort, portOf, portRef, takePorts } from './dvs-ports.ts';
import { ports } from './dvs-view.ts';
import { assertFreeName, validName } from '../entity.ts';
import { checkPortgroupSpec, mustBeUnused, removePortgroup } from './distributed-virtual-portgroup.ts';
import { rename } from '../managed-entity.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];
type Keys = readonly string[];

const configOf = (tx: Transaction, dvs: Ref): VMwareDVSConfigInfo => tx.get(dvs, 'config') as VMwareDVSConfigInfo;
const uuidOf = (tx: Transaction, dvs: Ref): string => String(tx.get(dvs, 'uuid'));

function addPortgroup({ sim, tx, self }: TransactionContext, spec: DVPortgroupConfigSpec, siblings: ReadonlySet<string> = new Set()): Ref {
  if (spec.name === undefined || spec.name === '') throw fault('InvalidName', { name: '' }, 'The port group needs a name: spec.name is empty.');
  checkPortgroupSpec(spec);
  const name = validName(spec.name, self.ref);
  assertFreeName(tx, tx.get(self.ref, 'parent') as Ref, name);
  if (siblings.has(name)) throw fault('DuplicateName', { name, object: self.ref }, `The name '${name}' is given twice.`);
  return createPortgroup(sim, tx, self.ref, { ...spec, name });
}

const SCALARS = [
  'maxPorts', 'uplinkPortPolicy', 'extensionKey', 'description', 'policy', 'contact', 'switchIpAddress', 'vendorSpecificConfig',
  'defaultProxySwitchMaxNumPorts', 'networkResourceControlVersion', 'infrastructureTrafficResourceConfig', 'netResourcePoolTrafficResourceConfig', 'maxMtu',
  'linkDiscoveryProtocolConfig', 'ipfixConfig', 'lacpApiVersion', 'multicastFilteringMode',
] as const;

/** Changes a switch; what it was before is kept to go back to. */
export function reconfigureDvs({ tx, self }: Pick<TransactionContext, 'tx'> & { readonly self: { readonly ref: Ref } }, spec: DVSConfigSpec): void {
  const config = configOf(tx, self.ref);
  if (spec.configVersion !== undefined && spec.configVersion !== '' && spec.configVersion !== config.configVersion) {
    throw fault('ConcurrentAccess', {}, `The switch was changed meanwhile: its configVersion is ${config.configVersion}.`);
  }
  const { maxMtu, pvlanConfigSpec } = spec as VMwareDVSConfigSpec;
  if (maxMtu !== undefined && (maxMtu < 1280 || maxMtu > 9000)) throw fault('InvalidArgument', { invalidProperty: 'spec.maxMtu' }, `The MTU is ${maxMtu}; it goes from 1280 to 9000.`);
  tx.set(self.ref, '_previous', specOf(tx, self.ref));
  const given = spec as unknown as Props;
  const changes = Object.fromEntries(SCALARS.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]));
  tx.set(self.ref, 'config', {
    ...config, ...changes,
    ...(spec.defaultPortConfig ? { defaultPortConfig: { ...config.defaultPortConfig, ...spec.defaultPortConfig, _type: 'VMwareDVSPortSetting' } } : {}),
    ...(pvlanConfigSpec ? { pvlanConfig: changedPvlans(config.pvlanConfig ?? [], pvlanConfigSpec) } : {}),
    configVersion: String(Number(config.configVersion) + 1),
  });
  if (spec.uplinkPortPolicy) resizeUplinks(tx, self.ref);
  if (spec.numStandalonePorts !== undefined) resizeStandalone(tx, self.ref, spec.numStandalonePorts);
  changeMembers(tx, self.ref, spec.host ?? []);
  if (spec.name !== undefined && spec.name !== '') rename(tx, self.ref, spec.name);
  if (spec.name || maxMtu !== undefined) for (const member of configOf(tx, self.ref).host ?? []) showProxySwitch(tx, self.ref, member.config.host!);
  const count = portCount(tx, self.ref);
  if (count > configOf(tx, self.ref).maxPorts) {
    throw fault('LimitExceeded', { property: 'maxPorts', limit: configOf(tx, self.ref).maxPorts }, `The switch would have ${count} ports; maxPorts is ${configOf(tx, self.ref).maxPorts}.`);
  }
}

const portCount = (tx: Transaction, dvs: Ref): number =>
  ((tx.get(dvs, 'portgroup') ?? []) as Refs).reduce((sum, group) => sum + ((tx.get(group, 'portKeys') ?? []) as Keys).length, ((tx.get(dvs, '_standalone') ?? []) as Keys).length);

type Pvlans = NonNullable<VMwareDVSConfigInfo['pvlanConfig']>;

function changedPvlans(old: Pvlans, specs: NonNullable<VMwareDVSConfigSpec['pvlanConfigSpec']>): Pvlans {
  const key = (entry: Pvlans[number]) => `${entry.primaryVlanId} ${entry.secondaryVlanId}`;
  const entries = new Map(old.map((entry) => [key(entry), entry]));
  for (const { operation, pvlanEntry } of specs) {
    if (operation === 'remove') entries.delete(key(pvlanEntry));
    else entries.set(key(pvlanEntry), pvlanEntry);
  }
  return [...entries.values()];
}

function resizeStandalone(tx: Transaction, dvs: Ref, count: number): void {
  if (count < 0) throw fault('InvalidArgument', { invalidProperty: 'spec.numStandalonePorts' }, `A switch cannot have ${count} standalone ports.`);
  const keys = (tx.get(dvs, '_standalone') ?? []) as Keys;
  const gone = keys.slice(count);
  if (gone.some((key) => holdersOf(tx, uuidOf(tx, dvs), key).length > 0)) throw fault('ResourceInUse', { type: 'DistributedVirtualPort', name: gone[0]! }, 'A standalone port that would go is connected.');
  dropPorts(tx, uuidOf(tx, dvs), gone);
  tx.set(dvs, '_standalone', [...keys.slice(0, count), ...takePorts(tx, dvs, Math.max(0, count - keys.length))]);
  tx.set(dvs, 'config.numStandalonePorts', count);
}

/** The port group of a port. Throws NotFound for a key that the switch does not know. */
function ownerOf(tx: Transaction, dvs: Ref, key: string): Ref | 'standalone' {
  const owner = ownerOfPort(tx, dvs, key);
  if (owner === undefined) throw fault('NotFound', {}, `The switch '${String(tx.get(dvs, 'name'))}' has no port '${key}'.`);
  return owner;
}

function reconfigurePort({ sim, tx, self }: TransactionContext, spec: DVPortConfigSpec): void {
  if (spec.operation !== 'edit') throw fault('NotSupported', {}, `Ports are added and removed by the number of ports; the operation '${spec.operation}' is not edit.`);
  if (spec.key === undefined) throw fault('InvalidArgument', { invalidProperty: 'port.key' }, 'The port to edit is not named: key is empty.');
  const owner = ownerOf(tx, self.ref, spec.key);
  const ref = portRef(uuidOf(tx, self.ref), spec.key);
  const group = owner === 'standalone' ? undefined : owner;
  if (!tx.has(ref)) tx.create(ref.type, ref.value, { portgroup: group, key: spec.key, since: sim.clock.now(), _holder: [] });
  const old = (tx.get(ref, 'config') ?? { configVersion: '0' }) as DVPortConfigInfo;
  if (spec.configVersion !== undefined && spec.configVersion !== '' && spec.configVersion !== old.configVersion) {
    throw fault('ConcurrentAccess', {}, `The port '${spec.key}' was changed meanwhile: its configVersion is ${old.configVersion}.`);
  }
  const { name, description, scope } = spec;
  tx.set(ref, 'config', {
    ...old, ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }), ...(scope === undefined ? {} : { scope }),
    ...(spec.setting ? { setting: { ...old.setting, ...spec.setting, _type: 'VMwareDVSPortSetting' } as DVPortSetting } : {}),
    configVersion: String(Number(old.configVersion) + 1),
  });
}

/** Moves a port to another port group of the switch (or to none); the adapter that holds it goes along. */
function movePort({ tx, self }: TransactionContext, key: string, target: Ref | undefined): void {
  const from = ownerOf(tx, self.ref, key);
  const uuid = uuidOf(tx, self.ref);
  if (from !== 'standalone' && (tx.get(from, 'config') as DVPortgroupConfigInfo).uplink) throw fault('DvsFault', {}, `Port '${key}' is an uplink and cannot be moved.`);
  if (from !== 'standalone' && from.value === target?.value) return;
  const holders = holdersOf(tx, uuid, key);
  const live = target && (tx.get(target, 'config') as DVPortgroupConfigInfo).policy.livePortMovingAllowed;
  if (holders.length > 0 && live !== true) throw fault('DvsFault', {}, `Port '${key}' is connected to '${String(tx.get(holders[0]!, 'name'))}', and the port group does not allow to move live ports.`);
  setKeys(tx, self.ref, from, (keys) => keys.filter((other) => other !== key));
  setKeys(tx, self.ref, target ?? 'standalone', (keys) => [...keys, key]);
  const ref = portRef(uuid, key);
  if (tx.has(ref)) tx.set(ref, 'portgroup', target);
  for (const vm of holders) if (vm.type === 'VirtualMachine') replug(tx, vm, uuid, key, target);
}

function setKeys(tx: Transaction, dvs: Ref, owner: Ref | 'standalone', change: (keys: Keys) => Keys): void {
  if (owner === 'standalone') {
    const keys = change((tx.get(dvs, '_standalone') ?? []) as Keys);
    tx.set(dvs, '_standalone', keys);
    tx.set(dvs, 'config.numStandalonePorts', keys.length);
    return;
  }
  const keys = change((tx.get(owner, 'portKeys') ?? []) as Keys);
  tx.update(owner, { portKeys: keys, config: { ...(tx.get(owner, 'config') as DVPortgroupConfigInfo), numPorts: keys.length }, _cursor: 0, _full: false });
}

function replug(tx: Transaction, vm: Ref, uuid: string, key: string, target: Ref | undefined): void {
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const device = config.hardware.device?.map((old) => {
    const port = portOf(old);
    if (port?.switchUuid !== uuid || port.portKey !== key) return old;
    const { portgroupKey: _, ...rest } = port;
    return { ...old, backing: { ...old.backing, port: target ? { ...rest, portgroupKey: target.value } : rest } };
  });
  tx.set(vm, 'config', { ...config, hardware: { ...config.hardware, device } });
}

const summaryFollows: Rule = {
  type: 'DistributedVirtualSwitch',
  inputs: ['name', 'config', 'portgroup', '_standalone'],
  watch: [
    { type: 'DistributedVirtualPortgroup', path: 'config.distributedVirtualSwitch', inputs: ['name', 'vm', 'portKeys'] },
  ],
  derive(props, read) {
    const config = props['config'] as VMwareDVSConfigInfo;
    const old = props['summary'] as DVSSummary;
    const portgroups = ((props['portgroup'] ?? []) as Refs).map((ref) => read(ref)).filter((p) => p !== undefined);
    const host = (config.host ?? []).map((member) => member.config.host!);
    const vm = new Map(portgroups.flatMap((p) => ((p['vm'] ?? []) as Refs).map((ref) => [ref.value, ref] as const)));
    const numPorts = portgroups.reduce((sum, p) => sum + ((p['portKeys'] ?? []) as Keys).length, 0) + ((props['_standalone'] ?? []) as Keys).length;
    const status = (ref: Ref) => ({ host: ref, status: 'up', healthCheckResult: [] });
    return {
      config: config.numPorts === numPorts ? config : { ...config, numPorts },
      summary: {
        ...old, name: props['name'], productInfo: config.productInfo, numPorts, hostMember: host, host, numHosts: host.length, vm: [...vm.values()],
        portgroupName: portgroups.map((p) => p['name']), description: config.description, contact: config.contact,
      },
      runtime: { hostMemberRuntime: host.map(status) },
    };
  },
};

export const distributedVirtualSwitch = define('DistributedVirtualSwitch', {
  AddDVPortgroup_Task: {
    task(ctx, { spec }) {
      const names = new Set<string>();
      for (const each of spec) {
        addPortgroup(ctx, each, names);
        names.add(validName(each.name!));
      }
    },
  },
  CreateDVPortgroup_Task: {
    task: (ctx, { spec }) => addPortgroup(ctx, spec),
  },
  ReconfigureDvs_Task: {
    task(ctx, { spec }) {
      reconfigureDvs(ctx, spec);
    },
  },
  DVSRollback_Task: {
    task: (ctx, { entityBackup }) => rolledBack<DVSConfigSpec>(ctx, entityBackup),
  },
  ...settingMethods,
  FetchDVPorts: {
    query: ({ sim, self }, { criteria }) => [...ports((ref) => sim.store.get(ref)?.props, self.ref, criteria)],
  },
  FetchDVPortKeys: {
    query: ({ sim, self }, { criteria }) => [...ports((ref) => sim.store.get(ref)?.props, self.ref, criteria)].map((port) => port.key),
  },
  ReconfigureDVPort_Task: {
    task(ctx, { port }) {
      for (const spec of port) reconfigurePort(ctx, spec);
    },
  },
  MoveDVPort_Task: {
    task(ctx, { portKey, destinationPortgroupKey }) {
      const target = destinationPortgroupKey === undefined ? undefined : ((ctx.tx.get(ctx.self.ref, 'portgroup') ?? []) as Refs).find((ref) => ref.value === destinationPortgroupKey);
      if (destinationPortgroupKey !== undefined && !target) throw fault('NotFound', {}, `The switch has no port group '${destinationPortgroupKey}'.`);
      for (const key of portKey) movePort(ctx, key, target);
    },
  },
  RefreshDVPortState({ tx, self }, { portKeys }) {
    for (const key of portKeys ?? []) ownerOf(tx, self.ref, key);
  },
  QueryUsedVlanIdInDvs: {
    query({ sim, self }) {
      const ids = new Set<number>();
      for (const group of (self.props['portgroup'] ?? []) as Refs) {
        const config = sim.store.get(group)?.props['config'] as DVPortgroupConfigInfo | undefined;
        const vlan = (config?.defaultPortConfig as { vlan?: { vlanId?: unknown } } | undefined)?.vlan?.vlanId;
        if (typeof vlan === 'number' && vlan > 0 && !config?.uplink) ids.add(vlan);
      }
      return [...ids].sort((a, b) => a - b);
    },
  },
  LookupDvPortGroup: {
    query({ self }, { portgroupKey }) {
      const found = ((self.props['portgroup'] ?? []) as Refs).find((ref) => ref.value === portgroupKey);
      if (!found) throw fault('NotFound', {}, `The switch has no port group '${portgroupKey}'.`);
      return found;
    },
  },
  PerformDvsProductSpecOperation_Task: {
    task({ sim, tx, self }, { operation, productSpec }) {
      if (!['upgrade', 'proceedWithUpgrade'].includes(operation)) throw fault('NotSupported', {}, `The operation '${operation}' is not supported; use upgrade.`);
      const config = configOf(tx, self.ref);
      const known = dvsVersions(sim.about);
      const version = productSpec?.version ?? known.at(-1)!;
      const at = (v: string | undefined) => known.indexOf(v ?? '');
      if (at(version) < 0) throw fault('InvalidArgument', { invalidProperty: 'productSpec.version' }, `There is no distributed switch of version '${version}'; use one of ${known.join(', ')}.`);
      if (at(version) < at(config.productInfo.version)) throw fault('InvalidArgument', { invalidProperty: 'productSpec.version' }, `The switch has version ${config.productInfo.version} and cannot go back to ${version}.`);
      const productInfo = { ...config.productInfo, version };
      tx.set(self.ref, 'config', { ...config, productInfo, host: config.host?.map((member) => ({ ...member, productInfo })), configVersion: String(Number(config.configVersion) + 1) });
    },
  },
  UpdateDvsCapability({ tx, self }, { capability }) {
    tx.set(self.ref, 'capability', { ...(tx.get(self.ref, 'capability') as object), ...capability });
  },
  RectifyDvsHost_Task: {
    task({ tx, self }, { hosts }) {
      const members = new Set((configOf(tx, self.ref).host ?? []).map((member) => member.config.host!.value));
      for (const host of hosts ?? []) if (!members.has(host.value)) throw fault('NotFound', {}, `Host '${host.value}' is not a member of the switch.`);
      for (const member of configOf(tx, self.ref).host ?? []) showProxySwitch(tx, self.ref, member.config.host!);
    },
  },
  EnableNetworkResourceManagement({ tx, self }, { enable }) {
    tx.set(self.ref, 'config.networkResourceManagementEnabled', enable);
  },
  AddNetworkResourcePool({ tx, self }, { configSpec }) {
    const pools = [...((tx.get(self.ref, 'networkResourcePool') ?? []) as readonly DVSNetworkResourcePool[])];
    for (const { key, name, description, allocationInfo } of configSpec) {
      if (!name) throw fault('InvalidName', { name: name ?? '' }, 'A network resource pool needs a name.');
      if (pools.some((pool) => pool.key === key || pool.name === name)) throw fault('DvsFault', {}, `There is a network resource pool '${name}' already.`);
      pools.push({ key: key || `NRP_${pools.length + 1}`, name, description: description ?? '', configVersion: '0', allocationInfo: { limit: -1, shares: { level: 'normal', shares: 50 }, ...allocationInfo } });
    }
    tx.set(self.ref, 'networkResourcePool', pools);
  },
  UpdateNetworkResourcePool({ tx, self }, { configSpec }) {
    const pools = [...((tx.get(self.ref, 'networkResourcePool') ?? []) as readonly DVSNetworkResourcePool[])];
    for (const { key, name, description, allocationInfo, configVersion } of configSpec) {
      const at = pools.findIndex((pool) => pool.key === key);
      const old = pools[at];
      if (!old) throw fault('NotFound', {}, `There is no network resource pool '${key}'.`);
      if (configVersion !== undefined && configVersion !== old.configVersion) throw fault('ConcurrentAccess', {}, `The network resource pool was changed meanwhile: its configVersion is ${old.configVersion}.`);
      pools[at] = { ...old, ...(name ? { name } : {}), ...(description === undefined ? {} : { description }), allocationInfo: { ...old.allocationInfo, ...allocationInfo }, configVersion: String(Number(old.configVersion) + 1) };
    }
    tx.set(self.ref, 'networkResourcePool', pools);
  },
  RemoveNetworkResourcePool({ tx, self }, { key }) {
    const pools = (tx.get(self.ref, 'networkResourcePool') ?? []) as readonly DVSNetworkResourcePool[];
    for (const each of key) if (!pools.some((pool) => pool.key === each)) throw fault('NotFound', {}, `There is no network resource pool '${each}'.`);
    tx.set(self.ref, 'networkResourcePool', pools.filter((pool) => !key.includes(pool.key)));
  },
  Destroy_Task: {
    task({ tx, self }) {
      const groups = [...((tx.get(self.ref, 'portgroup') ?? []) as Refs)];
      for (const group of groups) mustBeUnused(tx, group);
      for (const member of configOf(tx, self.ref).host ?? []) leaveDvs(tx, self.ref, member.config.host!);
      for (const group of groups) removePortgroup(tx, group);
      forgetPorts(tx, self.ref);
      tx.remove(self.ref);
    },
  },
}, { rules: [summaryFollows] });
