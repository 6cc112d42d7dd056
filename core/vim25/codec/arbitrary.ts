// Random values of vim25 types for property-based tests (fast-check). For tests only; nothing else imports it.
import fc from 'fast-check';
import type { Field, Method, Version } from '../schema.ts';
import { dataType, enumType, isSubtype, latestVersion, managedType, typeNames } from '../schema.ts';
import { reference } from '../reference.ts';
import { typed } from '../values.ts';

type Values = Record<string, unknown>;

export interface ArbitraryOptions {
  /** Nesting below which only what is required is made. */
  readonly depth?: number;
  readonly version?: Version;
}

interface Context {
  readonly depth: number;
  readonly version: Version;
}

const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const AWKWARD = ['', ' ', '<&>"\'', ']]>', '\r\n\t', 'é\u4e2d\u{1f600}', '&amp;', '<!--', 'a\u0085b', '  x  '];

/** Strings that XML can carry, many of them awkward. */
export const anyText = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...AWKWARD),
    fc.string({ maxLength: 12 }).filter((text) => !NOT_IN_XML.test(text)),
    fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => !NOT_IN_XML.test(text)),
  );

const LONG = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));

function scalar(type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'byte':
      return fc.integer({ min: -128, max: 127 });
    case 'short':
      return fc.integer({ min: -32768, max: 32767 });
    case 'int':
      return fc.integer();
    case 'long':
      return fc.oneof(fc.integer(), fc.maxSafeInteger(), LONG);
    case 'float':
    case 'double':
      return fc.double();
    case 'dateTime':
      return fc.date({ noInvalidDate: true, min: new Date('-000800-01-01T00:00:00Z'), max: new Date('+012000-01-01T00:00:00Z') });
    case 'base64Binary':
      return fc.uint8Array({ maxLength: 9 });
    default:
      return anyText();
  }
}

/** References to objects that a field of this type may hold. */
function refArbitrary(declared: string): fc.Arbitrary<unknown> {
  const known = managedType(declared) ? familyOf(declared, 'managed') : ['VirtualMachine', 'Folder', 'Datastore'];
  return fc.tuple(fc.constantFrom(...known), anyText()).map(([type, value]) => reference(type, value));
}

function anyType(context: Context): fc.Arbitrary<unknown> {
  const plain = ['string', 'boolean', 'int', 'dateTime', 'base64Binary'].map(scalar);
  const others = ['long', 'double', 'short', 'byte', 'float', 'anyURI'].map((type) => scalar(type).map((value) => typed(`xsd:${type}`, value)));
  const powerStates = fc.constantFrom('poweredOn', 'poweredOff').map((value) => typed('VirtualMachinePowerState', value));
  const arrays = [
    fc.array(anyText(), { maxLength: 3 }).map((value) => typed('ArrayOfString', value)),
    fc.array(fc.integer(), { maxLength: 3 }).map((value) => typed('ArrayOfInt', value)),
    fc.array(refArbitrary('ManagedEntity'), { maxLength: 3 }).map((value) => typed('ArrayOfManagedObjectReference', value)),
    fc.array(fc.oneof(...plain), { maxLength: 3 }).map((value) => typed('ArrayOfAnyType', value)),
  ];
  const data = context.depth > 0 ? [dataOf('OptionValue', context), dataOf('VirtualDevice', context)] : [];
  return fc.oneof(...plain, ...others, powerStates, refArbitrary('ManagedEntity'), ...arrays, ...data);
}

const families = new Map<string, readonly string[]>();

/** A declared type and all its subtypes. */
function familyOf(declared: string, kind: 'data' | 'managed'): readonly string[] {
  let family = families.get(declared);
  if (!family) families.set(declared, (family = typeNames(kind).filter((name) => isSubtype(name, declared))));
  return family;
}

function dataOf(declared: string, context: Context): fc.Arbitrary<Values> {
  const family = familyOf(declared, 'data').filter((name) => context.version.includes.has(dataType(name)!.since));
  return fc.constantFrom(...family).chain((name) => dataExactly(name, context));
}

function dataExactly(name: string, context: Context): fc.Arbitrary<Values> {
  const below = { ...context, depth: context.depth - 1 };
  const model: Record<string, fc.Arbitrary<unknown>> = { _type: fc.constant(name) };
  const required = ['_type'];
  for (const field of dataType(name)!.fields) {
    if (!context.version.includes.has(field.since)) continue;
    // A required field of a recursive type has to end somewhere: below the depth it is left out, as clients do.
    const nested = field.kind === 'data' && !field.array;
    if (context.depth <= 0 && (field.optional || nested)) continue;
    model[field.name] = valueOf(field, below);
    if (!field.optional) required.push(field.name);
  }
  return fc.record(model, { requiredKeys: required }).map((value) => ({ ...value }));
}

function itemOf(field: Field, context: Context): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'primitive':
      return field.type === 'anyType' ? anyType(context) : scalar(field.type);
    case 'enum':
      return fc.constantFrom(...enumType(field.type)!.values);
    case 'managed':
      return refArbitrary(field.type);
    case 'data':
      return dataOf(field.type, context);
  }
}

function valueOf(field: Field, context: Context): fc.Arbitrary<unknown> {
  if (!field.array) return itemOf(field, context);
  // [] and absent look alike on the wire: an optional array that is there has items.
  const shallow = context.depth <= 0;
  const bounds = field.optional ? { minLength: 1, maxLength: shallow ? 1 : 2 } : { maxLength: shallow ? 0 : 2 };
  return fc.array(itemOf(field, context), bounds);
}

const contextOf = ({ depth = 2, version = latestVersion() }: ArbitraryOptions): Context => ({ depth, version });

/** Random values of exactly this data object type, as the decoder makes them (with _type everywhere). */
export const dataArbitrary = (name: string, options: ArbitraryOptions = {}): fc.Arbitrary<Values> =>
  dataExactly(name, contextOf(options));

/** Random values of a field: items for an array. */
export const fieldArbitrary = (field: Field, options: ArbitraryOptions = {}): fc.Arbitrary<unknown> =>
  valueOf(field, contextOf(options));

/** Random arguments of a method, optional ones sometimes left out. */
export function argsArbitrary(method: Method, options: ArbitraryOptions = {}): fc.Arbitrary<Values> {
  const context = contextOf(options);
  const model = Object.fromEntries(method.params.map((param) => [param.name, valueOf(param, context)]));
  const requiredKeys = method.params.filter((param) => !param.optional).map((param) => param.name);
  return fc.record(model, { requiredKeys }).map((value) => ({ ...value }));
}

/** Every method of vim25 once, by its declaring type. */
export function allMethods(): readonly Method[] {
  const found = new Map<string, Method>();
  for (const name of typeNames('managed')) {
    for (const method of managedType(name)!.methods.values()) found.set(`${method.owner}.${method.name}`, method);
  }
  return [...found.values()];
}
