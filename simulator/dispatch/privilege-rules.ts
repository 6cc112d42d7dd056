// Privileges that the schema cannot name, because they depend on the type of an object or on what a specification says:
// the API's documentation lists them in words. Pure: object and arguments in, needed privileges out.
import { isReference, isSubtype, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Props, Readable } from '../store/object.ts';

type Ref = ManagedObjectReference;
type Args = Readonly<Record<string, unknown>>;

export interface Need {
  readonly object: Ref;
  readonly privilege: string;
}

/** How the rules look around. */
export interface Look {
  find(ref: Ref): Props | undefined;
  /** The datastore that a path such as '[LocalDS_0] a/b' names, in that datacenter if it is given. */
  datastoreOf(path: unknown, datacenter: Ref | undefined): Ref | undefined;
}

type NeedsOf = (self: Readable, args: Args, look: Look) => readonly Need[];

/** By type, for types whose own name is not listed the one they inherit from. */
type ByType = Readonly<Record<string, string>>;

const RENAME: ByType = {
  VirtualMachine: 'VirtualMachine.Config.Rename', Folder: 'Folder.Rename', Datacenter: 'Datacenter.Rename', Datastore: 'Datastore.Rename',
  ComputeResource: 'Host.Inventory.RenameCluster', VirtualApp: 'VApp.Rename', ResourcePool: 'Resource.RenamePool',
  DistributedVirtualSwitch: 'DVSwitch.Modify', DistributedVirtualPortgroup: 'DVPortgroup.Modify', Network: 'Network.Config',
};
const DESTROY: ByType = {
  VirtualMachine: 'VirtualMachine.Inventory.Delete', Folder: 'Folder.Delete', Datacenter: 'Datacenter.Delete', Datastore: 'Datastore.Delete',
  ClusterComputeResource: 'Host.Inventory.DeleteCluster', ComputeResource: 'Host.Inventory.RemoveHostFromCluster', HostSystem: 'Host.Inventory.RemoveHostFromCluster',
  VirtualApp: 'VApp.Delete', ResourcePool: 'Resource.DeletePool', DistributedVirtualSwitch: 'DVSwitch.Delete',
  DistributedVirtualPortgroup: 'DVPortgroup.Delete', Network: 'Network.Delete',
};
const MOVE: ByType = {
  VirtualMachine: 'VirtualMachine.Inventory.Move', Folder: 'Folder.Move', Datacenter: 'Datacenter.Move', Datastore: 'Datastore.Move',
  ClusterComputeResource: 'Host.Inventory.MoveCluster', ComputeResource: 'Host.Inventory.MoveHost', HostSystem: 'Host.Inventory.MoveHost',
  VirtualApp: 'VApp.Move', DistributedVirtualSwitch: 'DVSwitch.Move', DistributedVirtualPortgroup: 'Network.Move', Network: 'Network.Move',
};
/** Types whose removal also needs the privilege where it is removed from. */
const ALSO_ON_PARENT = ['VirtualMachine', 'Folder', 'Datacenter', 'ClusterComputeResource', 'ResourcePool', 'DistributedVirtualSwitch'];

const forType = (table: ByType, type: string): string | undefined => table[type] ?? Object.entries(table).find(([name]) => isSubtype(type, name))?.[1];
const need = (object: unknown, privilege: string | undefined): readonly Need[] => (privilege !== undefined && isReference(object) ? [{ object, privilege }] : []);
const onSelf = (privilege: string): NeedsOf => ({ ref }) => need(ref, privilege);
const refs = (value: unknown): readonly Ref[] => (Array.isArray(value) ? value : [value]).filter(isReference) as Ref[];
const parentOf = (props: Props): unknown => props['parent'] ?? props['parentVApp'];

const destroy: NeedsOf = ({ ref, props }) => {
  const privilege = forType(DESTROY, ref.type);
  return [...need(ref, privilege), ...(ALSO_ON_PARENT.some((type) => isSubtype(ref.type, type)) ? need(parentOf(props), privilege) : [])];
};

const moveInto: NeedsOf = (self, args, look) =>
  refs(args['list']).flatMap((item) => {
    const privilege = forType(MOVE, item.type);
    return [...need(item, privilege), ...need(look.find(item)?.['parent'], privilege), ...need(self.ref, privilege)];
  });

const moveIntoPool: NeedsOf = (self, args) =>
  refs(args['list']).flatMap((item) => {
    if (item.type === 'VirtualMachine') return need(self.ref, self.ref.type === 'VirtualApp' ? 'VApp.AssignVM' : 'Resource.AssignVMToPool');
    if (item.type === 'VirtualApp') return need(self.ref, self.ref.type === 'VirtualApp' ? 'VApp.AssignVApp' : 'Resource.AssignVAppToPool');
    return [...need(item, 'Resource.MovePool'), ...need(self.ref, self.ref.type === 'VirtualApp' ? 'VApp.AssignResourcePool' : 'Resource.MovePool')];
  });

/** Fields of VirtualMachineConfigSpec that need more than the right to change settings. */
const CONFIG: ByType = {
  name: 'VirtualMachine.Config.Rename', annotation: 'VirtualMachine.Config.Annotation', numCPUs: 'VirtualMachine.Config.CPUCount',
  numCoresPerSocket: 'VirtualMachine.Config.CPUCount', memoryMB: 'VirtualMachine.Config.Memory', extraConfig: 'VirtualMachine.Config.AdvancedConfig',
  cpuAllocation: 'VirtualMachine.Config.Resource', memoryAllocation: 'VirtualMachine.Config.Resource', changeTrackingEnabled: 'VirtualMachine.Config.ChangeTracking',
  swapPlacement: 'VirtualMachine.Config.SwapPlacement', managedBy: 'VirtualMachine.Config.ManagedBy',
};
const OWN_RULES = new Set(['_type', 'changeVersion', 'version', 'deviceChange', 'files', 'vmProfile']);

type DeviceChange = { readonly operation?: string; readonly fileOperation?: string; readonly device?: Readonly<Record<string, unknown>> & { readonly _type?: string } };

/** What changing or making a machine with this specification needs, on the machine or on where it will be. */
function configNeeds(on: Ref, spec: Args, look: Look, datacenter: Ref | undefined): readonly Need[] {
  const needs: Need[] = [];
  for (const [field, value] of Object.entries(spec)) {
    if (value !== undefined && !OWN_RULES.has(field)) needs.push({ object: on, privilege: CONFIG[field] ?? 'VirtualMachine.Config.Settings' });
  }
  for (const { operation, fileOperation, device } of (spec['deviceChange'] ?? []) as readonly DeviceChange[]) {
    needs.push({ object: on, privilege: devicePrivilege(operation, fileOperation, device) });
    const backing = device?.['backing'] as { fileName?: string; network?: Ref; datastore?: Ref; port?: { portgroupKey?: string } } | undefined;
    if (operation !== 'remove') {
      const key = backing?.port?.portgroupKey;
      const portgroup = key === undefined ? undefined : { type: 'DistributedVirtualPortgroup', value: key };
      needs.push(...need(portgroup && look.find(portgroup) ? portgroup : backing?.network, 'Network.Assign'));
    }
    if (fileOperation === 'create') needs.push(...need(backing?.datastore ?? look.datastoreOf(backing?.fileName, datacenter), 'Datastore.AllocateSpace'));
  }
  return needs;
}

function devicePrivilege(operation: string | undefined, fileOperation: string | undefined, device: DeviceChange['device']): string {
  if (device?._type !== 'VirtualDisk') return operation === 'edit' ? 'VirtualMachine.Config.EditDevice' : 'VirtualMachine.Config.AddRemoveDevice';
  if (operation === 'remove') return 'VirtualMachine.Config.RemoveDisk';
  if (operation === 'add') return fileOperation === 'create' ? 'VirtualMachine.Config.AddNewDisk' : 'VirtualMachine.Config.AddExistingDisk';
  return 'VirtualMachine.Config.DiskExtend';
}

const create: NeedsOf = ({ ref, props }, args, look) => {
  const config = (args['config'] ?? {}) as Args;
  const files = config['files'] as { vmPathName?: string } | undefined;
  const made = configNeeds(ref, { deviceChange: config['deviceChange'] }, look, datacenterOf(ref, props, look));
  return [...made, ...need(look.datastoreOf(files?.vmPathName, datacenterOf(ref, props, look)), 'Datastore.AllocateSpace')];
};

function datacenterOf(ref: Ref, props: Props, look: Look): Ref | undefined {
  let at: Ref | undefined = ref;
  let of: Props | undefined = props;
  while (at !== undefined && at.type !== 'Datacenter') {
    at = of && ((parentOf(of) ?? undefined) as Ref | undefined);
    of = at && look.find(at);
  }
  return at;
}

const clone: NeedsOf = ({ ref, props }, args) => {
  const spec = (args['spec'] ?? {}) as { template?: boolean; customization?: unknown; location?: Record<string, unknown> };
  const isTemplate = (props['config'] as { template?: boolean } | undefined)?.template === true;
  const how = isTemplate ? (spec.template ? 'CloneTemplate' : 'DeployTemplate') : spec.template ? 'CreateTemplateFromVM' : 'Clone';
  return [
    ...need(ref, `VirtualMachine.Provisioning.${how}`), ...need(args['folder'], 'VirtualMachine.Inventory.CreateFromExisting'),
    ...need(spec.location?.['pool'] ?? (isTemplate ? undefined : props['resourcePool']), 'Resource.AssignVMToPool'),
    ...need(spec.location?.['datastore'], 'Datastore.AllocateSpace'),
    ...(spec.customization === undefined ? [] : need(ref, 'VirtualMachine.Provisioning.Customize')),
  ];
};

const migrate: NeedsOf = ({ ref, props }) =>
  need(ref, (props['runtime'] as { powerState?: string } | undefined)?.powerState === 'poweredOn' ? 'Resource.HotMigrate' : 'Resource.ColdMigrate');

const relocate: NeedsOf = (_self, args) => {
  const spec = (args['spec'] ?? {}) as Record<string, unknown>;
  return [...need(spec['pool'], 'Resource.AssignVMToPool'), ...need(spec['datastore'], 'Datastore.AllocateSpace')];
};

const files = (...paths: readonly (readonly [path: string, datacenter: string])[]): NeedsOf => (_self, args, look) =>
  paths.flatMap(([path, datacenter]) => need(look.datastoreOf(args[path], args[datacenter] as Ref | undefined), 'Datastore.FileManagement'));

const updatePool: NeedsOf = ({ ref }, args) => [
  ...need(ref, args['config'] === undefined ? undefined : 'Resource.EditPool'), ...need(ref, args['name'] === undefined ? undefined : forType(RENAME, ref.type)),
];

const NETWORK = onSelf('Host.Config.Network');

/** By the type that declares the method. */
export const RULES: Readonly<Record<string, NeedsOf>> = {
  'ManagedEntity.Rename_Task': ({ ref }) => need(ref, forType(RENAME, ref.type)),
  'ManagedEntity.Destroy_Task': destroy,
  'ExtensibleManagedObject.setCustomValue': onSelf('Global.SetCustomField'),
  'OptionManager.UpdateOptions': ({ ref }) => need(ref, ref.value === 'VpxSettings' ? 'Global.Settings' : 'Host.Config.AdvancedConfig'),
  'Folder.MoveIntoFolder_Task': moveInto,
  'Folder.CreateVM_Task': create,
  'Folder.BatchAddHostsToCluster_Task': onSelf('Host.Inventory.AddHostToCluster'),
  'ResourcePool.CreateChildVM_Task': create,
  'ResourcePool.MoveIntoResourcePool': moveIntoPool,
  'ResourcePool.UpdateConfig': updatePool,
  'ResourcePool.UpdateChildResourceConfiguration': onSelf('Resource.EditPool'),
  'ResourcePool.DestroyChildren': onSelf('Resource.DeletePool'),
  'VirtualApp.UpdateVAppConfig': onSelf('VApp.ApplicationConfig'),
  'VirtualApp.UpdateLinkedChildren': onSelf('VApp.AssignVM'),
  'VirtualMachine.ReconfigVM_Task': ({ ref, props }, args, look) => configNeeds(ref, (args['spec'] ?? {}) as Args, look, datacenterOf(ref, props, look)),
  'VirtualMachine.CloneVM_Task': clone,
  'VirtualMachine.InstantClone_Task': (self, args, look) => {
    const location = ((args['spec'] ?? {}) as { location?: Record<string, unknown> }).location;
    return clone(self, { ...args, folder: location?.['folder'] ?? self.props['parent'] }, look);
  },
  'VirtualMachine.MigrateVM_Task': migrate,
  'VirtualMachine.RelocateVM_Task': relocate,
  'VirtualMachine.AcquireTicket': onSelf('VirtualMachine.Interact.ConsoleInteract'),
  'DistributedVirtualSwitch.ReconfigureDvs_Task': onSelf('DVSwitch.Modify'),
  'DistributedVirtualPortgroup.ReconfigureDVPortgroup_Task': onSelf('DVPortgroup.Modify'),
  'ClusterComputeResource.ApplyRecommendation': onSelf('Resource.ApplyRecommendation'),
  'StorageResourceManager.ConfigureDatastoreIORM_Task': (_self, args) => need(args['datastore'], 'Datastore.Config'),
  'HostNetworkSystem.UpdateNetworkConfig': NETWORK,
  'HostNetworkSystem.AddVirtualNic': NETWORK,
  'HostNetworkSystem.UpdateVirtualNic': NETWORK,
  'HostDatastoreBrowser.SearchDatastore_Task': onSelf('Datastore.Browse'),
  'HostDatastoreBrowser.SearchDatastoreSubFolders_Task': onSelf('Datastore.Browse'),
  'FileManager.MakeDirectory': files(['name', 'datacenter']),
  'FileManager.DeleteDatastoreFile_Task': files(['name', 'datacenter']),
  'FileManager.MoveDatastoreFile_Task': files(['sourceName', 'sourceDatacenter'], ['destinationName', 'destinationDatacenter']),
  'FileManager.CopyDatastoreFile_Task': files(['sourceName', 'sourceDatacenter'], ['destinationName', 'destinationDatacenter']),
  'VirtualDiskManager.CreateVirtualDisk_Task': files(['name', 'datacenter']),
  'VirtualDiskManager.DeleteVirtualDisk_Task': files(['name', 'datacenter']),
  'VirtualDiskManager.ExtendVirtualDisk_Task': files(['name', 'datacenter']),
  'VirtualDiskManager.CopyVirtualDisk_Task': files(['sourceName', 'sourceDatacenter'], ['destName', 'destDatacenter']),
  'VirtualDiskManager.MoveVirtualDisk_Task': files(['sourceName', 'sourceDatacenter'], ['destName', 'destDatacenter']),
};
