// Any vSphere that is not ours alone: worlds are built there through the public API, in datacenters with a prefix of this
// run (on ESXi among the host's own), and taken away again. What was there before is never touched. A world that a scenario
// has left as it was serves the next one.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { connect, formatReference, readInventory, type Session } from '../../../core/client/index.ts';
import { createSimulator } from '../../../simulator/index.ts';
import { labOptions } from '../../../simulator/lab.ts';
import { Api } from '../api.ts';
import { namesOf, type Names } from '../names.ts';
import { differences, observe, type Observation } from '../observe.ts';
import { Builder } from './build/build-world.ts';
import { clearWorld, lookAtTheirs, type Theirs } from './build/clear-world.ts';
import { readWorld, type World } from './build/read-world.ts';
import { LOOKING, type Endpoint, type Place } from './endpoint.ts';
import { LOGIN, worldFile, worldProduct } from './worlds.ts';

const PRODUCTS: Readonly<Record<string, string>> = { VirtualCenter: 'vcenter', HostAgent: 'esxi' };
const TITLES: Readonly<Record<string, string>> = { vcenter: 'a vCenter Server', esxi: 'an ESXi host' };
/** Command lines of create that end before anything is made. */
const CHECKS_ONLY = new Set(['--dry-run', '--help', '-h', '-x', '--advanced-options']);
const LOOPBACK = /^(127\.|localhost$|\[?::1\]?$)/;

interface Opened {
  readonly session: Session;
  readonly theirs: Theirs;
  /** Names of others' datacenters. */
  readonly datacenters: readonly string[];
  /** True when machines boot as appliances do: at a vicsim. */
  readonly boots: boolean;
  /** On ESXi: what the host calls itself. */
  readonly host: string | undefined;
}

interface Standing {
  readonly world: string;
  readonly names: Names;
  readonly datacenter: string | undefined;
  readonly before: Observation;
  /** What of the endpoint is no part of the world. */
  readonly theirs: ReadonlySet<string>;
}

/** The endpoint at an address with user and password. */
export function otherEndpoint(address: URL): Endpoint {
  const [user, password] = [decodeURIComponent(address.username), decodeURIComponent(address.password)];
  const url = `https://${address.host}/sdk`;
  const prefix = `vt-${randomUUID().slice(0, 6)}-`;
  const directory = LOOPBACK.test(address.hostname) ? mkdtempSync(join(tmpdir(), 'vic-testbed-datastores-')) : undefined;
  const failures = new Map<string, string>();
  let opened: Promise<Opened> | undefined;
  let standing: Standing | undefined;
  let left: readonly string[] = [];
  let rounds = 0;

  const open = async (): Promise<Opened> => {
    const session = await connect(url, { user, password, insecure: true }).catch((error: unknown) => {
      throw new Error(`${address.host} cannot be used: ${(error as Error).message}`, { cause: error });
    });
    const inventory = await readInventory(session);
    const vCenter = session.content.about.apiType === 'VirtualCenter';
    return {
      session, theirs: await lookAtTheirs(session), datacenters: vCenter ? inventory.all('Datacenter').map(({ name }) => name) : [],
      boots: (await session.http('GET', '/sim/coverage')).status === 200,
      host: vCenter ? undefined : inventory.all('ComputeResource')[0]?.name,
    };
  };
  const looking = async (names: Names, theirs: ReadonlySet<string>): Promise<Observation> => {
    const api = new Api(new URL(url), { names, operationId: LOOKING, theirs });
    await api.login(user, password);
    try {
      return await observe(api);
    } finally {
      api.close();
    }
  };
  const clear = async (): Promise<void> => {
    standing = undefined;
    const { session, theirs } = await opened!;
    left = await clearWorld(session, theirs);
  };
  const build = async (world: string): Promise<void> => {
    const { session, host, datacenters, theirs } = await (opened ??= open());
    if (standing) await clear();
    const plan = await planOf(world);
    // Each building has names of its own, so that nothing of an earlier one can be taken for it.
    const called = (name: string): string => `${prefix}${rounds.toString(36)}-${name}`;
    rounds++;
    const centers = host === undefined ? plan.datacenters.map(({ name }) => name) : [];
    const names = namesOf({ ...Object.fromEntries(centers.map((name) => [name, called(name)])), ...(host === undefined ? {} : { [plan.computes[0]!.node.name]: host }) });
    const builder = new Builder(session, plan, { datacenter: (name) => (centers.includes(name) ? called(name) : name), directory: directory && join(directory, String(rounds)) });
    await builder.build();
    const own = new Set([...builder.made.values(), session.content.rootFolder].map(formatReference));
    const others = new Set([...theirs.objects].filter((object) => !own.has(object)));
    const datacenter = datacenters.length + left.length > 0 && centers.length === 1 ? `/${called(centers[0]!)}` : undefined;
    standing = { world, names, datacenter, theirs: others, before: await looking(names, others) };
  };

  return {
    name: address.host,
    async obstacle(world) {
      const [{ session, datacenters }, wanted] = [await (opened ??= open()), await worldProduct(world)];
      const here = PRODUCTS[session.content.about.apiType] ?? session.content.about.apiType;
      if (here !== wanted) return `the world "${world}" is ${TITLES[wanted]}, ${address.host} is ${TITLES[here] ?? here}`;
      const plan = await planOf(world);
      const others = [...datacenters, ...left];
      if (others.length > 0 && plan.datacenters.length > 1) return `the world "${world}" has several datacenters, and ${address.host} has others (${others[0]}) among which they could not be told`;
      if (standing?.world === world || failures.has(world)) return failures.get(world);
      try {
        await build(world);
        return undefined;
      } catch (error) {
        const reason = `the world "${world}" cannot be built at ${address.host}: ${(error as Error).message}`;
        failures.set(world, reason);
        await clear();
        return reason;
      }
    },
    async prepare(world): Promise<Place> {
      if (standing?.world !== world) await build(world);
      const { names, datacenter, before, theirs } = standing!;
      const accounts = await accountsOf(world);
      const { boots } = await opened!;
      let touched = false;
      return {
        url, user, password, names, theirs, shared: true, ...(datacenter === undefined ? {} : { datacenter }),
        unable: (argv) => {
          if (argv[0] === 'create' && !boots && !argv.some((word) => CHECKS_ONLY.has(word))) return `no appliance boots at ${address.host}, so that nothing can be created there`;
          const account = accounts.find((name) => argv.some((word) => word === name || word.includes(`${name}:`) || word.startsWith(`${name}@`)));
          return account === undefined ? undefined : `the account "${account}" of the world "${world}" is not made at ${address.host}`;
        },
        trace: () => undefined,
        touch: () => (touched = true),
        async close() {
          const changed = touched || differences(before, await looking(names, theirs)).length > 0;
          if (changed) await clear();
        },
      };
    },
    async close() {
      if (!opened) return;
      await clear();
      if (left.length > 0) console.error(`${address.host} did not let go of ${left.join(', ')}: remove them by hand`);
      await (await opened).session.close();
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

const plans = new Map<string, Promise<World>>();

/** What is in a world, read from a simulator of it. */
function planOf(world: string): Promise<World> {
  const known = plans.get(world) ?? read(world);
  plans.set(world, known);
  return known;
}

async function read(world: string): Promise<World> {
  const simulator = createSimulator({ ...(await labOptions(worldFile(world))), credentials: { userName: LOGIN.user, password: LOGIN.password } });
  const { url, thumbprint } = await simulator.listen();
  const session = await connect(url, { ...LOGIN, ...(thumbprint === undefined ? {} : { thumbprint }) });
  try {
    return await readWorld(session);
  } finally {
    await session.close();
    await simulator.close();
  }
}

/** Names of the accounts that a world has beside the one that scenarios log in with. */
async function accountsOf(world: string): Promise<readonly string[]> {
  const { users = [] } = parse(await readFile(worldFile(world), 'utf8')) as { users?: readonly (string | { name: string })[] };
  return users.map((one) => (typeof one === 'string' ? one : one.name));
}
