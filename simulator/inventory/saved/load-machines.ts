// What a loaded machine needs beside its properties: the files it consists of, its snapshots, where its home is.
import { isFault, type GuestInfo, type ManagedObjectReference, type VirtualDevice, type VirtualDisk, type VirtualMachineConfigInfo, type VirtualMachineSnapshotInfo, type VirtualMachineSnapshotTree } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { extentOf, parseDatastorePath, splitPath, stat, writeFile, type DiskFacts } from '../../objects/datastore/files.ts';
import { chainOf, linkPlace, parentHint, type Link } from '../../objects/virtual-machine/disk-chains.ts';
import { INITIAL_RUNTIME } from '../../objects/virtual-machine/properties.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { SavedObject } from './read-saved.ts';
import { noteSkipped } from './read-saved.ts';

type Ref = ManagedObjectReference;

interface LayoutFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

interface Backing {
  readonly fileName?: string;
  readonly datastore?: Ref;
  readonly thinProvisioned?: boolean;
  readonly eagerlyScrub?: boolean;
  readonly uuid?: string;
}

/** The internal properties of a machine. `datastores` finds one by its name. */
export function machineProps(ref: Ref, props: Readonly<Record<string, unknown>>, datastores: (name: string) => Ref | undefined): Props {
  const { files } = props['config'] as VirtualMachineConfigInfo;
  const guest = props['guest'] as GuestInfo | undefined;
  const home = files?.vmPathName ? datastores(parseDatastorePath(files.vmPathName).datastore) : undefined;
  return {
    runtime: { ...INITIAL_RUNTIME, ...(props['runtime'] as object) },
    _self: ref,
    ...(home ? { _home: home } : {}),
    ...(guest?.toolsRunningStatus === 'guestToolsRunning' ? { _guest: guest } : {}),
  };
}

/** Makes the snapshots that its tree shows; those that were saved keep their own state. */
export function loadSnapshots(tx: Transaction, vm: Ref, tree: VirtualMachineSnapshotInfo | undefined, saved: ReadonlyMap<string, SavedObject>): void {
  if (!tree) return;
  const all: Ref[] = [];
  let count = 0;
  const config = tx.get(vm, 'config');
  const walk = (nodes: readonly VirtualMachineSnapshotTree[], parent: Ref | undefined): void => {
    for (const { snapshot, name, description, id, createTime, state, quiesced, childSnapshotList } of nodes) {
      const ref = snapshot!;
      const own = saved.get(ref.value)?.props;
      tx.create('VirtualMachineSnapshot', ref.value, {
        config, vm, childSnapshot: [], value: [], availableField: [], ...own,
        _facts: { name, description, id, createTime, state, quiesced }, ...(parent ? { _parent: parent } : {}),
      });
      all.push(ref);
      count = Math.max(count, id ?? 0);
      walk(childSnapshotList ?? [], ref);
    }
  };
  walk(tree.rootSnapshotList ?? [], undefined);
  tx.update(vm, { _snapshots: all, _snapshotCount: count, ...(tree.currentSnapshot ? { _currentSnapshot: tree.currentSnapshot } : {}) });
}

/** Writes the files that the machine consists of: those that its layout names, and those of its disks and configuration. */
export function loadFiles(sim: Simulation, tx: Transaction, vm: Ref, layout: readonly LayoutFile[], datastores: (name: string) => Ref | undefined, skipped: Map<string, number>): void {
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const write = (name: string, size: number, more: { readonly disk?: DiskFacts; readonly vm?: string } = {}): void => {
    const { datastore, path } = parseDatastorePath(name);
    const place = datastores(datastore);
    if (!place || path === '' || splitPath(path)[1] === '') return noteSkipped(skipped, 'files in datastores that were not saved');
    if (stat(tx, place, path)) return;
    try {
      writeFile(sim, tx, place, path, { size, ...more }, { parents: true });
    } catch (error) {
      if (!isFault(error)) throw error;
      noteSkipped(skipped, `files that have no place (${error.type})`);
    }
  };
  const sizes = new Map(layout.map(({ name, size }) => [name, Number(size)]));
  const disks = new Map<string, { readonly device: VirtualDisk; readonly facts: DiskFacts }>();
  const states = [config, ...((tx.get(vm, '_snapshots') ?? []) as readonly Ref[]).map((ref) => tx.get(ref, 'config') as VirtualMachineConfigInfo)];
  for (const device of states.flatMap(({ hardware }) => hardware?.device ?? [])) {
    const chain = isDisk(device) ? chainOf(device) : [];
    chain.forEach((link, i) => {
      if (!link.fileName) return;
      const facts = factsOf(tx, device as VirtualDisk, link, chain[i + 1]);
      if (!disks.has(link.fileName)) disks.set(link.fileName, { device: device as VirtualDisk, facts });
    });
  }
  const vmx = config.files?.vmPathName;
  if (vmx) write(vmx, sizes.get(vmx) ?? 2048, { vm: vm.value });
  for (const [name, { facts }] of disks) {
    write(name, sizes.get(name) ?? 512, { disk: facts });
    const extent = extentOf(name);
    write(extent, sizes.get(extent) ?? (facts.thin || facts.parent !== undefined ? 0 : facts.capacityKb * 1024));
  }
  for (const { name, size } of layout) if (!disks.has(name)) write(name, Number(size));
}

const isDisk = (device: VirtualDevice): boolean => 'capacityInKB' in device;

/** A delta is never thin, whatever its device says: that tells of the base. */
function factsOf(tx: Transaction, device: VirtualDisk, link: Backing, parent: Backing | undefined): DiskFacts {
  const facts = { capacityKb: Number(device.capacityInKB ?? 0), thin: parent === undefined && (link.thinProvisioned ?? false), uuid: link.uuid ?? '' };
  const eager = link.eagerlyScrub === true && parent === undefined ? { eagerlyZeroed: true } : {};
  const [below, place] = [linkPlace(parent as Link | undefined), linkPlace(link as Link)];
  return { ...facts, ...eager, ...(below && place ? { parent: parentHint(tx, below, place) } : {}) };
}
