// What clients have called: the last calls, and counts of every method. It watches; nothing depends on it.
export interface CallRecord {
  /** Counted from 1. */
  readonly number: number;
  /** Of the simulator's clock. */
  readonly time: Date;
  /** Wire name, or `PUT /folder`. */
  readonly method: string;
  /** `VirtualMachine:vm-7`, or a path. */
  readonly object: string;
  /** Who called; '' before the login. */
  readonly user: string;
  /** How long it took by the machine's clock. */
  readonly ms: number;
  readonly status: number;
  /** Type of the fault it was answered with. */
  readonly fault?: string;
}

export interface CallCount {
  readonly method: string;
  readonly calls: number;
  /** By the type of the fault. */
  readonly faults: Readonly<Record<string, number>>;
  readonly ms: number;
}

interface Counter {
  calls: number;
  faults: Record<string, number>;
  ms: number;
}

const KEPT = 1000;

export class CallLog {
  private readonly last: CallRecord[] = [];
  private readonly counters = new Map<string, Counter>();
  private readonly followers = new Set<(record: CallRecord) => void>();
  private total = 0;

  /** Notes a call that has been answered. */
  note(call: Omit<CallRecord, 'number'>): void {
    const record: CallRecord = { number: (this.total += 1), ...call };
    this.last.push(record);
    if (this.last.length >= 2 * KEPT) this.last.splice(0, KEPT);
    let counter = this.counters.get(call.method);
    if (!counter) this.counters.set(call.method, (counter = { calls: 0, faults: {}, ms: 0 }));
    counter.calls += 1;
    counter.ms += call.ms;
    if (call.fault !== undefined) counter.faults[call.fault] = (counter.faults[call.fault] ?? 0) + 1;
    for (const follower of this.followers) follower(record);
  }

  /** The last calls, oldest first; at most 1,000 are kept. */
  recent(count = KEPT): readonly CallRecord[] {
    return count <= 0 ? [] : this.last.slice(-Math.min(count, KEPT));
  }

  /** Every method that was called, by name. */
  counts(): readonly CallCount[] {
    return [...this.counters].map(([method, { calls, faults, ms }]) => ({ method, calls, faults: { ...faults }, ms: Math.round(ms * 1000) / 1000 })).sort((a, b) => (a.method < b.method ? -1 : 1));
  }

  /** Forgets all of it. */
  clear(): void {
    this.last.length = 0;
    this.counters.clear();
  }

  /** Hands every call from now on to `listen`, until the returned function is called. */
  follow(listen: (record: CallRecord) => void): () => void {
    this.followers.add(listen);
    return () => void this.followers.delete(listen);
  }

  /** Calls from now on, until the signal aborts. A reader that is more than 10,000 calls behind loses the oldest of them. */
  async *stream(signal: AbortSignal): AsyncGenerator<CallRecord> {
    const waiting: CallRecord[] = [];
    let wake: () => void = () => undefined;
    const stop = this.follow((record) => {
      waiting.push(record);
      if (waiting.length > 10_000) waiting.shift();
      wake();
    });
    const end = (): void => wake();
    signal.addEventListener('abort', end);
    try {
      while (!signal.aborted) {
        const record = waiting.shift();
        if (record) yield record;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      stop();
      signal.removeEventListener('abort', end);
    }
  }
}
