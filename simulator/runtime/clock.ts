// The simulator's own time. Everything that asks for the time or waits does it here, so a test can own both.

export interface Clock {
  now(): Date;
  /** Runs `work` after `milliseconds` of simulated time (0: soon, never synchronously). Returns its cancellation. */
  after(milliseconds: number, work: () => void): () => void;
}

/** Follows the machine's clock. Pending work does not keep the process alive. */
export const systemClock = (): Clock => ({
  now: () => new Date(),
  after(milliseconds, work) {
    if (milliseconds <= 0) {
      const handle = setImmediate(work);
      return () => clearImmediate(handle);
    }
    const handle = setTimeout(work, milliseconds);
    handle.unref();
    return () => clearTimeout(handle);
  },
});

/** Stands still until told to advance. Work with delay 0 still runs soon by itself. */
export class ManualClock implements Clock {
  private time: number;
  private readonly pending = new Set<{ due: number; work: () => void }>();

  constructor(start: Date = new Date('2026-01-01T00:00:00.000Z')) {
    this.time = start.getTime();
  }

  now(): Date {
    return new Date(this.time);
  }

  after(milliseconds: number, work: () => void): () => void {
    if (milliseconds <= 0) {
      const handle = setImmediate(work);
      return () => clearImmediate(handle);
    }
    const entry = { due: this.time + milliseconds, work };
    this.pending.add(entry);
    return () => this.pending.delete(entry);
  }

  /** Moves time forward and runs what became due, in order. */
  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const due = [...this.pending].filter((entry) => entry.due <= end).sort((a, b) => a.due - b.due)[0];
      if (!due) break;
      this.pending.delete(due);
      this.time = Math.max(this.time, due.due);
      due.work();
    }
    this.time = end;
  }
}
