import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFault, type Event, type EventFilterSpec, type ManagedObjectReference, type TaskInfo } from '../../core/vim25/index.ts';
import { newestFirst, oldestFirst } from '../events/log.ts';
import type { ManualClock } from '../runtime/clock.ts';
import { World } from './world.testing.ts';

type Ref = ManagedObjectReference;
const EVENTS: Ref = { type: 'EventManager', value: 'EventManager' };
const TASKS: Ref = { type: 'TaskManager', value: 'TaskManager' };
const ROOT: Ref = { type: 'Folder', value: 'group-d1' };

const keys = (items: unknown): number[] => ((items ?? []) as readonly Event[]).map((event) => event.key);
const chains = (items: unknown): number[] => ((items ?? []) as readonly TaskInfo[]).map((info) => info.eventChainId);
const all = (w: World): Event[] => [...oldestFirst(w.store)].map(({ event }) => event);
const query = async (w: World, filter: object): Promise<Event[]> => ((await w.call(EVENTS, 'QueryEvents', { filter })) ?? []) as Event[];
const classes = async (w: World, filter: object): Promise<string[]> => [...new Set((await query(w, filter)).map((event) => event._type!))];
const collect = async (w: World, filter: object = {}): Promise<Ref> => (await w.call(EVENTS, 'CreateCollectorForEvents', { filter })) as Ref;
const property = <T>(w: World, ref: Ref, name: string): T => w.simulator.sim.sessions.open()[0]!.objects.get(ref.value)!.props[name] as T;
const log = (w: World, entity: Ref, msg: string) => w.call(EVENTS, 'LogUserEvent', { entity, msg });

test('a collector read in either direction gives each event once, whatever the pages', async () => {
  const w = new World();
  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
    const collector = await collect(w);
    const read = async (method: string) => {
      const seen: number[] = [];
      for (let i = 0; ; i++) {
        const page = keys(await w.call(collector, method, { maxCount: sizes[i % sizes.length]! }));
        assert.ok(page.length <= sizes[i % sizes.length]!);
        if (page.length === 0) return seen;
        seen.push(...page);
      }
    };
    const expected = all(w).map((event) => event.key);
    assert.deepEqual(await read('ReadNextEvents'), expected);
    assert.deepEqual(await read('ReadPreviousEvents'), [...expected].reverse());
    assert.deepEqual(await read('ReadNextEvents'), expected);
    await w.call(collector, 'RewindCollector');
    assert.deepEqual(keys(await w.call(collector, 'ReadNextEvents', { maxCount: 3 })), expected.slice(0, 3));
    await w.call(collector, 'DestroyCollector');
  }), { numRuns: 25 });
});

test('after a reset the place is before the latest page', async () => {
  const w = new World();
  const collector = await collect(w);
  await w.call(collector, 'SetCollectorPageSize', { maxCount: 4 });
  await w.call(collector, 'ResetCollector');
  const expected = all(w).map((event) => event.key);
  assert.deepEqual(keys(await w.call(collector, 'ReadPreviousEvents', { maxCount: 2 })), [expected.at(-5), expected.at(-6)]);
  await w.call(collector, 'ResetCollector');
  assert.deepEqual(keys(await w.call(collector, 'ReadNextEvents', { maxCount: 10 })), expected.slice(-4));
  await log(w, ROOT, 'more');
  assert.deepEqual(keys(await w.call(collector, 'ReadNextEvents', { maxCount: 10 })), [expected.at(-1)! + 1]);
});

test('the latest page has the newest that match, newest first, and follows what happens', async () => {
  const w = new World();
  const vm = w.named('DC0_H0_VM0');
  const collector = await collect(w, { entity: { entity: vm, recursion: 'self' } });
  await w.call(collector, 'SetCollectorPageSize', { maxCount: 2 });
  await log(w, vm, 'one');
  await log(w, w.named('DC0_H0_VM1'), 'not this');
  const page = property<Event[]>(w, collector, 'latestPage');
  assert.deepEqual(page.map((event) => event._type), ['GeneralUserEvent', 'VmPoweredOnEvent']);
  await log(w, w.named('DC0_H0_VM1'), 'nor this');
  assert.equal(property(w, collector, 'latestPage'), page, 'the same page while nothing matches');
  await log(w, vm, 'two');
  assert.deepEqual(property<(Event & { message: string })[]>(w, collector, 'latestPage').map((event) => event.message), ['two', 'one']);
  assert.equal(property<EventFilterSpec>(w, collector, 'filter').entity!.entity.value, vm.value);
  assert.equal(property(w, collector, 'initialized'), true);
});

test('a watched latest page is an update', async () => {
  const w = new World();
  const collector = await collect(w);
  const pc: Ref = { type: 'PropertyCollector', value: 'propertyCollector' };
  await w.call(pc, 'CreateFilter', { spec: { propSet: [{ type: 'EventHistoryCollector', pathSet: ['latestPage'] }], objectSet: [{ obj: collector }] }, partialUpdates: false });
  type Update = { version: string; filterSet: { objectSet: { changeSet: { name: string; val: unknown }[] }[] }[] };
  const first = (await w.call(pc, 'WaitForUpdatesEx', { version: '', options: { maxWaitSeconds: 0 } })) as Update;
  assert.equal(await w.call(pc, 'WaitForUpdatesEx', { version: first.version, options: { maxWaitSeconds: 0 } }), undefined);
  await log(w, ROOT, 'news');
  const second = (await w.call(pc, 'WaitForUpdatesEx', { version: first.version, options: { maxWaitSeconds: 0 } })) as Update;
  const [change] = second.filterSet[0]!.objectSet[0]!.changeSet;
  assert.equal(change!.name, 'latestPage');
  assert.match(JSON.stringify(change!.val), /news/);
});

test('filters by entity: itself, what is below it, both', async () => {
  const w = new World();
  const [vm, host, dc] = [w.named('DC0_H0_VM0'), w.named('DC0_H0', 'HostSystem'), w.named('DC0')];
  await log(w, vm, 'vm');
  await log(w, host, 'host');
  await log(w, dc, 'dc');
  const said = async (entity: Ref, recursion: string) =>
    (await query(w, { entity: { entity, recursion }, type: ['GeneralUserEvent'] })).map((event) => (event as Event & { message: string }).message);
  assert.deepEqual(await said(vm, 'self'), ['vm']);
  assert.deepEqual(await said(host, 'self'), ['host']);
  assert.deepEqual(await said(host, 'all'), ['vm', 'host']);
  assert.deepEqual(await said(host, 'children'), ['vm']);
  assert.deepEqual(await said(dc, 'children'), ['vm', 'host']);
  assert.deepEqual(await said(ROOT, 'all'), ['vm', 'host', 'dc']);
  assert.deepEqual(await said(w.get(vm, 'parent'), 'all'), ['vm']);
  assert.deepEqual(await said(w.get(vm, 'resourcePool'), 'all'), ['vm']);
  assert.deepEqual(await said(w.named('DC0_C0'), 'all'), []);
});

test('the history of what is gone stays with what held it', async () => {
  const w = new World();
  const vm = w.named('DC0_H0_VM0');
  const folder = w.get<Ref>(vm, 'parent');
  await w.call(vm, 'PowerOffVM_Task');
  await w.call(vm, 'Destroy_Task');
  assert.deepEqual(await classes(w, { entity: { entity: folder, recursion: 'all' }, eventTypeId: ['VmRemovedEvent'] }), ['VmRemovedEvent']);
});

test('filters by user, time, chain, category, class, id and tag; the newest when there are too many', async () => {
  const w = new World();
  const clock = w.simulator.clock as ManualClock;
  const vm = w.named('DC0_H0_VM0');
  clock.advance(60_000);
  const beginTime = clock.now();
  await w.call(vm, 'PowerOffVM_Task');
  clock.advance(60_000);
  const extension = { _type: 'EventEx', key: 99, chainId: 0, createdTime: new Date(0), userName: '', eventTypeId: 'com.example.thing', severity: 'warning', message: 'odd', changeTag: 't1', objectId: vm.value, objectType: 'VirtualMachine' };
  await w.call(EVENTS, 'PostEvent', { eventToPost: extension });
  const off = ['TaskEvent', 'VmStoppingEvent', 'VmPoweredOffEvent'];
  assert.deepEqual(await classes(w, { time: { beginTime } }), [...off, 'EventEx']);
  assert.deepEqual(await classes(w, { time: { beginTime, endTime: beginTime } }), off);
  assert.deepEqual(await classes(w, { userName: { systemUser: false } }), ['UserLoginSessionEvent', ...off, 'EventEx']);
  assert.deepEqual(await classes(w, { userName: { systemUser: false, userList: ['nobody'] } }), []);
  assert.ok(!(await classes(w, { userName: { systemUser: true, userList: ['nobody'] } })).includes('EventEx'));
  const chain = (await query(w, { eventTypeId: ['VmStoppingEvent'] }))[0]!.chainId;
  assert.deepEqual(await classes(w, { eventChainId: chain }), off);
  assert.deepEqual(await classes(w, { category: ['warning'] }), ['EventEx']);
  assert.deepEqual(await classes(w, { type: ['SessionEvent'] }), ['UserLoginSessionEvent']);
  assert.deepEqual(await classes(w, { eventTypeId: ['com.example.thing', 'vim.event.VmPoweredOffEvent'] }), ['VmPoweredOffEvent', 'EventEx']);
  assert.deepEqual(await classes(w, { tag: ['t1'] }), ['EventEx']);
  const last = (await query(w, { maxCount: 2 })).map((event) => event.key);
  assert.deepEqual(last, all(w).slice(-2).map((event) => event.key));
  assert.equal((await query(w, { maxCount: 1, disableFullMessage: true }))[0]!.fullFormattedMessage, undefined);
  const posted = (await query(w, { maxCount: 1 }))[0]!;
  assert.deepEqual([posted.userName, posted.fullFormattedMessage, posted.createdTime, posted.vm!.name], ['user', 'odd', clock.now(), 'DC0_H0_VM0']);
  assert.notEqual(posted.key, 99);
  const view = { _type: 'EventManagerViewByStartId', startEventId: chain, isForward: true };
  assert.equal(keys(await w.call(EVENTS, 'QueryEvents', { filter: {}, eventViewSpec: view }))[0], chain);
  assert.equal(keys(await w.call(EVENTS, 'QueryEvents', { filter: {}, eventViewSpec: { ...view, isForward: false } }))[0], chain);
});

test('an ordinary answer has at most a thousand events', async () => {
  const w = new World();
  w.store.transaction((tx) => {
    for (let i = 0; i < 1500; i++) w.simulator.sim.events.post(tx, { _type: 'GeneralEvent', message: String(i) });
  });
  const found = await query(w, {});
  assert.equal(found.length, 1000);
  assert.equal(found.at(-1)!.key, [...newestFirst(w.store)][0]!.event.key);
});

test('what makes no sense is refused', async () => {
  const w = new World();
  await w.refuses('InvalidArgument', EVENTS, 'QueryEvents', { filter: { type: ['VirtualMachine'] } });
  await w.refuses('InvalidArgument', EVENTS, 'RetrieveArgumentDescription', { eventTypeId: 'NoSuchEvent' });
  await w.refuses('InvalidEvent', EVENTS, 'PostEvent', { eventToPost: { _type: 'EventEx', key: 0, chainId: 0, createdTime: new Date(0), userName: '', eventTypeId: '' } });
  const collector = await collect(w);
  await w.refuses('InvalidArgument', collector, 'SetCollectorPageSize', { maxCount: 0 });
  await w.refuses('InvalidArgument', collector, 'ReadNextEvents', { maxCount: -1 });
  for (let i = 1; i < 32; i++) await collect(w);
  await w.refuses('InvalidState', EVENTS, 'CreateCollectorForEvents', { filter: {} });
  await w.call(collector, 'DestroyCollector');
  await collect(w);
  await assert.rejects(w.call(collector, 'ReadNextEvents', { maxCount: 1 }), (error) => isFault(error, 'ManagedObjectNotFound'));
});

test('a user whom permissions bind sees events and tasks of what that user may see', async () => {
  const w = new World();
  const [seen, hidden] = [w.named('DC0_H0_VM0'), w.named('DC0_H0_VM1')];
  await log(w, seen, 'seen');
  await log(w, hidden, 'hidden');
  await w.call(seen, 'PowerOffVM_Task');
  await w.call(hidden, 'PowerOffVM_Task');
  const { sim } = w.simulator;
  const session = { ...sim.sessions.open()[0]!, rights: { any: true, has: (ref: Ref) => ref.value === seen.value, effectiveRoles: () => [], privilegesOn: () => [] }, objects: new Map() };
  const history = (await import('./event-manager.ts')).eventManager.methods.get('QueryEvents') as unknown as { query(ctx: object, args: object): Event[] };
  const found = history.query({ sim, session, self: w.store.get(EVENTS) }, { filter: {} });
  assert.deepEqual(new Set(found.map((event) => event.vm?.name)), new Set(['DC0_H0_VM0']));
  const { taskHistory } = await import('./task-history.ts');
  const infos = [...taskHistory(w.store, session, { root: ROOT }, {}).oldestFirst(0)];
  assert.deepEqual(infos.map((info) => info.entityName), ['DC0_H0_VM0']);
});

test('every event type is described, and its arguments are its fields', async () => {
  const w = new World();
  const { eventInfo } = w.get<{ eventInfo: { key: string; category: string; fullFormat: string; formatOnVm: string; formatOnDatacenter: string }[] }>(EVENTS, 'description');
  assert.ok(eventInfo.length > 400);
  const on = eventInfo.find(({ key }) => key === 'VmPoweredOnEvent')!;
  assert.deepEqual([on.category, on.fullFormat, on.formatOnDatacenter, on.formatOnVm],
    ['info', 'Virtual machine {vm.name} on {host.name} in {datacenter.name} is powered on', 'Virtual machine {vm.name} on {host.name} is powered on', 'Virtual machine on {host.name} is powered on']);
  assert.deepEqual(new Set(eventInfo.map(({ category }) => category)), new Set(['info', 'warning', 'error', 'user']));
  for (const { key, fullFormat } of eventInfo) {
    const fields = new Set(((await w.call(EVENTS, 'RetrieveArgumentDescription', { eventTypeId: key })) as { name: string }[]).map(({ name }) => name));
    for (const [, path] of fullFormat.matchAll(/\{([\w]+)[\w.]*\}/g)) assert.ok(fields.has(path!), `${key} has no ${path}`);
  }
});

// ---- tasks ------------------------------------------------------------------------------------------------------

const tasks = async (w: World, filter: object = {}): Promise<Ref> => (await w.call(TASKS, 'CreateCollectorForTasks', { filter })) as Ref;
const names = async (w: World, filter: object): Promise<string[]> => {
  const collector = await tasks(w, filter);
  const found = ((await w.call(collector, 'ReadNextTasks', { maxCount: 100 })) ?? []) as TaskInfo[];
  await w.call(collector, 'DestroyCollector');
  return found.map((info) => info.name!);
};

test('the history of tasks: in order, in pages, filtered by entity, state, time, user and chain', async () => {
  const w = new World();
  const clock = w.simulator.clock as ManualClock;
  const vm = w.named('DC0_H0_VM0');
  await w.call(vm, 'PowerOffVM_Task');
  await assert.rejects(w.call(vm, 'PowerOffVM_Task'));
  clock.advance(3600_000);
  await w.call(w.named('DC0'), 'Rename_Task', { newName: 'D' });
  await w.call(vm, 'Destroy_Task');
  const everything = ['PowerOffVM_Task', 'PowerOffVM_Task', 'Rename_Task', 'Destroy_Task'];
  assert.deepEqual(await names(w, {}), everything);
  assert.deepEqual(await names(w, { entity: { entity: vm, recursion: 'self' } }).catch((error: Error) => error.message.length > 0), true, 'the entity is gone');
  assert.deepEqual(await names(w, { entity: { entity: w.named('D'), recursion: 'children' } }), ['PowerOffVM_Task', 'PowerOffVM_Task', 'Destroy_Task']);
  assert.deepEqual(await names(w, { entity: { entity: w.named('DC0_C0'), recursion: 'all' } }), []);
  assert.deepEqual(await names(w, { state: ['error'] }), ['PowerOffVM_Task']);
  assert.deepEqual(await names(w, { time: { timeType: 'startedTime', beginTime: clock.now() } }), ['Rename_Task', 'Destroy_Task']);
  assert.deepEqual(await names(w, { time: { timeType: 'completedTime', endTime: new Date(clock.now().getTime() - 1) } }), ['PowerOffVM_Task', 'PowerOffVM_Task']);
  assert.deepEqual(await names(w, { userName: { systemUser: false, userList: ['other'] } }), []);
  const collector = await tasks(w);
  const first = (await w.call(collector, 'ReadNextTasks', { maxCount: 1 })) as TaskInfo[];
  assert.deepEqual(await names(w, { eventChainId: chains(first) }), ['PowerOffVM_Task']);
  const rest = (await w.call(collector, 'ReadNextTasks', { maxCount: 10 })) as TaskInfo[];
  assert.deepEqual([...first, ...rest].map((info) => info.name), everything);
  assert.equal(await w.call(collector, 'ReadNextTasks', { maxCount: 10 }), undefined);
  assert.deepEqual(property<TaskInfo[]>(w, collector, 'latestPage').map((info) => info.name), [...everything].reverse());
  assert.deepEqual(((await w.call(collector, 'ReadPreviousTasks', { maxCount: 2 })) as TaskInfo[]).map((info) => info.name), ['Destroy_Task', 'Rename_Task']);
  const event = (await query(w, { eventChainId: first[0]!.eventChainId }))[0]! as Event & { info: TaskInfo };
  assert.deepEqual([event._type, event.info.key, event.key], ['TaskEvent', first[0]!.key, first[0]!.eventChainId]);
});

test('tasks are recent for ten minutes, and of the finished the last 200', async () => {
  const w = new World();
  const clock = w.simulator.clock as ManualClock;
  const vm = w.named('DC0_H0_VM0');
  const recent = () => [w.get<Ref[]>(TASKS, 'recentTask').length, w.get<Ref[]>(vm, 'recentTask').length];
  await w.call(vm, 'PowerOffVM_Task');
  clock.advance(5 * 60_000);
  await w.call(vm, 'PowerOnVM_Task');
  assert.deepEqual(recent(), [2, 2]);
  clock.advance(5 * 60_000);
  assert.deepEqual(recent(), [1, 1]);
  assert.equal((await names(w, {})).length, 2, 'history has both');
  clock.advance(5 * 60_000);
  assert.deepEqual(recent(), [0, 0]);
  for (let i = 0; i < 205; i++) await w.call(vm, 'Rename_Task', { newName: `n${i}` });
  assert.deepEqual(recent(), [200, 200]);
});

test('tasks of a restored world stop being recent too', async () => {
  const w = new World();
  const vm = w.named('DC0_H0_VM0');
  await w.call(vm, 'PowerOffVM_Task');
  w.simulator.restore(w.simulator.snapshot());
  await w.call(vm, 'PowerOnVM_Task');
  assert.equal(w.get<Ref[]>(vm, 'recentTask').length, 2);
  (w.simulator.clock as ManualClock).advance(10 * 60_000);
  assert.deepEqual([w.get<Ref[]>(vm, 'recentTask').length, (await names(w, {})).length], [0, 2]);
});

test('a task of an extension: its reports, its parent, its end; unknown types are refused with the known', async () => {
  const w = new World();
  const extensions: Ref = { type: 'ExtensionManager', value: 'ExtensionManager' };
  const description = { label: 'x', summary: 'x' };
  await w.call(extensions, 'RegisterExtension', { extension: { key: 'com.example', version: '1', description, lastHeartbeatTime: new Date(0), taskList: [{ taskID: 'com.example.work' }] } });
  const make = async (more: object = {}) => (await w.call(TASKS, 'CreateTask', { obj: ROOT, taskTypeId: 'com.example.work', cancelable: true, ...more })) as TaskInfo;
  const { task, key } = await make();
  const info = () => w.get<TaskInfo>(task, 'info');
  await w.call(task, 'SetTaskState', { state: 'running' });
  await w.call(task, 'UpdateProgress', { percentDone: 40 });
  await w.call(task, 'SetTaskDescription', { description: { key: 'k', message: 'working' } });
  assert.deepEqual([info().state, info().progress, info().description!.message], ['running', 40, 'working']);
  const child = await make({ parentTaskKey: key });
  assert.deepEqual([child.parentTaskKey, child.rootTaskKey], [key, key]);
  await w.call(task, 'CancelTask');
  assert.equal(info().cancelled, true);
  await w.call(task, 'SetTaskState', { state: 'error', fault: { fault: { _type: 'SystemError', reason: 'no' }, localizedMessage: 'no' } });
  assert.deepEqual([info().state, info().error!.localizedMessage], ['error', 'no']);
  await w.refuses('InvalidState', task, 'SetTaskState', { state: 'success' });
  assert.deepEqual(await w.refuses('InvalidArgument', TASKS, 'CreateTask', { obj: ROOT, taskTypeId: 'nope', cancelable: true }).then((detail) => detail['invalidProperty']), 'taskTypeId');
  assert.match((await w.call(TASKS, 'CreateTask', { obj: ROOT, taskTypeId: 'nope', cancelable: true }).catch((error: Error) => error.message)) as string, /Declared: com\.example\.work/);
  (w.simulator.clock as ManualClock).advance(11 * 60_000);
  assert.deepEqual(w.get<Ref[]>(TASKS, 'recentTask').map((ref) => ref.value), [child.key], 'what is not finished stays recent');
});

test('results can be left out of the history', async () => {
  const w = new World();
  const folder = w.get<Ref>(w.named('DC0_H0_VM0'), 'parent');
  const pool = w.get<Ref>(w.named('DC0_C0'), 'resourcePool');
  await w.call(folder, 'CreateVM_Task', { config: { name: 'n', guestId: 'otherGuest', files: { vmPathName: '[LocalDS_0]' } }, pool });
  const result = async (filterTaskResults: object) => {
    const collector = (await w.call(TASKS, 'CreateCollectorWithInfoFilterForTasks', { filter: {}, infoFilter: { filterTaskResults } })) as Ref;
    return ((await w.call(collector, 'ReadNextTasks', { maxCount: 1 })) as TaskInfo[])[0]!.result !== undefined;
  };
  assert.equal(await result({}), true);
  assert.equal(await result({ removeAll: true }), false);
  assert.equal(await result({ descriptionIds: ['Folder.createVm'] }), false);
  assert.equal(await result({ descriptionIds: ['Folder.createVm'], filterIn: true }), true);
});
