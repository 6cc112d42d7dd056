// A client's traffic as lines of JSON: each call with its time and its answer. Secrets are taken out before a line is
// written: passwords, tickets, and session keys, which become names.
import { appendFileSync, writeFileSync } from 'node:fs';
import type { HandleSoap } from '../endpoints/soap.ts';
import { sessionKey } from '../endpoints/soap.ts';
import type { Clock } from '../runtime/clock.ts';

/** One recorded call. */
export interface RecordedCall {
  /** Milliseconds since the first one. */
  readonly at: number;
  readonly ms: number;
  readonly method: string;
  readonly soapAction?: string;
  /** The session it was made in. */
  readonly session?: string;
  /** The session that its answer opened. */
  readonly opens?: string;
  readonly request: string;
  readonly status: number;
  readonly reply: string;
}

export const HIDDEN = '******';

const SECRETS = ['password', 'vimAccountPassword', 'chapSecret', 'mutualChapSecret', 'adminPassword', 'sessionId', 'ticket', 'privateKey', 'oldPassword', 'newPassword', 'cloneTicket', 'keyData', 'Security', 'base64Token'];
const SECRET_ELEMENT = new RegExp(`(<((?:\\w+:)?(?:${SECRETS.join('|')}))\\b[^>]*>)([\\s\\S]*?)(</\\2>)`, 'g');

/** The text without what nobody else may know. */
export function withoutSecrets(text: string, method: string): string {
  const hidden = text.replace(SECRET_ELEMENT, (_all, open: string, _name: string, inner: string, close: string) => `${open}${inner.includes('<') ? inner.replace(/>[^<]+</g, `>${HIDDEN}<`) : HIDDEN}${close}`);
  return /Acquire\w*Ticket/.test(method) ? hidden.replace(/(<id>)[^<]*(<\/id>)/g, `$1${HIDDEN}$2`) : hidden;
}

const methodOf = (request: string): string => /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(request)?.[1] ?? '?';
const one = (header: string | readonly string[] | undefined): string | undefined => (typeof header === 'string' ? header : header?.[0]);

/** The same handler, with every call and its answer handed to `write` when it is answered. */
export function recorded(handle: HandleSoap, clock: Clock, write: (call: RecordedCall) => void): HandleSoap {
  const names = new Map<string, string>();
  const nameOf = (key: string | undefined): string | undefined => {
    if (key === undefined) return undefined;
    if (!names.has(key)) names.set(key, `session-${names.size + 1}`);
    return names.get(key);
  };
  let start: number | undefined;
  const named = (text: string): string => [...names].reduce((all, [key, name]) => all.replaceAll(key, name), text);
  return async (body, headers, caller) => {
    const began = clock.now().getTime();
    start ??= began;
    const at = began - start;
    const request = typeof body === 'string' ? body : new TextDecoder().decode(body);
    const reply = await handle(body, headers, caller);
    const method = methodOf(request);
    const session = nameOf(sessionKey(one(headers['cookie'])));
    const opens = nameOf(sessionKey(reply.headers['Set-Cookie']));
    const soapAction = one(headers['soapaction']);
    write({
      at, ms: clock.now().getTime() - began, method, ...(soapAction === undefined ? {} : { soapAction }), ...(session === undefined ? {} : { session }), ...(opens === undefined ? {} : { opens }),
      request: named(withoutSecrets(request, method)), status: reply.status, reply: named(withoutSecrets(reply.body, method)),
    });
    return reply;
  };
}

/** Writes lines into a new file. Throws when it cannot be written. */
export function recordInto(file: string): (call: RecordedCall) => void {
  writeFileSync(file, '', { mode: 0o600 });
  return (call) => appendFileSync(file, `${JSON.stringify(call)}\n`);
}
