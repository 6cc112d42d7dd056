// The VI/JSON protocol of vCenter 8.0.1 and later, /sdk/vim25/RELEASE/TYPE/ID/…: GET reads a property, POST calls a method.
// The same pipeline as SOAP: sessions, fault rules, privileges, faults, events. Knows nothing of sockets.
import type { PropertyValue} from '../../core/vim25/index.ts';
import {
  decodeJsonArguments, Fault, JsonEncoder, managedType, ownersOf, parseJson, versions, writeFault, writeRequest, writeResponse,
  type Field, type ManagedObjectReference, type Method, type UserSession, type Version,
} from '../../core/vim25/index.ts';
import { CutOff } from '../dispatch/fault-rules.ts';
import { dispatch, type Outcome } from '../dispatch/pipeline.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { stopwatch } from '../runtime/stopwatch.ts';
import { bug, CallOver } from './call-over.ts';
import { one } from './caller.ts';
import type { FileReply, FileRequest, HandleFiles } from './datastore-files.ts';
import { cutReply, type SoapCaller, type SoapOptions } from './soap.ts';

/** True for what this endpoint answers. */
export const isViJsonUrl = (url: string): boolean => /^\/sdk\/vim25(?:[/?]|$)/.test(url);

/** Names the session: the answer to SessionManager's Login gives it, every later request carries it. */
const SESSION_HEADER = 'vmware-api-session-id';
const MAX_BODY = 64 * 1024 * 1024;
/** The first release that has the protocol. */
const FIRST = 'vim.version.v8_0_1_0';

/** The releases that a server of that API version answers for, newest first; none before 8.0.1.0. */
export function releasesOf(apiVersion: string): readonly Version[] {
  const all = versions();
  const server = all.findLast(({ api }) => api === apiVersion);
  const first = all.findIndex(({ name }) => name === FIRST);
  return all.filter(({ api, index }) => index >= first && server?.includes.has(index) && /^\d+(\.\d+)+$/.test(api)).reverse();
}

/** Makes the handler of one simulation. It answers whatever it is given; it never throws. */
export function viJsonEndpoint(sim: Simulation, options: SoapOptions): HandleFiles {
  const releases = new Map(releasesOf(sim.about.apiVersion).map((version) => [version.api, { version, encoder: new JsonEncoder(version) }]));
  return async (request, caller) => {
    const [release = '', type = '', id = '', name = '', ...more] = partsOf(request.url);
    const spoken = releases.get(release);
    const managed = managedType(type);
    const property = managed?.byName.get(name);
    // "Nobody has that path" is told without a fault, as by the server in front of vCenter.
    if (!spoken) return plain(404, `No API release "${release}" here; this server has ${[...releases.keys()].join(', ') || 'none: VI/JSON came with 8.0.1.0'}.\n`);
    if (!managed || id === '' || more.length > 0 || (!property && ownersOf(name).length === 0)) {
      return plain(404, `vim25 has nothing at ${request.url.slice(0, 200)}: GET /sdk/vim25/RELEASE/TYPE/ID/PROPERTY, or POST …/METHOD.\n`);
    }
    if (property && request.method !== 'GET' && !managed.methods.has(name)) return plain(405, `${name} is a property: GET reads it.\n`, { Allow: 'GET' });
    if (request.method !== 'POST' && request.method !== 'GET') return plain(405, 'GET reads a property, POST calls a method.\n', { Allow: 'GET, POST' });
    if (!property && request.method === 'GET') return plain(405, `${name} is a method: POST calls it.\n`, { Allow: 'POST' });
    const self = { type, value: id };
    const work = { sim, options, request, caller, self, ...spoken, heard: { method: request.method === 'GET' ? 'Fetch' : name, object: `${type}:${id}`, user: '' } };
    return noted(work, request.method === 'GET' ? { fetches: name } : {});
  };
}

interface Work {
  readonly sim: Simulation;
  readonly options: SoapOptions;
  readonly request: FileRequest;
  readonly caller: SoapCaller;
  readonly self: ManagedObjectReference;
  readonly version: Version;
  readonly encoder: JsonEncoder;
  readonly heard: { readonly method: string; readonly object: string; user: string };
}

/** One call, written down like every other. */
async function noted(work: Work, { fetches }: { readonly fetches?: string }): Promise<FileReply> {
  const { sim, heard, encoder, version, options } = work;
  const taken = stopwatch();
  const trace: { asked: string; told?: string } = { asked: '' };
  let reply: FileReply;
  let failure: string | undefined;
  try {
    reply = await call(work, fetches, trace);
  } catch (error) {
    if (error instanceof CutOff) reply = cutReply(error.cut);
    else {
      const told = error instanceof Fault ? error : bug(sim, heard.method, error);
      failure = told.type;
      reply = json(500, encoder.fault(told));
      trace.told = options.trace ? writeFault(told, version) : '';
    }
  }
  sim.calls.note({ time: sim.clock.now(), ...heard, ms: taken(), status: reply.status, ...(failure === undefined ? {} : { fault: failure }), ...(reply.cut ? { fault: `(${reply.cut.kind})` } : {}) });
  // A trace shows the call as SOAP would have carried it: what is secret in it is known there, and left out.
  if (trace.told !== undefined) options.trace?.(trace.asked, { status: reply.status, headers: reply.headers, body: trace.told }, heard.method);
  return reply;
}

async function call(work: Work, fetches: string | undefined, trace: { asked: string; told?: string }): Promise<FileReply> {
  const { sim, options, request, caller, self, version, encoder, heard } = work;
  const missing: string[] = [];
  const args = fetches === undefined ? argumentsOf(await readBody(request), heard.method, self, missing) : { prop: fetches };
  if (options.trace && fetches === undefined) trace.asked = writeRequest(heard.method, self, args, { version: version.api }).body;
  const session = sim.sessions.find(one(request.headers[SESSION_HEADER])) ?? sim.sessions.anonymous({ ipAddress: caller.ipAddress, userAgent: one(request.headers['user-agent']) ?? '' });
  heard.user = session.userName;
  const over = new CallOver(caller, session);
  const answered = sim.sessions.begin(session);
  try {
    await options.delays?.before(heard.method, over);
    const outcome = await dispatch(sim, { method: heard.method, self, args, missing, session, get signal() { return over.signal; } }, options.fetch);
    if (options.trace && outcome.method !== 'Fetch') trace.told = writeResponse(outcome.method, outcome.result, version);
    return { ...answer(outcome, encoder), ...(outcome.cut ? { cut: outcome.cut } : {}) };
  } finally {
    answered();
    over.release();
  }
}

function answer({ method, result }: Outcome, encoder: JsonEncoder): FileReply {
  if (method === 'Fetch') {
    const { field, value } = (result ?? {}) as Partial<PropertyValue>;
    return field === undefined ? json(204, '') : valueOf(field, value, encoder);
  }
  const opensSession = method.result?.type === 'UserSession';
  // The result of a method is never newer than the method that the client could call.
  return method.result === null ? json(204, '') : valueOf({ ...method.result, since: 0 }, result, encoder, opensSession ? { [SESSION_HEADER]: (result as UserSession).key } : {});
}

function valueOf(field: Field, value: unknown, encoder: JsonEncoder, headers: Readonly<Record<string, string>> = {}): FileReply {
  // An array that is there has its items in it, if it has any.
  const text = encoder.field({ ...field, optional: false }, value);
  return text === '' ? json(204, '', headers) : json(200, text, headers);
}

function argumentsOf(body: string, name: string, self: ManagedObjectReference, missing: string[]): Readonly<Record<string, unknown>> {
  const method: Method = managedType(self.type)!.methods.get(name) ?? managedType(ownersOf(name)[0]!)!.methods.get(name)!;
  return decodeJsonArguments(body === '' ? undefined : parseJson(body), method, { onMissing: (path) => missing.push(path) });
}

async function readBody(request: FileRequest): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Fault({ _type: 'InvalidRequest' }, `The body is too long: at most ${MAX_BODY} bytes are read.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8').trim();
}

/** What follows /sdk/vim25, each part unescaped; a broken escape makes a part that nothing is called. */
function partsOf(url: string): readonly string[] {
  return url.replace(/\?.*/s, '').split('/').slice(3).map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return '';
    }
  });
}

function json(status: number, body: string, headers: Readonly<Record<string, string>> = {}): FileReply {
  return status === 204 ? { status, headers } : { status, headers: { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)), ...headers }, body };
}

const plain = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): FileReply => ({ status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body });
