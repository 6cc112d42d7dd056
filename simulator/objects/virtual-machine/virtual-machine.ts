// VirtualMachine: which method does what. The work itself is in the files beside this one.
import { fault, type ManagedObjectReference, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { exportVm } from '../ovf/export.ts';
import { attachDisk, detachDisk } from '../vstorage/attach.ts';
import { cloneVirtualMachine } from './clone.ts';
import { acquireTicket, createScreenshot, mksTicket, setScreen, typeKeys } from './console.ts';
import { checkCustomization, customize } from './customization.ts';
import { destroyVirtualMachine, unregisterVirtualMachine } from './destroy.ts';
import { instantClone } from './instant-clone.ts';
import { powerStateOf, requireOperable, requirePower, requireReachable, requireTools, reset, setPower } from './power.ts';
import { vmRelations, vmRules } from './properties.ts';
import { reconfigure } from './reconfigure.ts';
import { promoteDisks } from './relocate-files.ts';
import { migrate, relocate } from './relocate.ts';
import { consolidateDisks, createSnapshot, currentSnapshot, removeAllSnapshots, revertTo } from './snapshots.ts';
import { answer, mountTools, resetGuest, sendNmi, unmountTools, unownedFiles, upgradeHardware, upgradeTools } from './upkeep.ts';
import { markAsTemplate, markAsVirtualMachine } from './template.ts';

/** The receiver, which takes orders only while its host can be reached. */
function self({ tx, self: { ref } }: TransactionContext): ManagedObjectReference {
  requireReachable(tx, ref);
  return ref;
}

/** A host given to PowerOn must belong to the machine's compute resource. */
function hostFor({ tx, self: { ref } }: TransactionContext, host: ManagedObjectReference | undefined): ManagedObjectReference | undefined {
  if (!host) return undefined;
  const current = tx.get(ref, 'runtime.host') as ManagedObjectReference;
  const sameOwner = (tx.get(host, 'parent') as ManagedObjectReference | undefined)?.value === (tx.get(current, 'parent') as ManagedObjectReference | undefined)?.value;
  if (tx.has(host) && !sameOwner) throw fault('InvalidArgument', { invalidProperty: 'host' }, 'A specified parameter was not correct: host');
  return host;
}

export const virtualMachine = define(
  'VirtualMachine',
  {
    ReconfigVM_Task: { task: (ctx, { spec }) => reconfigure(ctx.sim, ctx.tx, self(ctx), spec) },
    PowerOnVM_Task: { task: (ctx, { host }) => setPower(ctx.sim, ctx.tx, self(ctx), 'poweredOn', hostFor(ctx, host)) },
    PowerOffVM_Task: { task: (ctx) => setPower(ctx.sim, ctx.tx, self(ctx), 'poweredOff') },
    SuspendVM_Task: { task: (ctx) => setPower(ctx.sim, ctx.tx, self(ctx), 'suspended') },
    ResetVM_Task: { task: (ctx) => reset(ctx.sim, ctx.tx, self(ctx)) },
    ShutdownGuest: (ctx) => {
      requireTools(ctx.tx, self(ctx), 'poweredOn');
      setPower(ctx.sim, ctx.tx, self(ctx), 'poweredOff');
    },
    RebootGuest: (ctx) => {
      requireTools(ctx.tx, self(ctx), 'poweredOn');
      reset(ctx.sim, ctx.tx, self(ctx));
    },
    StandbyGuest: (ctx) => {
      requireTools(ctx.tx, self(ctx), 'poweredOn');
      setPower(ctx.sim, ctx.tx, self(ctx), 'suspended');
    },
    CreateSnapshot_Task: { task: (ctx, { name, description, memory, quiesce }) => createSnapshot(ctx.sim, ctx.tx, self(ctx), { name, description, memory, quiesce }) },
    CreateSnapshotEx_Task: {
      task: (ctx, { name, description, memory, quiesceSpec }) => createSnapshot(ctx.sim, ctx.tx, self(ctx), { name, description, memory, quiesce: quiesceSpec !== undefined }),
    },
    RevertToCurrentSnapshot_Task: { task: (ctx, { host, suppressPowerOn }) => revertTo(ctx.sim, ctx.tx, currentSnapshot(ctx.tx, self(ctx)), { host, suppressPowerOn }) },
    RemoveAllSnapshots_Task: { task: (ctx, { consolidate }) => removeAllSnapshots(ctx.sim, ctx.tx, self(ctx), consolidate ?? true) },
    ConsolidateVMDisks_Task: { task: (ctx) => consolidateDisks(ctx.sim, ctx.tx, self(ctx)) },
    CloneVM_Task: { task: (ctx, { folder, name, spec }) => cloneVirtualMachine(ctx.sim, ctx.tx, self(ctx), folder, name, spec) },
    InstantClone_Task: { task: (ctx, { spec }) => instantClone(ctx.sim, ctx.tx, self(ctx), spec) },
    RelocateVM_Task: { task: (ctx, { spec }) => relocate(ctx.sim, ctx.tx, self(ctx), spec) },
    MigrateVM_Task: { task: (ctx, { pool, host, state }) => migrate(ctx.sim, ctx.tx, self(ctx), { pool, host, state }) },
    UpgradeVM_Task: { task: (ctx, { version }) => upgradeHardware(ctx.sim, ctx.tx, self(ctx), version) },
    MountToolsInstaller: (ctx) => mountTools(ctx.tx, self(ctx)),
    UnmountToolsInstaller: (ctx) => unmountTools(ctx.tx, self(ctx)),
    QueryUnownedFiles: (ctx) => unownedFiles(ctx.tx, self(ctx)),
    SendNMI: (ctx) => sendNmi(ctx.tx, self(ctx)),
    UpgradeTools_Task: { task: (ctx) => upgradeTools(ctx.tx, self(ctx)) },
    ResetGuestInformation: (ctx) => resetGuest(ctx.tx, self(ctx)),
    AnswerVM: (ctx, { questionId, answerChoice }) => answer(ctx.sim, ctx.tx, self(ctx), questionId, answerChoice),
    AcquireTicket: (ctx, { ticketType }) => acquireTicket(ctx.sim, ctx.tx, self(ctx), ticketType),
    AcquireMksTicket: (ctx) => mksTicket(ctx.sim, ctx.tx, self(ctx)),
    CreateScreenshot_Task: { task: (ctx) => createScreenshot(ctx.sim, ctx.tx, self(ctx)) },
    PutUsbScanCodes: (ctx, { spec }) => typeKeys(ctx.tx, self(ctx), spec.keyEvents),
    SetScreenResolution: (ctx, { width, height }) => setScreen(ctx.tx, self(ctx), width, height),
    ExportVm: exportVm,
    AttachDisk_Task: { task: (ctx, args) => attachDisk(ctx.sim, ctx.tx, self(ctx), args) },
    DetachDisk_Task: { task: (ctx, { diskId }) => detachDisk(ctx.sim, ctx.tx, self(ctx), diskId) },
    PromoteDisks_Task: { task: (ctx, { unlink, disks }) => promoteDisks(ctx.sim, ctx.tx, self(ctx), unlink, disks) },
    CustomizeVM_Task: {
      task: (ctx, { spec }) => {
        requireOperable(ctx.tx, self(ctx));
        requirePower(ctx.tx, self(ctx), ['poweredOff'], 'poweredOff');
        customize(ctx.tx, self(ctx), spec);
      },
    },
    CheckCustomizationSpec: (ctx, { spec }) => checkCustomization(ctx.tx.get(self(ctx), 'config') as VirtualMachineConfigInfo, spec),
    Destroy_Task: { task: (ctx) => destroyVirtualMachine(ctx.tx, self(ctx)) },
    // Forgetting a machine needs no host.
    UnregisterVM: (ctx) => unregisterVirtualMachine(ctx.tx, ctx.self.ref),
    MarkAsTemplate: (ctx) => markAsTemplate(ctx.tx, self(ctx)),
    MarkAsVirtualMachine: (ctx, { pool, host }) => markAsVirtualMachine(ctx.tx, self(ctx), pool, host),
    // The layout is worked out again when a value that it follows from is another object.
    RefreshStorageInfo: (ctx) => ctx.tx.set(self(ctx), '_home', { ...(ctx.tx.get(self(ctx), '_home') as ManagedObjectReference) }),
    TerminateVM: (ctx) => {
      requireOperable(ctx.tx, self(ctx));
      if (powerStateOf(ctx.tx, self(ctx)) === 'poweredOff') throw fault('InvalidState', {}, 'The operation is not allowed in the current state: the virtual machine is powered off.');
      setPower(ctx.sim, ctx.tx, self(ctx), 'poweredOff');
    },
  },
  { relations: vmRelations, rules: vmRules },
);
