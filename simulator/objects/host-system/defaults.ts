// What a freshly installed host has configured beside its network: services, firewall, advanced options, clock, power.
// Shared values: a change replaces the list in the manager object of one host.
import type {
  AboutInfo, HostAutoStartManagerConfig, HostDateTimeInfo, HostFirewallInfo, HostFirewallRule, HostFirewallRuleset,
  HostPowerPolicy, HostService, OptionDef, OptionValue,
} from '../../../core/vim25/index.ts';
import { typed } from '../../../core/vim25/index.ts';

type Port = readonly [port: number, direction: 'inbound' | 'outbound', protocol: 'tcp' | 'udp', endPort?: number];

const rule = ([port, direction, protocol, endPort]: Port): HostFirewallRule => ({
  port, ...(endPort === undefined ? {} : { endPort }), direction, portType: 'dst', protocol,
});

const ruleset = (key: string, label: string, enabled: boolean, ports: readonly Port[], required = false): HostFirewallRuleset => ({
  key, label, required, rule: ports.map(rule), enabled, allowedHosts: { allIp: true },
});

/** Rule sets as installed. vSPC and remoteSerialPort cover what serial ports over the network need. */
export const FIREWALL: HostFirewallInfo = {
  defaultPolicy: { incomingBlocked: true, outgoingBlocked: true },
  ruleset: [
    ruleset('sshServer', 'SSH Server', true, [[22, 'inbound', 'tcp']]),
    ruleset('sshClient', 'SSH Client', false, [[22, 'outbound', 'tcp']]),
    ruleset('nfsClient', 'NFS Client', false, [[0, 'outbound', 'tcp', 65535]]),
    ruleset('nfs41Client', 'NFS41 Client', false, [[2049, 'outbound', 'tcp']]),
    ruleset('dhcp', 'DHCP Client', true, [[68, 'inbound', 'udp'], [67, 'outbound', 'udp']], true),
    ruleset('dns', 'DNS Client', true, [[53, 'outbound', 'udp'], [53, 'outbound', 'tcp']], true),
    ruleset('snmp', 'SNMP Server', true, [[161, 'inbound', 'udp']], true),
    ruleset('ntpClient', 'NTP Client', false, [[123, 'outbound', 'udp']]),
    ruleset('iSCSI', 'Software iSCSI Client', false, [[3260, 'outbound', 'tcp']]),
    ruleset('vMotion', 'vMotion', true, [[8000, 'inbound', 'tcp'], [8000, 'outbound', 'tcp']], true),
    ruleset('vSphereClient', 'vSphere Web Client', true, [[902, 'inbound', 'tcp'], [443, 'inbound', 'tcp']], true),
    ruleset('vpxHeartbeats', 'VMware vCenter Agent', true, [[902, 'outbound', 'udp']], true),
    ruleset('NFC', 'NFC', true, [[902, 'inbound', 'tcp'], [902, 'outbound', 'tcp']], true),
    ruleset('WOL', 'WOL', true, [[9, 'outbound', 'udp']], true),
    ruleset('HBR', 'HBR', true, [[31031, 'outbound', 'tcp'], [44046, 'outbound', 'tcp']], true),
    ruleset('faultTolerance', 'Fault Tolerance', true, [[8300, 'inbound', 'tcp'], [8300, 'outbound', 'tcp'], [80, 'outbound', 'tcp']], true),
    ruleset('syslog', 'syslog', false, [[514, 'outbound', 'udp'], [514, 'outbound', 'tcp'], [1514, 'outbound', 'tcp']]),
    ruleset('webAccess', 'vSphere Web Access', true, [[80, 'inbound', 'tcp']], true),
    ruleset('httpClient', 'httpClient', false, [[80, 'outbound', 'tcp'], [443, 'outbound', 'tcp']]),
    ruleset('remoteSerialPort', 'VM serial port connected over network', true, [[23, 'outbound', 'tcp'], [1024, 'outbound', 'tcp', 65535]]),
    ruleset('vSPC', 'VM serial port connected to vSPC', true, [[0, 'outbound', 'tcp', 65535]]),
    ruleset('gdbserver', 'gdbserver', false, [[1000, 'inbound', 'tcp', 9999], [50000, 'inbound', 'tcp', 50999]]),
  ],
};

const service = (key: string, label: string, running: boolean, policy: string, rulesets: readonly string[] = []): HostService => ({
  key, label, required: false, uninstallable: false, running, ruleset: rulesets, policy,
  sourcePackage: { sourcePackageName: 'esx-base', description: 'This VIB contains all of the base functionality of vSphere ESXi.' },
});

export const SERVICES: readonly HostService[] = [
  service('DCUI', 'Direct Console UI', true, 'on'),
  service('TSM', 'ESXi Shell', false, 'off'),
  service('TSM-SSH', 'SSH', false, 'off', ['sshServer']),
  service('lbtd', 'Load-Based Teaming Daemon', true, 'on'),
  service('lwsmd', 'Active Directory Service', false, 'off'),
  service('ntpd', 'NTP Daemon', false, 'off', ['ntpClient']),
  service('pcscd', 'PC/SC Smart Card Daemon', false, 'off'),
  service('snmpd', 'SNMP Server', false, 'on', ['snmp']),
  service('vmsyslogd', 'Syslog Server', true, 'on'),
  service('vpxa', 'VMware vCenter Agent', true, 'on', ['vpxHeartbeats']),
  service('xorg', 'X.Org Server', false, 'on'),
];

const OPTIONS: readonly (readonly [key: string, label: string, value: string | number, low?: number, high?: number])[] = [
  ['Annotations.WelcomeMessage', 'The welcome message in the initial screen and in the Host Client', ''],
  ['Config.HostAgent.log.level', 'Log level', 'info'],
  ['Config.HostAgent.plugins.solo.enableMob', 'Enable the managed object browser', 'false'],
  ['Misc.LogToSerial', 'Send the vmkernel log to the serial port', 1, 0, 1],
  ['Mem.ShareScanTime', 'Minutes to scan an entire virtual machine', 60, 0, 1440],
  ['Net.FollowHardwareMac', 'Let vmk0 follow the hardware MAC address', 1, 0, 1],
  ['NFS.MaxVolumes', 'Maximum number of mounted NFS volumes', 8, 8, 256],
  ['Syslog.global.logDir', 'Datastore path of the directory to output logs to', '[] /scratch/log'],
  ['Syslog.global.logHost', 'Remote syslog hosts', ''],
  ['UserVars.ESXiShellInteractiveTimeOut', 'Time before idle interactive shells are logged out', 0, 0, 86400],
  ['UserVars.ESXiShellTimeOut', 'Time before a locally enabled shell stops', 0, 0, 86400],
  ['UserVars.SuppressShellWarning', 'Do not warn that the shell is enabled', 0, 0, 1],
  ['VMFS3.HardwareAcceleratedLocking', 'Enable hardware accelerated locking', 1, 0, 1],
];

const optionValue = (value: string | number): unknown => (typeof value === 'number' ? typed('xsd:long', value) : value);

export const ADVANCED_OPTIONS: readonly OptionValue[] = OPTIONS.map(([key, , value]) => ({ _type: 'OptionValue', key, value: optionValue(value) }));

export const OPTION_DEFINITIONS: readonly OptionDef[] = OPTIONS.map(([key, label, value, low = 0, high = 0]) => ({
  key, label, summary: label,
  optionType: typeof value === 'number'
    ? { _type: 'LongOption', min: low, max: high, defaultValue: value }
    : { _type: 'StringOption', defaultValue: value },
} as unknown as OptionDef));

export const DATE_TIME: HostDateTimeInfo = {
  timeZone: { key: 'UTC', name: 'UTC', description: 'UTC', gmtOffset: 0 }, systemClockProtocol: 'ntp', ntpConfig: { server: [] },
  enabled: true, disableEvents: false, disableFallback: false, inFallbackState: false, serviceSync: false,
};

const policy = (key: number, shortName: string, name: string): HostPowerPolicy => ({
  key, name: `PowerPolicy.${shortName}.name`, shortName, description: `PowerPolicy.${shortName}.description`.replace('description', name),
});

export const POWER_POLICIES: readonly HostPowerPolicy[] = [
  policy(1, 'static', 'High performance'), policy(2, 'dynamic', 'Balanced'), policy(3, 'low', 'Low power'), policy(4, 'custom', 'Custom'),
];

export const AUTO_START: HostAutoStartManagerConfig = {
  defaults: { enabled: false, startDelay: 120, stopDelay: 120, waitForHeartbeat: false, stopAction: 'PowerOff' }, powerInfo: [],
};

/** AboutInfo of the hosts below a vCenter: an ESXi of the same version. */
export function esxAbout(about: AboutInfo): AboutInfo {
  if (about.apiType === 'HostAgent') return about;
  const major = about.version.split('.')[0]!;
  return {
    name: 'VMware ESXi', fullName: `VMware ESXi ${about.version} build-${about.build}`, vendor: 'VMware, Inc.',
    version: about.version, build: about.build, localeVersion: 'INTL', localeBuild: '000', osType: 'vmnix-x86',
    productLineId: 'embeddedEsx', apiType: 'HostAgent', apiVersion: about.apiVersion,
    licenseProductName: 'VMware ESX Server', licenseProductVersion: `${major}.0`,
  };
}
