// vSAN namespaces, datastores made on hosts, datastore clusters, maintenance mode and renaming, through the dispatcher.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isFault, type HostDatastoreBrowserSearchResults, type HostDiskPartitionInfo, type HostScsiDisk, type ManagedObjectReference, type StoragePlacementAction,
  type StoragePlacementResult, type VirtualMachineConfigInfo, type VmfsDatastoreCreateSpec, type VmfsDatastoreExpandSpec, type VmfsDatastoreOption,
} from '../../../core/vim25/index.ts';
import { createDatastore } from '../datastore-create.ts';
import { Caller } from './datastore.testing.ts';

type Ref = ManagedObjectReference;

const refuses = (call: Promise<unknown>, type: string, message?: RegExp) =>
  assert.rejects(call, (error: Error) => isFault(error, type as 'NotFound') && (!message || message.test(error.message)) || assert.fail(`${type} expected, got ${error.stack ?? ''}`));

const datastoresOf = (world: Caller, host: Ref): string[] => (world.get(host, 'datastore') as Ref[]).map((ref) => String(world.get(ref, 'name')));
const manager = (world: Caller, host: Ref, field: string): Ref => world.get(host, `configManager.${field}`) as Ref;

describe('vSAN datastores', () => {
  const build = (): { world: Caller; vsan: Ref; files: Ref; names: Ref; datacenter: Ref } => {
    const world = new Caller();
    const datacenter = world.named('Datacenter');
    const { sim, store } = world.simulator;
    const vsan = store.transaction((tx) => createDatastore(sim, tx, { name: 'vsan', datacenter, hosts: [...tx.all('HostSystem')], capacity: 1e12, type: 'vsan' }));
    return { world, vsan, datacenter, files: world.service('fileManager'), names: world.service('datastoreNamespaceManager') };
  };

  it('make top-level directories as namespaces with a UUID, which is another name for them', async () => {
    const { world, vsan, datacenter, files, names } = build();
    assert.match(String(world.get(vsan, 'summary.url')), /^ds:\/\/\/vmfs\/volumes\/vsan:[0-9a-f]{16}-[0-9a-f]{16}\/$/);
    assert.equal(world.get(vsan, 'capability.topLevelDirectoryCreateSupported'), false);
    await refuses(world.call(files, 'MakeDirectory', { name: '[vsan] top', datacenter }), 'CannotCreateFile', /CreateDirectory/);
    await refuses(world.call(files, 'MakeDirectory', { name: '[vsan] top/sub', datacenter, createParentDirectories: true }), 'CannotCreateFile');
    const stable = String(await world.call(names, 'CreateDirectory', { datastore: vsan, displayName: 'top' }));
    const uuid = stable.split('/').at(-1)!;
    assert.match(uuid, /^[0-9a-f-]{36}$/);
    await refuses(world.call(names, 'CreateDirectory', { datastore: vsan, displayName: 'top' }), 'FileAlreadyExists');
    await world.call(files, 'MakeDirectory', { name: `[vsan] ${uuid}/sub`, datacenter });
    const browser = world.get(vsan, 'browser') as Ref;
    const search = async (datastorePath: string) => ((await world.call(browser, 'SearchDatastore_Task', { datastorePath })) as HostDatastoreBrowserSearchResults).file;
    assert.deepEqual((await search(`[vsan] ${uuid}`))!.map(({ path }) => path), ['sub']);
    assert.deepEqual((await search('[vsan] top/'))!.map(({ path }) => path), ['sub']);
    assert.deepEqual((await search('[vsan]'))!.map(({ path, friendlyName }) => [path, friendlyName]), [['top', 'top']]);
    const url = String(world.get(vsan, 'summary.url'));
    assert.equal(await world.call(names, 'ConvertNamespacePathToUuidPath', { datacenter, namespaceUrl: `${url}top/sub` }), `${url}${uuid}/sub`);
    await refuses(world.call(names, 'ConvertNamespacePathToUuidPath', { datacenter, namespaceUrl: `${url}nope` }), 'InvalidDatastorePath');
    await refuses(world.call(names, 'DeleteDirectory', { datacenter, datastorePath: `[vsan] ${uuid}` }), 'DirectoryNotEmpty');
    await world.call(files, 'DeleteDatastoreFile_Task', { name: '[vsan] top/sub', datacenter });
    await world.call(names, 'DeleteDirectory', { datacenter, datastorePath: stable });
    await refuses(world.call(names, 'DeleteDirectory', { datacenter, datastorePath: '[vsan] top' }), 'FileNotFound');
  });

  it('are the only ones with namespaces, and hold no top-level files', async () => {
    const { world, vsan, datacenter, files, names } = build();
    await refuses(world.call(names, 'CreateDirectory', { datastore: world.named('Datastore', 'LocalDS_0'), displayName: 'x' }), 'CannotCreateFile', /MakeDirectory/);
    await refuses(world.call(names, 'CreateDirectory', { datastore: vsan, displayName: 'a/b' }), 'InvalidDatastorePath');
    await refuses(world.call(names, 'ConvertNamespacePathToUuidPath', { datacenter, namespaceUrl: '[LocalDS_0] DC0_H0_VM0' }), 'InvalidDatastore');
    const copy = (destinationName: string) => world.call(files, 'CopyDatastoreFile_Task', { sourceName: '[LocalDS_0] DC0_H0_VM0/DC0_H0_VM0.nvram', sourceDatacenter: datacenter, destinationName });
    await refuses(copy('[vsan] a.nvram'), 'CannotCreateFile');
    await world.call(names, 'CreateDirectory', { datastore: vsan, displayName: 'top' });
    await copy('[vsan] top/a.nvram');
    const spec = { _type: 'FileBackedVirtualDiskSpec', diskType: 'thin', adapterType: 'ide', capacityKb: 1024 };
    await refuses(world.call(world.service('virtualDiskManager'), 'CreateVirtualDisk_Task', { name: '[vsan] d.vmdk', datacenter, spec }), 'CannotCreateFile');
    const { status, body } = await world.simulator.handleFiles(
      { method: 'PUT', url: '/folder/f?dcPath=DC0&dsName=vsan', headers: { cookie: `vmware_soap_session=${world.session.key}` } }, { ipAddress: '::1', tls: false });
    assert.deepEqual([status, /top-level/.test(String(body))], [403, true]);
  });
});

describe('HostDatastoreSystem and HostStorageSystem', () => {
  const build = () => {
    const world = new Caller();
    const host = world.named('HostSystem', 'DC0_H0');
    return { world, host, system: manager(world, host, 'datastoreSystem'), storage: manager(world, host, 'storageSystem') };
  };
  const free = async (world: Caller, system: Ref) => ((await world.call(system, 'QueryAvailableDisksForVmfs')) as HostScsiDisk[]);

  it('make a VMFS datastore of a free disk, which is free again when the datastore is removed', async () => {
    const { world, host, system, storage } = build();
    const disks = await free(world, system);
    assert.deepEqual(disks.map(({ canonicalName }) => canonicalName), ['mpx.vmhba0:C0:T1:L0', 'mpx.vmhba0:C0:T2:L0']);
    const [disk] = disks as [HostScsiDisk];
    const [option] = (await world.call(system, 'QueryVmfsDatastoreCreateOptions', { devicePath: disk.devicePath })) as [VmfsDatastoreOption];
    const base = option.spec as VmfsDatastoreCreateSpec;
    const spec = { ...base, vmfs: { ...base.vmfs, volumeName: 'fresh' }, partition: { ...base.partition, partition: [{ ...base.partition.partition![0]!, endSector: 2048 + 2 ** 21 - 1 }] } };
    const made = (await world.call(system, 'CreateVmfsDatastore', { spec })) as Ref;
    assert.deepEqual([world.get(made, 'summary.capacity'), world.get(made, 'summary.type'), world.get(made, 'summary.accessible')], [2 ** 30, 'VMFS', true]);
    assert.deepEqual(datastoresOf(world, host), ['LocalDS_0', 'fresh']);
    assert.ok(((world.get(host, 'config.fileSystemVolume.mountInfo')) as { volume: { name: string } }[]).some(({ volume }) => volume.name === 'fresh'));
    assert.equal((await free(world, system)).length, 1);
    const luns = (world.get(storage, 'storageDeviceInfo.scsiLun') as HostScsiDisk[]).map(({ canonicalName }) => canonicalName);
    assert.deepEqual(luns.filter((name) => name!.startsWith('mpx.')).length, 3, 'a disk is listed once');
    assert.equal(luns.length, 4);
    await refuses(world.call(system, 'CreateVmfsDatastore', { spec }), 'DuplicateName');
    await refuses(world.call(system, 'CreateVmfsDatastore', { spec: { ...spec, vmfs: { ...spec.vmfs, volumeName: 'other' } } }), 'PlatformConfigFault', /in use/);
    const [table] = (await world.call(storage, 'RetrieveDiskPartitionInfo', { devicePath: [disk.devicePath] })) as [HostDiskPartitionInfo];
    assert.deepEqual(table.spec.partition!.map(({ startSector, endSector, type }) => [startSector, endSector, type]), [[2048, 2048 + 2 ** 21 - 1, 'vmfs']]);
    const [grow] = (await world.call(system, 'QueryVmfsDatastoreExpandOptions', { datastore: made })) as [VmfsDatastoreOption];
    await world.call(system, 'ExpandVmfsDatastore', { datastore: made, spec: grow.spec as VmfsDatastoreExpandSpec });
    assert.equal(world.get(made, 'summary.capacity'), Number(disk.capacity.block) * 512 - (2048 + 33) * 512);
    assert.equal(world.get(made, 'summary.freeSpace'), world.get(made, 'summary.capacity'));
    const before = Number(world.get(made, 'summary.capacity'));
    const [more] = (await world.call(system, 'QueryVmfsDatastoreExtendOptions', { datastore: made, devicePath: disks[1]!.devicePath })) as [VmfsDatastoreOption];
    await world.call(system, 'ExtendVmfsDatastore', { datastore: made, spec: more.spec });
    assert.equal(Number(world.get(made, 'summary.capacity')) - before, Number(disks[1]!.capacity.block) * 512 - (2048 + 33) * 512);
    assert.deepEqual([(world.get(made, 'info.vmfs.extent') as unknown[]).length, await free(world, system)], [2, []]);
    const uuid = String(world.get(made, 'info.vmfs.uuid'));
    await world.call(storage, 'UnmountVmfsVolume', { vmfsUuid: uuid });
    assert.deepEqual([world.get(made, 'summary.accessible'), (world.get(made, 'host') as { mountInfo: { mounted: boolean } }[])[0]!.mountInfo.mounted], [false, false]);
    await refuses(world.call(storage, 'UnmountVmfsVolume', { vmfsUuid: uuid }), 'InvalidState');
    await world.call(storage, 'MountVmfsVolume', { vmfsUuid: uuid });
    assert.equal(world.get(made, 'summary.accessible'), true);
    const outcomes = (await world.call(system, 'RemoveDatastoreEx_Task', { datastore: [made, world.named('Datastore', 'LocalDS_0')] })) as { fault?: { fault: { _type: string } } }[];
    assert.deepEqual(outcomes.map((one) => one.fault?.fault._type), [undefined, 'ResourceInUse']);
    assert.deepEqual(datastoresOf(world, host), ['LocalDS_0']);
    assert.equal((await free(world, system)).length, 2);
    await refuses(world.call(system, 'RemoveDatastore', { datastore: made }), 'ManagedObjectNotFound');
    await refuses(world.call(system, 'RemoveDatastore', { datastore: world.named('Datastore', 'LocalDS_0') }), 'ResourceInUse');
    await refuses(world.call(system, 'QueryVmfsDatastoreCreateOptions', { devicePath: '/dev/x' }), 'NotFound', /Its disks: /);
  });

  it('mount one network volume on several hosts as one datastore', async () => {
    const { world, host, system } = build();
    const other = world.named('HostSystem', 'DC0_C0_H0');
    const spec = { remoteHost: 'nas', remotePath: '/export', localPath: 'nfs', accessMode: 'readWrite', type: 'NFS' };
    const made = (await world.call(system, 'CreateNasDatastore', { spec })) as Ref;
    assert.deepEqual(await world.call(manager(world, other, 'datastoreSystem'), 'CreateNasDatastore', { spec }), made);
    assert.deepEqual([world.get(made, 'info.nas.remoteHost'), world.get(made, 'info.nas.remotePath'), world.get(made, 'summary.type'), world.get(made, 'summary.multipleHostAccess')], ['nas', '/export', 'NFS', true]);
    await refuses(world.call(system, 'CreateNasDatastore', { spec }), 'DuplicateName');
    await refuses(world.call(system, 'CreateNasDatastore', { spec: { ...spec, localPath: 'again' } }), 'AlreadyExists');
    await refuses(world.call(system, 'CreateNasDatastore', { spec: { ...spec, remotePath: '/else' } }), 'DuplicateName');
    await refuses(world.call(system, 'CreateNasDatastore', { spec: { ...spec, remoteHost: '' } }), 'InvalidArgument');
    await refuses(world.call(system, 'CreateNasDatastore', { spec: { ...spec, type: 'AFS' } }), 'InvalidArgument', /NFS, NFS41, CIFS/);
    await world.call(system, 'RemoveDatastore', { datastore: made });
    assert.deepEqual([datastoresOf(world, host), datastoresOf(world, other)], [['LocalDS_0'], ['LocalDS_0', 'nfs']]);
    await world.call(manager(world, other, 'datastoreSystem'), 'RemoveDatastore', { datastore: made });
    assert.equal(world.simulator.store.get(made), undefined);
  });

  it('make local datastores, and unmount, detach and mark what is not in use', async () => {
    const { world, host, system, storage } = build();
    const local = (await world.call(system, 'CreateLocalDatastore', { name: 'local', path: '/var/ds' })) as Ref;
    assert.equal(world.get(local, 'info.path'), '/var/ds');
    await world.call(system, 'UpdateLocalSwapDatastore', { datastore: local });
    assert.deepEqual(world.get(host, 'config.localSwapDatastore'), local);
    await world.call(system, 'RemoveDatastore', { datastore: local });
    assert.equal(world.get(host, 'config.localSwapDatastore'), undefined);
    const [disk] = (await free(world, system)) as [HostScsiDisk];
    const shown = () => (world.get(host, 'config.storageDevice.scsiLun') as HostScsiDisk[]).find(({ uuid }) => uuid === disk.uuid)!;
    await world.call(storage, 'MarkAsSsd_Task', { scsiDiskUuid: disk.uuid });
    assert.equal(shown().ssd, true);
    await world.call(storage, 'DetachScsiLun', { lunUuid: disk.uuid });
    assert.deepEqual([shown().operationalState, (await free(world, system)).length], [['off'], 1]);
    await world.call(storage, 'AttachScsiLun', { lunUuid: disk.uuid });
    assert.equal((await free(world, system)).length, 2);
    const uuid = String(world.get(world.named('Datastore', 'LocalDS_0'), 'info.vmfs.uuid'));
    await refuses(world.call(storage, 'UnmountVmfsVolume', { vmfsUuid: uuid }), 'ResourceInUse');
    await refuses(world.call(storage, 'RescanHba', { hbaDevice: 'vmhba9' }), 'NotFound', /vmhba0, vmhba1/);
    for (const method of ['RefreshStorageSystem', 'RescanAllHba', 'RescanVmfs']) await world.call(storage, method);
  });
});

describe('datastore clusters', () => {
  it('have the size of their datastores, recommend the emptiest, and make the machine there', async () => {
    const world = new Caller({ model: { pod: 1, datastore: 3, machine: 0 } });
    const pod = world.named('StoragePod');
    assert.equal(world.get(pod, 'summary.capacity'), 0);
    const list = ['LocalDS_1', 'LocalDS_2'].map((name) => world.named('Datastore', name));
    await world.call(pod, 'MoveIntoFolder_Task', { list });
    assert.equal(world.get(pod, 'summary.capacity'), list.reduce((sum, ref) => sum + Number(world.get(ref, 'summary.capacity')), 0));
    await world.call(world.service('virtualDiskManager'), 'CreateVirtualDisk_Task', {
      name: '[LocalDS_1] d.vmdk', datacenter: world.named('Datacenter'), spec: { _type: 'FileBackedVirtualDiskSpec', diskType: 'preallocated', adapterType: 'ide', capacityKb: 1024 ** 2 },
    });
    assert.equal(world.get(pod, 'summary.freeSpace'), list.reduce((sum, ref) => sum + Number(world.get(ref, 'summary.freeSpace')), 0));
    const srm = world.service('storageResourceManager');
    const storageSpec = { type: 'create', podSelectionSpec: { storagePod: pod }, configSpec: { name: 'placed', guestId: 'otherGuest' }, resourcePool: world.get(world.named('ClusterComputeResource'), 'resourcePool') };
    const { recommendations } = (await world.call(srm, 'RecommendDatastores', { storageSpec })) as StoragePlacementResult;
    assert.deepEqual(recommendations!.map(({ action }) => (action![0] as StoragePlacementAction).destination.value), [list[1]!.value, list[0]!.value]);
    const { vm } = (await world.call(srm, 'ApplyStorageDrsRecommendation_Task', { key: [recommendations![0]!.key] })) as { vm: Ref };
    assert.deepEqual(world.get(vm, 'datastore'), [list[1]]);
    await refuses(world.call(srm, 'ApplyStorageDrsRecommendation_Task', { key: [recommendations![0]!.key] }), 'InvalidArgument');
    await world.call(list[0]!, 'DatastoreEnterMaintenanceMode').then((result) => world.wait((result as StoragePlacementResult).task!));
    const again = (await world.call(srm, 'RecommendDatastores', { storageSpec })) as StoragePlacementResult;
    assert.equal(again.recommendations!.length, 1);
    await world.call(srm, 'ConfigureStorageDrsForPod_Task', { pod, modify: true, spec: { podConfigSpec: { enabled: false, defaultVmBehavior: 'automated' } } });
    assert.deepEqual([world.get(pod, 'podStorageDrsEntry.storageDrsConfig.podConfig.defaultVmBehavior'), world.get(pod, 'podStorageDrsEntry.storageDrsConfig.podConfig.loadBalanceInterval')], ['automated', 480]);
    await refuses(world.call(srm, 'RecommendDatastores', { storageSpec }), 'InvalidArgument', /Storage DRS is off/);
  });
});

describe('Datastore', () => {
  it('is in maintenance mode only when no machine is left', async () => {
    const world = new Caller({ model: { datastore: 2 } });
    const enter = async (ref: Ref) => world.wait(((await world.call(ref, 'DatastoreEnterMaintenanceMode')) as StoragePlacementResult).task!);
    const [used, empty] = [world.named('Datastore', 'LocalDS_0'), world.named('Datastore', 'LocalDS_1')];
    const target = (world.get(used, 'vm') as Ref[]).length > 0 ? used : empty;
    await refuses(enter(target), 'InvalidState', /move away DC0/);
    const fresh = (await world.call(manager(world, world.named('HostSystem'), 'datastoreSystem'), 'CreateLocalDatastore', { name: 'l', path: '/l' })) as Ref;
    await enter(fresh);
    assert.equal(world.get(fresh, 'summary.maintenanceMode'), 'inMaintenance');
    await refuses(enter(fresh), 'InvalidState');
    await world.call(fresh, 'DatastoreExitMaintenanceMode_Task');
    await refuses(world.call(fresh, 'DatastoreExitMaintenanceMode_Task'), 'InvalidState');
    assert.equal(world.get(fresh, 'summary.maintenanceMode'), 'normal');
  });

  it('keeps the paths of its machines when it is renamed', async () => {
    const world = new Caller();
    const datastore = world.named('Datastore');
    const vm = world.named('VirtualMachine', 'DC0_H0_VM0');
    await world.call(datastore, 'RenameDatastore', { newName: 'renamed' });
    const config = world.get(vm, 'config') as VirtualMachineConfigInfo;
    assert.equal(config.files.vmPathName, '[renamed] DC0_H0_VM0/DC0_H0_VM0.vmx');
    assert.ok(!JSON.stringify(world.simulator.store.get(vm)!.props).includes('LocalDS_0'));
    await refuses(world.call(world.service('virtualDiskManager'), 'DeleteVirtualDisk_Task', { name: '[renamed] DC0_H0_VM0/DC0_H0_VM0.vmdk', datacenter: world.named('Datacenter') }), 'FileLocked');
    assert.deepEqual((world.get(world.named('HostSystem'), 'config.fileSystemVolume.mountInfo') as { volume: { name: string } }[]).map(({ volume }) => volume.name), ['renamed']);
  });
});
