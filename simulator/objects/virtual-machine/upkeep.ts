// Looking after a machine: its hardware version, its tools, and what its guest has reported.
import { fault, type GuestInfo, type ManagedObjectReference, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath, joinPath, walk } from '../datastore/files.ts';
import { nextChangeVersion } from './config.ts';
import { isFamily } from './device-types.ts';
import { devicesOf } from './disk-chains.ts';
import { defaultHardwareVersion } from './guest-os.ts';
import { writesAnswered } from './disk-writes.ts';
import { homeOf } from './reconfigure.ts';
import { powerStateOf, requireOperable, requirePower, requireTools, setPower } from './power.ts';

type Ref = ManagedObjectReference;

/** Raises the hardware version, to the host's newest unless told. Throws InvalidPowerState, AlreadyUpgraded, NotSupported. */
export function upgradeHardware(sim: Simulation, tx: Transaction, vm: Ref, asked: string | undefined): void {
  requireOperable(tx, vm);
  requirePower(tx, vm, ['poweredOff'], 'poweredOff');
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const newest = defaultHardwareVersion(String(tx.get(tx.get(vm, 'runtime.host') as Ref, 'config.product.apiVersion') ?? sim.about.apiVersion));
  const number = (version: string) => Number(/^(?:vmx-)?(\d+)$/.exec(version)?.[1] ?? Number.NaN);
  const wanted = number(asked || newest);
  if (!(wanted >= 3 && wanted <= number(newest))) {
    throw fault('NotSupported', {}, `The hardware version '${asked ?? ''}' is not supported by the host: it runs versions up to ${newest}.`);
  }
  if (wanted <= number(config.version)) throw fault('AlreadyUpgraded', {}, `The virtual machine has hardware version ${config.version} already.`);
  const now = sim.clock.now();
  tx.set(vm, 'config', { ...config, version: `vmx-${String(wanted).padStart(2, '0')}`, modified: now, changeVersion: nextChangeVersion(now, config.changeVersion) });
}

/** Inserts the CD with VMware Tools into the guest's drive. Throws InvalidPowerState, VmConfigFault without a drive. */
export function mountTools(tx: Transaction, vm: Ref): void {
  requireOperable(tx, vm);
  requirePower(tx, vm, ['poweredOn'], 'poweredOn');
  if (!devicesOf(tx, vm).some((device) => isFamily(device, 'cdrom'))) {
    throw fault('VmConfigFault', {}, 'The virtual machine has no CD/DVD drive for the installer of VMware Tools.');
  }
  tx.set(vm, 'runtime.toolsInstallerMounted', true);
}

/** Takes that CD out again. */
export function unmountTools(tx: Transaction, vm: Ref): void {
  requireOperable(tx, vm);
  requirePower(tx, vm, ['poweredOn'], 'poweredOn');
  tx.set(vm, 'runtime.toolsInstallerMounted', false);
}

/** Brings the tools of a running guest up to date. Throws ToolsUnavailable. */
export function upgradeTools(tx: Transaction, vm: Ref): void {
  requireTools(tx, vm, 'poweredOn');
  const guest = tx.get(vm, '_guest') as Partial<GuestInfo>;
  tx.set(vm, '_guest', { ...guest, toolsVersionStatus: 'guestToolsCurrent', toolsVersionStatus2: 'guestToolsCurrent', toolsVersion: '12389' });
}

/** Forgets what the guest has reported, its facts in extraConfig excepted. Throws InvalidState unless it is off. */
export function resetGuest(tx: Transaction, vm: Ref): void {
  requireOperable(tx, vm);
  requirePower(tx, vm, ['poweredOff'], 'poweredOff');
  tx.set(vm, '_guest', undefined);
}

/** Answers the question that blocks a machine. Throws ConcurrentAccess when it is not, or no longer, asked. */
export function answer(sim: Simulation, tx: Transaction, vm: Ref, questionId: string, choice: string): void {
  const question = tx.get(vm, 'runtime.question') as { id: string; choice: { choiceInfo: readonly { key: string }[] } } | undefined;
  if (question?.id !== questionId) throw fault('ConcurrentAccess', {}, `The question '${questionId}' is not pending on the virtual machine (${powerStateOf(tx, vm)}): it was answered already or never asked.`);
  const choices = question.choice.choiceInfo.map(({ key }) => key);
  if (!choices.includes(choice)) throw fault('InvalidArgument', { invalidProperty: 'answerChoice' }, `A specified parameter was not correct: answerChoice ('${choice}'; it can be ${choices.join(', ')})`);
  tx.set(vm, 'runtime.question', undefined);
  if (writesAnswered(sim, tx, vm, choice)) setPower(sim, tx, vm, 'poweredOff');
}

/** Files in the machine's directory that are none of its own: what somebody left there. */
export function unownedFiles(tx: Transaction, vm: Ref): string[] {
  const { datastore, directory } = homeOf(tx, vm);
  const own = new Set(((tx.get(vm, 'layoutEx.file') ?? []) as readonly { name: string }[]).map(({ name }) => name));
  return [...walk(tx, datastore, directory)].filter(({ path, entry }) => entry.kind === 'file' && path !== joinPath(directory, ''))
    .map(({ path }) => describePath(tx, datastore, path)).filter((name) => !own.has(name)).sort();
}

/** Sends a non-maskable interrupt, which the guest takes without a sign. Throws InvalidPowerState unless it runs. */
export function sendNmi(tx: Transaction, vm: Ref): void {
  requireOperable(tx, vm);
  requirePower(tx, vm, ['poweredOn'], 'poweredOn');
}
