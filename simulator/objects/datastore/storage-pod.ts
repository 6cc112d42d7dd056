// StoragePod (a datastore cluster): its size follows its datastores, its Storage DRS settings are changed by
// StorageResourceManager. Folder methods are those of every folder.
import type { ClusterRuleInfo, DatastoreSummary, ManagedObjectReference, OptionValue, PodStorageDrsEntry, StorageDrsConfigSpec, StorageDrsVmConfigInfo } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import type { Rule } from '../../store/derive.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;

const FRESH: PodStorageDrsEntry = Object.freeze({
  storageDrsConfig: {
    podConfig: {
      enabled: true, ioLoadBalanceEnabled: false, defaultVmBehavior: 'manual', loadBalanceInterval: 480, defaultIntraVmAffinity: true,
      spaceLoadBalanceConfig: { spaceThresholdMode: 'utilization', spaceUtilizationThreshold: 80, minSpaceUtilizationDifference: 5 },
      ioLoadBalanceConfig: { reservablePercentThreshold: 60, reservableThresholdMode: 'automated', ioLatencyThreshold: 15, ioLoadImbalanceThreshold: 5 },
      automationOverrides: {}, rule: [], option: [],
    },
    vmConfig: [],
  },
  recommendation: [], drsFault: [], actionHistory: [],
}) as unknown as PodStorageDrsEntry;

const sizes: Rule = {
  type: 'StoragePod',
  inputs: ['name', 'childEntity'],
  watch: [{ type: 'Datastore', path: 'parent', inputs: ['summary', 'parent'] }],
  derive(props, read) {
    const podStorageDrsEntry = props['podStorageDrsEntry'] ?? FRESH;
    let [capacity, freeSpace] = [0, 0];
    for (const child of (props['childEntity'] ?? []) as readonly Ref[]) {
      const summary = read(child)?.['summary'] as DatastoreSummary | undefined;
      capacity += Number(summary?.capacity ?? 0);
      freeSpace += Number(summary?.freeSpace ?? 0);
    }
    const old = props['summary'] as { name: string; capacity: number; freeSpace: number } | undefined;
    const name = String(props['name']);
    const kept = old && old.name === name && old.capacity === capacity && old.freeSpace === freeSpace;
    return { podStorageDrsEntry, summary: kept ? old : { name, capacity, freeSpace } };
  },
};

export const storagePod = define('StoragePod', {}, { rules: [sizes] });

interface Update<T> {
  readonly operation: string;
  readonly removeKey?: unknown;
  readonly info?: T;
}

/** A list after additions, edits and removals. */
function updated<T>(old: readonly T[], updates: readonly Update<T>[] | undefined, keyOf: (item: T) => unknown, fresh: (item: T, list: readonly T[]) => T = (item) => item): readonly T[] {
  let list = old;
  for (const { operation, removeKey, info } of updates ?? []) {
    if (operation === 'remove') list = list.filter((item) => keyOf(item) !== (removeKey as { value?: unknown } | undefined)?.value && keyOf(item) !== removeKey);
    else if (info && operation === 'edit') list = list.map((item) => (keyOf(item) === keyOf(info) ? { ...item, ...info } : item));
    else if (info) list = [...list, fresh(info, list)];
  }
  return list;
}

/** Writes Storage DRS settings; what a spec leaves out stays. */
export function configurePod(tx: Transaction, pod: Ref, { podConfigSpec, vmConfigSpec }: StorageDrsConfigSpec): void {
  const entry = tx.get(pod, 'podStorageDrsEntry') as PodStorageDrsEntry;
  const { podConfig, vmConfig } = entry.storageDrsConfig;
  const { rule, option, spaceLoadBalanceConfig, ioLoadBalanceConfig, automationOverrides, ...plain } = podConfigSpec ?? {};
  const given = Object.fromEntries(Object.entries(plain).filter(([key, value]) => value !== undefined && key !== '_type'));
  const rules = updated((podConfig.rule ?? []) as readonly ClusterRuleInfo[], rule as readonly Update<ClusterRuleInfo>[] | undefined, ({ key }) => key,
    (info, list) => ({ ...info, key: Math.max(0, ...list.map(({ key }) => key ?? 0)) + 1 }));
  const options = updated((podConfig.option ?? []) as readonly OptionValue[], option?.map((o) => ({ operation: o.operation, removeKey: o.removeKey, info: o.option })), ({ key }) => key);
  const machines = updated((vmConfig ?? []) as readonly StorageDrsVmConfigInfo[], vmConfigSpec as readonly Update<StorageDrsVmConfigInfo>[] | undefined, ({ vm }) => vm?.value);
  tx.set(pod, 'podStorageDrsEntry', {
    ...entry,
    storageDrsConfig: {
      podConfig: {
        ...podConfig, ...given, rule: rules, option: options,
        spaceLoadBalanceConfig: { ...podConfig.spaceLoadBalanceConfig, ...spaceLoadBalanceConfig },
        ioLoadBalanceConfig: { ...podConfig.ioLoadBalanceConfig, ...ioLoadBalanceConfig },
        automationOverrides: { ...podConfig.automationOverrides, ...automationOverrides },
      },
      vmConfig: machines,
    },
  });
}
