// What simulated processes do, and which signals there are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { perform } from './process.ts';
import { endsOn } from './signals.ts';

const FOREVER = { output: '' };
const ended = (output: string, status = 0, afterMilliseconds = 0) => ({ output, end: { status, afterMilliseconds } });

test('the few programs that end by themselves', () => {
  const cases: readonly (readonly [readonly string[], object])[] = [
    [['true'], ended('')], [['/bin/false'], ended('', 1)], [['echo', 'a', 'b'], ended('a b\n')], [['echo', '-n', 'a'], ended('a')],
    [['sleep', '5'], ended('', 0, 5000)], [['sleep', '1.5m'], ended('', 0, 90_000)], [['sleep', 'long'], FOREVER], [['nginx', '-g', 'daemon off;'], FOREVER],
    [['sh'], ended('')], [['sh', '-c', 'echo "a b"; exit 3'], ended('a b\n', 3)], [['sh', '-c', 'false && echo no'], ended('', 1)],
    [['sh', '-c', 'echo a && sleep 2 && echo b'], ended('a\nb\n', 0, 2000)], [['bash', '-c', 'echo up; nginx; echo never'], { output: 'up\n' }],
    [['/bin/sh', '-c', 'while true; do sleep 60; done'], FOREVER], [['sh', '-c', 'echo $HOME'], FOREVER], [['sh', 'script.sh'], FOREVER], [[], FOREVER],
  ];
  for (const [command, expected] of cases) assert.deepEqual(perform(command, false), expected, command.join(' '));
  assert.deepEqual(perform(['sh'], true), FOREVER);
});

test('no command line is too strange', () => {
  fc.assert(fc.property(fc.array(fc.string(), { maxLength: 4 }), fc.boolean(), (command, tty) => {
    const { end } = perform(command, tty);
    return end === undefined || (Number.isInteger(end.status) && end.status >= 0 && end.status < 256 && end.afterMilliseconds >= 0);
  }));
});

test('signals by name, with SIG, by number', () => {
  for (const signal of ['TERM', 'SIGTERM', 'sigterm', '15', 'KILL', '9', 'INT']) assert.equal(endsOn(signal), true, signal);
  for (const signal of ['HUP', '1', 'SIGUSR1', '12']) assert.equal(endsOn(signal), false, signal);
  for (const signal of ['', 'STOP', '99', 'TERMX']) assert.throws(() => endsOn(signal), /Invalid signal/);
});
