// The admin plane beside the API: the world as a whole. The same functions are there in process, on Simulator.
import type { Simulation } from '../dispatch/simulation.ts';
import type { Snapshot } from '../store/store.ts';
import { bootRules, setBootRule } from '../appliance/boot-rules.ts';
import { readBootRule } from '../appliance/boot-words.ts';
import { DocumentError } from '../inventory/shape.ts';
import { DEFAULT_RANGE, setDhcp } from '../appliance/dhcp.ts';
import { about } from './about.ts';
import { faultsEndpoint } from './admin-faults.ts';

/** What the admin plane needs of a simulator. */
export interface World {
  readonly sim: Simulation;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  reset(): void;
  /** Puts the world of a lab, given as text, in the place of this one. Absent where one simulator is served for good. */
  load?(lab: string): Promise<void>;
}

export interface AdminReply {
  readonly status: number;
  readonly body: unknown;
}

const NETWORK_TYPES = ['Network', 'DistributedVirtualPortgroup'] as const;

export type Admin = (method: string, action: string, query: Readonly<Record<string, string>>, body?: unknown) => Promise<AdminReply>;

/** Handler of `/sim/<action>`; named snapshots live as long as it does. */
export function adminEndpoint(world: World): Admin {
  const snapshots = new Map<string, Snapshot>();
  const actions: Readonly<Record<string, { readonly verb: 'GET' | 'POST'; run(name: string, query: Readonly<Record<string, string>>, body: unknown): AdminReply | Promise<AdminReply> }>> = {
    reset: { verb: 'POST', run: () => (world.reset(), ok({ version: world.sim.store.version })) },
    snapshot: {
      verb: 'POST',
      run(name) {
        snapshots.set(name, world.snapshot());
        return ok({ name, objects: snapshots.get(name)!.objects.size, version: world.sim.store.version });
      },
    },
    restore: {
      verb: 'POST',
      run(name) {
        const snapshot = snapshots.get(name);
        if (!snapshot) return { status: 404, body: { error: `There is no snapshot "${name}". Snapshots: ${[...snapshots.keys()].join(', ') || 'none; POST /sim/snapshot makes one'}` } };
        world.restore(snapshot);
        return ok({ name, version: world.sim.store.version });
      },
    },
    appliances: {
      verb: 'POST',
      run(_name, query) {
        const { rule, error } = readBootRule(query);
        if (error !== undefined) return { status: 400, body: { error } };
        const { store } = world.sim;
        store.transaction((tx) => setBootRule(tx, rule));
        return ok({ rules: bootRules({ find: (ref) => store.get(ref)?.props }) });
      },
    },
    dhcp: {
      verb: 'POST',
      run(_name, query) {
        const { store } = world.sim;
        const names = NETWORK_TYPES.flatMap((type) => [...store.ofType(type)]);
        const found = names.filter(({ props }) => props['name'] === query['network']);
        if (found.length === 0) {
          return { status: 404, body: { error: `There is no network "${query['network'] ?? ''}". Networks: ${[...new Set(names.map(({ props }) => String(props['name'])))].join(', ')}` } };
        }
        try {
          store.transaction((tx) => found.forEach(({ ref }) => setDhcp(tx, ref, query['range'])));
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          return { status: 400, body: { error: `range: ${error.message}. It is "none" or a range such as 127.0.20.0/24 or 10.0.0.10-20; without "range" the network has the default again.` } };
        }
        return ok({ network: query['network'], range: query['range'] ?? DEFAULT_RANGE });
      },
    },
    world: {
      verb: 'POST',
      async run(_name, _query, body) {
        if (!world.load) return { status: 501, body: { error: 'This simulator shows one world for good; the command vicsim takes others.' } };
        const lab = typeof body === 'string' ? body : JSON.stringify(body ?? '');
        if (/^\s*(""|\{\})?\s*$/.test(lab)) return { status: 400, body: { error: 'Send a lab file as the body: curl --data-binary @fixtures/worlds/empty.yaml …' } };
        try {
          await world.load(lab);
        } catch (error) {
          if (!(error instanceof DocumentError)) throw error;
          return { status: 400, body: { error: error.message } };
        }
        snapshots.clear();
        return ok({ objects: world.sim.store.size, version: world.sim.store.version });
      },
    },
    coverage: { verb: 'GET', run: () => ok(about(world.sim)) },
  };
  return async (method, action, query, body) => {
    if (action === 'faults') return faultsEndpoint(world.sim.faults)(method, query, body);
    const found = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (!found) return { status: 404, body: { error: `/sim/${action} does not exist. There are: ${[...Object.keys(actions).map((name) => `${actions[name]!.verb} /sim/${name}`), 'GET, POST, DELETE /sim/faults'].join(', ')}` } };
    if (method !== found.verb) return { status: 405, body: { error: `/sim/${action} wants ${found.verb}.` } };
    return found.run(query['name'] ?? 'default', query, body);
  };
}

const ok = (body: unknown): AdminReply => ({ status: 200, body });
