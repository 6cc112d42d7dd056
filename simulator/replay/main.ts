// vicsim replay FILE [--against URL]: words and output around the replay of recorded calls.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '../cli-flags.ts';
import type { Io } from '../cli.ts';
import { soapSender } from '../transports/soap-sender.ts';
import { readRecording, replay, ReplayError, type Login } from './replay.ts';

const USAGE = 'vicsim replay FILE [--against URL] [-k] [--timeout SECONDS] [--json]';

/** Runs the command; gives its exit code: 0 when every answer is alike, 1 when not. Throws a UsageError, a ReplayError. */
export async function replayCommand(argv: readonly string[], io: Io): Promise<number> {
  const { file, against, insecure, seconds, json } = words(argv);
  const address = against ?? io.env?.['VICSIM_URL'] ?? io.env?.['GOVC_URL'] ?? 'https://127.0.0.1:8989/sdk';
  const url = URL.canParse(address) && /^https?:/.test(address) ? new URL(address) : undefined;
  if (!url) throw new UsageError(`--against "${address}" is no address: https://user:password@127.0.0.1:8989/sdk, for example`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ReplayError(`cannot read ${file}: ${(error as Error).message}`);
  }
  const login: Login | undefined = url.username === '' ? undefined : { userName: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const result = await replay(readRecording(text, file), soapSender(url, { insecure, milliseconds: seconds * 1000 }), login);
  if (json) io.stdout(`${JSON.stringify(result)}\n`);
  else {
    for (const { number, method, what } of result.differences) io.stdout(`call ${number}, ${method}\n${what.map((line) => `  ${line}\n`).join('')}`);
    io.stdout(`${result.calls} calls, ${result.differences.length === 0 ? 'all answered alike' : `${result.differences.length} answered otherwise`}\n`);
  }
  return result.differences.length === 0 ? 0 : 1;
}

function words(argv: readonly string[]): { readonly file: string; readonly against: string | undefined; readonly insecure: boolean; readonly seconds: number; readonly json: boolean } {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: { against: { type: 'string' }, k: { type: 'boolean', short: 'k' }, timeout: { type: 'string', default: '15' }, json: { type: 'boolean' } } });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new Error('replay takes one file');
    if (!/^\d{1,5}$/.test(values.timeout)) throw new Error(`--timeout ${values.timeout} makes no sense: seconds`);
    return { file, against: values.against, insecure: values.k ?? false, seconds: Number(values.timeout), json: values.json ?? false };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}: ${USAGE}`);
  }
}
