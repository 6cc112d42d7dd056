// vic-machine ls: the VCHs of a target as a table.
import { listVchs } from '../../engine/index.ts';
import type { Command } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../output.ts';
import { DEBUG_FLAG, JSON_FLAG, TARGET_FLAGS, validateTarget, withContext } from '../session.ts';

export const command: Command = {
  name: 'ls',
  summary: 'List virtual container hosts',
  usage: 'vic-machine ls --target [user[:password]@]address[/datacenter] [flags]',
  flags: [
    ...TARGET_FLAGS,
    { name: 'all', type: 'boolean', summary: 'List every VCH of the target, whatever hosts, clusters and datacenters it has' },
    { name: 'wide', type: 'boolean', summary: 'Also show STATE, ADDRESS and VERSION' },
    JSON_FLAG,
    DEBUG_FLAG,
  ],
  examples: [
    'vic-machine ls --target administrator@vsphere.local:password@vcenter.example.com',
    'vic-machine ls --target vcenter.example.com/dc1 --user admin --compute-resource cluster1',
    'vic-machine ls --target root:password@esxi.example.com --all --wide',
  ],
  validate: validateTarget,
  run: (values, io) =>
    withContext('ls', values, io, async ({ context, target }) => {
      const found = listVchs(context, {
        datacenter: target.datacenter,
        compute: values.text('compute-resource') ?? '',
        all: values.boolean('all'),
      });
      if (values.boolean('json')) {
        io.stdout(`${JSON.stringify(found, null, 2)}\n`);
        return EXIT.ok;
      }
      const wide = values.boolean('wide');
      const rows = found.map((vch) => [vch.id, vch.path, vch.name, ...(wide ? [vch.state, vch.address, vch.version] : [])]);
      io.stdout(table([['ID', 'PATH', 'NAME', ...(wide ? ['STATE', 'ADDRESS', 'VERSION'] : [])], ...rows]));
      return EXIT.ok;
    }),
};
