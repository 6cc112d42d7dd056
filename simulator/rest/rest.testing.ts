// A REST client without sockets for tests: one world, one session, both dialects.
import assert from 'node:assert/strict';
import { createSimulator, type Simulator, type SimulatorOptions } from '../index.ts';
import { systemClock } from '../runtime/clock.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON; without the "value" of /rest. Undefined when there is none. */
  readonly json: unknown;
  /** The kind of an error. */
  readonly error: string | undefined;
}

export class Rest {
  readonly simulator: Simulator;
  private token = '';

  constructor(options: SimulatorOptions = {}) {
    this.simulator = createSimulator({ clock: systemClock(), freeze: true, ...options });
  }

  /** Logs in; later requests carry the session. */
  async login(user = 'user', password = 'pass'): Promise<this> {
    const { status, json } = await this.send('POST', '/api/session', undefined, { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });
    assert.equal(status, 201);
    this.token = String(json);
    return this;
  }

  async send(method: string, url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const bytes = body === undefined ? undefined : Buffer.from(body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body));
    const own = this.token === '' ? {} : { 'vmware-api-session-id': this.token };
    const reply = await this.simulator.handleRest(
      { method, url, headers: { host: 'vc.test', ...own, ...headers }, ...(bytes ? { body: pieces(bytes) } : {}) },
      { ipAddress: '127.0.0.1', tls: true },
    );
    const text = typeof reply.body === 'string' ? reply.body : Buffer.concat([...(reply.body ?? [])]).toString('utf8');
    const parsed = (reply.headers['Content-Type'] ?? '').includes('json') && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : undefined;
    const wrapped = parsed !== undefined && url.startsWith('/rest') && typeof parsed === 'object' && 'value' in parsed;
    const json = wrapped ? parsed['value'] : (parsed ?? (text === '' ? undefined : text));
    return { status: reply.status, headers: reply.headers, json, error: (json as { error_type?: string } | undefined)?.error_type };
  }

  /** A request that must succeed; gives its result. */
  async ok<T = unknown>(method: string, url: string, body?: unknown): Promise<T> {
    const { status, json } = await this.send(method, url, body);
    assert.ok(status < 300, `${method} ${url}: ${status} ${JSON.stringify(json)}`);
    return json as T;
  }

  /** A request that must be refused, and must change nothing. Gives the first message. */
  async refuses(kind: string, method: string, url: string, body?: unknown): Promise<string> {
    const { version } = this.simulator.store;
    const { status, json, error } = await this.send(method, url, body);
    assert.equal(error, kind, `${method} ${url}: ${status} ${JSON.stringify(json)}`);
    assert.equal(this.simulator.store.version, version, 'a refused request changes nothing');
    return (json as { messages: { default_message: string }[] }).messages[0]!.default_message;
  }

  /** Id of the only object of that type and name. */
  id(type: string, name: string): string {
    const found = [...this.simulator.store.ofType(type)].filter(({ props }) => props['name'] === name);
    assert.equal(found.length, 1, `${found.length} ${type} are called ${name}`);
    return found[0]!.ref.value;
  }
}

async function* pieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
