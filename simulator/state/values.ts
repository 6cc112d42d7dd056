// Property values as bytes and back. Values are plain data: what v8 serialises whole. Lists of references are the bulk
// of what changes often, so they have a short form of their own. Knows no keys and no database.
import { deserialize, serialize } from 'node:v8';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';

const PLAIN = 0;
const REFERENCES = 1;

/** Ids with a blank in them would not come back from the short form. */
const SPACE = ' ';

/** The bytes of one value. */
export function encode(value: unknown): Buffer {
  const short = shortReferences(value);
  return short === undefined ? Buffer.concat([Buffer.of(PLAIN), serialize(value)]) : Buffer.concat([Buffer.of(REFERENCES), Buffer.from(short)]);
}

/** The value of such bytes. Throws an Error when they are none. */
export function decode(bytes: Uint8Array): unknown {
  const rest = bytes.subarray(1);
  if (bytes[0] === PLAIN) return deserialize(rest);
  if (bytes[0] !== REFERENCES) throw new Error(`unknown form ${String(bytes[0])} of a value`);
  const [type = '', ...ids] = Buffer.from(rest.buffer, rest.byteOffset, rest.length).toString('utf8').split(SPACE);
  return ids.map((value) => ({ type, value }));
}

/** "Type id id …" for a list of references of one type that hold nothing else; undefined for any other value. */
function shortReferences(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const { type } = (value[0] ?? {}) as Partial<ManagedObjectReference>;
  if (typeof type !== 'string' || type.includes(SPACE)) return undefined;
  const ids: string[] = [type];
  for (const item of value as readonly unknown[]) {
    if (typeof item !== 'object' || item === null) return undefined;
    const ref = item as Partial<ManagedObjectReference>;
    if (ref.type !== type || typeof ref.value !== 'string' || ref.value.includes(SPACE) || Object.keys(ref).length !== 2) return undefined;
    ids.push(ref.value);
  }
  return ids.join(SPACE);
}
