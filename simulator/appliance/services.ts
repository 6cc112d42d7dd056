// What a running appliance serves to the network: the Docker API and vicadmin's pages, at the address of its clients.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';
import { kindOf } from './boot.ts';
import type { DockerReply, DockerRequest } from './docker/http.ts';
import { readVch, type Vch } from './port-layer/vch.ts';

export type ServiceKind = 'docker' | 'vicadmin';
export type ServiceRequest = DockerRequest;
export type ServiceReply = DockerReply;

/** One port of an appliance. */
export interface Service {
  readonly appliance: ManagedObjectReference;
  readonly name: string;
  readonly kind: ServiceKind;
  readonly address: string;
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls: { readonly key: string; readonly cert: string; /** Who must have signed the client's certificate. */ readonly authority?: string } | undefined;
}

/** Takes a request to a service of an appliance. */
export type HandleService = (appliance: ManagedObjectReference, kind: ServiceKind, request: ServiceRequest) => Promise<ServiceReply>;

/** The VCH of a machine; undefined for a machine that is no appliance. */
function vchOf(tx: Transaction, machine: ManagedObjectReference): Vch | undefined {
  const props = tx.find(machine);
  return props && kindOf(machine, props) === 'appliance' ? readVch(tx, machine) : undefined;
}

/** The services that a machine has up. */
export function servicesOf(sim: Simulation, machine: ManagedObjectReference): readonly Service[] {
  const props = sim.store.get(machine)?.props;
  // Most machines are no appliances: for them there is no transaction.
  if (!props || kindOf(machine, props) !== 'appliance') return [];
  const vch = sim.store.transaction((tx) => readVch(tx, machine));
  const address = vch?.addresses.client;
  if (!vch || address === undefined) return [];
  const { certificate, authority, name, running } = vch;
  const pair = certificate && { key: certificate.key, cert: certificate.cert };
  const docker = pair && { ...pair, ...(authority === undefined ? {} : { authority }) };
  const service = (kind: ServiceKind, port: number, tls: Service['tls']): Service => ({ appliance: machine, name, kind, address, port, tls });
  return [
    ...(running.has('docker-personality') ? [service('docker', certificate ? 2376 : 2375, docker)] : []),
    ...(running.has('vicadmin') ? [service('vicadmin', 2378, pair)] : []),
  ];
}

/** The appliance that has the client address, or the name where only one has it. */
export function applianceAt(sim: Simulation, where: string): ManagedObjectReference | undefined {
  return sim.store.transaction((tx) => {
    const known = [...tx.all('VirtualMachine')].flatMap((machine) => vchOf(tx, machine) ?? []);
    const found = known.filter(({ addresses }) => addresses.client === where);
    const named = known.filter(({ name }) => name === where);
    return found.length > 0 ? found[0]!.appliance : named.length === 1 ? named[0]!.appliance : undefined;
  });
}
