// Making, describing, changing and removing machines.
import { equal, excludes, includes, match, noMatch, ok, sameMembers, topic } from '../check.mjs';

const VM = '/DC0/vm/DC0_H0_VM0';

export default topic('govc.vm', {
  'info: prints name, path, guest, memory, processors, power and host': async (g) => {
    const text = await g.text('vm.info DC0_H0_VM0');
    for (const line of [/^Name:\s+DC0_H0_VM0$/m, /Path:\s+\/DC0\/vm\/DC0_H0_VM0$/m, /UUID:\s+[0-9a-f-]{36}$/m, /Guest name:\s+\S/m, /Memory:\s+\d+MB$/m, /CPU:\s+\d+ vCPU\(s\)$/m, /Power state:\s+poweredOn$/m, /Host:\s+DC0_H0$/m]) match(text, line);
  },
  'info-resources: -r adds storage, network and usage': async (g) => {
    const text = await g.text('vm.info -r DC0_H0_VM0');
    for (const line of [/Storage:\s+LocalDS_0$/m, /Network:\s+\S/m, /CPU usage:\s+\d/m, /Host memory usage:\s+\d/m, /Storage committed:\s+\S/m]) match(text, line);
  },
  'info-json: the whole machine': async (g) => {
    const { virtualMachines: [vm] } = await g.json('vm.info DC0_H0_VM0');
    equal(vm.config.name, 'DC0_H0_VM0');
    match(vm.config.uuid, /^[0-9a-f-]{36}$/);
    match(vm.config.instanceUuid, /^[0-9a-f-]{36}$/);
    equal(vm.summary.config.numCpu, vm.config.hardware.numCPU);
    equal(vm.summary.config.numVirtualDisks, vm.config.hardware.device.filter(({ capacityInKB }) => capacityInKB !== undefined).length);
    equal(vm.resourceConfig.entity.type, 'VirtualMachine');
  },
  'info-globs: several machines by wildcard': async (g) => {
    const { virtualMachines } = await g.json('vm.info DC0_C0_*');
    sameMembers(virtualMachines.map(({ name }) => name), ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1']);
  },
  'info-uuid: a machine is found by BIOS id': async (g) => {
    const { virtualMachines: [{ config: { uuid } }] } = await g.json('vm.info DC0_H0_VM1');
    match(await g.text(`vm.info -vm.uuid ${uuid}`), /Name:\s+DC0_H0_VM1/);
  },
  'info-extra: -e prints extra configuration': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -e guestinfo.a=1');
    match(await g.text('vm.info -e DC0_H0_VM0'), /guestinfo\.a:\s+1/);
  },
  'info-path: a machine is found by inventory path and by vmx path': async (g) => {
    match(await g.text(['vm.info', '-vm.ipath', VM]), /Name:\s+DC0_H0_VM0/);
    match(await g.text(['vm.info', '-vm.path', '[LocalDS_0] DC0_H0_VM0/DC0_H0_VM0.vmx']), /Name:\s+DC0_H0_VM0/);
  },
  'create: makes a machine that is on, with network card and files': async (g) => {
    await g.run('vm.create -host DC0_H0 new');
    equal(await g.value('/DC0/vm/new', 'runtime.powerState'), 'poweredOn');
    const devices = await g.devices('new');
    includes(devices.map(({ name }) => name), 'ethernet-0', 'devices');
    includes(await g.lines('datastore.ls new'), 'new.vmx', 'files');
  },
  'create-options: processors, memory, guest, annotation, firmware and disk as asked': async (g) => {
    await g.run(['vm.create', '-host', 'DC0_H0', '-on=false', '-c', '2', '-m', '2048', '-g', 'ubuntu64Guest', '-annotation', 'made by hand', '-disk', '5GB', '-disk.controller', 'pvscsi', '-net', 'DC0_DVPG0', '-net.adapter', 'vmxnet3', '-firmware', 'efi', 'new']);
    const { virtualMachines: [vm] } = await g.json('vm.info new');
    equal([vm.config.hardware.numCPU, vm.config.hardware.memoryMB, vm.config.guestId, vm.config.annotation, vm.config.firmware, vm.runtime.powerState], [2, 2048, 'ubuntu64Guest', 'made by hand', 'efi', 'poweredOff']);
    const devices = await g.devices('new');
    equal(devices.filter(({ type }) => type === 'ParaVirtualSCSIController').length, 1);
    equal(devices.find(({ type }) => type === 'VirtualDisk').capacityInKB, 5 * 1024 * 1024);
    equal(devices.find(({ macAddress }) => macAddress).type, 'VirtualVmxnet3');
    match(vm.config.guestFullName, /Ubuntu/);
  },
  'create-labels: devices have the labels that vCenter gives': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false -disk 1GB new');
    const labels = (await g.devices('new')).map(({ deviceInfo }) => deviceInfo.label);
    for (const label of ['Hard disk 1', 'Network adapter 1', 'SCSI controller 0', 'IDE 0', 'Video card', 'Keyboard', 'Pointing device', 'PS2 controller 0', 'PCI controller 0', 'SIO controller 0']) includes(labels, label, 'labels');
  },
  'create-mac: a generated address is of VMware and of its own': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false one');
    await g.run('vm.create -host DC0_H0 -on=false two');
    const [one, two] = await Promise.all(['one', 'two'].map(async (name) => (await g.devices(name, 'ethernet-0'))[0].macAddress));
    match(one, /^00:(50:56|0c:29):/i);
    ok(one !== two, 'two addresses', one);
  },
  'create-mac-given: an address given by hand is kept': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false -net.address 00:50:56:00:00:99 new');
    const [card] = await g.devices('new', 'ethernet-0');
    equal([card.macAddress, card.addressType.toLowerCase()], ['00:50:56:00:00:99', 'manual']);
  },
  'create-duplicate: a name that is taken is refused': async (g) => {
    match(await g.fails('vm.create -host DC0_H0 -on=false DC0_H0_VM0'), /already exists/);
    equal((await g.lines('find / -type m -name DC0_H0_VM0')).length, 1);
  },
  'create-folder-pool: goes where it is told': async (g) => {
    await g.run('folder.create /DC0/vm/a');
    await g.run('pool.create DC0_C0/Resources/p');
    await g.run('vm.create -on=false -folder /DC0/vm/a -pool DC0_C0/Resources/p new');
    equal(await g.lines('ls /DC0/vm/a'), ['/DC0/vm/a/new']);
    const [pool] = await g.lines('find -i /DC0/host -type p -name p');
    equal(await g.value('/DC0/vm/a/new', 'resourcePool'), pool);
    match(await g.value('/DC0/vm/a/new', 'runtime.host'), /^HostSystem:/);
  },
  'create-iso: a CD image is in the drive': async (g) => {
    await g.run('datastore.upload - boot.iso', { input: 'image' });
    await g.run('vm.create -host DC0_H0 -on=false -iso boot.iso new');
    const [drive] = await g.devices('new', 'cdrom-*');
    equal(drive.backing.fileName, '[LocalDS_0] boot.iso');
  },
  'create-version: hardware version as asked': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false -version 6.7 new');
    equal(await g.value('/DC0/vm/new', 'config.version'), 'vmx-14');
  },
  'create-unknown-host: a host that is not there is named': async (g) => match(await g.fails('vm.create -host nobody new'), /host 'nobody' not found/),
  'change-size: processors and memory': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('vm.change -vm DC0_H0_VM0 -c 4 -m 4096');
    const { config, summary } = await g.properties(VM, 'config', 'summary');
    equal([config.hardware.numCPU, config.hardware.memoryMB, summary.config.numCpu, summary.config.memorySizeMB], [4, 4096, 4, 4096]);
  },
  'change-name: a new name is seen everywhere': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -name other');
    equal(await g.value('/DC0/vm/other', 'summary.config.name'), 'other');
    equal(await g.text('ls /DC0/vm/DC0_H0_VM0'), '');
  },
  'change-annotation: a description': async (g) => {
    await g.run(['vm.change', '-vm', 'DC0_H0_VM0', '-annotation', 'a <b> & "c"']);
    equal(await g.value(VM, 'config.annotation'), 'a <b> & "c"');
    equal(await g.value(VM, 'summary.config.annotation'), 'a <b> & "c"');
  },
  'change-extra: extra configuration is added, changed and removed by an empty value': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -e guestinfo.a=1 -e guestinfo.b=2');
    const first = await g.extraConfig('DC0_H0_VM0');
    equal([first['guestinfo.a'], first['guestinfo.b']], ['1', '2']);
    await g.run('vm.change -vm DC0_H0_VM0 -e guestinfo.a=one -e guestinfo.b=');
    const second = await g.extraConfig('DC0_H0_VM0');
    equal([second['guestinfo.a'], 'guestinfo.b' in second], ['one', false]);
  },
  'change-extra-large: a value of 64 KiB with line breaks survives': async (g) => {
    const value = 'line & <tag>\n'.repeat(5000);
    await g.run(['vm.change', '-vm', 'DC0_H0_VM0', '-e', `guestinfo.big=${value}`]);
    equal((await g.extraConfig('DC0_H0_VM0'))['guestinfo.big'], value);
  },
  'change-resources: reservations, limits and shares': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -cpu.reservation 100 -cpu.limit 1000 -cpu.shares high -mem.limit 512 -mem.shares 777');
    const { config } = await g.properties(VM, 'config');
    equal([config.cpuAllocation.reservation, config.cpuAllocation.limit, config.cpuAllocation.shares.level, config.memoryAllocation.limit, config.memoryAllocation.shares.level, config.memoryAllocation.shares.shares], [100, 1000, 'high', 512, 'custom', 777]);
  },
  'change-hot-add: flags of the machine': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('vm.change -vm DC0_H0_VM0 -cpu-hot-add-enabled -memory-hot-add-enabled -nested-hv-enabled -sync-time-with-host');
    const { config } = await g.properties(VM, 'config');
    equal([config.cpuHotAddEnabled, config.memoryHotAddEnabled, config.nestedHVEnabled, config.tools.syncTimeWithHost], [true, true, true, true]);
  },
  'change-uuid: a BIOS id is found again': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('vm.change -vm DC0_H0_VM0 -uuid 4139c345-7186-4924-a842-36b69a24159b');
    match(await g.text('vm.info -vm.uuid 4139c345-7186-4924-a842-36b69a24159b'), /Name:\s+DC0_H0_VM0/);
  },
  'change-guest: an operating system changes its full name': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('vm.change -vm DC0_H0_VM0 -g windows9Server64Guest');
    match(await g.value(VM, 'summary.config.guestFullName'), /Windows Server 2016/);
  },
  'change-bad-guest: an unknown operating system is refused': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    match(await g.fails('vm.change -vm DC0_H0_VM0 -g nonsense'), /not correct|invalid|not supported/i);
  },
  'change-on: processors of a running machine without hot add cannot change': async (g) => {
    await g.fails('vm.change -vm DC0_H0_VM0 -c 4');
    ok(Number(await g.value(VM, 'config.hardware.numCPU')) < 4, 'processors are as they were');
  },
  'destroy: takes machine and files away': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false -disk 1GB new');
    await g.run('vm.destroy new');
    equal(await g.text('ls /DC0/vm/new'), '');
    excludes(await g.lines('datastore.ls'), 'new', 'directories');
  },
  'destroy-running: turns it off first': async (g) => {
    await g.run('vm.destroy DC0_H0_VM0');
    equal(await g.text(`ls ${VM}`), '');
    noMatch(await g.value('/DC0/datastore/LocalDS_0', 'vm'), /vm-.*vm-.*vm-.*vm-/);
  },
  'unregister-register: leaves the files, and the machine comes back from them': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false -c 3 -m 768 -disk 2GB -annotation kept new');
    const before = (await g.json('vm.info new')).virtualMachines[0];
    await g.run('vm.unregister new');
    equal(await g.text('ls /DC0/vm/new'), '');
    includes(await g.lines('datastore.ls new'), 'new.vmx', 'files');
    await g.run('vm.register -host DC0_H0 new/new.vmx');
    const after = (await g.json('vm.info new')).virtualMachines[0];
    equal([after.config.hardware.numCPU, after.config.hardware.memoryMB, after.config.annotation, after.config.uuid], [3, 768, 'kept', before.config.uuid]);
    equal((await g.devices('new', 'disk-*')).map(({ capacityInKB }) => capacityInKB), [2 * 1024 * 1024]);
  },
  'register-name: under another name': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false new');
    await g.run('vm.unregister new');
    await g.run('vm.register -host DC0_H0 -name other new/new.vmx');
    equal(await g.value('/DC0/vm/other', 'config.files.vmPathName'), '[LocalDS_0] new/new.vmx');
  },
  'register-missing: a file that is not there is named': async (g) => match(await g.fails('vm.register -host DC0_H0 none/none.vmx'), /none\.vmx|not found/i),
  'register-twice: a machine that is there already is refused': async (g) => match(await g.fails('vm.register -host DC0_H0 DC0_H0_VM0/DC0_H0_VM0.vmx'), /already exists|AlreadyExists/),
  'template: becomes a template that cannot be turned on, and a machine again': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('vm.markastemplate DC0_H0_VM0');
    equal(await g.value(VM, 'config.template'), 'true');
    equal(await g.value(VM, 'summary.config.template'), 'true');
    await g.fails('vm.power -on DC0_H0_VM0');
    await g.run('vm.markasvm -pool DC0_H0/Resources -host DC0_H0 DC0_H0_VM0');
    equal(await g.value(VM, 'config.template'), 'false');
    await g.run('vm.power -on DC0_H0_VM0');
    equal(await g.value(VM, 'runtime.powerState'), 'poweredOn');
  },
  'template-running: a running machine cannot become a template': async (g) => match(await g.fails('vm.markastemplate DC0_H0_VM0'), /current state \(Powered on\)/i),
  'clone: the copy has its own ids, addresses and files': async (g) => {
    await g.run('vm.clone -vm DC0_H0_VM0 -host DC0_H0 -on=false copy');
    const [source, copy] = await Promise.all(['DC0_H0_VM0', 'copy'].map(async (name) => (await g.json(`vm.info ${name}`)).virtualMachines[0]));
    equal(copy.runtime.powerState, 'poweredOff');
    equal(copy.config.hardware.memoryMB, source.config.hardware.memoryMB);
    for (const id of ['uuid', 'instanceUuid']) ok(copy.config[id] !== source.config[id], `${id} differs`, copy.config[id]);
    const mac = (vm) => vm.config.hardware.device.find(({ macAddress }) => macAddress).macAddress;
    ok(mac(copy) !== mac(source), 'another address', mac(copy));
    const disk = (vm) => vm.config.hardware.device.find(({ capacityInKB }) => capacityInKB !== undefined);
    equal([disk(copy).capacityInKB, disk(copy).backing.fileName], [disk(source).capacityInKB, '[LocalDS_0] copy/copy.vmdk']);
    includes(await g.lines('datastore.ls copy'), 'copy.vmdk', 'files');
  },
  'clone-options: processors, memory, annotation, on': async (g) => {
    await g.run('vm.clone -vm DC0_H0_VM0 -host DC0_H0 -c 2 -m 512 -annotation twin copy');
    const { virtualMachines: [copy] } = await g.json('vm.info copy');
    equal([copy.config.hardware.numCPU, copy.config.hardware.memoryMB, copy.config.annotation, copy.runtime.powerState], [2, 512, 'twin', 'poweredOn']);
  },
  'clone-template: a clone can be a template, and a template can be cloned': async (g) => {
    await g.run('vm.clone -vm DC0_H0_VM0 -host DC0_H0 -on=false -template golden');
    equal(await g.value('/DC0/vm/golden', 'config.template'), 'true');
    await g.run('vm.clone -vm golden -pool DC0_C0/Resources -on=false copy');
    equal(await g.value('/DC0/vm/copy', 'config.template'), 'false');
    match(await g.value('/DC0/vm/copy', 'resourcePool'), /^ResourcePool:/);
  },
  'clone-network: a clone can get another network': async (g) => {
    await g.run('host.portgroup.add -host DC0_H0 -vswitch vSwitch0 lab');
    await g.run(['vm.clone', '-vm', 'DC0_H0_VM0', '-host', 'DC0_H0', '-on=false', '-net', 'lab', 'copy']);
    const [card] = await g.devices('copy', 'ethernet-0');
    equal(card.backing.deviceName, 'lab');
  },
  'clone-link: a linked clone rests on the snapshot of its source': async (g) => {
    await g.run('snapshot.create -vm DC0_H0_VM0 base');
    await g.run('vm.clone -vm DC0_H0_VM0 -host DC0_H0 -on=false -link -snapshot base copy');
    const [disk] = await g.devices('copy', 'disk-*');
    match(disk.backing.parent.fileName, /DC0_H0_VM0/);
    match(disk.backing.fileName, /^\[LocalDS_0\] copy\//);
  },
  'clone-duplicate: a name that is taken is refused': async (g) => match(await g.fails('vm.clone -vm DC0_H0_VM0 -host DC0_H0 -on=false DC0_H0_VM1'), /already exists/),
  'clone-folder: into a folder': async (g) => {
    await g.run('folder.create /DC0/vm/a');
    await g.run('vm.clone -vm DC0_H0_VM0 -host DC0_H0 -folder /DC0/vm/a -on=false copy');
    equal(await g.lines('ls /DC0/vm/a'), ['/DC0/vm/a/copy']);
  },
  'upgrade: to the newest hardware version': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false -version 6.7 new');
    await g.run('vm.upgrade -vm new');
    const version = await g.value('/DC0/vm/new', 'config.version');
    ok(Number(version.slice(4)) > 14, 'newer than vmx-14', version);
    match(await g.start('vm.upgrade -vm new').done.then(({ stdout, stderr }) => stdout + stderr), /already/);
  },
  'upgrade-to: to one version': async (g) => {
    await g.run('vm.create -host DC0_H0 -on=false -version 6.5 new');
    await g.run('vm.upgrade -version 15 -vm new');
    equal(await g.value('/DC0/vm/new', 'config.version'), 'vmx-15');
  },
  'customize: a specification waits for the next start': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('vm.customize -vm DC0_H0_VM0 -name box -domain example -ip 10.1.1.1 -netmask 255.255.255.0 -gateway 10.1.1.254');
    await g.run('vm.power -on DC0_H0_VM0');
    equal(await g.text('vm.ip -wait 5s DC0_H0_VM0'), '10.1.1.1');
  },
  'options: guest systems that a cluster offers': async (g) => {
    const { guestOSDescriptor } = await g.json('vm.option.info -cluster DC0_C0');
    const ids = guestOSDescriptor.map(({ id }) => id);
    for (const id of ['ubuntu64Guest', 'otherGuest', 'windows9Server64Guest']) includes(ids, id, 'guest systems');
  },
  'option-keys: hardware versions that a cluster offers': async (g) => {
    const keys = await g.text('vm.option.ls -cluster DC0_C0');
    match(keys, /vmx-13/);
    match(keys, /vmx-21/);
  },
  'target: datastores and networks that a machine could use': async (g) => {
    const text = await g.text('vm.target.info -json -host DC0_H0');
    const target = JSON.parse(text);
    includes(target.datastore.map(({ datastore }) => datastore.name), 'LocalDS_0', 'datastores');
    includes(target.network.map(({ name }) => name), 'VM Network', 'networks');
  },
  'vnc: a port is chosen and kept': async (g) => {
    await g.run('vm.vnc -enable -port 5910 -password secret DC0_H0_VM0');
    const config = await g.extraConfig('DC0_H0_VM0');
    equal([String(config['RemoteDisplay.vnc.enabled']).toLowerCase(), config['RemoteDisplay.vnc.port']], ['true', '5910']);
  },
  'console: a link with a ticket': async (g) => match(await g.text('vm.console DC0_H0_VM0'), /^vmrc:\/\/clone:.+@.+moid=vm-\d+/),
  'keystrokes: keys are taken': async (g) => equal((await g.start('vm.keystrokes -vm DC0_H0_VM0 -s root').done).code, 0),
  'question-none: a machine without a question says so': async (g) => equal(await g.text('vm.question -vm DC0_H0_VM0'), 'No pending question'),
});
