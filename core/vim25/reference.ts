// Managed object references: plain {type, value} values and their text form.
import type { ManagedObjectReference } from './types.d.ts';

export type { ManagedObjectReference };

/** Makes a reference, e.g. reference('VirtualMachine', 'vm-42'). */
export const reference = (type: string, value: string): ManagedObjectReference => ({ type, value });

/** 'Type:value', the form clients print and vic-machine stores. */
export const formatReference = (ref: ManagedObjectReference): string => `${ref.type}:${ref.value}`;

/** Splits at the first colon, because values may contain blanks and colons; throws a TypeError without one. */
export function parseReference(text: string): ManagedObjectReference {
  const colon = text.indexOf(':');
  if (colon < 1) throw new TypeError(`not a managed object reference: "${text}" (expected Type:value)`);
  return { type: text.slice(0, colon), value: text.slice(colon + 1) };
}

export const sameReference = (a: ManagedObjectReference | undefined, b: ManagedObjectReference | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.value === b.value && a.type === b.type);

/** True for a bare {type, value} object: data objects carry _type, so the two cannot be confused. */
export function isReference(value: unknown): value is ManagedObjectReference {
  if (typeof value !== 'object' || value === null || '_type' in value) return false;
  const candidate = value as Partial<ManagedObjectReference>;
  return typeof candidate.type === 'string' && typeof candidate.value === 'string';
}
