// The parts of objects that counters are also kept of: virtual CPUs, adapters, disks, datastores … Each bears a fixed
// share of what the whole does.
import { isSubtype, type HostNetworkInfo, type HostStorageDeviceInfo, type ManagedObjectReference, type VirtualController, type VirtualDevice, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Readable } from '../../store/object.ts';
import { readPath } from '../../store/object.ts';
import { isFamily, typeNameOf } from '../virtual-machine/device-types.ts';
import { share } from './noise.ts';

type Find = (id: string) => Readable | undefined;

/** A part with its share of the whole; that of a datastore follows from what is on it. */
export interface Part {
  readonly instance: string;
  readonly weight: number;
  readonly store?: string;
}

/** Resource groups of a host's own system, with what they use of it. */
const GROUPS: Readonly<Record<string, number>> = {
  host: 1, 'host/system': 0.34, 'host/system/kernel': 0.2, 'host/vim': 0.58, 'host/vim/vmvisor': 0.5, 'host/vim/vmvisor/hostd': 0.28, 'host/vim/vmvisor/vpxa': 0.1, 'host/iofilters': 0.02, 'host/user': 0.06,
};

/** Names with shares that add up to one; nothing is quite even. */
function shared(names: readonly string[], owner: string): readonly Part[] {
  const raw = names.map((name) => 0.7 + 0.6 * share(`${owner} ${name}`));
  const sum = raw.reduce((total, value) => total + value, 0);
  return names.map((instance, i) => ({ instance, weight: raw[i]! / sum }));
}

const devicesOf = ({ props }: Readable): readonly VirtualDevice[] => (props['config'] as VirtualMachineConfigInfo | undefined)?.hardware.device ?? [];

/** 'scsi0:1' */
function diskName(device: VirtualDevice, devices: readonly VirtualDevice[]): string {
  const controller = devices.find(({ key }) => key === device.controllerKey) as VirtualController | undefined;
  const type = controller === undefined ? '' : typeNameOf(controller);
  const bus = isSubtype(type, 'VirtualSCSIController') ? 'scsi' : isSubtype(type, 'VirtualSATAController') ? 'sata' : isSubtype(type, 'VirtualNVMEController') ? 'nvme' : 'ide';
  return `${bus}${controller?.busNumber ?? 0}:${device.unitNumber ?? 0}`;
}

/** '/vmfs/volumes/<volume>' → '<volume>', how datastores are called in statistics. */
const volumeOf = (store: Readable): string => String(readPath(store.props, 'summary.url') ?? '').split('/').filter((step) => step !== '').at(-1) ?? store.ref.value;

function disksBehind(store: Readable | undefined): readonly string[] {
  return ((store && readPath(store.props, 'info.vmfs.extent')) as readonly { diskName: string }[] | undefined)?.map(({ diskName: name }) => name) ?? [];
}

/** The parts of one kind that an object has. */
export function partsOf(object: Readable, kind: string, cpus: number, find: Find): readonly Part[] {
  const { ref, props } = object;
  const isVm = ref.type === 'VirtualMachine';
  const storage = props['config'] === undefined ? undefined : (readPath(props, 'config.storageDevice') as HostStorageDeviceInfo | undefined);
  switch (kind) {
    case 'cpu': return shared(Array.from({ length: cpus }, (_, i) => String(i)), ref.value);
    case 'nic':
      return shared(isVm ? devicesOf(object).filter((device) => isFamily(device, 'nic')).map(({ key }) => String(key))
        : ((readPath(props, 'config.network') as HostNetworkInfo | undefined)?.pnic ?? []).map(({ device }) => device), ref.value);
    case 'vdisk': {
      const devices = devicesOf(object);
      return shared(devices.filter((device) => isFamily(device, 'disk')).map((device) => diskName(device, devices)), ref.value);
    }
    case 'lun':
      return shared(isVm ? disksBehind(find((props['_home'] as ManagedObjectReference | undefined)?.value ?? ''))
        : (storage?.scsiLun ?? []).filter(({ lunType }) => lunType === 'disk').map(({ canonicalName }) => canonicalName ?? ''), ref.value);
    case 'hba': return shared((storage?.hostBusAdapter ?? []).map(({ device }) => device), ref.value);
    case 'path': return shared((storage?.multipathInfo?.lun ?? []).flatMap(({ path }) => (path ?? []).map(({ name }) => name)), ref.value);
    case 'group': return Object.entries(GROUPS).map(([instance, weight]) => ({ instance, weight }));
    case 'ds': {
      const stores = isVm ? [props['_home'] as ManagedObjectReference | undefined] : ((props['datastore'] ?? []) as readonly ManagedObjectReference[]);
      return stores.flatMap((store) => (store && find(store.value)) ?? []).map((store) => ({ instance: volumeOf(store), weight: 1, store: store.ref.value }));
    }
    default: return [];
  }
}
