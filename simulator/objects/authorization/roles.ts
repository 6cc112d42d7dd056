// The roles that exist before anybody makes one: the system's, which nobody can change, and vCenter's samples.
import type { AuthorizationPrivilege, AuthorizationRole } from '../../../core/vim25/index.ts';
import { privilegeList } from './privilege-list.ts';

/** What every role contains: whoever holds any role may see that the object is there. */
export const BASIC: readonly string[] = ['System.Anonymous', 'System.Read', 'System.View'];

/** Role ids of custom roles begin here. */
export const FIRST_CUSTOM_ROLE = 1001;

const role = (roleId: number, name: string, label: string, summary: string, privilege: readonly string[]): AuthorizationRole => ({
  _type: 'AuthorizationRole', roleId, system: roleId < 0, name, info: { _type: 'Description', label, summary }, privilege,
});

/** id, name, label, summary, privileges below `<group>.` */
const SAMPLES: readonly (readonly [id: number, name: string, label: string, summary: string, privileges: Readonly<Record<string, string>>])[] = [
  [4, 'VirtualMachinePowerUser', 'Virtual machine power user (sample)', 'Provides virtual machine interaction and configuration permissions', {
    'Datastore': 'Browse',
    'Global': 'CancelTask',
    'ScheduledTask': 'Create Delete Edit Run',
    'VirtualMachine.Config': 'AddExistingDisk AddNewDisk AddRemoveDevice AdvancedConfig Annotation CPUCount ChangeTracking DiskExtend DiskLease EditDevice HostUSBDevice Memory MksControl QueryFTCompatibility QueryUnownedFiles ReloadFromPath RemoveDisk Rename ResetGuestInfo Resource Settings SwapPlacement UpgradeVirtualHardware',
    'VirtualMachine.GuestOperations': 'Execute Modify Query',
    'VirtualMachine.Interact': 'AnswerQuestion ConsoleInteract DeviceConnection GuestControl Pause PowerOff PowerOn Reset SetCDMedia SetFloppyMedia Suspend ToolsInstall',
    'VirtualMachine.State': 'CreateSnapshot RemoveSnapshot RenameSnapshot RevertToSnapshot',
  }],
  [5, 'VirtualMachineUser', 'Virtual machine user (sample)', 'Provides virtual machine interaction permissions', {
    'Global': 'CancelTask',
    'ScheduledTask': 'Create Delete Edit Run',
    'VirtualMachine.GuestOperations': 'Execute Modify Query',
    'VirtualMachine.Interact': 'AnswerQuestion ConsoleInteract DeviceConnection GuestControl Pause PowerOff PowerOn Reset SetCDMedia SetFloppyMedia Suspend ToolsInstall',
  }],
  [6, 'ResourcePoolAdministrator', 'Resource pool administrator (sample)', 'Supports delegated resource management', {
    'Alarm': 'Create Delete Edit',
    'Authorization': 'ModifyPermissions',
    'Datastore': 'Browse',
    'Folder': 'Create Delete Move Rename',
    'Global': 'CancelTask LogEvent SetCustomField',
    'Resource': 'AssignVMToPool AssignVAppToPool ColdMigrate CreatePool DeletePool EditPool HotMigrate MovePool QueryVMotion RenamePool',
    'ScheduledTask': 'Create Delete Edit Run',
    'VirtualMachine.Config': 'AddExistingDisk AddNewDisk AddRemoveDevice AdvancedConfig Annotation CPUCount ChangeTracking DiskExtend DiskLease EditDevice HostUSBDevice Memory MksControl QueryFTCompatibility QueryUnownedFiles RawDevice ReloadFromPath RemoveDisk Rename ResetGuestInfo Resource Settings SwapPlacement UpgradeVirtualHardware',
    'VirtualMachine.GuestOperations': 'Execute Modify Query',
    'VirtualMachine.Interact': 'AnswerQuestion ConsoleInteract DeviceConnection GuestControl Pause PowerOff PowerOn Reset SetCDMedia SetFloppyMedia Suspend ToolsInstall',
    'VirtualMachine.Inventory': 'Create CreateFromExisting Delete Move Register Unregister',
    'VirtualMachine.Provisioning': 'Clone CloneTemplate CreateTemplateFromVM Customize DeployTemplate DiskRandomRead GetVmFiles MarkAsTemplate MarkAsVM ModifyCustSpecs PutVmFiles ReadCustSpecs',
    'VirtualMachine.State': 'CreateSnapshot RemoveSnapshot RenameSnapshot RevertToSnapshot',
  }],
  [7, 'VMwareConsolidatedBackupUser', 'VMware Consolidated Backup user (sample)', 'Used by the Consolidated Backup utility', {
    'VirtualMachine.Config': 'DiskLease',
    'VirtualMachine.Provisioning': 'DiskRandomRead GetVmFiles',
    'VirtualMachine.State': 'CreateSnapshot RemoveSnapshot',
  }],
  [8, 'DatastoreConsumer', 'Datastore consumer (sample)', 'Assigned to datastores to allow creation of virtual disks or snapshots', { 'Datastore': 'AllocateSpace' }],
  [9, 'NetworkConsumer', 'Network administrator (sample)', "Assigned to networks to allow association of virtual machines' network devices or hosts' physical network devices", { 'Network': 'Assign' }],
];

/** The system's roles; on vCenter also the samples, which may be changed and removed like one's own. */
export function initialRoles(product: 'vcenter' | 'esxi', list: readonly AuthorizationPrivilege[]): readonly AuthorizationRole[] {
  const ids = list.map(({ privId }) => privId);
  const without = (...groups: string[]) => ids.filter((id) => !groups.some((group) => id.startsWith(`${group}.`)));
  const system = [
    role(-1, 'Admin', 'Administrator', 'Full access rights', ids),
    role(-2, 'ReadOnly', 'Read-only', 'See details of objects, but not make changes', BASIC),
    role(-3, 'View', 'View', 'Visibility access (cannot be granted)', ['System.Anonymous', 'System.View']),
    role(-4, 'Anonymous', 'Anonymous', 'Not logged-in user (cannot be granted)', ['System.Anonymous']),
    role(-5, 'NoAccess', 'No access', 'Used for restricting granted access', []),
    role(-6, 'NoCryptoAdmin', 'No cryptography administrator', 'Full access without Cryptographic operations privileges', without('Cryptographer', 'TrustedAdmin')),
  ];
  if (product === 'esxi') return system;
  const known = new Set(ids);
  return [
    ...system,
    role(-7, 'TrustedAdmin', 'Trusted Infrastructure administrator', 'Setup and monitoring of Trusted Infrastructure', ids.filter((id) => /^(System|TrustedAdmin)\./.test(id))),
    role(-8, 'NoTrustedAdmin', 'No Trusted Infrastructure administrator', 'Full access without Trusted Infrastructure privileges', without('TrustedAdmin')),
    ...SAMPLES.map(([id, name, label, summary, groups]) => {
      const held = Object.entries(groups).flatMap(([group, names]) => names.split(' ').map((privilege) => `${group}.${privilege}`));
      const missing = held.find((privilege) => !known.has(privilege));
      if (missing !== undefined) throw new TypeError(`role ${name} holds ${missing}, which is no privilege`);
      return role(id, name, label, summary, [...BASIC, ...held].sort());
    }),
  ];
}

/** The roles that a permission may give from the beginning, by name. */
export const grantableRoles = (product: 'vcenter' | 'esxi'): ReadonlyMap<string, number> =>
  new Map(initialRoles(product, privilegeList(product)).filter(({ roleId }) => roleId !== -3 && roleId !== -4).map(({ name, roleId }) => [name, roleId]));
