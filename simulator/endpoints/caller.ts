// Who sends a plain HTTP request: by session cookie, by a one-time ticket, or by name and password.
import { isFault } from '../../core/vim25/index.ts';
import type { Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { sessionKey, type Headers } from './soap.ts';

export interface Known {
  readonly session: Session;
  /** Ends what was opened for this request only. */
  release(): void;
}

export const one = (header: string | readonly string[] | undefined): string | undefined => (typeof header === 'string' ? header : header?.[0]);

/** The caller of a request, or undefined when it does not say who it is or says it wrongly. */
export function identify(sim: Simulation, method: string, url: string, headers: Headers, ipAddress: string): Known | undefined {
  const cookies = one(headers['cookie']);
  const session = sim.sessions.find(sessionKey(cookies));
  if (session) return { session, release: sim.sessions.begin(session) };
  const ticket = /(?:^|[;,]\s*)vmware_cgi_ticket=("?)([^";,\s]+)\1/.exec(cookies ?? '')?.[2];
  const holder = ticket === undefined ? undefined : sim.tickets.redeem(ticket, method, url);
  if (holder) return { session: holder, release: sim.sessions.begin(holder) };
  return basic(sim, one(headers['authorization']), { ipAddress, userAgent: one(headers['user-agent']) ?? '' });
}

function basic(sim: Simulation, header: string | undefined, caller: { ipAddress: string; userAgent: string }): Known | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return undefined;
  try {
    const session = sim.sessions.login(pair.slice(0, colon), pair.slice(colon + 1), caller);
    return { session, release: () => sim.sessions.end(session) };
  } catch (error) {
    if (isFault(error, 'InvalidLogin')) return undefined;
    throw error;
  }
}
