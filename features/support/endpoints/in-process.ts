// Simulators in this process, served over TLS on free ports. A world is built once; every scenario gets a fork of it.
import { createSimulator, type Simulator } from '../../../simulator/index.ts';
import { labOptions } from '../../../simulator/lab.ts';
import { SAME_NAMES } from '../names.ts';
import type { Endpoint } from './endpoint.ts';
import { traceText, type Call } from './trace.ts';
import { LOGIN, worldFile } from './worlds.ts';

/** The default endpoint. */
export function inProcess(): Endpoint {
  const templates = new Map<string, Promise<Simulator>>();
  const template = (name: string): Promise<Simulator> => {
    const made = templates.get(name) ?? labOptions(worldFile(name)).then((options) => createSimulator({ ...options, freeze: true, credentials: { userName: LOGIN.user, password: LOGIN.password } }));
    templates.set(name, made);
    return made;
  };
  return {
    name: 'in-process',
    obstacle: () => Promise.resolve(undefined),
    async prepare(world, { appliances = false } = {}) {
      const calls: Call[] = [];
      const trace = (request: Uint8Array | string, { status, body }: { readonly status: number; readonly body: string }, method: string): void =>
        void calls.push({ method, request: typeof request === 'string' ? request : Buffer.from(request).toString('utf8'), status, reply: body });
      const simulator = (await template(world)).fork({ trace });
      const { url } = await simulator.listen({ port: 0, appliances });
      return { ...LOGIN, url, names: SAME_NAMES, trace: () => traceText(calls), close: () => simulator.close() };
    },
    async close() {
      for (const made of templates.values()) await (await made).close();
    },
  };
}
