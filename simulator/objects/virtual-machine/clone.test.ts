// Clones: copies that stand on their own, linked ones that share, templates, customization.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, type ManagedObjectReference, type VirtualDisk, type VirtualMachineCloneSpec, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { createDatastore } from '../datastore-create.ts';
import { list, stat, writeFile } from '../datastore/files.ts';
import { chainOf } from './disk-chains.ts';
import { hardwareSpec, World } from './machines.testing.ts';

type Ref = ManagedObjectReference;
const config = (world: World, ref: Ref): VirtualMachineConfigInfo => world.get(ref, 'config');
const ofType = (world: World, ref: Ref, type: RegExp) => config(world, ref).hardware.device!.filter((device) => type.test((device as { _type?: string })._type ?? ''));
const disk = (world: World, ref: Ref): VirtualDisk => ofType(world, ref, /^VirtualDisk$/)[0] as VirtualDisk;

function machine(): { world: World; vm: Ref } {
  const world = new World();
  return { world, vm: world.createVm('web', { deviceChange: hardwareSpec(world.network), numCPUs: 2, annotation: 'the original' }) };
}
const clone = (world: World, vm: Ref, name: string, spec: Partial<VirtualMachineCloneSpec> = {}): Ref =>
  world.call('VirtualMachine', vm, 'CloneVM_Task', { folder: world.folder, name, spec: { location: {}, powerOn: false, template: false, ...spec } }) as Ref;
const names = (world: World, directory: string, ds = world.datastore): string[] => world.write((tx) => list(tx, ds, directory).map((entry) => entry.name));

test('a clone has the configuration, and identity, files and addresses of its own', () => {
  const { world, vm } = machine();
  world.write((tx) => writeFile(world.sim, tx, world.datastore, 'web/web-flat.vmdk', { content: 'boot sector' }));
  const copy = clone(world, vm, 'copy');
  const [a, b] = [config(world, vm), config(world, copy)];
  assert.deepEqual([b.name, b.hardware.numCPU, b.annotation, b.files.vmPathName], ['copy', 2, 'the original', '[ds1] copy/copy.vmx']);
  assert.notEqual(b.uuid, a.uuid);
  assert.notEqual(b.instanceUuid, a.instanceUuid);
  const mac = (ref: Ref) => (ofType(world, ref, /Vmxnet3/)[0] as { macAddress?: string }).macAddress;
  assert.notEqual(mac(copy), mac(vm));
  assert.equal((disk(world, copy).backing as { fileName: string }).fileName, '[ds1] copy/copy.vmdk');
  assert.equal(world.write((tx) => stat(tx, world.datastore, 'copy/copy-flat.vmdk'))!.content, 'boot sector');
  assert.deepEqual(names(world, 'copy').filter((name) => name.endsWith('.vmdk')), ['copy-flat.vmdk', 'copy.vmdk']);
  assert.equal(world.get<Ref>(copy, 'resourcePool').value, world.pool.value);
  assert.ok(world.get<Ref[]>(world.folder, 'childEntity').some((ref) => ref.value === copy.value));
  assert.throws(() => clone(world, vm, 'copy'), (e) => isFault(e, 'DuplicateName'));
});

test('a clone goes where it is told, with the changes it is told, and runs when it is told', () => {
  const { world, vm } = machine();
  const ds2 = world.write((tx) => createDatastore(world.sim, tx, { name: 'ds2', datacenter: world.datacenter, hosts: world.hosts, capacity: 1e12, type: 'VMFS' }));
  const copy = clone(world, vm, 'copy', {
    location: { datastore: ds2, host: world.hosts[1]!, pool: world.pool }, powerOn: true,
    config: { numCPUs: 8, annotation: 'changed', extraConfig: [{ _type: 'OptionValue', key: 'guestinfo.a', value: 'b' }] as never },
  });
  assert.deepEqual([config(world, copy).hardware.numCPU, config(world, copy).annotation, config(world, copy).files.vmPathName], [8, 'changed', '[ds2] copy/copy.vmx']);
  assert.equal(world.get(copy, 'runtime.powerState'), 'poweredOn');
  assert.equal(world.get<Ref>(copy, 'runtime.host').value, world.hosts[1]!.value);
  assert.deepEqual(world.get<Ref[]>(copy, 'datastore').map((ref) => ref.value), [ds2.value]);
  assert.ok(config(world, copy).extraConfig!.some((option) => option.key === 'guestinfo.a'));
  assert.equal(config(world, vm).annotation, 'the original');
});

test('disks can go to datastores of their own, thick to thin', () => {
  const { world, vm } = machine();
  const ds2 = world.write((tx) => createDatastore(world.sim, tx, { name: 'ds2', datacenter: world.datacenter, hosts: world.hosts, capacity: 1e12, type: 'VMFS' }));
  const copy = clone(world, vm, 'copy', { location: { disk: [{ diskId: disk(world, vm).key, datastore: ds2, diskBackingInfo: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: '', diskMode: 'persistent', thinProvisioned: false } as never }] } });
  const backing = disk(world, copy).backing as { fileName: string; thinProvisioned: boolean };
  assert.deepEqual([backing.fileName, backing.thinProvisioned], ['[ds2] copy/copy.vmdk', false]);
  assert.equal(world.write((tx) => stat(tx, ds2, 'copy/copy-flat.vmdk'))!.size, 1024 ** 3);
});

test('a linked clone shares the base of a snapshot, and the base outlives the source', () => {
  const { world, vm } = machine();
  assert.throws(() => clone(world, vm, 'linked', { location: { diskMoveType: 'createNewChildDiskBacking' } }), (e) => isFault(e, 'InvalidArgument'));
  const snapshot = world.call('VirtualMachine', vm, 'CreateSnapshot_Task', { name: 'base', memory: false, quiesce: false }) as Ref;
  world.call('VirtualMachine', vm, 'ReconfigVM_Task', { spec: { numCPUs: 4 } });
  const linked = clone(world, vm, 'linked', { snapshot, location: { diskMoveType: 'createNewChildDiskBacking' } });
  assert.deepEqual(chainOf(disk(world, linked)).map((link) => link.fileName), ['[ds1] linked/linked-000001.vmdk', '[ds1] web/web.vmdk']);
  assert.equal(config(world, linked).hardware.numCPU, 2, 'the configuration is that of the snapshot');
  // Consolidation must not write into what the clone reads.
  world.call('VirtualMachine', vm, 'RemoveAllSnapshots_Task', {});
  assert.equal(chainOf(disk(world, vm)).length, 2);
  world.call('VirtualMachine', vm, 'Destroy_Task', {});
  assert.ok(names(world, 'web').includes('web.vmdk'));
  assert.ok(!names(world, 'web').includes('web-000001.vmdk'));
  world.call('VirtualMachine', linked, 'PromoteDisks_Task', { unlink: true });
  assert.deepEqual(chainOf(disk(world, linked)).map((link) => link.fileName), ['[ds1] linked/linked.vmdk']);
  assert.deepEqual(names(world, 'linked').filter((name) => name.endsWith('.vmdk')), ['linked-flat.vmdk', 'linked.vmdk']);
});

test('a linked clone that goes leaves every file of its source, deltas too', () => {
  const { world, vm } = machine();
  const take = (name: string) => world.call('VirtualMachine', vm, 'CreateSnapshot_Task', { name, memory: false, quiesce: false }) as Ref;
  take('one');
  const linked = clone(world, vm, 'linked', { snapshot: take('two'), location: { diskMoveType: 'createNewChildDiskBacking' } });
  const before = names(world, 'web');
  assert.equal(chainOf(disk(world, linked)).length, 3);
  world.call('VirtualMachine', linked, 'Destroy_Task', {});
  assert.deepEqual(names(world, 'web'), before);
  assert.equal(world.write((tx) => stat(tx, world.datastore, 'linked')), undefined);
  // A disk of another machine in the same directory, under a name of its own, counts as well.
  const third = world.createVm('third', { files: { vmPathName: '[ds1] web/third.vmx' }, deviceChange: [
    { operation: 'add', device: { _type: 'ParaVirtualSCSIController', key: -1, busNumber: 0, sharedBus: 'noSharing' } },
    { operation: 'add', device: { _type: 'VirtualDisk', key: -2, controllerKey: -1, unitNumber: 0, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', diskMode: 'persistent', fileName: '[ds1] web/web-000001.vmdk' } } },
  ] as never });
  world.call('VirtualMachine', vm, 'RemoveAllSnapshots_Task', {});
  assert.ok(names(world, 'web').includes('web-000001.vmdk'));
  world.call('VirtualMachine', vm, 'Destroy_Task', {});
  assert.ok(names(world, 'web').includes('web-000001.vmdk'));
  assert.equal(chainOf(disk(world, third)).length, 2);
  assert.ok(names(world, 'web').includes('web.vmdk'));
});

test('a clone of a machine with snapshots is one disk', () => {
  const { world, vm } = machine();
  world.call('VirtualMachine', vm, 'CreateSnapshot_Task', { name: 's', memory: false, quiesce: false });
  const copy = clone(world, vm, 'copy');
  assert.equal(chainOf(disk(world, copy)).length, 1);
  assert.equal(world.get(copy, 'snapshot'), undefined);
});

test('templates: a clone can become one, and a machine from one needs a pool', () => {
  const { world, vm } = machine();
  const template = clone(world, vm, 'gold', { template: true });
  assert.equal(config(world, template).template, true);
  assert.equal(world.get(template, 'resourcePool'), undefined);
  assert.throws(() => world.call('VirtualMachine', template, 'PowerOnVM_Task', {}), (e) => isFault(e, 'NotSupported'));
  assert.throws(() => clone(world, template, 'one'), (e) => isFault(e, 'InvalidArgument') && (e.detail as { invalidProperty?: string }).invalidProperty === 'spec.location.pool');
  const one = clone(world, template, 'one', { location: { pool: world.pool }, powerOn: true });
  assert.equal(config(world, one).template, false);
  assert.equal(world.get(one, 'runtime.powerState'), 'poweredOn');
  assert.throws(() => clone(world, vm, 'x', { template: true, powerOn: true }), (e) => isFault(e, 'InvalidArgument'));
  world.call('VirtualMachine', template, 'ReconfigVM_Task', { spec: { annotation: 'packer was here' } });
  assert.equal(config(world, template).annotation, 'packer was here');
});

test('customization gives the guest its name and address at the first boot', () => {
  const { world, vm } = machine();
  const adapter = { ip: { _type: 'CustomizationFixedIp', ipAddress: '10.0.0.7' }, subnetMask: '255.255.255.0', gateway: ['10.0.0.1'] };
  const spec = {
    identity: { _type: 'CustomizationLinuxPrep', hostName: { _type: 'CustomizationFixedName', name: 'app1' }, domain: 'example.org' },
    globalIPSettings: { dnsServerList: ['10.0.0.2'] }, nicSettingMap: [{ adapter }],
  } as never;
  const copy = clone(world, vm, 'app', { customization: spec });
  assert.equal(world.get(copy, 'guest.hostName'), undefined);
  assert.throws(() => world.call('VirtualMachine', copy, 'CustomizeVM_Task', { spec }), (e) => isFault(e, 'CustomizationPending'));
  world.call('VirtualMachine', copy, 'PowerOnVM_Task', {});
  assert.deepEqual([world.get(copy, 'guest.hostName'), world.get(copy, 'guest.ipAddress'), world.get(copy, 'summary.guest.ipAddress')], ['app1.example.org', '10.0.0.7', '10.0.0.7']);
  const net = world.get<{ ipAddress: string[]; macAddress: string; ipConfig: { ipAddress: { prefixLength: number }[] } }[]>(copy, 'guest.net');
  assert.deepEqual([net[0]!.ipAddress, net[0]!.ipConfig.ipAddress[0]!.prefixLength], [['10.0.0.7'], 24]);
  assert.equal(net[0]!.macAddress, (ofType(world, copy, /Vmxnet3/)[0] as { macAddress?: string }).macAddress);
  assert.equal(world.get(copy, 'guest.toolsRunningStatus'), 'guestToolsRunning');
  // The spec is used up: the machine can be customized anew.
  world.call('VirtualMachine', copy, 'PowerOffVM_Task', {});
  world.call('VirtualMachine', copy, 'CustomizeVM_Task', { spec });
  assert.throws(() => clone(world, vm, 'bad', { customization: { ...(spec as object), nicSettingMap: [] } as never }), (e) => isFault(e, 'NicSettingMismatch'));
  assert.throws(() => clone(world, vm, 'bad', { customization: { ...(spec as object), nicSettingMap: [{ adapter: { ...adapter, subnetMask: undefined } }] } as never }), (e) => isFault(e, 'InvalidArgument'));
  assert.equal(world.write((tx) => stat(tx, world.datastore, 'bad')), undefined, 'a failed clone leaves no files');
});

test('bad places are refused', () => {
  const { world, vm } = machine();
  const lonely = world.write((tx) => createDatastore(world.sim, tx, { name: 'lonely', datacenter: world.datacenter, hosts: [world.hosts[0]!], capacity: 1e12, type: 'VMFS' }));
  assert.throws(() => clone(world, vm, 'a', { location: { datastore: lonely, host: world.hosts[1]!, pool: world.pool } }), (e) => isFault(e, 'InvalidDatastore'));
  assert.throws(() => clone(world, vm, 'a', { location: { datastore: { type: 'Datastore', value: 'datastore-x' } } }), (e) => isFault(e, 'ManagedObjectNotFound'));
  assert.throws(() => clone(world, vm, 'a', { location: { diskMoveType: 'teleport' } }), (e) => isFault(e, 'InvalidArgument'));
  const other = world.createVm('other');
  const foreign = world.call('VirtualMachine', other, 'CreateSnapshot_Task', { name: 's', memory: false, quiesce: false }) as Ref;
  assert.throws(() => clone(world, vm, 'a', { snapshot: foreign }), (e) => isFault(e, 'InvalidArgument'));
});
