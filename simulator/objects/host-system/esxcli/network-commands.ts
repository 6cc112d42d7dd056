// esxcli network …: the host's network and firewall as they are, and the few things that may be set there.
import type { GuestNicInfo, HostFirewallInfo, HostVirtualSwitch, ManagedObjectReference, VirtualEthernetCard, VirtualMachineConfigInfo } from '../../../../core/vim25/index.ts';
import { enableRuleset, isFiltering, limitRuleset } from '../host-firewall-system.ts';
import { HostNetwork } from '../host-network.ts';
import { addPortGroup, addSwitch, removePortGroup, removeSwitch } from '../network-edit.ts';
import { setDns } from '../network-nics.ts';
import { CommandError, type Command, type Row, type Shell } from './command.ts';

type Ref = ManagedObjectReference;

const networkOf = (shell: Shell): HostNetwork => new HostNetwork(shell.sim, shell.tx, shell.manager('networkSystem'));
const firewallOf = (shell: Shell): HostFirewallInfo => shell.managerProps('firewallSystem')['firewallInfo'] as HostFirewallInfo;

const BOOL_HELP = 'true or false';
const RULESET = { name: 'rulesetid', aliases: '--ruleset-id -r', help: 'The id of the rule set.' } as const;
const SWITCH = { name: 'vswitchname', aliases: '--vswitch-name -v', help: 'The name of the virtual switch.', required: true } as const;
const GROUP = { name: 'portgroupname', aliases: '--portgroup-name -p', help: 'The name of the port group.', required: true } as const;

function firewall(shell: Shell): Row {
  return { DefaultAction: firewallOf(shell).defaultPolicy.outgoingBlocked ? 'DROP' : 'PASS', Enabled: isFiltering(shell.managerProps('firewallSystem')), Loaded: true };
}

function setFirewall(shell: Shell): boolean {
  const system = shell.manager('firewallSystem');
  const enabled = shell.truth('enabled');
  const passes = shell.truth('defaultaction');
  if (enabled === undefined && passes === undefined) throw new CommandError('Missing required parameter: --enabled or --default-action');
  if (enabled !== undefined) shell.tx.set(system, '_enabled', enabled);
  if (passes !== undefined) shell.tx.set(system, 'firewallInfo', { ...firewallOf(shell), defaultPolicy: { incomingBlocked: !passes, outgoingBlocked: !passes } });
  return true;
}

function setRuleset(shell: Shell): boolean {
  const id = shell.arg('rulesetid');
  if (id === undefined) throw new CommandError('Missing required parameter -r|--ruleset-id');
  const system = shell.manager('firewallSystem');
  const old = firewallOf(shell).ruleset?.find(({ key }) => key === id);
  if (!old) throw new CommandError(`Ruleset '${id}' does not exist.`);
  const enabled = shell.truth('enabled');
  const all = shell.truth('allowedall');
  if (enabled !== undefined) enableRuleset(shell.tx, system, id, enabled);
  if (all !== undefined) limitRuleset(shell.tx, system, id, { ...old.allowedHosts, allIp: all });
  return true;
}

const machineNics = (shell: Shell, vm: Ref): readonly VirtualEthernetCard[] =>
  ((shell.tx.get(vm, 'config') as VirtualMachineConfigInfo).hardware.device ?? []).filter((device) => (device as { macAddress?: string }).macAddress !== undefined) as unknown as VirtualEthernetCard[];

/** The name and the switch of what an adapter is plugged into. */
function plug(shell: Shell, nic: VirtualEthernetCard): { readonly portgroup: string; readonly vswitch: string; readonly dvPort: string } {
  const backing = nic.backing as { deviceName?: string; port?: { switchUuid: string; portgroupKey?: string; portKey?: string } };
  const info = networkOf(shell).info;
  if (backing.port) {
    const group = backing.port.portgroupKey ?? '';
    return {
      portgroup: String(shell.tx.get({ type: 'DistributedVirtualPortgroup', value: group }, 'name') ?? group),
      vswitch: info.proxySwitch?.find((s) => s.dvsUuid === backing.port!.switchUuid)?.dvsName ?? '', dvPort: backing.port.portKey ?? '',
    };
  }
  const portgroup = backing.deviceName ?? '';
  return { portgroup, vswitch: info.portgroup?.find((g) => g.spec.name === portgroup)?.spec.vswitchName ?? '', dvPort: '' };
}

function ports(shell: Shell): readonly Row[] {
  const asked = shell.arg('worldid');
  if (asked === undefined) throw new CommandError('Missing required parameter -w|--world-id');
  const vm = shell.world(asked);
  const guest = (shell.tx.get(vm, 'guest.net') ?? []) as readonly GuestNicInfo[];
  return machineNics(shell, vm).filter((nic) => nic.connectable?.connected !== false).map((nic, i) => {
    const { portgroup, vswitch, dvPort } = plug(shell, nic);
    const address = guest.find((g) => g.macAddress === nic.macAddress)?.ipAddress?.find((ip) => !ip.includes(':'));
    return {
      ActiveFilters: '', DVPortID: dvPort, IPAddress: address ?? '0.0.0.0', MACAddress: nic.macAddress ?? '', PortID: String(67_108_864 + Number(asked) * 8 + i),
      Portgroup: portgroup, TeamUplink: uplinksOf(shell, vswitch)[0] ?? 'none', UplinkPortID: String(2_214_592_512), vSwitch: vswitch,
    };
  });
}

function uplinksOf(shell: Shell, name: string): readonly string[] {
  const { vswitch, proxySwitch, pnic } = networkOf(shell).info;
  const keys = vswitch?.find((s) => s.name === name)?.pnic ?? proxySwitch?.find((s) => s.dvsName === name)?.pnic ?? [];
  return (pnic ?? []).filter(({ key }) => keys.includes(key!)).map(({ device }) => device);
}

function switchRow(shell: Shell, s: HostVirtualSwitch): Row {
  const { portgroup } = networkOf(shell).info;
  const bridge = s.spec.bridge as { linkDiscoveryProtocolConfig?: { operation?: string }; beacon?: { interval?: number } } | undefined;
  return {
    BeaconEnabled: s.spec.policy?.nicTeaming?.failureCriteria?.checkBeacon ?? false, BeaconInterval: bridge?.beacon?.interval ?? 1, BeaconRequiredBy: '', BeaconThreshold: 3,
    CDPStatus: bridge?.linkDiscoveryProtocolConfig?.operation ?? 'listen', Class: 'cswitch', ConfiguredPorts: s.spec.numPorts > 0 ? s.spec.numPorts : s.numPorts,
    MTU: s.mtu ?? 1500, Name: s.name, NumPorts: s.numPorts, Portgroups: portgroup?.filter((g) => g.spec.vswitchName === s.name).map((g) => g.spec.name) ?? [],
    Uplinks: uplinksOf(shell, s.name), UsedPorts: s.numPorts - s.numPortsAvailable + 1,
  };
}

/** What listens on a host, and what it is connected to: its own services and the vCenter that manages it. */
function connections(shell: Shell): readonly Row[] {
  const own = networkOf(shell).info.vnic?.[0]?.spec.ip?.ipAddress ?? '127.0.0.1';
  const running = new Set(shell.config.service?.service?.filter((s) => s.running).map((s) => s.key));
  const listening: readonly (readonly [string, string, number, string])[] = [
    ['tcp', 'hostd', 8307, '127.0.0.1'], ['tcp', 'rhttpproxy', 443, '0.0.0.0'], ['tcp', 'rhttpproxy', 80, '0.0.0.0'], ['tcp', 'hostd', 902, '0.0.0.0'],
    ...(running.has('TSM-SSH') ? [['tcp', 'sshd', 22, '0.0.0.0'] as const] : []), ...(running.has('snmpd') ? [['udp', 'snmpd', 161, '0.0.0.0'] as const] : []),
    ...(running.has('ntpd') ? [['udp', 'ntpd', 123, '0.0.0.0'] as const] : []),
  ];
  const row = (proto: string, world: string, local: string, foreign: string, state: string, i: number): Row => ({
    CCAlgo: proto === 'tcp' ? 'newreno' : '', ForeignAddress: foreign, LocalAddress: local, Proto: proto, RecvQ: 0, SendQ: 0, State: state, WorldID: 2_098_000 + i, WorldName: world,
  });
  const rows = listening.map(([proto, world, port, address], i) => row(proto, world, `${address}:${port}`, `${proto === 'udp' ? '0.0.0.0:0' : '0.0.0.0:0'}`, proto === 'tcp' ? 'LISTEN' : '', i));
  const server = shell.tx.get(shell.host, 'summary.managementServerIp') as string | undefined;
  return server === undefined || !running.has('vpxa') ? rows : [...rows, row('tcp', 'vpxa-worker', `${own}:443`, `${server}:52114`, 'ESTABLISHED', rows.length)];
}

/** Changes the host's network by a pure edit, with esxcli's words for what is refused. */
function edit(shell: Shell, change: (network: HostNetwork) => ReturnType<typeof addSwitch>): boolean {
  const network = networkOf(shell);
  network.save(change(network));
  return true;
}

const need = (shell: Shell, name: string, flag: string): string => {
  const value = shell.arg(name);
  if (value === undefined) throw new CommandError(`Missing required parameter ${flag}`);
  return value;
};

export const networkCommands: readonly Command[] = [
  { path: 'network firewall get', help: 'Get the firewall status.', result: { kind: 'record', type: 'Firewall', columns: ['DefaultAction', 'Enabled', 'Loaded'] }, run: firewall },
  {
    path: 'network firewall set', help: 'Set firewall enabled status and default action.', result: { kind: 'boolean' }, run: setFirewall,
    params: [{ name: 'defaultaction', aliases: '--default-action -d', help: 'true passes packets by default, false drops them.' }, { name: 'enabled', aliases: '--enabled -e', help: BOOL_HELP }],
  },
  { path: 'network firewall refresh', help: 'Load the rule set configuration.', result: { kind: 'boolean' }, run: () => true },
  {
    path: 'network firewall ruleset list', help: 'List the rule sets.', params: [RULESET], result: { kind: 'table', type: 'Ruleset', columns: ['Name', 'Enabled'] },
    run: (shell) => (firewallOf(shell).ruleset ?? []).filter(({ key }) => shell.arg('rulesetid') === undefined || key === shell.arg('rulesetid')).map(({ key, enabled }) => ({ Enabled: enabled, Name: key })),
  },
  {
    path: 'network firewall ruleset set', help: 'Set a rule set enabled, or open for all addresses.', result: { kind: 'boolean' }, run: setRuleset,
    params: [{ name: 'allowedall', aliases: '--allowed-all -a', help: BOOL_HELP }, { name: 'enabled', aliases: '--enabled -e', help: BOOL_HELP }, { ...RULESET, required: true }],
  },
  {
    path: 'network firewall ruleset rule list', help: 'List the rules of each rule set.', params: [RULESET],
    result: { kind: 'table', type: 'Rule', columns: ['Ruleset', 'Direction', 'Protocol', 'Port Type', 'Port Begin', 'Port End'] },
    run: (shell) => (firewallOf(shell).ruleset ?? []).filter(({ key }) => shell.arg('rulesetid') === undefined || key === shell.arg('rulesetid')).flatMap(({ key, rule }) => rule.map((r) => ({
      Direction: r.direction === 'inbound' ? 'Inbound' : 'Outbound', PortBegin: r.port, PortEnd: r.endPort ?? r.port, PortType: 'Dst', Protocol: r.protocol.toUpperCase(), Ruleset: key,
    }))),
  },
  {
    path: 'network firewall ruleset allowedip list', help: 'List the allowed addresses of each rule set.', params: [RULESET],
    result: { kind: 'table', type: 'RulesetAllowedIP', columns: ['Ruleset', 'Allowed IP Addresses'] },
    run: (shell) => (firewallOf(shell).ruleset ?? []).filter(({ key }) => shell.arg('rulesetid') === undefined || key === shell.arg('rulesetid')).map(({ key, allowedHosts }) => ({
      AllowedIPAddresses: allowedHosts?.allIp ?? true ? ['All'] : [...(allowedHosts?.ipAddress ?? []), ...(allowedHosts?.ipNetwork ?? []).map((n) => `${n.network}/${n.prefixLength}`)], Ruleset: key,
    })),
  },
  {
    path: 'network ip connection list', help: 'List active TCP/IP connections.',
    params: [{ name: 'type', aliases: '--type -t', help: 'tcp, udp, ip or all' }],
    result: { kind: 'table', type: 'IpConnection', columns: ['Proto', 'Recv Q', 'Send Q', 'Local Address', 'Foreign Address', 'State', 'World ID', 'CC Algo', 'World Name'] },
    run: (shell) => connections(shell).filter(({ Proto }) => ['all', 'ip', undefined, Proto].includes(shell.arg('type'))),
  },
  {
    path: 'network ip interface list', help: 'List the VMkernel network interfaces.',
    result: { kind: 'blocks', type: 'NetworkInterface', columns: ['Name', 'MACAddress', 'Enabled', 'Portset', 'Portgroup', 'NetstackInstance', 'MTU', 'PortID'] },
    run: (shell) => (networkOf(shell).info.vnic ?? []).map((v, i) => {
      const port = v.spec.distributedVirtualPort;
      const dvs = port && networkOf(shell).info.proxySwitch?.find((s) => s.dvsUuid === port.switchUuid);
      return {
        Enabled: true, ExternalID: 'N/A', MACAddress: v.spec.mac ?? '', MTU: v.spec.mtu ?? 1500, Name: v.device, NetstackInstance: v.spec.netStackInstanceKey ?? 'defaultTcpipStack',
        OpaqueNetworkID: 'N/A', OpaqueNetworkType: 'N/A', PortID: 67_108_880 + i * 2, Portgroup: v.portgroup === '' ? 'N/A' : v.portgroup,
        Portset: dvs ? 'DvsPortset-0' : networkOf(shell).info.portgroup?.find((g) => g.spec.name === v.portgroup)?.spec.vswitchName ?? '', RXDispatchQueueSize: 4, TSOMSS: 65_535,
        VDSConnection: port ? String(port.connectionCookie ?? 0) : '-1', VDSName: dvs?.dvsName ?? 'N/A', VDSPort: port?.portKey ?? 'N/A', VDSUUID: port?.switchUuid ?? 'N/A',
      };
    }),
  },
  {
    path: 'network ip interface ipv4 get', help: 'Get the IPv4 settings of VMkernel network interfaces.',
    params: [{ name: 'interfacename', aliases: '--interface-name -i', help: 'The interface.' }, { name: 'netstack', aliases: '--netstack -N', help: 'The network stack.' }],
    result: { kind: 'table', type: 'IPv4Interface', columns: ['Name', 'IPv4 Address', 'IPv4 Netmask', 'IPv4 Broadcast', 'Address Type', 'Gateway', 'DHCP DNS'] },
    run: (shell) => (networkOf(shell).info.vnic ?? []).filter((v) => [undefined, v.device].includes(shell.arg('interfacename')) && (shell.arg('netstack') ?? v.spec.netStackInstanceKey) === v.spec.netStackInstanceKey).map((v) => ({
      AddressType: v.spec.ip?.dhcp ? 'DHCP' : 'STATIC', DHCPDNS: false, Gateway: networkOf(shell).info.ipRouteConfig?.defaultGateway ?? '0.0.0.0', IPv4Address: v.spec.ip?.ipAddress ?? '0.0.0.0',
      IPv4Broadcast: broadcast(v.spec.ip?.ipAddress, v.spec.ip?.subnetMask), IPv4Netmask: v.spec.ip?.subnetMask ?? '0.0.0.0', Name: v.device,
    })),
  },
  {
    path: 'network ip route ipv4 list', help: 'List the configured IPv4 routes.', result: { kind: 'table', type: 'IpRouteTable', columns: ['Network', 'Netmask', 'Gateway', 'Interface', 'Source'] },
    run: (shell) => (networkOf(shell).info.routeTableInfo?.ipRoute ?? []).map((r) => ({
      Gateway: r.gateway, Interface: r.deviceName ?? '', Netmask: mask(r.prefixLength), Network: r.prefixLength === 0 ? 'default' : r.network, Source: 'MANUAL',
    })),
  },
  {
    path: 'network ip dns server list', help: 'List the DNS servers.', result: { kind: 'record', type: 'DNSServers', columns: ['DNSServers'] },
    run: (shell) => ({ DNSServers: networkOf(shell).info.dnsConfig?.address ?? [] }),
  },
  {
    path: 'network ip dns server add', help: 'Add a DNS server.', params: [{ name: 'server', aliases: '--server -s', help: 'The address of the server.', required: true }], result: { kind: 'boolean' },
    run: (shell) => edit(shell, ({ info }) => setDns(info, { ...info.dnsConfig!, address: [...(info.dnsConfig!.address ?? []), need(shell, 'server', '-s|--server')] })),
  },
  {
    path: 'network nic list', help: 'List the physical NICs.', result: { kind: 'table', type: 'Nic', columns: ['Name', 'PCI Device', 'Driver', 'Admin Status', 'Link Status', 'Speed', 'Duplex', 'MAC Address', 'MTU', 'Description'] },
    run: (shell) => (networkOf(shell).info.pnic ?? []).map((p) => ({
      AdminStatus: 'Up', Description: 'VMware Inc. vmxnet3 Virtual Ethernet Controller', Driver: p.driver ?? '', Duplex: p.linkSpeed?.duplex ? 'Full' : 'Half', LinkStatus: p.linkSpeed ? 'Up' : 'Down',
      MACAddress: p.mac, MTU: networkOf(shell).info.vswitch?.find((s) => s.pnic?.includes(p.key!))?.mtu ?? 1500, Name: p.device, PCIDevice: p.pci, Speed: p.linkSpeed?.speedMb ?? 0,
    })),
  },
  {
    path: 'network vswitch standard list', help: 'List the virtual switches.', params: [{ ...SWITCH, required: false }],
    result: { kind: 'blocks', type: 'VirtualSwitch', columns: ['Name', 'Class', 'NumPorts', 'UsedPorts', 'ConfiguredPorts', 'MTU', 'Uplinks', 'Portgroups'] },
    run: (shell) => (networkOf(shell).info.vswitch ?? []).filter((s) => [undefined, s.name].includes(shell.arg('vswitchname'))).map((s) => switchRow(shell, s)),
  },
  {
    path: 'network vswitch standard add', help: 'Add a virtual switch.', result: { kind: 'boolean' }, params: [SWITCH, { name: 'ports', aliases: '--ports -P', help: 'The number of ports.' }],
    run: (shell) => edit(shell, ({ info }) => addSwitch(info, need(shell, 'vswitchname', '-v|--vswitch-name'), { numPorts: Number(shell.arg('ports') ?? 128) })),
  },
  {
    path: 'network vswitch standard remove', help: 'Remove a virtual switch.', result: { kind: 'boolean' }, params: [SWITCH],
    run: (shell) => edit(shell, ({ info, users }) => removeSwitch(info, need(shell, 'vswitchname', '-v|--vswitch-name'), users)),
  },
  {
    path: 'network vswitch standard portgroup list', help: 'List the port groups.', result: { kind: 'table', type: 'PortGroup', columns: ['Name', 'Virtual Switch', 'Active Clients', 'VLAN ID'] },
    run: (shell) => (networkOf(shell).info.portgroup ?? []).map((g) => ({
      ActiveClients: shell.worlds().flatMap(({ vm }) => machineNics(shell, vm)).filter((nic) => plug(shell, nic).portgroup === g.spec.name).length
        + (networkOf(shell).info.vnic ?? []).filter((v) => v.portgroup === g.spec.name).length,
      Name: g.spec.name, VirtualSwitch: g.spec.vswitchName, VLANID: g.spec.vlanId,
    })),
  },
  {
    path: 'network vswitch standard portgroup add', help: 'Add a port group.', result: { kind: 'boolean' }, params: [GROUP, SWITCH],
    run: (shell) => edit(shell, ({ info }) => addPortGroup(info, { name: need(shell, 'portgroupname', '-p|--portgroup-name'), vswitchName: need(shell, 'vswitchname', '-v|--vswitch-name'), vlanId: 0, policy: {} })),
  },
  {
    path: 'network vswitch standard portgroup remove', help: 'Remove a port group.', result: { kind: 'boolean' }, params: [GROUP, SWITCH],
    run: (shell) => edit(shell, ({ info, users }) => removePortGroup(info, need(shell, 'portgroupname', '-p|--portgroup-name'), users)),
  },
  {
    path: 'network vm list', help: 'List networking information of running virtual machines.', result: { kind: 'table', type: 'VM', columns: ['World ID', 'Name', 'Num Ports', 'Networks'] },
    run: (shell) => shell.worlds().map(({ vm, id }) => {
      const nics = machineNics(shell, vm);
      return { Name: String(shell.tx.get(vm, 'name')), Networks: [...new Set(nics.map((nic) => plug(shell, nic).portgroup))], NumPorts: nics.length, WorldID: id };
    }),
  },
  {
    path: 'network vm port list', help: 'List the ports of a virtual machine.', params: [{ name: 'worldid', aliases: '--world-id -w', help: 'The world of the virtual machine.', required: true }],
    result: { kind: 'blocks', type: 'Port', columns: ['PortID', 'vSwitch', 'Portgroup', 'DVPortID', 'MACAddress', 'IPAddress', 'TeamUplink', 'UplinkPortID', 'ActiveFilters'] }, run: ports,
  },
];

const mask = (prefix: number): string => [24, 16, 8, 0].map((shift) => ((prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0) >>> shift) & 255).join('.');

function broadcast(address: string | undefined, netmask: string | undefined): string {
  if (!address || !netmask) return '0.0.0.0';
  const bits = netmask.split('.').map(Number);
  return address.split('.').map((part, i) => (Number(part) | (~bits[i]! & 255)) & 255).join('.');
}
