// Resource pools and vApps.
import { equal, excludes, includes, match, ok, topic } from '../check.mjs';

const ROOT = 'DC0_C0/Resources';

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
    equal(await g.lines(`ls /DC0/host/${ROOT}/p`), [`/DC0/host/${ROOT}/p/q`]);
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
    equal(await g.value('/DC0/vm/DC0_C0_RP0_VM0', 'resourcePool'), await g.text(`ls -i /DC0/host/${ROOT}`));
    equal(await g.lines(`ls /DC0/host/${ROOT}/q`), [`/DC0/host/${ROOT}/q`].filter(() => true));
  },
  'destroy-children: takes the children, not the pool': async (g) => {
    await g.run(`pool.create ${ROOT}/p ${ROOT}/p/q ${ROOT}/p/r`);
    await g.run(`pool.destroy -children ${ROOT}/p`);
    equal(await g.lines(`ls /DC0/host/${ROOT}`).then((lines) => lines.filter((path) => path.endsWith('/p'))), [`/DC0/host/${ROOT}/p`]);
    ok(!(await g.lines('find /DC0/host -type p')).some((path) => /\/p\/[qr]$/.test(path)), 'no children');
  },
  'destroy-root: a root pool stays': async (g) => {
    await g.fails(`pool.destroy ${ROOT}`);
    equal(await g.text(`ls /DC0/host/${ROOT}`).then((text) => typeof text), 'string');
    includes(await g.lines('find /DC0/host -type p'), `/DC0/host/${ROOT}`);
  },
  'vapp-list: vApps beside pools': {
    world: 'large',
    async run(g) {
      match(await g.text(['pool.info', '-dc', 'DC0', '-a', '-p=false', '*/Resources/*']), /Name:\s+DC0_C0_APP0/);
      equal((await g.lines('find /DC0 -type m -name DC0_C0_APP0*')).length, 2);
    },
  },
  'vapp-power: all machines of a vApp go off and on': {
    world: 'large',
    async run(g) {
      const [machine] = await g.lines('find /DC0 -type m -name DC0_C0_APP0*');
      await g.run('vapp.power -dc DC0 -off -force DC0_C0_APP0');
      equal(await g.value(machine, 'runtime.powerState'), 'poweredOff');
      equal(await g.value('/DC0/host/DC0_C0/Resources/DC0_C0_APP0', 'summary.vAppState'), 'stopped');
      await g.run('vapp.power -dc DC0 -on DC0_C0_APP0');
      equal(await g.value(machine, 'runtime.powerState'), 'poweredOn');
      equal(await g.value('/DC0/host/DC0_C0/Resources/DC0_C0_APP0', 'summary.vAppState'), 'started');
    },
  },
  'vapp-destroy: takes its machines away': {
    world: 'large',
    async run(g) {
      await g.run('vapp.power -dc DC0 -off -force DC0_C0_APP0');
      await g.run('vapp.destroy -dc DC0 DC0_C0_APP0');
      equal(await g.lines('find /DC0 -type m -name DC0_C0_APP0*'), []);
      excludes(await g.lines('find /DC0 -type a'), '/DC0/host/DC0_C0/Resources/DC0_C0_APP0');
    },
  },
});
