// Deleting what vic-machine 1.x made: the same care, other places.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openContext } from './context.ts';
import { deleteIn, type Deleted } from './delete.ts';
import { addContainer, addVch, options, ref, smallWorld, type FakeVsphere } from './fake-vsphere.testing.ts';

const quiet = { step: () => undefined, warn: () => undefined };

const later = (number: number, name: string, more: Record<string, string> = {}): object[] => options({
  'guestinfo.vice./init/common/id': `VirtualMachine:vm-${number}`, 'init/common/name': name, 'guestinfo.vice./init/version/Version': 'v1.5.6',
  'guestinfo.vice./storage/image_stores': '0', 'guestinfo.vice./storage/image_stores|0/Scheme': 'ds', 'guestinfo.vice./storage/image_stores|0/Host': 'ds1', 'guestinfo.vice./storage/image_stores|0/Path': 'store',
  'guestinfo.vice./storage/VolumeLocations': 'default|share', 'guestinfo.vice./storage/VolumeLocations|default/Scheme': 'ds', 'guestinfo.vice./storage/VolumeLocations|default/Host': 'ds1',
  'guestinfo.vice./storage/VolumeLocations|default/Path': '[ds1] vols', 'guestinfo.vice./storage/VolumeLocations|share/Scheme': 'nfs', 'guestinfo.vice./storage/VolumeLocations|share/Host': 'nas.example.com',
  'guestinfo.vice./storage/VolumeLocations|share/Path': '/export', ...more,
});

function world(apiType: 'VirtualCenter' | 'HostAgent' = 'VirtualCenter'): FakeVsphere {
  const fake = addVch(smallWorld(apiType), 'ResourcePool:root', 'vch1', 1);
  Object.assign(fake.objects.get('VirtualMachine:vm-1')!, { 'config.extraConfig': later(1, 'vch1'), parent: ref('Folder:vch1') });
  fake.add('Folder:vch1', { name: 'vch1', parent: 'Folder:vm', childEntity: [] });
  return fake.file('[ds1] vch1/appliance.iso', '[ds1] store/VIC/uuid-1/images/scratch', '[ds1] store/kvStores/kv.dat', '[ds1] vols/volumes/v1/v1.vmdk', '[ds1] vols/notes.txt');
}

async function run(fake: FakeVsphere, force = false): Promise<Deleted> {
  return deleteIn(await openContext(fake, quiet), { datacenter: '', compute: '', name: 'vch1', id: '', force });
}

test('its images, key-value store, folder and pool go; volumes stay without force, and no extension is looked for', async () => {
  const fake = world();
  const done = await run(fake);
  assert.deepEqual(fake.changes, [
    'DeleteDatastoreFile_Task [ds1] store/VIC/uuid-1', 'DeleteDatastoreFile_Task [ds1] store/kvStores', 'DeleteDatastoreFile_Task [ds1] store/VIC', 'DeleteDatastoreFile_Task [ds1] store',
    'PowerOffVM_Task VirtualMachine:vm-1', 'ReconfigVM_Task VirtualMachine:vm-1 removes 4000', 'DeleteDatastoreFile_Task [ds1] vch1/appliance.iso', 'Destroy_Task VirtualMachine:vm-1', 'DeleteDatastoreFile_Task [ds1] vch1',
    'Destroy_Task Folder:vch1', 'Destroy_Task ResourcePool:resgroup-1',
  ]);
  assert.deepEqual(done.keptVolumeStores, [{ label: 'default', path: { datastore: 'ds1', path: 'vols' } }]);
  assert.match(done.warnings.join(), /share: nfs:\/\/nas\.example\.com\/export stays/);
});

test('with force the volumes of its stores go, and nothing else that lies there', async () => {
  const fake = world();
  const done = await run(fake, true);
  assert.ok(!fake.files.has('[ds1] vols/volumes'));
  assert.ok(fake.files.has('[ds1] vols/notes.txt'));
  assert.deepEqual(done.keptVolumeStores, []);
});

test('running containers stop it before any change', async () => {
  const fake = addContainer(world(), 1, 'c1', { 'runtime.powerState': 'poweredOn', 'config.extraConfig': options({ 'guestinfo.vice./common/id': 'c1' }) });
  await assert.rejects(run(fake), /VM "c1" is powered on/);
  assert.deepEqual(fake.changes, []);
});

test('another VCH in the same stores keeps its images, its key-value store and its volumes, also with force', async () => {
  const fake = addVch(world(), 'ResourcePool:root', 'other', 2, { vm: { 'config.extraConfig': later(2, 'other') } }).file('[ds1] store/VIC/uuid-2/images/scratch');
  const done = await run(fake, true);
  for (const file of ['[ds1] store/VIC/uuid-2/images/scratch', '[ds1] store/kvStores/kv.dat', '[ds1] vols/volumes/v1/v1.vmdk']) assert.ok(fake.files.has(file), file);
  assert.ok(!fake.files.has('[ds1] store/VIC/uuid-1'));
  assert.deepEqual(done.keptVolumeStores.map(({ label }) => label), ['default']);
});

test('a folder that holds something of others stays', async () => {
  const fake = world();
  fake.objects.get('Folder:vch1')!['childEntity'] = [ref('VirtualMachine:vm-7')];
  const done = await run(fake);
  assert.ok(fake.objects.has('Folder:vch1'));
  assert.match(done.warnings.join(), /folder .*vch1 stays, it is not empty/);
});

test('the bridge that it made on ESXi goes, another does not', async () => {
  const made = world('HostAgent');
  Object.assign(made.objects.get('VirtualMachine:vm-1')!, {
    'config.extraConfig': later(1, 'vch1', {
      'guestinfo.vice./create_bridge_network': 'true', 'guestinfo.vice./network/bridge_network': 'bridge', 'guestinfo.vice./network/container_networks': 'bridge', 'guestinfo.vice./network/container_networks|bridge/Common/id': 'Network:n7',
    }),
  });
  made.add('Network:n7', { name: 'private' });
  await run(made);
  assert.ok(made.changes.includes('RemovePortGroup private'));
  const found = world('HostAgent');
  await run(found);
  assert.ok(!found.changes.some((change) => change.startsWith('RemovePortGroup')));
});
