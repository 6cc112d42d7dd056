// A session at a vSphere endpoint: typed calls, login and logout, tracing. Knows nothing of VIC.
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { versionOf, versions } from '../vim25/schema.ts';
import type { ManagedMethods, ServiceContent } from '../vim25/types.d.ts';
import { isFault } from '../vim25/fault.ts';
import { readResponse, writeRequest } from '../vim25/codec/envelope.ts';
import { redact } from './redact.ts';
import type { TransportOptions } from './transport.ts';
import { ConnectionError, Transport } from './transport.ts';

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
  readonly user: string;
  readonly password: string;
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

/** Connects to `url` (its path is where the SDK lives), reads the service content and logs in. */
export async function connect(url: URL, options: ConnectOptions): Promise<Connection> {
  const session = new Session(url, options);
  try {
    await session.open(options.user, options.password);
    return session;
  } catch (error) {
    session.drop();
    throw error;
  }
}

class Session implements Connection {
  content!: ServiceContent;
  api = FIRST_API;
  readonly address: string;
  readonly signal: AbortSignal | undefined;
  private readonly transport: Transport;
  private readonly path: string;
  private readonly trace: ((event: TraceEvent) => void) | undefined;

  constructor(url: URL, options: ConnectOptions) {
    this.transport = new Transport(url, options);
    this.address = this.transport.address;
    this.path = url.pathname === '/' ? '/sdk' : url.pathname;
    this.signal = options.signal;
    this.trace = options.trace;
  }

  async open(userName: string, password: string): Promise<void> {
    this.content = await this.call(SERVICE_INSTANCE, 'RetrieveServiceContent', {});
    this.api = negotiate(this.content.about.apiVersion);
    if (!this.content.sessionManager) throw new ConnectionError(this.address, 'NO_SESSIONS', 'it offers no session manager to log in to');
    await this.call(this.content.sessionManager, 'Login', { userName, password });
  }

  async call<M extends MethodName>(self: ManagedObjectReference, method: M, args: MethodArgs<M>, options: CallOptions = {}): Promise<MethodResult<M>> {
    const started = performance.now();
    const { body, soapAction } = writeRequest(method, self, args as Readonly<Record<string, unknown>>, { version: this.api });
    let answer: Buffer | undefined;
    const report = (error?: Error): void =>
      this.trace?.({
        method,
        self,
        milliseconds: performance.now() - started,
        ...(error ? { error } : {}),
        request: () => redact(body),
        response: () => redact(answer?.toString('utf8') ?? ''),
      });
    try {
      const headers = { 'Content-Type': 'text/xml; charset="utf-8"', SOAPAction: `"${soapAction}"`, 'User-Agent': 'vic-machine' };
      const reply = await this.transport.post(this.path, body, headers, options.signal ?? this.signal);
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

  async close(): Promise<void> {
    try {
      // The run's own signal may have fired already; saying goodbye has its own, short limit.
      const { sessionManager } = this.content;
      if (sessionManager) await this.call(sessionManager, 'Logout', {}, { signal: AbortSignal.timeout(5_000) });
    } catch {
      // The server forgets idle sessions by itself.
    }
    this.drop();
  }

  drop(): void {
    this.transport.close();
  }
}
