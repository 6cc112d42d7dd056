// The managers beside HostStorageSystem: kernel NICs for iSCSI, and the flash resource.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostScsiDisk, IscsiPortInfo, ManagedObjectReference } from '../../../../core/vim25/index.ts';
import { World } from '../../world.testing.ts';

type Ref = ManagedObjectReference;

const host = (world: World): Ref => world.named('DC0_H0', 'HostSystem');
const manager = (world: World, field: string): Ref => world.get<Ref>(host(world), `configManager.${field}`);

test('kernel NICs with one physical NIC are bound to software iSCSI', async () => {
  const world = new World();
  const [iscsi, storage] = [manager(world, 'iscsiManager'), manager(world, 'storageSystem')];
  const args = { iScsiHbaName: 'vmhba64', vnicDevice: 'vmk0' };
  await world.refuses('NotFound', iscsi, 'BindVnic', args);
  await world.call(storage, 'UpdateSoftwareInternetScsiEnabled', { enabled: true });
  assert.deepEqual(((await world.call(iscsi, 'QueryCandidateNics', { iScsiHbaName: 'vmhba64' })) as IscsiPortInfo[]).map(({ vnicDevice, pnicDevice }) => [vnicDevice, pnicDevice]), [['vmk0', 'vmnic0']]);
  assert.equal(((await world.call(iscsi, 'QueryMigrationDependencies', { pnicDevice: ['vmnic0'] })) as { migrationAllowed: boolean }).migrationAllowed, true);
  await world.call(iscsi, 'BindVnic', args);
  assert.deepEqual(((await world.call(iscsi, 'QueryBoundVnics', { iScsiHbaName: 'vmhba64' })) as IscsiPortInfo[]).map(({ vnicDevice, pathStatus }) => [vnicDevice, pathStatus]), [['vmk0', 'notUsed']]);
  assert.deepEqual(await world.call(iscsi, 'QueryCandidateNics', { iScsiHbaName: 'vmhba64' }), []);
  assert.deepEqual(await world.call(iscsi, 'QueryMigrationDependencies', { pnicDevice: ['vmnic0'] }), { migrationAllowed: false, dependency: [{ pnicDevice: 'vmnic0', vnicDevice: 'vmk0', vmhbaName: 'vmhba64' }] });
  await world.refuses('IscsiFaultVnicAlreadyBound', iscsi, 'BindVnic', args);
  await world.refuses('IscsiFaultVnicNotFound', iscsi, 'BindVnic', { ...args, vnicDevice: 'vmk9' });
  await world.call(iscsi, 'QueryVnicStatus', { vnicDevice: 'vmk0' });
  await world.call(iscsi, 'QueryPnicStatus', { pnicDevice: 'vmnic0' });
  await world.refuses('IscsiFault', iscsi, 'QueryPnicStatus', { pnicDevice: 'vmnic9' });
  await world.refuses('IscsiFaultVnicNotFound', iscsi, 'QueryVnicStatus', { vnicDevice: 'vmk9' });
  // Targets with volumes hold the last NIC.
  await world.call(storage, 'AddInternetScsiSendTargets', { iScsiHbaDevice: 'vmhba64', targets: [{ address: '10.0.0.9' }] });
  await world.call(storage, 'RescanHba', { hbaDevice: 'vmhba64' });
  const disk = world.get<readonly HostScsiDisk[]>(storage, 'storageDeviceInfo.scsiLun').find(({ canonicalName }) => canonicalName!.startsWith('naa.6000'))!;
  await world.call(storage, 'UpdateDiskPartitions', { devicePath: disk.devicePath, spec: { partition: [{ partition: 1, startSector: 2048, endSector: 99_999_999, type: 'vmfs', logical: false, attributes: 0 }] } });
  await world.call(storage, 'FormatVmfs', { createSpec: { extent: { diskName: disk.canonicalName, partition: 1 }, majorVersion: 6, volumeName: 'far' } });
  await world.refuses('IscsiFaultVnicIsLastPath', iscsi, 'UnbindVnic', { ...args, force: false });
  await world.call(iscsi, 'UnbindVnic', { ...args, force: true });
  await world.refuses('IscsiFaultVnicNotBound', iscsi, 'UnbindVnic', { ...args, force: false });
});

test('solid state disks become the flash resource of a host', async () => {
  const world = new World();
  const [flash, storage] = [manager(world, 'vFlashManager'), manager(world, 'storageSystem')];
  const SSD = '/vmfs/devices/disks/mpx.vmhba0:C0:T2:L0';
  const HDD = '/vmfs/devices/disks/mpx.vmhba0:C0:T1:L0';
  await world.refuses('NotFound', flash, 'HostRemoveVFlashResource');
  await world.refuses('InaccessibleVFlashSource', flash, 'HostConfigVFlashCache', { spec: { defaultVFlashModule: 'vfc', swapCacheReservationInGB: 1 } });
  const result = (await world.call(flash, 'ConfigureVFlashResourceEx_Task', { devicePath: [SSD, HDD] })) as { devicePath: string[]; diskConfigurationResult: { success: boolean }[] };
  assert.deepEqual([result.devicePath, result.diskConfigurationResult.map(({ success }) => success)], [[SSD], [true, false]]);
  const resource = () => world.get<{ vffs: { uuid: string; extent: unknown[] }; capacity: number }>(host(world), 'config.vFlashConfigInfo.vFlashResourceConfigInfo');
  const capacity = resource().capacity;
  assert.equal(world.get(host(world), 'runtime.vFlashResourceRuntimeInfo.capacity'), capacity);
  await world.refuses('ResourceInUse', storage, 'DestroyVffs', { vffsPath: `/vmfs/volumes/${resource().vffs.uuid}` });
  await world.call(flash, 'HostConfigVFlashCache', { spec: { defaultVFlashModule: 'vfc', swapCacheReservationInGB: 10 } });
  assert.equal(world.get(host(world), 'runtime.vFlashResourceRuntimeInfo.freeForVmCache'), capacity - 10 * 1024 ** 3);
  await world.refuses('HostConfigFault', flash, 'HostConfigVFlashCache', { spec: { defaultVFlashModule: 'vfc', swapCacheReservationInGB: 1000 } });
  await world.refuses('ResourceInUse', flash, 'HostRemoveVFlashResource');
  await world.call(flash, 'HostConfigVFlashCache', { spec: { defaultVFlashModule: 'vfc', swapCacheReservationInGB: 0 } });
  const { uuid } = resource().vffs;
  await world.call(flash, 'HostRemoveVFlashResource');
  assert.equal(resource(), undefined);
  await world.call(flash, 'HostConfigureVFlashResource', { spec: { vffsUuid: uuid } });
  assert.equal(resource().vffs.uuid, uuid);
  await world.refuses('HostConfigFault', flash, 'HostConfigureVFlashResource', { spec: { vffsUuid: 'x' } });
  assert.equal(((await world.call(flash, 'HostGetVFlashModuleDefaultConfig', { vFlashModule: 'vfc' })) as { blockSizeInKB: number }).blockSizeInKB, 8);
  await world.refuses('NotFound', flash, 'HostGetVFlashModuleDefaultConfig', { vFlashModule: 'x' });
});
