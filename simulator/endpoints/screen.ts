// GET /screen?id=vm-12: what the console of a running machine shows, as a PNG. Knows requests and replies as values.
import { requirePrivilege } from '../dispatch/privileges.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { pictureOf } from '../objects/virtual-machine/console.ts';
import { identify } from './caller.ts';
import type { FileReply, FileRequest } from './datastore-files.ts';
import { Refusal } from './folder-url.ts';

/** True for URLs of this endpoint; `url` is path and query. */
export const isScreenUrl = (url: string): boolean => /^\/screen(?:\?|$)/.test(url);

const SIDE = 16_384;

/** Answers a request; `w` and `h` give another size. Throws Refusals and faults. */
export function serveScreen(sim: Simulation, request: FileRequest, ipAddress: string): FileReply {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refusal(405, `${request.method} is not for /screen. Allowed: GET, HEAD.`, { Allow: 'GET, HEAD' });
  const known = identify(sim, request.method, request.url, request.headers, ipAddress);
  if (!known) throw new Refusal(401, 'Log in: send the cookie vmware_soap_session of a session, or a user name and password.', { 'WWW-Authenticate': 'Basic realm="VMware HTTP server"' });
  try {
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const id = query.get('id') ?? '';
    const vm = { type: 'VirtualMachine', value: id };
    if (sim.store.get(vm)?.ref.type !== 'VirtualMachine') throw new Refusal(404, `There is no virtual machine '${id}': give its id, as in /screen?id=vm-12.`);
    requirePrivilege(known.session, vm, 'VirtualMachine.Interact.ConsoleInteract');
    const size = (name: string): number | undefined => {
      const text = query.get(name);
      if (text === null) return undefined;
      if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > SIDE) throw new Refusal(400, `${name} is '${text}': it must be a number from 1 to ${SIDE}.`);
      return Number(text);
    };
    const png = sim.store.transaction((tx) => pictureOf(tx, vm, size('w'), size('h')));
    return { status: 200, headers: { 'Content-Type': 'image/png', 'Content-Length': String(png.length) }, ...(request.method === 'HEAD' ? {} : { body: [png] }) };
  } finally {
    known.release();
  }
}
