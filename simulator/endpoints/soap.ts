// One SOAP request to one reply: envelope, session cookie, version, dispatch, fault. Knows nothing of sockets.
import {
  fault, Fault, NAMESPACES as SERVICES, readRequest, versionBeside, versionOf, writeFault, writeResponse, type SoapRequest, type UserSession, type Version,
} from '../../core/vim25/index.ts';
import { CutOff, type Cut } from '../dispatch/fault-rules.ts';
import { dispatch, type Call, type Fetch } from '../dispatch/pipeline.ts';
import type { Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { stopwatch } from '../runtime/stopwatch.ts';
import { bug, CallOver } from './call-over.ts';
import type { Delays } from './delays.ts';

/** Header names in lower case, as node gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface SoapCaller {
  readonly ipAddress: string;
  /** Marks the cookie Secure. */
  readonly tls: boolean;
  /** Aborts when the client hangs up. Asked for only by calls that wait: making one costs more than a small call. */
  readonly signal?: AbortSignal;
}

export interface SoapReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What a fault rule does to this answer on its way. */
  readonly cut?: Cut;
}

/** What a call was and how it ended, for a trace. */
export type Trace = (request: Uint8Array | string, reply: SoapReply, method: string) => void;

export interface SoapOptions {
  readonly fetch: Fetch;
  readonly delays?: Delays;
  readonly trace?: Trace;
}

export type HandleSoap = (body: Uint8Array | string, headers: Headers, caller: SoapCaller) => Promise<SoapReply>;

/** Those of methods: the public ones, the internal ones by which esxcli is called, those of vslm, and none, as hand-written requests have. */
const NAMESPACES = new Set(['urn:vim25', '', 'urn:internalvim25', 'urn:reflect', 'urn:vslm', ...Object.keys(SERVICES)]);

const XML = 'text/xml; charset=utf-8';

/** Makes the handler of one simulation. It answers whatever it is given; it never throws. */
export function soapEndpoint(sim: Simulation, options: SoapOptions): HandleSoap {
  const serverVersion = versionOf(sim.about.apiVersion);
  if (!serverVersion) throw new TypeError(`apiVersion ${sim.about.apiVersion} is no version of vim25`);

  return async (body, headers, caller) => {
    const heard: Heard = { method: '?', object: '', user: '' };
    const taken = stopwatch();
    let version = serverVersion;
    let reply: SoapReply;
    let failure: string | undefined;
    let done = true;
    try {
      const missing: string[] = [];
      const request = readRequest(body, one(headers['soapaction']), { onMissing: (path) => missing.push(path) });
      heard.method = request.method;
      heard.object = `${request.self.type}:${request.self.value}`;
      if (!NAMESPACES.has(request.namespace)) {
        throw fault('InvalidRequest', {}, `Unable to resolve WSDL method name "${request.method}" (namespace "${request.namespace}").`);
      }
      version = versionBeside(request.namespace, apiOf(one(headers['soapaction'])), serverVersion) ?? spoken(request.version, serverVersion);
      reply = await call(sim, options, { request, body, missing, version }, headers, caller, heard);
    } catch (error) {
      if (error instanceof CutOff) {
        done = false;
        reply = cutReply(error.cut);
      } else {
        const told = error instanceof Fault ? error : bug(sim, heard.method, error);
        failure = told.type;
        reply = { status: 500, headers: { 'Content-Type': XML }, body: writeFault(told, version) };
      }
    }
    sim.calls.note({ time: sim.clock.now(), ...heard, ms: taken(), status: reply.status, ...(failure === undefined ? {} : { fault: failure }), ...(reply.cut ? { fault: `(${reply.cut.kind})` } : {}) });
    if (done) options.trace?.(body, reply, heard.method);
    return reply;
  };
}

/** What is known of a call, as far as it could be read. */
interface Heard {
  method: string;
  object: string;
  user: string;
}

/** '2.0' of `urn:pbm/2.0`. */
const apiOf = (action: string | undefined): string | undefined => /\/([^"\s/]+)"?\s*$/.exec(action ?? '')?.[1];

/** An answer in the place of a call that was not done. */
export const cutReply = (cut: Cut): SoapReply => ({ status: cut.kind === 'status' ? cut.status : 500, headers: {}, body: '', cut });

/** The client's version, unless we do not speak it. */
const spoken = (asked: Version | undefined, server: Version): Version => (asked !== undefined && server.includes.has(asked.index) ? asked : server);

/** A request as it came and as it was read. */
interface Received {
  readonly request: SoapRequest;
  readonly body: Uint8Array | string;
  readonly missing: readonly string[];
  readonly version: Version;
}

async function call(sim: Simulation, options: SoapOptions, received: Received, headers: Headers, caller: SoapCaller, heard: Heard): Promise<SoapReply> {
  const { request, version } = received;
  const key = sessionKey(one(headers['cookie'])) ?? unquote(request.sessionCookieHeader);
  const session = sim.sessions.find(key) ?? sim.sessions.anonymous({ ipAddress: caller.ipAddress, userAgent: one(headers['user-agent']) ?? '' });
  heard.user = session.userName;
  const over = new CallOver(caller, session);
  const answered = sim.sessions.begin(session);
  try {
    await options.delays?.before(request.method, over);
    const made = new SessionCall(received, session, over);
    const outcome = await dispatch(sim, made, options.fetch);
    const body = inNamespace(request.namespace, writeResponse(outcome.method, outcome.result, version));
    const opensSession = outcome.method !== 'Fetch' && outcome.method.result?.type === 'UserSession';
    const opened = opensSession ? (outcome.result as UserSession).key : made.openedKey;
    const cookie: Record<string, string> = opened === undefined ? {} : { 'Set-Cookie': sessionCookie(opened, caller.tls) };
    return { status: 200, headers: { 'Content-Type': XML, ...cookie }, body, ...(outcome.cut ? { cut: outcome.cut } : {}) };
  } finally {
    answered();
    over.release();
  }
}

/** A service of its own answers in its own namespace; the values in it are those of vim25. */
const inNamespace = (namespace: string, body: string): string => (namespace === 'urn:vslm' ? body.replace('xmlns="urn:vim25"', 'xmlns="urn:vslm"') : body);

class SessionCall implements Call {
  readonly method: string;
  readonly self: Call['self'];
  readonly args: Call['args'];
  readonly missing: readonly string[];
  readonly session: Session;
  private readonly over: CallOver;
  private readonly body: Uint8Array | string;
  openedKey: string | undefined;

  constructor({ request: { method, self, args }, body, missing }: Received, session: Session, over: CallOver) {
    this.method = method;
    // The way into a service beside vim25 has the id of vim25's.
    this.self = /^(?:Vslm|Pbm)ServiceInstance$/.test(self.type) ? { type: self.type, value: self.type } : self;
    this.args = args;
    this.missing = missing;
    this.session = session;
    this.over = over;
    this.body = body;
  }

  opened({ key }: Session): void {
    this.openedKey = key;
  }

  /** Text only when it is asked for: few calls do. */
  get message(): string {
    return typeof this.body === 'string' ? this.body : Buffer.from(this.body).toString('utf8');
  }

  get signal(): AbortSignal {
    return this.over.signal;
  }
}

const one = (header: string | readonly string[] | undefined): string | undefined => (typeof header === 'string' ? header : header?.[0]);

const unquote = (text: string | undefined): string | undefined => text?.trim().replace(/^"(.*)"$/, '$1');

/** The value is quoted, as vCenter's: clients cut the key out between the quotes. */
const sessionCookie = (key: string, secure: boolean): string => `vmware_soap_session="${key}"; Path=/; HttpOnly;${secure ? ' Secure;' : ''}`;

/** The session key of a Cookie header; also of a whole Set-Cookie line that a client sends back unread. */
export function sessionKey(cookies: string | undefined): string | undefined {
  const found = /(?:^|[;,]\s*)vmware_soap_session=("?)([^";,\s]*)\1/.exec(cookies ?? '');
  return found && found[2] !== '' ? found[2] : undefined;
}
