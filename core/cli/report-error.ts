// Turns what a command threw into words and an exit code: advice for what the user can change, a stack only for our own mistakes.
import { ConnectionError } from '../client/connection-error.ts';
import { TransferError } from '../client/transfer-error.ts';
import { formatDuration } from '../engine/duration.ts';
import { UserError, type Issue } from '../engine/issue.ts';
import { isFault } from '../vim25/fault.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';
import { logLine } from './log-file.ts';
import { paint } from './output.ts';

/** What is known of the run besides the error. */
export interface Circumstances {
  readonly command: string;
  /** Milliseconds that the run was given. */
  readonly timeout?: number;
  /** True when --timeout can be given to this command. */
  readonly hasTimeoutFlag?: boolean;
  readonly user?: string;
  readonly address?: string;
  /** The verb's step that failed. */
  readonly step?: string;
}

/** How many valid values are listed before the rest is only counted. */
const SHOWN = 50;

function issueLines(issue: Issue): string[] {
  const valid = issue.valid ?? [];
  return [
    ...(issue.details ?? []).map((detail) => `  ${detail}`),
    ...(valid.length === 0
      ? issue.flag === undefined || issue.what.includes(issue.flag) || issue.valid !== undefined ? [] : [`  Use: ${issue.flag}`]
      : [
          `  Suggested values for ${issue.flag ?? 'it'}:`,
          ...valid.slice(0, SHOWN).map((value) => `    "${value}"`),
          ...(valid.length > SHOWN ? [`    … and ${valid.length - SHOWN} more`] : []),
        ]),
    ...(issue.example === undefined || issue.example === issue.flag ? [] : [`  Example: ${issue.example}`]),
  ];
}

/** Writes the error to stderr and returns the exit code. */
export function reportError(error: unknown, io: Io, about: Circumstances): number {
  const say = (text: string, lines: readonly string[] = []): void => {
    io.stderr(`${paint(io, 'red', `vic-machine ${about.command}: `.replace(' :', ':'))}${text}\n`);
    for (const line of lines) io.stderr(`${line}\n`);
    logLine(io, 'error', [text, ...lines].join('\n'));
  };
  if (error instanceof UserError) {
    for (const issue of error.issues) say(issue.what, issueLines(issue));
    if (error.kind === 'usage') io.stderr(`Run "vic-machine ${about.command}${about.command === '' ? '' : ' '}--help" for all flags.\n`);
    else io.stderr(`vic-machine ${about.command} failed\n`);
    return error.kind === 'usage' ? EXIT.usage : EXIT.failure;
  }
  if (io.signal?.aborted) {
    say('interrupted');
    return EXIT.interrupted;
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    const limit = formatDuration(about.timeout ?? 0);
    say(`timed out: it did not end within ${limit}`, about.hasTimeoutFlag ? [`  What was done so far ${about.command === 'create' ? 'is undone' : 'stays done'}; run it again with more time.`, '  Example: --timeout 10m0s'] : []);
  } else if (error instanceof ConnectionError) {
    say(error.message, ['  Check the address in --target.']);
  } else if (error instanceof TransferError) {
    say(error.message);
  } else if (isFault(error, 'InvalidLogin')) {
    say(`${about.address ?? 'the server'} refused the user name or password${about.user === undefined ? '' : ` of "${about.user}"`}: ${error.message}`, ['  Check --user and --password (or the credentials in --target).']);
  } else if (isFault(error)) {
    say(`${about.address ?? 'the server'} answered ${error.type}: ${error.message}`);
  } else {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say('this is a bug in vic-machine; please report it with the lines below', [stack]);
    return EXIT.bug;
  }
  if (about.step !== undefined) io.stderr(`  It happened at the step: ${about.step}\n`);
  io.stderr(`vic-machine ${about.command} failed\n`);
  return EXIT.failure;
}
