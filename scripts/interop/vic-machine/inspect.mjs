// inspect: how to reach one VCH.
import { equal, excludes, includes, match, topic } from '../check.mjs';
import { on } from './worlds.mjs';

export default [
  ...on(['vcenter', 'esxi'], 'inspect', {
    'name: by name and place, without TLS': async (v) => {
      await v.addVch({ address: '10.17.109.23' });
      const text = await v.run(['inspect', '--name', 'vch1', ...v.place.compute]);
      equal(text.trimEnd().split('\n'), ['vic-admin portal:', 'http://10.17.109.23:2378', '', 'DOCKER_HOST=10.17.109.23:2375', '', 'Connect to docker:', 'docker -H 10.17.109.23:2375 info', 'Completed successfully']);
    },
    'tls: other ports, and --tls': async (v) => {
      await v.addVch({ address: '10.17.109.24', tls: true });
      const text = await v.run(['inspect', '--name', 'vch1', ...v.place.compute]);
      equal(text.trimEnd().split('\n').filter((line) => line.includes('10.')), ['https://10.17.109.24:2378', 'DOCKER_HOST=10.17.109.24:2376', 'docker -H 10.17.109.24:2376 --tls info']);
    },
    'id: by the ID that ls shows, with no place': async (v) => {
      await v.addVch({ name: 'other', address: '10.0.0.1' });
      await v.addVch({ address: '10.0.0.2' });
      const id = (await v.json('ls --all')).find(({ name }) => name === 'vch1').id;
      equal((await v.json(['inspect', '--id', id])).dockerHost, '10.0.0.2:2375');
      equal((await v.json(['inspect', '--id', `VirtualMachine:${id}`])).name, 'vch1');
    },
    'json: every fact as JSON': async (v) => {
      const { id } = await v.addVch({ address: '10.0.0.9', tls: true });
      equal(await v.json(['inspect', '--id', id]), { id, name: 'vch1', address: '10.0.0.9', tls: true, adminPortal: 'https://10.0.0.9:2378', dockerHost: '10.0.0.9:2376', dockerCommand: 'docker -H 10.0.0.9:2376 --tls info' });
    },
    'off: a VCH that is powered off': async (v) => {
      const { id } = await v.addVch({ running: false });
      match(await v.fails(['inspect', '--name', 'vch1', ...v.place.compute]), new RegExp(`"vch1" \\(${id}\\) is not powered on, its state is poweredOff`));
    },
    'no-address: a VCH that has no address yet': async (v) => {
      await v.addVch({ address: '' });
      match(await v.fails(['inspect', '--name', 'vch1', ...v.place.compute]), /has no client IP address yet/);
    },
    'no-vch: the ID of another machine': async (v) => {
      const { id } = await v.addVch();
      const machine = (await v.look()).find((line) => /^VirtualMachine:\S+ \S+_VM0$/.test(line));
      const [, other, name] = /^VirtualMachine:(\S+) .*\/(.+)$/.exec(machine);
      const text = await v.fails(['inspect', '--id', other]);
      includes(text, `VM "${name}" (${other}) is not a virtual container host`, 'message');
      match(text, new RegExp(`Suggested values for --id:\\n\\s+"${id}"`));
    },
    'unknown: an ID and a name that nothing has': async (v) => {
      await v.addVch();
      match(await v.fails('inspect --id vm-99999'), /there is no VM with the ID "vm-99999"/);
      match(await v.fails(['inspect', '--name', 'nosuch', ...v.place.compute]), /there is no virtual container host "nosuch"[^]*Suggested values for --name:\n\s+"vch1"/);
    },
    'pool: a pool of the name without a VCH in it': async (v) => {
      const { vm } = await v.addVch();
      await v.writeKeys(vm, { 'guestinfo./init/common/id': '<nil>' });
      match(await v.fails(['inspect', '--name', 'vch1', ...v.place.compute]), /The VM "vch1" in \S+ is not a virtual container host/);
    },
    'changes: looking changes nothing': async (v) => {
      const { id } = await v.addVch();
      const before = await v.look();
      await v.run(['inspect', '--id', id]);
      equal(await v.changedSince(before), []);
    },
  }),

  ...topic('vic-machine.inspect', {
    'elsewhere: a VCH of the name in another place is named with it': async (v) => {
      await v.addVch({ pool: '/DC0/host/DC0_C0/Resources' });
      const text = await v.fails('inspect --name vch1 -r DC0_H0');
      match(text, /A VCH "vch1" is in \/DC0\/host\/DC0_C0\/Resources: use --compute-resource DC0_C0/);
    },
    'pool-kind: in a resource pool of its own, as in a vApp': async (v) => {
      await v.addVch({ kind: 'resource pool', address: '10.0.0.3' });
      equal((await v.json('inspect --name vch1 -r DC0_H0')).address, '10.0.0.3');
    },
    'secret: no word of the password in what is said': async (v) => {
      await v.addVch();
      const { stdout, stderr } = await v.end('inspect --target 127.0.0.1:1 --user user --password Secret-1 --debug 3');
      excludes(stdout + stderr, 'Secret-1', 'output');
    },
  }, { world: 'vcenter' }),

  ...topic('vic-machine.inspect', {
    'same-name: two VCHs of one name in two datacenters': async (v) => {
      await v.addVch({ address: '10.0.0.1' });
      await v.addVch({ pool: '/DC1/host/DC1_C0/Resources', bridge: 'DC1_DVPG0', datastore: 'LocalDS_1', address: '10.0.0.2' });
      equal((await v.json(['inspect', '--target', `${v.target}/DC0`, '--name', 'vch1', '-r', 'DC0_H0'])).address, '10.0.0.1');
      equal((await v.json(['inspect', '--target', `${v.target}/DC1`, '--name', 'vch1', '-r', 'DC1_C0'])).address, '10.0.0.2');
      match(await v.fails(['inspect', '--target', `${v.target}/DC1`, '--name', 'vch1', '-r', 'DC1_H0']), /A VCH "vch1" is in \/DC0\/host\/DC0_H0\/Resources[^]*A VCH "vch1" is in \/DC1\/host\/DC1_C0\/Resources: use --compute-resource DC1_C0/);
    },
  }, { world: 'large' }),
];
