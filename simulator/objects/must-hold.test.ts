// What must hold whatever is called: a copy kept from updates alone is the world, and the same seed, clock and calls
// give the same bytes. Random calls of many methods, also ones that are refused, from fast-check's seeded generator.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { encodeField, managedType, type ManagedObjectReference, type ObjectContent, type UpdateSet } from '../../core/vim25/index.ts';
import { Mirror, plainContents } from '../collector/lab.testing.ts';
import type { ManualClock } from '../runtime/clock.ts';
import { isApiObject } from '../store/store.ts';
import { POOL, World } from './world.testing.ts';

type Ref = ManagedObjectReference;
interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly a: number;
  readonly b: number;
}

const KINDS = [
  'on', 'off', 'suspend', 'reset', 'reconfigure', 'rename', 'snapshot', 'revert', 'clone', 'destroy', 'folder', 'move', 'pool', 'intoPool', 'template', 'maintenance', 'work', 'alarm',
  'dropAlarm', 'field', 'role', 'permit', 'directory', 'relocate', 'time', 'datacenter', 'group',
] as const;
const steps = (maxLength: number) => fc.array(fc.record({ kind: fc.constantFrom(...KINDS), a: fc.nat(50), b: fc.nat(50) }), { minLength: 5, maxLength });

const well = (type: string, value = type): Ref => ({ type, value });
const ROOT = well('Folder', 'group-d1');
const MANAGERS = ['TaskManager', 'EventManager', 'AlarmManager', 'CustomFieldsManager', 'AuthorizationManager'] as const;
const OFF = { _type: 'StateAlarmExpression', operator: 'isEqual', type: 'VirtualMachine', statePath: 'runtime.powerState', red: 'poweredOff' };

/** Makes one call, whose subject the numbers choose; a refusal is an answer like another. */
async function take(world: World, { kind, a, b }: Step, number: number): Promise<void> {
  const of = (type: string): Ref[] => [...world.store.ofType(type)].map(({ ref }) => ref);
  const pick = (type: string, at = a): Ref => of(type)[at % Math.max(1, of(type).length)] ?? well(type, `${type}-gone`);
  const vm = pick('VirtualMachine');
  const clock = world.simulator.clock as ManualClock;
  const call = (ref: Ref, method: string, args: Record<string, unknown> = {}) => world.call(ref, method, args);
  switch (kind) {
    case 'on': return void (await call(vm, 'PowerOnVM_Task'));
    case 'off': return void (await call(vm, 'PowerOffVM_Task'));
    case 'suspend': return void (await call(vm, 'SuspendVM_Task'));
    case 'reset': return void (await call(vm, 'ResetVM_Task'));
    case 'reconfigure': return void (await call(vm, 'ReconfigVM_Task', { spec: { annotation: `note ${b}`, numCPUs: 1 + (b % 4), extraConfig: [{ _type: 'OptionValue', key: `guestinfo.${b}`, value: String(number) }] } }));
    case 'rename': return void (await call(vm, 'Rename_Task', { newName: `renamed-${b}` }));
    case 'snapshot': return void (await call(vm, 'CreateSnapshot_Task', { name: `s${b}`, memory: false, quiesce: false }));
    case 'revert': return void (await call(vm, 'RevertToCurrentSnapshot_Task'));
    case 'clone': return void (await call(vm, 'CloneVM_Task', { folder: pick('Folder', b), name: `clone-${number}`, spec: { location: {}, powerOn: b % 2 === 0, template: false } }));
    case 'destroy': return void (await call(vm, 'Destroy_Task'));
    case 'folder': return void (await call(pick('Folder'), 'CreateFolder', { name: `f${b}` }));
    case 'move': return void (await call(pick('Folder', b), 'MoveIntoFolder_Task', { list: [vm] }));
    case 'pool': return void (await call(pick('ResourcePool'), 'CreateResourcePool', { name: `p${b}`, spec: POOL }));
    case 'intoPool': return void (await call(pick('ResourcePool', b), 'MoveIntoResourcePool', { list: [vm] }));
    case 'template': return void (await call(vm, 'MarkAsTemplate'));
    case 'maintenance': {
      const entering = call(pick('HostSystem'), 'EnterMaintenanceMode_Task', { timeout: 1, evacuatePoweredOffVms: false });
      const settled = entering.then(() => undefined, () => undefined);
      // Machines that run keep it waiting for its second, which passes only when somebody says so.
      for (let turns = 0; turns < 5; turns++) await turn();
      clock.advance(2000);
      await settled;
      return void (await entering);
    }
    case 'work': return void (await call(pick('HostSystem'), 'ExitMaintenanceMode_Task', { timeout: 1 }));
    case 'alarm': return void (await call(well('AlarmManager'), 'CreateAlarm', { entity: b % 2 === 0 ? ROOT : vm, spec: { name: `a${b}`, description: '', enabled: true, expression: OFF } }));
    case 'dropAlarm': return void (await call(pick('Alarm', 8 + a), 'RemoveAlarm'));
    case 'field': return void (await call(well('CustomFieldsManager'), 'AddCustomFieldDef', { name: `field-${b % 5}` }));
    case 'role': return void (await call(well('AuthorizationManager'), 'AddAuthorizationRole', { name: `role-${b}`, privIds: ['VirtualMachine.Interact.PowerOn'] }));
    case 'permit': return void (await call(well('AuthorizationManager'), 'SetEntityPermissions', { entity: vm, permission: [{ _type: 'Permission', principal: 'VSPHERE.LOCAL\\Administrator', group: false, roleId: -2, propagate: b % 2 === 0 }] }));
    case 'directory': return void (await call(well('FileManager'), 'MakeDirectory', { name: `[LocalDS_0] dir${b}`, datacenter: pick('Datacenter'), createParentDirectories: true }));
    case 'relocate': return void (await call(vm, 'RelocateVM_Task', { spec: { host: pick('HostSystem', b) }, priority: 'defaultPriority' }));
    case 'time': return clock.advance(1000 * (1 + b));
    case 'datacenter': return void (await call(ROOT, 'CreateDatacenter', { name: `DC-${b}` }));
    case 'group': return void (await call(pick('Folder', b), 'Destroy_Task'));
  }
}

/** What came of a call: 'done', or the words of the refusal. */
async function tryTo(world: World, step: Step, number: number): Promise<string> {
  return take(world, step, number).then(() => 'done', (error: unknown) => (error instanceof assert.AssertionError ? Promise.reject(error) : String((error as Error).message)));
}

const fresh = () => new World({ autostart: true });

test('a copy that is kept from updates alone is the world after every call', async () => {
  let done = 0;
  await fc.assert(fc.asyncProperty(steps(20), async (list) => {
    const world = fresh();
    const view = await world.call(well('ViewManager'), 'CreateContainerView', { container: ROOT, type: ['ManagedEntity'], recursive: true });
    const selectSet = [{ _type: 'TraversalSpec', type: 'ContainerView', path: 'view', skip: false }];
    const spec = {
      _type: 'PropertyFilterSpec',
      propSet: ['ManagedEntity', ...MANAGERS].map((type) => ({ _type: 'PropertySpec', type, all: true })),
      objectSet: [{ _type: 'ObjectSpec', obj: view, skip: true, selectSet }, ...[ROOT, ...MANAGERS.map((type) => well(type))].map((obj) => ({ _type: 'ObjectSpec', obj }))],
    };
    const collector = well('PropertyCollector', 'propertyCollector');
    await world.call(collector, 'CreateFilter', { spec, partialUpdates: false });
    const mirror = new Mirror();
    let version = '';
    for (const [number, step] of list.entries()) {
      if (await tryTo(world, step, number) === 'done') done += 1;
      for (;;) {
        const set = (await world.call(collector, 'WaitForUpdatesEx', { version, options: { _type: 'WaitOptions', maxWaitSeconds: 0 } })) as UpdateSet | undefined;
        if (set === undefined) break;
        version = set.version;
        mirror.apply(set);
      }
      const whole = (await world.call(collector, 'RetrievePropertiesEx', { specSet: [spec], options: {} })) as { objects: readonly ObjectContent[]; token?: string };
      assert.equal(whole.token, undefined);
      const now = plainContents(whole.objects);
      assert.deepEqual(Object.keys(mirror.plain), Object.keys(now).sort(), step.kind);
      for (const [id, props] of Object.entries(now)) assert.deepEqual(mirror.plain[id], props, `${id} after ${step.kind}`);
    }
    await world.simulator.close();
  }), { seed: 6, numRuns: 6, endOnFailure: true, includeErrorInReport: true });
  assert.ok(done > 20, `only ${done} calls did something`);
});

/** Every property of every object as it goes over the wire, and the event log; session keys are secrets and differ. */
function bytesOf(world: World): string {
  const lines: string[] = [];
  for (const object of world.store.all()) {
    if (!isApiObject(object) || object.ref.type === 'SessionManager') continue;
    for (const field of managedType(object.ref.type)!.properties) {
      const value = object.props[field.name];
      if (value !== undefined) lines.push(`${object.ref.value} ${encodeField(field.name, field, value)}`);
    }
  }
  return lines.join('\n');
}

test('the same seed, clock and calls give the same bytes and events', async () => {
  await fc.assert(fc.asyncProperty(steps(25), async (list) => {
    const runs: string[][] = [];
    for (let run = 0; run < 2; run++) {
      const world = fresh();
      const answers: string[] = [];
      for (const [number, step] of list.entries()) answers.push(await tryTo(world, step, number));
      const events = (await world.call(well('EventManager'), 'QueryEvents', { filter: { _type: 'EventFilterSpec' } })) as object[];
      assert.ok(events.length > 20);
      const field = managedType('EventManager')!.byName.get('latestEvent')!;
      runs.push([answers.join('\n'), bytesOf(world), events.map((event) => encodeField('event', field, event).replace(/<sessionId>[^<]*/, '')).join('\n')]);
      await world.simulator.close();
    }
    // Line by line, for a message that says where they part.
    for (const [index, text] of runs[0]!.entries()) {
      const others: readonly string[] = runs[1]![index]!.split('\n');
      for (const [line, one] of text.split('\n').entries()) assert.equal(others[line], one);
      assert.equal(runs[1]![index], text);
    }
  }), { seed: 6, numRuns: 4, endOnFailure: true, includeErrorInReport: true });
});
