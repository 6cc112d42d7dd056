// Waiting for some time, unless a signal ends it. Knows nothing of calls.
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after the time; rejects with the signal's reason when that fires first. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
