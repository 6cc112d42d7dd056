// Device changes for ReconfigVM_Task and CreateVM_Task, made of what the API's specifications say.
import type { VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { invalid, RestError } from '../errors.ts';
import type { Input } from '../input.ts';
import type { RestCall } from '../route.ts';
import { devicesOf } from './device-views.ts';
import { get, nameOf, objectOf, type Ref } from './look.ts';

export interface Change {
  readonly _type: 'VirtualDeviceConfigSpec';
  readonly operation: 'add' | 'edit' | 'remove';
  readonly fileOperation?: 'create' | 'destroy';
  readonly device: object;
}

const change = (operation: Change['operation'], device: object, fileOperation?: Change['fileOperation']): Change => ({ _type: 'VirtualDeviceConfigSpec', operation, ...(fileOperation ? { fileOperation } : {}), device });

const SCSI = { PVSCSI: 'ParaVirtualSCSIController', LSILOGIC: 'VirtualLsiLogicController', LSILOGICSAS: 'VirtualLsiLogicSASController', BUSLOGIC: 'VirtualBusLogicController' } as const;
const NICS = { E1000: 'VirtualE1000', E1000E: 'VirtualE1000e', PCNET32: 'VirtualPCNet32', VMXNET2: 'VirtualVmxnet2', VMXNET3: 'VirtualVmxnet3' } as const;
type Word<T> = readonly (keyof T & string)[];

export const addScsi = (spec: Input | undefined, key: number): Change => change('add', {
  _type: SCSI[spec?.optionalWord('type', Object.keys(SCSI) as Word<typeof SCSI>) ?? 'PVSCSI'], key, busNumber: spec?.optional('scsi')?.optionalNumber('bus') ?? 0, sharedBus: sharing(spec?.optionalWord('sharing', ['NONE', 'VIRTUAL', 'PHYSICAL'])),
});

const sharing = (word: string | undefined): string => (word === 'PHYSICAL' ? 'physicalSharing' : word === 'VIRTUAL' ? 'virtualSharing' : 'noSharing');

/** A disk on a controller: a new one, or one of a file that is there. */
export function addDisk(spec: Input, controllerKey: number, unit: number | undefined, key: number, datastore: string): Change {
  const kind = spec.optionalWord('type', ['IDE', 'SCSI', 'SATA', 'NVME']) ?? 'SCSI';
  if (kind !== 'SCSI') throw new RestError('UNSUPPORTED', `A disk of type ${kind} is not simulated over REST: use SCSI.`);
  const made = spec.optional('new_vmdk');
  const file = spec.optional('backing')?.text('vmdk_file');
  if ((made === undefined) === (file === undefined)) throw invalid('A disk has new_vmdk or backing, one of the two.');
  const capacity = made?.optionalNumber('capacity') ?? 16 * 1024 ** 3;
  const name = made?.optionalText('name');
  const backing = { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: file ?? (name === undefined ? `[${datastore}]` : `[${datastore}] ${name.replace(/(\.vmdk)?$/, '.vmdk')}`), diskMode: 'persistent', ...(made ? { thinProvisioned: true } : {}) };
  const unitNumber = spec.optional('scsi')?.optionalNumber('unit') ?? unit;
  return change('add', { _type: 'VirtualDisk', key, controllerKey, ...(unitNumber === undefined ? {} : { unitNumber }), backing, capacityInKB: made ? Math.ceil(capacity / 1024) : 0 }, made ? 'create' : undefined);
}

function nicBacking(call: RestCall, backing: Input): object {
  const network = objectOf(call, backing.text('network'), 'Network', 'Network', 'DistributedVirtualPortgroup', 'OpaqueNetwork');
  if (network.type === 'DistributedVirtualPortgroup') {
    const dvs = get<Ref>(call, network, 'config.distributedVirtualSwitch');
    const portKey = backing.optionalText('distributed_port');
    return { _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo', port: { _type: 'DistributedVirtualSwitchPortConnection', portgroupKey: get(call, network, 'key'), switchUuid: dvs && get(call, dvs, 'uuid'), ...(portKey === undefined ? {} : { portKey }) } };
  }
  if (network.type === 'OpaqueNetwork') return { _type: 'VirtualEthernetCardOpaqueNetworkBackingInfo', opaqueNetworkId: get(call, network, 'summary.opaqueNetworkId'), opaqueNetworkType: get(call, network, 'summary.opaqueNetworkType') };
  return { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: nameOf(call, network), network };
}

function connectable(spec: Input, old?: { readonly startConnected?: boolean; readonly allowGuestControl?: boolean; readonly connected?: boolean }): object {
  return { _type: 'VirtualDeviceConnectInfo', startConnected: spec.flag('start_connected') ?? old?.startConnected ?? false, allowGuestControl: spec.flag('allow_guest_control') ?? old?.allowGuestControl ?? false, connected: old?.connected ?? false };
}

/** The address of a card as the specification wants it, MANUAL with its address. */
function macOf(spec: Input): object {
  const type = spec.optionalWord('mac_type', ['MANUAL', 'GENERATED', 'ASSIGNED']);
  if (type === undefined) return {};
  return { addressType: type.toLowerCase(), ...(type === 'MANUAL' ? { macAddress: spec.text('mac_address') } : {}) };
}

export const addNic = (call: RestCall, spec: Input, key: number): Change => change('add', {
  _type: NICS[spec.optionalWord('type', Object.keys(NICS) as Word<typeof NICS>) ?? 'VMXNET3'], key, backing: nicBacking(call, spec.object('backing')), connectable: connectable(spec), wakeOnLanEnabled: spec.flag('wake_on_lan_enabled') ?? false, ...macOf(spec),
});

function cdromBacking(spec: Input | undefined): object {
  const type = spec?.word('type', ['ISO_FILE', 'HOST_DEVICE', 'CLIENT_DEVICE']) ?? 'CLIENT_DEVICE';
  if (type === 'ISO_FILE') return { _type: 'VirtualCdromIsoBackingInfo', fileName: spec!.text('iso_file') };
  if (type === 'HOST_DEVICE') return { _type: 'VirtualCdromAtapiBackingInfo', deviceName: spec!.optionalText('host_device') ?? '', useAutoDetect: true };
  return { _type: 'VirtualCdromRemotePassthroughBackingInfo', deviceName: '', exclusive: false };
}

export function addCdrom(spec: Input, controllerKey: number, key: number): Change {
  const kind = spec.optionalWord('type', ['IDE', 'SATA']) ?? 'IDE';
  if (kind !== 'IDE') throw new RestError('UNSUPPORTED', `A CD-ROM drive of type ${kind} is not simulated over REST: use IDE.`);
  return change('add', { _type: 'VirtualCdrom', key, controllerKey, backing: cdromBacking(spec.optional('backing')), connectable: connectable(spec) });
}

/** The devices of a new machine: what was asked for, and a disk when nothing was. */
export function initialDevices(call: RestCall, spec: Input, datastore: string): readonly Change[] {
  const adapters = spec.objects('scsi_adapters');
  const disks = spec.objects('disks');
  const changes: Change[] = [];
  const controllers = adapters.length > 0 ? adapters.map((adapter, i) => addScsi(adapter, -100 - i)) : [addScsi(undefined, -100)];
  changes.push(...controllers);
  const none = !spec.has('disks');
  disks.forEach((disk, i) => changes.push(addDisk(disk, -100 - (disk.optional('scsi')?.optionalNumber('bus') ?? 0), i < 7 ? i : i + 1, -200 - i, datastore)));
  if (none) changes.push(change('add', { _type: 'VirtualDisk', key: -200, controllerKey: -100, unitNumber: 0, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: `[${datastore}]`, diskMode: 'persistent', thinProvisioned: true }, capacityInKB: 16 * 1024 * 1024 }, 'create'));
  spec.objects('nics').forEach((nic, i) => changes.push(addNic(call, nic, -300 - i)));
  spec.objects('cdroms').forEach((cdrom, i) => changes.push(addCdrom(cdrom, 200, -400 - i)));
  return changes;
}

// ---- devices that are there --------------------------------------------------------------------------------------

type Device = ReturnType<typeof devicesOf>[number];

export const removal = (device: Device): Change => change('remove', device);

export const edit = (device: Device, fields: object): Change => change('edit', { ...device, ...fields });

export function editNic(call: RestCall, device: Device, spec: Input): Change {
  const backing = spec.optional('backing');
  return edit(device, { ...(backing ? { backing: nicBacking(call, backing) } : {}), connectable: connectable(spec, device.connectable), ...macOf(spec) });
}

export function editCdrom(device: Device, spec: Input): Change {
  const backing = spec.optional('backing');
  return edit(device, { ...(backing ? { backing: cdromBacking(backing) } : {}), connectable: connectable(spec, device.connectable) });
}

export const connected = (device: Device, isConnected: boolean): Change => edit(device, { connectable: { ...device.connectable, connected: isConnected } });

/** The SCSI controller that a new disk goes to. Throws NOT_ALLOWED_IN_CURRENT_STATE when there is none. */
export function controllerFor(config: VirtualMachineConfigInfo, spec: Input): number {
  const bus = spec.optional('scsi')?.optionalNumber('bus');
  const found = devicesOf(config, 'VirtualSCSIController').find((device) => bus === undefined || (device as Device & { busNumber?: number }).busNumber === bus);
  if (!found) throw new RestError('NOT_ALLOWED_IN_CURRENT_STATE', `The machine has no SCSI adapter${bus === undefined ? '' : ` ${bus}`} for the disk: add one.`);
  return found.key;
}
