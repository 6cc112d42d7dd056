// ReconfigVM_Task: what may change in which state, then config, devices, extraConfig and settings in one go.
import { fault, toNumber, type ManagedObjectReference, type VirtualMachineConfigInfo, type VirtualMachineConfigSpec } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { locate, parseDatastorePath, splitPath } from '../datastore/files.ts';
import { assertFreeName, datacenterOf, validName } from '../entity.ts';
import { keyAfter } from '../crypto/encryption.ts';
import { applyHomePolicy } from '../storage-policy/association.ts';
import { applyConfigSpec, nextChangeVersion } from './config.ts';
import { applyDeviceChanges } from './devices.ts';
import { guestWrites, withoutWrites, writesOf } from './disk-writes.ts';
import { mergeExtraConfig } from './extra-config.ts';
import { powerStateOf, wrongPowerState } from './power.ts';
import { applySettings } from './properties.ts';

/** Fields that a template may still change: it has no hardware to run. */
const OF_TEMPLATES: ReadonlySet<string> = new Set([
  '_type', 'changeVersion', 'name', 'annotation', 'extraConfig', 'managedBy', 'vAppConfig', 'vAppConfigRemoved', 'uuid', 'instanceUuid', 'deviceChange', 'guestId', 'bootOptions', 'tools', 'flags', 'powerOpInfo', 'files',
]);

/** Fields that need the machine to be off. */
const COLD = ['version', 'uuid', 'firmware', 'guestId', 'numCoresPerSocket', 'memoryHotAddEnabled', 'cpuHotAddEnabled', 'cpuHotRemoveEnabled', 'nestedHVEnabled', 'vPMCEnabled'] as const;

/** Changes a machine's configuration as a spec says. Throws the faults of ReconfigVM_Task; nothing is then changed. */
export function reconfigure(sim: Simulation, tx: Transaction, vm: ManagedObjectReference, spec: VirtualMachineConfigSpec): void {
  const old = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  if (spec.changeVersion !== undefined && spec.changeVersion !== '' && spec.changeVersion !== old.changeVersion) {
    throw fault('ConcurrentAccess', {}, 'The operation cannot be performed because the virtual machine was changed in the meantime (changeVersion).');
  }
  if (old.template) for (const [key, value] of Object.entries(spec)) {
    if (value !== undefined && !OF_TEMPLATES.has(key)) throw fault('InvalidState', {}, `The operation is not allowed in the current state: '${key}' of a template cannot be changed.`);
  }
  requireColdChanges(tx, vm, old, spec);
  // The place of the .vmx is decided at creation; a spec may name its datastore again (clients do), and a wrong one is an error.
  const scope = { datacenter: datacenterOf(tx, (tx.get(vm, '_home') ?? vm) as ManagedObjectReference) };
  if (spec.files?.vmPathName) locate(tx, spec.files.vmPathName, scope);
  const config = applyConfigSpec(old, spec);
  const device = spec.deviceChange?.length ? changedDevices(sim, tx, vm, config, spec, scope) : config.hardware.device;
  const { extraConfig, settings } = mergeExtraConfig(old.extraConfig ?? [], withoutWrites(spec.extraConfig));
  const now = sim.clock.now();
  const name = rename(tx, vm, spec.name);
  tx.update(vm, {
    name,
    config: {
      ...config,
      keyId: keyAfter(tx, vm, old.keyId, spec.crypto),
      name: spec.name || config.name,
      changeVersion: nextChangeVersion(now, old.changeVersion),
      modified: now,
      hardware: device === config.hardware.device ? config.hardware : { ...config.hardware, device },
      files: files(old, spec),
      extraConfig: spec.extraConfig?.length ? extraConfig : old.extraConfig,
    },
  });
  applyHomePolicy(tx, vm, spec.vmProfile, 'spec.vmProfile');
  applySettings(tx, vm, settings);
  guestWrites(sim, tx, vm, writesOf(tx, vm, spec.extraConfig));
}

function rename(tx: Transaction, vm: ManagedObjectReference, asked: string | undefined): string {
  const current = String(tx.get(vm, 'name'));
  if (asked === undefined || asked === '') return current;
  const name = validName(asked, vm);
  const folder = tx.get(vm, 'parent') as ManagedObjectReference | undefined;
  if (name !== current && folder) assertFreeName(tx, folder, name, vm);
  return name;
}

function files(old: VirtualMachineConfigInfo, spec: VirtualMachineConfigSpec): VirtualMachineConfigInfo['files'] {
  if (!spec.files) return old.files;
  const { snapshotDirectory, suspendDirectory, logDirectory } = spec.files;
  return {
    ...old.files,
    ...(snapshotDirectory ? { snapshotDirectory } : {}), ...(suspendDirectory ? { suspendDirectory } : {}), ...(logDirectory ? { logDirectory } : {}),
  };
}

/** Where the machine's own files are. */
export function homeOf(tx: Transaction, vm: ManagedObjectReference): { datastore: ManagedObjectReference; directory: string; stem: string } {
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const [directory, vmx] = splitPath(parseDatastorePath(config.files.vmPathName!).path);
  return { datastore: tx.get(vm, '_home') as ManagedObjectReference, directory, stem: vmx.replace(/\.vmx$/, '') };
}

function changedDevices(
  sim: Simulation, tx: Transaction, vm: ManagedObjectReference, config: VirtualMachineConfigInfo, spec: VirtualMachineConfigSpec, scope: { datacenter: ManagedObjectReference | undefined },
): VirtualMachineConfigInfo['hardware']['device'] {
  const host = tx.get(vm, 'runtime.host') as ManagedObjectReference | undefined;
  return applyDeviceChanges(
    { sim, tx, vm, host, scope, power: powerStateOf(tx, vm), creating: false, home: homeOf(tx, vm) }, config.hardware.device ?? [], spec.deviceChange ?? [],
  );
}

function requireColdChanges(tx: Transaction, vm: ManagedObjectReference, old: VirtualMachineConfigInfo, spec: VirtualMachineConfigSpec): void {
  const state = powerStateOf(tx, vm);
  if (state === 'poweredOff') return;
  const current = { ...old, numCoresPerSocket: old.hardware.numCoresPerSocket } as unknown as Record<string, unknown>;
  if (COLD.some((key) => spec[key] !== undefined && spec[key] !== '' && spec[key] !== current[key])) throw wrongPowerState(state, 'poweredOff');
  const cpus = spec.numCPUs ?? old.hardware.numCPU;
  const memory = spec.memoryMB === undefined ? old.hardware.memoryMB : toNumber(spec.memoryMB);
  const hot = state === 'poweredOn';
  if (cpus > old.hardware.numCPU && !(hot && old.cpuHotAddEnabled)) throw wrongPowerState(state, 'poweredOff');
  if (cpus < old.hardware.numCPU && !(hot && old.cpuHotRemoveEnabled)) throw wrongPowerState(state, 'poweredOff');
  if (memory < old.hardware.memoryMB || (memory > old.hardware.memoryMB && !(hot && old.memoryHotAddEnabled))) throw wrongPowerState(state, 'poweredOff');
}
