// CloneVM_Task: a new machine from a machine, a template or a snapshot of one.
import {
  fault, isFault, type CustomizationSpec, type GuestInfo, type ManagedObjectReference, type VirtualDevice, type VirtualDeviceConfigSpec, type VirtualDisk,
  type VirtualEthernetCard, type VirtualMachineCloneSpec, type VirtualMachineConfigInfo,
} from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath, joinPath } from '../datastore/files.ts';
import { assertFreeName, datacenterOf, validName } from '../entity.ts';
import { cloneDisk, wrongArgument } from './clone-disks.ts';
import { keyAfter } from '../crypto/encryption.ts';
import { applyConfigSpec, nextChangeVersion } from './config.ts';
import { addVirtualMachine, datastoreUrl, writeHome } from './create.ts';
import { checkCustomization } from './customization.ts';
import { isFamily } from './device-types.ts';
import { applyHomePolicy, withLocatedPolicies } from '../storage-policy/association.ts';
import { applyDeviceChanges, connection } from './devices.ts';
import type { Home } from './disks.ts';
import { mergeExtraConfig } from './extra-config.ts';
import { hasTools } from './guest.ts';
import { plugNic, type NicWork } from './nics.ts';
import { chooseHost, freshDirectory, ownerOf, requireUsable } from './placement.ts';
import { setPower } from './power.ts';
import { applySettings } from './properties.ts';

type Ref = ManagedObjectReference;

const notFound = (obj: Ref) => fault('ManagedObjectNotFound', { obj }, `The object 'vim.${obj.type}:${obj.value}' has already been deleted or has not been completely created`);

/** Throws ManagedObjectNotFound for the first reference that is no object. */
export function requireObjects(tx: Transaction, ...refs: readonly (Ref | undefined)[]): void {
  for (const ref of refs) if (ref && !tx.has(ref)) throw notFound(ref);
}

interface Plan {
  readonly name: string;
  readonly from: VirtualMachineConfigInfo;
  readonly pool: Ref | undefined;
  readonly host: Ref;
  readonly datastore: Ref;
}

/** Works out where a clone goes and what it is made from. Throws the faults of CloneVM_Task; changes nothing. */
export function planClone(sim: Simulation, tx: Transaction, source: Ref, folder: Ref, asked: string, spec: VirtualMachineCloneSpec): Plan {
  if (sim.product === 'esxi') throw fault('NotSupported', {}, 'A standalone ESXi host cannot clone virtual machines.');
  const { location } = spec;
  if (location.service) throw fault('NotSupported', {}, 'Cloning to another vCenter Server is not supported.');
  if (spec.memory) throw fault('NotSupported', {}, 'Cloning the memory of a running virtual machine is not supported.');
  requireObjects(tx, folder, location.pool, location.host, location.datastore, ...(location.disk ?? []).map((locator) => locator.datastore));
  if (!((tx.get(folder, 'childType') ?? []) as readonly string[]).includes('VirtualMachine')) throw wrongArgument('folder', `'${String(tx.get(folder, 'name'))}' takes no virtual machines`);
  if (spec.powerOn && spec.template) throw wrongArgument('spec.powerOn', 'a template cannot be powered on');
  const name = validName(asked);
  assertFreeName(tx, folder, name);
  const from = sourceConfig(tx, source, spec.snapshot);
  const { pool, host } = target(tx, source, spec, name);
  requireDatacenter(tx, folder, host);
  const datastore = location.datastore ?? (tx.get(source, '_home') as Ref);
  requireReach(tx, host, [datastore, ...(location.disk ?? []).map((locator) => locator.datastore)]);
  return { name, from, pool, host, datastore };
}

/** Copies a machine; `frozen` is its configuration when its disks will not be written to any more. Throws the faults of CloneVM_Task; nothing is then left behind. */
export function cloneVirtualMachine(sim: Simulation, tx: Transaction, source: Ref, folder: Ref, asked: string, spec: VirtualMachineCloneSpec, frozen?: VirtualMachineConfigInfo): Ref {
  const { name, from: current, pool, host, datastore } = planClone(sim, tx, source, folder, asked, spec);
  const from = frozen ?? current;
  const vm = { type: 'VirtualMachine', value: tx.nextId('vm') };
  const { directory, vmx } = freshDirectory(tx, datastore, name);
  const home: Home = { datastore, directory, stem: vmx.replace(/\.vmx$/, '') };
  writeHome(sim, tx, vm, { datastore, directory, vmx });
  const { config, settings } = configure(sim, tx, { vm, host, home, vmx, name, from, spec, frozen: frozen !== undefined || spec.snapshot !== undefined });
  if (spec.customization) checkCustomization(config, spec.customization);
  const owner = tx.get(host, 'parent') as Ref;
  const vApp = pool?.type === 'VirtualApp' ? pool : undefined;
  addVirtualMachine(tx, vm, { name, folder, vApp, pool: spec.template ? undefined : pool, host, owner, place: { datastore, directory, vmx }, config });
  tx.update(vm, { _clonedFrom: source.value, ...inherited(tx.get(source, '_guest') as Partial<GuestInfo> | undefined, spec.customization), ...diskOfGuest(tx, spec.snapshot ?? source) });
  if (tx.get(source, '_policy')) tx.set(vm, '_policy', tx.get(source, '_policy'));
  applyHomePolicy(tx, vm, spec.config?.vmProfile ?? spec.location.profile, 'spec.location.profile');
  applySettings(tx, vm, settings);
  if (spec.powerOn) setPower(sim, tx, vm, 'poweredOn');
  return vm;
}

function sourceConfig(tx: Transaction, source: Ref, snapshot: Ref | undefined): VirtualMachineConfigInfo {
  if (!snapshot) return tx.get(source, 'config') as VirtualMachineConfigInfo;
  requireObjects(tx, snapshot);
  if ((tx.get(snapshot, 'vm') as Ref | undefined)?.value !== source.value) throw wrongArgument('spec.snapshot', 'it is a snapshot of another virtual machine');
  return tx.get(snapshot, 'config') as VirtualMachineConfigInfo;
}

/** Pool and host of the clone. A machine that is to come from a template must be told its pool. */
function target(tx: Transaction, source: Ref, { location, template }: VirtualMachineCloneSpec, name: string): { pool: Ref | undefined; host: Ref } {
  const pool = location.pool ?? (tx.get(source, 'resourcePool') as Ref | undefined);
  const current = tx.get(source, 'runtime.host') as Ref;
  if (!pool || (template && !location.pool)) {
    if (!template) throw wrongArgument('spec.location.pool', 'a virtual machine from a template needs a resource pool');
    if (location.host) requireUsable(tx, location.host);
    return { pool: undefined, host: location.host ?? current };
  }
  const owner = ownerOf(tx, pool);
  const stays = !location.host && !location.pool && (tx.get(current, 'parent') as Ref).value === owner.value;
  if (stays && tx.get(current, 'runtime.connectionState') === 'connected' && tx.get(current, 'runtime.inMaintenanceMode') !== true) return { pool, host: current };
  return { pool, host: chooseHost(tx, pool, location.host, name) };
}

/** Throws DatacenterMismatch unless folder and host are in one datacenter. */
export function requireDatacenter(tx: Transaction, folder: Ref, host: Ref): void {
  const [expected, actual] = [datacenterOf(tx, folder), datacenterOf(tx, host)];
  if (!expected || expected.value === actual?.value) return;
  throw fault('DatacenterMismatch', { invalidArgument: [{ entity: host, inputDatacenter: actual }], expectedDatacenter: expected },
    `The host '${String(tx.get(host, 'name'))}' is not in datacenter '${String(tx.get(expected, 'name'))}', where the folder is.`);
}

/** Throws InvalidDatastore unless the host sees every datastore. */
export function requireReach(tx: Transaction, host: Ref, datastores: readonly Ref[]): void {
  const seen = (tx.get(host, 'datastore') ?? []) as readonly Ref[];
  for (const datastore of datastores) {
    if (seen.some((ref) => ref.value === datastore.value)) continue;
    throw fault('InvalidDatastore', { datastore, name: String(tx.get(datastore, 'name')) }, `The datastore '${String(tx.get(datastore, 'name'))}' is not accessible from host '${String(tx.get(host, 'name'))}'.`);
  }
}

interface Copy {
  readonly vm: Ref;
  readonly host: Ref;
  readonly home: Home;
  readonly vmx: string;
  readonly name: string;
  readonly from: VirtualMachineConfigInfo;
  readonly spec: VirtualMachineCloneSpec;
  readonly frozen: boolean;
}

function configure(sim: Simulation, tx: Transaction, { vm, host, home, vmx, name, from, spec, frozen }: Copy) {
  const now = sim.clock.now();
  const born: VirtualMachineConfigInfo = {
    ...from, name, uuid: sim.random.uuid(), instanceUuid: sim.random.uuid(), createDate: now, modified: now, changeVersion: nextChangeVersion(now), template: spec.template,
  };
  const config = applyConfigSpec(born, { ...spec.config, name: undefined });
  const work = { sim, tx, vm, host };
  const copies = (from.hardware.device ?? []).map((device) => copyDevice(device, work, (disk) =>
    withIdentity(cloneDisk({ sim, tx, spec: spec.location, home, frozen }, disk), vm)));
  const devices = withLocatedPolicies(tx, copies, spec.location);
  const changes = [...(spec.location.deviceChange ?? []), ...(spec.config?.deviceChange ?? [])] as readonly VirtualDeviceConfigSpec[];
  const device = applyDeviceChanges({ ...work, home, scope: { datacenter: datacenterOf(tx, home.datastore) }, power: 'poweredOff', creating: false }, devices, changes);
  const { extraConfig, settings } = mergeExtraConfig(from.extraConfig ?? [], spec.config?.extraConfig ?? []);
  const directory = describePath(tx, home.datastore, `${home.directory}/`);
  const made: VirtualMachineConfigInfo = {
    ...config,
    ...(spec.config?.crypto ? { keyId: keyAfter(tx, vm, config.keyId, spec.config.crypto) } : {}),
    hardware: { ...config.hardware, device },
    files: { vmPathName: describePath(tx, home.datastore, joinPath(home.directory, vmx)), snapshotDirectory: directory, suspendDirectory: directory, logDirectory: directory },
    datastoreUrl: datastoreUrl(tx, home.datastore),
    extraConfig,
  };
  return { config: made, settings };
}

const withIdentity = (disk: VirtualDisk, vm: Ref): VirtualDisk => ({ ...disk, diskObjectId: `${/\d+$/.exec(vm.value)?.[0] ?? '0'}-${disk.key}` });

function copyDevice(device: VirtualDevice, work: NicWork, copyDisk: (disk: VirtualDisk) => VirtualDisk): VirtualDevice {
  let made = device;
  if (isFamily(device, 'disk')) made = copyDisk(device as VirtualDisk);
  else if (isFamily(device, 'nic')) made = copyNic(device as VirtualEthernetCard, work);
  const plug = made.connectable;
  return plug?.connected ? { ...made, connectable: connection(plug.startConnected, plug.allowGuestControl, false) } : made;
}

/** An adapter with an address and a port of its own; a manual address is the user's and stays. */
function copyNic(nic: VirtualEthernetCard, work: NicWork): VirtualEthernetCard {
  const { macAddress, addressType, ...rest } = nic;
  const manual = addressType?.toLowerCase() === 'manual';
  return replug({ ...rest, ...(manual ? { macAddress, addressType } : {}) } as VirtualEthernetCard, work);
}

/** Plugs an adapter in again, perhaps on another host: its port is new; a network that is not there is only named. */
export function replug(nic: VirtualEthernetCard, work: NicWork): VirtualEthernetCard {
  const { network, ...backing } = (nic.backing ?? {}) as { port?: { switchUuid: string; portgroupKey?: string }; network?: Ref; deviceName?: string };
  const fresh = backing.port
    ? { ...backing, port: { switchUuid: backing.port.switchUuid, portgroupKey: backing.port.portgroupKey } }
    : network && seesNetwork(work.tx, work.host, network) ? { ...backing, network } : backing;
  try {
    return plugNic(work, { ...nic, backing: fresh as VirtualEthernetCard['backing'] }, 0);
  } catch (error) {
    if (!isFault(error, 'InvalidDeviceBacking')) throw error;
    return { ...nic, backing: backing as VirtualEthernetCard['backing'] };
  }
}

export const seesNetwork = (tx: Transaction, host: Ref | undefined, network: Ref): boolean =>
  host !== undefined && ((tx.get(host, 'network') ?? []) as readonly Ref[]).some((ref) => ref.value === network.value);

/** The files that the guest has on its disks. */
function diskOfGuest(tx: Transaction, from: Ref): Record<string, unknown> {
  const disk = tx.get(from, '_guestOs');
  return disk === undefined ? {} : { _guestOs: disk };
}

/** What a fresh copy of a guest has of it: the tools, but neither name nor address; and the spec for its first boot. */
function inherited(guest: Partial<GuestInfo> | undefined, customization: CustomizationSpec | undefined): Record<string, unknown> {
  const { toolsStatus, toolsVersion, toolsVersionStatus, toolsVersionStatus2, toolsInstallType } = guest ?? {};
  const tools = Object.fromEntries(Object.entries({ toolsStatus, toolsVersion, toolsVersionStatus, toolsVersionStatus2, toolsInstallType }).filter(([, value]) => value !== undefined));
  return {
    ...(hasTools(guest) ? { _guest: { toolsRunningStatus: 'guestToolsRunning', ...tools } } : {}),
    ...(customization ? { _customization: customization } : {}),
  };
}
