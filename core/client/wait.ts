// Waits until objects look as wanted: one filter, WaitForUpdatesEx, no polling. Ends early through the signal.
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference } from '../vim25/reference.ts';
import type { UpdateSet } from '../vim25/types.d.ts';
import { plain } from '../vim25/values.ts';
import type { Connection } from './connection.ts';

/** What is known of the watched objects: by 'Type:value', then by property path. A destroyed object is absent. */
export type Observed = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

export interface WaitTarget {
  readonly refs: readonly ManagedObjectReference[];
  readonly type: string;
  readonly paths: readonly string[];
}

export interface WaitSettings {
  readonly signal?: AbortSignal;
  /** Longest single wait on the server; the loop goes on after it. */
  readonly maxWaitSeconds?: number;
}

/**
 * Watches the objects until `until` returns something other than undefined, and returns that.
 * A collector of its own is made and destroyed, so waits of one session never meet.
 */
export async function waitFor<R>(connection: Connection, target: WaitTarget, until: (seen: Observed) => R | undefined, settings: WaitSettings = {}): Promise<R> {
  const signal = settings.signal ?? connection.signal;
  const call = signal ? { signal } : {};
  const collector = await connection.call(connection.content.propertyCollector, 'CreatePropertyCollector', {}, call);
  try {
    const spec = { propSet: [{ type: target.type, pathSet: target.paths }], objectSet: target.refs.map((obj) => ({ obj })) };
    await connection.call(collector, 'CreateFilter', { spec, partialUpdates: false }, call);
    const seen = new Map<string, Record<string, unknown>>();
    const options = { maxWaitSeconds: settings.maxWaitSeconds ?? 60 };
    for (let version = ''; ; ) {
      signal?.throwIfAborted();
      const updates = await connection.call(collector, 'WaitForUpdatesEx', { version, options }, call);
      if (!updates) continue;
      version = updates.version;
      observe(seen, updates);
      if (updates.truncated) continue;
      const result = until(seen);
      if (result !== undefined) return result;
    }
  } finally {
    // Also after an abort, hence a limit of its own.
    await connection.call(collector, 'DestroyPropertyCollector', {}, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  }
}

function observe(seen: Map<string, Record<string, unknown>>, updates: UpdateSet): void {
  for (const update of (updates.filterSet ?? []).flatMap((filter) => filter.objectSet ?? [])) {
    const key = formatReference(update.obj);
    if (update.kind === 'leave') {
      seen.delete(key);
      continue;
    }
    const props = seen.get(key) ?? {};
    seen.set(key, props);
    for (const change of update.changeSet ?? []) {
      if (change.op === 'remove' || change.op === 'indirectRemove') delete props[change.name];
      else props[change.name] = plain(change.val);
    }
  }
}
