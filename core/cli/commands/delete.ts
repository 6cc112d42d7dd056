// vic-machine delete: removes one VCH.
import { formatDatastorePath } from '../../client/index.ts';
import { deleteVch, UserError } from '../../engine/index.ts';
import type { Command } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { DEBUG_FLAG, DEFAULT_TIMEOUT, NAME_FLAGS, TARGET_FLAGS, validateTarget, withContext } from '../session.ts';

export const command: Command = {
  name: 'delete',
  summary: 'Delete a virtual container host',
  usage: 'vic-machine delete --target [user[:password]@]address[/datacenter] --name <name> [flags]',
  flags: [
    ...TARGET_FLAGS,
    ...NAME_FLAGS,
    { name: 'force', short: 'f', type: 'boolean', summary: 'Also remove running containers and all volume stores' },
    { name: 'timeout', type: 'duration', value: 'duration', default: DEFAULT_TIMEOUT, summary: 'Longest time that the command may take, such as 5m0s' },
    DEBUG_FLAG,
  ],
  examples: [
    'vic-machine delete --target administrator:password@vcenter.example.com --name vch1',
    'vic-machine delete --target vcenter.example.com/dc1 --user admin --compute-resource cluster1 --name vch1 --force',
    'vic-machine delete --target root:password@esxi.example.com --id vm-78 --timeout 10m0s',
  ],
  validate: (values) => {
    if (values.number('timeout') <= 0) {
      throw new UserError('usage', { what: '--timeout must be longer than 0', flag: '--timeout', example: '--timeout 5m0s' });
    }
    validateTarget(values);
  },
  run: (values, io) =>
    withContext(
      'delete',
      values,
      io,
      async ({ context, target }) => {
        const done = await deleteVch(context, {
          datacenter: target.datacenter,
          compute: values.text('compute-resource') ?? '',
          name: values.text('name') ?? '',
          id: values.text('id') ?? '',
          force: values.boolean('force'),
        });
        io.stdout(done.id === '' ? `${done.warnings.join('\n')}\n` : `Deleted virtual container host "${done.name}" (${done.id}).\n`);
        if (done.keptVolumeStores.length > 0) {
          io.stdout('The following volume stores were not removed; delete what you do not wish to keep by hand:\n');
          for (const { label, path } of done.keptVolumeStores) io.stdout(`  ${label}: ${formatDatastorePath(path)}\n`);
        }
        io.stdout('Completed successfully\n');
        return EXIT.ok;
      },
      { progress: true },
    ),
};
