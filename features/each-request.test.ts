// The connection is lost at each request of create and of delete, before it is done and after: create leaves nothing, or
// has made the VCH; delete has finished, or the same command finishes it. Never a crash, always words.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { main } from '../core/cli/main.ts';
import { createSimulator, type FaultRule, type Simulator } from '../simulator/index.ts';
import { labOptions } from '../simulator/lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'each-request-'));
after(() => rmSync(folder, { recursive: true }));
const ISOS = ['appliance.iso', 'bootstrap.iso'];
for (const name of ISOS) writeFileSync(join(folder, name), name);

const template = async (world: string) => createSimulator(await labOptions(fileURLToPath(new URL(`../../fixtures/worlds/${world}.yaml`, import.meta.url))));

/** What is there, apart from what tells of the past: every object, every file, every extension, each machine's power. */
function facts({ store }: Simulator): string[] {
  return [...store.all()].flatMap(({ ref, props }) => {
    if (ref.type === 'Task' || /^session/.test(ref.value) || (ref.type.startsWith('_') && ref.type !== '_Directory')) return [];
    const own = [`${ref.type}:${ref.value} ${String(props['name'] ?? '')}`];
    if (ref.type === '_Directory') own.push(...Object.keys((props['entries'] ?? {}) as object).map((name) => `${ref.value}/${name}`));
    if (ref.type === 'ExtensionManager') own.push(...(props['extensionList'] as { key: string }[]).map(({ key }) => `extension ${key}`));
    if (ref.type === 'VirtualMachine') own.push(`${ref.value} ${(props['runtime'] as { powerState: string }).powerState}`);
    return own;
  }).sort();
}

/** Runs a command at a fork of the world; gives its exit code and its words. */
async function run(simulator: Simulator, argv: readonly string[]) {
  const { url } = await simulator.listen({ tls: false, appliances: false });
  let said = '';
  const say = (text: string) => void (said += text);
  const code = await main([...argv, '-t', url, '-u', 'administrator@vsphere.local', '-p', 'VMware1!'], {
    stdout: say, stderr: say, isTTY: false, env: {}, local: { directory: folder, program: folder, now: () => new Date() },
  });
  return { code, said };
}

const dropped = (request: number, drop: 'before' | 'after'): FaultRule => ({ method: '*', from: request, count: 1, drop });

/** Every n-th request, beginning with `first`, until a run has fewer requests than that; EVERY=1 takes all of them. */
const EVERY = Number(process.env['EVERY'] ?? 5);

async function atEachRequest(world: string, work: (simulator: Simulator, what: string) => Promise<void>): Promise<number> {
  const whole = await template(world);
  let requests = 0;
  for (const [first, drop] of [[1, 'before'], [2, 'after']] as const) {
    for (let request = EVERY === 1 ? 1 : first; ; request += EVERY) {
      const simulator = whole.fork();
      const { id } = simulator.faults.add(dropped(request, drop));
      await work(simulator, `request ${request} dropped ${drop} it is done`);
      const struck = simulator.faults.list().find((rule) => rule.id === id)?.struck ?? 0;
      await simulator.close();
      if (struck === 0) break;
      requests = Math.max(requests, request);
    }
  }
  await whole.close();
  return requests;
}

const CREATE = ['create', '-i', 'datastore1', '-b', 'bridge', '-n', 'vch1', '--vs', 'datastore1/a/b:default'];

test('create', async () => {
  const requests = await atEachRequest('empty', async (simulator, what) => {
    const before = facts(simulator);
    const { code, said } = await run(simulator, CREATE);
    assert.doesNotMatch(said, /bug in vic-machine|\n\s+at .*:\d+:\d+/, what);
    const made = readdirSync(folder).filter((name) => !ISOS.includes(name));
    for (const name of made) rmSync(join(folder, name), { recursive: true });
    if (code === 0) return;
    assert.match(said, /vic-machine create failed/, what);
    assert.deepEqual(facts(simulator), before, `${what}: something was left\n${said}`);
    assert.deepEqual(made, [], `${what}: files were left`);
  });
  assert.ok(requests > 20, `there were ${requests} requests only`);
});

const DELETE = ['delete', '-r', 'DC0_C0', '--force'];

test('delete', async () => {
  const clean = await template('one-cluster');
  assert.equal((await run(clean, DELETE)).code, 0);
  const gone = facts(clean);
  await clean.close();
  const requests = await atEachRequest('one-cluster', async (simulator, what) => {
    const { code, said } = await run(simulator, DELETE);
    assert.doesNotMatch(said, /bug in vic-machine|\n\s+at .*:\d+:\d+/, what);
    if (code !== 0) {
      const again = await run(simulator, DELETE);
      if (again.code !== 0) assert.match(again.said, /there is no virtual container host/, `${what}: ${again.said}`);
    }
    assert.deepEqual(facts(simulator), gone, `${what}: not the same is gone\n${said}`);
  });
  assert.ok(requests > 20, `there were ${requests} requests only`);
});
