// What a restart means for a world that was kept: work that was under way is over, and says so; an answer goes out when
// what it tells is on disk.
import { fault } from '../../core/vim25/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Store } from '../store/store.ts';
import type { State } from './state.ts';

/** Ends the tasks that were queued or running: what they had not done is not done, and their callers can read that. */
export function interruptTasks(store: Store, clock: Clock): void {
  const error = fault('SystemError', { reason: 'The server was restarted.' } as never, 'A general system error occurred: the server was restarted before this task was done.').localized();
  store.transaction((tx) => {
    for (const ref of [...tx.all('Task')]) {
      const info = tx.get(ref, 'info') as { readonly state: string };
      if (info.state !== 'queued' && info.state !== 'running') continue;
      tx.set(ref, 'info', { ...info, state: 'error', error, completeTime: clock.now(), cancelable: false });
    }
  });
}

interface Answer {
  readonly status: number;
}

/** A handler whose answers wait until all that happened before them is on disk; 503 when it cannot be written. */
export function whenKept<A extends readonly unknown[], R extends Answer>(state: State | undefined, handle: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  if (!state) return handle;
  return async (...args) => {
    const reply = await handle(...args);
    const wait = state.flushed();
    if (!wait) return reply;
    try {
      await wait;
      return reply;
    } catch (error) {
      return { status: 503, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: `${(error as Error).message}\n` } as unknown as R;
    }
  };
}
