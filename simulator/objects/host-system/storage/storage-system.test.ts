// HostStorageSystem through the dispatcher: adapters, targets, paths, partitions, volumes and flash, as every reader sees them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  HostInternetScsiHba, HostMultipathInfoLogicalUnit, HostScsiDisk, HostVmfsVolume, ManagedObjectReference,
} from '../../../../core/vim25/index.ts';
import { World } from '../../world.testing.ts';

type Ref = ManagedObjectReference;
type Mounts = readonly { readonly mountInfo: { readonly mounted: boolean }; readonly volume: HostVmfsVolume }[];

class Storage extends World {
  readonly host: Ref;
  readonly system: Ref;
  constructor(name = 'DC0_H0') {
    super();
    this.host = this.named(name, 'HostSystem');
    this.system = this.get<Ref>(this.host, 'configManager.storageSystem');
  }

  does(method: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.call(this.system, method, args);
  }

  refusal(type: string, method: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.refuses(type, this.system, method, args);
  }

  /** What readers of the host see, not only those of the storage system. */
  adapter(device: string): HostInternetScsiHba {
    return this.get<readonly HostInternetScsiHba[]>(this.host, 'config.storageDevice.hostBusAdapter').find((hba) => hba.device === device)!;
  }

  disks(): readonly HostScsiDisk[] {
    return this.get<readonly HostScsiDisk[]>(this.host, 'config.storageDevice.scsiLun');
  }

  disk(name: string): HostScsiDisk {
    return this.disks().find(({ canonicalName }) => canonicalName === name)!;
  }

  units(): readonly HostMultipathInfoLogicalUnit[] {
    return this.get<readonly HostMultipathInfoLogicalUnit[]>(this.host, 'config.storageDevice.multipathInfo.lun');
  }

  volumes(type: string): Mounts {
    return this.get<Mounts>(this.host, 'config.fileSystemVolume.mountInfo').filter(({ volume }) => volume.type === type);
  }
}

const HDD = 'mpx.vmhba0:C0:T1:L0';
const SSD = 'mpx.vmhba0:C0:T2:L0';
const path = (name: string): string => `/vmfs/devices/disks/${name}`;
const part = (partition: number, startSector: number, endSector: number, type = 'vmfs') => ({ partition, startSector, endSector, type, logical: false, attributes: 0 });
const table = (...partition: ReturnType<typeof part>[]) => ({ partitionFormat: 'gpt', partition });

describe('software iSCSI', () => {
  const enabled = async (): Promise<Storage> => {
    const world = new Storage();
    await world.does('UpdateSoftwareInternetScsiEnabled', { enabled: true });
    return world;
  };
  const iScsiHbaDevice = 'vmhba64';

  it('finds a target and its disk at the address it asks, for other hosts too', async () => {
    const world = await enabled();
    const before = world.disks().length;
    await world.does('AddInternetScsiSendTargets', { iScsiHbaDevice, targets: [{ address: '10.0.0.9' }, { address: '10.0.0.9', port: 3260 }] });
    assert.deepEqual(world.adapter(iScsiHbaDevice).configuredSendTarget!.map(({ address, port }) => `${address}:${port!}`), ['10.0.0.9:3260'], 'the same address is added once');
    assert.equal(world.disks().length, before, 'nothing is found before a scan');
    await world.does('RescanHba', { hbaDevice: iScsiHbaDevice });
    const [target] = world.adapter(iScsiHbaDevice).configuredStaticTarget!;
    assert.deepEqual([target!.parent, target!.discoveryMethod], ['10.0.0.9:3260', 'sendTargetMethod']);
    const found = world.disks().find(({ canonicalName }) => canonicalName!.startsWith('naa.6000'))!;
    assert.equal(world.units().find(({ lun }) => lun === found.key)!.path[0]!.name, 'vmhba64:C0:T0:L0');
    const datastores = world.get<Ref>(world.host, 'configManager.datastoreSystem');
    const [option] = (await world.call(datastores, 'QueryVmfsDatastoreCreateOptions', { devicePath: found.devicePath })) as { spec: { vmfs: object } }[];
    const shared = (await world.call(datastores, 'CreateVmfsDatastore', { spec: { ...option!.spec, vmfs: { ...option!.spec.vmfs, volumeName: 'shared' } } })) as Ref;
    assert.match(String((await world.refusal('HostConfigFault', 'RemoveInternetScsiSendTargets', { iScsiHbaDevice, targets: [{ address: '10.0.0.9' }] }))['_type']), /HostConfigFault/);
    const other = world.named('DC0_C0_H0', 'HostSystem');
    const system = world.get<Ref>(other, 'configManager.storageSystem');
    await world.call(system, 'UpdateSoftwareInternetScsiEnabled', { enabled: true });
    await world.call(system, 'AddInternetScsiSendTargets', { iScsiHbaDevice, targets: [{ address: '10.0.0.9' }] });
    await world.call(system, 'RescanAllHba');
    await world.call(system, 'RescanVmfs');
    assert.deepEqual(world.get<readonly { key: Ref }[]>(shared, 'host').map(({ key }) => key.value).sort(), [world.host.value, other.value].sort());
    await world.refusal('HostConfigFault', 'UpdateSoftwareInternetScsiEnabled', { enabled: false });
  });

  it('has static targets, and forgets those that are taken away', async () => {
    const world = await enabled();
    const target = { address: '10.0.0.8', iScsiName: 'iqn.2001-04.com.example:disk1' };
    await world.does('AddInternetScsiStaticTargets', { iScsiHbaDevice, targets: [target] });
    await world.does('RescanAllHba');
    const count = world.disks().length;
    await world.refusal('InvalidArgument', 'AddInternetScsiStaticTargets', { iScsiHbaDevice, targets: [{ ...target, iScsiName: 'disk1' }] });
    await world.refusal('HostConfigFault', 'RemoveInternetScsiStaticTargets', { iScsiHbaDevice, targets: [{ ...target, address: '10.0.0.7' }] });
    await world.does('RemoveInternetScsiStaticTargets', { iScsiHbaDevice, targets: [target] });
    await world.does('RescanAllHba');
    assert.deepEqual([world.disks().length, world.adapter(iScsiHbaDevice).configuredStaticTarget], [count - 1, []]);
    await world.refusal('NotFound', 'AddInternetScsiSendTargets', { iScsiHbaDevice: 'vmhba9', targets: [] });
    await world.refusal('HostConfigFault', 'AddInternetScsiSendTargets', { iScsiHbaDevice: 'vmhba0', targets: [] });
  });

  it('is named, authenticated and tuned, as a whole or by target', async () => {
    const world = await enabled();
    await world.does('AddInternetScsiSendTargets', { iScsiHbaDevice, targets: [{ address: 'a.example.com' }, { address: 'b.example.com' }] });
    await world.does('UpdateInternetScsiName', { iScsiHbaDevice, iScsiName: 'iqn.2020-01.com.example:esx' });
    await world.does('UpdateInternetScsiAlias', { iScsiHbaDevice, iScsiAlias: 'esx' });
    const chap = { chapAuthEnabled: true, chapName: 'esx', chapSecret: 'secret-secret', chapAuthenticationType: 'chapRequired' };
    await world.does('UpdateInternetScsiAuthenticationProperties', { iScsiHbaDevice, authenticationProperties: chap });
    const targetSet = { sendTargets: [{ address: 'b.example.com' }] };
    await world.does('UpdateInternetScsiDigestProperties', { iScsiHbaDevice, targetSet, digestProperties: { headerDigestType: 'digestRequired' } });
    await world.does('UpdateInternetScsiAdvancedOptions', { iScsiHbaDevice, options: [{ key: 'LoginTimeout', value: 30 }] });
    await world.does('UpdateInternetScsiDiscoveryProperties', {
      iScsiHbaDevice, discoveryProperties: { iSnsDiscoveryEnabled: false, slpDiscoveryEnabled: false, staticTargetDiscoveryEnabled: true, sendTargetsDiscoveryEnabled: false },
    });
    const hba = world.adapter(iScsiHbaDevice);
    assert.deepEqual([hba.iScsiName, hba.iScsiAlias], ['iqn.2020-01.com.example:esx', 'esx']);
    assert.deepEqual([hba.authenticationProperties.chapName, hba.authenticationProperties.chapSecret], ['esx', undefined], 'a secret is not shown');
    assert.deepEqual(hba.configuredSendTarget!.map(({ digestProperties }) => digestProperties?.headerDigestType), [undefined, 'digestRequired']);
    assert.equal(hba.digestProperties!.headerDigestType, 'digestProhibited');
    assert.equal(hba.advancedOptions!.find(({ key }) => key === 'LoginTimeout')!.value, 30);
    await world.does('RescanAllHba');
    assert.deepEqual(world.adapter(iScsiHbaDevice).configuredStaticTarget, [], 'nobody is asked once that is off');
    await world.refusal('InvalidArgument', 'UpdateInternetScsiName', { iScsiHbaDevice, iScsiName: 'esx' });
    await world.refusal('InvalidArgument', 'UpdateInternetScsiAdvancedOptions', { iScsiHbaDevice, options: [{ key: 'LoginTimeout', value: 300 }] });
    await world.refusal('InvalidArgument', 'UpdateInternetScsiAuthenticationProperties', { iScsiHbaDevice, authenticationProperties: { chapAuthEnabled: true } });
    await world.refusal('HostConfigFault', 'UpdateInternetScsiDigestProperties', { iScsiHbaDevice, targetSet: { sendTargets: [{ address: 'c.example.com' }] }, digestProperties: {} });
    await world.refusal('HostConfigFault', 'UpdateInternetScsiIPProperties', { iScsiHbaDevice, ipProperties: { dhcpConfigurationEnabled: true } });
  });
});

describe('paths', () => {
  it('are switched off and on; the last one to a disk in use stays', async () => {
    const world = new Storage();
    const unit = () => world.units().find((one) => one.path.length === 2)!;
    const [first, second] = unit().path.map(({ name }) => name);
    const states = () => unit().path.map(({ state, isWorkingPath }) => `${state!}${isWorkingPath ? '*' : ''}`);
    assert.deepEqual(states(), ['active*', 'active']);
    await world.does('DisableMultipathPath', { pathName: first });
    assert.deepEqual(states(), ['disabled', 'active*']);
    await world.refusal('HostConfigFault', 'DisableMultipathPath', { pathName: second });
    await world.does('EnableMultipathPath', { pathName: first });
    await world.does('SetMultipathLunPolicy', { lunId: unit().id, policy: { _type: 'HostMultipathInfoFixedLogicalUnitPolicy', policy: 'VMW_PSP_FIXED', prefer: second } });
    assert.deepEqual(states(), ['active', 'active*']);
    await world.does('SetMultipathLunPolicy', { lunId: unit().id, policy: { policy: 'VMW_PSP_RR' } });
    assert.deepEqual(states(), ['active*', 'active*']);
    await world.refusal('InvalidArgument', 'SetMultipathLunPolicy', { lunId: unit().id, policy: { policy: 'VMW_PSP_BEST' } });
    await world.refusal('InvalidArgument', 'SetMultipathLunPolicy', { lunId: unit().id, policy: { _type: 'HostMultipathInfoFixedLogicalUnitPolicy', policy: 'VMW_PSP_FIXED', prefer: 'vmhba9:C0:T0:L0' } });
    await world.refusal('NotFound', 'SetMultipathLunPolicy', { lunId: 'x', policy: { policy: 'VMW_PSP_RR' } });
    await world.refusal('NotFound', 'EnableMultipathPath', { pathName: 'vmhba9:C0:T0:L0' });
    await world.refusal('HostConfigFault', 'UpdateHppMultipathLunPolicy', { lunId: unit().id, policy: { policy: 'LB-RR' } });
    const policies = ((await world.does('QueryPathSelectionPolicyOptions')) as { policy: { key: string } }[]).map(({ policy }) => policy.key);
    assert.deepEqual(policies, ['VMW_PSP_MRU', 'VMW_PSP_RR', 'VMW_PSP_FIXED']);
    assert.ok(((await world.does('QueryStorageArrayTypePolicyOptions')) as { policy: { key: string } }[]).some(({ policy }) => policy.key === unit().storageArrayTypePolicy!.policy));
  });

  it('of a free disk can all be off, and it is then lost', async () => {
    const world = new Storage();
    await world.does('DisableMultipathPath', { pathName: HDD.slice('mpx.'.length) });
    assert.deepEqual(world.disk(HDD).operationalState, ['lostCommunication']);
    await world.does('EnableMultipathPath', { pathName: HDD.slice('mpx.'.length) });
    assert.deepEqual(world.disk(HDD).operationalState, ['ok']);
  });
});

describe('disks', () => {
  it('are marked, named, lit and reserved', async () => {
    const world = new Storage();
    const { uuid } = world.disk(HDD);
    await world.does('MarkAsNonLocal_Task', { scsiDiskUuid: uuid });
    assert.equal(world.disk(HDD).localDisk, false);
    await world.does('MarkAsLocal_Task', { scsiDiskUuid: uuid });
    await world.does('MarkAsNonSsd_Task', { scsiDiskUuid: world.disk(SSD).uuid });
    assert.deepEqual([world.disk(HDD).localDisk, world.disk(SSD).ssd], [true, false]);
    await world.does('UpdateScsiLunDisplayName', { lunUuid: uuid, displayName: 'big' });
    await world.refusal('DuplicateName', 'UpdateScsiLunDisplayName', { lunUuid: world.disk(SSD).uuid, displayName: 'big' });
    await world.does('MarkPerenniallyReserved', { lunUuid: uuid, state: true });
    assert.deepEqual([world.disk(HDD).displayName, world.disk(HDD).perenniallyReserved], ['big', true]);
    const results = (await world.does('MarkPerenniallyReservedEx_Task', { lunUuid: [uuid, 'x'], state: false })) as { key: string; fault?: object }[];
    assert.deepEqual(results.map((one) => [one.key, one.fault !== undefined]), [[uuid, false], ['x', true]]);
    assert.equal(world.disk(HDD).perenniallyReserved, false);
    assert.deepEqual((await world.does('TurnDiskLocatorLedOn_Task', { scsiDiskUuids: [uuid] })), []);
    assert.deepEqual(world.get(world.system, '_storage.leds'), [uuid]);
    assert.equal(((await world.does('TurnDiskLocatorLedOff_Task', { scsiDiskUuids: [uuid, 'x'] })) as unknown[]).length, 1);
    assert.deepEqual(world.get(world.system, '_storage.leds'), []);
    await world.refusal('NotFound', 'MarkAsLocal_Task', { scsiDiskUuid: 'x' });
    await world.refusal('NotFound', 'MarkPerenniallyReserved', { lunUuid: 'x', state: true });
  });

  it('that were detached come back with a scan, once that is forgotten', async () => {
    const world = new Storage();
    const { uuid } = world.disk(HDD);
    await world.refusal('HostConfigFault', 'DeleteScsiLunState', { lunCanonicalName: HDD });
    assert.deepEqual(((await world.does('DetachScsiLunEx_Task', { lunUuid: [uuid, world.disk('mpx.vmhba0:C0:T0:L0').uuid] })) as { fault?: object }[]).map((one) => one.fault !== undefined), [false, true]);
    await world.does('RescanAllHba');
    assert.deepEqual(world.disk(HDD).operationalState, ['off'], 'a scan alone does not attach it');
    await world.does('DeleteScsiLunState', { lunCanonicalName: HDD });
    await world.does('RescanAllHba');
    assert.deepEqual(world.disk(HDD).operationalState, ['ok']);
    await world.does('DetachScsiLunEx_Task', { lunUuid: [uuid] });
    await world.does('AttachScsiLunEx_Task', { lunUuid: [uuid] });
    assert.deepEqual(world.disk(HDD).operationalState, ['ok']);
  });
});

describe('partitions and VMFS volumes', () => {
  it('are written, formatted, grown and joined', async () => {
    const world = new Storage();
    const parts = async () => ((await world.does('RetrieveDiskPartitionInfo', { devicePath: [path(HDD)] })) as { spec: { partition: { partition: number; endSector: number; type: string }[] } }[])[0]!.spec.partition.map((one) => [one.partition, one.endSector, one.type]);
    await world.does('UpdateDiskPartitions', { devicePath: path(HDD), spec: table(part(1, 2048, 40_000_000), part(2, 80_000_000, 120_000_000)) });
    assert.deepEqual(await parts(), [[1, 40_000_000, 'vmfs'], [2, 120_000_000, 'vmfs']]);
    const volume = (await world.does('FormatVmfs', { createSpec: { extent: { diskName: HDD, partition: 1 }, majorVersion: 3, volumeName: 'old' } })) as HostVmfsVolume;
    assert.deepEqual([volume.name, volume.majorVersion, volume.vmfsUpgradable], ['old', 3, true]);
    const datastore = world.named('old', 'Datastore');
    const capacity = () => world.get<number>(datastore, 'summary.capacity');
    assert.equal(capacity(), (40_000_000 - 2048 + 1) * 512);
    const vmfsPath = `/vmfs/volumes/${volume.uuid}`;
    await world.does('UpgradeVmfs', { vmfsPath });
    assert.equal(world.get(datastore, 'info.vmfs.majorVersion'), 5);
    await world.refusal('HostConfigFault', 'UpgradeVmfs', { vmfsPath });
    await world.refusal('HostConfigFault', 'UpdateDiskPartitions', { devicePath: path(HDD), spec: table(part(1, 2048, 30_000_000)) });
    await world.does('UpdateDiskPartitions', { devicePath: path(HDD), spec: table(part(1, 2048, 60_000_000), part(2, 80_000_000, 120_000_000)) });
    assert.equal(capacity(), (40_000_000 - 2048 + 1) * 512, 'the volume is as it was in its larger partition');
    await world.does('ExpandVmfsExtent', { vmfsPath, extent: { diskName: HDD, partition: 1 } });
    assert.equal(capacity(), (60_000_000 - 2048 + 1) * 512);
    await world.does('AttachVmfsExtent', { vmfsPath, extent: { diskName: HDD, partition: 2 } });
    assert.deepEqual(world.get<HostVmfsVolume>(datastore, 'info.vmfs').extent, [{ diskName: HDD, partition: 1 }, { diskName: HDD, partition: 2 }]);
    assert.equal(world.volumes('VMFS').find((one) => one.volume.uuid === volume.uuid)!.volume.extent.length, 2, 'the host shows it');
    await world.refusal('HostConfigFault', 'AttachVmfsExtent', { vmfsPath, extent: { diskName: HDD, partition: 2 } });
    await world.refusal('NotFound', 'AttachVmfsExtent', { vmfsPath, extent: { diskName: HDD, partition: 5 } });
    await world.refusal('AlreadyExists', 'FormatVmfs', { createSpec: { extent: { diskName: HDD, partition: 1 }, majorVersion: 6, volumeName: 'old' } });
    await world.refusal('NotFound', 'FormatVmfs', { createSpec: { extent: { diskName: SSD, partition: 1 }, majorVersion: 6, volumeName: 'new' } });
  });

  it('are computed without being written', async () => {
    const world = new Storage();
    const devicePath = path(HDD);
    const lba = (block: number) => ({ blockSize: 512, block });
    const range = (end: number) => ({ type: 'vmfs', start: lba(2048), end: lba(end) });
    const computed = (await world.does('ComputeDiskPartitionInfo', { devicePath, partitionFormat: 'mbr', layout: { partition: [range(4095)] } })) as { spec: { partitionFormat: string; partition: { endSector: number }[] } };
    assert.deepEqual([computed.spec.partitionFormat, computed.spec.partition[0]!.endSector], ['mbr', 4095]);
    await world.does('UpdateDiskPartitions', { devicePath, spec: table(part(1, 2048, 4095), part(2, 8192, 9000)) });
    const version = world.store.size;
    const resized = (await world.does('ComputeDiskPartitionInfoForResize', { partition: { diskName: HDD, partition: 1 }, blockRange: range(8000) })) as typeof computed;
    assert.equal(resized.spec.partition[0]!.endSector, 8000);
    assert.equal(world.store.size, version);
    await world.refusal('HostConfigFault', 'ComputeDiskPartitionInfoForResize', { partition: { diskName: HDD, partition: 1 }, blockRange: range(8500) });
    await world.refusal('NotFound', 'ComputeDiskPartitionInfoForResize', { partition: { diskName: HDD, partition: 4 }, blockRange: range(8500) });
    await world.refusal('HostConfigFault', 'UpdateDiskPartitions', { devicePath, spec: table(part(1, 2048, 4095), part(2, 4000, 9000)) });
    await world.refusal('HostConfigFault', 'UpdateDiskPartitions', { devicePath: path('mpx.vmhba0:C0:T0:L0'), spec: table() });
    const datastores = world.get<Ref>(world.host, 'configManager.datastoreSystem');
    assert.ok(!((await world.call(datastores, 'QueryAvailableDisksForVmfs')) as HostScsiDisk[]).some(({ canonicalName }) => canonicalName === HDD), 'a disk with partitions is not free');
    await world.does('UpdateDiskPartitions', { devicePath, spec: table() });
    assert.ok(((await world.call(datastores, 'QueryAvailableDisksForVmfs')) as HostScsiDisk[]).some(({ canonicalName }) => canonicalName === HDD));
  });

  it('are unmounted, forgotten, and tuned', async () => {
    const world = new Storage();
    await world.does('UpdateDiskPartitions', { devicePath: path(HDD), spec: table(part(1, 2048, 40_000_000)) });
    const { uuid } = (await world.does('FormatVmfs', { createSpec: { extent: { diskName: HDD, partition: 1 }, majorVersion: 6, volumeName: 'v' } })) as HostVmfsVolume;
    const accessible = () => world.get(world.named('v', 'Datastore'), 'summary.accessible');
    await world.refusal('HostConfigFault', 'DeleteVmfsVolumeState', { vmfsUuid: uuid });
    assert.deepEqual(((await world.does('UnmapVmfsVolumeEx_Task', { vmfsUuid: [uuid, 'x'] })) as { fault?: object }[]).map((one) => one.fault !== undefined), [false, true]);
    await world.does('UnmountVmfsVolumeEx_Task', { vmfsUuid: [uuid] });
    assert.equal(accessible(), false);
    assert.deepEqual(((await world.does('UnmapVmfsVolumeEx_Task', { vmfsUuid: [uuid] })) as { fault?: object }[]).map((one) => one.fault !== undefined), [true]);
    await world.does('DeleteVmfsVolumeState', { vmfsUuid: uuid });
    await world.does('RescanVmfs');
    assert.equal(accessible(), true);
    await world.does('UnmountVmfsVolumeEx_Task', { vmfsUuid: [uuid] });
    await world.does('MountVmfsVolumeEx_Task', { vmfsUuid: [uuid] });
    assert.equal(accessible(), true);
    await world.does('UpdateVmfsUnmapPriority', { vmfsUuid: uuid, unmapPriority: 'none' });
    await world.does('UpdateVmfsUnmapBandwidth', { vmfsUuid: uuid, unmapBandwidthSpec: { policy: 'fixed', fixedValue: 500, dynamicMin: 0, dynamicMax: 0 } });
    const volume = world.volumes('VMFS').find((one) => one.volume.uuid === uuid)!.volume;
    assert.deepEqual([volume.unmapPriority, volume.unmapBandwidthSpec!.fixedValue], ['none', 500]);
    await world.refusal('InvalidArgument', 'UpdateVmfsUnmapBandwidth', { vmfsUuid: uuid, unmapBandwidthSpec: { policy: 'fixed', fixedValue: 5, dynamicMin: 0, dynamicMax: 0 } });
    await world.refusal('InvalidArgument', 'UpdateVmfsUnmapPriority', { vmfsUuid: uuid, unmapPriority: 'high' });
    const [option] = (await world.does('QueryVmfsConfigOption')) as { unmapBandwidthFixedValue: { max: number } }[];
    assert.equal(option!.unmapBandwidthFixedValue.max, 2000);
    assert.deepEqual(await world.does('QueryUnresolvedVmfsVolume'), []);
  });
});

describe('adapters in software', () => {
  it('reach NVMe subsystems over TCP, whose namespaces are disks', async () => {
    const world = new Storage();
    await world.does('CreateSoftwareAdapter', { spec: { _type: 'HostTcpHbaCreateSpec', pnic: 'vmnic0' } });
    await world.refusal('ResourceInUse', 'CreateSoftwareAdapter', { spec: { _type: 'HostTcpHbaCreateSpec', pnic: 'vmnic0' } });
    await world.refusal('NotFound', 'CreateSoftwareAdapter', { spec: { _type: 'HostTcpHbaCreateSpec', pnic: 'vmnic7' } });
    assert.equal((world.adapter('vmhba65') as unknown as { associatedPnic: string }).associatedPnic, 'vmnic0');
    const spec = { hbaName: 'vmhba65', transportParameters: { _type: 'HostNvmeOverTcpParameters', address: '10.0.0.5' } };
    const discover = async () => ((await world.does('DiscoverNvmeControllers', { discoverSpec: spec })) as { entry: { subnqn: string; connected: boolean }[] }).entry[0]!;
    const { subnqn, connected } = await discover();
    assert.equal(connected, false);
    await world.does('ConnectNvmeController', { connectSpec: { ...spec, subnqn } });
    assert.equal((await discover()).connected, true);
    const controllers = () => world.get<readonly { connectedController: readonly { subnqn: string; attachedNamespace: readonly { name: string }[] }[] }[]>(world.host, 'config.storageDevice.nvmeTopology.adapter')[0]!.connectedController;
    assert.equal(controllers()[0]!.subnqn, subnqn);
    const disk = world.disk(controllers()[0]!.attachedNamespace[0]!.name);
    await world.does('UpdateHppMultipathLunPolicy', { lunId: disk.uuid, policy: { policy: 'LB-IOPS', iops: 10 } });
    assert.equal(world.units().find(({ id }) => id === disk.uuid)!.policy.policy, 'LB-IOPS');
    await world.refusal('InvalidArgument', 'UpdateHppMultipathLunPolicy', { lunId: disk.uuid, policy: { policy: 'FIXED' } });
    await world.refusal('HostConfigFault', 'SetMultipathLunPolicy', { lunId: disk.uuid, policy: { policy: 'VMW_PSP_RR' } });
    await world.refusal('HostConfigFault', 'ConnectNvmeController', { connectSpec: { ...spec, subnqn } });
    await world.refusal('ResourceInUse', 'RemoveSoftwareAdapter', { hbaDeviceName: 'vmhba65' });
    await world.does('ConnectNvmeControllerEx_Task', { connectSpec: [{ ...spec, subnqn: 'nqn.2020-01.com.example:two' }] });
    await world.does('DisconnectNvmeControllerEx_Task', { disconnectSpec: [{ hbaName: 'vmhba65', subnqn: 'nqn.2020-01.com.example:two' }] });
    assert.equal(controllers().length, 1);
    await world.does('DisconnectNvmeController', { disconnectSpec: { hbaName: 'vmhba65', subnqn } });
    await world.refusal('NotFound', 'DisconnectNvmeController', { disconnectSpec: { hbaName: 'vmhba65', subnqn } });
    assert.equal(world.disk(disk.canonicalName!), undefined);
    await world.does('RemoveSoftwareAdapter', { hbaDeviceName: 'vmhba65' });
    await world.refusal('HostConfigFault', 'RemoveSoftwareAdapter', { hbaDeviceName: 'vmhba0' });
    await world.refusal('NotFound', 'CreateNvmeOverRdmaAdapter', { rdmaDeviceName: 'vmrdma0' });
    await world.refusal('HostConfigFault', 'RemoveNvmeOverRdmaAdapter', { hbaDeviceName: 'vmhba0' });
  });

  it('carry FCoE on a NIC of a switch', async () => {
    const world = new Storage();
    await world.does('DiscoverFcoeHbas', { fcoeSpec: { underlyingPnic: 'vmnic0' } });
    const marked = () => (world.adapter('vmhba65') as unknown as { markedForRemoval: boolean }).markedForRemoval;
    assert.equal(marked(), false);
    await world.does('MarkForRemoval', { hbaName: 'vmhba65', remove: true });
    assert.equal(marked(), true);
    await world.refusal('HostConfigFault', 'MarkForRemoval', { hbaName: 'vmhba0', remove: true });
    await world.refusal('FcoeFaultPnicHasNoPortSet', 'DiscoverFcoeHbas', { fcoeSpec: { underlyingPnic: 'vmnic1' } });
    await world.refusal('NotFound', 'DiscoverFcoeHbas', { fcoeSpec: { underlyingPnic: 'vmnic9' } });
  });
});

describe('flash', () => {
  it('has file systems on solid state disks', async () => {
    const world = new Storage();
    const { uuid } = (await world.does('FormatVffs', { createSpec: { devicePath: path(SSD), majorVersion: 1, volumeName: 'fast' } })) as { uuid: string };
    await world.refusal('ResourceInUse', 'FormatVffs', { createSpec: { devicePath: path(SSD), majorVersion: 1, volumeName: 'faster' } });
    await world.refusal('HostConfigFault', 'FormatVffs', { createSpec: { devicePath: path(HDD), majorVersion: 1, volumeName: 'faster' } });
    assert.deepEqual(await world.does('QueryAvailableSsds'), []);
    await world.does('MarkAsSsd_Task', { scsiDiskUuid: world.disk(HDD).uuid });
    assert.deepEqual(((await world.does('QueryAvailableSsds', { vffsPath: `/vmfs/volumes/${uuid}` })) as HostScsiDisk[]).map(({ canonicalName }) => canonicalName), [HDD]);
    await world.does('ExtendVffs', { vffsPath: `/vmfs/volumes/${uuid}`, devicePath: path(HDD) });
    assert.equal(world.volumes('VFFS')[0]!.volume.extent.length, 2);
    await world.does('RescanVffs');
    await world.does('UnmountVffsVolume', { vffsUuid: uuid });
    await world.refusal('InvalidState', 'UnmountVffsVolume', { vffsUuid: uuid });
    assert.equal(world.volumes('VFFS')[0]!.mountInfo.mounted, false);
    await world.does('MountVffsVolume', { vffsUuid: uuid });
    await world.refusal('HostConfigFault', 'DeleteVffsVolumeState', { vffsUuid: uuid });
    await world.does('UnmountVffsVolume', { vffsUuid: uuid });
    await world.does('DeleteVffsVolumeState', { vffsUuid: uuid });
    assert.equal(world.volumes('VFFS')[0]!.mountInfo.mounted, true);
    await world.does('DestroyVffs', { vffsPath: `/vmfs/volumes/${uuid}` });
    await world.refusal('NotFound', 'DestroyVffs', { vffsPath: `/vmfs/volumes/${uuid}` });
    assert.equal(world.volumes('VFFS').length, 0);
  });
});

it('a host has one NFS user', async () => {
  const world = new Storage();
  assert.equal(await world.does('QueryNFSUser'), undefined);
  await world.refusal('HostConfigFault', 'ChangeNFSUserPassword', { password: 'x' });
  await world.does('SetNFSUser', { user: 'nfs', password: 'one' });
  assert.deepEqual(await world.does('QueryNFSUser'), { user: 'nfs' });
  const before = world.get(world.system, '_storage.nfsUser.password');
  await world.does('ChangeNFSUserPassword', { password: 'two' });
  assert.notEqual(world.get(world.system, '_storage.nfsUser.password'), before);
  await world.refusal('HostConfigFault', 'SetNFSUser', { user: '', password: 'x' });
  await world.does('ClearNFSUser');
  assert.equal(await world.does('QueryNFSUser'), undefined);
  await world.does('UpgradeVmLayout');
});
