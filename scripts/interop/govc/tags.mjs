// Tags and categories through the REST side: created, attached, enforced, and gone with their objects.
import { equal, excludes, includes, match, ok, sameMembers, topic } from '../check.mjs';

const VM = '/DC0/vm/DC0_H0_VM0';

export default topic('govc.tags', {
  'category: created, read, changed and removed': async (g) => {
    match(await g.text('tags.category.create -d Regions -t VirtualMachine -t Datastore region'), /^urn:vmomi:InventoryServiceCategory:/);
    const [category] = await g.json('tags.category.info region');
    equal([category.name, category.description, category.cardinality], ['region', 'Regions', 'SINGLE']);
    sameMembers(category.associable_types, ['VirtualMachine', 'Datastore']);
    await g.run('tags.category.update -m=true -d Places region');
    const [changed] = await g.json('tags.category.info region');
    equal([changed.cardinality, changed.description], ['MULTIPLE', 'Places']);
    await g.run('tags.category.rm region');
    equal(await g.text('tags.category.ls'), '');
  },
  'create: a tag in its category': async (g) => {
    await g.run('tags.category.create region');
    match(await g.text('tags.create -c region -d Europe eu'), /^urn:vmomi:InventoryServiceTag:/);
    const [tag] = await g.json('tags.info -c region eu');
    equal([tag.name, tag.description], ['eu', 'Europe']);
    await g.run('tags.update -n europe -c region eu');
    match(await g.text('tags.ls -c region'), /^europe\s+region$/);
  },
  'duplicate: a name that is taken is refused': async (g) => {
    await g.run('tags.category.create region');
    await g.fails('tags.category.create region');
    await g.run('tags.create -c region eu');
    await g.fails('tags.create -c region eu');
    match(await g.text('tags.ls'), /^eu\s+region$/);
  },
  'attach: found from the tag and from the object, until detached': async (g) => {
    await g.run('tags.category.create region');
    await g.run('tags.create -c region eu');
    await g.run(`tags.attach -c region eu ${VM}`);
    equal(await g.text('tags.attached.ls eu'), `VirtualMachine:${(await g.reference(VM)).split(':')[1]}`);
    equal(await g.text(`tags.attached.ls -r ${VM}`), 'eu');
    await g.run(`tags.detach eu ${VM}`);
    equal(await g.text(`tags.attached.ls -r ${VM}`), '');
  },
  'cardinality: one tag of a SINGLE category': async (g) => {
    await g.run('tags.category.create region');
    await g.run('tags.create -c region eu');
    await g.run('tags.create -c region us');
    await g.run(`tags.attach eu ${VM}`);
    match(await g.fails(`tags.attach us ${VM}`), /allows one tag|cardinality|400/i);
    equal(await g.text(`tags.attached.ls -r ${VM}`), 'eu');
  },
  'types: only objects of the types of the category': async (g) => {
    await g.run('tags.category.create -t Datastore storage');
    await g.run('tags.create -c storage fast');
    await g.fails(`tags.attach fast ${VM}`);
    await g.run('tags.attach fast /DC0/datastore/LocalDS_0');
    match(await g.text('tags.attached.ls fast'), /^Datastore:/);
  },
  'destroy: associations go with the machine': async (g) => {
    await g.run('tags.category.create region');
    await g.run('tags.create -c region eu');
    await g.run(`tags.attach eu ${VM}`);
    await g.run(`vm.destroy ${VM}`);
    equal(await g.text('tags.attached.ls eu'), '');
  },
  'remove: a tag in use goes with its associations': async (g) => {
    await g.run('tags.category.create region');
    await g.run('tags.create -c region eu');
    await g.run(`tags.attach eu ${VM}`);
    await g.run('tags.rm -f eu');
    equal(await g.text(`tags.attached.ls -r ${VM}`), '');
    equal(await g.text('tags.ls'), '');
  },
  'clone: a copy has no tags of its own': async (g) => {
    await g.run('tags.category.create region');
    await g.run('tags.create -c region eu');
    await g.run(`tags.attach eu ${VM}`);
    await g.run(`vm.clone -pool /DC0/host/DC0_H0/Resources -on=false -vm ${VM} copy`);
    equal(await g.text('tags.attached.ls -r /DC0/vm/copy'), '');
    includes(await g.text(`tags.attached.ls -r ${VM}`), 'eu');
  },
  'session: the REST login is listed, and logs out': async (g) => {
    await g.run('session.login -r');
    ok((await g.lines('session.ls')).length >= 2, 'a session');
    excludes(await g.text('tags.ls'), 'x');
    await g.run('session.logout -r');
  },
});
