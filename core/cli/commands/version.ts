// vic-machine version: which build this is. Talks to nobody.
import { versionText } from '../../engine/version.ts';
import type { Command } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { buildFacts } from '../build-facts.ts';

export const command: Command = {
  name: 'version',
  summary: 'Show the version and build of vic-machine',
  usage: 'vic-machine version',
  flags: [],
  examples: ['vic-machine version'],
  run: async (_values, io) => {
    io.stdout(`${versionText(buildFacts())}\n`);
    return EXIT.ok;
  },
};
