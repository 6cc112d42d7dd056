// The small managers of a host: firewall rule sets, services, clock.
import { fault, type HostDateTimeInfo, type HostFirewallInfo, type HostFirewallRuleset, type HostService } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';

function changeRuleset({ tx, self }: TransactionContext, id: string, change: Partial<HostFirewallRuleset>): void {
  const info = tx.get(self.ref, 'firewallInfo') as HostFirewallInfo;
  const known = info.ruleset ?? [];
  if (!known.some(({ key }) => key === id)) throw fault('NotFound', {}, `There is no firewall rule set '${id}'. Known: ${known.map((r) => r.key).join(', ')}.`);
  tx.set(self.ref, 'firewallInfo', { ...info, ruleset: known.map((ruleset) => (ruleset.key === id ? { ...ruleset, ...change } : ruleset)) });
}

export const hostFirewallSystem = define('HostFirewallSystem', {
  EnableRuleset(ctx, { id }) {
    changeRuleset(ctx, id, { enabled: true });
  },
  DisableRuleset(ctx, { id }) {
    changeRuleset(ctx, id, { enabled: false });
  },
  UpdateRuleset(ctx, { id, spec }) {
    changeRuleset(ctx, id, { allowedHosts: spec.allowedHosts });
  },
  UpdateDefaultPolicy({ tx, self }, { defaultPolicy }) {
    const info = tx.get(self.ref, 'firewallInfo') as HostFirewallInfo;
    tx.set(self.ref, 'firewallInfo', { ...info, defaultPolicy: { ...info.defaultPolicy, ...defaultPolicy } });
  },
  RefreshFirewall() {},
});

function changeService({ tx, self }: TransactionContext, id: string, change: Partial<HostService>): void {
  const services = tx.get(self.ref, 'serviceInfo.service') as readonly HostService[];
  if (!services.some(({ key }) => key === id)) throw fault('NotFound', {}, `There is no service '${id}'. Known: ${services.map((s) => s.key).join(', ')}.`);
  tx.set(self.ref, 'serviceInfo', { service: services.map((service) => (service.key === id ? { ...service, ...change } : service)) });
}

export const hostServiceSystem = define('HostServiceSystem', {
  StartService(ctx, { id }) {
    changeService(ctx, id, { running: true });
  },
  StopService(ctx, { id }) {
    changeService(ctx, id, { running: false });
  },
  RestartService(ctx, { id }) {
    changeService(ctx, id, { running: true });
  },
  UpdateServicePolicy(ctx, { id, policy }) {
    if (!['on', 'off', 'automatic'].includes(policy)) {
      throw fault('InvalidArgument', { invalidProperty: 'policy' }, `The policy '${policy}' is not known; use on, off or automatic.`);
    }
    changeService(ctx, id, { policy });
  },
  RefreshServices() {},
});

export const hostDateTimeSystem = define('HostDateTimeSystem', {
  QueryDateTime: { query: ({ sim }) => sim.clock.now() },
  UpdateDateTimeConfig({ tx, self }, { config }) {
    const old = tx.get(self.ref, 'dateTimeInfo') as HostDateTimeInfo;
    tx.set(self.ref, 'dateTimeInfo', { ...old, ...(config.ntpConfig ? { ntpConfig: config.ntpConfig } : {}) });
  },
});
