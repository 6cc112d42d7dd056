// Our command in this process, through the same door as the bin script.
import { main } from '../../../core/cli/main.ts';
import type { Run, Subject } from './subject.ts';

/** The default subject. */
export const engine: Subject = {
  name: 'engine',
  own: true,
  litter: [],
  obstacle: () => Promise.resolve(undefined),
  async run(argv, { directory, environment, typed }): Promise<Run> {
    let stdout = '';
    let stderr = '';
    let prompted = false;
    const readPassword = (prompt: string): Promise<string> => {
      prompted = true;
      stderr += `${prompt}\n`;
      return Promise.resolve(typed ?? '');
    };
    const code = await main([...argv], {
      stdout: (text: string) => void (stdout += text),
      stderr: (text: string) => void (stderr += text),
      isTTY: typed !== undefined,
      env: environment,
      local: { directory, program: directory, now: () => new Date() },
      ...(typed === undefined ? {} : { readPassword }),
    });
    return { code, stdout, stderr, prompted };
  },
};
