// Categories, tags and what they are attached to, as objects of the store. One association object per tagged entity,
// so that an entity that goes takes its associations along.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { invalid, notFound, RestError } from '../errors.ts';

type Ref = ManagedObjectReference;

export const CARDINALITIES = ['SINGLE', 'MULTIPLE'] as const;

export interface Category {
  readonly name: string;
  readonly description: string;
  readonly cardinality: (typeof CARDINALITIES)[number];
  /** vim25 type names; none: any type. */
  readonly associable_types: readonly string[];
  readonly used_by: readonly string[];
}

export interface Tag {
  readonly category_id: string;
  readonly name: string;
  readonly description: string;
  readonly used_by: readonly string[];
}

/** The tags of one entity or library item. */
export interface Association {
  readonly object: { readonly type: string; readonly id: string };
  readonly tags: readonly string[];
}

const CATEGORY = '_TagCategory';
const TAG = '_Tag';
const ASSOCIATION = '_TagAssociation';

const place = (type: string, id: string): Ref => ({ type, value: id });

function read<T>(tx: Transaction, type: string, what: string, id: string): T {
  const ref = place(type, id);
  const props = tx.has(ref) && tx.typeOf(id) === type ? tx.find(ref) : undefined;
  if (props === undefined) throw notFound(`${what} ${id}`);
  return props as unknown as T;
}

/** Throws NOT_FOUND. */
export const categoryOf = (tx: Transaction, id: string): Category => read<Category>(tx, CATEGORY, 'Tag category', id);

/** Throws NOT_FOUND. */
export const tagOf = (tx: Transaction, id: string): Tag => read<Tag>(tx, TAG, 'Tag', id);

export const categoryIds = (tx: Transaction): readonly string[] => [...tx.all(CATEGORY)].map(({ value }) => value);

/** Of one category, or all. */
export const tagIds = (tx: Transaction, category?: string): readonly string[] =>
  [...tx.all(TAG)].map(({ value }) => value).filter((id) => category === undefined || tagOf(tx, id).category_id === category);

function requireName(name: string, taken: readonly string[], what: string): void {
  if (name.trim() === '' || name.length > 256) throw invalid(`The name of a ${what} has 1 to 256 characters; "${name.slice(0, 40)}" has ${name.length}.`);
  if (taken.some((other) => other.toLowerCase() === name.toLowerCase())) {
    throw new RestError('ALREADY_EXISTS', `A ${what} named "${name}" exists already.`, 'cis.tagging.duplicate.error');
  }
}

const URN = /^urn:vmomi:InventoryService(Category|Tag):[^:\s]+:\S+$/;

/** A URN that the client wants, or a fresh one. Throws INVALID_ARGUMENT, ALREADY_EXISTS. */
function newId(tx: Transaction, kind: 'Category' | 'Tag', uuid: string, wanted: string | undefined): string {
  if (wanted === undefined || wanted === '') return `urn:vmomi:InventoryService${kind}:${uuid}:GLOBAL`;
  if (URN.exec(wanted)?.[1] !== kind) throw invalid(`${kind.toLowerCase()}_id "${wanted}" is no id of a ${kind.toLowerCase()}: it looks like urn:vmomi:InventoryService${kind}:<uuid>:GLOBAL.`);
  if (tx.has(place(kind === 'Tag' ? TAG : CATEGORY, wanted))) throw new RestError('ALREADY_EXISTS', `${wanted} exists already.`);
  return wanted;
}

/** Throws ALREADY_EXISTS for a name that is taken. */
export function createCategory(tx: Transaction, uuid: string, category: Category, wanted?: string): string {
  requireName(category.name, categoryIds(tx).map((id) => categoryOf(tx, id).name), 'tag category');
  const id = newId(tx, 'Category', uuid, wanted);
  tx.create(CATEGORY, id, { ...category });
  return id;
}

/** Throws ALREADY_EXISTS, and INVALID_ARGUMENT for a change that takes away what may be in use. */
export function updateCategory(tx: Transaction, id: string, change: Partial<Category>): void {
  const old = categoryOf(tx, id);
  if (change.name !== undefined) requireName(change.name, categoryIds(tx).filter((other) => other !== id).map((other) => categoryOf(tx, other).name), 'tag category');
  if (old.cardinality === 'MULTIPLE' && change.cardinality === 'SINGLE') throw invalid(`The cardinality of category "${old.name}" can only be extended from SINGLE to MULTIPLE.`);
  if (change.associable_types && change.associable_types.length > 0) {
    const lost = old.associable_types.length === 0 ? ['any type'] : old.associable_types.filter((type) => !change.associable_types!.includes(type));
    if (lost.length > 0) throw invalid(`associable_types of category "${old.name}" can only be extended; it lacks ${lost.join(', ')}.`);
  }
  tx.update(place(CATEGORY, id), definedOf(change));
}

const definedOf = (change: object): Record<string, unknown> => Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

/** Its tags and their associations go with it. */
export function deleteCategory(tx: Transaction, id: string): void {
  categoryOf(tx, id);
  for (const tag of tagIds(tx, id)) deleteTag(tx, tag);
  tx.remove(place(CATEGORY, id));
}

/** Throws NOT_FOUND for the category, ALREADY_EXISTS for a name that is taken in it. */
export function createTag(tx: Transaction, uuid: string, tag: Tag, wanted?: string): string {
  categoryOf(tx, tag.category_id);
  requireName(tag.name, tagIds(tx, tag.category_id).map((id) => tagOf(tx, id).name), 'tag of this category');
  const id = newId(tx, 'Tag', uuid, wanted);
  tx.create(TAG, id, { ...tag });
  return id;
}

export function updateTag(tx: Transaction, id: string, change: Partial<Tag>): void {
  const old = tagOf(tx, id);
  if (change.name !== undefined) requireName(change.name, tagIds(tx, old.category_id).filter((other) => other !== id).map((other) => tagOf(tx, other).name), 'tag of this category');
  tx.update(place(TAG, id), definedOf(change));
}

export function deleteTag(tx: Transaction, id: string): void {
  tagOf(tx, id);
  for (const ref of [...tx.all(ASSOCIATION)]) {
    const { object, tags } = tx.find(ref) as unknown as Association;
    if (tags.includes(id)) write(tx, object, tags.filter((tag) => tag !== id));
  }
  tx.remove(place(TAG, id));
}

export function setUsedBy(tx: Transaction, kind: 'category' | 'tag', id: string, change: (list: readonly string[]) => readonly string[]): void {
  const { used_by } = kind === 'tag' ? tagOf(tx, id) : categoryOf(tx, id);
  tx.set(place(kind === 'tag' ? TAG : CATEGORY, id), 'used_by', change(used_by));
}

// ---- associations ------------------------------------------------------------------------------------------------

export interface Tagged {
  readonly type: string;
  readonly id: string;
}

const associationOf = (id: string): Ref => place(ASSOCIATION, `tagged:${id}`);

/** The tags of an object, in the order they were attached. */
export const tagsOn = (tx: Transaction, { id }: Tagged): readonly string[] => (tx.find(associationOf(id)) as Association | undefined)?.tags ?? [];

/** What a tag is attached to. */
export const objectsWith = (tx: Transaction, tag: string): readonly Tagged[] =>
  [...tx.all(ASSOCIATION)].map((ref) => tx.find(ref) as unknown as Association).filter(({ tags }) => tags.includes(tag)).map(({ object }) => object);

function write(tx: Transaction, object: Tagged, tags: readonly string[]): void {
  const ref = associationOf(object.id);
  if (tags.length === 0) tx.remove(ref);
  else if (tx.has(ref)) tx.set(ref, 'tags', tags);
  else tx.create(ASSOCIATION, ref.value, { object: { type: object.type, id: object.id }, tags });
}

/** Attaches a tag; nothing happens when it is attached. Throws INVALID_ARGUMENT when its category does not allow it. */
export function attach(tx: Transaction, tag: string, object: Tagged): void {
  const { category_id, name } = tagOf(tx, tag);
  const category = categoryOf(tx, category_id);
  const tags = tagsOn(tx, object);
  if (tags.includes(tag)) return;
  if (category.associable_types.length > 0 && !category.associable_types.includes(object.type)) {
    throw new RestError('INVALID_ARGUMENT', `Tag "${name}" cannot be attached to ${object.type} ${object.id}: category "${category.name}" is for ${category.associable_types.join(', ')}.`, 'cis.tagging.objectNotAssociable.error');
  }
  const other = category.cardinality === 'SINGLE' ? tags.find((id) => tagOf(tx, id).category_id === category_id) : undefined;
  if (other !== undefined) {
    throw new RestError('INVALID_ARGUMENT', `Tag "${name}" cannot be attached to ${object.type} ${object.id}: category "${category.name}" allows one tag, and "${tagOf(tx, other).name}" is attached.`, 'cis.tagging.cardinalityViolation.error');
  }
  write(tx, object, [...tags, tag]);
}

/** Detaches a tag; nothing happens when it is not attached. Throws NOT_FOUND for the tag. */
export function detach(tx: Transaction, tag: string, object: Tagged): void {
  tagOf(tx, tag);
  const tags = tagsOn(tx, object);
  if (tags.includes(tag)) write(tx, object, tags.filter((id) => id !== tag));
}

/** Takes the associations of objects away that this transaction has removed. */
export function dropAssociations(tx: Transaction): void {
  for (const id of [...tx.touched()]) {
    if (tx.after(id) === undefined && !id.startsWith('tagged:')) {
      const ref = associationOf(id);
      if (tx.has(ref)) tx.remove(ref);
    }
  }
}
