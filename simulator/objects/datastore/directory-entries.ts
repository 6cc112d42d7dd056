// How a directory keeps its entries: the first few hundred in one property, the others spread over several, so that a
// change copies few of them. Knows what an entry's name is, and nothing of what it holds.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import { hash } from '../../runtime/random.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';

type Entries<E> = Record<string, E>;

/** How many are kept together before others are spread. */
const TOGETHER = 256;
const FIRST = 'entries';
const SPREAD: readonly string[] = Array.from({ length: 64 }, (_none, i) => `${FIRST}-${i}`);

/** Every property that may hold entries. */
export const ENTRY_PROPERTIES: readonly string[] = [FIRST, ...SPREAD];

/** The properties of an empty directory. */
export const emptyDirectory = (): Props => ({ [FIRST]: {} });

const spreadOf = (name: string): string => SPREAD[hash(name) % SPREAD.length]!;

const heldIn = <E>(props: Props, property: string): Entries<E> | undefined => props[property] as Entries<E> | undefined;

const has = (entries: object | undefined, name: string): boolean => entries !== undefined && Object.hasOwn(entries, name);

/** Which property holds the name; undefined when there is none of that name. */
function placeOf(props: Props, name: string): string | undefined {
  if (has(heldIn(props, FIRST), name)) return FIRST;
  const spread = spreadOf(name);
  return has(heldIn(props, spread), name) ? spread : undefined;
}

/** The entry of that name. */
export function entryIn<E>(props: Props, name: string): E | undefined {
  const place = placeOf(props, name);
  return place === undefined ? undefined : heldIn<E>(props, place)![name];
}

/** Every entry with its name, in no order. */
export function* entriesIn<E>(props: Props | undefined): Iterable<[name: string, entry: E]> {
  for (const property of props ? ENTRY_PROPERTIES : []) {
    const entries = heldIn<E>(props!, property);
    if (entries) yield* Object.entries(entries);
  }
}

/** Writes an entry; undefined removes it. */
export function setEntry<E>(tx: Transaction, directory: ManagedObjectReference, name: string, entry: E | undefined): void {
  const props = tx.props(directory);
  const place = placeOf(props, name);
  if (place === undefined && entry === undefined) return;
  const property = place ?? (Object.keys(heldIn(props, FIRST) ?? {}).length < TOGETHER ? FIRST : spreadOf(name));
  const entries = draft<E>(tx, directory, props, property);
  if (entry === undefined) delete entries[name];
  else entries[name] = entry;
}

/** Entries to be changed in place: they are copied on the first write of a transaction only, so that filling a directory stays linear. */
function draft<E>(tx: Transaction, directory: ManagedObjectReference, props: Props, property: string): Entries<E> {
  const current = heldIn<E>(props, property);
  if (current !== undefined && tx.before(directory.value)?.[property] !== current) return current;
  const copy: Entries<E> = { ...current };
  tx.update(directory, { [property]: copy });
  return copy;
}
