// The privileges that vCenter knows, by group: names only, as data. Every privilege that the schema names is here; a
// test compares. What a role may do is roles.ts's, whether a call may be made dispatch/privileges.ts's.
import type { AuthorizationDescription, AuthorizationPrivilege, ElementDescription } from '../../../core/vim25/index.ts';

/** Group → the privileges of that group. */
const GROUPS: Readonly<Record<string, string>> = {
  'System': 'Anonymous View Read',
  'Global': 'ManageCustomFields SetCustomField LogEvent CancelTask Licenses Diagnostics Settings VCServer CapacityPlanning ScriptAction Proxy DisableMethods EnableMethods ServiceManagers Health SystemTag GlobalTag',
  'Folder': 'Create Delete Rename Move',
  'Datacenter': 'Create Delete Rename Move Reconfigure IpPoolConfig IpPoolQueryAllocations IpPoolReleaseIp',
  'Datastore': 'Rename Move Delete Browse DeleteFile FileManagement AllocateSpace Config UpdateVirtualMachineFiles UpdateVirtualMachineMetadata',
  'StoragePod': 'Config',
  'Network': 'Move Delete Config Assign',
  'DVSwitch': 'Create Modify HostOp PolicyOp PortConfig PortSetting Delete Move Vspan ResourceManagement',
  'DVPortgroup': 'Create Modify PolicyOp ScopeOp Delete Ipfix',
  'Host.Inventory': 'AddStandaloneHost CreateCluster AddHostToCluster RemoveHostFromCluster MoveCluster RenameCluster DeleteCluster EditCluster MoveHost',
  'Host.Config': 'Connection Maintenance HyperThreading Storage AutoStart Network AdvancedConfig SystemManagement Resources Snmp DateTime PciPassthru Settings Patch NetService Image Firmware AuthenticationStore Power Memory Quarantine Nvdimm ProductLocker',
  'Host.Cim': 'CimInteraction',
  'Host.Local': 'CreateVM ReconfigVM DeleteVM InstallAgent ManageUserGroups',
  'VirtualMachine.Inventory': 'Create CreateFromExisting Register Delete Unregister Move',
  'VirtualMachine.Interact': 'PowerOn PowerOff Suspend Reset Pause AnswerQuestion ConsoleInteract DeviceConnection SetCDMedia SetFloppyMedia ToolsInstall GuestControl DefragmentAllDisks CreateSecondary TurnOffFaultTolerance MakePrimary TerminateFaultTolerantVM DisableSecondary EnableSecondary Record Replay Backup CreateScreenshot PutUsbScanCodes SESparseMaintenance DnD',
  'VirtualMachine.GuestOperations': 'Query Modify Execute QueryAliases ModifyAliases',
  'VirtualMachine.Config': 'Rename Annotation AddExistingDisk AddNewDisk RemoveDisk RawDevice HostUSBDevice CPUCount Memory AddRemoveDevice EditDevice Settings Resource UpgradeVirtualHardware ResetGuestInfo ToggleForkParent AdvancedConfig DiskLease SwapPlacement DiskExtend ChangeTracking QueryUnownedFiles ReloadFromPath QueryFTCompatibility MksControl ManagedBy',
  'VirtualMachine.State': 'CreateSnapshot RevertToSnapshot RemoveSnapshot RenameSnapshot',
  'VirtualMachine.Hbr': 'ConfigureReplication ReplicaManagement MonitorReplication',
  'VirtualMachine.Provisioning': 'Customize Clone PromoteDisks CreateTemplateFromVM DeployTemplate CloneTemplate MarkAsTemplate MarkAsVM ReadCustSpecs ModifyCustSpecs DiskRandomAccess DiskRandomRead FileRandomAccess GetVmFiles PutVmFiles',
  'VirtualMachine.Namespace': 'Management Query ModifyContent ReadContent Event EventNotify',
  'Resource': 'AssignVMToPool AssignVAppToPool ApplyRecommendation CreatePool RenamePool EditPool MovePool DeletePool HotMigrate ColdMigrate QueryVMotion',
  'Alarm': 'Create Delete Edit Acknowledge SetStatus DisableActions ToggleEnableOnEntity',
  'Task': 'Create Update',
  'ScheduledTask': 'Create Delete Run Edit',
  'Sessions': 'GlobalMessage ValidateSession ImpersonateUser TerminateSession',
  'Performance': 'ModifyIntervals',
  'Authorization': 'ModifyRoles ReassignRolePermissions ModifyPermissions ModifyPrivileges',
  'Extension': 'Register Update Unregister',
  'VApp': 'ResourceConfig InstanceConfig ApplicationConfig ManagedByConfig Export Import PullFromUrls ExtractOvfEnvironment AssignVM AssignResourcePool AssignVApp Clone Create Delete Unregister Move PowerOn PowerOff Suspend Rename',
  'Profile': 'Create Delete Edit View Clear Export',
  'StorageProfile': 'Update View',
  'StorageViews': 'ConfigureService View',
  'InventoryService.Tagging': 'AttachTag CreateTag EditTag DeleteTag CreateCategory EditCategory DeleteCategory ModifyUsedByForTag ModifyUsedByForCategory ObjectAttachable',
  'ContentLibrary': 'CreateLocalLibrary CreateSubscribedLibrary DeleteLocalLibrary DeleteSubscribedLibrary UpdateLibrary UpdateLocalLibrary UpdateSubscribedLibrary AddLibraryItem UpdateLibraryItem DeleteLibraryItem SyncLibrary SyncLibraryItem EvictLibraryItem EvictSubscribedLibrary DownloadSession UpdateSession ReadStorage ImportStorage ProbeSubscription TypeIntrospection GetConfiguration UpdateConfiguration',
  'Certificate': 'Manage',
  'Cryptographer': 'Access AddDisk Clone Decrypt Encrypt EncryptNew ManageEncryptionPolicy ManageKeys ManageKeyServers Migrate Recrypt RegisterHost RegisterVM',
  'HealthUpdateProvider': 'Register Unregister Update',
  'DirectPathProfileManager': 'Manage',
  'TenantManager': 'Query Update',
  'TrustedAdmin': 'ConfigureHostCertificates ConfigureHostMetadata ConfigureTokenConversionPolicy ManageAttestingSSO ManageKMSTrust ManageTrustedHosts ReadAttestingSSO ReadKMSTrust ReadStsInfo ReadTrustedHosts RetrieveHostMetadata RetrieveTPMHostCertificates',
};

/** What a group is called by people; its last word when it is not listed. */
const LABELS: Readonly<Record<string, string>> = {
  'DVPortgroup': 'dvPort group', 'DVSwitch': 'Distributed switch', 'Host.Cim': 'Host CIM', 'Host.Config': 'Host configuration',
  'Host.Inventory': 'Host inventory', 'Host.Local': 'Host local operations', 'ScheduledTask': 'Scheduled task', 'VApp': 'vApp',
  'StoragePod': 'Datastore cluster', 'Authorization': 'Permissions', 'Task': 'Tasks',
  'VirtualMachine.Config': 'Change configuration', 'VirtualMachine.GuestOperations': 'Guest operations', 'VirtualMachine.Interact': 'Interaction',
  'VirtualMachine.Inventory': 'Edit inventory', 'VirtualMachine.Provisioning': 'Provisioning', 'VirtualMachine.State': 'Snapshot management',
  'VirtualMachine.Hbr': 'vSphere Replication', 'VirtualMachine.Namespace': 'Service configuration',
};

/** Names given to groups that only one of the products has. */
const VCENTER_ONLY = /^(Extension|Profile|StorageProfile|StorageViews|InventoryService|ContentLibrary|TrustedAdmin|TenantManager|ScheduledTask|StoragePod|HealthUpdateProvider|DirectPathProfileManager)\b/;

/** 'createFromExisting' → 'Create from existing'. */
const words = (name: string): string => {
  const spaced = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

const labelOf = (group: string): string => LABELS[group] ?? words(group.slice(group.lastIndexOf('.') + 1));

const element = (key: string, label: string): ElementDescription => ({ _type: 'ElementDescription', label, summary: label, key });

const all = (): AuthorizationPrivilege[] =>
  Object.entries(GROUPS).flatMap(([group, names]) =>
    names.split(' ').map((name) => ({ _type: 'AuthorizationPrivilege', privId: `${group}.${name}`, onParent: false, name, privGroupName: group })));

/** Every privilege of the product, in order of its id. */
export const privilegeList = (product: 'vcenter' | 'esxi'): readonly AuthorizationPrivilege[] =>
  all().filter(({ privId }) => product === 'vcenter' || !VCENTER_ONLY.test(privId)).sort((a, b) => (a.privId < b.privId ? -1 : 1));

/** What the privileges and their groups are called. */
export function privilegeDescription(list: readonly AuthorizationPrivilege[]): AuthorizationDescription {
  const groups = [...new Set(list.map(({ privGroupName }) => privGroupName))];
  return {
    _type: 'AuthorizationDescription',
    privilege: list.map(({ privId, name }) => element(privId, words(name))),
    privilegeGroup: groups.map((group) => element(group, labelOf(group))),
  };
}

/** The list with privileges that extensions define: 'com.example.Backup.Start' is Start in the group com.example.Backup. */
export function withPrivileges(list: readonly AuthorizationPrivilege[], defined: readonly { readonly privID: string; readonly privGroupName: string }[]): readonly AuthorizationPrivilege[] {
  const more = new Map(defined.map(({ privID, privGroupName }) => [privID, {
    _type: 'AuthorizationPrivilege', privId: privID, onParent: false, name: privID.slice(privID.lastIndexOf('.') + 1), privGroupName,
  }]));
  for (const { privId } of list) more.delete(privId);
  return [...list, ...more.values()].sort((a, b) => (a.privId < b.privId ? -1 : 1));
}
