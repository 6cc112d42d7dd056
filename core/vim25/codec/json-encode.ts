// From typed values to the JSON text of the VI/JSON protocol, one writer per API version. What a version does not know is
// left out or written as its ancestor, by the rules of encode.ts.
//
//   data object   {"_typeName": "Description", …}      reference  {"_typeName": "ManagedObjectReference", "type", "value"}
//   in an anyType position what is not an object is wrapped: {"_typeName": "int" | "ArrayOfInt" | …, "_value": …}
import type { Fault } from '../fault.ts';
import { isFault } from '../fault.ts';
import { isReference } from '../reference.ts';
import { dataType, enumType, kindOf, latestVersion, type Field, type TypeKind, type Version } from '../schema.ts';
import { arrayOf, isTyped } from '../values.ts';
import { itemTypeOf } from './decode.ts';
import { encoderFor, PropertyValue, type Encoder } from './encode.ts';
import { base64Text, dateText } from './scalar.ts';

type Values = Readonly<Record<string, unknown>>;

const isNothing = (value: unknown): value is null | undefined => value === undefined || value === null;

export class JsonEncoder {
  private readonly version: Version;
  private readonly types: Encoder;

  constructor(version: Version = latestVersion()) {
    this.version = version;
    this.types = encoderFor(version);
  }

  /** A field, parameter or result; '' when it is unset, or nothing of it is known to the version. */
  field(field: Field, value: unknown): string {
    if (isNothing(value)) return '';
    if (!field.array) return this.item(field.type, field.kind, value);
    const items = list(field.name, value);
    return items.length === 0 && field.optional ? '' : this.array(field, items);
  }

  /** A value in an anyType position, where it tells its own type (see values.ts). */
  any(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return wrapped('string', JSON.stringify(value));
      case 'boolean':
        return wrapped('boolean', String(value));
      case 'number':
        return wrapped(numberType(value), scalar(numberType(value), value));
      case 'bigint':
        return wrapped('long', String(value));
      case 'object':
        return value === null ? '' : this.anyObject(value);
      case 'undefined':
        return '';
      default:
        throw new TypeError(`a ${typeof value} cannot be written`);
    }
  }

  /** The body of a refused call: the fault with what a person reads. Never throws. */
  fault(error: Fault | Error): string {
    const thrown = isFault(error) ? error : undefined;
    const text = `"faultstring":${JSON.stringify(error.message)}`;
    try {
      const type = (thrown && this.types.knownType(thrown.type, 'MethodFault')) ?? 'SystemError';
      return `{"_typeName":"${type}",${text}${this.members(thrown ? (thrown.detail as unknown as Values) : { reason: error.message }, type)}}`;
    } catch (problem) {
      return `{"_typeName":"SystemError",${text},"reason":${JSON.stringify((problem as Error).message)}}`;
    }
  }

  private anyObject(value: object): string {
    if (value instanceof PropertyValue) {
      const { field } = value;
      if (isNothing(value.value)) return '';
      return field.array
        ? wrapped(arrayOf(field.type, field.kind === 'managed'), this.array(field, list(field.name, value.value)))
        : this.anyItem(field.type, field.kind, value.value);
    }
    if (value instanceof Date) return this.anyItem('dateTime', 'primitive', value);
    if (value instanceof Uint8Array) return this.anyItem('base64Binary', 'primitive', value);
    if (isTyped(value)) return this.anyTyped(value._type, value._value);
    if (isReference(value)) return reference(value);
    const type = (value as { _type?: unknown })._type;
    if (typeof type === 'string') return this.data(value, type);
    throw new TypeError(`${Array.isArray(value) ? 'an array' : 'an object without _type'} tells no type here; use typed() or make()`);
  }

  private anyTyped(type: string, value: unknown): string {
    if (isNothing(value)) return '';
    const bare = type.startsWith('xsd:') ? type.slice(4) : type;
    const kind = kindOf(bare);
    if (kind) return this.anyItem(bare, kind, value);
    const item = itemTypeOf(type);
    if (!item) throw new TypeError(`vim25 has no type ${type}`);
    return wrapped(type, this.array(item, list(type, value)));
  }

  /** An item with its type name, whatever it is. */
  private anyItem(type: string, kind: TypeKind, value: unknown): string {
    const text = this.item(type, kind, value);
    if (text === '' || kind === 'data' || kind === 'managed' || type === 'anyType') return text;
    if (kind === 'enum') return wrapped(this.version.includes.has(enumType(type)!.since) ? type : 'string', text);
    return wrapped(type === 'base64Binary' ? 'binary' : type, text);
  }

  private array({ type, kind }: Field, items: readonly unknown[]): string {
    return `[${items.map((item) => (isNothing(item) ? '' : this.item(type, kind, item))).filter((text) => text !== '').join(',')}]`;
  }

  private item(type: string, kind: TypeKind, value: unknown): string {
    switch (kind) {
      case 'primitive':
        return type === 'anyType' ? this.any(value) : scalar(type, value);
      case 'enum':
        return value === '' ? '' : JSON.stringify(value);
      case 'managed':
        return reference(value as { type: string; value: string });
      case 'data':
        return this.data(value as object, type);
    }
  }

  private data(value: object, declared: string): string {
    // A DynamicProperty or PropertyChange of a property that the version does not know is left out whole.
    const held = (value as { val?: unknown }).val;
    if (held instanceof PropertyValue && !this.version.includes.has(held.field.since)) return '';
    const actual = this.types.knownType((value as { _type?: string })._type ?? declared, declared);
    return actual === undefined ? '' : `{"_typeName":"${actual}"${this.members(value as Values, actual)}}`;
  }

  private members(value: Values, type: string): string {
    let out = '';
    for (const field of dataType(type)!.fields) {
      if (!this.version.includes.has(field.since)) continue;
      const text = this.field(field, value[field.name]);
      if (text !== '') out += `,"${field.name}":${text}`;
    }
    return out;
  }
}

const wrapped = (type: string, text: string): string => `{"_typeName":"${type}","_value":${text}}`;

const reference = ({ type, value }: { readonly type: string; readonly value: string }): string =>
  `{"_typeName":"ManagedObjectReference","type":${JSON.stringify(type)},"value":${JSON.stringify(value)}}`;

function list(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Uint8Array) return Array.from(value, (byte) => (byte << 24) >> 24);
  throw new TypeError(`${name} needs an array, not ${typeof value}`);
}

function numberType(value: number): string {
  if (!Number.isInteger(value) || Object.is(value, -0)) return 'double';
  if (value >= -2147483648 && value <= 2147483647) return 'int';
  return Number.isSafeInteger(value) ? 'long' : 'double';
}

/** JSON has no word for what is not finite: those are strings, as in Java. */
function scalar(type: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      if (value instanceof Date) return `"${dateText(value)}"`;
      if (value instanceof Uint8Array) return `"${base64Text(value)}"`;
      throw new TypeError(`${JSON.stringify(value)} is not a ${type}`);
  }
}
