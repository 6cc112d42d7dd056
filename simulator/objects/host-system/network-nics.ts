// Changes to a host's kernel NICs, names, routes, stacks and links as pure functions, as network-edit.ts does for switches.
import {
  fault, type HostDnsConfig, type HostIpConfig, type HostIpRouteConfig, type HostIpRouteEntry, type HostIpRouteOp, type HostNetStackInstance,
  type HostNetworkInfo, type HostVirtualNic, type HostVirtualNicSpec, type PhysicalNic, type PhysicalNicLinkInfo,
} from '../../../core/vim25/index.ts';
import { hash } from '../../runtime/random.ts';
import { exists, invalid, known, missing, refused, type Users } from './network-edit.ts';

type Info = HostNetworkInfo;

// Kernel NICs

const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

const bits = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
const prefixOf = (mask: string): number => bits(mask).toString(2).replace(/0/g, '').length;

/** True for a mask whose ones come before its zeros. */
const isMask = (mask: string): boolean => IPV4.test(mask) && /^1*0*$/.test(bits(mask).toString(2).padStart(32, '0'));

/** What the DHCP server of the simulated site leases to that MAC: always the same. */
const lease = (mac: string): Pick<HostIpConfig, 'ipAddress' | 'subnetMask'> => {
  const n = hash(mac);
  return { ipAddress: `10.${64 + ((n >>> 16) & 63)}.${(n >>> 8) & 255}.${1 + ((n & 255) % 254)}`, subnetMask: '255.192.0.0' };
};

function checkIp(info: Info, ip: HostIpConfig, device: string | undefined): void {
  if (ip.dhcp) return;
  const address = ip.ipAddress ?? '';
  if (!IPV4.test(address) || address === '0.0.0.0') throw invalid('nic.ip.ipAddress', `'${address}' is not an IPv4 address; give one, or use DHCP.`);
  if (!isMask(ip.subnetMask ?? '')) throw invalid('nic.ip.subnetMask', `'${ip.subnetMask ?? ''}' is not a subnet mask.`);
  const other = info.vnic?.find((v) => v.device !== device && v.spec.ip?.ipAddress === address);
  if (other) throw refused(`the address ${address} is in use by ${other.device}.`);
}

function checkStack(info: Info, key: string | undefined): void {
  const stacks = info.netStackInstance?.map((s) => s.key!) ?? [];
  if (key !== undefined && !stacks.includes(key)) throw invalid('nic.netStackInstanceKey', `There is no TCP/IP stack '${key}' on this host. Known: ${known(stacks)}.`);
}

/** The port group a kernel NIC is to be on; '' when it is on a distributed switch. */
function attachment(info: Info, name: string, spec: HostVirtualNicSpec, users: Users, device?: string): string {
  const port = spec.distributedVirtualPort;
  if (port) {
    if (info.proxySwitch?.some((s) => s.dvsUuid === port.switchUuid)) return '';
    throw refused(`this host is not a member of the distributed switch ${port.switchUuid}.`);
  }
  const group = info.portgroup?.find((g) => g.spec.name === name);
  if (!group) throw refused(`there is no port group '${name}' on this host. Known: ${known(info.portgroup?.map((g) => g.spec.name))}.`);
  const other = info.vnic?.find((v) => v.portgroup === name && v.device !== device);
  if (other) throw fault('AlreadyExists', { name }, `The port group '${name}' has the VMkernel network adapter ${other.device} already.`);
  const machine = users(name);
  if (machine !== undefined) throw refused(`the port group '${name}' is in use by virtual machine '${machine}'.`);
  return name;
}

const freeDevice = (info: Info): string => {
  for (let n = 0; ; n++) if (!info.vnic?.some((v) => v.device === `vmk${n}`)) return `vmk${n}`;
};

/** The MAC that a host gives to its n-th kernel NIC. */
const macOf = (info: Info, device: string): string => {
  const n = hash(`${info.pnic?.[0]?.mac ?? ''} ${device}`);
  return `00:50:56:${[0x60 + ((n >>> 16) & 15), (n >>> 8) & 255, n & 255].map((b) => b.toString(16).padStart(2, '0')).join(':')}`;
};

const addressed = (spec: HostVirtualNicSpec, mac: string): HostIpConfig => {
  const ip = spec.ip ?? { dhcp: true };
  return ip.dhcp ? { ...ip, ...lease(mac) } : ip;
};

/** Gives the new state and the device. Throws AlreadyExists, HostConfigFault, InvalidArgument. */
export function addVnic(info: Info, name: string, spec: HostVirtualNicSpec, users: Users): { info: Info; device: string } {
  const portgroup = attachment(info, name === '' ? (spec.portgroup ?? '') : name, spec, users);
  if (spec.ip) checkIp(info, spec.ip, undefined);
  checkStack(info, spec.netStackInstanceKey);
  if (spec.mtu !== undefined && (spec.mtu < 1280 || spec.mtu > 9000)) throw invalid('nic.mtu', `The MTU is 1280 to 9000, not ${spec.mtu}.`);
  const device = freeDevice(info);
  const mac = spec.mac ?? macOf(info, device);
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) throw invalid('nic.mac', `'${mac}' is not a MAC address.`);
  const vnic: HostVirtualNic = {
    device, key: `key-vim.host.VirtualNic-${device}`, portgroup,
    spec: {
      mtu: 1500, tsoEnabled: true, netStackInstanceKey: 'defaultTcpipStack', ...spec, ...(portgroup === '' ? {} : { portgroup }), mac, ip: addressed(spec, mac),
    },
  };
  return { info: rerouted({ ...info, vnic: [...(info.vnic ?? []), vnic] }), device };
}

function findVnic(info: Info, device: string): HostVirtualNic {
  const found = info.vnic?.find((v) => v.device === device);
  if (found) return found;
  throw missing('VMkernel network adapter', device, info.vnic?.map((v) => v.device));
}

/** Throws NotFound, AlreadyExists, HostConfigFault, InvalidArgument. What the specification leaves out stays. */
export function updateVnic(info: Info, device: string, spec: HostVirtualNicSpec, users: Users): Info {
  const old = findVnic(info, device);
  const moves = spec.distributedVirtualPort !== undefined || (spec.portgroup !== undefined && spec.portgroup !== old.portgroup);
  const portgroup = moves ? attachment(info, spec.portgroup ?? '', spec, users, device) : old.portgroup;
  if (spec.ip) checkIp(info, spec.ip, device);
  if (spec.netStackInstanceKey !== undefined && spec.netStackInstanceKey !== old.spec.netStackInstanceKey) {
    throw invalid('nic.netStackInstanceKey', `${device} is on the TCP/IP stack '${old.spec.netStackInstanceKey ?? ''}' and cannot change it.`);
  }
  const { distributedVirtualPort, portgroup: _portgroup, ...rest } = { ...old.spec, ...spec };
  const mac = rest.mac ?? macOf(info, device);
  const fresh: HostVirtualNic = {
    ...old, portgroup,
    spec: { ...rest, mac, ip: addressed(rest, mac), ...(portgroup === '' ? { distributedVirtualPort } : { portgroup }) },
  };
  return rerouted({ ...info, vnic: info.vnic!.map((v) => (v === old ? fresh : v)) });
}

/** Throws NotFound; HostConfigFault for the NIC that carries the host's management. */
export function removeVnic(info: Info, device: string, isManagement: (device: string) => boolean): Info {
  const gone = findVnic(info, device);
  if (isManagement(device) && !info.vnic!.some((v) => v !== gone && isManagement(v.device))) {
    throw refused(`${device} is the only VMkernel network adapter for management traffic.`);
  }
  return rerouted({ ...info, vnic: info.vnic!.filter((v) => v !== gone) });
}

// Names, routes, stacks, links

const DEFAULT_STACK = 'defaultTcpipStack';

const inDefaultStack = (info: Info, change: Partial<HostNetStackInstance>): readonly HostNetStackInstance[] | undefined =>
  info.netStackInstance?.map((stack) => (stack.key === DEFAULT_STACK ? { ...stack, ...change } : stack));

/** Throws NotFound for an unknown device, InvalidArgument for what is no name or address. */
export function setDns(info: Info, config: HostDnsConfig): Info {
  if (config.dhcp) {
    findVnic(info, config.virtualNicDevice ?? 'vmk0');
  } else {
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(config.hostName) && !IPV4.test(config.hostName) && !/^[\w.-]+$/.test(config.hostName)) {
      throw invalid('config.hostName', `'${config.hostName}' cannot name a host.`);
    }
    for (const address of config.address ?? []) {
      if (!IPV4.test(address) && !/^[0-9a-f:]+$/i.test(address)) throw invalid('config.address', `'${address}' is not the address of a DNS server.`);
    }
  }
  const dnsConfig = config.dhcp ? { ...info.dnsConfig!, ...config } : { ...config, address: config.address ?? [], searchDomain: config.searchDomain ?? [] };
  return { ...info, dnsConfig, netStackInstance: inDefaultStack(info, { dnsConfig }) };
}

/** Throws InvalidArgument for a gateway that is no address. */
export function setGateway(info: Info, config: HostIpRouteConfig): Info {
  const gateway = config.defaultGateway;
  if (gateway !== undefined && gateway !== '' && !IPV4.test(gateway)) throw invalid('config.defaultGateway', `'${gateway}' is not an IPv4 address.`);
  if (config.gatewayDevice !== undefined) findVnic(info, config.gatewayDevice);
  const ipRouteConfig = { ...info.ipRouteConfig, ...config };
  return rerouted({ ...info, ipRouteConfig, netStackInstance: inDefaultStack(info, { ipRouteConfig }) });
}

const isStatic = (route: HostIpRouteEntry): boolean => route.prefixLength > 0 && route.gateway !== '0.0.0.0';
const sameRoute = (a: HostIpRouteEntry, b: HostIpRouteEntry): boolean => a.network === b.network && a.prefixLength === b.prefixLength && a.gateway === b.gateway;

/** Throws HostConfigFault for a route that is there already, or is not there, or leads nowhere. */
export function editRoutes(info: Info, changes: readonly HostIpRouteOp[]): Info {
  const routes = (info.routeTableInfo?.ipRoute ?? []).filter(isStatic);
  for (const { changeOperation, route } of changes) {
    const spelled = `${route.network}/${route.prefixLength}`;
    if (!IPV4.test(route.network) || !IPV4.test(route.gateway) || route.prefixLength < 1 || route.prefixLength > 32) throw refused(`${spelled} through '${route.gateway}' is not a route.`);
    const at = routes.findIndex((r) => sameRoute(r, route));
    if (changeOperation === 'add') {
      if (at >= 0) throw refused(`the route to ${spelled} through ${route.gateway} exists already.`);
      routes.push({ deviceName: deviceTo(info, route.gateway), ...route });
    } else if (changeOperation === 'remove') {
      if (at < 0) throw refused(`there is no route to ${spelled} through ${route.gateway}.`);
      routes.splice(at, 1);
    } else if (changeOperation !== 'ignore') {
      throw invalid('config.ipRoute.changeOperation', `The operation '${changeOperation}' is not known; use add, remove or ignore.`);
    }
  }
  return rerouted({ ...info, routeTableInfo: { ...info.routeTableInfo, ipRoute: routes } });
}

const networkOf = (ip: HostIpConfig): string => dotted((bits(ip.ipAddress!) & bits(ip.subnetMask!)) >>> 0);

/** The kernel NIC whose subnet an address is in; the first one otherwise. */
function deviceTo(info: Info, address: string): string {
  const stack = (info.vnic ?? []).filter((v) => v.spec.ip?.ipAddress && (v.spec.netStackInstanceKey ?? DEFAULT_STACK) === DEFAULT_STACK);
  const near = stack.find(({ spec: { ip } }) => ((bits(address) & bits(ip!.subnetMask!)) >>> 0) === bits(networkOf(ip!)));
  return (near ?? stack[0])?.device ?? 'vmk0';
}

/** With the routes that follow from the gateway and the addresses of the kernel NICs, and the static ones. */
export function rerouted(info: Info): Info {
  const gateway = info.ipRouteConfig?.defaultGateway;
  const seen = new Set<string>();
  const connected = (info.vnic ?? []).flatMap(({ device, spec }): HostIpRouteEntry[] => {
    if (!spec.ip?.ipAddress || !spec.ip.subnetMask || (spec.netStackInstanceKey ?? DEFAULT_STACK) !== DEFAULT_STACK) return [];
    const route = { network: networkOf(spec.ip), prefixLength: prefixOf(spec.ip.subnetMask), gateway: '0.0.0.0', deviceName: device };
    const key = `${route.network}/${route.prefixLength}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [route];
  });
  const fallback = gateway ? [{ network: '0.0.0.0', prefixLength: 0, gateway, deviceName: deviceTo(info, gateway) }] : [];
  const statics = (info.routeTableInfo?.ipRoute ?? []).filter(isStatic);
  return { ...info, routeTableInfo: { ...info.routeTableInfo, ipRoute: [...fallback, ...connected, ...statics] } };
}

/** Throws NotFound, HostConfigFault. Without a speed the NIC negotiates. */
export function setLinkSpeed(info: Info, device: string, linkSpeed: PhysicalNicLinkInfo | undefined): Info {
  const nic = info.pnic?.find((p) => p.device === device);
  if (!nic) throw missing('physical NIC', device, info.pnic?.map((p) => p.device));
  const fits = linkSpeed === undefined || nic.validLinkSpecification?.some((s) => s.speedMb === linkSpeed.speedMb && s.duplex === linkSpeed.duplex);
  if (!fits) throw refused(`${device} cannot run at ${linkSpeed!.speedMb} Mb/s ${linkSpeed!.duplex ? 'full' : 'half'} duplex.`);
  const { linkSpeed: _linkSpeed, ...spec } = nic.spec;
  const best = nic.validLinkSpecification?.toSorted((a, b) => b.speedMb - a.speedMb)[0];
  const fresh: PhysicalNic = { ...nic, linkSpeed: linkSpeed ?? best ?? nic.linkSpeed, spec: linkSpeed === undefined ? spec : { ...spec, linkSpeed } };
  return { ...info, pnic: info.pnic!.map((p) => (p === nic ? fresh : p)) };
}

/** Throws NotFound, AlreadyExists, ResourceInUse, InvalidArgument. */
export function editStack(info: Info, stack: HostNetStackInstance, operation: string): Info {
  const key = stack.key ?? stack.name ?? '';
  const stacks = info.netStackInstance ?? [];
  const old = stacks.find((s) => s.key === key);
  if (operation === 'add') {
    if (old) throw exists(key, 'TCP/IP stack');
    if (key.trim() === '') throw invalid('config.netStackSpec', 'The TCP/IP stack needs a name.');
    return { ...info, netStackInstance: [...stacks, { ipV6Enabled: false, ...stack, key, name: stack.name ?? key }] };
  }
  if (!old) throw missing('TCP/IP stack', key, stacks.map((s) => s.key!));
  if (operation === 'edit') {
    const edited = { ...info, netStackInstance: stacks.map((s) => (s === old ? { ...s, ...stack, key } : s)) };
    if (key !== DEFAULT_STACK) return edited;
    const named = stack.dnsConfig ? setDns(edited, stack.dnsConfig) : edited;
    return stack.ipRouteConfig ? setGateway(named, stack.ipRouteConfig) : named;
  }
  if (operation !== 'remove') throw invalid('config.netStackSpec.operation', `The operation '${operation}' is not known; use add, edit or remove.`);
  const user = info.vnic?.find((v) => (v.spec.netStackInstanceKey ?? DEFAULT_STACK) === key);
  if (user || key === DEFAULT_STACK) throw fault('ResourceInUse', { type: 'NetStackInstance', name: key }, `The TCP/IP stack '${key}' is in use${user ? ` by ${user.device}` : ''}.`);
  return { ...info, netStackInstance: stacks.filter((s) => s !== old) };
}
