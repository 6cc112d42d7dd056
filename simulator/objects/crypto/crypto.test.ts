// Key providers, their certificates and keys, and machines that are encrypted with them.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { CryptoKeyId, CryptoKeyResult, CryptoManagerKmipClusterStatus, KmipClusterInfo, ManagedObjectReference } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;

const MANAGER: Ref = { type: 'CryptoManagerKmip', value: 'CryptoManager' };
const id = (name: string) => ({ _type: 'KeyProviderId', id: name });
const server = (name: string, address = 'kms.example.com') => ({ server: { clusterId: id('kp'), info: { _type: 'KmipServerInfo', name, address, port: 5696 } } });
const providers = (world: World) => world.get<readonly KmipClusterInfo[]>(MANAGER, 'kmipServers');
const newKey = async (world: World): Promise<CryptoKeyId> => ((await world.call(MANAGER, 'GenerateKey', { keyProvider: id('kp') })) as CryptoKeyResult).keyId;

test('servers are registered, changed and removed; the provider goes with the last one', async () => {
  const world = new World();
  for (const name of ['a', 'b']) await world.call(MANAGER, 'RegisterKmipServer', server(name));
  await world.refuses('InvalidArgument', MANAGER, 'RegisterKmipServer', server('a'));
  await world.refuses('InvalidArgument', MANAGER, 'RegisterKmipServer', server(''));
  await world.call(MANAGER, 'UpdateKmipServer', server('a', 'other.example.com'));
  await world.refuses('InvalidArgument', MANAGER, 'UpdateKmipServer', server('c'));
  assert.deepEqual(providers(world).map(({ clusterId, managementType, servers }) => [clusterId.id, managementType, servers!.map(({ name, address }) => [name, address])]), [
    ['kp', 'vCenter', [['a', 'other.example.com'], ['b', 'kms.example.com']]],
  ]);
  assert.deepEqual(await world.call(MANAGER, 'ListKmipServers', { limit: 0 }), []);
  assert.equal(await world.call(MANAGER, 'IsKmsClusterActive', { cluster: id('kp') }), true);
  await world.refuses('InvalidArgument', MANAGER, 'RemoveKmipServer', { clusterId: id('kp'), serverName: 'c' });
  for (const serverName of ['a', 'b']) await world.call(MANAGER, 'RemoveKmipServer', { clusterId: id('kp'), serverName });
  assert.deepEqual(providers(world), []);
});

test('a provider is the default of vCenter, of an entity, and of what is below it', async () => {
  const world = new World();
  await world.call(MANAGER, 'RegisterKmipServer', server('a'));
  await world.call(MANAGER, 'RegisterKmsCluster', { clusterId: id('native'), managementType: 'nativeProvider' });
  await world.refuses('InvalidArgument', MANAGER, 'RegisterKmsCluster', { clusterId: id('native'), managementType: 'nativeProvider' });
  await world.refuses('InvalidArgument', MANAGER, 'RegisterKmsCluster', { clusterId: id('x'), managementType: 'vCenter' });
  const get = async (entity?: Ref, defaultsToParent = false) => ((await world.call(MANAGER, 'GetDefaultKmsCluster', { entity, defaultsToParent })) as { id: string } | undefined)?.id;
  assert.equal(await get(), undefined);
  await world.call(MANAGER, 'MarkDefault', { clusterId: id('kp') });
  const [cluster, host] = [world.named('DC0_C0', 'ClusterComputeResource'), world.named('DC0_C0_H0')];
  await world.call(MANAGER, 'SetDefaultKmsCluster', { entity: cluster, clusterId: id('native') });
  assert.deepEqual([await get(), await get(cluster), await get(host), await get(host, true), await get(world.named('DC0_H0', 'HostSystem'), true)], ['kp', 'native', undefined, 'native', 'kp']);
  await world.call(MANAGER, 'SetDefaultKmsCluster', { entity: cluster });
  assert.equal(await get(host, true), 'kp');
  const folder = (await world.call(world.named('vm', 'Folder'), 'CreateFolder', { name: 'aside' })) as Ref;
  await world.call(MANAGER, 'SetDefaultKmsCluster', { entity: folder, clusterId: id('native') });
  await world.call(folder, 'Destroy_Task');
  assert.deepEqual(providers(world).flatMap(({ useAsEntityDefault }) => useAsEntityDefault), [], 'what is gone has no default');
  await world.refuses('InvalidArgument', MANAGER, 'SetDefaultKmsCluster', { clusterId: id('nobody') });
  await world.refuses('InvalidArgument', MANAGER, 'GenerateKey', { keyProvider: id('native') });
  await world.call(MANAGER, 'UnregisterKmsCluster', { clusterId: id('native') });
  assert.deepEqual(providers(world).map(({ clusterId }) => clusterId.id), ['kp']);
});

test('trust is built from both sides, and shows in the status', async () => {
  const world = new World();
  await world.call(MANAGER, 'RegisterKmipServer', server('a'));
  const status = async () => {
    const [found] = (await world.call(MANAGER, 'RetrieveKmipServersStatus_Task', {})) as CryptoManagerKmipClusterStatus[];
    return found!.servers.map(({ name, clientTrustServer, serverTrustClient }) => [name, clientTrustServer, serverTrustClient]);
  };
  assert.deepEqual(await status(), [['a', false, false]]);
  const { certificate } = (await world.call(MANAGER, 'RetrieveKmipServerCert', { keyProvider: id('kp'), server: { name: 'a' } })) as { certificate: string };
  await world.call(MANAGER, 'UploadKmipServerCert', { cluster: id('kp'), certificate });
  await world.refuses('InvalidArgument', MANAGER, 'UploadKmipServerCert', { cluster: id('kp'), certificate: 'nonsense' });
  await world.refuses('InvalidArgument', MANAGER, 'RetrieveSelfSignedClientCert', { cluster: id('kp') });
  const own = (await world.call(MANAGER, 'GenerateSelfSignedClientCert', { cluster: id('kp'), request: { commonName: 'vc', organization: 'Example' } })) as string;
  const read = new X509Certificate(own);
  assert.ok(read.subject === read.issuer && read.subject.includes('O=Example') && read.verify(read.publicKey));
  assert.equal(await world.call(MANAGER, 'RetrieveSelfSignedClientCert', { cluster: id('kp') }), own);
  await world.refuses('InvalidArgument', MANAGER, 'UpdateSelfSignedClientCert', { cluster: id('kp'), certificate });
  await world.call(MANAGER, 'UpdateSelfSignedClientCert', { cluster: id('kp'), certificate: own });
  assert.deepEqual(await status(), [['a', true, true]]);
  assert.equal(await world.call(MANAGER, 'RetrieveClientCert', { cluster: id('kp') }), own);
  await world.refuses('InvalidArgument', MANAGER, 'UploadClientCert', { cluster: id('kp'), certificate, privateKey: 'none' });
  assert.match((await world.call(MANAGER, 'GenerateClientCsr', { cluster: id('kp') })) as string, /CERTIFICATE REQUEST/);
  assert.match((await world.call(MANAGER, 'RetrieveClientCsr', { cluster: id('kp') })) as string, /CERTIFICATE REQUEST/);
  await world.call(MANAGER, 'UpdateKmsSignedCsrClientCert', { cluster: id('kp'), certificate });
  assert.equal(await world.call(MANAGER, 'RetrieveClientCert', { cluster: id('kp') }), certificate);
});

test('a machine is encrypted, encrypted anew and decrypted; its key is in use', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0');
  await world.call(MANAGER, 'RegisterKmipServer', server('a'));
  const [key, other] = [await newKey(world), await newKey(world)];
  assert.deepEqual(await world.call(MANAGER, 'ListKeys', {}), [key, other]);
  const crypto = (_type: string, more: object = {}) => ({ spec: { crypto: { _type, ...more } } });
  await world.refuses('InvalidPowerState', vm, 'ReconfigVM_Task', crypto('CryptoSpecEncrypt', { cryptoKeyId: key }));
  await world.call(vm, 'PowerOffVM_Task');
  await world.refuses('InvalidArgument', vm, 'ReconfigVM_Task', crypto('CryptoSpecEncrypt', { cryptoKeyId: { keyId: 'none' } }));
  await world.refuses('InvalidState', vm, 'ReconfigVM_Task', crypto('CryptoSpecDecrypt'));
  await world.call(vm, 'ReconfigVM_Task', crypto('CryptoSpecEncrypt', { cryptoKeyId: key }));
  assert.deepEqual(world.get(vm, 'config.keyId'), key);
  await world.refuses('ResourceInUse', MANAGER, 'RemoveKey', { key, force: false });
  await world.refuses('InvalidArgument', MANAGER, 'UnregisterKmsCluster', { clusterId: id('kp') });
  const [status] = (await world.call(MANAGER, 'QueryCryptoKeyStatus', { keyIds: [key], checkKeyBitMap: 7 })) as { keyAvailable: boolean; encryptedVMs: Ref[]; affectedHosts: Ref[] }[];
  assert.deepEqual([status!.keyAvailable, status!.encryptedVMs, status!.affectedHosts], [true, [vm], [world.get(vm, 'runtime.host')]]);
  await world.call(vm, 'PowerOnVM_Task');
  await world.call(vm, 'ReconfigVM_Task', crypto('CryptoSpecShallowRecrypt', { newKeyId: other }));
  assert.deepEqual(world.get(vm, 'config.keyId'), other);
  await world.refuses('InvalidPowerState', vm, 'ReconfigVM_Task', crypto('CryptoSpecDecrypt'));
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(vm, 'ReconfigVM_Task', { spec: { annotation: 'x' } });
  assert.deepEqual(world.get(vm, 'config.keyId'), other, 'other changes leave it');
  await world.call(vm, 'ReconfigVM_Task', crypto('CryptoSpecDecrypt'));
  assert.equal(world.get(vm, 'config.keyId'), undefined);
  const results = (await world.call(MANAGER, 'RemoveKeys', { keys: [key, { keyId: 'none' }], force: false })) as CryptoKeyResult[];
  assert.deepEqual(results.map(({ success }) => success), [true, false]);
  assert.deepEqual(await world.call(MANAGER, 'ListKeys', {}), [other]);
});

test('keys of a caller, and attributes', async () => {
  const world = new World();
  const plain = (keyId: string) => ({ _type: 'CryptoKeyPlain', keyId: { _type: 'CryptoKeyId', keyId }, algorithm: 'AES-256', keyData: 'c2VjcmV0' });
  await world.call(MANAGER, 'AddKey', { key: plain('k') });
  await world.refuses('AlreadyExists', MANAGER, 'AddKey', { key: plain('k') });
  const results = (await world.call(MANAGER, 'AddKeys', { keys: [plain('k'), plain('l')] })) as CryptoKeyResult[];
  assert.deepEqual(results.map(({ success }) => success), [false, true]);
  assert.equal(((await world.call(MANAGER, 'SetKeyCustomAttributes', { keyId: { keyId: 'l' }, spec: { attributes: [{ key: 'x', value: '1' }] } })) as CryptoKeyResult).success, true);
  assert.equal(((await world.call(MANAGER, 'SetKeyCustomAttributes', { keyId: { keyId: 'm' }, spec: {} })) as CryptoKeyResult).success, false);
  const [status] = (await world.call(MANAGER, 'QueryCryptoKeyStatus', { keyIds: [{ keyId: 'm' }], checkKeyBitMap: 1 })) as { keyAvailable: boolean; reason: string }[];
  assert.deepEqual([status!.keyAvailable, status!.reason], [false, 'KeyStateMissingInKMS']);
  await world.refuses('InvalidArgument', MANAGER, 'RemoveKey', { key: { keyId: 'm' }, force: true });
  await world.refuses('InvalidArgument', MANAGER, 'GenerateKey', {});
});

test('new machines and copies are encrypted, and a copy has the key of its source', async () => {
  const world = new World();
  const source = world.named('DC0_H0_VM0');
  await world.call(MANAGER, 'RegisterKmipServer', server('a'));
  const [key, other] = [await newKey(world), await newKey(world)];
  await world.call(source, 'PowerOffVM_Task');
  const folder = world.named('vm', 'Folder');
  const clone = async (name: string, crypto?: object) => {
    const spec = { location: {}, powerOn: false, template: false, config: crypto === undefined ? undefined : { crypto } };
    return world.get((await world.call(source, 'CloneVM_Task', { folder, name, spec })) as Ref, 'config.keyId');
  };
  assert.equal(await clone('plain'), undefined);
  assert.deepEqual(await clone('secret', { _type: 'CryptoSpecEncrypt', cryptoKeyId: key }), key);
  await world.call(source, 'ReconfigVM_Task', { spec: { crypto: { _type: 'CryptoSpecEncrypt', cryptoKeyId: key } } });
  assert.deepEqual(await clone('same'), key);
  assert.deepEqual(await clone('anew', { _type: 'CryptoSpecDeepRecrypt', newKeyId: other }), other);
  assert.equal(await clone('open', { _type: 'CryptoSpecDecrypt' }), undefined);
  const config = { name: 'made', guestId: 'otherGuest', files: { vmPathName: '[LocalDS_0]' }, crypto: { _type: 'CryptoSpecEncrypt', cryptoKeyId: key } };
  const made = (await world.call(folder, 'CreateVM_Task', { config, pool: world.get(source, 'resourcePool') })) as Ref;
  assert.deepEqual(world.get(made, 'config.keyId'), key);
});
