#!/usr/bin/env node
// A second vic-machine, to test the suite with: our commands with the manners of the original 0.5 (everything a coloured log
// line on stdout and in vic-machine.log, exit code 1 for every failure) and three of its ways to leave the guide:
//   ls      lists everything where the guide wants a datacenter or a compute resource
//   delete  without --force destroys the powered-off containers before it fails because of the running ones
//   delete  takes "5" for a timeout
// like-original.yaml says so to the suite.
import { appendFileSync } from 'node:fs';
import { main } from '../../core/cli/main.ts';
import { connect, retrieveBelow, runTasks, want } from '../../core/client/index.ts';
import { extraConfigOf, findVch, isContainer, openContext, parseTarget, SILENT } from '../../core/engine/index.ts';
import type { OptionValue } from '../../core/vim25/index.ts';

const { argv, env, stdin, stdout } = process;
const LOG = 'vic-machine.log';
const LEVELS = { INFO: 34, WARN: 33, ERRO: 31 } as const;

/** One line as its logger writes it: the message is filled up to 44 characters and a blank. */
function log(level: keyof typeof LEVELS, message: string): void {
  const line = `\x1b[${LEVELS[level]}m${level}\x1b[0m[${new Date().toISOString().replace(/\.\d+/, '')}] ${message.padEnd(44)} \n`;
  stdout.write(line);
  appendFileSync(LOG, line);
}

const logLines = (level: keyof typeof LEVELS, text: string): void => {
  for (const line of text.trimEnd().split('\n')) log(level, line);
};

function readPassword(): Promise<string> {
  log('INFO', 'Please enter ESX or vCenter password: ');
  // Where the cursor stands then is no matter to the original; a person sees the question.
  stdout.write('password: ');
  stdin.setRawMode(true);
  return new Promise((resolve) => stdin.once('data', (typed: Buffer) => {
    stdin.setRawMode(false).pause();
    stdout.write('\n');
    resolve(String(typed).replace(/\r?\n?$/, ''));
  }));
}

/** The value of a flag by any of its spellings. */
function flag(words: readonly string[], ...names: readonly string[]): string | undefined {
  const at = words.findIndex((word) => names.includes(word.split('=')[0]!));
  return at < 0 ? undefined : words[at]!.includes('=') ? words[at]!.slice(words[at]!.indexOf('=') + 1) : words[at + 1];
}

function withoutDatacenter(target: string): string {
  try {
    const { datacenter } = parseTarget(target);
    return datacenter === '' ? target : target.slice(0, target.lastIndexOf(datacenter)).replace(/\/+$/, '');
  } catch {
    return target;
  }
}

/** ls without the datacenter of its target, and of everything when it names no compute resource. */
function lsEverything(words: readonly string[]): string[] {
  if (flag(words, '--compute-resource', '-r') !== undefined) return [...words];
  const target = flag(words, '--target', '-t') ?? env['VIC_MACHINE_TARGET'];
  if (target === undefined) return [...words];
  const bare = withoutDatacenter(target);
  return [...words.map((word) => (word === target ? bare : word.endsWith(`=${target}`) ? word.replace(target, bare) : word)), '--all'];
}

/** What a delete that is about to fail has done by then. */
async function destroyIdleContainers(words: readonly string[]): Promise<void> {
  const target = parseTarget(flag(words, '--target', '-t') ?? env['VIC_MACHINE_TARGET'] ?? '');
  const user = flag(words, '--user', '-u') ?? target.user ?? '';
  const password = flag(words, '--password', '-p') ?? target.password ?? '';
  const session = await connect(target.url, { user, password, insecure: true });
  try {
    const name = flag(words, '--name', '-n') ?? 'virtual-container-host';
    const vch = findVch(await openContext(session, SILENT), { datacenter: target.datacenter, compute: flag(words, '--compute-resource', '-r') ?? '', name, id: '' });
    const rows = await retrieveBelow(session, session.content.rootFolder, [want('VirtualMachine', 'resourcePool', 'runtime.powerState', 'config.extraConfig')]);
    const idle = rows.filter(({ props }) =>
      (props['resourcePool'] as { value?: string } | undefined)?.value === vch.pool?.ref.value
      && props['runtime.powerState'] === 'poweredOff'
      && isContainer(extraConfigOf(props['config.extraConfig'] as readonly OptionValue[])));
    await runTasks(session, idle.map(({ ref }) => ({ self: ref, method: 'Destroy_Task' as const, args: {} })));
  } finally {
    await session.close();
  }
}

async function run(given: readonly string[]): Promise<number> {
  const [verb] = given;
  const words = verb === 'ls' ? lsEverything(given) : verb === 'delete' ? given.map((word, at) => (given[at - 1] === '--timeout' && /^\d+$/.test(word) ? `${word}m0s` : word)) : [...given];
  let out = '';
  let err = '';
  const code = await main(words, {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    isTTY: false,
    env,
    ...(stdin.isTTY ? { readPassword } : {}),
    local: { directory: process.cwd(), program: process.cwd(), now: () => new Date() },
  });
  if (verb === 'delete' && code !== 0 && err.includes('is powered on')) await destroyIdleContainers(words);
  if (err !== '') logLines(code === 0 ? 'WARN' : 'ERRO', err);
  if (verb === 'ls' && code === 0) stdout.write(`\n${out}`);
  else if (out !== '') logLines('INFO', out);
  if (code === 0) return 0;
  log('ERRO', '--------------------');
  log('ERRO', `vic-machine failed: ${err.split('\n')[0] ?? ''}`);
  return 1;
}

process.exitCode = await run(argv.slice(2));
