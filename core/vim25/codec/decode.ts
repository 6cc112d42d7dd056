// From parsed elements to typed values, driven by the schema. Knows no SOAP and no XML syntax.
//
// Strict (the default, for servers) refuses what vim25 has no word for; lenient (for clients) skips it, because a
// newer server may say more than these tables know. Both take an empty enum element as unset.
import type { Fault } from '../fault.ts';
import { fault } from '../fault.ts';
import type { DataType, Field } from '../schema.ts';
import { dataType, enumType, isSubtype, kindOf } from '../schema.ts';
import { reference } from '../reference.ts';
import { typed } from '../values.ts';
import { parseScalar, rangeOf } from './scalar.ts';
import type { XmlElement } from './xml.ts';
import { pathOf } from './xml.ts';

export interface DecodeOptions {
  /** Skip unknown elements, fall back from unknown types, keep unknown enum values. */
  readonly lenient?: boolean;
  /** Refuse data objects without a required field. Off by default: real clients send partial specs. */
  readonly strictRequired?: boolean;
  /** Told the path of every missing required field when strictRequired is off. */
  readonly onMissing?: (path: string) => void;
  /** Told what was left out when lenient: `Type.field`, or an unknown type. */
  readonly onSkipped?: (what: string) => void;
}

type Values = Record<string, unknown>;

const refuse = (element: XmlElement, problem: string): Fault =>
  fault('InvalidRequest', {}, `${pathOf(element)}: ${problem}`);

const quote = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;

/** The value of one element as the schema declares it; for an array field this is one item. undefined means unset. */
export function decodeField(element: XmlElement, field: Field, options: DecodeOptions = {}): unknown {
  if (element.nil) return undefined;
  switch (field.kind) {
    case 'primitive':
      return field.type === 'anyType' ? decodeAny(element, options) : decodeScalar(element, field.type, options);
    case 'enum':
      return decodeEnum(element, field.type, options);
    case 'managed':
      return decodeReference(element, options);
    case 'data':
      return decodeData(element, field.type, options);
  }
}

/** Puts one child element into `target` under the field's name, as a value or one more array item. */
export function addField(target: Values, element: XmlElement, field: Field, options: DecodeOptions): void {
  const value = decodeField(element, field, options);
  if (value === undefined) return;
  const { name } = field;
  if (field.array) {
    const items = target[name] as unknown[] | undefined;
    if (items) items.push(value);
    else target[name] = [value];
    return;
  }
  if (target[name] !== undefined && !options.lenient) throw refuse(element, 'is given twice, and is not an array');
  target[name] = value;
}

/** A data object of the element's xsi:type, or of the declared type when it says none. `_type` is always set. */
export function decodeData(element: XmlElement, declared: string, options: DecodeOptions = {}): Values {
  const type = actualType(element, declared, options);
  const out: Values = { _type: type.name };
  const { byName } = type;
  for (const child of element.children) {
    const field = byName.get(child.name);
    if (field) addField(out, child, field, options);
    // DynamicData of API 2.x had these two; old client libraries still write them.
    else if (!options.lenient && child.name !== 'dynamicType' && child.name !== 'dynamicProperty') {
      throw refuse(child, `${type.name} has no field ${quote(child.name)}`);
    } else options.onSkipped?.(`${type.name}.${child.name}`);
  }
  for (const field of requiredFields(type)) {
    if (out[field.name] !== undefined) continue;
    if (field.array) out[field.name] = [];
    else if (options.strictRequired) throw missing(element, field.name, type.name);
    else options.onMissing?.(`${pathOf(element)}.${field.name}`);
  }
  return out;
}

/** The value of an anyType element, by its xsi:type. See values.ts for what stands plain and what is a Typed. */
export function decodeAny(element: XmlElement, options: DecodeOptions = {}): unknown {
  if (element.nil) return undefined;
  const name = element.xsiType;
  if (name === undefined) return decodeUntyped(element, options);
  switch (kindOf(name)) {
    case 'primitive':
      return name === 'anyType' ? decodeUntyped(element, options) : plainOrTyped(name, decodeScalar(element, name, options));
    case 'enum': {
      const value = decodeEnum(element, name, options);
      return value === undefined ? undefined : typed(name, value);
    }
    case 'managed':
      return decodeReference(element, options);
    case 'data':
      return decodeData(element, name, options);
    case null: {
      const item = itemTypeOf(name);
      if (item) return typed(name, decodeItems(element, item, options));
      if (options.lenient) return element.children.length === 0 ? element.text : undefined;
      throw refuse(element, `unknown xsi:type ${quote(name)}`);
    }
  }
}

/** The item type of an 'ArrayOf…' name as a field to decode or encode items with; undefined when there is no such array. */
export function itemTypeOf(arrayName: string): Field | undefined {
  if (!arrayName.startsWith('ArrayOf') || arrayName.length === 7) return undefined;
  const upper = arrayName.slice(7);
  for (const name of [upper, upper[0]!.toLowerCase() + upper.slice(1)]) {
    const kind = kindOf(name);
    if (kind) return { name, type: name, kind, array: false, optional: false, secret: false, since: 0, privilege: '' };
  }
  return undefined;
}

function decodeItems(element: XmlElement, item: Field, options: DecodeOptions): unknown[] {
  const items: unknown[] = [];
  for (const child of element.children) {
    const value = decodeField(child, item, options);
    if (value !== undefined) items.push(value);
  }
  return items;
}

function decodeUntyped(element: XmlElement, options: DecodeOptions): unknown {
  if (element.children.length === 0) {
    return element.refType === undefined ? element.text : reference(element.refType, element.text);
  }
  if (options.lenient) return undefined;
  throw refuse(element, 'needs an xsi:type, because any type is allowed here');
}

const PLAIN = new Set(['string', 'boolean', 'int', 'dateTime', 'base64Binary']);

function plainOrTyped(type: string, value: unknown): unknown {
  return PLAIN.has(type) || value === undefined ? value : typed(`xsd:${type}`, value);
}

function decodeScalar(element: XmlElement, type: string, options: DecodeOptions): unknown {
  if (element.children.length > 0) {
    if (options.lenient) return undefined;
    throw refuse(element, `a ${type} is needed, not elements (${quote(element.children[0]!.name)})`);
  }
  const value = parseScalar(type, element.text);
  if (value !== undefined) return value;
  if (options.lenient && element.text.trim() === '') return undefined;
  const range = rangeOf(type);
  throw refuse(element, `${quote(element.text)} is not a valid ${type}${range ? ` (${range})` : ''}`);
}

function decodeEnum(element: XmlElement, type: string, options: DecodeOptions): string | undefined {
  const value = element.text.trim();
  if (value === '') return undefined;
  const { values } = enumType(type)!;
  if (values.has(value) || options.lenient) return value;
  const path = pathOf(element);
  const message = `${path}: ${quote(value)} is not a ${type}; valid values: ${[...values].join(', ')}`;
  throw fault('InvalidArgument', { invalidProperty: path }, message);
}

function decodeReference(element: XmlElement, options: DecodeOptions): unknown {
  if (element.children.length > 0 && !options.lenient) {
    throw refuse(element, `a managed object id is needed, not elements (${quote(element.children[0]!.name)})`);
  }
  return reference(element.refType ?? '', element.text);
}

function actualType(element: XmlElement, declared: string, options: DecodeOptions): DataType {
  const base = dataType(declared)!;
  const name = element.xsiType;
  if (name === undefined || name === declared) return checkLeaf(element, base, options);
  const type = dataType(name);
  if (type && isSubtype(name, declared)) return checkLeaf(element, type, options);
  if (options.lenient) {
    options.onSkipped?.(name);
    return base;
  }
  if (type) throw refuse(element, `xsi:type ${quote(name)} is not a ${declared}`);
  throw refuse(element, `unknown xsi:type ${quote(name)} (a ${declared} is needed)`);
}

function checkLeaf(element: XmlElement, type: DataType, options: DecodeOptions): DataType {
  if (options.lenient || element.children.length > 0 || element.text === '' || element.text.trim() === '') return type;
  throw refuse(element, `a ${type.name} is needed, not the text ${quote(element.text)}`);
}

const required = new Map<DataType, readonly Field[]>();

function requiredFields(type: DataType): readonly Field[] {
  let fields = required.get(type);
  if (!fields) required.set(type, (fields = type.fields.filter((field) => !field.optional)));
  return fields;
}

/** The fault for a required field or parameter that is not there. */
export function missing(element: XmlElement, name: string, owner: string): Fault {
  const above = element.parent?.name === 'Body' ? '' : `${pathOf(element)}.`;
  const path = `${above}${name}`;
  return fault('InvalidArgument', { invalidProperty: path }, `A required value is missing: ${path} (${owner}.${name}).`);
}

