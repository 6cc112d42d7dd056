// Asks the admin plane of a running vicsim over HTTP. Knows addresses and certificates, not what is asked.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** What follows /sim/. */
  readonly action: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is when it is text. */
  readonly body?: unknown;
}

/** Why nothing came back, or what the answer says is wrong: one line for a person. */
export class AdminError extends Error {
  override name = 'AdminError';
}

export interface AdminClient {
  readonly url: URL;
  /** The JSON of the answer. Rejects with an AdminError. */
  ask(ask: Ask): Promise<unknown>;
  /** The answer's lines of JSON as they come, until it ends or the signal aborts. Rejects with an AdminError. */
  lines(ask: Ask, signal: AbortSignal): AsyncGenerator<unknown>;
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** A client of the server at that address; a path and a login in it are left out. On this machine any certificate is fine. */
export function adminClient(address: string, insecure: boolean): AdminClient {
  const url = addressOf(address);
  const send = async ({ method, action, query = {}, body }: Ask, signal?: AbortSignal): Promise<IncomingMessage> => {
    const content = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const search = new URLSearchParams(query).toString();
    const headers = content === undefined ? {} : { 'Content-Type': typeof body === 'string' ? 'text/plain' : 'application/json', 'Content-Length': Buffer.byteLength(content) };
    const options = { method, headers, agent: false as const, ...(signal ? { signal } : {}) };
    const target = new URL(`/sim/${action}${search === '' ? '' : `?${search}`}`, url);
    const call = url.protocol === 'https:' ? httpsRequest(target, { ...options, rejectUnauthorized: !(insecure || LOOPBACK.test(url.hostname)) }) : httpRequest(target, options);
    call.end(content);
    try {
      const [reply] = (await once(call, 'response')) as [IncomingMessage];
      if ((reply.statusCode ?? 500) >= 400) throw new AdminError(problemIn(await textOf(reply), reply.statusCode ?? 500));
      return reply;
    } catch (error) {
      throw error instanceof AdminError || signal?.aborted ? error : new AdminError(unreachable(url, error as NodeJS.ErrnoException));
    }
  };
  return {
    url,
    async ask(ask) {
      const text = await textOf(await send(ask));
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new AdminError(`${url.host} answers, but not as vicsim does: ${text.slice(0, 80)}`);
      }
    },
    async *lines(ask, signal) {
      try {
        const reply = await send(ask, signal);
        for await (const line of createInterface({ input: reply, crlfDelay: Infinity })) if (line !== '') yield JSON.parse(line) as unknown;
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) && /^https?:\/\//.test(text) ? new URL(text) : URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined;
  if (!url) throw new AdminError(`"${text}" is no address of a vicsim: https://127.0.0.1:8989, for example`);
  return new URL(url.origin);
}

async function textOf(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function problemIn(text: string, status: number): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // Not ours: shown as it is.
  }
  return `HTTP ${status}: ${text.trim().slice(0, 200)}`;
}

function unreachable(url: URL, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return `no vicsim answers at ${url.origin}: start one, or give its address with --url (or in VICSIM_URL or GOVC_URL)`;
  if (/CERT|SELF_SIGNED/.test(code ?? '')) return `the certificate of ${url.origin} is not trusted (${message}): -k takes it`;
  return `cannot reach ${url.origin}: ${message}`;
}
