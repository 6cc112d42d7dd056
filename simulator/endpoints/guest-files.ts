// The /guestFile service: files of guests over HTTP, each by the one-time address that GuestFileManager gave out.
// Knows requests and replies as values.
import type { Simulation } from '../dispatch/simulation.ts';
import { BlockWriter, readBytes, sizeOf } from '../objects/datastore/blocks.ts';
import { receiveFile, sendFile, type Transfer } from '../objects/guest/transfers.ts';
import type { FileReply, FileRequest } from './datastore-files.ts';
import { Refusal } from './folder-url.ts';

/** True for URLs of this endpoint; `url` is path and query. */
export const isGuestFileUrl = (url: string): boolean => /^\/guestFile(?:\?|$)/.test(url);

/** Longest file that is taken: the disk of a guest is kept in memory. */
const MOST = 256 * 1024 * 1024;

/** Answers a request. Throws Refusals and faults. */
export async function serveGuestFile(sim: Simulation, request: FileRequest): Promise<FileReply> {
  if (request.method !== 'GET' && request.method !== 'PUT') throw new Refusal(405, `${request.method} is not for /guestFile. Allowed: GET, PUT.`, { Allow: 'GET, PUT' });
  const direction = request.method === 'GET' ? 'from' : 'to';
  const token = new URLSearchParams(request.url.split('?')[1] ?? '').get('token') ?? '';
  const claimed = sim.tickets.claim(token, (matter) => (matter as Partial<Transfer>).direction === direction);
  if (!claimed) {
    throw new Refusal(404, `There is no transfer at this address for ${request.method}: it was used, is older than two minutes, or never was. InitiateFileTransfer${direction === 'from' ? 'From' : 'To'}Guest gives out one.`);
  }
  const transfer = claimed.matter as Transfer;
  if (direction === 'to') return receive(sim, request, transfer, claimed.session.userName);
  const content = sim.store.transaction((tx) => sendFile(sim, tx, transfer));
  const size = sizeOf(content);
  return { status: 200, headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(size) }, body: readBytes(content, 0, size) };
}

/** The body is gathered first and written in one transaction: an upload that breaks off leaves nothing. */
async function receive(sim: Simulation, request: FileRequest, transfer: Transfer, userName: string): Promise<FileReply> {
  const writer = new BlockWriter();
  for await (const chunk of request.body ?? []) {
    writer.write(chunk);
    if (writer.size > MOST) throw new Refusal(413, `A guest takes files of at most ${MOST} bytes.`);
  }
  const content = writer.end();
  sim.store.transaction((tx) => receiveFile(sim, tx, transfer, content), { userName, method: 'InitiateFileTransferToGuest' });
  return { status: 200, headers: { 'Content-Length': '0' } };
}
