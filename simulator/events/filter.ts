// Says which recorded events an EventFilterSpec asks for.
import { isSubtype, type Event, type EventFilterSpec, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { categoryOfEvent } from './catalogue.ts';
import type { Rights } from '../dispatch/sessions.ts';
import type { Entry, Source } from './log.ts';

export type Matches = (entry: Entry) => boolean;

/** What everybody who filters needs to know of the world: below its root is everything. */
export interface Inventory {
  readonly root: ManagedObjectReference | undefined;
}

/**
 * Whether a user may know of something about these objects: who may see what it is about, or, when that is gone, what
 * held it. What is about nothing is for those who may see the root.
 */
export function mayKnow(rights: Rights | undefined, source: Source, { about, within }: Pick<Entry, 'about' | 'within'>, { root }: Inventory): boolean {
  if (rights === undefined) return true;
  for (const id of [...about, ...within]) {
    const object = source.find(id);
    if (object) return rights.has(object.ref, 'System.View');
  }
  return root !== undefined && rights.has(root, 'System.View');
}

/** The test that a filter describes: every condition that is set must hold. */
export function matcher(filter: EventFilterSpec, inventory: Inventory): Matches {
  const tests: Matches[] = [];
  const { entity, time, userName, eventChainId, alarm, scheduledTask, category, type, tag, eventTypeId } = filter;
  if (entity) tests.push(({ about, within }) => concerns(about, within, entity, inventory));
  if (time?.beginTime) tests.push(({ event }) => event.createdTime >= time.beginTime!);
  if (time?.endTime) tests.push(({ event }) => event.createdTime <= time.endTime!);
  if (userName) tests.push(({ event }) => byUser(event.userName, userName));
  if (eventChainId !== undefined) tests.push(({ event }) => event.chainId === eventChainId);
  if (alarm) tests.push(({ event }) => argument(event, 'alarm') === alarm.value);
  if (scheduledTask) tests.push(({ event }) => argument(event, 'scheduledTask') === scheduledTask.value);
  if (category?.length) tests.push(({ event }) => category.includes(categoryOfEvent(event)));
  if (type?.length) tests.push(({ event }) => type.some((name) => isSubtype(event._type!, name)));
  if (eventTypeId?.length) tests.push(({ event }) => eventTypeId.some((id) => isCalled(event, id)));
  if (tag?.length) tests.push(({ event }) => event.changeTag !== undefined && tag.includes(event.changeTag));
  return (entry) => tests.every((test) => test(entry));
}

/** Whether something about these objects, held by those, is asked for by an entity and how far below it to look. */
export function concerns(
  about: readonly string[], within: readonly string[], { entity, recursion }: { entity: ManagedObjectReference; recursion: string }, { root }: Inventory,
): boolean {
  const itself = about.includes(entity.value);
  if (recursion === 'self') return itself;
  const below = entity.value === root?.value || within.includes(entity.value);
  return recursion === 'children' ? below && !itself : itself || below;
}

/** What the system does has no user; without a list every user counts. */
export const byUser = (name: string, { systemUser, userList }: { readonly systemUser: boolean; readonly userList?: readonly string[] }): boolean =>
  name === '' ? systemUser : !userList?.length || userList.some((user) => user.toLowerCase() === name.toLowerCase());

/** Class names ('VmPoweredOnEvent', also 'vim.event.VmPoweredOnEvent') and the ids that extensions give their events. */
const isCalled = (event: Event, id: string): boolean =>
  event._type === id || `vim.event.${event._type}` === id || (event as Event & { eventTypeId?: string }).eventTypeId === id;

function argument(event: Event, field: string): string | undefined {
  const value = (event as unknown as Record<string, unknown>)[field] as Record<string, ManagedObjectReference> | undefined;
  return value?.[field]?.value;
}
