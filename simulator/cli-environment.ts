// Writes the -E file: at once into a regular file, into a fifo when somebody opens it for reading.
import { closeSync, constants, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import type { Clock } from './runtime/clock.ts';

/** Returns at once; a fifo is tried again until it has a reader. Throws when the file cannot be written. */
export function writeWhenRead(file: string, content: string, clock: Clock, stop: AbortSignal, failed: (error: Error) => void): void {
  if (!isFifo(file)) {
    // The line holds a password.
    writeFileSync(file, content, { mode: 0o600 });
    return;
  }
  const again = () => {
    if (stop.aborted) return;
    try {
      if (!offer(file, content)) clock.after(20, again);
    } catch (error) {
      failed(error as Error);
    }
  };
  again();
}

const isFifo = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFIFO() ?? false;

/** Opening a fifo blocks until it is read, unless asked not to: then it fails with ENXIO while nobody reads. */
function offer(file: string, content: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return false;
    throw error;
  }
  try {
    writeSync(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
  return true;
}
