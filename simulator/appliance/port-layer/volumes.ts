// Volumes: disks in the volume stores of a VCH, with what Docker knows of them beside them.
import { contentOf } from '../../objects/datastore/content.ts';
import { list, stat, writeFile } from '../../objects/datastore/files.ts';
import type { Transaction } from '../../store/transaction.ts';
import { join, volumeDisk, volumeMetadata, volumeText, type Place } from '../images.ts';
import { makeDirectory, makeDisk } from './images.ts';
import type { Vch } from './vch.ts';
import type { VSphere } from './vsphere.ts';

export interface Volume {
  readonly name: string;
  /** Label of its store. */
  readonly store: string;
  readonly disk: Place;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** A request that the port layer refuses. */
export class VolumeError extends Error {
  readonly kind: 'duplicate' | 'no store';
  constructor(kind: VolumeError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

const DEFAULT_STORE = 'default';

/** The volumes of all stores of a VCH. */
export function volumesOf(tx: Transaction, vch: Vch): readonly Volume[] {
  return vch.volumeStores.flatMap((store) => {
    const directory = join(store.path, 'VIC', 'volumes');
    if (!stat(tx, store.datastore, directory)) return [];
    return list(tx, store.datastore, directory).flatMap(({ name }): Volume[] => {
      const disk = volumeDisk(store, name);
      if (!stat(tx, disk.datastore, disk.path)) return [];
      const { path } = volumeMetadata(store, name);
      const entry = stat(tx, store.datastore, path);
      const text = entry ? contentOf(tx, path, entry) : undefined;
      const known = text === undefined ? {} : (JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8')) as { DriverOpts?: Record<string, string>; Labels?: Record<string, string> });
      return [{ name, store: store.label, disk, options: known.DriverOpts ?? {}, labels: known.Labels ?? {} }];
    });
  });
}

export interface NewVolume {
  readonly name: string;
  readonly capacityMb: number;
  readonly store?: string | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Makes a volume. Throws VolumeError for a name that is taken and for a store that is not there. */
export async function makeVolume(vsphere: VSphere, vch: Vch, wanted: NewVolume): Promise<Volume> {
  const { name, options, labels } = wanted;
  const label = wanted.store ?? DEFAULT_STORE;
  const store = vch.volumeStores.find((one) => one.label === label);
  if (!store) throw new VolumeError('no store', `No volume store named (${label}) exists`);
  if (vsphere.read((tx) => volumesOf(tx, vch)).some((volume) => volume.name === name)) throw new VolumeError('duplicate', `A volume named ${name} already exists. Choose a different volume name.`);
  const disk = volumeDisk(store, name);
  const metadata = volumeMetadata(store, name);
  await makeDirectory(vsphere, vch, { ...metadata, path: metadata.path.slice(0, metadata.path.lastIndexOf('/')) });
  await makeDisk(vsphere, vch, disk, wanted.capacityMb * 1024);
  vsphere.write((tx) => writeFile(vsphere.sim, tx, metadata.datastore, metadata.path, { content: volumeText(name, options, labels) }));
  return { name, store: label, disk, options, labels };
}
