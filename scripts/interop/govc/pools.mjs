// Resource pools and vApps.
import { equal, excludes, includes, match, topic } from '../check.mjs';

const ROOT = 'DC0_C0/Resources';
const APP = `/DC0/host/${ROOT}/DC0_C0_APP0`;
const machinesOfApp = async (g) => (await g.value(APP, 'vm')).split(',');

export default topic('govc.pool', {
  'create: allocation as asked': async (g) => {
    await g.run(`pool.create -cpu.reservation 100 -cpu.limit 2000 -cpu.shares high -mem.limit 512 -mem.shares 1234 -mem.expandable=false ${ROOT}/p`);
    const { config } = await g.properties(`/DC0/host/${ROOT}/p`, 'config');
    equal([config.cpuAllocation.reservation, config.cpuAllocation.limit, config.cpuAllocation.shares.level, config.cpuAllocation.shares.shares, config.memoryAllocation.limit, config.memoryAllocation.shares.shares, config.memoryAllocation.expandableReservation], [100, 2000, 'high', 8000, 512, 1234, false]);
  },
  'create-nested: below another pool, on several roots at once': async (g) => {
    await g.run(['pool.create', '*/Resources/p']);
    await g.run(`pool.create ${ROOT}/p/q`);
    equal((await g.lines('find /DC0/host -type p -name p')).length, 2);
    equal(await g.lines('find /DC0/host -type p -name q'), [`/DC0/host/${ROOT}/p/q`]);
  },
  'create-duplicate: a name that is taken is refused': async (g) => {
    await g.run(`pool.create ${ROOT}/p`);
    match(await g.fails(`pool.create ${ROOT}/p`), /already exists/);
  },
  'info: prints shares, reservation, limit': async (g) => {
    await g.run(`pool.create -cpu.limit 2000 ${ROOT}/p`);
    const text = await g.text(`pool.info ${ROOT}/p`);
    for (const line of [/^Name:\s+p$/m, /CPU Shares:\s+normal$/m, /CPU Reservation:\s+0MHz \(expandable=true\)$/m, /CPU Limit:\s+2000MHz$/m, /Mem Limit:\s+-1MB$/m]) match(text, line);
  },
  'change: allocation and name': async (g) => {
    await g.run(`pool.create ${ROOT}/p`);
    await g.run(`pool.change -cpu.limit 500 -mem.shares low -name r ${ROOT}/p`);
    const { config, name } = await g.properties(`/DC0/host/${ROOT}/r`, 'config', 'name');
    equal([name, config.cpuAllocation.limit, config.memoryAllocation.shares.level], ['r', 500, 'low']);
  },
  'reservation: a root pool cannot give more than it has': async (g) => {
    await g.fails(`pool.create -mem.reservation 999999999 -mem.expandable=false ${ROOT}/p`);
    equal(await g.text(`ls /DC0/host/${ROOT}/p`), '');
  },
  'reservation-counted: the root pool has less to give': async (g) => {
    const unreserved = async () => (await g.properties(`/DC0/host/${ROOT}`, 'runtime')).runtime.cpu.unreservedForPool;
    const before = await unreserved();
    await g.run(`pool.create -cpu.reservation 500 ${ROOT}/p`);
    equal(before - (await unreserved()), 500);
  },
  'destroy: machines and children move up': async (g) => {
    await g.run(`pool.create ${ROOT}/p ${ROOT}/p/q`);
    await g.run(`vm.migrate -pool ${ROOT}/p DC0_C0_RP0_VM0`);
    await g.run(`pool.destroy ${ROOT}/p`);
    equal(await g.text(`ls /DC0/host/${ROOT}/p`), '');
    equal(await g.value('/DC0/vm/DC0_C0_RP0_VM0', 'resourcePool'), await g.reference(`/DC0/host/${ROOT}`));
    equal(await g.lines('find /DC0/host -type p -name q'), [`/DC0/host/${ROOT}/q`]);
  },
  'destroy-children: takes the children, not the pool': async (g) => {
    await g.run(`pool.create ${ROOT}/p ${ROOT}/p/q ${ROOT}/p/r`);
    await g.run(`pool.destroy -children ${ROOT}/p`);
    equal((await g.lines('find /DC0/host -type p')).filter((path) => !path.endsWith('Resources')), [`/DC0/host/${ROOT}/p`]);
  },
  'destroy-root: a root pool stays': async (g) => {
    await g.fails(`pool.destroy ${ROOT}`);
    includes(await g.lines('find /DC0/host -type p'), `/DC0/host/${ROOT}`);
  },
  'vapp-info: a vApp has an allocation like a pool': {
    world: 'large',
    async run(g) {
      match(await g.text(['pool.info', '-dc', 'DC0', '-a', '/DC0/host/DC0_C0/Resources/*_APP0']), /Name:\s+DC0_C0_APP0/);
      equal((await machinesOfApp(g)).length, 2);
    },
  },
  'vapp-paths: the path of a machine in a vApp leads to the machine': {
    world: 'large',
    async run(g) {
      const [reference] = await machinesOfApp(g);
      equal(await g.reference(await g.text(`ls -L ${reference}`)), reference);
    },
  },
  'vapp-power: all machines of a vApp go off and on': {
    world: 'large',
    async run(g) {
      const machines = await machinesOfApp(g);
      await g.run(`vapp.power -dc DC0 -vapp.ipath ${APP} -off -force`);
      for (const machine of machines) equal(await g.value(machine, 'runtime.powerState'), 'poweredOff');
      equal(await g.value(APP, 'summary.vAppState'), 'stopped');
      await g.run(`vapp.power -dc DC0 -vapp.ipath ${APP} -on`);
      for (const machine of machines) equal(await g.value(machine, 'runtime.powerState'), 'poweredOn');
      equal(await g.value(APP, 'summary.vAppState'), 'started');
    },
  },
  'vapp-destroy: takes its machines away': {
    world: 'large',
    async run(g) {
      const [machine] = await machinesOfApp(g);
      await g.run(`vapp.power -dc DC0 -vapp.ipath ${APP} -off -force`);
      await g.run(`vapp.destroy -dc DC0 ${APP}`);
      match(await g.fails(['object.collect', '-s', machine, 'name']), /deleted|ManagedObjectNotFound/);
      excludes(await g.lines('find /DC0 -type a'), APP);
    },
  },
});
