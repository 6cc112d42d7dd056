// Makes standard networks, as vCenter shows them: one Network per name and datacenter, shared by its hosts.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';
import { entityProps } from './entity.ts';

/** The standard network of that name in the datacenter. */
export function findNetwork(tx: Transaction, datacenter: ManagedObjectReference, name: string): ManagedObjectReference | undefined {
  for (const ref of tx.all('Network')) {
    const props = tx.props(ref);
    if (props['name'] === name && (props['_datacenter'] as ManagedObjectReference).value === datacenter.value) return ref;
  }
  return undefined;
}

/** Adds a standard network, seen by the hosts. */
export function createNetwork(
  sim: Simulation, tx: Transaction, datacenter: ManagedObjectReference, name: string, hosts: readonly ManagedObjectReference[],
): ManagedObjectReference {
  const id = sim.product === 'esxi' ? `HaNetwork-${name}` : tx.nextId('network');
  const network = { type: 'Network', value: id };
  tx.create('Network', id, {
    ...entityProps(name, tx.props<'Datacenter'>(datacenter).networkFolder),
    summary: { network, name, accessible: true, ipPoolName: '' },
    host: [],
    vm: [],
    _datacenter: datacenter,
  });
  for (const host of hosts) attachNetwork(tx, host, network);
  return network;
}

/** The network that NSX shows for one of its segments; its id follows from the segment's, which adapters name. */
export const opaqueNetworkRef = (opaqueNetworkId: string): ManagedObjectReference => ({ type: 'OpaqueNetwork', value: `network-o${opaqueNetworkId}` });

/** Adds an opaque network of NSX. */
export function createOpaqueNetwork(
  tx: Transaction, datacenter: ManagedObjectReference, folder: ManagedObjectReference, name: string, opaqueNetworkId: string,
): ManagedObjectReference {
  const network = opaqueNetworkRef(opaqueNetworkId);
  return tx.create(network.type, network.value, {
    ...entityProps(name, folder),
    summary: { _type: 'OpaqueNetworkSummary', network, name, accessible: true, ipPoolName: '', opaqueNetworkId, opaqueNetworkType: 'nsx.LogicalSwitch' },
    capability: { networkReservationSupported: false },
    extraConfig: [],
    host: [],
    vm: [],
    _datacenter: datacenter,
  });
}

/** Makes a host see a network (standard or distributed). */
export function attachNetwork(tx: Transaction, host: ManagedObjectReference, network: ManagedObjectReference): void {
  const known = tx.props<'HostSystem'>(host).network ?? [];
  if (!known.some((ref) => ref.value === network.value)) tx.set(host, 'network', [...known, network]);
}

/** Makes a host no longer see a network. */
export function detachNetwork(tx: Transaction, host: ManagedObjectReference, network: ManagedObjectReference): void {
  const known = tx.props<'HostSystem'>(host).network ?? [];
  const kept = known.filter((ref) => ref.value !== network.value);
  if (kept.length < known.length) tx.set(host, 'network', kept);
}
