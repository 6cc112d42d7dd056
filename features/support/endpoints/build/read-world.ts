// What a world is, read from one of our simulators through the public API: the plan by which it is built elsewhere.
import {
  enclosing, formatReference, openDatastore, parseReference, property, readInventory, retrieveBelow, runTask, want, type Connection, type Inventory, type ManagedObjectReference, type Node, type Session,
} from '../../../../core/client/index.ts';
import { isSubtype, type HostDatastoreBrowserSearchResults, type VirtualDevice } from '../../../../core/vim25/index.ts';

export interface WorldHost {
  readonly name: string;
  readonly ref: ManagedObjectReference;
}

export interface WorldCompute {
  readonly node: Node;
  readonly cluster: boolean;
  readonly drs: boolean;
  readonly hosts: readonly WorldHost[];
}

export interface WorldDatastore {
  readonly node: Node;
  /** Hosts that have it. */
  readonly hosts: readonly string[];
}

export interface WorldSwitch {
  readonly node: Node;
  readonly portgroups: readonly Node[];
}

export interface WorldMachine {
  readonly node: Node;
  readonly props: {
    readonly uuid: string;
    readonly file: string;
    readonly devices: readonly VirtualDevice[];
    readonly extraConfig: readonly (readonly [string, string])[];
    readonly powerState: string;
    readonly guestId: string;
    readonly cpus: number;
    readonly memoryMB: number;
  };
}

/** All that is in a world; nodes are those of the simulator it was read from. */
export interface World {
  readonly datacenters: readonly Node[];
  readonly computes: readonly WorldCompute[];
  readonly datastores: readonly WorldDatastore[];
  /** Standard networks. */
  readonly networks: readonly Node[];
  readonly switches: readonly WorldSwitch[];
  /** Pools and vApps below the root pools, parents first. */
  readonly pools: readonly Node[];
  readonly machines: readonly WorldMachine[];
  /** '[datastore] path'; directories end with a slash. */
  readonly files: readonly { readonly datacenter: string; readonly datastore: string; readonly path: string; readonly directory: boolean; readonly content?: Buffer }[];
  readonly extensions: readonly string[];
}

const WANTED = [
  want('ComputeResource', 'configurationEx', 'host'),
  want('HostSystem', 'name'),
  want('Datastore', 'name', 'host', 'browser'),
  want('DistributedVirtualSwitch', 'name', 'parent', 'portgroup'),
  want('DistributedVirtualPortgroup', 'name', 'tag'),
  want('VirtualMachine', 'config.uuid', 'config.files.vmPathName', 'config.hardware', 'config.extraConfig', 'config.guestId', 'runtime.powerState'),
] as const;

type Props = Readonly<Record<string, unknown>>;

/** Reads a whole world. */
export async function readWorld(source: Session): Promise<World> {
  const inventory = await readInventory(source);
  const rows = new Map((await retrieveBelow(source, source.content.rootFolder, WANTED)).map((row) => [formatReference(row.ref), row.props as Props]));
  const props = (node: Node): Props => rows.get(formatReference(node.ref)) ?? {};
  const hostName = (ref: ManagedObjectReference): string => String(rows.get(formatReference(ref))?.['name']);
  const datastores = inventory.all('Datastore').map((node) => ({ node, browser: props(node)['browser'] as ManagedObjectReference, hosts: ((props(node)['host'] ?? []) as readonly { key: ManagedObjectReference }[]).map(({ key }) => hostName(key)) }));
  const portgroups = inventory.all('DistributedVirtualPortgroup').filter((node) => !((props(node)['tag'] ?? []) as readonly { key: string }[]).some(({ key }) => key.includes('UPLINKPG')));
  const files: World['files'][number][] = [];
  for (const { node, browser } of datastores) files.push(...(await withContents(source, inventory, node, await filesOf(source, node, browser))));
  return {
    datacenters: inventory.all('Datacenter'),
    computes: inventory.all('ComputeResource').map((node) => ({
      node, cluster: node.ref.type === 'ClusterComputeResource', drs: (props(node)['configurationEx'] as { drsConfig?: { enabled?: boolean } } | undefined)?.drsConfig?.enabled === true,
      hosts: ((props(node)['host'] ?? []) as readonly ManagedObjectReference[]).map((ref) => ({ ref, name: hostName(ref) })),
    })),
    datastores: datastores.map(({ node, hosts }) => ({ node, hosts })),
    networks: inventory.all('Network').filter((node) => node.ref.type === 'Network'),
    switches: [...rows].filter(([ref]) => isSubtype(parseReference(ref).type, 'DistributedVirtualSwitch')).map(([ref, own]) => {
      const parent = inventory.get(own['parent'] as ManagedObjectReference)!;
      const members = (own['portgroup'] ?? []) as readonly ManagedObjectReference[];
      // The inventory has no switches; this is what a node of one would be.
      const node: Node = { ref: parseReference(ref), name: String(own['name']), path: `${parent.path}/${String(own['name'])}`, parent, children: [], pool: undefined };
      return { node, portgroups: portgroups.filter((group) => members.some((member) => member.value === group.ref.value)) };
    }),
    pools: [...inventory.all('ResourcePool')].filter((node) => node.parent && isSubtype(node.parent.ref.type, 'ResourcePool')).sort((a, b) => a.path.split('/').length - b.path.split('/').length),
    machines: inventory.all('VirtualMachine').map((node) => ({ node, props: machineProps(props(node)) })),
    files,
    extensions: source.content.extensionManager ? await extensionsOf(source) : [],
  };
}

function machineProps(props: Props): WorldMachine['props'] {
  const hardware = props['config.hardware'] as { device: readonly VirtualDevice[]; numCPU: number; memoryMB: number };
  return {
    uuid: String(props['config.uuid']), file: String(props['config.files.vmPathName']), devices: hardware.device, powerState: String(props['runtime.powerState']),
    extraConfig: ((props['config.extraConfig'] ?? []) as readonly { key: string; value: unknown }[]).map(({ key, value }) => [key, String(value)] as const),
    guestId: String(props['config.guestId']), cpus: hardware.numCPU, memoryMB: hardware.memoryMB,
  };
}

/** VIC's extensions among those that are registered. */
export async function extensionsOf(connection: Connection): Promise<string[]> {
  return ((await property(connection, connection.content.extensionManager!, 'ExtensionManager', 'extensionList')) ?? []).map(({ key }) => key).filter((key) => key.startsWith('com.vmware.vic.'));
}

/** What VIC reads again: the metadata of images and volumes. Of other files it counts only that they are there. */
const METADATA = /\/imageMetadata\//;

async function withContents(source: Session, inventory: Inventory, node: Node, files: World['files']): Promise<World['files']> {
  const datastore = await openDatastore(source, inventory, node.path, {});
  return Promise.all(files.map(async (file) => {
    if (file.directory || !METADATA.test(`/${file.path}`)) return file;
    const chunks: Buffer[] = [];
    for await (const chunk of await datastore.download(file.path)) chunks.push(chunk as Buffer);
    return { ...file, content: Buffer.concat(chunks) };
  }));
}

/** Every file and directory of a datastore. */
export async function filesOf(connection: Connection, node: Node, browser: ManagedObjectReference): Promise<World['files']> {
  const details = { fileType: true, fileSize: false, modification: false, fileOwner: false };
  const found: readonly HostDatastoreBrowserSearchResults[] = (await runTask(connection, browser, 'SearchDatastoreSubFolders_Task', { datastorePath: `[${node.name}]`, searchSpec: { matchPattern: ['*'], details } })) ?? [];
  return found.flatMap(({ folderPath = '', file = [] }) => {
    const folder = folderPath.replace(/^\[[^\]]*\]\s*/, '').replace(/\/$/, '');
    return file.map((entry) => ({
      datacenter: enclosing(node, 'Datacenter')!.name, datastore: node.name, path: folder === '' ? entry.path : `${folder}/${entry.path}`, directory: entry._type === 'FolderFileInfo',
    }));
  });
}
