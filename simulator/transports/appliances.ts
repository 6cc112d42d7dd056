// The network side of simulated appliances: opens their ports on addresses of the loopback network when they are up,
// and closes them when they are not. What is answered there it does not know.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { MODERN_TLS } from './tls.ts';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { newsSince } from '../appliance/news.ts';
import { servicesOf, type HandleService, type Service, type ServiceKind } from '../appliance/services.ts';
import type { Simulation } from '../dispatch/simulation.ts';

const LOOPBACK = /^127\./;
/** Bodies are small: images are not loaded this way. */
const MAX_BODY = 4 * 1024 * 1024;

const keyOf = ({ address, port, tls }: Service): string => `${address}:${port} ${tls?.cert ?? ''} ${tls?.authority ?? ''}`;

export interface ServingAppliances {
  /** Closes every port. */
  close(): Promise<void>;
}

/** Serves the appliances of a world from now on; resolves when the ports of those that are up are open. */
export async function serveAppliances(sim: Simulation, handle: HandleService): Promise<ServingAppliances> {
  const { store, log } = sim;
  const ending = new AbortController();
  const ports = new Ports(sim, handle);
  let since = -1;
  const catchUp = async (): Promise<void> => {
    const now = store.version;
    const { powered, reconfigured } = newsSince(store, since);
    const machines = since < 0 ? [...powered.values(), ...ports.machines()] : [...powered.values(), ...reconfigured.values()];
    since = now;
    await ports.follow(machines);
  };
  await catchUp();
  const watch = async (): Promise<void> => {
    while (await store.watch.after(since, ending.signal)) {
      // What happened too long ago to tell is found by looking at everything.
      if (since < store.journal.oldest) since = -1;
      await catchUp();
    }
  };
  const watching = watch().catch((error: unknown) => log.write('error', `the ports of simulated appliances are no longer followed: ${String(error)}`));
  return {
    async close() {
      ending.abort();
      await watching;
      await ports.close();
    },
  };
}

interface Open {
  readonly service: Service;
  readonly server: Server | undefined;
}

/** The ports that are open, by machine. */
class Ports {
  private readonly sim: Simulation;
  private readonly handle: HandleService;
  private readonly open = new Map<string, Map<string, Open>>();

  constructor(sim: Simulation, handle: HandleService) {
    this.sim = sim;
    this.handle = handle;
  }

  machines(): ManagedObjectReference[] {
    return [...this.open.keys()].map((value) => ({ type: 'VirtualMachine', value }));
  }

  /** Brings the ports of these machines in line with what they serve now. */
  async follow(machines: readonly ManagedObjectReference[]): Promise<void> {
    for (const [value, machine] of new Map(machines.map((one) => [one.value, one]))) {
      const wanted = new Map(servicesOf(this.sim, machine).map((service) => [keyOf(service), service]));
      const open = this.open.get(value) ?? new Map<string, Open>();
      if (wanted.size === 0 && open.size === 0) continue;
      for (const [key, { server }] of [...open]) {
        if (wanted.has(key)) continue;
        open.delete(key);
        await end(server);
      }
      for (const [key, service] of wanted) if (!open.has(key)) open.set(key, { service, server: await this.start(service) });
      if (open.size > 0) this.open.set(value, open);
      else this.open.delete(value);
    }
  }

  async close(): Promise<void> {
    for (const machine of this.open.values()) for (const { server } of machine.values()) await end(server);
    this.open.clear();
  }

  private async start(service: Service): Promise<Server | undefined> {
    const { address, port, tls, name, kind, appliance } = service;
    const { log } = this.sim;
    if (!LOOPBACK.test(address)) {
      log.once(`address ${address}`, 'info', `${name} has the address ${address}, which is not one of this machine's: its ${kind} endpoint is at /sim/vch/${address}/${kind}/ only`);
      return undefined;
    }
    const listener = (request: IncomingMessage, response: ServerResponse) => void answer(this.handle, appliance, kind, request, response);
    try {
      const server = tls
        ? createTlsServer({ ...MODERN_TLS, key: tls.key, cert: tls.cert, ...(tls.authority === undefined ? {} : { ca: tls.authority, requestCert: true, rejectUnauthorized: true }) }, listener)
        : createServer(listener);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, address, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return server;
    } catch (error) {
      log.write('warn', `the ${kind} endpoint of ${name} cannot be opened at ${address}:${port}: ${(error as Error).message}; it is at /sim/vch/${address}/${kind}/`);
      return undefined;
    }
  }
}

const end = (server: Server | undefined): Promise<void> =>
  server === undefined ? Promise.resolve() : new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Hands a request on and writes the reply; `url` stands in for that of the request. */
export async function answer(
  handle: HandleService, appliance: ManagedObjectReference, kind: ServiceKind, request: IncomingMessage, response: ServerResponse, url = request.url ?? '/',
): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) {
    response.writeHead(413, { Connection: 'close', 'Content-Type': 'text/plain' });
    response.end(`The body is too long: at most ${MAX_BODY} bytes are read.\n`);
    return;
  }
  const [path = '/', query = ''] = url.split(/\?(.*)/s);
  const reply = await handle(appliance, kind, { method: request.method ?? 'GET', path, query: new URLSearchParams(query), body });
  response.writeHead(reply.status, reply.headers);
  if (reply.endless && request.method !== 'HEAD') {
    response.flushHeaders();
    if (reply.body.length > 0) response.write(reply.body);
  } else response.end(request.method === 'HEAD' ? undefined : reply.body);
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
