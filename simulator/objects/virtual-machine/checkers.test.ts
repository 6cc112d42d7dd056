// Checkers answer what the operation itself would, and change nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, plain, type CheckResult, type CustomizationSpecItem, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { dispatch } from '../../dispatch/pipeline.ts';
import { createSimulator, ManualClock } from '../../index.ts';

type Ref = ManagedObjectReference;

function setUp() {
  const simulator = createSimulator({ clock: new ManualClock(), freeze: true });
  const { sim, store } = simulator;
  const session = sim.sessions.login('root', 'x', { ipAddress: '', userAgent: '' });
  const call = async <T>(self: Ref, method: string, args: Record<string, unknown>): Promise<T> => {
    const result = (await dispatch(sim, { method, self, args, session, signal: new AbortController().signal }, () => undefined)).result;
    if (!method.endsWith('_Task')) return result as T;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const info = store.get(result as Ref)!.props['info'] as { state: string; result: unknown };
    assert.equal(info.state, 'success');
    return plain(info.result) as T;
  };
  const named = (type: string, name: string): Ref => [...store.ofType(type)].find(({ props }) => props['name'] === name)!.ref;
  return { sim, store, call, named, vm: named('VirtualMachine', 'DC0_C0_RP0_VM0') };
}
const faults = (results: readonly CheckResult[]): (string | undefined)[] => results.map((r) => (r.error?.[0]?.fault as { _type?: string } | undefined)?._type);

test('a migration that can be has no errors; one that cannot says why, and neither moves anything', async () => {
  const { sim, call, named, vm, store } = setUp();
  const checker = sim.wellKnown['vmProvisioningChecker']!;
  const before = store.get(vm)!.props['runtime'];
  assert.deepEqual(faults(await call(checker, 'CheckMigrate_Task', { vm, host: named('HostSystem', 'DC0_C0_H1') })), [undefined]);
  assert.deepEqual(faults(await call(checker, 'CheckMigrate_Task', { vm, host: named('HostSystem', 'DC0_H0') })), ['InvalidArgument']);
  assert.deepEqual(faults(await call(checker, 'CheckRelocate_Task', { vm, spec: { service: { url: 'https://x', credential: { _type: 'ServiceLocatorNamePassword', username: 'a', password: 'b' }, instanceUuid: 'u', sslThumbprint: '' } } })), ['NotSupported']);
  const all = await call<CheckResult[]>(checker, 'QueryVMotionCompatibilityEx_Task', { vm: [vm], host: [named('HostSystem', 'DC0_C0_H0'), named('HostSystem', 'DC0_H0')] });
  assert.deepEqual(faults(all), [undefined, undefined]);
  const folder = store.get(vm)!.props['parent'];
  assert.deepEqual(faults(await call(checker, 'CheckClone_Task', { vm, folder, name: 'DC0_C0_RP0_VM1', spec: { location: {}, template: false, powerOn: false } })), ['DuplicateName']);
  assert.deepEqual(store.get(vm)!.props['runtime'], before);
});

test('compatibility: power-on and configuration', async () => {
  const { sim, call, named, vm, store } = setUp();
  const checker = sim.wellKnown['vmCompatibilityChecker']!;
  assert.deepEqual(faults(await call(checker, 'CheckVmConfig_Task', { vm, spec: { numCPUs: 4 } })), [undefined]);
  assert.deepEqual(faults(await call(checker, 'CheckVmConfig_Task', { vm, spec: { guestId: 'beos' } })), ['InvalidArgument']);
  const host = named('HostSystem', 'DC0_C0_H1');
  store.transaction((tx) => tx.set(host, 'runtime.inMaintenanceMode', true));
  assert.deepEqual(faults(await call(checker, 'CheckPowerOn_Task', { vm, host })), ['InvalidHostState']);
  assert.equal((await call<CheckResult[]>(checker, 'CheckCompatibility_Task', { vm, pool: store.get(vm)!.props['resourcePool'] })).length, 3);
});

test('customization specifications are kept by name', async () => {
  const { sim, call, store } = setUp();
  const manager = sim.wellKnown['customizationSpecManager']!;
  const names = () => (store.get(manager)!.props['info'] as { name: string }[]).map(({ name }) => name);
  const known = names();
  assert.ok(known.includes('vcsim-linux'));
  const item = await call<CustomizationSpecItem>(manager, 'GetCustomizationSpec', { name: 'vcsim-linux' });
  await call(manager, 'CreateCustomizationSpec', { item: { ...item, info: { ...item.info, name: 'mine' } } });
  await assert.rejects(call(manager, 'CreateCustomizationSpec', { item: { ...item, info: { ...item.info, name: 'mine' } } }), (e) => isFault(e, 'AlreadyExists'));
  await assert.rejects(call(manager, 'OverwriteCustomizationSpec', { item: { ...item, info: { ...item.info, name: 'mine', changeVersion: 'old' } } }), (e) => isFault(e, 'ConcurrentAccess'));
  await call(manager, 'RenameCustomizationSpec', { name: 'mine', newName: 'ours' });
  await call(manager, 'DuplicateCustomizationSpec', { name: 'ours', newName: 'theirs' });
  assert.deepEqual(names(), [...known, 'ours', 'theirs']);
  await call(manager, 'DeleteCustomizationSpec', { name: 'ours' });
  await assert.rejects(call(manager, 'GetCustomizationSpec', { name: 'ours' }), (e) => isFault(e, 'NotFound'));
  assert.equal(await call(manager, 'DoesCustomizationSpecExist', { name: 'theirs' }), true);
});
