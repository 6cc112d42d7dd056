// Alarms: what sets them off, where their states show, and who may change them how.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { AlarmState, Event, ManagedObjectReference, TaskInfo } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;

const MANAGER: Ref = { type: 'AlarmManager', value: 'AlarmManager' };
const EVENTS: Ref = { type: 'EventManager', value: 'EventManager' };
const ROOT: Ref = { type: 'Folder', value: 'group-d1' };

const OFF = { _type: 'StateAlarmExpression', operator: 'isEqual', type: 'VirtualMachine', statePath: 'runtime.powerState', red: 'poweredOff', yellow: 'suspended' };
const spec = (name: string, expression: object, more: object = {}) => ({ _type: 'AlarmSpec', name, description: '', enabled: true, expression, ...more });

const states = (world: World, ref: Ref) => world.get<readonly AlarmState[]>(ref, 'triggeredAlarmState');
const statuses = (world: World, ref: Ref) => states(world, ref).map(({ entity, overallStatus }) => [entity.value, overallStatus]);
const said = async (world: World) =>
  ((await world.call(EVENTS, 'QueryEvents', { filter: { _type: 'EventFilterSpec' } })) as readonly Event[]).filter(({ _type }) => _type!.startsWith('Alarm')).map(({ _type, fullFormattedMessage }) => `${_type}: ${fullFormattedMessage}`);

test('a state sets an alarm off on the machine and on all above it, and back', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const other = world.named('DC0_H0_VM1');
  const dc = world.named('DC0');
  const alarm = (await world.call(MANAGER, 'CreateAlarm', { entity: dc, spec: spec('Off', OFF) })) as Ref;
  assert.deepEqual(states(world, ROOT), []);
  await world.call(vm, 'PowerOffVM_Task');
  for (const ref of [vm, dc, ROOT]) assert.deepEqual(statuses(world, ref), [[vm.value, 'red']], ref.value);
  assert.deepEqual(states(world, other), []);
  assert.equal(world.get(vm, 'overallStatus'), 'red');
  assert.equal(world.get(vm, 'summary.overallStatus'), 'red');
  assert.equal(world.get(dc, 'overallStatus'), 'green', 'only what set it off is unwell');
  await world.call(vm, 'PowerOnVM_Task');
  for (const ref of [vm, dc, ROOT]) assert.deepEqual(states(world, ref), [], ref.value);
  assert.equal(world.get(vm, 'summary.overallStatus'), 'green');
  assert.deepEqual(await said(world), [
    "AlarmCreatedEvent: Created alarm 'Off' on DC0", "AlarmStatusChangedEvent: Alarm 'Off' on DC0_H0_VM0 changed from green to red",
    "AlarmStatusChangedEvent: Alarm 'Off' on DC0_H0_VM0 changed from red to green",
  ]);
  assert.deepEqual(world.get<readonly AlarmState[]>(dc, 'declaredAlarmState').map((state) => state.alarm), [alarm]);
});

test('what is so already sets a new alarm off; it goes with the alarm and with the machine', async () => {
  const world = new World();
  const [vm, other] = [world.named('DC0_H0_VM0'), world.named('DC0_H0_VM1')];
  for (const ref of [vm, other]) await world.call(ref, 'PowerOffVM_Task');
  const alarm = (await world.call(MANAGER, 'CreateAlarm', { entity: ROOT, spec: spec('Off', OFF) })) as Ref;
  assert.equal(states(world, ROOT).length, 2);
  await world.call(vm, 'Destroy_Task');
  assert.deepEqual(statuses(world, ROOT), [[other.value, 'red']]);
  const folder = (await world.call(world.named('vm', 'Folder'), 'CreateFolder', { name: 'aside' })) as Ref;
  await world.call(folder, 'MoveIntoFolder_Task', { list: [other] });
  assert.deepEqual(statuses(world, folder), [[other.value, 'red']]);
  await world.call(alarm, 'RemoveAlarm');
  for (const ref of [ROOT, folder, other]) assert.deepEqual(states(world, ref), []);
  assert.equal(world.get(other, 'overallStatus'), 'green');
  assert.ok((await said(world)).includes("AlarmRemovedEvent: Removed alarm 'Off' on Datacenters"));
});

test('an alarm is acknowledged, switched off for one machine, and cleared', async () => {
  const world = new World();
  const [vm, other] = [world.named('DC0_H0_VM0'), world.named('DC0_H0_VM1')];
  const alarm = (await world.call(MANAGER, 'CreateAlarm', { entity: ROOT, spec: spec('Off', OFF) })) as Ref;
  await world.refuses('InvalidArgument', MANAGER, 'AcknowledgeAlarm', { alarm, entity: vm });
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(MANAGER, 'AcknowledgeAlarm', { alarm, entity: vm });
  for (const ref of [vm, ROOT]) assert.deepEqual(states(world, ref).map(({ acknowledged, acknowledgedByUser }) => [acknowledged, acknowledgedByUser]), [[true, 'user']]);
  await world.call(MANAGER, 'DisableAlarm', { alarm, entity: other });
  await world.call(other, 'PowerOffVM_Task');
  assert.deepEqual(states(world, other), []);
  await world.call(MANAGER, 'EnableAlarm', { alarm, entity: other });
  assert.deepEqual(statuses(world, other), [[other.value, 'red']]);
  await world.call(MANAGER, 'ClearTriggeredAlarms', { filter: { _type: 'AlarmFilterSpec', typeEntity: 'entityTypeHost' } });
  assert.equal(states(world, ROOT).length, 2, 'those of machines stay');
  await world.call(MANAGER, 'ClearTriggeredAlarms', { filter: { _type: 'AlarmFilterSpec', typeEntity: 'entityTypeVm', status: ['red'] } });
  assert.deepEqual(states(world, ROOT), []);
  assert.equal((await said(world)).filter((text) => text.startsWith('AlarmClearedEvent')).length, 2);
});

test('an event sets an alarm off, and its actions are told unless they are switched off', async () => {
  const world = new World();
  const [vm, other] = [world.named('DC0_H0_VM0'), world.named('DC0_H0_VM1')];
  const mail = { _type: 'SendEmailAction', toList: 'ops@example.com', ccList: '', subject: '', body: '' };
  const trigger = (action: object) => ({ _type: 'AlarmTriggeringAction', action, green2yellow: false, yellow2red: true, red2yellow: false, yellow2green: false });
  const expression = { _type: 'EventAlarmExpression', eventType: 'vim.event.VmPoweredOffEvent', objectType: 'VirtualMachine', status: 'red' };
  await world.call(MANAGER, 'CreateAlarm', { entity: ROOT, spec: spec('Went off', expression, { action: { _type: 'GroupAlarmAction', action: [trigger(mail), trigger({ _type: 'RunScriptAction', script: '/bin/page' })] } }) });
  await world.call(MANAGER, 'EnableAlarmActions', { entity: other, enabled: false });
  assert.equal(await world.call(MANAGER, 'AreAlarmActionsEnabled', { entity: other }), false);
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(other, 'PowerOffVM_Task');
  assert.equal(states(world, ROOT).length, 2);
  assert.ok(states(world, vm)[0]!.eventKey! > 0);
  const told = (await said(world)).map((text) => text.split(':')[0]);
  assert.deepEqual(told, ['AlarmCreatedEvent', 'AlarmStatusChangedEvent', 'AlarmActionTriggeredEvent', 'AlarmEmailFailedEvent', 'AlarmActionTriggeredEvent', 'AlarmScriptCompleteEvent', 'AlarmStatusChangedEvent']);
  await world.call(vm, 'PowerOnVM_Task');
  assert.equal(states(world, vm).length, 1, 'no event takes it back');
});

test('alarms that cannot be are refused, and nothing is changed', async () => {
  const world = new World();
  const before = ((await world.call(MANAGER, 'GetAlarm', {})) as Ref[]).length;
  const make = (name: string, expression: object, more: object = {}) => ({ entity: ROOT, spec: spec(name, expression, more) });
  await world.refuses('InvalidName', MANAGER, 'CreateAlarm', make('', OFF));
  await world.refuses('DuplicateName', MANAGER, 'CreateAlarm', make('Host CPU usage', OFF));
  await world.refuses('InvalidArgument', MANAGER, 'CreateAlarm', make('x', { ...OFF, type: 'Task' }));
  await world.refuses('InvalidArgument', MANAGER, 'CreateAlarm', make('x', { ...OFF, statePath: 'mood' }));
  await world.refuses('InvalidArgument', MANAGER, 'CreateAlarm', make('x', { _type: 'EventAlarmExpression', eventType: 'VirtualMachine' }));
  await world.refuses('InvalidArgument', MANAGER, 'CreateAlarm', make('x', { _type: 'AndAlarmExpression', expression: [] }));
  assert.equal(((await world.call(MANAGER, 'GetAlarm', {})) as Ref[]).length, before);
  assert.deepEqual(await said(world), []);
});

test('a changed alarm looks again, and a vCenter has the alarms it is installed with', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const alarm = (await world.call(MANAGER, 'CreateAlarm', { entity: ROOT, spec: spec('Off', OFF) })) as Ref;
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(alarm, 'ReconfigureAlarm', { spec: spec('On', { ...OFF, red: 'poweredOn' }) });
  assert.deepEqual(states(world, vm), []);
  assert.ok(states(world, ROOT).length > 0 && states(world, ROOT).every(({ entity }) => entity.value !== vm.value));
  assert.equal(world.get(alarm, 'info.name'), 'On');
  const names = ((await world.call(MANAGER, 'GetAlarm', { entity: ROOT })) as Ref[]).map((ref) => world.get<string>(ref, 'info.name'));
  assert.ok(names.includes('Host connection and power state'));
  const known = (await world.call(MANAGER, 'GetAlarmState', { entity: vm })) as AlarmState[];
  assert.ok(known.every(({ entity }) => entity.value === vm.value) && known.length >= 4);
});

test('an alarm calls a method on what set it off, for the user who wrote it', async () => {
  const world = new World();
  const [vm, other] = [world.named('DC0_H0_VM0'), world.named('DC0_H0_VM1')];
  const action = (name: string, ...values: unknown[]) => ({
    _type: 'AlarmTriggeringAction', green2yellow: false, yellow2red: true, red2yellow: false, yellow2green: false,
    action: { _type: 'MethodAction', name, argument: values.map((value) => ({ _type: 'MethodActionArgument', value })) },
  });
  await world.refuses('InvalidArgument', MANAGER, 'CreateAlarm', { entity: ROOT, spec: spec('Back', OFF, { action: action('CreateFolder', 'x') }) });
  const alarm = (await world.call(MANAGER, 'CreateAlarm', { entity: ROOT, spec: spec('Back', OFF, { action: action('PowerOnVM_Task') }) })) as Ref;
  await world.call(vm, 'PowerOffVM_Task');
  for (let i = 0; i < 8; i += 1) await turn();
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
  assert.deepEqual(states(world, vm), [], 'it is well again');
  const { reason, name } = [...world.store.ofType('Task')].at(-1)!.props['info'] as TaskInfo;
  assert.deepEqual([name, reason], ['PowerOnVM_Task', { _type: 'TaskReasonAlarm', alarmName: 'Back', alarm, entityName: 'DC0_H0_VM0', entity: vm }]);
  assert.deepEqual([...world.store.ofType('Task')].filter(({ props }) => (props['info'] as TaskInfo).entity?.value === other.value), [], 'nothing was done to others');
});
