// Keys: CryptoManager's five methods, and those of CryptoManagerKmip about keys (vim25).
import { fault, isFault, type CryptoKeyId, type CryptoKeyResult, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Methods } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { defaultFor, keyId, keyOf, keysIn, machinesOf, MANAGER, providerOf, wrong, type Key } from './providers.ts';

type Ref = ManagedObjectReference;

/** What QueryCryptoKeyStatus is asked for, as bits: whether it can be had, and who uses it. */
const ASKED = { available: 1, machines: 2, hosts: 4 } as const;

const write = (tx: Transaction, id: string, key: Key): void => tx.set(MANAGER, '_keys', { ...keysIn(tx), [id]: key });

function add(tx: Transaction, key: CryptoKeyId): void {
  if (Object.hasOwn(keysIn(tx), key.keyId)) throw fault('AlreadyExists', { name: key.keyId }, `The key '${key.keyId}' already exists.`);
  if (key.providerId) providerOf(tx, key.providerId, 'key.keyId.providerId');
  write(tx, key.keyId, { provider: key.providerId?.id });
}

/** Throws ResourceInUse while a machine is encrypted with it, unless forced. */
function remove(tx: Transaction, key: CryptoKeyId, force: boolean): void {
  if (keyOf(tx, key) === undefined) throw wrong('key', `there is no key "${key.keyId}"`);
  const [user] = machinesOf(tx, key);
  if (user !== undefined && !force) throw fault('ResourceInUse', { name: key.keyId }, `The key '${key.keyId}' is in use by ${String(tx.get(user, 'name'))}.`);
  const { [key.keyId]: _gone, ...others } = keysIn(tx);
  tx.set(MANAGER, '_keys', others);
}

/** Does it for each key, and says of each how that went. */
const each = (keys: readonly CryptoKeyId[], work: (key: CryptoKeyId) => void): CryptoKeyResult[] => keys.map((key) => {
  try {
    work(key);
    return { _type: 'CryptoKeyResult', keyId: key, success: true } as CryptoKeyResult;
  } catch (error) {
    if (!isFault(error)) throw error;
    return { _type: 'CryptoKeyResult', keyId: key, success: false, reason: error.message, fault: error.localized() } as CryptoKeyResult;
  }
});

export const cryptoKeys: Methods<'CryptoManager'> = {
  AddKey: ({ tx }, { key }) => add(tx, key.keyId),
  AddKeys: ({ tx }, { keys }) => each((keys ?? []).map((key) => key.keyId), (key) => add(tx, key)),
  RemoveKey: ({ tx }, { key, force }) => remove(tx, key, force),
  RemoveKeys: ({ tx }, { keys, force }) => each(keys ?? [], (key) => remove(tx, key, force)),
  ListKeys: ({ tx }, { limit }) => Object.entries(keysIn(tx)).slice(0, limit ?? undefined).map(([id, { provider }]) => keyId(id, provider)),
};

const attributesOf = (spec: { attributes?: readonly { key: string; value: string }[] } | undefined): Key['attributes'] =>
  spec?.attributes && Object.fromEntries(spec.attributes.map(({ key, value }) => [key, value]));

export const kmipKeys: Methods<'CryptoManagerKmip'> = {
  GenerateKey({ sim, tx }, { keyProvider, spec }) {
    const provider = keyProvider ? providerOf(tx, keyProvider, 'keyProvider') : defaultFor(tx, undefined, true);
    if (provider === undefined) throw wrong('keyProvider', 'there is no default key provider, and none is named');
    if (provider.managementType === 'nativeProvider') throw wrong('keyProvider', `"${provider.clusterId.id}" is a native key provider, which makes its keys itself`);
    const id = sim.random.uuid();
    write(tx, id, { provider: provider.clusterId.id, attributes: attributesOf(spec) });
    return { _type: 'CryptoKeyResult', keyId: keyId(id, provider.clusterId.id), success: true } as CryptoKeyResult;
  },
  SetKeyCustomAttributes({ tx }, { keyId: key, spec }) {
    return each([key], () => {
      const known = keyOf(tx, key);
      if (known === undefined) throw wrong('keyId', `there is no key "${key.keyId}"`);
      write(tx, key.keyId, { ...known, attributes: { ...known.attributes, ...attributesOf(spec) } });
    })[0]!;
  },
  QueryCryptoKeyStatus({ tx }, { keyIds, checkKeyBitMap }) {
    return (keyIds ?? []).map((key) => {
      const hosts = (): Ref[] => [...new Map(machinesOf(tx, key).map((vm) => tx.get(vm, 'runtime.host') as Ref | undefined).filter((host) => host !== undefined).map((host) => [host.value, host])).values()];
      return {
        _type: 'CryptoManagerKmipCryptoKeyStatus', keyId: key,
        ...((checkKeyBitMap & ASKED.available) !== 0 ? availability(tx, key) : {}),
        ...((checkKeyBitMap & ASKED.machines) !== 0 ? { encryptedVMs: machinesOf(tx, key) } : {}),
        ...((checkKeyBitMap & ASKED.hosts) !== 0 ? { affectedHosts: hosts() } : {}),
      };
    });
  },
};

function availability(tx: Transaction, key: CryptoKeyId): { keyAvailable: boolean; reason?: string } {
  if (keyOf(tx, key) !== undefined) return { keyAvailable: true };
  const known = key.providerId === undefined ? undefined : ((tx.get(MANAGER, 'kmipServers') ?? []) as readonly { clusterId: { id: string }; managementType?: string }[]).find(({ clusterId }) => clusterId.id === key.providerId!.id);
  if (known?.managementType === 'nativeProvider') return { keyAvailable: false, reason: 'KeyStateManagedByNKP' };
  return { keyAvailable: false, reason: known || key.providerId === undefined ? 'KeyStateMissingInKMS' : 'KeyStateClusterInvalid' };
}
