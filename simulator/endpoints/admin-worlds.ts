// /sim/reset, snapshot, restore and world: the world as a whole.
import { DocumentError } from '../inventory/shape.ts';
import type { Snapshot } from '../store/store.ts';
import { ok, refuse, type Actions, type AdminReply, type World } from './admin-action.ts';

interface Named {
  readonly snapshot: Snapshot;
  readonly time: Date;
}

export function worldActions(world: World): Actions {
  const snapshots = new Map<string, Named>();
  const names = (): string => [...snapshots.keys()].join(', ') || 'none; POST /sim/snapshot makes one';
  const shown = (name: string, { snapshot, time }: Named) => ({ name, objects: snapshot.objects.size, version: snapshot.version, time });
  const unknown = (name: string): AdminReply => refuse(404, `There is no snapshot "${name}". Snapshots: ${names()}`);
  const nameOf = (query: Readonly<Record<string, string>>): string => query['name'] ?? 'default';
  return {
    reset: {
      verbs: ['POST'],
      help: 'goes back to the world as it was built',
      run: () => (world.reset(), ok({ objects: world.sim.store.size, version: world.sim.store.version })),
    },
    snapshot: {
      verbs: ['GET', 'POST', 'DELETE'],
      help: 'lists the named snapshots, makes one (?name=, "default" without), takes one away',
      run({ method, query }) {
        const name = nameOf(query);
        if (method === 'GET') return ok({ snapshots: [...snapshots].map(([one, named]) => shown(one, named)) });
        if (name === '') return refuse(400, 'name is empty: give the snapshot a name, or leave it out for "default".');
        if (method === 'DELETE') return snapshots.delete(name) ? ok({ snapshots: [...snapshots].map(([one, named]) => shown(one, named)) }) : unknown(name);
        const named = { snapshot: world.snapshot(), time: world.sim.clock.now() };
        snapshots.set(name, named);
        return ok(shown(name, named));
      },
    },
    restore: {
      verbs: ['POST'],
      help: 'goes back to a snapshot (?name=)',
      run({ query }) {
        const name = nameOf(query);
        const named = snapshots.get(name);
        if (!named) return unknown(name);
        world.restore(named.snapshot);
        return ok({ name, objects: world.sim.store.size, version: world.sim.store.version });
      },
    },
    world: {
      verbs: ['POST'],
      help: 'shows the world of a lab file, which is the body',
      async run({ body }) {
        if (!world.load) return refuse(501, 'This simulator shows one world for good; the command vicsim takes others.');
        const lab = typeof body === 'string' ? body : JSON.stringify(body ?? '');
        if (/^\s*(""|\{\})?\s*$/.test(lab)) return refuse(400, 'Send a lab file as the body: curl --data-binary @fixtures/worlds/empty.yaml …');
        try {
          await world.load(lab);
        } catch (error) {
          if (!(error instanceof DocumentError)) throw error;
          return refuse(400, error.message);
        }
        snapshots.clear();
        return ok({ objects: world.sim.store.size, version: world.sim.store.version });
      },
    },
  };
}
