// vicsim -state and vicsim state check|compact|export: words and output around simulator/state.
import { createWriteStream } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { UsageError } from './cli-flags.ts';
import type { Io } from './cli.ts';
import { systemClock } from './runtime/clock.ts';
import { StateError } from './state/database.ts';
import { State } from './state/state.ts';
import { selfSigned, type KeyPair } from './transports/tls.ts';

export const STATE_USAGE = 'vicsim state check|compact|export DIR [--json] [FILE]';

/** Opens the directory of -state and says what is in it. `broken` rejects when something cannot be written any more. */
export async function openState(dir: string, worldFlags: readonly string[], io: Io): Promise<{ readonly state: State; readonly broken: Promise<never> }> {
  const state = await State.open(dir);
  const { world } = state;
  if (world) {
    io.stderr(`vicsim: the world of ${dir}: ${world.now.objects.size.toLocaleString('en')} objects, version ${world.now.version}\n`);
    if (worldFlags.length > 0) io.stderr(`vicsim: ${worldFlags.map((name) => `-${name}`).join(', ')}: no effect, since ${dir} has a world already\n`);
  }
  const broken = new Promise<never>((_resolve, reject) => state.whenBroken((error) => reject(new StateError(`${error.message}\nvicsim: stopping; all that was answered is saved`))));
  broken.catch(() => undefined);
  return { state, broken };
}

/** The server's key pair: clients that trust it go on trusting it. */
export const keptPair = (state: State): Promise<KeyPair> =>
  state.keep<KeyPair>('certificate', ({ cert }) => Date.parse(new X509Certificate(cert).validTo) > systemClock().now().getTime() + 86_400_000, () => selfSigned());

const bytes = (count: number): string => (count < 1024 * 1024 ? `${Math.ceil(count / 1024)} KiB` : `${(count / 1024 / 1024).toFixed(1)} MiB`);

/** Runs `vicsim state …`; gives its exit code. Throws a UsageError for wrong words, a StateError for a directory that is none. */
export async function stateCommand(words: readonly string[], io: Io): Promise<number> {
  const json = words.includes('--json');
  const [verb, dir, file, ...more] = words.filter((word) => word !== '--json');
  const isKnown = verb === 'check' || verb === 'compact' || verb === 'export';
  if (!isKnown) throw new UsageError(`${verb === undefined ? 'state needs a verb' : `unknown verb "${verb}"`}: ${STATE_USAGE}`);
  if (dir === undefined || more.length > 0 || (file !== undefined && verb !== 'export')) throw new UsageError(`state ${verb} takes a directory${verb === 'export' ? ' and perhaps a file' : ''}: ${STATE_USAGE}`);
  const { checkState, compactState, exportState } = await import('./state/commands.ts');
  switch (verb) {
    case 'check': {
      const { problems, ...found } = await checkState(dir);
      if (json) io.stdout(`${JSON.stringify({ ...found, problems })}\n`);
      else io.stdout([`${found.objects} objects, version ${found.version}, ${bytes(found.bytes)} on disk`, ...problems, problems.length === 0 ? 'all of it fits together' : `${problems.length} problems`, ''].join('\n'));
      return problems.length === 0 ? 0 : 1;
    }
    case 'compact': {
      const { before, after } = await compactState(dir);
      io.stdout(json ? `${JSON.stringify({ before, after })}\n` : `${bytes(before)} before, ${bytes(after)} now\n`);
      return 0;
    }
    case 'export': {
      if (file === undefined) {
        for await (const line of exportState(dir)) io.stdout(`${line}\n`);
        return 0;
      }
      const out = createWriteStream(file);
      for await (const line of exportState(dir)) if (!out.write(`${line}\n`)) await once(out, 'drain');
      out.end();
      await once(out, 'finish');
      return 0;
    }
  }
}
