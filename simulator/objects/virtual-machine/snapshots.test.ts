// Snapshots: what is taken comes back, and trees and files stay whole whatever is done to them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFault, type ManagedObjectReference, type VirtualDisk, type VirtualMachineConfigInfo, type VirtualMachineSnapshotInfo, type VirtualMachineSnapshotTree } from '../../../core/vim25/index.ts';
import { list, stat } from '../datastore/files.ts';
import { chainOf, linkPlace } from './disk-chains.ts';
import { hardwareSpec, World } from './machines.testing.ts';

type Ref = ManagedObjectReference;

const names = (world: World, directory = 'web'): string[] => world.write((tx) => list(tx, world.datastore, directory).map((entry) => entry.name));
const config = (world: World, ref: Ref): VirtualMachineConfigInfo => world.get(ref, 'config');
const disk = (world: World, ref: Ref): VirtualDisk => config(world, ref).hardware.device!.find((device) => (device as { _type?: string })._type === 'VirtualDisk') as VirtualDisk;
const fileOf = (world: World, ref: Ref): string => (disk(world, ref).backing as { fileName: string }).fileName;
const info = (world: World, vm: Ref): VirtualMachineSnapshotInfo | undefined => world.get(vm, 'snapshot');

function machine(): { world: World; vm: Ref } {
  const world = new World();
  return { world, vm: world.createVm('web', { deviceChange: hardwareSpec(world.network), memoryMB: 64 }) };
}
const take = (world: World, vm: Ref, name: string, memory = false): Ref =>
  world.call('VirtualMachine', vm, 'CreateSnapshot_Task', { name, memory, quiesce: false }) as Ref;
const power = (world: World, vm: Ref, on: boolean) => world.call('VirtualMachine', vm, on ? 'PowerOnVM_Task' : 'PowerOffVM_Task', {});
const remove = (world: World, snapshot: Ref, removeChildren: boolean, consolidate?: boolean) =>
  world.call('VirtualMachineSnapshot', snapshot, 'RemoveSnapshot_Task', { removeChildren, consolidate });
const revert = (world: World, snapshot: Ref, suppressPowerOn?: boolean) => world.call('VirtualMachineSnapshot', snapshot, 'RevertToSnapshot_Task', { suppressPowerOn });

test('a snapshot freezes the disk: the machine writes to a delta on top of it', () => {
  const { world, vm } = machine();
  const snapshot = take(world, vm, 'before');
  assert.equal(fileOf(world, snapshot), '[ds1] web/web.vmdk');
  assert.equal(fileOf(world, vm), '[ds1] web/web-000001.vmdk');
  const backing = disk(world, vm).backing as { parent: { fileName: string; parent?: object }; deltaDiskFormat: string };
  assert.equal(backing.parent.fileName, '[ds1] web/web.vmdk');
  assert.equal(backing.deltaDiskFormat, 'redoLogFormat');
  for (const file of ['web-000001.vmdk', 'web-000001-delta.vmdk', 'web-Snapshot1.vmsn', 'web.vmsd']) assert.ok(names(world).includes(file), file);
  const layout = world.get<{ disk: { chain: object[] }[]; snapshot: { key: Ref; dataKey: number; memoryKey: number }[]; file: { key: number; name: string }[] }>(vm, 'layoutEx');
  assert.equal(layout.disk[0]!.chain.length, 2);
  assert.equal(layout.snapshot[0]!.key.value, snapshot.value);
  assert.equal(layout.file[layout.snapshot[0]!.dataKey]!.name, '[ds1] web/web-Snapshot1.vmsn');
  assert.equal(layout.snapshot[0]!.memoryKey, -1);
});

test('the tree has name, description and state; children hang below the current snapshot', () => {
  const { world, vm } = machine();
  const first = take(world, vm, 'one');
  const second = world.call('VirtualMachine', vm, 'CreateSnapshotEx_Task', { name: 'two', description: 'why', memory: false }) as Ref;
  const { currentSnapshot, rootSnapshotList } = info(world, vm)!;
  assert.equal(currentSnapshot!.value, second.value);
  assert.equal(rootSnapshotList.length, 1);
  const child = rootSnapshotList[0]!.childSnapshotList![0]!;
  assert.deepEqual([child.name, child.description, child.id, child.state, child.quiesced], ['two', 'why', 2, 'poweredOff', false]);
  assert.deepEqual(world.get<Ref[]>(vm, 'rootSnapshot').map((ref) => ref.value), [first.value]);
  assert.deepEqual(world.get<Ref[]>(first, 'childSnapshot').map((ref) => ref.value), [second.value]);
  world.call('VirtualMachineSnapshot', second, 'RenameSnapshot', { name: 'zwei', description: 'darum' });
  const renamed = info(world, vm)!.rootSnapshotList[0]!.childSnapshotList![0]!;
  assert.deepEqual([renamed.name, renamed.description], ['zwei', 'darum']);
  assert.throws(() => world.call('VirtualMachineSnapshot', second, 'RenameSnapshot', { name: ' ' }), (e) => isFault(e, 'InvalidName'));
});

test('going back restores configuration, devices, extraConfig and the old disk', () => {
  const { world, vm } = machine();
  const snapshot = take(world, vm, 'before');
  world.call('VirtualMachine', vm, 'ReconfigVM_Task', { spec: {
    numCPUs: 4, annotation: 'later', extraConfig: [{ _type: 'OptionValue', key: 'guestinfo.x', value: '1' }] as never,
    deviceChange: [{ operation: 'add', fileOperation: 'create', device: { _type: 'VirtualDisk', key: -1, controllerKey: 1000, unitNumber: 1, capacityInKB: 1024 } }] as never,
  } });
  const uuid = config(world, vm).uuid;
  revert(world, snapshot);
  const restored = config(world, vm);
  assert.deepEqual([restored.hardware.numCPU, restored.annotation, restored.uuid], [1, undefined, uuid]);
  assert.equal(restored.extraConfig!.some((option) => option.key === 'guestinfo.x'), false);
  assert.equal(restored.hardware.device!.filter((device) => (device as { _type?: string })._type === 'VirtualDisk').length, 1);
  assert.equal(world.get(vm, 'summary.config.numCpu'), 1);
  // The delta that was written to is gone, and a new one stands on the old base.
  assert.equal((disk(world, vm).backing as { parent: { fileName: string } }).parent.fileName, '[ds1] web/web.vmdk');
  assert.equal(names(world).filter((name) => name.endsWith('-delta.vmdk')).length, 1);
});

test('the power state comes back as it was saved', () => {
  const { world, vm } = machine();
  power(world, vm, true);
  const cold = take(world, vm, 'cold');
  const hot = take(world, vm, 'hot', true);
  assert.deepEqual([info(world, vm)!.rootSnapshotList[0]!.state, info(world, vm)!.rootSnapshotList[0]!.childSnapshotList![0]!.state], ['poweredOff', 'poweredOn']);
  assert.ok(names(world).includes('web-Snapshot2.vmem'));
  revert(world, cold);
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOff');
  assert.ok(!names(world).includes('web.vswp'));
  revert(world, hot, true);
  assert.equal(world.get(vm, 'runtime.powerState'), 'suspended');
  revert(world, hot);
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
  assert.equal(info(world, vm)!.currentSnapshot!.value, hot.value);
  assert.ok(names(world).includes('web.vswp'));
});

test('what cannot be snapshot is refused', () => {
  const { world, vm } = machine();
  assert.throws(() => take(world, vm, ''), (e) => isFault(e, 'InvalidName'));
  assert.throws(() => world.call('VirtualMachine', vm, 'RevertToCurrentSnapshot_Task', {}), (e) => isFault(e, 'NotFound'));
  for (let n = 0; n < 32; n++) take(world, vm, `s${n}`);
  assert.throws(() => take(world, vm, 'too deep'), (e) => isFault(e, 'TooManySnapshotLevels'));
  world.call('VirtualMachine', vm, 'RemoveAllSnapshots_Task', {});
  const key = disk(world, vm).key;
  world.call('VirtualMachine', vm, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation: 'edit', device: { ...disk(world, vm), backing: { ...disk(world, vm).backing, diskMode: 'independent_persistent' } } }] as never } });
  power(world, vm, true);
  assert.throws(() => take(world, vm, 'memory', true), (e) => isFault(e, 'MemorySnapshotOnIndependentDisk'));
  take(world, vm, 'disks');
  assert.equal(disk(world, vm).key, key);
  assert.equal(fileOf(world, vm), '[ds1] web/web.vmdk', 'an independent disk gets no delta');
  power(world, vm, false);
  world.call('VirtualMachine', vm, 'RemoveAllSnapshots_Task', {});
  world.call('VirtualMachine', vm, 'MarkAsTemplate', {});
  assert.throws(() => take(world, vm, 'template'), (e) => isFault(e, 'InvalidState'));
});

test('a disk with snapshots cannot grow, and destroying it keeps what the snapshot needs', () => {
  const { world, vm } = machine();
  const snapshot = take(world, vm, 'before');
  const edit = (device: object, operation: string, fileOperation?: string) =>
    world.call('VirtualMachine', vm, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation, fileOperation, device }] as never } });
  assert.throws(() => edit({ ...disk(world, vm), capacityInKB: 4 * 1024 * 1024, capacityInBytes: undefined }, 'edit'), (e) => isFault(e, 'InvalidDeviceOperation'));
  edit(disk(world, vm), 'remove', 'destroy');
  assert.ok(names(world).includes('web.vmdk'));
  assert.ok(!names(world).includes('web-000001.vmdk'));
  revert(world, snapshot);
  assert.equal(chainOf(disk(world, vm)).length, 2);
});

test('removing without consolidation says so, and ConsolidateVMDisks does it', () => {
  const { world, vm } = machine();
  const snapshot = take(world, vm, 'before');
  remove(world, snapshot, false, false);
  assert.equal(info(world, vm), undefined);
  assert.equal(world.get(vm, 'runtime.consolidationNeeded'), true);
  assert.equal(fileOf(world, vm), '[ds1] web/web-000001.vmdk');
  world.call('VirtualMachine', vm, 'ConsolidateVMDisks_Task', {});
  assert.equal(world.get(vm, 'runtime.consolidationNeeded'), false);
  assert.equal(fileOf(world, vm), '[ds1] web/web.vmdk');
  assert.equal((disk(world, vm).backing as { parent?: object }).parent, undefined);
  assert.deepEqual(names(world).filter((name) => name.includes('-0000')), []);
});

test('destroying a machine with snapshots leaves nothing behind; unregistering and registering finds the chain again', () => {
  const { world, vm } = machine();
  const snapshot = take(world, vm, 'before');
  world.call('VirtualMachine', vm, 'UnregisterVM', {});
  assert.equal(world.store.get(snapshot), undefined);
  const again = world.createVm('again', { files: { vmPathName: '[ds1] again/again.vmx' }, deviceChange: [
    { operation: 'add', device: { _type: 'ParaVirtualSCSIController', key: -1, busNumber: 0, sharedBus: 'noSharing' } },
    { operation: 'add', device: { _type: 'VirtualDisk', key: -2, controllerKey: -1, unitNumber: 0, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', diskMode: 'persistent', fileName: '[ds1] web/web-000001.vmdk' } } },
  ] as never });
  assert.deepEqual(chainOf(disk(world, again)).map((link) => link.fileName), ['[ds1] web/web-000001.vmdk', '[ds1] web/web.vmdk']);
  const { world: other, vm: second } = machine();
  take(other, second, 'a');
  take(other, second, 'b');
  other.call('VirtualMachine', second, 'Destroy_Task', {});
  assert.equal(other.write((tx) => stat(tx, other.datastore, 'web')), undefined);
});

test('a renamed datastore renames the files of snapshots', () => {
  const { world, vm } = machine();
  const snapshot = take(world, vm, 'before');
  world.write((tx) => tx.set(world.datastore, 'name', 'fast'));
  assert.equal(fileOf(world, snapshot), '[fast] web/web.vmdk');
  assert.deepEqual(chainOf(disk(world, vm)).map((link) => link.fileName), ['[fast] web/web-000001.vmdk', '[fast] web/web.vmdk']);
});

type Step = { kind: 'take' | 'remove' | 'revert' | 'consolidate'; pick: number; children: boolean; merge: boolean; memory: boolean };
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('take', 'take', 'take', 'remove', 'remove', 'revert', 'consolidate'), pick: fc.nat(20), children: fc.boolean(), merge: fc.boolean(), memory: fc.boolean(),
});

test('whatever is taken, removed and gone back to: a tree, its current snapshot in it, every file of the chains there and no other', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 25 }), fc.boolean(), (steps, on) => {
    const { world, vm } = machine();
    if (on) power(world, vm, true);
    let taken = 0;
    for (const { kind, pick, children, merge, memory } of steps) {
      const all = flat(info(world, vm)?.rootSnapshotList ?? []);
      const chosen = all[pick % Math.max(1, all.length)];
      if (kind === 'take') take(world, vm, `s${taken++}`, memory);
      else if (kind === 'consolidate') world.call('VirtualMachine', vm, 'ConsolidateVMDisks_Task', {});
      else if (chosen && kind === 'remove') remove(world, chosen.snapshot, children, merge);
      else if (chosen) revert(world, chosen.snapshot);
      check(world, vm);
    }
    world.call('VirtualMachine', vm, 'RemoveAllSnapshots_Task', {});
    world.call('VirtualMachine', vm, 'ConsolidateVMDisks_Task', {});
    check(world, vm);
    assert.equal(chainOf(disk(world, vm)).length, 1);
    assert.equal(fileOf(world, vm), '[ds1] web/web.vmdk');
  }), { numRuns: 60 });
});

const flat = (trees: readonly VirtualMachineSnapshotTree[]): VirtualMachineSnapshotTree[] => trees.flatMap((tree) => [tree, ...flat(tree.childSnapshotList ?? [])]);

function check(world: World, vm: Ref): void {
  const snapshot = info(world, vm);
  const nodes = flat(snapshot?.rootSnapshotList ?? []);
  const ids = nodes.map((node) => node.snapshot.value);
  assert.equal(new Set(ids).size, ids.length, 'a node hangs twice');
  const stored = world.write((tx) => [...tx.all('VirtualMachineSnapshot')].map((ref) => ref.value));
  assert.deepEqual([...ids].sort(), [...stored].sort(), 'the tree has every snapshot');
  if (nodes.length > 0) {
    if (snapshot!.currentSnapshot) assert.ok(ids.includes(snapshot!.currentSnapshot.value));
  } else assert.equal(snapshot, undefined);
  const wanted = new Set<string>();
  for (const ref of [vm, ...nodes.map((node) => node.snapshot)]) for (const device of config(world, ref).hardware.device!) {
    for (const link of chainOf(device)) {
      const place = linkPlace(link)!;
      const entry = world.write((tx) => stat(tx, place.datastore, place.path));
      assert.ok(entry, `${link.fileName} is missing`);
      // Two ways to the parent: what the configuration says, and what the descriptor says.
      assert.equal(entry.disk!.parent, link.parent?.fileName.replace('[ds1] web/', ''));
      wanted.add(place.path.replace('web/', ''));
    }
  }
  const present = names(world).filter((name) => name.endsWith('.vmdk') && !/-(flat|delta)\.vmdk$/.test(name));
  assert.deepEqual(present.sort(), [...wanted].sort(), 'descriptors');
  assert.equal(names(world).filter((name) => /-(flat|delta)\.vmdk$/.test(name)).length, wanted.size, 'extents');
  assert.deepEqual(names(world).filter((name) => name.endsWith('.vmsn')).sort(), nodes.map((node) => `web-Snapshot${node.id}.vmsn`).sort());
}
