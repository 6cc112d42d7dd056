// Reconfiguring, power, templates, registration and the end of machines.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFault, type ManagedObjectReference, type OptionValue, type VirtualDevice, type VirtualMachineConfigSpec } from '../../../core/vim25/index.ts';
import { contentOf } from '../datastore/content.ts';
import { stat, writeFile } from '../datastore/files.ts';
import { registerVirtualMachine } from './register.ts';
import { hardwareSpec, World } from './machines.testing.ts';

type Ref = ManagedObjectReference;
const reconfigure = (world: World, vm: Ref, spec: VirtualMachineConfigSpec) => world.call('VirtualMachine', vm, 'ReconfigVM_Task', { spec });
const options = (...pairs: [string, string][]): OptionValue[] => pairs.map(([key, value]) => ({ key, value }));
const power = (world: World, vm: Ref, method: 'PowerOnVM_Task' | 'PowerOffVM_Task' | 'SuspendVM_Task' | 'ResetVM_Task' | 'ShutdownGuest' | 'RebootGuest' | 'StandbyGuest') =>
  world.call('VirtualMachine', vm, method, {});
const exists = (world: World, path: string) => world.write((tx) => stat(tx, world.datastore, path)) !== undefined;

describe('ReconfigVM_Task', () => {
  it('merges extraConfig by key: "" deletes, <nil> is a value', () => {
    const world = new World();
    const vm = world.createVm('a', { extraConfig: options(['guestinfo.a', '1'], ['guestinfo.b', '2']) });
    reconfigure(world, vm, { extraConfig: options(['guestinfo.a', ''], ['guestinfo.b', '<nil>'], ['guestinfo.c', '3']) });
    const found = world.get<OptionValue[]>(vm, 'config.extraConfig').map(({ key, value }) => [key, value]);
    assert.deepEqual(found, [['guestinfo.b', '<nil>'], ['guestinfo.c', '3']]);
  });

  it('leaves the place of the .vmx alone', () => {
    const world = new World();
    const vm = world.createVm('a');
    reconfigure(world, vm, { files: { vmPathName: '[ds1]' }, annotation: 'hello' });
    assert.equal(world.get(vm, 'config.files.vmPathName'), '[ds1] a/a.vmx');
    assert.equal(world.get(vm, 'summary.config.vmPathName'), '[ds1] a/a.vmx');
    assert.equal(world.get(vm, 'summary.config.annotation'), 'hello');
    assert.throws(() => reconfigure(world, vm, { files: { vmPathName: '[gone]' } }), (e) => isFault(e, 'InvalidDatastore'));
  });

  it('renames, and refuses the name of a sibling', () => {
    const world = new World();
    const [a] = [world.createVm('a'), world.createVm('b')];
    reconfigure(world, a, { name: 'c' });
    assert.deepEqual([world.get(a, 'name'), world.get(a, 'config.name'), world.get(a, 'summary.config.name')], ['c', 'c', 'c']);
    assert.throws(() => reconfigure(world, a, { name: 'b' }), (e) => isFault(e, 'DuplicateName'));
    world.write((tx) => tx.set(a, 'name', 'd'));
    assert.equal(world.get(a, 'summary.config.name'), 'd');
  });

  it('refuses an outdated changeVersion, and makes a new one each time', () => {
    const world = new World();
    const vm = world.createVm('a');
    const changeVersion = world.get<string>(vm, 'config.changeVersion');
    reconfigure(world, vm, { changeVersion, annotation: '1' });
    assert.notEqual(world.get(vm, 'config.changeVersion'), changeVersion);
    assert.throws(() => reconfigure(world, vm, { changeVersion, annotation: '2' }), (e) => isFault(e, 'ConcurrentAccess'));
  });

  it('changes CPUs and memory of a running machine only where hot-add allows it', () => {
    const world = new World();
    const vm = world.createVm('a', { memoryMB: 64, cpuHotAddEnabled: true });
    power(world, vm, 'PowerOnVM_Task');
    reconfigure(world, vm, { numCPUs: 2 });
    assert.equal(world.get(vm, 'summary.config.numCpu'), 2);
    for (const spec of [{ numCPUs: 1 }, { memoryMB: 128 }]) assert.throws(() => reconfigure(world, vm, spec), (e) => isFault(e, 'InvalidPowerState'));
  });

  it('adds, grows and removes disks with their files', () => {
    const world = new World();
    const vm = world.createVm('a', { deviceChange: hardwareSpec(world.network) });
    const disk = () => world.get<VirtualDevice[]>(vm, 'config.hardware.device').find((d) => d.key === 2000)!;
    reconfigure(world, vm, { deviceChange: [{ operation: 'edit', device: { ...disk(), capacityInKB: 2048 * 1024 } as VirtualDevice }] });
    assert.equal(disk().deviceInfo!.summary, '2,097,152 KB');
    assert.equal(world.write((tx) => stat(tx, world.datastore, 'a/a.vmdk'))!.disk!.capacityKb, 2048 * 1024);
    assert.throws(() => reconfigure(world, vm, { deviceChange: [{ operation: 'edit', device: { ...disk(), capacityInKB: 1024 } as VirtualDevice }] }), (e) => isFault(e, 'InvalidDeviceSpec'));
    reconfigure(world, vm, { deviceChange: [{ operation: 'remove', device: { _type: 'VirtualDisk', key: 2000 } as unknown as VirtualDevice }] });
    assert.ok(exists(world, 'a/a-flat.vmdk'));
    const again = { _type: 'VirtualDisk', key: -1, controllerKey: 1000, capacityInKB: 0, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: '[ds1] a/a.vmdk', diskMode: 'persistent' } } as unknown as VirtualDevice;
    reconfigure(world, vm, { deviceChange: [{ operation: 'add', device: again }] });
    assert.equal((disk() as VirtualDevice & { capacityInKB: number }).capacityInKB, 2048 * 1024);
    reconfigure(world, vm, { deviceChange: [{ operation: 'remove', fileOperation: 'destroy', device: disk() }] });
    assert.ok(!exists(world, 'a/a-flat.vmdk') && !exists(world, 'a/a.vmdk'));
  });

  it('drops an adapter from the network', () => {
    const world = new World();
    const vm = world.createVm('a', { deviceChange: hardwareSpec(world.network) });
    reconfigure(world, vm, { deviceChange: [{ operation: 'remove', device: { _type: 'VirtualVmxnet3', key: 4000 } as unknown as VirtualDevice }] });
    assert.deepEqual(world.get(vm, 'network'), []);
    assert.deepEqual(world.get(world.network, 'vm'), []);
  });

  it('sets properties with SET. keys, in the type of the property', () => {
    const world = new World();
    const vm = world.createVm('a', { extraConfig: options(['SET.guest.ipAddress', '10.0.0.7'], ['SET.guest.hostName', 'a.example']) });
    // Who sets it sees it, also on a machine that is off; what a guest says ends when it is powered off.
    assert.equal(world.get(vm, 'guest.ipAddress'), '10.0.0.7');
    power(world, vm, 'PowerOnVM_Task');
    assert.equal(world.get(vm, 'guest.ipAddress'), '10.0.0.7');
    power(world, vm, 'PowerOffVM_Task');
    assert.equal(world.get(vm, 'guest.ipAddress'), undefined);
    power(world, vm, 'PowerOnVM_Task');
    assert.equal(world.get(vm, 'summary.guest.ipAddress'), '10.0.0.7');
    assert.equal(world.get(vm, 'guestHeartbeatStatus'), 'green');
    reconfigure(world, vm, { extraConfig: options(['SET.summary.quickStats.overallCpuUsage', '1234'], ['SET.runtime.toolsInstallerMounted', 'true']) });
    assert.equal(world.get(vm, 'summary.quickStats.overallCpuUsage'), 1234);
    assert.equal(world.get(vm, 'summary.runtime.toolsInstallerMounted'), true);
    assert.deepEqual(world.get(vm, 'config.extraConfig'), []);
    // Derived copies keep what was set, whatever is derived later.
    reconfigure(world, vm, { extraConfig: options(['SET.summary.config.numCpu', '9'], ['SET.summary.overallStatus', 'yellow'], ['SET.guestHeartbeatStatus', 'red']) });
    reconfigure(world, vm, { annotation: 'later' });
    assert.deepEqual([world.get(vm, 'summary.config.numCpu'), world.get(vm, 'summary.config.annotation'), world.get(vm, 'config.hardware.numCPU')], [9, 'later', 1]);
    assert.deepEqual([world.get(vm, 'summary.overallStatus'), world.get(vm, 'overallStatus'), world.get(vm, 'guestHeartbeatStatus')], ['yellow', 'green', 'red']);
    for (const pair of [['SET.no.such', '1'], ['SET.summary.quickStats.overallCpuUsage', 'much']] as [string, string][]) {
      assert.throws(() => reconfigure(world, vm, { extraConfig: options(pair) }), (e) => isFault(e, 'InvalidArgument'));
    }
  });
});

describe('guest information', () => {
  it('tells the addresses of adapters from that of the guest, and keeps guestinfo as it is', () => {
    const world = new World();
    const vm = world.createVm('a', { deviceChange: hardwareSpec(world.network), extraConfig: options(['guestinfo.role', 'db']) });
    power(world, vm, 'PowerOnVM_Task');
    assert.equal(world.get(vm, 'guest.net'), undefined);
    reconfigure(world, vm, { extraConfig: options(['SET.guest.ipAddress', '10.0.0.7']) });
    const [nic] = world.get<{ network: string; ipAddress: string[]; deviceConfigId: number }[]>(vm, 'guest.net');
    assert.deepEqual([nic!.network, nic!.ipAddress, nic!.deviceConfigId], ['VM Network', ['10.0.0.7'], 4000]);
    assert.deepEqual([world.get(vm, 'guest.guestState'), world.get(vm, 'guest.toolsRunningStatus')], ['running', 'guestToolsRunning']);
    assert.deepEqual(world.get<{ key: string; value: string }[]>(vm, 'config.extraConfig').map(({ key, value }) => [key, value]), [['guestinfo.role', 'db']]);
    power(world, vm, 'PowerOffVM_Task');
    assert.deepEqual([world.get(vm, 'guest.net'), world.get(vm, 'guest.guestState')], [undefined, 'notRunning']);
  });
});

describe('power', () => {
  it('moves between its states and refuses every other move', () => {
    const world = new World();
    const vm = world.createVm('a', { deviceChange: hardwareSpec(world.network) });
    const refused = (method: Parameters<typeof power>[2], existingState: string) =>
      assert.throws(() => power(world, vm, method), (e) => isFault(e, 'InvalidPowerState') && (e.detail as unknown as { existingState: string }).existingState === existingState, method);
    refused('PowerOffVM_Task', 'poweredOff');
    refused('SuspendVM_Task', 'poweredOff');
    refused('ResetVM_Task', 'poweredOff');
    power(world, vm, 'PowerOnVM_Task');
    assert.equal(world.get(vm, 'summary.runtime.powerState'), 'poweredOn');
    assert.deepEqual(world.get(vm, 'runtime.bootTime'), world.clock.now());
    assert.ok(exists(world, 'a/a.vswp'));
    assert.equal(world.get<VirtualDevice[]>(vm, 'config.hardware.device').find((d) => d.key === 4000)!.connectable!.connected, true);
    refused('PowerOnVM_Task', 'poweredOn');
    power(world, vm, 'SuspendVM_Task');
    assert.ok(!exists(world, 'a/a.vswp') && exists(world, 'a/a.vmem'));
    power(world, vm, 'PowerOnVM_Task');
    world.clock.advance(1000);
    power(world, vm, 'ResetVM_Task');
    assert.deepEqual(world.get(vm, 'runtime.bootTime'), world.clock.now());
    power(world, vm, 'PowerOffVM_Task');
    assert.equal(world.get(vm, 'runtime.bootTime'), undefined);
    assert.equal(world.get(vm, 'guest.guestState'), 'notRunning');
    assert.ok(!exists(world, 'a/a.vswp') && !exists(world, 'a/a.vmem'));
  });

  it('asks the guest only where tools run', () => {
    const world = new World();
    const vm = world.createVm('a');
    assert.throws(() => power(world, vm, 'ShutdownGuest'), (e) => isFault(e, 'InvalidPowerState'));
    power(world, vm, 'PowerOnVM_Task');
    for (const method of ['ShutdownGuest', 'RebootGuest', 'StandbyGuest'] as const) assert.throws(() => power(world, vm, method), (e) => isFault(e, 'ToolsUnavailable'));
    reconfigure(world, vm, { extraConfig: options(['SET.guest.toolsStatus', 'toolsOk']) });
    power(world, vm, 'ShutdownGuest');
    assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOff');
    assert.equal(world.get(vm, 'guest.toolsStatus'), 'toolsNotRunning');
  });

  it('needs a host that is there', () => {
    const world = new World();
    const vm = world.createVm('a');
    // DRS would take another host of the cluster.
    world.write((tx) => { for (const host of tx.all('HostSystem')) tx.set(host, 'runtime.inMaintenanceMode', true); });
    assert.throws(() => power(world, vm, 'PowerOnVM_Task'), (e) => isFault(e, 'InvalidHostState'));
  });
});

describe('templates', () => {
  it('leave their pool, do not run, and come back', () => {
    const world = new World();
    const vm = world.createVm('a');
    world.call('VirtualMachine', vm, 'MarkAsTemplate', {});
    assert.deepEqual(world.get(world.pool, 'vm'), []);
    assert.equal(world.get(vm, 'summary.config.template'), true);
    assert.throws(() => power(world, vm, 'PowerOnVM_Task'), (e) => isFault(e, 'NotSupported'));
    reconfigure(world, vm, { annotation: 'golden' });
    assert.throws(() => reconfigure(world, vm, { numCPUs: 2 }), (e) => isFault(e, 'InvalidState'));
    world.call('VirtualMachine', vm, 'MarkAsVirtualMachine', { pool: world.pool });
    assert.deepEqual(world.get(world.pool, 'vm'), [vm]);
    power(world, vm, 'PowerOnVM_Task');
    assert.throws(() => world.call('VirtualMachine', vm, 'MarkAsTemplate', {}), (e) => isFault(e, 'InvalidPowerState'));
  });
});

describe('the end of a machine', () => {
  it('takes its files and its disks along, wherever they are, but no disk that another machine uses', () => {
    const world = new World();
    const outside = { operation: 'add', device: { _type: 'VirtualDisk', key: -9, controllerKey: -101, capacityInKB: 0, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: '[ds1] volumes/v1.vmdk', diskMode: 'independent_persistent' } } };
    world.write((tx) => {
      writeFile(world.sim, tx, world.datastore, 'volumes/v1.vmdk', { size: 1, disk: { capacityKb: 1024, thin: true, uuid: '6000C290-0000-0000-0000-000000000000' } }, { parents: true });
      writeFile(world.sim, tx, world.datastore, 'volumes/v1-flat.vmdk', { size: 1024 });
    });
    const free = world.get(world.datastore, 'summary.freeSpace') as number;
    const vm = world.createVm('a', { deviceChange: [...hardwareSpec(world.network), outside as never] });
    const other = world.createVm('b', { deviceChange: [...hardwareSpec(world.network), outside as never] });
    power(world, vm, 'PowerOnVM_Task');
    assert.throws(() => world.call('VirtualMachine', vm, 'Destroy_Task', {}), (e) => isFault(e, 'InvalidPowerState'));
    power(world, vm, 'PowerOffVM_Task');
    world.call('VirtualMachine', vm, 'Destroy_Task', {});
    assert.ok(!exists(world, 'a') && exists(world, 'volumes/v1.vmdk'), 'the other machine still has it');
    world.call('VirtualMachine', other, 'Destroy_Task', {});
    assert.ok(!exists(world, 'b') && !exists(world, 'volumes/v1.vmdk') && !exists(world, 'volumes/v1-flat.vmdk'));
    assert.ok(Number(world.get(world.datastore, 'summary.freeSpace')) > Number(free));
    for (const owner of [world.pool, world.datastore, world.network]) assert.deepEqual(world.get(owner, 'vm'), []);
  });

  it('leaves what somebody else put into its directory', () => {
    const world = new World();
    const vm = world.createVm('a');
    world.write((tx) => writeFile(world.sim, tx, world.datastore, 'a/appliance.iso', { size: 10 }));
    world.call('VirtualMachine', vm, 'Destroy_Task', {});
    assert.ok(exists(world, 'a/appliance.iso') && !exists(world, 'a/a.vmx'));
  });

  it('can be undone when it was only unregistered', () => {
    const world = new World();
    const vm = world.createVm('a "1"', {
      memoryMB: 512, numCPUs: 2, guestId: 'other3xLinux64Guest', annotation: 'two\nlines | "quoted"',
      deviceChange: hardwareSpec(world.network), extraConfig: options(['guestinfo..init.name', 'x']),
    });
    const config = (ref: Ref) => {
      const c = world.store.get(ref)!.props['config'] as Record<string, unknown> & { hardware: { memoryMB: number; numCPU: number; device: VirtualDevice[] } };
      return {
        ...Object.fromEntries(['name', 'uuid', 'instanceUuid', 'guestId', 'version', 'annotation'].map((key) => [key, c[key]])),
        memory: c.hardware.memoryMB, cpus: c.hardware.numCPU, labels: c.hardware.device.map((d) => d.deviceInfo!.label),
        mac: (c.hardware.device.find((d) => d.key === 4000) as unknown as { macAddress: string }).macAddress, extra: (c['extraConfig'] as OptionValue[]).map(({ key, value }) => `${key}=${String(value)}`),
      };
    };
    const before = config(vm);
    const path = world.get<string>(vm, 'config.files.vmPathName');
    assert.throws(() => world.write((tx) => registerVirtualMachine(world.sim, tx, { path, pool: world.pool, folder: world.folder, name: 'b' })), (e) => isFault(e, 'AlreadyExists'));
    world.call('VirtualMachine', vm, 'UnregisterVM', {});
    const again = world.write((tx) => registerVirtualMachine(world.sim, tx, { path, pool: world.pool, folder: world.folder }));
    assert.notEqual(again.value, vm.value);
    assert.deepEqual(config(again), before);
    assert.throws(() => world.write((tx) => registerVirtualMachine(world.sim, tx, { path: '[ds1] x/x.vmx', pool: world.pool })), (e) => isFault(e, 'FileNotFound'));
  });

  it('keeps a .vmx that people can read and that follows the configuration', () => {
    const world = new World();
    const vm = world.createVm('a', { deviceChange: hardwareSpec(world.network) });
    const text = () => world.write((tx) => String(contentOf(tx, 'a.vmx', stat(tx, world.datastore, 'a/a.vmx')!)));
    for (const line of ['displayName = "a"', 'scsi0:0.fileName = "a.vmdk"', 'ethernet0.networkName = "VM Network"', 'scsi0.virtualDev = "pvscsi"']) assert.ok(text().includes(line), line);
    reconfigure(world, vm, { memoryMB: 128 });
    assert.ok(text().includes('memSize = "128"'));
  });
});
