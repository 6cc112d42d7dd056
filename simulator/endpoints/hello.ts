// POST /api/vcenter/system?action=hello, by which clients of vCenter 8.0.2 and later agree on the release that they call by
// VI/JSON. Needs no session.
import { versionOf } from '../../core/vim25/index.ts';
import { RestError, type Dialect } from '../rest/errors.ts';
import { releasesOf } from './vi-json.ts';

/** True for that request. */
export const isHello = (method: string, dialect: Dialect, below: string, query: URLSearchParams): boolean =>
  method === 'POST' && dialect === 'api' && below === '/vcenter/system' && query.get('action') === 'hello';

/** The most releases that are asked for, and the longest of their names (System HelloSpec). */
const LIMITS = { releases: 128, length: 64 };

/**
 * The first of the client's releases that the server has, '' for none. Throws INVALID_ARGUMENT for a list that is none,
 * and NOT_FOUND on a server before 8.0.2, which does not know the operation.
 */
export function agreed(body: unknown, apiVersion: string): string {
  if (!versionOf(apiVersion)!.includes.has(versionOf('8.0.2.0')!.index)) throw new RestError('NOT_FOUND', `vCenter ${apiVersion} has no hello: it came with 8.0.2.0.`);
  const asked = (body as { api_releases?: unknown } | null | undefined)?.api_releases;
  if (!Array.isArray(asked) || asked.length === 0 || asked.length > LIMITS.releases || asked.some((one) => typeof one !== 'string' || one.length > LIMITS.length)) {
    throw new RestError('INVALID_ARGUMENT', `api_releases needs 1 to ${LIMITS.releases} names of releases, of at most ${LIMITS.length} characters each, in the client's order of preference.`);
  }
  const known = new Set(releasesOf(apiVersion).map(({ api }) => api));
  return (asked as readonly string[]).find((release) => known.has(release)) ?? '';
}
