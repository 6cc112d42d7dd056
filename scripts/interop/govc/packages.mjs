// OVF and OVA: imports with real disks, exports that are imported again.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equal, includes, match, ok, sameMembers, topic } from '../check.mjs';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/ovf');
const INTO = ['-pool', '/DC0/host/DC0_C0/Resources', '-ds', 'LocalDS_0'];
const file = (name) => join(FIXTURES, name);
const imports = (g, command, name, ...more) => g.run([command, ...INTO, '-name', name, ...more]);

/** A folder for a check, gone after it. */
async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'vicsim-ovf-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export default topic('govc.ovf', {
  'spec: the choices that an appliance leaves': async (g) => {
    const spec = JSON.parse(await g.text(['import.spec', file('tiny.ova')]));
    equal([spec.PropertyMapping.map(({ Key, Value }) => `${Key}=${Value}`), spec.NetworkMapping.map(({ Name }) => Name), spec.Annotation], [['hostname=tiny', 'port=8080'], ['VM Network'], 'A very small appliance']);
  },
  'ova: an appliance becomes a machine with its disk, settings and properties': async (g) => {
    await imports(g, 'import.ova', 'tiny', file('tiny.ova'));
    const { config, summary } = await g.properties('/DC0/vm/tiny', 'config', 'summary');
    equal([config.guestId, config.version, config.firmware, config.annotation, config.hardware.memoryMB, summary.runtime.powerState], ['otherLinux64Guest', 'vmx-13', 'efi', 'A very small appliance', 64, 'poweredOff']);
    equal(config.vAppConfig.property.map(({ id, defaultValue }) => [id, defaultValue]), [['hostname', 'tiny'], ['port', '8080']]);
    const [disk] = await g.devices('tiny', 'disk-*');
    equal([disk.capacityInKB, disk.backing.fileName], [8192, '[LocalDS_0] tiny/tiny.vmdk']);
    equal((await g.lines('datastore.ls tiny')).filter((name) => name.endsWith('.vmdk')), ['tiny-flat.vmdk', 'tiny.vmdk']);
    equal((await g.start('datastore.download tiny/tiny-flat.vmdk -').done).bytes.subarray(0, 33).toString(), 'A disk of a very small appliance.');
    await g.run('vm.power -on tiny');
    equal(await g.value('/DC0/vm/tiny', 'runtime.powerState'), 'poweredOn');
  },
  'ova-twice: a name that is taken is refused, and nothing is left': async (g) => {
    await imports(g, 'import.ova', 'tiny', file('tiny.ova'));
    match(await g.fails(['import.ova', ...INTO, '-name', 'tiny', file('tiny.ova')]), /already exists/);
    equal((await g.lines('datastore.ls')).filter((name) => name.startsWith('tiny')), ['tiny']);
  },
  'ova-options: a file of options chooses size, provisioning, network, property and power': (g) => inFolder(async (folder) => {
    const options = join(folder, 'options.json');
    await writeFile(options, JSON.stringify({
      Deployment: 'large', DiskProvisioning: 'thin', PropertyMapping: [{ Key: 'hostname', Value: 'mine' }], NetworkMapping: [{ Name: 'VM Network', Network: 'DC0_DVPG0' }], PowerOn: true, Name: 'chosen', MarkAsTemplate: false,
    }));
    await g.run(['import.ova', ...INTO, '-options', options, file('tiny.ova')]);
    const { config, runtime } = await g.properties('/DC0/vm/chosen', 'config', 'runtime');
    equal([config.hardware.numCPU, config.hardware.memoryMB, runtime.powerState], [2, 128, 'poweredOn']);
    equal(config.vAppConfig.property.find(({ id }) => id === 'hostname').value, 'mine');
    const [disk] = await g.devices('chosen', 'disk-*');
    equal(disk.backing.thinProvisioned, true);
    const [nic] = await g.devices('chosen', 'ethernet-*');
    ok(nic.backing.port?.portgroupKey?.startsWith('dvportgroup-'), 'a distributed port group', nic.backing);
  }),
  'ova-bad-property: a value that does not fit is refused': (g) => inFolder(async (folder) => {
    const options = join(folder, 'options.json');
    await writeFile(options, JSON.stringify({ PropertyMapping: [{ Key: 'port', Value: 'many' }], Name: 'x' }));
    match(await g.fails(['import.ova', ...INTO, '-options', options, file('tiny.ova')]), /"many" is no value for the property "port"/);
    equal(await g.lines('find / -type m -name x'), []);
  }),
  'ovf: a descriptor with its disk beside it': async (g) => {
    await imports(g, 'import.ovf', 'loose', file('tiny.ovf'));
    equal(await g.value('/DC0/vm/loose', 'summary.config.product.name'), 'Tiny appliance');
  },
  'ovf-template: an appliance is kept as a template': (g) => inFolder(async (folder) => {
    const options = join(folder, 'options.json');
    await writeFile(options, JSON.stringify({ MarkAsTemplate: true, Name: 'mould' }));
    await g.run(['import.ovf', ...INTO, '-options', options, file('tiny.ovf')]);
    equal(await g.value('/DC0/vm/mould', 'config.template'), 'true');
    await g.run('vm.clone -vm mould -pool /DC0/host/DC0_C0/Resources -on=false cast');
    equal(await g.value('/DC0/vm/cast', 'config.annotation'), 'A very small appliance');
  }),
  'ovf-broken: a descriptor that is no XML is named with its line': (g) => inFolder(async (folder) => {
    const broken = join(folder, 'broken.ovf');
    await writeFile(broken, (await readFile(file('tiny.ovf'), 'utf8')).replace('vmx-13', 'xen-3'));
    match(await g.fails(['import.ovf', ...INTO, '-name', 'broken', broken]), /xen-3/);
    equal(await g.lines('find / -type m -name broken'), []);
  }),
  // An older govc leaves the lease to its timeout.
  'ovf-disk: what is no disk image is refused, and the machine is gone again': {
    versions: ['newest'],
    run: (g) => inFolder(async (folder) => {
      await writeFile(join(folder, 'tiny.ovf'), await readFile(file('tiny.ovf')));
      await writeFile(join(folder, 'tiny-disk1.vmdk'), Buffer.alloc(71680, 'x'));
      match(await g.fails(['import.ovf', ...INTO, '-name', 'junk', join(folder, 'tiny.ovf')]), /400|no sparse VMDK/);
      equal(await g.lines('find / -type m -name junk'), []);
      equal((await g.lines('datastore.ls')).filter((name) => name.startsWith('junk')), []);
    }),
  },
  'vmdk: a disk alone is stored in the datastore': async (g) => {
    await g.run(['import.vmdk', ...INTO, file('tiny-disk1.vmdk'), 'disks']);
    sameMembers(await g.lines('datastore.ls disks'), ['tiny-disk1-flat.vmdk', 'tiny-disk1.vmdk']);
    match(await g.text('datastore.download disks/tiny-disk1.vmdk -'), /^RW 16384 VMFS/m);
    sameMembers(await g.lines('find / -type m'), ['/DC0/vm/DC0_H0_VM0', '/DC0/vm/DC0_H0_VM1', '/DC0/vm/DC0_C0_RP0_VM0', '/DC0/vm/DC0_C0_RP0_VM1']);
    await g.run('vm.disk.attach -vm DC0_C0_RP0_VM0 -link=false -disk disks/tiny-disk1.vmdk');
    includes((await g.devices('DC0_C0_RP0_VM0', 'disk-*')).map(({ capacityInKB }) => capacityInKB), 8192, 'capacities');
  },
  'export: descriptor, disk and manifest; the disk is what was imported': (g) => inFolder(async (folder) => {
    await imports(g, 'import.ova', 'tiny', file('tiny.ova'));
    await g.run(['export.ovf', '-vm', 'tiny', '-sha', '256', folder]);
    const names = await readdir(join(folder, 'tiny'));
    sameMembers(names, ['tiny-disk-0.vmdk', 'tiny.mf', 'tiny.ovf']);
    const disk = await readFile(join(folder, 'tiny/tiny-disk-0.vmdk'));
    ok(disk.equals(await readFile(file('tiny-disk1.vmdk'))), 'the same bytes', disk.length);
    match(await readFile(join(folder, 'tiny/tiny.mf'), 'utf8'), new RegExp(`SHA256\\(tiny-disk-0\\.vmdk\\)= ${createHash('sha256').update(disk).digest('hex')}`));
    await imports(g, 'import.ovf', 'again', join(folder, 'tiny/tiny.ovf'));
    const [one, two] = await Promise.all(['tiny', 'again'].map((vm) => g.properties(`/DC0/vm/${vm}`, 'config')));
    equal([two.config.guestId, two.config.hardware.memoryMB, two.config.annotation, two.config.vAppConfig.property.length], [one.config.guestId, one.config.hardware.memoryMB, one.config.annotation, 2]);
  }),
  'export-running: a machine that runs is not exported': (g) => inFolder(async (folder) => {
    match(await g.fails(['export.ovf', '-vm', 'DC0_H0_VM0', folder]), /poweredOn|current state/);
  }),
  'export-snapshot: a snapshot of a running machine': (g) => inFolder(async (folder) => {
    await imports(g, 'import.ova', 'tiny', file('tiny.ova'));
    await g.run('vm.power -on tiny');
    await g.run('snapshot.create -vm tiny -m=false s');
    await g.run(['export.ovf', '-vm', 'tiny', '-snapshot', 's', folder]);
    ok((await readFile(join(folder, 'tiny/tiny-disk-0.vmdk'))).equals(await readFile(file('tiny-disk1.vmdk'))), 'the same bytes');
  }),
});
