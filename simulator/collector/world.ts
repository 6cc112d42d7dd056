// Objects as one session may read them: the store's and the session's own, API types and declared properties only.
import { isSubtype, managedType, type Field, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { lookUp, type Session } from '../dispatch/sessions.ts';
import type { Readable } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import { SessionClock, type Moment } from './moment.ts';

export class World {
  readonly store: Store;
  readonly session: Session;
  readonly clock: SessionClock;

  constructor(store: Store, session: Session) {
    this.store = store;
    this.session = session;
    this.clock = SessionClock.of(session);
  }

  now(): Moment {
    return { store: this.store.version, session: this.clock.now };
  }

  /** The object, unless it is gone, internal, or not of the type the reference names. */
  find(ref: ManagedObjectReference): Readable | undefined {
    const found = lookUp(this.session, this.store, ref);
    if (found === undefined || managedType(found.ref.type) === undefined) return undefined;
    return ref.type === '' || ref.type === found.ref.type || isSubtype(found.ref.type, ref.type) ? found : undefined;
  }

  /** Without a login only what the schema gives to anybody, and the ServiceInstance, can be read. */
  mayRead(type: string, field: Field | undefined): boolean {
    return this.session.authenticated || type === 'ServiceInstance' || field?.privilege === 'System.Anonymous';
  }
}
