// The /nfc service: the files of leases over HTTP. A lease's id in the URL is all the authority that is needed, as on
// hosts; what is not a file of a ready lease does not exist. Knows requests and replies as values.
import { isFault } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { findLease, type Lease, type LeaseDevice } from '../objects/ovf/leases.ts';
import { download, Upload } from '../objects/ovf/transfer.ts';
import { BadImage } from '../objects/ovf/vmdk-format.ts';
import { one } from './caller.ts';
import type { FileReply, FileRequest } from './datastore-files.ts';
import { Refusal } from './folder-url.ts';

/** True for URLs of this endpoint; `url` is path and query. */
export const isNfcUrl = (url: string): boolean => /^\/nfc(?:[/?]|$)/.test(url);

const ALLOW: Readonly<Record<Lease['kind'], readonly string[]>> = { import: ['PUT', 'POST'], export: ['GET', 'HEAD'] };

const nothing = (): Refusal => new Refusal(404, 'There is no such file of a lease that is ready.');

/** Answers a request. Throws Refusals and faults. */
export async function serveNfc(sim: Simulation, request: FileRequest): Promise<FileReply> {
  const { lease, device } = find(sim, request.url);
  const allowed = ALLOW[lease.kind];
  if (!allowed.includes(request.method)) throw new Refusal(405, `${request.method} is not for a lease of an ${lease.kind}. Allowed: ${allowed.join(', ')}.`, { Allow: allowed.join(', ') });
  return lease.kind === 'import' ? put(sim, request, lease, device) : get(sim, request, lease, device);
}

/** The file that a URL names: exactly two steps, the lease and one of its files; nothing else is looked up. */
function find(sim: Simulation, url: string): { lease: Lease; device: LeaseDevice } {
  const match = /^\/nfc\/([0-9a-f-]{36})\/([^/?#]+)(?:\?.*)?$/.exec(url);
  if (!match) throw nothing();
  let file: string;
  try {
    file = decodeURIComponent(match[2]!);
  } catch {
    throw nothing();
  }
  const lease = sim.store.transaction((tx) => findLease(tx, match[1]!));
  const device = lease?.state === 'ready' ? lease.devices.find((one) => one.file === file) : undefined;
  if (!lease || !device) throw nothing();
  return { lease, device };
}

async function put(sim: Simulation, request: FileRequest, lease: Lease, device: LeaseDevice): Promise<FileReply> {
  const { headers } = request;
  if (headers['content-range'] !== undefined) throw new Refusal(400, 'A file is uploaded whole: Content-Range is not understood.');
  const encoding = one(headers['content-encoding']) ?? 'identity';
  if (encoding !== 'identity') throw new Refusal(415, `The Content-Encoding "${encoding}" is not understood: send the file as it is.`);
  const upload = new Upload(sim, lease.ref, device);
  let size = 0;
  try {
    for await (const chunk of request.body ? arriving(request.body) : []) {
      size += chunk.length;
      upload.write(chunk);
    }
    const declared = one(headers['content-length']);
    if (declared !== undefined && Number(declared) !== size) throw new Refusal(400, `The upload broke off after ${size} of ${declared} bytes.`);
    upload.end();
  } catch (error) {
    if (error instanceof BadImage) throw new Refusal(400, `${device.file} was not stored: ${error.message}.`);
    // The lease ended while the file was coming.
    if (isFault(error, 'InvalidState') || isFault(error, 'Timedout')) throw nothing();
    throw error;
  }
  return { status: request.method === 'PUT' ? 201 : 200, headers: { 'Content-Length': '0' } };
}

/** A body that ends in an error is a client that went away: nothing of ours. */
async function* arriving(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch {
    throw new Refusal(400, 'The upload broke off.');
  }
}

/** Disks are packed while they are read, so how long they are is not known before. */
function get(sim: Simulation, { method }: FileRequest, lease: Lease, device: LeaseDevice): FileReply {
  const headers = { 'Content-Type': device.disk ? 'application/x-vnd.vmware-streamVmdk' : 'application/octet-stream', 'Content-Disposition': `attachment; filename="${device.file.replace(/["\\]/g, '_')}"` };
  return method === 'HEAD' ? { status: 200, headers } : { status: 200, headers, body: download(sim, lease, device) };
}
