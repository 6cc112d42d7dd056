// What the configuration of a virtual container host says, of either generation. Pure; read-vchs.ts does the reading.
import type { DatastorePath, Node } from '../client/index.ts';
import { childPath, datastorePath, isBelow, parseDatastorePath } from '../client/index.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference } from '../vim25/reference.ts';
import type { VirtualMachinePowerState } from '../vim25/types.d.ts';
import { formatAddress } from './address.ts';
import type { DecodeIssue, ExtraConfig } from './extra-config.ts';
import { decode } from './extra-config.ts';
import { decodeLater, laterInBrief } from './later-layout.ts';
import { vchInBrief, vchLayout } from './vch-layout.ts';

export interface VolumeStore {
  readonly label: string;
  readonly path: DatastorePath;
  /** Where in it the volumes are. */
  readonly volumes: DatastorePath;
}

/** A virtual container host, by its appliance VM: what is told of each in a list. */
export interface Vch {
  readonly vm: Node;
  /** The VM's reference value, 'vm-78'. */
  readonly id: string;
  readonly name: string;
  /** The pool or vApp the appliance runs in; its own unless someone moved the appliance. */
  readonly pool: Node | undefined;
  readonly powerState: VirtualMachinePowerState | undefined;
  /** Which generation of vic-machine made it. */
  readonly layout: '0.5' | '1.x';
  readonly version: string;
  /** Address on the client network; undefined while it has none. */
  readonly clientAddress: string | undefined;
}

/** All that is known of a VCH. */
export interface WholeVch extends Vch {
  /** BIOS uuid; names the VCH's image directory and its vCenter extension. */
  readonly uuid: string | undefined;
  /** Directory of the appliance VM. */
  readonly directory: DatastorePath | undefined;
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

/** The keys that tell what Vch says; a configuration of a hundred others need not be read for it. */
export const TELLING_KEYS: readonly string[] = [
  OWN_ID, 'guestinfo./version', 'guestinfo./init/networks', 'guestinfo..init.networks|client.ip.IP',
  LATER_ID, ...['Version', 'BuildNumber', 'GitCommit'].map((part) => `guestinfo.vice./init/version/${part}`),
  'guestinfo.vice./init/networks', 'guestinfo.vice..init.networks|client.assigned.IP',
];

/** What a configuration alone tells. */
type Known = Omit<WholeVch, 'powerState' | 'uuid' | 'directory'>;

/** A VM is a VCH when its configuration names the VM itself. */
function layoutOf(vm: Node, config: ExtraConfig): Vch['layout'] | undefined {
  const own = formatReference(vm.ref);
  return config.get(OWN_ID) === own ? '0.5' : config.get(LATER_ID) === own ? '1.x' : undefined;
}

const baseOf = (vm: Node) => ({ vm, id: vm.ref.value, name: vm.name, pool: vm.pool });

/** The VCH that the VM is, with all that its configuration says. */
export function vchOf(vm: Node, config: ExtraConfig): Known | undefined {
  const layout = layoutOf(vm, config);
  return layout && { ...baseOf(vm), ...(layout === '0.5' ? present(config) : later(config)) };
}

/** The same from the telling keys alone. */
export function vchInBriefOf(vm: Node, config: ExtraConfig): Omit<Vch, 'powerState'> | undefined {
  const layout = layoutOf(vm, config);
  if (!layout) return undefined;
  if (layout === '1.x') {
    const { init } = decodeLater(config, laterInBrief).value;
    return { ...baseOf(vm), layout, version: laterVersion(init.version), clientAddress: addressOf(init.networks) };
  }
  const { init, version } = decode(vchInBrief, config).value;
  return { ...baseOf(vm), layout, version, clientAddress: addressOf(init.networks) };
}

type Assigned = Readonly<Record<string, { readonly assigned: { readonly ip: Uint8Array } }>>;
const addressOf = ({ client }: Assigned): string | undefined => client && formatAddress(client.assigned.ip);

const laterVersion = ({ version, buildNumber, gitCommit }: { readonly version: string; readonly buildNumber: string; readonly gitCommit: string }): string =>
  version === '' ? '' : [version, buildNumber, gitCommit].filter((part) => part !== '').join('-');

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
  return {
    layout: '0.5',
    version: data.version,
    clientAddress: addressOf(data.init.networks),
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
  return {
    layout: '1.x',
    version: laterVersion(data.init.version),
    clientAddress: addressOf(data.init.networks),
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
