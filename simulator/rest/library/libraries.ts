// Routes of libraries: local, published and subscribed, and the subscriptions of a published one.
import { isSubtype } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { invalid, RestError } from '../errors.ts';
import type { Input } from '../input.ts';
import type { RestCall, Route } from '../route.ts';
import {
  changeLibrary, createLibrary, deleteLibrary, itemIds, libraryIds, libraryOf, readObject, type Library, type Publication, type Subscription,
} from './objects.ts';
import { evictItem, sourceOf, syncLibrary } from './sync.ts';
import { libraryView, only, publishUrl, read, route } from './views.ts';

const METHODS = ['NONE', 'BASIC'] as const;
const SECURITY_POLICY = 'vicsim-ovf-default';

/** The one security policy that there is, as every vCenter has it: signed OVF items only. */
export const securityPolicies = [{ policy: SECURITY_POLICY, name: 'OVF default policy', item_type_rules: { ovf: 'OVF_STRICT_VERIFICATION' } }];

function backingsOf(tx: Transaction, spec: Input): Library['storage_backings'] {
  const list = spec.objects('storage_backings');
  if (list.length !== 1) throw invalid(`storage_backings has ${list.length} entries; it must have one.`);
  const type = list[0]!.word('type', ['DATASTORE', 'OTHER']);
  if (type === 'OTHER') throw new RestError('UNSUPPORTED', 'storage_backings[0].type OTHER is not simulated: give a DATASTORE.');
  const datastore_id = list[0]!.text('datastore_id');
  if (!tx.has({ type: 'Datastore', value: datastore_id }) || !isSubtype(tx.typeOf(datastore_id), 'Datastore')) throw invalid(`storage_backings[0].datastore_id is "${datastore_id}"; there is no such datastore.`);
  return [{ type, datastore_id }];
}

function publicationOf(spec: Input | undefined, old?: Publication): Publication | undefined {
  if (!spec) return old;
  const authentication_method = spec.optionalWord('authentication_method', METHODS) ?? old?.authentication_method ?? 'NONE';
  const password = spec.optionalText('password') ?? old?.password;
  if (authentication_method === 'BASIC' && password === undefined) throw invalid('publish_info.password is missing: authentication_method is BASIC.');
  const user_name = spec.optionalText('user_name') ?? (authentication_method === 'BASIC' ? 'vcsp' : undefined);
  const persist = spec.flag('persist_json_enabled');
  return {
    authentication_method, published: spec.flag('published') ?? old?.published ?? false,
    ...(persist === undefined ? {} : { persist_json_enabled: persist }), ...(user_name === undefined ? {} : { user_name }), ...(password === undefined ? {} : { password }),
  };
}

function subscriptionOf(spec: Input, old?: Subscription): Subscription {
  const texts = { ssl_thumbprint: spec.optionalText('ssl_thumbprint') ?? old?.ssl_thumbprint, user_name: spec.optionalText('user_name') ?? old?.user_name, password: spec.optionalText('password') ?? old?.password };
  return {
    authentication_method: spec.optionalWord('authentication_method', METHODS) ?? old?.authentication_method ?? 'NONE',
    subscription_url: old?.subscription_url ?? spec.text('subscription_url'),
    automatic_sync_enabled: spec.flag('automatic_sync_enabled') ?? old?.automatic_sync_enabled ?? false,
    on_demand: spec.flag('on_demand') ?? old?.on_demand ?? true,
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)),
  };
}

function newLibrary(call: RestCall, tx: Transaction, spec: Input, type: Library['type']): Library {
  const now = call.sim.clock.now();
  const policy = spec.optionalText('security_policy_id');
  if (policy !== undefined && policy !== SECURITY_POLICY) throw invalid(`security_policy_id is "${policy}"; there is ${SECURITY_POLICY}.`);
  const publication = type === 'LOCAL' ? publicationOf(spec.optional('publish_info')) : undefined;
  return {
    name: spec.text('name'), description: spec.optionalText('description') ?? '', type, storage_backings: backingsOf(tx, spec), creation_time: now, last_modified_time: now,
    version: '2', server_guid: call.sim.about.instanceUuid ?? '', ...(policy === undefined ? {} : { security_policy_id: policy }),
    ...(publication ? { publish_info: publication } : {}), ...(type === 'SUBSCRIBED' ? { subscription_info: subscriptionOf(spec.object('subscription_info')) } : {}),
  };
}

function create(call: RestCall, type: Library['type']): string {
  call.require(`ContentLibrary.Create${type === 'LOCAL' ? 'Local' : 'Subscribed'}Library`);
  return call.change((tx) => {
    const id = createLibrary(call.sim, tx, newLibrary(call, tx, call.spec('create_spec'), type));
    if (type === 'SUBSCRIBED') syncLibrary(call.sim, tx, id);
    return id;
  });
}

/** Throws NOT_FOUND for a library of another type: each has its own place. */
function ofType(tx: Transaction, id: string, type: Library['type']): Library {
  const library = libraryOf(tx, id);
  if (library.type !== type) throw new RestError('INVALID_ARGUMENT', `Library "${library.name}" is ${library.type}, not ${type}.`, 'com.vmware.vdcs.cls-main.invalid_library_type');
  return library;
}

function update(call: RestCall, type?: Library['type']): void {
  const spec = call.spec('update_spec');
  call.change((tx) => {
    const id = call.path('library_id');
    const old = type ? ofType(tx, id, type) : libraryOf(tx, id);
    call.require(`ContentLibrary.Update${old.type === 'LOCAL' ? 'Local' : 'Subscribed'}Library`);
    const publication = old.type === 'LOCAL' ? publicationOf(spec.optional('publish_info'), old.publish_info) : undefined;
    const subscription = spec.optional('subscription_info');
    const change = { name: spec.optionalText('name'), description: spec.optionalText('description') };
    changeLibrary(call.sim, tx, id, {
      ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)), ...(publication ? { publish_info: publication } : {}),
      ...(subscription && old.subscription_info ? { subscription_info: subscriptionOf(subscription, old.subscription_info) } : {}),
    });
  });
}

function routesOf(type: Library['type']): readonly Route[] {
  const word = type === 'LOCAL' ? 'local' : 'subscribed';
  const path = `/${word}-library`;
  const remove: Route['run'] = (call) => {
    call.require(`ContentLibrary.Delete${type === 'LOCAL' ? 'Local' : 'Subscribed'}Library`);
    call.change((tx) => {
      ofType(tx, call.path('library_id'), type);
      deleteLibrary(call.sim, tx, call.path('library_id'));
    });
  };
  return [
    route('GET', path, undefined, `ids of the ${word} libraries`, (call) => read(call, (tx) => libraryIds(tx).filter((id) => libraryOf(tx, id).type === type))),
    route('POST', path, undefined, `creates a ${word} library`, (call) => create(call, type), 201),
    route('GET', `${path}/{library_id}`, undefined, `one ${word} library`, (call) => read(call, (tx) => (ofType(tx, call.path('library_id'), type), libraryView(call, tx, call.path('library_id'))))),
    route('PATCH', `${path}/{library_id}`, undefined, `changes a ${word} library`, (call) => update(call, type)),
    route('DELETE', `${path}/{library_id}`, undefined, `deletes a ${word} library with its items and files`, remove),
    only('rest', route('DELETE', `${path}/{library_id}`, 'force-delete', `the same`, remove)),
    route('POST', `${path}/{library_id}`, 'force-delete', `the same`, remove),
  ];
}

// ---- subscriptions of a published library ------------------------------------------------------------------------

interface Subscriber {
  readonly library: string;
  readonly subscribed_library: string;
  readonly subscribed_library_placement?: unknown;
}

const SUBSCRIBER = '_LibrarySubscription';

function subscribersOf(tx: Transaction, library: string): readonly string[] {
  libraryOf(tx, library);
  return [...tx.all(SUBSCRIBER)].filter((ref) => tx.get(ref, 'library') === library && libraryIds(tx).includes(String(tx.get(ref, 'subscribed_library')))).map(({ value }) => value);
}

function subscriberOf(tx: Transaction, library: string, id: string): Subscriber {
  const found = readObject<Subscriber>(tx, SUBSCRIBER, 'Subscription', id);
  if (found.library !== library) throw invalid(`Subscription ${id} is not one of library ${library}.`);
  return found;
}

function subscribe(call: RestCall): string {
  const library = call.path('library_id');
  call.require('ContentLibrary.UpdateLocalLibrary');
  const spec = call.spec('spec').object('subscribed_library');
  return call.change((tx) => {
    const { name, publish_info } = ofType(tx, library, 'LOCAL');
    if (publish_info?.published !== true) throw new RestError('NOT_ALLOWED_IN_CURRENT_STATE', `Library "${name}" is not published.`);
    spec.word('location', ['LOCAL', 'REMOTE']);
    let subscribed = spec.optionalText('subscribed_library');
    if (spec.word('target', ['CREATE_NEW', 'USE_EXISTING']) === 'CREATE_NEW') {
      const wanted = spec.object('new_subscribed_library');
      const now = call.sim.clock.now();
      subscribed = createLibrary(call.sim, tx, {
        name: wanted.text('name'), description: wanted.optionalText('description') ?? '', type: 'SUBSCRIBED', storage_backings: backingsOf(tx, wanted), creation_time: now, last_modified_time: now, version: '2', server_guid: call.sim.about.instanceUuid ?? '',
        subscription_info: { authentication_method: 'NONE', subscription_url: publishUrl(call, library), automatic_sync_enabled: wanted.flag('automatic_sync_enabled') ?? false, on_demand: wanted.flag('on_demand') ?? true, ...(publish_info.password === undefined ? {} : { password: publish_info.password }) },
      });
    }
    if (subscribed === undefined) throw invalid('subscribed_library is missing: target is USE_EXISTING.');
    const { subscription_info } = ofType(tx, subscribed, 'SUBSCRIBED');
    if (sourceOf(tx, subscription_info!) !== library) throw invalid(`Library ${subscribed} is subscribed to another library.`);
    if (subscribersOf(tx, library).some((id) => subscriberOf(tx, library, id).subscribed_library === subscribed)) throw new RestError('ALREADY_EXISTS', `Library ${subscribed} is a subscriber already.`);
    const id = call.sim.random.uuid();
    tx.create(SUBSCRIBER, id, { library, subscribed_library: subscribed, subscribed_library_placement: spec.raw('placement') });
    return id;
  });
}

/** Synchronises the chosen subscribers, or all. */
export function publishTo(call: RestCall, tx: Transaction, library: string): void {
  ofType(tx, library, 'LOCAL');
  const chosen = call.body.objects('subscriptions').map((subscription) => subscription.text('subscription'));
  for (const id of chosen.length > 0 ? chosen : subscribersOf(tx, library)) syncLibrary(call.sim, tx, subscriberOf(tx, library, id).subscribed_library);
}

const summary = (tx: Transaction, library: string, id: string): object => {
  const { subscribed_library } = subscriberOf(tx, library, id);
  return { subscription: id, subscribed_library, subscribed_library_name: libraryOf(tx, subscribed_library).name };
};

const subscription: readonly Route[] = [
  only('rest', route('GET', '/library/subscriptions', undefined, 'subscriptions of a published library', (call) => subscriberList(call, call.query('library')[0] ?? ''))),
  only('api', route('GET', '/library/{library_id}/subscriptions', undefined, 'subscriptions of a published library', (call) => subscriberList(call, call.path('library_id')))),
  only('rest', route('POST', '/library/subscriptions/{library_id}', undefined, 'subscribes a library to it', subscribe)),
  only('api', route('POST', '/library/{library_id}/subscriptions', undefined, 'subscribes a library to it', subscribe, 201)),
  only('rest', route('POST', '/library/subscriptions/{library_id}', 'get', 'one subscription', (call) => subscriberInfo(call, call.body.text('subscription')))),
  only('api', route('GET', '/library/{library_id}/subscriptions/{subscription}', undefined, 'one subscription', (call) => subscriberInfo(call, call.path('subscription')))),
  only('rest', route('POST', '/library/subscriptions/{library_id}', 'delete', 'ends a subscription', (call) => unsubscribe(call, call.body.text('subscription')))),
  only('api', route('DELETE', '/library/{library_id}/subscriptions/{subscription}', undefined, 'ends a subscription', (call) => unsubscribe(call, call.path('subscription')))),
];

const subscriberList = (call: RestCall, library: string): unknown => read(call, (tx) => subscribersOf(tx, library).map((id) => summary(tx, library, id)));

const subscriberInfo = (call: RestCall, id: string): unknown => read(call, (tx) => {
  const { subscribed_library_placement: placement } = subscriberOf(tx, call.path('library_id'), id);
  return { ...summary(tx, call.path('library_id'), id), subscribed_library_location: 'LOCAL', ...(placement === undefined ? {} : { subscribed_library_placement: placement }) };
});

function unsubscribe(call: RestCall, id: string): void {
  call.require('ContentLibrary.UpdateLocalLibrary');
  call.change((tx) => {
    subscriberOf(tx, call.path('library_id'), id);
    tx.remove({ type: SUBSCRIBER, value: id });
  });
}

export const libraryRoutes: readonly Route[] = [
  route('GET', '/library', undefined, 'ids of the libraries', (call) => read(call, libraryIds)),
  route('POST', '/library', 'find', 'ids of the libraries of a name or type', (call) => {
    const spec = call.spec('spec');
    const [name, type] = [spec.optionalText('name')?.toLowerCase(), spec.optionalText('type')];
    if (name === undefined && type === undefined) throw invalid('The search is empty: give a name or a type.');
    return read(call, (tx) => libraryIds(tx).filter((id) => (name === undefined || libraryOf(tx, id).name.toLowerCase() === name) && (type === undefined || libraryOf(tx, id).type === type)));
  }),
  route('GET', '/library/{library_id}', undefined, 'one library', (call) => read(call, (tx) => libraryView(call, tx, call.path('library_id')))),
  route('PATCH', '/library/{library_id}', undefined, 'changes a library', (call) => update(call)),
  ...routesOf('LOCAL'),
  route('POST', '/local-library/{library_id}', 'publish', 'synchronises the subscribers of a library', (call) => {
    call.require('ContentLibrary.UpdateLocalLibrary');
    call.change((tx) => publishTo(call, tx, call.path('library_id')));
  }),
  ...routesOf('SUBSCRIBED'),
  route('POST', '/subscribed-library/{library_id}', 'sync', 'synchronises a subscribed library', (call) => {
    call.require('ContentLibrary.SyncLibrary');
    call.change((tx) => (ofType(tx, call.path('library_id'), 'SUBSCRIBED'), syncLibrary(call.sim, tx, call.path('library_id'))));
  }),
  route('POST', '/subscribed-library/{library_id}', 'evict', 'drops the bytes of a subscribed library', (call) => {
    call.require('ContentLibrary.EvictSubscribedLibrary');
    call.change((tx) => {
      ofType(tx, call.path('library_id'), 'SUBSCRIBED');
      for (const item of itemIds(tx, call.path('library_id'))) evictItem(tx, item);
    });
  }),
  ...subscription,
  only('api', route('GET', '/security-policies', undefined, 'security policies of libraries', () => securityPolicies)),
];
