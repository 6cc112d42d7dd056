// Objects as one session may read them: the store's and the session's own, API types and declared properties only.
import { fault, isSubtype, managedType, type Fault, type Field, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { PropertyValue } from '../../core/vim25/codec/encode.ts';
import { mayReadProperty, noPermission } from '../dispatch/privileges.ts';
import { lookUp, type Session } from '../dispatch/sessions.ts';
import type { Readable } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import { SessionClock, type Moment } from './moment.ts';
import type { PlannedPath } from './plan.ts';

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

  /** The object, unless it is gone, internal, not of the type the reference names, or not for this session to see. */
  find(ref: ManagedObjectReference): Readable | undefined {
    const found = this.reach(ref);
    const { rights } = this.session;
    return found === undefined || rights === undefined || rights.has(found.ref, 'System.View') ? found : undefined;
  }

  /** The same for an object that the client asks for by its reference: it is told that it may not read it. */
  reach(ref: ManagedObjectReference): Readable | undefined {
    const found = lookUp(this.session, this.store, ref);
    if (found === undefined || managedType(found.ref.type) === undefined) return undefined;
    return ref.type === '' || ref.type === found.ref.type || isSubtype(found.ref.type, ref.type) ? found : undefined;
  }

  /** True when a login and no permissions stand in the way of reading anything. */
  get mayReadAll(): boolean {
    return this.session.authenticated && this.session.rights === undefined;
  }

  /** Without a login only what the schema gives to anybody, and the ServiceInstance, can be read. */
  mayRead(object: Readable, field: Field | undefined): boolean {
    if (this.session.authenticated) return mayReadProperty(this.session, object, field?.privilege ?? '');
    return object.ref.type === 'ServiceInstance' || field?.privilege === 'System.Anonymous';
  }

  /** Why a property may not be read. */
  refusal({ ref }: Readable, field: Field | undefined): Fault {
    const privilege = field?.privilege || 'System.Read';
    if (this.session.authenticated) return noPermission([{ object: ref, privilege }]);
    return fault('NotAuthenticated', { object: ref, privilegeId: privilege }, 'The session is not authenticated.');
  }

  /** The value of a property as this session sees it: `effectiveRole` tells the roles of the one who asks. */
  value({ ref, props }: Readable, planned: PlannedPath): PropertyValue | undefined {
    const { rights } = this.session;
    if (rights !== undefined && planned.path === 'effectiveRole') return new PropertyValue(planned.declared, rights.effectiveRoles(ref));
    return planned.value(props);
  }
}
