// Tasks as history: which of them a TaskFilterSpec asks for, in the order in which they were made.
import type { ManagedObjectReference, TaskFilterSpec, TaskInfo, TaskInfoFilterSpec } from '../../core/vim25/index.ts';
import type { Rights } from '../dispatch/sessions.ts';
import { byUser, concerns, mayKnow, type Inventory } from '../events/filter.ts';
import { oldestFirst, type Entry } from '../events/log.ts';
import { readPath } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import type { History } from './history.ts';

type Ref = ManagedObjectReference;
type Test = (info: TaskInfo) => boolean;

const TIMES = { queuedTime: 'queueTime', startedTime: 'startTime', completedTime: 'completeTime' } as const;

export interface Viewer {
  /** As they are when somebody looks. */
  readonly rights: Rights | undefined;
}

/** The tasks that a filter asks for and the viewer may see, read from the store whenever somebody looks. */
export function taskHistory(store: Store, viewer: Viewer, inventory: Inventory, filter: TaskFilterSpec, results?: TaskInfoFilterSpec): History<TaskInfo> {
  const asked = matcher(store, inventory, filter);
  const test: Test = (info) => asked(info) && (viewer.rights === undefined || mayKnow(viewer.rights, store, placeOf(store, info), inventory));
  const shown = withoutResults(results);
  const all = (): TaskInfo[] => {
    const infos: TaskInfo[] = [];
    for (const { props } of store.ofType('Task')) infos.push(props['info'] as TaskInfo);
    // Tasks of a restored world come back in another order than that of their making.
    return infos.sort((a, b) => a.eventChainId - b.eventChainId);
  };
  return {
    *oldestFirst(after) {
      for (const info of all()) if (info.eventChainId > after && test(info)) yield shown(info);
    },
    *newestFirst(upTo) {
      for (const info of all().reverse()) if (info.eventChainId <= upTo && test(info)) yield shown(info);
    },
    numberOf: (info) => info.eventChainId,
    state: () => store.version,
  };
}

function matcher(store: Store, inventory: Inventory, filter: TaskFilterSpec): Test {
  const tests: Test[] = [];
  const { entity, time, userName, activationId, state, alarm, scheduledTask, eventChainId, tag, parentTaskKey, rootTaskKey } = filter;
  const among = (list: readonly unknown[] | undefined, value: (info: TaskInfo) => unknown) => {
    if (list?.length) tests.push((info) => list.includes(value(info)));
  };
  if (entity) {
    tests.push((info) => {
      const { about, within } = placeOf(store, info);
      return concerns(about, within, entity, inventory);
    });
  }
  if (time) {
    const field = TIMES[time.timeType as keyof typeof TIMES];
    tests.push((info) => {
      const at = info[field];
      return at !== undefined && (!time.beginTime || at >= time.beginTime) && (!time.endTime || at <= time.endTime);
    });
  }
  if (userName) tests.push((info) => byUser(reason<string>(info, 'userName') ?? '', userName));
  if (alarm) tests.push((info) => reason<Ref>(info, 'alarm')?.value === alarm.value);
  if (scheduledTask) tests.push((info) => reason<Ref>(info, 'scheduledTask')?.value === scheduledTask.value);
  among(activationId, (info) => info.activationId);
  among(state, (info) => info.state);
  among(eventChainId, (info) => info.eventChainId);
  among(tag, (info) => info.changeTag);
  among(parentTaskKey, (info) => info.parentTaskKey);
  among(rootTaskKey, (info) => info.rootTaskKey);
  return (info) => tests.every((each) => each(info));
}

const reason = <T>(info: TaskInfo, field: string): T | undefined => (info.reason as unknown as Record<string, unknown>)[field] as T | undefined;

/** What a task is about and what held it: the event of its start remembers where everything was then. */
function placeOf(store: Store, info: TaskInfo): Pick<Entry, 'about' | 'within'> {
  for (const entry of oldestFirst(store, info.eventChainId - 1)) {
    if (entry.event.key === info.eventChainId && entry.event._type === 'TaskEvent') return entry;
    break;
  }
  return { about: info.entity ? [info.entity.value] : [], within: info.entity ? above(store, info.entity) : [] };
}

function above(store: Store, start: Ref): string[] {
  const found: string[] = [];
  const climb = (ref: Ref | undefined): void => {
    if (!ref || found.includes(ref.value)) return;
    found.push(ref.value);
    const props = store.get(ref)?.props;
    for (const path of ['parent', 'parentVApp', 'resourcePool', 'runtime.host']) if (props && (path === 'parent' || ref.type === 'VirtualMachine')) climb(readPath(props, path) as Ref | undefined);
  };
  climb(start);
  return found;
}

/** Leaves out the results that the client does not want; the same copy each time. */
function withoutResults(filter: TaskInfoFilterSpec | undefined): (info: TaskInfo) => TaskInfo {
  const { removeAll = false, descriptionIds = [], filterIn = false } = filter?.filterTaskResults ?? {};
  if (!removeAll && descriptionIds.length === 0) return (info) => info;
  const copies = new WeakMap<TaskInfo, TaskInfo>();
  return (info) => {
    const keeps = !removeAll && descriptionIds.includes(info.descriptionId) === filterIn;
    if (info.result === undefined || keeps) return info;
    let copy = copies.get(info);
    if (!copy) copies.set(info, (copy = { ...info, result: undefined }));
    return copy;
  };
}
