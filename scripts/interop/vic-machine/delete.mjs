// delete: a VCH and what is its own goes, nothing else; refused, it changes nothing.
import { equal, excludes, includes, match, ok, topic } from '../check.mjs';
import { on } from './worlds.mjs';

const remove = (v, ...rest) => v.run(['delete', '--name', 'vch1', ...v.place.compute, ...rest]);
/** Lines of files below a directory. */
const below = (look, directory) => look.filter((line) => line.startsWith('[') && line.includes(`] ${directory}/`));

export default [
  ...on(['vcenter', 'esxi'], 'delete', {
    'whole: pool, machines, images, extension and bridge go, all else is as before': async (v) => {
      const before = await v.look();
      const { id } = await v.addVch({ containers: [{ name: 'web' }, { name: 'db' }] });
      ok((await v.changedSince(before)).length > 50, 'a VCH to delete');
      const text = await remove(v);
      includes(text, `Deleted virtual container host "vch1" (${id}).`, 'output');
      equal(await v.changedSince(before), []);
    },
    'refused: a container runs: it is named, and nothing changes': async (v) => {
      const { containers: [web] } = await v.addVch({ containers: [{ name: 'web', running: true }, { name: 'db' }] });
      const before = await v.look();
      const { code, stdout, stderr } = await v.end(['delete', '--name', 'vch1', ...v.place.compute]);
      equal([code, stdout], [1, '']);
      includes(stderr, `VM "${web.name}" is powered on`, 'message');
      includes(stderr, '--force', 'message');
      equal(await v.changedSince(before), []);
    },
    'force: running containers and volumes go too': async (v) => {
      const before = await v.look();
      await v.addVch({ volumeStores: { default: 'volumes' }, containers: [{ name: 'web', running: true, volume: 'default/data' }] });
      await remove(v, '--force');
      equal(await v.changedSince(before), []);
    },
    'volumes: they stay without --force, listed, their disks whole': async (v) => {
      const before = await v.look();
      await v.addVch({ volumeStores: { default: 'volumes', fast: 'more/fast' }, containers: [{ name: 'web', volume: 'default/data' }, { name: 'db', volume: 'fast/logs' }] });
      const volumes = below(await v.look(), 'volumes');
      ok(volumes.some((line) => line.includes('data.vmdk')), 'a volume with a disk', volumes);
      const text = await remove(v);
      match(text, /not removed[^]*default: \[LocalDS_0\] volumes\n\s+fast: \[LocalDS_0\] more\/fast/);
      const after = await v.look();
      equal(below(after, 'volumes'), volumes);
      const left = (await v.changedSince(before)).filter((line) => !/^\+ \[LocalDS_0\] (volumes|more)\//.test(line));
      equal(left, []);
    },
    'shared: of a store that two VCHs share only its own images go': async (v) => {
      const other = await v.addVch({ name: 'other', imageStore: 'images' });
      const before = await v.look();
      const { uuid } = await v.addVch({ imageStore: 'images' });
      ok(below(await v.look(), `images/VIC/${uuid}`).length > 0, 'images to delete');
      await remove(v, '--force');
      equal(await v.changedSince(before), []);
      ok(below(before, `images/VIC/${other.uuid}`).some((line) => line.includes('scratch.vmdk')), 'images of the other');
      includes(await v.run(['inspect', '--id', other.id]), 'Completed successfully', 'the other one');
    },
    'foreign-files: what others keep in its directories stays': async (v) => {
      const { directory } = await v.addVch({ imageStore: 'images', volumeStores: { default: 'volumes' } });
      await v.upload('images/mine.txt', 'mine');
      await v.upload('volumes/mine.txt', 'mine');
      await remove(v, '--force');
      const after = await v.look();
      ok(after.some((line) => line.includes('images/mine.txt')) && after.some((line) => line.includes('volumes/mine.txt')), 'files of others', after.filter((line) => line.startsWith('[')));
      equal([...below(after, directory), ...below(after, 'images/VIC'), ...below(after, 'volumes/VIC')], []);
    },
    'stranger: a machine of others in its pool stays, and so does the pool': async (v) => {
      await v.addVch();
      const { vm } = await v.addMachine('mine', `${v.place.pool}/vch1`);
      const text = await v.end(['delete', '--name', 'vch1', ...v.place.compute, '--force']);
      equal(text.code, 0);
      match(text.stderr, /vch1 stays, it holds VMs that are not the VCH's: mine/);
      ok((await v.look()).some((line) => line.startsWith(`VirtualMachine:${vm.value} `) && line.endsWith('/mine')), 'the machine of others');
      equal((await v.table('ls --all')).rows, []);
    },
    'repeat: the second time there is none, and nothing changes': async (v) => {
      const other = await v.addVch({ name: 'other' });
      await v.addVch();
      await remove(v);
      const before = await v.look();
      const text = await v.fails(['delete', '--name', 'vch1', ...v.place.compute, '--force']);
      match(text, /there is no virtual container host "vch1"[^]*"other"/);
      equal(await v.changedSince(before), []);
      includes(await v.run(['inspect', '--id', other.id]), 'Completed successfully', 'the other one');
    },
    'id: by its ID, powered off and without an address': async (v) => {
      const before = await v.look();
      const { id } = await v.addVch({ running: false });
      equal(await v.json(['delete', '--id', id]), { id, name: 'vch1', keptVolumeStores: [], warnings: [] });
      equal(await v.changedSince(before), []);
    },
    'no-vch: another machine is not deleted': async (v) => {
      const before = await v.look();
      const [, id] = /^VirtualMachine:(\S+) /.exec(before.find((line) => line.startsWith('VirtualMachine:')));
      match(await v.fails(['delete', '--id', id, '--force']), /is not a virtual container host/);
      equal(await v.changedSince(before), []);
    },
  }),

  ...topic('vic-machine.delete', {
    'pool-kind: a VCH in a resource pool': async (v) => {
      const before = await v.look();
      await v.addVch({ kind: 'resource pool', containers: [{ name: 'web', running: true }] });
      await remove(v, '--force');
      equal(await v.changedSince(before), []);
    },
    'cluster: a VCH in a cluster': async (v) => {
      const before = await v.look();
      await v.addVch({ pool: '/DC0/host/DC0_C0/Resources', containers: [{ name: 'web' }] });
      await v.run('delete --name vch1 -r DC0_C0');
      equal(await v.changedSince(before), []);
    },
    'extension: only its own is unregistered; one that is gone is said': async (v) => {
      const other = await v.addVch({ name: 'other' });
      const mine = await v.addVch();
      const session = await v.session();
      await session.call(session.content.extensionManager, 'UnregisterExtension', { extensionKey: mine.extension });
      match((await v.end('delete --name vch1 -r DC0_H0')).stderr, new RegExp(`the extension ${mine.extension} is not registered`));
      const after = await v.look();
      includes(after, `extension ${other.extension}`, 'extensions');
      excludes(after, `extension ${mine.extension}`, 'extensions');
    },
    'port-group: the bridge, which is not its own on vCenter, stays': async (v) => {
      const groups = (look) => look.filter((line) => line.startsWith('DistributedVirtualPortgroup:'));
      const before = groups(await v.look());
      await v.addVch();
      await remove(v);
      equal(groups(await v.look()), before);
    },
  }, { world: 'vcenter' }),

  ...topic('vic-machine.esxi-delete', {
    'bridge-kept: a bridge network that others use stays': async (v) => {
      await v.addVch();
      await v.addMachine('mine', v.place.pool, 'vch1');
      const { code, stderr } = await v.end('delete --name vch1');
      equal(code, 0);
      const after = await v.look();
      ok(after.some((line) => /port group vch1 on vch1$/.test(line)), 'the port group', stderr);
      match(stderr, /the bridge network "vch1" stays, other VMs use it: mine/);
    },
    'bridge-foreign: a bridge network that create did not make stays': async (v) => {
      const before = await v.look();
      await v.addVch({ bridge: 'VM Network' });
      await v.run('delete --name vch1');
      equal(await v.changedSince(before), []);
    },
  }, { world: 'esxi' }),
];
