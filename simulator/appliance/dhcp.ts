// The DHCP servers of the simulated networks: which addresses each hands out. A network without a setting of its own
// has the default range, which lies in the loopback network so that what is served there can be reached on this machine.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { Random } from '../runtime/random.ts';
import type { Transaction } from '../store/transaction.ts';
import type { Lease } from './guest-writeback.ts';
import { netmask, parseCidr } from './keys.ts';

/** Addresses as numbers; both ends are handed out. */
export interface DhcpRange {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}


/** The addresses that appliances get on a network that says nothing. */
export const DEFAULT_RANGE = '127.17.0.0/16';
const DNS = ['10.118.81.1', '10.118.81.2'];
const LEASE_PREFIX = 22;

export const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
export const toAddress = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

const subnet = (address: number, prefix: number): number => Math.floor(address / 2 ** (32 - prefix));

/** Reads '127.0.20.0/24', '10.0.0.10-20' or '10.0.0.10-10.0.0.20'. Throws a TypeError for anything else, and for a range without addresses. */
export function parseDhcp(text: string): DhcpRange {
  if (text.includes('/')) {
    const { address, prefix } = parseCidr(text);
    const start = subnet(toNumber(address), prefix) * 2 ** (32 - prefix);
    // Neither the network's own address, nor the gateway's, nor the broadcast address.
    const range = { first: start + 1, last: start + 2 ** (32 - prefix) - 3, prefix };
    if (range.last < range.first) throw new TypeError(`"${text}" has no address to hand out`);
    return range;
  }
  const [low = '', high = ''] = text.split('-');
  const first = toNumber(parseCidr(`${low}/32`).address);
  const last = toNumber(parseCidr(`${high.includes('.') ? high : `${low.slice(0, low.lastIndexOf('.'))}.${high}`}/32`).address);
  if (last < first) throw new TypeError(`"${text}" has no address to hand out`);
  let prefix = 24;
  while (subnet(first, prefix) !== subnet(last, prefix)) prefix--;
  return { first, last, prefix };
}

const DEFAULT = parseDhcp(DEFAULT_RANGE);

/** Sets what a network's DHCP server hands out; 'none' for a network without one, undefined for the default. */
export function setDhcp(tx: Transaction, network: ManagedObjectReference, range: string | undefined): void {
  tx.set(network, '_dhcp', range === undefined || range === 'none' ? range : parseDhcp(range));
}

/** What the network's DHCP server hands out; undefined for a network that has none. */
export function dhcpOf(tx: Transaction, network: ManagedObjectReference): DhcpRange | undefined {
  const given = tx.get(network, '_dhcp') as DhcpRange | 'none' | undefined;
  return given === 'none' ? undefined : given ?? DEFAULT;
}

/** A free address of the range, following from `seed` as a lease follows from a MAC address; undefined when none is left. */
export function freeAddress(range: DhcpRange, seed: number, used: (address: string) => boolean): string | undefined {
  const random = new Random(seed);
  const size = range.last - range.first + 1;
  const start = random.integer(0, size - 1);
  for (let i = 0; i < size; i++) {
    const address = toAddress(range.first + ((start + i) % size));
    if (!used(address)) return address;
  }
  return undefined;
}

/** The lease that goes with an address: of the range's network when it lies there, else of the network it lies in. */
export function leaseFor(address: string, range: DhcpRange | undefined): Lease {
  const number = toNumber(address);
  const prefix = range && subnet(number, range.prefix) === subnet(range.first, range.prefix) ? range.prefix : LEASE_PREFIX;
  const end = (subnet(number, prefix) + 1) * 2 ** (32 - prefix);
  return { address, prefix, mask: netmask(prefix), gateway: toAddress(end - 2), dns: DNS };
}
