// The door to a guest: who may come in and as whom. Every guest operation passes it first: the machine must run, its
// tools must answer, and the credentials must be the guest's.
import {
  fault, type GuestAuthentication, type GuestInfo, type ManagedObjectReference, type OptionValue, type VirtualMachineConfigInfo, type VirtualMachineRuntimeInfo,
} from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { hash } from '../../runtime/random.ts';
import { guestFamily } from '../virtual-machine/guest-os.ts';
import { toolsRunning } from '../virtual-machine/guest.ts';
import { requireOperable, requirePower, requireReachable } from '../virtual-machine/power.ts';

type Ref = ManagedObjectReference;

/** Somebody inside a guest. */
export interface Visitor {
  readonly sim: Simulation;
  readonly tx: Transaction;
  readonly vm: Ref;
  readonly user: string;
  /** 0 may do everything. */
  readonly uid: number;
  readonly windows: boolean;
  readonly now: Date;
}

/** Option that names the accounts of a guest: 'root:secret,joe:other'. Without it any name with any password comes in. */
export const ACCOUNTS = 'SIM.guest.accounts';

/** What the guest of a machine is called: what its tools report, else the machine's name. */
export const hostNameOf = (tx: Transaction, vm: Ref): string =>
  (tx.get(vm, '_guest.hostName') as string | undefined) ?? (String(tx.get(vm, 'name')).replace(/[^A-Za-z0-9.-]/g, '-') || 'localhost');

export const isWindows = (tx: Transaction, vm: Ref): boolean => guestFamily((tx.get(vm, 'config') as VirtualMachineConfigInfo).guestId) === 'windowsGuest';

/** Throws InvalidPowerState, InvalidState and GuestOperationsUnavailable: what is asked of the machine before who is asking. */
export function requireGuest(tx: Transaction, vm: Ref): void {
  requireReachable(tx, vm);
  requireOperable(tx, vm);
  requirePower(tx, vm, ['poweredOn'], 'poweredOn');
  if (!toolsRunning(tx.get(vm, '_guest') as Partial<GuestInfo> | undefined)) {
    throw fault('GuestOperationsUnavailable', {}, 'The guest operations agent could not be contacted: VMware Tools is not running in this virtual machine.');
  }
}

/** Lets somebody in. Throws what requireGuest throws, InvalidGuestLogin, and NotSupported for ways to log in that there are not. */
export function enter(sim: Simulation, tx: Transaction, vm: Ref, auth: GuestAuthentication | undefined): Visitor {
  requireGuest(tx, vm);
  const user = login(tx, vm, auth);
  const windows = isWindows(tx, vm);
  return { sim, tx, vm, user, uid: uidOf(user, windows), windows, now: sim.clock.now() };
}

const badLogin = () => fault('InvalidGuestLogin', {}, 'Failed to authenticate with the guest operating system using the supplied credentials.');

function login(tx: Transaction, vm: Ref, auth: GuestAuthentication | undefined): string {
  const given = (auth ?? {}) as GuestAuthentication & { _type?: string; username?: string; password?: string };
  if (given._type !== undefined && given._type !== 'NamePasswordAuthentication') {
    throw fault('NotSupported', {}, `The guest takes user name and password only, not ${given._type}: single sign-on into guests is not simulated.`);
  }
  if (!given.username || !given.password) throw badLogin();
  const accounts = accountsOf(tx, vm);
  if (accounts && accounts.get(given.username) !== given.password) throw badLogin();
  return given.username;
}

/** Names and passwords of a guest's accounts; undefined when it does not care. */
function accountsOf(tx: Transaction, vm: Ref): ReadonlyMap<string, string> | undefined {
  const options = (tx.get(vm, 'config.extraConfig') ?? []) as readonly OptionValue[];
  const value = options.find(({ key }) => key === ACCOUNTS)?.value;
  if (value === undefined) return undefined;
  return new Map(String(value).split(',').map((pair) => {
    const colon = pair.indexOf(':');
    return colon < 0 ? [pair.trim(), ''] as const : [pair.slice(0, colon).trim(), pair.slice(colon + 1)] as const;
  }));
}

/** A number for every name, the same in every guest. */
export const uidOf = (user: string, windows: boolean): number => {
  const name = user.replace(/^.*\\/, '');
  if (windows ? /^(administrator|system)$/i.test(name) : name === 'root') return 0;
  return 1000 + (hash(name) % 30_000);
};

/** When the guest was started: what runs in it is of this boot. */
export const bootTimeOf = (tx: Transaction, vm: Ref): Date | undefined => (tx.get(vm, 'runtime') as VirtualMachineRuntimeInfo).bootTime;
