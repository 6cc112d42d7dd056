// What a user asks of create: plain data, and the reading of each option's text. Pure; every reader gives a value or an
// issue, so that all that is wrong is told at once.
import { isIP } from 'node:net';
import type { DatastorePath } from '../../client/index.ts';
import { datastorePath } from '../../client/index.ts';
import { DEFAULT_NAME } from '../selection.ts';
import type { Issue } from '../issue.ts';
import type { IpRange, Subnet } from './ip.ts';
import { parseIp, parseRange, parseSubnet } from './ip.ts';

export type Shares = 'low' | 'normal' | 'high' | number;

/** What the VCH's pool may use; 0 means "not limited" and "nothing reserved". */
export interface Allocation {
  /** MB or MHz */
  readonly reservation: number;
  readonly limit: number;
  /** 'low', 'normal', 'high' or a number, as given. */
  readonly shares: string;
}

export type Certificates =
  | { readonly mode: 'generate' }
  /** An authority for this VCH alone signs its certificate, for a name or address, and that of its clients. */
  | { readonly mode: 'authority'; readonly host: string }
  | { readonly mode: 'files'; readonly key: string; readonly cert: string }
  | { readonly mode: 'none' };

/** The options of create as they were given; '' stands for "not given". */
export interface CreateOptions {
  readonly datacenter: string;
  readonly compute: string;
  readonly name: string;
  readonly imageStore: string;
  readonly volumeStores: readonly string[];
  readonly bridgeNetwork: string;
  readonly externalNetwork: string;
  readonly clientNetwork: string;
  readonly managementNetwork: string;
  readonly containerNetworks: readonly string[];
  readonly containerNetworkGateways: readonly string[];
  readonly containerNetworkRanges: readonly string[];
  readonly containerNetworkDns: readonly string[];
  readonly bridgeNetworkRange: string;
  readonly memory: Allocation;
  readonly cpu: Allocation;
  readonly applianceIso: string;
  readonly bootstrapIso: string;
  readonly certificates: Certificates;
  /** Continue when the pool cannot be made as asked or an upload fails; never removes what is there. */
  readonly force: boolean;
  /** A resource pool in place of a vApp on vCenter. */
  readonly useRp: boolean;
  /** MB */
  readonly applianceMemory: number;
  readonly applianceCpu: number;
  readonly debug: number;
}

const NOTHING: Allocation = { reservation: 0, limit: 0, shares: '' };

/** The options with the defaults of the command for those left out. */
export const withDefaults = (options: Partial<CreateOptions>): CreateOptions => ({
  datacenter: '', compute: '', name: DEFAULT_NAME, imageStore: '', volumeStores: [],
  bridgeNetwork: '', externalNetwork: '', clientNetwork: '', managementNetwork: '',
  containerNetworks: [], containerNetworkGateways: [], containerNetworkRanges: [], containerNetworkDns: [], bridgeNetworkRange: '',
  memory: NOTHING, cpu: NOTHING, applianceIso: 'appliance.iso', bootstrapIso: 'bootstrap.iso', certificates: { mode: 'generate' },
  force: false, useRp: false, applianceMemory: 2048, applianceCpu: 1, debug: 0, ...options,
});

/** Longest name of a VCH: its vSphere objects carry it with additions. */
export const LONGEST_NAME = 31;

/** A container network as the user describes it, by the name of the vSphere network. */
export interface ContainerNetworkOption {
  readonly network: string;
  readonly alias: string;
  readonly gateway: Subnet | undefined;
  readonly ranges: readonly IpRange[];
  readonly dns: readonly Uint8Array[];
}

export interface VolumeStoreOption {
  readonly label: string;
  readonly path: DatastorePath;
}

/** Collects what is wrong while the options are read. */
export class Issues {
  readonly all: Issue[] = [];

  /** Notes an issue; for use in expressions, it gives undefined. */
  add(what: string, rest: Omit<Issue, 'what'> = {}): undefined {
    this.all.push({ what, ...rest });
    return undefined;
  }
}

/** The name of the VCH. It becomes the name of files, networks and VMs. */
export function readName(name: string, issues: Issues): void {
  if (name === '') issues.add('the name of the virtual container host is empty', { flag: '--name', example: '--name vch1' });
  else if (name.length > LONGEST_NAME) issues.add(`the name "${name}" has ${name.length} characters, at most ${LONGEST_NAME} are possible`, { flag: '--name', example: `--name ${name.slice(0, LONGEST_NAME)}` });
  if (name === '.' || name === '..' || name !== name.trim() || /[\x00-\x1f\x7f/\\%[\]:*?"<>|]/.test(name)) issues.add(`the name "${name}" has characters that files and networks cannot have: use letters, digits, "-", "_", "." and blanks inside`, { flag: '--name', example: '--name vch1' });
}

/** The name or address that a certificate is for. */
export function readCertificates({ certificates }: CreateOptions, issues: Issues): void {
  if (certificates.mode !== 'authority') return;
  if (/^[\w*](?:[\w.-]*\w)?$/.test(certificates.host) || isIP(certificates.host) !== 0) return;
  issues.add(`--tls-cname "${certificates.host}" is neither a host name nor an IP address`, { flag: '--tls-cname', example: '--tls-cname vch1.example.com' });
}

const NAME_CHARACTERS = /^[\w().\- ]+$/;
const PATH_CHARACTERS = /^[\w/.\- ]*$/;

/** 'ds', 'ds/path', 'ds://ds/path'. */
export function readDatastore(text: string, flag: string, issues: Issues): DatastorePath | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  const example = `${flag} datastore1/path`;
  if (scheme && scheme[1]!.toLowerCase() !== 'ds') return issues.add(`${flag} "${text}" has the scheme "${scheme[1]!}": only ds:// (or none) is possible`, { flag, example });
  const rest = text.slice(scheme?.[0].length ?? 0);
  const slash = rest.indexOf('/');
  const [datastore, path] = slash < 0 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash + 1)];
  if (datastore === '') return issues.add(`${flag} "${text}" names no datastore`, { flag, example });
  if (!NAME_CHARACTERS.test(datastore)) return issues.add(`${flag} "${text}" has characters in the datastore's name that are not possible there`, { flag, example });
  if (!PATH_CHARACTERS.test(path)) return issues.add(`${flag} "${text}" has characters in its path that are not possible: use letters, digits, "/", "-", "_" and "."`, { flag, example });
  if (path.split('/').includes('..')) return issues.add(`${flag} "${text}" leads out of its directory`, { flag, example });
  return datastorePath(datastore, path);
}

/** 'ds/path:label', any number of them; a label may be given once. */
export function readVolumeStores(texts: readonly string[], issues: Issues): VolumeStoreOption[] {
  const flag = '--volume-store';
  const example = `${flag} datastore1/volumes:default`;
  const found = new Map<string, VolumeStoreOption>();
  for (const text of texts) {
    const colon = text.replace(/^ds:\/\//i, '     ').indexOf(':');
    const label = colon < 0 ? '' : text.slice(colon + 1).trim();
    if (label === '') {
      issues.add(`${flag} "${text}" has no label: it is datastore/path:label`, { flag, example });
      continue;
    }
    if (/[|:/]/.test(label)) {
      issues.add(`${flag} "${text}" has the label "${label}": it cannot have "|", ":" or "/"`, { flag, example });
      continue;
    }
    const path = readDatastore(text.slice(0, colon), flag, issues);
    if (!path) continue;
    if (found.has(label)) issues.add(`the volume store label "${label}" is given twice`, { flag, example });
    else found.set(label, { label, path });
  }
  return [...found.values()];
}

/** 'low', 'normal', 'high' in any case, or a number. */
export function readShares(text: string, flag: string, issues: Issues): Shares {
  const word = text.trim().toLowerCase();
  if (word === '' || word === 'normal') return 'normal';
  if (word === 'low' || word === 'high') return word;
  if (/^\d{1,9}$/.test(word)) return Number(word);
  issues.add(`${flag} "${text}" is not understood`, { flag, valid: ['high', 'low', 'normal', 'a number'] });
  return 'normal';
}

/** Container networks with all that is said of each, keyed by the network's name. */
export function readContainerNetworks(options: CreateOptions, issues: Issues): ContainerNetworkOption[] {
  const aliases = readAliases(options.containerNetworks, issues);
  const known = new Set(aliases.map(({ network }) => network));
  const keyed = <T>(texts: readonly string[], flag: string, example: string, read: (value: string) => T | undefined): Map<string, T[]> => {
    const table = new Map<string, T[]>();
    for (const text of texts) {
      // The network's name may have a colon of its own when it was given so; the value never begins with one.
      const network = [...known].find((name) => text.startsWith(`${name}:`)) ?? text.slice(0, Math.max(0, text.indexOf(':')));
      const value = network === '' ? undefined : read(text.slice(network.length + 1));
      if (network === '' || value === undefined) issues.add(`${flag} "${text}" is not understood`, { flag, example: `${flag} ${example}` });
      else if (!known.has(network)) issues.add(`${flag} "${text}" is about the network "${network}", which is not given as a container network`, { flag: '--container-network', valid: [...known].sort() });
      else table.set(network, [...(table.get(network) ?? []), value]);
    }
    return table;
  };
  const gateways = keyed(options.containerNetworkGateways, '--container-network-gateway', 'net:10.10.10.1/24', parseSubnet);
  const ranges = keyed(options.containerNetworkRanges, '--container-network-ip-range', 'net:10.10.10.100-120', parseRange);
  const dns = keyed(options.containerNetworkDns, '--container-network-dns', 'net:10.10.10.2', parseIp);
  for (const [network, several] of gateways) if (several.length > 1) issues.add(`the container network "${network}" has ${several.length} gateways: give one`, { flag: '--container-network-gateway', example: `--container-network-gateway ${network}:10.10.10.1/24` });
  return aliases.map(({ network, alias }) => ({ network, alias, gateway: gateways.get(network)?.[0], ranges: ranges.get(network) ?? [], dns: dns.get(network) ?? [] }));
}

function readAliases(texts: readonly string[], issues: Issues): { readonly network: string; readonly alias: string }[] {
  const flag = '--container-network';
  const advice = { flag, example: `${flag} vsphere-net:alias` };
  const found: { readonly network: string; readonly alias: string }[] = [];
  for (const text of texts) {
    const [network = '', alias = network, ...more] = text.split(':');
    if (network === '' || alias === '' || more.length > 0) issues.add(`${flag} "${text}" is not understood: it is network or network:alias`, advice);
    else if (alias === 'bridge') issues.add(`${flag} "${text}" takes the name "bridge", which the bridge network has`, advice);
    else if (alias.includes('|')) issues.add(`${flag} "${text}" has the alias "${alias}": it cannot have "|"`, advice);
    else if (found.some((other) => other.alias === alias)) issues.add(`the container network alias "${alias}" is given twice`, advice);
    else if (found.some((other) => other.network === network)) issues.add(`the container network "${network}" is given twice`, advice);
    else found.push({ network, alias });
  }
  return found;
}
