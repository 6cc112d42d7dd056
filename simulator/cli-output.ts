// What vicsim tells on standard output once it runs: what there is, how to reach it, how to stop it.
import { kindOf } from './appliance/boot.ts';
import type { Simulation } from './dispatch/simulation.ts';
import type { Listening } from './transports/http.ts';

export interface Login {
  readonly userName: string;
  readonly password: string;
}

/** The line that vcsim prints and that shells evaluate. */
export function environmentLine(server: Listening, login: Login, pid: number): string {
  const url = new URL(`${baseUrl(server)}/sdk`);
  url.username = encodeURIComponent(login.userName);
  url.password = encodeURIComponent(login.password);
  return `export GOVC_URL=${shellWord(url.href)} GOVC_SIM_PID=${pid}`;
}

/** Everything that is printed after the start. */
export function announce(sim: Simulation, server: Listening, login: Login, environment: string): string {
  const target = `${reachable(server.host)}:${server.port}`;
  const user = shellWord(`${login.userName}`);
  const lines = [environment, '', `${sim.about.fullName} with ${inventoryLine(sim)}`];
  if (server.thumbprint !== undefined) {
    lines.push(
      '', 'Try it:',
      `  npx vic-machine ls --target ${target} --user ${user} --password ${shellWord(login.password)} --thumbprint ${server.thumbprint}`,
      `  curl -k ${baseUrl(server)}/about`,
      '  govc about -k     # after the export line above',
    );
  } else {
    lines.push('', 'Try it:', `  curl ${baseUrl(server)}/about`, '  govc about        # after the export line above');
  }
  lines.push('', 'Stop it with Ctrl-C or SIGTERM.', '');
  return lines.join('\n');
}

const KINDS: readonly (readonly [type: string, one: string, many: string])[] = [
  ['Datacenter', 'datacenter', 'datacenters'],
  ['ClusterComputeResource', 'cluster', 'clusters'],
  ['HostSystem', 'host', 'hosts'],
  ['Datastore', 'datastore', 'datastores'],
  ['VirtualMachine', 'virtual machine', 'virtual machines'],
];

/** '1 datacenter, 1 cluster, 4 hosts, 1 datastore, 4 virtual machines; 2 virtual container hosts' */
function inventoryLine(sim: Simulation): string {
  const parts: string[] = [];
  for (const [type, one, many] of KINDS) {
    const count = [...sim.store.ofType(type)].length;
    if (count > 0) parts.push(`${count} ${count === 1 ? one : many}`);
  }
  const hosts = containerHosts(sim);
  return `${parts.join(', ') || 'an empty inventory'}${hosts === 0 ? '' : `; ${hosts} virtual container ${hosts === 1 ? 'host' : 'hosts'}`}`;
}

/** How many machines are the appliance of a VCH. */
function containerHosts(sim: Simulation): number {
  let count = 0;
  for (const { ref, props } of sim.store.ofType('VirtualMachine')) if (kindOf(ref, props) === 'appliance') count += 1;
  return count;
}

const reachable = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host);

/** The address that a client on this machine uses. */
const baseUrl = (server: Listening): string => `${server.thumbprint === undefined ? 'http' : 'https'}://${reachable(server.host)}:${server.port}`;

/** The text as one word of a POSIX shell. */
const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
