// esxcli hardware, iscsi, software, storage, system, vm: what the host is and runs, and what may be set of it.
import { plain, typed, type HostDnsConfig, type HostHardwareInfo, type HostRuntimeInfo, type HostScsiDisk, type HostStorageDeviceInfo, type OptionDef, type OptionValue, type VirtualMachineConfigInfo } from '../../../../core/vim25/index.ts';
import { changedOption } from '../../option-manager.ts';
import { setPower } from '../../virtual-machine/power.ts';
import { esxAbout } from '../defaults.ts';
import { hostTime } from '../host-date-time-system.ts';
import { HostNetwork } from '../host-network.ts';
import { acceptanceOf, imageProfile, installedOn, softwarePackages } from '../host-software-managers.ts';
import { setDns } from '../network-nics.ts';
import { CommandError, type Command, type Row, type Shell } from './command.ts';

const dnsOf = (shell: Shell): HostDnsConfig => shell.config.network!.dnsConfig!;
const hardwareOf = (shell: Shell): HostHardwareInfo => shell.tx.get(shell.host, 'hardware') as HostHardwareInfo;

function names(shell: Shell): Row {
  const { hostName, domainName } = dnsOf(shell);
  return { DomainName: domainName, FullyQualifiedDomainName: domainName ? `${hostName}.${domainName}` : hostName, HostName: hostName };
}

function setName(shell: Shell): boolean {
  const full = shell.arg('fqdn');
  const host = shell.arg('host');
  const domain = shell.arg('domain');
  if (full === undefined && host === undefined && domain === undefined) throw new CommandError('Missing required parameter: --fqdn, --host or --domain');
  if (full !== undefined && (host !== undefined || domain !== undefined)) throw new CommandError('The parameters --host and --domain cannot be used with --fqdn.');
  const network = new HostNetwork(shell.sim, shell.tx, shell.manager('networkSystem'));
  const old = dnsOf(shell);
  const dot = full?.indexOf('.') ?? -1;
  const wanted = full === undefined ? { hostName: host ?? old.hostName, domainName: domain ?? old.domainName }
    : { hostName: dot < 0 ? full : full.slice(0, dot), domainName: dot < 0 ? '' : full.slice(dot + 1) };
  network.save(setDns(network.info, { ...old, ...wanted }));
  return true;
}

const pathOf = (key: string): string => `/${key.replace(/\./, '/')}`;
const keyOf = (path: string): string => path.replace(/^\//, '').replace(/\//g, '.');

function settings(shell: Shell): readonly Row[] {
  const { supportedOption, setting } = shell.managerProps('advancedOption') as { supportedOption: readonly OptionDef[]; setting: readonly OptionValue[] };
  const values = new Map(setting.map(({ key, value }) => [key, plain(value)]));
  const asked = shell.arg('option');
  const tree = shell.arg('tree');
  const found = supportedOption.filter(({ key }) => (asked === undefined || pathOf(key) === asked) && (tree === undefined || pathOf(key).startsWith(tree)));
  if (found.length === 0) throw new CommandError(`Unable to find option ${(asked ?? tree ?? '').replace(/^.*\//, '')}`);
  const isChanged = ({ key, optionType }: OptionDef) => values.get(key) !== plain((optionType as { defaultValue?: unknown }).defaultValue);
  const shown = shell.truth('delta') ? found.filter(isChanged) : found;
  return shown.map(({ key, label, optionType }) => {
    const { _type, min, max, defaultValue, choiceInfo, defaultIndex } = optionType as { _type?: string; min?: number; max?: number; defaultValue?: unknown; choiceInfo?: readonly { key: string }[]; defaultIndex?: number };
    const isNumber = _type === 'LongOption';
    return {
      DefaultIntValue: isNumber ? Number(defaultValue) : 0, DefaultStringValue: isNumber ? '' : String(choiceInfo ? choiceInfo[defaultIndex ?? 0]!.key : defaultValue), Description: label, HostSpecific: false,
      Impact: 'none', IntValue: isNumber ? Number(values.get(key)) : 0, MaxValue: max ?? 0, MinValue: min ?? 0, Path: pathOf(key), StringValue: isNumber ? '' : String(values.get(key)), Type: isNumber ? 'integer' : 'string',
      ValidCharacters: isNumber ? '' : '*',
    };
  });
}

function setSetting(shell: Shell): boolean {
  const path = shell.arg('option');
  if (path === undefined) throw new CommandError('Missing required parameter -o|--option');
  const manager = shell.manager('advancedOption');
  const { supportedOption, setting } = shell.tx.props(manager) as { supportedOption: readonly OptionDef[]; setting: readonly OptionValue[] };
  const key = keyOf(path);
  const declared = supportedOption.find((option) => option.key === key);
  if (!declared) throw new CommandError(`Unable to find option ${path.replace(/^.*\//, '')}`);
  const old = setting.find((option) => option.key === key);
  const type = declared.optionType as { _type?: string; defaultValue?: unknown };
  const isNumber = type._type === 'LongOption';
  const given = shell.truth('default') ? String(type.defaultValue) : shell.arg(isNumber ? 'intvalue' : 'stringvalue');
  if (given === undefined) throw new CommandError(`Option ${path} takes ${isNumber ? 'a number: use -i|--int-value' : 'a string: use -s|--string-value'}.`);
  const fresh = changedOption(old, declared, key, isNumber ? typed('xsd:long', Number(given)) : given);
  shell.tx.set(manager, 'setting', setting.map((option) => (option === old ? fresh : option)));
  return true;
}

function kill(shell: Shell): boolean {
  const type = shell.arg('type');
  if (type === undefined || !['soft', 'hard', 'force'].includes(type)) throw new CommandError(`Invalid kill type '${type ?? ''}': use soft, hard or force.`);
  setPower(shell.sim, shell.tx, shell.world(shell.arg('worldid')), 'poweredOff');
  return true;
}

/** '564d1234-…' as the kernel prints it: pairs, with a dash in the middle. */
function uuidPairs(uuid: string): string {
  const pairs = uuid.replaceAll('-', '').match(/../g) ?? [];
  return `${pairs.slice(0, 8).join(' ')}-${pairs.slice(8).join(' ')}`;
}

/** '[ds] dir/x.vmx' as a path in the host's file system. */
const mounted = (path: string): string => path.replace(/^\[([^\]]*)\] ?/, '/vmfs/volumes/$1/');

const disks = (shell: Shell): readonly Row[] =>
  (((shell.config.storageDevice as HostStorageDeviceInfo | undefined)?.scsiLun ?? []) as readonly HostScsiDisk[]).map((lun) => {
    const size = lun.capacity ? Math.floor((Number(lun.capacity.block) * lun.capacity.blockSize) / 1024 ** 2) : 0;
    return {
      AttachedFilters: '', DevfsPath: (lun as { devicePath?: string }).devicePath ?? lun.deviceName, Device: lun.canonicalName ?? lun.deviceName, DeviceMaxQueueDepth: lun.queueDepth ?? 64, DeviceType: lun.deviceType === 'disk' ? 'Direct-Access' : lun.deviceType,
      DisplayName: lun.displayName ?? '', HasSettableDisplayName: true, IsBootDevice: false, IsLocal: (lun as { localDisk?: boolean }).localDisk ?? true, IsOffline: false, IsPerenniallyReserved: false,
      IsPseudo: false, IsRDMCapable: false, IsRemovable: false, IsSSD: (lun as { ssd?: boolean }).ssd ?? false, IsSharedClusterwide: !((lun as { localDisk?: boolean }).localDisk ?? true), Model: (lun.model ?? '').trim(),
      MultipathPlugin: lun.canonicalName?.startsWith('eui.') ? 'HPP' : 'NMP', Revision: lun.revision ?? '', SCSILevel: lun.scsiLevel ?? 6, Size: size, Status: 'on', ThinProvisioningStatus: 'unknown', Vendor: (lun.vendor ?? '').trim(),
    };
  });

const day = (at: Date): string => at.toISOString().slice(0, 10);

function packages(shell: Shell): readonly Row[] {
  const asked = shell.arg('vibname');
  const installed = day(installedOn(shell.managerProps('imageConfigManager')));
  const found = softwarePackages(shell.sim, shell.managerProps('imageConfigManager')).filter(({ name }) => asked === undefined || name === asked);
  if (found.length === 0) throw new CommandError(`[NoMatchError]\n No VIB matching VIB search specification '${asked!}'.`);
  return found.map((p) => {
    const vendor = p.vendor === 'VMware' ? 'VMware' : 'VMW';
    return {
      AcceptanceLevel: 'VMwareCertified', CreationDate: day(p.creationDate!), Description: p.description, ID: `${vendor}_${p.type}_${p.name}_${p.version}`, InstallDate: installed,
      LiveInstallAllowed: false, LiveRemoveAllowed: false, MaintenanceModeRequired: p.maintenanceModeRequired ?? true, Name: p.name, Platforms: 'host', StatelessReady: true, Status: '', Summary: p.summary, Type: p.type, Vendor: vendor, Version: p.version,
    };
  });
}

const VIB = [{ name: 'vibname', aliases: '--vibname -n', help: 'The name of the package.' }] as const;
const OPTION = { name: 'option', aliases: '--option -o', help: 'The path of the option, e.g. /Net/GuestIPHack.' } as const;

export const systemCommands: readonly Command[] = [
  {
    path: 'hardware clock get', help: 'Display the current time of the hardware clock.', result: { kind: 'string' },
    run: (shell) => hostTime(shell.sim, shell.managerProps('dateTimeSystem')).toISOString().replace(/\.\d+Z$/, 'Z'),
  },
  {
    path: 'hardware platform get', help: 'Get information on the platform.', result: { kind: 'record', type: 'PlatformGet', columns: ['UUID', 'Product Name', 'Vendor Name', 'Serial Number', 'IPMI Supported'] },
    run(shell) {
      const { systemInfo } = hardwareOf(shell);
      return {
        BIOSAssetTag: '', EnclosureSerialNumber: systemInfo.serialNumber ?? '', IPMISupported: shell.config.ipmi !== undefined, ProductName: systemInfo.model, SerialNumber: systemInfo.serialNumber ?? '',
        UUID: (systemInfo.uuid.replaceAll('-', '').match(/../g) ?? []).map((pair) => `0x${pair}`).join(' '), VendorName: systemInfo.vendor,
      };
    },
  },
  {
    path: 'hardware memory get', help: 'Get information about memory.', result: { kind: 'record', type: 'MemoryGet', columns: ['PhysicalMemory', 'ReliableMemory', 'NUMANodeCount'] },
    run: (shell) => ({ NUMANodeCount: hardwareOf(shell).numaInfo?.numNodes ?? 1, PhysicalMemory: Number(hardwareOf(shell).memorySize), ReliableMemory: 0 }),
  },
  {
    path: 'hardware cpu global get', help: 'Get the global CPU properties.', result: { kind: 'record', type: 'CpuGlobal', columns: ['CPUCores', 'CPUPackages', 'CPUThreads'] },
    run(shell) {
      const { numCpuCores, numCpuPackages, numCpuThreads } = hardwareOf(shell).cpuInfo;
      const { active, config, available } = shell.config.hyperThread!;
      return { CPUCores: numCpuCores, CPUPackages: numCpuPackages, CPUThreads: numCpuThreads, HyperthreadingActive: active, HyperthreadingEnabled: config, HyperthreadingSupported: available, HVSupport: 3, HVReplayCapable: true };
    },
  },
  { path: 'iscsi software get', help: 'Whether software iSCSI is enabled.', result: { kind: 'boolean' }, run: (shell) => shell.config.storageDevice?.softwareInternetScsiEnabled ?? false },
  { path: 'software vib list', help: 'List the installed packages.', params: VIB, result: { kind: 'table', type: 'SummaryExt', columns: ['Name', 'Version', 'Vendor', 'Acceptance Level', 'Install Date'] }, run: packages },
  { path: 'software vib get', help: 'Show details of installed packages.', params: VIB, result: { kind: 'blocks', type: 'VIBExt', columns: ['Name', 'Version', 'Type', 'Vendor', 'AcceptanceLevel', 'Summary'] }, run: packages },
  { path: 'software acceptance get', help: 'Get the host acceptance level.', result: { kind: 'string' }, run: (shell) => ACCEPTANCE[acceptanceOf(shell.managerProps('imageConfigManager'))]! },
  {
    path: 'software profile get', help: 'Show the installed image profile.', result: { kind: 'record', type: 'ImageProfile', columns: ['Name', 'Vendor', 'AcceptanceLevel'] },
    run: (shell) => ({ AcceptanceLevel: ACCEPTANCE[acceptanceOf(shell.managerProps('imageConfigManager'))]!, Name: imageProfile(shell.sim), Vendor: 'VMware, Inc.' }),
  },
  { path: 'storage core device list', help: 'List the storage devices.', result: { kind: 'blocks', type: 'ScsiDevice', columns: ['Device', 'DisplayName', 'Size', 'DeviceType', 'Vendor', 'Model', 'IsLocal', 'Status'] }, run: disks },
  { path: 'system hostname get', help: 'Get the host, domain and fully qualified name.', result: { kind: 'record', type: 'FullyQualifiedHostName', columns: ['DomainName', 'FullyQualifiedDomainName', 'HostName'] }, run: names },
  {
    path: 'system hostname set', help: 'Set the host, domain or fully qualified name.', result: { kind: 'boolean' }, run: setName,
    params: [
      { name: 'domain', aliases: '--domain -d', help: 'The domain name.' }, { name: 'fqdn', aliases: '--fqdn -f', help: 'Host and domain name.' }, { name: 'host', aliases: '--host -H', help: 'The host name.' },
    ],
  },
  {
    path: 'system maintenanceMode get', help: 'Whether the system is in maintenance mode.', result: { kind: 'string' },
    run: (shell) => ((shell.tx.get(shell.host, 'runtime') as HostRuntimeInfo).inMaintenanceMode ? 'Enabled' : 'Disabled'),
  },
  {
    path: 'system settings advanced list', help: 'List the advanced options.', run: settings,
    params: [{ name: 'delta', aliases: '--delta -d', help: 'Only options that differ from their default.', flag: true }, OPTION, { name: 'tree', aliases: '--tree -t', help: 'Only options below this path.' }],
    result: { kind: 'blocks', type: 'AdvancedOption', columns: ['Path', 'Type', 'IntValue', 'DefaultIntValue', 'MinValue', 'MaxValue', 'StringValue', 'DefaultStringValue', 'ValidCharacters', 'Description'] },
  },
  {
    path: 'system settings advanced set', help: 'Set an advanced option.', result: { kind: 'boolean' }, run: setSetting,
    params: [
      { name: 'default', aliases: '--default -d', help: 'Set it to its default.', flag: true }, { name: 'intvalue', aliases: '--int-value -i', help: 'The value of an integer option.' }, { ...OPTION, required: true },
      { name: 'stringvalue', aliases: '--string-value -s', help: 'The value of a string option.' },
    ],
  },
  { path: 'system stats uptime get', help: 'Microseconds since the start of the system.', result: { kind: 'string' }, run: (shell) => String((shell.sim.clock.now().getTime() - (shell.tx.get(shell.host, 'runtime') as HostRuntimeInfo).bootTime!.getTime()) * 1000) },
  { path: 'system time get', help: 'Display the system time.', result: { kind: 'string' }, run: (shell) => hostTime(shell.sim, shell.managerProps('dateTimeSystem')).toISOString().replace(/\.\d+Z$/, 'Z') },
  { path: 'system uuid get', help: 'Get the system UUID.', result: { kind: 'string' }, run: (shell) => hardwareOf(shell).systemInfo.uuid },
  {
    path: 'system version get', help: 'Display product name, version and build.', result: { kind: 'record', type: 'VersionGet', columns: ['Product', 'Version', 'Build', 'Update', 'Patch'] },
    run(shell) {
      const { name, version, build } = esxAbout(shell.sim.about);
      return { Build: `Releasebuild-${build}`, Patch: '0', Product: name, Update: version.split('.')[2] ?? '0', Version: version };
    },
  },
  {
    path: 'vm process list', help: 'List the running virtual machines.', result: { kind: 'blocks', type: 'VirtualMachine', columns: ['DisplayName', 'WorldID', 'ProcessID', 'VMXCartelID', 'UUID', 'ConfigFile'] },
    run: (shell) => shell.worlds().map(({ vm, id }) => {
      const config = shell.tx.get(vm, 'config') as VirtualMachineConfigInfo;
      return { ConfigFile: mounted(config.files.vmPathName ?? ''), DisplayName: config.name, ProcessID: 0, UUID: uuidPairs(config.uuid), VMXCartelID: id - 1, WorldID: id };
    }),
  },
  {
    path: 'vm process kill', help: 'Forcibly stop a virtual machine.', result: { kind: 'boolean' }, run: kill,
    params: [{ name: 'type', aliases: '--type -t', help: 'soft, hard or force', required: true }, { name: 'worldid', aliases: '--world-id -w', help: 'The world to kill.', required: true }],
  },
];

const ACCEPTANCE: Readonly<Record<string, string>> = { vmware_certified: 'VMwareCertified', vmware_accepted: 'VMwareAccepted', partner: 'PartnerSupported', community: 'CommunitySupported' };
