// IPv4 arithmetic of create's options: subnets, ranges and what fits into what. Pure.

/** An address of a subnet, and how many leading bits name the subnet. */
export interface Subnet {
  /** 4 bytes, as given: '10.10.10.1/24' keeps its last 1. */
  readonly ip: Uint8Array;
  readonly bits: number;
}

/** First and last address, both included. */
export interface IpRange {
  readonly first: number;
  readonly last: number;
  /** How it was given. */
  readonly text: string;
}

const OCTET = /^(?:0|[1-9]\d{0,2})$/;

/** The 4 bytes of a dotted address other than 0.0.0.0; undefined for anything else. */
export function parseIp(text: string): Uint8Array | undefined {
  const parts = text.trim().split('.');
  if (parts.length !== 4 || !parts.every((part) => OCTET.test(part) && Number(part) < 256)) return undefined;
  const bytes = Uint8Array.from(parts, Number);
  return bytes.every((byte) => byte === 0) ? undefined : bytes;
}

/** Address and prefix length; undefined when it is not a.b.c.d/n. */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(text.trim());
  const ip = match ? parseIp(match[1]!) : undefined;
  const bits = Number(match?.[2]);
  return ip && bits <= 32 ? { ip, bits } : undefined;
}

/** 'a.b.c.d/n' (all of it), 'a.b.c.d-e', 'a.b.c.d-e.f.g.h'; undefined for anything else and for a range that runs backwards. */
export function parseRange(text: string): IpRange | undefined {
  const trimmed = text.trim();
  if (trimmed.includes('/')) {
    const subnet = parseSubnet(trimmed);
    return subnet && { first: networkOf(subnet), last: broadcastOf(subnet), text: trimmed };
  }
  const [from = '', to = '', ...more] = trimmed.split('-');
  const start = parseIp(from);
  if (!start || more.length > 0) return undefined;
  const first = toNumber(start);
  if (OCTET.test(to)) {
    const end = Number(to);
    return end < 256 && end > start[3]! ? { first, last: first - start[3]! + end, text: trimmed } : undefined;
  }
  const end = parseIp(to);
  return end && toNumber(end) >= first ? { first, last: toNumber(end), text: trimmed } : undefined;
}

export const toNumber = (ip: Uint8Array): number => ip.reduce((sum, byte) => sum * 256 + byte, 0);

export const toBytes = (value: number): Uint8Array => Uint8Array.of((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

/** The mask of a prefix length, 4 bytes. */
export const maskOf = (bits: number): Uint8Array => toBytes(bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0);

const sizeOf = ({ bits }: Subnet): number => 2 ** (32 - bits);

/** First address of the subnet. */
export const networkOf = (subnet: Subnet): number => Math.floor(toNumber(subnet.ip) / sizeOf(subnet)) * sizeOf(subnet);

/** Last address of the subnet. */
export const broadcastOf = (subnet: Subnet): number => networkOf(subnet) + sizeOf(subnet) - 1;

/** True when the address can be a host's: neither the network's nor the broadcast address. */
export const isHostAddress = (subnet: Subnet): boolean => toNumber(subnet.ip) !== networkOf(subnet) && toNumber(subnet.ip) !== broadcastOf(subnet);

export const isInside = (range: IpRange, subnet: Subnet): boolean => range.first >= networkOf(subnet) && range.last <= broadcastOf(subnet);

export const overlap = (a: IpRange, b: IpRange): boolean => a.first <= b.last && b.first <= a.last;

/** The 16-byte form that addresses given as text have in a VCH's configuration. */
export const mapped = (ip: Uint8Array): Uint8Array => Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...ip]);
