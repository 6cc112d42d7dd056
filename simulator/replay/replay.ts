// Sends recorded calls again, in their order, to a server, and says what it answers otherwise than the one before.
import { sessionKey } from '../endpoints/soap.ts';
import { compare, translated, type Names } from './compare.ts';
import { HIDDEN, type RecordedCall } from './recording.ts';

/** A call as it goes out, and what comes back. Rejects with a message for people when nothing does in time. */
export type Send = (request: { readonly body: string; readonly soapAction?: string; readonly cookie?: string }) => Promise<{ readonly status: number; readonly reply: string; readonly setCookie?: string }>;

export interface Difference {
  /** Of the call, from 1. */
  readonly number: number;
  readonly method: string;
  readonly what: readonly string[];
}

export interface Replayed {
  readonly calls: number;
  readonly differences: readonly Difference[];
}

export interface Login {
  readonly userName: string;
  readonly password: string;
}

/** Why a recording cannot be replayed, for a person. */
export class ReplayError extends Error {
  override name = 'ReplayError';
}

/** The calls of a recording. Throws a ReplayError that names the line. */
export function readRecording(text: string, file: string): readonly RecordedCall[] {
  return text.split('\n').filter((line) => line.trim() !== '').map((line, i) => {
    try {
      const call = JSON.parse(line) as RecordedCall;
      if (typeof call.request === 'string' && typeof call.reply === 'string' && typeof call.status === 'number') return call;
    } catch {
      // Said below.
    }
    throw new ReplayError(`${file}:${i + 1}: it is no recorded call: a line of vicsim -record FILE is needed`);
  });
}

/** Replays one call after the other. Passwords are not in a recording: those of `login` are sent. */
export async function replay(calls: readonly RecordedCall[], send: Send, login: Login | undefined): Promise<Replayed> {
  const names: Names = { ids: new Map(), versions: new Map() };
  const sessions = new Map<string, string>();
  const differences: Difference[] = [];
  for (const [i, call] of calls.entries()) {
    const cookie = call.session === undefined ? undefined : sessions.get(call.session);
    const request = { body: withLogin(translated(call.request, names), call.method, login), ...(call.soapAction === undefined ? {} : { soapAction: call.soapAction }), ...(cookie === undefined ? {} : { cookie: `vmware_soap_session="${cookie}"` }) };
    try {
      const answer = await send(request);
      const key = sessionKey(answer.setCookie);
      if (call.opens !== undefined && key !== undefined) {
        sessions.set(call.opens, key);
        names.ids.set(call.opens, key);
      }
      const what = compare(call.method, call, answer, names);
      if (what.length > 0) differences.push({ number: i + 1, method: call.method, what });
    } catch (error) {
      differences.push({ number: i + 1, method: call.method, what: [(error as Error).message] });
    }
  }
  return { calls: calls.length, differences };
}

function withLogin(body: string, method: string, login: Login | undefined): string {
  if (!/^Login/.test(method)) return body;
  const { userName, password } = login ?? { userName: undefined, password: 'pass' };
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const withPassword = body.replaceAll(HIDDEN, () => escaped(password));
  return userName === undefined ? withPassword : withPassword.replace(/(<(?:\w+:)?userName[^>]*>)[^<]*/, (_all, open: string) => `${open}${escaped(userName)}`);
}
