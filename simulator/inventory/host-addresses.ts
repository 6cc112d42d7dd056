// Hosts that are named by an address of the simulator itself: `{port}` in a host's name becomes the port that is
// served, so that a client that goes to the host by its name gets here.
import type { Store } from '../store/store.ts';

const MARK = '{port}';

function fill(value: unknown, port: string): unknown {
  if (typeof value === 'string') return value.includes(MARK) ? value.replaceAll(MARK, port) : value;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const entries = Object.entries(value);
  const filled = entries.map(([key, child]) => [key, fill(child, port)] as const);
  if (filled.every(([, child], i) => child === entries[i]![1])) return value;
  return Array.isArray(value) ? filled.map(([, child]) => child) : Object.fromEntries(filled);
}

/** Fills in the port wherever the name of such a host stands. */
export function nameHostsByPort(store: Store, port: number): void {
  if (![...store.ofType('HostSystem')].some(({ props }) => String(props['name']).includes(MARK))) return;
  store.transaction((tx) => {
    for (const { ref, props } of [...store.all()]) {
      const filled = fill(props, String(port)) as typeof props;
      if (filled !== props) tx.update(ref, filled);
    }
  });
}
