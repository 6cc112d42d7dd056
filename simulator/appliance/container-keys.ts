// The configuration of a container's virtual machine, as VIC 0.5 writes it into extraConfig.
import { createHash } from 'node:crypto';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { commonKeys, dotted, listKeys, longAddress, NIL, parseCidr, referenceText, shortAddress, slashed, text, urlKeys, type Keys } from './keys.ts';

export interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly mode?: 'rw' | 'ro';
}

/** A container's place on a network. */
export interface ContainerEndpoint {
  /** Of the network, as Docker knows it: 'bridge', or the alias of a container network. */
  readonly name: string;
  readonly network: ManagedObjectReference;
  /** PCI slot of the card. */
  readonly slot: number;
  /** True for the network of the default route. */
  readonly default: boolean;
  /** What it was told when it was bound; absent before. */
  readonly lease?: ContainerLease;
  /** '80/tcp', or '8080:80/tcp' for one that the appliance passes on. */
  readonly ports?: readonly string[];
  /** 'container:alias' for links, ':alias' for names of its own. */
  readonly aliases?: readonly string[];
}

export interface ContainerLease {
  readonly address: string;
  /** '172.16.0.1/16' */
  readonly gateway: string;
  readonly dns: readonly string[];
  /** Given by DHCP, not by the port layer. */
  readonly dynamic?: boolean;
}

export interface ContainerConfig {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly layer: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly directory?: string;
  readonly tty?: boolean;
  readonly stopSignal?: string;
  readonly networks: readonly ContainerEndpoint[];
  readonly mounts: readonly Mount[];
  /** Random bytes as base64 that the attach key stands for. */
  readonly key: string;
  /** Started at least once: 'true' stands in its session from then on. */
  readonly started: boolean;
}

/** The file system label of a volume's disk. */
export const volumeLabel = (name: string): string => createHash('md5').update(name).digest('hex').slice(0, 16);

/** What a container is told on a network when it is bound to it. */
export function leaseKeys(name: string, lease: ContainerLease): Keys {
  const fixed = `guestinfo./networks|${slashed(name)}/staticip`;
  const runtime = `guestinfo..networks|${dotted(name)}`;
  const { address: gateway, mask } = parseCidr(lease.gateway);
  return {
    ...(lease.dynamic ? {} : { [`${fixed}/IP`]: longAddress(lease.address), [`${fixed}/Mask`]: shortAddress(mask) }),
    [`${runtime}.ip.IP`]: longAddress(lease.address),
    [`${runtime}.ip.Mask`]: shortAddress(mask),
    [`${runtime}.network.gateway.IP`]: longAddress(gateway),
    [`${runtime}.network.gateway.Mask`]: shortAddress(mask),
    ...(lease.dns.length === 0 ? {} : { [`${runtime}.network.dns`]: String(lease.dns.length - 1) }),
    ...Object.fromEntries(lease.dns.map((address, i) => [`${runtime}.network.dns|${i}`, longAddress(address)])),
  };
}

/** A container's place on a network. */
export function endpointKeys(endpoint: ContainerEndpoint): Keys {
  const name = slashed(endpoint.name);
  const key = `guestinfo./networks|${name}`;
  return {
    ...commonKeys(`${key}/Common`, `networks|${name}/Common`, { id: String(endpoint.slot), name: endpoint.name }),
    ...commonKeys(`${key}/network/Common`, `networks|${name}/network/Common`, { id: referenceText(endpoint.network), name: endpoint.name }),
    [`${key}/network/default`]: String(endpoint.default),
    ...listKeys(`${key}/ports`, endpoint.ports ?? []),
    ...listKeys(`networks|${name}/network/aliases`, endpoint.aliases ?? []),
    ...(endpoint.lease ? leaseKeys(endpoint.name, endpoint.lease) : {}),
  };
}

function mountKeys(mounts: readonly Mount[]): Keys {
  if (mounts.length === 0) return {};
  const sorted = [...mounts].sort((a, b) => (a.volume < b.volume ? -1 : 1));
  const keys: Keys = { 'guestinfo./mounts': sorted.map((mount) => mount.volume).join('|') };
  for (const mount of sorted) {
    const key = `guestinfo./mounts|${slashed(mount.volume)}`;
    Object.assign(keys, urlKeys(`${key}/source`, { scheme: 'label', host: volumeLabel(mount.volume), path: '' }), {
      [`${key}/dest`]: mount.path,
      [`${key}/mode`]: mount.mode ?? 'rw',
    });
  }
  return keys;
}

/** All keys of a container's virtual machine. */
export function containerKeys(config: ContainerConfig): Keys {
  const { id, name, created } = config;
  const session = `guestinfo./sessions|${id}`;
  const runtime = `guestinfo..sessions|${id}`;
  return {
    ...commonKeys('guestinfo./common', 'common', { id, name, created }),
    'guestinfo./diagnostics/debug': '0',
    'guestinfo..diagnostics.resurrections': '0',
    'guestinfo./sessions': id,
    ...commonKeys(`${session}/common`, `sessions|${id}/common`, { id, name }),
    [`${session}/cmd/Path`]: text(config.command[0] ?? ''),
    ...listKeys(`${session}/cmd/Args`, config.command),
    ...listKeys(`${session}/cmd/Env`, config.env),
    [`${session}/cmd/Dir`]: config.directory ?? '/',
    [`${session}/attach`]: 'true',
    [`${session}/tty`]: String(config.tty ?? false),
    [`${session}/restart`]: 'false',
    [`${session}/diagnostics/debug`]: '0',
    [`${session}/User`]: NIL,
    [`${session}/Group`]: NIL,
    [`${runtime}.status`]: '0',
    [`${runtime}.started`]: config.started ? 'true' : NIL,
    [`${runtime}.diagnostics.resurrections`]: '0',
    ...mountKeys(config.mounts),
    ...(config.networks.length === 0 ? {} : { 'guestinfo./networks': config.networks.map((endpoint) => endpoint.name).sort().join('|') }),
    ...Object.assign({}, ...config.networks.map(endpointKeys)) as Keys,
    'guestinfo./key': config.key,
    'guestinfo./layerid': config.layer,
    'guestinfo./repo': config.image,
    'guestinfo./stopSignal': text(config.stopSignal ?? ''),
  };
}
