// A guest that writes to its disks: thin disks and deltas grow, and a machine whose datastore is full stops with a
// question until there is room. `WRITE.scsi0:0` = bytes in extraConfig makes a guest write; the key is not kept.
import { fault, plain, type ManagedObjectReference, type OptionValue, type VirtualController, type VirtualDevice, type VirtualMachineQuestionInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath, extentOf, stat, writeFile } from '../datastore/files.ts';
import { familyOf, isFamily, typeNameOf } from './device-types.ts';
import { chainOf, devicesOf, linkPlace } from './disk-chains.ts';
import { wrongPowerState } from './power.ts';

type Ref = ManagedObjectReference;

const WRITE = 'WRITE.';
/** What a delta takes up before anything was written to it. */
const TABLES = 1024 * 1024;

/** What a guest wants to write: to the disk with that key. */
export interface Write {
  readonly key: number;
  readonly bytes: number;
}

const isWrite = ({ key }: OptionValue): boolean => key.startsWith(WRITE);

/** The options without those that make a guest write. */
export const withoutWrites = (options: readonly OptionValue[] | undefined): readonly OptionValue[] => (options ?? []).filter((option) => !isWrite(option));

/** The writes that options ask for. Throws InvalidArgument for a disk that is not there and for what is no number. */
export function writesOf(tx: Transaction, vm: Ref, options: readonly OptionValue[] | undefined): Write[] {
  return (options ?? []).filter(isWrite).map(({ key, value }) => {
    const wrong = (why: string) => fault('InvalidArgument', { invalidProperty: `configSpec.extraConfig["${key}"]` }, `A specified parameter was not correct: configSpec.extraConfig["${key}"] (${why})`);
    const place = key.slice(WRITE.length);
    const devices = devicesOf(tx, vm);
    const disks = devices.filter((device) => isFamily(device, 'disk'));
    const disk = disks.find((device) => nameOf(devices, device) === place || device.deviceInfo?.label === place);
    if (!disk) throw wrong(`the machine has no disk '${place}'; it has ${disks.map((device) => nameOf(devices, device)).join(', ') || 'none'}`);
    const bytes = Number(plain(value));
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw wrong(`'${String(plain(value))}' is no number of bytes`);
    return { key: disk.key, bytes };
  });
}

/** 'scsi0:1' */
function nameOf(devices: readonly VirtualDevice[], disk: VirtualDevice): string {
  const controller = devices.find(({ key }) => key === disk.controllerKey) as (VirtualController & VirtualDevice) | undefined;
  return controller ? `${familyOf(typeNameOf(controller))?.name}${controller.busNumber}:${disk.unitNumber}` : '';
}

/** Lets a running guest write, in order; the first write that finds no room stops the machine with a question. Throws InvalidPowerState. */
export function guestWrites(sim: Simulation, tx: Transaction, vm: Ref, writes: readonly Write[]): void {
  if (writes.length === 0) return;
  const state = tx.get(vm, 'runtime.powerState') as 'poweredOn' | 'poweredOff' | 'suspended';
  if (state !== 'poweredOn') throw wrongPowerState(state, 'poweredOn');
  if (tx.get(vm, 'runtime.question') !== undefined) throw fault('InvalidState', {}, 'The virtual machine waits for the answer to a question: its guest writes nothing.');
  writes.forEach(({ key, bytes }, i) => {
    if (tx.get(vm, '_writes') !== undefined) return;
    const left = writeTo(sim, tx, vm, key, bytes);
    if (left > 0) ask(sim, tx, vm, [{ key, bytes: left }, ...writes.slice(i + 1)]);
  });
}

/** Writes as much as there is room for; gives the bytes that there was none for. */
function writeTo(sim: Simulation, tx: Transaction, vm: Ref, key: number, bytes: number): number {
  const disk = devicesOf(tx, vm).find((device) => device.key === key);
  const place = disk && linkPlace(chainOf(disk)[0]);
  const facts = place && stat(tx, place.datastore, place.path)?.disk;
  if (!place || !facts || (!facts.thin && facts.parent === undefined)) return 0;
  const path = extentOf(place.path);
  const extent = stat(tx, place.datastore, path);
  const most = facts.capacityKb * 1024 + (facts.parent === undefined ? 0 : TABLES);
  const wanted = Math.max(0, Math.min(bytes, most - (extent?.size ?? 0)));
  const free = Number(tx.get(place.datastore, 'summary.capacity') ?? 0) - Number(tx.get(place.datastore, '_used') ?? 0);
  const written = Math.max(0, Math.min(wanted, free));
  if (written > 0) writeFile(sim, tx, place.datastore, path, { size: (extent?.size ?? 0) + written, content: extent?.content, revision: extent?.revision });
  return wanted - written;
}

function ask(sim: Simulation, tx: Transaction, vm: Ref, pending: readonly Write[]): void {
  const disk = devicesOf(tx, vm).find((device) => device.key === pending[0]!.key)!;
  const place = linkPlace(chainOf(disk)[0])!;
  const name = describePath(tx, place.datastore, place.path);
  const text = `There is no more space for virtual disk '${name}'. You might be able to continue this session by freeing disk space on the relevant volume, and clicking Retry. Click Cancel to terminate this session.`;
  const element = (key: string, label: string, summary: string) => ({ _type: 'ElementDescription', key, label, summary });
  tx.set(vm, 'runtime.question', {
    _type: 'VirtualMachineQuestionInfo', id: String(sim.random.integer(1, 1_000_000)), text,
    choice: { _type: 'ChoiceOption', choiceInfo: [element('0', 'Retry', 'button.retry'), element('1', 'Cancel', 'button.abort')], defaultIndex: 0 },
    message: [{ _type: 'VirtualMachineMessage', id: 'msg.hbacommon.outofspace', argument: [name], text }],
  } as unknown as VirtualMachineQuestionInfo);
  tx.set(vm, '_writes', pending);
}

/** Goes on after the question: what was not written is tried again. True when the machine is to be ended instead. */
export function writesAnswered(sim: Simulation, tx: Transaction, vm: Ref, choice: string): boolean {
  const pending = tx.get(vm, '_writes') as readonly Write[] | undefined;
  if (pending === undefined) return false;
  tx.set(vm, '_writes', undefined);
  if (choice !== '0') return true;
  guestWrites(sim, tx, vm, pending);
  return false;
}
