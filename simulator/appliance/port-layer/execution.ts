// Containers as work: made, started, signalled, stopped and removed, each through vSphere.
import { isFault, type ManagedObjectReference, type VirtualDevice } from '../../../core/vim25/index.ts';
import { describePath, stat } from '../../objects/datastore/files.ts';
import { reportAddresses } from '../boot.ts';
import { containerSpec, writeSerialFiles, type DiskMount } from '../container.ts';
import { endpointKeys, leaseKeys, type ContainerConfig, type ContainerEndpoint } from '../container-keys.ts';
import { adapter, slotAt } from '../devices.ts';
import { listKeys, referenceText, slashed, toOptions, type Keys } from '../keys.ts';
import { outputOf, signalProcess } from '../tether/guest.ts';
import { endsOn } from '../tether/signals.ts';
import { readContainer, type Container } from './container.ts';
import { findScope, leaseOn, ScopeError, type Scope } from './networks.ts';
import type { Vch } from './vch.ts';
import type { VSphere } from './vsphere.ts';

/** Longest time that a process may take to say that it runs. */
const START_MILLISECONDS = 3 * 60_000;
const GRACE_SECONDS = 10;

/** A container on one network, as it is asked for. */
export interface Attachment {
  readonly name: string;
  readonly network: ManagedObjectReference;
  readonly ports: readonly string[];
  readonly aliases: readonly string[];
  readonly external: boolean;
}

export type NewContainer = Omit<ContainerConfig, 'id' | 'created' | 'key' | 'started' | 'networks' | 'mounts'> & {
  readonly attachments: readonly Attachment[];
  readonly mounts: readonly DiskMount[];
};

/** One card for each port group; the default route goes through an external network, if there is one. */
export function endpointsOf(attachments: readonly Attachment[]): ContainerEndpoint[] {
  const slots = new Map<string, number>();
  for (const { network } of attachments) if (!slots.has(network.value)) slots.set(network.value, slotAt(slots.size));
  const main = attachments.find(({ external }) => external) ?? attachments[0];
  return attachments.map(({ name, network, ports, aliases, external }) => ({
    name, network, slot: slots.get(network.value)!, default: main?.name === name && main.external === external, ports, aliases,
  }));
}

/** What ports of its networks a container has from now on. */
export const portKeys = (ports: ReadonlyMap<string, readonly string[]>): Keys =>
  Object.assign({}, ...[...ports].map(([name, list]) => listKeys(`guestinfo./networks|${slashed(name)}/ports`, list))) as Keys;

/** The container as it is now; undefined when its machine is gone. */
export const again = (vsphere: VSphere, { vm }: Container): Container | undefined => {
  const props = vsphere.sim.store.get(vm)?.props;
  return props && readContainer(vm, props);
};

/** Makes the machine of a container; it does not start it. */
export async function createContainerVm(vsphere: VSphere, vch: Vch, wanted: NewContainer): Promise<Container> {
  const { sim } = vsphere;
  const id = sim.random.hex(32);
  const { attachments, ...config } = wanted;
  const home = { imageStore: vch.imageStore, vchUuid: vch.uuid, bootstrapImage: vch.bootstrapImage, appliance: vch.addresses.management ?? vch.addresses.client ?? '' };
  const spec = vsphere.read((tx) => containerSpec(tx, home, {
    ...config, id, created: Math.floor(sim.clock.now().getTime() / 1000), networks: endpointsOf(attachments),
    key: Buffer.from(sim.random.hex(64), 'hex').toString('base64'), started: false,
  }));
  const vm = (vch.pool.type === 'VirtualApp'
    ? await vsphere.task(vch.pool, 'CreateChildVM_Task', { config: spec })
    : await vsphere.task(vch.folder, 'CreateVM_Task', { config: spec, pool: vch.pool })) as ManagedObjectReference;
  vsphere.write((tx) => writeSerialFiles(sim, tx, vch.imageStore, id));
  return readContainer(vm, sim.store.get(vm)!.props)!;
}

/** Starts a container, and waits until its process runs. Throws an Error with the reason when that does not start. */
export async function startContainer(vsphere: VSphere, vch: Vch, container: Container, more: Keys = {}): Promise<void> {
  const keys = vsphere.read((tx) => {
    const bound: Keys = {};
    for (const { name, address } of container.networks) {
      const scope = findScope(tx, vch, name);
      if (!scope) throw new ScopeError('invalid', `network ${name} not found`);
      Object.assign(bound, leaseKeys(name, leaseOn(tx, vch, scope, container.id, address)));
    }
    return { ...bound, ...more, [`guestinfo..sessions|${container.id}.started`]: '' };
  });
  await vsphere.task(container.vm, 'ReconfigVM_Task', { spec: { extraConfig: toOptions(keys) } });
  await vsphere.task(container.vm, 'PowerOnVM_Task');
  const started = `guestinfo..sessions|${container.id}.started`;
  const said = await vsphere.until(() => {
    const config = vsphere.sim.store.get(container.vm)?.props['config'] as { extraConfig?: readonly { key: string; value: unknown }[] } | undefined;
    return config === undefined ? 'the virtual machine is gone' : (config.extraConfig?.find(({ key }) => key === started)?.value as string | undefined);
  }, START_MILLISECONDS);
  if (said !== 'true') throw new Error(said ?? 'the process did not start in time');
}

/** Puts a container on another network; one that runs has an address there at once. */
export async function connectContainer(vsphere: VSphere, vch: Vch, container: Container, scope: Scope, aliases: readonly string[]): Promise<void> {
  const { vm, id, networks, state } = container;
  const reference = referenceText(scope.network);
  const shared = networks.find((binding) => binding.network === reference)?.slot;
  const slots = new Set(networks.map(({ slot }) => slot));
  let free = 0;
  while (slots.has(slotAt(free))) free++;
  const endpoint = { name: scope.name, network: scope.network, slot: shared ?? slotAt(free), default: networks.length === 0, aliases };
  const { card, lease } = vsphere.read((tx) => ({
    card: shared === undefined ? [adapter(tx, scope.network, endpoint.slot)] : [],
    lease: state === 'running' ? leaseOn(tx, vch, scope, id) : undefined,
  }));
  const keys = { ...endpointKeys({ ...endpoint, ...(lease ? { lease } : {}) }), 'guestinfo./networks': [...networks.map(({ name }) => name), scope.name].sort().join('|') };
  await vsphere.task(vm, 'ReconfigVM_Task', { spec: { deviceChange: card, extraConfig: toOptions(keys) } });
  if (lease) vsphere.write((tx) => reportAddresses(tx, vm));
}

/** Tells the process of a container something. Throws a TypeError for a signal that there is not. */
export function signalContainer(vsphere: VSphere, container: Container, signal: string): void {
  const ends = endsOn(signal);
  vsphere.write((tx) => signalProcess(vsphere.sim, tx, container.vm, ends));
}

/** Stops a container: its stop signal, then KILL, then the power. One that is off already is fine. */
export async function stopContainer(vsphere: VSphere, container: Container, graceSeconds = GRACE_SECONDS): Promise<void> {
  const off = () => (again(vsphere, container)?.state === 'running' ? undefined : true);
  if (off()) return;
  for (const signal of [container.stopSignal || 'TERM', 'KILL']) {
    signalContainer(vsphere, container, signal);
    if (await vsphere.until(off, Math.max(1, graceSeconds * 1000))) return;
  }
  try {
    await vsphere.task(container.vm, 'PowerOffVM_Task');
  } catch (error) {
    if (!isFault(error, 'InvalidPowerState')) throw error;
  }
}

/** Removes a container that is off: its disks are let go, volumes stay, its directory goes. */
export async function removeContainer(vsphere: VSphere, vch: Vch, container: Container): Promise<void> {
  const { sim } = vsphere;
  const { datastore } = vch.imageStore;
  const config = sim.store.get(container.vm)?.props['config'] as { hardware: { device: readonly VirtualDevice[] } };
  const disks = config.hardware.device.filter((device) => device._type === 'VirtualDisk');
  await vsphere.task(container.vm, 'ReconfigVM_Task', { spec: { deviceChange: disks.map((device) => ({ operation: 'remove', device })) } });
  await vsphere.task(container.vm, 'Destroy_Task');
  const left = vsphere.read((tx) => stat(tx, datastore, container.id) && describePath(tx, datastore, container.id));
  if (left) await vsphere.task(sim.wellKnown['fileManager']!, 'DeleteDatastoreFile_Task', { name: left, datacenter: vch.datacenter });
}

/** What the process of a container has written so far. */
export const logOf = (vsphere: VSphere, { vm }: Container): string => vsphere.read((tx) => outputOf(tx, vm));
