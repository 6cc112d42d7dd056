// ContainerView, ListView, InventoryView: the methods of views. How a view keeps its list is the collector room's.
import { fault, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { SessionClock } from '../collector/moment.ts';
import { notFound } from '../collector/retrieve.ts';
import { InventoryView, ListView } from '../collector/views.ts';
import { define, type Context, type Definition } from '../dispatch/define.ts';

const view = define('View', {
  DestroyView: {
    query({ session, self }) {
      session.objects.delete(self.ref.value);
      SessionClock.of(session).tick();
    },
  },
});

const listView = define('ListView', {
  ModifyListView: { query: (ctx, { add, remove }) => someOf(list(ctx).modify(add ?? [], remove ?? [])) },
  ResetListView: { query: (ctx, { obj }) => someOf(list(ctx).reset(obj ?? [])) },
  ResetListViewFromView: {
    query(ctx, args) {
      list(ctx).reset(viewOf(ctx, args.view));
    },
  },
});

const inventoryView = define('InventoryView', {
  OpenInventoryViewFolder: { query: (ctx, { entity }) => someOf(inventory(ctx).open(entity)) },
  CloseInventoryViewFolder: { query: (ctx, { entity }) => someOf(inventory(ctx).close(entity)) },
});

export const views: readonly Definition[] = [view, listView, inventoryView];

/** What a view of this session lists now. Throws ManagedObjectNotFound, or InvalidArgument when it is no view. */
export function viewOf({ session }: Context, ref: ManagedObjectReference): readonly ManagedObjectReference[] {
  const found = session.objects.get(ref.value);
  if (found === undefined) throw notFound(ref);
  const listed = found.props['view'];
  if (!Array.isArray(listed)) throw fault('InvalidArgument', { invalidProperty: 'view' }, `A ${found.ref.type} is not a view with a list of objects.`);
  return listed as readonly ManagedObjectReference[];
}

function list({ session, self }: Context): ListView {
  const found = session.objects.get(self.ref.value);
  if (found instanceof ListView) return found;
  throw notFound(self.ref);
}

function inventory({ session, self }: Context): InventoryView {
  const found = session.objects.get(self.ref.value);
  if (found instanceof InventoryView) return found;
  throw notFound(self.ref);
}

const someOf = (refs: readonly ManagedObjectReference[]) => (refs.length > 0 ? refs : undefined);
