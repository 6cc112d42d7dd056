// What a running appliance writes into its own configuration: addresses when its networks are up, then how each
// component started. Only all-dot keys: the others are read-only for a guest.
import { NIL, shortAddress, type Keys } from './keys.ts';
import { COMPONENTS, type Component, type Role } from './vch-keys.ts';

export interface Lease {
  readonly address: string;
  readonly mask: string;
  readonly gateway: string;
  readonly dns: readonly string[];
}

const session = (component: Component, started: string, status = '0'): Keys => ({
  [`guestinfo..init.sessions|${component}.started`]: started,
  [`guestinfo..init.sessions|${component}.status`]: status,
  [`guestinfo..init.sessions|${component}.diagnostics.resurrections`]: '0',
});

/** Written once when the networks are up: the lease of every role but bridge, and no component started yet. */
export function networksUp(leases: Readonly<Partial<Record<Role, Lease>>>): Keys {
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
  for (const component of COMPONENTS) Object.assign(keys, session(component, NIL));
  return keys;
}

/** Written after a component was launched. */
export const launched = (component: Component): Keys => session(component, 'true');
