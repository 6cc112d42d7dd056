// Disks as files: kinds, room, copies, sizes, identity, and what a running machine keeps to itself.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFault, plain } from '../../../core/vim25/index.ts';
import { BlockWriter } from './blocks.ts';
import { contentOf } from './content.ts';
import { Caller } from './datastore.testing.ts';
import { makeDirectory, writeFile } from './files.ts';

const KB = 1024;

class Disks extends Caller {
  readonly datastore = this.named('Datastore');
  readonly datacenter = this.named('Datacenter');

  disk(method: string, name: string, args: object = {}): Promise<unknown> {
    return this.call(this.service('virtualDiskManager'), method, { name: `[LocalDS_0] ${name}`, datacenter: this.datacenter, ...args });
  }

  create(name: string, diskType = 'thin', capacityKb = 1024): Promise<unknown> {
    return this.disk('CreateVirtualDisk_Task', name, { spec: { _type: 'FileBackedVirtualDiskSpec', diskType, adapterType: 'lsiLogic', capacityKb } });
  }

  move(method: string, sourceName: string, destName: string, args: object = {}): Promise<unknown> {
    return this.call(this.service('virtualDiskManager'), method, { sourceName: `[LocalDS_0] ${sourceName}`, sourceDatacenter: this.datacenter, destName: `[LocalDS_0] ${destName}`, ...args });
  }

  sizes(name: string): (number | undefined)[] {
    return [this.file(this.datastore, `${name}.vmdk`)?.disk?.capacityKb, this.file(this.datastore, `${name}-flat.vmdk`)?.size];
  }

  get room(): [used: number, promised: number] {
    return [Number(this.get(this.datastore, 'summary.capacity')) - Number(this.get(this.datastore, 'summary.freeSpace')), Number(this.get(this.datastore, 'summary.uncommitted'))];
  }

  async refuses(type: string, call: Promise<unknown>, message?: RegExp): Promise<void> {
    const version = this.simulator.store.version;
    await assert.rejects(call, (error: Error) => isFault(error, type as 'FileFault') && (!message || message.test(error.message)), type);
    assert.ok(this.simulator.store.version - version <= 3, 'only the task changed');
  }
}

describe('VirtualDiskManager', () => {
  it('creates disks that take their room at once, or as they grow', async () => {
    const it = new Disks();
    const [used, promised] = it.room;
    assert.equal(await it.create('thin.vmdk'), '[LocalDS_0] thin.vmdk');
    assert.deepEqual([it.sizes('thin'), it.room], [[1024, 0], [used + 512, promised + 1024 * KB]]);
    await it.create('thick.vmdk', 'preallocated', 2048);
    await it.create('eager.vmdk', 'eagerZeroedThick', 2048);
    assert.deepEqual([it.sizes('thick'), it.sizes('eager')], [[2048, 2048 * KB], [2048, 2048 * KB]]);
    assert.deepEqual(it.room, [used + 3 * 512 + 4096 * KB, promised + 1024 * KB]);
    assert.equal(it.file(it.datastore, 'eager.vmdk')!.disk!.eagerlyZeroed, true);
    const entry = it.file(it.datastore, 'thin.vmdk')!;
    const text = it.simulator.store.transaction((tx) => String(contentOf(tx, 'thin.vmdk', entry)));
    assert.match(text, /RW 2048 VMFS "thin-flat\.vmdk"/);
    await it.disk('DeleteVirtualDisk_Task', 'thin.vmdk');
    assert.deepEqual(it.room, [used + 2 * 512 + 4096 * KB, promised]);
    assert.deepEqual(it.sizes('thin'), [undefined, undefined]);
  });

  it('refuses what makes no disk, and says what would', async () => {
    const it = new Disks();
    await it.create('a.vmdk');
    await it.refuses('FileAlreadyExists', it.create('a.vmdk'));
    await it.refuses('FileNotFound', it.create('no/a.vmdk'));
    await it.refuses('InvalidArgument', it.create('a.txt'), /must end in \.vmdk/);
    await it.refuses('InvalidArgument', it.create('a-flat.vmdk'));
    await it.refuses('InvalidArgument', it.create('b.vmdk', 'fat'), /'fat'.*valid: thin, preallocated, eagerZeroedThick/);
    await it.refuses('InvalidArgument', it.create('b.vmdk', 'thin', 0));
    await it.refuses('InvalidArgument', it.create('b.vmdk', 'thin', 63 * 1024 ** 3));
    await it.refuses('InvalidArgument', it.disk('CreateVirtualDisk_Task', 'b.vmdk', { spec: { _type: 'VirtualDiskSpec', diskType: 'thin', adapterType: 'ide' } }), /FileBackedVirtualDiskSpec/);
    await it.refuses('NoDiskSpace', it.create('b.vmdk', 'preallocated', 20 * 1024 ** 3));
    await it.refuses('InvalidDatastore', it.disk('DeleteVirtualDisk_Task', '', { name: '[nope] a.vmdk' }));
    await it.refuses('FileNotFound', it.disk('DeleteVirtualDisk_Task', 'nope.vmdk'));
    await it.refuses('FileFault', it.disk('QueryVirtualDiskUuid', 'DC0_H0_VM0'), /directory/);
    assert.deepEqual(it.sizes('b'), [undefined, undefined]);
  });

  it('copies with a new identity, converts, and moves with the old one', async () => {
    const it = new Disks();
    await it.create('a.vmdk', 'preallocated');
    const uuid = await it.disk('QueryVirtualDiskUuid', 'a.vmdk');
    assert.match(String(uuid), /^60 00 C2 9[0-9a-f]( [0-9a-f]{2}){4}-[0-9a-f]{2}( [0-9a-f]{2}){7}$/);
    await it.move('CopyVirtualDisk_Task', 'a.vmdk', 'b.vmdk', { destSpec: { _type: 'VirtualDiskSpec', diskType: 'thin', adapterType: 'ide' } });
    assert.deepEqual(it.sizes('b'), [1024, 0]);
    assert.notEqual(await it.disk('QueryVirtualDiskUuid', 'b.vmdk'), uuid);
    await it.refuses('FileAlreadyExists', it.move('MoveVirtualDisk_Task', 'a.vmdk', 'b.vmdk'));
    assert.equal(await it.move('MoveVirtualDisk_Task', 'a.vmdk', 'b.vmdk', { force: true }), '[LocalDS_0] b.vmdk');
    assert.deepEqual([it.sizes('a'), it.sizes('b')], [[undefined, undefined], [1024, 1024 * KB]]);
    assert.equal(await it.disk('QueryVirtualDiskUuid', 'b.vmdk'), uuid);
    await it.refuses('FileAlreadyExists', it.move('MoveVirtualDisk_Task', 'b.vmdk', 'b.vmdk', { force: true }));
  });

  it('grows, inflates, zeroes and shrinks', async () => {
    const it = new Disks();
    const [used, promised] = it.room;
    await it.create('a.vmdk');
    await it.disk('ExtendVirtualDisk_Task', 'a.vmdk', { newCapacityKb: 4096 });
    assert.deepEqual([it.sizes('a'), it.room[1]], [[4096, 0], promised + 4096 * KB]);
    await it.refuses('InvalidArgument', it.disk('ExtendVirtualDisk_Task', 'a.vmdk', { newCapacityKb: 1024 }), /has 4096 KB/);
    await it.refuses('FileFault', it.disk('EagerZeroVirtualDisk_Task', 'a.vmdk'));
    await it.disk('ZeroFillVirtualDisk_Task', 'a.vmdk');
    assert.deepEqual([it.sizes('a'), it.room], [[4096, 4096 * KB], [used + 512 + 4096 * KB, promised]]);
    await it.disk('ShrinkVirtualDisk_Task', 'a.vmdk');
    assert.deepEqual([it.sizes('a'), it.room], [[4096, 0], [used + 512, promised + 4096 * KB]]);
    await it.disk('InflateVirtualDisk_Task', 'a.vmdk');
    assert.deepEqual(it.sizes('a'), [4096, 4096 * KB]);
    await it.refuses('FileFault', it.disk('InflateVirtualDisk_Task', 'a.vmdk'));
    await it.refuses('FileFault', it.disk('ShrinkVirtualDisk_Task', 'a.vmdk'));
    await it.disk('EagerZeroVirtualDisk_Task', 'a.vmdk');
    await it.disk('DefragmentVirtualDisk_Task', 'a.vmdk');
    assert.equal(await it.disk('QueryVirtualDiskFragmentation', 'a.vmdk'), 0);
    assert.deepEqual(await it.disk('QueryVirtualDiskGeometry', 'a.vmdk'), { cylinder: 1, head: 255, sector: 63 });
    await it.disk('SetVirtualDiskUuid', 'a.vmdk', { uuid: '60 00 C2 93 7b a0 3a 03-9f 22 56 29 93 b7 27 7e' });
    assert.equal(it.file(it.datastore, 'a.vmdk')!.disk!.uuid, '6000C293-7ba0-3a03-9f22-562993b7277e');
    await it.refuses('InvalidArgument', it.disk('SetVirtualDiskUuid', 'a.vmdk', { uuid: 'x' }));
    for (const method of ['ImportUnmanagedSnapshot', 'ReleaseManagedSnapshot']) await it.refuses('NotSupported', it.disk(method, 'x', { vdisk: '[LocalDS_0] a.vmdk', vvolId: 'x' }));
  });

  it('keeps what an extent holds, and what is zero stays no burden', async () => {
    const it = new Disks();
    await it.create('a.vmdk', 'thin', 4096);
    const writer = new BlockWriter();
    writer.write(Buffer.concat([Buffer.alloc(512 * KB, 1), Buffer.alloc(512 * KB)]));
    it.simulator.store.transaction((tx) => writeFile(it.simulator.sim, tx, it.datastore, 'a-flat.vmdk', { content: writer.end() }));
    assert.equal(it.sizes('a')[1], 1024 * KB);
    await it.disk('ShrinkVirtualDisk_Task', 'a.vmdk');
    assert.equal(it.sizes('a')[1], 512 * KB);
    await it.move('CopyVirtualDisk_Task', 'a.vmdk', 'b.vmdk', { destSpec: { _type: 'VirtualDiskSpec', diskType: 'preallocated', adapterType: 'ide' } });
    assert.equal(it.sizes('b')[1], 4096 * KB);
    assert.equal(it.file(it.datastore, 'b-flat.vmdk')!.content, it.file(it.datastore, 'a-flat.vmdk')!.content, 'the bytes are shared');
  });

  it('leaves disks of running machines alone', async () => {
    const it = new Disks();
    const name = 'DC0_H0_VM0/DC0_H0_VM0.vmdk';
    it.simulator.store.transaction((tx) => makeDirectory(it.simulator.sim, tx, it.datastore, 'x'));
    await it.refuses('FileLocked', it.disk('DeleteVirtualDisk_Task', name), /DC0_H0_VM0/);
    await it.refuses('FileLocked', it.disk('ExtendVirtualDisk_Task', name, { newCapacityKb: 99 * 1024 ** 2 }));
    await it.refuses('FileLocked', it.move('MoveVirtualDisk_Task', name, 'x/y.vmdk'));
    await it.move('CopyVirtualDisk_Task', name, 'x/y.vmdk');
    await it.call(it.named('VirtualMachine', 'DC0_H0_VM0'), 'PowerOffVM_Task');
    await it.disk('DeleteVirtualDisk_Task', name);
    assert.equal(it.file(it.datastore, name), undefined);
  });

  it('says what a disk is and what it builds on, as far as that is still there', async () => {
    const it = new Disks();
    await it.create('base.vmdk', 'preallocated');
    const { sim } = it.simulator;
    sim.store.transaction((tx) => writeFile(sim, tx, it.datastore, 'delta.vmdk', { size: 512, disk: { capacityKb: 1024, thin: false, uuid: 'x', parent: 'base.vmdk' } }));
    const about = async (name: string, includeParents: boolean) =>
      (plain(await it.disk('QueryVirtualDiskInfo_Task', name, { includeParents })) as { unit: { name: string }; diskType: string; parent?: string }[]).map(({ unit, diskType, parent }) => [unit.name, diskType, parent]);
    const [delta, base] = [['[LocalDS_0] delta.vmdk', 'delta', '[LocalDS_0] base.vmdk'], ['[LocalDS_0] base.vmdk', 'preallocated', undefined]];
    assert.deepEqual(await about('delta.vmdk', true), [delta, base]);
    assert.deepEqual(await about('delta.vmdk', false), [delta]);
    await it.disk('DeleteVirtualDisk_Task', 'base.vmdk');
    assert.deepEqual(await about('delta.vmdk', true), [delta]);
    await it.refuses('FileNotFound', it.disk('QueryVirtualDiskInfo_Task', 'none.vmdk', { includeParents: false }));
  });
});
