// What a server says of itself beside SOAP: API versions, implemented methods, health.
import { versionOf, versions } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';

/** `/sdk/vimServiceVersions.xml`: the version we speak and those that a client may ask for instead. */
export function serviceVersions(sim: Simulation): string {
  const server = versionOf(sim.about.apiVersion)!;
  const prior = versions()
    .filter(({ index, api }) => /^\d/.test(api) && index !== server.index && server.includes.has(index))
    .reverse();
  const lines = prior.map(({ api }) => `   <version>${api}</version>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8" ?>
<namespaces version="1.0">
 <namespace>
  <name>urn:vim25</name>
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
