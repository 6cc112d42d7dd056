import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Io } from './io.ts';
import { main } from './main.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(argv: readonly string[], more: Partial<Io> = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await main(argv, { stdout: (text) => (out += text), stderr: (text) => (err += text), isTTY: false, env: {}, ...more });
  return { code, out, err };
}

/** A port where nothing listens: all that needs no server has been checked when it is tried. */
const NOWHERE = '127.0.0.1:1';

test('version prints one line and takes nothing', async () => {
  const { code, out, err } = await run(['version']);
  assert.equal(code, 0);
  assert.match(out, /^vic-machine version \d+\.\d+\.\d+-[^,\s]+, for vSphere Integrated Containers 0\.5\n$/);
  assert.equal(err, '');
  assert.deepEqual((await run(['--version'])).out, out);
  assert.equal((await run(['version', '--target', 'x'])).code, 2);
  assert.equal((await run(['version', 'x'])).code, 2);
});

test('version, help and mistakes in flags load nothing that talks to a server', () => {
  const bin = new URL('./bin.js', import.meta.url);
  const loaded = (...args: string[]): string[] => {
    // Says at the end which of these it has loaded.
    const watch = `process.on('exit', () => process.stderr.write('\\nloaded: ' + process.moduleLoadList.filter((name) => /^NativeModule (https?|tls)$/.test(name)).join()))`;
    const { stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(watch)}`, fileURLToPath(bin), ...args], { encoding: 'utf8' });
    return stderr.split('loaded: ').at(-1)!.split(',').filter((name) => name !== '');
  };
  for (const args of [['version'], ['ls', '--help'], ['inspect', '--nosuch'], ['ls']]) assert.deepEqual(loaded(...args), [], args.join(' '));
  assert.ok(loaded('ls', '--target', `u:p@${NOWHERE}`).length > 0);
});

test('help: of the tool and of each command, generated from the flags', async () => {
  const tool = await run([]);
  assert.equal(tool.code, 0);
  for (const name of ['delete', 'inspect', 'ls', 'version']) {
    assert.match(tool.out, new RegExp(`^  ${name} +\\S`, 'm'));
    const own = await run([name, '--help']);
    assert.equal(own.code, 0);
    assert.ok(own.out.startsWith(`vic-machine ${name} - `));
    assert.deepEqual(await run(['help', name]), own);
  }
  const { out } = await run(['delete', '-h']);
  assert.match(out, /-f, --force /);
  assert.match(out, /--timeout <duration> .*default 3m0s/);
  assert.doesNotMatch((await run(['ls', '-h'])).out, /--name|--force|--timeout/);
});

test('unknown commands and flags: the nearest is suggested', async () => {
  const command = await run(['delte']);
  assert.equal(command.code, 2);
  assert.match(command.err, /unknown command "delte"\. Did you mean "delete"\?/);
  const flag = await run(['ls', '--tagret', 'x']);
  assert.equal(flag.code, 2);
  assert.match(flag.err, /flag provided but not defined: --tagret\n.*Did you mean --target\?/);
});

test('flags: both dashes, = or next argument, booleans, repeated and double names, missing values', async () => {
  for (const argv of [['-target=u:p@127.0.0.1:1'], ['--t', 'u:p@127.0.0.1:1'], ['-t=127.0.0.1:1', '-u', 'u', '--p=p'], ['--target', NOWHERE, '--user=u', '-password', 'p', '--json=false']]) {
    const { code, err } = await run(['ls', ...argv]);
    assert.equal(code, 1, err);
    assert.match(err, /cannot reach 127\.0\.0\.1:1: connection refused/);
  }
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['-t', 'a', '--target', 'b'], /-t and --target are the same flag/],
    [['-t'], /flag needs a value: -t/],
    [['--json=maybe', '-t', 'a'], /invalid value "maybe" for --json/],
    [['--debug', 'loud'], /invalid value "loud" for --debug: a whole number/],
    [['-t', 'u@a', 'extra1'], /unknown argument "extra1"/],
  ];
  for (const [argv, expected] of cases) {
    const { code, err } = await run(['ls', ...argv]);
    assert.equal(code, 2);
    assert.match(err, expected);
  }
});

test('target, user and password: mandatory, with the flag and the variable named', async () => {
  assert.match((await run(['ls'])).err, /--target argument must be specified\n[^]*VIC_MACHINE_TARGET/);
  assert.match((await run(['inspect', '-t', NOWHERE])).err, /user must be specified, either with --user or as part of --target/);
  const silent = await run(['delete', '-t', `me@${NOWHERE}`]);
  assert.equal(silent.code, 2);
  assert.match(silent.err, /no password for "me"[^]*--password[^]*VIC_MACHINE_PASSWORD/);
});

test('the environment fills in; the password is asked for at a terminal', async () => {
  const env = { VIC_MACHINE_TARGET: NOWHERE, VIC_MACHINE_USER: 'me', VIC_MACHINE_PASSWORD: 'secret' };
  assert.match((await run(['ls'], { env })).err, /connection refused/);
  const prompts: string[] = [];
  const readPassword = (prompt: string): Promise<string> => Promise.resolve((prompts.push(prompt), 'typed'));
  await run(['ls', '-t', `other@${NOWHERE}`], { env: { VIC_MACHINE_USER: 'me' }, readPassword });
  // What the target says outranks the environment.
  assert.deepEqual(prompts, [`Password of other at ${NOWHERE}: `]);
});

test('timeouts: malformed ones get advice, short ones end the run', async () => {
  for (const [value, expected] of [['5', /write 5s/], ['abc', /such as 3m0s, 90s or 1h/], ['0s', /longer than 0/]] as const) {
    const { code, err } = await run(['delete', '-t', `u:p@${NOWHERE}`, '--timeout', value]);
    assert.equal(code, 2);
    assert.match(err, expected);
    assert.match(err, /--timeout/);
  }
});

test('secrets never reach the messages', async () => {
  const { err } = await run(['ls', '-t', `me:hunter2@${NOWHERE}/DC`, '--debug', '3']);
  assert.match(err, /cannot reach/);
  assert.doesNotMatch(err, /hunter2/);
});

test('--log-file gets mistakes of the command line too, and is refused when it cannot be written', async () => {
  const lines: string[] = [];
  const paths: string[] = [];
  const appendTo = (path: string) => (paths.push(path), (line: string) => void lines.push(line));
  const { code } = await run(['ls', '--log-file', 'vic.log'], { appendTo });
  assert.equal(code, 2);
  assert.deepEqual(paths, ['vic.log']);
  assert.match(lines.join('\n'), /error {2}--target argument must be specified/);
  const refused = await run(['ls', '-t', `u:p@${NOWHERE}`, '--log-file', '/no/such/dir'], {
    appendTo: () => {
      throw new Error('ENOENT: no such file or directory');
    },
  });
  assert.equal(refused.code, 2);
  assert.match(refused.err, /--log-file "\/no\/such\/dir" cannot be written: ENOENT/);
});

test('no secret is in a log file at any level', async () => {
  for (const level of ['0', '1', '2', '3']) {
    const lines: string[] = [];
    await run(['ls', '-t', `me:hunter2@${NOWHERE}/DC`, '--debug', level, '--log-file', 'x'], { appendTo: () => (line) => void lines.push(line) });
    assert.ok(lines.length > 0);
    assert.doesNotMatch(lines.join('\n'), /hunter2/);
  }
});
