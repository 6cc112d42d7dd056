// Follows the server's events as an async iterator, each once and in order. Knows no event class.
import { isFault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { sameReference } from '../vim25/reference.ts';
import type { Event, EventFilterSpec } from '../vim25/types.d.ts';
import type { Connection } from './connection.ts';
import { ConnectionError } from './connection-error.ts';
import { pause } from './pause.ts';
import type { WatchSettings } from './watch.ts';
import { watch } from './watch.ts';

export interface EventSettings extends WatchSettings {
  /** What to follow; all events of the inventory unless given. Its `time` is replaced by `since`. */
  readonly filter?: EventFilterSpec;
  /** Begin with the events from then on that the server still has; with those from now on unless given. */
  readonly since?: Date;
}

const PAGE = 100;
const SERVICE_INSTANCE: ManagedObjectReference = { type: 'ServiceInstance', value: 'ServiceInstance' };

/** Yields events, oldest first, and waits for more. Ends by `break`, by the signal, or by an error. */
export async function* followEvents(connection: Connection, settings: EventSettings = {}): AsyncGenerator<Event, never, undefined> {
  const { eventManager } = connection.content;
  if (!eventManager) throw new Error(`${connection.address} offers no event manager`);
  const signal = settings.signal ?? connection.signal;
  const call = signal ? { signal } : {};
  let since = settings.since ?? (await connection.call(SERVICE_INSTANCE, 'CurrentTime', {}, call));
  let lastKey = -Infinity;
  for (let lost = 0; ; ) {
    const filter: EventFilterSpec = { ...settings.filter, time: { beginTime: since } };
    let collector: ManagedObjectReference | undefined;
    try {
      collector = await connection.call(eventManager, 'CreateCollectorForEvents', { filter }, call);
      await connection.call(collector, 'RewindCollector', {}, call);
      for await (const batch of watch(connection, { type: 'EventHistoryCollector', paths: ['latestPage'] }, { refs: [collector] }, settings)) {
        if (batch.some(({ kind }) => kind === 'leave')) break;
        for (;;) {
          const events = await connection.call(collector, 'ReadNextEvents', { maxCount: PAGE }, call);
          lost = 0;
          if (!events || events.length === 0) break;
          for (const event of events) {
            if (event.key <= lastKey) continue;
            [lastKey, since] = [event.key, event.createdTime];
            yield event;
          }
        }
      }
    } catch (error) {
      // The collector went with its session, or a page that it had handed out was lost: a new one begins at the last
      // event that was seen.
      const gone = isFault(error, 'ManagedObjectNotFound') && sameReference((error.detail as { obj?: ManagedObjectReference }).obj, collector);
      if (!gone && !(error instanceof ConnectionError && error.thumbprint === undefined)) throw error;
      if (lost++ >= (settings.attempts ?? 5)) throw error;
      await pause((settings.retryDelayMs ?? 200) * 2 ** (lost - 1), signal);
    } finally {
      if (collector) await connection.call(collector, 'DestroyCollector', {}, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    }
  }
}
