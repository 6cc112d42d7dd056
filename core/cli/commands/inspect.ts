// vic-machine inspect: how to reach one VCH.
import { connectionLines } from '../connection-text.ts';
import type { Command } from '../define-command.ts';
import { jsonText } from '../output.ts';
import { JSON_FLAG, LOG_FLAGS, NAME_FLAGS, selectionOf, TARGET_FLAGS, validateTarget, withSession } from '../session.ts';

export const command: Command = {
  name: 'inspect',
  summary: 'Show how to connect to a virtual container host',
  usage: 'vic-machine inspect --target [user[:password]@]address[/datacenter] --name <name> [flags]',
  flags: [...TARGET_FLAGS, ...NAME_FLAGS, JSON_FLAG, ...LOG_FLAGS],
  examples: [
    'vic-machine inspect --target administrator:password@vcenter.example.com --name vch1',
    'vic-machine inspect --target vcenter.example.com/dc1 --user admin --compute-resource cluster1/pool1 --name vch1',
    'vic-machine inspect --target root:password@esxi.example.com --id vm-78',
  ],
  validate: validateTarget,
  run: (values, io) =>
    withSession('inspect', values, io, async ({ session, target, log }) => {
      const { inspectVch } = await import('../../engine/verbs.ts');
      const facts = await inspectVch(session, selectionOf(values, target), log);
      return values.boolean('json') ? jsonText(facts) : [...connectionLines(facts), 'Completed successfully', ''].join('\n');
    }),
};
