// Hands out managed object ids: one counter for all prefixes, as vCenter does, and never the same id twice.

export class Ids {
  private counter: number;

  constructor(counter = 0) {
    this.counter = counter;
  }

  /** 'vm' → 'vm-42'; '' → '42', the bare form of ESXi. */
  next(prefix: string): string {
    this.counter += 1;
    return prefix === '' ? String(this.counter) : `${prefix}-${this.counter}`;
  }

  /** The last number handed out: what a snapshot keeps. */
  get last(): number {
    return this.counter;
  }

  /** Moves forward to at least `counter`; going back could hand an id out twice. */
  advance(counter: number): void {
    this.counter = Math.max(this.counter, counter);
  }
}
