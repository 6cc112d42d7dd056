// Scheduled tasks: made, run by the clock and by hand, with whose rights, and what stays after a restore.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { after, test } from 'node:test';
import type { Event, ManagedObjectReference, ScheduledTaskInfo, TaskInfo } from '../../../core/vim25/index.ts';
import { dispatch } from '../../dispatch/pipeline.ts';
import { createSimulator } from '../../index.ts';
import { ManualClock } from '../../runtime/clock.ts';
import { State } from '../../state/state.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;

const MANAGER: Ref = { type: 'ScheduledTaskManager', value: 'ScheduledTaskManager' };
const EVENTS: Ref = { type: 'EventManager', value: 'EventManager' };
const HOURLY = { _type: 'HourlyTaskScheduler', interval: 1, minute: 30 };
const OFF = { _type: 'MethodAction', name: 'PowerOffVM_Task' };

const spec = (more: object = {}) => ({ _type: 'ScheduledTaskSpec', name: 'Off', description: '', enabled: true, scheduler: HOURLY, action: OFF, ...more });
const infoOf = (world: World, ref: Ref) => world.get<ScheduledTaskInfo>(ref, 'info');
const create = async (world: World, entity: Ref, more: object = {}) => (await world.call(MANAGER, 'CreateScheduledTask', { entity, spec: spec(more) })) as Ref;
const said = async (world: World) =>
  ((await world.call(EVENTS, 'QueryEvents', { filter: { _type: 'EventFilterSpec' } })) as readonly Event[]).flatMap(({ _type }) => (_type!.startsWith('ScheduledTask') ? [_type!.replace(/^ScheduledTask|Event$/g, '')] : []));

async function pass(world: World, minutes: number): Promise<void> {
  (world.simulator.clock as ManualClock).advance(minutes * 60_000);
  await settle();
}

async function settle(): Promise<void> {
  for (let i = 0; i < 8; i += 1) await turn();
}

test('a machine is powered off by the clock, again and again', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const task = await create(world, vm);
  assert.deepEqual(world.get(MANAGER, 'scheduledTask'), [task]);
  const first = infoOf(world, task).nextRunTime!;
  assert.deepEqual([infoOf(world, task).state, first.toISOString(), infoOf(world, task).prevRunTime], ['queued', '2026-01-01T00:30:00.000Z', undefined]);
  await pass(world, 29);
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
  await pass(world, 1);
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOff');
  const info = infoOf(world, task);
  assert.deepEqual([info.state, info.prevRunTime, info.nextRunTime, info.activeTask], ['success', first, new Date(first.getTime() + 3_600_000), undefined]);
  const last = [...world.store.ofType('Task')].at(-1)!.props['info'] as TaskInfo;
  assert.deepEqual(last.reason, { _type: 'TaskReasonSchedule', name: 'Off', scheduledTask: task });
  await pass(world, 60);
  assert.equal(infoOf(world, task).state, 'error', 'it is off already');
  assert.equal(infoOf(world, task).error!.fault._type, 'InvalidPowerState');
  assert.deepEqual(await said(world), ['Created', 'Started', 'Completed', 'Started', 'Failed']);
});

test('it is run by hand, changed, switched off and removed', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const task = await create(world, vm, { enabled: false });
  assert.equal(infoOf(world, task).nextRunTime, undefined);
  await pass(world, 120);
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
  await world.call(task, 'RunScheduledTask');
  await world.refuses('InvalidState', task, 'RunScheduledTask');
  await world.refuses('InvalidState', task, 'ReconfigureScheduledTask', { spec: spec() });
  await world.refuses('InvalidState', task, 'RemoveScheduledTask');
  await settle();
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOff');
  await world.call(task, 'ReconfigureScheduledTask', { spec: spec({ name: 'On', action: { _type: 'MethodAction', name: 'PowerOnVM_Task', argument: [{ _type: 'MethodActionArgument' }] } }) });
  assert.ok(infoOf(world, task).nextRunTime);
  await pass(world, 60);
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
  await world.call(task, 'RemoveScheduledTask');
  assert.deepEqual(world.get(MANAGER, 'scheduledTask'), []);
  await world.call(vm, 'PowerOffVM_Task');
  await pass(world, 60);
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOff', 'nothing runs it any more');
  assert.deepEqual(await said(world), ['Created', 'Started', 'Completed', 'Reconfigured', 'Started', 'Completed', 'Removed']);
});

test('what it calls gets its arguments, and a call that is no task is over at once', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const argument = (...values: unknown[]) => values.map((value) => ({ _type: 'MethodActionArgument', value }));
  const rename = await create(world, vm, { name: 'r', action: { _type: 'MethodAction', name: 'Rename_Task', argument: argument('other') } });
  await world.call(rename, 'RunScheduledTask');
  await settle();
  assert.equal(world.get(vm, 'name'), 'other');
  const folder = world.named('vm', 'Folder');
  const make = await create(world, folder, { name: 'f', action: { _type: 'MethodAction', name: 'CreateFolder', argument: argument('nightly') } });
  await world.call(make, 'RunScheduledTask');
  await settle();
  assert.deepEqual(infoOf(world, make).result, world.named('nightly'));
  assert.deepEqual(await world.call(MANAGER, 'RetrieveEntityScheduledTask', { entity: folder }), [make]);
  assert.equal(((await world.call(MANAGER, 'RetrieveEntityScheduledTask', {})) as Ref[]).length, 2);
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(vm, 'Destroy_Task');
  assert.deepEqual(world.get(MANAGER, 'scheduledTask'), [make], 'that of the machine went with it');
});

test('it acts with the rights of who wrote it, and no more', async () => {
  const world = new World();
  const { sim } = world.simulator;
  const vm = world.named('DC0_H0_VM0');
  const AUTH: Ref = { type: 'AuthorizationManager', value: 'AuthorizationManager' };
  const accounts = sim.wellKnown['userDirectory']!;
  world.store.transaction((tx) => tx.set(accounts, '_accounts', { ...(tx.get(accounts, '_accounts') as object), 'user:clerk@vsphere.local': { name: 'clerk', domain: 'vsphere.local', group: false, id: 1001 } }));
  const roleId = await world.call(AUTH, 'AddAuthorizationRole', { name: 'Planner', privIds: ['ScheduledTask.Create', 'ScheduledTask.Run', 'System.View', 'System.Read'] });
  await world.call(AUTH, 'SetEntityPermissions', { entity: sim.wellKnown['rootFolder'], permission: [{ _type: 'Permission', principal: 'VSPHERE.LOCAL\\clerk', group: false, roleId, propagate: true }] });
  const session = sim.sessions.enter('clerk@vsphere.local', { ipAddress: '', userAgent: '' });
  const { result } = await dispatch(sim, { method: 'CreateScheduledTask', self: MANAGER, args: { entity: vm, spec: spec() }, session, signal: session.ended.signal }, () => undefined);
  sim.sessions.end(session);
  await world.call(result as Ref, 'RunScheduledTask');
  await settle();
  assert.equal(infoOf(world, result as Ref).error?.fault._type, 'NoPermission');
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
});

test('mail, scripts, and tasks that an extension does', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const script = await create(world, vm, { name: 's', action: { _type: 'RunScriptAction', script: '/bin/true' }, notification: 'ops@example.com' });
  await world.call(script, 'RunScheduledTask');
  await settle();
  assert.equal(infoOf(world, script).state, 'success');
  assert.deepEqual((await said(world)).sort(), ['Completed', 'Created', 'EmailFailed', 'Started'], 'there is no mail server');
  await world.call({ type: 'OptionManager', value: 'VpxSettings' }, 'UpdateOptions', { changedValue: [{ _type: 'OptionValue', key: 'mail.smtp.server', value: 'smtp' }] });
  const mail = await create(world, vm, { name: 'm', action: { _type: 'SendEmailAction', toList: 'a@example.com', ccList: '', subject: '', body: '' } });
  await world.call(mail, 'RunScheduledTask');
  await settle();
  assert.equal(infoOf(world, mail).state, 'success');
  assert.ok((await said(world)).includes('EmailCompleted'));
  await world.call({ type: 'ExtensionManager', value: 'ExtensionManager' }, 'RegisterExtension', { extension: { key: 'x', version: '1', lastHeartbeatTime: new Date(0), description: { label: '', summary: '' }, taskList: [{ taskID: 'x.work' }] } });
  const work = await create(world, vm, { name: 'w', action: { _type: 'CreateTaskAction', taskTypeId: 'x.work', cancelable: false } });
  await world.call(work, 'RunScheduledTask');
  await settle();
  const { activeTask, state } = infoOf(world, work);
  assert.equal(state, 'running');
  for (const next of ['running', 'success']) await world.call(activeTask!, 'SetTaskState', { state: next });
  assert.deepEqual([infoOf(world, work).state, infoOf(world, work).activeTask], ['success', undefined]);
});

test('what cannot be scheduled is refused, and nothing is there', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const refuses = (type: string, more: object) => world.refuses(type, MANAGER, 'CreateScheduledTask', { entity: vm, spec: spec(more) });
  await refuses('InvalidName', { name: ' ' });
  await refuses('InvalidArgument', { scheduler: { ...HOURLY, minute: 60 } });
  await refuses('InvalidArgument', { action: { _type: 'MethodAction', name: 'CreateFolder' } });
  await refuses('InvalidArgument', { action: { _type: 'MethodAction', name: 'Rename_Task' } });
  await refuses('InvalidArgument', { action: { _type: 'MethodAction', name: 'Reload', argument: [{}] } });
  await refuses('InvalidArgument', { action: { _type: 'Action' } });
  assert.deepEqual(world.get(MANAGER, 'scheduledTask'), []);
  await create(world, vm);
  await refuses('DuplicateName', {});
  assert.deepEqual(await said(world), ['Created']);
});

test('a fork and a restored world go on with it', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const task = await create(world, vm);
  const snapshot = world.simulator.snapshot();
  await world.call(task, 'RemoveScheduledTask');
  world.simulator.restore(snapshot);
  await pass(world, 60);
  assert.equal(infoOf(world, task).state, 'success');
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOff');
});

test('a world that is kept runs it after a restart; what waits for a startup gets its time', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'scheduled-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const planned = { enabled: true, description: '', action: OFF };
  let state = await State.open(dir);
  const first = createSimulator({ clock: new ManualClock(), state });
  const vm = [...first.store.ofType('VirtualMachine')][0]!.ref;
  const session = first.sim.sessions.login('user', 'pass', { ipAddress: '', userAgent: '' });
  for (const [name, scheduler] of [['hourly', HOURLY], ['startup', { _type: 'AfterStartupTaskScheduler', minute: 5 }]] as const) {
    await dispatch(first.sim, { method: 'CreateScheduledTask', self: MANAGER, args: { entity: vm, spec: { ...planned, name, scheduler } }, session, signal: session.ended.signal }, () => undefined);
  }
  await state.flushed();
  await first.close();
  await state.close();
  state = await State.open(dir);
  const clock = new ManualClock(new Date('2026-01-02T00:00:00Z'));
  const second = createSimulator({ clock, state });
  const infos = () => [...second.store.ofType('ScheduledTask')].map(({ props }) => props['info'] as ScheduledTaskInfo);
  assert.deepEqual(infos().map(({ name, nextRunTime }) => [name, nextRunTime?.toISOString()]), [['hourly', '2026-01-02T00:30:00.000Z'], ['startup', '2026-01-02T00:05:00.000Z']]);
  clock.advance(5 * 60_000);
  await settle();
  assert.deepEqual(infos().map(({ state: how }) => how), ['queued', 'success']);
  await second.close();
  await state.close();
});
