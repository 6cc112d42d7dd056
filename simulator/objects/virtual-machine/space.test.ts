// Room on datastores: everything that writes takes some, and what finds none is refused with nothing done or, for a
// guest that writes, asks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { writeFile } from '../datastore/files.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;
const GB = 1024 ** 3;
const MB = 1024 ** 2;

class SpaceWorld extends World {
  readonly datastore = this.named('LocalDS_0', 'Datastore');
  readonly vm = this.named('DC0_H0_VM0');
  readonly folder = this.get<Ref>(this.named('DC0'), 'vmFolder');
  readonly pool = this.get<Ref>(this.vm, 'resourcePool');

  get free(): number {
    return Number(this.get(this.datastore, 'summary.freeSpace'));
  }

  get uncommitted(): number {
    return Number(this.get(this.datastore, 'summary.uncommitted'));
  }

  /** Fills the datastore up to that many bytes. */
  fill(left: number): void {
    const { sim } = this.simulator;
    this.store.transaction((tx) => writeFile(sim, tx, this.datastore, 'ballast', { size: this.free - left }));
  }

  empty(): void {
    const { sim } = this.simulator;
    this.store.transaction((tx) => writeFile(sim, tx, this.datastore, 'ballast', { size: 0 }));
  }

  async write(bytes: number, disk = 'scsi0:0'): Promise<void> {
    await this.call(this.vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: `WRITE.${disk}`, value: String(bytes) }] } });
  }

  async addDisk(thin: boolean, bytes: number): Promise<void> {
    await this.call(this.vm, 'ReconfigVM_Task', {
      spec: { deviceChange: [{ operation: 'add', fileOperation: 'create', device: { _type: 'VirtualDisk', key: -1, controllerKey: this.controller, unitNumber: 1, capacityInKB: bytes / 1024, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: '', diskMode: 'persistent', thinProvisioned: thin } } }] },
    });
  }

  get controller(): number {
    return this.get<VirtualMachineConfigInfo>(this.vm, 'config').hardware.device!.find((device) => /SCSI|LsiLogic/.test(String((device as { _type?: string })._type)))!.key;
  }
}

test('what takes room: swap by the memory that is not reserved, disks, snapshots, clones; it comes back', async () => {
  const world = new SpaceWorld();
  await world.call(world.vm, 'PowerOffVM_Task');
  const off = world.free;
  const memory = world.get<number>(world.vm, 'config.hardware.memoryMB');
  await world.call(world.vm, 'PowerOnVM_Task');
  assert.equal(off - world.free, memory * MB);
  await world.call(world.vm, 'PowerOffVM_Task');
  await world.call(world.vm, 'ReconfigVM_Task', { spec: { memoryAllocation: { reservation: 16 } } });
  await world.call(world.vm, 'PowerOnVM_Task');
  assert.equal(off - world.free, (memory - 16) * MB);
  const on = world.free;
  await world.addDisk(true, GB);
  assert.ok(on - world.free < MB, 'a thin disk takes nothing yet');
  await world.call(world.vm, 'CreateSnapshot_Task', { name: 's', memory: true, quiesce: false });
  assert.ok(on - world.free > memory * MB, 'a snapshot with memory takes the memory');
  await world.call(world.vm, 'RemoveAllSnapshots_Task', {});
  assert.ok(on - world.free < MB, 'and gives it back');
});

test('a full datastore refuses everything that writes, and nothing is half done', async () => {
  const world = new SpaceWorld();
  await world.call(world.vm, 'PowerOffVM_Task');
  world.fill(1000);
  const [free, machines] = [world.free, [...world.store.ofType('VirtualMachine')].length];
  const dc = world.named('DC0');
  await world.refuses('NoDiskSpace', world.vm, 'PowerOnVM_Task');
  assert.equal(world.get(world.vm, 'runtime.powerState'), 'poweredOff');
  await world.refuses('NoDiskSpace', world.vm, 'CloneVM_Task', { folder: world.folder, name: 'c', spec: { location: {}, powerOn: false, template: false } });
  await world.refuses('NoDiskSpace', world.vm, 'CreateSnapshot_Task', { name: 's', memory: false, quiesce: false });
  await world.refuses('NoDiskSpace', { type: 'VirtualDiskManager', value: 'virtualDiskManager' }, 'CreateVirtualDisk_Task', { name: '[LocalDS_0] d.vmdk', datacenter: dc, spec: { _type: 'FileBackedVirtualDiskSpec', diskType: 'eagerZeroedThick', adapterType: 'lsiLogic', capacityKb: 1024 } });
  await world.refuses('NoDiskSpace', { type: 'FileManager', value: 'FileManager' }, 'CopyDatastoreFile_Task', { sourceName: '[LocalDS_0] ballast', sourceDatacenter: dc, destinationName: '[LocalDS_0] copy', destinationDatacenter: dc });
  await world.refuses('NoDiskSpace', world.folder, 'CreateVM_Task', {
    config: { name: 'n', files: { vmPathName: '[LocalDS_0]' }, deviceChange: [{ operation: 'add', device: { _type: 'ParaVirtualSCSIController', key: -1, busNumber: 0, sharedBus: 'noSharing' } }, { operation: 'add', fileOperation: 'create', device: { _type: 'VirtualDisk', key: -2, controllerKey: -1, unitNumber: 0, capacityInKB: 1024 } }] }, pool: world.pool,
  });
  assert.deepEqual([world.free, [...world.store.ofType('VirtualMachine')].length], [free, machines]);
  const handled = await world.simulator.handleFiles({ method: 'PUT', url: '/folder/x.bin?dcPath=DC0&dsName=LocalDS_0', headers: { authorization: `Basic ${Buffer.from('user:pass').toString('base64')}`, 'content-length': '100000' } }, { ipAddress: '127.0.0.1', tls: true });
  assert.equal(handled.status, 507);
});

test('a guest fills its thin disk, and only that', async () => {
  const world = new SpaceWorld();
  await world.addDisk(true, 100 * MB);
  const [free, uncommitted] = [world.free, world.uncommitted];
  await world.write(30 * MB, 'scsi0:1');
  assert.deepEqual([free - world.free, uncommitted - world.uncommitted], [30 * MB, 30 * MB]);
  await world.write(500 * MB, 'scsi0:1');
  assert.equal(free - world.free, 100 * MB, 'a disk never takes more than it has');
  assert.equal(world.get<{ key: string }[]>(world.vm, 'config.extraConfig').find(({ key }) => key.startsWith('WRITE')), undefined);
  await world.refuses('InvalidArgument', world.vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: 'WRITE.scsi9:9', value: '1' }] } });
  await world.refuses('InvalidArgument', world.vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: 'WRITE.scsi0:1', value: 'much' }] } });
  await world.call(world.vm, 'PowerOffVM_Task');
  await world.refuses('InvalidPowerState', world.vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: 'WRITE.scsi0:1', value: '1' }] } });
});

test('a guest that finds its datastore full waits for an answer: it goes on when there is room, or ends', async () => {
  const world = new SpaceWorld();
  await world.addDisk(true, 100 * MB);
  world.fill(10 * MB);
  await world.write(40 * MB, 'scsi0:1');
  assert.equal(world.free, 0);
  const question = () => world.get<{ id: string; text: string } | undefined>(world.vm, 'runtime.question');
  assert.match(question()!.text, /There is no more space for virtual disk '\[LocalDS_0\] .*\.vmdk'/);
  await world.refuses('InvalidState', world.vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: 'WRITE.scsi0:1', value: '1' }] } });
  const first = question()!.id;
  await world.call(world.vm, 'AnswerVM', { questionId: first, answerChoice: '0' });
  assert.ok(question() !== undefined, 'still no room: asked again');
  world.empty();
  const free = world.free;
  await world.call(world.vm, 'AnswerVM', { questionId: question()!.id, answerChoice: '0' });
  assert.deepEqual([question(), free - world.free], [undefined, 30 * MB]);
  await world.refuses('ConcurrentAccess', world.vm, 'AnswerVM', { questionId: first, answerChoice: '0' });
  world.fill(0);
  await world.write(MB, 'scsi0:1');
  await world.call(world.vm, 'AnswerVM', { questionId: question()!.id, answerChoice: '1' });
  assert.deepEqual([world.get(world.vm, 'runtime.powerState'), question()], ['poweredOff', undefined]);
});
