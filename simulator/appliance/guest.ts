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
}

interface AdapterBacking {
  readonly network?: ManagedObjectReference;
  readonly port?: { readonly portgroupKey?: string };
}

/** The network adapters of a machine, in order of their slots. */
export function adaptersOf(tx: Transaction, vm: ManagedObjectReference): Adapter[] {
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
  const net: GuestNicInfo[] = adaptersOf(tx, vm).map(({ key, slot, mac, network }) => {
    const found = addresses.get(slot);
    return {
      _type: 'GuestNicInfo',
      network: network && tx.has(network) ? String(tx.get(network, 'name')) : '',
      ipAddress: found ? [found.address] : [],
      macAddress: mac,
      connected: true,
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
