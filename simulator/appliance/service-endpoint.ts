// Answers for every appliance of a world: the Docker engine and vicadmin. Loaded when the first request comes.
import type { Simulation } from '../dispatch/simulation.ts';
import { DockerApi } from './docker/api.ts';
import type { HandleService } from './services.ts';
import { vicadmin } from './vicadmin/vicadmin.ts';

/** Takes requests to the services of appliances. */
export function serviceEndpoint(sim: Simulation): HandleService {
  const docker = new DockerApi(sim);
  return (appliance, kind, request) => (kind === 'docker' ? docker.handle(appliance, request) : Promise.resolve(vicadmin(sim, appliance, request)));
}
