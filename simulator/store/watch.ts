// Waiting for commits: a promise that a commit resolves; nobody polls.

export class Watch {
  private readonly current: () => number;
  private readonly waiters = new Set<() => void>();
  private readonly listeners = new Set<() => void>();
  private scheduled = false;

  /** @param current gives the newest version */
  constructor(current: () => number) {
    this.current = current;
  }

  /** Called by a commit. Waiters are woken once per turn, however many commits it had. */
  notify(): void {
    if (this.scheduled || this.waiters.size + this.listeners.size === 0) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      const woken = [...this.waiters];
      this.waiters.clear();
      for (const wake of woken) wake();
      for (const hear of [...this.listeners]) hear();
    });
  }

  /** Calls `hear` after commits, once per turn, until the function that is returned is called. Cheaper than `after` again and again. */
  listen(hear: () => void): () => void {
    this.listeners.add(hear);
    return () => this.listeners.delete(hear);
  }

  /** Resolves with true once there is a version after `version`, with false when the signal aborts first. */
  after(version: number, signal?: AbortSignal): Promise<boolean> {
    if (this.current() > version) return Promise.resolve(true);
    if (signal?.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        resolve(true);
      };
      const stop = () => {
        this.waiters.delete(wake);
        resolve(false);
      };
      this.waiters.add(wake);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** How many wait now: for tests and statistics. */
  get size(): number {
    return this.waiters.size + this.listeners.size;
  }
}
