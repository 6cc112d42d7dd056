// One-use tickets: let whoever holds one make one HTTP request in the name of a session, or log in once as its user.
// Knows no HTTP: the endpoints ask with the method and URL of the request they got.
import { fault } from '../../core/vim25/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Session } from './sessions.ts';

/** What a service ticket is good for: SessionManagerHttpServiceRequestSpec. */
export interface RequestSpec {
  /** 'PUT', or 'httpPut' as the API's enum spells it; GET when absent. */
  readonly method?: string | undefined;
  /** Absolute or only path and query: host and scheme do not count, a client may reach us under any name. */
  readonly url: string;
}

interface Ticket {
  readonly session: Session;
  readonly expires: number;
  /** undefined for a clone ticket. */
  readonly request: { readonly method: string; readonly target: string } | undefined;
  /** What the holder may do, when it is no request and no login. */
  readonly matter?: object;
}

/** How long a ticket may stay unused. */
const LIFE = 2 * 60_000;
/** Tickets that wait to be used; more make the oldest useless. */
const MOST = 10_000;

export class Tickets {
  private readonly clock: Clock;
  private readonly newId: () => string;
  private readonly byId = new Map<string, Ticket>();

  /** `newId` must not be guessable: a ticket is as good as a login. */
  constructor(clock: Clock, newId: () => string) {
    this.clock = clock;
    this.newId = newId;
  }

  /** A ticket for one HTTP request. Throws InvalidArgument for a URL that is none. */
  issue(spec: RequestSpec, session: Session): string {
    const target = targetOf(spec.url);
    if (target === undefined) throw fault('InvalidArgument', { invalidProperty: 'spec.url' }, `A specified parameter was not correct: spec.url. "${spec.url}" is not a URL.`);
    return this.keep({ session, expires: this.clock.now().getTime() + LIFE, request: { method: methodOf(spec.method), target } });
  }

  /** The session in whose name this request may be made; the ticket is used up then. undefined when it is not for this. */
  redeem(id: string, method: string, url: string): Session | undefined {
    const ticket = this.live(id);
    if (ticket?.request === undefined || ticket.request.method !== methodOf(method) || ticket.request.target !== targetOf(url)) return undefined;
    this.byId.delete(id);
    return ticket.session;
  }

  /** A ticket with which another connection becomes a copy of this session. */
  issueClone(session: Session): string {
    return this.keep({ session, expires: this.clock.now().getTime() + LIFE, request: undefined });
  }

  /** The session that a clone ticket stands for; undefined when it was used, is too old or is none. */
  redeemClone(id: string): Session | undefined {
    const ticket = this.live(id);
    if (ticket === undefined || ticket.request !== undefined || ticket.matter !== undefined) return undefined;
    this.byId.delete(id);
    return ticket.session;
  }

  /** A ticket for something that only who issued it understands: one transfer of a file. */
  hold(matter: object, session: Session): string {
    return this.keep({ session, expires: this.clock.now().getTime() + LIFE, request: undefined, matter });
  }

  /** What a held ticket stands for and in whose name; it is used up when `wanted` says so. undefined when it was used, is too old or is none. */
  claim(id: string, wanted: (matter: object) => boolean): { readonly matter: object; readonly session: Session } | undefined {
    const ticket = this.live(id);
    if (ticket?.matter === undefined || !wanted(ticket.matter)) return undefined;
    this.byId.delete(id);
    return { matter: ticket.matter, session: ticket.session };
  }

  private keep(ticket: Ticket): string {
    const id = this.newId();
    this.byId.set(id, ticket);
    if (this.byId.size > MOST) this.byId.delete(this.byId.keys().next().value!);
    return id;
  }

  private live(id: string): Ticket | undefined {
    const ticket = this.byId.get(id);
    if (ticket === undefined) return undefined;
    if (ticket.expires >= this.clock.now().getTime() && !ticket.session.ended.signal.aborted) return ticket;
    this.byId.delete(id);
    return undefined;
  }
}

const methodOf = (method: string | undefined): string => (method === undefined || method === '' ? 'GET' : method.replace(/^http(?=[A-Z])/, '').toUpperCase());

/** Path and query in one spelling, whatever the escapes and the order of the query. */
function targetOf(url: string): string | undefined {
  if (url === '' || !URL.canParse(url, 'http://server/')) return undefined;
  const { pathname, searchParams } = new URL(url, 'http://server/');
  searchParams.sort();
  return `${unescaped(pathname)}?${searchParams.toString()}`;
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
