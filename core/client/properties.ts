// Reads properties of many objects in a constant number of requests. Typed by the schema: an unknown path does not compile.
import { isFault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { sameReference } from '../vim25/reference.ts';
import type { LocalizedMethodFault, ManagedProperties, ObjectContent, PropertyFilterSpec, RetrieveResult } from '../vim25/types.d.ts';
import { plain } from '../vim25/values.ts';
import type { Connection } from './connection.ts';
import { withContainerView } from './views.ts';

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
  readonly type: TypeName;
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

/** A reference to nothing, which some servers write for what is unset. */
const isNothing = (value: unknown): boolean => typeof value === 'object' && value !== null && (value as Partial<ManagedObjectReference>).type === '' && (value as Partial<ManagedObjectReference>).value === '';

const row = (content: ObjectContent): RawRow => ({
  ref: content.obj,
  props: Object.fromEntries((content.propSet ?? []).map((property) => [property.name, plain(property.val)] as const).filter(([, value]) => !isNothing(value))),
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
  return withContainerView(connection, container, wanted.map((entry) => entry.type), (view) =>
    retrieveSpecs(connection, [{ propSet: propSet(wanted), objectSet: [{ obj: container }, ...view.objectSet] }]));
}

/** Properties of every object of one type below `container`, typed; in three requests whatever their number. */
export async function retrieveAll<T extends TypeName, P extends string>(
  connection: Connection,
  container: ManagedObjectReference,
  wanted: { readonly type: T; readonly paths: readonly P[] },
): Promise<Row<T, P>[]> {
  return withContainerView(connection, container, [wanted.type], async (view) =>
    (await retrieveSpecs(connection, [{ propSet: propSet([wanted]), objectSet: view.objectSet }])) as unknown as Row<T, P>[]);
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
