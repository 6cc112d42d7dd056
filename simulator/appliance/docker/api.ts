// The Docker engine of a VCH: takes a request for an appliance, finds the operation, and answers with what it says.
// It keeps nothing of its own: what there is it reads from vSphere each time.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { readVch } from '../port-layer/vch.ts';
import { VSphere } from '../port-layer/vsphere.ts';
import { API_VERSION, DockerError, PRODUCT, refusal, text, type DockerReply, type DockerRequest } from './http.ts';
import { ROUTES, type Route } from './routes.ts';

/** Versions that clients may speak. */
const OLDEST = 12;
const NEWEST = 23;

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
}

const compile = (route: Route): Compiled => ({
  route,
  pattern: new RegExp(`^/${route.path.replaceAll('**', '(.+)').replaceAll('*', '([^/]+)')}/?$`),
});

export class DockerApi {
  private readonly sim: Simulation;
  private readonly routes = ROUTES.map(compile);
  private readonly logins = new Map<string, VSphere>();

  constructor(sim: Simulation) {
    this.sim = sim;
  }

  /** Answers a request that reached the Docker engine of this appliance. */
  async handle(appliance: ManagedObjectReference, request: DockerRequest): Promise<DockerReply> {
    const reply = await this.answer(appliance, request).catch((error: unknown) => refusal(error) ?? this.bug(request, error));
    return { ...reply, headers: { 'Api-Version': API_VERSION, Server: PRODUCT, ...reply.headers } };
  }

  private async answer(appliance: ManagedObjectReference, request: DockerRequest): Promise<DockerReply> {
    const [, minor, rest] = /^\/v1\.(\d+)(\/.*)$/.exec(request.path) ?? [];
    if (minor !== undefined && Number(minor) > NEWEST) throw new DockerError(400, `client is newer than server (client API version: 1.${minor}, server API version: 1.${NEWEST})`);
    if (minor !== undefined && Number(minor) < OLDEST) throw new DockerError(400, `client version 1.${minor} is too old. Minimum supported API version is 1.${OLDEST}, please upgrade your client to a newer version`);
    const path = rest ?? request.path;
    const found = this.routes.find(({ route, pattern }) => route.method === request.method && pattern.test(path));
    if (!found) return text('404 page not found\n', 404);
    const vch = this.sim.store.transaction((tx) => (tx.has(appliance) ? readVch(tx, appliance) : undefined));
    if (!vch?.running.has('docker-personality')) throw new DockerError(503, 'the Docker engine of the virtual container host does not run');
    if (!vch.running.has('port-layer')) throw new DockerError(500, 'Server error from portlayer: connection refused');
    const vsphere = this.loginOf(appliance, vch.user, vch.addresses.management ?? '');
    const name = found.pattern.exec(path)?.[1] ?? '';
    return found.route.run({ vsphere, vch, read: (look) => vsphere.read(look) }, request, decoded(name));
  }

  private loginOf(appliance: ManagedObjectReference, userName: string, ipAddress: string): VSphere {
    const key = `${appliance.value} ${userName} ${ipAddress}`;
    let login = this.logins.get(key);
    if (!login) this.logins.set(key, (login = new VSphere(this.sim, { userName, ipAddress })));
    return login;
  }

  private bug({ method, path }: DockerRequest, error: unknown): DockerReply {
    this.sim.log.write('error', `bug in vicsim, ${method} ${path}: ${error instanceof Error ? error.stack : String(error)}`);
    return text(`A bug of vicsim: ${String(error)}\n`, 500);
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new DockerError(400, `the path is not understood: ${name}`);
  }
}
