// A container view for as long as some work needs it: the server's list of everything below a container.
import { isFault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import type { ObjectSpec } from '../vim25/types.d.ts';
import { make } from '../vim25/values.ts';
import type { Connection } from './connection.ts';
import type { TypeName } from './properties.ts';

/** A view on the server, and how a filter spec selects its members. */
export interface View {
  readonly ref: ManagedObjectReference;
  readonly objectSet: readonly ObjectSpec[];
}

/**
 * Makes a view of the types below the container, does the work, and destroys the view whatever happened. When the session
 * ended meanwhile, and the view with it, the work is done again, once, with a new one: it must be reading only.
 */
export async function withContainerView<R>(connection: Connection, container: ManagedObjectReference, types: readonly TypeName[], work: (view: View) => Promise<R>): Promise<R> {
  let ref: ManagedObjectReference | undefined;
  const remember = (view: View): Promise<R> => {
    ref = view.ref;
    return work(view);
  };
  try {
    return await withOneView(connection, container, types, remember);
  } catch (error) {
    const gone = isFault(error, 'ManagedObjectNotFound') && (error.detail as { obj?: ManagedObjectReference }).obj?.value === ref?.value;
    if (!gone || ref === undefined) throw error;
    return withOneView(connection, container, types, work);
  }
}

async function withOneView<R>(connection: Connection, container: ManagedObjectReference, types: readonly TypeName[], work: (view: View) => Promise<R>): Promise<R> {
  const { viewManager } = connection.content;
  if (!viewManager) throw new Error(`${connection.address} offers no view manager`);
  const ref = await connection.call(viewManager, 'CreateContainerView', { container, type: types, recursive: true });
  const members = make('TraversalSpec', { type: 'ContainerView', path: 'view' });
  try {
    return await work({ ref, objectSet: [{ obj: ref, skip: true, selectSet: [members] }] });
  } finally {
    await connection.call(ref, 'DestroyView', {}, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  }
}
