// For unit tests of create: options and facts that are in order, to be changed one by one.
import type { Node } from '../../client/index.ts';
import { parseReference } from '../../vim25/reference.ts';
import type { HostFirewallInfo } from '../../vim25/types.d.ts';
import type { CreateFacts, DatastoreFacts, HostFacts, NetworkFacts } from './facts.ts';
import { withDefaults, type ContainerNetworkOption, type CreateOptions } from './options.ts';

export const optionsOf = (more: Partial<CreateOptions> = {}): CreateOptions => withDefaults({ name: 'vch1', imageStore: 'ds1', bridgeNetwork: 'bridge', ...more });

export const aliasesOf = (networks: readonly ContainerNetworkOption[]): unknown[] =>
  networks.map(({ network, alias, gateway, ranges, dns }) => [network, alias, gateway?.bits, ranges.map(({ text }) => text), dns.length]);

export function node(ref: string, name: string, parent?: Node, pool?: Node): Node {
  const made = { ref: parseReference(ref), name, parent, pool, children: [], path: `${parent ? parent.path : ''}/${name}` } as Node;
  (parent?.children as Node[] | undefined)?.push(made);
  return made;
}

export const datastore = (name: string, writers: readonly string[] = ['h1', 'h2']): DatastoreFacts =>
  ({ ref: parseReference(`Datastore:${name}`), name, type: 'VMFS', browser: undefined, writers: new Set(writers) });

export const network = (name: string, more: Partial<NetworkFacts> = {}): NetworkFacts => ({ ref: parseReference(`Network:${name}`), name, hosts: new Set(['h1', 'h2']), uplink: false, ...more });

export const portGroup = (name: string, more: Partial<NetworkFacts> = {}): NetworkFacts =>
  network(name, { ref: parseReference(`DistributedVirtualPortgroup:${name}`), port: { key: name, switchUuid: 'uuid' }, ...more });

/** A firewall with one rule set. */
export const firewall = (set: { readonly enabled?: boolean; readonly direction?: string; readonly protocol?: string; readonly port?: number; readonly endPort?: number } = {}, outgoingBlocked = true): HostFirewallInfo => {
  const { enabled = true, direction = 'outbound', protocol = 'tcp', port = 8080, endPort } = set;
  return {
    defaultPolicy: { incomingBlocked: true, outgoingBlocked },
    ruleset: [{ key: 'vic', label: 'vic', required: false, enabled, rule: [{ port, direction, protocol, portType: 'dst', ...(endPort === undefined ? {} : { endPort }) }] }],
  } as unknown as HostFirewallInfo;
};

export const host = (name: string, more: Partial<HostFacts> = {}): HostFacts =>
  ({ node: node(`HostSystem:${name}`, name), connected: true, firewall: firewall(), networkSystem: undefined, managedBy: undefined, switches: [], ...more });

/** A cluster of two hosts on vCenter with a datastore, a standard network and two port groups. */
export function factsOf(more: Partial<CreateFacts> = {}): CreateFacts {
  const datacenter = node('Datacenter:dc', 'DC0');
  const compute = node('ClusterComputeResource:C0', 'C0', datacenter);
  return {
    vCenter: true, datacenter, compute, parent: node('ResourcePool:root', 'Resources', compute), isCluster: true, drsEnabled: true,
    hosts: [host('h1'), host('h2')], datastores: [datastore('ds1'), datastore('ds2')],
    networks: [network('VM Network'), portGroup('bridge'), portGroup('apps')],
    licences: [{ entity: 'h1', features: ['serialuri:2', 'dvs'], evaluation: false }], vmFolder: parseReference('Folder:vm'), ...more,
  };
}
