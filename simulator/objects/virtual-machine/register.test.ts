// RegisterVM_Task of a .vmx that was uploaded: what it says is what the machine has, also where that is missing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, type ManagedObjectReference, type VirtualDevice, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { Caller } from '../datastore/datastore.testing.ts';

const VMX = `.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "13"
displayName = "uploaded"
guestOS = "ubuntu-64"
memSize = "2048"
numvcpus = "2"
scsi0.present = "TRUE"
scsi0.virtualDev = "pvscsi"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "gone.vmdk"
scsi0:1.present = "TRUE"
scsi0:1.fileName = "here.vmdk"
ethernet0.present = "TRUE"
ethernet0.virtualDev = "vmxnet3"
ethernet0.networkName = "No such network"
ethernet1.present = "TRUE"
ethernet1.virtualDev = "e1000"
ethernet1.networkName = "VM Network"
guestinfo.answer = "42"
`;
const DESCRIPTOR = '# Disk DescriptorFile\nversion=1\nRW 4096 VMFS "here-flat.vmdk"\nddb.uuid = "60 00 C2 93 7b a0 3a 03-9f 22 56 29 93 b7 27 7e"\n';

async function upload(world: Caller, path: string, text: string): Promise<number> {
  const body = (async function* () { yield Buffer.from(text); })();
  const { status } = await world.simulator.handleFiles(
    { method: 'PUT', url: `/folder/${path}?dcPath=DC0&dsName=LocalDS_0`, headers: { cookie: `vmware_soap_session="${world.session.key}"`, 'content-length': String(text.length) }, body },
    { ipAddress: '::1', tls: true });
  return status;
}

test('an uploaded .vmx becomes the machine that it describes, without the disk and network that are not there', async () => {
  const world = new Caller();
  await world.call(world.service('fileManager'), 'MakeDirectory', { name: '[LocalDS_0] up', datacenter: world.named('Datacenter') });
  assert.deepEqual([await upload(world, 'up/up.vmx', VMX), await upload(world, 'up/here.vmdk', DESCRIPTOR)], [201, 201]);
  const folder = world.named('Folder', 'vm');
  const pool = world.get(world.named('ClusterComputeResource'), 'resourcePool') as ManagedObjectReference;
  const register = (path: string) => world.call(folder, 'RegisterVM_Task', { path, asTemplate: false, pool });
  const vm = (await register('[LocalDS_0] up/up.vmx')) as ManagedObjectReference;
  const config = world.get(vm, 'config') as VirtualMachineConfigInfo;
  assert.deepEqual([config.name, config.guestId, config.hardware.numCPU, config.hardware.memoryMB, config.version], ['uploaded', 'ubuntu64Guest', 2, 2048, 'vmx-13']);
  assert.ok(config.extraConfig!.some(({ key, value }) => key === 'guestinfo.answer' && value === '42'));
  const backing = (type: string, n: number) => config.hardware.device!.filter((device) => (device as { _type?: string })._type === type)[n]!.backing as VirtualDevice['backing'] & Record<string, unknown>;
  assert.deepEqual([backing('VirtualDisk', 0)!['fileName'], backing('VirtualDisk', 0)!['datastore']], ['[LocalDS_0] up/gone.vmdk', undefined]);
  assert.deepEqual([backing('VirtualDisk', 1)!['fileName'], backing('VirtualDisk', 1)!['uuid']], ['[LocalDS_0] up/here.vmdk', '6000c293-7ba0-3a03-9f22-562993b7277e']);
  assert.deepEqual([backing('VirtualVmxnet3', 0)!['deviceName'], backing('VirtualVmxnet3', 0)!['network']], ['No such network', undefined]);
  assert.equal((world.get(vm, 'network') as ManagedObjectReference[]).length, 1);
  assert.deepEqual(world.get(vm, 'datastore'), [world.named('Datastore')]);
  await assert.rejects(register('[LocalDS_0] up/up.vmx'), (error) => isFault(error, 'AlreadyExists'));
  await assert.rejects(register('[LocalDS_0] up/none.vmx'), (error) => isFault(error, 'FileNotFound') || isFault(error, 'NotFound'));
});

test('a machine that was taken out of the inventory comes back to the port group of its distributed switch', async () => {
  const world = new Caller();
  const vm = world.named('VirtualMachine', 'DC0_H0_VM0');
  const card = () => (world.get(world.named('VirtualMachine', 'DC0_H0_VM0'), 'config') as VirtualMachineConfigInfo).hardware.device!.find((device) => 'macAddress' in device)!;
  const port = () => (card().backing as { port?: { switchUuid: string; portgroupKey?: string } }).port;
  const before = port();
  assert.ok(before?.portgroupKey);
  const [folder, pool] = [world.named('Folder', 'vm'), world.get(vm, 'resourcePool') as ManagedObjectReference];
  await world.call(vm, 'PowerOffVM_Task', {});
  await world.call(vm, 'UnregisterVM', {});
  await world.call(folder, 'RegisterVM_Task', { path: '[LocalDS_0] DC0_H0_VM0/DC0_H0_VM0.vmx', asTemplate: false, pool });
  assert.deepEqual([port()?.switchUuid, port()?.portgroupKey], [before.switchUuid, before.portgroupKey]);
});
