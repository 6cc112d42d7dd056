// What vSphere knows of the guest in a VIC machine: tools running, addresses of its adapters. `_guest` is where a
// simulated guest reports; the machine's `guest` and `summary.guest` follow from it.
import type { GuestNicInfo, ManagedObjectReference, VirtualEthernetCard } from '../../core/vim25/index.ts';
import type { Transaction } from '../store/transaction.ts';

/** The adapters of a machine: device key, slot, network, address. */
export interface Adapter {
  readonly key: number;
  readonly slot: number;
  readonly mac: string;
  readonly network: ManagedObjectReference | undefined;
  readonly unplugged: boolean;
}

/** What is known of a guest's last boot; internal, as `_boot`. */
export interface Boot {
  /** The boot time of the machine that this boot belongs to; absent while the machine is off. */
  readonly time?: Date | undefined;
  readonly done?: boolean;
  /** Leases it has, also while it is off. */
  readonly addresses?: readonly string[];
}

export const bootOf = (props: Readonly<Record<string, unknown>>): Boot | undefined => props['_boot'] as Boot | undefined;
export const setBoot = (tx: Transaction, vm: ManagedObjectReference, boot: Boot): void => tx.set(vm, '_boot', boot);

interface AdapterBacking {
  readonly network?: ManagedObjectReference;
  readonly port?: { readonly portgroupKey?: string };
}

/** The network adapters of a machine, in order of their slots. */
export function adaptersOf(tx: Transaction, vm: ManagedObjectReference): Adapter[] {
  const on = tx.get(vm, 'runtime.powerState') === 'poweredOn';
  const devices = (tx.props<'VirtualMachine'>(vm).config?.hardware.device ?? []) as readonly VirtualEthernetCard[];
  return devices
    .filter((device) => device.macAddress !== undefined)
    .map((device) => {
      const backing = device.backing as AdapterBacking | undefined;
      const group = backing?.port?.portgroupKey;
      return {
        key: device.key,
        slot: (device.slotInfo as { pciSlotNumber?: number } | undefined)?.pciSlotNumber ?? 0,
        mac: device.macAddress!,
        network: group === undefined ? backing?.network : { type: 'DistributedVirtualPortgroup', value: group },
        // While the machine is off nothing is connected: what counts is how it starts.
        unplugged: (on ? device.connectable?.connected : device.connectable?.startConnected) === false,
      };
    })
    .sort((a, b) => a.slot - b.slot);
}

/** True while the guest in the machine reports. */
export const isReporting = (props: Readonly<Record<string, unknown>>): boolean =>
  (props['_guest'] as { toolsRunningStatus?: string } | undefined)?.toolsRunningStatus === 'guestToolsRunning';

/** Makes the guest report: `addresses` by slot, the first one as the machine's own. */
export function report(
  tx: Transaction, vm: ManagedObjectReference, hostName: string, addresses: ReadonlyMap<number, { address: string; prefix: number }>, main: string,
): void {
  const net: GuestNicInfo[] = adaptersOf(tx, vm).map(({ key, slot, mac, network, unplugged }) => {
    const found = addresses.get(slot);
    return {
      _type: 'GuestNicInfo',
      network: network && tx.has(network) ? String(tx.get(network, 'name')) : '',
      ipAddress: found ? [found.address] : [],
      macAddress: mac,
      connected: !unplugged,
      deviceConfigId: key,
      ...(found
        ? { ipConfig: { _type: 'NetIpConfigInfo', ipAddress: [{ _type: 'NetIpConfigInfoIpAddress', ipAddress: found.address, prefixLength: found.prefix, state: 'preferred' }] } }
        : {}),
    };
  });
  tx.set(vm, '_guest', {
    ...(tx.get(vm, '_guest') as object | undefined),
    toolsStatus: 'toolsOk',
    toolsVersionStatus: 'guestToolsUnmanaged',
    toolsVersionStatus2: 'guestToolsUnmanaged',
    toolsRunningStatus: 'guestToolsRunning',
    guestState: 'running',
    hostName,
    ipAddress: main,
    net,
  });
}

/** The guest is gone: it keeps its tools, but nobody reports any more. */
export function silence(tx: Transaction, vm: ManagedObjectReference): void {
  const { guestState: _s, hostName: _h, ipAddress: _a, net: _n, ...rest } = (tx.get(vm, '_guest') ?? {}) as Record<string, unknown>;
  tx.set(vm, '_guest', { ...rest, toolsStatus: 'toolsNotRunning', toolsRunningStatus: 'guestToolsNotRunning' });
}

/** Lets what the guest reports follow its adapters: one that is gone takes its address along. */
export function followAdapters(tx: Transaction, vm: ManagedObjectReference): void {
  const guest = tx.get(vm, '_guest') as { net?: readonly GuestNicInfo[]; ipAddress?: string } | undefined;
  if (!guest?.net) return;
  const present = new Set(adaptersOf(tx, vm).map(({ key }) => key));
  const net = guest.net.filter(({ deviceConfigId }) => present.has(deviceConfigId));
  if (net.length === guest.net.length) return;
  const addresses = net.flatMap(({ ipAddress }) => ipAddress ?? []);
  const { ipAddress, ...rest } = guest;
  const main = ipAddress !== undefined && addresses.includes(ipAddress) ? ipAddress : addresses[0];
  tx.set(vm, '_guest', { ...rest, net, ...(main === undefined ? {} : { ipAddress: main }) });
}
