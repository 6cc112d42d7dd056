// Ports of distributed switches: which there are and who holds them. A port that was ever taken or configured is an
// internal `_DvPort` object; its holders follow from the adapters of machines and hosts, so they cannot drift.
import {
  fault, type DistributedVirtualSwitchPortConnection, type DVPortgroupConfigInfo, type Fault, type HostNetworkInfo, type ManagedObjectReference,
  type VirtualDevice, type VirtualMachineConfigInfo,
} from '../../../core/vim25/index.ts';
import type { Relation, Rule } from '../../store/derive.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { hash } from '../../runtime/random.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];
type Keys = readonly string[];
type Connection = DistributedVirtualSwitchPortConnection;

const NONE: Refs = Object.freeze([]);
/** How many ports a full port group with autoExpand grows by. */
const MARGIN = 8;

/** The internal object of a port; keys are unique in their switch. */
export const portRef = (switchUuid: string, key: string): Ref => ({ type: '_DvPort', value: `dvport:${switchUuid}/${key}` });

/** `count` fresh port keys: numbers, unique in the switch. */
export function takePorts(tx: Transaction, dvs: Ref, count: number): Keys {
  const first = tx.get(dvs, '_nextPort') as number;
  tx.set(dvs, '_nextPort', first + count);
  return Array.from({ length: count }, (_, i) => String(first + i));
}

export const findDvs = (tx: Transaction, uuid: string): Ref | undefined => {
  for (const ref of tx.all('VmwareDistributedVirtualSwitch')) if (tx.get(ref, 'uuid') === uuid) return ref;
  return undefined;
};

/** Machines and hosts that hold the port. */
export const holdersOf = (tx: Transaction, switchUuid: string, key: string): Refs =>
  ((tx.get(portRef(switchUuid, key), '_holder') ?? NONE) as Refs).filter((holder) => tx.has(holder));

const configOf = (tx: Transaction, group: Ref): DVPortgroupConfigInfo => tx.get(group, 'config') as DVPortgroupConfigInfo;
const keysOf = (tx: Transaction, group: Ref): Keys => (tx.get(group, 'portKeys') ?? []) as Keys;

/** The backing of an adapter's port, when it is on a distributed switch. */
export const portOf = (device: VirtualDevice): Connection | undefined => (device.backing as { port?: Connection } | undefined)?.port;

/** Throws `refuse(why)` unless the connection leads somewhere; gives the port group. */
function groupOf(tx: Transaction, { switchUuid, portgroupKey, portKey }: Connection, refuse: (why: string) => Fault): Ref | undefined {
  const dvs = findDvs(tx, switchUuid);
  if (!dvs) throw refuse(`there is no distributed switch '${switchUuid}'`);
  if (portgroupKey === undefined || portgroupKey === '') {
    if (portKey === undefined || portKey === '') throw refuse('it names neither a port group nor a port');
    const owner = ownerOfPort(tx, dvs, portKey);
    if (owner === undefined) throw refuse(`the switch '${String(tx.get(dvs, 'name'))}' has no port '${portKey}'`);
    return owner === 'standalone' ? undefined : owner;
  }
  const group = { type: 'DistributedVirtualPortgroup', value: portgroupKey };
  if (!tx.has(group)) throw refuse(`there is no distributed port group '${portgroupKey}'`);
  const config = configOf(tx, group);
  if (config.distributedVirtualSwitch!.value !== dvs.value) throw refuse(`port group '${config.name}' is not on the switch '${switchUuid}'`);
  if (config.uplink) throw refuse(`port group '${config.name}' is for uplinks`);
  return group;
}

/** The port group that has the port; undefined when the switch does not know the key. */
export function ownerOfPort(tx: Transaction, dvs: Ref, key: string): Ref | 'standalone' | undefined {
  if (((tx.get(dvs, '_standalone') ?? []) as Keys).includes(key)) return 'standalone';
  return ((tx.get(dvs, 'portgroup') ?? NONE) as Refs).find((group) => keysOf(tx, group).includes(key));
}

/** Writes down that `holder` has the port, so that nobody else gets it before the commit. */
function hold(tx: Transaction, now: Date, switchUuid: string, group: Ref | undefined, key: string, holder: Ref): void {
  const ref = portRef(switchUuid, key);
  if (!tx.has(ref)) tx.create(ref.type, ref.value, { portgroup: group, key, since: now, _holder: [holder] });
  else tx.update(ref, { since: now, _holder: [holder] });
}

/** Notes the ports that the adapters of a loaded machine or host hold: who holds them follows. */
export function adoptPorts(tx: Transaction, now: Date, connections: readonly (Connection | undefined)[]): void {
  for (const port of connections) {
    if (port?.portKey === undefined || findDvs(tx, port.switchUuid) === undefined) continue;
    const ref = portRef(port.switchUuid, port.portKey);
    if (!tx.has(ref)) tx.create(ref.type, ref.value, { ...(port.portgroupKey ? { portgroup: { type: 'DistributedVirtualPortgroup', value: port.portgroupKey } } : {}), key: port.portKey, since: now });
  }
}

const isFree = (tx: Transaction, switchUuid: string, key: string): boolean => holdersOf(tx, switchUuid, key).length === 0;

/** A port of the group that nobody holds; a full group grows when it may. */
function freePort(tx: Transaction, group: Ref, switchUuid: string): string | undefined {
  const keys = keysOf(tx, group);
  const start = Math.min(Number(tx.get(group, '_cursor') ?? 0), keys.length);
  const full = tx.get(group, '_full') === true;
  // `_full` says that nothing was freed since the last search from the beginning: filling a group stays linear.
  for (let i = 0; i < keys.length; i++) {
    const at = (start + i) % keys.length;
    if (full && at < start) break;
    if (!isFree(tx, switchUuid, keys[at]!)) continue;
    tx.set(group, '_cursor', at + 1);
    return keys[at]!;
  }
  const config = configOf(tx, group);
  if (config.autoExpand === false) return undefined;
  const fresh = takePorts(tx, config.distributedVirtualSwitch!, MARGIN);
  tx.update(group, { portKeys: [...keys, ...fresh], config: { ...config, numPorts: keys.length + MARGIN }, _cursor: keys.length + 1, _full: true });
  return fresh[0]!;
}

export interface Plug {
  /** The machine or host whose adapter it is. */
  readonly holder: Ref;
  /** Differs between the adapters of one holder. */
  readonly adapter: string | number;
  readonly now: Date;
  /** What the adapter was plugged into before. */
  readonly old?: Connection;
  /** Whether a machine runs: groups with late binding and ephemeral groups have ports for running machines only. */
  readonly running: boolean;
  /** Makes the fault for a connection that is not possible. */
  refuse(why: string): Fault;
}

/** Plugs an adapter into a distributed switch: the completed connection, with the port that it now holds. */
export function connectPort(tx: Transaction, asked: Connection, plug: Plug): Connection {
  const { holder, old, refuse } = plug;
  const group = groupOf(tx, asked, refuse);
  const { switchUuid } = asked;
  const key = group?.value;
  const base = key === undefined ? { switchUuid } : { switchUuid, portgroupKey: key };
  const kept = old?.portKey !== undefined && old.switchUuid === switchUuid && old.portgroupKey === key ? old : undefined;
  if (kept && (asked.portKey === undefined || asked.portKey === '' || asked.portKey === kept.portKey)) return kept;
  const type = group ? configOf(tx, group).type : 'earlyBinding';
  const port = type === 'earlyBinding' || plug.running ? choose(tx, group, type, asked, plug) : undefined;
  if (old && old.portKey !== undefined) releasePort(tx, old, holder);
  if (port === undefined) return base;
  hold(tx, plug.now, switchUuid, group, port, holder);
  return { ...base, portKey: port, connectionCookie: cookie(holder, plug.adapter, port) };
}

function choose(tx: Transaction, group: Ref | undefined, type: string, { switchUuid, portKey, connectionCookie }: Connection, { holder, refuse }: Plug): string | undefined {
  if (portKey !== undefined && portKey !== '') {
    if (group && !keysOf(tx, group).includes(portKey)) {
      if (connectionCookie === undefined) throw refuse(`port group '${configOf(tx, group).name}' has no port '${portKey}'`);
    } else {
      const others = holdersOf(tx, switchUuid, portKey).filter((other) => other.value !== holder.value);
      if (others.length === 0) return portKey;
      // A connection with its cookie is a copy of another adapter's: a clone gets a port of its own.
      if (connectionCookie === undefined || !group) throw refuse(`port '${portKey}' is in use by '${String(tx.get(others[0]!, 'name'))}'`);
    }
  }
  if (type === 'ephemeral') return ephemeralPort(tx, group!);
  const found = freePort(tx, group!, switchUuid);
  if (found === undefined && type === 'earlyBinding') throw refuse(`port group '${configOf(tx, group!).name}' has no free port`);
  return found;
}

function ephemeralPort(tx: Transaction, group: Ref): string {
  const config = configOf(tx, group);
  const [number] = takePorts(tx, config.distributedVirtualSwitch!, 1);
  const key = `h-${number}`;
  const keys = keysOf(tx, group);
  tx.update(group, { portKeys: [...keys, key], config: { ...config, numPorts: keys.length + 1 } });
  return key;
}

const cookie = (holder: Ref, adapter: string | number, key: string): number => hash(`${holder.value} ${adapter} ${key}`) & 0x7fffffff;

/** Gives a port back before the commit would: another adapter of the same change may then take it. */
export function releasePort(tx: Transaction, { switchUuid, portKey }: Connection, holder: Ref): void {
  if (portKey === undefined) return;
  const ref = portRef(switchUuid, portKey);
  const holders = tx.get(ref, '_holder') as Refs | undefined;
  if (holders?.some((other) => other.value === holder.value)) tx.set(ref, '_holder', holders.filter((other) => other.value !== holder.value));
}

/** The devices of a machine that is powered on or off: ports of groups without early binding are taken and given back. */
export function bindPorts(tx: Transaction, now: Date, vm: Ref, config: VirtualMachineConfigInfo, running: boolean): VirtualMachineConfigInfo {
  let changed = false;
  const device = config.hardware.device?.map((old) => {
    const port = portOf(old);
    const group = port?.portgroupKey === undefined ? undefined : { type: 'DistributedVirtualPortgroup', value: port.portgroupKey };
    if (!port || !group || !tx.has(group) || configOf(tx, group).type === 'earlyBinding') return old;
    changed = true;
    if (running) {
      const refuse = (why: string) => fault('InvalidDeviceBacking', { deviceIndex: old.key, property: 'backing' }, `The network adapter cannot be connected: ${why}.`);
      return { ...old, backing: { ...old.backing, port: connectPort(tx, port, { holder: vm, adapter: old.key, now, old: port, running, refuse }) } } as VirtualDevice;
    }
    releasePort(tx, port, vm);
    return { ...old, backing: { ...old.backing, port: { switchUuid: port.switchUuid, portgroupKey: port.portgroupKey } } } as VirtualDevice;
  });
  return changed ? { ...config, hardware: { ...config.hardware, device } } : config;
}

/** Forgets the ports of these keys. */
export function dropPorts(tx: Transaction, switchUuid: string, keys: Keys): void {
  for (const key of keys) tx.remove(portRef(switchUuid, key));
}

/** Forgets every port of a switch that goes away. */
export function forgetPorts(tx: Transaction, dvs: Ref): void {
  const uuid = String(tx.get(dvs, 'uuid'));
  dropPorts(tx, uuid, (tx.get(dvs, '_standalone') ?? []) as Keys);
  for (const group of (tx.get(dvs, 'portgroup') ?? NONE) as Refs) dropPorts(tx, uuid, keysOf(tx, group));
}

// ---- what follows by itself ------------------------------------------------------------------------------------

const sameRefs = (a: Refs, b: Refs): boolean => a.length === b.length && a.every((ref, i) => ref.value === b[i]!.value);

const held = (connections: readonly (Connection | undefined)[], old: unknown): Props | undefined => {
  const ports = connections.filter((port) => port?.portKey !== undefined).map((port) => portRef(port!.switchUuid, port!.portKey!));
  return sameRefs(ports, (old ?? NONE) as Refs) ? undefined : { _ports: ports };
};

const machineHolds: Rule = {
  type: 'VirtualMachine',
  inputs: ['config'],
  derive: (props) => held(((props['config'] as VirtualMachineConfigInfo).hardware.device ?? []).map(portOf), props['_ports']),
};

interface KernelNic { readonly spec: { readonly distributedVirtualPort?: Connection } }

const hostHolds: Rule = {
  type: 'HostSystem',
  inputs: ['config'],
  derive(props) {
    const network = (props['config'] as { network?: { vnic?: readonly KernelNic[]; consoleVnic?: readonly KernelNic[] } } | undefined)?.network;
    return held([...(network?.vnic ?? []), ...(network?.consoleVnic ?? [])].map((nic) => nic.spec.distributedVirtualPort), props['_ports']);
  },
};

/** A port that came or went makes the search for a free one worth while again; ephemeral ports go with their holders. */
const groupFollows: Rule = {
  type: 'DistributedVirtualPortgroup',
  inputs: [],
  watch: [{ type: '_DvPort', path: 'portgroup', inputs: ['_holder'] }],
  derive(props, read) {
    const config = props['config'] as DVPortgroupConfigInfo;
    if (config.type !== 'ephemeral') return props['_full'] === true ? { _full: false } : undefined;
    const uuid = read(config.distributedVirtualSwitch!)?.['uuid'] as string | undefined;
    if (uuid === undefined) return undefined;
    const keys = (props['portKeys'] ?? []) as Keys;
    const kept = keys.filter((key) => ((read(portRef(uuid, key))?.['_holder'] ?? NONE) as Refs).length > 0);
    return kept.length === keys.length ? undefined : { portKeys: kept, config: { ...config, numPorts: kept.length } };
  },
};

export const portRelations: readonly Relation[] = [
  { type: 'VirtualMachine', path: '_ports', inverse: '_holder', targets: ['_DvPort'] },
  { type: 'HostSystem', path: '_ports', inverse: '_holder', targets: ['_DvPort'] },
];

export const portRules: readonly Rule[] = [machineHolds, hostHolds, groupFollows];

/** The kernel NICs of a host with their ports; NICs that left a switch, or went, give theirs back. */
export function plugKernelNics(tx: Transaction, now: Date, host: Ref, info: HostNetworkInfo, before: HostNetworkInfo): HostNetworkInfo {
  const old = new Map((before.vnic ?? []).map((nic) => [nic.device, nic.spec.distributedVirtualPort]));
  const kept = new Map((info.vnic ?? []).map((nic) => [nic.device, nic.spec.distributedVirtualPort]));
  for (const [device, port] of old) if (port && !kept.get(device)) releasePort(tx, port, host);
  if (![...kept.values()].some((port) => port !== undefined)) return info;
  const vnic = info.vnic!.map((nic) => {
    const asked = nic.spec.distributedVirtualPort;
    if (!asked) return nic;
    const refuse = (why: string) => fault('HostConfigFault', {}, `The network adapter ${nic.device} cannot be connected: ${why}.`);
    const port = connectPort(tx, asked, { holder: host, adapter: nic.device, now, old: old.get(nic.device), running: true, refuse });
    return port === asked ? nic : { ...nic, spec: { ...nic.spec, distributedVirtualPort: port } };
  });
  return { ...info, vnic };
}
