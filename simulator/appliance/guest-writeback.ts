// What a running appliance writes into its own configuration: addresses when its networks are up, then how each
// component started. Only all-dot keys: the others are read-only for a guest.
import { NIL, shortAddress, type Keys } from './keys.ts';
import { COMPONENTS, type Role } from './vch-keys.ts';

/** What one interface was told. */
export interface Lease {
  readonly address: string;
  readonly prefix: number;
  readonly mask: string;
  readonly gateway: string;
  readonly dns: readonly string[];
}

const session = (component: string, started: string, status = '0', resurrections = '0'): Keys => ({
  [`guestinfo..init.sessions|${component}.started`]: started,
  [`guestinfo..init.sessions|${component}.status`]: status,
  [`guestinfo..init.sessions|${component}.diagnostics.resurrections`]: resurrections,
});

/** A moment that nobody has set. */
const NEVER = '0001-01-01 00:00:00 +0000 UTC';

/** Written once when the networks are up: the lease of every role but bridge, and no component started yet. */
export function networksUp(leases: Readonly<Partial<Record<Role, Lease>>>, components: readonly string[] = COMPONENTS): Keys {
  const keys: Keys = {};
  for (const [role, lease] of Object.entries(leases)) {
    const key = `guestinfo..init.networks|${role}`;
    keys[`${key}.ip.IP`] = shortAddress(lease.address);
    keys[`${key}.ip.Mask`] = shortAddress(lease.mask);
    keys[`${key}.network.gateway.IP`] = shortAddress(lease.gateway);
    keys[`${key}.network.gateway.Mask`] = shortAddress(lease.mask);
    if (lease.dns.length > 0) keys[`${key}.network.dns`] = String(lease.dns.length - 1);
    lease.dns.forEach((address, i) => (keys[`${key}.network.dns|${i}`] = shortAddress(address)));
  }
  for (const component of components) Object.assign(keys, session(component, NIL));
  return keys;
}

/** Written after a component was launched. */
export const launched = (component: string): Keys => session(component, 'true');

/** Written after a component could not be launched: what went wrong, and one entry in its list of exits. */
export function notLaunched(component: string, message: string): Keys {
  const exits = `guestinfo..init.sessions|${component}.diagnostics.exitlogs`;
  return {
    ...session(component, message, '-1', '1'),
    [exits]: '0',
    [`${exits}|0.Time`]: NEVER,
    [`${exits}|0.ExitStatus`]: '-1',
    [`${exits}|0.Message`]: NIL,
  };
}
