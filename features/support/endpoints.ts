// Where a scenario's world runs: forked in this process and served over TLS on a free port, or in a vicsim process.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { labOptions } from '../../simulator/inventory/lab-options.ts';
import { loadLab } from '../../simulator/inventory/load-lab.ts';

export interface Endpoint {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  close(): Promise<void>;
}

const USER = 'administrator@vsphere.local';
const PASSWORD = 'VMware1!';

const root = new URL('../../../', import.meta.url);
const worldFile = (name: string): string => new URL(`fixtures/worlds/${name}.yaml`, root).pathname;

const templates = new Map<string, Promise<Simulator>>();

/** A world is built once; every scenario gets a fork of it. */
function template(name: string): Promise<Simulator> {
  let made = templates.get(name);
  if (!made) {
    made = loadLab(worldFile(name)).then((plan) => createSimulator({ ...labOptions(plan), freeze: true, credentials: { userName: USER, password: PASSWORD } }));
    templates.set(name, made);
  }
  return made;
}

/** Opens an endpoint on a fresh copy of a named world. */
export async function openEndpoint(name: string, kind: 'in-process' | 'spawn'): Promise<Endpoint> {
  return kind === 'spawn' ? spawned(name) : inProcess(name);
}

async function inProcess(name: string): Promise<Endpoint> {
  const simulator = (await template(name)).fork();
  const { url } = await simulator.listen({ port: 0 });
  return { url, user: USER, password: PASSWORD, close: () => simulator.close() };
}

const running = new Set<ChildProcess>();

async function spawned(name: string): Promise<Endpoint> {
  const child = spawn(process.execPath, [new URL('dist/simulator/bin.js', root).pathname, '--lab', worldFile(name), '-l', '127.0.0.1:0', '-username', USER, '-password', PASSWORD], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  let complained = '';
  child.stderr!.on('data', (chunk: Buffer) => (complained += String(chunk)));
  const url = await new Promise<string>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`vicsim ended with ${code}: ${complained}`)));
    child.stdout!.on('data', (chunk: Buffer) => {
      said += String(chunk);
      const found = /GOVC_URL=["']?(https:\S+?)["']?\s/.exec(said);
      if (found) resolve(found[1]!);
    });
  });
  const bare = new URL(url);
  return {
    url: `https://${bare.host}/sdk`,
    user: USER,
    password: PASSWORD,
    async close() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exit;
      running.delete(child);
      if (code !== 0) throw new Error(`vicsim ended with ${code} on SIGTERM: ${complained}`);
    },
  };
}

/** Ends what a broken scenario left. */
export async function closeEndpoints(): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  for (const made of templates.values()) await (await made).close();
}
