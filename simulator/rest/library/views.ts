// How libraries, items and files are shown to clients, and the small helpers of the library routes.
import type { Transaction } from '../../store/transaction.ts';
import { stat } from '../../objects/datastore/files.ts';
import type { RestCall, Route, Verb } from '../route.ts';
import { filePlace, itemOf, libraryOf, type Item, type ItemFile } from './objects.ts';

/** A route that both dialects have at the same place. */
export const route = (verb: Verb, path: string, action: string | undefined, does: string, run: Route['run'], status?: Route['status']): Route =>
  ({ verb, rest: `/com/vmware/content${path}`, api: `/content${path}`, does, run, ...(action === undefined ? {} : { action }), ...(status ? { status } : {}) });

/** A route of one dialect. */
export function only(dialect: 'rest' | 'api', { rest, api, ...others }: Route): Route {
  return dialect === 'rest' ? { ...others, ...(rest === undefined ? {} : { rest }) } : { ...others, ...(api === undefined ? {} : { api }) };
}

export const read = <T>({ sim }: RestCall, look: (tx: Transaction) => T): T => sim.store.transaction(look);

/** Where subscribers of a library find it. */
export const publishUrl = (call: RestCall, id: string): string => `${call.origin}/cls/vcsp/lib/${id}/lib.json`;

export function libraryView(call: RestCall, tx: Transaction, id: string): unknown {
  const { publish_info, subscription_info, security_policy_id, ...library } = libraryOf(tx, id);
  const { password: _published, ...publication } = publish_info ?? {};
  const { password: _subscribed, ...subscription } = subscription_info ?? {};
  return {
    id, ...library, state_info: { state: 'ACTIVE' }, optimization_info: { optimize_remote_publishing: false },
    ...(security_policy_id === undefined ? { unset_security_policy_id: true } : { security_policy_id }),
    ...(publish_info ? { publish_info: { ...publication, ...(publish_info.published ? { publish_url: publishUrl(call, id) } : {}) } } : {}),
    ...(subscription_info ? { subscription_info: subscription } : {}),
  };
}

const sizeOfItem = ({ files }: Item): number => files.reduce((sum, { size }) => sum + size, 0);

export function itemView(tx: Transaction, id: string): unknown {
  const { files, vm: _vm, ...item } = itemOf(tx, id);
  return { id, ...item, size: sizeOfItem({ files } as Item), security_compliance: true };
}

/** A file with where it is stored. */
export function storageView(tx: Transaction, item: string, { checksum_info, ...file }: ItemFile): unknown {
  const { datastore, path } = filePlace(tx, item, file.name);
  const url = String(tx.get(datastore, 'summary.url') ?? `ds:///vmfs/volumes/${datastore.value}/`).replace(/\/?$/, '/');
  return {
    ...file, size: stat(tx, datastore, path)?.size ?? 0, ...(checksum_info ? { checksum_info } : {}), storage_backing: { type: 'DATASTORE', datastore_id: datastore.value }, storage_uris: [`${url}${path}`],
  };
}
