// Storage policies, as govc reads, makes and applies them.
import { equal, match, ok, topic } from '../check.mjs';

const ENCRYPTION = '4d5f673c-536f-11e6-beb8-9e71128cae77';

async function life(g) {
  const before = await g.lines('storage.policy.ls');
  ok(before.some((line) => line.includes(ENCRYPTION)), 'the encryption policy is there', before);
  await g.run('tags.category.create tier');
  await g.run('tags.create -c tier fast');
  await g.run('storage.policy.create -category tier -tag fast quick');
  match(await g.text('storage.policy.ls quick'), /quick/);
  const { policies } = await g.json('storage.policy.info -s quick');
  equal([policies.length, policies[0].compatibleDatastores ?? []], [1, []]);
  const store = (await g.lines('find / -type s'))[0];
  await g.run(`tags.attach -c tier fast ${store}`);
  equal((await g.json('storage.policy.info -s quick')).policies[0].compatibleDatastores, [store.split('/').at(-1)]);
  await g.run('storage.policy.rm quick');
  match(await g.fails('storage.policy.ls quick'), /not found/);
  equal(await g.lines('storage.policy.ls'), before);
}

async function machines(g) {
  await g.run('tags.category.create tier');
  await g.run('tags.create -c tier fast');
  await g.run('storage.policy.create -category tier -tag fast quick');
  await g.run(`tags.attach -c tier fast ${(await g.lines('find / -type s'))[0]}`);
  await g.run('vm.create -host DC0_H0 -on=false -disk 1GB -profile quick made');
  equal((await g.json('storage.policy.info -c quick')).policies[0].compliantVM, ['made']);
  match(await g.fails('storage.policy.rm quick'), /in use|ResourceInUse/i);
}

export default topic('govc.storage.policy', {
  'is made for a tag, finds datastores with it, and is removed': life,
  'is given to a new machine': machines,
});
