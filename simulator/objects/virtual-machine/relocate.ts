// RelocateVM_Task and MigrateVM_Task: another host, pool, folder, datastore. A plan first says what objects to it, so
// that the checkers can ask without moving anything.
import {
  fault, type Fault, type ManagedObjectReference, type VirtualDeviceConfigSpec, type VirtualEthernetCard, type VirtualMachineConfigInfo, type VirtualMachineRelocateSpec,
  type VirtualMachineRuntimeInfo,
} from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { hostRefusal } from '../admission.ts';
import { assertFreeName, datacenterOf } from '../entity.ts';
import { replug, requireDatacenter, requireObjects, seesNetwork } from './clone.ts';
import { moveTypeOf, wrongArgument } from './clone-disks.ts';
import { isFamily } from './device-types.ts';
import { applyHomePolicy, withLocatedPolicies } from '../storage-policy/association.ts';
import { applyDeviceChanges } from './devices.ts';
import { chainOf, devicesOf } from './disk-chains.ts';
import { chooseHost, ownerOf, requireUsable } from './placement.ts';
import { powerStateOf, wrongPowerState } from './power.ts';
import { homeOf } from './reconfigure.ts';
import { destinationOf, moveFiles } from './relocate-files.ts';

type Ref = ManagedObjectReference;

export interface Relocation {
  readonly pool: Ref | undefined;
  readonly host: Ref;
  readonly folder: Ref | undefined;
  /** Why it cannot be done. */
  readonly errors: readonly Fault[];
  /** What will be amiss afterwards. */
  readonly warnings: readonly Fault[];
}

/** Works out where a spec leads. Throws for a spec that makes no sense; what hosts object to is in the result. */
export function planRelocation(sim: Simulation, tx: Transaction, vm: Ref, spec: VirtualMachineRelocateSpec): Relocation {
  if (sim.product === 'esxi') throw fault('NotSupported', {}, 'A standalone ESXi host cannot relocate virtual machines.');
  if (spec.service) throw fault('NotSupported', {}, 'Relocating to another vCenter Server is not supported.');
  requireObjects(tx, spec.pool, spec.host, spec.datastore, spec.folder, ...(spec.disk ?? []).map((locator) => locator.datastore));
  const connection = tx.get(vm, 'runtime.connectionState');
  if (connection !== 'connected') throw fault('InvalidState', {}, `The operation is not allowed in the current connection state of the virtual machine (${String(connection)}).`);
  for (const { diskId } of spec.disk ?? []) {
    if (!devicesOf(tx, vm).some((device) => device.key === diskId && isFamily(device, 'disk'))) throw wrongArgument('spec.disk.diskId', `there is no disk with key ${diskId}`);
    moveTypeOf(spec, diskId);
  }
  const current = tx.get(vm, 'runtime.host') as Ref;
  const { pool, host } = target(tx, vm, spec, current);
  const folder = spec.folder ?? movedFolder(tx, vm, host);
  if (spec.folder && !((tx.get(spec.folder, 'childType') ?? []) as readonly string[]).includes('VirtualMachine')) throw wrongArgument('spec.folder', 'it takes no virtual machines');
  if (folder) {
    requireDatacenter(tx, folder, host);
    assertFreeName(tx, folder, String(tx.get(vm, 'name')), vm);
  }
  const errors = storageErrors(tx, vm, spec, host);
  const networks = host.value === current.value ? [] : networkIssues(tx, vm, spec, host);
  const runs = powerStateOf(tx, vm) !== 'poweredOff';
  const refusal = powerStateOf(tx, vm) === 'poweredOn' && host.value !== current.value ? hostRefusal(tx, vm, host) : undefined;
  if (refusal) errors.push(refusal);
  return { pool, host, folder, errors: runs ? [...errors, ...networks] : errors, warnings: runs ? [] : networks };
}

function target(tx: Transaction, vm: Ref, spec: VirtualMachineRelocateSpec, current: Ref): { pool: Ref | undefined; host: Ref } {
  const pool = spec.pool ?? (tx.get(vm, 'resourcePool') as Ref | undefined);
  if (spec.host && spec.host.value !== current.value) requireUsable(tx, spec.host);
  if (!pool || tx.get(vm, 'config.template') === true) return { pool: undefined, host: spec.host ?? current };
  const owner = ownerOf(tx, pool);
  const inOwner = (host: Ref) => (tx.get(host, 'parent') as Ref | undefined)?.value === owner.value;
  if (spec.host) {
    if (!inOwner(spec.host)) {
      throw spec.pool ? wrongArgument('spec.host', `it is not in '${String(tx.get(owner, 'name'))}', where the pool is`)
        : wrongArgument('spec.pool', `the host '${String(tx.get(spec.host, 'name'))}' is in another compute resource than the virtual machine: name a pool of it`);
    }
    return { pool, host: spec.host };
  }
  return { pool, host: inOwner(current) ? current : chooseHost(tx, pool, undefined, String(tx.get(vm, 'name'))) };
}

/** A machine that leaves its datacenter without a folder goes to the VM folder of the new one. */
function movedFolder(tx: Transaction, vm: Ref, host: Ref): Ref | undefined {
  const parent = tx.get(vm, 'parent') as Ref | undefined;
  const there = datacenterOf(tx, host);
  if (!parent || !there || datacenterOf(tx, parent)?.value === there.value) return undefined;
  return tx.get(there, 'vmFolder') as Ref;
}

/** The host must see every datastore that the machine will be on. */
function storageErrors(tx: Transaction, vm: Ref, spec: VirtualMachineRelocateSpec, host: Ref): Fault[] {
  const seen = new Set(((tx.get(host, 'datastore') ?? []) as readonly Ref[]).map((ref) => ref.value));
  const { home, disks } = destinationOf(tx, vm, spec);
  const hostName = String(tx.get(host, 'name'));
  const invalid = (datastore: Ref) => fault('InvalidDatastore', { datastore, name: String(tx.get(datastore, 'name')) }, `The datastore '${String(tx.get(datastore, 'name'))}' is not accessible from host '${hostName}'.`);
  const errors: Fault[] = [];
  if (!seen.has(home.value)) {
    const cause = invalid(home);
    errors.push(home.value === homeOf(tx, vm).datastore.value
      ? fault('CannotAccessVmConfig', { reason: cause.localized() }, `Unable to access the virtual machine configuration: ${cause.message}`) : cause);
  }
  for (const device of devicesOf(tx, vm)) {
    const datastore = disks.get(device.key);
    if (!datastore || seen.has(datastore.value)) continue;
    const link = chainOf(device)[0]!;
    const cause = invalid(datastore);
    const label = device.deviceInfo?.label ?? String(device.key);
    errors.push(datastore.value !== link.datastore!.value ? cause
      : fault('CannotAccessVmDisk', { device: label, backing: link.fileName, connected: false, fault: cause.localized() }, `Virtual disk '${label}' is not accessible on the host '${hostName}': ${cause.message}`));
  }
  return errors;
}

const editedKeys = (spec: VirtualMachineRelocateSpec): Set<number> => new Set(((spec.deviceChange ?? []) as readonly VirtualDeviceConfigSpec[]).map((change) => change.device.key));

/** Adapters whose network the host does not have, under any reference of that name. */
function networkIssues(tx: Transaction, vm: Ref, spec: VirtualMachineRelocateSpec, host: Ref): Fault[] {
  const edited = editedKeys(spec);
  const names = new Set(((tx.get(host, 'network') ?? []) as readonly Ref[]).map((ref) => String(tx.get(ref, 'name'))));
  return devicesOf(tx, vm).flatMap((device) => {
    if (!isFamily(device, 'nic') || edited.has(device.key)) return [];
    const backing = device.backing as { network?: Ref; deviceName?: string; port?: { portgroupKey?: string } } | undefined;
    const group = backing?.port?.portgroupKey;
    const network = backing?.network ?? (group === undefined ? undefined : { type: 'DistributedVirtualPortgroup', value: group });
    const name = backing?.port ? undefined : backing?.deviceName;
    if (!network || seesNetwork(tx, host, network) || (name !== undefined && names.has(name))) return [];
    const label = device.deviceInfo?.label ?? String(device.key);
    const called = name ?? String(tx.get(network, 'name') ?? network.value);
    return [fault('CannotAccessNetwork', { device: label, backing: called, connected: device.connectable?.connected ?? false, ...(tx.has(network) ? { network } : {}) },
      `Currently connected network interface '${label}' uses network '${called}', which is not accessible on the host '${String(tx.get(host, 'name'))}'.`)];
  });
}

/** Moves a machine as a spec says. Throws the faults of RelocateVM_Task; nothing is then changed. */
export function relocate(sim: Simulation, tx: Transaction, vm: Ref, spec: VirtualMachineRelocateSpec): void {
  const plan = planRelocation(sim, tx, vm, spec);
  if (plan.errors[0]) throw plan.errors[0];
  const { pool, host, folder } = plan;
  moveFiles(sim, tx, vm, spec);
  const before = tx.get(vm, 'runtime.host') as Ref;
  if (host.value !== before.value) moveToHost(sim, tx, vm, host, editedKeys(spec));
  applyPolicies(tx, vm, spec);
  if (spec.deviceChange?.length) changeDevices(sim, tx, vm, host, spec.deviceChange as readonly VirtualDeviceConfigSpec[]);
  if (pool && pool.value !== (tx.get(vm, 'resourcePool') as Ref | undefined)?.value) {
    tx.set(vm, 'resourcePool', pool);
    const inFolder = tx.get(vm, 'parent') !== undefined;
    tx.set(vm, 'parentVApp', pool.type === 'VirtualApp' && !inFolder ? pool : undefined);
  }
  if (folder && folder.value !== (tx.get(vm, 'parent') as Ref | undefined)?.value) tx.set(vm, 'parent', folder);
}

/** Policies of the home and of the disks that the spec names; the others keep theirs. */
function applyPolicies(tx: Transaction, vm: Ref, spec: VirtualMachineRelocateSpec): void {
  applyHomePolicy(tx, vm, spec.profile, 'spec.profile');
  if (!spec.disk?.some(({ profile }) => profile?.length)) return;
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  tx.set(vm, 'config', { ...config, hardware: { ...config.hardware, device: withLocatedPolicies(tx, config.hardware.device ?? [], spec) } });
}

function moveToHost(sim: Simulation, tx: Transaction, vm: Ref, host: Ref, edited: ReadonlySet<number>): void {
  const runtime = tx.get(vm, 'runtime') as VirtualMachineRuntimeInfo;
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const mhz = Number(tx.get(host, 'summary.hardware.cpuMhz') ?? 2000);
  const device = (config.hardware.device ?? []).map((old) => {
    const network = (old.backing as { network?: Ref } | undefined)?.network;
    const stays = !network || edited.has(old.key) || seesNetwork(tx, host, network);
    return stays || !isFamily(old, 'nic') ? old : replug(old as VirtualEthernetCard, { sim, tx, vm, host });
  });
  const changed = device.some((made, i) => made !== config.hardware.device![i]);
  tx.update(vm, {
    runtime: { ...runtime, host, ...(runtime.powerState === 'poweredOn' ? { maxCpuUsage: mhz * config.hardware.numCPU } : {}) },
    ...(changed ? { config: { ...config, hardware: { ...config.hardware, device } } } : {}),
  });
  const browser = tx.get(tx.get(host, 'parent') as Ref, 'environmentBrowser');
  if (browser) tx.set(vm, 'environmentBrowser', browser);
}

function changeDevices(sim: Simulation, tx: Transaction, vm: Ref, host: Ref, changes: readonly VirtualDeviceConfigSpec[]): void {
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const home = homeOf(tx, vm);
  const device = applyDeviceChanges(
    { sim, tx, vm, host, home, scope: { datacenter: datacenterOf(tx, home.datastore) }, power: powerStateOf(tx, vm), creating: false }, config.hardware.device ?? [], changes,
  );
  tx.set(vm, 'config', { ...config, hardware: { ...config.hardware, device } });
}

/** MigrateVM_Task: host and pool only, and only in the state that is asked for. */
export function migrate(sim: Simulation, tx: Transaction, vm: Ref, { pool, host, state }: { pool?: Ref; host?: Ref; state?: VirtualMachineRuntimeInfo['powerState'] }): void {
  const existing = powerStateOf(tx, vm);
  if (state !== undefined && state !== existing) throw wrongPowerState(existing, state);
  if (!pool && !host) throw wrongArgument('host', 'a migration needs a host or a pool');
  relocate(sim, tx, vm, { pool, host });
}
