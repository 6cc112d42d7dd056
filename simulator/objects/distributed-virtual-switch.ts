// DistributedVirtualSwitch: port groups, member hosts, ports, and the summary that follows from them.
import {
  fault, isSubtype, type DistributedVirtualPort, type DistributedVirtualSwitchPortCriteria, type DVPortgroupConfigSpec, type DVSConfigSpec,
  type DVSSummary, type ManagedObjectReference, type VMwareDVSConfigInfo,
} from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Rule } from '../store/derive.ts';
import type { Props } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import { createPortgroup, joinDvs } from './dvs-create.ts';
import { assertFreeName, datacenterOf, validName } from './entity.ts';
import { removePortgroup } from './distributed-virtual-portgroup.ts';
import { rename } from './managed-entity.ts';
import { leaveDvs } from './removal.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

function addPortgroup({ sim, tx, self }: TransactionContext, spec: DVPortgroupConfigSpec): Ref {
  if (spec.name === undefined) throw fault('InvalidArgument', { invalidProperty: 'spec.name' }, 'The port group needs a name.');
  if (spec.type !== undefined && !['earlyBinding', 'lateBinding', 'ephemeral'].includes(spec.type)) {
    throw fault('InvalidArgument', { invalidProperty: 'spec.type' }, `The port group type '${spec.type}' is not known; use earlyBinding, lateBinding or ephemeral.`);
  }
  const name = validName(spec.name, self.ref);
  assertFreeName(tx, tx.get(self.ref, 'parent') as Ref, name);
  return createPortgroup(sim, tx, self.ref, { ...spec, name });
}

const SCALARS = [
  'maxPorts', 'numStandalonePorts', 'uplinkPortPolicy', 'extensionKey', 'description', 'policy', 'contact', 'switchIpAddress',
  'defaultProxySwitchMaxNumPorts', 'networkResourceControlVersion', 'maxMtu', 'linkDiscoveryProtocolConfig', 'ipfixConfig', 'lacpApiVersion',
  'multicastFilteringMode',
] as const;

function reconfigure({ tx, self }: TransactionContext, spec: DVSConfigSpec): void {
  const config = tx.get(self.ref, 'config') as VMwareDVSConfigInfo;
  if (spec.configVersion !== undefined && spec.configVersion !== config.configVersion) {
    throw fault('ConcurrentAccess', {}, `The switch was changed meanwhile: its configVersion is ${config.configVersion}.`);
  }
  const given = spec as unknown as Props;
  const changes = Object.fromEntries(SCALARS.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]));
  tx.set(self.ref, 'config', {
    ...config, ...changes,
    ...(spec.defaultPortConfig ? { defaultPortConfig: { ...config.defaultPortConfig, ...spec.defaultPortConfig, _type: 'VMwareDVSPortSetting' } } : {}),
    configVersion: String(Number(config.configVersion) + 1),
  });
  for (const { operation, host, backing } of spec.host ?? []) changeMember(tx, self.ref, operation, host, backing);
  if (spec.name !== undefined) rename(tx, self.ref, spec.name);
}

function changeMember(tx: TransactionContext['tx'], dvs: Ref, operation: string, host: Ref, backing: { readonly _type?: string } | undefined): void {
  const wrong = (message: string) => fault('InvalidArgument', { invalidProperty: 'spec.host' }, message);
  if (!tx.has(host) || !isSubtype(host.type, 'HostSystem')) throw wrong(`There is no host ${host.value}.`);
  const name = String(tx.get(host, 'name'));
  if (datacenterOf(tx, host)?.value !== datacenterOf(tx, dvs)?.value) throw wrong(`Host '${name}' is in another datacenter.`);
  const members = (tx.get(dvs, 'config') as VMwareDVSConfigInfo).host ?? [];
  const member = members.find((m) => m.config.host?.value === host.value);
  if (operation === 'add') {
    if (member) throw fault('AlreadyExists', { name }, `Host '${name}' is a member of the switch already.`);
    joinDvs(tx, dvs, host, backing);
  } else if (!member) {
    throw wrong(`Host '${name}' is not a member of the switch.`);
  } else if (operation === 'remove') {
    mustNotUse(tx, dvs, host);
    leaveDvs(tx, dvs, host);
  } else if (operation === 'edit' && backing) {
    tx.set(dvs, 'config.host', members.map((m) => (m === member ? { ...m, config: { ...m.config, backing } } : m)));
  }
}

function mustNotUse(tx: TransactionContext['tx'], dvs: Ref, host: Ref): void {
  const portgroups = new Set(((tx.get(dvs, 'portgroup') ?? []) as Refs).map((ref) => ref.value));
  for (const vm of (tx.get(host, 'vm') ?? []) as Refs) {
    if (!((tx.get(vm, 'network') ?? []) as Refs).some((ref) => portgroups.has(ref.value))) continue;
    const name = String(tx.get(host, 'name'));
    throw fault('ResourceInUse', { type: 'HostSystem', name }, `Host '${name}' runs '${String(tx.get(vm, 'name'))}', which is connected to the switch.`);
  }
}

/** The ports of a switch, made from the port keys of its port groups and the network cards that hold them. */
function* ports(store: Store, dvs: Ref, config: VMwareDVSConfigInfo): Iterable<DistributedVirtualPort> {
  for (const portgroup of (store.get(dvs)!.props['portgroup'] ?? []) as Refs) {
    const props = store.get(portgroup)?.props;
    if (!props) continue;
    const holders = new Map<string, { vm: Ref; nicKey: string }>();
    for (const vm of (props['vm'] ?? []) as Refs) {
      const devices = ((store.get(vm)?.props['config'] as { hardware?: { device?: readonly Props[] } } | undefined)?.hardware?.device ?? []);
      for (const device of devices) {
        const port = (device['backing'] as { port?: { portKey?: string; portgroupKey?: string } } | undefined)?.port;
        if (port?.portgroupKey === portgroup.value && port.portKey) holders.set(port.portKey, { vm, nicKey: String(device['key']) });
      }
    }
    const { defaultPortConfig } = props['config'] as { defaultPortConfig: NonNullable<DistributedVirtualPort['config']['setting']> };
    for (const key of (props['portKeys'] ?? []) as readonly string[]) {
      const holder = holders.get(key);
      yield {
        key, config: { name: '', scope: [], setting: defaultPortConfig, configVersion: '0' }, dvsUuid: config.uuid, portgroupKey: portgroup.value,
        ...(holder ? { connectee: { connectedEntity: holder.vm, nicKey: holder.nicKey, type: 'vmVnic' } } : {}),
        conflict: false, lastStatusChange: config.createTime,
      };
    }
  }
}

function matches(port: DistributedVirtualPort, criteria: DistributedVirtualSwitchPortCriteria | undefined): boolean {
  if (!criteria) return true;
  const { connected, portKey, portgroupKey, inside } = criteria;
  if (connected !== undefined && connected !== (port.connectee !== undefined)) return false;
  if (portKey?.length && !portKey.includes(port.key)) return false;
  if (portgroupKey?.length && portgroupKey.includes(port.portgroupKey!) !== (inside ?? true)) return false;
  return true;
}

const summaryFollows: Rule = {
  type: 'DistributedVirtualSwitch',
  inputs: ['name', 'config', 'portgroup'],
  watch: [{ type: 'DistributedVirtualPortgroup', path: 'config.distributedVirtualSwitch', inputs: ['name', 'vm', 'portKeys'] }],
  derive(props, read) {
    const config = props['config'] as VMwareDVSConfigInfo;
    const old = props['summary'] as DVSSummary;
    const portgroups = ((props['portgroup'] ?? []) as Refs).map((ref) => read(ref)).filter((p) => p !== undefined);
    const host = (config.host ?? []).map((member) => member.config.host!);
    const vm = new Map(portgroups.flatMap((p) => ((p['vm'] ?? []) as Refs).map((ref) => [ref.value, ref] as const)));
    const numPorts = portgroups.reduce((sum, p) => sum + ((p['portKeys'] ?? []) as readonly string[]).length, 0) + config.numStandalonePorts;
    const status = (ref: Ref) => ({ host: ref, status: 'up', healthCheckResult: [] });
    return {
      config: config.numPorts === numPorts ? config : { ...config, numPorts },
      summary: {
        ...old, name: props['name'], numPorts, hostMember: host, host, numHosts: host.length, vm: [...vm.values()],
        portgroupName: portgroups.map((p) => p['name']), description: config.description, contact: config.contact,
      },
      runtime: { hostMemberRuntime: host.map(status) },
    };
  },
};

export const distributedVirtualSwitch = define('DistributedVirtualSwitch', {
  AddDVPortgroup_Task: {
    task(ctx, { spec }) {
      for (const each of spec) addPortgroup(ctx, each);
    },
  },
  CreateDVPortgroup_Task: {
    task: (ctx, { spec }) => addPortgroup(ctx, spec),
  },
  ReconfigureDvs_Task: {
    task(ctx, { spec }) {
      reconfigure(ctx, spec);
    },
  },
  FetchDVPorts: {
    query: ({ sim, self }, { criteria }) =>
      [...ports(sim.store, self.ref, self.props['config'] as VMwareDVSConfigInfo)].filter((port) => matches(port, criteria)),
  },
  FetchDVPortKeys: {
    query: ({ sim, self }, { criteria }) =>
      [...ports(sim.store, self.ref, self.props['config'] as VMwareDVSConfigInfo)].filter((port) => matches(port, criteria)).map((port) => port.key),
  },
  LookupDvPortGroup: {
    query({ self }, { portgroupKey }) {
      return ((self.props['portgroup'] ?? []) as Refs).find((ref) => ref.value === portgroupKey);
    },
  },
  EnableNetworkResourceManagement({ tx, self }, { enable }) {
    tx.set(self.ref, 'config.networkResourceManagementEnabled', enable);
  },
  Destroy_Task: {
    task({ tx, self }) {
      for (const portgroup of [...((tx.get(self.ref, 'portgroup') ?? []) as Refs)]) removePortgroup(tx, portgroup);
      tx.remove(self.ref);
    },
  },
}, { rules: [summaryFollows] });
