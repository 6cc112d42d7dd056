// From flags to a session: target, credentials, time limit, tracing; shared by every command that talks to a server.
import type { Session } from '../client/index.ts';
import type { Selection, StepLog, Target } from '../engine/index.ts';
import { UserError } from '../engine/issue.ts';
import { DEFAULT_NAME } from '../engine/selection.ts';
import { parseTarget } from '../engine/target.ts';
import type { Flag, Values } from './define-command.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';
import { logLine } from './log-file.ts';
import { askPassword } from './prompts.ts';
import { reportError } from './report-error.ts';
import { RunLog } from './run-log.ts';

export const DEFAULT_TIMEOUT = '3m0s';
const DEFAULT_TIMEOUT_MS = 180_000;
/** Timers take no more. */
const LONGEST_MS = 2 ** 31 - 1;

export const TARGET_FLAGS: readonly Flag[] = [
  { name: 'target', short: 't', type: 'text', value: '[user[:password]@]address[/datacenter]', summary: 'ESXi host or vCenter Server: IP address, host name or URL', env: 'VIC_MACHINE_TARGET' },
  { name: 'user', short: 'u', type: 'text', value: 'name', summary: 'User name, when it is not in the target', env: 'VIC_MACHINE_USER' },
  { name: 'password', short: 'p', type: 'text', value: 'text', summary: 'Password, taken literally; asked for when absent', env: 'VIC_MACHINE_PASSWORD', secret: true },
  { name: 'compute-resource', short: 'r', type: 'text', value: 'path', summary: 'Host, cluster or resource pool that the VCH was created in: host, cluster, cluster/pool' },
  { name: 'thumbprint', type: 'text', value: 'fingerprint', summary: 'SHA-1 or SHA-256 fingerprint that the server certificate must have; without it certificates are not checked', env: 'VIC_MACHINE_THUMBPRINT' },
];
export const LOG_FLAGS: readonly Flag[] = [
  { name: 'debug', short: 'v', type: 'number', value: 'level', default: '0', summary: '1 shows the steps and what decided them, 2 every call with its time, 3 the SOAP texts without secrets' },
  { name: 'log-file', type: 'text', value: 'file', file: true, summary: 'Also append all that is said, with times, to this file' },
];
export const JSON_FLAG: Flag = { name: 'json', type: 'boolean', summary: 'Print JSON' };
export const NAME_FLAGS: readonly Flag[] = [
  { name: 'name', short: 'n', type: 'text', value: 'name', default: DEFAULT_NAME, summary: 'Name of the VCH' },
  { name: 'id', type: 'text', value: 'vm-id', summary: 'ID of the VCH as ls shows it, in place of name and compute resource' },
];

/** Which VCH the flags name. */
export const selectionOf = (values: Values, target: Target): Selection =>
  ({ datacenter: target.datacenter, compute: values.text('compute-resource') ?? '', name: values.text('name') ?? '', id: values.text('id') ?? '' });

/** Checks of the target that need no server; every issue at once. */
export function validateTarget(values: Values): void {
  const text = values.text('target');
  if (text === undefined) {
    throw new UserError('usage', {
      what: '--target argument must be specified',
      details: ['Give the address of the ESXi host or vCenter Server, or set VIC_MACHINE_TARGET.'],
      flag: '--target',
      example: '--target user:password@vcenter.example.com',
    });
  }
  const target = parseTarget(text);
  const thumbprint = values.text('thumbprint');
  if (thumbprint !== undefined && !/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(thumbprint.replace(/[:\s]/g, ''))) {
    throw new UserError('usage', {
      what: `--thumbprint "${thumbprint}" is no fingerprint: 20 bytes (SHA-1) or 32 bytes (SHA-256) in hexadecimal are needed`,
      flag: '--thumbprint',
    });
  }
  if ((preferred(values, 'user', target.user) ?? '') === '') {
    throw new UserError('usage', {
      what: 'vSphere user must be specified, either with --user or as part of --target',
      flag: '--user',
      example: `--user <name>`,
    });
  }
}

export interface Running {
  readonly session: Session;
  /** What was logged in with. */
  readonly credentials: { readonly user: string; readonly password: string };
  readonly target: Target;
  readonly log: StepLog;
}

/** Connects, runs the work within the time limit, prints what it gives, logs out; errors become words and an exit code. */
export async function withSession(command: string, values: Values, io: Io, work: (running: Running) => Promise<string>, options: { readonly keepProgress?: boolean } = {}): Promise<number> {
  const target = parseTarget(values.text('target')!);
  const user = preferred(values, 'user', target.user)!;
  const timeout = values.source('timeout') === 'none' ? DEFAULT_TIMEOUT_MS : values.number('timeout');
  const about = { command, user, address: target.url.host, timeout, hasTimeoutFlag: values.source('timeout') !== 'none' };
  const debug = values.number('debug');
  const log = new RunLog(io, { debug, keep: options.keepProgress === true });
  let session: Session | undefined;
  try {
    const password = preferred(values, 'password', target.password) ?? (await askPassword(io, user, target.url.host));
    const limit = AbortSignal.timeout(Math.min(Math.ceil(timeout), LONGEST_MS));
    const signal = io.signal ? AbortSignal.any([limit, io.signal]) : limit;
    const thumbprint = values.text('thumbprint');
    log.begin(`Connecting to ${target.url.host}`);
    // What talks to a server is loaded now: help and mistakes in flags need none of it.
    const { connect } = await import('../client/index.ts');
    const trust = thumbprint === undefined ? { insecure: true } : { thumbprint };
    session = await connect(target.url, { user, password, signal, userAgent: 'vic-machine', ...trust, ...(debug >= 2 ? { trace: log.trace } : {}) });
    const { fullName, apiVersion } = session.content.about;
    log.note(`Logged in to ${fullName} as ${user}; API ${session.api} of ${apiVersion}; ${thumbprint === undefined ? 'its certificate was not checked' : 'its certificate has the given fingerprint'}`);
    log.begin('Reading the inventory');
    const result = await work({ session, target, credentials: { user, password }, log });
    // The progress must be off the terminal before the result is on it.
    log.close('done');
    io.stdout(result);
    logLine(io, 'result', result);
    return EXIT.ok;
  } catch (error) {
    log.close('failed');
    return reportError(error, io, { ...about, ...(log.at === undefined ? {} : { step: log.at }) });
  } finally {
    await session?.close();
  }
}

/** The flag first, then what the target holds, then the environment. */
const preferred = (values: Values, name: string, inTarget: string | undefined): string | undefined =>
  values.source(name) === 'flag' ? values.text(name) : (inTarget ?? values.text(name));
