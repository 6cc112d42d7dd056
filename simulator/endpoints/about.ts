// What a server says of itself beside SOAP: API versions, implemented methods, health.
import { versionOf, versions, versionsBeside, type Version } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';

/** `/sdk/vimServiceVersions.xml`: the version we speak and those that a client may ask for instead. */
export function serviceVersions(sim: Simulation): string {
  const server = versionOf(sim.about.apiVersion)!;
  return versionList('urn:vim25', server, versions());
}

/** `/sdk/vsanServiceVersions.xml`: the same of the services at /vsanHealth. */
export function vsanServiceVersions(sim: Simulation): string {
  const known = versionsBeside('urn:vsan', versionOf(sim.about.apiVersion)!);
  return versionList('urn:vsan', known.at(-1)!, known);
}

function versionList(name: string, server: Version, known: readonly Version[]): string {
  const prior = known
    .filter(({ index, api }) => /^\d/.test(api) && index !== server.index && server.includes.has(index))
    .reverse();
  const lines = prior.map(({ api }) => `   <version>${api}</version>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8" ?>
<namespaces version="1.0">
 <namespace>
  <name>${name}</name>
  <version>${server.api}</version>
  <priorVersions>
${lines}
  </priorVersions>
 </namespace>
</namespaces>
`;
}

export interface About {
  readonly product: string;
  readonly fullName: string;
  readonly apiVersion: string;
  /** Implemented methods by managed object type. */
  readonly methods: Readonly<Record<string, readonly string[]>>;
}

/** `/about`: what is implemented, read off the registry. */
export function about(sim: Simulation): About {
  const table: [string, readonly string[]][] = [];
  for (const { type, methods } of sim.registry.definitions) table.push([type, [...methods.keys()].sort()]);
  table.sort(([a], [b]) => (a < b ? -1 : 1));
  return { product: sim.product, fullName: sim.about.fullName, apiVersion: sim.about.apiVersion, methods: Object.fromEntries(table) };
}

export interface Health {
  readonly status: 'ok';
  readonly objects: number;
  readonly sessions: number;
  readonly activeTasks: number;
  readonly version: number;
}

/** `/healthz`: alive, and how much there is. */
export const health = (sim: Simulation): Health => ({
  status: 'ok', objects: sim.store.size, sessions: sim.sessions.open().length, activeTasks: sim.tasks.active, version: sim.store.version,
});
