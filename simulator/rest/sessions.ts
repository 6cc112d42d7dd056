// Sessions of the REST side. Each has a login of its own by the rules of SOAP's accounts, as vCenter's API endpoint logs
// in to the inventory service: ending that login ends the session, but neither key opens the other side.
import { randomUUID } from 'node:crypto';
import { isFault } from '../../core/vim25/index.ts';
import type { Caller, Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { RestError } from './errors.ts';

/** The user that a "SIGN …" header (a SAML token of the STS) proves; undefined when it proves nobody. */
export type VerifySign = (authorization: string) => string | undefined;

export class RestSessions {
  private readonly sim: Simulation;
  private readonly verifySign: VerifySign | undefined;
  private readonly byToken = new Map<string, Session>();

  constructor(sim: Simulation, verifySign?: VerifySign) {
    this.sim = sim;
    this.verifySign = verifySign;
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
    const token = randomUUID().replaceAll('-', '');
    this.byToken.set(token, this.enter(authorization, caller));
    return token;
  }

  private enter(authorization: string | undefined, caller: Caller): Session {
    if (/^SIGN\s/i.test(authorization ?? '')) {
      const userName = this.verifySign?.(authorization!);
      if (userName === undefined) throw refused('The SAML token of the Authorization header is not accepted. Log in with Basic.');
      return this.sim.sessions.enter(userName, caller);
    }
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
