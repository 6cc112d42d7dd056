// vic-machine ls: the VCHs of a target as a table.
import type { Command } from '../define-command.ts';
import { jsonText, table } from '../output.ts';
import { JSON_FLAG, LOG_FLAGS, TARGET_FLAGS, validateTarget, withSession } from '../session.ts';

export const command: Command = {
  name: 'ls',
  summary: 'List virtual container hosts',
  usage: 'vic-machine ls --target [user[:password]@]address[/datacenter] [flags]',
  flags: [
    ...TARGET_FLAGS,
    { name: 'all', type: 'boolean', summary: 'List every VCH of the target, whatever hosts, clusters and datacenters it has' },
    { name: 'wide', type: 'boolean', summary: 'Also show STATE, ADDRESS and VERSION' },
    JSON_FLAG,
    ...LOG_FLAGS,
  ],
  examples: [
    'vic-machine ls --target administrator@vsphere.local:password@vcenter.example.com',
    'vic-machine ls --target vcenter.example.com/dc1 --user admin --compute-resource cluster1',
    'vic-machine ls --target root:password@esxi.example.com --all --wide',
  ],
  validate: validateTarget,
  run: (values, io) =>
    withSession('ls', values, io, async ({ session, target, log }) => {
      const options = { datacenter: target.datacenter, compute: values.text('compute-resource'), all: values.boolean('all') };
      const { listVchs } = await import('../../engine/verbs.ts');
      const found = await listVchs(session, options, log);
      if (values.boolean('json')) return jsonText(found);
      const wide = values.boolean('wide');
      const rows = found.map((vch) => [vch.id, vch.path, vch.name, ...(wide ? [vch.state, vch.address, vch.version] : [])]);
      return table([['ID', 'PATH', 'NAME', ...(wide ? ['STATE', 'ADDRESS', 'VERSION'] : [])], ...rows]);
    }),
};
