// VCHs of vic-machine 1.x beside ours: they are listed, inspected and deleted too.
import { equal, ok } from '../check.mjs';
import { on } from './worlds.mjs';

export default on(['vcenter', 'esxi'], 'later', {
  'beside: one of each generation': async (v) => {
    await v.addVch({ name: 'now' });
    const { id } = await v.addLaterVch({ address: '10.5.5.5' });
    equal((await v.json('ls --all')).map(({ name, version }) => [name, version]), [['later', 'v1.5.7-0'], ['now', '0.5']]);
    equal((await v.json(['inspect', '--id', id])).dockerHost, '10.5.5.5:2375');
  },
  'delete: it goes whole, the other stays': async (v) => {
    await v.addVch({ name: 'now' });
    const before = await v.look();
    await v.addLaterVch();
    ok((await v.changedSince(before)).length > 20, 'a VCH to delete');
    await v.run(['delete', '--name', 'later', ...v.place.compute]);
    equal(await v.changedSince(before), []);
  },
});
