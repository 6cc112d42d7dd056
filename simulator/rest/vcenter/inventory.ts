// Datacenters, folders, clusters, hosts, datastores, networks and resource pools.
import type { ClusterConfigInfoEx, DatastoreSummary, ResourceAllocationInfo, ResourceConfigSpec } from '../../../core/vim25/index.ts';
import { invalid, RestError } from '../errors.ts';
import type { Input } from '../input.ts';
import type { RestCall, Route } from '../route.ts';
import { byDatacenter, byFolder, byId, byName, get, lineage, listOf, nameOf, NETWORK_OF, objectOf, route, upper, type Filter, type Ref } from './look.ts';

const root = (call: RestCall): Ref => call.sim.wellKnown['rootFolder']!;

function must(call: RestCall, spec: Input, field: string, what: string, ...types: readonly string[]): Ref {
  return objectOf(call, spec.text(field), what, ...types);
}

// ---- datacenters -------------------------------------------------------------------------------------------------

const datacenter = (call: RestCall): Ref => objectOf(call, call.path('datacenter'), 'Datacenter', 'Datacenter');

const datacenters: readonly Route[] = [
  route('GET', '/datacenter', undefined, 'datacenters', (call) =>
    listOf(call, ['Datacenter'], { datacenters: byId, names: byName, folders: byFolder }).map((ref) => ({ datacenter: ref.value, name: nameOf(call, ref) }))),
  route('POST', '/datacenter', undefined, 'creates a datacenter', async (call) => {
    const spec = call.spec('spec');
    const folder = spec.has('folder') ? must(call, spec, 'folder', 'Folder', 'Folder') : root(call);
    return ((await call.vim(folder, 'CreateDatacenter', { name: spec.text('name') })) as Ref).value;
  }, 201),
  route('GET', '/datacenter/{datacenter}', undefined, 'one datacenter', (call) => {
    const ref = datacenter(call);
    const folder = (kind: string) => get<Ref>(call, ref, `${kind}Folder`)?.value;
    return { name: nameOf(call, ref), datastore_folder: folder('datastore'), host_folder: folder('host'), network_folder: folder('network'), vm_folder: folder('vm') };
  }),
  route('DELETE', '/datacenter/{datacenter}', undefined, 'deletes a datacenter; one with something in it by force only', async (call) => {
    const ref = datacenter(call);
    const isEmpty = ['vmFolder', 'hostFolder'].every((path) => (get<readonly Ref[]>(call, get<Ref>(call, ref, path)!, 'childEntity') ?? []).length === 0);
    if (!isEmpty && call.query('force')[0] !== 'true') throw new RestError('RESOURCE_IN_USE', `Datacenter '${nameOf(call, ref)}' is not empty: delete it with force=true.`);
    await call.vim(ref, 'Destroy_Task');
  }),
];

// ---- folders -----------------------------------------------------------------------------------------------------

const FOLDER_TYPES: Readonly<Record<string, string>> = { Datacenter: 'DATACENTER', Datastore: 'DATASTORE', VirtualMachine: 'VIRTUAL_MACHINE', Network: 'NETWORK', ComputeResource: 'HOST' };

function folderType(call: RestCall, ref: Ref): string {
  const child = get<readonly string[]>(call, ref, 'childType') ?? [];
  return FOLDER_TYPES[child.find((type) => type !== 'Folder' && FOLDER_TYPES[type] !== undefined) ?? ''] ?? 'DATACENTER';
}

const folders: readonly Route[] = [
  route('GET', '/folder', undefined, 'folders', (call) => {
    const filters: Record<string, Filter> = { folders: byId, names: byName, type: (c, ref) => [folderType(c, ref)], parent_folders: (c, ref) => [get<Ref>(c, ref, 'parent')?.value], datacenters: byDatacenter };
    return listOf(call, ['Folder'], filters).map((ref) => ({ folder: ref.value, name: nameOf(call, ref), type: folderType(call, ref) }));
  }),
];

// ---- clusters and hosts ------------------------------------------------------------------------------------------

const clusterOf: Filter = (call, ref) => [...lineage(call, ref)].filter(({ type }) => type === 'ClusterComputeResource').map(({ value }) => value);

const clusters: readonly Route[] = [
  route('GET', '/cluster', undefined, 'clusters', (call) =>
    listOf(call, ['ClusterComputeResource'], { clusters: byId, names: byName, folders: byFolder, datacenters: byDatacenter }).map((ref) => {
      const config = get<ClusterConfigInfoEx>(call, ref, 'configurationEx');
      return { cluster: ref.value, name: nameOf(call, ref), ha_enabled: config?.dasConfig?.enabled ?? false, drs_enabled: config?.drsConfig?.enabled ?? false };
    })),
  route('GET', '/cluster/{cluster}', undefined, 'one cluster', (call) => {
    const ref = objectOf(call, call.path('cluster'), 'Cluster', 'ClusterComputeResource');
    return { name: nameOf(call, ref), resource_pool: get<Ref>(call, ref, 'resourcePool')?.value };
  }),
];

const host = (call: RestCall): Ref => objectOf(call, call.path('host'), 'Host', 'HostSystem');

const hosts: readonly Route[] = [
  route('GET', '/host', undefined, 'hosts', (call) => {
    const filters: Record<string, Filter> = {
      hosts: byId, names: byName, folders: byFolder, datacenters: byDatacenter, clusters: clusterOf,
      standalone: (c, ref) => [String(get<Ref>(c, ref, 'parent')?.type === 'ComputeResource')], connection_states: (c, ref) => [upper(get(c, ref, 'runtime.connectionState'))],
    };
    return listOf(call, ['HostSystem'], filters).map((ref) => ({
      host: ref.value, name: nameOf(call, ref), connection_state: upper(get(call, ref, 'runtime.connectionState')), power_state: upper(get(call, ref, 'runtime.powerState')),
    }));
  }),
  ...Object.entries({ connect: 'ReconnectHost_Task', disconnect: 'DisconnectHost_Task' }).flatMap(([action, method]) => {
    const run: Route['run'] = async (call) => {
      await call.vim(host(call), method);
    };
    return [route('POST', '/host/{host}', action, `${action}s a host`, run), route('POST', `/host/{host}/${action}`, undefined, `${action}s a host`, run)];
  }),
  route('DELETE', '/host/{host}', undefined, 'removes a standalone host', async (call) => {
    const ref = host(call);
    const parent = get<Ref>(call, ref, 'parent')!;
    if (parent.type === 'ClusterComputeResource') throw new RestError('RESOURCE_IN_USE', `Host '${nameOf(call, ref)}' is in cluster '${nameOf(call, parent)}'.`);
    await call.vim(parent, 'Destroy_Task');
  }),
];

// ---- datastores and networks -------------------------------------------------------------------------------------

const DATASTORE_TYPES: Readonly<Record<string, string>> = { vsan: 'VSAN', NFS: 'NFS', NFS41: 'NFS41', CIFS: 'CIFS', VFFS: 'VFFS', VVOL: 'VVOL' };
const datastoreType = (call: RestCall, ref: Ref): string => DATASTORE_TYPES[get<string>(call, ref, 'summary.type') ?? ''] ?? 'VMFS';

const datastores: readonly Route[] = [
  route('GET', '/datastore', undefined, 'datastores', (call) =>
    listOf(call, ['Datastore'], { datastores: byId, names: byName, types: (c, ref) => [datastoreType(c, ref)], folders: byFolder, datacenters: byDatacenter }).map((ref) => {
      const { freeSpace, capacity } = get<DatastoreSummary>(call, ref, 'summary')!;
      return { datastore: ref.value, name: nameOf(call, ref), type: datastoreType(call, ref), free_space: freeSpace, capacity };
    })),
  route('GET', '/datastore/{datastore}', undefined, 'one datastore', (call) => {
    const ref = objectOf(call, call.path('datastore'), 'Datastore', 'Datastore');
    const { accessible, freeSpace, multipleHostAccess } = get<DatastoreSummary>(call, ref, 'summary')!;
    return { name: nameOf(call, ref), type: datastoreType(call, ref), accessible, multiple_host_access: multipleHostAccess ?? false, free_space: freeSpace, thin_provisioning_supported: get<boolean>(call, ref, 'capability.perFileThinProvisioningSupported') ?? true };
  }),
];

const networks: readonly Route[] = [
  route('GET', '/network', undefined, 'networks', (call) =>
    listOf(call, Object.keys(NETWORK_OF), { networks: byId, names: byName, types: (_c, ref) => [NETWORK_OF[ref.type]], folders: byFolder, datacenters: byDatacenter })
      .map((ref) => ({ network: ref.value, name: nameOf(call, ref), type: NETWORK_OF[ref.type] }))),
];

// ---- resource pools ----------------------------------------------------------------------------------------------

const pool = (call: RestCall): Ref => objectOf(call, call.path('resource_pool'), 'Resource pool', 'ResourcePool');

const allocation = ({ reservation, expandableReservation, limit, shares }: ResourceAllocationInfo): unknown =>
  ({ reservation, expandable_reservation: expandableReservation, limit, shares: { level: upper(shares?.level), ...(shares?.level === 'custom' ? { shares: shares.shares } : {}) } });

/** The allocation that a request wants; what it does not say stays, or is vCenter's default. */
function allocated(spec: Input | undefined, old?: ResourceAllocationInfo): ResourceAllocationInfo {
  const shares = spec?.optional('shares');
  const level = shares?.word('level', ['LOW', 'NORMAL', 'HIGH', 'CUSTOM']).toLowerCase() as 'low' | 'normal' | 'high' | 'custom' | undefined;
  return {
    _type: 'ResourceAllocationInfo', reservation: spec?.optionalNumber('reservation') ?? old?.reservation ?? 0, expandableReservation: spec?.flag('expandable_reservation') ?? old?.expandableReservation ?? true,
    limit: spec?.optionalNumber('limit') ?? old?.limit ?? -1, shares: level === undefined ? (old?.shares ?? { _type: 'SharesInfo', level: 'normal', shares: 0 }) : { _type: 'SharesInfo', level, shares: shares?.optionalNumber('shares') ?? 0 },
  } as ResourceAllocationInfo;
}

const poolHosts: Filter = (call, ref) => {
  const owner = get<Ref>(call, ref, 'owner');
  return owner?.type === 'ComputeResource' ? (get<readonly Ref[]>(call, owner, 'host') ?? []).map(({ value }) => value) : [];
};

const pools: readonly Route[] = [
  route('GET', '/resource-pool', undefined, 'resource pools', (call) =>
    listOf(call, ['ResourcePool'], { resource_pools: byId, names: byName, parent_resource_pools: (c, ref) => [get<Ref>(c, ref, 'parent')?.value], datacenters: byDatacenter, clusters: clusterOf, hosts: poolHosts })
      .map((ref) => ({ resource_pool: ref.value, name: nameOf(call, ref) }))),
  route('POST', '/resource-pool', undefined, 'creates a resource pool', async (call) => {
    const spec = call.spec('spec');
    const config = { _type: 'ResourceConfigSpec', cpuAllocation: allocated(spec.optional('cpu_allocation')), memoryAllocation: allocated(spec.optional('memory_allocation')) };
    return ((await call.vim(must(call, spec, 'parent', 'Resource pool', 'ResourcePool', 'VirtualApp'), 'CreateResourcePool', { name: spec.text('name'), spec: config })) as Ref).value;
  }, 201),
  route('GET', '/resource-pool/{resource_pool}', undefined, 'one resource pool', (call) => {
    const ref = pool(call);
    const { cpuAllocation, memoryAllocation } = get<ResourceConfigSpec>(call, ref, 'config')!;
    return { name: nameOf(call, ref), resource_pools: (get<readonly Ref[]>(call, ref, 'resourcePool') ?? []).map(({ value }) => value), cpu_allocation: allocation(cpuAllocation), memory_allocation: allocation(memoryAllocation) };
  }),
  route('PATCH', '/resource-pool/{resource_pool}', undefined, 'changes a resource pool', async (call) => {
    const ref = pool(call);
    const spec = call.spec('spec');
    const old = get<ResourceConfigSpec>(call, ref, 'config')!;
    const name = spec.optionalText('name');
    if (spec.names().length === 0) throw invalid('The specification is empty: give name, cpu_allocation or memory_allocation.');
    await call.vim(ref, 'UpdateConfig', {
      ...(name === undefined ? {} : { name }), config: { _type: 'ResourceConfigSpec', cpuAllocation: allocated(spec.optional('cpu_allocation'), old.cpuAllocation), memoryAllocation: allocated(spec.optional('memory_allocation'), old.memoryAllocation) },
    });
  }),
  route('DELETE', '/resource-pool/{resource_pool}', undefined, 'deletes a resource pool', async (call) => {
    await call.vim(pool(call), 'Destroy_Task');
  }),
];

export const inventoryRoutes: readonly Route[] = [...datacenters, ...folders, ...clusters, ...hosts, ...datastores, ...networks, ...pools];
