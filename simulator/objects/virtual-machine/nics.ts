// Network adapters: addresses and what they are plugged into.
import { fault, type ManagedObjectReference, type VirtualEthernetCard, type VirtualMachinePowerState } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { connectPort, portOf, releasePort } from '../dvs/dvs-ports.ts';
import { opaqueNetworkRef } from '../network-create.ts';

export interface NicWork {
  readonly sim: Simulation;
  readonly tx: Transaction;
  readonly vm: ManagedObjectReference;
  readonly host: ManagedObjectReference | undefined;
  readonly power?: VirtualMachinePowerState;
  /** A machine that is registered keeps adapters of networks that are not there. */
  readonly registering?: boolean;
}

interface AnyBacking {
  readonly _type?: string;
  readonly deviceName?: string;
  readonly useAutoDetect?: boolean;
  readonly network?: ManagedObjectReference;
  readonly opaqueNetworkId?: string;
  readonly port?: { readonly switchUuid: string; readonly portgroupKey?: string; readonly portKey?: string; readonly connectionCookie?: number };
}

/** A number that no other adapter of this world has: the machine's id and the adapter's key make it. */
const serial = (vm: ManagedObjectReference, key: number): number => Number(/\d+$/.exec(vm.value)?.[0] ?? 0) * 10 + (key - 4000);

/** An address of VMware's range; the multiplication is a bijection on 22 bits, so neighbours look different but stay distinct. */
function assignedAddress(vm: ManagedObjectReference, key: number): string {
  const mixed = Math.imul(serial(vm, key), 0x2b5b2d) & 0x3fffff;
  const bytes = [0x80 | (mixed >>> 16), (mixed >>> 8) & 0xff, mixed & 0xff];
  return ['00', '50', '56', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

/** Completes an adapter: address, network reference and name, port; `old` is what it was before an edit. Throws InvalidDeviceBacking. */
export function plugNic(work: NicWork, nic: VirtualEthernetCard, index: number, old?: VirtualEthernetCard): VirtualEthernetCard {
  const manual = nic.macAddress !== undefined && nic.macAddress !== '';
  if (manual && !/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(nic.macAddress!)) {
    throw fault('InvalidDeviceSpec', { deviceIndex: index, property: 'virtualDeviceSpec.device.macAddress' }, `Invalid configuration for device '${index}': '${nic.macAddress}' is not a MAC address.`);
  }
  return {
    ...nic,
    addressType: manual ? nic.addressType || 'manual' : work.sim.product === 'esxi' ? 'generated' : 'assigned',
    macAddress: manual ? nic.macAddress! : assignedAddress(work.vm, nic.key),
    wakeOnLanEnabled: nic.wakeOnLanEnabled ?? true,
    backing: plug(work, nic, index, old) as unknown as NonNullable<VirtualEthernetCard['backing']>,
  };
}

/** Gives back the port of an adapter that is removed. */
export function unplugNic(work: NicWork, nic: VirtualEthernetCard): void {
  const port = portOf(nic);
  if (port) releasePort(work.tx, port, work.vm);
}

function plug(work: NicWork, nic: VirtualEthernetCard, index: number, old: VirtualEthernetCard | undefined): AnyBacking {
  const backing = nic.backing as AnyBacking | undefined;
  if (backing === undefined) throw badBacking(index, 'it has none');
  if (backing.port !== undefined) {
    // A port group that is not there: the adapter keeps its name and is connected to nothing.
    if (work.registering && !work.tx.has({ type: 'DistributedVirtualPortgroup', value: backing.port.portgroupKey ?? '' })) {
      return { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: backing.port.portgroupKey ?? '', useAutoDetect: false };
    }
    const port = connectPort(work.tx, backing.port, {
      holder: work.vm, adapter: nic.key, now: work.sim.clock.now(), old: old && portOf(old), running: work.power === 'poweredOn',
      refuse: (why) => badBacking(index, why),
    });
    return { ...backing, port };
  }
  if (old) unplugNic(work, old);
  if (backing._type === 'VirtualEthernetCardOpaqueNetworkBackingInfo' && !work.tx.has(opaqueNetworkRef(String(backing.opaqueNetworkId)))) {
    throw badBacking(index, `there is no opaque network '${backing.opaqueNetworkId}'`);
  }
  if (backing._type !== 'VirtualEthernetCardNetworkBackingInfo') return backing;
  const network = backing.network && work.tx.has(backing.network) ? backing.network : networkNamed(work, backing.deviceName);
  if (!network && work.registering) return { useAutoDetect: false, ...backing };
  if (!network) throw badBacking(index, `there is no network '${backing.deviceName ?? backing.network?.value}'`);
  return { useAutoDetect: false, ...backing, network, deviceName: String(work.tx.get(network, 'name')) };
}

const badBacking = (index: number, why: string) =>
  fault('InvalidDeviceBacking', { deviceIndex: index, property: 'virtualDeviceSpec.device.backing' }, `Invalid backing of network adapter (device '${index}'): ${why}.`);

function networkNamed(work: NicWork, name: string | undefined): ManagedObjectReference | undefined {
  if (name === undefined) return undefined;
  const known = work.host && (work.tx.get(work.host, 'network') as readonly ManagedObjectReference[] | undefined);
  for (const ref of known ?? work.tx.all('Network')) if (ref.type === 'Network' && work.tx.get(ref, 'name') === name) return ref;
  return undefined;
}

/** What the adapter's deviceInfo says: the network's name, or the switch. */
export function nicSummary(nic: VirtualEthernetCard): string {
  const backing = nic.backing as AnyBacking | undefined;
  return backing?.port ? `DVSwitch: ${backing.port.switchUuid}` : (backing?.deviceName ?? 'None');
}
