// Snapshots of a machine: taking, renaming, removing and going back. What is written here is `_snapshots` and
// `_currentSnapshot` of the machine and the snapshot objects; the tree that clients read follows (snapshot-tree.ts).
import { fault, type GuestInfo, type ManagedObjectReference, type VirtualDevice, type VirtualMachineConfigInfo, type VirtualMachinePowerState } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath, fileNotFound, joinPath, removePath, stat, writeFile } from '../datastore/files.ts';
import { nextChangeVersion } from './config.ts';
import { typeNameOf } from './device-types.ts';
import {
  chainOf, consolidate, deleteUnused, devicesOf, growChain, isIndependent, linkPlace, linksOf, needsConsolidation, statesOf, type Link,
} from './disk-chains.ts';
import { toolsRunning } from './guest.ts';
import { enterPower, powerStateOf, requireOperable } from './power.ts';
import { homeOf } from './reconfigure.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

/** What a tree shows of a snapshot beside its place. */
export interface SnapshotFacts {
  readonly name: string;
  readonly description: string;
  /** Counted per machine, from 1; part of the file names. */
  readonly id: number;
  readonly createTime: Date;
  /** The state that the machine goes back to. */
  readonly state: VirtualMachinePowerState;
  readonly quiesced: boolean;
}

export interface NewSnapshot {
  readonly name: string;
  readonly description?: string;
  readonly memory: boolean;
  readonly quiesce: boolean;
}

/** As deep as a tree may be. */
const MAX_LEVELS = 32;

export const snapshotsOf = (tx: Transaction, vm: Ref): Refs => (tx.get(vm, '_snapshots') ?? []) as Refs;
const factsOf = (tx: Transaction, snapshot: Ref): SnapshotFacts => tx.get(snapshot, '_facts') as SnapshotFacts;
const parentOf = (tx: Transaction, snapshot: Ref): Ref | undefined => tx.get(snapshot, '_parent') as Ref | undefined;
const currentOf = (tx: Transaction, vm: Ref): Ref | undefined => tx.get(vm, '_currentSnapshot') as Ref | undefined;

/** The name as a tree shows it. Throws InvalidName. */
function validSnapshotName(name: string): string {
  if (name.trim() === '' || name.length > 80) throw fault('InvalidName', { name }, `The name '${name}' is not valid: a snapshot's name must have 1 to 80 characters.`);
  return name;
}

/** Takes a snapshot. Throws InvalidName, InvalidState, TooManySnapshotLevels and what the machine's devices object to. */
export function createSnapshot(sim: Simulation, tx: Transaction, vm: Ref, given: NewSnapshot): Ref {
  requireOperable(tx, vm);
  const name = validSnapshotName(given.name);
  const parent = currentOf(tx, vm);
  let levels = 0;
  for (let at = parent; at !== undefined; at = parentOf(tx, at)) levels += 1;
  if (levels >= MAX_LEVELS) throw fault('TooManySnapshotLevels', {}, `Snapshot hierarchy is too deep: the machine has ${levels} levels already, the maximum is ${MAX_LEVELS}.`);
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  if (config.flags.snapshotDisabled) throw fault('SnapshotDisabled', {}, 'Snapshots are disabled on this virtual machine (flags.snapshotDisabled).');
  if (config.flags.snapshotLocked) throw fault('SnapshotLocked', {}, 'The snapshots of this virtual machine are locked (flags.snapshotLocked).');
  const power = powerStateOf(tx, vm);
  const memory = given.memory && power === 'poweredOn';
  requireSnapshotDevices(config.hardware.device ?? [], memory);
  const guest = tx.get(vm, '_guest') as Partial<GuestInfo> | undefined;
  const id = Number(tx.get(vm, '_snapshotCount') ?? 0) + 1;
  const facts: SnapshotFacts = {
    name, description: given.description ?? '', id, createTime: sim.clock.now(),
    state: power === 'poweredOn' && !memory ? 'poweredOff' : power,
    quiesced: given.quiesce && !memory && power === 'poweredOn' && toolsRunning(guest),
  };
  const snapshot = tx.create('VirtualMachineSnapshot', sim.product === 'esxi' ? `${vm.value}-snapshot-${id}` : tx.nextId('snapshot'), {
    config, vm, childSnapshot: [], value: [], availableField: [], _facts: facts, ...(parent ? { _parent: parent } : {}), ...(guest ? { _guest: guest } : {}),
    ...inside(tx, vm, memory || power === 'suspended'),
  });
  tx.update(vm, { _snapshots: [...snapshotsOf(tx, vm), snapshot], _currentSnapshot: snapshot, _snapshotCount: id });
  writeToDeltas(sim, tx, vm, config);
  const { datastore, directory, stem } = homeOf(tx, vm);
  const file = (suffix: string) => joinPath(directory, `${stem}-Snapshot${id}${suffix}`);
  writeFile(sim, tx, datastore, file('.vmsn'), { size: 28_672 });
  if (memory || power === 'suspended') writeFile(sim, tx, datastore, file('.vmem'), { size: config.hardware.memoryMB * 1024 * 1024 });
  writeList(sim, tx, vm);
  return snapshot;
}

/** What is inside the guest: its disk, and with its memory what runs. */
function inside(tx: Transaction, vm: Ref, memory: boolean): Record<string, unknown> {
  const [disk, run] = [tx.get(vm, '_guestOs'), memory ? tx.get(vm, '_guestRun') : undefined];
  return { ...(disk === undefined ? {} : { _guestOs: disk }), ...(run === undefined ? {} : { _guestRun: run }) };
}

function requireSnapshotDevices(devices: readonly VirtualDevice[], memory: boolean): void {
  for (const device of devices) {
    const label = device.deviceInfo?.label ?? String(device.key);
    const sharing = (device as { sharedBus?: string }).sharedBus;
    if (sharing !== undefined && sharing !== 'noSharing') {
      const cause = fault('DeviceNotSupported', { device: label }, `Device '${label}' shares its bus (${sharing}).`);
      throw fault('SnapshotIncompatibleDeviceInVm', { fault: cause.localized() }, `The virtual machine has a device that prevents snapshots: '${label}' shares its bus (${sharing}).`);
    }
    if (memory && typeNameOf(device) === 'VirtualDisk' && isIndependent(device)) {
      throw fault('MemorySnapshotOnIndependentDisk', {}, `Cannot take a memory snapshot, since the virtual machine is configured with independent disks ('${label}').`);
    }
  }
}

/** Puts a fresh delta on top of every disk that takes part in snapshots. */
export function writeToDeltas(sim: Simulation, tx: Transaction, vm: Ref, config: VirtualMachineConfigInfo): void {
  const device = (config.hardware.device ?? []).map((disk) => {
    const [link] = chainOf(disk);
    return link === undefined || isIndependent(disk) ? disk : { ...disk, backing: growChain(sim, tx, link) };
  });
  tx.update(vm, { config: { ...config, hardware: { ...config.hardware, device } } });
}

/** The .vmsd: what an ESXi host knows of the tree. */
function writeList(sim: Simulation, tx: Transaction, vm: Ref): void {
  const { datastore, directory, stem } = homeOf(tx, vm);
  const list = snapshotsOf(tx, vm);
  const current = currentOf(tx, vm);
  const lines = ['.encoding = "UTF-8"', `snapshot.lastUID = "${Number(tx.get(vm, '_snapshotCount') ?? 0)}"`];
  if (current) lines.push(`snapshot.current = "${factsOf(tx, current).id}"`);
  list.forEach((snapshot, n) => {
    const { id, name, description, state } = factsOf(tx, snapshot);
    const parent = parentOf(tx, snapshot);
    const say = (key: string, value: string | number) => lines.push(`snapshot${n}.${key} = "${String(value).replace(/["|\n]/g, (c) => `|${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`);
    say('uid', id);
    say('filename', `${stem}-Snapshot${id}.vmsn`);
    if (parent) say('parent', factsOf(tx, parent).id);
    say('displayName', name);
    if (description !== '') say('description', description);
    say('type', state === 'poweredOff' ? 0 : 1);
    const disks = devicesOf(tx, snapshot).filter((device) => chainOf(device).length > 0 && !isIndependent(device));
    say('numDisks', disks.length);
    disks.forEach((disk, i) => say(`disk${i}.fileName`, (disk.backing as Link).fileName));
  });
  lines.push(`snapshot.numSnapshots = "${list.length}"`, '');
  writeFile(sim, tx, datastore, joinPath(directory, `${stem}.vmsd`), { content: lines.join('\n') });
}

/** Gives a snapshot another name or description. Throws InvalidName. */
export function renameSnapshot(sim: Simulation, tx: Transaction, snapshot: Ref, name: string | undefined, description: string | undefined): void {
  const facts = factsOf(tx, snapshot);
  tx.set(snapshot, '_facts', { ...facts, ...(name === undefined ? {} : { name: validSnapshotName(name) }), ...(description === undefined ? {} : { description }) });
  writeList(sim, tx, tx.get(snapshot, 'vm') as Ref);
}

/** The snapshots below one, not itself. */
function below(tx: Transaction, vm: Ref, snapshot: Ref): Ref[] {
  const children = snapshotsOf(tx, vm).filter((ref) => parentOf(tx, ref)?.value === snapshot.value);
  return children.flatMap((child) => [child, ...below(tx, vm, child)]);
}

/** Removes a snapshot, with all below it or leaving them to its parent; disks are merged unless told otherwise. */
export function removeSnapshot(sim: Simulation, tx: Transaction, snapshot: Ref, removeChildren: boolean, merge: boolean): void {
  const vm = tx.get(snapshot, 'vm') as Ref;
  drop(sim, tx, vm, [snapshot, ...(removeChildren ? below(tx, vm, snapshot) : [])], merge);
}

/** Removes every snapshot of a machine. */
export function removeAllSnapshots(sim: Simulation, tx: Transaction, vm: Ref, merge: boolean): void {
  if (snapshotsOf(tx, vm).length > 0) drop(sim, tx, vm, snapshotsOf(tx, vm), merge);
}

function drop(sim: Simulation, tx: Transaction, vm: Ref, gone: Refs, merge: boolean): void {
  const before = linksOf(tx, statesOf(tx, vm));
  const ids = new Set(gone.map((ref) => ref.value));
  const survivor = (from: Ref | undefined): Ref | undefined => {
    let at = from;
    while (at && ids.has(at.value)) at = parentOf(tx, at);
    return at;
  };
  const kept = snapshotsOf(tx, vm).filter((ref) => !ids.has(ref.value));
  for (const ref of kept) {
    const parent = parentOf(tx, ref);
    if (parent && ids.has(parent.value)) tx.set(ref, '_parent', survivor(parent));
  }
  const current = survivor(currentOf(tx, vm));
  const { datastore, directory, stem } = homeOf(tx, vm);
  for (const ref of gone) {
    for (const suffix of ['.vmsn', '.vmem']) {
      const path = joinPath(directory, `${stem}-Snapshot${factsOf(tx, ref).id}${suffix}`);
      if (stat(tx, datastore, path)) removePath(tx, datastore, path);
    }
  }
  tx.update(vm, { _snapshots: kept, _currentSnapshot: current });
  for (const ref of gone) tx.remove(ref);
  deleteUnused(tx, vm, before);
  if (merge) consolidate(sim, tx, vm);
  tx.set(vm, 'runtime.consolidationNeeded', needsConsolidation(tx, vm));
  writeList(sim, tx, vm);
}

/** Merges what earlier removals left unmerged. */
export function consolidateDisks(sim: Simulation, tx: Transaction, vm: Ref): void {
  consolidate(sim, tx, vm);
  tx.set(vm, 'runtime.consolidationNeeded', false);
}

/** Forgets the snapshots of a machine that goes away; its files are the caller's. */
export function forgetSnapshots(tx: Transaction, vm: Ref): void {
  for (const snapshot of snapshotsOf(tx, vm)) tx.remove(snapshot);
}

/** What a machine keeps when it goes back: who and where it is. */
const KEPT = ['name', 'uuid', 'instanceUuid', 'files', 'datastoreUrl', 'template', 'createDate', 'locationId', 'managedBy', 'vAppConfig'] as const;

export interface Revert {
  readonly host?: Ref;
  readonly suppressPowerOn?: boolean;
}

/** Takes the machine back: configuration, devices, disks, guest and power state. Throws FileNotFound for a lost disk. */
export function revertTo(sim: Simulation, tx: Transaction, snapshot: Ref, { host, suppressPowerOn = false }: Revert): void {
  const vm = tx.get(snapshot, 'vm') as Ref;
  requireOperable(tx, vm);
  const then = tx.get(snapshot, 'config') as VirtualMachineConfigInfo;
  const now = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const before = linksOf(tx, [vm]);
  for (const device of then.hardware.device ?? []) {
    const place = linkPlace(chainOf(device)[0]);
    if (place && !stat(tx, place.datastore, place.path)) throw fileNotFound(describePath(tx, place.datastore, place.path));
  }
  const time = sim.clock.now();
  const kept = Object.fromEntries(KEPT.map((key) => [key, now[key]]));
  const config: VirtualMachineConfigInfo = { ...then, ...kept, changeVersion: nextChangeVersion(time, now.changeVersion), modified: time };
  tx.update(vm, { config, _currentSnapshot: snapshot, _guest: tx.get(snapshot, '_guest'), _guestOs: tx.get(snapshot, '_guestOs'), _guestRun: undefined });
  writeToDeltas(sim, tx, vm, config);
  deleteUnused(tx, vm, before);
  tx.set(vm, 'runtime.consolidationNeeded', needsConsolidation(tx, vm));
  writeList(sim, tx, vm);
  const { state } = factsOf(tx, snapshot);
  // A saved running state that may not run is what suspended means.
  enterPower(sim, tx, vm, state === 'poweredOn' && suppressPowerOn ? 'suspended' : state, host);
  const run = tx.get(snapshot, '_guestRun') as object | undefined;
  // What ran goes on, though the machine counts its boot from now.
  if (run) tx.set(vm, '_guestRun', { ...run, boot: tx.get(vm, 'runtime.bootTime') });
}

/** The snapshot that the machine's state builds on. Throws NotFound. */
export function currentSnapshot(tx: Transaction, vm: Ref): Ref {
  const current = currentOf(tx, vm);
  if (!current) throw fault('NotFound', {}, `The virtual machine '${String(tx.get(vm, 'name'))}' has no snapshot to go back to.`);
  return current;
}
