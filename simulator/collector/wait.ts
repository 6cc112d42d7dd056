// Waiting for updates: sleeps until a commit or a change of the session's own objects could matter, never polls.
import { fault, type UpdateSet } from '../../core/vim25/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Collector } from './collector.ts';

export interface WaitRequest {
  readonly version: string;
  /** Undefined: as long as it takes. */
  readonly maxSeconds: number | undefined;
  readonly maxUpdates: number | undefined;
  /** The client hung up or the session ended. */
  readonly signal: AbortSignal;
}

type End = 'time' | 'canceled' | 'gone' | 'hung up';

/** Timers hold no more than 2^31 milliseconds; longer waits end a little early, as a server's own limit would. */
const LONGEST_MILLISECONDS = 2_000_000_000;

/**
 * The next update set; undefined when the time is over. Throws RequestCanceled when CancelWaitForUpdates or the end
 * of the collector came first, NotAuthenticated when the session ended, InvalidCollectorVersion.
 */
export async function waitForUpdates(collector: Collector, clock: Clock, request: WaitRequest): Promise<UpdateSet | undefined> {
  const { version, maxSeconds, maxUpdates, signal } = request;
  const immediate = collector.update(version, maxUpdates);
  if (immediate !== undefined || maxSeconds === 0) return immediate;
  const { world } = collector;
  const sleeper = new Sleeper();
  const finish = (end: End) => sleeper.finish(end);
  const hangUp = () => finish('hung up');
  const cancelTimer = maxSeconds === undefined ? undefined : clock.after(Math.min(maxSeconds * 1000, LONGEST_MILLISECONDS), () => finish('time'));
  const wake = () => sleeper.wake();
  const stopListening = world.clock.onTick(wake);
  const stopWatching = world.store.watch.listen(wake);
  collector.waits.add(finish);
  signal.addEventListener('abort', hangUp, { once: true });
  if (signal.aborted) hangUp();
  try {
    while (sleeper.end === undefined) {
      await sleeper.sleep();
      if (sleeper.end !== undefined && sleeper.end !== 'time') break;
      const update = collector.update(version, maxUpdates);
      if (update !== undefined) return update;
    }
  } finally {
    cancelTimer?.();
    stopListening();
    stopWatching();
    collector.waits.delete(finish);
    signal.removeEventListener('abort', hangUp);
  }
  if (sleeper.end === 'time') return undefined;
  throw world.session.ended.signal.aborted
    ? fault('NotAuthenticated', { object: collector.ref, privilegeId: 'System.View' }, 'The session is not authenticated.')
    : fault('RequestCanceled', {}, 'The request was canceled by a user.');
}

/** Sleeps until woken; a wake that comes while awake is not lost. */
class Sleeper {
  end: End | undefined;
  private woken = false;
  private resume: (() => void) | undefined;

  wake(): void {
    this.woken = true;
    this.resume?.();
  }

  finish(end: End): void {
    this.end ??= end;
    this.wake();
  }

  async sleep(): Promise<void> {
    if (!this.woken) await new Promise<void>((resolve) => (this.resume = resolve));
    this.woken = false;
    this.resume = undefined;
  }
}
