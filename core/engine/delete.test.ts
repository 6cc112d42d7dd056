import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../vim25/fault.ts';
import type { Context } from './context.ts';
import { openContext } from './context.ts';
import type { Deleted } from './delete.ts';
import { deleteIn } from './delete.ts';
import type { FakeVsphere } from './fake-vsphere.testing.ts';
import { addContainer, addVch, options, ref, smallWorld } from './fake-vsphere.testing.ts';
import { UserError } from './issue.ts';

const quiet = { step: () => undefined, warn: () => undefined };
const STORES = {
  'guestinfo./VolumeLocations': 'default', 'guestinfo./VolumeLocations|default/Host': 'ds1', 'guestinfo./VolumeLocations|default/Path': '[ds1] vols',
};

async function run(fake: FakeVsphere, force = false, name = 'vch1'): Promise<Deleted> {
  const context: Context = await openContext(fake, quiet);
  return deleteIn(context, { datacenter: '', compute: '', name, id: '', force });
}

function world(apiType: 'VirtualCenter' | 'HostAgent' = 'VirtualCenter', config: Record<string, string> = STORES): FakeVsphere {
  const fake = addVch(smallWorld(apiType), 'ResourcePool:root', 'vch1', 1, { config });
  fake.extensions.add('com.vmware.vic.uuid-1');
  return fake.file('[ds1] vch1/appliance.iso', '[ds1] images/VIC/uuid-1/images/scratch', '[ds1] vols/VIC/volumes/v1/v1.vmdk');
}

test('delete removes what is the VCH\'s own and keeps volume stores without force', async () => {
  const fake = addContainer(world(), 1, 'c1');
  const done = await run(fake);
  assert.deepEqual(fake.changes, [
    'ReconfigVM_Task VirtualMachine:vm-1 notes',
    'Destroy_Task VirtualMachine:c1',
    'DeleteDatastoreFile_Task [ds1] images/VIC/uuid-1',
    'DeleteDatastoreFile_Task [ds1] images/VIC',
    'DeleteDatastoreFile_Task [ds1] images',
    'PowerOffVM_Task VirtualMachine:vm-1',
    'ReconfigVM_Task VirtualMachine:vm-1 removes 4000',
    'UnregisterExtension com.vmware.vic.uuid-1',
    'DeleteDatastoreFile_Task [ds1] vch1/appliance.iso',
    'Destroy_Task VirtualMachine:vm-1',
    'DeleteDatastoreFile_Task [ds1] vch1',
    'Destroy_Task ResourcePool:resgroup-1',
  ]);
  assert.deepEqual(done.keptVolumeStores, [{ label: 'default', path: { datastore: 'ds1', path: 'vols' } }]);
  assert.ok(fake.files.has('[ds1] vols/VIC/volumes/v1/v1.vmdk'));
  assert.deepEqual(done.warnings, []);
});

test('running and suspended containers stop delete before any change; force removes them and the volumes', async () => {
  const fake = world();
  addContainer(fake, 1, 'on', { 'runtime.powerState': 'poweredOn' });
  addContainer(fake, 1, 'asleep', { 'runtime.powerState': 'suspended' });
  addContainer(fake, 1, 'off');
  await assert.rejects(run(fake), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /VM "on" is powered on/);
    assert.match(error.message, /VM "asleep" is suspended/);
    assert.doesNotMatch(error.message, /"off"/);
    return true;
  });
  assert.deepEqual(fake.changes, []);
  const done = await run(fake, true);
  assert.deepEqual(done.keptVolumeStores, []);
  assert.ok(!fake.files.has('[ds1] vols/VIC/volumes'));
  assert.ok(![...fake.objects.keys()].some((key) => key.startsWith('VirtualMachine:')));
});

test('disks outside the container\'s own directory are detached before it is destroyed', async () => {
  const device = (key: number, fileName: string): object => ({ _type: 'VirtualDisk', key, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName } });
  const devices = [device(2000, '[ds1] c1/c1.vmdk'), device(2001, '[ds1] vols/VIC/volumes/v1/v1.vmdk'), device(2002, '[ds2] elsewhere/x.vmdk')];
  const fake = addContainer(world(), 1, 'c1', { 'config.hardware.device': devices });
  await run(fake);
  assert.deepEqual(fake.changes.slice(0, 3), ['ReconfigVM_Task VirtualMachine:c1 removes 2001,2002', 'ReconfigVM_Task VirtualMachine:vm-1 notes', 'Destroy_Task VirtualMachine:c1']);
});

test('a volume is detached even where store and container share a directory, or lie in a datastore\'s root', async () => {
  const disk = (key: number, fileName: string): object => ({ _type: 'VirtualDisk', key, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName } });
  const shared = world('VirtualCenter', { ...STORES, 'guestinfo./VolumeLocations|default/Path': '[ds1] c1' });
  addContainer(shared, 1, 'c1', { 'config.hardware.device': [disk(2000, '[ds1] c1/c1.vmdk'), disk(2001, '[ds1] c1/VIC/volumes/v/v.vmdk')] });
  await run(shared);
  assert.ok(shared.changes.includes('ReconfigVM_Task VirtualMachine:c1 removes 2001'));
  const root = addContainer(world(), 1, 'c1', { 'config.files.vmPathName': '[ds1] c1.vmx', 'config.hardware.device': [disk(2000, '[ds1] any/x.vmdk')] });
  await run(root);
  assert.ok(root.changes.includes('ReconfigVM_Task VirtualMachine:c1 removes 2000'));
});

test('a VM whose devices cannot be read is not destroyed', async () => {
  const fake = addContainer(world(), 1, 'c1', { 'config.hardware.device': undefined });
  await assert.rejects(run(fake), /devices of VM "c1" cannot be read/);
  assert.deepEqual(fake.changes, []);
});

test('another VCH\'s images, volumes and containers survive, also with force', async () => {
  const fake = addVch(world(), 'ResourcePool:root', 'vch2', 2, { config: STORES }).file('[ds1] images/VIC/uuid-2/images/scratch');
  addContainer(fake, 2, 'theirs', { 'runtime.powerState': 'poweredOn' });
  const done = await run(fake, true);
  assert.ok(fake.files.has('[ds1] images/VIC/uuid-2/images/scratch'));
  assert.ok(fake.files.has('[ds1] vols/VIC/volumes/v1/v1.vmdk'));
  assert.ok(!fake.files.has('[ds1] images/VIC/uuid-1'));
  assert.ok(fake.objects.has('VirtualMachine:theirs') && fake.objects.has('VirtualMachine:vm-2'));
  assert.deepEqual(done.keptVolumeStores.map((store) => store.label), ['default']);
  assert.match(done.warnings.join(), /another virtual container host uses it/);
});

test('a volume store without a path never costs the datastore\'s root', async () => {
  const fake = world('VirtualCenter', { ...STORES, 'guestinfo./VolumeLocations|default/Path': '' }).file('[ds1] VIC/volumes/v9/v9.vmdk', '[ds1] precious/file');
  await run(fake, true);
  assert.ok(!fake.files.has('[ds1] VIC/volumes'));
  assert.ok(fake.files.has('[ds1] precious/file'));
});

test('stores inside the appliance\'s directory: kept volumes and strangers\' images survive its clean-up', async () => {
  const fake = world('VirtualCenter', { ...STORES, 'guestinfo./VolumeLocations|default/Path': '[ds1] vch1/vols', 'guestinfo./image_stores|0/Path': 'vch1/images' })
    .file('[ds1] vch1/vols/VIC/volumes/v1/v1.vmdk', '[ds1] vch1/images/VIC/uuid-1/x', '[ds1] vch1/images/VIC/uuid-unknown/x');
  fake.destroysDirectories = true;
  await run(fake);
  assert.ok(fake.files.has('[ds1] vch1/vols/VIC/volumes/v1/v1.vmdk'));
  assert.ok(fake.files.has('[ds1] vch1/images/VIC/uuid-unknown/x'));
  assert.ok(!fake.files.has('[ds1] vch1/images/VIC/uuid-1'));
  assert.ok(!fake.files.has('[ds1] vch1/appliance.iso'));
});

test('a foreign VM in the pool stays, and so does the pool', async () => {
  const fake = world().add('VirtualMachine:guest', {
    name: 'guest', parent: 'Folder:vm', resourcePool: 'ResourcePool:resgroup-1', 'runtime.powerState': 'poweredOn',
    'config.files.vmPathName': '[ds1] guest/guest.vmx', 'config.extraConfig': options({}), 'config.hardware.device': [],
  });
  const done = await run(fake);
  assert.ok(fake.objects.has('VirtualMachine:guest') && fake.objects.has('ResourcePool:resgroup-1'));
  assert.match(done.warnings.join(), /not the VCH's: guest/);
});

test('ESXi: the bridge that create made is removed, by its own name', async () => {
  const bridge = {
    'guestinfo./create_bridge_network': 'true', 'guestinfo./bridge_network': 'bridge',
    'guestinfo./container_networks': 'bridge', 'guestinfo./container_networks|bridge/Common/name': 'bridge',
    'guestinfo./container_networks|bridge/Common/id': 'Network:network-7',
  };
  const fake = world('HostAgent', bridge).add('Network:network-7', { name: 'vic-bridge' });
  await run(fake);
  assert.ok(fake.changes.includes('RemovePortGroup vic-bridge') && fake.changes.includes('RemoveVirtualSwitch vic-bridge'));
  assert.ok(!fake.changes.some((change) => change.startsWith('UnregisterExtension')));
});

test('ESXi: the bridge stays while machines of others are on it, powered off too', async () => {
  const bridge = { 'guestinfo./create_bridge_network': 'true', 'guestinfo./bridge_network': 'bridge', 'guestinfo./container_networks': 'bridge', 'guestinfo./container_networks|bridge/Common/id': 'Network:network-7' };
  const network = [ref('Network:network-7')];
  const fake = addContainer(world('HostAgent', bridge), 1, 'c1', { network })
    .add('Network:network-7', { name: 'vic-bridge' })
    .add('VirtualMachine:mine', { name: 'mine', parent: 'Folder:vm', resourcePool: 'ResourcePool:root', 'runtime.powerState': 'poweredOff', network });
  const { warnings } = await run(fake);
  assert.deepEqual(warnings, ['the bridge network "vic-bridge" stays, other VMs use it: mine']);
  assert.ok(!fake.changes.some((change) => change.startsWith('Remove')));
});

test('a pool with a pool of others in it stays, on servers too that do not tell what pools a vApp has', async () => {
  const fake = world().add('ResourcePool:inner', { name: 'inner', parent: 'ResourcePool:resgroup-1' });
  const whole = fake.call as unknown as (...args: unknown[]) => Promise<{ objects?: { propSet: { name: string }[] }[] } | undefined>;
  fake.call = (async (...args: unknown[]) => {
    const answer = await whole(...args);
    for (const object of answer?.objects ?? []) object.propSet = object.propSet.filter(({ name }) => name !== 'resourcePool' || object.propSet.length > 2);
    return answer;
  }) as unknown as typeof fake.call;
  const { warnings } = await run(fake);
  assert.deepEqual(warnings, ['the resource pool /DC0/host/C0/Resources/vch1 stays, it is not empty']);
  assert.ok(fake.objects.has('ResourcePool:inner') && fake.objects.has('ResourcePool:resgroup-1'));
});

test('a delete that failed half-way is finished by the next one', async () => {
  const fake = addContainer(world(), 1, 'c1');
  fake.failures.set('Destroy_Task VirtualMachine:vm-1', fault('InvalidState', {}, 'not now'));
  await assert.rejects(run(fake), /VM "vch1" could not be removed: not now/);
  fake.failures.clear();
  const done = await run(fake);
  assert.match(done.warnings.join(), /com.vmware.vic.uuid-1 is not registered/);
  assert.ok(!fake.objects.has('VirtualMachine:vm-1') && !fake.objects.has('ResourcePool:resgroup-1'));
});

test('files of a container that was destroyed by a delete that failed are removed by the next one', async () => {
  const fake = addContainer(addContainer(world(), 1, 'c1'), 1, 'c2').file('[ds1] c1/c1.debug', '[ds1] c2/c2.debug', '[ds1] c9/c9.debug');
  fake.failures.set('Destroy_Task VirtualMachine:c2', fault('InvalidState', {}, 'busy'));
  await assert.rejects(run(fake), /VM "c2" could not be removed: busy/);
  assert.ok(!fake.objects.has('VirtualMachine:c1') && fake.files.has('[ds1] c1/c1.debug'));
  fake.failures.clear();
  await run(fake);
  assert.ok(!fake.files.has('[ds1] c1') && !fake.files.has('[ds1] c2'));
  assert.ok(fake.files.has('[ds1] c9/c9.debug'), 'nobody wrote that one down');
});

test('an empty pool that a failed delete left goes with force only', async () => {
  const fake = world();
  fake.failures.set('Destroy_Task ResourcePool:resgroup-1', fault('InvalidState', {}, 'busy'));
  await assert.rejects(run(fake), /could not be removed: busy/);
  fake.failures.clear();
  await assert.rejects(run(fake), /if it was left by a delete that failed/);
  await run(fake, true);
  assert.ok(!fake.objects.has('ResourcePool:resgroup-1'));
});

test('a wrong compute resource fails under force and changes nothing', async () => {
  const fake = world();
  const context = await openContext(fake, quiet);
  await assert.rejects(deleteIn(context, { datacenter: '', compute: 'nope', name: 'vch1', id: '', force: true }), /no compute resource "nope"/);
  assert.deepEqual(fake.changes, []);
});
