// What create asks of hosts and licences: an open way from containers to the VCH, DRS, and the features VIC needs. Pure.
import type { HostFirewallRuleset } from '../../vim25/types.d.ts';
import type { CreateFacts, HostFacts, LicenceFacts } from './facts.ts';
import type { FirewallStates } from './firewall-state.ts';
import type { Issues } from './options.ts';

/** Container VMs connect their serial port to the appliance here. */
export const SERIAL_PORT = 8080;

/** The rule set that ESXi has for serial ports over the network. */
const USUAL = 'remoteSerialPort';

const fits = ({ rule }: HostFirewallRuleset): boolean =>
  rule.some(({ direction, protocol, portType, port, endPort }) =>
    direction === 'outbound' && protocol.toLowerCase() === 'tcp' && (portType ?? 'dst') === 'dst' && port <= SERIAL_PORT && SERIAL_PORT <= (endPort || port));

const isOpen = ({ firewall }: HostFacts): boolean =>
  firewall === undefined || firewall.defaultPolicy.outgoingBlocked === false || (firewall.ruleset ?? []).some((set) => set.enabled && fits(set));

/** Rule sets that would open it, on every one of the hosts. */
const remedies = (hosts: readonly HostFacts[]): string[] => {
  const [first = [], ...others] = hosts.map(({ firewall }) => (firewall?.ruleset ?? []).filter(fits).map(({ key }) => key));
  return first.filter((key) => others.every((keys) => keys.includes(key))).sort();
};

/** Hosts whose rules do not let containers reach the appliance. */
export const closedHosts = (facts: CreateFacts): readonly HostFacts[] => facts.hosts.filter((host) => host.connected && !isOpen(host));

/** The firewall of every host must let TCP 8080 out. Gives warnings: one that is off blocks nothing until it is switched on, and what cannot be asked is not known. */
export function checkFirewall(facts: CreateFacts, { off, untold }: FirewallStates, issues: Issues): string[] {
  const names = closedHosts(facts).map((host) => host.node.name);
  const open = names.filter((name) => off.has(name));
  const unsure = names.filter((name) => untold.has(name));
  const closed = names.filter((name) => !off.has(name) && !untold.has(name));
  const advice = `Enable a rule set that opens outgoing TCP ${SERIAL_PORT}`;
  if (closed.length > 0) {
    const sets = remedies(closedHosts(facts));
    issues.add(`the firewall of ${closed.join(', ')} blocks outgoing TCP ${SERIAL_PORT}, which containers need to reach the virtual container host`, {
      details: [`${advice} on each of them${sets.length > 0 ? ` (${sets.join(', ')})` : ''}, or turn the firewall off.`, ...(sets.length > 0 ? [`On a host: esxcli network firewall ruleset set --enabled true --ruleset-id ${sets.includes(USUAL) ? USUAL : sets[0]!}`] : [])],
    });
  }
  return [
    ...(open.length > 0 ? [`the firewall of ${open.join(', ')} is off and would block outgoing TCP ${SERIAL_PORT} if it were on. ${advice} before you switch it on`] : []),
    ...(unsure.length > 0 ? [`the rules of ${unsure.join(', ')} block outgoing TCP ${SERIAL_PORT}; whether the firewall is on there was not checked, this server does not know RetrieveManagedMethodExecuter. ${advice} if it is`] : []),
  ];
}

/** No other machine can have these; some hosts that nobody manages show one. */
const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** What is made on a host behind its vCenter Server's back, that server does not know how to keep. */
export function checkManaged(facts: CreateFacts, issues: Issues): void {
  const server = facts.vCenter ? undefined : facts.hosts.map((host) => host.managedBy ?? '').find((address) => address !== '' && !LOOPBACK.test(address));
  if (server !== undefined) issues.add(`the target ${facts.compute.name} is managed by the vCenter Server ${server}`, { flag: '--target', valid: [server], details: ['Create the virtual container host there.'] });
}

/** DRS places containers in a cluster; a standalone host has none. */
export function checkDrs(facts: CreateFacts, issues: Issues): void {
  if (facts.isCluster && facts.drsEnabled !== true) {
    issues.add(`DRS is not enabled on cluster "${facts.compute.name}"`, { details: ['Enable DRS on the cluster, or give a standalone host.'], flag: '--compute-resource' });
  }
}

const REQUIRED = { vCenter: ['serialuri', 'dvs'], esxi: ['serialuri'] } as const;

/** Licences must have the features; an evaluation has all of them. Gives warnings. */
export function checkLicences(facts: CreateFacts, issues: Issues): string[] {
  const required = facts.vCenter ? REQUIRED.vCenter : REQUIRED.esxi;
  const lacks = ({ features }: LicenceFacts): readonly string[] => required.filter((feature) => !features.some((key) => key.startsWith(feature)));
  for (const licence of facts.licences) {
    const missing = licence.evaluation ? [] : lacks(licence);
    if (missing.length > 0) issues.add(`the licence of ${licence.entity} lacks ${missing.map((feature) => `"${feature}"`).join(' and ')}`, { details: ['vSphere Integrated Containers needs vSphere Enterprise Plus, or its evaluation.'] });
  }
  const evaluated = facts.licences.filter((licence) => licence.evaluation).map(({ entity }) => entity);
  return evaluated.length > 0 ? [`evaluation licence in use (${evaluated.join(', ')}): the virtual container host works only as long as it lasts`] : [];
}
