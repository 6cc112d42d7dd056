// Follows the server's events as an async iterator, each once and in order. Knows no event class.
import type { ManagedObjectReference } from '../vim25/reference.ts';
import type { Event, EventFilterSpec } from '../vim25/types.d.ts';
import type { Connection } from './connection.ts';
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
  for (;;) {
    const filter: EventFilterSpec = { ...settings.filter, time: { beginTime: since } };
    const collector = await connection.call(eventManager, 'CreateCollectorForEvents', { filter }, call);
    try {
      await connection.call(collector, 'RewindCollector', {}, call);
      for await (const batch of watch(connection, { type: 'EventHistoryCollector', paths: ['latestPage'] }, { refs: [collector] }, settings)) {
        // The collector went with its session: a new one goes on where this one was.
        if (batch.some(({ kind }) => kind === 'leave')) break;
        for (;;) {
          const events = await connection.call(collector, 'ReadNextEvents', { maxCount: PAGE }, call);
          if (!events || events.length === 0) break;
          for (const event of events) {
            if (event.key <= lastKey) continue;
            [lastKey, since] = [event.key, event.createdTime];
            yield event;
          }
        }
      }
    } finally {
      await connection.call(collector, 'DestroyCollector', {}, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    }
  }
}
