// Who may use the admin plane: programs, never a page in somebody's browser; over the network only when that was asked for.
import { isIP } from 'node:net';
import { refuse, type AdminReply } from './admin-action.ts';

export interface Reach {
  /** The host that is listened on. */
  readonly host: string;
  /** True or false when it was asked for; otherwise it is on where only this machine can connect. */
  readonly admin: boolean | undefined;
}

const LOOPBACK_PEER = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/;

/** True for an address or name that only this machine reaches. */
export const isLoopback = (host: string): boolean => host === 'localhost' || LOOPBACK_PEER.test(host);

/**
 * Why a request is refused; undefined when it is not. A browser says where a page is from (Origin, Sec-Fetch-Site), and a
 * name that an attacker has led to this machine shows in Host: it has a dot and is neither an address nor ours.
 */
export function guard({ host, admin }: Reach, peer: string, header: (name: string) => string | undefined): AdminReply | undefined {
  if (admin === false) return refuse(403, 'The admin plane is off: vicsim was started with -admin=false.');
  if (admin === undefined && !isLoopback(host)) return refuse(403, `The admin plane is off, since vicsim listens on ${host}, which others may reach: start it with -admin, or listen on 127.0.0.1.`);
  if (admin === undefined && !LOOPBACK_PEER.test(peer)) return refuse(403, '/sim/ answers to this machine only.');
  const origin = header('origin');
  const site = header('sec-fetch-site');
  if (origin !== undefined || (site !== undefined && site !== 'none' && site !== 'same-origin')) return refuse(403, `/sim/ is not for pages in browsers${origin === undefined ? '' : ` (Origin: ${origin})`}.`);
  const asked = nameIn(header('host') ?? '');
  if (isIP(asked) === 0 && asked.includes('.') && !asked.endsWith('.localhost') && asked !== host.toLowerCase()) return refuse(403, `/sim/ does not answer to the name "${asked}" (Host): use the address, localhost, or a name without a dot.`);
  return undefined;
}

/** The name or address of a Host header, without port and brackets. */
const nameIn = (host: string): string => (/^\[([^\]]*)\]/.exec(host)?.[1] ?? host.replace(/:\d*$/, '')).toLowerCase();
