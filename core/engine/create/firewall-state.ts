// Whether hosts have their firewall switched on at all. No property says so, only the host's own command line, which is
// reached through the method executer. Asked for the few hosts whose rules are closed.
import type { Connection } from '../../client/index.ts';
import { isFault } from '../../vim25/fault.ts';
import type { HostFacts } from './facts.ts';

const COMMAND = { moid: 'ha-cli-handler-network-firewall', version: 'urn:vim25/5.0', method: 'vim.EsxCLI.network.firewall.get' };

/** Names of the hosts whose firewall is switched off. One that does not tell counts as on. */
export async function switchedOff(connection: Connection, hosts: readonly HostFacts[]): Promise<ReadonlySet<string>> {
  const states = await Promise.all(hosts.map(async ({ node }) => ({ name: node.name, on: await isOn(connection, node.ref) })));
  return new Set(states.filter(({ on }) => !on).map(({ name }) => name));
}

async function isOn(connection: Connection, host: HostFacts['node']['ref']): Promise<boolean> {
  try {
    const executer = await connection.call(host, 'RetrieveManagedMethodExecuter', {});
    const answer = executer && (await connection.call(executer, 'ExecuteSoap', COMMAND));
    return !/<Enabled>\s*false\s*<\/Enabled>/i.test(answer?.response ?? '');
  } catch (error) {
    if (isFault(error)) return true;
    throw error;
  }
}
