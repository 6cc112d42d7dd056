// The .vmx text of a machine: rendered from its configuration when somebody reads the file, and read back when a
// machine is registered. Pure.
import type { OptionValue, VirtualController, VirtualDevice, VirtualEthernetCard, VirtualMachineConfigInfo, VirtualMachineConfigSpec } from '../../../core/vim25/index.ts';
import { plain } from '../../../core/vim25/index.ts';
import { familyOf, typeNameOf } from './device-types.ts';

const ADAPTERS: Readonly<Record<string, string>> = {
  VirtualVmxnet3: 'vmxnet3', VirtualVmxnet2: 'vmxnet2', VirtualE1000: 'e1000', VirtualE1000e: 'e1000e', VirtualPCNet32: 'vlance', VirtualSriovEthernetCard: 'pciPassthru',
};
const SCSI: Readonly<Record<string, string>> = {
  ParaVirtualSCSIController: 'pvscsi', VirtualBusLogicController: 'buslogic', VirtualLsiLogicController: 'lsilogic', VirtualLsiLogicSASController: 'lsisas1068',
};
const typeFor = (table: Readonly<Record<string, string>>, word: string, fallback: string): string =>
  Object.keys(table).find((type) => table[type] === word.toLowerCase()) ?? fallback;

const quote = (value: string): string => value.replace(/[|"\u0000-\u001f\u007f]/g, (c) => `|${c.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);
const unquote = (value: string): string => value.replace(/\|([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** 'guestId' → what the file says: without the suffix, dashes for underscores. */
const guestOs = (guestId: string): string => guestId.replace(/Guest$/, '').replace('Guest64', '-64').replace(/_?64$/, '-64').toLowerCase();

const uuidText = (uuid: string): string => {
  const bytes = uuid.replaceAll(/[^0-9a-f]/gi, '').match(/../g) ?? [];
  return `${bytes.slice(0, 8).join(' ')}-${bytes.slice(8).join(' ')}`;
};

/** The text of the machine's .vmx. Files in its own directory are named without a path. */
export function renderVmx(config: VirtualMachineConfigInfo): string {
  const lines: string[] = ['.encoding = "UTF-8"'];
  const say = (key: string, value: unknown) => lines.push(`${key} = "${quote(String(value))}"`);
  say('config.version', 8);
  say('virtualHW.version', Number(config.version.replace('vmx-', '')));
  say('displayName', config.name);
  say('guestOS', guestOs(config.guestId));
  say('guestOS.detailed.id', config.guestId);
  say('numvcpus', config.hardware.numCPU);
  say('cpuid.coresPerSocket', config.hardware.numCoresPerSocket ?? 1);
  say('memSize', config.hardware.memoryMB);
  say('uuid.bios', uuidText(config.uuid));
  if (config.instanceUuid) say('vc.uuid', uuidText(config.instanceUuid));
  // BIOS is what is meant when nothing is said; readers of .vmx files know no other word than "efi" (libvirt).
  if (config.firmware === 'efi') say('firmware', 'efi');
  say('nvram', `${stem(config)}.nvram`);
  if (config.annotation) say('annotation', config.annotation);
  const devices = config.hardware.device ?? [];
  const byKey = new Map(devices.map((device) => [device.key, device]));
  for (const device of devices) describe(device, byKey, config, say);
  for (const { key, value } of config.extraConfig ?? []) say(key, plain(value));
  return `${lines.join('\n')}\n`;
}

const stem = (config: VirtualMachineConfigInfo): string => (config.files.vmPathName ?? '').replace(/^.*[/\]] */, '').replace(/\.vmx$/, '');

function relative(config: VirtualMachineConfigInfo, fileName: string): string {
  const directory = (config.files.vmPathName ?? '').replace(/[^/]*$/, '');
  if (fileName.startsWith(directory) && !fileName.slice(directory.length).includes('/')) return fileName.slice(directory.length);
  const match = /^\[([^\]]+)\] ?(.*)$/.exec(fileName);
  return match ? `/vmfs/volumes/${match[1]}/${match[2]}` : fileName;
}

type Say = (key: string, value: unknown) => void;

function describe(device: VirtualDevice, byKey: ReadonlyMap<number, VirtualDevice>, config: VirtualMachineConfigInfo, say: Say): void {
  const type = typeNameOf(device);
  const family = familyOf(type)?.name;
  const backing = device.backing as { fileName?: string; deviceName?: string; port?: { switchUuid: string; portgroupKey?: string; portKey?: string }; diskMode?: string } | undefined;
  const controller = byKey.get(device.controllerKey ?? -1) as VirtualController | undefined;
  const bus = controller && familyOf(typeNameOf(controller))?.name;
  const place = `${bus}${controller?.busNumber ?? 0}:${device.unitNumber ?? 0}`;
  if (family === 'scsi') {
    const name = `scsi${(device as VirtualController).busNumber}`;
    say(`${name}.present`, 'TRUE');
    say(`${name}.virtualDev`, SCSI[type] ?? 'lsilogic');
  } else if (family === 'sata' || family === 'nvme') say(`${family}${(device as VirtualController).busNumber}.present`, 'TRUE');
  else if (family === 'disk') {
    say(`${place}.present`, 'TRUE');
    say(`${place}.deviceType`, bus === 'ide' ? 'ata-hardDisk' : `${bus}-hardDisk`);
    if (backing?.fileName) say(`${place}.fileName`, relative(config, backing.fileName));
    if (backing?.diskMode && backing.diskMode !== 'persistent') say(`${place}.mode`, backing.diskMode.replace('_', '-'));
  } else if (family === 'cdrom') {
    say(`${place}.present`, 'TRUE');
    say(`${place}.deviceType`, backing?.fileName ? 'cdrom-image' : 'atapi-cdrom');
    if (backing?.fileName ?? backing?.deviceName) say(`${place}.fileName`, backing?.fileName ? relative(config, backing.fileName) : backing!.deviceName);
    say(`${place}.startConnected`, device.connectable?.startConnected === false ? 'FALSE' : 'TRUE');
  } else if (family === 'nic') nic(device as VirtualEthernetCard, type, backing, say);
}

function nic(device: VirtualEthernetCard, type: string, backing: { deviceName?: string; port?: { switchUuid: string; portgroupKey?: string; portKey?: string } } | undefined, say: Say): void {
  const name = `ethernet${device.key - 4000}`;
  say(`${name}.present`, 'TRUE');
  say(`${name}.virtualDev`, ADAPTERS[type] ?? 'e1000');
  if (backing?.port) {
    say(`${name}.dvs.switchId`, uuidText(backing.port.switchUuid));
    if (backing.port.portgroupKey) say(`${name}.dvs.portgroupId`, backing.port.portgroupKey);
    if (backing.port.portKey) say(`${name}.dvs.portId`, backing.port.portKey);
  } else say(`${name}.networkName`, backing?.deviceName ?? '');
  const manual = device.addressType === 'manual';
  say(`${name}.addressType`, manual ? 'static' : device.addressType === 'generated' ? 'generated' : 'vpx');
  say(`${name}.${manual ? 'address' : 'generatedAddress'}`, device.macAddress ?? '');
}

/** The key = "value" lines of a .vmx; keys in lower case. */
export function parseVmx(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#=\s][^=]*?)\s*=\s*"(.*)"\s*$/.exec(line);
    if (match) values.set(match[1]!.toLowerCase(), unquote(match[2]!));
  }
  return values;
}

const parseUuid = (text: string | undefined): string | undefined => {
  const hex = text?.replace(/[^0-9a-f]/gi, '').toLowerCase();
  return hex?.length === 32 ? [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-') : undefined;
};

/** Keys that are configuration proper, so that the rest of a .vmx is extraConfig. */
const KNOWN = /^(\.encoding|config\.version|virtualhw\.version|displayname|guestos|guestos\.detailed\.id|numvcpus|cpuid\.corespersocket|memsize|uuid\.bios|vc\.uuid|firmware|nvram|annotation|(scsi|ide|sata|nvme|ethernet)\d+[.:].*)$/;

/** The spec of a machine whose .vmx this is; `directory` is where the file is, as '[ds] dir/'. */
export function specFromVmx(text: string, directory: string): VirtualMachineConfigSpec {
  const values = parseVmx(text);
  const number = (key: string) => (values.has(key) && Number.isFinite(Number(values.get(key))) ? Number(values.get(key)) : undefined);
  const extraConfig: OptionValue[] = [];
  for (const [key, value] of values) if (!KNOWN.test(key)) extraConfig.push({ _type: 'OptionValue', key: original(text, key), value } as OptionValue);
  const hardware = number('virtualhw.version');
  return {
    name: values.get('displayname'),
    guestId: values.get('guestos.detailed.id') ?? (values.get('guestos') ? guestIdOf(values.get('guestos')!) : undefined),
    version: hardware === undefined ? undefined : `vmx-${String(hardware).padStart(2, '0')}`,
    numCPUs: number('numvcpus'), numCoresPerSocket: number('cpuid.corespersocket'), memoryMB: number('memsize'),
    uuid: parseUuid(values.get('uuid.bios')), instanceUuid: parseUuid(values.get('vc.uuid')), firmware: values.get('firmware'), annotation: values.get('annotation'),
    deviceChange: deviceChanges(values, directory), extraConfig,
  };
}

const original = (text: string, key: string): string => new RegExp(`^\\s*(${key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')})\\s*=`, 'im').exec(text)?.[1] ?? key;

/** 'ubuntu-64' → 'ubuntu64Guest', 'other3xlinux-64' → 'other3xLinux64Guest' */
function guestIdOf(word: string): string {
  const base = word.replace(/linux/i, 'Linux').replace(/^Linux/, 'linux');
  return base === 'other-64' ? 'otherGuest64' : `${base.replace(/(\d)-64$/, '$1_64').replace(/-64$/, '64')}Guest`;
}

function deviceChanges(values: ReadonlyMap<string, string>, directory: string): VirtualMachineConfigSpec['deviceChange'] {
  const changes: object[] = [];
  const add = (device: object) => changes.push({ operation: 'add', device });
  const present = (name: string) => values.get(`${name}.present`)?.toUpperCase() === 'TRUE';
  const file = (name: string): string => {
    const volume = /^\/vmfs\/volumes\/([^/]+)\/(.*)$/.exec(name);
    return volume ? `[${volume[1]}] ${volume[2]}` : directory + name;
  };
  const base: Readonly<Record<string, number>> = { scsi: 1000, sata: 15000, nvme: 31000, ide: 200 };
  for (let bus = 0; bus < 4; bus++) {
    if (present(`scsi${bus}`)) add({ _type: typeFor(SCSI, values.get(`scsi${bus}.virtualdev`) ?? '', 'VirtualLsiLogicController'), key: 1000 + bus, busNumber: bus, sharedBus: 'noSharing' });
    if (present(`sata${bus}`)) add({ _type: 'VirtualAHCIController', key: 15000 + bus, busNumber: bus });
    if (present(`nvme${bus}`)) add({ _type: 'VirtualNVMEController', key: 31000 + bus, busNumber: bus });
  }
  for (const key of values.keys()) {
    const match = /^((scsi|ide|sata|nvme)(\d+):(\d+))\.present$/.exec(key);
    if (!match || !present(match[1]!)) continue;
    const name = values.get(`${match[1]}.filename`);
    const type = values.get(`${match[1]}.devicetype`) ?? 'disk';
    const common = { key: -changes.length - 1, controllerKey: base[match[2]!]! + Number(match[3]), unitNumber: Number(match[4]) };
    if (!type.includes('cdrom')) {
      add({ _type: 'VirtualDisk', ...common, capacityInKB: 0, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', diskMode: (values.get(`${match[1]}.mode`) ?? 'persistent').replace('-', '_'), fileName: file(name ?? '') } });
    } else {
      const backing = type === 'cdrom-image' ? { _type: 'VirtualCdromIsoBackingInfo', fileName: file(name ?? '') } : { _type: 'VirtualCdromRemoteAtapiBackingInfo', deviceName: name ?? '' };
      add({ _type: 'VirtualCdrom', ...common, backing });
    }
  }
  for (let n = 0; n < 10; n++) {
    const name = `ethernet${n}`;
    if (!present(name)) continue;
    const address = values.get(`${name}.address`) ?? values.get(`${name}.generatedaddress`);
    const group = values.get(`${name}.dvs.portgroupid`);
    const backing = group === undefined
      ? { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: values.get(`${name}.networkname`) ?? '' }
      : { _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo', port: { switchUuid: values.get(`${name}.dvs.switchid`) ?? '', portgroupKey: group } };
    const type = typeFor(ADAPTERS, values.get(`${name}.virtualdev`) ?? '', 'VirtualE1000');
    add({ _type: type, key: -changes.length - 1, ...(address ? { macAddress: address, addressType: values.get(`${name}.addresstype`) === 'static' ? 'manual' : 'assigned' } : {}), backing });
  }
  return changes as VirtualMachineConfigSpec['deviceChange'];
}

