// Relocation: files and back-references follow, whatever is moved where.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFault, isSubtype, type ManagedObjectReference, type VirtualDisk, type VirtualMachineConfigInfo, type VirtualMachineRelocateSpec } from '../../../core/vim25/index.ts';
import { addHost, createCluster, createPool } from '../compute-create.ts';
import { createDatastore } from '../datastore-create.ts';
import { list, stat } from '../datastore/files.ts';
import { createNetwork } from '../network-create.ts';
import { chainOf, devicesOf, linkPlace, statesOf } from './disk-chains.ts';
import { hardwareSpec, World } from './machines.testing.ts';

type Ref = ManagedObjectReference;
const config = (world: World, ref: Ref): VirtualMachineConfigInfo => world.get(ref, 'config');
const disk = (world: World, ref: Ref): VirtualDisk => config(world, ref).hardware.device!.find((device) => (device as { _type?: string })._type === 'VirtualDisk') as VirtualDisk;
const ids = (refs: readonly Ref[] | undefined): string[] => (refs ?? []).map((ref) => ref.value).sort();

interface Lab { world: World; vm: Ref; ds2: Ref; lonely: Ref; other: { cluster: Ref; host: Ref; pool: Ref } }

function lab(): Lab {
  const world = new World();
  const other = world.write((tx) => {
    const hostFolder = tx.props<'Datacenter'>(world.datacenter).hostFolder!;
    const cluster = createCluster(world.sim, tx, hostFolder, 'C1');
    return { cluster, host: addHost(world.sim, tx, cluster, 'H9') };
  });
  const pool = world.get<Ref>(other.cluster, 'resourcePool');
  const make = (name: string, hosts: readonly Ref[]) => world.write((tx) => createDatastore(world.sim, tx, { name, datacenter: world.datacenter, hosts, capacity: 1e12, type: 'VMFS' }));
  const ds2 = make('ds2', [...world.hosts, other.host]);
  const lonely = make('lonely', [world.hosts[0]!]);
  return { world, ds2, lonely, other: { ...other, pool }, vm: world.createVm('web', { deviceChange: hardwareSpec(world.network), host: undefined } as never) };
}
const relocate = ({ world, vm }: Lab, spec: VirtualMachineRelocateSpec) => world.call('VirtualMachine', vm, 'RelocateVM_Task', { spec });
const names = (world: World, ds: Ref, directory: string): string[] => world.write((tx) => list(tx, ds, directory).map((entry) => entry.name));

test('another host of the cluster: the machine runs there, and both hosts know', () => {
  const l = lab();
  const { world, vm } = l;
  const from = world.get<Ref>(vm, 'runtime.host');
  const to = world.hosts.find((host) => host.value !== from.value)!;
  world.call('VirtualMachine', vm, 'PowerOnVM_Task', {});
  world.call('VirtualMachine', vm, 'MigrateVM_Task', { host: to, priority: 'defaultPriority' });
  assert.equal(world.get<Ref>(vm, 'runtime.host').value, to.value);
  assert.deepEqual([ids(world.get(from, 'vm')), ids(world.get(to, 'vm'))], [[], [vm.value]]);
  assert.equal(world.get<Ref>(vm, 'summary.runtime.host').value, to.value);
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
  assert.throws(() => world.call('VirtualMachine', vm, 'MigrateVM_Task', { host: from, priority: 'highPriority', state: 'poweredOff' }), (e) => isFault(e, 'InvalidPowerState'));
  assert.throws(() => world.call('VirtualMachine', vm, 'MigrateVM_Task', { priority: 'highPriority' }), (e) => isFault(e, 'InvalidArgument'));
});

test('another datastore: every file moves, every name follows, nothing stays behind', () => {
  const l = lab();
  const { world, vm, ds2 } = l;
  world.call('VirtualMachine', vm, 'PowerOnVM_Task', {});
  const snapshot = world.call('VirtualMachine', vm, 'CreateSnapshot_Task', { name: 's', memory: true, quiesce: false }) as Ref;
  const before = names(world, world.datastore, 'web');
  const used = world.get(world.datastore, '_used');
  relocate(l, { datastore: ds2 });
  assert.deepEqual(names(world, ds2, 'web'), before);
  assert.equal(world.write((tx) => stat(tx, world.datastore, 'web')), undefined);
  assert.deepEqual([world.get(ds2, '_used'), world.get(world.datastore, '_used')], [used, 0]);
  assert.equal(config(world, vm).files.vmPathName, '[ds2] web/web.vmx');
  assert.equal(world.get(vm, 'summary.config.vmPathName'), '[ds2] web/web.vmx');
  assert.deepEqual(chainOf(disk(world, vm)).map((link) => link.fileName), ['[ds2] web/web-000001.vmdk', '[ds2] web/web.vmdk']);
  assert.deepEqual(chainOf(disk(world, snapshot)).map((link) => link.fileName), ['[ds2] web/web.vmdk']);
  assert.deepEqual([ids(world.get(vm, 'datastore')), ids(world.get(ds2, 'vm')), ids(world.get(world.datastore, 'vm'))], [[ds2.value], [vm.value], []]);
  const layout = world.get<{ file: { name: string }[] }>(vm, 'layoutEx');
  assert.ok(layout.file.every((file) => file.name.startsWith('[ds2] web/')));
  world.call('VirtualMachineSnapshot', snapshot, 'RevertToSnapshot_Task', {});
  world.call('VirtualMachine', vm, 'RemoveAllSnapshots_Task', {});
  world.call('VirtualMachine', vm, 'PowerOffVM_Task', {});
  world.call('VirtualMachine', vm, 'Destroy_Task', {});
  assert.equal(world.get(ds2, '_used'), 0);
});

test('one disk can go elsewhere, and home without it', () => {
  const l = lab();
  const { world, vm, ds2 } = l;
  relocate(l, { disk: [{ diskId: disk(world, vm).key, datastore: ds2 }] });
  assert.deepEqual([config(world, vm).files.vmPathName, (disk(world, vm).backing as { fileName: string }).fileName], ['[ds1] web/web.vmx', '[ds2] web/web.vmdk']);
  assert.deepEqual(ids(world.get(vm, 'datastore')), ids([world.datastore, ds2]));
  relocate(l, { datastore: world.datastore, disk: [{ diskId: disk(world, vm).key, datastore: ds2 }] });
  assert.equal((disk(world, vm).backing as { fileName: string }).fileName, '[ds2] web/web.vmdk');
  relocate(l, { datastore: world.datastore });
  assert.deepEqual(ids(world.get(vm, 'datastore')), [world.datastore.value]);
  assert.equal(world.write((tx) => stat(tx, ds2, 'web')), undefined);
  relocate(l, { datastore: ds2, transform: 'flat' });
  assert.equal((disk(world, vm).backing as { thinProvisioned: boolean }).thinProvisioned, false);
  assert.equal(world.write((tx) => stat(tx, ds2, 'web/web-flat.vmdk'))!.size, 1024 ** 3);
});

test('the youngest link can go alone: its descriptor then names the parent by volume, and is found again', () => {
  const l = lab();
  const { world, vm, ds2 } = l;
  world.call('VirtualMachine', vm, 'CreateSnapshot_Task', { name: 's', memory: false, quiesce: false });
  relocate(l, { disk: [{ diskId: disk(world, vm).key, datastore: ds2, diskMoveType: 'moveChildMostDiskBacking' }] });
  const chain = chainOf(disk(world, vm)).map((link) => link.fileName);
  assert.deepEqual(chain, ['[ds2] web/web-000001.vmdk', '[ds1] web/web.vmdk']);
  const device = disk(world, vm);
  const change = (operation: string, backing: object) => world.call('VirtualMachine', vm, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation, device: { ...device, backing } }] as never } });
  change('remove', device.backing!);
  change('add', { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: chain[0], diskMode: 'persistent' });
  assert.deepEqual(chainOf(disk(world, vm)).map((link) => link.fileName), chain);
});

test('another cluster needs its pool, a datastore it sees, and when running the networks', () => {
  const l = lab();
  const { world, vm, ds2, other } = l;
  assert.throws(() => relocate(l, { host: other.host }), (e) => isFault(e, 'InvalidArgument') && (e.detail as { invalidProperty?: string }).invalidProperty === 'spec.pool');
  assert.throws(() => relocate(l, { host: other.host, pool: world.pool }), (e) => isFault(e, 'InvalidArgument') && (e.detail as { invalidProperty?: string }).invalidProperty === 'spec.host');
  assert.throws(() => relocate(l, { pool: other.pool }), (e) => isFault(e, 'CannotAccessVmConfig'));
  assert.throws(() => relocate(l, { pool: other.pool, datastore: l.lonely }), (e) => isFault(e, 'InvalidDatastore'));
  const net = world.write((tx) => createNetwork(world.sim, tx, world.datacenter, 'private', [world.hosts[0]!, world.hosts[1]!]));
  const nic = config(world, vm).hardware.device!.find((device) => (device as { _type?: string })._type === 'VirtualVmxnet3')!;
  const edit = (network: Ref) => [{ operation: 'edit', device: { ...nic, backing: { _type: 'VirtualEthernetCardNetworkBackingInfo', network, deviceName: '' } } }] as never;
  world.call('VirtualMachine', vm, 'ReconfigVM_Task', { spec: { deviceChange: edit(net) } });
  world.call('VirtualMachine', vm, 'PowerOnVM_Task', {});
  assert.throws(() => relocate(l, { pool: other.pool, datastore: ds2 }), (e) => isFault(e, 'CannotAccessNetwork'));
  world.write((tx) => createNetworkOn(world, tx, other.host));
  relocate(l, { pool: other.pool, datastore: ds2, deviceChange: edit(world.network) });
  assert.deepEqual([world.get<Ref>(vm, 'runtime.host').value, world.get<Ref>(vm, 'resourcePool').value], [other.host.value, other.pool.value]);
  assert.deepEqual([ids(world.get(world.pool, 'vm')), ids(world.get(other.pool, 'vm')), ids(world.get(net, 'vm'))], [[], [vm.value], []]);
  assert.equal(world.get<Ref>(vm, 'environmentBrowser').value, world.get<Ref>(other.cluster, 'environmentBrowser').value);
});

/** Lets a host see the world's network. */
function createNetworkOn(world: World, tx: { set(ref: Ref, path: string, value: unknown): void; get(ref: Ref, path: string): unknown }, host: Ref): void {
  tx.set(host, 'network', [...((tx.get(host, 'network') ?? []) as readonly Ref[]), world.network]);
}

test('what cannot be is refused', () => {
  const l = lab();
  const { world, vm } = l;
  assert.throws(() => relocate(l, { service: { url: 'https://other' } as never }), (e) => isFault(e, 'NotSupported'));
  assert.throws(() => relocate(l, { disk: [{ diskId: 1, datastore: l.ds2 }] }), (e) => isFault(e, 'InvalidArgument'));
  assert.throws(() => relocate(l, { datastore: { type: 'Datastore', value: 'nope' } }), (e) => isFault(e, 'ManagedObjectNotFound'));
  const to = world.hosts.find((host) => host.value !== world.get<Ref>(vm, 'runtime.host').value)!;
  world.write((tx) => tx.set(to, 'runtime.inMaintenanceMode', true));
  assert.throws(() => relocate(l, { host: to }), (e) => isFault(e, 'InvalidHostState'));
});

test('after any relocation the back-references are what a look at every machine gives, and all files are there', () => {
  const step = fc.record({ vm: fc.nat(2), host: fc.option(fc.nat(1)), datastore: fc.option(fc.nat(1)), disk: fc.option(fc.nat(1)), pool: fc.boolean(), snapshot: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    const l = lab();
    const { world } = l;
    const pools = [world.pool, world.write((tx) => createPool(world.sim, tx, world.pool, 'inner'))];
    const datastores = [world.datastore, l.ds2];
    const machines = [l.vm, world.createVm('b', { deviceChange: hardwareSpec(world.network) }), world.createVm('c', { deviceChange: hardwareSpec(world.network) })];
    for (const s of steps) {
      const vm = machines[s.vm]!;
      if (s.snapshot) world.call('VirtualMachine', vm, 'CreateSnapshot_Task', { name: 's', memory: false, quiesce: false });
      world.call('VirtualMachine', vm, 'RelocateVM_Task', { spec: {
        ...(s.host === null ? {} : { host: world.hosts[s.host] }), ...(s.datastore === null ? {} : { datastore: datastores[s.datastore] }), ...(s.pool ? { pool: pools[1] } : {}),
        ...(s.disk === null ? {} : { disk: [{ diskId: disk(world, vm).key, datastore: datastores[s.disk]! }] }),
      } });
      recount(world, machines);
    }
  }), { numRuns: 40 });
});

function recount(world: World, machines: readonly Ref[]): void {
  const expected = new Map<string, string[]>();
  const point = (target: Ref, vm: Ref) => expected.set(target.value, [...(expected.get(target.value) ?? []), vm.value]);
  for (const vm of machines) {
    point(world.get(vm, 'runtime.host'), vm);
    point(world.get(vm, 'resourcePool'), vm);
    const places = new Map<string, Ref>();
    const home = /^\[([^\]]*)\] (.*)$/.exec(config(world, vm).files.vmPathName!)!;
    world.write((tx) => {
      for (const ds of tx.all('Datastore')) if (tx.get(ds, 'name') === home[1]) {
        places.set(ds.value, ds);
        assert.equal(stat(tx, ds, home[2]!)?.vm, vm.value);
      }
      for (const device of devicesOf(tx, vm)) for (const link of chainOf(device)) places.set(link.datastore!.value, link.datastore!);
      for (const state of statesOf(tx, vm)) for (const device of devicesOf(tx, state)) for (const link of chainOf(device)) {
        const place = linkPlace(link)!;
        assert.equal(link.fileName, `[${String(tx.get(place.datastore, 'name'))}] ${place.path}`);
        assert.ok(stat(tx, place.datastore, place.path), `${link.fileName} is missing`);
      }
    });
    for (const ds of places.values()) point(ds, vm);
    point(world.network, vm);
  }
  world.write((tx) => {
    for (const type of ['HostSystem', 'ResourcePool', 'Datastore', 'Network']) for (const ref of tx.all(type)) {
      assert.ok(isSubtype(ref.type, type));
      assert.deepEqual(ids(tx.get(ref, 'vm') as Ref[]), [...(expected.get(ref.value) ?? [])].sort(), `${ref.type} ${ref.value}`);
    }
  });
}
