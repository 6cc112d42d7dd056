// A session at a vSphere endpoint: typed calls, login and logout, tracing. Knows nothing of VIC.
//
// When the server has forgotten the session (NotAuthenticated), the client logs in again and repeats the call, once:
// a call that was refused for want of a session has done nothing, so repeating it is safe whatever it does. Objects of
// the old session (collectors, filters, views) are gone then; a call to one of those ends in ManagedObjectNotFound,
// and `watch` makes its own anew. Nothing else is repeated, except reads whose kept connection broke.
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { versionOf, versions } from '../vim25/schema.ts';
import type { ManagedMethods, RetrieveResult, ServiceContent } from '../vim25/types.d.ts';
import { fault, isFault } from '../vim25/fault.ts';
import { readResponse, writeRequest } from '../vim25/codec/envelope.ts';
import { redact } from '../vim25/redact.ts';
import { ConnectionError } from './connection-error.ts';
import type { HttpRequest, HttpStream, TransportOptions } from './transport.ts';
import { Transport } from './transport.ts';

/** Every method name of vim25. */
export type MethodName = { [T in keyof ManagedMethods]: keyof ManagedMethods[T] }[keyof ManagedMethods] & string;
type MethodEntry<M extends MethodName> = {
  [T in keyof ManagedMethods]: M extends keyof ManagedMethods[T] ? ManagedMethods[T][M] : never;
}[keyof ManagedMethods];
export type MethodArgs<M extends MethodName> = MethodEntry<M> extends { args: infer A } ? A : never;
export type MethodResult<M extends MethodName> = MethodEntry<M> extends { result: infer R } ? R : never;
/** What TaskInfo.result holds when the task of a *_Task method has succeeded. */
export type TaskResult<M extends MethodName> = MethodEntry<M> extends { taskResult: infer R } ? R : never;

/** One finished call; bodies have their secrets removed and are made only when asked for. */
export interface TraceEvent {
  readonly method: string;
  readonly self: ManagedObjectReference;
  readonly milliseconds: number;
  readonly error?: Error;
  readonly request: () => string;
  readonly response: () => string;
}

export interface ConnectOptions extends TransportOptions {
  /** Who logs in. May be left out when `session` is still good; an expired session then stays expired. */
  readonly user?: string;
  readonly password?: string;
  /** The `key` of an earlier session, used again if the server still knows it. */
  readonly session?: string;
  /** What the server's session list shows; 'vic-testbed' unless given. */
  readonly userAgent?: string;
  /** Ends every call that does not bring a signal of its own. */
  readonly signal?: AbortSignal;
  readonly trace?: (event: TraceEvent) => void;
}

export interface CallOptions {
  /** Replaces the connection's own signal for this call. */
  readonly signal?: AbortSignal;
}

/** What the engine needs of a session; tests may give another implementation. */
export interface Connection {
  readonly content: ServiceContent;
  /** host:port, for messages. */
  readonly address: string;
  /** The API version this session speaks. */
  readonly api: string;
  readonly signal: AbortSignal | undefined;
  /** Calls a method; throws the Fault that the server answers, or a ConnectionError. */
  call<M extends MethodName>(self: ManagedObjectReference, method: M, args: MethodArgs<M>, options?: CallOptions): Promise<MethodResult<M>>;
  /** Ends the session and closes the connections; never throws. */
  close(): Promise<void>;
}

const SERVICE_INSTANCE: ManagedObjectReference = { type: 'ServiceInstance', value: 'ServiceInstance' };
const FIRST_API = '6.0';
/** Methods that may be asked twice: they tell and change nothing. */
const READS = /^(Retrieve|Query|Find|ContinueRetrieve|WaitForUpdates|CheckForUpdates|CurrentTime|Browse|Fetch)/;

const compareApi = (a: string, b: string): number => {
  const [left, right] = [a, b].map((api) => api.split('.').map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** The newest API version that both the server and the type tables know; 6.0 when the server's cannot be told. */
export function negotiate(serverApi: string): string {
  if (!/^\d+(\.\d+)*$/.test(serverApi)) return FIRST_API;
  if (versionOf(serverApi)) return serverApi;
  const known = versions().map((version) => version.api).filter((api) => /^\d+(\.\d+)+$/.test(api) && compareApi(api, serverApi) <= 0);
  return known.sort(compareApi).at(-1) ?? FIRST_API;
}

/** A connection of `connect`: it can also be kept for later, and carry files. */
export interface Session extends Connection {
  /** Names the session at the server: give it to `connect({ session })` to go on with it. As secret as a password. */
  readonly key: string | undefined;
  /** A plain HTTP request to the same server with the session's cookie; `path` begins with a slash. */
  http(method: string, path: string, request?: HttpRequest): Promise<HttpStream>;
  /** Ends the session and closes the connections; with `keepSession` the server keeps the session. Never throws. */
  close(options?: { readonly keepSession?: boolean }): Promise<void>;
}

/** Connects to `url` (its path is where the SDK lives, /sdk without one), reads the service content and logs in. */
export async function connect(url: URL | string, options: ConnectOptions): Promise<Session> {
  const session = new LoggedIn(new URL(url), options);
  try {
    await session.open();
    return session;
  } catch (error) {
    session.drop();
    throw error;
  }
}

const COOKIE = 'vmware_soap_session';
/** Their own NotAuthenticated is an answer, not a reason to log in again. */
const WITHOUT_SESSION = new Set<string>(['RetrieveServiceContent', 'Login', 'LoginByToken', 'Logout']);

/** Reading properties is open to anybody: without a session the reply says of each why it is missing. */
function isUnread(result: unknown): boolean {
  const [object] = (result as Partial<RetrieveResult> | undefined)?.objects ?? [];
  return object?.missingSet?.[0]?.fault.fault._type === 'NotAuthenticated';
}

class LoggedIn implements Session {
  content!: ServiceContent;
  api = FIRST_API;
  readonly address: string;
  readonly signal: AbortSignal | undefined;
  private readonly transport: Transport;
  private readonly path: string;
  private readonly options: ConnectOptions;
  private loggingIn: Promise<void> | undefined;
  private logins = 0;

  constructor(url: URL, options: ConnectOptions) {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError(`"${url.href}" is no address of a server: it must begin with https:// or http://`);
    this.options = options;
    this.transport = new Transport(url, options);
    this.address = this.transport.address;
    this.path = url.pathname === '/' ? '/sdk' : url.pathname;
    this.signal = options.signal;
  }

  get key(): string | undefined {
    return this.transport.cookie(COOKIE)?.replace(/^"(.*)"$/, '$1');
  }

  async open(): Promise<void> {
    const { session, user, password } = this.options;
    if (session !== undefined) this.transport.setCookie(COOKIE, `"${session}"`);
    this.content = await this.call(SERVICE_INSTANCE, 'RetrieveServiceContent', {});
    this.api = negotiate(this.content.about.apiVersion);
    if (session !== undefined && (await this.isKnown())) return;
    if (user === undefined || password === undefined) {
      const why = session === undefined ? 'give "user" and "password", or the "session" to go on with' : 'the session has ended; give "user" and "password" to log in again';
      throw fault('NotAuthenticated', { object: SERVICE_INSTANCE, privilegeId: 'System.View' }, `${this.address}: ${why}`);
    }
    await this.login(user, password);
  }

  /** Whether the server knows the session that the cookie names. */
  private async isKnown(): Promise<boolean> {
    const { propertyCollector, sessionManager } = this.content;
    if (!sessionManager) return false;
    const specSet = [{ propSet: [{ type: 'SessionManager', pathSet: ['currentSession'] }], objectSet: [{ obj: sessionManager }] }];
    try {
      const found = await this.send(propertyCollector, 'RetrievePropertiesEx', { specSet, options: {} }, {});
      return found?.objects[0]?.propSet?.[0]?.val !== undefined;
    } catch (error) {
      if (isFault(error, 'NotAuthenticated')) return false;
      throw error;
    }
  }

  private async login(userName: string, password: string): Promise<void> {
    if (!this.content.sessionManager) throw new ConnectionError(this.address, 'NO_SESSIONS', 'it offers no session manager to log in to');
    // A server refuses a login on a session that it still knows, whatever it said of that session a moment ago.
    this.transport.forgetCookie(COOKIE);
    await this.send(this.content.sessionManager, 'Login', { userName, password }, {});
    this.logins += 1;
  }

  /** Logs in once for all the calls that found the session gone at the same time. */
  private async loginAgain(since: number): Promise<void> {
    const { user, password } = this.options;
    if (this.logins !== since) return;
    this.loggingIn ??= this.login(user!, password!).finally(() => (this.loggingIn = undefined));
    await this.loggingIn;
  }

  async call<M extends MethodName>(self: ManagedObjectReference, method: M, args: MethodArgs<M>, options: CallOptions = {}): Promise<MethodResult<M>> {
    const since = this.logins;
    const canLogIn = this.options.user !== undefined && this.options.password !== undefined && !WITHOUT_SESSION.has(method);
    try {
      const result = await this.send(self, method, args, options);
      if (!canLogIn || !isUnread(result)) return result;
    } catch (error) {
      if (!canLogIn || !isFault(error, 'NotAuthenticated')) throw error;
    }
    await this.loginAgain(since);
    return this.send(self, method, args, options);
  }

  http(method: string, path: string, request: HttpRequest = {}): Promise<HttpStream> {
    const signal = request.signal ?? this.signal;
    return this.transport.stream(method, path, { ...request, ...(signal ? { signal } : {}) });
  }

  private async send<M extends MethodName>(self: ManagedObjectReference, method: M, args: MethodArgs<M>, options: CallOptions): Promise<MethodResult<M>> {
    const started = performance.now();
    const { body, soapAction } = writeRequest(method, self, args as Readonly<Record<string, unknown>>, { version: this.api });
    let answer: Buffer | undefined;
    const report = (error?: Error): void =>
      this.options.trace?.({
        method,
        self,
        milliseconds: performance.now() - started,
        ...(error ? { error } : {}),
        request: () => redact(body),
        response: () => redact(answer?.toString('utf8') ?? ''),
      });
    try {
      const headers = { 'Content-Type': 'text/xml; charset="utf-8"', SOAPAction: `"${soapAction}"`, 'User-Agent': this.options.userAgent ?? 'vic-testbed' };
      const signal = options.signal ?? this.signal;
      const reply = await this.transport.post(this.path, body, headers, { waits: method.startsWith('WaitForUpdates'), repeatable: READS.test(method), ...(signal ? { signal } : {}) });
      answer = reply.body;
      const result = this.read(reply.status, answer, method, self.type);
      report();
      return result as MethodResult<M>;
    } catch (error) {
      report(error as Error);
      throw error;
    }
  }

  private read(status: number, body: Buffer, method: string, type: string): unknown {
    try {
      return readResponse(body, method, type);
    } catch (error) {
      if (isFault(error)) throw error;
      const seen = status === 200 ? '' : ` (HTTP status ${status})`;
      throw new ConnectionError(this.address, 'NOT_VSPHERE', `it does not answer like vSphere at ${this.path}${seen}: ${(error as Error).message}`, error);
    }
  }

  async close({ keepSession = false }: { readonly keepSession?: boolean } = {}): Promise<void> {
    try {
      if (keepSession) return;
      // The run's own signal may have fired already; saying goodbye has its own, short limit.
      const { sessionManager } = this.content;
      if (sessionManager) await this.send(sessionManager, 'Logout', {}, { signal: AbortSignal.timeout(5_000) });
    } catch {
      // The server forgets idle sessions by itself.
    } finally {
      this.drop();
    }
  }

  drop(): void {
    this.transport.close();
  }
}
