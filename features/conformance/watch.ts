// --watch: runs the suite again whenever something that it depends on changes, each time in a process of its own, so that
// new code is loaded.
import { spawn, type ChildProcess } from 'node:child_process';
import { watch as watchFiles } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { projectFile } from '../support/endpoints/worlds.ts';

export interface WatchIo {
  stdout(text: string): void;
  readonly columns: number | undefined;
  readonly directory: string;
  readonly stop: AbortSignal;
}

const ROOMS = ['core', 'simulator', 'features', 'fixtures'];
/** An editor writes a file in several steps. */
const SETTLE = 200;

/** What a change asks for: nothing, a run, or a build and a run. */
export function consequence(file: string): 'nothing' | 'run' | 'build' {
  if (/\.(feature|ya?ml|css)$|\/page\/page\.js$/.test(file)) return 'run';
  return /\.tsx?$/.test(file) && !/\.test\.ts$/.test(file) ? 'build' : 'nothing';
}

/** Runs until it is asked to stop; gives the exit code of the last run. */
export async function watch(argv: readonly string[], io: WatchIo): Promise<number> {
  let code = 0;
  let wake: () => void = () => undefined;
  const asked = new Set<'run' | 'build'>();
  const watchers = ROOMS.map((room) => watchFiles(projectFile(room), { recursive: true }, (_event, name) => {
    const what = consequence(name ?? '');
    if (what === 'nothing') return;
    asked.add(what);
    wake();
  }));
  try {
    while (!io.stop.aborted) {
      const built = asked.has('build') ? await child([projectFile('scripts/build.mjs')], io) : 0;
      asked.clear();
      code = built === 0 ? await child([fileURLToPath(new URL('bin.js', import.meta.url)), ...argv], io) : built;
      if (io.stop.aborted) break;
      if (asked.size === 0) {
        io.stdout('Waiting for a change. Ctrl-C ends it.\n');
        await new Promise<void>((resolve) => {
          wake = resolve;
          io.stop.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      await new Promise((resolve) => setTimeout(resolve, SETTLE));
    }
    return code;
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

function child(args: readonly string[], { directory, stop }: WatchIo): Promise<number> {
  const process_: ChildProcess = spawn(process.execPath, args, { cwd: directory, stdio: 'inherit' });
  return new Promise((resolve) => {
    // Ctrl-C reaches the child by itself; another way to stop does not.
    stop.addEventListener('abort', () => process_.kill('SIGINT'), { once: true });
    process_.once('close', (code) => resolve(code ?? 1));
  });
}
