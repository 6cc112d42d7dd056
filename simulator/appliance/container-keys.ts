// The configuration of a container's virtual machine, as VIC 0.5 writes it into extraConfig.
import { createHash } from 'node:crypto';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { commonKeys, listKeys, longAddress, NIL, parseCidr, referenceText, shortAddress, slashed, text, urlKeys, type Keys } from './keys.ts';

export interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly mode?: 'rw' | 'ro';
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
  readonly bridge: { readonly network: ManagedObjectReference; readonly slot: number; readonly gateway: string; readonly address: string };
  readonly mounts: readonly Mount[];
  /** Random bytes as base64 that the attach key stands for. */
  readonly key: string;
  /** Started at least once: 'true' stands in its session from then on. */
  readonly started: boolean;
}

/** The file system label of a volume's disk. */
export const volumeLabel = (name: string): string => createHash('md5').update(name).digest('hex').slice(0, 16);

function bridgeKeys(bridge: ContainerConfig['bridge']): Keys {
  const key = 'guestinfo./networks|bridge';
  const runtime = 'guestinfo..networks|bridge';
  const { address: gateway, mask } = parseCidr(bridge.gateway);
  return {
    ...commonKeys(`${key}/Common`, 'networks|bridge/Common', { id: String(bridge.slot), name: 'bridge' }),
    ...commonKeys(`${key}/network/Common`, 'networks|bridge/network/Common', { id: referenceText(bridge.network), name: 'bridge' }),
    [`${key}/network/default`]: 'true',
    [`${key}/staticip/IP`]: longAddress(bridge.address),
    [`${key}/staticip/Mask`]: shortAddress(mask),
    [`${runtime}.ip.IP`]: longAddress(bridge.address),
    [`${runtime}.ip.Mask`]: shortAddress(mask),
    [`${runtime}.network.gateway.IP`]: longAddress(gateway),
    [`${runtime}.network.gateway.Mask`]: shortAddress(mask),
    [`${runtime}.network.dns`]: '0',
    [`${runtime}.network.dns|0`]: longAddress(gateway),
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
    [`${session}/cmd/Dir`]: '/',
    [`${session}/attach`]: 'true',
    [`${session}/tty`]: 'false',
    [`${session}/restart`]: 'false',
    [`${session}/diagnostics/debug`]: '0',
    [`${session}/User`]: NIL,
    [`${session}/Group`]: NIL,
    [`${runtime}.status`]: '0',
    [`${runtime}.started`]: config.started ? 'true' : NIL,
    [`${runtime}.diagnostics.resurrections`]: '0',
    ...mountKeys(config.mounts),
    'guestinfo./networks': 'bridge',
    ...bridgeKeys(config.bridge),
    'guestinfo./key': config.key,
    'guestinfo./layerid': config.layer,
    'guestinfo./repo': config.image,
    'guestinfo./stopSignal': NIL,
  };
}
