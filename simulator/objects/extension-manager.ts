// ExtensionManager: registered extensions. An appliance finds its own entry here and sets its certificate.
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { fault, type Extension, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';
import { definePrivileges } from './authorization/defined-privileges.ts';

export const extensionManager = define('ExtensionManager', {
  FindExtension: {
    query: ({ self }, { extensionKey }) => (self.props['extensionList'] as readonly Extension[]).find(({ key }) => key === extensionKey),
  },
  RegisterExtension({ sim, tx, self }, { extension }) {
    if (extension.key.trim() === '') throw fault('InvalidArgument', { invalidProperty: 'extension.key' }, 'extension.key is empty: an extension needs a key such as com.example.product.');
    const list = extensions(tx, self.ref);
    if (list.some(({ key }) => key === extension.key)) {
      throw fault('InvalidArgument', { invalidProperty: 'extension.key' }, `An extension with the key "${extension.key}" is registered already. Use UpdateExtension, or unregister it first.`);
    }
    tx.set(self.ref, 'extensionList', [...list, { ...extension, lastHeartbeatTime: extension.lastHeartbeatTime ?? sim.clock.now() }]);
    definePrivileges(sim, tx, extensions(tx, self.ref));
  },
  UpdateExtension({ sim, tx, self }, { extension }) {
    replace(tx, self.ref, extension.key, (old) => ({ ...extension, lastHeartbeatTime: extension.lastHeartbeatTime ?? old.lastHeartbeatTime }));
    definePrivileges(sim, tx, extensions(tx, self.ref));
  },
  UnregisterExtension({ sim, tx, self }, { extensionKey }) {
    const list = extensions(tx, self.ref);
    if (!list.some(({ key }) => key === extensionKey)) throw unknown(extensionKey);
    tx.set(self.ref, 'extensionList', list.filter(({ key }) => key !== extensionKey));
    definePrivileges(sim, tx, extensions(tx, self.ref));
  },
  SetExtensionCertificate({ tx, self }, { extensionKey, certificatePem }) {
    if (certificatePem === undefined) throw fault('NoClientCertificate', {}, 'No certificatePem was given and the connection has no client certificate.');
    const subjectName = subjectOf(certificatePem);
    replace(tx, self.ref, extensionKey, (old) => ({ ...old, subjectName }));
  },
  SetPublicKey({ tx, self }, { extensionKey, publicKey }) {
    if (!isPublicKey(publicKey)) throw fault('InvalidArgument', { invalidProperty: 'publicKey' }, 'A specified parameter was not correct: publicKey is not a PEM encoded public key.');
    // An extension has a certificate or a key to prove itself with, not both.
    replace(tx, self.ref, extensionKey, ({ subjectName: _gone, ...old }) => old as Extension);
    tx.set(self.ref, '_publicKeys', { ...(tx.get(self.ref, '_publicKeys') as object | undefined), [extensionKey]: publicKey });
  },
  GetPublicKey({ tx, self }) {
    const known = tx.get(self.ref, '_ownKey') as string | undefined;
    if (known !== undefined) return known;
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    tx.set(self.ref, '_ownKey', pem);
    return pem;
  },
  SetServiceAccount({ tx, self }, { extensionKey, serviceAccount }) {
    replace(tx, self.ref, extensionKey, (old) => old);
    tx.set(self.ref, '_serviceAccounts', { ...(tx.get(self.ref, '_serviceAccounts') as object | undefined), [extensionKey]: serviceAccount });
  },
  QueryExtensionIpAllocationUsage: {
    // Addresses are handed out of IP pools, of which there are none.
    query: ({ self }, { extensionKeys }) =>
      (self.props['extensionList'] as readonly Extension[])
        .filter(({ key }) => extensionKeys === undefined || extensionKeys.length === 0 || extensionKeys.includes(key))
        .map(({ key }) => ({ _type: 'ExtensionManagerIpAllocationUsage', extensionKey: key, numAddresses: 0 })),
  },
  QueryManagedBy: {
    query({ sim, self }, { extensionKey }) {
      if (!(self.props['extensionList'] as readonly Extension[]).some(({ key }) => key === extensionKey)) throw unknown(extensionKey);
      const managed: ManagedObjectReference[] = [];
      for (const type of ['VirtualMachine', 'VirtualApp']) {
        for (const { ref, props } of sim.store.ofType(type)) if (managerOf(props) === extensionKey) managed.push(ref);
      }
      return managed;
    },
  },
});

/** The subject of a certificate in one line, as vCenter shows it. */
function subjectOf(pem: string): string {
  try {
    return new X509Certificate(pem).subject.split('\n').reverse().join(', ');
  } catch (error) {
    throw fault('InvalidArgument', { invalidProperty: 'certificatePem' }, `A specified parameter was not correct: certificatePem is not a PEM encoded certificate (${(error as Error).message}).`);
  }
}

function isPublicKey(pem: string): boolean {
  try {
    createPublicKey(pem);
    return true;
  } catch {
    return false;
  }
}

const extensions = (tx: Transaction, manager: ManagedObjectReference) => tx.get(manager, 'extensionList') as readonly Extension[];

const unknown = (key: string) => fault('NotFound', {}, `No extension "${key}" is registered.`);

function replace(tx: Transaction, manager: ManagedObjectReference, key: string, change: (old: Extension) => Extension): void {
  const list = extensions(tx, manager);
  if (!list.some((extension) => extension.key === key)) throw unknown(key);
  tx.set(manager, 'extensionList', list.map((extension) => (extension.key === key ? change(extension) : extension)));
}

/** `config.managedBy.extensionKey` of a VM, `vAppConfig.managedBy` of a vApp. */
function managerOf(props: Readonly<Record<string, unknown>>): string | undefined {
  const config = (props['vAppConfig'] ?? props['config']) as { managedBy?: { extensionKey?: string } } | undefined;
  return config?.managedBy?.extensionKey;
}
