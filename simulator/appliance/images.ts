// What a VCH keeps on datastores: images as chains of disks with their metadata, and volumes.
import { createHash } from 'node:crypto';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { extentOf, makeDirectory, stat, writeFile } from '../objects/datastore/files.ts';
import { parentHint } from '../objects/virtual-machine/disk-chains.ts';
import { hash, Random } from '../runtime/random.ts';
import type { Transaction } from '../store/transaction.ts';
import { configOf, splitReference } from './registry.ts';

/** A place in a datastore; an empty path is its root. */
export interface Place {
  readonly datastore: ManagedObjectReference;
  readonly path: string;
}

export interface Layer {
  readonly id: string;
  readonly parent: string;
  readonly size: number;
}

export interface Image {
  readonly name: string;
  readonly tag: string;
  /** From the base layer up. */
  readonly layers: readonly Layer[];
}

/** The empty disk that every base layer is a child of. */
export const SCRATCH = 'scratch';
const DISK_KB = 8_388_608;
const MIB = 2 ** 20;
const VOLUME_MIB = 1024;

export const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');

/** The layers of an image. They follow from its name, as a registry's do: two stores hold the same image. */
export function describeImage(reference: string): Image {
  const { name, tag } = splitReference(reference);
  const random = new Random(hash(`image ${name}:${tag}`));
  const layers: Layer[] = [];
  for (let count = random.integer(1, 3); count > 0; count--) {
    layers.push({ id: random.hex(32), parent: layers.at(-1)?.id ?? SCRATCH, size: random.integer(1, 64) * MIB });
  }
  return { name, tag, layers };
}

/** The top layer of an image: what a container's disk is a child of. */
export const topLayer = (image: Image): string => image.layers.at(-1)!.id;

/** Writes a thin virtual disk, descriptor and extent; with a parent one that holds only what differs from that. */
export function writeDisk(sim: Simulation, tx: Transaction, place: Place, capacityKb: number, size: number, parent?: Place): void {
  const uuid = `6000C29${sim.random.hex(1).slice(0, 1)}-${sim.random.uuid().slice(9)}`;
  const disk = { capacityKb, thin: parent === undefined, uuid, ...(parent ? { parent: parentHint(tx, parent, place) } : {}) };
  writeFile(sim, tx, place.datastore, place.path, { size: 512, disk }, { parents: true });
  writeFile(sim, tx, place.datastore, extentOf(place.path), { size });
}

function writeText(sim: Simulation, tx: Transaction, datastore: ManagedObjectReference, path: string, content: string): void {
  writeFile(sim, tx, datastore, path, { content }, { parents: true });
}

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** What the port layer knows of an image, stored beside its top layer. */
export function imageMetadata(image: Image, created: Date): string {
  return JSON.stringify({
    id: topLayer(image),
    parent: image.layers.at(-1)!.parent,
    created: created.toISOString(),
    architecture: 'amd64',
    os: 'linux',
    config: configOf(image.name),
    image_id: createHash('sha256').update(`${image.name}:${image.tag}`).digest('hex'),
    name: image.name,
    tags: [image.tag],
    digests: [sha256(`digest ${image.name}:${image.tag}`)],
    diff_ids: Object.fromEntries(image.layers.map((layer) => [sha256(`diff ${layer.id}`), layer.id])),
    history: image.layers.map((layer) => ({ created: created.toISOString(), created_by: `/bin/sh -c #(nop) ADD file:${layer.id.slice(0, 16)} in /` })),
  });
}

/** The disk of an image layer in the store of a VCH. */
export const layerDisk = (store: Place, uuid: string, id: string): Place => ({
  datastore: store.datastore,
  path: join(store.path, 'VIC', uuid, 'images', id, `${id}.vmdk`),
});

/** Fills the image store of a VCH: the scratch disk, each image's layers with metadata, and the table of parents. */
export function writeImageStore(sim: Simulation, tx: Transaction, store: Place, uuid: string, images: readonly Image[]): void {
  const root = join(store.path, 'VIC', uuid);
  const { datastore } = store;
  const layer = (id: string, size: number, parent?: string) => {
    writeDisk(sim, tx, layerDisk(store, uuid, id), DISK_KB, size, parent === undefined ? undefined : layerDisk(store, uuid, parent));
    makeDirectory(sim, tx, datastore, join(root, 'images', id, 'imageMetadata'), { parents: true });
  };
  layer(SCRATCH, MIB);
  const parents: Record<string, string> = {};
  for (const image of images) {
    for (const { id, parent, size } of image.layers) {
      if (id in parents) continue;
      layer(id, size, parent);
      parents[id] = parent;
    }
    writeText(sim, tx, datastore, join(root, 'images', topLayer(image), 'imageMetadata', 'metaData'), imageMetadata(image, sim.clock.now()));
  }
  writeText(sim, tx, datastore, join(root, 'parentMap'), JSON.stringify(parents));
}

/** Where the disk of a volume is. */
export const volumeDisk = (store: Place, name: string): Place => ({
  datastore: store.datastore,
  path: join(store.path, 'VIC', 'volumes', name, `${name}.vmdk`),
});

/** Where it is written down what Docker knows of a volume. */
export const volumeMetadata = (store: Place, name: string): Place => ({
  datastore: store.datastore,
  path: join(store.path, 'VIC', 'volumes', name, 'imageMetadata', 'DockerMetaData'),
});

/** What Docker knows of a volume. */
export const volumeText = (name: string, options: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify({ Driver: 'vsphere', DriverOpts: options, Name: name, Labels: labels });

/** Makes a volume store with its volumes; one that is there already (another VCH's) only gains what it lacks. */
export function writeVolumeStore(sim: Simulation, tx: Transaction, store: Place, volumes: readonly string[]): void {
  const { datastore } = store;
  if (store.path !== '') makeDirectory(sim, tx, datastore, store.path, { parents: true });
  for (const name of volumes) {
    const disk = volumeDisk(store, name);
    if (stat(tx, datastore, disk.path)) continue;
    writeDisk(sim, tx, disk, VOLUME_MIB * 1024, 32 * MIB);
    writeText(sim, tx, datastore, volumeMetadata(store, name).path, volumeText(name, { Capacity: String(VOLUME_MIB) }));
  }
}
