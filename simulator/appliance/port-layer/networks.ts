// The networks that containers of a VCH may be on, and which addresses they get there. Networks that Docker clients make
// are kept in the memory of the port layer: they are gone when the appliance starts anew.
import { createHash } from 'node:crypto';
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import { hash } from '../../runtime/random.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { ContainerLease } from '../container-keys.ts';
import { dhcpOf, freeAddress, leaseFor, toAddress, toNumber } from '../dhcp.ts';
import { parseCidr, prefixOf } from '../keys.ts';
import { containersOf } from './container.ts';
import type { KnownNetwork, Vch } from './vch.ts';

export interface Scope {
  /** 32 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly type: 'bridge' | 'external';
  readonly network: ManagedObjectReference;
  /** '172.16.0.0/16'; absent where DHCP gives the addresses. */
  readonly subnet?: string;
  readonly gateway?: string;
  readonly dns: readonly string[];
  readonly ranges: KnownNetwork['ranges'];
  readonly builtIn: boolean;
}

interface Made {
  readonly id: string;
  readonly name: string;
  readonly subnet: string;
}

interface Memory {
  /** Boot of the appliance that the memory belongs to. */
  readonly since: number;
  readonly made: readonly Made[];
}

/** A request that the port layer refuses. */
export class ScopeError extends Error {
  readonly kind: 'duplicate' | 'invalid' | 'in use' | 'built in';
  constructor(kind: ScopeError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

const BRIDGE_PREFIX = 16;
const size = (prefix: number): number => 2 ** (32 - prefix);

function memoryOf(tx: Transaction, vch: Vch): Memory {
  const since = vch.bootTime?.getTime() ?? 0;
  const memory = tx.get(vch.appliance, '_portLayer') as Memory | undefined;
  return memory?.since === since ? memory : { since, made: [] };
}

const idOf = (vch: Vch, name: string): string => createHash('md5').update(`${vch.uuid} ${name}`).digest('hex');

/** The n-th of the networks that the bridge range holds. */
function subnetAt({ bridgeRange }: Vch, n: number): string | undefined {
  const prefix = prefixOf(bridgeRange.mask);
  if (prefix > BRIDGE_PREFIX || n >= 2 ** (BRIDGE_PREFIX - prefix)) return undefined;
  return `${toAddress(toNumber(bridgeRange.address) + n * size(BRIDGE_PREFIX))}/${BRIDGE_PREFIX}`;
}

const gatewayOf = (subnet: string): string => toAddress(toNumber(parseCidr(subnet).address) + 1);

function bridge(vch: Vch, { id, name, subnet }: Made, builtIn: boolean): Scope {
  const gateway = gatewayOf(subnet);
  return { id, name, type: 'bridge', network: vch.bridge, subnet, gateway, dns: [gateway], ranges: [], builtIn };
}

/** The networks of a VCH: its bridge, those made by clients, and the container networks given to create. */
export function scopesOf(tx: Transaction, vch: Vch): readonly Scope[] {
  const first: Made = { id: idOf(vch, 'bridge'), name: 'bridge', subnet: subnetAt(vch, 0)! };
  return [
    bridge(vch, first, true),
    ...memoryOf(tx, vch).made.map((made) => bridge(vch, made, false)),
    ...vch.networks.map((known): Scope => {
      const { address, prefix } = known.gateway === undefined ? { address: undefined, prefix: 0 } : parseCidr(known.gateway);
      return {
        id: idOf(vch, `external ${known.alias}`), name: known.alias, type: 'external', network: known.network, dns: known.dns, ranges: known.ranges, builtIn: true,
        ...(address === undefined ? {} : { gateway: address, subnet: `${toAddress(Math.floor(toNumber(address) / size(prefix)) * size(prefix))}/${prefix}` }),
      };
    }),
  ];
}

/** The network of that name, id or beginning of an id; 'default' is the bridge. */
export function findScope(tx: Transaction, vch: Vch, name: string): Scope | undefined {
  const scopes = scopesOf(tx, vch);
  if (name === 'default' || name === '') return scopes[0];
  return scopes.find((scope) => scope.name === name || scope.id === name) ?? scopes.find((scope) => /^[0-9a-f]{4,}$/.test(name) && scope.id.startsWith(name));
}

const overlaps = (a: string, b: string): boolean => {
  const [one, two] = [a, b].map((text) => parseCidr(text)).sort((x, y) => x.prefix - y.prefix) as [ReturnType<typeof parseCidr>, ReturnType<typeof parseCidr>];
  return Math.floor(toNumber(one.address) / size(one.prefix)) === Math.floor(toNumber(two.address) / size(one.prefix));
};

/** Adds a bridge network. Throws ScopeError for a name or a subnet that is taken, and when no subnet is left. */
export function makeScope(tx: Transaction, vch: Vch, id: string, wanted: { readonly name: string; readonly subnet?: string | undefined }): Scope {
  const { name } = wanted;
  const scopes = scopesOf(tx, vch);
  if (name === '') throw new ScopeError('invalid', 'a network needs a name');
  if (scopes.some((scope) => scope.name === name)) throw new ScopeError('duplicate', `network with name ${name} already exists`);
  const taken = scopes.flatMap((scope) => scope.subnet ?? []);
  const free = (subnet: string) => !taken.some((other) => overlaps(subnet, other));
  let { subnet } = wanted;
  if (subnet !== undefined) {
    let prefix: number;
    try {
      ({ prefix } = parseCidr(subnet));
    } catch (error) {
      throw new ScopeError('invalid', (error as Error).message);
    }
    if (prefix > 29) throw new ScopeError('invalid', `the subnet ${subnet} is too small`);
    if (!free(subnet)) throw new ScopeError('duplicate', `the subnet ${subnet} overlaps that of another network`);
  }
  for (let n = 1; subnet === undefined; n++) {
    const next = subnetAt(vch, n);
    if (next === undefined) throw new ScopeError('invalid', 'no subnet is left in the range of bridge networks');
    if (free(next)) subnet = next;
  }
  const memory = memoryOf(tx, vch);
  const made: Made = { id, name, subnet };
  tx.set(vch.appliance, '_portLayer', { ...memory, made: [...memory.made, made] });
  return bridge(vch, made, false);
}

/** Removes a network that a client made. Throws ScopeError for any other, and for one with a running container. */
export function removeScope(tx: Transaction, vch: Vch, scope: Scope): void {
  if (scope.builtIn) throw new ScopeError('built in', `${scope.name} is a pre-defined network and cannot be removed`);
  if (containersOf(tx, vch).some((container) => container.networks.some((binding) => binding.name === scope.name))) {
    throw new ScopeError('in use', `network ${scope.name} has active endpoints`);
  }
  const memory = memoryOf(tx, vch);
  tx.set(vch.appliance, '_portLayer', { ...memory, made: memory.made.filter((made) => made.id !== scope.id) });
}

/** The addresses that a scope hands out, as pairs of numbers. */
function poolOf(scope: Scope): readonly (readonly [number, number])[] {
  if (scope.ranges.length > 0) return scope.ranges.map(({ first, last }) => [toNumber(first), toNumber(last)]);
  const { address, prefix } = parseCidr(scope.subnet!);
  return [[toNumber(address) + 1, toNumber(address) + size(prefix) - 2]];
}

/** What a container is told on a network when it starts. Throws ScopeError when no address is left, or the one wanted is taken. */
export function leaseOn(tx: Transaction, vch: Vch, scope: Scope, self: string, wanted?: string): ContainerLease {
  const used = new Set<string>();
  for (const container of containersOf(tx, vch)) {
    if (container.id === self || container.state !== 'running') continue;
    for (const { name, address } of container.networks) if (name === scope.name && address !== undefined) used.add(address);
  }
  if (scope.subnet === undefined) return dhcpLease(tx, scope, self, used);
  for (const address of [scope.gateway!, ...scope.dns]) used.add(address);
  const lease = (address: string): ContainerLease => ({ address, gateway: `${scope.gateway!}/${parseCidr(scope.subnet!).prefix}`, dns: scope.dns });
  const pool = poolOf(scope);
  if (wanted !== undefined) {
    const inside = pool.some(([first, last]) => toNumber(wanted) >= first && toNumber(wanted) <= last);
    if (inside && !used.has(wanted)) return lease(wanted);
  }
  for (const [first, last] of pool) {
    for (let number = first; number <= last; number++) if (!used.has(toAddress(number))) return lease(toAddress(number));
  }
  throw new ScopeError('invalid', `no address is left on network ${scope.name}`);
}

function dhcpLease(tx: Transaction, scope: Scope, self: string, used: ReadonlySet<string>): ContainerLease {
  const range = dhcpOf(tx, scope.network);
  const address = range && freeAddress(range, hash(`${self} ${scope.name}`), (one) => used.has(one));
  if (address === undefined) throw new ScopeError('invalid', `nobody gives addresses on network ${scope.name}`);
  const { gateway, prefix, dns } = leaseFor(address, range);
  return { address, gateway: `${gateway}/${prefix}`, dns, dynamic: true };
}
