// Key providers of a vCenter (vim25 KmipClusterInfo) and their keys, as the state of its CryptoManagerKmip: read, found, written.
// The key servers are simulated with it: they can be reached, whatever their address, and keep what they made.
import { fault, type CryptoKeyId, type Fault, type KeyProviderId, type KmipClusterInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;

export const MANAGER: Ref = { type: 'CryptoManagerKmip', value: 'CryptoManager' };

/** A key, under its id; what it is made of stays in the key server. */
export interface Key {
  readonly provider: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** Certificates between vCenter and the servers of a provider, as PEM. */
export interface Trust {
  /** Those that vCenter takes for the servers'. */
  readonly servers?: readonly string[];
  /** What vCenter shows to the servers. */
  readonly client?: string;
  readonly selfSigned?: string;
  readonly request?: string;
}

type Reading = Pick<Transaction, 'get'>;

export const providersIn = (tx: Reading): readonly KmipClusterInfo[] => (tx.get(MANAGER, 'kmipServers') ?? []) as readonly KmipClusterInfo[];
export const keysIn = (tx: Reading): Readonly<Record<string, Key>> => (tx.get(MANAGER, '_keys') ?? {}) as Readonly<Record<string, Key>>;
export const trustOf = (tx: Reading, id: string): Trust => ((tx.get(MANAGER, '_trust') ?? {}) as Readonly<Record<string, Trust>>)[id] ?? {};

export const wrong = (property: string, why: string): Fault => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why}).`);

/** The provider of that id. Throws InvalidArgument. */
export function providerOf(tx: Reading, { id }: KeyProviderId, property = 'clusterId'): KmipClusterInfo {
  const all = providersIn(tx);
  const found = all.find(({ clusterId }) => clusterId.id === id);
  if (found) return found;
  throw wrong(property, `there is no key provider "${id}"${all.length > 0 ? `; there are: ${all.map(({ clusterId }) => clusterId.id).join(', ')}` : ''}`);
}

export function writeProvider(tx: Transaction, changed: KmipClusterInfo): void {
  const all = providersIn(tx);
  const known = all.some(({ clusterId }) => clusterId.id === changed.clusterId.id);
  tx.set(MANAGER, 'kmipServers', known ? all.map((one) => (one.clusterId.id === changed.clusterId.id ? changed : one)) : [...all, changed]);
}

export function writeTrust(tx: Transaction, id: string, change: Trust): void {
  tx.set(MANAGER, '_trust', { ...(tx.get(MANAGER, '_trust') as object | undefined), [id]: { ...trustOf(tx, id), ...change } });
}

/** Takes a provider away with its servers, keys and certificates. */
export function dropProvider(tx: Transaction, id: string): void {
  const { [id]: _gone, ...trust } = (tx.get(MANAGER, '_trust') ?? {}) as Record<string, Trust>;
  tx.update(MANAGER, {
    kmipServers: providersIn(tx).filter(({ clusterId }) => clusterId.id !== id), _trust: trust,
    _keys: Object.fromEntries(Object.entries(keysIn(tx)).filter(([, { provider }]) => provider !== id)),
  });
}

/** The provider that is for an entity; with `parents` also what is for something above it, or for the whole vCenter. */
export function defaultFor(tx: Reading, entity: Ref | undefined, parents: boolean): KmipClusterInfo | undefined {
  const all = providersIn(tx);
  for (let at = entity; at !== undefined; at = parents ? (tx.get(at, 'parent') as Ref | undefined) : undefined) {
    const { value } = at;
    const found = all.find(({ useAsEntityDefault }) => useAsEntityDefault?.some((ref) => ref.value === value));
    if (found) return found;
  }
  return entity === undefined || parents ? all.find(({ useAsDefault }) => useAsDefault) : undefined;
}

/** Before a commit: what is gone has no default any more. */
export function forgetEntities(tx: Transaction): void {
  const all = tx.has(MANAGER) ? providersIn(tx) : [];
  if (all.every(({ useAsEntityDefault = [] }) => useAsEntityDefault.every((ref) => tx.has(ref)))) return;
  tx.set(MANAGER, 'kmipServers', all.map((info) => ({ ...info, useAsEntityDefault: info.useAsEntityDefault?.filter((ref) => tx.has(ref)) })));
}

export const isSameKey = (a: CryptoKeyId | undefined, b: CryptoKeyId): boolean => a !== undefined && a.keyId === b.keyId && (b.providerId === undefined || a.providerId?.id === b.providerId.id);

/** The key of that id, of that provider when one is named. */
export function keyOf(tx: Reading, { keyId, providerId }: CryptoKeyId): Key | undefined {
  const keys = keysIn(tx);
  const found = Object.hasOwn(keys, keyId) ? keys[keyId] : undefined;
  return found && (providerId === undefined || found.provider === providerId.id) ? found : undefined;
}

/** Machines that are encrypted with a key. */
export const machinesOf = (tx: Transaction, key: CryptoKeyId): Ref[] => [...tx.all('VirtualMachine')].filter((vm) => isSameKey(tx.get(vm, 'config.keyId') as CryptoKeyId | undefined, key));

/** An id as the API writes it. */
export const keyId = (id: string, provider: string | undefined): CryptoKeyId =>
  ({ _type: 'CryptoKeyId', keyId: id, ...(provider === undefined ? {} : { providerId: { _type: 'KeyProviderId', id: provider } }) }) as CryptoKeyId;
