// What create must know of the server before it decides anything: read in a constant number of requests, whatever the
// number of hosts, networks and datastores. Decides nothing.
import type { Node } from '../../client/index.ts';
import { retrieve, retrieveBelow, want } from '../../client/index.ts';
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import { formatReference } from '../../vim25/reference.ts';
import { isSubtype } from '../../vim25/schema.ts';
import type {
  ClusterConfigInfo, ClusterConfigInfoEx, DatastoreHostMount, HostFirewallInfo, LicenseAssignmentManagerLicenseAssignment, LicenseManagerLicenseInfo, Tag,
} from '../../vim25/types.d.ts';
import type { Context } from '../context.ts';

type Ref = ManagedObjectReference;

export interface HostFacts {
  readonly node: Node;
  readonly connected: boolean;
  readonly firewall: HostFirewallInfo | undefined;
  readonly networkSystem: Ref | undefined;
  /** Address of the vCenter Server that manages it. */
  readonly managedBy: string | undefined;
  /** Names of its standard switches; only on ESXi, where create may make one. */
  readonly switches: readonly string[];
}

export interface DatastoreFacts {
  readonly ref: Ref;
  readonly name: string;
  /** 'VMFS', 'NFS', 'vsan' … */
  readonly type: string;
  readonly browser: Ref | undefined;
  /** Hosts that can write to it now. */
  readonly writers: ReadonlySet<string>;
}

export interface NetworkFacts {
  readonly ref: Ref;
  readonly name: string;
  /** Hosts that have it; for a distributed port group those of its switch. */
  readonly hosts: ReadonlySet<string>;
  /** A distributed port group's key and its switch's uuid. */
  readonly port?: { readonly key: string; readonly switchUuid: string };
  readonly uplink: boolean;
}

export interface LicenceFacts {
  /** Name of what is licensed: a host, or the server itself. */
  readonly entity: string;
  readonly features: readonly string[];
  readonly evaluation: boolean;
}

export interface CreateFacts {
  readonly vCenter: boolean;
  readonly datacenter: Node;
  /** Pool that the VCH's own goes into. */
  readonly parent: Node;
  /** The cluster or standalone host of that pool. */
  readonly compute: Node;
  readonly isCluster: boolean;
  readonly drsEnabled: boolean | undefined;
  readonly hosts: readonly HostFacts[];
  readonly datastores: readonly DatastoreFacts[];
  readonly networks: readonly NetworkFacts[];
  readonly licences: readonly LicenceFacts[];
  /** Folder that new VMs go into. */
  readonly vmFolder: Ref;
}

const INVENTORY = [
  want('Datastore', 'name', 'summary.type', 'browser', 'host'),
  want('Network', 'name', 'host'),
  want('DistributedVirtualPortgroup', 'name', 'host', 'key', 'config.distributedVirtualSwitch', 'tag'),
  want('DistributedVirtualSwitch', 'uuid'),
  want('HostSystem', 'runtime.connectionState', 'runtime.inMaintenanceMode', 'configManager.firewallSystem', 'configManager.networkSystem', 'summary.managementServerIp'),
  want('ComputeResource', 'host', 'configurationEx'),
] as const;

type Props = Readonly<Record<string, unknown>>;

/** Reads the facts about a datacenter and the compute resource that holds `parent`. */
export async function readFacts(context: Context, datacenter: Node, parent: Node, compute: Node): Promise<CreateFacts> {
  const { connection, inventory, vCenter } = context;
  const rows = await retrieveBelow(connection, datacenter.ref, INVENTORY);
  const [center] = await retrieve(connection, [datacenter.ref], want('Datacenter', 'vmFolder'));
  const of = (type: string): { ref: Ref; props: Props }[] => rows.filter((row) => isSubtype(row.ref.type, type));
  const own = of('ComputeResource').find((row) => row.ref.value === compute.ref.value);
  const hostRefs = (own?.props['host'] ?? []) as readonly Ref[];
  const hostRows = of('HostSystem').filter((row) => hostRefs.some((ref) => ref.value === row.ref.value));
  const firewalls = await firewallsOf(context, hostRows.map((row) => row.props['configManager.firewallSystem'] as Ref | undefined));
  const switches = vCenter ? new Map<string, string[]>() : await switchesOf(context, hostRows.map((row) => row.props['configManager.networkSystem'] as Ref | undefined));
  const configuration = own?.props['configurationEx'] as ClusterConfigInfoEx | undefined;
  return {
    vCenter, datacenter, parent, compute,
    isCluster: compute.ref.type === 'ClusterComputeResource',
    drsEnabled: configuration?.drsConfig?.enabled ?? (configuration as unknown as ClusterConfigInfo | undefined)?.drsConfig?.enabled,
    hosts: hostRows.map(({ ref, props }) => ({
      node: inventory.get(ref)!,
      connected: props['runtime.connectionState'] === 'connected' && props['runtime.inMaintenanceMode'] !== true,
      firewall: firewalls.get((props['configManager.firewallSystem'] as Ref | undefined)?.value ?? ''),
      networkSystem: props['configManager.networkSystem'] as Ref | undefined,
      managedBy: props['summary.managementServerIp'] as string | undefined,
      switches: switches.get((props['configManager.networkSystem'] as Ref | undefined)?.value ?? '') ?? [],
    })),
    datastores: of('Datastore').map(({ ref, props }) => ({
      ref,
      name: inventory.get(ref)?.name ?? String(props['name']),
      type: String(props['summary.type'] ?? ''),
      browser: props['browser'] as Ref | undefined,
      writers: new Set(((props['host'] ?? []) as readonly DatastoreHostMount[]).filter(isWritable).map(({ key }) => key.value)),
    })),
    networks: networksOf(context, of('Network'), of('DistributedVirtualSwitch')),
    licences: await licencesOf(context, hostRows.map(({ ref }) => inventory.get(ref)!)),
    vmFolder: center!.props.vmFolder!,
  };
}

const isWritable = ({ mountInfo }: DatastoreHostMount): boolean => mountInfo.mounted !== false && mountInfo.accessible !== false && mountInfo.accessMode === 'readWrite';

function networksOf(context: Context, rows: readonly { ref: Ref; props: Props }[], switches: readonly { ref: Ref; props: Props }[]): NetworkFacts[] {
  const uuids = new Map(switches.map(({ ref, props }) => [formatReference(ref), props['uuid'] as string | undefined]));
  return rows.map(({ ref, props }) => {
    const owner = props['config.distributedVirtualSwitch'] as Ref | undefined;
    const uuid = owner && uuids.get(formatReference(owner));
    return {
      ref,
      name: context.inventory.get(ref)?.name ?? String(props['name']),
      hosts: new Set(((props['host'] ?? []) as readonly Ref[]).map((host) => host.value)),
      ...(uuid === undefined ? {} : { port: { key: (props['key'] as string | undefined) ?? ref.value, switchUuid: uuid } }),
      uplink: ((props['tag'] ?? []) as readonly Tag[]).some((tag) => tag.key.toUpperCase().includes('UPLINKPG')),
    };
  });
}

async function firewallsOf({ connection }: Context, refs: readonly (Ref | undefined)[]): Promise<ReadonlyMap<string, HostFirewallInfo>> {
  const there = refs.filter((ref) => ref !== undefined);
  if (there.length === 0) return new Map();
  const rows = await retrieve(connection, there, want('HostFirewallSystem', 'firewallInfo'));
  return new Map(rows.flatMap((row) => (row.props.firewallInfo ? [[row.ref.value, row.props.firewallInfo] as const] : [])));
}

async function switchesOf({ connection }: Context, refs: readonly (Ref | undefined)[]): Promise<ReadonlyMap<string, string[]>> {
  const there = refs.filter((ref) => ref !== undefined);
  if (there.length === 0) return new Map();
  const rows = await retrieve(connection, there, want('HostNetworkSystem', 'networkInfo.vswitch'));
  return new Map(rows.map((row) => [row.ref.value, (row.props['networkInfo.vswitch'] ?? []).map(({ name }) => name)]));
}

/**
 * On vCenter the licences assigned to the hosts, in one call; on ESXi its own. A host that is not in that answer is asked
 * about by itself: some servers list a licence for nobody in particular.
 */
async function licencesOf({ connection, vCenter }: Context, hosts: readonly Node[]): Promise<LicenceFacts[]> {
  const { licenseManager } = connection.content;
  if (!licenseManager) return [];
  const [manager] = await retrieve(connection, [licenseManager], want('LicenseManager', 'licenses', 'licenseAssignmentManager'));
  const assignments = manager?.props.licenseAssignmentManager;
  if (!vCenter || !assignments) return hosts.slice(0, 1).map((host) => licenceOf(host.name, manager?.props.licenses ?? []));
  const assigned = (await connection.call(assignments, 'QueryAssignedLicenses', {})) ?? [];
  const of = (host: Node, list: readonly LicenseAssignmentManagerLicenseAssignment[]) => list.filter(({ entityId }) => entityId === host.ref.value).map(({ assignedLicense }) => assignedLicense);
  return Promise.all(hosts.map(async (host) => {
    const own = of(host, assigned);
    return licenceOf(host.name, own.length > 0 ? own : of(host, (await connection.call(assignments, 'QueryAssignedLicenses', { entityId: host.ref.value })) ?? []));
  }));
}

function licenceOf(entity: string, licences: readonly LicenseManagerLicenseInfo[]): LicenceFacts {
  const features = licences.flatMap(({ properties }) => (properties ?? []).filter(({ key }) => key === 'feature').map(({ value }) => featureKey(value)));
  return { entity, features, evaluation: licences.some(({ editionKey }) => editionKey === 'eval') };
}

/** A feature is a KeyValue whose key begins with its id: 'serialuri:2'. */
const featureKey = (value: unknown): string => (typeof value === 'string' ? value : String((value as { key?: unknown } | undefined)?.key ?? ''));
