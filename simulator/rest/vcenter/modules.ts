// Cluster modules: groups of machines of one cluster that another solution keeps apart.
import { notFound } from '../errors.ts';
import type { RestCall, Route } from '../route.ts';
import { get, lineage, objectOf, route, type Ref } from './look.ts';

const TYPE = '_ClusterModule';

interface Module {
  readonly cluster: string;
  readonly vms: readonly string[];
}

const refOf = (id: string): Ref => ({ type: TYPE, value: id });

/** A module of a cluster that is there. Throws NOT_FOUND. */
function moduleOf(call: RestCall, id: string): Module {
  const found = call.sim.store.find(id);
  const module = found?.ref.type === TYPE ? (found.props as unknown as Module) : undefined;
  if (!module || !call.sim.store.find(module.cluster)) throw notFound(`Cluster module ${id}`);
  return module;
}

const clusterOf = (call: RestCall, vm: Ref): string | undefined => {
  const host = get<Ref>(call, vm, 'runtime.host');
  return host && [...lineage(call, host)].find(({ type }) => type === 'ClusterComputeResource')?.value;
};

/** Members that are still there, and in the cluster. */
const membersOf = (call: RestCall, { vms, cluster }: Module): readonly string[] => vms.filter((value) => clusterOf(call, { type: 'VirtualMachine', value }) === cluster);

const members = (action: 'add' | 'remove', does: string): Route =>
  route('POST', '/cluster/modules/vm/{module}/members', action, does, (call) => {
    const module = moduleOf(call, call.path('module'));
    call.require('Host.Inventory.EditCluster', { type: 'ClusterComputeResource', value: module.cluster });
    const wanted = [...new Set(call.body.texts('vms'))];
    const now = membersOf(call, module);
    const isMember = (vm: string): boolean => now.includes(vm);
    const fits = wanted.every((value) => (action === 'remove' ? isMember(value) : !isMember(value) && clusterOf(call, { type: 'VirtualMachine', value }) === module.cluster));
    if (fits) call.change((tx) => tx.set(refOf(call.path('module')), 'vms', action === 'add' ? [...now, ...wanted] : now.filter((vm) => !wanted.includes(vm))));
    return { success: fits };
  });

export const moduleRoutes: readonly Route[] = [
  route('GET', '/cluster/modules', undefined, 'modules of clusters', (call) => ({
    summaries: [...call.sim.store.ofType(TYPE)].filter(({ props }) => call.sim.store.find(String(props['cluster']))).map(({ ref, props }) => ({ cluster: props['cluster'], module: ref.value })),
  })),
  route('POST', '/cluster/modules', undefined, 'creates a module', (call) => {
    const cluster = objectOf(call, call.spec('spec').text('cluster'), 'Cluster', 'ClusterComputeResource');
    call.require('Host.Inventory.EditCluster', cluster);
    const id = call.sim.random.uuid();
    return call.change((tx) => (tx.create(TYPE, id, { cluster: cluster.value, vms: [] }), id));
  }, 201),
  route('DELETE', '/cluster/modules/{module}', undefined, 'deletes a module', (call) => {
    const { cluster } = moduleOf(call, call.path('module'));
    call.require('Host.Inventory.EditCluster', { type: 'ClusterComputeResource', value: cluster });
    call.change((tx) => tx.remove(refOf(call.path('module'))));
  }),
  route('GET', '/cluster/modules/vm/{module}/members', undefined, 'machines of a module', (call) => ({ vms: membersOf(call, moduleOf(call, call.path('module'))) })),
  members('add', 'puts machines of the cluster in a module'),
  members('remove', 'takes machines out of a module'),
];
