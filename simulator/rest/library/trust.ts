// Certificates that the signatures of OVF items may be made with.
import { X509Certificate } from 'node:crypto';
import { invalid, RestError } from '../errors.ts';
import type { RestCall, Route } from '../route.ts';
import { readObject } from './objects.ts';
import { only, read, route } from './views.ts';

const TYPE = '_TrustedCertificate';
const PATH = '/trusted-certificates';

/** Throws INVALID_ARGUMENT for what is no certificate. */
function certificateIn(text: string): string {
  try {
    return new X509Certificate(text).fingerprint256;
  } catch {
    throw invalid('cert_text is no X.509 certificate in PEM.');
  }
}

function add(call: RestCall): string {
  call.require('ContentLibrary.UpdateConfiguration');
  const cert_text = call.body.text('cert_text');
  const fingerprint = certificateIn(cert_text);
  return call.change((tx) => {
    if ([...tx.all(TYPE)].some((ref) => tx.get(ref, 'fingerprint') === fingerprint)) throw new RestError('ALREADY_EXISTS', 'The certificate is trusted already.');
    const id = call.sim.random.uuid();
    tx.create(TYPE, id, { cert_text, fingerprint });
    return id;
  });
}

const one = (call: RestCall): { readonly cert_text: string } => read(call, (tx) => readObject<{ cert_text: string }>(tx, TYPE, 'Trusted certificate', call.path('certificate')));

export const trustRoutes: readonly Route[] = [
  only('api', route('GET', PATH, undefined, 'certificates that OVF items may be signed with', (call) => read(call, (tx) => ({ certificates: [...tx.all(TYPE)].map((ref) => ({ certificate: ref.value, cert_text: tx.get(ref, 'cert_text') })) })))),
  only('api', route('POST', PATH, undefined, 'trusts a certificate', add, 201)),
  only('api', route('GET', `${PATH}/{certificate}`, undefined, 'one certificate', (call) => ({ cert_text: one(call).cert_text }))),
  only('api', route('DELETE', `${PATH}/{certificate}`, undefined, 'trusts a certificate no longer', (call) => {
    call.require('ContentLibrary.UpdateConfiguration');
    one(call);
    call.change((tx) => tx.remove({ type: TYPE, value: call.path('certificate') }));
  })),
];
