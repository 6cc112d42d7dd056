// The appliance VM as vSphere is asked for it: one adapter for each distinct network, a CD-ROM with its system. Pure.
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import { formatReference } from '../../vim25/reference.ts';
import type { OptionValue, VirtualDevice, VirtualMachineConfigSpec } from '../../vim25/types.d.ts';
import { make } from '../../vim25/values.ts';
import type { NetworkFacts } from './facts.ts';
import { ROLES, type Role } from './appliance-config.ts';

export const GUEST_ID = 'other3xLinux64Guest';
const FIRST_SLOT = 192;
const SLOT_STEP = 32;

export interface Adapter {
  readonly network: NetworkFacts;
  readonly slot: number;
}

/** One adapter for each network; roles on the same network share it. Gives the adapters and each role's slot. */
export function adaptersOf(networks: Readonly<Record<Role, NetworkFacts>>): { readonly adapters: readonly Adapter[]; readonly slots: Readonly<Record<Role, number>> } {
  const adapters = new Map<string, Adapter>();
  for (const role of ROLES) {
    const network = networks[role];
    const key = formatReference(network.ref);
    if (!adapters.has(key)) adapters.set(key, { network, slot: FIRST_SLOT + adapters.size * SLOT_STEP });
  }
  const slots = Object.fromEntries(ROLES.map((role) => [role, adapters.get(formatReference(networks[role].ref))!.slot])) as Record<Role, number>;
  return { adapters: [...adapters.values()], slots };
}

/** The spec that creates the VM; its directory is the server's choice below the image datastore. */
export function createSpec(options: { readonly name: string; readonly datastore: string; readonly memoryMB: number; readonly cpus: number; readonly adapters: readonly Adapter[]; readonly extraConfig: readonly OptionValue[] }): VirtualMachineConfigSpec {
  return {
    name: options.name,
    guestId: GUEST_ID,
    files: { vmPathName: `[${options.datastore}]` },
    numCPUs: options.cpus,
    memoryMB: options.memoryMB,
    deviceChange: [
      add(make('VirtualIDEController', { key: -201, busNumber: 0 })),
      add(make('ParaVirtualSCSIController', { key: -202, busNumber: 0, sharedBus: 'noSharing' })),
      ...options.adapters.map((adapter, i) => add(cardOf(adapter, -1 - i))),
    ],
    extraConfig: options.extraConfig,
  };
}

const add = (device: VirtualDevice) => ({ operation: 'add' as const, device });

const cardOf = ({ network, slot }: Adapter, key: number): VirtualDevice =>
  make('VirtualVmxnet3', {
    key,
    backing: network.port
      ? make('VirtualEthernetCardDistributedVirtualPortBackingInfo', { port: { switchUuid: network.port.switchUuid, portgroupKey: network.port.key } })
      : make('VirtualEthernetCardNetworkBackingInfo', { deviceName: network.name, network: network.ref }),
    connectable: { startConnected: true, allowGuestControl: true, connected: true },
    slotInfo: make('VirtualDevicePciBusSlotInfo', { pciSlotNumber: slot }),
    addressType: 'generated',
  });

/** The spec that gives the created VM its CD-ROM and the whole configuration. It never names files: the VM stays where it is. */
export function finishSpec(options: { readonly devices: readonly VirtualDevice[]; readonly iso: string; readonly datastore: ManagedObjectReference; readonly extraConfig: readonly OptionValue[] }): VirtualMachineConfigSpec {
  const ide = options.devices.find((device) => device._type === 'VirtualIDEController');
  if (!ide) throw new Error('the appliance VM has no IDE controller');
  const cdrom = make('VirtualCdrom', {
    key: -1, controllerKey: ide.key, unitNumber: 0,
    backing: make('VirtualCdromIsoBackingInfo', { fileName: options.iso, datastore: options.datastore }),
    connectable: { startConnected: true, allowGuestControl: true, connected: true },
  });
  return { deviceChange: [add(cdrom)], extraConfig: options.extraConfig };
}
