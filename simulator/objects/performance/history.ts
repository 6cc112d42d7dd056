// What statistics are made of: since when machines, hosts and datastores have been as they are, and how they were
// before. Noted at each commit that changes it, in internal properties, so that what was measured once stays measured.
// What is there when a world is built has always been so. Time is counted in ticks of 20 seconds.
import { isSubtype, type DatastoreSummary, type HostSystemProperties, type ManagedObjectReference, type VirtualMachineProperties } from '../../../core/vim25/index.ts';
import { isFamily } from '../virtual-machine/device-types.ts';
import { isNewWorld } from '../../events/log.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Props, Readable } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';

export const TICK_SECONDS = 20;

/** How many ticks are over: a tick is measured at its end. */
export const ticksAt = (time: Date): number => Math.floor(time.getTime() / (TICK_SECONDS * 1000));

/** Ticks `from` up to, but not including, `until`. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** A machine at work: what decides about its load. */
export interface Running {
  readonly vm: string;
  /** Names its noise, wherever it goes. */
  readonly seed: string;
  readonly host: string;
  readonly pool: string;
  readonly store: string;
  readonly mhz: number;
  readonly cpus: number;
  readonly memoryMb: number;
  /** What the host gives it, when somebody says so; 0: as usual. */
  readonly usedMb: number;
  readonly reservedMhz: number;
  readonly reservedMb: number;
  readonly nics: number;
  /** When it was powered on. */
  readonly boot: number;
}

/** A host that can be asked. */
export interface Up {
  readonly mhz: number;
  readonly cores: number;
  readonly threads: number;
  readonly memoryMb: number;
  readonly boot: number;
}

/** A datastore's space in KB. */
export interface Space {
  readonly used: number;
  readonly provisioned: number;
  readonly capacity: number;
}

export type Run = Running & Span;

/** States that are over, oldest first, and the tick at which the present one began; it has always been when there is none. */
const PAST = '_past';
const SINCE = '_since';
/** Runs that are over of machines that were on this host, in this pool or on this datastore. */
const GUESTS = '_guests';

/** The beginning of what has always been. */
const ALWAYS = 0;
/** So many are remembered; what is older is forgotten. */
const KEPT = 300;
const KEPT_GUESTS = 3000;

function running(props: Partial<VirtualMachineProperties> & Props, id: string): Running | undefined {
  const { runtime, config, summary } = props;
  if (runtime?.powerState !== 'poweredOn' || runtime.connectionState !== 'connected' || !config) return undefined;
  const stats = summary?.quickStats;
  return {
    vm: id, seed: config.instanceUuid ?? id, host: runtime.host?.value ?? '', pool: props.resourcePool?.value ?? '', store: (props['_home'] as ManagedObjectReference | undefined)?.value ?? '',
    mhz: stats?.overallCpuUsage ?? 0, cpus: config.hardware.numCPU, memoryMb: config.hardware.memoryMB, usedMb: stats?.hostMemoryUsage ?? 0,
    reservedMhz: Number(config.cpuAllocation?.reservation ?? 0), reservedMb: Number(config.memoryAllocation?.reservation ?? 0),
    nics: (config.hardware.device ?? []).filter((device) => isFamily(device, 'nic') && device.connectable?.connected !== false).length, boot: runtime.bootTime?.getTime() ?? 0,
  };
}

function up({ runtime, hardware }: Partial<HostSystemProperties>): Up | undefined {
  if (runtime?.connectionState !== 'connected' || runtime.powerState !== 'poweredOn' || !hardware) return undefined;
  const { hz, numCpuCores, numCpuThreads } = hardware.cpuInfo;
  return { mhz: Math.round(Number(hz) / 1_000_000), cores: numCpuCores, threads: numCpuThreads, memoryMb: Math.floor(Number(hardware.memorySize) / 1024 ** 2), boot: runtime.bootTime?.getTime() ?? 0 };
}

function space(props: Props): Space | undefined {
  const summary = props['summary'] as DatastoreSummary | undefined;
  if (!summary?.accessible) return undefined;
  const used = Number(summary.capacity) - Number(summary.freeSpace);
  const kb = (bytes: number) => Math.round(bytes / 1024);
  return { used: kb(used), provisioned: kb(used + Number(summary.uncommitted ?? 0)), capacity: kb(Number(summary.capacity)) };
}

interface Watched {
  readonly inputs: readonly string[];
  read(props: Props, id: string): object | undefined;
}

const WATCHED: Readonly<Record<string, Watched>> = {
  VirtualMachine: { inputs: ['runtime', 'config', 'summary', 'resourcePool', '_home'], read: (props, id) => running(props as Props, id) },
  HostSystem: { inputs: ['runtime', 'hardware'], read: (props) => up(props) },
  Datastore: { inputs: ['summary'], read: space },
};

const same = (a: object | undefined, b: object | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && Object.entries(a).every(([key, value]) => (b as Props)[key] === value));

/** Notes what a transaction ends, when it is about to be committed. The building of a world is the beginning of everything. */
export function noteHistory(tx: Transaction, clock: Clock): void {
  if (isNewWorld(tx)) return;
  let now: number | undefined;
  for (const id of [...tx.touched()]) {
    const watched = WATCHED[tx.typeOf(id)];
    if (!watched) continue;
    const [before, after] = [tx.before(id), tx.after(id)];
    if (before === after || (before && after && !watched.inputs.some((input) => before[input] !== after[input]))) continue;
    const [was, is] = [before && watched.read(before, id), after && watched.read(after, id)];
    if (before && after && same(was, is)) continue;
    note(tx, { type: tx.typeOf(id), value: id }, before, was, (now ??= ticksAt(clock.now())));
  }
}

function note(tx: Transaction, ref: ManagedObjectReference, before: Props | undefined, was: object | undefined, now: number): void {
  const from = (before?.[SINCE] as number | undefined) ?? ALWAYS;
  const over = was !== undefined && from < now ? { ...was, from, until: now } : undefined;
  if (tx.has(ref)) tx.update(ref, { [SINCE]: now, ...(over ? { [PAST]: added(before?.[PAST], over, KEPT) } : {}) });
  if (over === undefined || ref.type !== 'VirtualMachine') return;
  const { host, pool, store } = over as unknown as Run;
  for (const id of [host, pool, store]) {
    const props = id === '' ? undefined : tx.after(id);
    if (props) tx.assign(id, { ...props, [GUESTS]: added(props[GUESTS], over, KEPT_GUESTS) });
  }
}

function added(list: unknown, item: object, most: number): readonly object[] {
  const old = (list ?? []) as readonly object[];
  return [...(old.length >= most ? old.slice(old.length - most + 1) : old), item];
}

type Finder = (id: string) => Readable | undefined;

const sinceOf = ({ props }: Readable): number => (props[SINCE] as number | undefined) ?? ALWAYS;

/** How an object was and is, oldest first; a machine that is off and a host that cannot be asked leave gaps. */
export function statesOf<T extends object>(object: Readable): readonly (T & Span)[] {
  const present = WATCHED[object.ref.type]?.read(object.props, object.ref.value);
  const past = (object.props[PAST] ?? []) as readonly (T & Span)[];
  return present ? [...past, { ...(present as T), from: sinceOf(object), until: Infinity }] : past;
}

/** The runs of everything that is or was on a host, in a pool and those below it, or on a datastore. */
export function guestsOf(find: Finder, object: Readable): readonly Run[] {
  const runs = [...((object.props[GUESTS] ?? []) as readonly Run[])];
  for (const { value } of (object.props['vm'] ?? []) as readonly ManagedObjectReference[]) {
    const vm = find(value);
    const present = vm && running(vm.props as Props, value);
    if (present && isHere(present, object)) runs.push({ ...present, from: sinceOf(vm), until: Infinity });
  }
  if (!isSubtype(object.ref.type, 'ResourcePool')) return runs;
  for (const { value } of (object.props['resourcePool'] ?? []) as readonly ManagedObjectReference[]) {
    const child = find(value);
    if (child) runs.push(...guestsOf(find, child));
  }
  return runs;
}

/** A machine is listed by every datastore that it has a disk on; its load is that of its home. */
const isHere = ({ host, pool, store }: Running, { ref }: Readable): boolean => [host, pool, store].includes(ref.value);
