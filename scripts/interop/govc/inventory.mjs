// Finding: find, ls, tree; and making, renaming, moving, destroying what is in folders.
import { equal, excludes, includes, match, ok, sameMembers, topic } from '../check.mjs';

const DEFAULT_MACHINES = ['/DC0/vm/DC0_H0_VM0', '/DC0/vm/DC0_H0_VM1', '/DC0/vm/DC0_C0_RP0_VM0', '/DC0/vm/DC0_C0_RP0_VM1'];

export default topic('govc.inventory', {
  'find-all: finds all that is in the inventory by path': async (g) => {
    const paths = await g.lines('find /');
    for (const path of ['/', '/DC0', '/DC0/vm', '/DC0/host/DC0_C0/DC0_C0_H2', '/DC0/host/DC0_C0/Resources', '/DC0/datastore/LocalDS_0', '/DC0/network/DC0_DVPG0', ...DEFAULT_MACHINES]) includes(paths, path);
    equal(new Set(paths).size, paths.length, 'no path twice');
  },
  'find-type: finds one type only': async (g) => {
    sameMembers(await g.lines('find / -type m'), DEFAULT_MACHINES);
    sameMembers(await g.lines('find / -type h'), ['/DC0/host/DC0_H0/DC0_H0', ...[0, 1, 2].map((n) => `/DC0/host/DC0_C0/DC0_C0_H${n}`)]);
  },
  'find-reference: prints references that ls turns back into the path': async (g) => {
    const [reference] = await g.lines('find -i / -type m -name DC0_H0_VM1');
    match(reference, /^VirtualMachine:vm-\d+$/);
    equal(await g.text(`ls -L ${reference}`), '/DC0/vm/DC0_H0_VM1');
  },
  'find-long: prints the type beside the path': async (g) => {
    match(await g.text('find -l /DC0/network'), /^DistributedVirtualPortgroup\s+\/DC0\/network\/DC0_DVPG0$/m);
  },
  'find-property: filters by a property': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    equal(await g.lines('find / -type m -runtime.powerState poweredOff'), ['/DC0/vm/DC0_H0_VM0']);
  },
  'find-name: filters by a name with wildcard': async (g) => {
    sameMembers(await g.lines('find / -type m -name DC0_C0*'), DEFAULT_MACHINES.slice(2));
  },
  'find-datastore: finds the machines on a datastore by reference': async (g) => {
    const [store] = await g.lines('find -i /DC0/datastore -type s');
    sameMembers(await g.lines(`find / -type m -datastore ${store}`), DEFAULT_MACHINES);
  },
  'find-host: finds the machines on a host by reference': async (g) => {
    const [host] = await g.lines('find -i /DC0/host -type h -name DC0_H0');
    sameMembers(await g.lines(`find / -type m -runtime.host ${host}`), DEFAULT_MACHINES.slice(0, 2));
  },
  'find-parents: walks up from an object': async (g) => {
    includes(await g.lines('find -p /DC0/vm/DC0_H0_VM0 -type Datacenter'), '/DC0');
  },
  'find-depth: stops at the wanted depth': async (g) => {
    const paths = await g.lines('find -maxdepth 1 /');
    includes(paths, '/DC0');
    excludes(paths, '/DC0/vm');
  },
  'ls-globs: lists with wildcards in the middle of a path': async (g) => {
    sameMembers(await g.lines('ls /*/vm/*_VM1'), ['/DC0/vm/DC0_H0_VM1', '/DC0/vm/DC0_C0_RP0_VM1']);
  },
  'ls-type: lists one type only': async (g) => {
    equal(await g.lines('ls -t Datastore /DC0/*'), ['/DC0/datastore/LocalDS_0']);
  },
  'ls-long: lists children of a folder with their types': async (g) => {
    sameMembers((await g.lines('ls -l /DC0/network')).map((line) => line.replace(/^.+ \((\w+)\)$/, '$1')), ['Network', 'DistributedVirtualPortgroup', 'DistributedVirtualPortgroup', 'VmwareDistributedVirtualSwitch']);
  },
  'ls-unknown: says nothing about a path that is not there': async (g) => equal(await g.text('ls /DC0/vm/nobody'), ''),
  'tree: draws the inventory': async (g) => {
    const text = await g.text('tree /DC0/vm');
    match(text, /DC0_H0_VM0/);
    equal((await g.lines('tree -p /DC0/vm')).filter((line) => /VirtualMachine/.test(line)).length, 4);
  },
  'tree-depth: stops at a level': async (g) => {
    const text = await g.text('tree -L 1 /DC0');
    match(text, /vm/);
    ok(!/DC0_H0_VM0/.test(text), 'no machine at the first level');
  },
  'folder-create: makes nested folders that find sees': async (g) => {
    await g.run('folder.create /DC0/vm/a /DC0/vm/a/b');
    includes(await g.lines('find /DC0/vm -type f'), '/DC0/vm/a/b');
    equal(await g.properties('/DC0/vm/a/b', 'childType').then(({ childType }) => (childType.string ?? childType).filter((kind) => kind === 'VirtualMachine')), ['VirtualMachine']);
  },
  'folder-duplicate: refuses a second folder of one name, naming it': async (g) => {
    await g.run('folder.create /DC0/vm/a');
    match(await g.fails('folder.create /DC0/vm/a'), /The name 'a' already exists|DuplicateName|already exists/);
    equal((await g.lines('find /DC0/vm -type f -name a')).length, 1);
  },
  'folder-info: prints type, path and number of children': async (g) => {
    await g.run('folder.create /DC0/vm/a /DC0/vm/a/b');
    const text = await g.text('folder.info /DC0/vm/a');
    match(text, /^Name:\s+a$/m);
    match(text, /Path:\s+\/DC0\/vm\/a$/m);
    match(text, /Children:\s+1$/m);
  },
  'folder-destroy: takes the folder and the machines in it away': async (g) => {
    await g.run('folder.create /DC0/vm/a');
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('object.mv /DC0/vm/DC0_H0_VM0 /DC0/vm/a');
    await g.run('object.destroy /DC0/vm/a');
    sameMembers(await g.lines('find /DC0/vm -type m'), DEFAULT_MACHINES.slice(1));
    equal(await g.text('ls /DC0/vm/a'), '');
  },
  'object-mv: moves a machine between folders': async (g) => {
    await g.run('folder.create /DC0/vm/a');
    await g.run('object.mv /DC0/vm/DC0_H0_VM0 /DC0/vm/a');
    equal(await g.lines('ls /DC0/vm/a'), ['/DC0/vm/a/DC0_H0_VM0']);
    excludes(await g.lines('ls /DC0/vm'), '/DC0/vm/DC0_H0_VM0');
    const [folder] = await g.lines('find -i /DC0/vm -type f -name a');
    equal(await g.value('/DC0/vm/a/DC0_H0_VM0', 'parent'), folder);
  },
  'object-mv-into-itself: a folder cannot become its own child': async (g) => {
    await g.run('folder.create /DC0/vm/a /DC0/vm/a/b');
    match(await g.fails('object.mv /DC0/vm/a /DC0/vm/a/b'), /cannot be moved into itself|not (supported|valid|allowed)|invalid/i);
    includes(await g.lines('find /DC0/vm -type f'), '/DC0/vm/a/b');
  },
  'object-rename: renames, and every view shows the new name': async (g) => {
    await g.run('object.rename /DC0/vm/DC0_H0_VM0 renamed');
    equal(await g.value('/DC0/vm/renamed', 'config.name'), 'renamed');
    equal(await g.value('/DC0/vm/renamed', 'summary.config.name'), 'renamed');
    excludes(await g.lines('ls /DC0/vm'), '/DC0/vm/DC0_H0_VM0');
  },
  'object-rename-duplicate: refuses a name that is taken beside it': async (g) => {
    match(await g.fails('object.rename /DC0/vm/DC0_H0_VM0 DC0_H0_VM1'), /already exists/);
    equal(await g.value('/DC0/vm/DC0_H0_VM0', 'name'), 'DC0_H0_VM0');
  },
  'object-rename-slash: a slash in a name is kept escaped': async (g) => {
    await g.run('object.rename /DC0/vm/DC0_H0_VM0 a%2fb');
    equal(await g.value('/DC0/vm/a%2fb', 'name'), 'a%2fb');
  },
  'object-method: a method that was disabled is refused until it is enabled again': async (g) => {
    await g.run('object.method -name Destroy_Task -enable=false -reason interop /DC0/vm/DC0_H0_VM0');
    match(await g.value('/DC0/vm/DC0_H0_VM0', 'disabledMethod'), /Destroy_Task/);
    await g.run('vm.power -off DC0_H0_VM0');
    await g.fails('object.destroy /DC0/vm/DC0_H0_VM0');
    equal(await g.lines('ls /DC0/vm/DC0_H0_VM0'), ['/DC0/vm/DC0_H0_VM0']);
    await g.run('object.method -name Destroy_Task -enable /DC0/vm/DC0_H0_VM0');
    await g.run('object.destroy /DC0/vm/DC0_H0_VM0');
    equal(await g.text('ls /DC0/vm/DC0_H0_VM0'), '');
  },
  'object-reload: reloading a machine keeps it': async (g) => {
    await g.run('object.reload /DC0/vm/DC0_H0_VM0');
    equal(await g.value('/DC0/vm/DC0_H0_VM0', 'summary.config.name'), 'DC0_H0_VM0');
  },
  'object-save: writes every object of the inventory to files': async (g) => {
    const { mkdtempSync, readdirSync, rmSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const { join } = await import('node:path');
    const folder = mkdtempSync(join(tmpdir(), 'vic-testbed-save-'));
    try {
      await g.run(['object.save', '-f', '-d', folder]);
      const files = readdirSync(folder, { recursive: true }).map(String);
      for (const type of ['VirtualMachine', 'HostSystem', 'Datastore', 'ClusterComputeResource', 'ServiceInstance', 'DistributedVirtualPortgroup']) ok(files.some((name) => name.includes(type)), `a file of a ${type}`, files.slice(0, 30));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  'datacenter-create: makes a datacenter with its four folders': async (g) => {
    await g.run('datacenter.create DC9');
    sameMembers(await g.lines('ls /DC9'), ['/DC9/vm', '/DC9/host', '/DC9/datastore', '/DC9/network'].map((path) => `${path}`));
  },
  'datacenter-info: counts what is in it': async (g) => {
    const text = await g.text('datacenter.info DC0');
    for (const line of [/^Name:\s+DC0$/m, /^\s+Path:\s+\/DC0$/m, /^\s+Hosts:\s+4$/m, /^\s+Clusters:\s+1$/m, /^\s+Virtual Machines:\s+4$/m, /^\s+Datastores:\s+1$/m]) match(text, line);
  },
  'datacenter-duplicate: refuses a second datacenter of one name': async (g) => {
    match(await g.fails('datacenter.create DC0'), /already exists/);
  },
  'datacenter-destroy: an empty datacenter can be destroyed': async (g) => {
    await g.run('datacenter.create DC9');
    await g.run('object.destroy /DC9');
    equal(await g.lines('ls /'), ['/DC0']);
  },
  'large: finds the same kinds in two datacenters': {
    world: 'large',
    async run(g) {
      sameMembers(await g.lines('find / -type d'), ['/DC0', '/DC1']);
      equal((await g.lines('find / -type s')).length, 4);
      sameMembers(await g.lines('find / -type a'), ['/DC0/host/DC0_C0/Resources/DC0_C0_APP0', '/DC1/host/DC1_C0/Resources/DC1_C0_APP0']);
    },
  },
});
