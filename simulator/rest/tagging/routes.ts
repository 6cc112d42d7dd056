// Tagging: categories, tags and associations, as /rest/com/vmware/cis/tagging and /api/cis/tagging lay them out.
import { isSubtype } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { notFound, RestError } from '../errors.ts';
import type { Input } from '../input.ts';
import type { RestCall, Route, Verb } from '../route.ts';
import {
  attach, CARDINALITIES, categoryIds, categoryOf, createCategory, createTag, deleteCategory, deleteTag, detach, objectsWith, setUsedBy, tagIds,
  tagOf, tagsOn, updateCategory, updateTag, type Tagged,
} from './objects.ts';

const route = (verb: Verb, path: string, action: string | undefined, does: string, run: Route['run'], status?: Route['status']): Route =>
  ({ verb, rest: `/com/vmware/cis/tagging${path}`, api: `/cis/tagging${path}`, does, run, ...(action === undefined ? {} : { action }), ...(status ? { status } : {}) });

const may = (call: RestCall, name: string): void => call.require(`InventoryService.Tagging.${name}`);

const read = <T>({ sim }: RestCall, look: (tx: Transaction) => T): T => sim.store.transaction(look);

// ---- categories and tags -----------------------------------------------------------------------------------------

const categories: readonly Route[] = [
  route('GET', '/category', undefined, 'ids of the categories', (call) => read(call, categoryIds)),
  route('POST', '/category', undefined, 'creates a category', (call) => {
    may(call, 'CreateCategory');
    const spec = call.spec('create_spec');
    const category = {
      name: spec.text('name'), description: spec.text('description'), cardinality: spec.word('cardinality', CARDINALITIES),
      associable_types: typesOf(spec.texts('associable_types')), used_by: [],
    };
    return call.change((tx) => createCategory(tx, call.sim.random.uuid(), category, spec.optionalText('category_id')));
  }, 201),
  route('GET', '/category/{category_id}', undefined, 'one category', (call) => read(call, (tx) => ({ id: call.path('category_id'), ...categoryOf(tx, call.path('category_id')) }))),
  route('PATCH', '/category/{category_id}', undefined, 'changes a category', (call) => {
    may(call, 'EditCategory');
    const spec = call.spec('update_spec');
    const types = spec.optionalTexts('associable_types');
    call.change((tx) => updateCategory(tx, call.path('category_id'), {
      name: spec.optionalText('name'), description: spec.optionalText('description'), cardinality: spec.optionalWord('cardinality', CARDINALITIES),
      associable_types: types && typesOf(types),
    }));
  }),
  route('DELETE', '/category/{category_id}', undefined, 'deletes a category with its tags', (call) => {
    may(call, 'DeleteCategory');
    call.change((tx) => deleteCategory(tx, call.path('category_id')));
  }),
  route('POST', '/category', 'list-used-categories', 'ids of the categories that an application uses', (call) => {
    const entity = call.body.text('used_by_entity');
    return read(call, (tx) => categoryIds(tx).filter((id) => categoryOf(tx, id).used_by.includes(entity)));
  }),
  ...usedBy('category'),
];

/** Type names as the web client writes them ("urn:vim25:VirtualMachine") are the same types. */
const typesOf = (names: readonly string[]): readonly string[] => [...new Set(names.map((name) => name.replace(/^urn:vim25:/, '')))];

const tags: readonly Route[] = [
  route('GET', '/tag', undefined, 'ids of the tags', (call) => read(call, (tx) => tagIds(tx))),
  route('POST', '/tag', undefined, 'creates a tag', (call) => {
    may(call, 'CreateTag');
    const spec = call.spec('create_spec');
    const tag = { category_id: spec.text('category_id'), name: spec.text('name'), description: spec.text('description'), used_by: [] };
    return call.change((tx) => createTag(tx, call.sim.random.uuid(), tag, spec.optionalText('tag_id')));
  }, 201),
  route('GET', '/tag/{tag_id}', undefined, 'one tag', (call) => read(call, (tx) => ({ id: call.path('tag_id'), ...tagOf(tx, call.path('tag_id')) }))),
  route('PATCH', '/tag/{tag_id}', undefined, 'changes a tag', (call) => {
    may(call, 'EditTag');
    const spec = call.spec('update_spec');
    call.change((tx) => updateTag(tx, call.path('tag_id'), { name: spec.optionalText('name'), description: spec.optionalText('description') }));
  }),
  route('DELETE', '/tag/{tag_id}', undefined, 'deletes a tag and its associations', (call) => {
    may(call, 'DeleteTag');
    call.change((tx) => deleteTag(tx, call.path('tag_id')));
  }),
  { ...route('POST', '/tag/{category_id}', 'list-tags-for-category', 'ids of the tags of a category', tagsOfCategory), api: undefined },
  { ...route('POST', '/tag', 'list-tags-for-category', 'ids of the tags of a category', tagsOfCategory), rest: undefined },
  route('POST', '/tag', 'list-used-tags', 'ids of the tags that an application uses', (call) => {
    const entity = call.body.text('used_by_entity');
    return read(call, (tx) => tagIds(tx).filter((id) => tagOf(tx, id).used_by.includes(entity)));
  }),
  ...usedBy('tag'),
].map(withoutAbsent);

function tagsOfCategory(call: RestCall): readonly string[] {
  const id = call.dialect === 'rest' ? call.path('category_id') : call.body.text('category_id');
  return read(call, (tx) => (categoryOf(tx, id), tagIds(tx, id)));
}

function withoutAbsent({ rest, api, ...others }: Omit<Route, 'rest' | 'api'> & { readonly rest?: string | undefined; readonly api?: string | undefined }): Route {
  return { ...others, ...(rest === undefined ? {} : { rest }), ...(api === undefined ? {} : { api }) };
}

function usedBy(kind: 'category' | 'tag'): readonly Route[] {
  const path = `/${kind}/{${kind}_id}`;
  const privilege = kind === 'tag' ? 'ModifyUsedByForTag' : 'ModifyUsedByForCategory';
  const change = (make: (list: readonly string[], entity: string) => readonly string[]): Route['run'] => (call) => {
    may(call, privilege);
    const entity = call.body.text('used_by_entity');
    call.change((tx) => setUsedBy(tx, kind, call.path(`${kind}_id`), (list) => make(list, entity)));
  };
  return [
    route('POST', path, 'add-to-used-by', `notes that an application uses a ${kind}`, change((list, entity) => [...list.filter((other) => other !== entity), entity])),
    route('POST', path, 'remove-from-used-by', `takes that note away`, change((list, entity) => list.filter((other) => other !== entity))),
    route('POST', path, 'revoke-propagating-permissions', `takes inherited permissions of a ${kind} away (there are none)`, (call) => {
      may(call, privilege);
      read(call, (tx) => (kind === 'tag' ? tagOf(tx, call.path('tag_id')) : categoryOf(tx, call.path('category_id'))));
    }),
  ];
}

// ---- associations ------------------------------------------------------------------------------------------------

/** The object of a DynamicID. Throws NOT_FOUND when there is none; an object may be named by a base type. */
function taggedOf(tx: Transaction, input: Input): Tagged {
  const type = input.text('type').replace(/^urn:vim25:/, '');
  const id = input.text('id');
  const isThere = tx.has({ type, value: id });
  const actual = isThere ? tx.typeOf(id) : '';
  if (type === 'com.vmware.content.library.Item' || type === 'com.vmware.content.Library') {
    if (actual === (type.endsWith('Item') ? '_LibraryItem' : '_Library')) return { type, id };
  } else if (isThere && !actual.startsWith('_') && (actual === type || isSubtype(actual, type))) return { type: actual, id };
  throw notFound(`${type} ${id}`);
}

function mayAttach(call: RestCall, object: Tagged): void {
  call.require('InventoryService.Tagging.AttachTag', object.type.startsWith('com.vmware.') ? undefined : { type: object.type, value: object.id });
}

/** Library items are for everybody; of the inventory, what the caller may see. */
const visible = ({ session }: RestCall, { type, id }: Tagged): boolean => type.startsWith('com.vmware.') || (session.rights?.has({ type, value: id }, 'System.Read') ?? true);

/** The object, when the caller may read it. Throws NOT_FOUND, UNAUTHORIZED. */
function readableOf(call: RestCall, tx: Transaction, input: Input): Tagged {
  const object = taggedOf(tx, input);
  if (!visible(call, object)) call.require('System.Read', { type: object.type, value: object.id });
  return object;
}

/** Does it for each; what fails is told and the others are done. */
function batch(call: RestCall, pairs: readonly (readonly [string, Input])[], how: typeof attach): unknown {
  const messages: unknown[] = [];
  call.change((tx) => {
    for (const [tag, input] of pairs) {
      try {
        const object = taggedOf(tx, input);
        mayAttach(call, object);
        how(tx, tag, object);
      } catch (error) {
        if (!(error instanceof RestError)) throw error;
        messages.push({ id: error.id, default_message: error.message, args: [] });
      }
    }
  });
  return { success: messages.length === 0, error_messages: messages };
}

const ONE = '/tag-association/{tag_id}';
const ALL = '/tag-association';

const single = (action: string, does: string, how: typeof attach): Route =>
  route('POST', ONE, action, does, (call) => {
    call.change((tx) => {
      tagOf(tx, call.path('tag_id'));
      const object = taggedOf(tx, call.body.object('object_id'));
      mayAttach(call, object);
      how(tx, call.path('tag_id'), object);
    });
  });

const onMany = (action: string, does: string, how: typeof attach): Route =>
  route('POST', ONE, action, does, (call) => {
    read(call, (tx) => tagOf(tx, call.path('tag_id')));
    return batch(call, call.body.objects('object_ids').map((object) => [call.path('tag_id'), object] as const), how);
  });

const manyOn = (action: string, does: string, how: typeof attach): Route =>
  route('POST', ALL, action, does, (call) => {
    const object = call.body.object('object_id');
    read(call, (tx) => taggedOf(tx, object));
    return batch(call, call.body.texts('tag_ids').map((tag) => [tag, object] as const), how);
  });

const associations: readonly Route[] = [
  single('attach', 'attaches a tag to an object', attach),
  single('detach', 'detaches a tag from an object', detach),
  onMany('attach-tag-to-multiple-objects', 'attaches a tag to objects', attach),
  onMany('detach-tag-from-multiple-objects', 'detaches a tag from objects', detach),
  manyOn('attach-multiple-tags-to-object', 'attaches tags to an object', attach),
  manyOn('detach-multiple-tags-from-object', 'detaches tags from an object', detach),
  route('POST', ALL, 'list-attached-tags', 'ids of the tags of an object', (call) => read(call, (tx) => tagsOn(tx, readableOf(call, tx, call.body.object('object_id'))))),
  route('POST', ONE, 'list-attached-objects', 'objects of a tag', (call) => read(call, (tx) => (tagOf(tx, call.path('tag_id')), objectsWith(tx, call.path('tag_id')).filter((object) => visible(call, object))))),
  route('POST', ALL, 'list-attached-objects-on-tags', 'objects of several tags', (call) =>
    read(call, (tx) => call.body.texts('tag_ids').map((tag_id) => (tagOf(tx, tag_id), { tag_id, object_ids: objectsWith(tx, tag_id).filter((object) => visible(call, object)) })))),
  route('POST', ALL, 'list-attached-tags-on-objects', 'tags of several objects', (call) =>
    read(call, (tx) => call.body.objects('object_ids').map((input) => {
      const object = readableOf(call, tx, input);
      return { object_id: object, tag_ids: tagsOn(tx, object) };
    }))),
  route('POST', ALL, 'list-attachable-tags', 'ids of the tags that may be attached to an object', (call) => read(call, (tx) => {
    const object = readableOf(call, tx, call.body.object('object_id'));
    const attached = tagsOn(tx, object);
    return tagIds(tx).filter((id) => {
      const category_id = tagOf(tx, id).category_id;
      const { associable_types, cardinality } = categoryOf(tx, category_id);
      const fits = associable_types.length === 0 || associable_types.includes(object.type);
      return fits && !attached.includes(id) && (cardinality === 'MULTIPLE' || !attached.some((other) => tagOf(tx, other).category_id === category_id));
    });
  })),
];

export const taggingRoutes: readonly Route[] = [...categories, ...tags, ...associations];
