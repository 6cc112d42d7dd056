// What an appliance's configuration says about its VCH: where its things are, and which networks containers may be on.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import { findDatastore, locate } from '../../objects/datastore/files.ts';
import { datacenterOf } from '../../objects/entity.ts';
import type { Transaction } from '../../store/transaction.ts';
import { isReporting } from '../guest.ts';
import type { Place } from '../images.ts';
import { fromOptions, NIL, prefixOf, readAddress, type Keys } from '../keys.ts';
import { COMPONENTS, ROLES, type AddressRange, type Certificate, type Component, type Role } from '../vch-keys.ts';

/** A network that containers may be on. */
export interface KnownNetwork {
  readonly alias: string;
  readonly network: ManagedObjectReference;
  /** '10.10.10.1/24' */
  readonly gateway?: string;
  readonly dns: readonly string[];
  readonly ranges: readonly AddressRange[];
}

export interface VolumeStore extends Place {
  readonly label: string;
}

export interface Vch {
  readonly appliance: ManagedObjectReference;
  readonly name: string;
  /** BIOS uuid of the appliance. */
  readonly uuid: string;
  readonly on: boolean;
  readonly bootTime: Date | undefined;
  /** Pool or vApp of its machines. */
  readonly pool: ManagedObjectReference;
  /** VM folder of its datacenter. */
  readonly folder: ManagedObjectReference;
  readonly datacenter: ManagedObjectReference;
  readonly user: string;
  readonly imageStore: Place;
  readonly volumeStores: readonly VolumeStore[];
  /** Those given to create; the bridge is not one of them. */
  readonly networks: readonly KnownNetwork[];
  readonly bridge: ManagedObjectReference;
  readonly bridgeRange: { readonly address: string; readonly mask: string };
  readonly bootstrapImage: string;
  readonly addresses: Readonly<Partial<Record<Role, string>>>;
  /** Absent: clients connect without TLS. */
  readonly certificate: Certificate | undefined;
  /** Signs the certificates that clients must have; any client may connect without it. */
  readonly authority: string | undefined;
  /** Components that run. */
  readonly running: ReadonlySet<Component>;
}

const listOf = (value: string | undefined): string[] => (value === undefined || value === NIL || value === '' ? [] : value.split('|'));

/** 'Type:value' */
function referenceOf(value: string | undefined): ManagedObjectReference | undefined {
  const [type, id] = (value ?? '').split(/:(.*)/s);
  return type && id ? { type, value: id } : undefined;
}

const address = (keys: Keys, key: string): string | undefined => {
  const found = readAddress(keys[key]);
  return found === '0.0.0.0' ? undefined : found;
};

const pem = (value: string | undefined): string => (value === undefined || value === NIL ? '' : Buffer.from(value, 'base64').toString('utf8'));

function networkOf(keys: Keys, alias: string): KnownNetwork | undefined {
  const key = `guestinfo./container_networks|${alias.replaceAll('.', '/')}`;
  const runtime = `guestinfo..container_networks|${alias.replaceAll('/', '.')}`;
  const network = referenceOf(keys[`${key}/Common/id`]);
  if (!network) return undefined;
  const gateway = address(keys, `${runtime}.gateway.IP`);
  const mask = readAddress(keys[`${runtime}.gateway.Mask`]);
  const count = (value: string | undefined) => (value === undefined ? 0 : Number(value) + 1);
  const many = <T>(n: number, one: (i: number) => T | undefined): T[] => Array.from({ length: n }, (_, i) => one(i)).filter((item) => item !== undefined);
  return {
    alias, network,
    ...(gateway === undefined || mask === undefined ? {} : { gateway: `${gateway}/${prefixOf(mask)}` }),
    dns: many(count(keys[`${runtime}.dns`]), (i) => address(keys, `${runtime}.dns|${i}`)),
    ranges: many(count(keys[`${key}/pools`]), (i) => {
      const first = readAddress(keys[`${key}/pools|${i}/first`]);
      const last = readAddress(keys[`${key}/pools|${i}/last`]);
      return first === undefined || last === undefined ? undefined : { first, last };
    }),
  };
}

/** Reads a VCH from its appliance; undefined when its configuration leads to nothing. */
export function readVch(tx: Transaction, appliance: ManagedObjectReference): Vch | undefined {
  const { name = '', config, runtime } = tx.props<'VirtualMachine'>(appliance);
  const keys = fromOptions(config?.extraConfig);
  const computes = listOf(keys['guestinfo./ComputeResources']).length === 0 ? 0 : Number(keys['guestinfo./ComputeResources']);
  const pool = { type: keys[`guestinfo./ComputeResources|${computes}/Type`] ?? '', value: keys[`guestinfo./ComputeResources|${computes}/Value`] ?? '' };
  const datacenter = tx.has(pool) ? datacenterOf(tx, pool) : undefined;
  const bridge = networkOf(keys, keys['guestinfo./bridge_network'] ?? 'bridge');
  const mask = readAddress(keys['guestinfo./bridge-ip-range/Mask']);
  const images = datacenter && findDatastore(tx, keys['guestinfo./image_stores|0/Host'] ?? '', { datacenter });
  if (!datacenter || !bridge || !images || mask === undefined || !tx.has(bridge.network)) return undefined;
  const plain = (key: string): string => (keys[key] === NIL ? '' : keys[key] ?? '');
  const certificate = { cert: pem(keys['guestinfo./HostCertificate/Cert']), key: pem(keys['guestinfo./HostCertificate/Key']) };
  const on = runtime?.powerState === 'poweredOn';
  return {
    appliance, name, uuid: config?.uuid ?? '', on, bootTime: runtime?.bootTime, pool, datacenter,
    folder: tx.get(datacenter, 'vmFolder') as ManagedObjectReference,
    user: plain('guestinfo./userpw').replace(/:.*/s, '') || plain('guestinfo./extension_name') || name,
    imageStore: { datastore: images, path: plain('guestinfo./image_stores|0/Path').replace(/^\//, '') },
    volumeStores: listOf(keys['guestinfo./VolumeLocations']).flatMap((label) => volumeStoreOf(tx, keys, label, datacenter)),
    networks: listOf(keys['guestinfo./container_networks']).filter((alias) => alias !== 'bridge').flatMap((alias) => {
      const known = networkOf(keys, alias);
      return known && tx.has(known.network) ? [known] : [];
    }),
    bridge: bridge.network,
    bridgeRange: { address: readAddress(keys['guestinfo./bridge-ip-range/IP']) ?? '172.16.0.0', mask },
    bootstrapImage: keys['guestinfo./bootstrap_image_path'] ?? '',
    addresses: Object.fromEntries(ROLES.flatMap((role) => {
      const found = address(keys, `guestinfo..init.networks|${role}.ip.IP`);
      return found === undefined ? [] : [[role, found]];
    })),
    certificate: certificate.cert !== '' && certificate.key !== '' ? certificate : undefined,
    authority: pem(keys['guestinfo./CertificateAuthorities']) || undefined,
    // What an earlier run wrote stays in the keys until the networks of this one are up.
    running: new Set(on && isReporting(tx.props(appliance)) ? COMPONENTS.filter((component) => keys[`guestinfo..init.sessions|${component}.started`] === 'true') : []),
  };
}

function volumeStoreOf(tx: Transaction, keys: Keys, label: string, datacenter: ManagedObjectReference): VolumeStore[] {
  const path = keys[`guestinfo./VolumeLocations|${label.replaceAll('.', '/')}/Path`];
  if (path === undefined || !path.startsWith('[')) return [];
  return [{ label, ...locate(tx, path, { datacenter }) }];
}
