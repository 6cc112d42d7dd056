// First class disks, as govc makes them on vCenter and on a host.
import { equal, includes, match, ok, topic } from '../check.mjs';

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const HOST = { world: 'esxi' };

const storeOf = async (g) => (await g.lines('find / -type s'))[0].split('/').at(-1);

/** Makes a disk and gives its id. */
async function create(g, store, name, size = '20M') {
  return ID.exec(await g.text(`disk.create -ds ${store} -size ${size} ${name}`))[0];
}

/** What can be done on either product. */
async function life(g) {
  const store = await storeOf(g);
  const id = await create(g, store, 'data');
  equal(await g.lines(`disk.ls -ds ${store}`), [`${id}  data`]);
  const { objects } = await g.json(`disk.ls -ds ${store} ${id}`);
  const { config } = objects[0];
  equal([config.capacityInMB, config.consumptionType, config.backing.provisioningType], [20, ['disk'], 'thin']);
  const path = config.backing.filePath.replace(/^\[.*?\] /, '');
  match(await g.text(`datastore.download -ds ${store} ${path} -`), /^RW 40960 VMFS/m);
  await g.run(`disk.rm -ds ${store} ${id}`);
  equal(await g.lines(`disk.ls -ds ${store}`), []);
  match(await g.fails(`datastore.download -ds ${store} ${path} -`), /404/);
}

async function snapshots(g) {
  const store = await storeOf(g);
  const id = await create(g, store, 'data');
  await g.run(['disk.snapshot.create', '-ds', store, id, 'before']);
  const [line] = await g.lines(`disk.snapshot.ls -ds ${store} -l ${id}`);
  match(line, /before/);
  const snapshot = ID.exec(line)[0];
  const files = async () => (await g.lines(`datastore.ls -ds ${store} fcd`)).length;
  equal(await files(), 4, 'files of a chain');
  await g.run(`disk.snapshot.rm -ds ${store} ${id} ${snapshot}`);
  equal([await files(), await g.lines(`disk.snapshot.ls -ds ${store} -l ${id}`)], [2, []]);
}

async function register(g) {
  const store = await storeOf(g);
  await g.run(`datastore.disk.create -ds ${store} -size 4M plain.vmdk`);
  const id = ID.exec(await g.text(`disk.register -ds ${store} plain.vmdk plain`))[0];
  includes(await g.lines(`disk.ls -ds ${store}`), `${id}  plain`, 'disks');
  match(await g.fails(`disk.register -ds ${store} plain.vmdk again`), /registered already/);
}

export default topic('govc.disk', {
  'life: a disk is made, found with its file, and deleted': life,
  'host-life: the same on a host': { ...HOST, run: life },
  'snapshots: a snapshot is a file more, and goes again': snapshots,
  'host-snapshots: the same on a host': { ...HOST, run: snapshots },
  'register: a disk that is there becomes an object': register,
  'host-register: the same on a host': { ...HOST, run: register },
  'tags: a tag is attached, found by, and taken off': async (g) => {
    await g.run('tags.category.create k');
    await g.run('tags.create -c k t');
    const [id, other] = [await create(g, 'LocalDS_0', 'data'), await create(g, 'LocalDS_0', 'other')];
    await g.run(`disk.tags.attach -c k t ${id}`);
    equal(await g.lines('disk.ls -ds LocalDS_0 -c k -t t'), [`${id}  data`]);
    await g.run(`disk.tags.detach -c k t ${id}`);
    equal(await g.lines('disk.ls -ds LocalDS_0 -c k -t t'), []);
    match(await g.fails(`disk.tags.attach -c k none ${other}`), /no tag 'none'|not found/i);
  },
  'attach: a machine has the disk, and lets it go': {
    versions: ['newest'],
    run: async (g) => {
      const id = await create(g, 'LocalDS_0', 'data');
      await g.run(`disk.attach -vm DC0_H0_VM0 ${id}`);
      const disk = (await g.devices('DC0_H0_VM0', 'disk-*')).at(-1);
      equal([disk.vDiskId.id, disk.capacityInKB], [id, 20480]);
      match(await g.fails(`disk.rm ${id}`), /InvalidState|attached to the virtual machine/);
      await g.run(`disk.detach -vm DC0_H0_VM0 ${id}`);
      await g.run(`disk.rm ${id}`);
    },
  },
  'metadata: what is written about a disk, and disks by a query': {
    versions: ['newest'],
    run: async (g) => {
      const id = await create(g, 'LocalDS_0', 'data');
      await create(g, 'LocalDS_0', 'other');
      await g.run(`disk.metadata.update ${id} owner=me`);
      match(await g.text(`disk.metadata.ls ${id}`), /owner\s+me/);
      equal(await g.lines('disk.ls -q name.eq=data'), [`${id}  data`]);
    },
  },
  'missing: an unknown id is named': {
    ...HOST,
    run: async (g) => match(await g.fails(`disk.rm -ds ${await storeOf(g)} 00000000-0000-0000-0000-000000000000`), /was not found/),
  },
  'full: a disk that does not fit is refused': {
    ...HOST,
    run: async (g) => {
      const store = await storeOf(g);
      const before = await g.value(`/ha-datacenter/datastore/${store}`, 'summary.freeSpace');
      match(await g.fails(`datastore.disk.create -ds ${store} -d eagerZeroedThick -size 50T big.vmdk`), /Insufficient disk space/);
      await g.fails(`disk.create -ds ${store} -size 63T big`);
      equal(await g.lines(`disk.ls -ds ${store}`), []);
      ok(await g.value(`/ha-datacenter/datastore/${store}`, 'summary.freeSpace') === before, 'free space as before');
    },
  },
});
