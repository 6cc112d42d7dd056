// Sessions of the REST side. Each has a login of its own by the rules of SOAP's accounts, as vCenter's API endpoint logs
// in to the inventory service: ending that login ends the session, but neither key opens the other side.
import { randomUUID } from 'node:crypto';
import { isFault } from '../../core/vim25/index.ts';
import type { Caller, Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { SignedRequest } from '../sso/login.ts';
import { RestError } from './errors.ts';

export class RestSessions {
  private readonly sim: Simulation;
  private readonly byToken = new Map<string, Session>();

  constructor(sim: Simulation) {
    this.sim = sim;
    sim.sessions.onChange((session, what) => {
      if (what === 'login') return;
      for (const [token, known] of this.byToken) if (known === session) this.byToken.delete(token);
    });
  }

  /** The live session of a token, with its idle time started anew. */
  find(token: string | undefined): Session | undefined {
    const session = token === undefined ? undefined : this.byToken.get(token);
    return session && this.sim.sessions.find(session.key);
  }

  /** Opens a session for the user of an Authorization header; gives its token. Throws UNAUTHENTICATED, UNAUTHORIZED. */
  login(authorization: string | undefined, caller: Caller): string {
    return this.note(this.enter(authorization, caller));
  }

  /** Opens a session for the user of a "SIGN …" header, which carries a token of the token service. Throws as login does. */
  async loginByToken(request: SignedRequest, caller: Caller): Promise<string> {
    const { userOfHeader } = await import('../sso/login.ts');
    try {
      return this.note(this.sim.sessions.enter(await userOfHeader(this.sim, request), caller));
    } catch (error) {
      if (isFault(error, 'InvalidLogin')) throw refused(`Unable to authenticate: ${error.message.replace(/^Cannot complete login: /, '')}.`);
      throw error;
    }
  }

  private note(session: Session): string {
    const token = randomUUID().replaceAll('-', '');
    this.byToken.set(token, session);
    return token;
  }

  private enter(authorization: string | undefined, caller: Caller): Session {
    const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(authorization ?? '')?.[1];
    const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
    const colon = pair.indexOf(':');
    if (colon < 0) throw refused('Authentication required: send a user name and password as Basic Authorization.');
    try {
      return this.sim.sessions.login(pair.slice(0, colon), pair.slice(colon + 1), caller);
    } catch (error) {
      if (isFault(error, 'InvalidLogin')) throw refused('Unable to authenticate: the user name or password is wrong.');
      throw error;
    }
  }

  end(session: Session): void {
    this.sim.sessions.end(session);
  }
}

const refused = (message: string): RestError => new RestError('UNAUTHENTICATED', message, 'com.vmware.vapi.endpoint.method.authentication.required');
