// A clock that can be steered: run at a rate, stand still, step over a while, go on to a moment. Everything that waits on
// it follows. It never goes back: what was recorded later would lie before what was recorded first.
import { systemClock, type Clock } from './clock.ts';

export interface ClockState {
  readonly now: Date;
  /** Simulated seconds per second of the machine; 0 while it stands still. */
  readonly rate: number;
  /** The same, as a word for people. */
  readonly frozen: boolean;
  /** How many things wait for a time to come. */
  readonly waiting: number;
}

interface Entry {
  readonly due: number;
  readonly order: number;
  readonly work: () => void;
}

/** Longest delay that a timer of node takes. */
const LONGEST_TIMER = 2 ** 31 - 1;
const LARGEST_RATE = 1_000_000;

export class SimClock implements Clock {
  private readonly machine: Clock;
  private readonly pending = new Set<Entry>();
  private speed: number;
  /** Simulated time at `since`, a time of the machine. */
  private anchor: number;
  private since: number;
  private timer: { readonly due: number; readonly stop: () => void } | undefined;
  private soon = 0;
  private order = 0;
  /** Steps are taken one after another; undefined while none is. */
  private stepping: Promise<void> | undefined;

  /** `rate` 1 and the time of the machine unless given. Throws a RangeError for a rate that makes no sense. */
  constructor({ rate = 1, start, machine = systemClock() }: { readonly rate?: number; readonly start?: Date; readonly machine?: Clock } = {}) {
    this.machine = machine;
    this.speed = checkedRate(rate);
    this.since = machine.now().getTime();
    this.anchor = start?.getTime() ?? this.since;
  }

  now(): Date {
    return new Date(this.time());
  }

  after(milliseconds: number, work: () => void): () => void {
    if (milliseconds <= 0) {
      this.soon += 1;
      const done = (): void => void (this.soon -= 1);
      const stop = this.machine.after(0, () => {
        stopped = true;
        done();
        work();
      });
      let stopped = false;
      return () => {
        if (stopped) return;
        stopped = true;
        stop();
        done();
      };
    }
    const entry: Entry = { due: this.time() + milliseconds, order: (this.order += 1), work };
    this.pending.add(entry);
    if (!this.timer || entry.due < this.timer.due) this.arm();
    return () => void this.pending.delete(entry);
  }

  get state(): ClockState {
    return { now: this.now(), rate: this.speed, frozen: this.speed === 0, waiting: this.pending.size };
  }

  /** Goes on at another rate from now; 0 stands still. Throws a RangeError. */
  setRate(rate: number): void {
    const speed = checkedRate(rate);
    this.hold(this.time());
    this.speed = speed;
    this.arm();
  }

  /** Lets a while pass at once: what falls due in it is done in order, each at its time. Throws a RangeError. */
  step(milliseconds: number): Promise<void> {
    if (!(milliseconds >= 0 && Number.isFinite(milliseconds))) throw new RangeError(`a step of ${milliseconds} ms makes no sense: 0 or more`);
    return this.pass(() => this.time() + milliseconds);
  }

  /** Goes on to a moment, as `step` does. Rejects with a RangeError when it has passed already. */
  async advanceTo(moment: Date): Promise<void> {
    if (moment.getTime() < this.time()) throw new RangeError(`${moment.toISOString()} has passed: it is ${this.now().toISOString()}, and the clock goes forward only`);
    await this.pass(() => Math.max(this.time(), moment.getTime()));
  }

  /** A clock of the same time and rate that is steered by itself. */
  fork(): SimClock {
    return new SimClock({ rate: this.speed, start: this.now(), machine: this.machine });
  }

  private time(): number {
    const rate = this.stepping ? 0 : this.speed;
    return rate === 0 ? this.anchor : this.anchor + (this.machine.now().getTime() - this.since) * rate;
  }

  private hold(time: number): void {
    this.anchor = time;
    this.since = this.machine.now().getTime();
  }

  private async pass(until: () => number): Promise<void> {
    while (this.stepping) await this.stepping;
    const end = until();
    this.hold(this.time());
    const mine = this.walk(end).finally(() => {
      this.hold(Math.max(end, this.anchor));
      this.stepping = undefined;
      this.arm();
    });
    this.stepping = mine;
    await mine;
  }

  private async walk(end: number): Promise<void> {
    await this.settled();
    for (let entry = this.first(); entry && entry.due <= end; entry = this.first()) {
      this.pending.delete(entry);
      this.anchor = Math.max(this.anchor, entry.due);
      entry.work();
      await this.settled();
    }
  }

  /** Until what was to be done soon is done, so that what follows from it gets its time within the step. */
  private async settled(): Promise<void> {
    do await new Promise<void>((resolve) => void this.machine.after(0, resolve));
    while (this.soon > 0);
  }

  private first(): Entry | undefined {
    let found: Entry | undefined;
    for (const entry of this.pending) if (!found || entry.due < found.due || (entry.due === found.due && entry.order < found.order)) found = entry;
    return found;
  }

  private arm(): void {
    this.timer?.stop();
    this.timer = undefined;
    if (this.speed === 0 || this.stepping) return;
    const entry = this.first();
    if (!entry) return;
    const wait = Math.min(LONGEST_TIMER, Math.max(1, Math.ceil((entry.due - this.time()) / this.speed)));
    this.timer = { due: entry.due, stop: this.machine.after(wait, () => this.fire()) };
  }

  private fire(): void {
    this.timer = undefined;
    try {
      for (let entry = this.first(); entry && entry.due <= this.time() && !this.stepping; entry = this.first()) {
        this.pending.delete(entry);
        entry.work();
      }
    } finally {
      this.arm();
    }
  }
}

function checkedRate(rate: number): number {
  if (rate >= 0 && rate <= LARGEST_RATE) return rate;
  throw new RangeError(`a rate of ${rate} makes no sense: from 0 (frozen) to ${LARGEST_RATE}`);
}
