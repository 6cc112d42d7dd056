// HostServiceSystem: the daemons of a host, whether they run and when they start.
import { fault, type HostService } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';

type Row = readonly [key: string, label: string, running: boolean, policy: 'on' | 'off' | 'automatic', rulesets?: readonly string[]];

const ROWS: readonly Row[] = [
  ['DCUI', 'Direct Console UI', true, 'on'],
  ['TSM', 'ESXi Shell', false, 'off'],
  ['TSM-SSH', 'SSH', false, 'off', ['sshServer']],
  ['attestd', 'attestd', false, 'off'],
  ['dpd', 'dpd', false, 'off'],
  ['entropyd', 'entropyd', false, 'off'],
  ['kmxd', 'kmxd', false, 'off'],
  ['lbtd', 'Load-Based Teaming Daemon', true, 'on'],
  ['lwsmd', 'Active Directory Service', false, 'off'],
  ['ntpd', 'NTP Daemon', false, 'off', ['ntpClient']],
  ['pcscd', 'PC/SC Smart Card Daemon', false, 'off'],
  ['ptpd', 'PTP Daemon', false, 'off', ['ptpd']],
  ['sfcbd-watchdog', 'CIM Server', false, 'on', ['CIMHttpServer', 'CIMHttpsServer']],
  ['slpd', 'slpd', false, 'off', ['CIMSLP']],
  ['snmpd', 'SNMP Server', false, 'on', ['snmp']],
  ['vltd', 'vltd', false, 'off'],
  ['vmsyslogd', 'Syslog Server', true, 'on'],
  ['vpxa', 'VMware vCenter Agent', true, 'on', ['vpxHeartbeats']],
  ['xorg', 'X.Org Server', false, 'on'],
];

const PACKAGE = { sourcePackageName: 'esx-base', description: 'This VIB contains all of the base functionality of vSphere ESXi.' };
const REQUIRED = new Set(['vmsyslogd', 'lbtd']);

/** The services as installed. */
export const SERVICES: readonly HostService[] = ROWS.map(([key, label, running, policy, ruleset = []]) => ({
  key, label, required: REQUIRED.has(key), uninstallable: false, running, ruleset, policy, sourcePackage: PACKAGE,
}));

function change({ tx, self }: TransactionContext, id: string, edit: (old: HostService) => Partial<HostService>): void {
  const services = tx.get(self.ref, 'serviceInfo.service') as readonly HostService[];
  const old = services.find(({ key }) => key === id);
  if (!old) throw fault('NotFound', {}, `There is no service '${id}'. Known: ${services.map((s) => s.key).join(', ')}.`);
  const fresh = edit(old);
  if (Object.entries(fresh).every(([key, value]) => old[key as keyof HostService] === value)) return;
  tx.set(self.ref, 'serviceInfo', { service: services.map((service) => (service === old ? { ...service, ...fresh } : service)) });
}

export const hostServiceSystem = define('HostServiceSystem', {
  StartService(ctx, { id }) {
    change(ctx, id, () => ({ running: true }));
  },
  StopService(ctx, { id }) {
    change(ctx, id, ({ required, label }) => {
      if (required) throw fault('HostConfigFault', {}, `The service '${id}' (${label}) is required and cannot be stopped.`);
      return { running: false };
    });
  },
  RestartService(ctx, { id }) {
    change(ctx, id, () => ({ running: true }));
  },
  UpdateServicePolicy(ctx, { id, policy }) {
    if (!['on', 'off', 'automatic'].includes(policy)) {
      throw fault('InvalidArgument', { invalidProperty: 'policy' }, `The policy '${policy}' is not known; use on, off or automatic.`);
    }
    change(ctx, id, () => ({ policy }));
  },
  UninstallService(ctx, { id }) {
    change(ctx, id, ({ label, uninstallable }) => {
      if (!uninstallable) throw fault('HostConfigFault', {}, `The service '${id}' (${label}) is part of the host and cannot be uninstalled.`);
      return {};
    });
  },
  RefreshServices() {},
});
