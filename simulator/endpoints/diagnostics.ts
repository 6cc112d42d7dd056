// The /diagnostics service: log bundles over HTTP, for whoever is logged in. Knows requests and replies as values.
import type { Simulation } from '../dispatch/simulation.ts';
import { readBundle } from '../objects/diagnostics/bundles.ts';
import { identify } from './caller.ts';
import type { FileReply } from './datastore-files.ts';
import type { Headers } from './soap.ts';

const PATH = /^\/diagnostics\/([^/?]+)$/;

/** Answers a GET or HEAD of a bundle. `url` is path and query. */
export function fetchBundle(sim: Simulation, method: string, url: string, headers: Headers, ipAddress: string): FileReply {
  const text = (status: number, message: string, more: Record<string, string> = {}): FileReply =>
    ({ status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...more }, body: `${message}\n` });
  if (method !== 'GET' && method !== 'HEAD') return text(405, `${method} is not for log bundles. Allowed: GET, HEAD.`, { Allow: 'GET, HEAD' });
  const known = identify(sim, method, url, headers, ipAddress);
  if (!known) return text(401, 'Log in: send the cookie vmware_soap_session of a session, or a user name and password.', { 'WWW-Authenticate': 'Basic realm="VMware HTTP server"' });
  known.release();
  const { rights } = known.session;
  if (rights !== undefined && !rights.has(sim.wellKnown['rootFolder']!, 'Global.Diagnostics')) return text(403, 'The privilege Global.Diagnostics is required.');
  const name = PATH.exec(url.split('?')[0]!)?.[1];
  const content = name === undefined ? undefined : readBundle({ product: sim.product, about: sim.about, source: sim.store }, decodeURIComponent(name));
  if (content === undefined) return text(404, `There is no log bundle at ${url}. GenerateLogBundles_Task makes them.`);
  return {
    status: 200,
    headers: { 'Content-Type': 'application/gzip', 'Content-Length': String(content.length), 'Content-Disposition': `attachment; filename="${name!}"` },
    ...(method === 'HEAD' ? {} : { body: [content] }),
  };
}
