// Power: the states a machine moves through, what each move needs, and what it does to runtime, devices and files.
import { fault, type GuestInfo, type ManagedObjectReference, type VirtualMachineConfigInfo, type VirtualMachinePowerState, type VirtualMachineRuntimeInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { joinPath, parseDatastorePath, removePath, splitPath, stat, writeFile } from '../datastore/files.ts';
import { applyCustomization } from './customization.ts';
import { bindPorts } from '../dvs/dvs-ports.ts';
import { requireConnected } from '../host-system/host-state.ts';
import { connection } from './devices.ts';
import { toolsRunning } from './guest.ts';
import { powerOnHost } from './placement.ts';

type State = VirtualMachinePowerState;

const WORDS: Readonly<Record<State, string>> = { poweredOn: 'powered on', poweredOff: 'powered off', suspended: 'suspended' };

export const powerStateOf = (tx: Transaction, vm: ManagedObjectReference): State => tx.get(vm, 'runtime.powerState') as State;

/** The fault for a machine that is in the wrong state; `requestedState` is the state that the operation needed or leads to. */
export const wrongPowerState = (existingState: State, requestedState: State) =>
  fault('InvalidPowerState', { existingState, requestedState }, `The attempted operation cannot be performed in the current state (${titled(existingState)}).`);

const titled = (state: State): string => WORDS[state].replace(/^p/, 'P').replace(/^s/, 'S');

/** Throws unless the machine is in one of the states. */
export function requirePower(tx: Transaction, vm: ManagedObjectReference, allowed: readonly State[], requested: State): void {
  const existing = powerStateOf(tx, vm);
  if (!allowed.includes(existing)) throw wrongPowerState(existing, requested);
}

/** Throws HostNotConnected for a machine whose host the server has lost. */
export function requireReachable(tx: Transaction, vm: ManagedObjectReference): void {
  const host = tx.get(vm, 'runtime.host') as ManagedObjectReference | undefined;
  if (host && tx.get(vm, 'runtime.connectionState') === 'disconnected') requireConnected(tx, host);
}

/** Throws InvalidState for a template and for a machine whose host has lost it. */
export function requireOperable(tx: Transaction, vm: ManagedObjectReference): void {
  if (tx.get(vm, 'config.template') === true) throw fault('InvalidState', {}, 'The operation is not allowed in the current state: the virtual machine is a template.');
  if (tx.get(vm, 'runtime.connectionState') !== 'connected') {
    throw fault('InvalidState', {}, `The operation is not allowed in the current connection state of the virtual machine (${String(tx.get(vm, 'runtime.connectionState'))}).`);
  }
}

/** Throws NotSupported for a template: it has no power to speak of. */
function requireNoTemplate(tx: Transaction, vm: ManagedObjectReference): void {
  if (tx.get(vm, 'config.template') === true) throw fault('NotSupported', {}, 'The operation is not supported on the object: the virtual machine is a template.');
}

/** Moves the machine to a power state. Throws NotSupported, InvalidPowerState, InvalidState, and what its host objects to. */
export function setPower(sim: Simulation, tx: Transaction, vm: ManagedObjectReference, state: State, host?: ManagedObjectReference): void {
  requireNoTemplate(tx, vm);
  requireOperable(tx, vm);
  requirePower(tx, vm, ALLOWED[state], state);
  const target = state === 'poweredOn' ? powerOnHost(tx, vm, host) : undefined;
  change(sim, tx, vm, state, target);
}

/** Puts the machine into a state without the way there, as going back to a snapshot does; also anew into the same one. */
export function enterPower(sim: Simulation, tx: Transaction, vm: ManagedObjectReference, state: State, host?: ManagedObjectReference): void {
  const target = state === 'poweredOn' ? powerOnHost(tx, vm, host) : undefined;
  change(sim, tx, vm, state, target);
}

const ALLOWED: Readonly<Record<State, readonly State[]>> = {
  poweredOn: ['poweredOff', 'suspended'],
  poweredOff: ['poweredOn', 'suspended'],
  suspended: ['poweredOn'],
};

function change(sim: Simulation, tx: Transaction, vm: ManagedObjectReference, state: State, host?: ManagedObjectReference): void {
  const { suspendTime: _s, bootTime, cleanPowerOff: _c, ...rest } = tx.get(vm, 'runtime') as VirtualMachineRuntimeInfo;
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const runtime: Record<string, unknown> = { ...rest, powerState: state };
  if (host) runtime['host'] = host;
  if (state === 'poweredOff') {
    // Nobody waits for an answer any more.
    delete runtime['question'];
    if (tx.get(vm, '_writes') !== undefined) tx.set(vm, '_writes', undefined);
  }
  if (state === 'poweredOn') {
    const mhz = Number(tx.get((host ?? rest.host)!, 'summary.hardware.cpuMhz') ?? 2000);
    runtime['bootTime'] = rest.powerState === 'suspended' && bootTime ? bootTime : sim.clock.now();
    runtime['maxCpuUsage'] = mhz * config.hardware.numCPU;
    runtime['maxMemoryUsage'] = config.hardware.memoryMB;
  } else if (state === 'suspended') {
    runtime['suspendTime'] = sim.clock.now();
    if (bootTime) runtime['bootTime'] = bootTime;
  } else runtime['cleanPowerOff'] = true;
  keepFiles(sim, tx, vm, config, state);
  const connected = connectDevices(config, state === 'poweredOn');
  tx.update(vm, { runtime, config: state === 'suspended' ? connected : bindPorts(tx, sim.clock.now(), vm, connected, state === 'poweredOn') });
  if (tx.get(vm, '_guestShown') !== undefined) tx.set(vm, '_guestShown', undefined);
  if (state === 'poweredOn') applyCustomization(tx, vm, sim.clock.now());
}

/** Devices with startConnected are plugged while the machine runs. */
function connectDevices(config: VirtualMachineConfigInfo, on: boolean): VirtualMachineConfigInfo {
  let changed = false;
  const device = config.hardware.device?.map((old) => {
    const plug = old.connectable;
    if (!plug) return old;
    const connectable = connection(plug.startConnected, plug.allowGuestControl, on && plug.startConnected);
    if (connectable.connected === plug.connected) return old;
    changed = true;
    return { ...old, connectable };
  });
  return changed ? { ...config, hardware: { ...config.hardware, device } } : config;
}

/** A running machine has a swap file, a suspended one its memory. */
function keepFiles(sim: Simulation, tx: Transaction, vm: ManagedObjectReference, config: VirtualMachineConfigInfo, state: State): void {
  const home = tx.get(vm, '_home') as ManagedObjectReference | undefined;
  if (!home || !config.files.vmPathName) return;
  const [directory, vmx] = splitPath(parseDatastorePath(config.files.vmPathName).path);
  if (stat(tx, home, directory)?.kind !== 'directory') return;
  const stem = joinPath(directory, vmx.replace(/\.vmx$/, ''));
  const bytes = config.hardware.memoryMB * 1024 * 1024;
  // Memory that is reserved is never swapped.
  const swap = Math.max(0, bytes - Number(config.memoryAllocation?.reservation ?? 0) * 1024 * 1024);
  const wanted: Readonly<Record<string, number>> = state === 'poweredOn' ? { '.vswp': swap } : state === 'suspended' ? { '.vmss': 1 << 20, '.vmem': bytes } : {};
  for (const suffix of ['.vswp', '.vmss', '.vmem']) {
    const size = wanted[suffix];
    if (size !== undefined) writeFile(sim, tx, home, stem + suffix, { size });
    else if (stat(tx, home, stem + suffix)) removePath(tx, home, stem + suffix);
  }
}

/** Starts the guest anew. Throws InvalidPowerState unless it runs. */
export function reset(sim: Simulation, tx: Transaction, vm: ManagedObjectReference): void {
  requireNoTemplate(tx, vm);
  requireOperable(tx, vm);
  requirePower(tx, vm, ['poweredOn'], 'poweredOn');
  tx.set(vm, 'runtime.bootTime', sim.clock.now());
}

/** Throws unless the machine runs and its tools answer. */
export function requireTools(tx: Transaction, vm: ManagedObjectReference, requested: State): void {
  requireOperable(tx, vm);
  const existing = powerStateOf(tx, vm);
  if (existing !== 'poweredOn') throw wrongPowerState(existing, requested);
  if (!toolsRunning(tx.get(vm, '_guest') as Partial<GuestInfo> | undefined)) {
    throw fault('ToolsUnavailable', {}, 'Cannot complete operation because VMware Tools is not running in this virtual machine.');
  }
}
