// The words of a virtual container host's configuration: flat text keys and values, as virtual machines carry them
// in extraConfig. Only the encoding; which keys there are is vch-keys.ts and container-keys.ts.
import type { ManagedObjectReference, OptionValue } from '../../core/vim25/index.ts';

/** Keys and values in order of writing. */
export type Keys = Record<string, string>;

/** How an empty text is stored: vSphere deletes a key that is set to the empty text. */
export const NIL = '<nil>';

/** A text value. */
export const text = (value: string): string => (value === '' ? NIL : value);

/** Base64 of bytes or of the UTF-8 form of a text. */
export const base64 = (value: string | Uint8Array): string => Buffer.from(value as Uint8Array).toString('base64');

const octets = (address: string): number[] => {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    throw new TypeError(`not an IPv4 address: "${address}"`);
  }
  return parts;
};

/** An address as 4 bytes: what DHCP and networks in CIDR notation give. */
export const shortAddress = (address: string): string => base64(Uint8Array.from(octets(address)));

/** An address as 16 bytes (mapped into IPv6): what a parsed single address gives. */
export const longAddress = (address: string): string =>
  base64(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...octets(address)]));

/** The text form of an address of 4 or 16 bytes; undefined for anything else. */
export function readAddress(value: string | undefined): string | undefined {
  const bytes = value === undefined ? undefined : Buffer.from(value, 'base64');
  if (bytes === undefined || (bytes.length !== 4 && bytes.length !== 16)) return undefined;
  return [...bytes.subarray(-4)].join('.');
}

/** The netmask of a prefix length, as text: 22 → 255.255.252.0. */
export function netmask(prefix: number): string {
  const bits = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

/** The prefix length of a netmask, as text: 255.255.252.0 → 22. */
export const prefixOf = (mask: string): number => octets(mask).reduce((bits, octet) => bits + octet.toString(2).replaceAll('0', '').length, 0);

/** Splits '172.16.0.0/12' into address and netmask. */
export function parseCidr(cidr: string): { address: string; mask: string; prefix: number } {
  const [address = '', length = ''] = cidr.split('/');
  octets(address);
  const prefix = Number(length);
  if (length === '' || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) throw new TypeError(`not a network: "${cidr}"`);
  return { address, mask: netmask(prefix), prefix };
}

/** A name inside an all-slash key, where dots become slashes: 'vlan.10' → 'vlan/10'. */
export const slashed = (name: string): string => name.replaceAll('.', '/');

/** A name inside an all-dot key, where slashes become dots. */
export const dotted = (name: string): string => name.replaceAll('/', '.');

/** The parts of a URL below `prefix`. */
export function urlKeys(prefix: string, url: { scheme: string; host: string; path: string }): Keys {
  return {
    [`${prefix}/Scheme`]: text(url.scheme),
    [`${prefix}/Opaque`]: NIL,
    [`${prefix}/Host`]: text(url.host),
    [`${prefix}/Path`]: text(url.path),
    [`${prefix}/RawPath`]: NIL,
    [`${prefix}/OmitHost`]: 'false',
    [`${prefix}/ForceQuery`]: 'false',
    [`${prefix}/RawQuery`]: NIL,
    [`${prefix}/Fragment`]: NIL,
    [`${prefix}/RawFragment`]: NIL,
  };
}

/** Identity of a thing: `prefix` is its visible key, `hidden` the key that the guest does not see. */
export function commonKeys(prefix: string, hidden: string, common: { id: string; name: string; created?: number }): Keys {
  return {
    [`${prefix}/ExecutionEnvironment`]: NIL,
    [`${prefix}/id`]: text(common.id),
    [`${prefix}/name`]: text(common.name),
    [`${prefix}/created`]: String(common.created ?? 0),
    [`${hidden}/notes`]: NIL,
  };
}

/** A list of texts: the key holds the last index, the key with a tilde the joined items. Nothing for an empty list. */
export const listKeys = (key: string, items: readonly string[]): Keys =>
  items.length === 0 ? {} : { [key]: String(items.length - 1), [`${key}~`]: items.join('|') };

/** 'Type:value', how references stand in keys. */
export const referenceText = (ref: ManagedObjectReference): string => `${ref.type}:${ref.value}`;

/** The keys as extraConfig options. */
export const toOptions = (keys: Keys): OptionValue[] =>
  Object.entries(keys).map(([key, value]) => ({ _type: 'OptionValue', key, value }));

/** extraConfig options as keys. */
export const fromOptions = (options: readonly OptionValue[] | undefined): Keys =>
  Object.fromEntries((options ?? []).map((option) => [option.key, String(option.value)]));
