// PropertyCollector: checks arguments and hands over to the collector room, which owns filters, versions and waiting.
import { fault, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { Collector, collectorOf } from '../collector/collector.ts';
import { waitForUpdates } from '../collector/wait.ts';
import { World } from '../collector/world.ts';
import { define, type Context } from '../dispatch/define.ts';

export { fetchProperty } from '../collector/retrieve.ts';

export const propertyCollector = define('PropertyCollector', {
  RetrieveProperties: { query: (ctx, { specSet }) => collector(ctx).retrieve(specSet, undefined)?.objects },
  RetrievePropertiesEx: {
    query: (ctx, { specSet, options }) => collector(ctx).retrieve(specSet, positive(options?.maxObjects, 'options.maxObjects')),
  },
  ContinueRetrievePropertiesEx: { query: (ctx, { token }) => collector(ctx).continueRetrieve(token) },
  CancelRetrievePropertiesEx: { query: (ctx, { token }) => collector(ctx).cancelRetrieve(token) },

  CreateFilter: {
    query: (ctx, { spec, partialUpdates }) => collector(ctx).createFilter(sessionId(ctx), spec, partialUpdates).ref,
  },
  CheckForUpdates: { query: (ctx, { version }) => collector(ctx).update(version ?? '', undefined) },
  WaitForUpdates: {
    async query(ctx, { version }) {
      // Without a time limit the wait ends with an update or a fault.
      return (await wait(ctx, version, undefined, undefined))!;
    },
  },
  WaitForUpdatesEx: {
    query(ctx, { version, options }) {
      const seconds = options?.maxWaitSeconds;
      if (seconds !== undefined && seconds < 0) throw invalid('options.maxWaitSeconds', seconds, '0 or more');
      return wait(ctx, version, seconds, positive(options?.maxObjectUpdates, 'options.maxObjectUpdates'));
    },
  },
  CancelWaitForUpdates: {
    query(ctx) {
      for (const end of [...collector(ctx).waits]) end('canceled');
    },
  },

  CreatePropertyCollector: {
    query(ctx): ManagedObjectReference {
      const made = new Collector(new World(ctx.sim.store, ctx.session), { type: 'PropertyCollector', value: sessionId(ctx) });
      ctx.session.objects.set(made.ref.value, made);
      made.world.clock.tick();
      return made.ref;
    },
  },
  DestroyPropertyCollector: {
    // The one that everybody shares stays; what this session had in it goes.
    query(ctx) {
      const gone = collector(ctx);
      gone.dispose();
      ctx.session.objects.delete(gone.ref.value);
      gone.world.clock.tick();
    },
  },
});

const collector = (ctx: Context): Collector => collectorOf(new World(ctx.sim.store, ctx.session), ctx.self.ref);

/** An id for an object of a session, as vCenter makes them. */
export const sessionId = ({ sim }: Context): string => `session[${sim.random.uuid()}]${sim.random.uuid()}`;

async function wait(ctx: Context & { signal: AbortSignal }, version: string | undefined, maxSeconds: number | undefined, maxUpdates: number | undefined) {
  try {
    return await waitForUpdates(collector(ctx), ctx.sim.clock, { version: version ?? '', maxSeconds, maxUpdates, signal: ctx.signal });
  } finally {
    // A waiting client is not an idle one.
    ctx.session.lastActive = ctx.sim.clock.now();
  }
}

function positive(value: number | undefined, name: string): number | undefined {
  if (value !== undefined && value <= 0) throw invalid(name, value, '1 or more, or unset for no limit');
  return value;
}

const invalid = (name: string, value: number, valid: string) =>
  fault('InvalidArgument', { invalidProperty: name }, `A specified parameter was not correct: ${name} is ${value}; it must be ${valid}.`);
