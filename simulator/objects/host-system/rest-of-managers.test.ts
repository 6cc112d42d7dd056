// The rest of a host's managers, each changed and read back: access, boot, certificates, clock, agents, firewall, health, image, modules,
// memory, network, services, SNMP, vMotion, vSAN; and what licences are asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';
import { caCertificate, hostCertificate } from './x509.ts';

type Ref = ManagedObjectReference;
type Rows = readonly Record<string, unknown>[];

const host = (world: World): Ref => world.named('DC0_H0', 'HostSystem');
const manager = (world: World, field: string): Ref => world.get<Ref>(host(world), `configManager.${field}`);

test('who may log in, and who is part of the system', async () => {
  const world = new World();
  const access = manager(world, 'hostAccessManager');
  assert.deepEqual(await world.call(access, 'QuerySystemUsers'), ['dcui', 'vpxuser']);
  await world.call(access, 'UpdateSystemUsers', { users: ['backup'] });
  assert.deepEqual(await world.call(access, 'QuerySystemUsers'), ['backup']);
  await world.refuses('UserNotFound', access, 'UpdateSystemUsers', { users: ['no body'] });
  const entries = async () => ((await world.call(access, 'RetrieveHostAccessControlEntries')) as Rows).map(({ principal, accessMode }) => `${String(principal)} ${String(accessMode)}`);
  const before = await entries();
  await world.call(access, 'ChangeAccessMode', { principal: 'alice', isGroup: false, accessMode: 'accessReadOnly' });
  assert.deepEqual((await entries()).filter((entry) => !before.includes(entry)), ['alice accessReadOnly']);
});

test('what a host boots from, and where its licences and flags stay', async () => {
  const world = new World();
  const boot = manager(world, 'bootDeviceSystem');
  const current = async () => ((await world.call(boot, 'QueryBootDevices')) as { currentBootDeviceKey: string }).currentBootDeviceKey;
  assert.equal(await current(), 'Hard Drive');
  await world.call(boot, 'UpdateBootDevice', { key: 'Network' });
  assert.equal(await current(), 'Network');
  await world.refuses('InvalidArgument', boot, 'UpdateBootDevice', { key: 'Floppy' });
});

test('authorities and lists of revoked certificates are replaced together', async () => {
  const world = new World();
  const certificates = manager(world, 'certificateManager');
  assert.equal(((await world.call(certificates, 'RetrieveCertificateInfoList')) as Rows)[0]!['status'], 'good');
  const other = hostCertificate('authority.example.com');
  await world.call(certificates, 'ReplaceCACertificatesAndCRLs', { caCert: [caCertificate(), other], caCrl: ['a list'] });
  assert.deepEqual([await world.call(certificates, 'ListCACertificates'), await world.call(certificates, 'ListCACertificateRevocationLists')], [[caCertificate(), other], ['a list']]);
  await world.refuses('HostConfigFault', certificates, 'ReplaceCACertificatesAndCRLs', { caCert: ['x'] });
  await world.call(certificates, 'NotifyAffectedServices');
  await world.call(certificates, 'ProvisionServerPrivateKey', { key: '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----' });
  await world.refuses('HostConfigFault', certificates, 'ProvisionServerPrivateKey', { key: 'x' });
});

test('hyperthreading, memory for machines, graphics and devices', async () => {
  const world = new World();
  await world.call(manager(world, 'cpuScheduler'), 'DisableHyperThreading');
  await world.call(manager(world, 'cpuScheduler'), 'EnableHyperThreading');
  assert.equal(world.get(host(world), 'config.hyperThread.config'), true);
  const memory = manager(world, 'memoryManager');
  await world.call(memory, 'ReconfigureVirtualMachineReservation', { spec: { virtualMachineReserved: 1000, allocationPolicy: 'swapMost' } });
  assert.deepEqual([world.get(host(world), 'config.virtualMachineReservation.virtualMachineReserved'), world.get(host(world), 'config.virtualMachineReservation.allocationPolicy')], [1000, 'swapMost']);
  await world.refuses('InvalidArgument', memory, 'ReconfigureVirtualMachineReservation', { spec: { virtualMachineReserved: -1 } });
  await world.refuses('NotSupported', memory, 'ReconfigureServiceConsoleReservation', { cfgBytes: 1 });
  const graphics = manager(world, 'graphicsManager');
  const config = { hostDefaultGraphicsType: 'sharedDirect', sharedPassthruAssignmentPolicy: 'consolidation' };
  await world.call(graphics, 'UpdateGraphicsConfig', { config });
  assert.equal(world.get(host(world), 'config.graphicsConfig.hostDefaultGraphicsType'), 'sharedDirect');
  await world.refuses('InvalidArgument', graphics, 'UpdateGraphicsConfig', { config: { ...config, hostDefaultGraphicsType: 'loud' } });
  await world.call(graphics, 'RefreshGraphicsManager');
  assert.deepEqual([await world.call(graphics, 'IsSharedGraphicsActive'), await world.call(graphics, 'RetrieveVgpuDeviceInfo'), await world.call(graphics, 'RetrieveVgpuProfileInfo')], [false, [], []]);
  const pci = manager(world, 'pciPassthruSystem');
  await world.call(pci, 'Refresh');
  await world.refuses('HostConfigFault', pci, 'UpdatePassthruConfig', { config: [{ id: '0000:00:00.0', passthruEnabled: true }] });
  const assignable = manager(world, 'assignableHardwareManager');
  await world.call(assignable, 'UpdateAssignableHardwareConfig', { config: { attributeOverride: [] } });
  await world.refuses('HostConfigFault', assignable, 'UpdateAssignableHardwareConfig', { config: { attributeOverride: [{ instanceId: 'x', name: 'label', value: 'y' }] } });
  assert.deepEqual([await world.call(assignable, 'RetrieveDynamicPassthroughInfo'), await world.call(assignable, 'RetrieveVendorDeviceGroupInfo')], [[], []]);
  await world.call(assignable, 'DownloadDescriptionTree');
});

test('datastores have a principal and a queue depth', async () => {
  const world = new World();
  const system = manager(world, 'datastoreSystem');
  const datastore = world.named('LocalDS_0', 'Datastore');
  await world.call(system, 'ConfigureDatastorePrincipal', { userName: 'nfsuser', password: 'x' });
  assert.equal(world.get(host(world), 'config.datastorePrincipal'), 'nfsuser');
  await world.call(system, 'SetMaxQueueDepth', { datastore, maxQdepth: 32 });
  assert.equal(await world.call(system, 'QueryMaxQueueDepth', { datastore }), 32);
  await world.call(system, 'ResolveNfsServerHostName', { volumeName: ['x'] });
  assert.deepEqual(await world.call(system, 'QueryUnresolvedVmfsVolumes'), []);
  const other = world.get<Ref>(world.named('DC0_C0_H0', 'HostSystem'), 'configManager.datastoreSystem');
  const [option] = (await world.call(other, 'QueryVmfsDatastoreCreateOptions', { devicePath: 'mpx.vmhba0:C0:T1:L0' })) as { spec: { vmfs: object } }[];
  const own = await world.call(other, 'CreateVmfsDatastore', { spec: { ...option!.spec, vmfs: { ...option!.spec.vmfs, volumeName: 'own' } } });
  await world.refuses('NotFound', system, 'SetMaxQueueDepth', { datastore: own, maxQdepth: 32 });
  await world.refuses('InvalidArgument', system, 'SetMaxQueueDepth', { datastore, maxQdepth: 0 });
});

test('zones, services, firewall and modules', async () => {
  const world = new World();
  const clock = manager(world, 'dateTimeSystem');
  await world.call(clock, 'RefreshDateTimeSystem');
  assert.ok(((await world.call(clock, 'QueryAvailableTimeZones')) as Rows).some(({ key }) => key === 'Europe/Berlin'));
  const services = manager(world, 'serviceSystem');
  const running = (id: string) => world.get<Rows>(host(world), 'config.service.service').find(({ key }) => key === id)!['running'];
  await world.call(services, 'RestartService', { id: 'TSM-SSH' });
  assert.equal(running('TSM-SSH'), true);
  await world.call(services, 'RefreshServices');
  await world.refuses('NotFound', services, 'RestartService', { id: 'httpd' });
  const firewall = manager(world, 'firewallSystem');
  await world.call(firewall, 'UpdateDefaultPolicy', { defaultPolicy: { incomingBlocked: false } });
  assert.equal(world.get(host(world), 'config.firewall.defaultPolicy.incomingBlocked'), false);
  await world.call(firewall, 'RefreshFirewall');
  const modules = manager(world, 'kernelModuleSystem');
  await world.call(modules, 'UpdateModuleOptionString', { name: 'vmfs3', options: 'a=1' });
  assert.equal(await world.call(modules, 'QueryConfiguredModuleOptionString', { name: 'vmfs3' }), 'a=1');
  assert.equal(((await world.call(modules, 'QueryModules')) as Rows).find(({ name }) => name === 'vmfs3')!['optionString'], '', 'it counts from the next boot on');
  await world.refuses('NotFound', modules, 'QueryConfiguredModuleOptionString', { name: 'x' });
});

test('what counts from the next boot on counts after it', async () => {
  const world = new World({}, 'esxi');
  const self = [...world.store.ofType('HostSystem')][0]!.ref;
  const of = (field: string): Ref => world.get<Ref>(self, `configManager.${field}`);
  await world.call(of('kernelModuleSystem'), 'UpdateModuleOptionString', { name: 'vmfs3', options: 'a=1' });
  await world.call(of('cpuScheduler'), 'DisableHyperThreading');
  await world.call(of('storageSystem'), 'DiscoverFcoeHbas', { fcoeSpec: { underlyingPnic: 'vmnic0' } });
  await world.call(of('storageSystem'), 'MarkForRemoval', { hbaName: 'vmhba65', remove: true });
  const adapters = () => world.get<Rows>(self, 'config.storageDevice.hostBusAdapter').map(({ device }) => device);
  const options = async () => ((await world.call(of('kernelModuleSystem'), 'QueryModules')) as Rows).find(({ name }) => name === 'vmfs3')!['optionString'];
  assert.deepEqual([await options(), world.get(self, 'config.hyperThread.active'), adapters().includes('vmhba65')], ['', true, true]);
  await world.call(self, 'RebootHost_Task', { force: true });
  assert.deepEqual([await options(), world.get(self, 'config.hyperThread.active'), adapters().includes('vmhba65')], ['a=1', false, false]);
});

test('machines of agents go where the host says, and its summary shows it', async () => {
  const world = new World();
  const agents = manager(world, 'esxAgentHostManager');
  const agentVmDatastore = world.named('LocalDS_0', 'Datastore');
  const unseen = world.get<Ref[]>(world.named('DC0', 'Datacenter'), 'datastore')[0]!;
  world.store.transaction((tx) => tx.set(host(world), 'datastore', []));
  await world.refuses('HostConfigFault', agents, 'EsxAgentHostManagerUpdateConfig', { configInfo: { agentVmDatastore: unseen } });
  world.store.transaction((tx) => tx.set(host(world), 'datastore', [unseen]));
  await world.call(agents, 'EsxAgentHostManagerUpdateConfig', { configInfo: { agentVmDatastore } });
  assert.deepEqual([world.get(agents, 'configInfo.agentVmDatastore'), world.get(host(world), 'summary.config.agentVmDatastore')], [agentVmDatastore, agentVmDatastore]);
  await world.call(agents, 'EsxAgentHostManagerUpdateConfig', { configInfo: {} });
  assert.equal(world.get(host(world), 'summary.config.agentVmDatastore'), undefined);
});

test('firmware, health and image', async () => {
  const world = new World();
  const firmware = manager(world, 'firmwareSystem');
  await world.refuses('NotSupported', firmware, 'BackupFirmwareConfiguration');
  await world.refuses('NotSupported', firmware, 'QueryFirmwareConfigUploadURL');
  await world.refuses('InvalidState', firmware, 'ResetFirmwareToFactoryDefaults');
  await world.refuses('InvalidState', firmware, 'RestoreFirmwareConfiguration', { force: false });
  const health = manager(world, 'healthStatusSystem');
  assert.equal(((await world.call(health, 'FetchSystemEventLog')) as Rows).length, 2);
  await world.call(health, 'ClearSystemEventLog');
  assert.deepEqual(await world.call(health, 'FetchSystemEventLog'), []);
  await world.call(health, 'RefreshHealthStatusSystem');
  await world.call(health, 'ResetSystemHealthInfo');
  const image = manager(world, 'imageConfigManager');
  assert.equal(await world.call(image, 'HostImageConfigGetAcceptance'), 'partner');
  await world.call(image, 'UpdateHostImageAcceptanceLevel', { newAcceptanceLevel: 'community' });
  assert.equal(await world.call(image, 'HostImageConfigGetAcceptance'), 'community');
  await world.refuses('HostConfigFault', image, 'UpdateHostImageAcceptanceLevel', { newAcceptanceLevel: 'any' });
  assert.ok(((await world.call(image, 'fetchSoftwarePackages')) as Rows).length > 10);
  assert.ok((await world.call(image, 'installDate')) instanceof Date);
});

test('networks are hinted at; there is no service console', async () => {
  const world = new World();
  const network = manager(world, 'networkSystem');
  await world.call(network, 'RefreshNetworkSystem');
  const [hint] = (await world.call(network, 'QueryNetworkHint', { device: ['vmnic0'] })) as Rows;
  assert.equal(hint!['device'], 'vmnic0');
  await world.refuses('NotFound', network, 'QueryNetworkHint', { device: ['vmnic9'] });
  for (const method of ['RemoveServiceConsoleVirtualNic', 'RestartServiceConsoleVirtualNic']) await world.refuses('NotFound', network, method, { device: 'vswif0' });
  await world.refuses('NotFound', network, 'UpdateServiceConsoleVirtualNic', { device: 'vswif0', nic: {} });
  await world.refuses('HostConfigFault', network, 'UpdateConsoleIpRouteConfig', { config: {} });
  const vmotion = manager(world, 'vmotionSystem');
  await world.call(vmotion, 'SelectVnic', { device: 'vmk0' });
  await world.call(vmotion, 'DeselectVnic');
  assert.equal(world.get(host(world), 'config.vmotion.netConfig.selectedVnic'), undefined);
  await world.refuses('HostConfigFault', vmotion, 'UpdateIpConfig', { ipConfig: { dhcp: true } });
});

test('an SNMP agent needs a community', async () => {
  const world = new World();
  const snmp = manager(world, 'snmpSystem');
  await world.refuses('InvalidArgument', snmp, 'ReconfigureSnmpAgent', { spec: { enabled: true } });
  await world.refuses('InsufficientResourcesFault', snmp, 'ReconfigureSnmpAgent', { spec: { trapTargets: ['a', 'b', 'c', 'd'].map((hostName) => ({ hostName, port: 162, community: 'public' })) } });
  await world.call(snmp, 'ReconfigureSnmpAgent', { spec: { enabled: true, readOnlyCommunities: ['public'], port: 1161 } });
  assert.deepEqual([world.get(snmp, 'configuration.enabled'), world.get(snmp, 'configuration.port')], [true, 1161]);
});

test('a vSAN node is emptied, and takes part again', async () => {
  const world = new World();
  const [vsan, inner] = [manager(world, 'vsanSystem'), manager(world, 'vsanInternalSystem')];
  const state = async () => ((await world.call(vsan, 'QueryHostStatus')) as { nodeState: { state: string } }).nodeState.state;
  await world.refuses('InvalidState', vsan, 'EvacuateVsanNode_Task', { maintenanceSpec: {}, timeout: 0 });
  await world.call(vsan, 'UpdateVsan_Task', { config: { enabled: true } });
  assert.equal(await state(), 'master');
  await world.refuses('InvalidState', vsan, 'RecommissionVsanNode_Task');
  await world.call(vsan, 'EvacuateVsanNode_Task', { maintenanceSpec: {}, timeout: 0 });
  assert.equal(await state(), 'decommissioning');
  await world.refuses('InvalidState', vsan, 'EvacuateVsanNode_Task', { maintenanceSpec: {}, timeout: 0 });
  await world.call(vsan, 'RecommissionVsanNode_Task');
  assert.equal(await state(), 'master');
  assert.equal(await world.call(inner, 'QueryCmmds', { queries: [] }), '{"result": []}');
  for (const [method, args] of [['QueryVsanObjects', {}], ['QueryObjectsOnPhysicalVsanDisk', { disks: ['x'] }], ['QueryVsanStatistics', { labels: ['dom'] }], ['QuerySyncingVsanObjects', {}]] as const) assert.equal(typeof JSON.parse((await world.call(inner, method, args)) as string), 'object');
  for (const [method, args] of [['AbdicateDomOwnership', { uuids: ['x'] }], ['QueryVsanObjectUuidsByFilter', {}], ['RunVsanPhysicalDiskDiagnostics', {}]] as const) assert.deepEqual(await world.call(inner, method, args), []);
});

test('licences tell their features; editions are gone', async () => {
  const world = new World();
  const licences = world.simulator.sim.wellKnown['licenseManager']!;
  const features = (await world.call(licences, 'QuerySupportedFeatures', { host: host(world) })) as Rows;
  assert.ok(features.length > 0);
  const usage = (await world.call(licences, 'QueryLicenseUsage', { host: host(world) })) as { featureInfo: Rows };
  assert.deepEqual(usage.featureInfo.map(({ key }) => key), features.map(({ key }) => key));
  await world.refuses('NotSupported', licences, 'SetLicenseEdition', { featureKey: 'esxFull' });
  await world.refuses('NotSupported', licences, 'DisableFeature', { featureKey: 'esxFull' });
  await world.refuses('NotSupported', licences, 'ConfigureLicenseSource', { licenseSource: { _type: 'EvaluationLicenseSource' } });
});
