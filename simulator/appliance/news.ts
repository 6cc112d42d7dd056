// What happened to machines and networks since somebody looked, for those who follow VIC's guests.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Store } from '../store/store.ts';
import { RULES } from './boot-rules.ts';

const NETWORKS: ReadonlySet<string> = new Set(['Network', 'DistributedVirtualPortgroup', 'OpaqueNetwork', RULES.type]);

/** What changed since somebody looked, as far as it concerns guests. */
export interface News {
  /** Machines whose power may have changed, those that came and went among them. */
  readonly powered: Map<string, ManagedObjectReference>;
  readonly reconfigured: Map<string, ManagedObjectReference>;
  networks: boolean;
}

/** Everything that happened after a version; all machines when that is too long ago to tell. */
export function newsSince(store: Store, version: number): News {
  const news: News = { powered: new Map(), reconfigured: new Map(), networks: false };
  if (version < 0 || version < store.journal.oldest) {
    for (const { ref } of store.ofType('VirtualMachine')) news.powered.set(ref.value, ref);
    news.networks = true;
    return news;
  }
  for (const { changes } of store.journal.since(version)) {
    for (const { ref, kind, paths } of changes) {
      if (NETWORKS.has(ref.type)) news.networks = true;
      if (ref.type !== 'VirtualMachine') continue;
      if (kind !== 'change' || paths.some((path) => path.startsWith('runtime'))) news.powered.set(ref.value, ref);
      if (paths.some((path) => path.startsWith('config'))) news.reconfigured.set(ref.value, ref);
    }
  }
  return news;
}
