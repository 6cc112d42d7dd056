// What a terminal, a pipe and a log file get to see of a run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Io, Screen } from './io.ts';
import { RunLog, type RunLogOptions } from './run-log.ts';

interface Seen {
  readonly log: RunLog;
  readonly err: () => string;
  readonly lines: readonly string[];
  readonly ticks: (() => void)[];
}

function open(options: Partial<RunLogOptions> = {}, more: Partial<Io> & { readonly columns?: number } = {}, terminal = true): Seen {
  let err = '';
  const lines: string[] = [];
  const ticks: (() => void)[] = [];
  const screen: Screen = {
    animate: (tick) => {
      ticks.push(tick);
      return () => void ticks.splice(ticks.indexOf(tick), 1);
    },
    columns: () => more.columns ?? 80,
  };
  const io: Io = {
    stdout: () => undefined, stderr: (text) => (err += text), isTTY: false, env: { NO_COLOR: '1' }, logTo: (line) => lines.push(line), ...(terminal ? { screen } : {}),
    local: { directory: '/', program: '/', now: () => new Date('2026-05-01T00:00:00Z') }, ...more,
  };
  return { log: new RunLog(io, { debug: 0, keep: true, ...options }), err: () => err, lines, ticks };
}

/** What a terminal shows in the end: what was wiped is gone. */
const shown = (text: string): string => text.split('\n').map((line) => line.split('\r\x1b[K').at(-1)).join('\n');

test('a terminal: a line for each step, drawn again and again while it lasts, and marked when it has ended', () => {
  const { log, err, ticks } = open();
  log.step('Creating resource pool');
  assert.equal(shown(err()), '⠋ Creating resource pool');
  ticks[0]!();
  assert.equal(shown(err()), '⠙ Creating resource pool');
  log.step('Creating appliance VM');
  assert.equal(shown(err()), '✓ Creating resource pool\n⠙ Creating appliance VM');
  log.close('failed');
  assert.equal(shown(err()), '✓ Creating resource pool\n✗ Creating appliance VM\n');
  assert.equal(ticks.length, 0);
  log.close('done');
  assert.equal(shown(err()), '✓ Creating resource pool\n✗ Creating appliance VM\n');
});

test('a warning stands above the line that is being drawn', () => {
  const { log, err } = open();
  log.step('Uploading images');
  log.warn('evaluation licence in use');
  assert.equal(shown(err()), 'warn  evaluation licence in use\n⠋ Uploading images');
});

test('what is taken back is shown below the step that failed', () => {
  const { log, err } = open();
  log.step('Powering on appliance VM');
  log.undo();
  log.close('failed');
  assert.equal(shown(err()), '✗ Powering on appliance VM\n✓ Taking back what was done\n');
});

test('a short command leaves no progress behind, and a narrow terminal no wrapped line', () => {
  const { log, err } = open({ keep: false }, { columns: 20 });
  log.begin('Connecting to vcenter.example.com');
  assert.equal(shown(err()), '⠋ Connecting to v…');
  log.close('done');
  assert.equal(shown(err()), '');
});

test('a pipe sees warnings only; --debug 1 adds steps and decisions', () => {
  const quiet = open({}, {}, false);
  quiet.log.step('Removing VMs');
  quiet.log.note('Its own pool: /DC0');
  quiet.log.warn('one stays');
  quiet.log.close('done');
  assert.equal(quiet.err(), 'warn  one stays\n');
  const loud = open({ debug: 1 }, {}, false);
  loud.log.step('Removing VMs');
  loud.log.note('Its own pool: /DC0');
  assert.equal(loud.err(), 'info  Removing VMs\ndebug Its own pool: /DC0\n');
});

test('calls are shown with their time at level 2, with their texts at level 3', () => {
  const event = { method: 'Login', self: { type: 'SessionManager', value: 'SessionManager' }, milliseconds: 1.26, request: () => '<Login/>', response: () => '<LoginResponse/>' };
  const two = open({ debug: 2 }, {}, false);
  two.log.trace(event);
  assert.equal(two.err(), 'call  Login SessionManager:SessionManager  1.3 ms  ok\n');
  const three = open({ debug: 3 }, {}, false);
  three.log.trace({ ...event, error: new Error('InvalidLogin') });
  assert.equal(three.err(), 'call  Login SessionManager:SessionManager  1.3 ms  failed: InvalidLogin\ncall  > <Login/>\ncall  < <LoginResponse/>\n');
});

test('the log file has every line with its time, whatever the terminal shows', () => {
  const { log, lines } = open({}, {}, false);
  log.begin('Connecting to h');
  log.step('Removing VMs');
  log.note('Its own pool: /DC0\nand more');
  assert.deepEqual(lines, [
    '2026-05-01T00:00:00.000Z info   Connecting to h',
    '2026-05-01T00:00:00.000Z info   Removing VMs',
    '2026-05-01T00:00:00.000Z debug  Its own pool: /DC0\n    and more',
  ]);
});

test('the step that failed is known; connecting is none', () => {
  const { log } = open();
  log.begin('Connecting to h');
  assert.equal(log.at, undefined);
  log.step('Removing VMs');
  assert.equal(log.at, 'Removing VMs');
  log.undo();
  assert.equal(log.at, 'Removing VMs');
});
