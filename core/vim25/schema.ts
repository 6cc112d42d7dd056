// The only door to the type tables of vim25. Descriptors are built on first use from schema.json;
// nothing else in the project knows the layout of that file (scripts/schema/README.md describes it).
import { readFileSync } from 'node:fs';
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
}

type RawField = [name: string, type: string, since: number, flags: string, privilege?: string];
type RawMethod = [since: number, params: RawField[], result: string, privilege: string, faults: string[], taskResult?: string, taskName?: string];
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

const dataTypes = new Map<string, DataType>();
const enumTypes = new Map<string, EnumType>();
const managedTypes = new Map<string, ManagedType>();

/** Where the tables come from, for example 'pyvmomi 9.1.1.0'. */
export const schemaSource = (): string => raw.get().source;

/** True for a type or method that belongs to vim25 itself, and not to a service beside it (vslm) whose tables are kept with vim25's. */
export const isOfVim25 = (name: string): boolean => ![vslm.data, vslm.managed, ...Object.values(vslm.methods)].some((table) => Object.hasOwn(table, name));

/** What kind of thing a WSDL type name is, or null when vim25 has no such name. */
export function kindOf(name: string): TypeKind | null {
  if (PRIMITIVES.has(name)) return 'primitive';
  const tables = raw.get();
  if (Object.hasOwn(tables.data, name)) return 'data';
  if (Object.hasOwn(tables.enums, name)) return 'enum';
  if (name === 'ManagedObjectReference' || Object.hasOwn(tables.managed, name)) return 'managed';
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
  const tables = raw.get().data;
  if (!Object.hasOwn(tables, name)) return undefined;
  const [base, since, entries] = tables[name]!;
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
  const tables = raw.get().enums;
  if (!Object.hasOwn(tables, name)) return undefined;
  const [since, values] = tables[name]!;
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
  const tables = raw.get().managed;
  if (!Object.hasOwn(tables, name)) return undefined;
  const [base, since, props, methods] = tables[name]!;
  const parent = base === null ? undefined : managedType(base);
  const properties = [...(parent?.properties ?? []), ...props.map(field)];
  const table = new Map(parent?.methods ?? []);
  for (const [key, entry] of Object.entries(methods)) table.set(key, method(name, key, entry));
  const made: ManagedType = { kind: 'managed', name, base, since, properties, byName: byName(properties), methods: table };
  managedTypes.set(name, made);
  return made;
}

let owners: ReadonlyMap<string, readonly string[]> | undefined;

/** The managed object types that declare a method of this wire name; empty when vim25 knows no such method. */
export function ownersOf(methodName: string): readonly string[] {
  if (!owners) {
    const table = new Map<string, string[]>();
    for (const [type, entry] of Object.entries(raw.get().managed)) {
      for (const name of Object.keys(entry[3])) table.set(name, [...(table.get(name) ?? []), type]);
    }
    owners = table;
  }
  return owners.get(methodName) ?? [];
}

/** True when `name` is `ancestor` or inherits from it (data objects and managed objects). */
export function isSubtype(name: string, ancestor: string): boolean {
  const tables = raw.get();
  let current: string | null = name;
  while (current !== null) {
    if (current === ancestor) return true;
    if (Object.hasOwn(tables.data, current)) current = tables.data[current]![0];
    else if (Object.hasOwn(tables.managed, current)) current = tables.managed[current]![0];
    else return false;
  }
  return false;
}

/** Every name of one kind, sorted. */
export function typeNames(kind: 'data' | 'enum' | 'managed'): readonly string[] {
  const tables = raw.get();
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
