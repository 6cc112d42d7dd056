// InstantClone_Task: a running copy of a running machine. Both go on with new deltas over the disks that the source had
// at that moment, and what runs in the guest runs in the copy, too.
import { fault, type ManagedObjectReference, type OptionValue, type VirtualMachineCloneSpec, type VirtualMachineConfigInfo, type VirtualMachineInstantCloneSpec } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { cloneVirtualMachine, planClone } from './clone.ts';
import { isFamily } from './device-types.ts';
import { requireOperable, requirePower } from './power.ts';
import { writeToDeltas } from './snapshots.ts';

type Ref = ManagedObjectReference;

/** The clone that an instant clone is, but for what runs. Throws InvalidPowerState, InvalidState, InvalidArgument, DisallowedMigrationDeviceAttached. */
function planned(tx: Transaction, source: Ref, { location, config, biosUuid }: VirtualMachineInstantCloneSpec): { folder: Ref; spec: VirtualMachineCloneSpec } {
  requireOperable(tx, source);
  requirePower(tx, source, ['poweredOn'], 'poweredOn');
  const { hardware } = tx.get(source, 'config') as VirtualMachineConfigInfo;
  const held = hardware.device?.find((device) => isFamily(device, 'passthrough') || isFamily(device, 'scsi-passthrough') || isFamily(device, 'usb-device'));
  if (held) {
    const cause = fault('DeviceNotSupported', { device: held.deviceInfo?.label ?? String(held.key) }, `Device '${held.deviceInfo?.label ?? held.key}' belongs to the host.`);
    throw fault('DisallowedMigrationDeviceAttached', { fault: cause.localized() }, `The virtual machine has a device that prevents an instant clone: '${held.deviceInfo?.label ?? held.key}'.`);
  }
  if (location.diskMoveType !== undefined && location.diskMoveType !== 'createNewChildDiskBacking') {
    throw fault('InvalidArgument', { invalidProperty: 'spec.location.diskMoveType' }, `A specified parameter was not correct: spec.location.diskMoveType ('${location.diskMoveType}'; an instant clone shares the disks of its source)`);
  }
  const folder = location.folder ?? (tx.get(source, 'parent') as Ref | undefined);
  if (!folder) throw fault('InvalidArgument', { invalidProperty: 'spec.location.folder' }, 'A specified parameter was not correct: spec.location.folder (a machine of a vApp needs one)');
  const spec = {
    location: { ...location, diskMoveType: 'createNewChildDiskBacking' }, template: false, powerOn: true,
    config: { extraConfig: (config ?? []) as readonly OptionValue[], ...(biosUuid ? { uuid: biosUuid } : {}) },
  } as unknown as VirtualMachineCloneSpec;
  return { folder, spec };
}

/** Where an instant clone would go. Throws the faults of InstantClone_Task; changes nothing. */
export function planInstantClone(sim: Simulation, tx: Transaction, source: Ref, spec: VirtualMachineInstantCloneSpec): { readonly host: Ref } {
  const plan = planned(tx, source, spec);
  return { host: planClone(sim, tx, source, plan.folder, spec.name, plan.spec).host };
}

/** Makes the copy. Throws the faults of InstantClone_Task; nothing is then left behind. */
export function instantClone(sim: Simulation, tx: Transaction, source: Ref, given: VirtualMachineInstantCloneSpec): Ref {
  const { folder, spec } = planned(tx, source, given);
  const before = tx.get(source, 'config') as VirtualMachineConfigInfo;
  const vm = cloneVirtualMachine(sim, tx, source, folder, given.name, spec, before);
  // From now on the source writes elsewhere: what it had is what both build on.
  writeToDeltas(sim, tx, source, tx.get(source, 'config') as VirtualMachineConfigInfo);
  const run = tx.get(source, '_guestRun') as object | undefined;
  const guest = tx.get(source, '_guest') as object | undefined;
  tx.update(vm, {
    ...(guest ? { _guest: guest } : {}),
    ...(run ? { _guestRun: { ...run, boot: tx.get(vm, 'runtime.bootTime') } } : {}),
  });
  return vm;
}
