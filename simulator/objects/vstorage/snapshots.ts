// Snapshots of first class disks: a linear chain of deltas, the oldest snapshot at its base. Also of disks that a
// machine has, whose device then follows.
import { fault, type ManagedObjectReference, type VirtualMachineConfigInfo, type VStorageObject } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath, extentOf, stat, writeFile } from '../datastore/files.ts';
import { deleteLink, growChain, linkKey, linkPlace, parentFromFiles, pointAt, rewriteChains, type Link } from '../virtual-machine/disk-chains.ts';
import { copyOf } from './disks.ts';
import { changeRecord, consumerOf, findSnapshot, newId, placeOf, requireDetached, type SnapshotRecord, type StorageObject } from './record.ts';

type Ref = ManagedObjectReference;

/** Bytes of a delta that hold no data. */
const TABLES = 1024 * 1024;
/** As many as a chain of deltas may have. */
const MOST = 32;

/** Freezes the disk as it is; what is written from now on goes to a delta. */
export function takeSnapshot(sim: Simulation, tx: Transaction, object: StorageObject, description: string, id?: string): { object: StorageObject; snapshot: SnapshotRecord } {
  if (object.snapshots.length >= MOST - 1) throw fault('InvalidState', {}, `The virtual storage object '${object.name}' has ${object.snapshots.length} snapshots already; there can be ${MOST - 1}.`);
  const consumer = consumerOf(tx, object);
  const place = placeOf(object);
  let made: Link;
  if (consumer) {
    const backing = consumer.device.backing as Link;
    if (linkKey(linkPlace(backing)!) !== linkKey(place)) throw fault('InvalidState', {}, `The virtual machine '${String(tx.get(consumer.vm, 'name'))}', which has '${object.name}', has snapshots of its own.`);
    made = growChain(sim, tx, backing);
    setBacking(tx, consumer.vm, consumer.device.key, made);
  } else {
    made = growChain(sim, tx, { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: describePath(tx, place.datastore, place.path), datastore: place.datastore, diskMode: 'persistent', parent: parentFromFiles(tx, place, 'persistent') } as Link);
  }
  const snapshot = { id: id || newId(sim), description, createTime: sim.clock.now(), path: object.path };
  if (object.snapshots.some((other) => other.id === snapshot.id)) throw fault('AlreadyExists', { name: snapshot.id }, `The snapshot '${snapshot.id}' exists already.`);
  return { snapshot, object: changeRecord(tx, object, { path: linkPlace(made)!.path, snapshots: [...object.snapshots, snapshot] }) };
}

function setBacking(tx: Transaction, vm: Ref, key: number, backing: Link): void {
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const device = (config.hardware.device ?? []).map((one) => (one.key === key ? { ...one, backing } : one));
  tx.set(vm, 'config', { ...config, hardware: { ...config.hardware, device } });
}

/** Forgets a snapshot: what was written after it is merged into its file. */
export function deleteSnapshot(sim: Simulation, tx: Transaction, object: StorageObject, id: { readonly id: string }): { object: StorageObject; snapshot: SnapshotRecord } {
  const snapshot = findSnapshot(object, id);
  const { datastore } = object;
  const at = object.snapshots.indexOf(snapshot);
  const parent = { datastore, path: snapshot.path };
  const child = { datastore, path: object.snapshots[at + 1]?.path ?? object.path };
  const grandchild = at + 1 < object.snapshots.length ? { datastore, path: object.snapshots[at + 2]?.path ?? object.path } : undefined;
  const consumer = consumerOf(tx, object);
  const facts = stat(tx, datastore, parent.path)?.disk;
  const extent = stat(tx, datastore, extentOf(parent.path));
  const written = Math.max(0, (stat(tx, datastore, extentOf(child.path))?.size ?? 0) - TABLES);
  deleteLink(tx, child);
  if (facts && extent && (facts.thin || facts.parent !== undefined)) {
    writeFile(sim, tx, datastore, extentOf(parent.path), { size: Math.min(facts.capacityKb * 1024, extent.size + written), content: extent.content });
  }
  if (consumer) rewriteChains(tx, consumer.vm, (link) => (linkKey(linkPlace(link)!) === linkKey(child) ? undefined : link));
  if (grandchild) pointAt(sim, tx, grandchild, parent);
  const snapshots = object.snapshots.filter((other) => other !== snapshot).map((other) => (other.path === child.path ? { ...other, path: parent.path } : other));
  return { snapshot, object: changeRecord(tx, object, { path: object.path === child.path ? parent.path : object.path, snapshots }) };
}

/** Makes the disk what it was at a snapshot; later snapshots, which build on what is undone, go. */
export function revert(sim: Simulation, tx: Transaction, object: StorageObject, id: { readonly id: string }): StorageObject {
  requireDetached(tx, object, 'reverting');
  const snapshot = findSnapshot(object, id);
  const { datastore } = object;
  const at = object.snapshots.indexOf(snapshot);
  for (const path of [object.path, ...object.snapshots.slice(at + 1).map((later) => later.path)]) deleteLink(tx, { datastore, path });
  const made = growChain(sim, tx, { fileName: describePath(tx, datastore, snapshot.path), datastore, diskMode: 'persistent', _type: 'VirtualDiskFlatVer2BackingInfo', parent: parentFromFiles(tx, { datastore, path: snapshot.path }, 'persistent') } as Link);
  return changeRecord(tx, object, { path: linkPlace(made)!.path, snapshots: object.snapshots.slice(0, at + 1) });
}

export interface FromSnapshot {
  readonly name: string;
  readonly path?: string | undefined;
  readonly targetId?: { readonly id: string } | undefined;
  readonly targetDatastore?: Ref | undefined;
  readonly isLinkedClone?: boolean | undefined;
  readonly provisioningType?: string | undefined;
}

/** A new object with what the disk had at a snapshot. */
export function diskFromSnapshot(sim: Simulation, tx: Transaction, object: StorageObject, id: { readonly id: string }, { name, path, targetId, targetDatastore, isLinkedClone, provisioningType }: FromSnapshot): VStorageObject {
  if (isLinkedClone) throw fault('NotSupported', {}, 'Linked clones of first class disks are not supported here: the new disk is a copy.');
  const snapshot = findSnapshot(object, id);
  return copyOf(sim, tx, object.datastore, snapshot.path, {
    name, id: targetId?.id, flags: object.flags,
    backingSpec: { _type: 'VslmCreateSpecDiskFileBackingSpec', datastore: targetDatastore ?? object.datastore, path, provisioningType } as never,
  });
}

/** The snapshots as the API lists them. */
export const snapshotInfo = ({ snapshots }: StorageObject) => ({ snapshots: snapshots.map(({ id, createTime, description }) => ({ id: { id }, backingObjectId: '', createTime, description })) });
