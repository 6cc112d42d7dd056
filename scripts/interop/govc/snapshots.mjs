// Snapshots: the tree, going back, removing.
import { equal, match, noMatch, ok, topic } from '../check.mjs';

const VM = '/DC0/vm/DC0_H0_VM0';
const names = async (g, ...flags) => (await g.lines(['snapshot.tree', '-vm', 'DC0_H0_VM0', ...flags])).map((line) => line.trim());

export default topic('govc.snapshot', {
  'create: is in the tree as the current one': async (g) => {
    await g.run('snapshot.create -vm DC0_H0_VM0 -d first -m=false one');
    const [line] = await names(g);
    match(line, /one/);
    equal(await names(g, '-C'), ['one']);
    const { snapshot } = await g.properties(VM, 'snapshot');
    equal([snapshot.rootSnapshotList[0].name, snapshot.rootSnapshotList[0].description], ['one', 'first']);
    equal(snapshot.currentSnapshot, snapshot.rootSnapshotList[0].snapshot);
  },
  'tree: children hang under their parents': async (g) => {
    for (const name of ['one', 'two', 'three']) await g.run(`snapshot.create -vm DC0_H0_VM0 ${name}`);
    await g.run('snapshot.revert -vm DC0_H0_VM0 one');
    await g.run('snapshot.create -vm DC0_H0_VM0 four');
    const paths = (await g.lines('snapshot.tree -vm DC0_H0_VM0 -f -c=false')).map((line) => line.trim());
    equal(paths, ['one', 'one/two', 'one/two/three', 'one/four']);
  },
  'tree-none: a machine without snapshots prints nothing': async (g) => equal(await g.text('snapshot.tree -vm DC0_H0_VM0'), ''),
  'tree-details: ids, dates and sizes': async (g) => {
    await g.run('snapshot.create -vm DC0_H0_VM0 one');
    const text = await g.text('snapshot.tree -vm DC0_H0_VM0 -i -D -s -d');
    match(text, /snapshot-\d+/);
    match(text, /\d{1,4}[-:]\d\d|\w{3} +\d+/);
  },
  'revert: configuration and devices come back': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const before = await g.value(VM, 'config.hardware.memoryMB');
    await g.run('snapshot.create -vm DC0_H0_VM0 one');
    await g.run('vm.change -vm DC0_H0_VM0 -m 8192 -annotation later');
    await g.run('vm.disk.create -vm DC0_H0_VM0 -name DC0_H0_VM0/data -size 1G');
    await g.run('snapshot.revert -vm DC0_H0_VM0 one');
    equal(await g.value(VM, 'config.hardware.memoryMB'), before);
    noMatch(await g.value(VM, 'config.annotation'), /later/);
    equal((await g.devices('DC0_H0_VM0', 'disk-*')).length, 1);
  },
  'revert-power: power comes back as it was': async (g) => {
    await g.run('snapshot.create -vm DC0_H0_VM0 on');
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('snapshot.revert -vm DC0_H0_VM0 on');
    equal(await g.value(VM, 'runtime.powerState'), 'poweredOn');
  },
  'revert-suppress: -s does not start it, but leaves its memory for later': async (g) => {
    await g.run('snapshot.create -vm DC0_H0_VM0 on');
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('snapshot.revert -s -vm DC0_H0_VM0 on');
    equal(await g.value(VM, 'runtime.powerState'), 'suspended');
  },
  'revert-current: without a name to the current one': async (g) => {
    await g.run('snapshot.create -vm DC0_H0_VM0 one');
    await g.run('vm.change -vm DC0_H0_VM0 -annotation later');
    await g.run('snapshot.revert -vm DC0_H0_VM0');
    noMatch(await g.value(VM, 'config.annotation'), /later/);
  },
  'revert-none: a machine without snapshots cannot go back': async (g) => match(await g.fails('snapshot.revert -vm DC0_H0_VM0'), /snapshot|not found/i),
  'remove: children move up to the parent': async (g) => {
    for (const name of ['one', 'two', 'three']) await g.run(`snapshot.create -vm DC0_H0_VM0 ${name}`);
    await g.run('snapshot.remove -vm DC0_H0_VM0 two');
    equal((await g.lines('snapshot.tree -vm DC0_H0_VM0 -f -c=false')).map((line) => line.trim()), ['one', 'one/three']);
  },
  'remove-children: -r takes the subtree': async (g) => {
    for (const name of ['one', 'two', 'three']) await g.run(`snapshot.create -vm DC0_H0_VM0 ${name}`);
    await g.run('snapshot.remove -r -vm DC0_H0_VM0 two');
    equal(await names(g, '-C'), ['one']);
    equal((await g.lines('snapshot.tree -vm DC0_H0_VM0 -c=false')).length, 1);
  },
  'remove-all: all go, and the property is unset': async (g) => {
    for (const name of ['one', 'two']) await g.run(`snapshot.create -vm DC0_H0_VM0 ${name}`);
    await g.run(['snapshot.remove', '-vm', 'DC0_H0_VM0', '*']);
    equal(await g.text('snapshot.tree -vm DC0_H0_VM0'), '');
    const { snapshot } = await g.properties(VM, 'snapshot').catch(() => ({}));
    ok(snapshot?.rootSnapshotList === undefined, 'no snapshots', snapshot);
  },
  'remove-unknown: a snapshot that is not there is named': async (g) => {
    await g.run('snapshot.create -vm DC0_H0_VM0 one');
    match(await g.fails('snapshot.remove -vm DC0_H0_VM0 nothing'), /nothing/);
  },
  'same-name: two of one name must be told apart': async (g) => {
    await g.run('snapshot.create -vm DC0_H0_VM0 one');
    await g.run('snapshot.create -vm DC0_H0_VM0 one');
    match(await g.fails('snapshot.remove -vm DC0_H0_VM0 one'), /resolves to 2 snapshots|multiple/);
  },
  'files: a snapshot has files, and their removal takes them away': async (g) => {
    const before = (await g.lines('datastore.ls DC0_H0_VM0')).sort();
    await g.run('snapshot.create -vm DC0_H0_VM0 one');
    const during = await g.lines('datastore.ls DC0_H0_VM0');
    ok(during.some((name) => /-000001\.vmdk$/.test(name)), 'a delta disk', during);
    await g.run(['snapshot.remove', '-vm', 'DC0_H0_VM0', '*']);
    ok(!(await g.lines('datastore.ls DC0_H0_VM0')).some((name) => /-00000\d\.vmdk$/.test(name)), 'no delta disk', before);
  },
});
