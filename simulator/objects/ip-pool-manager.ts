// IpPoolManager: pools of addresses that vApps take theirs from. Pools and allocations belong to their datacenter.
import { fault, type IpPool, type IpPoolIpPoolConfigInfo, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { notFound } from '../collector/retrieve.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';

type Ref = ManagedObjectReference;

interface Allocation { readonly allocationId: string; readonly ipAddress: string; readonly version: 4 | 6 }

/** A pool as it is kept: what the client said, and who has which address. */
interface Kept { readonly pool: IpPool & { readonly id: number }; readonly allocations: readonly Allocation[] }

const poolsOf = (tx: Transaction, datacenter: Ref): readonly Kept[] => {
  if (!tx.has(datacenter)) throw notFound(datacenter);
  return (tx.get(datacenter, '_ipPools') ?? []) as readonly Kept[];
};

const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: property }, why);

function poolNumbered(tx: Transaction, datacenter: Ref, id: number): Kept {
  const found = poolsOf(tx, datacenter).find(({ pool }) => pool.id === id);
  if (!found) throw wrong('poolId', `There is no IP pool ${id} in this datacenter.`);
  return found;
}

function save(tx: Transaction, datacenter: Ref, changed: Kept): void {
  tx.set(datacenter, '_ipPools', poolsOf(tx, datacenter).map((kept) => (kept.pool.id === changed.pool.id ? changed : kept)));
}

// ---- addresses as numbers --------------------------------------------------------------------------------------

function parse(text: string, version: 4 | 6): bigint | undefined {
  if (version === 4) {
    const bytes = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
    return bytes.length === 4 && bytes.every((byte) => byte < 256) ? bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) : undefined;
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups.reduce((sum, group) => sum * 65_536n + BigInt(parseInt(group, 16)), 0n) : undefined;
}

const write = (value: bigint, version: 4 | 6): string => {
  const [count, bits] = version === 4 ? [4, 8n] : [8, 16n];
  const parts = Array.from({ length: count }, (_, i) => (value >> (BigInt(count - 1 - i) * bits)) & ((1n << bits) - 1n));
  return parts.map((part) => part.toString(version === 4 ? 10 : 16)).join(version === 4 ? '.' : ':');
};

interface Range { readonly first: bigint; readonly count: bigint }

/** 'start#count' entries, separated by commas. Throws InvalidArgument. */
function ranges(config: IpPoolIpPoolConfigInfo | undefined, version: 4 | 6): readonly Range[] {
  return (config?.range ?? '').split(',').map((entry) => entry.trim()).filter((entry) => entry !== '').map((entry) => {
    const [start = '', count = ''] = entry.split('#').map((part) => part.trim());
    const first = parse(start, version);
    if (first === undefined || !/^[1-9]\d{0,8}$/.test(count)) throw wrong(`pool.ipv${version}Config.range`, `'${entry}' is no range: write the first address, '#', and how many, for example ${version === 4 ? '10.0.0.10#20' : '2001:db8::10#20'}.`);
    return { first, count: BigInt(count) };
  });
}

const sizeOf = (list: readonly Range[]): number => Number(list.reduce((sum, { count }) => sum + count, 0n));

/** The pool as clients see it, with how many addresses are left. */
function shown({ pool, allocations }: Kept): IpPool {
  const used = (version: 4 | 6) => allocations.filter((allocation) => allocation.version === version).length;
  const total = (version: 4 | 6) => { const config = version === 4 ? pool.ipv4Config : pool.ipv6Config; return config?.ipPoolEnabled ? sizeOf(ranges(config, version)) : 0; };
  return {
    ...pool, allocatedIpv4Addresses: used(4), allocatedIpv6Addresses: used(6),
    availableIpv4Addresses: Math.max(0, total(4) - used(4)), availableIpv6Addresses: Math.max(0, total(6) - used(6)),
  };
}

function check(tx: Transaction, datacenter: Ref, pool: IpPool, id: number | undefined): void {
  if (!pool.name) throw wrong('pool.name', 'An IP pool needs a name.');
  if (poolsOf(tx, datacenter).some((kept) => kept.pool.name === pool.name && kept.pool.id !== id)) throw wrong('pool.name', `There is an IP pool '${pool.name}' in this datacenter already.`);
  ranges(pool.ipv4Config, 4);
  ranges(pool.ipv6Config, 6);
  for (const { network, networkName } of pool.networkAssociation ?? []) {
    if (network && !tx.has(network)) throw wrong('pool.networkAssociation.network', `There is no network '${networkName}' (${network.value}).`);
  }
}

function allocate({ tx }: TransactionContext, datacenter: Ref, poolId: number, allocationId: string, version: 4 | 6): string {
  const kept = poolNumbered(tx, datacenter, poolId);
  const known = kept.allocations.find((allocation) => allocation.allocationId === allocationId && allocation.version === version);
  if (known) return known.ipAddress;
  const config = version === 4 ? kept.pool.ipv4Config : kept.pool.ipv6Config;
  const taken = new Set(kept.allocations.map(({ ipAddress }) => ipAddress));
  if (config?.ipPoolEnabled) for (const { first, count } of ranges(config, version)) {
    for (let i = 0n; i < count; i++) {
      const ipAddress = write(first + i, version);
      if (taken.has(ipAddress) || ipAddress === config.gateway) continue;
      save(tx, datacenter, { ...kept, allocations: [...kept.allocations, { allocationId, ipAddress, version }] });
      return ipAddress;
    }
  }
  throw wrong('poolId', `The IP pool '${kept.pool.name}' has no IPv${version} address left, or its IPv${version} range is not enabled.`);
}

export const ipPoolManager = define('IpPoolManager', {
  QueryIpPools: ({ tx }, { dc }) => poolsOf(tx, dc).map(shown),
  CreateIpPool({ tx }, { dc, pool }) {
    check(tx, dc, pool, undefined);
    const id = poolsOf(tx, dc).reduce((most, kept) => Math.max(most, kept.pool.id), 0) + 1;
    tx.set(dc, '_ipPools', [...poolsOf(tx, dc), { pool: { ...pool, id }, allocations: [] }]);
    return id;
  },
  UpdateIpPool({ tx }, { dc, pool }) {
    const kept = poolNumbered(tx, dc, pool.id ?? -1);
    const merged = { ...kept.pool, ...pool, id: kept.pool.id };
    check(tx, dc, merged, merged.id);
    save(tx, dc, { ...kept, pool: merged });
  },
  DestroyIpPool({ tx }, { dc, id, force }) {
    const kept = poolNumbered(tx, dc, id);
    if (!force && (kept.allocations.length > 0 || (kept.pool.networkAssociation ?? []).length > 0)) {
      throw fault('InvalidState', {}, `The IP pool '${kept.pool.name}' is in use: it has ${kept.allocations.length} allocations and ${(kept.pool.networkAssociation ?? []).length} networks.`);
    }
    tx.set(dc, '_ipPools', poolsOf(tx, dc).filter(({ pool }) => pool.id !== id));
  },
  AllocateIpv4Address: (ctx, { dc, poolId, allocationId }) => allocate(ctx, dc, poolId, allocationId, 4),
  AllocateIpv6Address: (ctx, { dc, poolId, allocationId }) => allocate(ctx, dc, poolId, allocationId, 6),
  ReleaseIpAllocation({ tx }, { dc, poolId, allocationId }) {
    const kept = poolNumbered(tx, dc, poolId);
    save(tx, dc, { ...kept, allocations: kept.allocations.filter((allocation) => allocation.allocationId !== allocationId) });
  },
  QueryIPAllocations({ tx }, { dc, poolId, extensionKey }) {
    // An allocation belongs to the extension whose key it begins with.
    return poolNumbered(tx, dc, poolId).allocations.filter(({ allocationId }) => allocationId.startsWith(extensionKey))
      .map(({ allocationId, ipAddress }) => ({ allocationId, ipAddress }));
  },
});
