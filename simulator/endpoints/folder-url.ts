// What a /folder URL names: the list of datacenters, of one's datastores, or a path in a datastore. Decoded here once,
// by hand: URL parsers resolve '..' and hide what was written.
import { escapeName } from '../objects/entity.ts';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Product } from '../dispatch/simulation.ts';
import { isFault } from '../../core/vim25/index.ts';
import { normalisePath } from '../objects/datastore/paths.ts';
import type { Transaction } from '../store/transaction.ts';

type Ref = ManagedObjectReference;

export interface FolderUrl {
  /** Without leading and trailing slashes; '' is the datastore's root. */
  readonly path: string;
  /** The URL ends in '/': a directory is meant. */
  readonly directory: boolean;
  readonly dcPath: string | undefined;
  readonly dsName: string | undefined;
}

/** A request that cannot be served, with its status and what to tell the client. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** True for URLs of this endpoint; `url` is path and query. */
export const isFolderUrl = (url: string): boolean => /^\/folder(?:[/?]|$)/.test(url);

/** Reads a URL. Throws a Refusal (400) for one that cannot name a file of a datastore. */
export function readFolderUrl(url: string): FolderUrl {
  const mark = url.indexOf('?');
  const raw = (mark < 0 ? url : url.slice(0, mark)).slice('/folder'.length);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  let path: string;
  try {
    const decoded = decodeURIComponent(raw);
    // Characters that would break a header or another line of a list are in no file name.
    path = normalisePath(decoded, raw);
  } catch (error) {
    if (!(error instanceof URIError) && !isFault(error, 'InvalidDatastorePath')) throw error;
    throw new Refusal(400, `'${raw}' is not a path in a datastore: it must be percent-encoded UTF-8 without '..', backslashes and control characters.`);
  }
  if (path.split('/').some((step) => Buffer.byteLength(step) > 255)) throw new Refusal(400, 'A name in the path is too long: a datastore takes 255 bytes.');
  return { path, directory: /(\/|%2f)$/i.test(raw), dcPath: query.get('dcPath') ?? undefined, dsName: query.get('dsName') ?? undefined };
}

/** 'folder/DC0', as the dcPath parameter has it. */
export function datacenterPath(tx: Transaction, datacenter: Ref): string {
  const names: string[] = [];
  for (let ref = datacenter; ;) {
    const parent = tx.get(ref, 'parent') as Ref | undefined;
    if (parent === undefined) return names.reverse().join('/');
    names.push(String(tx.get(ref, 'name')));
    ref = parent;
  }
}

/** Every datacenter by its path. */
export const datacenters = (tx: Transaction): ReadonlyMap<string, Ref> => new Map([...tx.all('Datacenter')].map((ref) => [datacenterPath(tx, ref), ref]));

/** The datastores of a datacenter by name. */
export const datastoresOf = (tx: Transaction, datacenter: Ref): ReadonlyMap<string, Ref> =>
  new Map(((tx.get(datacenter, 'datastore') ?? []) as readonly Ref[]).map((ref) => [String(tx.get(ref, 'name')), ref]));

const named = (names: Iterable<string>): string => [...names].sort().map((name) => `'${name}'`).join(', ') || 'none';

/** The datacenter of a dcPath. Throws a Refusal (404) that names the valid ones. */
export function findDatacenter(tx: Transaction, dcPath: string): Ref {
  const all = datacenters(tx);
  const wanted = dcPath.replace(/^\/+|\/+$/g, '');
  const found = all.get(wanted);
  if (!found) throw new Refusal(404, `There is no datacenter '${dcPath}'. Valid values of dcPath: ${named(all.keys())}.`);
  return found;
}

/**
 * The datastore that a URL means. Without dcPath it is looked up on the host the request was sent to, on ESXi or when the
 * client was given a host's own address, or in the one datacenter that has such a name. Throws a Refusal.
 */
export function findTarget(tx: Transaction, product: Product, { dcPath, dsName }: FolderUrl, authority: string): Ref {
  const scopes = scopesOf(tx, product, dcPath, authority);
  const known = new Map(scopes.flatMap((names) => [...names]));
  if (dsName === undefined || dsName === '') throw new Refusal(400, `The parameter dsName is missing. Valid values: ${named(known.keys())}.`);
  const found = scopes.flatMap((names) => names.get(dsName) ?? names.get(escapeName(dsName)) ?? []);
  if (found.length === 0) throw new Refusal(404, `There is no datastore '${dsName}'${dcPath === undefined ? '' : ` in '${dcPath}'`}. Valid values of dsName: ${named(known.keys())}.`);
  if (found.length > 1) throw new Refusal(400, `Several datacenters have a datastore '${dsName}': give dcPath. Valid values: ${named(datacenters(tx).keys())}.`);
  return found[0]!;
}

function scopesOf(tx: Transaction, product: Product, dcPath: string | undefined, authority: string): ReadonlyMap<string, Ref>[] {
  // A host has one datacenter, and clients of hosts call it by many names.
  if (dcPath !== undefined && product === 'vcenter') return [datastoresOf(tx, findDatacenter(tx, dcPath))];
  if (product === 'vcenter') {
    for (const host of tx.all('HostSystem')) {
      const name = tx.get(host, 'name');
      if (name !== authority && name !== authority.replace(/:\d+$/, '')) continue;
      return [new Map(((tx.get(host, 'datastore') ?? []) as readonly Ref[]).map((ref) => [String(tx.get(ref, 'name')), ref]))];
    }
  }
  return [...tx.all('Datacenter')].map((ref) => datastoresOf(tx, ref));
}
