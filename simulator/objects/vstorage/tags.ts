// Tags of first class disks. Callers name category and tag; what is kept is the tag's id, so that it may be renamed,
// and a tag that was deleted is nowhere attached. The tags themselves belong to the tagging service.
import { fault } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { changeRecord, type StorageObject } from './record.ts';

export interface TagName {
  readonly category: string;
  readonly tag: string;
}

function nameOf(tx: Transaction, id: string): TagName | undefined {
  const tag = tx.find({ type: '_Tag', value: id });
  const category = tag && tx.find({ type: '_TagCategory', value: String(tag['category_id']) });
  return tag && category ? { category: String(category['name']), tag: String(tag['name']) } : undefined;
}

/** The id of a tag, which may be named or given by its id. Throws NotFound. */
function findTag(tx: Transaction, { category, tag }: TagName): string {
  for (const { value } of tx.all('_Tag')) {
    const name = nameOf(tx, value);
    if (name && (name.tag === tag || value === tag) && (name.category === category || category === '')) return value;
  }
  throw fault('NotFound', {}, `There is no tag '${tag}' in the category '${category}'.`);
}

/** Attaches a tag; one that is attached already stays. Throws NotFound. */
export function attachTag(tx: Transaction, object: StorageObject, name: TagName): void {
  const id = findTag(tx, name);
  if (!object.tags.includes(id)) changeRecord(tx, object, { tags: [...object.tags, id] });
}

/** Takes a tag off. Throws NotFound. */
export function detachTag(tx: Transaction, object: StorageObject, name: TagName): void {
  const id = findTag(tx, name);
  if (!object.tags.includes(id)) throw fault('NotFound', {}, `The virtual storage object '${object.name}' has no tag '${name.tag}' of the category '${name.category}'.`);
  changeRecord(tx, object, { tags: object.tags.filter((other) => other !== id) });
}

/** The tags of an object by name. */
export const tagsOf = (tx: Transaction, { tags }: StorageObject): TagName[] => tags.flatMap((id) => nameOf(tx, id) ?? []);

/** The test for objects with a tag. Throws NotFound when there is no such tag. */
export function withTag(tx: Transaction, name: TagName): (object: StorageObject) => boolean {
  const id = findTag(tx, name);
  return ({ tags }) => tags.includes(id);
}
