// A host without vCenter: its fixed names, and daily work on it.
import { equal, includes, match, ok, topic } from '../check.mjs';

export default topic('govc.esxi', {
  'about: says that it is a host': async (g) => {
    const text = await g.text('about');
    match(text, /Name:\s+VMware ESXi/);
    match(text, /API type:\s+HostAgent/);
    match(text, /Product ID:\s+embeddedEsx/);
  },
  'find: fixed names and ids': async (g) => {
    const paths = await g.lines('find -i /');
    for (const reference of ['Folder:ha-folder-root', 'Datacenter:ha-datacenter', 'HostSystem:ha-host', 'ResourcePool:ha-root-pool']) includes(paths, reference, 'references');
  },
  'vm: machine life': async (g) => {
    await g.run('vm.create -disk 1GB new');
    equal(await g.value('/ha-datacenter/vm/new', 'runtime.powerState'), 'poweredOn');
    match(await g.reference('/ha-datacenter/vm/new'), /^VirtualMachine:\d+$/);
    await g.run('vm.destroy new');
    equal(await g.text('ls /ha-datacenter/vm/new'), '');
  },
  'clone: cannot clone, as a host cannot': async (g) => {
    const [machine] = await g.lines('find / -type m');
    await g.fails(['vm.clone', '-vm', machine, '-on=false', 'copy']);
    equal(await g.text('ls /ha-datacenter/vm/copy'), '');
  },
  'datacenter: cannot make a datacenter': async (g) => {
    match(await g.fails('datacenter.create DC9'), /not supported|has one datacenter/i);
  },
  'host: default host needs no name': async (g) => {
    match(await g.text('host.info'), /Path:\s+\/ha-datacenter\/host\//);
    await g.run('host.vswitch.add vSwitch9');
    match(await g.text('host.vswitch.info'), /vSwitch9/);
  },
  'pool: pools on a host': async (g) => {
    await g.run(['pool.create', '*/Resources/p']);
    equal((await g.lines('find / -type p -name p')).length, 1);
  },
  'datastore: files on a host': async (g) => {
    await g.run('datastore.upload - a.txt', { input: 'text' });
    equal(await g.text('datastore.download a.txt -'), 'text');
  },
  'events: events on a host': async (g) => {
    const [machine] = await g.lines('find / -type m');
    await g.run(['vm.power', '-off', machine]);
    match(await g.text(['events', machine]), /is powered off/i);
  },
  'role: a host has roles': async (g) => match(await g.text('role.ls'), /Admin/),
  'license: a host has a license': async (g) => ok((await g.json('license.ls')).length > 0, 'a license'),
  'option: options of the host': async (g) => ok((await g.json('host.option.ls')).length > 10, 'options'),
}, { world: 'esxi' });
