// What a host is told as a whole, its disks for vSAN and dumps, its domain, its software: changed through the dispatcher and read back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostDiagnosticPartition, HostScsiDisk, HostSystemResourceInfo, ManagedObjectReference, NvdimmSystemInfo, SoftwarePackage, VsanHostDiskMapping, VsanHostDiskResult } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';
import { caCertificate, hostCertificate } from './x509.ts';

type Ref = ManagedObjectReference;

const host = (world: World): Ref => world.named('DC0_H0', 'HostSystem');
const manager = (world: World, field: string): Ref => world.get<Ref>(host(world), `configManager.${field}`);

describe('a host as a whole', () => {
  it('is prepared for encryption before it gets a key', async () => {
    const world = new World();
    const keyPlain = { keyId: { keyId: 'k1' }, algorithm: 'AES-256', keyData: 'c2VjcmV0' };
    await world.refuses('InvalidState', host(world), 'EnableCrypto', { keyPlain });
    await world.call(host(world), 'PrepareCrypto');
    await world.refuses('InvalidState', host(world), 'PrepareCrypto');
    await world.call(host(world), 'EnableCrypto', { keyPlain });
    assert.deepEqual([world.get(host(world), 'runtime.cryptoState'), world.get(host(world), 'runtime.cryptoKeyId.keyId')], ['safe', 'k1']);
    assert.equal(world.get(host(world), 'summary.runtime.cryptoState'), 'safe');
    await world.call(host(world), 'ConfigureCryptoKey', { keyId: { keyId: 'k2' } });
    assert.equal(world.get(host(world), 'runtime.cryptoKeyId.keyId'), 'k2');
    await world.refuses('InvalidArgument', host(world), 'ConfigureCryptoKey');
    assert.equal(await world.call(host(world), 'RetrieveFreeEpcMemory'), 0);
  });

  it('keeps its product locker on itself or on a volume', async () => {
    const world = new World();
    assert.equal(await world.call(host(world), 'QueryProductLockerLocation'), '/locker/packages/vmtoolsRepo/');
    assert.equal(await world.call(host(world), 'UpdateProductLockerLocation_Task', { path: '/vmfs/volumes/LocalDS_0/tools' }), '/vmfs/volumes/LocalDS_0/tools');
    assert.equal(await world.call(host(world), 'QueryProductLockerLocation'), '/vmfs/volumes/LocalDS_0/tools');
    await world.refuses('FileNotFound', host(world), 'UpdateProductLockerLocation_Task', { path: '/vmfs/volumes/none/tools' });
    await world.refuses('InvalidArgument', host(world), 'UpdateProductLockerLocation_Task', { path: 'tools' });
  });

  it('has pools of its own, and places to swap to', async () => {
    const world = new World();
    const allocation = { reservation: 10, limit: -1, expandableReservation: true, shares: { level: 'normal', shares: 0 } };
    const config = { cpuAllocation: allocation, memoryAllocation: allocation };
    await world.call(host(world), 'UpdateSystemResources', { resourceInfo: { key: 'host', child: [{ key: 'host/vim', config }] } });
    const [system, vim] = world.get<HostSystemResourceInfo>(host(world), 'systemResources').child!;
    assert.deepEqual([system!.config!.cpuAllocation.reservation, vim!.config!.cpuAllocation.reservation, vim!.child!.length], [0, 10, 1]);
    await world.refuses('InvalidArgument', host(world), 'UpdateSystemResources', { resourceInfo: { key: 'host', child: [{ key: 'host/none', config }] } });
    const option = [{ _type: 'HostSystemSwapConfigurationDatastoreOption', key: 0, datastore: 'LocalDS_0' }, { _type: 'HostSystemSwapConfigurationHostCacheOption', key: 1 }];
    await world.call(host(world), 'UpdateSystemSwapConfiguration', { sysSwapConfig: { option } });
    assert.equal(world.get<unknown[]>(host(world), 'config.systemSwapConfiguration.option').length, 2);
    await world.refuses('InvalidArgument', host(world), 'UpdateSystemSwapConfiguration', { sysSwapConfig: { option: [{ ...option[0], datastore: 'none' }] } });
    await world.refuses('InvalidArgument', host(world), 'UpdateSystemSwapConfiguration', { sysSwapConfig: { option: [{ _type: 'HostSystemSwapConfigurationDisabledOption', key: 0 }, option[1]] } });
  });
});

it('dumps go to a partition for them', async () => {
  const world = new World();
  const [dumps, storage] = [manager(world, 'diagnosticSystem'), manager(world, 'storageSystem')];
  const ids = async () => ((await world.call(dumps, 'QueryAvailablePartition')) as HostDiagnosticPartition[]).map(({ id }) => `${id.diskName}:${id.partition}`);
  assert.deepEqual(await ids(), ['mpx.vmhba0:C0:T0:L0:7']);
  await world.call(dumps, 'SelectActivePartition', { partition: { diskName: 'mpx.vmhba0:C0:T0:L0', partition: 7 } });
  assert.equal(world.get(host(world), 'config.activeDiagnosticPartition.id.partition'), 7);
  const options = (await world.call(dumps, 'QueryPartitionCreateOptions', { storageType: 'directAttached', diagnosticType: 'singleHost' })) as { disk: HostScsiDisk }[];
  assert.equal(options.length, 2);
  await world.refuses('InvalidArgument', dumps, 'QueryPartitionCreateOptions', { storageType: 'cloud', diagnosticType: 'singleHost' });
  const { spec } = (await world.call(dumps, 'QueryPartitionCreateDesc', { diskUuid: options[0]!.disk.uuid, diagnosticType: 'singleHost' })) as { spec: object };
  await world.call(dumps, 'CreateDiagnosticPartition', { spec });
  const name = options[0]!.disk.canonicalName!;
  assert.equal(world.get(host(world), 'config.activeDiagnosticPartition.id.diskName'), name);
  assert.deepEqual(await ids(), ['mpx.vmhba0:C0:T0:L0:7', `${name}:1`]);
  await world.refuses('HostConfigFault', dumps, 'CreateDiagnosticPartition', { spec });
  await world.refuses('HostConfigFault', dumps, 'QueryPartitionCreateDesc', { diskUuid: options[0]!.disk.uuid, diagnosticType: 'singleHost' });
  await world.refuses('HostConfigFault', storage, 'UpdateDiskPartitions', { devicePath: name, spec: { partition: [] } });
  await world.refuses('NotFound', dumps, 'SelectActivePartition', { partition: { diskName: name, partition: 4 } });
  await world.call(dumps, 'SelectActivePartition', {});
  assert.equal(world.get(host(world), 'config.activeDiagnosticPartition'), undefined);
  await world.call(storage, 'UpdateDiskPartitions', { devicePath: name, spec: { partition: [] } });
});

it('a host swaps to its cache on a datastore', async () => {
  const world = new World();
  const cache = manager(world, 'cacheConfigurationManager');
  const datastore = world.named('LocalDS_0', 'Datastore');
  await world.call(cache, 'ConfigureHostCache_Task', { spec: { datastore, swapSize: 1024 } });
  assert.deepEqual(world.get(host(world), 'config.cacheConfigurationInfo'), [{ key: datastore, swapSize: 1024 }]);
  await world.refuses('InvalidArgument', cache, 'ConfigureHostCache_Task', { spec: { datastore, swapSize: 1e12 } });
  await world.call(cache, 'ConfigureHostCache_Task', { spec: { datastore, swapSize: 0 } });
  assert.deepEqual(world.get(host(world), 'config.cacheConfigurationInfo'), []);
});

it('namespaces are made of interleave sets, in maintenance mode', async () => {
  const world = new World({ hosts: 1 } as never);
  const nvdimm = manager(world, 'nvdimmSystem');
  const one = { friendlyName: 'pm', size: 1000, interleavesetID: 1 };
  await world.refuses('InvalidHostState', nvdimm, 'CreateNvdimmPMemNamespace_Task', { createSpec: one });
  world.store.transaction((tx) => tx.set(host(world), 'runtime', { ...world.get<object>(host(world), 'runtime'), inMaintenanceMode: true }));
  await world.refuses('HostConfigFault', nvdimm, 'CreateNvdimmPMemNamespace_Task', { createSpec: one });
  const info = () => world.get<NvdimmSystemInfo>(nvdimm, 'nvdimmSystemInfo');
  world.store.transaction((tx) => tx.set(nvdimm, 'nvdimmSystemInfo', { ...info(), iSetInfo: [{ setId: 1, rangeType: 'persistentRange', baseAddress: 0, size: 4096, availableSize: 4096, state: 'active' }] }));
  const { uuid } = (await world.call(nvdimm, 'CreateNvdimmPMemNamespace_Task', { createSpec: one })) as { uuid: string };
  await world.refuses('AlreadyExists', nvdimm, 'CreateNvdimmPMemNamespace_Task', { createSpec: one });
  await world.refuses('HostConfigFault', nvdimm, 'CreateNvdimmPMemNamespace_Task', { createSpec: { ...one, friendlyName: 'big', size: 9000 } });
  await world.call(nvdimm, 'CreateNvdimmNamespace_Task', { createSpec: { blockSize: 512, blockCount: 2, type: 'blockNamespace', locationID: 1 } });
  assert.deepEqual([info().summary!.numNamespaces, info().summary!.availableCapacity, info().nsDetails!.length], [2, 4096 - 1000 - 1024, 2]);
  await world.call(nvdimm, 'DeleteNvdimmBlockNamespaces_Task');
  await world.refuses('NotFound', nvdimm, 'DeleteNvdimmBlockNamespaces_Task');
  await world.call(nvdimm, 'DeleteNvdimmNamespace_Task', { deleteSpec: { uuid } });
  await world.refuses('NotFound', nvdimm, 'DeleteNvdimmNamespace_Task', { deleteSpec: { uuid } });
  assert.deepEqual([info().summary!.availableCapacity, info().namespace], [4096, []]);
});

it('vSAN claims disks in groups, and gives them back', async () => {
  const world = new World();
  const [vsan, inner] = [manager(world, 'vsanSystem'), manager(world, 'vsanInternalSystem')];
  const disks = () => world.get<readonly HostScsiDisk[]>(host(world), 'config.storageDevice.scsiLun');
  const named = (name: string) => disks().find(({ canonicalName }) => canonicalName === `mpx.vmhba0:C0:${name}:L0`)!;
  const states = async () => ((await world.call(vsan, 'QueryDisksForVsan')) as VsanHostDiskResult[]).map(({ state }) => state);
  assert.deepEqual(await states(), ['ineligible', 'eligible', 'eligible']);
  await world.call(vsan, 'UpdateVsan_Task', { config: { enabled: true } });
  const policy = { npbs: [{ policy: '(("hostFailuresToTolerate" i0))' }] };
  const satisfiable = async () => ((await world.call(inner, 'CanProvisionObjects', policy)) as { isSatisfiable: boolean }[])[0]!.isSatisfiable;
  assert.equal(await satisfiable(), false);
  const wrong = (await world.call(vsan, 'InitializeDisks_Task', { mapping: [{ ssd: named('T1'), nonSsd: [named('T2')] }] })) as { error?: object }[];
  assert.ok(wrong[0]!.error);
  assert.deepEqual(await states(), ['ineligible', 'eligible', 'eligible'], 'nothing is claimed');
  await world.call(vsan, 'InitializeDisks_Task', { mapping: [{ ssd: named('T2'), nonSsd: [named('T1')] }] });
  assert.deepEqual(await states(), ['ineligible', 'inUse', 'inUse']);
  assert.equal(await satisfiable(), true);
  assert.equal(((await world.call(inner, 'ReconfigurationSatisfiable', { pcbs: [{ uuid: ['u'], policy: '(("hostFailuresToTolerate" i1))' }] })) as { isSatisfiable: boolean }[])[0]!.isSatisfiable, false);
  assert.equal(Object.keys(JSON.parse((await world.call(inner, 'QueryPhysicalVsanDisks')) as string) as object).length, 2);
  const [mapping] = world.get<VsanHostDiskMapping[]>(host(world), 'config.vsanHostConfig.storageInfo.diskMapping');
  assert.equal(mapping!.ssd.uuid, named('T2').uuid);
  assert.deepEqual(await world.call(manager(world, 'datastoreSystem'), 'QueryAvailableDisksForVmfs'), []);
  await world.refuses('HostConfigFault', manager(world, 'storageSystem'), 'UpdateDiskPartitions', { devicePath: named('T1').canonicalName, spec: { partition: [] } });
  assert.ok(((await world.call(vsan, 'AddDisks_Task', { disk: [named('T0')] })) as { error?: object }[])[0]!.error);
  assert.equal(((await world.call(vsan, 'UnmountDiskMapping_Task', { mapping: [mapping] })) as { error?: object }[])[0]!.error, undefined);
  assert.equal(world.get<{ mounted: boolean }[]>(host(world), 'config.vsanHostConfig.storageInfo.diskMapInfo')[0]!.mounted, false);
  assert.ok(((await world.call(vsan, 'UnmountDiskMapping_Task', { mapping: [mapping] })) as { error?: object }[])[0]!.error);
  await world.call(vsan, 'RemoveDisk_Task', { disk: [named('T1')] });
  assert.deepEqual(await states(), ['ineligible', 'eligible', 'eligible'], 'a cache alone is no group');
  await world.call(vsan, 'InitializeDisks_Task', { mapping: [{ ssd: named('T2'), nonSsd: [named('T1')] }] });
  await world.call(vsan, 'RemoveDiskMapping_Task', { mapping: [mapping] });
  assert.deepEqual(world.get(host(world), 'config.vsanHostConfig.storageInfo.diskMapping'), []);
  assert.ok(((await world.call(vsan, 'RemoveDiskMapping_Task', { mapping: [mapping] })) as { error?: object }[])[0]!.error);
});

describe('a domain', () => {
  const setUp = () => {
    const world = new World({}, 'esxi');
    const self = [...world.store.ofType('HostSystem')][0]!.ref;
    const [directory] = world.get<Ref[]>(world.get<Ref>(self, 'configManager.authenticationManager'), 'supportedStore');
    return { world, self, directory: directory! };
  };
  const credentials = { userName: 'admin', password: 'secret' };

  it('is joined and left, and the directory of users shows it', async () => {
    const { world, self, directory } = setUp();
    const domains = () => world.get(world.simulator.sim.wellKnown['userDirectory']!, 'domainList');
    await world.refuses('InvalidLogin', directory, 'JoinDomain_Task', { domainName: 'corp.example.com', userName: '', password: '' });
    await world.refuses('DomainNotFound', directory, 'JoinDomain_Task', { domainName: 'corp', ...credentials });
    await world.refuses('InvalidState', directory, 'LeaveCurrentDomain_Task', { force: false });
    await world.call(directory, 'JoinDomain_Task', { domainName: 'corp.example.com/hosts', ...credentials });
    const info = () => world.get<{ _type: string; joinedDomain?: string }[]>(self, 'config.authenticationManagerInfo.authConfig').find(({ _type }) => _type === 'HostActiveDirectoryInfo')!;
    assert.equal(info().joinedDomain, 'CORP.EXAMPLE.COM');
    assert.deepEqual([domains(), world.get(directory, 'info.domainMembershipStatus'), world.get(self, 'config.domainList')], [['', 'CORP.EXAMPLE.COM'], 'ok', ['CORP.EXAMPLE.COM']]);
    await world.call(world.simulator.sim.wellKnown['userDirectory']!, 'RetrieveUserGroups', { domain: 'corp.example.com', searchStr: '', exactMatch: false, findUsers: true, findGroups: true });
    await world.refuses('InvalidState', directory, 'JoinDomain_Task', { domainName: 'corp.example.com', ...credentials });
    await world.call(directory, 'LeaveCurrentDomain_Task', { force: true });
    assert.deepEqual([domains(), info().joinedDomain], [[''], undefined]);
  });

  it('lets smart cards in, once certificates for them are trusted', async () => {
    const { world, directory } = setUp();
    await world.refuses('ActiveDirectoryFault', directory, 'EnableSmartCardAuthentication');
    await world.call(directory, 'JoinDomain_Task', { domainName: 'corp.example.com', ...credentials });
    await world.refuses('HostConfigFault', directory, 'EnableSmartCardAuthentication');
    const [authority, other] = [caCertificate(), hostCertificate('card.example.com')];
    await world.call(directory, 'InstallSmartCardTrustAnchor', { cert: authority });
    await world.refuses('HostConfigFault', directory, 'InstallSmartCardTrustAnchor', { cert: authority });
    await world.refuses('HostConfigFault', directory, 'InstallSmartCardTrustAnchor', { cert: 'x' });
    await world.call(directory, 'EnableSmartCardAuthentication');
    assert.equal(world.get(directory, 'info.smartCardAuthenticationEnabled'), true);
    await world.call(directory, 'DisableSmartCardAuthentication');
    assert.equal(world.get(directory, 'info.smartCardAuthenticationEnabled'), false);
    await world.call(directory, 'ReplaceSmartCardTrustAnchors', { certs: [authority, other] });
    const { X509Certificate } = await import('node:crypto');
    const { fingerprint, issuer, serialNumber } = new X509Certificate(other);
    await world.call(directory, 'RemoveSmartCardTrustAnchorByFingerprint', { fingerprint, digest: 'SHA1' });
    assert.deepEqual(await world.call(directory, 'ListSmartCardTrustAnchors'), [authority]);
    await world.refuses('HostConfigFault', directory, 'RemoveSmartCardTrustAnchorByFingerprint', { fingerprint, digest: 'MD5' });
    await world.refuses('HostConfigFault', directory, 'RemoveSmartCardTrustAnchor', { issuer, serial: serialNumber });
    await world.call(directory, 'ReplaceSmartCardTrustAnchors', { certs: [other] });
    await world.call(directory, 'RemoveSmartCardTrustAnchor', { issuer: issuer.split('\n').join(','), serial: serialNumber });
    await world.call(directory, 'ReplaceSmartCardTrustAnchors', { certs: [other] });
    await world.call(directory, 'RemoveSmartCardTrustAnchorCertificate', { certificate: other });
    assert.deepEqual(await world.call(directory, 'ListSmartCardTrustAnchors'), []);
  });
});

it('a storage container is one datastore, and VMFS 6 takes clustered disks', async () => {
  const world = new World();
  const system = manager(world, 'datastoreSystem');
  const scId = 'vvol:0123456789abcdef-0123456789abcdef';
  const datastore = (await world.call(system, 'CreateVvolDatastore', { spec: { name: 'vv', scId } })) as Ref;
  assert.deepEqual([world.get(datastore, 'summary.type'), world.get(datastore, 'info.vvolDS.scId')], ['VVOL', scId]);
  await world.refuses('DuplicateName', system, 'CreateVvolDatastore', { spec: { name: 'vv2', scId } });
  await world.refuses('NotFound', system, 'CreateVvolDatastore', { spec: { name: 'x', scId: 'x' } });
  const other = world.get<Ref>(world.named('DC0_C0_H0', 'HostSystem'), 'configManager.datastoreSystem');
  assert.deepEqual(await world.call(other, 'CreateVvolDatastore', { spec: { name: 'vv', scId } }), datastore);
  const local = (await world.call(system, 'QueryVmfsDatastoreCreateOptions', { devicePath: 'mpx.vmhba0:C0:T1:L0' })) as { spec: { vmfs: object } }[];
  const vmfs = (await world.call(system, 'CreateVmfsDatastore', { spec: { ...local[0]!.spec, vmfs: { ...local[0]!.spec.vmfs, volumeName: 'six' } } })) as Ref;
  await world.call(system, 'EnableClusteredVmdkSupport', { datastore: vmfs });
  assert.equal(await world.call(vmfs, 'IsClusteredVmdkEnabled'), true);
  await world.refuses('HostConfigFault', system, 'EnableClusteredVmdkSupport', { datastore: vmfs });
  await world.call(system, 'DisableClusteredVmdkSupport', { datastore: vmfs });
  assert.equal(await world.call(vmfs, 'IsClusteredVmdkEnabled'), false);
  await world.refuses('HostConfigFault', system, 'EnableClusteredVmdkSupport', { datastore });
});

it('packages that are no part of the system are removed in maintenance mode', async () => {
  const world = new World();
  const [patches, image] = [manager(world, 'patchManager'), manager(world, 'imageConfigManager')];
  const names = async () => ((await world.call(image, 'fetchSoftwarePackages')) as SoftwarePackage[]).map(({ name }) => name);
  await world.refuses('InvalidState', patches, 'UninstallHostPatch_Task', { bulletinIds: ['qlnativefc'] });
  world.store.transaction((tx) => tx.set(host(world), 'runtime', { ...world.get<object>(host(world), 'runtime'), inMaintenanceMode: true }));
  await world.refuses('PlatformConfigFault', patches, 'UninstallHostPatch_Task', { bulletinIds: ['esx-base'] });
  await world.call(patches, 'UninstallHostPatch_Task', { bulletinIds: ['qlnativefc'] });
  assert.ok(!(await names()).includes('qlnativefc'));
  assert.equal(world.get(host(world), 'summary.rebootRequired'), true);
  const { status } = (await world.call(patches, 'QueryHostPatch_Task')) as { status: { id: string }[] };
  assert.equal(status.length, (await names()).length);
  await world.refuses('PatchMetadataInvalid', patches, 'InstallHostPatch_Task', { repository: { url: 'http://depot.example.com' }, updateID: 'x' });
  for (const method of ['CheckHostPatch_Task', 'ScanHostPatchV2_Task', 'StageHostPatch_Task', 'InstallHostPatchV2_Task']) await world.refuses('PlatformConfigFault', patches, method);
  await world.refuses('PlatformConfigFault', patches, 'ScanHostPatch_Task', { repository: { url: 'http://depot.example.com' } });
});
