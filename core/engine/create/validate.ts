// Whether the facts allow what the options ask, and what each option then stands for. Pure: every check notes issues,
// none throws, none changes anything.
import type { Node } from '../../client/index.ts';
import type { Vch } from '../vch-config.ts';
import { sameReference } from '../../vim25/reference.ts';
import { nearest } from '../issue.ts';
import type { CreateFacts, DatastoreFacts, NetworkFacts } from './facts.ts';
import { broadcastOf, isHostAddress, isInside, networkOf, overlap, parseSubnet, type IpRange, type Subnet } from './ip.ts';
import { readContainerNetworks, readDatastore, readVolumeStores, type ContainerNetworkOption, type CreateOptions, type Issues } from './options.ts';
import { datastorePath, type DatastorePath } from '../../client/index.ts';

/** A directory of a datastore that is known to exist. */
export interface Store {
  readonly datastore: DatastoreFacts;
  readonly path: DatastorePath;
}

export interface Networks {
  readonly external: NetworkFacts;
  readonly client: NetworkFacts;
  readonly management: NetworkFacts;
  /** undefined: it is made (ESXi). */
  readonly bridge: NetworkFacts | undefined;
  readonly bridgeName: string;
  readonly containers: readonly (ContainerNetworkOption & { readonly facts: NetworkFacts })[];
  readonly bridgeRange: Subnet;
}

export const DEFAULT_EXTERNAL = 'VM Network';
export const DEFAULT_BRIDGE_RANGE = '172.16.0.0/12';

/** The image store: '<ds>/<name>/images' when only a datastore is given. */
export function checkImageStore(options: CreateOptions, facts: CreateFacts, issues: Issues): Store | undefined {
  const flag = '--image-store';
  if (options.imageStore === '') return issues.add('--image-store argument must be specified', { flag, valid: datastoreNames(facts), example: `${flag} ${datastoreNames(facts)[0] ?? 'datastore1'}` });
  const path = readDatastore(options.imageStore, flag, issues);
  const datastore = path && findDatastore(path, facts, flag, issues);
  if (!datastore) return undefined;
  return { datastore, path: path.path === '' ? datastorePath(path.datastore, options.name, 'images') : path };
}

export function checkVolumeStores(options: CreateOptions, facts: CreateFacts, issues: Issues): { readonly label: string; readonly store: Store }[] {
  return readVolumeStores(options.volumeStores, issues).flatMap(({ label, path }) => {
    const datastore = findDatastore(path, facts, '--volume-store', issues, label);
    return datastore ? [{ label, store: { datastore, path } }] : [];
  });
}

const datastoreNames = (facts: CreateFacts): string[] => [...new Set(facts.datastores.map(({ name }) => name))].sort();

function findDatastore(path: DatastorePath, facts: CreateFacts, flag: string, issues: Issues, label?: string): DatastoreFacts | undefined {
  const found = facts.datastores.filter(({ name }) => name === path.datastore);
  const form = (name: string): string => (label === undefined ? name : `${name}:${label}`);
  if (found.length > 1) return issues.add(`${flag}: several datastores are called "${path.datastore}"`, { flag });
  if (found.length === 0) {
    const meant = nearest(path.datastore, datastoreNames(facts));
    return issues.add(`there is no datastore "${path.datastore}" in datacenter ${facts.datacenter.name}`, {
      flag, valid: datastoreNames(facts).map(form), ...(meant === undefined ? {} : { example: `${flag} ${form(meant)}` }),
    });
  }
  return found[0];
}

/** The image datastore must be there for every host that can run the VCH. */
export function checkAttached(image: Store | undefined, facts: CreateFacts, issues: Issues): void {
  if (!image) return;
  const usable = facts.hosts.filter((host) => host.connected);
  if (usable.length === 0) issues.add(`no host of ${facts.compute.path} is connected and out of maintenance mode`, { flag: '--compute-resource' });
  const without = usable.filter((host) => !image.datastore.writers.has(host.node.ref.value));
  if (without.length === 0) return;
  const everywhere = facts.datastores.filter((store) => usable.every((host) => store.writers.has(host.node.ref.value))).map(({ name }) => name).sort();
  const details = without.length < usable.length ? [`Hosts without it: ${without.map((host) => host.node.name).join(', ')}`] : [];
  issues.add(`datastore "${image.datastore.name}" is not attached to ${without.length < usable.length ? 'every host' : 'a host'} of ${facts.compute.name}`, {
    flag: '--image-store', valid: everywhere, ...(details.length > 0 ? { details } : {}),
  });
}

export function checkNetworks(options: CreateOptions, facts: CreateFacts, issues: Issues): Networks | undefined {
  const external = findNetwork(options.externalNetwork || DEFAULT_EXTERNAL, '--external-network', facts, issues);
  const client = options.clientNetwork === '' ? external : findNetwork(options.clientNetwork, '--client-network', facts, issues);
  const management = options.managementNetwork === '' ? client : findNetwork(options.managementNetwork, '--management-network', facts, issues);
  const bridgeName = options.bridgeNetwork || options.name;
  const bridge = findBridge(bridgeName, facts, issues);
  const containers = checkContainerNetworks(options, facts, bridgeName, issues);
  for (const [role, name] of [['external', options.externalNetwork || DEFAULT_EXTERNAL], ['client', options.clientNetwork], ['management', options.managementNetwork]] as const) {
    if (name === bridgeName) issues.add(`the bridge network "${bridgeName}" is the ${role} network too: containers need one of their own`, { flag: '--bridge-network' });
  }
  const bridgeRange = checkBridgeRange(options, issues);
  for (const { network, gateway } of containers) {
    if (bridgeRange && gateway && overlap(rangeOf(bridgeRange), rangeOf(gateway))) {
      issues.add(`the subnet of container network "${network}" overlaps the addresses of bridge networks (${options.bridgeNetworkRange || DEFAULT_BRIDGE_RANGE})`, { flag: '--bridge-network-range', example: '--bridge-network-range 192.168.0.0/16' });
    }
  }
  if (!external || !client || !management || bridge === 'wrong' || !bridgeRange) return undefined;
  return { external, client, management, bridge, bridgeName, containers, bridgeRange };
}

const rangeOf = (subnet: Subnet): IpRange => ({ first: networkOf(subnet), last: broadcastOf(subnet), text: '' });

/** The addresses that bridge networks take theirs from. */
export function checkBridgeRange({ bridgeNetworkRange }: CreateOptions, issues: Issues): Subnet | undefined {
  const flag = '--bridge-network-range';
  const example = `${flag} ${DEFAULT_BRIDGE_RANGE}`;
  const range = parseSubnet(bridgeNetworkRange || DEFAULT_BRIDGE_RANGE);
  if (!range) return issues.add(`${flag} "${bridgeNetworkRange}" is not understood: it is an address and a prefix length`, { flag, example });
  if (range.bits > 16) return issues.add(`${flag} "${bridgeNetworkRange}" is too small: each bridge network takes a /16 of it`, { flag, example });
  return range;
}

const isDistributed = (network: NetworkFacts): boolean => network.ref.type === 'DistributedVirtualPortgroup';

const networkNames = (facts: CreateFacts, only: (network: NetworkFacts) => boolean = () => true): string[] =>
  [...new Set(facts.networks.filter((network) => !network.uplink && network.name !== 'bridge' && only(network)).map(({ name }) => name))].sort();

function findNetwork(name: string, flag: string, facts: CreateFacts, issues: Issues): NetworkFacts | undefined {
  const found = facts.networks.filter((network) => network.name === name);
  if (found.length > 1) return issues.add(`${flag}: several networks are called "${name}"`, { flag });
  if (found[0]?.uplink) return issues.add(`the network "${name}" is for the uplinks of a distributed switch, VMs cannot use it`, { flag, valid: networkNames(facts) });
  if (found.length === 1) return found[0];
  return issues.add(`there is no network "${name}" in datacenter ${facts.datacenter.name}`, { flag, valid: networkNames(facts) });
}

function findBridge(name: string, facts: CreateFacts, issues: Issues): NetworkFacts | 'wrong' | undefined {
  const found = facts.networks.filter((network) => network.name === name);
  if (!facts.vCenter) {
    if (found.length === 0 && facts.hosts.some((host) => host.switches.includes(name))) {
      issues.add(`the virtual switch "${name}" is there already, but not a port group of that name: the bridge network cannot be made`, { flag: '--bridge-network', valid: networkNames(facts) });
    }
    return found[0];
  }
  const flag = '--bridge-network';
  const valid = networkNames(facts, isDistributed);
  const [network] = found;
  if (!network) issues.add(`there is no distributed port group "${name}" for the bridge network: on vCenter Server it must be made beforehand`, { flag, valid });
  else if (!isDistributed(network)) issues.add(`the bridge network "${name}" is not a distributed port group`, { flag, valid });
  else if (!isEverywhere(network, 'the bridge network', flag, facts, issues)) return 'wrong';
  else return network;
  return 'wrong';
}

/** Every host of the cluster must have the port group. */
function isEverywhere(network: NetworkFacts, what: string, flag: string, facts: CreateFacts, issues: Issues): boolean {
  const without = facts.hosts.filter((host) => !network.hosts.has(host.node.ref.value));
  if (without.length === 0) return true;
  issues.add(`${what} "${network.name}" is not on every host of ${facts.compute.name}`, { flag, details: [`Hosts without it: ${without.map((host) => host.node.name).join(', ')}. Add them to its distributed switch.`] });
  return false;
}

function checkContainerNetworks(options: CreateOptions, facts: CreateFacts, bridgeName: string, issues: Issues): Networks['containers'] {
  const flag = '--container-network';
  return readContainerNetworks(options, issues).flatMap((option) => {
    if (option.network === bridgeName) issues.add(`the container network "${option.network}" is the bridge network`, { flag });
    checkAddresses(option, issues);
    const found = findNetwork(option.network, flag, facts, issues);
    if (!found) return [];
    if (facts.vCenter && !isDistributed(found)) issues.add(`the container network "${option.network}" is not a distributed port group`, { flag, valid: networkNames(facts, isDistributed) });
    else if (facts.vCenter) isEverywhere(found, 'the container network', flag, facts, issues);
    return [{ ...option, facts: found }];
  });
}

function checkAddresses({ network, gateway, ranges }: ContainerNetworkOption, issues: Issues): void {
  const flag = '--container-network-ip-range';
  if (!gateway) {
    if (ranges.length > 0) issues.add(`the container network "${network}" has an IP range but no gateway`, { flag: '--container-network-gateway', example: `--container-network-gateway ${network}:10.10.10.1/24` });
    return;
  }
  if (!isHostAddress(gateway)) issues.add(`the gateway of container network "${network}" is ${networkOf(gateway) === broadcastOf(gateway) ? 'alone in its subnet' : 'the network or broadcast address of its subnet'}`, { flag: '--container-network-gateway' });
  ranges.forEach((range, i) => {
    if (!isInside(range, gateway)) issues.add(`the range ${range.text} of container network "${network}" is not inside the subnet of its gateway`, { flag });
    const other = ranges.slice(0, i).find((earlier) => overlap(earlier, range));
    if (other) issues.add(`the ranges ${other.text} and ${range.text} of container network "${network}" overlap`, { flag });
  });
}

/** What is there already under the name. Gives the empty pool that is used again, if there is one. */
export function checkExisting({ name, useRp }: CreateOptions, facts: CreateFacts, vchs: readonly Vch[], vms: readonly Node[], issues: Issues): Node | undefined {
  const flag = '--name';
  const { parent } = facts;
  const other = ['Choose another name.'];
  const pool = parent.children.find((child) => child.name === name && (child.ref.type === 'ResourcePool' || child.ref.type === 'VirtualApp'));
  const vch = pool && vchs.find((candidate) => candidate.pool === pool);
  if (vch) return issues.add(`the virtual container host "${vch.name}" (${vch.id}) exists already in ${parent.path}`, { flag, details: ['Delete it first (vic-machine delete), or choose another name.'] });
  const sameName = vms.find((vm) => vm.name === name && (!pool || vm.pool !== pool) && vm.parent !== undefined && sameReference(vm.parent.ref, facts.vmFolder));
  if (sameName) return issues.add(`a VM "${name}" (${sameName.ref.value}) exists already in ${sameName.parent!.path}`, { flag, details: other });
  if (!pool) return undefined;
  const inside = vms.filter((vm) => vm.pool === pool);
  if (pool.ref.type === 'VirtualApp' || inside.length > 0 || pool.children.length > 0) {
    const holds = inside.length > 0 ? ` and holds ${inside.map((vm) => `"${vm.name}"`).join(', ')}` : '';
    return issues.add(`${pool.path} exists already${holds}, and is not a virtual container host`, { flag, details: other });
  }
  // The VCH would be in a resource pool where a vApp is wanted.
  if (facts.vCenter && !useRp) return issues.add(`the empty resource pool ${pool.path} exists already, but a vApp is to be made`, { flag, details: ['Use the pool as it is with --use-rp, remove it, or choose another name.'] });
  return pool;
}
