// The ports of a distributed switch as FetchDVPorts shows them, and which of them a client asks for. Only reads.
import type {
  DistributedVirtualPort, DistributedVirtualSwitchPortCriteria, DVPortConfigInfo, DVPortgroupConfigInfo, DVPortSetting, DVPortState, DVPortStatus,
  ManagedObjectReference, VirtualDevice, VirtualEthernetCard, VMwareDVSConfigInfo,
} from '../../../core/vim25/index.ts';
import type { Props } from '../../store/object.ts';
import { portOf, portRef } from './dvs-ports.ts';
import { uplinkNames } from './dvs-members.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];
type Keys = readonly string[];

/** Any object's properties: of the store, or of a transaction. */
export type Look = (ref: Ref) => Props | undefined;

interface Uplink { readonly name: string; readonly host: Ref; readonly nic: string | undefined; readonly cookie: number | undefined }

const STATISTICS: DVPortState['stats'] = Object.freeze({
  packetsInMulticast: 0, packetsOutMulticast: 0, bytesInMulticast: 0, bytesOutMulticast: 0, packetsInUnicast: 0, packetsOutUnicast: 0,
  bytesInUnicast: 0, bytesOutUnicast: 0, packetsInBroadcast: 0, packetsOutBroadcast: 0, bytesInBroadcast: 0, bytesOutBroadcast: 0,
  packetsInDropped: 0, packetsOutDropped: 0, packetsInException: 0, packetsOutException: 0,
});

/** Every port of the switch that satisfies the criteria. */
export function* ports(look: Look, dvs: Ref, criteria: DistributedVirtualSwitchPortCriteria = {}): Iterable<DistributedVirtualPort> {
  const props = look(dvs)!;
  const config = props['config'] as VMwareDVSConfigInfo;
  const uplinks = uplinksOf(config);
  const only = criteria.portKey?.length ? new Set(criteria.portKey) : undefined;
  const lists: (readonly [Ref | undefined, Props | undefined, Keys])[] = [[undefined, undefined, (props['_standalone'] ?? []) as Keys]];
  for (const group of (props['portgroup'] ?? []) as Refs) lists.push([group, look(group), (look(group)?.['portKeys'] ?? []) as Keys]);
  for (const [group, groupProps, keys] of lists) {
    if (!groupMatches(group?.value, criteria)) continue;
    const groupConfig = groupProps?.['config'] as DVPortgroupConfigInfo | undefined;
    for (const key of keys) {
      if (only && !only.has(key)) continue;
      const port = portNamed(look, config, groupConfig, group, key, uplinks.get(key));
      if (matches(port, criteria, groupConfig?.uplink ?? false)) yield port;
    }
  }
}

function uplinksOf(config: VMwareDVSConfigInfo): ReadonlyMap<string, Uplink> {
  const names = uplinkNames(config);
  const found = new Map<string, Uplink>();
  for (const { config: member, uplinkPortKey } of config.host ?? []) {
    const nics = (member.backing as { pnicSpec?: readonly { pnicDevice: string; uplinkPortKey?: string; connectionCookie?: number }[] }).pnicSpec ?? [];
    (uplinkPortKey ?? []).forEach((key, i) => {
      const nic = nics.find((spec) => spec.uplinkPortKey === key);
      found.set(key, { name: names[i] ?? key, host: member.host!, nic: nic?.pnicDevice, cookie: nic?.connectionCookie });
    });
  }
  return found;
}

function portNamed(
  look: Look, dvs: VMwareDVSConfigInfo, group: DVPortgroupConfigInfo | undefined, groupRef: Ref | undefined, key: string, uplink: Uplink | undefined,
): DistributedVirtualPort {
  const kept = look(portRef(dvs.uuid, key));
  const own = kept?.['config'] as DVPortConfigInfo | undefined;
  const holders = ((kept?.['_holder'] ?? []) as Refs).filter((ref) => look(ref) !== undefined);
  const plug = uplink ? uplinkPlug(uplink) : holders[0] && holderPlug(look, holders[0], dvs.uuid, key);
  const setting = { ...(group?.defaultPortConfig ?? dvs.defaultPortConfig), ...own?.setting } as DVPortSetting;
  return {
    key,
    config: {
      name: own?.name ?? uplink?.name ?? '', scope: own?.scope ?? group?.scope ?? [], ...(own?.description === undefined ? {} : { description: own.description }),
      setting, configVersion: own?.configVersion ?? '0',
    },
    dvsUuid: dvs.uuid,
    ...(groupRef ? { portgroupKey: groupRef.value } : {}),
    ...plug?.shown,
    conflict: holders.length > 1,
    state: { ...(plug ? { runtimeInfo: status(setting, plug, dvs.maxMtu) } : {}), stats: STATISTICS },
    lastStatusChange: (kept?.['since'] as Date | undefined) ?? dvs.createTime,
  };
}

type Plugged = Pick<DistributedVirtualPort, 'proxyHost' | 'connectee' | 'connectionCookie'>;

/** A connection, whether there is a link, and the address at its end. */
interface Plug { readonly shown: Plugged; readonly up: boolean; readonly mac?: string }

const plugInfo = (shown: Plugged, up: boolean, mac?: string): Plug => (mac === undefined ? { shown, up } : { shown, up, mac });

function uplinkPlug({ host, nic, cookie }: Uplink): Plug {
  if (nic === undefined) return plugInfo({ proxyHost: host }, false);
  return plugInfo({ proxyHost: host, connectee: { connectedEntity: host, nicKey: nic, type: 'pnic' }, ...(cookie === undefined ? {} : { connectionCookie: cookie }) }, true);
}

function holderPlug(look: Look, holder: Ref, uuid: string, key: string): Plug {
  const props = look(holder)!;
  if (holder.type === 'HostSystem') {
    const network = (props['config'] as { network?: { vnic?: readonly KernelNic[]; consoleVnic?: readonly KernelNic[] } } | undefined)?.network;
    const nic = [...(network?.vnic ?? []), ...(network?.consoleVnic ?? [])].find(({ spec }) => spec.distributedVirtualPort?.portKey === key && spec.distributedVirtualPort.switchUuid === uuid);
    return plugInfo({
      proxyHost: holder, connectee: { connectedEntity: holder, nicKey: nic?.device, type: 'hostVmkVnic', addressHint: nic?.spec.mac },
      ...(nic?.spec.distributedVirtualPort?.connectionCookie === undefined ? {} : { connectionCookie: nic.spec.distributedVirtualPort.connectionCookie }),
    }, true, nic?.spec.mac);
  }
  const devices = (props['config'] as { hardware?: { device?: readonly VirtualDevice[] } } | undefined)?.hardware?.device ?? [];
  const nic = devices.find((device) => portOf(device)?.portKey === key && portOf(device)?.switchUuid === uuid) as VirtualEthernetCard | undefined;
  const cookie = nic && portOf(nic)?.connectionCookie;
  const runtime = props['runtime'] as { host?: Ref; powerState?: string } | undefined;
  return plugInfo({
    ...(runtime?.host ? { proxyHost: runtime.host } : {}),
    connectee: { connectedEntity: holder, nicKey: String(nic?.key ?? ''), type: 'vmVnic', addressHint: nic?.macAddress },
    ...(cookie === undefined ? {} : { connectionCookie: cookie }),
  }, runtime?.powerState === 'poweredOn' && nic?.connectable?.connected === true, nic?.macAddress);
}

interface KernelNic {
  readonly device: string;
  readonly spec: { readonly mac?: string; readonly distributedVirtualPort?: { readonly switchUuid: string; readonly portKey?: string; readonly connectionCookie?: number } };
}

function status(setting: DVPortSetting, { up, mac }: Plug, mtu: number): DVPortStatus {
  const vlan = (setting as { vlan?: { _type?: string; vlanId?: number | readonly { start: number; end: number }[]; pvlanId?: number } }).vlan;
  const trunkingMode = Array.isArray(vlan?.vlanId);
  const vlanIds = trunkingMode ? (vlan!.vlanId as readonly { start: number; end: number }[]) : [{ start: Number(vlan?.vlanId ?? vlan?.pvlanId ?? 0), end: Number(vlan?.vlanId ?? vlan?.pvlanId ?? 0) }];
  return { linkUp: up, blocked: setting.blocked?.value ?? false, vlanIds, trunkingMode, mtu, ...(mac === undefined ? {} : { macAddress: mac }) };
}

function groupMatches(key: string | undefined, { portgroupKey, inside }: DistributedVirtualSwitchPortCriteria): boolean {
  if (portgroupKey?.length) return (key !== undefined && portgroupKey.includes(key)) === (inside ?? true);
  return inside === undefined || inside === (key !== undefined);
}

function matches(port: DistributedVirtualPort, criteria: DistributedVirtualSwitchPortCriteria, uplink: boolean): boolean {
  const { connected, active, uplinkPort, host, scope, nsxPort } = criteria;
  if (connected !== undefined && connected !== (port.connectee !== undefined)) return false;
  if (active !== undefined && active !== (port.state?.runtimeInfo?.linkUp ?? false)) return false;
  if (uplinkPort !== undefined && uplinkPort !== uplink) return false;
  if (nsxPort === true) return false;
  if (host?.length && !host.some((ref) => ref.value === port.proxyHost?.value)) return false;
  return scope === undefined || (port.config.scope?.some((ref) => ref.value === scope.value) ?? false);
}
