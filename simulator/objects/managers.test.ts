import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, typed, type Extension, type ManagedObjectReference, type OptionValue, type TaskInfo } from '../../core/vim25/index.ts';
import { CERTIFICATE } from '../appliance/certificate.ts';
import { dispatch } from '../dispatch/pipeline.ts';
import { createSimulator, ManualClock, type SimulatorOptions } from '../index.ts';

/** Calls methods as a logged in client does, without the wire. */
function setUp(options: SimulatorOptions = {}) {
  const simulator = createSimulator({ clock: new ManualClock(), freeze: true, ...options });
  const { sim, store } = simulator;
  const session = sim.sessions.login('root', 'x', { ipAddress: '', userAgent: '' });
  const call = async (self: ManagedObjectReference, method: string, args: Record<string, unknown> = {}): Promise<unknown> =>
    (await dispatch(sim, { method, self, args, session, signal: new AbortController().signal }, () => undefined)).result;
  const refuses = (fault: string, self: ManagedObjectReference, method: string, args: Record<string, unknown>) =>
    assert.rejects(call(self, method, args), (error) => isFault(error, fault) || assert.fail(`${method} threw ${String(error)}`));
  return { simulator, sim, store, call, refuses };
}

const extension = (key: string, more: Partial<Extension> = {}): Extension =>
  ({ key, version: '1.0', description: { label: key, summary: '' }, lastHeartbeatTime: new Date(0), ...more }) as Extension;

test('extensions are registered once, found, changed and forgotten', async () => {
  const { sim, call, refuses } = setUp();
  const manager = sim.wellKnown['extensionManager']!;
  assert.equal(await call(manager, 'FindExtension', { extensionKey: 'com.vmware.vic' }), undefined);
  await call(manager, 'RegisterExtension', { extension: extension('com.vmware.vic') });
  await refuses('InvalidArgument', manager, 'RegisterExtension', { extension: extension('com.vmware.vic') });
  await refuses('InvalidArgument', manager, 'RegisterExtension', { extension: extension(' ') });
  await call(manager, 'UpdateExtension', { extension: extension('com.vmware.vic', { version: '2.0' }) });
  assert.equal(((await call(manager, 'FindExtension', { extensionKey: 'com.vmware.vic' })) as Extension).version, '2.0');
  await call(manager, 'SetExtensionCertificate', { extensionKey: 'com.vmware.vic', certificatePem: CERTIFICATE });
  assert.match(((await call(manager, 'FindExtension', { extensionKey: 'com.vmware.vic' })) as Extension).subjectName!, /O=VMware/);
  await refuses('InvalidArgument', manager, 'SetExtensionCertificate', { extensionKey: 'com.vmware.vic', certificatePem: 'PEM' });
  await refuses('InvalidArgument', manager, 'SetPublicKey', { extensionKey: 'com.vmware.vic', publicKey: 'PEM' });
  const publicKey = (await call(manager, 'GetPublicKey')) as string;
  assert.equal(await call(manager, 'GetPublicKey'), publicKey);
  await call(manager, 'SetPublicKey', { extensionKey: 'com.vmware.vic', publicKey });
  assert.equal(((await call(manager, 'FindExtension', { extensionKey: 'com.vmware.vic' })) as Extension).subjectName, undefined);
  assert.deepEqual(await call(manager, 'QueryExtensionIpAllocationUsage'), [{ _type: 'ExtensionManagerIpAllocationUsage', extensionKey: 'com.vmware.vic', numAddresses: 0 }]);
  await refuses('NoClientCertificate', manager, 'SetExtensionCertificate', { extensionKey: 'com.vmware.vic' });
  await refuses('NotFound', manager, 'SetExtensionCertificate', { extensionKey: 'other', certificatePem: CERTIFICATE });
  await refuses('NotFound', manager, 'UpdateExtension', { extension: extension('other') });
  await call(manager, 'UnregisterExtension', { extensionKey: 'com.vmware.vic' });
  await refuses('NotFound', manager, 'UnregisterExtension', { extensionKey: 'com.vmware.vic' });
  assert.equal(await call(manager, 'FindExtension', { extensionKey: 'com.vmware.vic' }), undefined);
});

test('machines that an extension manages are found', async () => {
  const { sim, store, call, refuses } = setUp();
  const manager = sim.wellKnown['extensionManager']!;
  const [vm] = [...store.ofType('VirtualMachine')];
  store.transaction((tx) => tx.set(vm!.ref, 'config.managedBy', { _type: 'ManagedByInfo', extensionKey: 'com.a', type: 'x' }));
  await refuses('NotFound', manager, 'QueryManagedBy', { extensionKey: 'com.a' });
  await call(manager, 'RegisterExtension', { extension: extension('com.a') });
  assert.deepEqual(await call(manager, 'QueryManagedBy', { extensionKey: 'com.a' }), [vm!.ref]);
});

test('options: a whole key, the keys below a dot, all; unknown names and wrong types are refused', async () => {
  const { sim, store, call, refuses } = setUp();
  const manager = sim.wellKnown['setting']!;
  const query = async (name?: string) => (await call(manager, 'QueryOptions', { name })) as OptionValue[];
  assert.deepEqual((await query('VirtualCenter.FQDN')).map(({ key }) => key), ['VirtualCenter.FQDN']);
  const below = await query('event.');
  assert.deepEqual(below.map(({ key }) => key), ['event.maxAge', 'event.maxAgeEnabled']);
  assert.ok((await query()).length > below.length);
  for (const name of ['VirtualCenter', 'virtualcenter.fqdn', 'nothing.']) await refuses('InvalidName', manager, 'QueryOptions', { name });
  const update = (key: string, value: unknown) => ({ changedValue: [{ key, value }] });
  await call(manager, 'UpdateOptions', update('event.maxAge', 90));
  await call(manager, 'UpdateOptions', update('config.vpxd.new', 'yes'));
  assert.equal((await query('event.maxAge'))[0]!.value, 90);
  assert.equal((await query('config.vpxd.new'))[0]!.value, 'yes');
  await refuses('InvalidArgument', manager, 'UpdateOptions', update('event.maxAge', 'long'));
  await refuses('InvalidArgument', manager, 'UpdateOptions', update('event.maxAge', undefined));
  for (const key of ['no good', 'config', 'config.', 'event.maxage', 'brand.new']) await refuses('InvalidName', manager, 'UpdateOptions', update(key, 1));
  const host = [...store.ofType('HostSystem')][0]!.props['configManager'] as { advancedOption: ManagedObjectReference };
  const [bounded] = (store.get(host.advancedOption)!.props['supportedOption'] as { key: string; optionType: { min?: number; max?: number } }[]).filter(({ optionType }) => (optionType.max ?? 0) > (optionType.min ?? 0));
  await refuses('InvalidName', host.advancedOption, 'UpdateOptions', update('config.vpxd.new', 1));
  await refuses('InvalidArgument', host.advancedOption, 'UpdateOptions', update(bounded!.key, typed('xsd:long', bounded!.optionType.max! + 1)));
  await call(host.advancedOption, 'UpdateOptions', update(bounded!.key, typed('xsd:long', bounded!.optionType.max!)));
  assert.equal((await query('event.maxAge'))[0]!.value, 90);
});

test('a task of an extension is reported step by step by its owner', async () => {
  const { sim, store, call, refuses } = setUp();
  const manager = sim.wellKnown['taskManager']!;
  const [vm] = [...store.ofType('VirtualMachine')];
  const create = { obj: vm!.ref, taskTypeId: 'com.a.backup', cancelable: true };
  await refuses('InvalidArgument', manager, 'CreateTask', create);
  await call(sim.wellKnown['extensionManager']!, 'RegisterExtension', { extension: extension('com.a', { taskList: [{ taskID: 'com.a.backup' }] }) });
  const { task } = (await call(manager, 'CreateTask', create)) as TaskInfo;
  const info = () => store.get(task)!.props['info'] as TaskInfo;
  assert.deepEqual([info().state, info().entity, info().entityName], ['queued', vm!.ref, vm!.props['name']]);
  assert.deepEqual(store.get(vm!.ref)!.props['recentTask'], [task]);
  assert.deepEqual(store.get(manager)!.props['recentTask'], [task]);
  await refuses('InvalidState', task, 'UpdateProgress', { percentDone: 10 });
  await call(task, 'SetTaskState', { state: 'running' });
  await call(task, 'UpdateProgress', { percentDone: 40 });
  assert.equal(info().progress, 40);
  await refuses('OutOfBounds', task, 'UpdateProgress', { percentDone: 101 });
  await refuses('InvalidState', task, 'SetTaskState', { state: 'queued' });
  await call(task, 'CancelTask');
  assert.equal(info().cancelled, true);
  await call(task, 'SetTaskState', { state: 'success', result: 'done' });
  assert.deepEqual([info().state, info().result, info().progress], ['success', 'done', undefined]);
  await refuses('InvalidState', task, 'CancelTask', {});
});

test('the server\'s own tasks are in both lists of recent tasks and take no reports', async () => {
  const { sim, store, refuses } = setUp({ keepTasks: 2 });
  const [vm] = [...store.ofType('VirtualMachine')];
  const start = () => store.transaction((tx) => sim.tasks.start(tx, { name: 'Rename_Task', descriptionId: 'ManagedEntity.rename', entity: vm!.ref, userName: 'root', run: () => undefined }));
  const tasks = [start(), start(), start()];
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
  const kept = tasks.slice(1);
  assert.deepEqual(store.get(vm!.ref)!.props['recentTask'], kept);
  assert.deepEqual(store.get(sim.wellKnown['taskManager']!)!.props['recentTask'], kept);
  await refuses('InvalidState', kept[0]!, 'SetTaskState', { state: 'running' });
  await refuses('InvalidState', kept[0]!, 'CancelTask', {});
});

for (const product of ['vcenter', 'esxi'] as const) {
  test(`${product}: every reference of ServiceContent leads to an object of that type`, () => {
    const { sim, store } = setUp({ product });
    const content = store.find('ServiceInstance')!.props['content'] as Record<string, ManagedObjectReference>;
    for (const [field, ref] of Object.entries(content)) {
      if (field === 'about' || field === '_type') continue;
      assert.equal(store.get(ref)?.ref.type, ref.type, `${field} ${ref.value}`);
    }
    assert.equal(content['rootFolder']!.value, product === 'vcenter' ? 'group-d1' : 'ha-folder-root');
    assert.equal(sim.about.apiType, product === 'vcenter' ? 'VirtualCenter' : 'HostAgent');
    assert.equal(content['extensionManager'] === undefined, product === 'esxi');
  });
}

test('serverClock is the time at the moment of reading', () => {
  const clock = new ManualClock();
  const { store } = setUp({ clock });
  const read = () => (store.find('ServiceInstance')!.props['serverClock'] as Date).getTime();
  const before = read();
  clock.advance(1500);
  assert.equal(read() - before, 1500);
});
