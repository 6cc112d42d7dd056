// Devices as the API shows them.
import { isSubtype, type ManagedObjectReference, type VirtualDevice, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { RestCall } from '../route.ts';
import { get, NETWORK_OF, upper } from './look.ts';

type Ref = ManagedObjectReference;
type Fields = Readonly<Record<string, unknown>>;

const typeOf = (device: VirtualDevice): string => String(device._type);

/** Devices of a type and of those made from it. */
export const devicesOf = ({ hardware }: VirtualMachineConfigInfo, type: string): readonly VirtualDevice[] => (hardware.device ?? []).filter((device) => isSubtype(typeOf(device), type));

const SCSI: Readonly<Record<string, string>> = { ParaVirtualSCSIController: 'PVSCSI', VirtualLsiLogicController: 'LSILOGIC', VirtualLsiLogicSASController: 'LSILOGICSAS', VirtualBusLogicController: 'BUSLOGIC' };
const BUSES = [['VirtualSCSIController', 'SCSI'], ['VirtualSATAController', 'SATA'], ['VirtualIDEController', 'IDE'], ['VirtualNVMEController', 'NVME']] as const;

/** On which bus a device is, and where there. */
function addressOf({ hardware }: VirtualMachineConfigInfo, device: VirtualDevice): Fields {
  const controller = (hardware.device ?? []).find(({ key }) => key === device.controllerKey);
  const kind = controller && BUSES.find(([type]) => isSubtype(typeOf(controller), type))?.[1];
  if (!kind) return { type: 'SCSI' };
  const bus = (controller as VirtualDevice & { busNumber?: number }).busNumber ?? 0;
  if (kind === 'IDE') return { type: kind, ide: { primary: bus === 0, master: (device.unitNumber ?? 0) === 0 } };
  return { type: kind, [kind.toLowerCase()]: { bus, unit: device.unitNumber ?? 0 } };
}

const label = (device: VirtualDevice): string => device.deviceInfo?.label ?? '';

export function diskView(config: VirtualMachineConfigInfo, device: VirtualDevice): unknown {
  const { fileName } = (device.backing ?? {}) as { fileName?: string };
  return { label: label(device), ...addressOf(config, device), backing: { type: 'VMDK_FILE', vmdk_file: fileName ?? '' }, capacity: (device as VirtualDevice & { capacityInBytes?: number }).capacityInBytes };
}

const state = (device: VirtualDevice): string => (device.connectable?.connected ? 'CONNECTED' : 'NOT_CONNECTED');

const starts = (device: VirtualDevice): Fields => ({ state: state(device), start_connected: device.connectable?.startConnected ?? true, allow_guest_control: device.connectable?.allowGuestControl ?? true });

export function nicView(call: RestCall, vm: Ref, device: VirtualDevice): unknown {
  const { addressType, macAddress, wakeOnLanEnabled, backing } = device as VirtualDevice & { addressType?: string; macAddress?: string; wakeOnLanEnabled?: boolean };
  return {
    label: label(device), type: upper(typeOf(device).replace(/^Virtual/, '')), mac_type: upper(addressType ?? 'generated'), mac_address: macAddress, wake_on_lan_enabled: wakeOnLanEnabled ?? true,
    ...(typeOf(device) === 'VirtualVmxnet3' ? { upt_compatibility_enabled: false } : {}),
    ...starts(device), backing: nicBacking(call, vm, (backing ?? {}) as Fields),
  };
}

function nicBacking(call: RestCall, vm: Ref, backing: Fields): unknown {
  const port = backing['port'] as { portgroupKey?: string; switchUuid?: string; portKey?: string; connectionCookie?: number } | undefined;
  if (port) return { type: 'DISTRIBUTED_PORTGROUP', network: port.portgroupKey, distributed_switch_uuid: port.switchUuid, ...(port.portKey === undefined ? {} : { distributed_port: port.portKey }), ...(port.connectionCookie === undefined ? {} : { connection_cookie: port.connectionCookie }) };
  const name = backing['deviceName'] as string | undefined;
  const network = (backing['network'] as Ref | undefined) ?? (get<readonly Ref[]>(call, vm, 'network') ?? []).find((ref) => get(call, ref, 'name') === name);
  return { type: NETWORK_OF[network?.type ?? 'Network'] ?? 'STANDARD_PORTGROUP', ...(network ? { network: network.value } : {}), ...(name === undefined ? {} : { network_name: name }) };
}

export function cdromView(config: VirtualMachineConfigInfo, device: VirtualDevice): unknown {
  const backing = (device.backing ?? {}) as unknown as Fields & { readonly _type?: string };
  const file = backing['fileName'] as string | undefined;
  const shown = file === undefined ? (String(backing._type).includes('Remote') ? { type: 'CLIENT_DEVICE', device_access_type: 'EMULATION' } : { type: 'HOST_DEVICE', auto_detect: true, device_access_type: 'EMULATION' }) : { type: 'ISO_FILE', iso_file: file };
  return { label: label(device), ...addressOf(config, device), ...starts(device), backing: shown };
}

export function scsiView(device: VirtualDevice): unknown {
  const { busNumber, sharedBus, scsiCtlrUnitNumber } = device as VirtualDevice & { busNumber?: number; sharedBus?: string; scsiCtlrUnitNumber?: number };
  return { label: label(device), type: SCSI[typeOf(device)] ?? 'LSILOGIC', scsi: { bus: busNumber ?? 0, unit: scsiCtlrUnitNumber ?? 7 }, sharing: sharedBus === 'physicalSharing' ? 'PHYSICAL' : sharedBus === 'virtualSharing' ? 'VIRTUAL' : 'NONE' };
}

export function bootView({ firmware, bootOptions }: VirtualMachineConfigInfo): unknown {
  return {
    type: firmware === 'efi' ? 'EFI' : 'BIOS', ...(firmware === 'efi' ? { efi_legacy_boot: false, network_protocol: 'IPV4' } : {}), delay: bootOptions?.bootDelay ?? 0, retry: bootOptions?.bootRetryEnabled ?? false,
    retry_delay: bootOptions?.bootRetryDelay ?? 10_000, enter_setup_mode: bootOptions?.enterBIOSSetup ?? false,
  };
}
