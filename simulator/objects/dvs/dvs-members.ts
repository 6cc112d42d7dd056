// Hosts of distributed switches: joining, leaving, and the uplink ports that their physical NICs are plugged into.
import {
  fault, isSubtype, type DistributedVirtualSwitchHostMember, type DistributedVirtualSwitchHostMemberConfigSpec, type DistributedVirtualSwitchHostMemberPnicSpec,
  type HostNetworkInfo, type HostProxySwitch, type ManagedObjectReference, type VMwareDVSConfigInfo,
} from '../../../core/vim25/index.ts';
import { hash } from '../../runtime/random.ts';
import type { Transaction } from '../../store/transaction.ts';
import { dropPorts, takePorts } from './dvs-ports.ts';
import { datacenterOf } from '../entity.ts';
import { attachNetwork, detachNetwork } from '../network-create.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];
type Keys = readonly string[];
type Member = DistributedVirtualSwitchHostMember;
type Backing = { readonly _type?: string; readonly pnicSpec?: readonly DistributedVirtualSwitchHostMemberPnicSpec[] };

const MAX_PORTS = 2_147_483_647;

const configOf = (tx: Transaction, dvs: Ref): VMwareDVSConfigInfo => tx.get(dvs, 'config') as VMwareDVSConfigInfo;

/** What the uplinks of each host are called. */
export const uplinkNames = (config: VMwareDVSConfigInfo): Keys =>
  (config.uplinkPortPolicy as { uplinkPortName?: Keys }).uplinkPortName ?? [];

/** The port groups of a switch, also those made in this transaction. */
export function portgroupsOf(tx: Transaction, dvs: Ref): Ref[] {
  const found = [];
  for (const ref of tx.all('DistributedVirtualPortgroup')) {
    if (tx.props<'DistributedVirtualPortgroup'>(ref).config!.distributedVirtualSwitch!.value === dvs.value) found.push(ref);
  }
  return found;
}

/** Makes a host a member of a switch: it sees all of the switch's port groups and gets its uplink ports. */
export function joinDvs(tx: Transaction, dvs: Ref, host: Ref, backing?: Backing, maxProxySwitchPorts = MAX_PORTS): void {
  const config = configOf(tx, dvs);
  const uplinkPortKey = addUplinkPorts(tx, dvs, uplinkNames(config).length);
  const group = config.uplinkPortgroup?.[0]?.value;
  const member: Member = {
    config: { host, maxProxySwitchPorts, backing: plugged(backing, uplinkPortKey, group, host) as unknown as Member['config']['backing'], nsxSwitch: false, ensEnabled: false },
    runtimeState: { currentMaxProxySwitchPorts: maxProxySwitchPorts },
    productInfo: config.productInfo,
    uplinkPortKey,
    status: 'up',
    statusDetail: '',
  };
  tx.set(dvs, 'config', { ...config, host: [...(config.host ?? []), member] });
  for (const portgroup of portgroupsOf(tx, dvs)) attachNetwork(tx, host, portgroup);
  showProxySwitch(tx, dvs, host);
}

function addUplinkPorts(tx: Transaction, dvs: Ref, count: number): Keys {
  const keys = takePorts(tx, dvs, count);
  const uplinks = configOf(tx, dvs).uplinkPortgroup?.[0];
  if (uplinks && tx.has(uplinks)) setKeys(tx, uplinks, [...(tx.get(uplinks, 'portKeys') as Keys), ...keys]);
  return keys;
}

function setKeys(tx: Transaction, group: Ref, keys: Keys): void {
  tx.set(group, 'portKeys', keys);
  tx.set(group, 'config.numPorts', keys.length);
}

function dropUplinkPorts(tx: Transaction, dvs: Ref, gone: Keys): void {
  const lost = new Set(gone);
  for (const uplinks of configOf(tx, dvs).uplinkPortgroup ?? []) {
    if (tx.has(uplinks)) setKeys(tx, uplinks, (tx.get(uplinks, 'portKeys') as Keys).filter((key) => !lost.has(key)));
  }
  dropPorts(tx, String(tx.get(dvs, 'uuid')), gone);
}

/** Gives each physical NIC its uplink port: the one it asks for, or the next free one of its host. */
function plugged(backing: Backing | undefined, ports: Keys, group: string | undefined, host: Ref): Backing {
  const taken = new Set((backing?.pnicSpec ?? []).map((nic) => nic.uplinkPortKey).filter((key) => key !== undefined && ports.includes(key)));
  const free = ports.filter((key) => !taken.has(key));
  const pnicSpec = (backing?.pnicSpec ?? []).map((nic) => {
    const key = nic.uplinkPortKey !== undefined && ports.includes(nic.uplinkPortKey) ? nic.uplinkPortKey : free.shift();
    if (key === undefined) throw fault('ResourceNotAvailable', { containerType: 'DistributedVirtualPortgroup', type: 'DistributedVirtualPort' }, `There are ${ports.length} uplinks per host: none is left for '${nic.pnicDevice}'.`);
    return { ...nic, uplinkPortKey: key, uplinkPortgroupKey: group, connectionCookie: hash(`${host.value} ${nic.pnicDevice} ${key}`) & 0x7fffffff };
  });
  return { _type: 'DistributedVirtualSwitchHostMemberPnicBacking', ...backing, pnicSpec };
}

/** Takes a host out of a switch: it no longer sees the port groups. */
export function leaveDvs(tx: Transaction, dvs: Ref, host: Ref): void {
  const config = configOf(tx, dvs);
  const member = config.host?.find((m) => m.config.host?.value === host.value);
  if (member === undefined) return;
  dropUplinkPorts(tx, dvs, member.uplinkPortKey ?? []);
  tx.set(dvs, 'config', { ...config, host: config.host!.filter((m) => m !== member) });
  for (const portgroup of portgroupsOf(tx, dvs)) detachNetwork(tx, host, portgroup);
  showProxySwitch(tx, dvs, host);
}

/** Applies the host part of a switch's specification. Throws AlreadyExists, NotFound, ResourceInUse. */
export function changeMembers(tx: Transaction, dvs: Ref, specs: readonly DistributedVirtualSwitchHostMemberConfigSpec[]): void {
  for (const { operation, host, backing, maxProxySwitchPorts } of specs) {
    if (!tx.has(host) || !isSubtype(host.type, 'HostSystem')) throw wrong(`There is no host ${host.value}.`);
    const name = String(tx.get(host, 'name'));
    if (datacenterOf(tx, host)?.value !== datacenterOf(tx, dvs)?.value) throw wrong(`Host '${name}' is in another datacenter.`);
    const members = configOf(tx, dvs).host ?? [];
    const member = members.find((m) => m.config.host?.value === host.value);
    checkNics(tx, dvs, host, backing as Backing | undefined);
    if (operation === 'add') {
      if (member) throw fault('AlreadyExists', { name }, `Host '${name}' is a member of the switch already.`);
      joinDvs(tx, dvs, host, backing as Backing | undefined, maxProxySwitchPorts);
    } else if (operation !== 'remove' && operation !== 'edit') {
      throw wrong(`The operation '${operation}' is not known; use add, edit or remove.`);
    } else if (!member) {
      throw fault('NotFound', {}, `Host '${name}' is not a member of the switch '${String(tx.get(dvs, 'name'))}'.`);
    } else if (operation === 'remove') {
      mustNotUse(tx, dvs, host);
      leaveDvs(tx, dvs, host);
    } else {
      const group = configOf(tx, dvs).uplinkPortgroup?.[0]?.value;
      const config = {
        ...member.config, ...(maxProxySwitchPorts === undefined ? {} : { maxProxySwitchPorts }),
        ...(backing ? { backing: plugged(backing as Backing, member.uplinkPortKey ?? [], group, host) as unknown as Member['config']['backing'] } : {}),
      };
      tx.set(dvs, 'config.host', members.map((m) => (m === member ? { ...m, config } : m)));
      showProxySwitch(tx, dvs, host);
    }
  }
}

const wrong = (message: string) => fault('InvalidArgument', { invalidProperty: 'spec.host' }, message);

const networkSystemOf = (tx: Transaction, host: Ref): Ref | undefined => tx.get(host, 'configManager.networkSystem') as Ref | undefined;

const networkOf = (tx: Transaction, host: Ref): HostNetworkInfo | undefined => {
  const system = networkSystemOf(tx, host);
  return system && (tx.get(system, 'networkInfo') as HostNetworkInfo | undefined);
};

/** Physical NICs must exist and serve no other switch. */
function checkNics(tx: Transaction, dvs: Ref, host: Ref, backing: Backing | undefined): void {
  const network = networkOf(tx, host);
  const name = String(tx.get(host, 'name'));
  for (const { pnicDevice } of backing?.pnicSpec ?? []) {
    const nic = network?.pnic?.find((known) => known.device === pnicDevice);
    if (!nic) throw fault('NotFound', {}, `Host '${name}' has no physical NIC '${pnicDevice}'. Known: ${network?.pnic?.map((known) => known.device).join(', ') || 'none'}.`);
    const other = network?.vswitch?.find((s) => s.pnic?.includes(nic.key!))?.name
      ?? network?.proxySwitch?.find((s) => s.dvsUuid !== tx.get(dvs, 'uuid') && s.pnic?.includes(nic.key!))?.dvsName;
    if (other !== undefined) throw fault('ResourceInUse', { type: 'PhysicalNic', name: pnicDevice }, `The physical NIC '${pnicDevice}' of host '${name}' is an uplink of '${other}'.`);
  }
}

function mustNotUse(tx: Transaction, dvs: Ref, host: Ref): void {
  const uuid = tx.get(dvs, 'uuid');
  const name = String(tx.get(host, 'name'));
  const inUse = (what: string) => fault('ResourceInUse', { type: 'HostSystem', name }, `Host '${name}' cannot leave the switch: ${what} is connected to it.`);
  const portgroups = new Set(portgroupsOf(tx, dvs).map((ref) => ref.value));
  for (const vm of (tx.get(host, 'vm') ?? []) as Refs) {
    if (((tx.get(vm, 'network') ?? []) as Refs).some((ref) => portgroups.has(ref.value))) throw inUse(`'${String(tx.get(vm, 'name'))}'`);
  }
  const nic = networkOf(tx, host)?.vnic?.find((vnic) => vnic.spec.distributedVirtualPort?.switchUuid === uuid);
  if (nic) throw inUse(nic.device);
}

/** Gives every member as many uplink ports as the switch has names for. Throws ResourceInUse for uplinks with a NIC. */
export function resizeUplinks(tx: Transaction, dvs: Ref): void {
  const count = uplinkNames(configOf(tx, dvs)).length;
  for (const member of configOf(tx, dvs).host ?? []) {
    const keys = member.uplinkPortKey ?? [];
    const host = member.config.host!;
    const gone = keys.slice(count);
    const nic = (member.config.backing as Backing).pnicSpec?.find((spec) => gone.includes(spec.uplinkPortKey!));
    if (nic) throw fault('ResourceInUse', { type: 'DistributedVirtualPort', name: nic.uplinkPortKey }, `The uplink of '${nic.pnicDevice}' of host '${String(tx.get(host, 'name'))}' is in use.`);
    const fresh = addUplinkPorts(tx, dvs, Math.max(0, count - keys.length));
    if (gone.length > 0) dropUplinkPorts(tx, dvs, gone);
    const uplinkPortKey = [...keys.slice(0, count), ...fresh];
    tx.set(dvs, 'config.host', configOf(tx, dvs).host!.map((m) => (m.config.host!.value === host.value ? { ...m, uplinkPortKey } : m)));
    showProxySwitch(tx, dvs, host);
  }
}

/** Shows the switch, as it is on that host, in the network of the host; or no longer. */
export function showProxySwitch(tx: Transaction, dvs: Ref, host: Ref): void {
  const system = networkSystemOf(tx, host);
  const network = networkOf(tx, host);
  if (!system || !network) return;
  const uuid = String(tx.get(dvs, 'uuid'));
  const config = configOf(tx, dvs);
  const member = config.host?.find((m) => m.config.host?.value === host.value);
  const others = (network.proxySwitch ?? []).filter((s) => s.dvsUuid !== uuid);
  if (!member && others.length === (network.proxySwitch ?? []).length) return;
  tx.set(system, 'networkInfo', { ...network, proxySwitch: member ? [...others, proxySwitch(uuid, config, member, network)] : others });
}

function proxySwitch(dvsUuid: string, config: VMwareDVSConfigInfo, member: Member, network: HostNetworkInfo): HostProxySwitch {
  const names = uplinkNames(config);
  const nics = (member.config.backing as Backing).pnicSpec ?? [];
  return {
    dvsUuid, dvsName: config.name, key: `DvsPortset-${dvsUuid}`, numPorts: 1536, configNumPorts: 512, numPortsAvailable: 1536 - nics.length, mtu: config.maxMtu,
    uplinkPort: (member.uplinkPortKey ?? []).map((key, i) => ({ key, value: names[i] ?? key })),
    pnic: nics.map(({ pnicDevice }) => network.pnic?.find((nic) => nic.device === pnicDevice)?.key ?? pnicDevice),
    spec: { backing: member.config.backing }, networkReservationSupported: true, nsxtEnabled: false, ensEnabled: false, ensInterruptEnabled: false,
  };
}
