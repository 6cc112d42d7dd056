// CertificateManager: vCenter's authority gives hosts new certificates, and the list of whom to trust. StorageQueryManager: who sees a disk.
import { fault, type HostStorageDeviceInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { certificateBytes, certificateInfo } from '../host-system/host-certificate-manager.ts';
import { caCertificate, hostCertificate, thumbprint } from '../host-system/x509.ts';

type Ref = ManagedObjectReference;

/** The certificate managers of hosts that can be reached. Throws HostNotConnected before any is changed. */
function managersOf({ tx }: TransactionContext, hosts: readonly Ref[]): { host: Ref; manager: Ref }[] {
  return hosts.map((host) => {
    if (!tx.has(host)) throw fault('ManagedObjectNotFound', { obj: host }, `The object 'vim.HostSystem:${host.value}' has already been deleted or has not been completely created`);
    if (tx.get(host, 'runtime.connectionState') !== 'connected') throw fault('HostNotConnected', {}, `Unable to communicate with the remote host '${String(tx.get(host, 'name'))}', since it is disconnected.`);
    return { host, manager: tx.get(host, 'configManager.certificateManager') as Ref };
  });
}

export const certificateManager = define('CertificateManager', {
  CertMgrRefreshCertificates_Task: {
    task(ctx, { host: hosts }) {
      const { sim, tx } = ctx;
      for (const { host, manager } of managersOf(ctx, hosts)) {
        const certificate = hostCertificate(String(tx.get(host, 'name')));
        tx.set(manager, 'certificateInfo', certificateInfo(certificate, sim.clock.now()));
        tx.set(host, 'config.certificate', certificateBytes(certificate));
        tx.set(host, 'summary.config.sslThumbprint', thumbprint(certificate));
      }
    },
  },
  CertMgrRefreshCACertificatesAndCRLs_Task: {
    task(ctx, { host }) {
      for (const { manager } of managersOf(ctx, host)) ctx.tx.update(manager, { _authorities: [caCertificate()], _revocations: [] });
    },
  },
});

export const storageQueryManager = define('StorageQueryManager', {
  QueryHostsWithAttachedLun: {
    query: ({ sim }, { lunUuid }) => [...sim.store.ofType('HostSystem')].filter(({ props }) =>
      (props['config'] as { storageDevice?: HostStorageDeviceInfo }).storageDevice?.scsiLun?.some(({ uuid, operationalState }) => uuid === lunUuid && operationalState.includes('ok'))).map(({ ref }) => ref),
  },
});
