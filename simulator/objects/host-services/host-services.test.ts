// vCenter's managers of hosts: certificates, specifications, I/O filters, who sees a disk, and what a host would bring along.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterIoFilterInfo, HostConnectInfo, HostScsiDisk, HostSpecification, ManagedObjectReference } from '../../../core/vim25/index.ts';
import { caCertificate } from '../host-system/x509.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;

const service = (world: World, field: string): Ref => world.simulator.sim.wellKnown[field]!;
const host = (world: World, name = 'DC0_C0_H0'): Ref => world.named(name, 'HostSystem');

it('vCenter gives hosts new certificates, and its authority to trust', async () => {
  const world = new World();
  const authority = service(world, 'certificateManager');
  const own = world.get<Ref>(host(world), 'configManager.certificateManager');
  const before = world.get(host(world), 'summary.config.sslThumbprint');
  await world.call(own, 'InstallServerCertificate', { cert: caCertificate() });
  await world.call(own, 'ReplaceCACertificatesAndCRLs', { caCert: [], caCrl: [] });
  assert.notEqual(world.get(host(world), 'summary.config.sslThumbprint'), before);
  await world.call(authority, 'CertMgrRefreshCertificates_Task', { host: [host(world)] });
  assert.equal(world.get(host(world), 'summary.config.sslThumbprint'), before);
  assert.match(world.get(own, 'certificateInfo.subject'), /CN=DC0_C0_H0/);
  await world.call(authority, 'CertMgrRefreshCACertificatesAndCRLs_Task', { host: [host(world)] });
  assert.deepEqual(await world.call(own, 'ListCACertificates'), [caCertificate()]);
  await world.call(host(world), 'DisconnectHost_Task');
  await world.refuses('HostNotConnected', authority, 'CertMgrRefreshCertificates_Task', { host: [host(world)] });
});

it('specifications of hosts are kept in parts, and changes are found by their number', async () => {
  const world = new World();
  const specs = service(world, 'hostSpecManager');
  const [one, two] = [host(world), host(world, 'DC0_C0_H1')];
  const createdTime = new Date(0);
  await world.refuses('HostSpecificationOperationFailed', specs, 'RetrieveHostSpecification', { host: one, fromHost: false });
  await world.refuses('HostSpecificationOperationFailed', specs, 'UpdateHostSubSpecification', { host: one, hostSubSpec: { name: 'a', createdTime } });
  await world.refuses('HostSpecificationOperationFailed', specs, 'UpdateHostSpecification', { host: one, hostSpec: { host: two, createdTime } });
  await world.call(specs, 'UpdateHostSpecification', { host: one, hostSpec: { host: one, createdTime, subSpecs: [{ name: 'a', createdTime }] } });
  await world.call(specs, 'UpdateHostSpecification', { host: two, hostSpec: { host: two, createdTime } });
  await world.call(specs, 'UpdateHostSubSpecification', { host: one, hostSubSpec: { name: 'b', createdTime } });
  const spec = (await world.call(specs, 'RetrieveHostSpecification', { host: one, fromHost: true })) as HostSpecification;
  assert.deepEqual([spec.subSpecs!.map(({ name }) => name), spec.changeID], [['a', 'b'], '3']);
  assert.deepEqual(await world.call(specs, 'HostSpecGetUpdatedHosts', { startChangeID: '2' }), [one]);
  assert.deepEqual(await world.call(specs, 'HostSpecGetUpdatedHosts', { startChangeID: '1', endChangeID: '2' }), [two]);
  await world.call(specs, 'DeleteHostSubSpecification', { host: one, subSpecName: 'a' });
  await world.refuses('HostSpecificationOperationFailed', specs, 'DeleteHostSubSpecification', { host: one, subSpecName: 'a' });
  await world.call(specs, 'DeleteHostSpecification', { host: one });
  await world.refuses('HostSpecificationOperationFailed', specs, 'DeleteHostSpecification', { host: one });
  await world.call(host(world, 'DC0_C0_H1'), 'DisconnectHost_Task');
  await world.refuses('HostSpecificationOperationFailed', specs, 'RetrieveHostSpecification', { host: two, fromHost: true });
});

it('I/O filters are put on the hosts of a cluster, and on those that were away later', async () => {
  const world = new World();
  const filters = service(world, 'ioFilterManager');
  const compRes = world.named('DC0_C0', 'ClusterComputeResource');
  const on = (name: string) => world.get<{ id: string }[]>(host(world, name), 'config.ioFilterInfo').map(({ id }) => id);
  await world.refuses('InvalidArgument', filters, 'InstallIoFilter_Task', { vibUrl: 'cache', compRes });
  await world.call(host(world), 'DisconnectHost_Task');
  const { id } = (await world.call(filters, 'InstallIoFilter_Task', { vibUrl: 'https://depot.example.com/ACME-cache-1.2.0.vib', compRes })) as ClusterIoFilterInfo;
  assert.deepEqual([id, on('DC0_C0_H0'), on('DC0_C0_H1')], ['ACME-cache_1.2.0', [], [id]]);
  await world.refuses('AlreadyExists', filters, 'InstallIoFilter_Task', { vibUrl: 'https://depot.example.com/ACME-cache-1.2.0.vib', compRes });
  const issues = async () => ((await world.call(filters, 'QueryIoFilterIssues', { filterId: id, compRes })) as { hostIssue: { host: Ref }[] }).hostIssue.map(({ host: ref }) => ref.value);
  assert.deepEqual(await issues(), [host(world).value]);
  await world.call(filters, 'ResolveInstallationErrorsOnCluster_Task', { filterId: id, cluster: compRes });
  assert.deepEqual(await issues(), [host(world).value], 'it is still away');
  await world.call(host(world), 'ReconnectHost_Task');
  await world.call(filters, 'ResolveInstallationErrorsOnHost_Task', { filterId: id, host: host(world) });
  assert.deepEqual([await issues(), on('DC0_C0_H0')], [[], [id]]);
  const vm = world.named('DC0_C0_RP0_VM0', 'VirtualMachine');
  const device = world.get<{ key: number; _type: string }[]>(vm, 'config.hardware.device').map((one) => (one._type === 'VirtualDisk' ? { ...one, iofilter: [id] } : one));
  world.store.transaction((tx) => tx.set(vm, 'config.hardware', { ...world.get<object>(vm, 'config.hardware'), device }));
  assert.deepEqual(((await world.call(filters, 'QueryDisksUsingFilter', { filterId: id, compRes })) as { vm: Ref }[]).map((one) => one.vm.value), [vm.value]);
  await world.refuses('FilterInUse', filters, 'UninstallIoFilter_Task', { filterId: id, compRes });
  world.store.transaction((tx) => tx.set(vm, 'config.hardware', { ...world.get<object>(vm, 'config.hardware'), device: device.map((one) => ({ ...one, iofilter: undefined })) }));
  const drs = (enabled: boolean) => world.call(compRes, 'ReconfigureComputeResource_Task', { spec: { _type: 'ClusterConfigSpecEx', drsConfig: { enabled, defaultVmBehavior: 'fullyAutomated' } }, modify: true });
  await drs(false);
  await world.refuses('InvalidState', filters, 'UninstallIoFilter_Task', { filterId: id, compRes });
  await drs(true);
  const upgraded = (await world.call(filters, 'UpgradeIoFilter_Task', { filterId: id, compRes, vibUrl: 'https://depot.example.com/ACME-cache-1.3.0.vib' })) as ClusterIoFilterInfo;
  assert.deepEqual([on('DC0_C0_H1'), upgraded.opType], [['ACME-cache_1.3.0'], 'upgrade']);
  await world.call(filters, 'UninstallIoFilter_Task', { filterId: upgraded.id, compRes });
  assert.deepEqual([on('DC0_C0_H1'), await world.call(filters, 'QueryIoFilterInfo', { compRes })], [[], []]);
  await world.refuses('NotFound', filters, 'QueryDisksUsingFilter', { filterId: id, compRes });
});

it('hosts that see a disk are found', async () => {
  const world = new World();
  const query = service(world, 'storageQueryManager');
  const disk = world.get<readonly HostScsiDisk[]>(host(world), 'config.storageDevice.scsiLun').find(({ localDisk }) => !localDisk)!;
  const found = async () => ((await world.call(query, 'QueryHostsWithAttachedLun', { lunUuid: disk.uuid })) as Ref[]).length;
  assert.equal(await found(), [...world.store.ofType('HostSystem')].length);
  const own = world.get<readonly HostScsiDisk[]>(host(world), 'config.storageDevice.scsiLun')[1]!;
  assert.deepEqual(await world.call(query, 'QueryHostsWithAttachedLun', { lunUuid: own.uuid }), [host(world)]);
  await world.call(world.get<Ref>(host(world), 'configManager.storageSystem'), 'DetachScsiLun', { lunUuid: own.uuid });
  assert.deepEqual(await world.call(query, 'QueryHostsWithAttachedLun', { lunUuid: own.uuid }), []);
});

describe('what a host would bring along', () => {
  it('is told of known hosts and of new ones', async () => {
    const world = new World();
    const datacenter = world.named('DC0', 'Datacenter');
    const login = { port: 443, username: 'root', password: 'secret' };
    const known = (await world.call(datacenter, 'QueryConnectionInfo', { hostname: 'DC0_H0', ...login })) as HostConnectInfo;
    assert.deepEqual([known.vm!.length, known.host.host], [2, host(world, 'DC0_H0')]);
    const version = world.store.size;
    const fresh = (await world.call(datacenter, 'QueryConnectionInfoViaSpec', { spec: { hostName: 'new.example.com', userName: 'root', password: 'secret', force: false } })) as HostConnectInfo;
    assert.deepEqual([fresh.host.config.name, fresh.vm, world.store.size], ['new.example.com', [], version]);
    await world.refuses('InvalidLogin', datacenter, 'QueryConnectionInfo', { hostname: 'new.example.com', ...login, password: '' });
    await world.refuses('NoHost', datacenter, 'QueryConnectionInfo', { hostname: 'no host', ...login });
    const spec = { userName: 'root', password: 'secret', force: false };
    const batch = (await world.call(datacenter, 'BatchQueryConnectInfo', { hostSpecs: [{ ...spec, hostName: 'DC0_H0' }, { ...spec, hostName: 'new.example.com', password: '' }] })) as { numPoweredOnVm?: number; error?: object }[];
    assert.deepEqual(batch.map(({ numPoweredOnVm, error }) => [numPoweredOnVm, error !== undefined]), [[2, false], [undefined, true]]);
  });
});
