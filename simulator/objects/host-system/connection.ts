// A host's connection to vCenter and its power: disconnect, reconnect, reboot, shutdown, standby. What clients send to
// connect with is checked here, for new hosts too.
import { fault, type HostConnectSpec, type HostConnectInfo, type HostListSummary, type HostIpmiInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Methods, TransactionContext } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { setPower } from '../virtual-machine/power.ts';
import { applyAtBoot } from './boot-effects.ts';
import { hostName, mustBeConnected, runtimeOf, setRuntime } from './host-state.ts';
import { startMachines } from './host-autostart-manager.ts';
import { emptied, evacuate } from './maintenance.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

/** How long a host is away when it restarts: long enough to be seen, short enough to be waited for. */
const BOOT_MILLISECONDS = 5000;

const HOST_NAME = /^(?!-)[A-Za-z0-9_.:-]{1,255}$/;

/** Throws for credentials or a host name that no connection can be made with. */
export function checkConnectSpec(spec: HostConnectSpec, path = 'spec'): void {
  const name = spec.hostName?.trim();
  if (!name) throw fault('InvalidArgument', { invalidProperty: `${path}.hostName` }, `The host needs a name or address: ${path}.hostName is empty.`);
  if (!HOST_NAME.test(name)) throw fault('NoHost', { name }, `Cannot contact the specified host (${name}): it is no host name and no address.`);
  if (spec.userName !== undefined && spec.userName.trim() === '') throw fault('InvalidLogin', {}, `Cannot complete login to host '${name}' due to an incorrect user name or password: ${path}.userName is empty.`);
  const port = spec.port ?? -1;
  if (port !== -1 && (port < 1 || port > 65_535)) throw fault('InvalidArgument', { invalidProperty: `${path}.port` }, `${port} is not a port: use 1 to 65535, or -1 for the default.`);
  if (spec.sslThumbprint && !/^([0-9A-Fa-f]{2}:){19}([0-9A-Fa-f]{2})$|^([0-9A-Fa-f]{2}:){31}([0-9A-Fa-f]{2})$/.test(spec.sslThumbprint)) {
    throw fault('SSLVerifyFault', { selfSigned: true }, `Authenticity of the host's SSL certificate is not verified: '${spec.sslThumbprint}' is no SHA-1 or SHA-256 thumbprint.`);
  }
}

/** What a new host has from the connection it was added with. */
export function applyConnectSpec(tx: Transaction, host: Ref, spec: HostConnectSpec): void {
  const summary = tx.get(host, 'summary') as HostListSummary;
  const config = {
    ...summary.config,
    ...(spec.port !== undefined && spec.port > 0 ? { port: spec.port } : {}),
    ...(spec.sslThumbprint ? { sslThumbprint: spec.sslThumbprint.toUpperCase() } : {}),
  };
  tx.set(host, 'summary', { ...summary, config, ...(spec.managementIp ? { managementServerIp: spec.managementIp } : {}) });
  const access = tx.get(host, 'configManager.hostAccessManager') as Ref | undefined;
  if (access && spec.lockdownMode) tx.set(access, 'lockdownMode', spec.lockdownMode);
}

function managed(ctx: TransactionContext): void {
  if (ctx.sim.product === 'esxi') throw fault('NotSupported', {}, 'The operation is not supported on the object: a standalone ESXi host has no connection to a vCenter Server.');
}

/** Throws unless nothing runs here, or the caller does not care. */
function mayGoDown(ctx: TransactionContext, force: boolean): void {
  mustBeConnected(ctx);
  if (force || runtimeOf(ctx).inMaintenanceMode) return;
  throw fault('InvalidState', {}, `The operation is not allowed in the current state: host '${hostName(ctx.tx, ctx.self.ref)}' is not in maintenance mode. Put it there first, or use force.`);
}

/** Machines that run on a host lose their power with it. */
function cutPower({ sim, tx, self }: TransactionContext): void {
  for (const vm of (tx.get(self.ref, 'vm') ?? []) as Refs) {
    if (tx.get(vm, 'runtime.powerState') === 'poweredOn' && tx.get(vm, 'runtime.connectionState') === 'connected') setPower(sim, tx, vm, 'poweredOff');
  }
}

/** The host is up again: it has a new boot time, is connected, and starts what it is told to start. */
function boot(sim: Simulation, tx: Transaction, host: Ref): void {
  const summary = tx.get(host, 'summary') as HostListSummary;
  tx.set(host, 'summary', { ...summary, rebootRequired: false, quickStats: { ...summary.quickStats, uptime: 0 } });
  tx.set(host, '_boot', undefined);
  applyAtBoot(tx, host);
  setRuntime(tx, host, { connectionState: 'connected', powerState: 'poweredOn', standbyMode: 'none', bootTime: sim.clock.now() });
  if (!tx.props<'HostSystem'>(host).runtime!.inMaintenanceMode) startMachines(sim, tx, tx.get(host, 'configManager.autoStartManager') as Ref);
}

/** Boots the host after a while, unless something else has happened to it since. */
function bootLater({ sim, tx, self }: TransactionContext): void {
  const mark = tx.nextId('boot');
  tx.set(self.ref, '_boot', mark);
  tx.afterCommit(() => sim.clock.after(BOOT_MILLISECONDS, () => {
    if (sim.store.get(self.ref)?.props['_boot'] === mark) sim.store.transaction((later) => boot(sim, later, self.ref));
  }));
}

export const connectionMethods = {
  DisconnectHost_Task: {
    task(ctx) {
      managed(ctx);
      if (runtimeOf(ctx).connectionState === 'disconnected') throw fault('InvalidState', {}, `The operation is not allowed in the current state: host '${hostName(ctx.tx, ctx.self.ref)}' is disconnected already.`);
      setRuntime(ctx.tx, ctx.self.ref, { connectionState: 'disconnected' });
    },
  },
  ReconnectHost_Task: {
    task(ctx, { cnxSpec }) {
      managed(ctx);
      const { tx, self } = ctx;
      const name = hostName(tx, self.ref);
      if (cnxSpec) {
        checkConnectSpec({ ...cnxSpec, hostName: cnxSpec.hostName ?? name }, 'cnxSpec');
        if (cnxSpec.hostName !== undefined && cnxSpec.hostName.trim() !== name) throw fault('InvalidName', { name: cnxSpec.hostName, entity: self.ref }, `The host is called '${name}', not '${cnxSpec.hostName}'.`);
      }
      const { connectionState, powerState } = runtimeOf(ctx);
      if (connectionState === 'connected') throw fault('InvalidState', {}, `The operation is not allowed in the current state: host '${name}' is connected already.`);
      if (powerState === 'poweredOff' || powerState === 'standBy') throw fault('NoHost', { name }, `Cannot contact the specified host (${name}): it is ${powerState === 'standBy' ? 'in standby mode' : 'powered off'}.`);
      if (tx.get(self.ref, '_boot') !== undefined) throw fault('NoHost', { name }, `Cannot contact the specified host (${name}): it is starting.`);
      if (cnxSpec) applyConnectSpec(tx, self.ref, cnxSpec);
      setRuntime(tx, self.ref, { connectionState: 'connected' });
    },
  },
  RebootHost_Task: {
    task(ctx, { force }) {
      mayGoDown(ctx, force);
      cutPower(ctx);
      if (ctx.sim.product === 'esxi') {
        boot(ctx.sim, ctx.tx, ctx.self.ref);
        return;
      }
      setRuntime(ctx.tx, ctx.self.ref, { connectionState: 'notResponding', powerState: 'unknown' });
      bootLater(ctx);
    },
  },
  ShutdownHost_Task: {
    task(ctx, { force }) {
      mayGoDown(ctx, force);
      cutPower(ctx);
      setRuntime(ctx.tx, ctx.self.ref, ctx.sim.product === 'esxi' ? { powerState: 'poweredOff' } : { connectionState: 'notResponding', powerState: 'poweredOff' });
    },
  },
  PowerDownHostToStandBy_Task: {
    wait: emptied(({ timeoutSec }) => timeoutSec),
    task(ctx, { evacuatePoweredOffVms }) {
      managed(ctx);
      const { tx, self } = ctx;
      mustBeConnected(ctx);
      if (tx.get(self.ref, 'capability.standbySupported') !== true) throw fault('NotSupported', {}, `Host '${hostName(tx, self.ref)}' cannot be woken, so it cannot stand by: give it the address of its management controller (UpdateIpmi) first.`);
      if (!runtimeOf(ctx).inMaintenanceMode) evacuate(ctx, evacuatePoweredOffVms ?? false);
      setRuntime(tx, self.ref, { connectionState: 'notResponding', powerState: 'standBy', standbyMode: 'in' });
    },
  },
  PowerUpHostFromStandBy_Task: {
    task(ctx) {
      managed(ctx);
      if (runtimeOf(ctx).powerState !== 'standBy') throw fault('InvalidState', {}, `The operation is not allowed in the current state: host '${hostName(ctx.tx, ctx.self.ref)}' is not in standby mode.`);
      boot(ctx.sim, ctx.tx, ctx.self.ref);
    },
  },
  UpdateIpmi({ tx, self }, { ipmiInfo }) {
    checkIpmi(ipmiInfo);
    const { bmcIpAddress, bmcMacAddress, login } = ipmiInfo;
    const usable = Boolean(bmcIpAddress && bmcMacAddress && login);
    // The password is for the controller, not for readers.
    tx.set(self.ref, 'config.ipmi', usable ? { bmcIpAddress, bmcMacAddress, login } : undefined);
    tx.set(self.ref, 'capability', { ...(tx.get(self.ref, 'capability') as object), standbySupported: usable });
  },
  QueryHostConnectionInfo: {
    query: ({ sim, self }) => connectionInfo(sim, self.props),
  },
} satisfies Methods<'HostSystem'>;

/** What a host tells of itself to whom it is connected. */
export function connectionInfo(sim: Simulation, props: Props): HostConnectInfo {
  const summaries = (path: string) => ((props[path] ?? []) as Refs).map((ref) => sim.store.get(ref)!.props['summary']);
  const parent = sim.store.get(props['parent'] as Ref)?.props;
  const das = (parent?.['configurationEx'] as { dasConfig?: { enabled?: boolean } } | undefined)?.dasConfig?.enabled;
  const summary = props['summary'] as HostListSummary;
  return {
    ...(summary.managementServerIp === undefined ? {} : { serverIp: summary.managementServerIp }),
    inDasCluster: das ?? false, host: summary, vm: summaries('vm') as HostConnectInfo['vm'], vimAccountNameRequired: false, clusterSupported: true,
    network: summaries('network').map((network) => ({ _type: 'HostConnectInfoNetworkInfo', summary: network })) as unknown as HostConnectInfo['network'],
    datastore: summaries('datastore').map((datastore) => ({
      _type: 'HostDatastoreExistsConnectInfo', summary: datastore, newDatastoreName: (datastore as { name: string }).name,
    })) as unknown as HostConnectInfo['datastore'],
    capability: props['capability'] as HostConnectInfo['capability'],
  };
}

function checkIpmi({ bmcIpAddress, bmcMacAddress, login, password }: HostIpmiInfo): void {
  if (!bmcIpAddress && !bmcMacAddress && !login) return;
  if (bmcMacAddress === undefined || !/^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/.test(bmcMacAddress)) {
    throw fault('InvalidIpmiMacAddress', { userProvidedMacAddress: bmcMacAddress ?? '', observedMacAddress: '' }, `'${bmcMacAddress ?? ''}' is no MAC address of a management controller; write it as 00:50:56:00:00:01.`);
  }
  if (!login || !password) throw fault('InvalidIpmiLoginInfo', {}, 'The management controller needs a login and a password.');
  if (!bmcIpAddress || !/^(\d{1,3}\.){3}\d{1,3}$/.test(bmcIpAddress)) throw fault('InvalidArgument', { invalidProperty: 'ipmiInfo.bmcIpAddress' }, `'${bmcIpAddress ?? ''}' is no IPv4 address of a management controller.`);
}
