// Where machines are: migration between hosts, pools, datastores and folders.
import { equal, excludes, includes, match, topic } from '../check.mjs';

export default topic('govc.migrate', {
  'host: a running machine moves to another host of the cluster': async (g) => {
    const path = '/DC0/vm/DC0_C0_RP0_VM0';
    const reference = await g.reference(path);
    const before = await g.value(path, 'runtime.host');
    const target = (await g.lines('find -i /DC0/host/DC0_C0 -type h')).find((host) => host !== before);
    const [name] = [await g.value(target, 'name')];
    await g.run(`vm.migrate -host ${name} DC0_C0_RP0_VM0`);
    equal(await g.value(path, 'runtime.host'), target);
    equal(await g.value(path, 'summary.runtime.host'), target);
    includes((await g.value(target, 'vm')).split(','), reference, 'machines of the new host');
    excludes((await g.value(before, 'vm')).split(','), reference, 'machines of the old host');
  },
  'pool: moves to another pool': async (g) => {
    await g.run('pool.create DC0_C0/Resources/p');
    await g.run('vm.migrate -pool DC0_C0/Resources/p DC0_C0_RP0_VM0');
    const [pool] = await g.lines('find -i /DC0/host -type p -name p');
    equal(await g.value('/DC0/vm/DC0_C0_RP0_VM0', 'resourcePool'), pool);
    equal(await g.value(pool, 'vm'), await g.reference('/DC0/vm/DC0_C0_RP0_VM0'));
  },
  'datastore: files, paths and back-references move': {
    world: 'large',
    async run(g) {
      const at = '/DC0/vm/DC0_H0_VM0';
      const from = /^\[(\w+)\]/.exec(await g.value(at, 'config.files.vmPathName'))[1];
      const to = from === 'LocalDS_0' ? 'LocalDS_1' : 'LocalDS_0';
      await g.run(`vm.migrate -dc DC0 -ds ${to} DC0_H0_VM0`);
      equal(await g.value(at, 'config.files.vmPathName'), `[${to}] DC0_H0_VM0/DC0_H0_VM0.vmx`);
      equal(await g.value(at, 'datastore'), await g.reference(`/DC0/datastore/${to}`));
      includes(await g.lines(`datastore.ls -dc DC0 -ds ${to} DC0_H0_VM0`), 'DC0_H0_VM0.vmx', 'files there');
      await g.fails(`datastore.ls -dc DC0 -ds ${from} DC0_H0_VM0`);
      excludes((await g.value(`/DC0/datastore/${from}`, 'vm')).split(','), await g.reference(at), 'machines of the old datastore');
      const [disk] = (await g.json('device.info -dc DC0 -vm DC0_H0_VM0 disk-*')).devices;
      match(disk.backing.fileName, new RegExp(`^\\[${to}\\] `));
    },
  },
  'folder: moves between folders': async (g) => {
    await g.run('folder.create /DC0/vm/a');
    await g.run('vm.migrate -folder /DC0/vm/a DC0_H0_VM0');
    equal(await g.lines('ls /DC0/vm/a'), ['/DC0/vm/a/DC0_H0_VM0']);
  },
  'network: a migration can change the network': {
    versions: ['newest'],
    async run(g) {
      await g.run('host.portgroup.add -host DC0_H0 -vswitch vSwitch0 lab');
      await g.run('vm.migrate -net lab -host DC0_H0 DC0_H0_VM0');
      const [card] = await g.devices('DC0_H0_VM0', 'ethernet-0');
      equal(card.backing.deviceName, 'lab');
    },
  },
  'maintenance: a host in maintenance takes no machine': async (g) => {
    await g.run('vm.power -off DC0_C0_RP0_VM0 DC0_C0_RP0_VM1');
    const here = await g.value('/DC0/vm/DC0_C0_RP0_VM0', 'runtime.host');
    const other = (await g.lines('find -i /DC0/host/DC0_C0 -type h')).find((host) => host !== here);
    const name = await g.value(other, 'name');
    await g.run(`host.maintenance.enter -evacuate ${name}`);
    match(await g.fails(`vm.migrate -host ${name} DC0_C0_RP0_VM0`), /state|maintenance/i);
    equal(await g.value('/DC0/vm/DC0_C0_RP0_VM0', 'runtime.host'), here);
  },
  'unknown-host: a host that is not there': async (g) => match(await g.fails('vm.migrate -host nobody DC0_H0_VM0'), /host 'nobody' not found/),
});
