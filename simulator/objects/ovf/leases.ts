// The life of an HttpNfcLease: initializing → ready → done or error, its devices, its timeout by the simulator's clock,
// and what is taken back when it fails. What is transferred is transfer.ts'.
import { fault, isFault, type Fault, type HttpNfcLeaseDeviceUrl, type HttpNfcLeaseInfo, type HttpNfcLeaseManifestEntry, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Cause, Transaction } from '../../store/transaction.ts';
import { removeMade } from './remove-made.ts';

type Ref = ManagedObjectReference;

/** Seconds without progress after which a lease is over, as vCenter has it. */
export const LEASE_SECONDS = 300;
/** How long the end of a lease can be read. */
const AFTERLIFE_SECONDS = 300;

/** One file of a lease. */
export interface LeaseDevice {
  readonly key: string;
  readonly importKey: string;
  /** Last step of its URL; also what exports call their file. */
  readonly file: string;
  readonly disk: boolean;
  readonly datastore: Ref;
  /** The disk's descriptor, or the file itself. */
  readonly path: string;
  /** The machine that it belongs to, and its device there. */
  readonly vm: Ref;
  readonly deviceKey: number | undefined;
  readonly capacityBytes: number;
}

/** What becomes of a lease once it is ready. */
export interface Ready {
  readonly entity: Ref;
  readonly devices: readonly LeaseDevice[];
  /** What is removed again when an import fails: vApps and machines. */
  readonly made: readonly Ref[];
}

export interface Lease {
  readonly ref: Ref;
  readonly kind: 'import' | 'export';
  readonly state: 'initializing' | 'ready' | 'done' | 'error';
  readonly id: string;
  readonly devices: readonly LeaseDevice[];
  readonly manifest: readonly ManifestEntry[];
  readonly checksumTypes: Readonly<Record<string, string>>;
  readonly made: readonly Ref[];
}

/** A manifest entry with both checksums: which one is shown is the client's choice. */
export interface ManifestEntry {
  readonly key: string;
  readonly sha1: string;
  readonly sha256: string;
  readonly size: number;
  readonly disk: boolean;
  readonly capacity?: number;
  readonly populatedSize?: number;
}

/** The parts of a lease that are not properties of the API. */
export function readLease(tx: Pick<Transaction, 'find'>, ref: Ref): Lease | undefined {
  const props = tx.find(ref);
  if (!props || ref.type !== 'HttpNfcLease') return undefined;
  return {
    ref, state: props['state'] as Lease['state'], kind: props['_kind'] as Lease['kind'], id: String(props['_id']), devices: (props['_devices'] ?? []) as Lease['devices'],
    manifest: (props['_manifest'] ?? []) as Lease['manifest'], checksumTypes: (props['_checksumTypes'] ?? {}) as Lease['checksumTypes'], made: (props['_made'] ?? []) as Lease['made'],
  };
}

/**
 * Makes a lease that initializes after the caller's commit: `begin` then runs in a transaction of its own, and what it
 * throws is the lease's error.
 */
export function openLease(sim: Simulation, tx: Transaction, kind: Lease['kind'], cause: Cause, begin: (tx: Transaction) => Ready): Ref {
  const uuid = sim.random.uuid();
  const ref = tx.create('HttpNfcLease', `session[${uuid}]${sim.random.uuid()}`, {
    initializeProgress: 0, transferProgress: 0, mode: 'pushOrGet', state: 'initializing',
    capabilities: { _type: 'HttpNfcLeaseCapabilities', pullModeSupported: false, corsSupported: false },
    _kind: kind, _id: uuid, _devices: [], _manifest: [], _made: [],
  });
  tx.afterCommit(() => sim.clock.after(0, () => initialize(sim, ref, cause, begin)));
  return ref;
}

function initialize(sim: Simulation, ref: Ref, cause: Cause, begin: (tx: Transaction) => Ready): void {
  if (sim.store.get(ref)?.props['state'] !== 'initializing') return;
  try {
    sim.store.transaction((tx) => {
      const { entity, devices, made } = begin(tx);
      const lease = readLease(tx, ref)!;
      tx.update(ref, {
        state: 'ready', initializeProgress: 100, info: infoOf(sim, tx, lease, entity, devices), _devices: devices, _made: made, _deadline: sim.clock.now().getTime() + LEASE_SECONDS * 1000,
      });
    }, cause);
  } catch (error) {
    if (!isFault(error)) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      sim.log.write('error', `bug in vicsim, lease ${ref.value}: ${text}`);
    }
    const why = isFault(error) ? error : fault('SystemError', { reason: String(error) }, 'A general system error occurred in the simulator.');
    sim.store.transaction((tx) => end(sim, tx, ref, why), cause);
    return;
  }
  watch(sim, ref, LEASE_SECONDS * 1000);
}

/** Ends the lease when its time has come; a lease that made progress has more. */
function watch(sim: Simulation, ref: Ref, milliseconds: number): void {
  sim.clock.after(milliseconds, () => {
    const props = sim.store.get(ref)?.props;
    if (props?.['state'] !== 'ready') return;
    const left = Number(props['_deadline']) - sim.clock.now().getTime();
    if (left > 0) watch(sim, ref, left);
    else sim.store.transaction((tx) => expire(sim, tx, ref));
  });
}

function expire(sim: Simulation, tx: Transaction, ref: Ref): void {
  const why = fault('Timedout', {}, `The lease has timed out: there was no progress for ${LEASE_SECONDS} seconds.`);
  takeBack(tx, ref);
  end(sim, tx, ref, why);
}

function takeBack(tx: Transaction, ref: Ref): void {
  const { kind, made } = readLease(tx, ref)!;
  if (kind === 'import') removeMade(tx, made);
}

/** Goes on with the leases of a world that comes from elsewhere: what was being set up is over, what is ready has its time. */
export function resumeLeases(sim: Simulation): void {
  for (const { ref, props } of [...sim.store.ofType('HttpNfcLease')]) {
    if (props['state'] === 'ready') watch(sim, ref, Math.max(1, Number(props['_deadline']) - sim.clock.now().getTime()));
    else if (props['state'] === 'initializing') {
      const why = fault('SystemError', { reason: 'The server was restarted.' }, 'A general system error occurred: the server was restarted before this lease was ready.');
      sim.store.transaction((tx) => end(sim, tx, ref, why));
    }
  }
}

/** The lease, which must be ready. Throws Timedout when its time is over, else InvalidState. */
export function requireReady(tx: Transaction, ref: Ref, what: string): Lease {
  const lease = readLease(tx, ref)!;
  if (lease.state === 'ready') return lease;
  const error = tx.get(ref, 'error') as { fault?: { _type?: string }; localizedMessage?: string } | undefined;
  if (error?.fault?._type === 'Timedout') throw fault('Timedout', {}, error.localizedMessage ?? 'The lease has timed out.');
  throw fault('InvalidState', {}, `The lease is in the state '${lease.state}': ${what} needs one that is ready.`);
}

/** Gives a lease its whole time again. */
export function prolong(sim: Simulation, tx: Transaction, ref: Ref): void {
  tx.set(ref, '_deadline', sim.clock.now().getTime() + LEASE_SECONDS * 1000);
}

/** Ends a lease, well or with an error; it can be read for some time more. */
export function end(sim: Simulation, tx: Transaction, ref: Ref, error?: Fault): void {
  const ended = sim.clock.now().getTime();
  tx.update(ref, { ...(error ? { state: 'error', error: error.localized() } : { state: 'done', transferProgress: 100 }), _ended: ended });
  tx.afterCommit(() => {
    sim.clock.after(AFTERLIFE_SECONDS * 1000, () => {
      // In a world that was put back meanwhile the lease may be open again, or have ended later.
      if (sim.store.get(ref)?.props['_ended'] === ended) sim.store.transaction((later) => later.remove(ref));
    });
  });
}

/** Ends a lease on behalf of its holder, taking back what an import made. */
export function abort(sim: Simulation, tx: Transaction, ref: Ref, error: Fault): void {
  takeBack(tx, ref);
  end(sim, tx, ref, error);
}

function infoOf({ served }: Simulation, tx: Transaction, { ref, id }: Lease, entity: Ref, devices: readonly LeaseDevice[]): HttpNfcLeaseInfo {
  const base = baseUrl(served);
  const sslThumbprint = served.thumbprint ?? '';
  const volume = (datastore: Ref): string => String(tx.get(datastore, 'summary.url') ?? '');
  const deviceUrl = devices.map(({ key, importKey, file, disk, datastore }): HttpNfcLeaseDeviceUrl =>
    ({ key, importKey, url: `${base}/nfc/${id}/${encodeURIComponent(file)}`, sslThumbprint, disk, targetId: file, datastoreKey: volume(datastore) }));
  const totalDiskCapacityInKB = devices.reduce((sum, { capacityBytes }) => sum + Math.ceil(capacityBytes / 1024), 0);
  const hostMap = [...new Set(devices.map(({ datastore }) => volume(datastore)))].map((datastoreKey) => ({ datastoreKey, hosts: [{ url: `${base}/`, sslThumbprint }] }));
  return {
    _type: 'HttpNfcLeaseInfo', lease: ref, entity, ...(deviceUrl.length > 0 ? { deviceUrl } : {}), totalDiskCapacityInKB, leaseTimeout: LEASE_SECONDS,
    ...(hostMap.length > 0 ? { hostMap } : {}),
  } as HttpNfcLeaseInfo;
}

/** `*` is the address under which the client knows the server; a port that is not the usual one has to be told. */
function baseUrl({ port, tls = true }: Simulation['served']): string {
  return `${tls ? 'https' : 'http'}://*${port === undefined || port === (tls ? 443 : 80) ? '' : `:${port}`}`;
}

/** Notes what was transferred for a device; a second transfer takes the place of the first. */
export function record(tx: Transaction, ref: Ref, entry: ManifestEntry): void {
  const { manifest, devices } = readLease(tx, ref)!;
  const order = devices.map(({ key }) => key);
  const next = [...manifest.filter(({ key }) => key !== entry.key), entry].sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
  tx.set(ref, '_manifest', next);
}

/** The manifest as the API has it. */
export function manifestOf({ manifest, checksumTypes }: Lease): HttpNfcLeaseManifestEntry[] {
  return manifest.map(({ sha256, ...entry }) => {
    const checksumType = checksumTypes[entry.key] ?? 'sha1';
    return { ...entry, checksum: checksumType === 'sha256' ? sha256 : entry.sha1, checksumType };
  });
}

/** The ready lease of a URL's first step. */
export function findLease(tx: Transaction, id: string): Lease | undefined {
  for (const ref of tx.all('HttpNfcLease')) if (tx.find(ref)?.['_id'] === id) return readLease(tx, ref);
  return undefined;
}
