// Addresses of the simulator itself. Hosts that are named by it: `{port}` in a host's name becomes the port that is
// served, so that a client that goes to the host by its name gets here. And the options that say where single sign-on is:
// clients go where they point.
import { hostname } from 'node:os';
import type { OptionValue } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
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

const SIGN_ON = /^config\.vpxd\.sso\.(?:sts|admin)\.uri$/;

/** Lets the options of a vCenter that is served name its own address; one for all addresses names the machine. */
export function nameSignOn({ store, wellKnown, served: { port, host, tls } }: Simulation): void {
  const manager = wellKnown['setting'];
  const options = (manager && store.get(manager)?.props['setting']) as readonly OptionValue[] | undefined;
  if (port === undefined || !manager || !options?.some(({ key }) => SIGN_ON.test(key))) return;
  const name = host === undefined ? '127.0.0.1' : host === '0.0.0.0' || host === '::' ? hostname() : host.includes(':') ? `[${host}]` : host;
  const origin = `${tls ? 'https' : 'http'}://${name}:${port}`;
  const named = options.map((option) => (SIGN_ON.test(option.key) ? { ...option, value: String(option.value).replace(/^https?:\/\/[^/]+/, origin) } : option));
  store.transaction((tx) => tx.set(manager, 'setting', named));
}
