// vic-machine completion: the script that makes a shell complete vic-machine. Talks to nobody.
import { completionScript, SHELLS, type Shell } from '../completion.ts';
import type { Command } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { command as create } from './create.ts';
import { command as remove } from './delete.ts';
import { command as inspect } from './inspect.ts';
import { command as ls } from './ls.ts';
import { command as version } from './version.ts';

export const command: Command = {
  name: 'completion',
  summary: 'Print the completion script of a shell',
  usage: `vic-machine completion ${SHELLS.join('|')}`,
  operand: { name: 'shell', valid: SHELLS },
  flags: [],
  examples: ['bash: source <(vic-machine completion bash)', 'zsh: source <(vic-machine completion zsh)', 'fish: vic-machine completion fish | source'],
  run: async (values, io) => {
    io.stdout(completionScript(values.text('shell') as Shell, [create, remove, inspect, ls, version, command]));
    return EXIT.ok;
  },
};
