import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConnectInfo, HostRuntimeInfo, HostServiceTicket, ManagedObjectReference, TaskInfo } from '../../../core/vim25/index.ts';
import { dispatch } from '../../dispatch/pipeline.ts';
import type { ManualClock } from '../../runtime/clock.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

/** A world whose tasks can be left waiting. */
class Hosts extends World {
  get clock(): ManualClock {
    return this.simulator.sim.clock as ManualClock;
  }

  readonly session2 = this.simulator.sim.sessions.login('user', 'pass', { ipAddress: '127.0.0.1', userAgent: 'test' });

  /** Starts a task and lets it go as far as it can. */
  async begin(self: Ref, method: string, args: Record<string, unknown> = {}): Promise<Ref> {
    const { result } = await dispatch(this.simulator.sim, { method, self, args, session: this.session2, signal: new AbortController().signal }, () => undefined);
    await this.settle();
    return result as Ref;
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    await this.settle();
  }

  state(task: Ref): string {
    const info = this.get<TaskInfo>(task, 'info');
    return info.state === 'error' ? (info.error!.fault as { _type?: string })._type! : info.state;
  }

  runtime(host: Ref): HostRuntimeInfo {
    return this.get(host, 'runtime');
  }

  runningOn(host: Ref): Ref {
    return this.get<Refs>(host, 'vm').find((vm) => this.get(vm, 'runtime.powerState') === 'poweredOn')!;
  }
}

const standalone = (world: Hosts): Ref => world.named('DC0_H0', 'HostSystem');

test('without DRS maintenance mode waits until the running machines are gone', async () => {
  const world = new Hosts();
  const host = standalone(world);
  const task = await world.begin(host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  assert.equal(world.state(task), 'running');
  assert.equal(world.get<TaskInfo>(task, 'info').cancelable, true);
  await world.pass(3_600_000);
  for (const vm of world.get<Refs>(host, 'vm')) {
    assert.deepEqual([world.state(task), world.runtime(host).inMaintenanceMode], ['running', false]);
    await world.call(vm, 'PowerOffVM_Task');
    await world.settle();
  }
  assert.deepEqual([world.state(task), world.runtime(host).inMaintenanceMode], ['success', true]);
  await world.refuses('InvalidState', host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  await world.call(host, 'ExitMaintenanceMode_Task', { timeout: 0 });
  assert.equal(world.runtime(host).inMaintenanceMode, false);
  await world.refuses('InvalidState', host, 'ExitMaintenanceMode_Task', { timeout: 0 });
});

test('the wait ends when the time has passed, when it is cancelled, and when the host is lost', async () => {
  const world = new Hosts();
  const host = standalone(world);
  const late = await world.begin(host, 'EnterMaintenanceMode_Task', { timeout: 30 });
  const cancelled = await world.begin(host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  const lost = await world.begin(host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  await world.pass(29_999);
  assert.equal(world.state(late), 'running');
  await world.pass(1);
  assert.equal(world.state(late), 'Timedout');
  await world.call(cancelled, 'CancelTask');
  await world.settle();
  assert.deepEqual([world.state(cancelled), world.state(lost)], ['RequestCanceled', 'running']);
  await world.call(host, 'DisconnectHost_Task');
  await world.settle();
  assert.equal(world.state(lost), 'HostNotConnected');
  assert.equal(world.runtime(host).inMaintenanceMode, false);
});

test('powered-off machines are in the way only when they are to leave too', async () => {
  const world = new Hosts({ autostart: false });
  const host = standalone(world);
  const all = await world.begin(host, 'EnterMaintenanceMode_Task', { timeout: 0, evacuatePoweredOffVms: true });
  assert.equal(world.state(all), 'running');
  await world.call(host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  assert.equal(world.runtime(host).inMaintenanceMode, true);
  await world.settle();
  assert.equal(world.state(all), 'InvalidState', 'somebody else was faster');
});

test('DRS moves what it may move; a machine that it may not keeps the host waiting', async () => {
  const world = new Hosts({ machine: 6 });
  const cluster = world.named('DC0_C0');
  const host = world.get<Refs>(cluster, 'host').find((ref) => world.get<Refs>(ref, 'vm').length > 0)!;
  const machines = world.get<Refs>(host, 'vm');
  const manual = machines[0]!;
  await world.call(cluster, 'ReconfigureComputeResource_Task', {
    spec: { _type: 'ClusterConfigSpecEx', drsVmConfigSpec: [{ operation: 'add', info: { key: manual, enabled: true, behavior: 'manual' } }] }, modify: true,
  });
  const task = await world.begin(host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  assert.equal(world.state(task), 'running');
  await world.call(manual, 'PowerOffVM_Task');
  await world.settle();
  assert.equal(world.state(task), 'success');
  assert.deepEqual(world.get<Refs>(host, 'vm'), [manual], 'a machine that is off stays');
  for (const vm of machines.slice(1)) assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
});

test('machines follow the connection of their host, and take no orders while it is lost', async () => {
  const world = new Hosts();
  const host = standalone(world);
  const [vm, other] = world.get<Refs>(host, 'vm') as [Ref, Ref];
  await world.call(vm, 'CreateSnapshot_Task', { name: 'before', memory: false, quiesce: false });
  world.store.transaction((tx) => tx.set(other, 'runtime.connectionState', 'orphaned'));
  await world.call(host, 'DisconnectHost_Task');
  assert.deepEqual([world.runtime(host).connectionState, world.get(vm, 'runtime.connectionState')], ['disconnected', 'disconnected']);
  await world.refuses('InvalidState', host, 'DisconnectHost_Task');
  await world.refuses('HostNotConnected', host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  for (const [method, args] of Object.entries({
    PowerOffVM_Task: {}, ReconfigVM_Task: { spec: { annotation: 'x' } }, CreateSnapshot_Task: { name: 's', memory: false, quiesce: false }, Destroy_Task: {},
    MigrateVM_Task: { host: world.named('DC0_C0_H0'), priority: 'defaultPriority' },
  })) await world.refuses('HostNotConnected', vm, method, args);
  await world.refuses('HostNotConnected', world.get(vm, 'snapshot.currentSnapshot'), 'RevertToSnapshot_Task');
  await world.call(host, 'ReconnectHost_Task');
  assert.deepEqual([world.runtime(host).connectionState, world.get(vm, 'runtime.connectionState'), world.get(other, 'runtime.connectionState')], ['connected', 'connected', 'orphaned']);
  await world.refuses('InvalidState', host, 'ReconnectHost_Task');
  await world.call(vm, 'PowerOffVM_Task');
});

test('what a client connects with is checked', async () => {
  const world = new Hosts();
  const host = standalone(world);
  await world.call(host, 'DisconnectHost_Task');
  const cnxSpec = (more: object) => ({ cnxSpec: { force: false, ...more } });
  await world.refuses('InvalidLogin', host, 'ReconnectHost_Task', cnxSpec({ userName: '' }));
  await world.refuses('InvalidName', host, 'ReconnectHost_Task', cnxSpec({ hostName: 'other' }));
  await world.refuses('InvalidArgument', host, 'ReconnectHost_Task', cnxSpec({ port: 99_999 }));
  await world.call(host, 'ReconnectHost_Task', cnxSpec({ userName: 'root', password: 'x' }));
  const cluster = world.named('DC0_C0');
  const add = (more: object) => ({ spec: { hostName: 'esx9', userName: 'root', password: 'x', force: false, ...more }, asConnected: true });
  for (const [type, more] of [
    ['InvalidArgument', { hostName: ' ' }], ['NoHost', { hostName: 'no such host' }], ['InvalidLogin', { userName: ' ' }], ['SSLVerifyFault', { sslThumbprint: 'AA:BB' }],
  ] as const) await world.refuses(type, cluster, 'AddHost_Task', add(more));
  const thumbprint = Array.from({ length: 20 }, (_, i) => `${i % 10}a`).join(':');
  const added = (await world.call(cluster, 'AddHost_Task', add({ sslThumbprint: thumbprint, port: 8443, lockdownMode: 'lockdownNormal' }))) as Ref;
  assert.deepEqual([world.get(added, 'summary.config.sslThumbprint'), world.get(added, 'summary.config.port')], [thumbprint.toUpperCase(), 8443]);
  assert.deepEqual([world.get(added, 'config.lockdownMode'), world.get(added, 'config.adminDisabled')], ['lockdownNormal', true]);
});

test('a restart takes the host away for a while; force cuts the power of what runs', async () => {
  const world = new Hosts();
  const host = standalone(world);
  const machines = world.get<Refs>(host, 'vm');
  await world.refuses('InvalidState', host, 'RebootHost_Task', { force: false });
  const before = world.runtime(host).bootTime!;
  const manager = world.get<Ref>(host, 'configManager.autoStartManager');
  const powerInfo = { key: machines[0], startOrder: 1, startDelay: -1, waitForHeartbeat: 'systemDefault', startAction: 'powerOn', stopDelay: -1, stopAction: 'systemDefault' };
  await world.call(manager, 'ReconfigureAutostart', { spec: { defaults: { enabled: true }, powerInfo: [powerInfo] } });
  await world.call(host, 'RebootHost_Task', { force: true });
  assert.deepEqual([world.runtime(host).connectionState, world.runtime(host).powerState], ['notResponding', 'unknown']);
  assert.deepEqual(machines.map((vm) => world.get(vm, 'runtime.powerState')), ['poweredOff', 'poweredOff']);
  await world.refuses('NoHost', host, 'ReconnectHost_Task');
  await world.pass(5000);
  assert.deepEqual([world.runtime(host).connectionState, world.runtime(host).powerState], ['connected', 'poweredOn']);
  assert.ok(world.runtime(host).bootTime! > before);
  assert.equal(await world.call(host, 'RetrieveHardwareUptime'), 0);
  assert.deepEqual(machines.map((vm) => world.get(vm, 'runtime.powerState')), ['poweredOn', 'poweredOff'], 'autostart starts its machines');
});

test('a host that was shut down is not there any more', async () => {
  const world = new Hosts({ autostart: false });
  const host = standalone(world);
  await world.call(host, 'EnterMaintenanceMode_Task', { timeout: 0 });
  await world.call(host, 'ShutdownHost_Task', { force: false });
  assert.deepEqual([world.runtime(host).connectionState, world.runtime(host).powerState], ['notResponding', 'poweredOff']);
  await world.pass(60_000);
  await world.refuses('NoHost', host, 'ReconnectHost_Task');
  await world.refuses('HostNotConnected', host, 'RebootHost_Task', { force: true });
  await world.call(host, 'Destroy_Task');
});

test('a host stands by only when something can wake it', async () => {
  const world = new Hosts({ autostart: false });
  const host = standalone(world);
  await world.refuses('NotSupported', host, 'PowerDownHostToStandBy_Task', { timeoutSec: 0 });
  const ipmiInfo = { bmcIpAddress: '10.0.0.9', bmcMacAddress: '00:50:56:00:00:01', login: 'admin', password: 'secret' };
  await world.refuses('InvalidIpmiMacAddress', host, 'UpdateIpmi', { ipmiInfo: { ...ipmiInfo, bmcMacAddress: '00:50' } });
  await world.refuses('InvalidIpmiLoginInfo', host, 'UpdateIpmi', { ipmiInfo: { ...ipmiInfo, password: '' } });
  await world.call(host, 'UpdateIpmi', { ipmiInfo });
  assert.deepEqual(world.get(host, 'config.ipmi'), { bmcIpAddress: '10.0.0.9', bmcMacAddress: '00:50:56:00:00:01', login: 'admin' });
  await world.refuses('InvalidState', host, 'PowerUpHostFromStandBy_Task', { timeoutSec: 0 });
  await world.call(host, 'PowerDownHostToStandBy_Task', { timeoutSec: 0 });
  assert.deepEqual([world.runtime(host).powerState, world.runtime(host).standbyMode, world.runtime(host).connectionState], ['standBy', 'in', 'notResponding']);
  await world.call(host, 'PowerUpHostFromStandBy_Task', { timeoutSec: 0 });
  assert.deepEqual([world.runtime(host).powerState, world.runtime(host).standbyMode, world.runtime(host).connectionState], ['poweredOn', 'none', 'connected']);
  await world.call(host, 'UpdateIpmi', { ipmiInfo: {} });
  assert.deepEqual([world.get(host, 'config.ipmi'), world.get(host, 'capability.standbySupported')], [undefined, false]);
});

test('questions to a host are answered from what it is', async () => {
  const world = new Hosts();
  const host = world.named('DC0_C0_H0');
  const info = (await world.call(host, 'QueryHostConnectionInfo')) as HostConnectInfo;
  assert.equal(info.host, world.get(host, 'summary'));
  assert.deepEqual([info.vm!.length, info.datastore!.length, info.network!.length], ['vm', 'datastore', 'network'].map((path) => world.get<Refs>(host, path).length));
  const GB = 1024 ** 3;
  const overhead = async (memorySize: number, numVcpus: number) => Number(await world.call(host, 'QueryMemoryOverhead', { memorySize, numVcpus }));
  assert.ok((await overhead(GB, 1)) > 0);
  assert.ok((await overhead(2 * GB, 1)) > (await overhead(GB, 1)));
  assert.ok((await overhead(GB, 2)) > (await overhead(GB, 1)));
  assert.equal(await world.call(host, 'QueryMemoryOverheadEx', { vmConfigInfo: { hardware: { memoryMB: 1024, numCPU: 2 } } }), await overhead(GB, 2));
  assert.equal(await world.call(host, 'QueryTpmAttestationReport'), undefined);
  const [one, two] = [await world.call(host, 'AcquireCimServicesTicket'), await world.call(host, 'AcquireCimServicesTicket')] as HostServiceTicket[];
  assert.equal(one!.host, 'DC0_C0_H0');
  assert.notEqual(one!.sessionId, two!.sessionId);
  await world.call(host, 'UpdateFlags', { flagInfo: { backgroundSnapshotsEnabled: false } });
  assert.equal(world.get(host, 'config.flags.backgroundSnapshotsEnabled'), false);
  await world.refuses('DasConfigFault', host, 'ReconfigureHostForDAS_Task');
  await world.call(world.named('DC0_C0'), 'ReconfigureComputeResource_Task', { spec: { _type: 'ClusterConfigSpecEx', dasConfig: { enabled: true } }, modify: true });
  await world.call(host, 'ReconfigureHostForDAS_Task');
});

test('lockdown is entered and left once, and shows in the configuration', async () => {
  const world = new Hosts();
  const host = world.named('DC0_C0_H0');
  await world.refuses('AdminNotDisabled', host, 'ExitLockdownMode');
  await world.call(host, 'EnterLockdownMode');
  assert.deepEqual([world.get(host, 'config.lockdownMode'), world.get(host, 'config.adminDisabled')], ['lockdownNormal', true]);
  await world.refuses('AdminDisabled', host, 'EnterLockdownMode');
  await world.call(host, 'ExitLockdownMode');
  assert.deepEqual([world.get(host, 'config.lockdownMode'), world.get(host, 'config.adminDisabled')], ['lockdownDisabled', false]);
});

test('a standalone ESXi host has no vCenter Server to be disconnected from', async () => {
  const world = new Hosts({}, 'esxi');
  const host = { type: 'HostSystem', value: 'ha-host' };
  for (const [method, args] of Object.entries({ DisconnectHost_Task: {}, ReconnectHost_Task: {}, Destroy_Task: {} })) await world.refuses('NotSupported', host, method, args);
  const before = world.runtime(host).bootTime!;
  await world.call(host, 'RebootHost_Task', { force: true });
  assert.ok(world.runtime(host).bootTime! > before);
  assert.equal(world.runtime(host).connectionState, 'connected');
});
