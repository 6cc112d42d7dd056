// Which VMs are virtual container hosts, and what is known of each. Reads; changes nothing.
import type { Connection, DatastorePath, Inventory, Node } from '../client/index.ts';
import { childPath, datastorePath, isBelow, parseDatastorePath, retrieve, want } from '../client/index.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference } from '../vim25/reference.ts';
import type { OptionValue, VirtualMachinePowerState } from '../vim25/types.d.ts';
import { formatAddress } from './address.ts';
import type { DecodeIssue, ExtraConfig } from './extra-config.ts';
import { decode, extraConfigOf } from './extra-config.ts';
import { decodeLater } from './later-layout.ts';
import { vchLayout } from './vch-layout.ts';

export interface VolumeStore {
  readonly label: string;
  readonly path: DatastorePath;
  /** Where in it the volumes are. */
  readonly volumes: DatastorePath;
}

/** A virtual container host, by its appliance VM. */
export interface Vch {
  readonly vm: Node;
  /** The VM's reference value, 'vm-78'. */
  readonly id: string;
  readonly name: string;
  /** The pool or vApp the appliance runs in; its own unless someone moved the appliance. */
  readonly pool: Node | undefined;
  readonly powerState: VirtualMachinePowerState | undefined;
  /** BIOS uuid; names the VCH's image directory and its vCenter extension. */
  readonly uuid: string | undefined;
  /** Directory of the appliance VM. */
  readonly directory: DatastorePath | undefined;
  /** Which generation of vic-machine made it. */
  readonly layout: '0.5' | '1.x';
  readonly version: string;
  /** Address on the client network; undefined while it has none. */
  readonly clientAddress: string | undefined;
  /** True when the Docker endpoint and the portal use TLS. */
  readonly tls: boolean;
  readonly imageStores: readonly DatastorePath[];
  readonly volumeStores: readonly VolumeStore[];
  /** Volume stores that are on no datastore (NFS servers, from 1.x on): 'label: nfs://host/path'. */
  readonly remoteStores: readonly string[];
  /** The pool that create made for it, as recorded. */
  readonly ownPool: ManagedObjectReference | undefined;
  /** The bridge network: its recorded reference ('Network:network-18'), and whether create made it. */
  readonly bridge: { readonly reference: string; readonly created: boolean };
  /** Key of its vCenter extension; '' when it has none, undefined when none is recorded. */
  readonly extension: string | undefined;
  readonly issues: readonly DecodeIssue[];
}

const OWN_ID = 'guestinfo./init/common/id';
const LATER_ID = 'guestinfo.vice./init/common/id';
/** Marks a container VM of 0.5 and of 1.x. */
const CONTAINER_KEYS = ['guestinfo./common/id', 'guestinfo.vice./common/id'];

/** True when the extraConfig is that of a container VM. */
export const isContainer = (config: ExtraConfig): boolean => CONTAINER_KEYS.some((key) => (config.get(key) ?? '') !== '');

const NEEDED = want('VirtualMachine', 'config.extraConfig', 'config.uuid', 'config.files.vmPathName', 'runtime.powerState');

/**
 * The VCHs among the VMs that could be one: those named like the pool they run in, and `alsoCheck`.
 * One request, whatever the number of VMs.
 */
export async function readVchs(connection: Connection, inventory: Inventory, alsoCheck: readonly ManagedObjectReference[] = []): Promise<Vch[]> {
  const extra = new Set(alsoCheck.map(formatReference));
  const candidates = inventory.all('VirtualMachine').filter((vm) => vm.pool?.name === vm.name || extra.has(formatReference(vm.ref)));
  const rows = await retrieve(connection, candidates.map((vm) => vm.ref), NEEDED);
  return rows.flatMap((row) => {
    const vm = inventory.get(row.ref);
    const options = row.props['config.extraConfig'] as readonly OptionValue[] | undefined;
    const file = row.props['config.files.vmPathName'];
    const vch = vm && vchOf(vm, extraConfigOf(options));
    if (!vch) return [];
    const vmx = file === undefined ? undefined : parseDatastorePath(file);
    return [{
      ...vch,
      powerState: row.props['runtime.powerState'],
      uuid: row.props['config.uuid']?.toLowerCase(),
      directory: vmx && datastorePath(vmx.datastore, vmx.path, '..'),
    }];
  });
}

type Known = Omit<Vch, 'powerState' | 'uuid' | 'directory'>;

/** A VM is a VCH when its configuration names the VM itself. */
export function vchOf(vm: Node, config: ExtraConfig): Known | undefined {
  const own = formatReference(vm.ref);
  const base = { vm, id: vm.ref.value, name: vm.name, pool: vm.pool };
  if (config.get(OWN_ID) === own) return { ...base, ...present(config) };
  if (config.get(LATER_ID) === own) return { ...base, ...later(config) };
  return undefined;
}

const place = (host: string, path: string): DatastorePath => parseDatastorePath(path) ?? datastorePath(host, path);

type Facts = Omit<Known, 'vm' | 'id' | 'name' | 'pool'>;

/** A URL as the configuration keeps it. */
interface StoreUrl {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
}

/** Directory of a volume store that its volumes are in. */
const VOLUMES = { '0.5': 'VIC/volumes', '1.x': 'volumes' } as const;

function storesOf(images: readonly StoreUrl[], volumes: Readonly<Record<string, StoreUrl>>, layout: keyof typeof VOLUMES): Pick<Facts, 'imageStores' | 'volumeStores' | 'remoteStores'> {
  const labelled = Object.entries(volumes);
  const isRemote = ({ scheme }: StoreUrl): boolean => scheme !== '' && scheme !== 'ds';
  return {
    imageStores: images.filter((store) => store.host !== '').map((store) => place(store.host, store.path)),
    volumeStores: labelled
      .filter(([, store]) => !isRemote(store))
      .map(([label, store]) => ({ label, path: place(store.host, store.path) }))
      .filter(({ path }) => path.datastore !== '')
      .map(({ label, path }) => ({ label, path, volumes: childPath(path, VOLUMES[layout]) })),
    remoteStores: labelled.filter(([, store]) => isRemote(store)).map(([label, { scheme, host, path }]) => `${label}: ${scheme}://${host}/${path.replace(/^\/+/, '')}`),
  };
}

function present(config: ExtraConfig): Facts {
  const { value: data, issues } = decode(vchLayout, config);
  const { key, cert } = data.hostCertificate;
  const client = data.init.networks['client'];
  return {
    layout: '0.5',
    version: data.version,
    clientAddress: client && formatAddress(client.assigned.ip),
    tls: key.length > 0 || cert.length > 0,
    ...storesOf(data.imageStores, data.volumeLocations, '0.5'),
    ownPool: data.computeResources.at(-1),
    bridge: { reference: data.containerNetworks[data.bridgeNetwork]?.common.id ?? '', created: data.createBridgeNetwork },
    extension: data.extensionName.startsWith('com.vmware.vic.') ? data.extensionName : undefined,
    issues,
  };
}

function later(config: ExtraConfig): Facts {
  const { value: data, issues } = decodeLater(config);
  const { version, buildNumber, gitCommit } = data.init.version;
  const client = data.init.networks['client'];
  return {
    layout: '1.x',
    version: version === '' ? '' : [version, buildNumber, gitCommit].filter((part) => part !== '').join('-'),
    clientAddress: client && formatAddress(client.assigned.ip),
    tls: (data.init.sessions['docker-personality']?.cmd.args ?? []).includes('-port=2376'),
    ...storesOf(data.storage.imageStores, data.storage.volumeLocations, '1.x'),
    ownPool: data.container.computeResources.at(-1),
    bridge: { reference: data.network.containerNetworks[data.network.bridgeNetwork]?.common.id ?? '', created: data.createBridgeNetwork },
    // Its appliance logs in with an account of its own.
    extension: '',
    issues,
  };
}

/** True when the VCH runs somewhere below the pool. */
export const runsBelow = (vch: Vch, pool: Node): boolean => isBelow(vch.pool, pool);
