// Disks of machines: create, attach, resize, detach.
import { equal, excludes, includes, match, ok, topic } from '../check.mjs';

const disks = (g) => g.devices('DC0_H0_VM0', 'disk-*');

export default topic('govc.disk', {
  'create: a second disk with its file': async (g) => {
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 3G');
    const [, disk] = await disks(g);
    equal([disk.capacityInKB, disk.backing.fileName, disk.deviceInfo.label, disk.backing.thinProvisioned], [3 * 1024 * 1024, '[LocalDS_0] DC0_H0_VM0/data.vmdk', 'Hard disk 2', true]);
    includes(await g.lines('datastore.ls DC0_H0_VM0'), 'data.vmdk', 'files');
    equal(Number(await g.value('/DC0/vm/DC0_H0_VM0', 'summary.config.numVirtualDisks')), 2);
  },
  'create-modes: mode, provisioning and sharing as asked': async (g) => {
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 1G -mode independent_persistent -thick -eager -sharing sharingMultiWriter');
    const [, { backing }] = await disks(g);
    equal([backing.diskMode, backing.thinProvisioned ?? false, backing.eagerlyScrub, backing.sharing], ['independent_persistent', false, true, 'sharingMultiWriter']);
  },
  'create-again: a disk that is there is not made again': async (g) => {
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 1G');
    await g.start('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 1G').done;
    equal((await disks(g)).length, 2);
  },
  'attach: an existing disk': async (g) => {
    await g.run('datastore.mkdir disks');
    await g.run('datastore.disk.create -size 2G disks/one.vmdk');
    await g.run('vm.disk.attach -vm DC0_H0_VM0 -link=false -disk disks/one.vmdk');
    const [, disk] = await disks(g);
    equal([disk.backing.fileName, disk.capacityInKB], ['[LocalDS_0] disks/one.vmdk', 2 * 1024 * 1024]);
  },
  'attach-link: a delta disk on an existing one': async (g) => {
    await g.run('datastore.mkdir disks');
    await g.run('datastore.disk.create -size 2G disks/one.vmdk');
    await g.run('vm.disk.attach -vm DC0_H0_VM0 -disk disks/one.vmdk');
    const [, disk] = await disks(g);
    equal(disk.backing.parent.fileName, '[LocalDS_0] disks/one.vmdk');
    ok(disk.backing.fileName !== '[LocalDS_0] disks/one.vmdk', 'changes go to another file', disk.backing.fileName);
  },
  'attach-missing: a disk that is not there is named': async (g) => {
    match(await g.fails('vm.disk.attach -vm DC0_H0_VM0 -link=false -disk none/none.vmdk'), /none\.vmdk|not found/i);
    equal((await disks(g)).length, 1);
  },
  'change-size: a disk grows': async (g) => {
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 1G');
    await g.run(['vm.disk.change', '-vm', 'DC0_H0_VM0', '-disk.label', 'Hard disk 2', '-size', '4G']);
    const [, disk] = await disks(g);
    equal([disk.capacityInKB, disk.capacityInBytes], [4 * 1024 * 1024, 4 * 1024 ** 3]);
  },
  'change-shrink: a disk does not shrink': async (g) => {
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 4G');
    await g.fails(['vm.disk.change', '-vm', 'DC0_H0_VM0', '-disk.label', 'Hard disk 2', '-size', '1G']);
    equal((await disks(g))[1].capacityInKB, 4 * 1024 * 1024);
  },
  'change-mode: another mode': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const [{ name }] = await disks(g);
    await g.run(`vm.disk.change -vm DC0_H0_VM0 -disk.name ${name} -mode independent_nonpersistent`);
    equal((await disks(g))[0].backing.diskMode, 'independent_nonpersistent');
  },
  'remove: takes the file away': async (g) => {
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 1G');
    const [, { name }] = await disks(g);
    await g.run(`device.remove -vm DC0_H0_VM0 ${name}`);
    equal((await disks(g)).length, 1);
    excludes(await g.lines('datastore.ls DC0_H0_VM0'), 'data.vmdk', 'files');
  },
  'remove-keep: leaves the file': async (g) => {
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 1G');
    const [, { name }] = await disks(g);
    await g.run(`device.remove -vm DC0_H0_VM0 -keep ${name}`);
    equal((await disks(g)).length, 1);
    includes(await g.lines('datastore.ls DC0_H0_VM0'), 'data.vmdk', 'files');
  },
  'controller: a new disk hangs on the first SCSI controller, which knows it': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false -disk 1GB new');
    const [{ controllerKey }] = await g.devices('new', 'disk-*');
    const { virtualMachines: [vm] } = await g.json('vm.info new');
    const controller = vm.config.hardware.device.find(({ key }) => key === controllerKey);
    equal(controller.device.length, 1);
    match(controller.deviceInfo.label, /^SCSI controller 0$/);
  },
  'usage: layout of files and committed storage follow': async (g) => {
    const before = Number((await g.properties('/DC0/vm/DC0_H0_VM0', 'summary')).summary.storage.uncommitted);
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 5G');
    const { summary, layoutEx } = await g.properties('/DC0/vm/DC0_H0_VM0', 'summary', 'layoutEx');
    ok(summary.storage.uncommitted + summary.storage.committed > before, 'storage grew', summary.storage);
    includes(layoutEx.file.map(({ name }) => name), '[LocalDS_0] DC0_H0_VM0/data.vmdk', 'layout');
  },
  'promote: a linked disk stands alone': {
    versions: ['newest'],
    async run(g) {
      await g.run('snapshot.create -vm DC0_H0_VM0 base');
      await g.run('vm.clone -vm DC0_H0_VM0 -host DC0_H0 -on=false -link -snapshot base copy');
      await g.run('vm.disk.promote -vm copy disk-*');
      const [disk] = await g.devices('copy', 'disk-*');
      equal(disk.backing.parent, undefined);
    },
  },
});
