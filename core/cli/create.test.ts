// The words of create: its flags, its help, the files it writes.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { localPorts, UserError } from '../engine/index.ts';
import { command } from './commands/create.ts';
import { createOptions, validateCreate } from './create-flags.ts';
import { parseFlags, type Values } from './define-command.ts';
import type { Io } from './io.ts';
import { main } from './main.ts';

async function run(argv: readonly string[], more: Partial<Io> = {}): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await main(['create', ...argv], { stdout: (text) => (out += text), stderr: (text) => (err += text), isTTY: false, env: {}, ...more });
  return { code, out, err };
}

function valuesOf(...argv: string[]): Values {
  const values = parseFlags(command, argv, {});
  assert.ok(values !== 'help' && values !== 'full help');
  return values;
}

/** Flags of the original, by both names. */
const NAMES = {
  target: 't', user: 'u', password: 'p', 'compute-resource': 'r', name: 'n', debug: 'v', 'image-store': 'i', 'container-datastore': 'cs', 'volume-store': 'vs',
  'bridge-network': 'b', 'external-network': 'en', 'client-network': 'cln', 'management-network': 'mn', 'container-network': 'cn', 'container-network-gateway': 'cng',
  'container-network-ip-range': 'cnr', 'container-network-dns': 'cnd', 'bridge-network-range': 'bnr', 'pool-memory-reservation': 'pmr', 'pool-memory-limit': 'pml',
  'pool-cpu-reservation': 'pcr', 'pool-cpu-limit': 'pcl', 'pool-memory-shares': 'pms', 'pool-cpu-shares': 'pcs', 'appliance-iso': 'ai', 'bootstrap-iso': 'bi',
  key: undefined, cert: undefined, 'no-tls': 'k', force: 'f', timeout: undefined, 'advanced-options': 'x', 'appliance-memory': undefined, 'appliance-cpu': undefined, 'use-rp': undefined,
} as const;

test('every flag of the original is there by both its names', () => {
  for (const [name, short] of Object.entries(NAMES)) {
    const flag = command.flags.find((one) => one.name === name);
    assert.ok(flag, name);
    assert.equal(flag.short, short, name);
    if (flag.type === 'boolean') continue;
    const value = flag.type === 'number' ? '7' : flag.type === 'duration' ? '7s' : 'seven';
    for (const spelled of [`--${name}`, `-${name}`, ...(short === undefined ? [] : [`-${short}`, `--${short}`])]) {
      const values: Values = valuesOf(spelled, value);
      const read: unknown = flag.type === 'texts' ? values.texts(name).join() : flag.type === 'text' ? values.text(name) : values.number(name);
      assert.equal(read, flag.type === 'number' ? 7 : flag.type === 'duration' ? 7000 : 'seven', spelled);
    }
  }
});

test('short names are unique, also among long ones', () => {
  const names = command.flags.flatMap(({ name, short }) => [name, ...(short === undefined ? [] : [short])]);
  assert.equal(new Set(names).size, names.length);
});

test('a flag that may be repeated keeps every value in order, by either name', () => {
  const options = createOptions(valuesOf('--vs', 'a:x', '--volume-store=b:y', '-vs', 'c:z', '--cn', 'n', '-n', 'one', '-n', 'two'), 'dc');
  assert.deepEqual(options.volumeStores, ['a:x', 'b:y', 'c:z']);
  assert.deepEqual(options.containerNetworks, ['n']);
  assert.equal(options.name, 'two');
  assert.equal(options.datacenter, 'dc');
});

test('what is left out has the default of the original', () => {
  const { name, externalNetwork, bridgeNetworkRange, applianceMemory, applianceCpu, applianceIso, bootstrapIso, memory, certificates, useRp, force, volumeStores } = createOptions(valuesOf(), '');
  assert.deepEqual(
    { name, externalNetwork, bridgeNetworkRange, applianceMemory, applianceCpu, applianceIso, bootstrapIso, memory, certificates, useRp, force, volumeStores },
    {
      name: 'virtual-container-host', externalNetwork: 'VM Network', bridgeNetworkRange: '172.16.0.0/12', applianceMemory: 2048, applianceCpu: 1, applianceIso: 'appliance.iso', bootstrapIso: 'bootstrap.iso',
      memory: { reservation: 0, limit: 0, shares: 'normal' }, certificates: { mode: 'generate' }, useRp: false, force: false, volumeStores: [],
    },
  );
  assert.equal(valuesOf().number('timeout'), 180_000);
});

test('what is wrong whatever the server has is told at once, with exit code 2', async () => {
  const { code, err } = await run(['-t', 'u:p@127.0.0.1:1', '-i', 'ds', '-n', 'x'.repeat(40), '--key', 'k', '--pml', '7', '--timeout', '0s', '--bnr', 'x']);
  assert.equal(code, 2);
  for (const text of ['at most 31', '--key is given without --cert', '--pool-memory-limit 7', '--timeout must be longer', '"x" is not understood']) assert.ok(err.includes(text), `${text} in ${err}`);
  assert.throws(() => validateCreate(valuesOf('-t', 'u:p@h', '-k', '--key', 'a', '--cert', 'b')), (error: UserError) => /--no-tls/.test(error.message));
  assert.match((await run(['-i', 'ds'])).err, /--target argument must be specified/);
});

test('help shows the common flags, -x all of them; neither needs anything else', async () => {
  const [short, full] = [await run(['--help']), await run(['-x'])];
  assert.deepEqual([short.code, full.code], [0, 0]);
  for (const hidden of ['--appliance-memory', '--appliance-cpu', '--use-rp']) {
    assert.ok(!short.out.includes(hidden), hidden);
    assert.ok(full.out.includes(hidden), hidden);
  }
  assert.match(short.out, /vCenter Server: vic-machine create /);
  assert.match(short.out, /ESXi: vic-machine create /);
  assert.match(short.out, /--cng, --container-network-gateway <network:address\/bits> .*may be repeated/);
  assert.match(short.out, /-i, --image-store/);
  assert.deepEqual(await run(['--advanced-options=true']), full);
});

let folder: string;
before(async () => (folder = await mkdtemp(join(tmpdir(), 'vic-machine-'))));
after(() => rm(folder, { recursive: true, force: true }));

test('files: a key is for its owner only, nothing is overwritten, files are found here and beside the program', async () => {
  const now = new Date('2026-05-01T00:00:00Z');
  const program = await mkdtemp(join(folder, 'program-'));
  const ports = localPorts({ directory: folder, program, now: () => now });
  const path = await ports.writeFile('vch1-key.pem', 'secret', true);
  assert.equal(await readFile(path, 'utf8'), 'secret');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await ports.exists('vch1-key.pem'), true);
  await assert.rejects(ports.writeFile('vch1-key.pem', 'other', true), (error: unknown) => error instanceof UserError && /vch1-key\.pem cannot be written/.test(error.message));
  assert.equal(await readFile(path, 'utf8'), 'secret');
  await ports.removeFile(path);
  assert.equal(await ports.exists('vch1-key.pem'), false);

  assert.equal(await ports.findFile('appliance.iso'), undefined);
  await writeFile(join(program, 'appliance.iso'), 'beside');
  assert.equal(Buffer.from(await (await ports.findFile('appliance.iso'))!.read()).toString(), 'beside');
  await writeFile(join(folder, 'appliance.iso'), 'here!');
  const found = (await ports.findFile('appliance.iso'))!;
  assert.deepEqual([found.name, found.size], ['appliance.iso', 5]);
  let streamed = '';
  for await (const chunk of found.stream()) streamed += String(chunk);
  assert.equal(streamed, 'here!');
  assert.equal(await ports.findFile(folder), undefined, 'a directory is no file');
  assert.equal(await ports.findFile(join(folder, 'nosuch', 'appliance.iso')), undefined, 'an absolute path is meant as it is');
  assert.equal(ports.now(), now);
});
