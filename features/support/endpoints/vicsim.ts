// The command vicsim in a process of its own, over TLS: one for all scenarios of a worker, each with a world of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../api.ts';
import { SAME_NAMES } from '../names.ts';
import type { Endpoint } from './endpoint.ts';
import { parseTrace, traceText } from './trace.ts';
import { LOGIN, projectFile, worldFile } from './worlds.ts';

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly folder: string;
  readonly traceFile: string;
  complaints(): string;
}

function start(): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'vic-testbed-vicsim-'));
  const traceFile = join(folder, 'trace.xml');
  const args = [projectFile('dist/simulator/bin.js'), '-l', '127.0.0.1:0', '-username', LOGIN.user, '-password', LOGIN.password, '-trace-file', traceFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stderr.on('data', (chunk: Buffer) => (complained += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`vicsim ended with ${code}: ${complained}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      said += String(chunk);
      const host = /GOVC_URL=["']?https:\/\/(?:\S+@)?(127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (host !== undefined) resolve({ child, url: `https://${host}/sdk`, folder, traceFile, complaints: () => complained });
    });
  });
}

/** A vicsim that is started with the first scenario. */
export function vicsim(): Endpoint {
  let started: Promise<Running> | undefined;
  return {
    name: 'vicsim',
    obstacle: () => Promise.resolve(undefined),
    async prepare(world) {
      const { url, traceFile } = await (started ??= start());
      const admin = new Api(new URL(url));
      try {
        const { status, body } = await admin.send('POST', '/sim/world', await readFile(worldFile(world), 'utf8'));
        if (status !== 200) throw new Error(`vicsim did not take the world "${world}": ${body}`);
      } finally {
        admin.close();
      }
      truncateSync(traceFile);
      return { ...LOGIN, url, names: SAME_NAMES, trace: () => traceText(parseTrace(readFileSync(traceFile, 'utf8'))), close: () => Promise.resolve() };
    },
    async close() {
      if (!started) return;
      const { child, folder, complaints } = await started;
      const exit = child.exitCode === null ? once(child, 'exit') : [child.exitCode];
      child.kill('SIGTERM');
      const [code] = await exit;
      rmSync(folder, { recursive: true, force: true });
      if (code !== 0) throw new Error(`vicsim ended with ${String(code)} on SIGTERM: ${complaints()}`);
    },
  };
}
