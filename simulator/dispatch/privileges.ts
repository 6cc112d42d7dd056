// Refuses a call whose caller lacks a privilege that the method, an argument or a rule of the API names. The pipeline
// calls it once per call; sessions that no permission binds pass without looking at anything.
import {
  fault, isReference, type Fault, type ManagedObjectReference, type Method,
} from '../../core/vim25/index.ts';
import { RULES, type Look, type Need } from './privilege-rules.ts';
import type { Readable } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import type { Rights, Session } from './sessions.ts';

type Ref = ManagedObjectReference;

/** Throws NoPermission when the session may not make this call. */
export function checkPrivileges(store: Store, session: Session, self: Readable, method: Method, args: Readonly<Record<string, unknown>>): void {
  const { rights } = session;
  if (rights === undefined || !session.authenticated || isOwn(session, self, method)) return;
  const missing = needsOf(store, self, method, args).filter(({ object, privilege }) => !rights.has(object, privilege));
  if (missing.length > 0) throw noPermission(missing);
}

/** Every privilege that a call needs, the receiver's first. */
function needsOf(store: Store, self: Readable, method: Method, args: Readonly<Record<string, unknown>>): readonly Need[] {
  const needs: Need[] = method.privilege === '' ? [] : [{ object: self.ref, privilege: method.privilege }];
  for (const { name, privilege } of method.params) {
    if (privilege === '') continue;
    const value = args[name];
    for (const ref of Array.isArray(value) ? (value as readonly unknown[]) : [value]) if (isReference(ref)) needs.push({ object: ref, privilege });
  }
  const rule = RULES[`${method.owner}.${method.name}`];
  return rule ? [...needs, ...rule(self, args, lookAt(store))] : needs;
}

/** Throws NoPermission when the session lacks the privilege on the object: for endpoints beside the API. */
export function requirePrivilege(session: Session, object: Ref, privilege: string): void {
  const { rights } = session;
  if (rights !== undefined && !rights.has(object, privilege)) throw noPermission([{ object, privilege }]);
}

/** Who started a task may look at it and cancel it. */
function isOwn(session: Session, self: Readable, method: Method): boolean {
  if (method.owner !== 'Task') return false;
  return method.name === 'CancelTask' && startedBy(self) === session.userName;
}

const startedBy = ({ props }: Readable): string | undefined =>
  (props['info'] as { reason?: { userName?: string } } | undefined)?.reason?.userName;

/** What a search found, without what the caller may not see. */
export function visible(rights: Rights | undefined, method: Method, result: unknown): unknown {
  if (rights === undefined || method.owner !== 'SearchIndex') return result;
  const mayShow = (item: unknown): boolean => !isReference(item) || rights.has(item, 'System.View');
  if (Array.isArray(result)) return result.filter(mayShow);
  return mayShow(result) ? result : undefined;
}

/** True when the session may read a property of an object; `privilege` is what the schema says, '' for System.Read. */
export function mayReadProperty(session: Session, object: Readable, privilege: string): boolean {
  const { rights } = session;
  if (rights === undefined) return true;
  return rights.has(object.ref, privilege || 'System.Read') || (object.ref.type === 'Task' && startedBy(object) === session.userName);
}

/** The fault of one or more missing privileges; the first is the one that old clients are told. */
export function noPermission(missing: readonly Need[]): Fault {
  const { object, privilege } = missing[0]!;
  const byEntity = new Map<string, { entity: Ref; privilegeIds: string[] }>();
  for (const need of missing) {
    const known = byEntity.get(need.object.value);
    if (!known) byEntity.set(need.object.value, { entity: need.object, privilegeIds: [need.privilege] });
    else if (!known.privilegeIds.includes(need.privilege)) known.privilegeIds.push(need.privilege);
  }
  const missingPrivileges = [...byEntity.values()].map((entry) => ({ _type: 'NoPermissionEntityPrivileges', ...entry }));
  return fault('NoPermission', { object, privilegeId: privilege, missingPrivileges },
    `Permission to perform this operation was denied. You do not hold privilege ${privilege} on ${object.type} "${object.value}".`);
}

const lookAt = (store: Store): Look => ({
  find: (ref) => store.get(ref)?.props,
  datastoreOf(path, datacenter) {
    const name = typeof path === 'string' ? /^\[([^\]]+)\]/.exec(path)?.[1] : undefined;
    if (name === undefined) return undefined;
    for (const { ref, props } of store.ofType('Datastore')) {
      if (props['name'] === name && (datacenter === undefined || isBelow(store, ref, datacenter))) return ref;
    }
    return undefined;
  },
});

function isBelow(store: Store, entity: Ref, ancestor: Ref): boolean {
  for (let at: Ref | undefined = entity; at !== undefined; at = store.get(at)?.props['parent'] as Ref | undefined) {
    if (at.value === ancestor.value) return true;
  }
  return false;
}
