// Waits until objects look as wanted. Ends early through the signal.
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference } from '../vim25/reference.ts';
import type { Connection } from './connection.ts';
import type { TypeName } from './properties.ts';
import type { WatchSettings } from './watch.ts';
import { watch } from './watch.ts';

/** What is known of the watched objects: by 'Type:value', then by property path. A destroyed object is absent. */
export type Observed = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

export interface WaitTarget {
  readonly refs: readonly ManagedObjectReference[];
  readonly type: TypeName;
  readonly paths: readonly string[];
}

/** Watches the objects until `until` returns something other than undefined, and returns that. */
export async function waitFor<R>(connection: Connection, target: WaitTarget, until: (seen: Observed) => R | undefined, settings: WatchSettings = {}): Promise<R> {
  const seen = new Map<string, Readonly<Record<string, unknown>>>();
  for await (const batch of watch(connection, target, { refs: target.refs }, settings)) {
    for (const { kind, ref, props } of batch) {
      if (kind === 'leave') seen.delete(formatReference(ref));
      else seen.set(formatReference(ref), props);
    }
    const result = until(seen);
    if (result !== undefined) return result;
  }
  throw new Error('unreachable: a watch ends by an error only');
}
