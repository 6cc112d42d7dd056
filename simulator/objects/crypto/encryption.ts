// Encrypted machines: what a CryptoSpec of a machine's configuration (vim25 VirtualMachineConfigSpec.crypto) does to its keyId.
import { fault, type CryptoKeyId, type CryptoSpec, type DataTypes, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { keyId, keyOf, wrong } from './providers.ts';

type Ref = ManagedObjectReference;

/** The key of a machine after the spec. Throws InvalidArgument, InvalidState, InvalidPowerState. */
export function keyAfter(tx: Transaction, vm: Ref, old: CryptoKeyId | undefined, spec: CryptoSpec | undefined): CryptoKeyId | undefined {
  switch (spec?._type) {
    case 'CryptoSpecEncrypt':
      if (old) throw fault('InvalidState', {}, 'The machine is encrypted already: encrypt it anew with another key (CryptoSpecShallowRecrypt, CryptoSpecDeepRecrypt).');
      needsOff(tx, vm, 'encrypted');
      needsNoSnapshots(tx, vm, 'encrypted');
      return known(tx, (spec as DataTypes['CryptoSpecEncrypt']).cryptoKeyId, 'cryptoKeyId');
    case 'CryptoSpecDecrypt':
      mustBeEncrypted(old);
      needsOff(tx, vm, 'decrypted');
      needsNoSnapshots(tx, vm, 'decrypted');
      return undefined;
    case 'CryptoSpecDeepRecrypt':
      mustBeEncrypted(old);
      needsOff(tx, vm, 'encrypted anew');
      needsNoSnapshots(tx, vm, 'encrypted anew');
      return known(tx, (spec as DataTypes['CryptoSpecDeepRecrypt']).newKeyId, 'newKeyId');
    case 'CryptoSpecShallowRecrypt':
      mustBeEncrypted(old);
      return known(tx, (spec as DataTypes['CryptoSpecShallowRecrypt']).newKeyId, 'newKeyId');
    default: return old;
  }
}

function known(tx: Transaction, key: CryptoKeyId, field: string): CryptoKeyId {
  const found = keyOf(tx, key);
  if (found === undefined) throw wrong(`configSpec.crypto.${field}`, `there is no key "${key.keyId}"${key.providerId ? ` of the key provider "${key.providerId.id}"` : ''}`);
  return keyId(key.keyId, found.provider);
}

function mustBeEncrypted(old: CryptoKeyId | undefined): void {
  if (old === undefined) throw fault('InvalidState', {}, 'The machine is not encrypted.');
}

function needsOff(tx: Transaction, vm: Ref, what: string): void {
  const existingState = tx.find(vm)?.['runtime'] === undefined ? 'poweredOff' : (tx.get(vm, 'runtime.powerState') as string);
  if (existingState !== 'poweredOff') throw fault('InvalidPowerState', { requestedState: 'poweredOff', existingState: existingState as 'poweredOn' }, `The machine must be off to be ${what}.`);
}

function needsNoSnapshots(tx: Transaction, vm: Ref, what: string): void {
  if (tx.find(vm)?.['snapshot'] !== undefined) throw fault('InvalidState', {}, `A machine with snapshots cannot be ${what}: remove them first.`);
}
