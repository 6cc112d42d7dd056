// What vCenter calls its tasks, by TaskInfo.descriptionId ('VirtualMachine.powerOn' → 'Power On virtual machine').
import { managedType, typeNames, type ElementDescription } from '../../core/vim25/index.ts';

const LABELS: Readonly<Record<string, string>> = {
  'VirtualMachine.powerOn': 'Power On virtual machine', 'VirtualMachine.powerOff': 'Power Off virtual machine', 'VirtualMachine.suspend': 'Suspend virtual machine',
  'VirtualMachine.reset': 'Reset virtual machine', 'VirtualMachine.reconfigure': 'Reconfigure virtual machine', 'VirtualMachine.clone': 'Clone virtual machine',
  'VirtualMachine.relocate': 'Relocate virtual machine', 'VirtualMachine.migrate': 'Migrate virtual machine', 'VirtualMachine.createSnapshot': 'Create virtual machine snapshot',
  'VirtualMachine.createSnapshotEx': 'Create virtual machine snapshot', 'VirtualMachine.removeAllSnapshots': 'Remove all snapshots',
  'VirtualMachine.revertToCurrentSnapshot': 'Revert to current snapshot', 'VirtualMachine.consolidateDisks': 'Consolidate virtual machine disk files',
  'VirtualMachine.customize': 'Customize virtual machine guest OS', 'VirtualMachine.upgradeVirtualHardware': 'Upgrade virtual hardware',
  'VirtualMachine.upgradeTools': 'Initiated VMware Tools install or upgrade', 'VirtualMachine.createScreenshot': 'Capture screenshot',
  'VirtualMachineSnapshot.revert': 'Revert snapshot', 'VirtualMachineSnapshot.remove': 'Remove snapshot',
  'Folder.createVm': 'Create virtual machine', 'Folder.registerVm': 'Register virtual machine', 'Folder.addStandaloneHost': 'Add standalone host',
  'Folder.moveInto': 'Move entities', 'Folder.createDistributedVirtualSwitch': 'Create a vSphere Distributed Switch',
  'ClusterComputeResource.addHost': 'Add host', 'ClusterComputeResource.moveInto': 'Move host into cluster', 'ComputeResource.reconfigureEx': 'Reconfigure cluster',
  'Datacenter.powerOnVm': 'Initialize powering On', 'HostSystem.enterMaintenanceMode': 'Enter maintenance mode', 'HostSystem.exitMaintenanceMode': 'Exit maintenance mode',
  'HostSystem.disconnect': 'Disconnect host', 'HostSystem.reconnect': 'Reconnect host', 'HostSystem.reboot': 'Initiate host reboot', 'HostSystem.shutdown': 'Initiate host shutdown',
  'DistributedVirtualSwitch.reconfigure': 'Reconfigure vSphere Distributed Switch', 'DistributedVirtualSwitch.addPortgroups': 'Add distributed port groups',
  'DistributedVirtualPortgroup.reconfigure': 'Reconfigure distributed port group',
  'ResourcePool.createVm': 'Create virtual machine', 'VirtualApp.powerOn': 'Power On vApp', 'VirtualApp.powerOff': 'Power Off vApp', 'VirtualApp.clone': 'Clone vApp',
  'FileManager.deleteFile': 'Delete file', 'FileManager.copyFile': 'Copy file', 'FileManager.moveFile': 'Move file',
  'VirtualDiskManager.createVirtualDisk': 'Create virtual disk', 'VirtualDiskManager.deleteVirtualDisk': 'Delete virtual disk',
  'VirtualDiskManager.copyVirtualDisk': 'Copy virtual disk', 'VirtualDiskManager.moveVirtualDisk': 'Move virtual disk',
};

/** What people call a task; made of its id when vCenter has no better name. */
export function taskLabel(descriptionId: string): string {
  const written = LABELS[descriptionId];
  if (written !== undefined) return written;
  const dot = descriptionId.lastIndexOf('.');
  const [type, method] = [descriptionId.slice(0, Math.max(dot, 0)), descriptionId.slice(dot + 1)];
  const verb = ON_ANYTHING[method];
  return verb !== undefined && type !== 'ManagedEntity' ? `${verb} ${KINDS[type] ?? words(type)}` : words(method).replace(/^./, (first) => first.toUpperCase());
}

/** What can be done to every kind of entity is named after the kind. */
const ON_ANYTHING: Readonly<Record<string, string>> = { destroy: 'Delete', rename: 'Rename', reload: 'Reload' };

/** Kinds of entities that people do not call by their type. */
const KINDS: Readonly<Record<string, string>> = {
  ClusterComputeResource: 'cluster', ComputeResource: 'host', HostSystem: 'host', VirtualApp: 'vApp', DistributedVirtualPortgroup: 'distributed port group',
  DistributedVirtualSwitch: 'vSphere Distributed Switch', VmwareDistributedVirtualSwitch: 'vSphere Distributed Switch',
};

const words = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();

/** TaskDescription.methodInfo: every kind of task that the API knows. */
export function methodInfo(): readonly ElementDescription[] {
  const keys = new Set(Object.keys(LABELS));
  for (const name of typeNames('managed')) {
    for (const { isTask, taskName } of managedType(name)!.methods.values()) if (isTask && taskName !== '') keys.add(taskName);
  }
  return [...keys].sort().map((key) => ({ _type: 'ElementDescription', key, label: taskLabel(key), summary: taskLabel(key) }));
}
