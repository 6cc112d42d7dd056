// Turns what a transaction changed into events, just before it is committed: rules first, then what was posted by hand.
// Fills in what every event has. Holds no events itself; they are state (log.ts).
import { isSubtype, type Event, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { EventSink, NewEvent } from '../dispatch/simulation.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Transaction } from '../store/transaction.ts';
import { messageOf } from './catalogue.ts';
import { append, isNewWorld, nextKey, type Entry } from './log.ts';
import type { EventRule } from './rule.ts';
import { Scene } from './scene.ts';
import { subjectsOf, withinOf } from './subjects.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Building a world is told by its first events only, however many machines it has. */
const BEGINNING = 500;

export interface RecorderOptions {
  /** How many events stay readable; older ones are forgotten. */
  readonly keep: number;
  readonly manager: ManagedObjectReference | undefined;
  readonly rules: readonly EventRule[];
  /** Gives the events that follow from others, as alarms make them; it may write what nothing is derived from. */
  readonly react?: (tx: Transaction, events: readonly Event[]) => readonly NewEvent[];
}

export class Recorder implements EventSink {
  private readonly clock: Clock;
  private readonly options: RecorderOptions;
  private readonly byType = new Map<string, readonly EventRule[]>();
  private readonly posted = new WeakMap<Transaction, NewEvent[]>();
  /** Keys below were handed out: a restored world does not use them again for something else. */
  private next = 1;

  constructor(clock: Clock, options: RecorderOptions) {
    this.clock = clock;
    this.options = options;
  }

  post(tx: Transaction, event: NewEvent): void {
    const list = this.posted.get(tx);
    if (list) list.push(event);
    else this.posted.set(tx, [event]);
  }

  reserveKey(tx: Transaction): number {
    const key = Math.max(this.next, nextKey(tx));
    this.next = key + 1;
    return key;
  }

  /**
   * Records the events of a transaction.
   * The store calls it when derived values are settled, and before anybody sees the change.
   */
  record(tx: Transaction): void {
    const events = this.derive(tx, isNewWorld(tx) ? BEGINNING : this.options.keep);
    events.push(...(this.posted.get(tx) ?? []));
    const createdTime = this.clock.now();
    const scene = new Scene(tx, () => undefined);
    let chain = tx.cause?.chain;
    const fill = (event: NewEvent): Entry => {
      const key = event.key ?? this.reserveKey(tx);
      chain ??= key;
      // One object, filled in place: this runs with every power-on of thousands.
      const whole = Object.assign({ _type: event._type, key, chainId: chain, createdTime, userName: '' }, event) as Mutable<Event>;
      whole.key = key;
      whole.chainId = event.chainId ?? chain;
      whole.createdTime = event.createdTime ?? createdTime;
      whole.userName = event.userName ?? tx.cause?.userName ?? '';
      whole.fullFormattedMessage ??= messageOf(whole);
      const about = subjectsOf(whole);
      return { event: whole, about: about.map((ref) => ref.value), within: withinOf(scene, whole, about) };
    };
    const entries = events.map(fill);
    const { react } = this.options;
    if (react) entries.push(...react(tx, entries.map(({ event }) => event)).map(fill));
    if (entries.length === 0) return;
    entries.sort((a, b) => a.event.key - b.event.key);
    append(tx, entries, this.options.keep);
    const { manager } = this.options;
    if (manager && tx.has(manager)) tx.set(manager, 'latestEvent', entries.at(-1)!.event);
  }

  private derive(tx: Transaction, most: number): NewEvent[] {
    const events: NewEvent[] = [];
    const scene = new Scene(tx, (event) => events.push(event));
    for (const id of [...tx.touched()]) {
      if (events.length >= most) break;
      const rules = this.rulesFor(tx.typeOf(id));
      if (rules.length === 0) continue;
      const before = tx.before(id);
      const after = tx.after(id);
      if (before === after) continue;
      const self = { type: tx.typeOf(id), value: id };
      for (const rule of rules) {
        if (before === undefined) rule.created?.(scene, self, after!);
        else if (after === undefined) rule.removed?.(scene, self, before);
        else if (rule.inputs === undefined || rule.inputs.some((input) => before[input] !== after[input])) rule.changed?.(scene, self, before, after);
      }
    }
    return events;
  }

  private rulesFor(type: string): readonly EventRule[] {
    let found = this.byType.get(type);
    if (!found) this.byType.set(type, (found = this.options.rules.filter((rule) => isSubtype(type, rule.type))));
    return found;
  }
}
