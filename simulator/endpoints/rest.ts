// /rest and /api: one HTTP request to one reply. Sessions, dialects, routes and errors; knows nothing of sockets.
import { isFault, type Fault } from '../../core/vim25/index.ts';
import { CutOff } from '../dispatch/fault-rules.ts';
import type { Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { Call } from '../rest/call.ts';
import { fromFault, RestError, type Dialect } from '../rest/errors.ts';
import { rendered } from '../rest/route.ts';
import { deliver, receive } from '../rest/library/data.ts';
import { missingApi, routes } from '../rest/routes.ts';
import { Router, type Found } from '../rest/router.ts';
import { RestSessions } from '../rest/sessions.ts';
import { one } from './caller.ts';
import { agreed, isHello } from './hello.ts';
import type { FileReply, FileRequest } from './datastore-files.ts';
import { cutReply, type Headers, type SoapCaller } from './soap.ts';

export type HandleRest = (request: FileRequest, caller: SoapCaller) => Promise<FileReply>;

/** True for what a simulator's handleRest answers: this endpoint, and vi-json.ts. */
export const isRestUrl = (url: string): boolean => /^\/(?:(?:rest|api|sdk\/vim25)(?:[/?]|$)|cls\/data\/)/.test(url);

const HEADER = 'vmware-api-session-id';
/** Longest JSON body that is read. */
const MAX_BODY = 16 * 1024 * 1024;
const NEVER = new AbortController().signal;

/** Makes the handler of one simulation. It answers whatever it is given; it never throws. */
export function restEndpoint(sim: Simulation): HandleRest {
  const sessions = new RestSessions(sim);
  const routers = { rest: new Router('rest', routes), api: new Router('api', routes) };
  return async (request, caller) => {
    const [path = '', search = ''] = request.url.split(/\?(.*)/s);
    if (path.startsWith('/cls/')) return data(sim, sessions, request, path);
    const dialect: Dialect = path.startsWith('/api') ? 'api' : 'rest';
    const below = path.slice(dialect.length + 1).replace(/\/+$/, '');
    const query = new URLSearchParams(search);
    try {
      const strike = sim.faults.strike(`${request.method} /${dialect}${below}`, undefined);
      if (strike) await sim.faults.wait(strike, caller.signal);
      if (strike?.error) throw strike.error;
      const reply = isSession(dialect, below)
        ? await session(sessions, request, caller, dialect, query)
        : await answer(sim, sessions, routers[dialect], { request, caller, dialect, below, query });
      return strike?.cut ? { ...reply, cut: strike.cut } : reply;
    } catch (error) {
      return refused(sim, request, dialect, error);
    }
  };
}

interface Parts {
  readonly request: FileRequest;
  readonly caller: SoapCaller;
  readonly dialect: Dialect;
  readonly below: string;
  readonly query: URLSearchParams;
}

async function answer(sim: Simulation, sessions: RestSessions, router: Router, { request, caller, dialect, below, query }: Parts): Promise<FileReply> {
  if (isHello(request.method, dialect, below, query)) return reply(200, { api_release: agreed(await readJson(request), sim.about.apiVersion) });
  const session = sessions.find(tokenOf(request.headers));
  if (!session) throw new RestError('UNAUTHENTICATED', 'Authentication required.', 'com.vmware.vapi.endpoint.method.authentication.required');
  const found = findRoute(router, request.method, below, query, dialect);
  const release = sim.sessions.begin(session);
  try {
    const json = await readJson(request);
    const call = new Call(sim, session, found, { dialect, query, json, origin: originOf(request.headers, caller), signal: caller.signal ?? NEVER });
    return result(await found.route.run(call), dialect, found.route.status);
  } finally {
    release();
  }
}

function findRoute(router: Router, method: string, below: string, query: URLSearchParams, dialect: Dialect): Found {
  const action = query.get(dialect === 'rest' ? '~action' : 'action') ?? query.get('action') ?? undefined;
  try {
    return router.find(method, below, action);
  } catch (error) {
    // What vCenter has and we do not is another answer than what nobody has.
    if (missingApi(below) && error instanceof RestError && error.kind === 'NOT_FOUND') {
      throw new RestError('UNIMPLEMENTED', `vicsim does not implement ${method} /${dialect}${below} yet: add a route under simulator/rest/.`);
    }
    throw error;
  }
}

function result(value: unknown, dialect: Dialect, status: number = 200): FileReply {
  if (value === undefined) return dialect === 'api' ? { status: status === 200 ? 204 : status, headers: {} } : { status: 200, headers: { 'Content-Length': '0' }, body: '' };
  return dialect === 'api' ? reply(status, rendered(value, dialect)) : reply(200, { value: rendered(value, dialect) });
}

function reply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): FileReply {
  const body = JSON.stringify(value);
  return { status, headers: { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)), ...headers }, body };
}

function refused(sim: Simulation, request: FileRequest, dialect: Dialect, error: unknown): FileReply {
  if (error instanceof CutOff) return cutReply(error.cut);
  const known = error instanceof RestError ? error : isFault(error) ? fromFault(error as Fault) : undefined;
  if (known) {
    if (known.kind === 'UNIMPLEMENTED') sim.log.once(`missing ${request.method} ${request.url}`, 'warn', known.message);
    return reply(known.status, known.body(dialect), known.status === 401 ? { 'WWW-Authenticate': 'Basic realm="VAPI endpoint", SIGN realm="VAPI endpoint"' } : {});
  }
  sim.log.write('error', `bug in vicsim, ${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const bug = new RestError('INTERNAL_SERVER_ERROR', 'The simulator has a bug; its log says more.');
  return reply(bug.status, bug.body(dialect));
}

async function readBytes(request: FileRequest): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY) throw new RestError('INVALID_REQUEST', `The body is too long: at most ${MAX_BODY} bytes are read.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function readJson(request: FileRequest): Promise<unknown> {
  const text = (await readBytes(request)).toString('utf8').trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RestError('INVALID_REQUEST', `The body is no JSON: ${(error as Error).message}`, 'com.vmware.vapi.rest.invalidJson');
  }
}

function originOf(headers: Headers, caller: SoapCaller): string {
  return `${caller.tls ? 'https' : 'http'}://${one(headers['host']) ?? '127.0.0.1'}`;
}

// ---- sessions ----------------------------------------------------------------------------------------------------

const isSession = (dialect: Dialect, below: string): boolean => below === (dialect === 'rest' ? '/com/vmware/cis/session' : '/session');

const tokenOf = (headers: Headers): string | undefined =>
  one(headers[HEADER]) ?? /(?:^|[;,]\s*)vmware-api-session-id=("?)([^";,\s]+)\1/.exec(one(headers['cookie']) ?? '')?.[2];

async function session(sessions: RestSessions, request: FileRequest, caller: SoapCaller, dialect: Dialect, query: URLSearchParams): Promise<FileReply> {
  const { method, headers } = request;
  const asksWho = method === 'GET' || (method === 'POST' && (query.get('~action') ?? query.get('action')) === 'get');
  if (method === 'POST' && !asksWho) {
    const authorization = one(headers['authorization']);
    const who = { ipAddress: caller.ipAddress, userAgent: one(headers['user-agent']) ?? '' };
    const token = /^SIGN\s/i.test(authorization ?? '')
      ? await sessions.loginByToken({ authorization: authorization!, method, path: request.url.split('?')[0]!, host: one(headers['host']) ?? '', body: await readBytes(request) }, who)
      : sessions.login(authorization, who);
    const secure = caller.tls ? ';Secure' : '';
    const cookie: Readonly<Record<string, string>> = one(headers['vmware-use-header-authn']) === undefined ? { 'Set-Cookie': `${HEADER}=${token};Path=/${dialect};HttpOnly${secure}` } : {};
    const common = { [HEADER]: token, ...cookie };
    return dialect === 'rest' ? reply(200, { value: token }, common) : reply(201, token, common);
  }
  if (!asksWho && method !== 'DELETE') throw new RestError('OPERATION_NOT_FOUND', `${method} is not for sessions: POST opens one, GET tells about it, DELETE ends it.`);
  const known: Session | undefined = sessions.find(tokenOf(headers));
  if (!known) throw new RestError('UNAUTHENTICATED', 'Authentication required.', 'com.vmware.vapi.endpoint.method.authentication.required');
  if (method === 'DELETE') {
    sessions.end(known);
    return result(undefined, dialect);
  }
  return result({ user: known.userName, created_time: known.loginTime, last_accessed_time: known.lastActive }, dialect);
}

// ---- files of content libraries -----------------------------------------------------------------------------------

/** /cls/data/SESSION/FILE: the bytes of transfers. */
async function data(sim: Simulation, sessions: RestSessions, request: FileRequest, path: string): Promise<FileReply> {
  try {
    const known = sessions.find(tokenOf(request.headers));
    if (!known) throw new RestError('UNAUTHENTICATED', 'Authentication required.', 'com.vmware.vapi.endpoint.method.authentication.required');
    const [, id = '', name = ''] = /^\/cls\/data\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    const release = sim.sessions.begin(known);
    try {
      if (request.method === 'PUT' || request.method === 'POST') {
        await receive(sim, id, unescaped(name), request.body);
        return { status: 200, headers: { 'Content-Length': '0' }, body: '' };
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') throw new RestError('OPERATION_NOT_FOUND', `${request.method} is not for files: PUT sends one, GET reads one.`);
      const { size, pieces } = deliver(sim, id, unescaped(name));
      return { status: 200, headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(size) }, ...(request.method === 'HEAD' ? {} : { body: pieces }) };
    } finally {
      release();
    }
  } catch (error) {
    return refused(sim, request, 'api', error);
  }
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new RestError('INVALID_REQUEST', `The path has a broken escape: ${name}.`);
  }
}
