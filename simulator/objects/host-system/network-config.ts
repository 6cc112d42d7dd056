// The network of a host as data: physical NICs, standard switches, port groups, kernel NICs. Pure functions.
import type {
  HostDnsConfig, HostNetCapabilities, HostNetworkInfo, HostNetworkPolicy, HostPortGroup, HostPortGroupSpec, HostVirtualNic,
  HostVirtualSwitch, HostVirtualSwitchSpec, PhysicalNic,
} from '../../../core/vim25/index.ts';

export const NET_CAPABILITIES: HostNetCapabilities = {
  canSetPhysicalNicLinkSpeed: true, supportsNicTeaming: true,
  nicTeamingPolicy: ['loadbalance_ip', 'loadbalance_srcmac', 'loadbalance_srcid', 'failover_explicit'],
  supportsVlan: true, usesServiceConsoleNic: false, supportsNetworkHints: true, maxPortGroupsPerVswitch: 512,
  vswitchConfigSupported: true, vnicConfigSupported: true, ipRouteConfigSupported: true, dnsConfigSupported: true,
  dhcpOnVnicSupported: true, ipV6Supported: true,
};

const SWITCH_POLICY: HostNetworkPolicy = {
  security: { allowPromiscuous: false, macChanges: true, forgedTransmits: true },
  nicTeaming: {
    policy: 'loadbalance_srcid', reversePolicy: true, notifySwitches: true, rollingOrder: false,
    failureCriteria: {
      checkSpeed: 'minimum', speed: 10, checkDuplex: false, fullDuplex: false, checkErrorPercent: false, percentage: 0, checkBeacon: false,
    },
  },
  offloadPolicy: { csumOffload: true, tcpSegmentation: true, zeroCopyXmit: true },
  shapingPolicy: { enabled: false },
};

const NO_OVERRIDES: HostNetworkPolicy = { security: {}, nicTeaming: { failureCriteria: {} }, offloadPolicy: {}, shapingPolicy: {} };

export const switchKey = (name: string): string => `key-vim.host.VirtualSwitch-${name}`;
export const portGroupKey = (name: string): string => `key-vim.host.PortGroup-${name}`;
const pnicKey = (device: string): string => `key-vim.host.PhysicalNic-${device}`;

/** A standard switch as the host reports it. */
export function virtualSwitch(name: string, spec: HostVirtualSwitchSpec | undefined): HostVirtualSwitch {
  const numPorts = spec?.numPorts && spec.numPorts > 0 ? spec.numPorts : 1536;
  const bridge = spec?.bridge as { nicDevice?: readonly string[] } | undefined;
  return {
    name, key: switchKey(name), numPorts, numPortsAvailable: numPorts, mtu: spec?.mtu ?? 1500, portgroup: [],
    pnic: (bridge?.nicDevice ?? []).map(pnicKey),
    spec: { policy: SWITCH_POLICY, mtu: 1500, ...spec, numPorts },
  };
}

/** A port group as the host reports it, with the switch's policy where it has none of its own. */
export function portGroup(spec: HostPortGroupSpec, parent: HostVirtualSwitch): HostPortGroup {
  return {
    key: portGroupKey(spec.name), port: [], vswitch: parent.key,
    // A host shows every part of a policy, also those that override nothing: clients compare them one by one.
    computedPolicy: { ...parent.spec.policy, ...withoutEmpty(spec.policy) }, spec: { ...spec, policy: { ...NO_OVERRIDES, ...spec.policy } },
  };
}

const withoutEmpty = (policy: HostNetworkPolicy): HostNetworkPolicy =>
  Object.fromEntries(Object.entries(policy).filter(([, part]) => typeof part === 'object' && Object.values(part).some((v) => typeof v !== 'object')));

const physicalNic = (index: number, mac: string): PhysicalNic => ({
  key: pnicKey(`vmnic${index}`), device: `vmnic${index}`, pci: `0000:${(3 + index * 8).toString(16).padStart(2, '0')}:00.0`,
  driver: 'nvmxnet3', linkSpeed: { speedMb: 10_000, duplex: true },
  validLinkSpecification: [{ speedMb: 10_000, duplex: true }, { speedMb: 1000, duplex: true }], spec: { linkSpeed: { speedMb: 10_000, duplex: true } },
  wakeOnLanSupported: false, mac, autoNegotiateSupported: false, resourcePoolSchedulerAllowed: true,
});

export interface Addresses {
  readonly hostName: string;
  readonly ip: string;
  /** Last three bytes of every MAC of this host, 'aa:bb:cc'. */
  readonly macTail: string;
}

/** 'esx1.example.com' → its two halves; an address or a plain name has no domain. */
export function dnsConfig(hostName: string): HostDnsConfig {
  const plain = hostName.replace(/:\d+$/, '');
  const dot = /^[\d.]+$/.test(plain) ? -1 : plain.indexOf('.');
  return {
    dhcp: false, hostName: dot < 0 ? plain : plain.slice(0, dot), domainName: dot < 0 ? '' : plain.slice(dot + 1),
    address: ['10.10.0.1'], searchDomain: dot < 0 ? [] : [plain.slice(dot + 1)],
  };
}

/** The TCP/IP stacks beside the default one: there, and without adapters until somebody adds one. */
const OTHER_STACKS = ['vmotion', 'vSphereProvisioning'].map((key) => ({
  key, name: key, ipV6Enabled: false, requestedMaxNumberOfConnections: 11_000, congestionControlAlgorithm: 'newreno',
}));

/** A fresh host: vSwitch0 on vmnic0 with 'VM Network' and 'Management Network' (vmk0). */
export function freshNetwork({ hostName, ip, macTail }: Addresses): HostNetworkInfo {
  const spec = {
    numPorts: 1536, mtu: 1500, bridge: {
      _type: 'HostVirtualSwitchBondBridge', nicDevice: ['vmnic0'], beacon: { interval: 1 },
      linkDiscoveryProtocolConfig: { protocol: 'cdp', operation: 'listen' },
    } as HostVirtualSwitchSpec['bridge'],
    policy: { ...SWITCH_POLICY, nicTeaming: { ...SWITCH_POLICY.nicTeaming, nicOrder: { activeNic: ['vmnic0'] } } },
  };
  const empty = virtualSwitch('vSwitch0', spec);
  const groups = ['VM Network', 'Management Network'].map((name) =>
    portGroup({ name, vlanId: 0, vswitchName: 'vSwitch0', policy: NO_OVERRIDES }, empty));
  const vnic: HostVirtualNic = {
    device: 'vmk0', key: 'key-vim.host.VirtualNic-vmk0', portgroup: 'Management Network',
    spec: {
      ip: { dhcp: false, ipAddress: ip, subnetMask: '255.255.0.0' }, mac: `00:50:56:${macTail}`,
      portgroup: 'Management Network', mtu: 1500, tsoEnabled: true, netStackInstanceKey: 'defaultTcpipStack',
    },
  };
  const dns = dnsConfig(hostName);
  const route = { defaultGateway: '10.10.0.1' };
  return {
    vswitch: [{ ...empty, portgroup: groups.map((g) => g.key!) }],
    proxySwitch: [],
    portgroup: groups,
    pnic: [physicalNic(0, `00:0c:29:${macTail}`), physicalNic(1, `00:0c:2a:${macTail}`)],
    vnic: [vnic],
    consoleVnic: [],
    dnsConfig: dns,
    ipRouteConfig: route,
    routeTableInfo: {
      ipRoute: [
        { network: '0.0.0.0', prefixLength: 0, gateway: '10.10.0.1', deviceName: 'vmk0' },
        { network: '10.10.0.0', prefixLength: 16, gateway: '0.0.0.0', deviceName: 'vmk0' },
      ],
    },
    ipV6Enabled: false,
    atBootIpV6Enabled: false,
    netStackInstance: [
      {
        key: 'defaultTcpipStack', name: 'defaultTcpipStack', dnsConfig: dns, ipRouteConfig: route, ipV6Enabled: false,
        requestedMaxNumberOfConnections: 11_000, congestionControlAlgorithm: 'newreno',
      },
      ...OTHER_STACKS,
    ],
  };
}
