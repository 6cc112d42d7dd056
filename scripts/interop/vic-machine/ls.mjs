// ls: which VCHs there are, wherever they are and whatever state they are in.
import { equal, includes, match, sameMembers, topic } from '../check.mjs';
import { on } from './worlds.mjs';

const names = ({ rows }) => rows.map(([, , name]) => name);

export default [
  ...on(['vcenter', 'esxi'], 'ls', {
    'table: the documented columns, sorted by name': async (v) => {
      const [b, a] = [await v.addVch({ name: 'b' }), await v.addVch({ name: 'a' })];
      equal(await v.table(['ls', ...v.place.compute]), { head: ['ID', 'PATH', 'NAME'], rows: [[a.id, v.place.pool, 'a'], [b.id, v.place.pool, 'b']] });
    },
    'none: the header alone': async (v) => equal(await v.table(['ls', ...v.place.compute]), { head: ['ID', 'PATH', 'NAME'], rows: [] }),
    'all: --all needs no compute resource': async (v) => {
      const { id } = await v.addVch();
      equal((await v.table('ls --all')).rows, [[id, v.place.pool, 'vch1']]);
    },
    'wide: state, address and version, of one that runs and one that is off': async (v) => {
      await v.addVch({ name: 'runs', address: '10.1.2.3' });
      await v.addVch({ name: 'sleeps', running: false });
      const { head, rows } = await v.table('ls --all --wide');
      equal(head, ['ID', 'PATH', 'NAME', 'STATE', 'ADDRESS', 'VERSION']);
      equal(rows.map((row) => row.slice(2)), [['runs', 'poweredOn', '10.1.2.3', '0.5'], ['sleeps', 'poweredOff', '0.5']]);
    },
    'json: every fact as JSON': async (v) => {
      const { id } = await v.addVch({ address: '' });
      equal(await v.json('ls --all'), [{ id, path: v.place.pool, name: 'vch1', state: 'poweredOn', address: '', version: '0.5' }]);
    },
    'decoys: a machine named like its pool, and a copy of a VCH, are none': async (v) => {
      const real = await v.addVch({ name: 'real' });
      const copy = await v.addVch({ name: 'copy' });
      await v.writeKeys(copy.vm, { 'guestinfo./init/common/id': `VirtualMachine:${real.id}` });
      const plain = await v.addVch({ name: 'plain' });
      await v.writeKeys(plain.vm, { 'guestinfo./init/common/id': '<nil>' });
      equal(names(await v.table('ls --all')), ['real']);
    },
    'changes: looking changes nothing': async (v) => {
      await v.addVch();
      const before = await v.look();
      await v.run('ls --all --wide');
      equal(await v.changedSince(before), []);
    },
  }),

  ...topic('vic-machine.ls', {
    'forms: every form of --compute-resource for a cluster and for a host': async (v) => {
      await v.addVch({ name: 'in-cluster', pool: '/DC0/host/DC0_C0/Resources' });
      await v.addVch({ name: 'on-host' });
      for (const place of ['DC0_C0', '/DC0_C0', 'DC0_C0/Resources', '/DC0/host/DC0_C0', '/DC0/host/DC0_C0/Resources']) equal(names(await v.table(['ls', '--compute-resource', place])), ['in-cluster'], place);
      for (const place of ['DC0_H0', '/DC0/host/DC0_H0', 'DC0_H0/DC0_H0']) {
        if (place === 'DC0_H0/DC0_H0') match(await v.fails(['ls', '-r', place]), /there is no compute resource "DC0_H0\/DC0_H0"/);
        else equal(names(await v.table(['ls', '-r', place])), ['on-host'], place);
      }
    },
    'ambiguous: several hosts or clusters and none named: both are offered': async (v) => {
      const text = await v.fails('ls');
      match(text, /several hosts or clusters/);
      match(text, /Suggested values for --compute-resource:\n\s+"DC0_C0"\n\s+"DC0_H0"/);
    },
    'offered: every offered value works': async (v) => {
      for (const [, place] of (await v.fails('ls -r nosuch')).matchAll(/^ {4}"(.+)"$/gm)) equal((await v.table(['ls', '-r', place])).rows, [], place);
    },
  }, { world: 'vcenter' }),

  ...topic('vic-machine.ls', {
    'pools: a pool, and what is in pools below a cluster': async (v) => {
      await v.addVch({ name: 'deep', pool: '/DC0/host/DC0_C0/Resources/DC0_C0_RP1' });
      await v.addVch({ name: 'top', pool: '/DC0/host/DC0_C0/Resources' });
      const target = ['--target', `${v.target}/DC0`];
      equal((await v.table(['ls', ...target, '-r', 'DC0_C0/DC0_C0_RP1'])).rows.map(([, path, name]) => [path, name]), [['/DC0/host/DC0_C0/Resources/DC0_C0_RP1', 'deep']]);
      equal(names(await v.table(['ls', ...target, '-r', 'DC0_C0'])), ['top', 'deep']);
    },
    'vapp: a VCH in a vApp that somebody made': async (v) => {
      const { id } = await v.addVch({ name: 'inside', pool: '/DC0/host/DC0_C0/Resources/DC0_C0_APP0' });
      // A vApp within a vApp is in no view of vcsim's, and so in nobody's list.
      equal((await v.table('ls --all')).rows, v.isVicsim ? [[id, '/DC0/host/DC0_C0/Resources/DC0_C0_APP0', 'inside']] : []);
      equal((await v.json(['inspect', '--target', `${v.target}/DC0`, '--id', id])).name, 'inside');
    },
    'datacenters: the target selects one, --all takes all or the one': async (v) => {
      await v.addVch({ name: 'here' });
      await v.addVch({ name: 'there', pool: '/DC1/host/DC1_C0/Resources', bridge: 'DC1_DVPG0' });
      const there = ['--target', `${v.target}/DC1`];
      sameMembers(names(await v.table('ls --all')), ['here', 'there']);
      equal(names(await v.table(['ls', ...there, '--all'])), ['there']);
      equal(names(await v.table(['ls', ...there, '-r', 'DC1_C0'])), ['there']);
      equal(names(await v.table(['ls', ...there, '-r', 'DC1_H0'])), []);
    },
    'datacenter-missing: several datacenters and none named': async (v) => {
      const text = await v.fails('ls');
      includes(text, 'several datacenters', 'message');
      match(text, /"DC0"\n\s+"DC1"/);
    },
  }, { world: 'large' }),
];
