// From the JSON of the VI/JSON protocol to typed values, driven by the schema. As strict as the XML decoder of a server:
// what vim25 has no word for is refused, with its path.
import type { Fault } from '../fault.ts';
import { fault } from '../fault.ts';
import { reference } from '../reference.ts';
import { dataType, enumType, isSubtype, kindOf, type Field, type Method } from '../schema.ts';
import { typed } from '../values.ts';
import { itemTypeOf } from './decode.ts';
import { parseScalar, rangeOf } from './scalar.ts';

export interface JsonOptions {
  /** Told the path of every missing required field: real clients leave them out where nobody looks. */
  readonly onMissing?: (path: string) => void;
}

type Values = Record<string, unknown>;

/** Nothing of vim25 is nested deeper; what is would only exhaust the stack. */
const DEPTH = 200;
const PLAIN = new Set(['string', 'boolean', 'int', 'dateTime', 'base64Binary']);

const refuse = (path: string, problem: string): Fault => fault('InvalidRequest', {}, `${path === '' ? 'The body' : path}: ${problem}`);

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * JSON text as values, with integers beyond what a number holds exactly as strings of digits (a long keeps all of them).
 * Throws InvalidRequest.
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (!/\d{16}/.test(text)) return value;
    return JSON.parse(text.replace(/"(?:[^"\\]+|\\.)*"|-?\d[\d.eE+-]*/g, (found) => (/^-?\d{16,}$/.test(found) ? `"${found}"` : found)));
  } catch (error) {
    throw fault('InvalidRequest', {}, `The body is no JSON: ${(error as Error).message}`);
  }
}

/** The arguments of a method from the object that a client posts; its _typeName and _this are not needed. Throws InvalidRequest, InvalidArgument. */
export function decodeJsonArguments(body: unknown, method: Method, options: JsonOptions = {}): Values {
  if (body !== undefined && !isObject(body)) throw refuse('', `an object with the parameters of ${method.name} is needed, not ${show(body)}`);
  const args: Values = {};
  for (const [name, value] of Object.entries(body ?? {})) {
    if (name === '_typeName' || name === '_this') continue;
    const field = method.params.find((param) => param.name === name);
    if (!field) {
      throw fault('InvalidRequest', {}, `${method.name} has no parameter "${name.slice(0, 80)}"; its parameters: ${method.params.map((param) => param.name).join(', ') || 'none'}`);
    }
    put(args, field, decodeJson(value, field, name, options));
  }
  for (const field of method.params) {
    if (field.optional || args[field.name] !== undefined) continue;
    if (!field.array) throw fault('InvalidArgument', { invalidProperty: field.name }, `A required value is missing: ${field.name} (${method.name}.${field.name}).`);
    args[field.name] = [];
  }
  return args;
}

/** The value of a field as the schema declares it; undefined means unset. Throws InvalidRequest, InvalidArgument. */
export function decodeJson(value: unknown, field: Field, path: string, options: JsonOptions = {}, depth = 0): unknown {
  if (value === null || value === undefined) return undefined;
  if (depth > DEPTH) throw refuse('', `it is nested more than ${DEPTH} deep`);
  return field.array ? items(value, field, path, options, depth) : item(value, field, path, options, depth);
}

function items(value: unknown, field: Field, path: string, options: JsonOptions, depth: number): unknown[] {
  // Clients of Go send bytes as base64.
  if (field.type === 'byte' && typeof value === 'string') return [...new Int8Array(scalar(value, 'base64Binary', path) as Uint8Array)];
  if (!Array.isArray(value)) throw refuse(path, `an array is needed, not ${show(value)}`);
  return value.map((one, index) => item(one, field, `${path}[${index}]`, options, depth)).filter((one) => one !== undefined);
}

function item(value: unknown, field: Field, path: string, options: JsonOptions, depth: number): unknown {
  if (value === null || value === undefined) return undefined;
  switch (field.kind) {
    case 'primitive':
      return field.type === 'anyType' ? decodeJsonAny(value, path, options, depth + 1) : scalar(value, field.type, path);
    case 'enum':
      return enumValue(value, field.type, path);
    case 'managed':
      return refValue(value, path);
    case 'data':
      return data(value, field.type, path, options, depth + 1);
  }
}

/** A value in an anyType position, by its _typeName. Throws InvalidRequest, InvalidArgument. */
export function decodeJsonAny(value: unknown, path: string, options: JsonOptions = {}, depth = 0): unknown {
  if (depth > DEPTH) throw refuse('', `it is nested more than ${DEPTH} deep`);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : typed('xsd:double', value);
  if (!isObject(value) || typeof value['_typeName'] !== 'string') throw refuse(path, 'needs a _typeName, because any type is allowed here');
  const name = value['_typeName'] === 'binary' ? 'base64Binary' : value['_typeName'];
  const inner = value['_value'];
  switch (kindOf(name)) {
    case 'primitive': {
      if (name === 'anyType') return decodeJsonAny(inner, path, options, depth + 1);
      const plain = scalar(inner, name, path);
      return PLAIN.has(name) ? plain : typed(`xsd:${name}`, plain);
    }
    case 'enum': {
      const plain = enumValue(inner, name, path);
      return plain === undefined ? undefined : typed(name, plain);
    }
    case 'managed':
      return refValue(value, path);
    case 'data':
      return data(value, name, path, options, depth + 1);
    case null: {
      const field = itemTypeOf(name);
      if (!field) throw refuse(path, `unknown _typeName ${show(name)}`);
      return typed(name, inner === undefined || inner === null ? [] : items(inner, field, path, options, depth + 1));
    }
  }
}

function data(value: unknown, declared: string, path: string, options: JsonOptions, depth: number): Values {
  if (depth > DEPTH) throw refuse('', `it is nested more than ${DEPTH} deep`);
  if (!isObject(value)) throw refuse(path, `a ${declared} is needed, not ${show(value)}`);
  const name = value['_typeName'] ?? declared;
  const type = typeof name === 'string' ? dataType(name) : undefined;
  if (!type) throw refuse(path, `unknown _typeName ${show(name)} (a ${declared} is needed)`);
  if (!isSubtype(type.name, declared)) throw refuse(path, `_typeName ${show(name)} is not a ${declared}`);
  const out: Values = { _type: type.name };
  for (const [key, inner] of Object.entries(value)) {
    if (key === '_typeName') continue;
    const field = type.byName.get(key);
    if (!field) throw refuse(path, `${type.name} has no field ${show(key)}`);
    put(out, field, decodeJson(inner, field, `${path}.${key}`, options, depth));
  }
  for (const field of type.fields) {
    if (field.optional || out[field.name] !== undefined) continue;
    if (field.array) out[field.name] = [];
    else options.onMissing?.(`${path}.${field.name}`);
  }
  return out;
}

/** An empty array of what may be absent is absent. */
function put(target: Values, field: Field, value: unknown): void {
  if (value === undefined || (field.array && field.optional && (value as unknown[]).length === 0)) return;
  target[field.name] = value;
}

const NUMBERS = new Set(['byte', 'short', 'int', 'long', 'float', 'double']);
const WORDS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

function scalar(value: unknown, type: string, path: string): unknown {
  const wrong = (): Fault => {
    const range = rangeOf(type);
    return refuse(path, `${show(value)} is not a valid ${type}${range ? ` (${range})` : ''}`);
  };
  if (type === 'boolean') {
    if (typeof value !== 'boolean') throw wrong();
    return value;
  }
  if (!NUMBERS.has(type)) {
    const parsed = typeof value === 'string' ? parseScalar(type, value) : undefined;
    if (parsed === undefined) throw wrong();
    return parsed;
  }
  if (typeof value === 'number') {
    if (type === 'float' || type === 'double') return value;
    // Clients of Go send bytes without a sign.
    if (type === 'byte' && value >= 128 && value <= 255 && Number.isInteger(value)) return value - 256;
    const parsed = Number.isInteger(value) ? parseScalar(type, BigInt(value).toString()) : undefined;
    if (parsed === undefined) throw wrong();
    return parsed;
  }
  // What a number cannot hold comes as a string: see parseJson, and what is not finite.
  if (typeof value !== 'string' || (type !== 'long' && type !== 'double' && type !== 'float')) throw wrong();
  const parsed = type !== 'long' && Object.hasOwn(WORDS, value) ? WORDS[value] : parseScalar(type, value);
  if (parsed === undefined) throw wrong();
  return parsed;
}

function enumValue(value: unknown, type: string, path: string): string | undefined {
  if (value === '') return undefined;
  const { values } = enumType(type)!;
  if (typeof value === 'string' && values.has(value)) return value;
  throw fault('InvalidArgument', { invalidProperty: path }, `${path}: ${show(value)} is not a ${type}; valid values: ${[...values].join(', ')}`);
}

function refValue(value: unknown, path: string): unknown {
  const { type = '', value: id } = isObject(value) ? value : { value: undefined };
  if (typeof id !== 'string' || typeof type !== 'string') throw refuse(path, `a managed object reference is needed ({"type", "value"}), not ${show(value)}`);
  return reference(type, id);
}
