// How much machines do, and what that is for whatever they are on: machines have a load of their own that follows their
// state and a seeded unrest; hosts, pools, datastores and clusters have the sums. Whole numbers, so that sums are exact.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Readable } from '../../store/object.ts';
import type { Kind } from './catalogue.ts';
import { guestsOf, statesOf, TICK_SECONDS, type Run, type Running, type Space, type Span, type Up } from './history.ts';
import { Noise, share } from './noise.ts';

/** What somebody does in a span of time, on average. */
export interface Load {
  /** MHz. */
  readonly cpu: number;
  /** KB. */
  readonly active: number;
  readonly consumed: number;
  /** KB per second. */
  readonly rx: number;
  readonly tx: number;
  readonly read: number;
  readonly write: number;
}

const NOTHING: Load = Object.freeze({ cpu: 0, active: 0, consumed: 0, rx: 0, tx: 0, read: 0, write: 0 });
/** What the system of a host needs beside its machines; its summary says the same. */
export const SYSTEM: Load = Object.freeze({ ...NOTHING, cpu: 67, active: 524_288, consumed: 1404 * 1024 });
/** How strong the unrest of each is. */
const UNREST: Load = { cpu: 1, active: 0.6, consumed: 0.1, rx: 1, tx: 1, read: 1, write: 1 };

const kb = (mb: number): number => mb * 1024;
const between = (low: number, high: number, name: string): number => low + (high - low) * share(name);

/** The mean of each driver for a machine. */
function meanOf(run: Running, driver: keyof Load): number {
  const memory = kb(run.memoryMb);
  switch (driver) {
    case 'cpu': return run.mhz;
    case 'active': return memory * between(0.05, 0.18, `${run.seed} active`);
    case 'consumed': return run.usedMb > 0 ? kb(run.usedMb) : memory * between(0.5, 0.8, `${run.seed} consumed`);
    case 'rx': return run.nics === 0 ? 0 : between(4, 60, `${run.seed} rx`);
    case 'tx': return run.nics === 0 ? 0 : between(3, 40, `${run.seed} tx`);
    case 'read': return between(2, 40, `${run.seed} read`);
    case 'write': return between(8, 120, `${run.seed} write`);
  }
}

/** One driver of one machine: its noise, which remembers where it is, and the mean of each run. */
interface Curve {
  readonly noise: Noise;
  readonly means: readonly number[];
}

class Machine {
  readonly runs: Run[] = [];
  private readonly curves: Partial<Record<keyof Load, Curve>> = {};

  of(driver: keyof Load, from: number, until: number): number {
    const { runs } = this;
    const { noise, means } = (this.curves[driver] ??= { noise: new Noise(`${runs[0]!.seed} ${driver}`), means: runs.map((run) => meanOf(run, driver)) });
    let sum = 0;
    for (let i = 0; i < runs.length; i++) {
      const run = runs[i]!;
      const start = from > run.from ? from : run.from;
      const end = until < run.until ? until : run.until;
      if (end > start) sum += means[i]! * (end - start + UNREST[driver] * noise.total(start, end));
    }
    return Math.round(sum / (until - from));
  }
}

type State = Partial<Up> & Partial<Space> & Span;
type Find = (id: string) => Readable | undefined;

/** One object that statistics are kept of, ready to be asked about any span of time. */
export class Source {
  readonly kind: Kind;
  readonly object: Readable;
  /** Of a cluster. */
  readonly hosts: readonly Source[];
  readonly runs: readonly Run[];
  readonly machines: readonly Machine[];
  private readonly states: readonly State[];

  constructor(kind: Kind, object: Readable, find: Find) {
    this.kind = kind;
    this.object = object;
    const hosts = kind === 'cluster' ? ((object.props['host'] ?? []) as readonly ManagedObjectReference[]) : [];
    this.hosts = hosts.flatMap(({ value }) => find(value) ?? []).map((host) => new Source('host', host, find));
    this.states = kind === 'host' || kind === 'ds' ? statesOf<State>(object) : [];
    this.runs = kind === 'vm' ? statesOf<Running>(object) : kind === 'cluster' || kind === 'dc' ? [] : guestsOf(find, object);
    const byVm = new Map<string, Machine>();
    for (const run of this.runs) {
      let machine = byVm.get(run.vm);
      if (!machine) byVm.set(run.vm, (machine = new Machine()));
      machine.runs.push(run);
    }
    this.machines = [...byVm.values()];
  }

  /** Whether there was anything to measure: a machine must have run, a host and a datastore have been there. */
  alive(from: number, until: number): boolean {
    const spans: readonly Span[] | undefined = this.kind === 'vm' ? this.runs : this.kind === 'host' || this.kind === 'ds' ? this.states : undefined;
    return spans === undefined || spans.some((span) => span.from < until && span.until > from);
  }

  /** How the host or datastore was at the end of a span. */
  stateAt(from: number, until: number): State | undefined {
    return this.states.findLast((state) => state.from < until && state.until > from);
  }
}

/** What a source did in a span of ticks and what there was to bear it: all that formulas are made of. */
export class Facts {
  readonly source: Source;
  readonly from: number;
  readonly until: number;
  private readonly store: string | undefined;
  private readonly known = new Map<string, number>();
  private readonly hosts: readonly Facts[];
  private readonly state: State | undefined;

  /** With a `store` only what is on that datastore counts. */
  constructor(source: Source, from: number, until: number, store?: string) {
    this.source = source;
    this.from = from;
    this.until = until;
    this.store = store;
    this.hosts = source.hosts.map((host) => new Facts(host, from, until, store));
    this.state = source.stateAt(from, until);
  }

  get cpu(): number { return this.load('cpu'); }
  get active(): number { return this.load('active'); }
  get consumed(): number { return this.load('consumed'); }
  get rx(): number { return this.load('rx'); }
  get tx(): number { return this.load('tx'); }
  get read(): number { return this.load('read'); }
  get write(): number { return this.load('write'); }

  get seconds(): number { return (this.until - this.from) * TICK_SECONDS; }
  /** Milliseconds, as of a Date. */
  get end(): number { return this.until * TICK_SECONDS * 1000; }
  /** Hosts that answer. */
  get up(): number { return this.sum('up', (facts) => facts.up, () => (this.source.kind === 'host' && this.state ? 1 : 0)); }
  get capacityMhz(): number { return this.sum('mhz', (facts) => facts.capacityMhz, () => (this.run ? this.run.cpus * CORE_MHZ : (this.state?.mhz ?? 0) * (this.state?.cores ?? 0))); }
  get capacityKb(): number { return this.sum('kb', (facts) => facts.capacityKb, () => kb(this.run?.memoryMb ?? this.state?.memoryMb ?? 0)); }
  /** Threads of a host, virtual CPUs of a machine. */
  get cpus(): number { return this.sum('cpus', (facts) => facts.cpus, () => this.run?.cpus ?? this.state?.threads ?? 0); }
  get boot(): number { return this.run?.boot ?? this.state?.boot ?? 0; }
  get space(): Space { return { used: 0, provisioned: 0, capacity: 0, ...(this.state as Partial<Space> | undefined) }; }
  /** Machines at work at the end, and what they have. */
  get machines(): number { return this.ofGuests('machines', () => 1); }
  get vcpus(): number { return this.ofGuests('vcpus', (run) => run.cpus); }
  get guestKb(): number { return this.ofGuests('guestKb', (run) => kb(run.memoryMb)); }
  get reservedMhz(): number { return this.ofGuests('reservedMhz', (run) => run.reservedMhz); }
  get reservedMb(): number { return this.ofGuests('reservedMb', (run) => run.reservedMb); }

  /** The newest run of a machine in the span. */
  private get run(): Run | undefined {
    return this.source.kind === 'vm' ? this.source.runs.findLast((run) => run.from < this.until && run.until > this.from) : undefined;
  }

  private load(driver: keyof Load): number {
    return this.sum(driver, (facts) => facts.load(driver), () => {
      const { kind, machines } = this.source;
      const counted = this.store === undefined ? machines : machines.filter(({ runs }) => runs.some((run) => run.store === this.store));
      const system = kind === 'host' && this.state && this.store === undefined ? SYSTEM[driver] : 0;
      return counted.reduce((total, machine) => total + machine.of(driver, this.from, this.until), system);
    });
  }

  private ofGuests(name: string, weigh: (run: Run) => number): number {
    return this.sum(name, (facts) => facts.ofGuests(name, weigh), () =>
      this.source.runs.reduce((total, run) => (run.from < this.until && run.until >= this.until ? total + weigh(run) : total), 0));
  }

  /** Works a number out once: the sum over a cluster's hosts, or the object's own. */
  private sum(name: string, ofHost: (facts: Facts) => number, own: () => number): number {
    let value = this.known.get(name);
    if (value === undefined) this.known.set(name, (value = this.hosts.reduce((total, host) => total + ofHost(host), own())));
    return value;
  }
}

/** The clock of the cores of hosts here. */
const CORE_MHZ = 2600;

/** The kind of object that statistics are kept of; undefined for one of which there are none. */
export function kindOf({ ref }: Readable): Kind | undefined {
  switch (ref.type) {
    case 'VirtualMachine': return 'vm';
    case 'HostSystem': return 'host';
    case 'ClusterComputeResource': return 'cluster';
    case 'ResourcePool': case 'VirtualApp': return 'pool';
    case 'Datastore': return 'ds';
    case 'Datacenter': return 'dc';
    default: return undefined;
  }
}
