// StorageResourceManager: Storage DRS of datastore clusters, where it would put machines, and I/O control of datastores.
import {
  fault, toNumber, type ClusterRecommendation, type Fault, type ManagedObjectReference, type StoragePlacementSpec, type VirtualDisk,
} from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { createVirtualMachine } from '../virtual-machine/create.ts';
import { configurePod } from './storage-pod.ts';

type Ref = ManagedObjectReference;
type Ctx = TransactionContext;

/** A recommendation that was given out and may be applied. */
interface Given {
  readonly key: string;
  readonly spec: StoragePlacementSpec;
  readonly datastore: Ref;
}

const wrong = (property: string, why: string): Fault => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why})`);

function podOf(tx: Transaction, pod: Ref, property = 'pod'): Ref {
  if (pod.type === 'StoragePod' && tx.has(pod)) return pod;
  throw fault('ManagedObjectNotFound', { obj: pod }, `The object 'vim.${pod.type}:${pod.value}' (${property}) has already been deleted or has not been completely created`);
}

/** Bytes that a placement adds to a datastore. */
function demand(tx: Transaction, spec: StoragePlacementSpec): number {
  if (spec.vm) return ((tx.get(spec.vm, 'storage.perDatastoreUsage') ?? []) as readonly { committed: number }[]).reduce((sum, { committed }) => sum + committed, 0);
  return (spec.configSpec?.deviceChange ?? []).reduce((sum, { operation, fileOperation, device }) => {
    const { capacityInBytes, capacityInKB, backing } = device as VirtualDisk;
    if (operation !== 'add' || fileOperation !== 'create' || (backing as { thinProvisioned?: boolean } | undefined)?.thinProvisioned) return sum;
    return sum + (capacityInBytes === undefined ? toNumber(capacityInKB ?? 0) * 1024 : toNumber(capacityInBytes));
  }, 0);
}

/** The hosts that a machine of this placement may run on; undefined for any. */
function hostsFor(tx: Transaction, { resourcePool, host, vm }: StoragePlacementSpec): readonly string[] | undefined {
  const running = host ?? (vm && (tx.get(vm, 'runtime.host') as Ref | undefined));
  if (running) return [running.value];
  const owner = resourcePool && (tx.get(resourcePool, 'owner') as Ref | undefined);
  return owner && ((tx.get(owner, 'host') ?? []) as readonly Ref[]).map(({ value }) => value);
}

function recommend(ctx: Ctx, spec: StoragePlacementSpec): ClusterRecommendation[] {
  const { sim, tx } = ctx;
  const { storagePod, initialVmConfig } = spec.podSelectionSpec;
  const named = storagePod ?? initialVmConfig?.[0]?.storagePod;
  if (!named) throw wrong('storageSpec.podSelectionSpec', 'it names no datastore cluster');
  if (!['create', 'clone', 'relocate', 'reconfigure'].includes(spec.type)) throw wrong('storageSpec.type', `'${spec.type}'; valid: create, clone, relocate, reconfigure`);
  if (spec.type === 'create' && !spec.configSpec) throw wrong('storageSpec.configSpec', 'a machine is made from it');
  if (spec.type !== 'create' && !spec.vm) throw wrong('storageSpec.vm', `to ${spec.type} needs a virtual machine`);
  const pod = podOf(tx, named, 'storageSpec.podSelectionSpec.storagePod');
  if (tx.get(pod, 'podStorageDrsEntry.storageDrsConfig.podConfig.enabled') !== true) throw wrong('storageSpec.podSelectionSpec.storagePod', `Storage DRS is off in '${String(tx.get(pod, 'name'))}'`);
  const bytes = demand(tx, spec);
  const hosts = hostsFor(tx, spec);
  const candidates = ((tx.get(pod, 'childEntity') ?? []) as readonly Ref[])
    .map((ref) => ({ ref, capacity: Number(tx.get(ref, 'summary.capacity')), free: Number(tx.get(ref, 'summary.freeSpace')) }))
    .filter(({ ref, free }) => free >= bytes && tx.get(ref, 'summary.accessible') === true && tx.get(ref, 'summary.maintenanceMode') === 'normal')
    .filter(({ ref }) => !hosts || ((tx.get(ref, 'host') ?? []) as readonly { key: Ref }[]).some(({ key }) => hosts.includes(key.value)))
    .sort((a, b) => b.free - a.free)
    .slice(0, 5);
  const time = sim.clock.now();
  const counted = Number(tx.get(ctx.self.ref, '_counted') ?? 0);
  const made = candidates.map(({ ref, capacity, free }, i) => ({
    key: String(counted + i + 1), type: 'V1', time, rating: Math.max(1, 5 - i), reason: 'storagePlacement', reasonText: 'Satisfy storage initial placement requests',
    target: pod,
    action: [{
      _type: 'StoragePlacementAction', type: 'StoragePlacementV1', target: pod, vm: spec.vm, destination: ref,
      relocateSpec: { ...spec.relocateSpec, datastore: ref, pool: spec.resourcePool, host: spec.host },
      spaceUtilBefore: percent(capacity - free, capacity), spaceUtilAfter: percent(capacity - free + bytes, capacity), ioLatencyBefore: 0,
    }],
  }) as unknown as ClusterRecommendation);
  const given = made.map(({ key }, i): Given => ({ key, spec, datastore: candidates[i]!.ref }));
  // Older offers lapse: a client applies what it was just told.
  tx.update(ctx.self.ref, { _counted: counted + made.length, _given: [...((tx.get(ctx.self.ref, '_given') ?? []) as readonly Given[]), ...given].slice(-100) });
  return made;
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10);

/** Does what was recommended; gives the machine. */
function apply(ctx: Ctx, key: string): Ref | undefined {
  const { sim, tx, self } = ctx;
  const given = (tx.get(self.ref, '_given') ?? []) as readonly Given[];
  const found = given.find((one) => one.key === key);
  if (!found) throw wrong('key', `there is no recommendation '${key}'`);
  tx.set(self.ref, '_given', given.filter((one) => one !== found));
  const { spec, datastore } = found;
  if (!tx.has(datastore)) throw wrong('key', 'the datastore of the recommendation is gone');
  const name = String(tx.get(datastore, 'name'));
  if (spec.type === 'create') {
    if (!spec.resourcePool) throw wrong('storageSpec.resourcePool', 'a machine is made in one');
    return createVirtualMachine(sim, tx, {
      name: spec.configSpec!.name ?? '', folder: spec.folder, pool: spec.resourcePool, host: spec.host, spec: { ...spec.configSpec!, files: { ...spec.configSpec!.files, vmPathName: `[${name}]` } },
    });
  }
  const vm = spec.vm!;
  if (!tx.has(vm)) throw wrong('key', 'the virtual machine of the recommendation is gone');
  const [method, args] = spec.type === 'clone'
    ? ['CloneVM_Task', { folder: spec.folder ?? tx.get(vm, 'parent'), name: spec.cloneName, spec: { ...spec.cloneSpec, location: { ...spec.cloneSpec?.location, datastore } } }] as const
    : spec.type === 'relocate' ? ['RelocateVM_Task', { spec: { ...spec.relocateSpec, datastore } }] as const : ['ReconfigVM_Task', { spec: spec.configSpec ?? {} }] as const;
  const handler = sim.registry.handler('VirtualMachine', method);
  if (!handler || typeof handler !== 'object' || !('task' in handler)) throw fault('NotSupported', {}, `Recommendations to ${spec.type} cannot be applied: ${method} is not implemented.`);
  const result = handler.task({ ...ctx, self: { ref: vm, props: tx.props(vm) } }, args);
  return spec.type === 'clone' ? (result as Ref) : vm;
}

/** Recommendations to balance what is there are not made: placements are recommended when they are asked for. */
const refresh = ({ tx }: Ctx, { pod }: { readonly pod: Ref }): void => void podOf(tx, pod);

/** Milliseconds of latency at which I/O control may begin. */
const LATENCY = { min: 5, max: 100 };

const bool = (defaultValue: boolean) => ({ _type: 'BoolOption', valueIsReadonly: false, supported: true, defaultValue });

export const storageResourceManager = define('StorageResourceManager', {
  ConfigureStorageDrsForPod_Task: { entity: (_ctx, { pod }) => pod, task: ({ tx }, { pod, spec }) => configurePod(tx, podOf(tx, pod), spec) },
  ValidateStoragePodConfig: ({ tx }, { pod }) => void podOf(tx, pod),
  RecommendDatastores: (ctx, { storageSpec }) => ({ recommendations: recommend(ctx, storageSpec) }),
  ApplyStorageDrsRecommendation_Task: {
    task: (ctx, { key }) => ({ vm: key.map((one) => apply(ctx, one)).at(-1) }),
  },
  ApplyStorageDrsRecommendationToPod_Task: {
    entity: (_ctx, { pod }) => pod,
    task: (ctx, { pod, key }) => {
      podOf(ctx.tx, pod);
      return { vm: apply(ctx, key) };
    },
  },
  CancelStorageDrsRecommendation: ({ tx, self }, { key }) => {
    tx.set(self.ref, '_given', ((tx.get(self.ref, '_given') ?? []) as readonly Given[]).filter((one) => !key.includes(one.key)));
  },
  RefreshStorageDrsRecommendation: refresh,
  RefreshStorageDrsRecommendationsForPod_Task: { entity: (_ctx, { pod }) => pod, task: refresh },
  ConfigureDatastoreIORM_Task: {
    entity: (_ctx, { datastore }) => datastore,
    task: ({ tx }, { datastore, spec }) => {
      const { _type: _, ...given } = spec as object as { _type?: string; congestionThreshold?: number };
      const { congestionThreshold: threshold } = given;
      if (threshold !== undefined && (threshold < LATENCY.min || threshold > LATENCY.max)) throw wrong('spec.congestionThreshold', `${threshold}; from ${LATENCY.min} to ${LATENCY.max} milliseconds`);
      tx.set(datastore, 'iormConfiguration', { ...(tx.get(datastore, 'iormConfiguration') as object), ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) });
    },
  },
  QueryIORMConfigOption: () => ({
    enabledOption: bool(false), statsCollectionEnabledOption: bool(true), reservationEnabledOption: bool(true),
    congestionThresholdOption: { _type: 'IntOption', valueIsReadonly: false, ...LATENCY, defaultValue: 30 },
  } as never),
  // No statistics are gathered, as of a datastore whose hosts have not reported yet.
  QueryDatastorePerformanceSummary: () => [],
});
