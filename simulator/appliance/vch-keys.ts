// The configuration of a virtual container host 0.5, as its appliance carries it in extraConfig.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import {
  base64, commonKeys, dotted, listKeys, longAddress, NIL, parseCidr, referenceText, shortAddress, slashed, text, urlKeys, type Keys,
} from './keys.ts';

/** Networks that an appliance is on. */
export const ROLES = ['bridge', 'client', 'external', 'management'] as const;
export type Role = (typeof ROLES)[number];

/** What runs in an appliance, in order of the key that lists them. */
export const COMPONENTS = ['docker-personality', 'port-layer', 'vicadmin'] as const;
export type Component = (typeof COMPONENTS)[number];

export interface Endpoint {
  readonly network: ManagedObjectReference;
  /** PCI slot of the network card: roles on the same network share it. */
  readonly slot: number;
}

export interface AddressRange {
  readonly first: string;
  readonly last: string;
  /** Addresses of a range that was given as a network are written short. */
  readonly short?: boolean;
}

export interface ContainerNetwork {
  readonly alias: string;
  readonly network: ManagedObjectReference;
  /** '10.10.10.1/24' */
  readonly gateway?: string;
  readonly dns?: readonly string[];
  readonly ranges?: readonly AddressRange[];
}

export interface StoreLocation {
  readonly datastore: string;
  readonly path: string;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface VchConfig {
  readonly name: string;
  /** The appliance itself; absent while the virtual machine is not there yet. */
  readonly self?: ManagedObjectReference;
  readonly debug?: number;
  readonly target: { readonly host: string; readonly path: string };
  /** 'user:password', only on ESXi. */
  readonly userpw?: string;
  /** User part of the address in the port layer's arguments. */
  readonly sdkUser: string;
  readonly extension: Certificate & { readonly name: string };
  /** Absent: clients connect without TLS. */
  readonly host?: Certificate;
  readonly imageStore: StoreLocation;
  readonly volumeStores: readonly (StoreLocation & { readonly label: string })[];
  readonly endpoints: Readonly<Record<Role, Endpoint>>;
  readonly createBridge: boolean;
  readonly bridgeRange?: string;
  readonly containerNetworks?: readonly ContainerNetwork[];
  /** The pool or vApp made for it. */
  readonly computeResource: ManagedObjectReference;
  readonly bootstrapImage: string;
  /** Inventory paths for the arguments of the components. */
  readonly paths: { readonly datacenter: string; readonly compute: string; readonly pool: string; readonly vm: string };
}

const PREFIX = 'guestinfo./';

function networkKeys(role: Role, endpoint: Endpoint): Keys {
  const key = `${PREFIX}init/networks|${role}`;
  const hidden = `init/networks|${role}`;
  return {
    // The management endpoint is stored without a name.
    ...commonKeys(`${key}/Common`, `${hidden}/Common`, { id: String(endpoint.slot), name: role === 'management' ? '' : role }),
    ...commonKeys(`${key}/network/Common`, `${hidden}/network/Common`, { id: referenceText(endpoint.network), name: role }),
    [`${key}/network/default`]: String(role === 'external'),
    ...(role === 'bridge' ? { [`${key}/staticip/IP`]: longAddress('0.0.0.0') } : {}),
  };
}

interface Session {
  readonly name: Component;
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: readonly string[];
  readonly dir?: string;
  readonly account?: string;
}

function sessionKeys(session: Session): Keys {
  const key = `${PREFIX}init/sessions|${session.name}`;
  const runtime = `guestinfo..init.sessions|${session.name}`;
  return {
    ...commonKeys(`${key}/common`, `init/sessions|${session.name}/common`, { id: session.name, name: session.name }),
    [`${key}/cmd/Path`]: session.path,
    ...listKeys(`${key}/cmd/Args`, [session.path, ...session.args]),
    ...listKeys(`${key}/cmd/Env`, session.env ?? []),
    [`${key}/cmd/Dir`]: text(session.dir ?? ''),
    [`${key}/attach`]: 'false',
    [`${key}/tty`]: 'false',
    [`${key}/restart`]: 'true',
    [`${key}/diagnostics/debug`]: '0',
    [`${key}/User`]: text(session.account ?? ''),
    [`${key}/Group`]: text(session.account ?? ''),
    [`${runtime}.status`]: '0',
    [`${runtime}.started`]: NIL,
    [`${runtime}.diagnostics.resurrections`]: '0',
  };
}

function sessions(config: VchConfig): readonly Session[] {
  const { paths, imageStore, name } = config;
  return [
    {
      name: 'docker-personality',
      path: '/sbin/docker-engine-server',
      args: ['-serveraddr=0.0.0.0', `-port=${config.host ? 2376 : 2375}`, '-port-layer-port=8080'],
      env: ['PATH=/sbin'],
    },
    {
      name: 'port-layer',
      path: '/sbin/port-layer-server',
      args: [
        '--host=localhost', '--port=8080', '--insecure', `--sdk=https://${config.sdkUser}@${config.target.host}${config.target.path}`,
        `--datacenter=${paths.datacenter}`, `--cluster=${paths.compute}`, `--pool=${paths.pool}`, `--datastore=${imageStore.datastore}`,
        `--vch=${name}`,
      ],
    },
    {
      name: 'vicadmin',
      path: '/sbin/vicadmin',
      args: [
        '-docker-host=unix:///var/run/docker.sock', '-insecure', `-ds=${imageStore.datastore}`, `-cluster=${paths.compute}`,
        `-pool=${paths.pool}`, `-vm-path=${paths.vm}`,
      ],
      env: ['PATH=/sbin:/bin'],
      dir: '/home/vicadmin',
      account: 'vicadmin',
    },
  ];
}

function containerNetworkKeys(network: ContainerNetwork): Keys {
  const alias = slashed(network.alias);
  const key = `${PREFIX}container_networks|${alias}`;
  const runtime = `guestinfo..container_networks|${dotted(network.alias)}`;
  const keys: Keys = {
    ...commonKeys(`${key}/Common`, `container_networks|${alias}/Common`, { id: referenceText(network.network), name: network.alias }),
    [`${key}/default`]: 'false',
  };
  if (network.gateway !== undefined) {
    const { address, mask } = parseCidr(network.gateway);
    keys[`${runtime}.gateway.IP`] = longAddress(address);
    keys[`${runtime}.gateway.Mask`] = shortAddress(mask);
  }
  const dns = network.dns ?? [];
  if (dns.length > 0) keys[`${runtime}.dns`] = String(dns.length - 1);
  dns.forEach((address, i) => (keys[`${runtime}.dns|${i}`] = longAddress(address)));
  const ranges = network.ranges ?? [];
  if (ranges.length > 0) keys[`${key}/pools`] = String(ranges.length - 1);
  ranges.forEach(({ first, last, short }, i) => {
    keys[`${key}/pools|${i}/first`] = short ? shortAddress(first) : longAddress(first);
    keys[`${key}/pools|${i}/last`] = short ? shortAddress(last) : longAddress(last);
  });
  return keys;
}

function storageKeys(config: VchConfig): Keys {
  const { imageStore, volumeStores } = config;
  const stores = [...volumeStores].sort((a, b) => (a.label < b.label ? -1 : 1));
  return {
    [`${PREFIX}image_stores`]: '0',
    ...urlKeys(`${PREFIX}image_stores|0`, { scheme: 'ds', host: imageStore.datastore, path: imageStore.path }),
    ...(stores.length === 0 ? {} : { [`${PREFIX}VolumeLocations`]: stores.map((store) => store.label).join('|') }),
    ...Object.assign({}, ...stores.map((store) =>
      urlKeys(`${PREFIX}VolumeLocations|${slashed(store.label)}`, {
        scheme: 'ds', host: store.datastore, path: `[${store.datastore}] ${store.path}`,
      }))) as Keys,
  };
}

/** All keys that `vic-machine create` 0.5 gives an appliance. What the running appliance adds is guest-writeback.ts. */
export function vchKeys(config: VchConfig): Keys {
  const { host, extension, computeResource } = config;
  const bridge: ContainerNetwork = { alias: 'bridge', network: config.endpoints.bridge.network };
  const networks = [bridge, ...(config.containerNetworks ?? [])].sort((a, b) => (a.alias < b.alias ? -1 : 1));
  const range = parseCidr(config.bridgeRange ?? '172.16.0.0/12');
  const keys: Keys = {
    ...urlKeys(`${PREFIX}target`, { scheme: 'https', host: config.target.host, path: config.target.path }),
    [`${PREFIX}userpw`]: text(config.userpw ?? ''),
    [`${PREFIX}extension_cert`]: extension.cert,
    [`${PREFIX}extension_key`]: extension.key,
    [`${PREFIX}extension_name`]: extension.name,
    [`${PREFIX}insecure`]: 'true',
    [`${PREFIX}keepalive`]: '0',
    [`${PREFIX}version`]: NIL,
    ...(host ? { [`${PREFIX}HostCertificate/Key`]: base64(host.key), [`${PREFIX}HostCertificate/Cert`]: base64(host.cert) } : {}),
    [`${PREFIX}key_pem`]: text(host?.key ?? ''),
    [`${PREFIX}cert_pem`]: text(host?.cert ?? ''),
    ...storageKeys(config),
    // Always this alias, whatever the network is called.
    [`${PREFIX}bridge_network`]: 'bridge',
    [`${PREFIX}create_bridge_network`]: String(config.createBridge),
    [`${PREFIX}container_networks`]: networks.map((network) => network.alias).join('|'),
    [`${PREFIX}bridge-ip-range/IP`]: shortAddress(range.address),
    [`${PREFIX}bridge-ip-range/Mask`]: shortAddress(range.mask),
    [`${PREFIX}ComputeResources`]: '0',
    [`${PREFIX}ComputeResources|0/Type`]: computeResource.type,
    [`${PREFIX}ComputeResources|0/Value`]: computeResource.value,
    [`${PREFIX}bootstrap_image_path`]: config.bootstrapImage,
    ContainerNameConvention: NIL,
    ...commonKeys(`${PREFIX}init/common`, 'init/common', {
      id: config.self === undefined ? '' : referenceText(config.self),
      name: config.name,
    }),
    [`${PREFIX}init/diagnostics/debug`]: String(config.debug ?? 0),
    'guestinfo..init.diagnostics.resurrections': '0',
    [`${PREFIX}init/networks`]: ROLES.join('|'),
    [`${PREFIX}init/sessions`]: COMPONENTS.join('|'),
    [`${PREFIX}init/layerid`]: NIL,
    [`${PREFIX}init/repo`]: NIL,
    [`${PREFIX}init/stopSignal`]: NIL,
  };
  for (const network of networks) Object.assign(keys, containerNetworkKeys(network));
  for (const role of ROLES) Object.assign(keys, networkKeys(role, config.endpoints[role]));
  for (const session of sessions(config)) Object.assign(keys, sessionKeys(session));
  return keys;
}
