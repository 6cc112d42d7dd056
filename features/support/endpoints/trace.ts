// SOAP calls as text for people: without passwords, without the suite's own looking, and no longer than anybody reads.
import { LOOKING } from './endpoint.ts';

export interface Call {
  readonly method: string;
  readonly request: string;
  readonly status: number;
  readonly reply: string;
}

const MOST_CALLS = 200;
const MOST_TEXT = 6000;

const short = (text: string): string => (text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT)}\n… ${text.length - MOST_TEXT} more characters`);

const withoutSecrets = (text: string): string => text.replace(/(<(?:\w+:)?password[^>]*>)[^<]*/g, '$1******');

/** The calls, the newest last; of many only the last ones. */
export function traceText(calls: readonly Call[]): string {
  const own = calls.filter(({ request }) => !request.includes(LOOKING));
  const shown = own.slice(-MOST_CALLS);
  return [
    ...(shown.length < own.length ? [`… ${own.length - shown.length} calls before`] : []),
    ...shown.map(({ method, request, status, reply }) => `→ ${method}\n${short(withoutSecrets(request)).trim()}\n← HTTP ${status}\n${short(reply).trim()}\n`),
  ].join('\n');
}

/** The calls of what `vicsim -trace-file` wrote. */
export function parseTrace(text: string): readonly Call[] {
  const parts = text.split(/^<!-- (\S+?)(?:: HTTP (\d+))? -->\n/m).slice(1);
  const marks = Array.from({ length: parts.length / 3 }, (_, i) => ({ method: parts[3 * i]!, status: parts[3 * i + 1], body: parts[3 * i + 2]! }));
  return marks.flatMap(({ method, status, body }, i) => {
    const reply = marks[i + 1];
    return status !== undefined || reply?.status === undefined ? [] : [{ method, request: body, status: Number(reply.status), reply: reply.body }];
  });
}
