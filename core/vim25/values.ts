// How wire values look in memory, and the one wrapper for anyType values whose type a plain value cannot tell.
//
//   xsd:string, anyURI        string          vim25 enum          string
//   xsd:boolean               boolean         managed object      {type, value}
//   byte short int float …    number          data object         {_type?, …fields}
//   xsd:long                  number, or a bigint beyond the safe integers
//   xsd:dateTime              Date            base64Binary        Uint8Array
//   arrays                    arrays; an absent array is an absent field
//
// In an anyType position a string, boolean, int (number), dateTime, base64Binary, reference and data object stand
// as they are; everything else (long, short, double, enums, arrays) is a Typed.
import type { DataTypes } from './types.d.ts';

export interface Typed {
  /** 'xsd:long', 'xsd:double', an enum's name, or 'ArrayOf…' */
  readonly _type: string;
  readonly _value: unknown;
}

export const typed = (type: string, value: unknown): Typed => ({ _type: type, _value: value });

export const isTyped = (value: unknown): value is Typed =>
  typeof value === 'object' && value !== null && '_value' in value && '_type' in value;

/** The plain value of an anyType value: what a Typed wraps, anything else unchanged. */
export const plain = (value: unknown): unknown => (isTyped(value) ? value._value : value);

/** A data object with its type name: needed where the declared type is a base or anyType. */
export const make = <K extends keyof DataTypes & string>(type: K, fields: DataTypes[K]): DataTypes[K] => ({ ...fields, _type: type });

/** The type name of a data object, or undefined. */
export const typeOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null ? (value as { _type?: string })._type : undefined;

/** A long as a number; exact up to 2^53. */
export const toNumber = (value: number | bigint | undefined): number => Number(value ?? 0);

const typedNames = new Map<string, string>();

/** The ArrayOf… name of an item type, as in the WSDL: 'string' → 'ArrayOfString', any managed object → 'ArrayOfManagedObjectReference'. */
export function arrayOf(itemType: string, managed = false): string {
  if (managed) return 'ArrayOfManagedObjectReference';
  let name = typedNames.get(itemType);
  if (name === undefined) typedNames.set(itemType, (name = `ArrayOf${itemType[0]!.toUpperCase()}${itemType.slice(1)}`));
  return name;
}
