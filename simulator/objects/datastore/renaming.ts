// A datastore has another name: the paths '[name] …' in the configurations of its machines follow. Values that need no
// change stay the same objects.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;

/** The members of data objects that hold a datastore path. */
const PATHS = new Set(['fileName', 'vmPathName', 'snapshotDirectory', 'suspendDirectory', 'logDirectory', 'ftMetadataDirectory', 'virtualMachineFile']);

/** The value with paths rewritten; the value itself when none is. */
export function rewritePaths(value: unknown, rewrite: (path: string) => string, key = ''): unknown {
  if (typeof value === 'string') {
    // config.datastoreUrl lists the names of datastores beside their URLs.
    if (key === 'datastoreUrl.name') return rewrite(`[${value}]`).slice(1, -1);
    return PATHS.has(key) ? rewrite(value) : value;
  }
  if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => rewritePaths(item, rewrite, key));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  let copy: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    const now = rewritePaths(member, rewrite, key === 'datastoreUrl' ? `${key}.${name}` : name);
    if (now !== member) (copy ??= { ...value })[name] = now;
  }
  return copy ?? value;
}

/** Rewrites the paths of every machine that has files on a datastore, and of its snapshots. */
export function rewriteMachines(tx: Transaction, datastore: Ref, rewrite: (path: string) => string): readonly Ref[] {
  const machines = ((tx.get(datastore, 'vm') ?? []) as readonly Ref[]).filter((vm) => tx.has(vm));
  const ids = new Set(machines.map(({ value }) => value));
  const snapshots = machines.length === 0 ? [] : [...tx.all('VirtualMachineSnapshot')].filter((ref) => ids.has((tx.get(ref, 'vm') as Ref | undefined)?.value ?? ''));
  const changed: Ref[] = [];
  for (const ref of [...machines, ...snapshots]) {
    const config = tx.get(ref, 'config');
    const now = rewritePaths(config, rewrite);
    if (now === config) continue;
    tx.set(ref, 'config', now);
    if (ref.type === 'VirtualMachine') changed.push(ref);
  }
  return changed;
}
