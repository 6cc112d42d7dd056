// The single sign-on services beside /sdk: the token service at /sts/STSService, the lookup service at /lookupservice/sdk and
// the administration at /sso-adminserver/sdk. One SOAP message to one reply; knows nothing of sockets. Loaded with the first
// such request: signatures cost more to load than a start may take.
import { randomUUID } from 'node:crypto';
import { isFault } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { adminService } from '../objects/sign-on/admin.ts';
import { lookupService } from '../objects/sign-on/lookup.ts';
import { stopwatch } from '../runtime/stopwatch.ts';
import { readMessage } from '../sso/proof.ts';
import { answerService, serviceFault, ServiceFault, type Service, type ServiceCall } from '../sso/service.ts';
import { answerTrust, stillThere } from '../sso/token-service.ts';
import { TrustFault } from '../sso/trust-fault.ts';
import { at, escape, parse } from '../sso/xml.ts';
import { one } from './caller.ts';
import type { Headers, SoapCaller, SoapReply } from './soap.ts';

export type HandleSso = (path: string, body: Uint8Array | string, headers: Headers, caller: SoapCaller) => Promise<SoapReply>;

const XML = 'text/xml; charset=utf-8';
const ENVELOPE = '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>';
/** Time without a call after which a session of the administration is over. */
const IDLE = 30 * 60_000;
const MOST_SESSIONS = 1000;

interface Message {
  readonly sim: Simulation;
  readonly text: string;
  readonly who: { readonly ipAddress: string; readonly userAgent: string };
  readonly origin: string;
  readonly headers: Headers;
}

interface Told {
  readonly method: string;
  readonly user: string;
  readonly reply: SoapReply;
  readonly failure?: string;
}

/** Makes the handler of one simulation. It answers whatever it is given; it never throws. */
export function ssoEndpoint(sim: Simulation): HandleSso {
  const sessions = new SignOnSessions(sim);
  return async (path, body, headers, caller) => {
    const taken = stopwatch();
    const message: Message = {
      sim, headers,
      text: typeof body === 'string' ? body : Buffer.from(body).toString('utf8'),
      who: { ipAddress: caller.ipAddress, userAgent: one(headers['user-agent']) ?? '' },
      origin: `${caller.tls ? 'https' : 'http'}://${one(headers['host']) ?? 'localhost'}`,
    };
    const object = path.split('/')[1] ?? '';
    const { method, user, reply, failure } = object === 'sts' ? await trust(message) : await serve(message, object === 'lookupservice' ? lookupService : adminService, sessions, caller.tls);
    sim.calls.note({ time: sim.clock.now(), method, object, user, ms: taken(), status: reply.status, ...(failure === undefined ? {} : { fault: failure }) });
    return reply;
  };
}

async function trust({ sim, text, who, origin, headers }: Message): Promise<Told> {
  const method = /\/RST\/(\w+)/.exec(one(headers['soapaction']) ?? '')?.[1] ?? 'RequestSecurityToken';
  try {
    return { method, user: '', reply: answer(200, await answerTrust(sim, text, who, origin)) };
  } catch (error) {
    const told = error instanceof TrustFault ? error : bug(sim, error);
    const fault = `<soapenv:Fault><faultcode xmlns:w="${told.namespace}">w:${told.code}</faultcode><faultstring>${escape(told.message)}</faultstring></soapenv:Fault>`;
    return { method, user: '', reply: answer(500, fault), failure: told.code };
  }
}

async function serve({ sim, text, who, origin, headers }: Message, service: Service, sessions: SignOnSessions, secure: boolean): Promise<Told> {
  let method = '?';
  const known = sessions.find(headers);
  try {
    const content = at(parse(text), 'Body')?.children[0];
    method = content?.name ?? '?';
    let proved: string | undefined;
    const call: ServiceCall = {
      sim, origin, user: known,
      async prove() {
        const { user } = await readMessage(sim, text, who);
        if (user !== undefined) stillThere(sim, user);
        return (proved = user);
      },
    };
    const body = await answerService(service, call, content);
    if (method === 'Logout') sessions.end(headers);
    const cookie: Record<string, string> = method === 'Login' && proved !== undefined ? { 'Set-Cookie': sessions.begin(proved, secure) } : {};
    return { method, user: known ?? proved ?? '', reply: answer(200, body, cookie) };
  } catch (error) {
    const told = asServiceFault(sim, error);
    return { method, user: known ?? '', reply: answer(500, serviceFault(service, told)), failure: told.type };
  }
}

function asServiceFault(sim: Simulation, error: unknown): ServiceFault {
  if (error instanceof ServiceFault) return error;
  if (error instanceof TrustFault) return error.code === 'BadRequest' ? new ServiceFault('InvalidRequest', error.message) : new ServiceFault('SsoFaultInvalidCredentials', error.message);
  if (isFault(error)) return new ServiceFault(error.type, error.message);
  return new ServiceFault('SystemError', bug(sim, error).message);
}

const answer = (status: number, content: string, headers: Readonly<Record<string, string>> = {}): SoapReply => ({ status, headers: { 'Content-Type': XML, ...headers }, body: `${ENVELOPE}${content}</soapenv:Body></soapenv:Envelope>` });

function bug(sim: Simulation, error: unknown): TrustFault {
  sim.log.write('error', `bug in vicsim, single sign-on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new TrustFault('RequestFailed', 'The simulator has a bug; its log says more.');
}

/** Who is logged in to the administration. Its sessions are none of the vSphere API, though the cookie has the same name. */
class SignOnSessions {
  private readonly sim: Simulation;
  private readonly users = new Map<string, { readonly user: string; lastActive: number }>();

  constructor(sim: Simulation) {
    this.sim = sim;
  }

  /** Opens a session; gives its cookie. */
  begin(user: string, secure: boolean): string {
    const key = randomUUID();
    if (this.users.size >= MOST_SESSIONS) this.users.delete(this.users.keys().next().value!);
    this.users.set(key, { user, lastActive: this.sim.clock.now().getTime() });
    return `vmware_soap_session="${key}"; Path=/sso-adminserver; HttpOnly;${secure ? ' Secure;' : ''}`;
  }

  find(headers: Headers): string | undefined {
    const now = this.sim.clock.now().getTime();
    for (const key of keysOf(headers)) {
      const session = this.users.get(key);
      if (!session) continue;
      if (now - session.lastActive <= IDLE) {
        session.lastActive = now;
        return session.user;
      }
      this.users.delete(key);
    }
    return undefined;
  }

  end(headers: Headers): void {
    for (const key of keysOf(headers)) this.users.delete(key);
  }
}

const keysOf = (headers: Headers): string[] => [...(one(headers['cookie']) ?? '').matchAll(/vmware_soap_session="?([^";,\s]+)/g)].map(([, key]) => key!);
