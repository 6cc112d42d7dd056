// The firewall's rule sets as an ESXi host ships them: data only. Shared values: a change replaces the list of one host.
import type { HostFirewallInfo, HostFirewallRule, HostFirewallRuleset } from '../../../core/vim25/index.ts';

/** 'in 22 tcp', 'out 0-65535 tcp' */
function rule(spelled: string): HostFirewallRule {
  const [direction, ports, protocol] = spelled.trim().split(' ') as [string, string, string];
  const [port, endPort] = ports.split('-').map(Number) as [number, number | undefined];
  const inbound = direction === 'in';
  return {
    port, ...(endPort === undefined ? {} : { endPort }), direction: inbound ? 'inbound' : 'outbound', portType: 'dst', protocol,
  };
}

/** Flags: E enabled, R required, A its allowed addresses cannot be set. */
type Row = readonly [key: string, label: string, flags: string, rules: string, service?: string];

const ROWS: readonly Row[] = [
  ['CIMHttpServer', 'CIM Server', 'E', 'in 5988 tcp', 'sfcbd-watchdog'],
  ['CIMHttpsServer', 'CIM Secure Server', 'E', 'in 5989 tcp', 'sfcbd-watchdog'],
  ['CIMSLP', 'CIM SLP', '', 'in 427 udp, out 427 udp, in 427 tcp, out 427 tcp', 'slpd'],
  ['iSCSI', 'Software iSCSI Client', '', 'out 3260 tcp'],
  ['nfsClient', 'NFS Client', '', 'out 0-65535 tcp'],
  ['nfs41Client', 'NFS 4.1 Client', '', 'out 2049 tcp'],
  ['sshServer', 'SSH Server', 'E', 'in 22 tcp', 'TSM-SSH'],
  ['sshClient', 'SSH Client', '', 'out 22 tcp'],
  ['dhcp', 'DHCP Client', 'ERA', 'in 68 udp, out 67 udp'],
  ['dns', 'DNS Client', 'ERA', 'in 53 udp, out 53 udp, out 53 tcp'],
  ['snmp', 'SNMP Server', 'E', 'in 161 udp', 'snmpd'],
  ['ntpClient', 'NTP Client', '', 'out 123 udp', 'ntpd'],
  ['ptpd', 'PTP Client', '', 'in 319-320 udp, out 319-320 udp', 'ptpd'],
  ['webAccess', 'vSphere Web Access', 'ER', 'in 80 tcp'],
  ['vSphereClient', 'vSphere Web Client', 'ER', 'in 902 tcp, in 443 tcp'],
  ['vpxHeartbeats', 'VMware vCenter Agent', 'ER', 'out 902 udp', 'vpxa'],
  ['vMotion', 'vMotion', 'ER', 'in 8000 tcp, out 8000 tcp'],
  ['faultTolerance', 'Fault Tolerance', 'ER', 'in 8300 tcp, out 8300 tcp, out 80 tcp'],
  ['NFC', 'NFC', 'ER', 'in 902 tcp, out 902 tcp'],
  ['HBR', 'HBR', 'ER', 'out 31031 tcp, out 44046 tcp'],
  ['WOL', 'WOL', 'ER', 'out 9 udp'],
  ['fdm', 'vSphere High Availability Agent', '', 'in 8182 tcp, in 8182 udp, out 8182 tcp, out 8182 udp', 'vmware-fdm'],
  ['DVSSync', 'DVSSync', 'ER', 'in 8301-8302 udp, out 8301-8302 udp'],
  ['DVFilter', 'DVFilter', '', 'in 2222 tcp'],
  ['remoteSerialPort', 'VM serial port connected over network', 'E', 'out 23 tcp, out 1024-65535 tcp'],
  ['vSPC', 'VM serial port connected to vSPC', 'E', 'out 0-65535 tcp'],
  ['gdbserver', 'gdbserver', '', 'in 1000-9999 tcp, in 50000-50999 tcp'],
  ['httpClient', 'httpClient', '', 'out 80 tcp, out 443 tcp'],
  ['ftpClient', 'FTP Client', '', 'out 21 tcp, in 20 tcp'],
  ['syslog', 'syslog', '', 'out 514 udp, out 514 tcp, out 1514 tcp', 'vmsyslogd'],
  ['updateManager', 'vSphere Lifecycle Manager', 'ER', 'out 80 tcp, out 9000-9100 tcp'],
  ['activeDirectoryAll', 'Active Directory All', '', 'out 88 udp, out 88 tcp, out 123 udp, out 137 udp, out 139 tcp, out 389 tcp, out 389 udp, out 445 tcp, out 464 tcp, out 464 udp, out 3268 tcp, out 51915 tcp'],
  ['rdt', 'Virtual SAN Transport', '', 'in 2233 tcp, out 2233 tcp'],
  ['cmmds', 'Virtual SAN Clustering Service', '', 'in 12345 udp, in 23451 udp, in 12321 udp, out 12345 udp, out 23451 udp, out 12321 udp'],
  ['vsanvp', 'vsanvp', 'E', 'in 8080 tcp, out 8080 tcp'],
  ['vsanEncryption', 'vsanEncryption', '', 'out 0-65535 tcp'],
  ['vsanhealth-unicasttest', 'Virtual SAN health unicast test', '', 'in 5201 tcp, out 5201 tcp'],
  ['vvold', 'vvold', '', 'out 0-65535 tcp'],
  ['iofiltervp', 'iofiltervp', 'E', 'in 9080 tcp'],
  ['esxupdate', 'esxupdate', '', 'out 443 tcp'],
  ['ipfam', 'NSX Distributed Logical Router Service', '', 'in 6999 udp, out 6999 udp'],
  ['dynamicruleset', 'DynamicRuleset', '', 'out 0-65535 tcp'],
  ['pvrdma', 'pvrdma', '', 'in 28250 tcp, out 28250 tcp'],
  ['trusted-infrastructure-kmxd', 'Trusted Infrastructure Key Provider', '', 'out 0-65535 tcp', 'kmxd'],
  ['nvmetcp', 'NVMe over TCP', 'E', 'out 8009 tcp, out 4420 tcp'],
  ['vltd', 'vCenter lifecycle daemon', '', 'in 8084 tcp', 'vltd'],
  ['settingsd', 'settingsd', 'ER', 'in 8083 tcp'],
];

const ruleset = ([key, label, flags, rules, service]: Row): HostFirewallRuleset => ({
  key, label, required: flags.includes('R'), rule: rules.split(',').map(rule), ...(service === undefined ? {} : { service }),
  enabled: flags.includes('E'), allowedHosts: { allIp: true }, userControllable: !flags.includes('R'), ipListUserConfigurable: !flags.includes('A'),
});

/** The firewall as installed. */
export const FIREWALL: HostFirewallInfo = {
  defaultPolicy: { incomingBlocked: true, outgoingBlocked: true },
  ruleset: ROWS.map(ruleset),
};
