// DiagnosticManager: reading logs line by line, and bundles of them.
import { fault, typed, type DiagnosticManagerBundleInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { requireConnected } from '../host-system/host-state.ts';
import { makeBundle } from './bundles.ts';
import { describe, linesOf, logFiles, type Server } from './log-files.ts';

type Ref = ManagedObjectReference;

/** What one answer holds at most: vCenter gives fewer lines than a host. */
const MOST = { vcenter: 500, esxi: 1000 } as const;

const server = ({ product, about, store }: Simulation): Server => ({ product, about, source: store });

function reachable(sim: Simulation, host: Ref | undefined): void {
  if (host && sim.product === 'vcenter') sim.store.transaction((tx) => requireConnected(tx, host));
}

export const diagnosticManager = define('DiagnosticManager', {
  QueryDescriptions: {
    query({ sim }, { host }) {
      reachable(sim, host);
      return logFiles(server(sim), host).map(describe);
    },
  },
  /** Lines are counted from 1; `lineEnd` is the last line of the log, so a start beyond it tells where the log ends. */
  BrowseDiagnosticLog: {
    query({ sim }, { host, key, start, lines }) {
      reachable(sim, host);
      const files = logFiles(server(sim), host);
      const file = files.find((one) => one.key === key);
      if (file === undefined) throw fault('CannotAccessFile', { file: key }, `There is no log '${key}' ${host ? 'on this host' : 'on this server'}. Known: ${files.map((one) => one.key).join(', ')}.`);
      if (lines !== undefined && lines < 0) throw fault('InvalidArgument', { invalidProperty: 'lines' }, `${lines} lines cannot be read; ask for 0 or more.`);
      const all = linesOf(server(sim), file, host);
      const from = Math.max(1, start ?? 1);
      const most = Math.min(lines ?? Infinity, MOST[sim.product]);
      return { lineStart: Math.min(from, all.length), lineEnd: all.length, lineText: all.slice(from - 1, from - 1 + most) };
    },
  },
  GenerateLogBundles_Task: {
    task({ sim, tx }, { includeDefault, host }) {
      if (sim.product === 'esxi' && !includeDefault) throw fault('InvalidArgument', { invalidProperty: 'includeDefault' }, 'A host makes bundles of its own logs only: includeDefault must be true.');
      const hosts = sim.product === 'esxi' ? [] : (host ?? []);
      if (!includeDefault && hosts.length === 0) throw fault('LogBundlingFailed', {}, 'There is nothing to bundle: name hosts, or include the server itself (includeDefault).');
      for (const one of hosts) requireConnected(tx, one);
      const systems: readonly (Ref | undefined)[] = [...(includeDefault ? [sim.product === 'esxi' ? { type: 'HostSystem', value: 'ha-host' } : undefined] : []), ...hosts];
      const bundles = systems.map((system) => ({ _type: 'DiagnosticManagerBundleInfo', ...(system ? { system } : {}), url: `https://*${makeBundle(tx, system, sim.clock.now())}` }));
      return typed('ArrayOfDiagnosticManagerBundleInfo', bundles) as unknown as readonly DiagnosticManagerBundleInfo[];
    },
  },
});
