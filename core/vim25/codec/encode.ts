// From typed values to XML text, one Encoder per API version. Writers are compiled from the schema on first use; the
// inner XML of values is kept by identity, so values must not be changed after they were written through a cache.
//
// What a version does not know: a field introduced later is not written; a data object whose type is newer is written
// as its nearest older ancestor that the declared type still allows, and left out when only DynamicData would remain;
// a value of a newer enum in an anyType position is written as a string. An unset or empty enum is never written.
import type { DataType, Field, Version } from '../schema.ts';
import { NAMESPACES } from '../namespaces.ts';
import { dataType, enumType, isSubtype, kindOf, latestVersion, typeNames, useAllNamespaces } from '../schema.ts';
import type { ManagedObjectReference } from '../reference.ts';
import { isReference } from '../reference.ts';
import { arrayOf, isTyped } from '../values.ts';
import { itemTypeOf } from './decode.ts';
import { base64Text, dateText, doubleText, escapeAttribute, escapeText } from './scalar.ts';
import { XmlCache } from './xml-cache.ts';

/** A value whose declared type is known, for anyType positions (DynamicProperty.val, PropertyChange.val, Fetch). */
export class PropertyValue {
  readonly field: Field;
  readonly value: unknown;
  constructor(field: Field, value: unknown) {
    this.field = field;
    this.value = value;
  }
}

type Values = Readonly<Record<string, unknown>>;
type DynamicProperty = { readonly name: string; readonly val: unknown };
type Writer = (owner: Values) => string;

const isNothing = (value: unknown): value is null | undefined => value === undefined || value === null;

/** Made anew for every reply, so there is nothing to gain from keeping their XML, unless a value says otherwise. */
const FLEETING = new Set([
  'ObjectContent', 'DynamicProperty', 'RetrieveResult', 'UpdateSet', 'PropertyFilterUpdate', 'ObjectUpdate', 'PropertyChange',
]);

/** A value of a fleeting type that has this property is the same object in many replies: its XML is worth keeping. */
export const KEEP = Symbol('keep XML');

export class Encoder {
  readonly version: Version;
  private readonly cache: XmlCache | undefined;
  private readonly writers = new Map<string, readonly Writer[]>();
  private readonly downgrades = new Map<string, string>();
  private readonly current = new Map<string, boolean>();

  /** What the name of a type is prefixed with in xsi:type: nothing in vim25's own namespace. */
  private readonly prefix: (type: string) => string;

  constructor(version: Version, options: { readonly cache?: boolean } = {}) {
    this.version = version;
    this.prefix = version.namespace === undefined ? () => '' : prefixes(version.namespace);
    this.cache = options.cache === false ? undefined : new XmlCache();
  }

  /** A field, parameter or result; one element per item when it is an array, '' when unset or newer than the version. */
  field(name: string, field: Field, value: unknown): string {
    if (isNothing(value) || !this.version.includes.has(field.since)) return '';
    if (!field.array) return this.one(name, field, value);
    let out = '';
    for (const item of itemsOf(name, value)) out += this.one(name, field, item);
    return out;
  }

  /** An anyType element around a value of the declared type. */
  anyProperty(name: string, field: Field, value: unknown): string {
    if (isNothing(value)) return '';
    if (!field.array) return this.typedItem(name, field.type, field.kind, value);
    return this.arrayElement(name, arrayOf(field.type, field.kind === 'managed'), field, value);
  }

  /** An anyType element around a value that tells its own type (see values.ts). */
  any(name: string, value: unknown): string {
    switch (typeof value) {
      case 'string':
        return `<${name} xsi:type="xsd:string">${escapeText(value)}</${name}>`;
      case 'boolean':
        return `<${name} xsi:type="xsd:boolean">${value}</${name}>`;
      case 'number':
        return this.typedItem(name, numberType(value), 'primitive', value);
      case 'bigint':
        return this.typedItem(name, 'long', 'primitive', value);
      case 'object':
        return value === null ? '' : this.anyObject(name, value);
      case 'undefined':
        return '';
      default:
        throw new TypeError(`<${name}>: a ${typeof value} cannot be written`);
    }
  }

  /** Inner XML of a data object written as `type`. */
  inner(value: object, type: string): string {
    const { cache } = this;
    if (!cache || (FLEETING.has(type) && !(KEEP in value))) return this.compose(value as Values, type);
    const known = cache.get(value, type);
    if (known !== undefined) return known;
    const xml = this.compose(value as Values, type);
    cache.set(value, type, xml);
    return xml;
  }

  /** The type a data object is written as: its own, or the nearest ancestor the version knows; undefined for none. */
  knownType(actual: string, declared: string | undefined): string | undefined {
    if (actual === declared && this.current.get(actual)) return actual;
    const key = declared === undefined ? actual : `${actual} ${declared}`;
    let known = this.downgrades.get(key);
    if (known === undefined) {
      this.downgrades.set(key, (known = this.findKnownType(actual, declared)));
      if (known === actual && actual === declared) this.current.set(actual, true);
    }
    return known === '' ? undefined : known;
  }

  /** The name of a type as xsi:type says it. */
  typeName(type: string): string {
    return this.prefix(type) + type;
  }

  private findKnownType(actual: string, declared: string | undefined): string {
    if (declared !== undefined && declared !== actual && !isSubtype(actual, declared)) {
      throw new TypeError(`${actual} is not a ${declared}`);
    }
    for (let name: string | null = actual; name !== null;) {
      // A value that was kept since before its service was used.
      const type: DataType | undefined = dataType(name) ?? (useAllNamespaces(), dataType(name));
      if (!type) throw new TypeError(`no data object type is called ${name}`);
      if (this.version.includes.has(type.since) && (name !== 'DynamicData' || actual === name)) return name;
      if (name === declared) return '';
      name = type.base;
    }
    return '';
  }

  private anyObject(name: string, value: object): string {
    if (value instanceof PropertyValue) return this.anyProperty(name, value.field, value.value);
    if (value instanceof Date) return this.typedItem(name, 'dateTime', 'primitive', value);
    if (value instanceof Uint8Array) return this.typedItem(name, 'base64Binary', 'primitive', value);
    if (isTyped(value)) return this.anyTyped(name, value._type, value._value);
    if (isReference(value)) return this.typedItem(name, 'ManagedObjectReference', 'managed', value);
    const type = (value as { _type?: unknown })._type;
    if (typeof type === 'string') return this.typedItem(name, type, 'data', value);
    throw new TypeError(
      `<${name}>: ${Array.isArray(value) ? 'an array' : 'an object without _type'} tells no type here; use typed() or make()`,
    );
  }

  private anyTyped(name: string, type: string, value: unknown): string {
    if (isNothing(value)) return '';
    const bare = type.startsWith('xsd:') ? type.slice(4) : type;
    const kind = kindOf(bare);
    if (kind) return this.typedItem(name, bare, kind, value);
    const item = itemTypeOf(type);
    if (!item) throw new TypeError(`<${name}>: vim25 has no type ${type}`);
    return this.arrayElement(name, type, item, value);
  }

  private arrayElement(name: string, type: string, field: Field, value: unknown): string {
    const items = itemsOf(name, value);
    let xml = this.cache?.get(items, type);
    if (xml === undefined) {
      xml = '';
      const itemName = field.kind === 'managed' ? 'ManagedObjectReference' : field.type;
      for (const item of items) xml += this.typedItem(itemName, field.type, field.kind, item);
      this.cache?.set(items, type, xml);
    }
    return `<${name} xsi:type="${this.prefix(type)}${type}">${xml}</${name}>`;
  }

  /** An element that always carries xsi:type: anyType values and items of ArrayOf… values. */
  private typedItem(name: string, type: string, kind: Field['kind'], value: unknown): string {
    if (isNothing(value)) return '';
    switch (kind) {
      case 'primitive':
        if (type === 'anyType') return this.any(name, value);
        return `<${name} xsi:type="xsd:${type}">${scalarText(type, value)}</${name}>`;
      case 'enum':
        if (value === '') return '';
        return `<${name} xsi:type="${this.enumName(type)}">${escapeText(value as string)}</${name}>`;
      case 'managed':
        return referenceElement(name, value as ManagedObjectReference, ` xsi:type="${this.prefix(type)}ManagedObjectReference"`);
      case 'data': {
        const actual = this.knownType((value as { _type?: string })._type ?? type, type);
        return actual ? `<${name} xsi:type="${this.prefix(actual)}${actual}">${this.inner(value as object, actual)}</${name}>` : '';
      }
    }
  }

  private enumName(type: string): string {
    return this.version.includes.has(enumType(type)!.since) ? this.prefix(type) + type : 'xsd:string';
  }

  private one(name: string, field: Field, value: unknown): string {
    if (isNothing(value)) return '';
    switch (field.kind) {
      case 'primitive':
        if (field.type === 'anyType') return this.any(name, value);
        return `<${name}>${scalarText(field.type, value)}</${name}>`;
      case 'enum':
        return value === '' ? '' : `<${name}>${escapeText(value as string)}</${name}>`;
      case 'managed':
        return referenceElement(name, value as ManagedObjectReference, '');
      case 'data':
        return this.data(name, field.type, value);
    }
  }

  private data(name: string, declared: string, value: unknown): string {
    if (typeof value !== 'object' || value === null) {
      throw new TypeError(`<${name}> needs a ${declared}, not ${JSON.stringify(value)}`);
    }
    // A DynamicProperty or PropertyChange of a property that the version does not know is left out whole.
    const held = (value as { val?: unknown }).val;
    if (held instanceof PropertyValue && !this.version.includes.has(held.field.since)) return '';
    const stated = (value as { _type?: string })._type ?? declared;
    const actual = this.knownType(stated, declared);
    if (actual === undefined) return '';
    const xsiType = actual === declared ? '' : ` xsi:type="${this.prefix(actual)}${actual}"`;
    return `<${name}${xsiType}>${this.inner(value, actual)}</${name}>`;
  }

  private compose(value: Values, type: string): string {
    if (type === 'DynamicProperty') return this.property(value as unknown as DynamicProperty);
    let writers = this.writers.get(type);
    if (!writers) this.writers.set(type, (writers = this.compile(type)));
    let out = '';
    for (const write of writers) out += write(value);
    return out;
  }

  /** Every value of every read passes here. */
  private property({ name, val }: DynamicProperty): string {
    const xml = val instanceof PropertyValue ? this.anyProperty('val', val.field, val.value) : this.any('val', val);
    return `<name>${escapeText(name)}</name>${xml}`;
  }

  private compile(type: string): readonly Writer[] {
    const known = dataType(type)!.fields.filter((field) => this.version.includes.has(field.since));
    return known.map((field) => this.writer(field));
  }

  private writer(field: Field): Writer {
    const { name, type, kind } = field;
    const [open, close] = [`<${name}>`, `</${name}>`];
    if (field.array || kind === 'data' || type === 'anyType') return (owner) => this.field(name, field, owner[name]);
    if (kind === 'managed') {
      return (owner) => {
        const value = owner[name] as ManagedObjectReference | undefined;
        return isNothing(value) ? '' : referenceElement(name, value, '');
      };
    }
    const empty = kind === 'enum' ? '' : undefined;
    return (owner) => {
      const value = owner[name];
      return isNothing(value) || value === empty ? '' : open + scalarText(type, value) + close;
    };
  }
}

/** In another namespace every type says whose it is: vim25's own, too. */
function prefixes(namespace: string): (type: string) => string {
  const { prefix } = NAMESPACES[namespace]!;
  if (prefix === '') return () => '';
  const own = `${prefix}:`;
  const names = new Set((['data', 'enum'] as const).flatMap((kind) => typeNames(kind, namespace)));
  return (type) => (names.has(type.replace(/^ArrayOf/, '')) ? own : 'vim25:');
}

function itemsOf(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Uint8Array) return Array.from(value, (byte) => (byte << 24) >> 24);
  throw new TypeError(`<${name}> needs an array, not ${typeof value}`);
}

function numberType(value: number): string {
  if (!Number.isInteger(value) || Object.is(value, -0)) return 'double';
  if (value >= -2147483648 && value <= 2147483647) return 'int';
  return Number.isSafeInteger(value) ? 'long' : 'double';
}

function scalarText(type: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return escapeText(value);
    case 'number':
      return type === 'double' || type === 'float' ? doubleText(value) : integerText(type, value);
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      if (value instanceof Date) return dateText(value);
      if (value instanceof Uint8Array) return base64Text(value);
      throw new TypeError(`${JSON.stringify(value)} is not a ${type}`);
  }
}

function integerText(type: string, value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  if (Number.isInteger(value)) return BigInt(value).toString();
  throw new TypeError(`${value} is not a ${type}`);
}

function referenceElement(name: string, value: ManagedObjectReference, xsiType: string): string {
  const type = value.type === '' ? '' : ` type="${escapeAttribute(value.type)}"`;
  return `<${name}${type}${xsiType}>${escapeText(value.value)}</${name}>`;
}

const encoders = new Map<number, Encoder>();

/** The shared, caching encoder of a version; the newest version when none is given. */
export function encoderFor(version: Version = latestVersion()): Encoder {
  let encoder = encoders.get(version.index);
  if (!encoder) encoders.set(version.index, (encoder = new Encoder(version)));
  return encoder;
}

/** A field, parameter or result as XML; '' when unset. */
export const encodeField = (name: string, field: Field, value: unknown, version?: Version): string =>
  encoderFor(version).field(name, field, value);

/** An anyType element whose real type is known from a Field. */
export const encodeAnyProperty = (name: string, field: Field, value: unknown, version?: Version): string =>
  encoderFor(version).anyProperty(name, field, value);
