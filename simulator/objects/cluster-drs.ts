// What DRS would do: hosts for a machine, placement of a new one, recommendations to even out or to empty hosts.
import {
  fault, type ClusterConfigInfoEx, type ClusterHostRecommendation, type ClusterRecommendation, type ManagedObjectReference, type PlacementResult,
  type PlacementSpec, type VirtualMachineConfigSpec,
} from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';
import { LOAD } from './load.ts';
import { rankedHosts, usableHost } from './virtual-machine/placement.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const list = (tx: Transaction, ref: Ref, path: string): Refs => (tx.get(ref, path) ?? []) as Refs;

const runningOn = (tx: Transaction, host: Ref): number => ((tx.get(host, '_load') ?? []) as readonly number[])[LOAD.running] ?? 0;

/** Five stars for the best host, one for the worst. */
export function recommendHosts(tx: Transaction, cluster: Ref, vm: Ref): ClusterHostRecommendation[] {
  return rankedHosts(tx, cluster, vm).map((host, i) => ({ host, rating: Math.max(1, 5 - i) }));
}

const TYPES = ['create', 'reconfigure', 'relocate', 'clone'];

/** Where a machine would go. Throws InvalidArgument for a specification that lacks something. */
export function placeVm(sim: Simulation, tx: Transaction, cluster: Ref, spec: PlacementSpec): PlacementResult {
  const wrong = (field: string, why: string) => fault('InvalidArgument', { invalidProperty: `placementSpec.${field}` }, why);
  const type = spec.placementType ?? (spec.vm ? 'relocate' : 'create');
  if (!TYPES.includes(type)) throw wrong('placementType', `The placement type '${type}' is not known; use ${TYPES.join(', ')}.`);
  if (type === 'create' ? !spec.configSpec : !spec.vm) throw wrong(type === 'create' ? 'configSpec' : 'vm', `A placement to ${type} needs ${type === 'create' ? 'configSpec' : 'vm'}.`);
  for (const ref of [spec.vm, ...(spec.hosts ?? []), ...(spec.datastores ?? [])]) if (ref && !tx.has(ref)) throw fault('ManagedObjectNotFound', { obj: ref }, `The object '${ref.type}:${ref.value}' has already been deleted or has not been completely created`);
  const cpus = cpusOf(tx, spec);
  const allowed = (host: Ref) => !spec.hosts?.length || spec.hosts.some((ref) => ref.value === host.value);
  const threads = (host: Ref) => Number(tx.get(host, 'summary.hardware.numCpuThreads') ?? 0);
  const hosts = list(tx, cluster, 'host').filter((host) => allowed(host) && usableHost(tx, host) && threads(host) >= cpus).sort((a, b) => runningOn(tx, a) - runningOn(tx, b));
  const found = hosts.map((host) => ({ host, datastore: roomiest(tx, host, spec) })).filter(({ datastore }) => datastore !== undefined);
  const rootPool = tx.get(cluster, 'resourcePool') as Ref;
  const relocateSpec = spec.relocateSpec ?? spec.cloneSpec?.location;
  const recommendations = found.map(({ host, datastore }, i): ClusterRecommendation => ({
    key: String(i + 1), type: 'V1', time: sim.clock.now(), rating: Math.max(1, 5 - i), reason: 'xvmotionPlacement', reasonText: 'Virtual machine placement',
    target: cluster,
    action: [{
      _type: 'PlacementAction', type: 'PlacementV1', target: host, ...(type === 'create' || !spec.vm ? {} : { vm: spec.vm }), targetHost: host,
      relocateSpec: { ...relocateSpec, host, datastore, pool: relocateSpec?.pool ?? rootPool },
    }] as unknown as ClusterRecommendation['action'],
  }));
  return recommendations.length > 0 ? { recommendations } : { recommendations: [], drsFault: { reason: 'powerOnVm', faultsByVm: [{ _type: 'ClusterDrsFaultsFaultsByVm', ...(spec.vm ? { vm: spec.vm } : {}), fault: [fault('NoCompatibleHost', {}, 'No host of the cluster can run the virtual machine.').localized()] }] } };
}

function cpusOf(tx: Transaction, spec: PlacementSpec): number {
  const config = spec.configSpec as VirtualMachineConfigSpec | undefined;
  return config?.numCPUs ?? (spec.vm ? Number(tx.get(spec.vm, 'config.hardware.numCPU') ?? 1) : 1);
}

/** The datastore of a host with the most free space, among those that may be used. */
function roomiest(tx: Transaction, host: Ref, spec: PlacementSpec): Ref | undefined {
  const free = (datastore: Ref) => Number(tx.get(datastore, 'summary.freeSpace') ?? 0);
  const allowed = (datastore: Ref) => !spec.datastores?.length || spec.datastores.some((ref) => ref.value === datastore.value);
  const asked = spec.relocateSpec?.datastore ?? spec.cloneSpec?.location.datastore;
  const usable = list(tx, host, 'datastore').filter((datastore) => allowed(datastore) && (!asked || datastore.value === asked.value));
  return [...usable].sort((a, b) => free(b) - free(a))[0];
}

interface Move { readonly vm: Ref; readonly from: Ref; readonly to: Ref }

function recommendation(sim: Simulation, tx: Transaction, cluster: Ref, key: string, reason: string, reasonText: string, { vm, from, to }: Move): ClusterRecommendation {
  const time = sim.clock.now();
  return {
    key, type: 'V1', time, rating: 3, reason, reasonText, target: cluster,
    action: [{
      _type: 'ClusterMigrationAction', type: 'MigrationV1', target: vm,
      drsMigration: { key, time, vm, source: from, destination: to, cpuLoad: 0, memoryLoad: Number(tx.get(vm, 'config.hardware.memoryMB') ?? 0) },
    }] as unknown as ClusterRecommendation['action'],
  };
}

/** Migrations that even out how many machines run on each host, for clusters whose DRS asks before it acts. */
export function balance(sim: Simulation, tx: Transaction, cluster: Ref): ClusterRecommendation[] {
  const { drsConfig } = tx.get(cluster, 'configurationEx') as ClusterConfigInfoEx;
  if (!drsConfig.enabled || drsConfig.defaultVmBehavior === 'fullyAutomated') return [];
  const hosts = list(tx, cluster, 'host').filter((host) => usableHost(tx, host));
  const running = new Map(hosts.map((host) => [host.value, list(tx, host, 'vm').filter((vm) => tx.get(vm, 'runtime.powerState') === 'poweredOn')]));
  const found: ClusterRecommendation[] = [];
  const count = (host: Ref) => running.get(host.value)!.length;
  for (;;) {
    const [least, most] = [...hosts].sort((a, b) => count(a) - count(b)).filter((_, i, all) => i === 0 || i === all.length - 1);
    if (!least || !most || count(most) - count(least) < 2) return found;
    const vm = running.get(most.value)!.at(-1)!;
    running.set(most.value, running.get(most.value)!.slice(0, -1));
    running.set(least.value, [...running.get(least.value)!, vm]);
    found.push(recommendation(sim, tx, cluster, String(found.length + 1), 'fairnessCpuAvg', 'Balance average CPU loads', { vm, from: most, to: least }));
  }
}

/** The migrations that empty hosts before they enter maintenance mode. */
export function emptyHosts(sim: Simulation, tx: Transaction, cluster: Ref, hosts: Refs): ClusterRecommendation[] {
  const leaving = new Set(hosts.map((host) => host.value));
  const found: ClusterRecommendation[] = [];
  for (const from of hosts) for (const vm of list(tx, from, 'vm')) {
    if (tx.get(vm, 'runtime.powerState') !== 'poweredOn') continue;
    const to = rankedHosts(tx, cluster, vm).filter((host) => !leaving.has(host.value))[0];
    if (to) found.push(recommendation(sim, tx, cluster, String(found.length + 1), 'hostMaint', 'Host is entering maintenance mode', { vm, from, to }));
  }
  return found;
}

/** The migrations of a recommendation that is still waiting. */
export function migrationsOf({ action }: ClusterRecommendation): readonly { readonly vm: Ref; readonly to: Ref }[] {
  return ((action ?? []) as unknown as readonly { drsMigration?: { vm: Ref; destination: Ref } }[])
    .flatMap(({ drsMigration }) => (drsMigration ? [{ vm: drsMigration.vm, to: drsMigration.destination }] : []));
}
