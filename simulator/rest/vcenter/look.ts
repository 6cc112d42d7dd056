// Looking at the inventory for the REST side: what the caller may see, filters, ancestors, and the words of the API.
import { enumType, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { readPath } from '../../store/object.ts';
import { notFound } from '../errors.ts';
import type { RestCall, Route, Verb } from '../route.ts';

export type Ref = ManagedObjectReference;

/** A route at the same place in both dialects. */
export const route = (verb: Verb, path: string, action: string | undefined, does: string, run: Route['run'], status?: Route['status']): Route =>
  ({ verb, rest: `/vcenter${path}`, api: `/vcenter${path}`, does, run, ...(action === undefined ? {} : { action }), ...(status ? { status } : {}) });

/** The value at a path of an object. */
export const get = <T>({ sim }: RestCall, ref: Ref, path: string): T | undefined => readPath(sim.store.get(ref)?.props, path) as T | undefined;

export const nameOf = (call: RestCall, ref: Ref): string => get<string>(call, ref, 'name') ?? '';

const maySee = ({ session }: RestCall, ref: Ref): boolean => session.rights?.has(ref, 'System.View') ?? true;

/** The object that a path variable names. Throws NOT_FOUND, UNAUTHORIZED. */
export function objectOf(call: RestCall, id: string, what: string, ...types: readonly string[]): Ref {
  const found = call.sim.store.find(id);
  if (!found || !types.includes(found.ref.type)) throw notFound(`${what} ${id}`);
  call.require('System.Read', found.ref);
  return found.ref;
}

/** The object and all that is above it. */
export function* lineage(call: RestCall, ref: Ref): Iterable<Ref> {
  for (let at: Ref | undefined = ref; at; at = get<Ref>(call, at, 'parent') ?? get<Ref>(call, at, 'parentVApp')) yield at;
}

export const datacenterOf = (call: RestCall, ref: Ref): Ref | undefined => [...lineage(call, ref)].find(({ type }) => type === 'Datacenter');

/** How a filter field looks at an object: its values, one of which must be among those that are asked for. */
export type Filter = (call: RestCall, ref: Ref) => readonly (string | undefined)[];

export const byId: Filter = (_call, ref) => [ref.value];
export const byName: Filter = (call, ref) => [nameOf(call, ref)];
export const byFolder: Filter = (call, ref) => [...lineage(call, get<Ref>(call, ref, 'parent') ?? ref)].filter(({ type }) => type === 'Folder').slice(0, 1).map(({ value }) => value);
export const byDatacenter: Filter = (call, ref) => [datacenterOf(call, ref)?.value];

/** Objects of these types that the caller sees and the query's filters let through, oldest first. */
export function listOf(call: RestCall, types: readonly string[], filters: Readonly<Record<string, Filter>>): readonly Ref[] {
  const wanted = Object.entries(filters).map(([name, filter]) => [filter, new Set(call.query(name))] as const).filter(([, values]) => values.size > 0);
  return types.flatMap((type) => [...call.sim.store.ofType(type)]).map(({ ref }) => ref)
    .filter((ref) => maySee(call, ref) && wanted.every(([filter, values]) => filter(call, ref).some((value) => value !== undefined && values.has(value))));
}

/** 'poweredOn' → 'POWERED_ON', as the API spells vim25's words. */
export const upper = (word: string | undefined): string => (word ?? '').replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

/** 'rhel7_64Guest' → 'RHEL_7_64' */
export const guestWord = (id: string): string =>
  id.replace(/Guest(?=64$|$)/, '').replace(/([a-zA-Z])(\d)/g, '$1_$2').replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

/** The vim25 id of the API's word; undefined for an unknown one. */
export const guestId = (word: string): string | undefined => [...(enumType('VirtualMachineGuestOsIdentifier')?.values ?? [])].find((id) => guestWord(id) === word);

/** The API's word for a type of network. */
export const NETWORK_OF: Readonly<Record<string, string>> = { Network: 'STANDARD_PORTGROUP', DistributedVirtualPortgroup: 'DISTRIBUTED_PORTGROUP', OpaqueNetwork: 'OPAQUE_NETWORK' };
