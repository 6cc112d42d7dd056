// The image store of a VCH: which images are in it, and how one is written, layer by layer, as disks that build on each
// other. A disk is made by attaching it to the appliance, which fills it and lets it go again.
import type { ManagedObjectReference, VirtualDevice } from '../../../core/vim25/index.ts';
import { contentOf } from '../../objects/datastore/content.ts';
import { describePath, extentOf, list, stat, writeFile } from '../../objects/datastore/files.ts';
import type { Transaction } from '../../store/transaction.ts';
import { imageMetadata, join, layerDisk, SCRATCH, topLayer, type Image, type Place } from '../images.ts';
import { splitReference, type ImageConfig } from '../registry.ts';
import type { Vch } from './vch.ts';
import type { VSphere } from './vsphere.ts';

/** What the store knows of an image. */
export interface StoredImage {
  /** Of the image, 64 hex digits; not that of a layer. */
  readonly id: string;
  readonly layer: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly created: string;
  /** Bytes of all its layers. */
  readonly size: number;
  readonly config: ImageConfig;
  readonly history: readonly { readonly created: string; readonly created_by: string }[];
}

const MIB = 2 ** 20;
const DISK_KB = 8_388_608;
const root = (vch: Vch): string => join(vch.imageStore.path, 'VIC', vch.uuid);

function textAt(tx: Transaction, datastore: ManagedObjectReference, path: string): string | undefined {
  const entry = stat(tx, datastore, path);
  const content = entry?.kind === 'file' ? contentOf(tx, path, entry) : undefined;
  return content === undefined ? undefined : typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
}

/** The layers of the store and what each builds on. */
export function parentMap(tx: Transaction, vch: Vch): Readonly<Record<string, string>> {
  return JSON.parse(textAt(tx, vch.imageStore.datastore, join(root(vch), 'parentMap')) ?? '{}') as Record<string, string>;
}

/** The images of a VCH, by name. */
export function imagesOf(tx: Transaction, vch: Vch): readonly StoredImage[] {
  const { datastore } = vch.imageStore;
  const directory = join(root(vch), 'images');
  if (!stat(tx, datastore, directory)) return [];
  const parents = parentMap(tx, vch);
  const sizeOf = (layer: string | undefined): number =>
    layer === undefined || layer === SCRATCH ? 0 : (stat(tx, datastore, extentOf(layerDisk(vch.imageStore, vch.uuid, layer).path))?.size ?? 0) + sizeOf(parents[layer]);
  return list(tx, datastore, directory).flatMap(({ name: layer }) => {
    const text = textAt(tx, datastore, join(directory, layer, 'imageMetadata', 'metaData'));
    if (text === undefined) return [];
    const { image_id: id, name, tags, digests, created, config, history } = JSON.parse(text) as StoredImage & { image_id: string };
    return [{ id, layer, name, tags, digests, created, config, history, size: sizeOf(layer) }];
  }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The image that a reference (name:tag), an id or the beginning of an id means. */
export function findImage(tx: Transaction, vch: Vch, reference: string): StoredImage | undefined {
  const images = imagesOf(tx, vch);
  const { name, tag } = splitReference(reference);
  const id = reference.replace(/^sha256:/, '');
  return images.find((image) => image.name === name && image.tags.includes(tag)) ??
    (/^[0-9a-f]{4,64}$/.test(id) ? images.find((image) => image.id.startsWith(id)) : undefined);
}

/** Writes the layers of an image that are not there yet, lowest first, and what is known of it; gives the ids of those written. */
export async function writeImage(vsphere: VSphere, vch: Vch, image: Image): Promise<readonly string[]> {
  const missing = (id: string) => vsphere.read((tx) => stat(tx, vch.imageStore.datastore, layerDisk(vch.imageStore, vch.uuid, id).path) === undefined);
  if (missing(SCRATCH)) await writeLayer(vsphere, vch, { id: SCRATCH, size: MIB });
  const written: string[] = [];
  for (const layer of image.layers) {
    if (!missing(layer.id)) continue;
    await writeLayer(vsphere, vch, layer);
    written.push(layer.id);
    vsphere.write((tx) => writeText(vsphere, tx, vch, 'parentMap', JSON.stringify({ ...parentMap(tx, vch), [layer.id]: layer.parent })));
  }
  vsphere.write((tx) => writeText(vsphere, tx, vch, join('images', topLayer(image), 'imageMetadata', 'metaData'), imageMetadata(image, vsphere.sim.clock.now())));
  return written;
}

const writeText = ({ sim }: VSphere, tx: Transaction, vch: Vch, path: string, content: string): void =>
  writeFile(sim, tx, vch.imageStore.datastore, join(root(vch), path), { content }, { parents: true });

async function writeLayer(vsphere: VSphere, vch: Vch, layer: { readonly id: string; readonly parent?: string; readonly size: number }): Promise<void> {
  const place = (id: string) => layerDisk(vch.imageStore, vch.uuid, id);
  const disk = place(layer.id);
  await makeDirectory(vsphere, vch, { ...disk, path: disk.path.slice(0, disk.path.lastIndexOf('/')) + '/imageMetadata' });
  await makeDisk(vsphere, vch, disk, DISK_KB, layer.parent === undefined ? undefined : place(layer.parent));
  fillDisk(vsphere, disk, layer.size);
}

/** Makes a directory with those above it, unless it is there. */
export async function makeDirectory(vsphere: VSphere, vch: Vch, { datastore, path }: Place): Promise<void> {
  const { wellKnown } = vsphere.sim;
  const [top = ''] = path.split('/');
  const missing = (one: string) => vsphere.read((tx) => stat(tx, datastore, one) === undefined);
  if (missing(top) && vsphere.read((tx) => tx.get(datastore, 'summary.type')) === 'vsan') {
    await vsphere.call(wellKnown['datastoreNamespaceManager']!, 'CreateDirectory', { datastore, displayName: top });
  }
  if (!missing(path)) return;
  const name = vsphere.read((tx) => describePath(tx, datastore, path));
  await vsphere.call(wellKnown['fileManager']!, 'MakeDirectory', { name, datacenter: vch.datacenter, createParentDirectories: true });
}

const flat = (fileName: string, more: object = {}) => ({ _type: 'VirtualDiskFlatVer2BackingInfo', fileName, diskMode: 'persistent', thinProvisioned: true, ...more });

/** Makes a disk: the appliance takes it, and lets it go. */
export async function makeDisk(vsphere: VSphere, vch: Vch, place: Place, capacityInKB: number, parent?: Place): Promise<void> {
  const name = ({ datastore, path }: Place) => vsphere.read((tx) => describePath(tx, datastore, path));
  const devices = () => (vsphere.sim.store.get(vch.appliance)?.props['config'] as { hardware: { device: readonly VirtualDevice[] } }).hardware.device;
  const controller = devices().find((device) => device._type === 'ParaVirtualSCSIController');
  const fileName = name(place);
  await vsphere.task(vch.appliance, 'ReconfigVM_Task', { spec: { deviceChange: [{
    operation: 'add', fileOperation: 'create',
    device: { _type: 'VirtualDisk', key: -1, controllerKey: controller?.key, unitNumber: -1, capacityInKB, backing: flat(fileName, parent ? { parent: flat(name(parent)) } : {}) },
  }] } });
  const made = devices().find((device) => (device.backing as { fileName?: string } | undefined)?.fileName === fileName);
  await vsphere.task(vch.appliance, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation: 'remove', device: made }] } });
}

/** What was written into a disk takes up room. */
export function fillDisk(vsphere: VSphere, { datastore, path }: Place, size: number): void {
  vsphere.write((tx) => writeFile(vsphere.sim, tx, datastore, extentOf(path), { size }));
}
