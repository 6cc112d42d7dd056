// EnvironmentBrowser: complete by the schema, and true to the hosts it speaks for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataType, isFault, type ConfigTarget, type ManagedObjectReference, type VirtualMachineConfigOption, type VirtualMachineConfigOptionDescriptor } from '../../core/vim25/index.ts';
import { dispatch } from '../dispatch/pipeline.ts';
import { createSimulator, ManualClock } from '../index.ts';

function setUp() {
  const simulator = createSimulator({ clock: new ManualClock(), freeze: true });
  const { sim, store } = simulator;
  const session = sim.sessions.login('root', 'x', { ipAddress: '', userAgent: '' });
  const call = async <T>(self: ManagedObjectReference, method: string, args: Record<string, unknown> = {}): Promise<T> =>
    (await dispatch(sim, { method, self, args, session, signal: new AbortController().signal }, () => undefined)).result as T;
  const cluster = [...store.ofType('ClusterComputeResource')][0]!;
  return { sim, store, call, cluster, browser: cluster.props['environmentBrowser'] as ManagedObjectReference };
}

/** Names of required fields that a data object or one inside it lacks. */
function missing(value: unknown, declared: string, at: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => missing(item, declared, `${at}[${i}]`));
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  const name = (value as { _type?: string })._type ?? declared;
  const type = dataType(name);
  if (!type) return [];
  const fields = value as Record<string, unknown>;
  const unknown = Object.keys(fields).filter((key) => key !== '_type' && !type.byName.has(key)).map((key) => `${at}.${key} is no field of ${name}`);
  return [...unknown, ...type.fields.flatMap((field) => {
    const own = fields[field.name];
    if (own === undefined) return field.optional || field.array ? [] : [`${at}.${field.name} (${name})`];
    return field.kind === 'data' ? missing(own, field.type, `${at}.${field.name}`) : [];
  })];
}

test('every machine and compute resource has a browser that is there', () => {
  const { store } = setUp();
  for (const type of ['VirtualMachine', 'ComputeResource', 'ClusterComputeResource']) for (const { ref, props } of store.ofType(type)) {
    assert.ok(store.get(props['environmentBrowser'] as ManagedObjectReference), `${type} ${ref.value}`);
  }
});

test('hardware versions up to that of the hosts, one of them the default', async () => {
  const { call, browser, cluster } = setUp();
  const versions = await call<VirtualMachineConfigOptionDescriptor[]>(browser, 'QueryConfigOptionDescriptor');
  assert.deepEqual(versions.filter((version) => version.defaultConfigOption).map((version) => version.key), ['vmx-21']);
  assert.equal(versions.at(-1)!.key, 'vmx-21');
  assert.ok(versions.some((version) => version.key === 'vmx-08'));
  assert.deepEqual(versions.at(-1)!.host, cluster.props['host']);
  assert.deepEqual(missing(versions, 'VirtualMachineConfigOptionDescriptor', 'versions'), []);
});

test('a config option is complete, for one guest or for all', async () => {
  const { call, browser, cluster, store } = setUp();
  const elsewhere = [...store.ofType('HostSystem')].find(({ props }) => (props['parent'] as ManagedObjectReference).value !== cluster.ref.value)!;
  const all = await call<VirtualMachineConfigOption>(browser, 'QueryConfigOption');
  assert.deepEqual(missing(all, 'VirtualMachineConfigOption', 'option'), []);
  assert.equal(all.version, 'vmx-21');
  assert.ok(all.guestOSDescriptor.length > 100);
  assert.equal(all.guestOSDescriptor[all.guestOSDefaultIndex]!.id, 'otherGuest');
  const one = await call<VirtualMachineConfigOption>(browser, 'QueryConfigOptionEx', { spec: { key: 'vmx-13', guestId: ['ubuntu64Guest'] } });
  assert.deepEqual(one.guestOSDescriptor.map((guest) => [guest.id, guest.family, guest.fullName]), [['ubuntu64Guest', 'linuxGuest', 'Ubuntu Linux (64-bit)']]);
  assert.equal(one.hardwareOptions.hwVersion, 13);
  const none = await call<VirtualMachineConfigOption>(browser, 'QueryConfigOptionEx', { spec: { guestId: ['beosGuest'] } });
  assert.equal(none.guestOSDescriptor.length, all.guestOSDescriptor.length);
  await assert.rejects(call(browser, 'QueryConfigOption', { key: 'vmx-99' }), (e) => isFault(e, 'InvalidArgument'));
  await assert.rejects(call(browser, 'QueryConfigOption', { host: elsewhere.ref }), (e) => isFault(e, 'InvalidArgument'));
});

test('the target has the datastores, networks and processors of its hosts', async () => {
  const { call, browser, cluster, store } = setUp();
  const target = await call<ConfigTarget>(browser, 'QueryConfigTarget');
  assert.deepEqual(missing(target, 'ConfigTarget', 'target'), []);
  const hosts = cluster.props['host'] as ManagedObjectReference[];
  const threads = hosts.map((ref) => (store.get(ref)!.props['hardware'] as { cpuInfo: { numCpuThreads: number } }).cpuInfo.numCpuThreads);
  assert.equal(target.numCpus, threads.reduce((a, b) => a + b, 0));
  assert.equal(target.maxCpusPerHost, threads[0]);
  assert.deepEqual(target.datastore!.map(({ name }) => name), ['LocalDS_0']);
  assert.deepEqual(target.network!.map(({ name, vswitch }) => [name, vswitch]), [['VM Network', 'vSwitch0']]);
  assert.ok(target.distributedVirtualPortgroup!.some(({ portgroupName, switchName }) => portgroupName === 'DC0_DVPG0' && switchName === 'DVS0'));
  const one = await call<ConfigTarget>(browser, 'QueryConfigTarget', { host: hosts[0] });
  assert.equal(one.numCpus, threads[0]);
  assert.deepEqual(await call(browser, 'QueryTargetCapabilities', { host: hosts[0] }), store.get(hosts[0]!)!.props['capability']);
});
