// The inside of a container's machine: its process starts, writes and ends, and with it the machine.
import type { ManagedObjectReference, VirtualDevice, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { contentOf } from '../../objects/datastore/content.ts';
import { locate, stat, writeFile, type Location } from '../../objects/datastore/files.ts';
import { datacenterOf } from '../../objects/entity.ts';
import { setPower } from '../../objects/virtual-machine/power.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { writeBack } from '../boot.ts';
import { fromOptions } from '../keys.ts';
import { perform, type Performance } from './process.ts';

/** How a process that a signal ended is recorded. */
const KILLED = -1;

/** What the process of a container does. */
export function performanceOf(props: Props): Performance {
  const keys = fromOptions((props['config'] as VirtualMachineConfigInfo).extraConfig);
  const session = `guestinfo./sessions|${keys['guestinfo./common/id']}`;
  return perform((keys[`${session}/cmd/Args~`] ?? '').split('|'), keys[`${session}/tty`] === 'true');
}

/** The file that a container's output goes to, on whichever datastore its machine is. */
export function logPlace(tx: Transaction, vm: ManagedObjectReference): Location | undefined {
  const { config, runtime } = tx.props<'VirtualMachine'>(vm);
  const names = (config?.hardware.device ?? []).map((device: VirtualDevice) => (device.backing as { fileName?: string } | undefined)?.fileName);
  const name = names.find((one) => one?.endsWith('.log'));
  return name === undefined ? undefined : locate(tx, name, { datacenter: datacenterOf(tx, runtime!.host!) });
}

/** What a container has written so far. */
export function outputOf(tx: Transaction, vm: ManagedObjectReference): string {
  const place = logPlace(tx, vm);
  const entry = place && stat(tx, place.datastore, place.path);
  const content = entry && contentOf(tx, place.path, entry);
  return content === undefined ? '' : typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
}

/** The process writes something. */
export function write(sim: Simulation, tx: Transaction, vm: ManagedObjectReference, text: string): void {
  const place = logPlace(tx, vm);
  if (text !== '' && place) writeFile(sim, tx, place.datastore, place.path, { content: outputOf(tx, vm) + text }, { parents: true });
}

/** The process ends: its status is written down, and the tether powers the machine off. */
export function endProcess(sim: Simulation, tx: Transaction, vm: ManagedObjectReference, status: number): void {
  const id = fromOptions(tx.props<'VirtualMachine'>(vm).config?.extraConfig)['guestinfo./common/id'];
  writeBack(tx, vm, { [`guestinfo..sessions|${id}.status`]: String(status) });
  setPower(sim, tx, vm, 'poweredOff');
}

/** A signal reaches the process of a machine that is on. */
export function signalProcess(sim: Simulation, tx: Transaction, vm: ManagedObjectReference, ends: boolean): void {
  if (ends && tx.get(vm, 'runtime.powerState') === 'poweredOn') endProcess(sim, tx, vm, KILLED);
}
