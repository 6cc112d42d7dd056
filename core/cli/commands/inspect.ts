// vic-machine inspect: how to reach one VCH.
import { inspectVch } from '../../engine/index.ts';
import { connectionLines } from '../connection-text.ts';
import type { Command } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { DEBUG_FLAG, JSON_FLAG, NAME_FLAGS, TARGET_FLAGS, validateTarget, withContext } from '../session.ts';

export const command: Command = {
  name: 'inspect',
  summary: 'Show how to connect to a virtual container host',
  usage: 'vic-machine inspect --target [user[:password]@]address[/datacenter] --name <name> [flags]',
  flags: [...TARGET_FLAGS, ...NAME_FLAGS, JSON_FLAG, DEBUG_FLAG],
  examples: [
    'vic-machine inspect --target administrator:password@vcenter.example.com --name vch1',
    'vic-machine inspect --target vcenter.example.com/dc1 --user admin --compute-resource cluster1/pool1 --name vch1',
    'vic-machine inspect --target root:password@esxi.example.com --id vm-78',
  ],
  validate: validateTarget,
  run: (values, io) =>
    withContext('inspect', values, io, async ({ context, target }) => {
      const facts = inspectVch(context, {
        datacenter: target.datacenter,
        compute: values.text('compute-resource') ?? '',
        name: values.text('name') ?? '',
        id: values.text('id') ?? '',
      });
      if (values.boolean('json')) {
        io.stdout(`${JSON.stringify(facts, null, 2)}\n`);
        return EXIT.ok;
      }
      io.stdout([...connectionLines(facts), 'Completed successfully', ''].join('\n'));
      return EXIT.ok;
    }),
};
