// The completion scripts, run by the shells themselves where they are installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROGRAMS, SHELLS } from './completion.ts';
import { command as create } from './commands/create.ts';
import { main } from './main.ts';

async function script(...argv: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const code = await main(['completion', ...argv], { stdout: (text) => (out += text), stderr: (text) => (err += text), isTTY: false, env: {} });
  return { code, out, err };
}

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

/** What bash offers for a command line whose last word is being typed. */
function offers(bash: string, ...words: string[]): string[] {
  const program = `${bash}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_vic_machine\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', program], { encoding: 'utf8', cwd: new URL('..', import.meta.url).pathname });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

test('bash completes commands, flags of the command, and files', { skip: has('bash') ? false : 'bash is not installed' }, async () => {
  const { out } = await script('bash');
  assert.deepEqual(offers(out, 'vic-machine', 'in'), ['inspect']);
  assert.deepEqual(offers(out, 'vic-machine', 'ls', '--comp'), ['--compute-resource']);
  assert.deepEqual(offers(out, 'vic-machine', 'ls', '--for'), [], 'ls has no --force');
  assert.deepEqual(offers(out, 'vic-machine', 'create', '--cn'), ['--cn', '--cng', '--cnr', '--cnd']);
  assert.deepEqual(offers(out, 'vic-machine', 'ls', '--target', ''), [], 'nothing is known of a server');
  assert.deepEqual(offers(out, 'vic-machine', 'ls', '--log-file', 'cl'), ['cli', 'client'], 'files of the directory');
  assert.deepEqual(offers(out, 'vic-machine', 'completion', 'z'), ['zsh']);
  assert.deepEqual(offers(out, 'vic-machine', 'help', 'del'), ['delete']);
});

for (const shell of ['zsh', 'fish'] as const) {
  test(`${shell} can read its script`, { skip: has(shell) ? false : `${shell} is not installed` }, async () => {
    const { out } = await script(shell);
    const folder = mkdtempSync(join(tmpdir(), 'vic-machine-'));
    try {
      writeFileSync(join(folder, 'script'), out);
      const { status, stderr } = spawnSync(shell, ['-n', join(folder, 'script')], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test('every script names every flag of every command, and every name of the program', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { bin: Record<string, string> };
  assert.deepEqual(Object.keys(manifest.bin).filter((name) => name.startsWith('vic-machine')), PROGRAMS);
  for (const shell of SHELLS) {
    const { code, out } = await script(shell);
    assert.equal(code, 0);
    for (const { name } of create.flags) assert.ok(out.includes(name), `${shell} ${name}`);
    for (const name of PROGRAMS) assert.ok(out.includes(name), `${shell} ${name}`);
  }
});

test('a missing or unknown shell names the ones there are', async () => {
  for (const [argv, expected] of [[[], /which shell\?/], [['tcsh'], /there is no shell "tcsh"/], [['bash', 'zsh'], /unknown argument "zsh"/]] as const) {
    const { code, err } = await script(...argv);
    assert.equal(code, 2);
    assert.match(err, expected);
    if (argv.length < 2) for (const shell of SHELLS) assert.ok(err.includes(`"${shell}"`), err);
  }
});
