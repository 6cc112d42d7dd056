// Reads properties of many objects in a constant number of requests. Typed by the schema: an unknown path does not compile.
import { isFault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { sameReference } from '../vim25/reference.ts';
import type { LocalizedMethodFault, ManagedProperties, ObjectContent, ObjectSpec, PropertyFilterSpec, RetrieveResult, TraversalSpec } from '../vim25/types.d.ts';
import { make, plain } from '../vim25/values.ts';
import type { Connection } from './connection.ts';

export type TypeName = keyof ManagedProperties & string;

type At<O, P extends string> = P extends `${infer Head}.${infer Rest}`
  ? Head extends keyof O
    ? At<NonNullable<O[Head]>, Rest>
    : never
  : P extends keyof O
    ? O[P]
    : never;

/** The type of a property at a path: PropertyAt<'VirtualMachine', 'runtime.powerState'>. */
export type PropertyAt<T extends TypeName, P extends string> = At<ManagedProperties[T], P>;
/** The path itself when the type has it, else never. */
export type PathOf<T extends TypeName, P extends string> = [PropertyAt<T, P>] extends [never] ? never : P;

/** One object as read: properties that are unset, or could not be read, are absent. */
export interface Row<T extends TypeName = TypeName, P extends string = string> {
  readonly ref: ManagedObjectReference;
  readonly props: { readonly [K in P]?: PropertyAt<T, K> };
  /** Why a property could not be read. */
  readonly missing: ReadonlyMap<string, LocalizedMethodFault>;
}

export interface Wanted {
  readonly type: string;
  readonly paths: readonly string[];
}

/** Says which properties of a type to read; checks the paths against the schema at compile time. */
export const want = <T extends TypeName, P extends string>(type: T, ...paths: readonly PathOf<T, P>[]): { readonly type: T; readonly paths: readonly P[] } =>
  ({ type, paths: paths as unknown as readonly P[] });

export interface RawRow {
  readonly ref: ManagedObjectReference;
  readonly props: Readonly<Record<string, unknown>>;
  readonly missing: ReadonlyMap<string, LocalizedMethodFault>;
}

const row = (content: ObjectContent): RawRow => ({
  ref: content.obj,
  props: Object.fromEntries((content.propSet ?? []).map((property) => [property.name, plain(property.val)])),
  missing: new Map((content.missingSet ?? []).map((entry) => [entry.path, entry.fault])),
});

/** Runs filter specs through RetrievePropertiesEx and follows its continuation tokens. */
export async function retrieveSpecs(connection: Connection, specSet: readonly PropertyFilterSpec[]): Promise<RawRow[]> {
  const collector = connection.content.propertyCollector;
  const rows: RawRow[] = [];
  let page: RetrieveResult | undefined = await connection.call(collector, 'RetrievePropertiesEx', { specSet, options: {} });
  while (page) {
    rows.push(...page.objects.map(row));
    if (page.token === undefined || page.token === '') break;
    page = await connection.call(collector, 'ContinueRetrievePropertiesEx', { token: page.token });
  }
  return rows;
}

const propSet = (wanted: readonly Wanted[]): PropertyFilterSpec['propSet'] => wanted.map(({ type, paths }) => ({ type, pathSet: paths }));

/** Every object of the wanted types below `container`, itself included, in three requests whatever their number. */
export async function retrieveBelow(connection: Connection, container: ManagedObjectReference, wanted: readonly Wanted[]): Promise<RawRow[]> {
  const { viewManager } = connection.content;
  if (!viewManager) throw new Error(`${connection.address} offers no view manager`);
  const type = wanted.map((entry) => entry.type);
  const view = await connection.call(viewManager, 'CreateContainerView', { container, type, recursive: true });
  try {
    const members: TraversalSpec = make('TraversalSpec', { type: 'ContainerView', path: 'view' });
    const objectSet: ObjectSpec[] = [{ obj: container }, { obj: view, skip: true, selectSet: [members] }];
    return await retrieveSpecs(connection, [{ propSet: propSet(wanted), objectSet }]);
  } finally {
    await connection.call(view, 'DestroyView', {}).catch(() => undefined);
  }
}

/** Properties of given objects of one type, in one request. Objects that vanish meanwhile are left out. */
export async function retrieve<T extends TypeName, P extends string>(
  connection: Connection,
  refs: readonly ManagedObjectReference[],
  wanted: { readonly type: T; readonly paths: readonly P[] },
): Promise<Row<T, P>[]> {
  let left = refs;
  while (left.length > 0) {
    try {
      const rows = await retrieveSpecs(connection, [{ propSet: propSet([wanted]), objectSet: left.map((obj) => ({ obj })) }]);
      return rows as unknown as Row<T, P>[];
    } catch (error) {
      const gone = isFault(error, 'ManagedObjectNotFound') ? (error.detail as { obj?: ManagedObjectReference }).obj : undefined;
      const rest = left.filter((ref) => !sameReference(ref, gone));
      if (rest.length === left.length) throw error;
      left = rest;
    }
  }
  return [];
}

/** One property of one object; undefined when unset. Throws ManagedObjectNotFound, NoPermission … as the server does. */
export async function property<T extends TypeName, P extends string>(
  connection: Connection,
  ref: ManagedObjectReference,
  type: T,
  path: PathOf<T, P> & P,
): Promise<PropertyAt<T, P> | undefined> {
  const [only] = await retrieveSpecs(connection, [{ propSet: [{ type, pathSet: [path] }], objectSet: [{ obj: ref }] }]);
  return only?.props[path] as PropertyAt<T, P> | undefined;
}
