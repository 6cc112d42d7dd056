// ViewManager: makes views. The views themselves are session-owned objects of the collector room.
import { fault, managedType, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { notFound } from '../collector/retrieve.ts';
import type { LiveObject, Moment } from '../collector/moment.ts';
import { ContainerView, InventoryView, isContainer, ListView } from '../collector/views.ts';
import { World } from '../collector/world.ts';
import { define, type Context } from '../dispatch/define.ts';
import type { Session, SessionObject } from '../dispatch/sessions.ts';
import { sessionId } from './property-collector.ts';
import { viewOf } from './views.ts';

export const viewManager = define('ViewManager', {
  CreateContainerView: {
    query(ctx, { container, type, recursive }) {
      const world = worldOf(ctx);
      const found = world.find(container);
      if (found === undefined) throw notFound(container);
      if (!isContainer(found.ref.type)) {
        throw fault('InvalidArgument', { invalidProperty: 'container' }, `A ${found.ref.type} is not a container: use a Folder, Datacenter, ComputeResource, ResourcePool, VirtualApp or HostSystem.`);
      }
      for (const name of type ?? []) {
        if (managedType(name) === undefined) throw fault('InvalidArgument', { invalidProperty: 'type' }, `The type "${name}" is not a managed object type of this API.`);
      }
      return keep(ctx, new ContainerView(world, sessionId(ctx), found.ref, type, recursive));
    },
  },
  CreateListView: { query: (ctx, { obj }) => keep(ctx, new ListView(worldOf(ctx), sessionId(ctx), obj ?? [])) },
  CreateListViewFromView: {
    query: (ctx, { view }) => keep(ctx, new ListView(worldOf(ctx), sessionId(ctx), viewOf(ctx, view))),
  },
  CreateInventoryView: {
    query: (ctx) => keep(ctx, new InventoryView(worldOf(ctx), sessionId(ctx), ctx.sim.wellKnown['rootFolder']!)),
  },
});

const worldOf = ({ sim, session }: Context): World => new World(sim.store, session);

function keep(ctx: Context, view: LiveObject): ManagedObjectReference {
  overlay(ctx);
  ctx.session.objects.set(view.ref.value, view);
  worldOf(ctx).clock.tick();
  return view.ref;
}

const isView = (object: SessionObject): boolean => managedType(object.ref.type)?.byName.has('view') === true;

/** The ViewManager as this session sees it: with its own views in viewList. */
function overlay({ sim, session, self }: Context): void {
  if (session.objects.has(self.ref.value)) return;
  const { ref } = self;
  const { clock } = new World(sim.store, session);
  let known: readonly ManagedObjectReference[] = [];
  let changedAt = clock.now;
  const list = () => {
    const now = viewsOf(session);
    if (now.length !== known.length || now.some((view, i) => view.value !== known[i]!.value)) {
      known = now;
      changedAt = clock.now;
    }
    return known;
  };
  const shown: LiveObject = {
    ref,
    get props() {
      return { ...sim.store.get(ref)?.props, viewList: list() };
    },
    changedSince(property: string, since: Moment) {
      list();
      return property === 'viewList' && changedAt > since.session;
    },
  };
  session.objects.set(ref.value, shown);
}

const viewsOf = (session: Session): readonly ManagedObjectReference[] =>
  [...session.objects.values()].filter(isView).map((view) => view.ref);
