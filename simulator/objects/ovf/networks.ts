// Networks of a deployment: which one of the host's a network of the descriptor becomes.
import { fault, type ManagedObjectReference, type OvfNetworkMapping } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { Problems } from './problems.ts';

type Ref = ManagedObjectReference;

/** What machines on a host can be plugged into; uplink port groups are not among it. */
export const networksOf = (tx: Transaction, host: Ref): readonly Ref[] =>
  ((tx.get(host, 'network') ?? []) as readonly Ref[]).filter((ref) => tx.get(ref, 'config.uplink') !== true);

/** The backing of an adapter: the network it is mapped to, the one of the same name, else the host's first. */
export function networkBacking(tx: Transaction, host: Ref, name: string, mapping: readonly OvfNetworkMapping[] | undefined, problems: Problems): object | undefined {
  const all = networksOf(tx, host);
  const network = mapping?.find((each) => each.name === name)?.network ?? all.find((ref) => tx.get(ref, 'name') === name) ?? all.find(({ type }) => type === 'Network') ?? all[0];
  if (network) return backingOf(tx, network);
  problems.error(fault('OvfNoHostNic', {}, `The host '${String(tx.get(host, 'name'))}' has no network for '${name}'.`));
  return undefined;
}

function backingOf(tx: Transaction, network: Ref): object {
  if (network.type === 'DistributedVirtualPortgroup') {
    const dvs = tx.get(network, 'config.distributedVirtualSwitch') as Ref;
    return { _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo', port: { switchUuid: String(tx.get(dvs, 'uuid')), portgroupKey: network.value } };
  }
  if (network.type === 'OpaqueNetwork') {
    const { opaqueNetworkId, opaqueNetworkType } = tx.get(network, 'summary') as { opaqueNetworkId?: string; opaqueNetworkType?: string };
    return { _type: 'VirtualEthernetCardOpaqueNetworkBackingInfo', opaqueNetworkId, opaqueNetworkType };
  }
  return { _type: 'VirtualEthernetCardNetworkBackingInfo', network, deviceName: String(tx.get(network, 'name')) };
}
