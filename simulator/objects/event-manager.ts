// EventManager: asking for recorded events, and posting some by hand. What makes events is the events room.
import { fault, isSubtype, managedType, type Event, type EventFilterSpec, type ManagedObjectReference, type TaskInfo } from '../../core/vim25/index.ts';
import { define, type Context, type TransactionContext } from '../dispatch/define.ts';
import type { NewEvent } from '../dispatch/simulation.ts';
import { argumentsOf } from '../events/catalogue.ts';
import { matcher, mayKnow, type Inventory } from '../events/filter.ts';
import { newestFirst, oldestFirst, stateOf, type Entry } from '../events/log.ts';
import { Scene } from '../events/scene.ts';
import { keepCollector, MOST, type History } from './history.ts';

export const eventManager = define('EventManager', {
  QueryEvents: {
    query(ctx, { filter, eventViewSpec }) {
      const history = eventHistory(ctx, checked(filter));
      const most = Math.min(filter.maxCount && filter.maxCount > 0 ? filter.maxCount : MOST, MOST);
      const view = eventViewSpec as { startEventId?: number; isForward?: boolean } | undefined;
      if (view?.startEventId !== undefined) {
        return some(view.isForward ? history.oldestFirst(view.startEventId - 1) : history.newestFirst(view.startEventId), most);
      }
      return some(history.newestFirst(Infinity), most)?.reverse();
    },
  },
  CreateCollectorForEvents: {
    query: (ctx, { filter }) => keepCollector(ctx, 'EventHistoryCollector', eventHistory(ctx, checked(filter)), { filter: { ...filter, _type: 'EventFilterSpec' }, size: filter.maxCount }),
  },
  RetrieveArgumentDescription: {
    query(_ctx, { eventTypeId }) {
      const found = argumentsOf(eventTypeId.replace(/^vim\.event\./, ''));
      if (!found) throw fault('InvalidArgument', { invalidProperty: 'eventTypeId' }, `A specified parameter was not correct: eventTypeId ("${eventTypeId}" is no event type of this API).`);
      return found;
    },
  },
  PostEvent: (ctx, { eventToPost, taskInfo }) => post(ctx, eventToPost, taskInfo),
  LogUserEvent({ sim, tx }, { entity, msg }) {
    const scene = new Scene(tx, (event) => sim.events.post(tx, event));
    scene.add('GeneralUserEvent', { ...scene.ofEntity(entity), message: msg, entity: scene.entity(entity) });
  },
});

const inventoryOf = ({ sim }: Context): Inventory => ({ root: sim.wellKnown['rootFolder'] });

/** The events that a filter asks for and the session's user may see, read from the store whenever somebody looks. */
function eventHistory(ctx: Context, filter: EventFilterSpec): History<Event> {
  const { session, sim: { store } } = ctx;
  const inventory = inventoryOf(ctx);
  const matches = matcher(filter, inventory);
  const shown = filter.disableFullMessage ? withoutMessage() : (event: Event) => event;
  function* chosen(entries: Iterable<Entry>): Iterable<Event> {
    for (const entry of entries) if (matches(entry) && mayKnow(session.rights, store, entry, inventory)) yield shown(entry.event);
  }
  return {
    oldestFirst: (after) => chosen(oldestFirst(store, after)),
    newestFirst: (upTo) => chosen(newestFirst(store, upTo + 1)),
    numberOf: (event) => event.key,
    state: () => stateOf(store),
  };
}

/** Events without their messages; the same copy each time, so that a page that did not change is not news. */
function withoutMessage(): (event: Event) => Event {
  const copies = new WeakMap<Event, Event>();
  return (event) => {
    let copy = copies.get(event);
    if (!copy) copies.set(event, (copy = { ...event, fullFormattedMessage: undefined }));
    return copy;
  };
}

/** A filter that makes sense. Throws InvalidArgument. */
function checked(filter: EventFilterSpec): EventFilterSpec {
  const unknown = filter.type?.find((name) => !isSubtype(name, 'Event'));
  if (unknown !== undefined) throw fault('InvalidArgument', { invalidProperty: 'filter.type' }, `A specified parameter was not correct: filter.type ("${unknown}" is no event type of this API).`);
  if (filter.maxCount !== undefined && filter.maxCount < 0) throw fault('InvalidArgument', { invalidProperty: 'filter.maxCount' }, `A specified parameter was not correct: filter.maxCount is ${filter.maxCount}; it must be 1 or more.`);
  return filter;
}

function some(events: Iterable<Event>, most: number): Event[] | undefined {
  const list: Event[] = [];
  for (const event of events) if (list.push(event) >= most) break;
  return list.length > 0 ? list : undefined;
}

/** Records what a client says has happened; key and time are ours, and so is the user unless the client names one. */
function post({ sim, tx, session }: TransactionContext, event: Event, task: TaskInfo | undefined): void {
  const { key: _key, createdTime: _time, fullFormattedMessage, ...given } = event as Event & { eventTypeId?: string; objectId?: string; objectType?: string };
  const type = given._type ?? 'Event';
  if (type === 'Event' || !isSubtype(type, 'Event')) throw fault('InvalidEvent', {}, `"${type}" is not an event that can be posted: use EventEx or one of the event types of this API.`);
  if ((type === 'EventEx' || type === 'ExtendedEvent') && !given.eventTypeId) throw fault('InvalidEvent', {}, `The eventTypeId of the ${type} is missing.`);
  const chain = task?.eventChainId ?? (given.chainId > 0 ? given.chainId : undefined);
  const { objectId, objectType } = given;
  const about: ManagedObjectReference | undefined = objectId && objectType && managedType(objectType) ? { type: objectType, value: objectId } : undefined;
  const scene = new Scene(tx, () => undefined);
  const place = about && tx.has(about) && isSubtype(about.type, 'ManagedEntity') ? scene.ofEntity(about) : {};
  sim.events.post(tx, {
    ...place, ...given, _type: type, chainId: chain, userName: given.userName || session.userName, ...(fullFormattedMessage ? { fullFormattedMessage } : {}),
  } as NewEvent);
}
