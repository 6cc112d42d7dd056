// HostAutoStartManager: which machines start and stop with the host, in which order.
import {
  fault, type AutoStartPowerInfo, type HostAutoStartManagerConfig, type ManagedObjectReference,
} from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Rule } from '../../store/derive.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { setPower } from '../virtual-machine/power.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const configOf = (tx: Transaction, manager: Ref): HostAutoStartManagerConfig => tx.get(manager, 'config') as HostAutoStartManagerConfig;

function checked({ tx, self }: TransactionContext, info: AutoStartPowerInfo): void {
  const wrong = (field: string, why: string) => fault('InvalidArgument', { invalidProperty: `spec.powerInfo.${field}` }, why);
  const host = tx.get(self.ref, '_host') as Ref;
  const name = String(tx.get(info.key, 'name'));
  if ((tx.get(info.key, 'runtime.host') as Ref | undefined)?.value !== host.value) throw wrong('key', `The virtual machine '${name}' is not on this host.`);
  if (info.startOrder < -1 || info.startOrder === 0) throw wrong('startOrder', `The start order is ${info.startOrder}; it is -1 (any) or a place from 1 on.`);
  if (info.startDelay < -1) throw wrong('startDelay', `The start delay is ${info.startDelay}; it is -1 (the default) or a number of seconds.`);
  if (info.stopDelay < -1) throw wrong('stopDelay', `The stop delay is ${info.stopDelay}; it is -1 (the default) or a number of seconds.`);
  if (!['none', 'powerOn', 'systemDefault'].includes(info.startAction)) throw wrong('startAction', `The start action '${info.startAction}' is not known; use none, powerOn or systemDefault.`);
  if (!['none', 'systemDefault', 'powerOff', 'suspend', 'guestShutdown'].includes(info.stopAction)) {
    throw wrong('stopAction', `The stop action '${info.stopAction}' is not known; use none, systemDefault, powerOff, suspend or guestShutdown.`);
  }
}

/** What autostart has to start, first to last. */
function order({ powerInfo = [] }: HostAutoStartManagerConfig): readonly AutoStartPowerInfo[] {
  const place = (info: AutoStartPowerInfo) => (info.startOrder < 0 ? Infinity : info.startOrder);
  return powerInfo.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

/** Powers on, in order, what is to start with the host. Does nothing while autostart is disabled. */
export function startMachines(sim: Simulation, tx: Transaction, manager: Ref): void {
  const config = configOf(tx, manager);
  if (!config.defaults?.enabled) return;
  for (const { key, startAction } of order(config)) {
    if (startAction !== 'none' && tx.get(key, 'runtime.powerState') !== 'poweredOn') setPower(sim, tx, key, 'poweredOn');
  }
}

/** Stops them in the opposite order, each as its stop action says. */
export function stopMachines(sim: Simulation, tx: Transaction, manager: Ref): void {
  const config = configOf(tx, manager);
  if (!config.defaults?.enabled) return;
  for (const { key, stopAction } of order(config).toReversed()) {
    const action = stopAction === 'systemDefault' ? (config.defaults.stopAction ?? 'powerOff') : stopAction;
    if (action === 'none' || tx.get(key, 'runtime.powerState') !== 'poweredOn') continue;
    setPower(sim, tx, key, action.toLowerCase() === 'suspend' ? 'suspended' : 'poweredOff');
  }
}

/** Machines that leave the host are no longer started by it. */
const forgetsMachines: Rule = {
  type: 'HostAutoStartManager',
  inputs: ['config'],
  watch: [{ type: 'HostSystem', path: 'configManager.autoStartManager', inputs: ['vm'] }],
  derive(props, read) {
    const config = props['config'] as HostAutoStartManagerConfig;
    if (!config.powerInfo?.length) return undefined;
    const here = new Set(((read(props['_host'] as Ref)?.['vm'] ?? []) as Refs).map((vm) => vm.value));
    const powerInfo = config.powerInfo.filter(({ key }) => here.has(key.value));
    return powerInfo.length === config.powerInfo.length ? undefined : { config: { ...config, powerInfo } };
  },
};

export const hostAutoStartManager = define('HostAutoStartManager', {
  ReconfigureAutostart(ctx, { spec }) {
    const { tx, self } = ctx;
    const old = configOf(tx, self.ref);
    const entries = new Map((old.powerInfo ?? []).map((info) => [info.key.value, info]));
    for (const info of spec.powerInfo ?? []) {
      checked(ctx, info);
      // An entry that neither starts nor stops its machine takes it off the list.
      if (info.startAction === 'none' && info.stopAction === 'none') entries.delete(info.key.value);
      else entries.set(info.key.value, info);
    }
    const delay = spec.defaults?.startDelay ?? 0;
    if (delay < 0) throw fault('InvalidArgument', { invalidProperty: 'spec.defaults.startDelay' }, `The start delay is ${delay}; it is a number of seconds.`);
    tx.set(self.ref, 'config', { defaults: { ...old.defaults, ...spec.defaults }, powerInfo: [...entries.values()] });
  },
  AutoStartPowerOn({ sim, tx, self }) {
    startMachines(sim, tx, self.ref);
  },
  AutoStartPowerOff({ sim, tx, self }) {
    stopMachines(sim, tx, self.ref);
  },
}, { rules: [forgetsMachines] });
