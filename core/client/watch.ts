// Watches properties of objects as an async iterator: one filter, WaitForUpdatesEx, no polling. Survives lost replies,
// closed connections and lost sessions; leaves nothing on the server when it ends.
import { isDeepStrictEqual } from 'node:util';
import { isFault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference, sameReference } from '../vim25/reference.ts';
import type { ObjectSpec, ObjectUpdate, PropertyFilterSpec } from '../vim25/types.d.ts';
import { make, plain } from '../vim25/values.ts';
import type { Connection } from './connection.ts';
import { ConnectionError } from './connection-error.ts';
import { pause } from './pause.ts';
import type { PropertyAt, TypeName } from './properties.ts';

/** What is watched: given objects, or every object of the type below a container, which then come and go. */
export type Scope = { readonly refs: readonly ManagedObjectReference[] } | { readonly below: ManagedObjectReference };

export interface WatchSettings {
  /** Ends the watch: the loop throws its reason, and the server's filter is destroyed. */
  readonly signal?: AbortSignal;
  /** Longest single wait on the server; the loop goes on after it. */
  readonly maxWaitSeconds?: number;
  /** How often in a row a request may be lost before the ConnectionError is thrown; 5 unless given. */
  readonly attempts?: number;
  /** Pause before a lost request is repeated; doubled each time. 200 unless given. */
  readonly retryDelayMs?: number;
}

/** One object that appeared, changed, or went. */
export interface Observation<T extends TypeName = TypeName, P extends string = string> {
  readonly kind: 'enter' | 'modify' | 'leave';
  readonly ref: ManagedObjectReference;
  /** What changed, with the new values; undefined for what was unset. Empty for 'leave'. */
  readonly changed: { readonly [K in P]?: PropertyAt<T, K> };
  /** All that is known of the object now; for 'leave', what was known last. */
  readonly props: { readonly [K in P]?: PropertyAt<T, K> };
}

type Props = Record<string, unknown>;
interface Seen {
  readonly kind: 'enter' | 'modify' | 'leave';
  readonly ref: ManagedObjectReference;
  readonly changed: Props;
  readonly props: Props;
}
interface Known {
  readonly ref: ManagedObjectReference;
  readonly props: Props;
}

/**
 * Yields what is there, and from then on every change, in batches as the server commits them. What happens between two
 * turns of the loop is not lost. Ends by `break`, by the signal, or by an error that cannot be mended.
 */
export async function* watch<T extends TypeName, P extends string>(
  connection: Connection,
  wanted: { readonly type: T; readonly paths: readonly P[] },
  scope: Scope,
  settings: WatchSettings = {},
): AsyncGenerator<readonly Observation<T, P>[], never, undefined> {
  const signal = settings.signal ?? connection.signal;
  const filter = new Filter(connection, wanted, scope, settings, signal);
  const known = new Map<string, Known>();
  try {
    await filter.open();
    for (;;) {
      signal?.throwIfAborted();
      const batch = await filter.next();
      const seen = batch.fresh ? merge(known, batch.updates) : apply(known, batch.updates);
      if (seen.length > 0) yield seen as unknown as readonly Observation<T, P>[];
    }
  } finally {
    await filter.close();
  }
}

/** The server's side of one watch, made anew when the server has lost it. */
class Filter {
  private readonly connection: Connection;
  private readonly spec: { readonly type: string; readonly paths: readonly string[] };
  private scope: Scope;
  private readonly settings: WatchSettings;
  private readonly call: { readonly signal?: AbortSignal };
  private collector: ManagedObjectReference | undefined;
  private view: ManagedObjectReference | undefined;
  private version = '';

  constructor(connection: Connection, spec: Filter['spec'], scope: Scope, settings: WatchSettings, signal: AbortSignal | undefined) {
    this.connection = connection;
    this.spec = spec;
    this.scope = scope;
    this.settings = settings;
    this.call = signal ? { signal } : {};
  }

  /** A collector of its own, so that watches of one session never meet. */
  async open(): Promise<void> {
    const { content } = this.connection;
    this.version = '';
    this.collector = await this.patiently(() => this.connection.call(content.propertyCollector, 'CreatePropertyCollector', {}, this.call));
    const spec: PropertyFilterSpec = { propSet: [{ type: this.spec.type, pathSet: this.spec.paths }], objectSet: await this.objectSet() };
    await this.patiently(() => this.connection.call(this.collector!, 'CreateFilter', { spec, partialUpdates: false }, this.call));
  }

  private async objectSet(): Promise<ObjectSpec[]> {
    if ('refs' in this.scope) return this.scope.refs.map((obj) => ({ obj }));
    const { viewManager } = this.connection.content;
    if (!viewManager) throw new Error(`${this.connection.address} offers no view manager`);
    const args = { container: this.scope.below, type: [this.spec.type], recursive: true };
    this.view = await this.patiently(() => this.connection.call(viewManager, 'CreateContainerView', args, this.call));
    return [{ obj: this.view, skip: true, selectSet: [make('TraversalSpec', { type: 'ContainerView', path: 'view' })] }];
  }

  /** The next updates, all pages of them. `fresh`: they tell everything from the beginning. */
  async next(): Promise<{ readonly fresh: boolean; readonly updates: readonly ObjectUpdate[] }> {
    const updates: ObjectUpdate[] = [];
    let fresh = this.version === '';
    const options = { maxWaitSeconds: this.settings.maxWaitSeconds ?? 60 };
    for (;;) {
      try {
        // After a lost reply the same version is asked for again, and the server answers the same.
        const set = await this.patiently(() => this.connection.call(this.collector!, 'WaitForUpdatesEx', { version: this.version, options }, this.call));
        if (!set) return { fresh, updates };
        this.version = set.version;
        updates.push(...(set.filterSet ?? []).flatMap((filter) => filter.objectSet ?? []));
        if (!set.truncated) return { fresh, updates };
      } catch (error) {
        if (!this.isLost(error)) throw error;
        await this.reopen();
        updates.length = 0;
        fresh = true;
      }
    }
  }

  /** The server no longer knows the collector: the session was another one, or the version is too old. */
  private isLost(error: unknown): boolean {
    if (isFault(error, 'InvalidCollectorVersion')) return true;
    return isFault(error, 'ManagedObjectNotFound') && sameReference((error.detail as { obj?: ManagedObjectReference }).obj, this.collector);
  }

  /** Objects that went in the meantime are no longer asked for: they are missing from the answer, and so have left. */
  private async reopen(): Promise<void> {
    for (;;) {
      try {
        await this.close();
        await this.open();
        return;
      } catch (error) {
        const gone = isFault(error, 'ManagedObjectNotFound') ? (error.detail as { obj?: ManagedObjectReference }).obj : undefined;
        if (!gone || !('refs' in this.scope)) throw error;
        const refs = this.scope.refs.filter((ref) => !sameReference(ref, gone));
        if (refs.length === this.scope.refs.length) throw error;
        this.scope = { refs };
      }
    }
  }

  private async patiently<R>(work: () => Promise<R>): Promise<R> {
    const { attempts = 5, retryDelayMs = 200 } = this.settings;
    for (let lost = 0; ; lost++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ConnectionError) || error.thumbprint !== undefined || lost >= attempts) throw error;
        await pause(retryDelayMs * 2 ** lost, this.call.signal);
      }
    }
  }

  /** Also after an abort, hence a time limit of its own. */
  async close(): Promise<void> {
    const { collector, view } = this;
    this.collector = this.view = undefined;
    const own = { signal: AbortSignal.timeout(5_000) };
    if (collector) await this.connection.call(collector, 'DestroyPropertyCollector', {}, own).catch(() => undefined);
    if (view) await this.connection.call(view, 'DestroyView', {}, own).catch(() => undefined);
  }
}

function apply(known: Map<string, Known>, updates: readonly ObjectUpdate[]): Seen[] {
  return updates.map(({ obj: ref, kind, changeSet = [] }) => {
    const key = formatReference(ref);
    const before = known.get(key)?.props ?? {};
    if (kind === 'leave') {
      known.delete(key);
      return { kind, ref, changed: {}, props: before };
    }
    const changed: Props = {};
    for (const { name, op, val } of changeSet) changed[name] = op === 'remove' || op === 'indirectRemove' ? undefined : plain(val);
    const props = { ...before, ...changed };
    for (const [name, value] of Object.entries(changed)) if (value === undefined) delete props[name];
    const entered = !known.has(key);
    known.set(key, { ref, props });
    return { kind: entered ? ('enter' as const) : ('modify' as const), ref, changed, props };
  });
}

/** A whole new picture against what was known: only the differences are told. */
function merge(known: Map<string, Known>, updates: readonly ObjectUpdate[]): Seen[] {
  const now = new Map<string, Known>();
  apply(now, updates);
  const out: Seen[] = [];
  for (const [key, { ref, props }] of known) {
    if (now.has(key)) continue;
    known.delete(key);
    out.push({ kind: 'leave', ref, changed: {}, props });
  }
  for (const [key, { ref, props }] of now) {
    const before = known.get(key)?.props;
    const changed: Props = {};
    for (const name of new Set([...Object.keys(before ?? {}), ...Object.keys(props)])) {
      if (!before || !isDeepStrictEqual(before[name], props[name])) changed[name] = props[name];
    }
    known.set(key, { ref, props });
    if (!before || Object.keys(changed).length > 0) out.push({ kind: before ? 'modify' : 'enter', ref, changed, props });
  }
  return out;
}
