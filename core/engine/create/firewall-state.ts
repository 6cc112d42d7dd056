// Whether hosts have their firewall switched on at all. No property says so, only the host's own command line, which is
// reached through the method executer. Asked for the few hosts whose rules are closed.
import type { Connection } from '../../client/index.ts';
import { isFault } from '../../vim25/fault.ts';
import type { HostFacts } from './facts.ts';

const COMMAND = { moid: 'ha-cli-handler-network-firewall', version: 'urn:vim25/5.0', method: 'vim.EsxCLI.network.firewall.get' };

/** What is known of firewalls beyond their rules: names of hosts. */
export interface FirewallStates {
  /** Switched off. */
  readonly off: ReadonlySet<string>;
  /** The server has no way to ask; every vSphere has, some simulators have not. */
  readonly untold: ReadonlySet<string>;
}

type State = 'on' | 'off' | 'untold';

/** Asks the hosts. One that refuses to tell counts as on. */
export async function firewallStates(connection: Connection, hosts: readonly HostFacts[]): Promise<FirewallStates> {
  const states = await Promise.all(hosts.map(async ({ node }) => ({ name: node.name, state: await stateOf(connection, node.ref) })));
  const named = (wanted: State): ReadonlySet<string> => new Set(states.filter(({ state }) => state === wanted).map(({ name }) => name));
  return { off: named('off'), untold: named('untold') };
}

async function stateOf(connection: Connection, host: HostFacts['node']['ref']): Promise<State> {
  try {
    const executer = await connection.call(host, 'RetrieveManagedMethodExecuter', {});
    const answer = executer && (await connection.call(executer, 'ExecuteSoap', COMMAND));
    return /<Enabled>\s*false\s*<\/Enabled>/i.test(answer?.response ?? '') ? 'off' : 'on';
  } catch (error) {
    if (isFault(error, 'MethodNotFound')) return 'untold';
    if (isFault(error)) return 'on';
    throw error;
  }
}
