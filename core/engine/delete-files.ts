// Removes a VCH's directories from datastores, and guards everything that belongs to someone else.
import type { DatastorePath, Node } from '../client/index.ts';
import {
  childPath, deletePath, enclosing, formatDatastorePath, isWithin, listDirectory, parentPath, parseDatastorePath, retrieve, want,
} from '../client/index.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import type { Context } from './context.ts';
import type { VolumeStore, WholeVch } from './vch-config.ts';

/** Images of one VCH within an image store. */
const imagesOf = (store: DatastorePath, uuid: string): DatastorePath => childPath(store, 'VIC', uuid);
/** What 1.x keeps beside the images of a store. */
const KEY_VALUES = 'kvStores';

/** Deletes in one datacenter; a datastore's root and protected places are never deleted. */
export class DatastoreCleaner {
  private readonly context: Context;
  private readonly datacenter: ManagedObjectReference | undefined;
  private readonly browsers: ReadonlyMap<string, ManagedObjectReference>;
  private readonly warn: (text: string) => void;
  private readonly guarded: DatastorePath[] = [];

  private constructor(context: Context, datacenter: Node | undefined, browsers: ReadonlyMap<string, ManagedObjectReference>, warn: (text: string) => void) {
    this.context = context;
    this.datacenter = datacenter?.ref;
    this.browsers = browsers;
    this.warn = warn;
  }

  /** Reads the datastores of the datacenter: one request. */
  static async open(context: Context, datacenter: Node | undefined, warn: (text: string) => void): Promise<DatastoreCleaner> {
    const datastores = context.inventory.all('Datastore').filter((node) => !datacenter || enclosing(node, 'Datacenter') === datacenter);
    const rows = await retrieve(context.connection, datastores.map((node) => node.ref), want('Datastore', 'browser'));
    const browsers = new Map(rows.flatMap((row) => (row.props.browser ? [[context.inventory.get(row.ref)!.name, row.props.browser] as const] : [])));
    return new DatastoreCleaner(context, datacenter, browsers, warn);
  }

  /** Nothing at or below this place is deleted from now on. */
  protect(path: DatastorePath): void {
    this.guarded.push(path);
  }

  /** Protects the directories of other VMs. */
  protectVms(files: readonly (string | undefined)[]): void {
    for (const file of files) {
      const vmx = file === undefined ? undefined : parseDatastorePath(file);
      if (vmx && parentPath(vmx).path !== '') this.protect(parentPath(vmx));
    }
  }

  /** Protects the volumes of a store, and with them the directories they lie in. */
  protectVolumes({ volumes }: VolumeStore): void {
    this.protect(volumes);
  }

  /** Protects what another VCH keeps: its images and its volumes. */
  protectVch(other: WholeVch): void {
    for (const store of other.imageStores) {
      this.protect(other.uuid === undefined ? store : imagesOf(store, other.uuid));
      if (other.layout === '1.x') this.protect(childPath(store, KEY_VALUES));
    }
    for (const store of other.volumeStores) this.protectVolumes(store);
  }

  /** Removes one VCH's images, and the directories above them that are empty then. */
  async removeImages(store: DatastorePath, uuid: string, layout: WholeVch['layout']): Promise<void> {
    if (!this.known(store, 'image store')) return;
    const images = imagesOf(store, uuid);
    if (this.isGuarded(images)) return this.warn(`the images in ${formatDatastorePath(images)} stay, they lie among files of another VM`);
    await this.remove(images);
    if (layout === '1.x' && (await this.list(childPath(store, KEY_VALUES)))) await this.remove(childPath(store, KEY_VALUES));
    await this.prune(childPath(store, 'VIC'), store);
  }

  /** Removes the volumes of a store, and the directories above them that are empty then; false when they had to stay. */
  async removeVolumes({ path: store, volumes }: VolumeStore): Promise<boolean> {
    if (!this.known(store, 'volume store')) return false;
    if (this.isGuarded(volumes)) {
      this.warn(`the volume store ${formatDatastorePath(store)} stays, another virtual container host uses it`);
      return false;
    }
    await this.remove(volumes);
    await this.prune(...(parentPath(volumes).path === store.path ? [] : [parentPath(volumes)]), store);
    return true;
  }

  /** Protects what is left of stores below a directory: once a VCH's own images and volumes are gone, it is someone else's. */
  async protectRest(stores: readonly DatastorePath[], directory: DatastorePath): Promise<void> {
    for (const store of stores.filter((candidate) => isWithin(candidate, directory))) {
      const area = childPath(store, 'VIC');
      for (const entry of (await this.list(area)) ?? []) this.protect(childPath(area, entry.name));
    }
  }

  /** Removes the images of its systems from an appliance's directory. */
  async removeImagesOfSystem(directory: DatastorePath): Promise<void> {
    for (const { name } of (await this.list(directory)) ?? []) if (name.endsWith('.iso')) await this.remove(childPath(directory, name));
  }

  /** True when something protected lies in the directory. */
  readonly holdsOthers = (directory: DatastorePath): boolean => this.guarded.some((place) => isWithin(place, directory));

  /** Removes what Destroy_Task left of VM directories. One listing per datastore tells which are still there. */
  async removeLeftDirectories(directories: readonly DatastorePath[]): Promise<void> {
    const parents = new Map(directories.map((directory) => [formatDatastorePath(parentPath(directory)), parentPath(directory)]));
    for (const [key, parent] of parents) {
      const here = directories.filter((directory) => formatDatastorePath(parentPath(directory)) === key);
      const names = new Set((await this.list(parent))?.map((entry) => entry.name));
      for (const directory of here) if (names.has(directory.path.slice(directory.path.lastIndexOf('/') + 1))) await this.remove(directory);
    }
  }

  private isGuarded(path: DatastorePath): boolean {
    return this.guarded.some((place) => isWithin(path, place));
  }

  private known(store: DatastorePath, kind: string): boolean {
    if (this.browsers.has(store.datastore)) return true;
    this.warn(`the ${kind} ${formatDatastorePath(store)} is out of reach: there is no datastore "${store.datastore}" any more`);
    return false;
  }

  private async list(path: DatastorePath): ReturnType<typeof listDirectory> {
    const browser = this.browsers.get(path.datastore);
    return browser && listDirectory(this.context.connection, browser, path);
  }

  /** Deletes a tree, around the protected places in it. */
  private async remove(path: DatastorePath): Promise<void> {
    if (path.path === '' || this.isGuarded(path)) return;
    if (!this.guarded.some((place) => isWithin(place, path))) {
      await deletePath(this.context.connection, path, this.datacenter);
      return;
    }
    for (const entry of (await this.list(path)) ?? []) await this.remove(childPath(path, entry.name));
  }

  /** Deletes the directories, inner ones first, as long as nothing is left in them. */
  private async prune(...paths: readonly DatastorePath[]): Promise<void> {
    for (const path of paths) {
      if (path.path === '') return;
      const entries = await this.list(path);
      if (entries && entries.length > 0) return;
      if (entries) await this.remove(path);
    }
  }
}
