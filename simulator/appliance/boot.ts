// What the guests of VIC do when they boot: an appliance gets its addresses and starts its components, a container
// starts its process. When they do it is watch.ts; how they were made they do not know.
import type { ManagedObjectReference, OptionValue } from '../../core/vim25/index.ts';
import { hash } from '../runtime/random.ts';
import type { Props } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';
import { bootPlanOf, type BootPlan } from './boot-rules.ts';
import { dhcpOf, freeAddress, leaseFor } from './dhcp.ts';
import { adaptersOf, bootOf, report, setBoot } from './guest.ts';
import { launched, networksUp, notLaunched, type Lease } from './guest-writeback.ts';
import { dotted, fromOptions, parseCidr, prefixOf, readAddress, referenceText, slashed, toOptions, type Keys } from './keys.ts';
import type { Component, Role } from './vch-keys.ts';

const DHCP_ROLES: readonly Role[] = ['client', 'external', 'management'];
const BRIDGE_PREFIX = 16;
/** Components in the order in which an appliance starts them. */
const LAUNCH_ORDER: readonly string[] = ['vicadmin', 'docker-personality', 'port-layer'];

export type Kind = 'appliance' | 'container';
export type Leases = Readonly<Partial<Record<Role, Lease>>>;

const optionsOf = (props: Props | undefined): readonly OptionValue[] =>
  (props?.['config'] as { extraConfig?: readonly OptionValue[] } | undefined)?.extraConfig ?? [];
const keysOf = (props: Props | undefined): Keys => fromOptions(optionsOf(props));

function optionOf(props: Props, key: string): string | undefined {
  const value = optionsOf(props).find((option) => option.key === key)?.value;
  return value === undefined ? undefined : String(value);
}

/** What kind of VIC machine it is, by the same keys that VIC goes by; undefined for any other machine. */
export function kindOf(vm: ManagedObjectReference, props: Props): Kind | undefined {
  if (optionOf(props, 'guestinfo./init/common/id') === referenceText(vm)) return 'appliance';
  const id = optionOf(props, 'guestinfo./common/id');
  return id !== undefined && optionOf(props, 'guestinfo./sessions') === id ? 'container' : undefined;
}

const listOf = (value: string | undefined): string[] => (value === undefined || value === '<nil>' ? [] : value.split('|'));
const addressKey = (role: Role): string => `guestinfo..init.networks|${role}.ip.IP`;
const slotKey = (role: Role): string => `guestinfo./init/networks|${role}/Common/id`;

/** Addresses that other appliances have or had last. */
function takenAddresses(tx: Transaction, except: ManagedObjectReference): Set<string> {
  const taken = new Set<string>();
  for (const vm of tx.all('VirtualMachine')) {
    if (vm.value !== except.value) for (const address of bootOf(tx.props(vm))?.addresses ?? []) taken.add(address);
  }
  return taken;
}

/** An address that the configuration names itself, so that no DHCP server is asked. */
function staticAddress(keys: Keys, role: Role): string | undefined {
  const address = readAddress(keys[`guestinfo./init/networks|${role}/staticip/IP`]);
  return address === '0.0.0.0' ? undefined : address;
}

/**
 * The lease of each role: what it had before, else `client` for the client's adapter, else what the DHCP server of its
 * network gives. Undefined when one of them gets none, because then the appliance goes no further.
 */
export function leasesOf(tx: Transaction, vm: ManagedObjectReference, client?: string): Leases | undefined {
  const keys = keysOf(tx.find(vm));
  const roles = listOf(keys['guestinfo./init/networks']);
  const adapters = new Map(adaptersOf(tx, vm).map((adapter) => [String(adapter.slot), adapter]));
  const { dhcp } = bootPlanOf(tx, vm);
  const bySlot = new Map<string, string>();
  let used: Set<string> | undefined;
  const leases: Partial<Record<Role, Lease>> = {};
  const asked = DHCP_ROLES.filter((name) => roles.includes(name));
  for (const role of asked) {
    const address = staticAddress(keys, role);
    if (address !== undefined) bySlot.set(keys[slotKey(role)] ?? '', address);
  }
  for (const role of asked) {
    const slot = keys[slotKey(role)] ?? '';
    const network = adapters.get(slot)?.network;
    if (network === undefined || adapters.get(slot)!.unplugged) return undefined;
    const range = dhcpOf(tx, network);
    let address = bySlot.get(slot);
    if (address === undefined) {
      if (!dhcp || range === undefined) return undefined;
      address = readAddress(keys[addressKey(role)]) ?? (role === 'client' ? client : undefined);
      if (address === undefined) {
        const taken = (used ??= takenAddresses(tx, vm));
        address = freeAddress(range, hash(`${String(tx.get(vm, 'config.uuid'))} ${slot}`), (one) => taken.has(one));
        if (address === undefined) return undefined;
        taken.add(address);
      }
      bySlot.set(slot, address);
    }
    leases[role] = leaseFor(address, range);
  }
  return leases;
}

/** The components that the configuration names, in the order in which they are started. */
export function componentsOf(props: Props): string[] {
  const named = listOf(optionOf(props, 'guestinfo./init/sessions'));
  return [...LAUNCH_ORDER.filter((name) => named.includes(name)), ...named.filter((name) => !LAUNCH_ORDER.includes(name))];
}

/** Writes keys into a machine's configuration, as its guest does. */
export function writeBack(tx: Transaction, vm: ManagedObjectReference, keys: Keys): void {
  const old = tx.props<'VirtualMachine'>(vm).config?.extraConfig ?? [];
  const kept = old.filter((option) => !Object.hasOwn(keys, option.key));
  tx.set(vm, 'config.extraConfig', [...kept, ...toOptions(keys)]);
}

/** What a component has to say after its launch; undefined for one of which nothing is heard. */
export function launchOf(plan: BootPlan, component: string): Keys | undefined {
  if ((plan.hangs as readonly string[]).includes(component)) return undefined;
  const failure = plan.failures[component as Component];
  return failure === undefined ? launched(component) : notLaunched(component, failure);
}

/** The networks of an appliance come up: it writes its addresses down and vSphere learns of them. */
export function networksCameUp(tx: Transaction, vm: ManagedObjectReference, leases: Leases): void {
  writeBack(tx, vm, networksUp(leases, componentsOf(tx.props(vm))));
  setBoot(tx, vm, { ...bootOf(tx.props(vm)), addresses: addressesOf(leases) });
  const keys = keysOf(tx.find(vm));
  const addresses = new Map<number, { address: string; prefix: number }>();
  const bridge = readAddress(keys['guestinfo./bridge-ip-range/IP']);
  if (bridge !== undefined) addresses.set(Number(keys[slotKey('bridge')]), { address: second(bridge), prefix: BRIDGE_PREFIX });
  for (const role of DHCP_ROLES) {
    const found = leases[role];
    if (found) addresses.set(Number(keys[slotKey(role)]), found);
  }
  const main = (leases.client ?? leases.external ?? leases.management)?.address;
  if (main !== undefined) report(tx, vm, String(tx.get(vm, 'name')), addresses, main);
}

const addressesOf = (leases: Leases): string[] => [...new Set(Object.values(leases).map((lease) => lease.address))];

/** A container's process starts and its addresses become known. */
export function runContainer(tx: Transaction, vm: ManagedObjectReference): void {
  const id = keysOf(tx.find(vm))['guestinfo./common/id']!;
  writeBack(tx, vm, { [`guestinfo..sessions|${id}.started`]: 'true', [`guestinfo..sessions|${id}.status`]: '0' });
  reportAddresses(tx, vm);
}

/** vSphere learns of the addresses that a container has on its networks; that of the default network is its own. */
export function reportAddresses(tx: Transaction, vm: ManagedObjectReference): void {
  const keys = keysOf(tx.find(vm));
  const addresses = new Map<number, { address: string; prefix: number }>();
  let main: string | undefined;
  for (const name of listOf(keys['guestinfo./networks'])) {
    const key = `guestinfo./networks|${slashed(name)}`;
    const address = readAddress(keys[`guestinfo..networks|${dotted(name)}.ip.IP`]);
    if (address === undefined) continue;
    const mask = readAddress(keys[`guestinfo..networks|${dotted(name)}.ip.Mask`]);
    const slot = Number(keys[`${key}/Common/id`]);
    if (!addresses.has(slot)) addresses.set(slot, { address, prefix: mask === undefined ? BRIDGE_PREFIX : prefixOf(mask) });
    if (main === undefined || keys[`${key}/network/default`] === 'true') main = address;
  }
  if (main !== undefined) report(tx, vm, keys['guestinfo./common/id']!.slice(0, 12), addresses, main);
}

/** Leaves a VIC machine as it is long after power-on: for worlds that begin with running machines. */
export function bootAtOnce(tx: Transaction, vm: ManagedObjectReference, client?: string): void {
  const time = tx.get(vm, 'runtime.bootTime') as Date | undefined;
  if (kindOf(vm, tx.props(vm)) === 'container') {
    runContainer(tx, vm);
    setBoot(tx, vm, { time, done: true });
    return;
  }
  const leases = leasesOf(tx, vm, client);
  // Without addresses it is still waiting for them, and the world goes on from there.
  if (!leases) return;
  networksCameUp(tx, vm, leases);
  const plan = bootPlanOf(tx, vm);
  for (const component of componentsOf(tx.props(vm))) writeBack(tx, vm, launchOf(plan, component) ?? {});
  setBoot(tx, vm, { ...bootOf(tx.props(vm)), time, done: true });
}

/** What is left of an earlier run in an appliance that is off: its last addresses and "started" stay in its keys. */
export function rememberBoot(tx: Transaction, vm: ManagedObjectReference, client?: string): void {
  const leases = leasesOf(tx, vm, client);
  if (!leases) return;
  const components = componentsOf(tx.props(vm));
  writeBack(tx, vm, Object.assign(networksUp(leases, components), ...components.map(launched)) as Keys);
  setBoot(tx, vm, { addresses: addressesOf(leases) });
}

const second = (network: string): string => network.replace(/\d+$/, (last) => String(Number(last) + 1));

/** First address of the bridge network: the appliance's own, and the gateway of containers, as '172.16.0.1/16'. */
export const bridgeGateway = (range: string): string => `${second(parseCidr(range).address)}/${BRIDGE_PREFIX}`;
