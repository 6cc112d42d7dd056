// Fills in what a lab leaves open about one VCH, and finds what cannot be.
import type { AddressRange } from '../appliance/vch-keys.ts';
import { slashed } from '../appliance/keys.ts';
import type { LabContainer, LabVch } from './lab.ts';
import type { Names } from './names.ts';
import type { ContainerPlan, PlacePlan, VchPlan } from './plan.ts';

/** What a VCH may refer to where it stands. */
export interface Site {
  readonly product: 'vcenter' | 'esxi';
  readonly datastores: readonly string[];
  /** Standard networks. */
  readonly networks: readonly string[];
  readonly portgroups: readonly string[];
  readonly names: Names;
  /** Addresses given so far in the whole lab. */
  readonly addresses: Set<string>;
  /** A free address of a network. */
  address(network: string): string;
  /** Adds a port group for a bridge that nobody named (vCenter). */
  addBridge(name: string): void;
  report(path: string, message: string): void;
}

const quote = (names: readonly string[]): string => (names.length === 0 ? '(there are none)' : names.join(', '));

function place(site: Site, value: string, path: string): PlacePlan {
  const [datastore = '', ...rest] = value.split('/');
  if (!site.datastores.includes(datastore)) {
    site.report(path, `datastore "${datastore}" is not one of ${quote(site.datastores)}`);
  }
  return { datastore, path: rest.join('/') };
}

/** '10.0.0.0/24', '10.0.0.1-20' or '10.0.0.1-10.0.0.20' as its first and last address. */
function parseRange(text: string): AddressRange {
  const number = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const address = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
  const [first = '', length] = text.split('/');
  if (length !== undefined) {
    const size = 2 ** (32 - Number(length));
    const start = Math.floor(number(first) / size) * size;
    return { first: address(start), last: address(start + size - 1), short: true };
  }
  const [low = '', high = ''] = text.split('-');
  return { first: low, last: high.includes('.') ? high : `${low.slice(0, low.lastIndexOf('.'))}.${high}` };
}

function planNetworks(site: Site, vch: LabVch, name: string, path: string): Pick<VchPlan, 'networks' | 'createBridge' | 'containerNetworks'> {
  const given = vch.networks ?? {};
  const all = [...site.networks, ...site.portgroups];
  const external = given.external ?? site.networks[0] ?? '';
  const client = given.client ?? external;
  // The original's bridge has the name of the VCH unless told otherwise, and on vCenter somebody made it before.
  if (given.bridge === undefined && site.product === 'vcenter' && !site.portgroups.includes(name)) site.addBridge(name);
  const networks = { external, client, management: given.management ?? client, bridge: given.bridge ?? name };
  for (const role of ['external', 'client', 'management'] as const) {
    const at = given[role] === undefined ? path : `${path}.networks.${role}`;
    if (!all.includes(networks[role])) site.report(at, `network "${networks[role]}" is not one of ${quote(all)}`);
    if (networks[role] === networks.bridge) site.report(at, `the bridge network "${networks.bridge}" cannot be the ${role} network too`);
  }
  if (site.product === 'vcenter' && !site.portgroups.includes(networks.bridge)) {
    site.report(given.bridge === undefined ? path : `${path}.networks.bridge`,
      `bridge network "${networks.bridge}" is not a distributed port group: one of ${quote(site.portgroups)}`);
  }
  const containerNetworks = (given.containers ?? []).map((network, i) => {
    const at = `${path}.networks.containers[${i}]`;
    const possible = site.product === 'vcenter' ? site.portgroups : all;
    if (!possible.includes(network.network)) site.report(`${at}.network`, `network "${network.network}" is not one of ${quote(possible)}`);
    const alias = network.alias ?? network.network;
    if (slashed(alias) === 'bridge') site.report(`${at}.alias`, 'the alias "bridge" is reserved');
    if ((network.ranges ?? []).length > 0 && network.gateway === undefined) site.report(at, '"ranges" need a "gateway"');
    return { ...network, alias, ranges: (network.ranges ?? []).map(parseRange) };
  });
  const createBridge = site.product === 'esxi' && !all.includes(networks.bridge);
  return { networks, createBridge, containerNetworks };
}

function planContainers(site: Site, vch: LabVch, images: readonly string[], volumes: readonly string[], path: string): ContainerPlan[] {
  const list: readonly LabContainer[] =
    typeof vch.containers === 'number' ? Array.from({ length: vch.containers }, () => ({})) : vch.containers ?? [];
  return list.map((container, i) => {
    const at = `${path}.containers[${i}]`;
    const image = container.image ?? images[0];
    if (image === undefined) site.report(at, 'the VCH has no image to run: give "images" or the container\'s "image"');
    else if (!images.includes(image)) site.report(`${at}.image`, `"${image}" is not one of the VCH's images ${quote(images)}`);
    const mounts = (container.volumes ?? []).map((mount, j) => {
      const colon = mount.indexOf(':');
      const volume = mount.slice(0, colon);
      if (!volumes.includes(volume)) site.report(`${at}.volumes[${j}]`, `volume "${volume}" is not one of ${quote(volumes)}`);
      return { volume, path: mount.slice(colon + 1) };
    });
    if (new Set(mounts.map((mount) => mount.volume)).size < mounts.length) site.report(`${at}.volumes`, 'a volume can be mounted once only');
    return {
      name: container.name ?? site.names.container(),
      image: image ?? '',
      state: container.state ?? 'on',
      command: container.command ?? ['/bin/sh', '-c', 'while true; do sleep 60; done'],
      mounts,
    };
  });
}

/** The VCH with everything decided. Problems go to `site.report`. */
export function planVch(site: Site, vch: LabVch, path: string): VchPlan {
  const name = vch.name ?? site.names.vch();
  const pool = vch.pool ?? (site.product === 'vcenter' ? 'vapp' : 'pool');
  if (pool === 'vapp' && site.product === 'esxi') site.report(`${path}.pool`, 'an ESXi host has no vApps: "pool" is the only value');
  if (site.datastores.length === 0) site.report(path, 'there is no datastore for its images');
  const imagePlace = place(site, vch.imageStore ?? site.datastores[0] ?? '', vch.imageStore === undefined ? path : `${path}.imageStore`);
  const volumeStores = (vch.volumeStores ?? []).map((store, i) => ({
    ...place(site, store.path, `${path}.volumeStores[${i}].path`),
    label: store.label,
    volumes: store.volumes ?? [],
  }));
  volumeStores.forEach(({ label }, i) => {
    if (volumeStores.findIndex((other) => other.label === label) < i) site.report(`${path}.volumeStores[${i}].label`, `"${label}" is there already`);
  });
  const volumes = volumeStores.flatMap((store) => store.volumes);
  const used = Array.isArray(vch.containers) ? vch.containers.flatMap(({ image }) => (image === undefined ? [] : [image])) : [];
  const images = vch.images ?? (used.length > 0 ? [...new Set(used)] : vch.containers ? ['busybox'] : []);
  if (vch.address !== undefined) {
    if (site.addresses.has(vch.address)) site.report(`${path}.address`, `${vch.address} belongs to another VCH already`);
    site.addresses.add(vch.address);
  }
  const planned = planNetworks(site, vch, name, path);
  return {
    name,
    pool,
    state: vch.state ?? 'on',
    tls: vch.tls ?? true,
    address: vch.address ?? site.address(planned.networks.client),
    debug: vch.debug ?? 0,
    imageStore: { ...imagePlace, path: imagePlace.path === '' ? `${name}/images` : imagePlace.path },
    volumeStores,
    bridgeRange: vch.bridgeRange ?? '172.16.0.0/12',
    images,
    containers: planContainers(site, vch, images, volumes, path),
    ...planned,
  };
}
