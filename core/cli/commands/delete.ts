// vic-machine delete: removes one VCH.
import { formatDatastorePath } from '../../client/index.ts';
import type { Deleted } from '../../engine/delete.ts';
import { UserError } from '../../engine/issue.ts';
import { deleteVch } from '../../engine/verbs.ts';
import type { Command } from '../define-command.ts';
import { jsonText } from '../output.ts';
import { DEFAULT_TIMEOUT, JSON_FLAG, LOG_FLAGS, NAME_FLAGS, selectionOf, TARGET_FLAGS, validateTarget, withSession } from '../session.ts';

export const command: Command = {
  name: 'delete',
  summary: 'Delete a virtual container host',
  usage: 'vic-machine delete --target [user[:password]@]address[/datacenter] --name <name> [flags]',
  flags: [
    ...TARGET_FLAGS,
    ...NAME_FLAGS,
    { name: 'force', short: 'f', type: 'boolean', summary: 'Also remove running containers and all volume stores' },
    { name: 'timeout', type: 'duration', value: 'duration', default: DEFAULT_TIMEOUT, summary: 'Longest time that the command may take, such as 5m0s' },
    JSON_FLAG,
    ...LOG_FLAGS,
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
    withSession(
      'delete',
      values,
      io,
      async ({ session, target, log }) => {
        const done = await deleteVch(session, { ...selectionOf(values, target), force: values.boolean('force') }, log);
        return values.boolean('json') ? jsonText({ ...done, keptVolumeStores: storesOf(done) }) : textOf(done);
      },
      { keepProgress: true },
    ),
};

const storesOf = ({ keptVolumeStores }: Deleted) => keptVolumeStores.map(({ label, path }) => ({ label, path: formatDatastorePath(path) }));

function textOf(done: Deleted): string {
  const kept = storesOf(done);
  return [
    // Without an ID there was no appliance any more; the warnings say what was there.
    ...(done.id === '' ? done.warnings : [`Deleted virtual container host "${done.name}" (${done.id}).`]),
    ...(kept.length === 0 ? [] : ['The following volume stores were not removed; delete what you do not wish to keep by hand:']),
    ...kept.map(({ label, path }) => `  ${label}: ${path}`),
    'Completed successfully',
    '',
  ].join('\n');
}
