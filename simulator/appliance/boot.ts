// What the guests of VIC do when they boot: an appliance gets its addresses and starts its components, a container
// starts its process. When they do it is watch.ts; how they were made they do not know.
import type { ManagedObjectReference, OptionValue } from '../../core/vim25/index.ts';
import { hash, Random } from '../runtime/random.ts';
import type { Props } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';
import { report } from './guest.ts';
import { launched, networksUp, type Lease } from './guest-writeback.ts';
import { fromOptions, parseCidr, readAddress, referenceText, toOptions, type Keys } from './keys.ts';
import { COMPONENTS, type Role } from './vch-keys.ts';

const MASK = '255.255.252.0';
const PREFIX = 22;
const GATEWAY = '10.17.111.254';
const DNS = ['10.118.81.1', '10.118.81.2'];
const DHCP_ROLES: readonly Role[] = ['client', 'external', 'management'];
const BRIDGE_PREFIX = 16;

export type Kind = 'appliance' | 'container';

const keysOf = (props: Props | undefined): Keys =>
  fromOptions((props?.['config'] as { extraConfig?: readonly OptionValue[] } | undefined)?.extraConfig);

function optionOf(props: Props, key: string): string | undefined {
  const options = (props['config'] as { extraConfig?: readonly OptionValue[] } | undefined)?.extraConfig;
  const value = options?.find((option) => option.key === key)?.value;
  return value === undefined ? undefined : String(value);
}

/** What kind of VIC machine it is, by the same keys that VIC goes by; undefined for any other machine. */
export function kindOf(vm: ManagedObjectReference, props: Props): Kind | undefined {
  if (optionOf(props, 'guestinfo./init/common/id') === referenceText(vm)) return 'appliance';
  const id = optionOf(props, 'guestinfo./common/id');
  return id !== undefined && optionOf(props, 'guestinfo./sessions') === id ? 'container' : undefined;
}

const addressKey = (role: Role): string => `guestinfo..init.networks|${role}.ip.IP`;

/** Addresses that appliances have: those they wrote back last. */
function takenAddresses(tx: Transaction, except: ManagedObjectReference): Set<string> {
  const taken = new Set<string>();
  for (const vm of tx.all('VirtualMachine')) {
    if (vm.value === except.value) continue;
    for (const role of DHCP_ROLES) {
      const address = readAddress(optionOf(tx.props(vm), addressKey(role)));
      if (address !== undefined) taken.add(address);
    }
  }
  return taken;
}

/** A free address for an adapter; it follows from the machine, as a DHCP server's lease from a MAC address. */
function lease(tx: Transaction, vm: ManagedObjectReference, slot: string, used: ReadonlySet<string>): string {
  const random = new Random(hash(`${String(tx.get(vm, 'config.uuid'))} ${slot}`));
  for (let attempt = 0; ; attempt++) {
    const third = attempt < 200 ? 109 : random.integer(108, 110);
    const address = `10.17.${third}.${random.integer(2, 250)}`;
    if (!used.has(address)) return address;
  }
}

/** The lease of each role: what it had before, else `client` for the client's adapter, else a free one. */
export function leasesOf(tx: Transaction, vm: ManagedObjectReference, client?: string): Partial<Record<Role, Lease>> {
  const keys = keysOf(tx.find(vm));
  const slot = (role: Role) => keys[`guestinfo./init/networks|${role}/Common/id`] ?? role;
  const roles = (keys['guestinfo./init/networks'] ?? '').split('|');
  const bySlot = new Map<string, string>();
  let used: Set<string> | undefined;
  const leases: Partial<Record<Role, Lease>> = {};
  for (const role of DHCP_ROLES.filter((name) => roles.includes(name))) {
    let address = bySlot.get(slot(role)) ?? readAddress(keys[addressKey(role)]) ?? (role === 'client' ? client : undefined);
    if (address === undefined) {
      used ??= takenAddresses(tx, vm);
      address = lease(tx, vm, slot(role), used);
      used.add(address);
    }
    bySlot.set(slot(role), address);
    leases[role] = { address, mask: MASK, gateway: GATEWAY, dns: DNS };
  }
  return leases;
}

/** Writes keys into a machine's configuration, as its guest does. */
export function writeBack(tx: Transaction, vm: ManagedObjectReference, keys: Keys): void {
  const old = tx.props<'VirtualMachine'>(vm).config?.extraConfig ?? [];
  const kept = old.filter((option) => !Object.hasOwn(keys, option.key));
  tx.set(vm, 'config.extraConfig', [...kept, ...toOptions(keys)]);
}

/** The appliance's addresses become known to vSphere. */
export function reportAppliance(tx: Transaction, vm: ManagedObjectReference, leases: Partial<Record<Role, Lease>>): void {
  const keys = keysOf(tx.find(vm));
  const addresses = new Map<number, { address: string; prefix: number }>();
  const bridge = readAddress(keys['guestinfo./bridge-ip-range/IP']);
  if (bridge !== undefined) {
    addresses.set(Number(keys['guestinfo./init/networks|bridge/Common/id']), { address: bridge.replace(/\d+$/, (last) => String(Number(last) + 1)), prefix: BRIDGE_PREFIX });
  }
  for (const role of DHCP_ROLES) {
    const found = leases[role];
    if (found) addresses.set(Number(keys[`guestinfo./init/networks|${role}/Common/id`]), { address: found.address, prefix: PREFIX });
  }
  const main = (leases.client ?? leases.external ?? leases.management)?.address;
  if (main !== undefined) report(tx, vm, String(tx.get(vm, 'name')), addresses, main);
}

/** A container's process starts and its address becomes known. */
export function runContainer(tx: Transaction, vm: ManagedObjectReference): void {
  const keys = keysOf(tx.find(vm));
  const id = keys['guestinfo./common/id']!;
  const address = readAddress(keys['guestinfo..networks|bridge.ip.IP']);
  writeBack(tx, vm, { [`guestinfo..sessions|${id}.started`]: 'true', [`guestinfo..sessions|${id}.status`]: '0' });
  if (address === undefined) return;
  const slot = Number(keys['guestinfo./networks|bridge/Common/id']);
  report(tx, vm, id.slice(0, 12), new Map([[slot, { address, prefix: BRIDGE_PREFIX }]]), address);
}

/** Leaves a VIC machine as it is long after power-on: for worlds that begin with running machines. */
export function bootAtOnce(tx: Transaction, vm: ManagedObjectReference, client?: string): void {
  if (kindOf(vm, tx.props(vm)) === 'container') {
    runContainer(tx, vm);
    return;
  }
  const leases = leasesOf(tx, vm, client);
  writeBack(tx, vm, Object.assign(networksUp(leases), ...COMPONENTS.map(launched)) as Keys);
  reportAppliance(tx, vm, leases);
}

/** What is left of an earlier run in an appliance that is off: its last addresses and "started" stay in its keys. */
export function rememberBoot(tx: Transaction, vm: ManagedObjectReference, client?: string): void {
  writeBack(tx, vm, Object.assign(networksUp(leasesOf(tx, vm, client)), ...COMPONENTS.map(launched)) as Keys);
}

/** First address of the bridge network: the appliance's own, and the gateway of containers, as '172.16.0.1/16'. */
export function bridgeGateway(range: string): string {
  const { address } = parseCidr(range);
  return `${address.replace(/\d+$/, (last) => String(Number(last) + 1))}/${BRIDGE_PREFIX}`;
}
