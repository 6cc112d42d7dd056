// Requests and replies of the Docker API as plain data; who carries them is no concern of what is behind it.
import { reasonOf } from '../port-layer/vsphere.ts';
import { isFault } from '../../../core/vim25/index.ts';

export interface DockerRequest {
  readonly method: string;
  /** With the API version or without: '/v1.22/containers/json'. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body as it came. */
  readonly body: string;
}

export interface DockerReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** True: more may follow, so the reply lasts until the client leaves. */
  readonly endless?: boolean;
}

/** The product, as Docker clients see it. */
export const PRODUCT = 'vSphere Integrated Containers';
export const API_VERSION = '1.22';

/** What a client is told went wrong. */
export class DockerError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const json = (value: unknown, status = 200): DockerReply => ({ status, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(value)}\n` });

/** One JSON document a line: how long work tells of itself. */
export const lines = (values: readonly object[]): DockerReply =>
  ({ status: 200, headers: { 'Content-Type': 'application/json' }, body: values.map((value) => `${JSON.stringify(value)}\r\n`).join('') });

export const text = (body: string, status = 200): DockerReply => ({ status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body });
export const done = (): DockerReply => ({ status: 204, headers: {}, body: '' });
export const unimplemented = (operation: string): DockerError => new DockerError(500, `${PRODUCT} does not implement ${operation}`);

/** The reply to what went wrong; undefined for what is a mistake of our own. */
export function refusal(error: unknown): DockerReply | undefined {
  if (error instanceof DockerError) return text(`${error.message}\n`, error.status);
  return isFault(error) ? text(`Server error from portlayer: ${reasonOf(error)}\n`, 500) : undefined;
}

/** A body that must be a JSON object. Throws DockerError. */
export function objectIn({ body }: DockerRequest): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new DockerError(400, `the body is no JSON: ${body.slice(0, 80)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DockerError(400, 'the body is no JSON object');
  return value as Readonly<Record<string, unknown>>;
}

/** A yes or no of a query: '1', 'true', 'True' and so on. */
export const flag = ({ query }: DockerRequest, name: string): boolean => /^(1|t|true)$/i.test(query.get(name) ?? '');

/** What must hold of a thing: filter names with their wanted values. Throws DockerError for a filter that is not known. */
export function filtersOf({ query }: DockerRequest, known: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const given = query.get('filters');
  if (given === null || given === '') return new Map();
  let filters: Readonly<Record<string, unknown>>;
  try {
    filters = JSON.parse(given) as Record<string, unknown>;
  } catch {
    throw new DockerError(400, `the filters are no JSON: ${given}`);
  }
  return new Map(Object.entries(filters).map(([name, values]) => {
    if (!known.includes(name)) throw new DockerError(400, `Invalid filter '${name}'; there are: ${known.join(', ')}`);
    return [name, Array.isArray(values) ? values.map(String) : Object.keys(values as object)];
  }));
}
