// The advanced options of a host: definitions with their ranges, and what they are set to at first. Data only;
// option-manager.ts checks changes against it.
import { typed, type OptionDef, type OptionValue } from '../../../core/vim25/index.ts';

type Row =
  | readonly [key: string, label: string, value: number, low: number, high: number]
  | readonly [key: string, label: string, value: string, choices?: readonly string[]];

const ROWS: readonly Row[] = [
  ['Annotations.WelcomeMessage', 'The welcome message in the initial screen and in the Host Client', ''],
  ['BufferCache.FlushInterval', 'Milliseconds between flushes of the buffer cache', 30000, 0, 3600000],
  ['Config.Defaults.monitor.control.disable_chipset_detection', 'Disable chipset detection', 'false'],
  ['Config.Etc.issue', 'Banner shown at SSH logins', ''],
  ['Config.Etc.motd', 'Message of the day', 'The time and date of this login have been sent to the system logs.\n'],
  ['Config.GlobalSettings.guest.commands.sharedPolicyRefCount', 'Sessions that have enabled the shared policy', '0'],
  ['Config.HostAgent.log.level', 'Log level', 'info', ['none', 'quiet', 'panic', 'error', 'warning', 'info', 'verbose', 'trivia']],
  ['Config.HostAgent.plugins.hostsvc.esxAdminsGroup', 'Active Directory group that administers the host', 'ESX Admins'],
  ['Config.HostAgent.plugins.solo.enableMob', 'Enable the managed object browser', 'false', ['true', 'false']],
  ['Config.HostAgent.plugins.vimsvc.userSearch.maxResults', 'Most results of a user search', 100, 1, 5000],
  ['Config.HostAgent.vmacore.soap.sessionTimeout', 'Minutes until an idle session ends', 30, 0, 2147483647],
  ['Cpu.CoschedCrossCall', 'Cross-calls for coscheduling', 1, 0, 1],
  ['Cpu.UseMwait', 'Use of MWAIT', 2, 0, 3],
  ['DCUI.Access', 'Users who may always use the direct console', 'root'],
  ['Disk.DiskMaxIOSize', 'Largest disk I/O in KB before it is split', 32767, 32, 32767],
  ['Disk.MaxLUN', 'Highest LUN that is scanned', 1024, 1, 16383],
  ['Disk.QFullSampleSize', 'I/Os sampled for queue full conditions', 0, 0, 64],
  ['Disk.SchedNumReqOutstanding', 'Outstanding commands to a target with competing worlds', 32, 1, 256],
  ['HBR.NfcDataTimeout', 'Seconds until an NFC transfer times out', 300, 0, 2147483647],
  ['Irq.RoutingPolicy', 'Policy of interrupt routing', 2, 0, 2],
  ['LSOM.diskIoTimeout', 'Milliseconds until a vSAN disk I/O times out', 100000, 100, 120000],
  ['Mem.AllocGuestLargePage', 'Back guest memory with large pages', 1, 0, 1],
  ['Mem.ShareForceSalting', 'Salting of page sharing', 2, 0, 2],
  ['Mem.ShareScanGHz', 'Pages scanned for sharing per GHz and second', 4, 0, 32],
  ['Mem.ShareScanTime', 'Minutes to scan an entire virtual machine', 60, 10, 600],
  ['Mem.HostLocalSwapDirEnabled', 'Keep swap files in the host-local directory', 0, 0, 1],
  ['Migrate.Enabled', 'Allow migration with VMotion', 1, 0, 1],
  ['Migrate.VMotionStreamHelpers', 'Helpers of a VMotion stream', 0, 0, 60],
  ['Misc.APDHandlingEnable', 'Handle all paths down', 1, 0, 1],
  ['Misc.APDTimeout', 'Seconds until all paths down times out', 140, 20, 99999],
  ['Misc.BlueScreenTimeout', 'Seconds until a reboot after a failure (0: never)', 0, 0, 65535],
  ['Misc.HeartbeatTimeout', 'Milliseconds until a CPU counts as locked up', 14000, 0, 86400000],
  ['Misc.LogToSerial', 'Send the vmkernel log to the serial port', 1, 0, 1],
  ['NFS.HeartbeatFrequency', 'Seconds between heartbeats', 12, 1, 2147483647],
  ['NFS.HeartbeatTimeout', 'Seconds until a heartbeat times out', 5, 1, 2147483647],
  ['NFS.MaxQueueDepth', 'Largest queue of a volume', 4294967295, 1, 4294967295],
  ['NFS.MaxVolumes', 'Maximum number of mounted NFS volumes', 8, 8, 256],
  ['NFS41.MaxVolumes', 'Maximum number of mounted NFS 4.1 volumes', 8, 8, 256],
  ['Net.BlockGuestBPDU', 'Block the BPDU packets of guests', 0, 0, 1],
  ['Net.DVSLargeHeapMaxSize', 'MB of the largest DVS heap', 80, 20, 80],
  ['Net.FollowHardwareMac', 'Let vmk0 follow the hardware MAC address', 1, 0, 1],
  ['Net.GuestIPHack', 'Learn the addresses of guests from ARP', 0, 0, 1],
  ['Net.TcpipHeapMax', 'MB that the TCP/IP heap may grow to', 512, 32, 2047],
  ['Net.TcpipHeapSize', 'MB of the TCP/IP heap', 0, 0, 32],
  ['Numa.LTermFairnessInterval', 'Intervals between long term fairness decisions', 5, 0, 255],
  ['Power.CpuPolicy', 'CPU power policy', 'dynamic', ['static', 'dynamic', 'low', 'custom']],
  ['Security.AccountLockFailures', 'Failed logins until an account is locked', 5, 0, 100],
  ['Security.AccountUnlockTime', 'Seconds until a locked account is unlocked', 900, 0, 1073741824],
  ['Security.PasswordHistory', 'Passwords that are remembered', 0, 0, 2147483647],
  ['Security.PasswordMaxDays', 'Days until a password must be changed', 99999, 0, 99999],
  ['Security.PasswordQualityControl', 'Requirements of passwords', 'retry=3 min=disabled,disabled,disabled,7,7'],
  ['SunRPC.MaxConnPerIP', 'Connections for each address', 4, 4, 128],
  ['Syslog.global.defaultRotate', 'Rotated logs that are kept', 8, 1, 100],
  ['Syslog.global.defaultSize', 'KB until a log is rotated', 1024, 1, 10240],
  ['Syslog.global.logDir', 'Datastore path of the directory to output logs to', '[] /scratch/log'],
  ['Syslog.global.logDirUnique', 'Give each host its own directory', 'false', ['true', 'false']],
  ['Syslog.global.logHost', 'Remote syslog hosts', ''],
  ['UserVars.ActiveDirectoryVerifyCAMCertificate', 'Verify certificates when joining a domain', 1, 0, 1],
  ['UserVars.DcuiTimeOut', 'Seconds until an idle direct console session is logged out', 600, 0, 86400],
  ['UserVars.ESXiShellInteractiveTimeOut', 'Seconds until an idle interactive shell is logged out', 0, 0, 86400],
  ['UserVars.ESXiShellTimeOut', 'Seconds until a locally enabled shell stops', 0, 0, 86400],
  ['UserVars.ESXiVPsDisabledProtocols', 'Disabled TLS versions', 'sslv3,tlsv1,tlsv1.1'],
  ['UserVars.HostClientSessionTimeout', 'Seconds until an idle Host Client session ends', 900, 0, 7200],
  ['UserVars.SuppressCoredumpWarning', 'Do not warn that no core dump target is configured', 0, 0, 1],
  ['UserVars.SuppressHyperthreadWarning', 'Do not warn of hyperthreading', 0, 0, 1],
  ['UserVars.SuppressShellWarning', 'Do not warn that the shell is enabled', 0, 0, 1],
  ['VMFS3.EnableBlockDelete', 'Reclaim blocks on request of guests', 0, 0, 1],
  ['VMFS3.HardwareAcceleratedLocking', 'Enable hardware accelerated locking', 1, 0, 1],
  ['VMFS3.MaxHeapSizeMB', 'MB that the VMFS heap may grow to', 256, 32, 640],
  ['VMkernel.Boot.hyperthreading', 'Use hyperthreading when available', 'true', ['true', 'false']],
  ['Vpx.Vpxa.config.log.level', 'Log level of the vCenter agent', 'verbose', ['none', 'quiet', 'panic', 'error', 'warning', 'info', 'verbose', 'trivia']],
  ['XvMotion.MaxRetries', 'Retries of a migration of storage', 10, 0, 100],
];

export const ADVANCED_OPTIONS: readonly OptionValue[] = ROWS.map(([key, , value]) => ({
  _type: 'OptionValue', key, value: typeof value === 'number' ? typed('xsd:long', value) : value,
}));

const choice = (value: string) => ({ key: value, label: value, summary: value });

export const OPTION_DEFINITIONS: readonly OptionDef[] = ROWS.map(([key, label, value, low, high]) => ({
  key, label, summary: label,
  optionType: typeof value === 'number'
    ? { _type: 'LongOption', valueIsReadonly: false, min: low as number, max: high, defaultValue: value }
    : Array.isArray(low)
      ? { _type: 'ChoiceOption', valueIsReadonly: false, choiceInfo: (low as string[]).map(choice), defaultIndex: (low as string[]).indexOf(value) }
      : { _type: 'StringOption', valueIsReadonly: false, defaultValue: value },
} as unknown as OptionDef));
