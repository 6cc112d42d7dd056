// HttpNfcLease: which method does what. The life of leases is in leases.ts, their bytes in transfer.ts. Pulling and
// probing are left out: the server fetches nothing itself, as capabilities.pullModeSupported says.
import { Fault, fault, type LocalizedMethodFault, type MethodFault } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import { abort, end, manifestOf, prolong, requireReady } from './leases.ts';

/** The fault that a client gives as the reason, or the usual one. */
function reasonOf(given: LocalizedMethodFault | undefined): Fault {
  const detail = given?.fault as (MethodFault & { readonly _type?: string }) | undefined;
  if (detail?._type) return new Fault(detail as MethodFault & { _type: string }, given?.localizedMessage ?? 'The lease was aborted.');
  return fault('RequestCanceled', {}, given?.localizedMessage ?? 'The lease was aborted by the client.');
}

export const httpNfcLease = define('HttpNfcLease', {
  HttpNfcLeaseGetManifest: ({ tx, self }) => manifestOf(requireReady(tx, self.ref, 'the manifest')),
  HttpNfcLeaseSetManifestChecksumType({ tx, self }, { deviceUrlsToChecksumTypes = [] }) {
    const { devices, checksumTypes } = requireReady(tx, self.ref, 'choosing checksums');
    for (const { key, value } of deviceUrlsToChecksumTypes) {
      if (!devices.some((device) => device.key === key)) throw fault('InvalidArgument', { invalidProperty: 'deviceUrlsToChecksumTypes' }, `The lease has no device '${key}'.`);
      if (value !== 'sha1' && value !== 'sha256') throw fault('InvalidArgument', { invalidProperty: 'deviceUrlsToChecksumTypes' }, `'${value}' is no type of checksum; use sha1 or sha256.`);
    }
    tx.set(self.ref, '_checksumTypes', { ...checksumTypes, ...Object.fromEntries(deviceUrlsToChecksumTypes.map(({ key, value }) => [key, value])) });
  },
  HttpNfcLeaseProgress({ sim, tx, self }, { percent }) {
    requireReady(tx, self.ref, 'progress');
    if (percent < 0 || percent > 100) throw fault('InvalidArgument', { invalidProperty: 'percent' }, `The progress is ${percent}; it must be 0 to 100.`);
    tx.set(self.ref, 'transferProgress', percent);
    prolong(sim, tx, self.ref);
  },
  HttpNfcLeaseComplete({ sim, tx, self }) {
    requireReady(tx, self.ref, 'completion');
    end(sim, tx, self.ref);
  },
  HttpNfcLeaseAbort({ sim, tx, self }, { fault: given }) {
    requireReady(tx, self.ref, 'abortion');
    abort(sim, tx, self.ref, reasonOf(given));
  },
});
