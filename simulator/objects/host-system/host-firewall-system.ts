// HostFirewallSystem: rule sets opened, closed and limited to addresses; whether the firewall filters at all is internal
// state that only esxcli shows.
import {
  fault, type HostFirewallInfo, type HostFirewallRuleset, type HostFirewallRulesetIpList, type ManagedObjectReference,
} from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;

function changeRuleset(tx: Transaction, system: Ref, id: string, change: (old: HostFirewallRuleset) => HostFirewallRuleset): void {
  const info = tx.get(system, 'firewallInfo') as HostFirewallInfo;
  const known = info.ruleset ?? [];
  const old = known.find(({ key }) => key === id);
  if (!old) throw fault('NotFound', {}, `There is no firewall rule set '${id}'. Known: ${known.map((r) => r.key).join(', ')}.`);
  const fresh = change(old);
  if (fresh !== old) tx.set(system, 'firewallInfo', { ...info, ruleset: known.map((ruleset) => (ruleset === old ? fresh : ruleset)) });
}

/** Opens or closes a rule set. Throws NotFound; HostConfigFault for closing one that the host needs. */
export function enableRuleset(tx: Transaction, system: Ref, id: string, enabled: boolean): void {
  changeRuleset(tx, system, id, (old) => {
    if (!enabled && old.required) throw fault('HostConfigFault', {}, `The firewall rule set '${id}' (${old.label}) is required and cannot be disabled.`);
    return old.enabled === enabled ? old : { ...old, enabled };
  });
}

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*)$/i;

/** Says which addresses a rule set is open for. Throws NotFound, HostConfigFault, InvalidArgument. */
export function limitRuleset(tx: Transaction, system: Ref, id: string, allowedHosts: HostFirewallRulesetIpList): void {
  const { allIp, ipAddress = [], ipNetwork = [] } = allowedHosts;
  for (const address of [...ipAddress, ...ipNetwork.map(({ network }) => network)]) {
    const wrong = !ADDRESS.test(address) || (address.includes('.') && address.split('.').some((part) => Number(part) > 255));
    if (wrong) throw fault('InvalidArgument', { invalidProperty: 'spec.allowedHosts' }, `'${address}' is not an IP address.`);
  }
  for (const { network, prefixLength } of ipNetwork) {
    const most = network.includes(':') ? 128 : 32;
    if (prefixLength < 0 || prefixLength > most) throw fault('InvalidArgument', { invalidProperty: 'spec.allowedHosts.ipNetwork' }, `${network}/${prefixLength} is not a network: the prefix has 0 to ${most} bits.`);
  }
  changeRuleset(tx, system, id, (old) => {
    if (!allIp && old.ipListUserConfigurable === false) throw fault('HostConfigFault', {}, `The allowed addresses of the firewall rule set '${id}' cannot be changed.`);
    return { ...old, allowedHosts: { allIp, ...(ipAddress.length ? { ipAddress } : {}), ...(ipNetwork.length ? { ipNetwork } : {}) } };
  });
}

/** Whether the firewall filters: `esxcli network firewall set -e`. */
export const isFiltering = (props: Readonly<Record<string, unknown>>): boolean => props['_enabled'] !== false;

export function setDefaultPolicy({ tx, self }: Pick<TransactionContext, 'tx' | 'self'>, change: HostFirewallInfo['defaultPolicy']): void {
  const info = tx.get(self.ref, 'firewallInfo') as HostFirewallInfo;
  tx.set(self.ref, 'firewallInfo', { ...info, defaultPolicy: { ...info.defaultPolicy, ...change } });
}

export const hostFirewallSystem = define('HostFirewallSystem', {
  EnableRuleset({ tx, self }, { id }) {
    enableRuleset(tx, self.ref, id, true);
  },
  DisableRuleset({ tx, self }, { id }) {
    enableRuleset(tx, self.ref, id, false);
  },
  UpdateRuleset({ tx, self }, { id, spec }) {
    limitRuleset(tx, self.ref, id, spec.allowedHosts);
  },
  UpdateDefaultPolicy(ctx, { defaultPolicy }) {
    setDefaultPolicy(ctx, defaultPolicy);
  },
  RefreshFirewall() {},
});
