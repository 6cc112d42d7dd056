// What goes through the files of a lease: an upload becomes the content of a disk, a disk becomes a stream-optimized
// VMDK. Knows no HTTP; the endpoint hands bytes in and out.
import { createHash } from 'node:crypto';
import { fault, type ManagedObjectReference, type VirtualDevice, type VirtualDisk, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { BlockWriter, readBytes, sizeOf, type Block, type Content } from '../datastore/blocks.ts';
import { logicalContent } from '../datastore/content.ts';
import { describePath, extentOf, stat, writeFile } from '../datastore/files.ts';
import { parentPlace } from '../datastore/virtual-disks.ts';
import { record, requireReady, type Lease, type LeaseDevice } from './leases.ts';
import { VmdkReader } from './vmdk-reader.ts';
import { writeVmdk } from './vmdk-writer.ts';

type Ref = ManagedObjectReference;

/** Takes what is sent for one device of an import. */
export class Upload {
  private readonly sim: Simulation;
  private readonly lease: Ref;
  private readonly device: LeaseDevice;
  private readonly sha1 = createHash('sha1');
  private readonly sha256 = createHash('sha256');
  private readonly disk: VmdkReader | undefined;
  private readonly file: BlockWriter | undefined;
  private size = 0;
  private asked = 0;

  constructor(sim: Simulation, lease: Ref, device: LeaseDevice) {
    this.sim = sim;
    this.lease = lease;
    this.device = device;
    if (device.disk) this.disk = new VmdkReader();
    else this.file = new BlockWriter();
  }

  /** Takes the next bytes. Throws BadImage, NoDiskSpace. */
  write(chunk: Uint8Array): void {
    this.sha1.update(chunk);
    this.sha256.update(chunk);
    this.size += chunk.length;
    (this.disk ?? this.file!).write(chunk);
    const kept = this.disk?.populated ?? this.size;
    // Others write at the same time: ask every few megabytes.
    if (kept - this.asked < 16 * 1024 ** 2) return;
    this.asked = kept;
    this.sim.store.transaction((tx) => this.requireRoom(tx, kept));
  }

  /** Stores it. Throws BadImage for an image that breaks off, InvalidState when the lease ended meanwhile, NoDiskSpace. */
  end(): void {
    const { sim, lease, device, size } = this;
    const image = this.disk?.end();
    const content = image ? image.content : this.file!.end();
    const sums = { sha1: this.sha1.digest('hex'), sha256: this.sha256.digest('hex'), size };
    sim.store.transaction((tx) => {
      requireReady(tx, lease, 'an upload');
      if (image) fillDisk(sim, tx, device, content, image.capacityBytes, image.populated);
      else {
        writeFile(sim, tx, device.datastore, device.path, { content, revision: sim.store.version + 1 });
        insertImage(tx, device);
      }
      record(tx, lease, { key: device.key, ...sums, disk: device.disk, ...(image ? { capacity: image.capacityBytes, populatedSize: image.populated } : {}) });
    });
  }

  private requireRoom(tx: Transaction, bytes: number): void {
    const { datastore, path, disk } = this.device;
    const held = stat(tx, datastore, disk ? extentOf(path) : path)?.size ?? 0;
    const left = Number(tx.get(datastore, 'summary.freeSpace') ?? 0) + held;
    if (bytes <= left) return;
    const name = String(tx.get(datastore, 'name'));
    throw fault('NoDiskSpace', { file: describePath(tx, datastore, path), datastore: name }, `Insufficient disk space on datastore '${name}'.`);
  }
}

/** Puts the content into the disk; an image that is larger than the machine was told makes the disk as large. */
function fillDisk(sim: Simulation, tx: Transaction, device: LeaseDevice, content: Content, imageBytes: number, populated: number): void {
  const { datastore, path } = device;
  const entry = stat(tx, datastore, path);
  if (!entry?.disk) throw fault('FileNotFound', { file: describePath(tx, datastore, path) }, `File ${describePath(tx, datastore, path)} was not found`);
  const bytes = Math.max(imageBytes, entry.disk.capacityKb * 1024);
  const capacityKb = Math.ceil(bytes / 1024);
  writeFile(sim, tx, datastore, path, { size: entry.size, disk: { ...entry.disk, capacityKb } });
  const blocks = typeof content === 'object' && 'blocks' in content ? content.blocks : [content as Block];
  const missing = capacityKb * 1024 - sizeOf(content);
  writeFile(sim, tx, datastore, extentOf(path), {
    size: entry.disk.thin ? populated : capacityKb * 1024, content: { size: capacityKb * 1024, blocks: missing > 0 ? [...blocks, missing] : blocks }, revision: sim.store.version + 1,
  });
  if (bytes > entry.disk.capacityKb * 1024) {
    changeDevice(tx, device, (disk) => ({ ...disk, capacityInKB: capacityKb, capacityInBytes: capacityKb * 1024 } as VirtualDisk));
  }
}

/** The drive has the image that was uploaded. */
function insertImage(tx: Transaction, device: LeaseDevice): void {
  const fileName = describePath(tx, device.datastore, device.path);
  changeDevice(tx, device, (drive) => ({ ...drive, backing: { ...drive.backing, fileName, datastore: device.datastore } as VirtualDevice['backing'] }));
}

function changeDevice(tx: Transaction, { vm, deviceKey }: LeaseDevice, change: (device: VirtualDevice) => VirtualDevice): void {
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const device = (config.hardware.device ?? []).map((one) => (one.key === deviceKey ? change(one) : one));
  tx.set(vm, 'config', { ...config, hardware: { ...config.hardware, device } });
}

/** The bytes of a device of an export, in pieces; when all were read, the lease's manifest has their checksums. */
export function* download(sim: Simulation, lease: Lease, device: LeaseDevice): Iterable<Uint8Array> {
  const { content, capacityBytes, populated } = sim.store.transaction((tx) => sourceOf(tx, device));
  const [sha1, sha256] = [createHash('sha1'), createHash('sha256')];
  let size = 0;
  for (const piece of device.disk ? writeVmdk({ content, capacityBytes }) : readBytes(content, 0, capacityBytes)) {
    sha1.update(piece);
    sha256.update(piece);
    size += piece.length;
    yield piece;
  }
  sim.store.transaction((tx) => {
    if (tx.get(lease.ref, 'state') !== 'ready') return;
    const facts = device.disk ? { capacity: capacityBytes, populatedSize: populated } : {};
    record(tx, lease.ref, { key: device.key, sha1: sha1.digest('hex'), sha256: sha256.digest('hex'), size, disk: device.disk, ...facts });
  });
}

interface Source {
  readonly content: Content | undefined;
  readonly capacityBytes: number;
  readonly populated: number;
}

/** What there is to read. A delta disk holds no bytes of its own here: those of what it builds on are read. */
function sourceOf(tx: Transaction, { datastore, path, disk }: LeaseDevice): Source {
  const entry = stat(tx, datastore, path);
  if (!entry) throw fault('FileNotFound', { file: describePath(tx, datastore, path) }, `File ${describePath(tx, datastore, path)} was not found`);
  if (!disk || !entry.disk) {
    const { content, size } = logicalContent(tx, datastore, path, entry);
    return { content, capacityBytes: size, populated: size };
  }
  let place = { datastore, path };
  let facts = entry.disk;
  for (let steps = 0; facts.parent !== undefined && steps < 64; steps++) {
    const extent = stat(tx, place.datastore, extentOf(place.path));
    if (extent?.content !== undefined) break;
    place = parentPlace(tx, place, facts.parent);
    const above = stat(tx, place.datastore, place.path)?.disk;
    if (!above) throw fault('FileNotFound', { file: describePath(tx, place.datastore, place.path) }, `File ${describePath(tx, place.datastore, place.path)} was not found`);
    facts = above;
  }
  const extent = stat(tx, place.datastore, extentOf(place.path));
  return { content: extent?.content, capacityBytes: entry.disk.capacityKb * 1024, populated: extent?.content === undefined ? 0 : Math.min(extent.size, entry.disk.capacityKb * 1024) };
}
