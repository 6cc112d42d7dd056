// Time as a session sees it: the store's version together with a count of changes to the session's own objects
// (views, filters, collectors), which no commit writes. Holds no objects itself.
import type { Session, SessionObject } from '../dispatch/sessions.ts';

/** A point in the history of the store and of one session's objects. */
export interface Moment {
  readonly store: number;
  readonly session: number;
}

export const sameMoment = (a: Moment, b: Moment): boolean => a.store === b.store && a.session === b.session;

/** A session-owned object that can tell whether one of its properties changed. */
export interface LiveObject extends SessionObject {
  changedSince(property: string, since: Moment): boolean;
}

export const isLive = (object: object): object is LiveObject => 'changedSince' in object;

const KEY = '_clock';

/** Counts the changes of one session's objects and wakes those who wait for them. */
export class SessionClock implements SessionObject {
  readonly ref = { type: '_SessionClock', value: KEY };
  readonly props = {};
  private count = 0;
  private readonly listeners = new Set<() => void>();

  /** The clock of a session, made on first use. */
  static of(session: Session): SessionClock {
    const known = session.objects.get(KEY);
    if (known instanceof SessionClock) return known;
    const made = new SessionClock();
    session.objects.set(KEY, made);
    return made;
  }

  get now(): number {
    return this.count;
  }

  /** Notes a change of a session-owned object; returns its time. */
  tick(): number {
    this.count += 1;
    for (const listener of [...this.listeners]) listener();
    return this.count;
  }

  /** Calls `listener` at every tick until the returned function is called. */
  onTick(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
