// Whatever goes wrong while a VCH is made, and whenever: the endpoint is as before. The endpoint is the simulator.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { createSimulator, type Simulator } from '../../../simulator/index.ts';
import { labOptions } from '../../../simulator/inventory/lab-options.ts';
import { parseLab } from '../../../simulator/inventory/load-lab.ts';
import { connect, ConnectionError, type Session } from '../../client/index.ts';
import { fault } from '../../vim25/fault.ts';
import { isSubtype } from '../../vim25/schema.ts';
import { openContext } from '../context.ts';
import { createIn } from './create.ts';
import { optionsOf } from './create.testing.ts';
import { planCreate } from './plan.ts';
import type { CreateOptions } from './options.ts';
import type { LocalFile, Ports } from './ports.ts';
import { selfSignedPair } from './tls.ts';

const LABS = {
  vCenter: 'product: vcenter\ndatacenters:\n  - name: DC0\n    datastores: [{ name: ds1, type: nfs }]\n    switches: [{ name: DVS0, portgroups: [bridge] }]\n    clusters: [{ name: C0, hosts: 2, vms: [bystander] }]\n',
  ESXi: 'product: esxi\ndatastores: [{ name: ds1, type: nfs }]\nvms: [bystander]\npools: [mine]\n',
} as const;

// One for all: keys take longer to make than all the rest.
const pair = selfSignedPair('vch1', new Date());

const templates = new Map<string, Simulator>();
after(async () => {
  for (const simulator of templates.values()) await simulator.close();
});

async function template(name: keyof typeof LABS): Promise<Simulator> {
  const made = templates.get(name) ?? createSimulator({ ...labOptions(await parseLab(LABS[name], 'lab.yaml')), freeze: true });
  templates.set(name, made);
  return made;
}

const options = (more: Partial<CreateOptions> = {}): CreateOptions => optionsOf({ volumeStores: ['ds1/deep/volumes:default'], ...more });

/** The machine that create runs on, in memory. */
function machine(): Ports & { readonly written: Set<string> } {
  const written = new Set<string>();
  const iso = (name: string): LocalFile => ({ name, size: 5, read: () => Promise.resolve(Buffer.from('bytes')), stream: () => Readable.from([Buffer.from('bytes')]) });
  return {
    written,
    findFile: (path) => Promise.resolve(path.endsWith('.iso') ? iso(path) : undefined),
    exists: (name) => Promise.resolve(written.has(name)),
    writeFile: (name) => Promise.resolve((written.add(name), name)),
    removeFile: (name) => Promise.resolve(void written.delete(name)),
    makePair: () => pair,
    makeAuthority: async () => ({ ...(await pair), sign: () => pair }),
    now: () => new Date('2026-05-01T00:00:00Z'),
  };
}

/** Everything of the world that a person could miss or find too much. Left out: what time alone changes. */
function stateOf({ store }: Simulator): Readonly<Record<string, string>> {
  const state: Record<string, string> = {};
  for (const { ref, props } of store.all()) {
    if (!isSubtype(ref.type, 'ManagedEntity') && !/^(_Directory|ExtensionManager|HostNetworkSystem)$/.test(ref.type)) continue;
    for (const [name, value] of Object.entries(props)) {
      // What begins with '_' is how the simulator keeps sums; nobody sees it.
      if (name !== 'recentTask' && !name.startsWith('_')) state[`${ref.type}:${ref.value} ${name}`] = JSON.stringify(value, (key, inner: unknown) => (/^(modified|timestamp)$/i.test(key) ? undefined : typeof inner === 'bigint' ? String(inner) : inner));
    }
  }
  return state;
}

const differences = (before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((key) => before[key] !== now[key]).map((key) => `${key}: ${before[key]?.slice(0, 300)} → ${now[key]?.slice(0, 300)}`);

type Trouble = 'refused' | 'lost before' | 'lost after' | 'time is up';

interface Ran {
  readonly calls: readonly string[];
  readonly error: unknown;
  readonly left: readonly string[];
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/** Runs create on a fresh copy of the world; the nth thing it asks of the server goes wrong. */
async function run(lab: keyof typeof LABS, nth: number, trouble: Trouble, more: Partial<CreateOptions> = {}): Promise<Ran> {
  const simulator = (await template(lab)).fork();
  const { url } = await simulator.listen({ port: 0, tls: false });
  const limit = new AbortController();
  const session = await connect(url, { user: 'root', password: 'p', insecure: true, signal: limit.signal });
  const warnings: string[] = [];
  const log = { step: () => undefined, warn: (text: string) => void warnings.push(text) };
  try {
    const ports = machine();
    const plan = await planCreate(await openContext(session, log), options(more), ports);
    const before = stateOf(simulator);
    const calls: string[] = [];
    const troubled = troubledSession(session, limit, nth, trouble, calls);
    const context = await openContext(session, log);
    const error: unknown = await createIn(context, troubled, { url: new URL(url), user: 'root', password: 'p' }, plan, ports).then(() => undefined, (reason: unknown) => reason ?? 'nothing');
    await settled(simulator);
    return { calls, error, left: differences(before, stateOf(simulator)), files: [...ports.written], warnings: warnings.filter((text) => text.startsWith('could not')) };
  } finally {
    await session.close();
    await simulator.close();
  }
}

/** Guests that were starting may still have their last word. */
async function settled({ store }: Simulator): Promise<void> {
  for (let quiet = 0, version = -1; quiet < 5; quiet++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (store.version !== version) quiet = 0;
    version = store.version;
  }
}

function troubledSession(session: Session, limit: AbortController, nth: number, trouble: Trouble, calls: string[]): Session {
  let asked = 0;
  const strike = async <R>(what: string, work: () => Promise<R>): Promise<R> => {
    calls.push(what);
    if (++asked !== nth) return work();
    if (trouble === 'refused') throw fault('NotSupported', {}, `${what} is refused.`);
    if (trouble === 'lost before') throw new ConnectionError('server', 'ECONNRESET', 'the connection broke');
    if (trouble === 'lost after') {
      await work();
      throw new ConnectionError('server', 'ECONNRESET', 'the connection broke');
    }
    const working = work();
    // The request is on its way when the time is up.
    await new Promise((resolve) => setImmediate(resolve));
    limit.abort(new DOMException('the time is up', 'TimeoutError'));
    return working;
  };
  return {
    content: session.content, address: session.address, api: session.api, signal: session.signal, key: session.key,
    call: (self, method, args, callOptions) => strike(method, () => session.call(self, method, args, callOptions)),
    http: (method, path, request) => strike(method, () => session.http(method, path, request)),
    close: () => Promise.resolve(),
  };
}

/** Runs at a time: most of a run is waiting. */
const ABREAST = 8;
const TROUBLES: readonly (readonly [keyof typeof LABS, Trouble])[] = [['vCenter', 'refused'], ['vCenter', 'lost after'], ['vCenter', 'time is up'], ['ESXi', 'refused'], ['ESXi', 'lost after']];

for (const lab of ['vCenter', 'ESXi'] as const) {
  test(`${lab}: without trouble it is made, with all that belongs to it`, async () => {
    const { error, left, files, calls } = await run(lab, 0, 'refused');
    assert.equal(error, undefined);
    assert.deepEqual(files, ['vch1-key.pem', 'vch1-cert.pem']);
    assert.ok(left.length > 10 && calls.length > 20, `${left.length} ${calls.length}`);
  });
}

test('with --force an upload that fails is a warning; without it nothing stays', async () => {
  const { calls } = await run('vCenter', 0, 'refused');
  const nth = calls.indexOf('PUT') + 1;
  assert.ok(nth > 0);
  const without = await run('vCenter', nth, 'refused');
  assert.match(String(without.error), /PUT is refused/);
  assert.deepEqual(without.left, []);
  const forced = await run('vCenter', nth, 'refused', { force: true });
  assert.equal(forced.error, undefined);
});

test('an empty pool that was there before is used, and stays when the rest is taken back', async () => {
  const made = await run('ESXi', 0, 'refused', { compute: '/', name: 'mine' });
  assert.equal(made.error, undefined);
  assert.ok(!made.calls.includes('CreateResourcePool'));
  const nth = made.calls.indexOf('PowerOnVM_Task') + 1;
  assert.deepEqual((await run('ESXi', nth, 'lost after', { compute: '/', name: 'mine' })).left, []);
});

for (const [lab, trouble] of TROUBLES) {
  test(`${lab}: whatever request is struck by "${trouble}", the endpoint is as before`, async () => {
    const { calls } = await run(lab, 0, trouble);
    // What only tidies up at the server may fail without anybody noticing.
    const numbers = calls.flatMap((method, i) => (method === 'DestroyPropertyCollector' ? [] : [i + 1]));
    let failures = 0;
    const work = async (): Promise<void> => {
      for (let nth = numbers.pop(); nth !== undefined; nth = numbers.pop()) {
        const { error, left, files, warnings } = await run(lab, nth, trouble);
        // A wait mends a lost request by itself.
        if (error === undefined) continue;
        failures++;
        const which = `${nth} ${calls[nth - 1]} (${String(error)})`;
        assert.deepEqual(left, [], `left by ${which}`);
        assert.deepEqual(files, [], `files left by ${which}`);
        assert.deepEqual(warnings, [], `undo of ${which}`);
      }
    };
    await Promise.all(Array.from({ length: ABREAST }, work));
    assert.ok(failures > 10, `only ${failures} of ${calls.length} failed`);
  });
}
