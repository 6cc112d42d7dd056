// Which VMs are virtual container hosts, and what is known of each. Reads; changes nothing.
import type { Connection, DatastorePath, Inventory, Node } from '../client/index.ts';
import { datastorePath, isBelow, parseDatastorePath, retrieve, want } from '../client/index.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference } from '../vim25/reference.ts';
import type { OptionValue, VirtualMachinePowerState } from '../vim25/types.d.ts';
import { formatAddress } from './address.ts';
import type { DecodeIssue, ExtraConfig } from './extra-config.ts';
import { address, decode, extraConfigOf } from './extra-config.ts';
import type { VchData } from './vch-layout.ts';
import { vchLayout } from './vch-layout.ts';

export interface VolumeStore {
  readonly label: string;
  readonly path: DatastorePath;
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
  /** Which generation of vic-machine made it: this tool manages '0.5', it only recognises '1.x'. */
  readonly layout: '0.5' | '1.x';
  readonly version: string;
  /** Address on the client network; undefined while it has none. */
  readonly clientAddress: string | undefined;
  /** True when the Docker endpoint and the portal use TLS. */
  readonly tls: boolean;
  readonly imageStores: readonly DatastorePath[];
  readonly volumeStores: readonly VolumeStore[];
  /** The whole configuration; undefined for a 1.x VCH. */
  readonly data: VchData | undefined;
  readonly issues: readonly DecodeIssue[];
}

const OWN_ID = 'guestinfo./init/common/id';
const LATER = 'guestinfo.vice.';
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
  if (config.get(LATER + OWN_ID.slice('guestinfo.'.length)) === own) return { ...base, ...later(config) };
  return undefined;
}

const place = (host: string, path: string): DatastorePath => parseDatastorePath(path) ?? datastorePath(host, path);

function present(config: ExtraConfig): Omit<Known, 'vm' | 'id' | 'name' | 'pool'> {
  const { value: data, issues } = decode(vchLayout, config);
  const { key, cert } = data.hostCertificate;
  const client = data.init.networks['client'];
  return {
    layout: '0.5',
    version: data.version,
    clientAddress: client && formatAddress(client.assigned.ip),
    tls: key.length > 0 || cert.length > 0,
    imageStores: data.imageStores.filter((store) => store.host !== '').map((store) => place(store.host, store.path)),
    volumeStores: Object.entries(data.volumeLocations)
      .map(([label, store]) => ({ label, path: place(store.host, store.path) }))
      .filter(({ path }) => path.datastore !== ''),
    data,
    issues,
  };
}

/** The few facts that 1.x keeps in the same form, under its own prefix. */
function later(config: ExtraConfig): Omit<Known, 'vm' | 'id' | 'name' | 'pool'> {
  const issues: DecodeIssue[] = [];
  const get = (key: string): string => (config.get(LATER + key) ?? '').replace(/^<nil>$/, '');
  const imageStores: DatastorePath[] = [];
  for (let i = 0; get(`/storage/image_stores|${i}/Host`) !== ''; i++) {
    imageStores.push(place(get(`/storage/image_stores|${i}/Host`), get(`/storage/image_stores|${i}/Path`)));
  }
  return {
    layout: '1.x',
    version: get('/init/version/Version'),
    clientAddress: formatAddress(address.decode(config, `${LATER}.init.networks|client.assigned.IP`, issues)),
    tls: get('/init/sessions|docker-personality/cmd/Args~').includes('-port=2376'),
    imageStores,
    volumeStores: [],
    data: undefined,
    issues,
  };
}

/** True when the VCH runs somewhere below the pool. */
export const runsBelow = (vch: Vch, pool: Node): boolean => isBelow(vch.pool, pool);
