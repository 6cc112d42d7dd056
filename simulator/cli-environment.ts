// Writes the -E file: at once into a regular file, into a fifo when somebody opens it for reading.
import { closeSync, constants, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import type { Clock } from './runtime/clock.ts';

/** Returns at once; a fifo is tried again until it has a reader. Throws when the file cannot be written. */
export async function writeWhenRead(file: string, content: string, clock: Clock, stop: AbortSignal): Promise<void> {
  try {
    if (isFifo(file)) offer(file, content, clock, stop);
    else writeFileSync(file, content, { mode: 0o600 });
  } catch (error) {
    throw new Error(`cannot write ${file} (-E): ${(error as Error).message}`);
  }
}

function isFifo(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFIFO() ?? false;
}

/** Opening a fifo blocks until it is read, unless asked not to: then it fails with ENXIO while nobody reads. */
function offer(file: string, content: string, clock: Clock, stop: AbortSignal): void {
  if (stop.aborted) return;
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    clock.after(20, () => offer(file, content, clock, stop));
    return;
  }
  try {
    writeSync(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
}
