// The recorded events as state: one internal object that holds them in pages, oldest first, up to a cap.
// Snapshots, forks and rollbacks cover them like everything else. Knows nothing of what events mean.
import type { Event, ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Readable } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';

/** An event with what filters ask for. */
export interface Entry {
  readonly event: Event;
  /** Ids of the objects it is about. */
  readonly about: readonly string[];
  /** Ids of everything that held those objects when it happened. */
  readonly within: readonly string[];
}

interface Log {
  /** Key of the next event. */
  readonly next: number;
  readonly pages: readonly (readonly Entry[])[];
}

/** What reading needs: a store, or anything that finds objects by id. */
export interface Source {
  find(id: string): Readable | undefined;
}

const REF: ManagedObjectReference = { type: '_EventLog', value: '_events' };
const PAGE = 64;
const EMPTY: Log = { next: 1, pages: [] };

/** Identity of what is recorded: another one after every new event. */
export const stateOf = (source: Source): object => (source.find(REF.value)?.props ?? EMPTY) as object;

/** True before the world has any history: its first transaction builds it. */
export const isNewWorld = (tx: Transaction): boolean => !tx.has(REF);

/** The key that the next event gets. */
export const nextKey = (tx: Transaction): number => ((tx.find(REF) ?? EMPTY) as unknown as Log).next;

/** Adds entries, whose keys are ascending and new, and forgets whole pages of old ones beyond `keep`. */
export function append(tx: Transaction, entries: readonly Entry[], keep: number): void {
  if (entries.length === 0) return;
  const log = (tx.find(REF) ?? EMPTY) as unknown as Log;
  const pages = [...log.pages];
  for (const entry of entries) {
    const last = pages.at(-1);
    if (last === undefined || last.length >= PAGE) pages.push([entry]);
    else pages[pages.length - 1] = [...last, entry];
  }
  let count = pages.reduce((sum, page) => sum + page.length, 0);
  let drop = 0;
  while (count - pages[drop]!.length >= keep) count -= pages[drop++]!.length;
  const props = { next: entries.at(-1)!.event.key + 1, pages: drop === 0 ? pages : pages.slice(drop) };
  if (tx.has(REF)) tx.update(REF, props);
  else tx.create(REF.type, REF.value, props);
}

const pagesOf = (source: Source): readonly (readonly Entry[])[] => (stateOf(source) as Log).pages;

/** Entries with a key above `after`, oldest first. */
export function* oldestFirst(source: Source, after = 0): Iterable<Entry> {
  const pages = pagesOf(source);
  let low = 0;
  let high = pages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pages[middle]!.at(-1)!.event.key > after) high = middle;
    else low = middle + 1;
  }
  for (let i = low; i < pages.length; i++) for (const entry of pages[i]!) if (entry.event.key > after) yield entry;
}

/** Entries with a key below `before`, newest first. */
export function* newestFirst(source: Source, before = Infinity): Iterable<Entry> {
  const pages = pagesOf(source);
  for (let i = pages.length - 1; i >= 0; i--) {
    const page = pages[i]!;
    if (page[0]!.event.key >= before) continue;
    for (let j = page.length - 1; j >= 0; j--) if (page[j]!.event.key < before) yield page[j]!;
  }
}
