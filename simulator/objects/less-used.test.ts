// Methods that few clients call: each changes or tells what it says, and refuses what it should.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { caCertificate } from './host-system/x509.ts';
import { POOL, World } from './world.testing.ts';

type Ref = ManagedObjectReference;

const service = (world: World, name: string): Ref => world.simulator.sim.wellKnown[name]!;

test('everybody with an address or a name is found, and nobody else', async () => {
  const world = new World();
  const [index, vm] = [service(world, 'searchIndex'), world.named('DC0_H0_VM0')];
  await world.call(vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: 'SET.guest.ipAddress', value: '10.0.0.7' }, { key: 'SET.guest.hostName', value: 'web.example.org' }] } });
  assert.deepEqual(await world.call(index, 'FindAllByIp', { ip: '10.0.0.7', vmSearch: true }), [vm]);
  assert.deepEqual(await world.call(index, 'FindAllByDnsName', { dnsName: 'WEB.example.org', vmSearch: true }), [vm]);
  assert.deepEqual((await world.call(index, 'FindAllByIp', { ip: '10.0.0.8', vmSearch: true })) ?? [], []);
  assert.deepEqual((await world.call(index, 'FindAllByDnsName', { dnsName: 'web.example.org', vmSearch: false })) ?? [], []);
  await world.refuses('ManagedObjectNotFound', index, 'FindAllByIp', { ip: '10.0.0.7', vmSearch: true, datacenter: { type: 'Datacenter', value: 'datacenter-999' } });
});

test('a session has a locale, and the service a message; logins that cannot be proved are refused', async () => {
  const world = new World();
  const manager = service(world, 'sessionManager');
  await world.call(manager, 'UpdateServiceMessage', { message: 'down at noon' });
  assert.equal(world.get(manager, 'message'), 'down at noon');
  await world.call(manager, 'SetLocale', { locale: 'de' });
  assert.equal(world.simulator.sim.sessions.list()[0]!.locale, 'de');
  await world.refuses('InvalidLocale', manager, 'SetLocale', { locale: 'no such place' });
  assert.equal(world.simulator.sim.sessions.list()[0]!.locale, 'de');
});

test('locks and owners of files are those of who uses them', async () => {
  const world = new World();
  const [files, datacenter] = [service(world, 'fileManager'), world.named('DC0')];
  const path = '[LocalDS_0] DC0_H0_VM0/DC0_H0_VM0.vmdk';
  const locks = async () => ((await world.call(files, 'QueryFileLockInfo', { path })) as { lockInfo?: { worldName: string }[] }).lockInfo?.map(({ worldName }) => worldName);
  assert.deepEqual(await locks(), ['vmx-DC0_H0_VM0']);
  await world.call(world.named('DC0_H0_VM0'), 'PowerOffVM_Task');
  assert.equal(await locks(), undefined);
  await world.call(files, 'ChangeOwner', { name: path, datacenter, owner: 'root' });
  await world.refuses('UserNotFound', files, 'ChangeOwner', { name: path, datacenter, owner: 'joe' });
  await world.refuses('FileNotFound', files, 'QueryFileLockInfo', { path: '[LocalDS_0] none' });
});

test('datastores are refreshed, and tell what they can', async () => {
  const world = new World();
  const datastore = world.named('LocalDS_0', 'Datastore');
  const before = world.get<Date>(datastore, 'info.timestamp');
  (world.simulator.clock as unknown as { advance(ms: number): void }).advance(60_000);
  await world.call(datastore, 'RefreshDatastore');
  assert.ok(world.get<Date>(datastore, 'info.timestamp') > before);
  await world.call(datastore, 'RefreshDatastoreStorageInfo');
  assert.equal(await world.call(datastore, 'IsClusteredVmdkEnabled'), false);
  const file = world.get(world.named('DC0_H0_VM0'), 'config.files.vmPathName');
  await world.call(datastore, 'UpdateVirtualMachineFiles_Task', { mountPathDatastoreMapping: [{ mountPath: 'ds:///x/', datastore }] });
  assert.equal(world.get(world.named('DC0_H0_VM0'), 'config.files.vmPathName'), file);
});

test('I/O control and Storage DRS are set, and offers are taken back', async () => {
  const world = new World({ pod: 1, datastore: 2 });
  const [manager, datastore, pod] = [service(world, 'storageResourceManager'), world.named('LocalDS_0', 'Datastore'), world.named('DC0_POD0')];
  await world.call(manager, 'ConfigureDatastoreIORM_Task', { datastore, spec: { enabled: true, congestionThreshold: 40 } });
  assert.deepEqual([world.get(datastore, 'iormConfiguration.enabled'), world.get(datastore, 'iormConfiguration.congestionThreshold')], [true, 40]);
  const { congestionThresholdOption: range } = (await world.call(manager, 'QueryIORMConfigOption', { host: world.named('DC0_H0', 'HostSystem') })) as { congestionThresholdOption: { min: number; max: number } };
  await world.refuses('InvalidArgument', manager, 'ConfigureDatastoreIORM_Task', { datastore, spec: { congestionThreshold: range.max + 1 } });
  assert.equal(world.get(datastore, 'iormConfiguration.congestionThreshold'), 40);
  assert.deepEqual(await world.call(manager, 'QueryDatastorePerformanceSummary', { datastore }), []);
  await world.call(pod, 'MoveIntoFolder_Task', { list: [datastore] });
  await world.call(manager, 'ConfigureStorageDrsForPod_Task', { pod, modify: true, spec: { podConfigSpec: { enabled: true } } });
  const storageSpec = { type: 'create', podSelectionSpec: { storagePod: pod }, configSpec: { name: 'placed', guestId: 'otherGuest' }, resourcePool: world.get(world.named('DC0_C0'), 'resourcePool'), folder: world.get(world.named('DC0'), 'vmFolder') };
  const offer = async () => ((await world.call(manager, 'RecommendDatastores', { storageSpec })) as { recommendations: { key: string }[] }).recommendations[0]!.key;
  const key = await offer();
  await world.call(manager, 'CancelStorageDrsRecommendation', { key: [key] });
  await world.refuses('InvalidArgument', manager, 'ApplyStorageDrsRecommendationToPod_Task', { pod, key });
  const { vm } = (await world.call(manager, 'ApplyStorageDrsRecommendationToPod_Task', { pod, key: await offer() })) as { vm: Ref };
  assert.deepEqual(world.get(vm, 'datastore'), [datastore]);
  await world.call(manager, 'RefreshStorageDrsRecommendation', { pod });
  await world.call(manager, 'RefreshStorageDrsRecommendationsForPod_Task', { pod });
  await world.refuses('ManagedObjectNotFound', manager, 'RefreshStorageDrsRecommendation', { pod: { type: 'StoragePod', value: 'group-p999' } });
});

test('a vApp is suspended and unregistered with its machines, whose files stay', async () => {
  const world = new World();
  const pool = world.get<Ref>(world.named('DC0_C0'), 'resourcePool');
  const app = (await world.call(pool, 'CreateVApp', { name: 'shop', resSpec: POOL, configSpec: {}, vmFolder: world.get(world.named('DC0'), 'vmFolder') })) as Ref;
  const vm = (await world.call(app, 'CreateChildVM_Task', { config: { name: 'db', files: { vmPathName: '[LocalDS_0]' } } })) as Ref;
  await world.refuses('InvalidPowerState', app, 'SuspendVApp_Task');
  await world.call(app, 'PowerOnVApp_Task');
  await world.refuses('InvalidState', app, 'unregisterVApp_Task');
  await world.call(app, 'SuspendVApp_Task');
  assert.equal(world.get(vm, 'runtime.powerState'), 'suspended');
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(app, 'unregisterVApp_Task');
  assert.deepEqual([world.store.get(app), world.store.get(vm)], [undefined, undefined]);
  const file = { path: '[LocalDS_0] db/db.vmx', name: 'db' };
  const other = (await world.call(pool, 'CreateVApp', { name: 'other', resSpec: POOL, configSpec: {}, vmFolder: world.get(world.named('DC0'), 'vmFolder') })) as Ref;
  const again = (await world.call(other, 'RegisterChildVM_Task', file)) as Ref;
  assert.deepEqual(world.get(again, 'resourcePool'), other);
  await world.refuses('AlreadyExists', other, 'RegisterChildVM_Task', { ...file, name: 'twice' });
});

test('the children of a pool go, and its machines move up', async () => {
  const world = new World();
  const pool = world.get<Ref>(world.named('DC0_C0'), 'resourcePool');
  const machines = world.get<readonly Ref[]>(pool, 'vm').length;
  const child = (await world.call(pool, 'CreateResourcePool', { name: 'child', spec: POOL })) as Ref;
  await world.call(child, 'MoveIntoResourcePool', { list: [world.named('DC0_C0_RP0_VM0')] });
  await world.call(pool, 'DestroyChildren');
  assert.equal(world.store.get(child), undefined);
  assert.ok(world.get<readonly Ref[]>(pool, 'vm').length >= machines, 'no machine is lost');
  await world.call(pool, 'RefreshRuntime');
  await world.refuses('ManagedObjectNotFound', child, 'DestroyChildren');
});

test('a machine that hangs is ended, and takes keys while it runs', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  const keys = { spec: { keyEvents: [{ usbHidCode: 0x00070007 }, { usbHidCode: 0x00040007 }] } };
  assert.equal(await world.call(vm, 'PutUsbScanCodes', keys), 2);
  assert.ok(((await world.call(vm, 'AcquireMksTicket')) as { ticket: string }).ticket.length > 0);
  await world.call(vm, 'RefreshStorageInfo');
  await world.call(vm, 'TerminateVM');
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOff');
  await world.refuses('InvalidState', vm, 'TerminateVM');
  await world.refuses('InvalidPowerState', vm, 'AcquireMksTicket');
  await world.refuses('InvalidPowerState', vm, 'PutUsbScanCodes', keys);
});

test('aliases of a guest are added, listed and taken away', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  await world.call(vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: 'SET.guest.toolsRunningStatus', value: 'guestToolsRunning' }] } });
  const base64Cert = new X509Certificate(caCertificate()).raw.toString('base64');
  const auth = { _type: 'NamePasswordAuthentication', interactiveSession: false, username: 'root', password: 'x' };
  const manager: Ref = { type: 'GuestAliasManager', value: 'guestOperationsAliasManager' };
  const call = (method: string, more: Record<string, unknown> = {}) => world.call(manager, method, { vm, auth, ...more });
  const subject = { _type: 'GuestAuthNamedSubject', name: 'ann' };
  const alias = { username: 'root', base64Cert, mapCert: true, aliasInfo: { subject, comment: 'ours' } };
  await call('AddGuestAlias', alias);
  const list = async () => ((await call('ListGuestAliases', { username: 'root' })) as { aliases: { comment: string }[] }[]).flatMap(({ aliases }) => aliases.map(({ comment }) => comment));
  assert.deepEqual(await list(), ['ours']);
  assert.deepEqual(((await call('ListGuestMappedAliases')) as { username: string }[]).map(({ username }) => username), ['root']);
  await world.refuses('GuestMultipleMappings', manager, 'AddGuestAlias', { vm, auth, ...alias, username: 'joe' });
  await world.refuses('InvalidArgument', manager, 'AddGuestAlias', { vm, auth, ...alias, base64Cert: 'none' });
  await call('RemoveGuestAlias', { username: 'root', base64Cert, subject });
  assert.deepEqual(await list(), []);
  await call('AddGuestAlias', alias);
  await call('RemoveGuestAliasByCert', { username: 'root', base64Cert });
  assert.deepEqual(await list(), []);
  const credentials: Ref = { type: 'GuestAuthManager', value: 'guestOperationsAuthManager' };
  await world.call(credentials, 'ReleaseCredentialsInGuest', { vm, auth });
  await world.refuses('NotSupported', credentials, 'AcquireCredentialsInGuest', { vm, requestedAuth: { _type: 'SSPIAuthentication', interactiveSession: false, sspiToken: 't' } });
  const made = String(await world.call({ type: 'GuestFileManager', value: 'guestOperationsFileManager' }, 'CreateTemporaryDirectoryInGuest', { vm, auth, prefix: 'p-', suffix: '.d' }));
  assert.match(made, /\/p-\w+\.d$/);
});
