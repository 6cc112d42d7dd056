// The only door to the type tables of vim25. Descriptors are built on first use from schema.json;
// nothing else in the project knows the layout of that file (scripts/schema/README.md describes it).
// Services beside vim25 (pbm …) have tables of their own that are read when their namespace is first used: a name is
// looked for in vim25's tables first, then in theirs. No two of them share a name (namespaces.test.ts watches that).
import { readFileSync } from 'node:fs';
import { catalogueOf, NAMESPACES, namespaceOfType } from './namespaces.ts';
import { undocumented } from './undocumented.ts';
import { vslm } from './vslm.ts';

/** One field of a data object, parameter of a method, or property of a managed object. */
export interface Field {
  readonly name: string;
  /** WSDL name of the item type: a primitive ('string', 'long', 'dateTime', 'anyType' …), data object, enum or managed object. */
  readonly type: string;
  readonly kind: TypeKind;
  readonly array: boolean;
  readonly optional: boolean;
  readonly secret: boolean;
  /** Index into `versions()` of the API version that introduced it. */
  readonly since: number;
  /** Privilege needed on the value (parameters) or to read it (properties); '' when the schema names none. */
  readonly privilege: string;
}

export type TypeKind = 'primitive' | 'data' | 'enum' | 'managed';

export interface DataType {
  readonly kind: 'data';
  readonly name: string;
  readonly base: string | null;
  readonly since: number;
  readonly own: readonly Field[];
  /** Inherited fields first, as on the wire. */
  readonly fields: readonly Field[];
  readonly byName: ReadonlyMap<string, Field>;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name: string;
  readonly since: number;
  readonly values: ReadonlySet<string>;
}

export interface Method {
  readonly name: string;
  readonly owner: string;
  readonly since: number;
  readonly params: readonly Field[];
  /** What the reply carries; null for void. For a *_Task method this is the Task reference. */
  readonly result: Field | null;
  readonly privilege: string;
  readonly faults: readonly string[];
  readonly isTask: boolean;
  /** For a *_Task method: the type of TaskInfo.result, 'void' when there is none. */
  readonly taskResult: string;
  /** For a *_Task method: what TaskInfo.descriptionId says, e.g. 'VirtualMachine.powerOn'. */
  readonly taskName: string;
}

export interface ManagedType {
  readonly kind: 'managed';
  readonly name: string;
  readonly base: string | null;
  readonly since: number;
  /** Inherited properties first. */
  readonly properties: readonly Field[];
  readonly byName: ReadonlyMap<string, Field>;
  /** Own and inherited methods by wire name. */
  readonly methods: ReadonlyMap<string, Method>;
}

/** One API version: `api` is what a SOAPAction or AboutInfo.apiVersion says ('6.0'), '' for internal layers. */
export interface Version {
  readonly index: number;
  readonly name: string;
  readonly api: string;
  /** Indices of every version it contains, itself included. */
  readonly includes: ReadonlySet<number>;
  /** 'urn:pbm' for a version of a service beside vim25. */
  readonly namespace?: string;
}

type RawField = [name: string, type: string, since: number, flags: string, privilege?: string];
type RawMethod = [since: number, params: RawField[], result: string, privilege: string, faults: string[], taskResult?: string, taskName?: string];
type Table = 'data' | 'enums' | 'managed';
interface Raw {
  source: string;
  versions: [string, string, number[]][];
  data: Record<string, [string | null, number, RawField[]]>;
  enums: Record<string, [number, string[]]>;
  managed: Record<string, [string | null, number, RawField[], Record<string, RawMethod>]>;
}

const PRIMITIVES = new Set([
  'string', 'boolean', 'byte', 'short', 'int', 'long', 'float', 'double', 'dateTime', 'base64Binary', 'anyURI', 'anyType',
]);

class Lazy<T> {
  private value: T | undefined;
  private readonly make: () => T;
  constructor(make: () => T) {
    this.make = make;
  }
  get(): T {
    this.value ??= this.make();
    return this.value;
  }
}

const raw = new Lazy<Raw>(() => withUndocumented(JSON.parse(readFileSync(new URL('schema.json', import.meta.url), 'utf8')) as Raw));

function withUndocumented(tables: Raw): Raw {
  for (const table of [undocumented, vslm]) {
    const { data, managed, methods } = table as unknown as Pick<Raw, 'data' | 'managed'> & { methods: Record<string, Record<string, RawMethod>> };
    Object.assign(tables.data, data);
    Object.assign(tables.managed, managed);
    for (const [type, more] of Object.entries(methods)) Object.assign(tables.managed[type]![3], more);
  }
  return tables;
}

interface Beside {
  readonly raw: Raw;
  readonly versions: readonly Version[];
}

const beside = new Map<string, Beside>();
/** The tables of vim25 and of every service that is in use. */
const tables: Pick<Raw, Table>[] = [];

function allTables(): readonly Pick<Raw, Table>[] {
  if (tables.length === 0) tables.push(raw.get());
  return tables;
}

/** An entry of any of the tables. */
function entryOf<T extends Table>(table: T, name: string): Raw[T][string] | undefined {
  for (const one of allTables()) if (Object.hasOwn(one[table], name)) return one[table][name] as Raw[T][string];
  return undefined;
}

type RawBeside = Omit<Raw, 'versions'> & { readonly versions: [name: string, api: string, own: number[], vim25: string][] };

/** Reads the tables of the service with that XML namespace ('urn:pbm'), once. False when there are none. */
export function useNamespace(namespace: string): boolean {
  if (beside.has(namespace)) return true;
  const file = catalogueOf(namespace);
  if (file === undefined) return false;
  allTables();
  const table = (name: string): unknown => JSON.parse(readFileSync(new URL(`namespaces/${name}.json`, import.meta.url), 'utf8'));
  const read = table(file) as RawBeside;
  const { more } = NAMESPACES[namespace]!;
  if (more !== undefined) addUndocumented(read, table(more) as Parameters<typeof addUndocumented>[1]);
  // Versions are counted on from those that are known, so that a version of the service can hold some of each.
  const offset = versions().length + [...beside.values()].reduce((sum, one) => sum + one.versions.length, 0);
  const moved = ([name, type, since, ...rest]: RawField): RawField => [name, type, since + offset, ...rest];
  for (const entry of Object.values(read.data)) [entry[1], entry[2]] = [entry[1] + offset, entry[2].map(moved)];
  for (const entry of Object.values(read.enums)) entry[0] += offset;
  for (const entry of Object.values(read.managed)) {
    [entry[1], entry[2]] = [entry[1] + offset, entry[2].map(moved)];
    for (const item of Object.values(entry[3])) [item[0], item[1]] = [item[0] + offset, item[1].map(moved)];
  }
  const own = read.versions.map(([name, api, parents, vim25], at): Version => {
    const shared = versions().find((one) => one.name === vim25)?.includes ?? [];
    return { index: offset + at, name, api, namespace, includes: new Set([...shared, ...[...parents, at].map((index) => index + offset)]) };
  });
  // A Task of such a service is read through vim25: its versions know what a service of their time says.
  for (const one of versions()) for (const version of own) if ([...version.includes].every((index) => index >= versions().length || one.includes.has(index))) (one.includes as Set<number>).add(version.index);
  tables.push(read);
  beside.set(namespace, { raw: read as unknown as Raw, versions: own });
  owners = undefined;
  return true;
}

function addUndocumented(read: RawBeside, more: Pick<Raw, 'data'> & { readonly methods: Readonly<Record<string, Record<string, RawMethod>>> }): void {
  Object.assign(read.data, more.data);
  for (const [type, methods] of Object.entries(more.methods)) Object.assign(read.managed[type]![3], methods);
}

/** The versions of a service's namespace that need nothing newer than `server` has, oldest first. */
export function versionsBeside(namespace: string, server: Version): readonly Version[] {
  if (!useNamespace(namespace)) return [];
  return beside.get(namespace)!.versions.filter((one) => [...one.includes].every((index) => index >= versions().length || server.includes.has(index)));
}

/** The version of a service's namespace that is called `api`, or the newest that needs nothing newer than `server` has. */
export function versionBeside(namespace: string, api: string | undefined, server: Version): Version | undefined {
  const known = versionsBeside(namespace, server);
  return known.findLast((one) => one.api === api) ?? known.at(-1);
}

const dataTypes = new Map<string, DataType>();
const enumTypes = new Map<string, EnumType>();
const managedTypes = new Map<string, ManagedType>();

/** Where the tables come from, for example 'pyvmomi 9.1.1.0'. */
export const schemaSource = (): string => raw.get().source;

/** True for a type or method that belongs to vim25 itself, and not to vslm, whose tables are kept with vim25's, nor for a type of another service. */
export function isOfVim25(name: string): boolean {
  const besides = [...beside.values()].flatMap(({ raw: { data, enums, managed } }): object[] => [data, enums, managed]);
  return ![vslm.data, vslm.managed, ...Object.values(vslm.methods), ...besides].some((table) => Object.hasOwn(table, name));
}

/** What kind of thing a WSDL type name is, or null when vim25 has no such name. */
export function kindOf(name: string): TypeKind | null {
  if (PRIMITIVES.has(name)) return 'primitive';
  for (const { data, enums, managed } of allTables()) {
    if (Object.hasOwn(data, name)) return 'data';
    if (Object.hasOwn(enums, name)) return 'enum';
    if (name === 'ManagedObjectReference' || Object.hasOwn(managed, name)) return 'managed';
  }
  return null;
}

function field(entry: RawField): Field {
  const [name, spelled, since, flags, privilege = ''] = entry;
  const array = spelled.endsWith('[]');
  const type = array ? spelled.slice(0, -2) : spelled;
  return {
    name,
    type,
    kind: kindOf(type) ?? 'primitive',
    array,
    optional: flags.includes('?'),
    secret: flags.includes('s'),
    since,
    privilege,
  };
}

const byName = (fields: readonly Field[]): ReadonlyMap<string, Field> => new Map(fields.map((f) => [f.name, f]));

/** The data object type of that WSDL name, or undefined. */
export function dataType(name: string): DataType | undefined {
  const known = dataTypes.get(name);
  if (known) return known;
  const found = entryOf('data', name);
  if (!found) return undefined;
  const [base, since, entries] = found;
  const own = entries.map(field);
  const fields = base === null ? own : [...dataType(base)!.fields, ...own];
  const made: DataType = { kind: 'data', name, base, since, own, fields, byName: byName(fields) };
  dataTypes.set(name, made);
  return made;
}

/** The enum of that WSDL name, or undefined. */
export function enumType(name: string): EnumType | undefined {
  const known = enumTypes.get(name);
  if (known) return known;
  const found = entryOf('enums', name);
  if (!found) return undefined;
  const [since, values] = found;
  const made: EnumType = { kind: 'enum', name, since, values: new Set(values) };
  enumTypes.set(name, made);
  return made;
}

function method(owner: string, name: string, [since, params, result, privilege, faults, taskResult = '', taskName = '']: RawMethod): Method {
  const optional = result.endsWith('?');
  const spelled = optional ? result.slice(0, -1) : result;
  return {
    name,
    owner,
    since,
    params: params.map(field),
    result: spelled === 'void' ? null : field(['returnval', spelled, since, optional ? '?' : '']),
    privilege,
    faults,
    isTask: taskResult !== '',
    taskResult,
    taskName: taskName === '' ? '' : `${owner}.${taskName}`,
  };
}

/** The managed object type of that WSDL name, or undefined. */
export function managedType(name: string): ManagedType | undefined {
  const known = managedTypes.get(name);
  if (known) return known;
  const found = entryOf('managed', name);
  if (!found) return undefined;
  const [base, since, props, methods] = found;
  const parent = base === null ? undefined : managedType(base);
  const properties = [...(parent?.properties ?? []), ...props.map(field)];
  const table = new Map(parent?.methods ?? []);
  for (const [key, entry] of Object.entries(methods)) table.set(key, method(name, key, entry));
  const made: ManagedType = { kind: 'managed', name, base, since, properties, byName: byName(properties), methods: table };
  managedTypes.set(name, made);
  return made;
}

/** True when the tables of that type are not read yet: it belongs to a service whose namespace nobody used. */
export const isWaiting = (type: string): boolean => {
  const namespace = namespaceOfType(type);
  return namespace !== undefined && !beside.has(namespace);
};

/** Reads the tables of every service. */
export const useAllNamespaces = (): void => Object.keys(NAMESPACES).forEach((namespace) => void useNamespace(namespace));

let owners: ReadonlyMap<string, readonly string[]> | undefined;

/** The managed object types that declare a method of this wire name; empty when vim25 knows no such method. */
export function ownersOf(methodName: string): readonly string[] {
  if (!owners) {
    const table = new Map<string, string[]>();
    for (const { managed } of allTables()) {
      for (const [type, entry] of Object.entries(managed)) for (const name of Object.keys(entry[3])) table.set(name, [...(table.get(name) ?? []), type]);
    }
    owners = table;
  }
  return owners.get(methodName) ?? [];
}

/** True when `name` is `ancestor` or inherits from it (data objects and managed objects). */
export function isSubtype(name: string, ancestor: string): boolean {
  let current: string | null = name;
  while (current !== null) {
    if (current === ancestor) return true;
    const entry: readonly [string | null, ...unknown[]] | undefined = entryOf('data', current) ?? entryOf('managed', current);
    if (entry === undefined) return false;
    current = entry[0];
  }
  return false;
}

/** Every name of one kind, sorted: those of vim25, or those of a service beside it. */
export function typeNames(kind: 'data' | 'enum' | 'managed', namespace?: string): readonly string[] {
  if (namespace !== undefined && !useNamespace(namespace)) return [];
  const tables = namespace === undefined ? raw.get() : beside.get(namespace)!.raw;
  return Object.keys(kind === 'data' ? tables.data : kind === 'enum' ? tables.enums : tables.managed).sort();
}

const versionTable = new Lazy<readonly Version[]>(() =>
  raw.get().versions.map(([name, api, parents], index) => ({ index, name, api, includes: new Set([...parents, index]) })),
);

/** All versions, oldest first. */
export const versions = (): readonly Version[] => versionTable.get();

/** The newest version whose API name is `api` ('6.0', '8.0.3.0'); undefined when there is none. */
export const versionOf = (api: string): Version | undefined => versions().findLast((v) => v.api === api && api !== '');

/** The newest version of the tables. */
export const latestVersion = (): Version => versions().findLast((v) => v.api !== '')!;
