// Datastores and their files.
import { equal, excludes, includes, match, ok, sameMembers, topic } from '../check.mjs';

const put = (g, path, input) => g.run(`datastore.upload - ${path}`, { input });

export default topic('govc.datastore', {
  'info: prints name, path, type, capacity and free space': async (g) => {
    const text = await g.text('datastore.info LocalDS_0');
    for (const line of [/^Name:\s+LocalDS_0$/m, /Path:\s+\/DC0\/datastore\/LocalDS_0$/m, /Type:\s+\w+$/m, /Capacity:\s+[\d.]+ GB$/m, /Free:\s+[\d.]+ GB$/m]) match(text, line);
  },
  'info-json: summary and info agree, all hosts mount it': async (g) => {
    const { datastores: [store] } = await g.json('datastore.info LocalDS_0');
    equal([store.summary.name, store.info.name, store.summary.freeSpace, store.summary.url], ['LocalDS_0', 'LocalDS_0', store.info.freeSpace, store.info.url]);
    equal(store.host.length, 4);
    ok(store.summary.capacity > store.summary.freeSpace && store.summary.freeSpace > 0, 'space', store.summary);
    ok(store.host.every(({ mountInfo }) => mountInfo.path !== undefined && mountInfo.mounted !== false), 'mount paths', store.host);
  },
  'info-hosts: datastores shared by hosts': async (g) => {
    const [host] = await g.lines('find -i /DC0/host -type h -name DC0_C0_H0');
    match(await g.text(`datastore.info -H ${host}`), /Name:\s+LocalDS_0/);
  },
  'ls: lists the directories of machines': async (g) => sameMembers((await g.lines('datastore.ls')).filter((name) => name.startsWith('DC0_')), ['DC0_H0_VM0', 'DC0_H0_VM1', 'DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1']),
  'ls-long: sizes and times': async (g) => {
    await put(g, 'note.txt', 'x'.repeat(2048));
    const [line] = (await g.lines('datastore.ls -l')).filter((text) => text.endsWith('note.txt'));
    match(line, /2\.0KB\s+\S+/);
  },
  'ls-recursive: -R lists below': async (g) => match(await g.text('datastore.ls -R'), /DC0_H0_VM0\.vmx/),
  'ls-pattern: a pattern of names': async (g) => equal(await g.lines(['datastore.ls', 'DC0_H0_VM0/*.vmx']), ['DC0_H0_VM0.vmx']),
  'ls-indicator: -p marks directories': async (g) => match(await g.text('datastore.ls -l -p'), / DC0_H0_VM0\/$/m),
  'ls-missing: a directory that is not there is named': async (g) => match(await g.fails('datastore.ls none'), /\[LocalDS_0\] none.* was not found|not found/),
  'ls-json: file details': async (g) => {
    const [result] = await g.json('datastore.ls -l DC0_H0_VM0');
    match(result.folderPath, /^\[LocalDS_0\] DC0_H0_VM0\/?$/);
    const vmx = result.file.find(({ path }) => path === 'DC0_H0_VM0.vmx');
    ok(vmx.fileSize > 0, 'a vmx that is not empty', vmx);
  },
  'upload: what was uploaded is downloaded, byte by byte': async (g) => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_none, n) => (n * 7919) % 251));
    await g.run('datastore.upload - data.bin', { input: bytes });
    const { bytes: back } = await g.start('datastore.download data.bin -').done;
    ok(back.equals(bytes), 'the same bytes', back.length);
  },
  'upload-again: a second upload replaces the first': async (g) => {
    await put(g, 'a.txt', 'a longer first text');
    await put(g, 'a.txt', 'second');
    equal(await g.text('datastore.download a.txt -'), 'second');
  },
  'upload-directory: into a directory, with a name that needs escaping': async (g) => {
    await g.run(['datastore.mkdir', 'my dir']);
    await g.run(['datastore.upload', '-', 'my dir/ä+b%.txt'], { input: 'x' });
    equal(await g.lines(['datastore.ls', 'my dir']), ['ä+b%.txt']);
    equal(await g.text(['datastore.download', 'my dir/ä+b%.txt', '-']), 'x');
  },
  'download-missing: says 404': async (g) => match(await g.fails('datastore.download none.txt -'), /404/),
  'download-vmx: a readable configuration file': async (g) => {
    const text = await g.text('datastore.download DC0_H0_VM0/DC0_H0_VM0.vmx -');
    match(text, /^displayName = "DC0_H0_VM0"$/m);
    match(text, /^virtualHW\.version = "\d+"$/m);
    match(text, /^uuid\.bios = "/m);
    match(text, /^\w+0:0\.fileName = "\S+\.vmdk"$/m);
  },
  'download-vmdk: a readable disk descriptor': async (g) => match(await g.text('datastore.download DC0_H0_VM0/DC0_H0_VM0.vmdk -'), /# Disk DescriptorFile[\s\S]*createType="vmfs"[\s\S]*RW \d+ VMFS/),
  'home: a machine has its configuration, disk, memory of the BIOS and log in its directory': async (g) => {
    const names = await g.lines('datastore.ls DC0_H0_VM0');
    for (const name of ['DC0_H0_VM0.vmx', 'DC0_H0_VM0.vmdk', 'DC0_H0_VM0.nvram', 'vmware.log']) includes(names, name, 'files');
  },
  'tail: the last lines of a file': async (g) => {
    await put(g, 'log.txt', Array.from({ length: 100 }, (_none, n) => `line ${n + 1}\n`).join(''));
    equal(await g.lines('datastore.tail -n 2 log.txt'), ['line 99', 'line 100']);
    equal(await g.text('datastore.tail -c 4 log.txt'), '100');
  },
  'mkdir: a directory, with its parents when asked': async (g) => {
    await g.fails('datastore.mkdir a/b');
    await g.run('datastore.mkdir -p a/b');
    equal(await g.lines('datastore.ls a'), ['b']);
    match(await g.fails('datastore.mkdir a/b'), /already exists/);
  },
  'mv: a file moves': async (g) => {
    await put(g, 'a.txt', 'text');
    await g.run('datastore.mv a.txt b.txt');
    const names = await g.lines('datastore.ls');
    includes(names, 'b.txt');
    excludes(names, 'a.txt');
    equal(await g.text('datastore.download b.txt -'), 'text');
  },
  'mv-exists: a file that is there is not overwritten unless forced': async (g) => {
    await put(g, 'a.txt', 'a');
    await put(g, 'b.txt', 'b');
    match(await g.fails('datastore.mv a.txt b.txt'), /already exists/);
    await g.run('datastore.mv -f a.txt b.txt');
    equal(await g.text('datastore.download b.txt -'), 'a');
  },
  'cp: a file is copied, the first stays': async (g) => {
    await put(g, 'a.txt', 'text');
    await g.run('datastore.cp a.txt b.txt');
    equal([await g.text('datastore.download a.txt -'), await g.text('datastore.download b.txt -')], ['text', 'text']);
  },
  'cp-missing: a file that is not there is named': async (g) => match(await g.fails('datastore.cp none.txt b.txt'), /none\.txt/),
  'cp-directory: a directory with all that is in it': async (g) => {
    await g.run('datastore.mkdir -p a/b');
    await put(g, 'a/b/c.txt', 'deep');
    await g.run('datastore.cp a z');
    equal(await g.text('datastore.download z/b/c.txt -'), 'deep');
  },
  'rm: a file, and a directory with its content': async (g) => {
    await g.run('datastore.mkdir -p a/b');
    await put(g, 'a/b/c.txt', 'deep');
    await g.run('datastore.rm a/b/c.txt');
    equal(await g.lines('datastore.ls a/b'), []);
    await g.run('datastore.rm a');
    excludes(await g.lines('datastore.ls'), 'a');
  },
  'rm-missing: is refused, and overlooked with -f': async (g) => {
    match(await g.fails('datastore.rm none.txt'), /none\.txt.* was not found|not found/);
    await g.run('datastore.rm -f none.txt');
  },
  'cross: a file goes to another datastore': {
    world: 'large',
    async run(g) {
      await g.run('datastore.upload -dc DC0 -ds LocalDS_0 - a.txt', { input: 'text' });
      await g.run('datastore.cp -dc DC0 -ds LocalDS_0 -ds-target LocalDS_1 a.txt b.txt');
      equal(await g.text('datastore.download -dc DC0 -ds LocalDS_1 b.txt -'), 'text');
    },
  },
  'space: free space follows the files': async (g) => {
    const free = async () => Number(await g.value('/DC0/datastore/LocalDS_0', 'summary.freeSpace'));
    const before = await free();
    await g.run('datastore.upload - big.bin', { input: Buffer.alloc(8 * 1024 * 1024) });
    const during = await free();
    ok(before - during >= 8 * 1024 * 1024, 'less free space', [before, during]);
    await g.run('datastore.rm big.bin');
    equal(await free(), before);
  },
  'disk-create: a disk with its facts': async (g) => {
    await g.run('datastore.mkdir disks');
    await g.run('datastore.disk.create -size 24G disks/one.vmdk');
    const text = await g.text('datastore.disk.info disks/one.vmdk');
    match(text, /Name:\s+disks\/one\.vmdk/);
    match(text, /Type:\s+thin/);
    includes(await g.lines('datastore.ls disks'), 'one.vmdk', 'files');
  },
  'disk-create-twice: a disk that is there is refused': async (g) => {
    await g.run('datastore.disk.create -size 1G one.vmdk');
    match(await g.fails('datastore.disk.create -size 1G one.vmdk'), /already exists/);
    match(await g.text('datastore.download one.vmdk -'), /RW 2097152 /);
  },
  'disk-copy: a disk is copied with its size': async (g) => {
    await g.run('datastore.disk.create -size 2G one.vmdk');
    await g.run('datastore.cp one.vmdk two.vmdk');
    await g.run('vm.disk.attach -vm DC0_H0_VM0 -link=false -disk two.vmdk');
    equal((await g.devices('DC0_H0_VM0', 'disk-*'))[1].capacityInKB, 2 * 1024 * 1024);
  },
  'disk-remove: descriptor and data go': async (g) => {
    await g.run('datastore.disk.create -size 1G one.vmdk');
    await g.run('datastore.rm one.vmdk');
    ok(!(await g.lines('datastore.ls')).some((name) => name.startsWith('one')), 'no file of the disk');
  },
  'disk-inflate: a thin disk becomes thick': async (g) => {
    await g.run('datastore.disk.create -size 1G one.vmdk');
    await g.run('datastore.disk.inflate one.vmdk');
    match(await g.text('datastore.disk.info one.vmdk'), /Type:\s+(eagerZeroedThick|preallocated|thick)/i);
  },
  'disk-extend: a disk grows': {
    versions: ['newest'],
    async run(g) {
      await g.run('datastore.disk.create -size 1G one.vmdk');
      await g.run('datastore.disk.extend -size 2G one.vmdk');
      match(await g.text('datastore.download one.vmdk -'), /RW 4194304 /);
    },
  },
  'disk-chain: the parents of a delta disk': async (g) => {
    await g.run('snapshot.create -vm DC0_H0_VM0 one');
    const [disk] = await g.devices('DC0_H0_VM0', 'disk-*');
    const text = await g.text(['datastore.disk.info', '-d', disk.backing.fileName.replace('[LocalDS_0] ', '')]);
    match(text, /Type:\s+delta\n\s*Parent:\s+\[LocalDS_0\] DC0_H0_VM0\/DC0_H0_VM0\.vmdk$/m);
  },
  'create-nfs: a host mounts a share, and lets it go': async (g) => {
    await g.run('datastore.create -type nfs -name nfs -remote-host 10.0.0.9 -remote-path /share -mode readWrite DC0_H0');
    const { datastores: [store] } = await g.json('datastore.info nfs');
    equal([store.summary.type, store.info.nas.remoteHost, store.info.nas.remotePath], ['NFS', '10.0.0.9', '/share']);
    match(await g.value('/DC0/host/DC0_H0/DC0_H0', 'datastore'), new RegExp(store.self.value));
    await g.run('datastore.remove -ds nfs DC0_H0');
    equal(await g.text('ls /DC0/datastore/nfs'), '');
  },
  'create-local: a directory of a host': async (g) => {
    await g.run('datastore.create -type local -name scratch -path /tmp DC0_H0');
    equal(await g.value('/DC0/datastore/scratch', 'summary.name'), 'scratch');
  },
  'remove-in-use: a datastore with machines stays': async (g) => {
    match(await g.fails('datastore.remove -ds LocalDS_0 DC0_H0'), /in use/i);
    equal(await g.text('ls /DC0/datastore/LocalDS_0'), '/DC0/datastore/LocalDS_0');
  },
  'rename: paths of machines follow': async (g) => {
    await g.run('object.rename /DC0/datastore/LocalDS_0 gold');
    equal(await g.value('/DC0/vm/DC0_H0_VM0', 'config.files.vmPathName'), '[gold] DC0_H0_VM0/DC0_H0_VM0.vmx');
    equal(await g.value('/DC0/datastore/gold', 'summary.name'), 'gold');
  },
  'maintenance: a datastore enters and leaves maintenance': {
    async run(g) {
      await g.run('folder.create -pod /DC0/datastore/pod');
      await g.run('datastore.create -type nfs -name nfs -remote-host 10.0.0.9 -remote-path /share -mode readWrite DC0_H0');
      await g.run('object.mv /DC0/datastore/nfs /DC0/datastore/pod');
      await g.run('datastore.maintenance.enter -ds pod/nfs');
      equal(await g.value('/DC0/datastore/pod/nfs', 'summary.maintenanceMode'), 'inMaintenance');
      await g.run('datastore.maintenance.exit -ds pod/nfs');
      equal(await g.value('/DC0/datastore/pod/nfs', 'summary.maintenanceMode'), 'normal');
    },
  },
  'cluster: a datastore cluster with its settings': {
    world: 'large',
    async run(g) {
      await g.run('datastore.cluster.change -dc DC0 -drs-enabled -drs-mode automated DC0_POD0');
      const text = await g.text('datastore.cluster.info -dc DC0 -json DC0_POD0');
      const [pod] = JSON.parse(text).clusters;
      const { podStorageDrsEntry } = pod;
      equal([podStorageDrsEntry.storageDrsConfig.podConfig.enabled, podStorageDrsEntry.storageDrsConfig.podConfig.defaultVmBehavior], [true, 'automated']);
    },
  },
  'guest-fills: a guest that writes makes its thin disk grow; without room it asks, and goes on when there is some': async (g) => {
    const free = async () => (await g.json('datastore.info LocalDS_0')).datastores[0].summary.freeSpace;
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/grow -size 100M -thick=false');
    const before = await free();
    await g.run(['vm.change', '-vm', 'DC0_H0_VM0', '-e', 'WRITE.scsi0:1=31457280']);
    equal(before - await free(), 31457280);
    const rest = Math.floor(await free() / 1048576) - 10;
    for (let n = 0, left = rest; left > 0; n++, left -= 8388608) await g.run(`datastore.disk.create -ds LocalDS_0 -d eagerZeroedThick -size ${Math.min(left, 8388608)}M ballast${n}.vmdk`);
    await g.run(['vm.change', '-vm', 'DC0_H0_VM0', '-e', 'WRITE.scsi0:1=52428800']);
    equal(await free(), 0);
    match(await g.text('vm.question -vm DC0_H0_VM0'), /There is no more space for virtual disk/);
    await g.run('datastore.rm ballast0.vmdk');
    await g.run('vm.question -vm DC0_H0_VM0 -answer 0');
    equal(await g.value('/DC0/vm/DC0_H0_VM0', 'runtime.question'), '');
  },
});
