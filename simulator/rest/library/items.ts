// Routes of library items: their metadata, files and where these are stored.
import { notFound } from '../errors.ts';
import type { RestCall, Route } from '../route.ts';
import { changeItem, copyFiles, createItem, deleteItem, itemIds, itemOf, libraryOf } from './objects.ts';
import { publishTo } from './libraries.ts';
import { cacheItem, evictItem, syncItem } from './sync.ts';
import { itemView, only, read, route, storageView } from './views.ts';
import { RestError } from '../errors.ts';

/** Throws INVALID_ARGUMENT: what a subscribed library has comes from its source. */
export function requireLocal(call: RestCall, library: string): void {
  const { name, type } = read(call, (tx) => libraryOf(tx, library));
  if (type !== 'LOCAL') throw new RestError('INVALID_ARGUMENT', `Library "${name}" is subscribed: its items are those of what it subscribes to.`, 'com.vmware.vdcs.cls-main.subscribed_library_readonly');
}

const path = (call: RestCall): string => call.path('library_item_id');

const files: readonly Route[] = [
  only('rest', route('GET', '/library/item/file', undefined, 'files of an item', (call) => fileList(call, call.query('library_item_id')[0] ?? ''))),
  only('api', route('GET', '/library/item/{library_item_id}/file', undefined, 'files of an item; one with name=', (call) => (call.query('name')[0] === undefined ? fileList(call, path(call)) : file(call, call.query('name')[0]!)))),
  only('rest', route('POST', '/library/item/file/{library_item_id}', 'get', 'one file of an item', (call) => file(call, call.body.text('name')))),
  only('rest', route('GET', '/library/item/storage', undefined, 'where the files of an item are stored', (call) => storageList(call, call.query('library_item_id')[0] ?? ''))),
  only('api', route('GET', '/library/item/{library_item_id}/storage', undefined, 'where the files of an item are stored; one with file_name=', (call) => (call.query('file_name')[0] === undefined ? storageList(call, path(call)) : storage(call, call.query('file_name')[0]!)))),
  only('rest', route('POST', '/library/item/storage/{library_item_id}', 'get', 'where one file is stored', (call) => storage(call, call.body.text('file_name')))),
];

const fileList = (call: RestCall, id: string): unknown => read(call, (tx) => itemOf(tx, id).files);

function file(call: RestCall, name: string): unknown {
  const found = read(call, (tx) => itemOf(tx, path(call)).files.find((one) => one.name === name));
  if (!found) throw notFound(`File ${name} of library item ${path(call)}`);
  return found;
}

function storageList(call: RestCall, id: string): unknown {
  call.require('ContentLibrary.ReadStorage');
  return read(call, (tx) => itemOf(tx, id).files.map((one) => storageView(tx, id, one)));
}

function storage(call: RestCall, name: string): unknown {
  call.require('ContentLibrary.ReadStorage');
  const found = file(call, name) as ReturnType<typeof itemOf>['files'][number];
  return read(call, (tx) => [storageView(tx, path(call), found)]);
}

export const itemRoutes: readonly Route[] = [
  route('GET', '/library/item', undefined, 'ids of the items of a library', (call) => read(call, (tx) => {
    const id = call.query('library_id')[0] ?? '';
    libraryOf(tx, id);
    return itemIds(tx, id);
  })),
  route('POST', '/library/item', undefined, 'creates an item without files', (call) => {
    call.require('ContentLibrary.AddLibraryItem');
    const spec = call.spec('create_spec');
    requireLocal(call, spec.text('library_id'));
    return call.change((tx) => createItem(call.sim, tx, {
      library_id: spec.text('library_id'), name: spec.text('name'), description: spec.optionalText('description') ?? '', type: spec.optionalText('type') ?? '',
    }));
  }, 201),
  route('POST', '/library/item', 'find', 'ids of the items of a library, name or type', (call) => {
    const spec = call.spec('spec');
    const wanted = { library: spec.optionalText('library_id'), name: spec.optionalText('name')?.toLowerCase(), type: spec.optionalText('type'), source: spec.optionalText('source_id'), cached: spec.flag('cached') };
    return read(call, (tx) => itemIds(tx, wanted.library).filter((id) => {
      const item = itemOf(tx, id);
      return (wanted.name === undefined || item.name.toLowerCase() === wanted.name) && (wanted.type === undefined || item.type === wanted.type) &&
        (wanted.source === undefined || item.source_id === wanted.source) && (wanted.cached === undefined || item.cached === wanted.cached);
    }));
  }),
  route('GET', '/library/item/{library_item_id}', undefined, 'one item', (call) => read(call, (tx) => itemView(tx, path(call)))),
  route('PATCH', '/library/item/{library_item_id}', undefined, 'changes an item', (call) => {
    call.require('ContentLibrary.UpdateLibraryItem');
    const spec = call.spec('update_spec');
    requireLocal(call, read(call, (tx) => itemOf(tx, path(call)).library_id));
    const change = { name: spec.optionalText('name'), description: spec.optionalText('description'), type: spec.optionalText('type') };
    call.change((tx) => changeItem(call.sim, tx, path(call), 'metadata', Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))));
  }),
  route('DELETE', '/library/item/{library_item_id}', undefined, 'deletes an item with its files; the template of a VM template', async (call) => {
    call.require('ContentLibrary.DeleteLibraryItem');
    const { library_id, vm } = read(call, (tx) => itemOf(tx, path(call)));
    requireLocal(call, library_id);
    // The item goes with its machine.
    if (vm && call.sim.store.get(vm)) await call.vim(vm, 'Destroy_Task');
    else call.change((tx) => deleteItem(call.sim, tx, path(call)));
  }),
  route('POST', '/library/item/{library_item_id}', 'copy', 'copies an item with its files', (call) => {
    call.require('ContentLibrary.AddLibraryItem');
    const spec = call.spec('destination_create_spec');
    return call.change((tx) => {
      const source = itemOf(tx, path(call));
      const library_id = spec.optionalText('library_id') ?? source.library_id;
      if (libraryOf(tx, library_id).type !== 'LOCAL') throw new RestError('INVALID_ARGUMENT', 'A subscribed library takes no copies.');
      if (source.vm) throw new RestError('UNSUPPORTED', `Item "${source.name}" is a VM template: deploy it and make a template of the copy.`);
      cacheItem(call.sim, tx, path(call));
      const id = createItem(call.sim, tx, { library_id, name: spec.optionalText('name') ?? source.name, description: spec.optionalText('description') ?? source.description, type: source.type });
      copyFiles(call.sim, tx, path(call), id);
      tx.set({ type: '_LibraryItem', value: id }, 'files', itemOf(tx, path(call)).files);
      return id;
    });
  }),
  route('POST', '/library/item/{library_item_id}', 'publish', 'synchronises the subscribers of its library', (call) => {
    call.require('ContentLibrary.UpdateLocalLibrary');
    call.change((tx) => publishTo(call, tx, itemOf(tx, path(call)).library_id));
  }),
  route('POST', '/library/subscribed-item/{library_item_id}', 'sync', 'synchronises an item', (call) => {
    call.require('ContentLibrary.SyncLibraryItem');
    const content = call.body.flag('force_sync_content') ?? false;
    call.change((tx) => syncItem(call.sim, tx, path(call), content));
  }),
  route('POST', '/library/subscribed-item/{library_item_id}', 'evict', 'drops the bytes of an item', (call) => {
    call.require('ContentLibrary.EvictLibraryItem');
    call.change((tx) => evictItem(tx, path(call)));
  }),
  ...files,
];
