// OVF end to end below HTTP: descriptors to specifications, leases and what they leave behind, exports that are read again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FileReply } from '../../endpoints/datastore-files.ts';
import type { HttpNfcLeaseInfo, HttpNfcLeaseManifestEntry, ManagedObjectReference, OvfCreateDescriptorResult, OvfCreateImportSpecResult, OvfParseDescriptorResult, OvfValidateHostResult, VirtualDisk, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { ManualClock } from '../../runtime/clock.ts';
import { POOL, World } from '../world.testing.ts';

type Ref = ManagedObjectReference;

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/ovf');
const OVF = readFileSync(join(FIXTURES, 'tiny.ovf'), 'utf8');
const DISK = readFileSync(join(FIXTURES, 'tiny-disk1.vmdk'));

class OvfWorld extends World {
  readonly pool = this.get<Ref>(this.named('DC0_C0'), 'resourcePool');
  readonly folder = this.get<Ref>(this.named('DC0'), 'vmFolder');
  readonly datastore = this.named('LocalDS_0', 'Datastore');
  readonly manager = { type: 'OvfManager', value: 'OvfManager' };

  async spec(xml = OVF, params: Record<string, unknown> = {}): Promise<OvfCreateImportSpecResult> {
    return (await this.call(this.manager, 'CreateImportSpec', { ovfDescriptor: xml, resourcePool: this.pool, datastore: this.datastore, cisp: { locale: '', deploymentOption: '', entityName: 'appliance', ...params } })) as OvfCreateImportSpecResult;
  }

  async import(xml = OVF, params: Record<string, unknown> = {}): Promise<Ref> {
    const { importSpec, error } = await this.spec(xml, params);
    assert.deepEqual(error, undefined);
    return this.ready((await this.call(this.pool, 'ImportVApp', { spec: importSpec, folder: this.folder })) as Ref);
  }

  async ready(lease: Ref): Promise<Ref> {
    assert.equal(this.get(lease, 'state'), 'initializing');
    while (this.get(lease, 'state') === 'initializing') await new Promise((resolve) => setImmediate(resolve));
    return lease;
  }

  info(lease: Ref): HttpNfcLeaseInfo {
    return this.get(lease, 'info');
  }

  /** A request for a file of a lease, as a transport hands it on. */
  async http(method: string, url: string, body: readonly Uint8Array[] = [], headers: Record<string, string> = {}): Promise<FileReply> {
    async function* pieces(): AsyncIterable<Uint8Array> {
      yield* body;
    }
    const { handleFiles } = this.simulator;
    return handleFiles({ method, url: url.replace(/^https?:\/\/[^/]+/, ''), headers, body: pieces() }, { ipAddress: '127.0.0.1', tls: true } as never);
  }

  async download(url: string): Promise<Buffer> {
    const reply = await this.http('GET', url);
    assert.equal(reply.status, 200);
    return Buffer.concat([...(reply.body as Iterable<Uint8Array>)]);
  }

  get free(): number {
    return Number(this.get(this.datastore, 'summary.freeSpace'));
  }

  faults(result: { error?: readonly { fault: unknown }[]; warning?: readonly { fault: unknown }[] }, which: 'error' | 'warning' = 'error'): string[] {
    return (result[which] ?? []).map(({ fault }) => (fault as { _type: string })._type);
  }

  advance(seconds: number): void {
    (this.simulator.clock as ManualClock).advance(seconds * 1000);
  }
}

const disks = (world: OvfWorld, vm: Ref): VirtualDisk[] => world.get<VirtualMachineConfigInfo>(vm, 'config').hardware.device!.filter((device) => (device as { _type?: string })._type === 'VirtualDisk') as VirtualDisk[];

test('a descriptor becomes a specification, with the deployment option, properties and networks that were chosen', async () => {
  const world = new OvfWorld();
  const network = world.named('DC0_DVPG0');
  const result = await world.spec(OVF, { deploymentOption: 'large', diskProvisioning: 'thin', networkMapping: [{ name: 'VM Network', network }], propertyMapping: [{ key: 'port', value: '443' }] });
  assert.deepEqual(world.faults(result), []);
  const { configSpec } = result.importSpec as unknown as { configSpec: Record<string, unknown> & { deviceChange: { device: Record<string, unknown> }[]; vAppConfig: { property: { info: Record<string, unknown> }[] } } };
  assert.deepEqual([configSpec['name'], configSpec['numCPUs'], configSpec['memoryMB'], configSpec['guestId'], configSpec['version'], configSpec['firmware']], ['appliance', 2, 128, 'otherLinux64Guest', 'vmx-13', 'efi']);
  const [controller, nic, disk] = ['VirtualLsiLogicController', 'VirtualVmxnet3', 'VirtualDisk'].map((type) => configSpec.deviceChange.find(({ device }) => device['_type'] === type)?.device);
  assert.equal(disk!['controllerKey'], controller!['key']);
  assert.deepEqual([disk!['capacityInBytes'], (disk!['backing'] as { thinProvisioned: boolean }).thinProvisioned], [8 * 1024 ** 2, true]);
  assert.equal((nic!['backing'] as { port: { portgroupKey: string } }).port.portgroupKey, network.value);
  assert.deepEqual(configSpec.vAppConfig.property.map(({ info }) => [info['id'], info['type'], info['value'], info['defaultValue']]), [['hostname', 'string(1..15)', '', 'tiny'], ['port', 'int(0..65535)', '443', '8080']]);
  assert.deepEqual(result.fileItem, [{ deviceId: '/appliance/VirtualLsiLogicController0:0', path: 'tiny-disk1.vmdk', size: DISK.length, cimType: 17, create: false }]);
  assert.equal([...world.store.ofType('VirtualMachine')].length, 4, 'nothing was made');
});

test('what is wrong with a descriptor is told by type, with its line', async () => {
  const world = new OvfWorld();
  const cases: readonly (readonly [string, string])[] = [
    ['<Envelope', 'OvfXmlFormat'], ['<a xmlns="urn:x"/>', 'OvfWrongElement'], ['<Envelope xmlns="urn:x"/>', 'OvfWrongNamespace'],
    ['<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"/>', 'OvfMissingElement'],
    ['<!DOCTYPE x [<!ENTITY a "b">]><Envelope/>', 'OvfXmlFormat'],
    [OVF.replace('ovf:fileRef="file1"', 'ovf:fileRef="file9"'), 'OvfInvalidValueReference'],
    [OVF.replace('ovf:/disk/vmdisk1', 'ovf:/disk/none'), 'OvfInvalidValueReference'],
    [OVF.replace('ovf:capacity="8" ', ''), 'OvfMissingAttribute'],
    [OVF.replace('ovf:capacity="8"', 'ovf:capacity="much"'), 'OvfInvalidValueFormatMalformed'],
    [OVF.replace('>vmx-13<', '>xen-3<'), 'OvfNoSupportedHardwareFamily'],
    [OVF.replace('>lsilogic<', '>warp<'), 'OvfUnsupportedSubType'],
    [OVF.replace('<rasd:ResourceType>10<', '<rasd:ResourceType>99<'), 'OvfUnsupportedType'],
    [OVF.replace('<rasd:Parent>3</rasd:Parent>', ''), 'OvfMissingElement'],
    [OVF.replace('<EulaSection>', '<OddSection xmlns="urn:odd"><Info>odd</Info></OddSection><EulaSection>'), 'OvfUnsupportedSection'],
  ];
  for (const [xml, type] of cases) {
    const result = await world.spec(xml);
    assert.ok(world.faults(result).includes(type), `${type}: ${world.faults(result).join(' ')}`);
    assert.equal(result.importSpec, undefined);
  }
  assert.deepEqual(world.faults(await world.spec(OVF, { deploymentOption: 'huge' })), ['OvfInvalidValueConfiguration']);
  assert.deepEqual(world.faults(await world.spec(OVF, { diskProvisioning: 'twoGbMaxExtentFlat' })), ['OvfUnsupportedDiskProvisioning']);
  assert.deepEqual(world.faults(await world.spec(OVF, { propertyMapping: [{ key: 'port', value: 'many' }] })), ['OvfPropertyValue']);
  assert.deepEqual(world.faults(await world.spec(OVF, { propertyMapping: [{ key: 'colour', value: 'red' }] })), ['OvfPropertyQualifier']);
  assert.deepEqual(world.faults(await world.spec(OVF.replace('vmw:osType="otherLinux64Guest"', '').replace('ovf:id="101"', 'ovf:id="9999"')), 'warning'), ['OvfMappedOsId']);
  const line = ((await world.spec(OVF.replace('>lsilogic<', '>warp<'))).error![0]!.fault as unknown as { lineNumber: number }).lineNumber;
  assert.ok(OVF.split('\n').slice(line - 3, line + 2).some((text) => text.includes('<Item>')), `line ${line}`);
  const other = world.named('DC0_H0', 'HostSystem');
  await world.refuses('InvalidArgument', world.manager, 'CreateImportSpec', { ovfDescriptor: OVF, resourcePool: world.pool, datastore: world.datastore, cisp: { locale: '', deploymentOption: '', entityName: 'x', hostSystem: other } });
});

test('descriptors are described, and hosts asked whether they can run them', async () => {
  const world = new OvfWorld();
  const parsed = (await world.call(world.manager, 'ParseDescriptor', { ovfDescriptor: OVF, pdp: { locale: '', deploymentOption: '' } })) as OvfParseDescriptorResult;
  assert.deepEqual([parsed.defaultEntityName, parsed.virtualApp, parsed.annotation, parsed.defaultDeploymentOption], ['tiny', false, 'A very small appliance', 'small']);
  assert.deepEqual([parsed.network?.map(({ name }) => name), parsed.deploymentOption?.map(({ key }) => key), parsed.eula, parsed.property?.length, parsed.productInfo?.vendor], [['VM Network'], ['small', 'large'], ['Do as you like.'], 2, 'Example']);
  assert.deepEqual([parsed.approximateDownloadSize, parsed.approximateFlatDeploymentSize, parsed.approximateSparseDeploymentSize], [DISK.length, 8 * 1024 ** 2, 131072]);
  const validate = async (xml: string) => (await world.call(world.manager, 'ValidateHost', { ovfDescriptor: xml, host: world.named('DC0_H0', 'HostSystem'), vhp: { locale: '', deploymentOption: '' } })) as OvfValidateHostResult;
  const good = await validate(OVF);
  assert.deepEqual([good.downloadSize, good.flatDeploymentSize, world.faults(good), good.supportedDiskProvisioning?.includes('thin')], [DISK.length, 8 * 1024 ** 2, [], true]);
  assert.deepEqual(world.faults(await validate(OVF.replace('<rasd:VirtualQuantity>64<', '<rasd:VirtualQuantity>99000000<'))), ['OvfHostResourceConstraint']);
});

test('an upload becomes the disk; the manifest has its checksums; the export gives the same bytes', async () => {
  const world = new OvfWorld();
  const before = world.free;
  const lease = await world.import(OVF, { diskProvisioning: 'thin' });
  const { entity: vm, deviceUrl, leaseTimeout, totalDiskCapacityInKB } = world.info(lease);
  assert.deepEqual([world.get(lease, 'state'), world.get(lease, 'initializeProgress'), leaseTimeout, totalDiskCapacityInKB, deviceUrl!.length], ['ready', 100, 300, 8192, 1]);
  assert.equal(deviceUrl![0]!.importKey, '/appliance/VirtualLsiLogicController0:0');
  assert.match(deviceUrl![0]!.url, /^https:\/\/\*\/nfc\/[0-9a-f-]{36}\/disk-0\.vmdk$/);
  const { url } = deviceUrl![0]!;
  const spoilt = await world.http('POST', url, [DISK.subarray(0, 70_000)]);
  assert.equal(spoilt.status, 400);
  assert.match(String(spoilt.body), /breaks off/);
  assert.deepEqual(await world.call(lease, 'HttpNfcLeaseGetManifest'), []);
  assert.equal((await world.http('POST', url, [DISK.subarray(0, 1000), DISK.subarray(1000)], { 'content-length': String(DISK.length) })).status, 200);
  const [entry] = (await world.call(lease, 'HttpNfcLeaseGetManifest')) as HttpNfcLeaseManifestEntry[];
  assert.deepEqual([entry!.sha1, entry!.size, entry!.disk, entry!.capacity, entry!.populatedSize, entry!.checksumType], ['cea2795464a8d7ac6d44c3fcc0db60f463d63946', DISK.length, true, 8 * 1024 ** 2, 131072, 'sha1']);
  await world.call(lease, 'HttpNfcLeaseSetManifestChecksumType', { deviceUrlsToChecksumTypes: [{ key: entry!.key, value: 'sha256' }] });
  const [again] = (await world.call(lease, 'HttpNfcLeaseGetManifest')) as HttpNfcLeaseManifestEntry[];
  assert.match(again!.checksum!, /^[0-9a-f]{64}$/);
  await world.call(lease, 'HttpNfcLeaseProgress', { percent: 50 });
  assert.equal(world.get(lease, 'transferProgress'), 50);
  await world.call(lease, 'HttpNfcLeaseComplete');
  assert.equal(world.get(lease, 'state'), 'done');
  assert.ok(before - world.free >= 131072 && before - world.free < 1024 ** 2, `a thin disk takes what it holds: ${before - world.free}`);
  assert.equal((await world.http('POST', url, [DISK])).status, 404, 'a lease that is done has no files');
  await world.refuses('InvalidState', lease, 'HttpNfcLeaseComplete');

  const out = await world.ready((await world.call(vm, 'ExportVm')) as Ref);
  const devices = world.info(out).deviceUrl!;
  assert.deepEqual(devices.map(({ targetId, disk }) => [targetId, disk]), [['disk-0.vmdk', true], ['appliance.nvram', false]]);
  assert.ok((await world.download(devices[0]!.url)).equals(DISK), 'the same image');
  assert.equal((await world.http('PUT', devices[0]!.url, [DISK])).status, 405);
  const sums = (await world.call(out, 'HttpNfcLeaseGetManifest')) as HttpNfcLeaseManifestEntry[];
  assert.deepEqual(sums.map(({ key, sha1 }) => [key, sha1]), [[devices[0]!.key, entry!.sha1]]);
  const { ovfDescriptor } = (await world.call(world.manager, 'CreateDescriptor', { obj: vm, cdp: { name: 'copy', ovfFiles: [{ deviceId: devices[0]!.key, path: 'copy-disk.vmdk', size: DISK.length }] } })) as OvfCreateDescriptorResult;
  await world.call(out, 'HttpNfcLeaseComplete');
  assert.deepEqual(disks(world, vm).length, 1, 'the machine is as it was');
  const copy = await world.spec(ovfDescriptor, { entityName: '' });
  assert.deepEqual([world.faults(copy), world.faults(copy, 'warning')], [[], []]);
  const { configSpec } = copy.importSpec as unknown as { configSpec: { name: string; annotation: string; guestId: string; memoryMB: number; vAppConfig: { property: unknown[]; eula: string[] } } };
  assert.deepEqual([configSpec.name, configSpec.annotation, configSpec.guestId, configSpec.memoryMB, configSpec.vAppConfig.property.length, configSpec.vAppConfig.eula], ['copy', 'A very small appliance', 'otherLinux64Guest', 64, 2, ['Do as you like.']]);
});

test('a larger image makes the disk larger', async () => {
  const world = new OvfWorld();
  const lease = await world.import(OVF.replace('ovf:capacity="8"', 'ovf:capacity="2"'), { diskProvisioning: 'thick' });
  const { entity: vm, deviceUrl } = world.info(lease);
  assert.equal(disks(world, vm)[0]!.capacityInBytes, 2 * 1024 ** 2);
  const before = world.free;
  assert.equal((await world.http('POST', deviceUrl![0]!.url, [DISK])).status, 200);
  assert.deepEqual([disks(world, vm)[0]!.capacityInBytes, disks(world, vm)[0]!.capacityInKB], [8 * 1024 ** 2, 8192]);
  assert.equal(before - world.free, 6 * 1024 ** 2);
});

test('a lease that nobody goes on with ends by the clock, and what it made is gone', async () => {
  const world = new OvfWorld();
  const [before, count] = [world.free, [...world.store.ofType('VirtualMachine')].length];
  const files = [...world.store.ofType('_Directory')].length;
  const lease = await world.import();
  const { url } = world.info(lease).deviceUrl![0]!;
  world.advance(299);
  await world.call(lease, 'HttpNfcLeaseProgress', { percent: 1 });
  world.advance(299);
  assert.equal(world.get(lease, 'state'), 'ready', 'progress gives it time');
  world.advance(2);
  assert.deepEqual([world.get(lease, 'state'), world.get(lease, 'error.fault._type')], ['error', 'Timedout']);
  assert.deepEqual([world.free, [...world.store.ofType('VirtualMachine')].length, [...world.store.ofType('_Directory')].length], [before, count, files]);
  assert.equal((await world.http('POST', url, [DISK])).status, 404);
  await world.refuses('Timedout', lease, 'HttpNfcLeaseProgress', { percent: 2 });
  world.advance(301);
  assert.equal(world.store.get(lease), undefined);
});

test('an aborted import leaves nothing; one that cannot be made is an error of the lease', async () => {
  const world = new OvfWorld();
  const before = world.free;
  const lease = await world.import();
  const { entity } = world.info(lease);
  await world.refuses('DuplicateName', world.pool, 'ImportVApp', { spec: (await world.spec()).importSpec, folder: world.folder });
  await world.call(lease, 'HttpNfcLeaseAbort', { fault: { fault: { _type: 'OutOfBounds', argumentName: 'x' }, localizedMessage: 'no more' } });
  assert.deepEqual([world.get(lease, 'state'), world.get(lease, 'error.fault._type'), world.get(lease, 'error.localizedMessage'), world.store.get(entity), world.free], ['error', 'OutOfBounds', 'no more', undefined, before]);
  const huge = await world.import(OVF.replace('ovf:capacity="8"', `ovf:capacity="${20 * 1024 ** 2}"`), { diskProvisioning: 'thick' });
  assert.deepEqual([world.get(huge, 'state'), world.get(huge, 'error.fault._type'), world.free], ['error', 'NoDiskSpace', before]);
  await world.refuses('InvalidPowerState', world.named('DC0_H0_VM0'), 'ExportVm');
  await world.refuses('InvalidArgument', world.pool, 'ImportVApp', { spec: {} });
});

test('a vApp is imported with its machines and their order, and exported whole', async () => {
  const world = new OvfWorld();
  const system = /<VirtualSystem ovf:id="tiny">[^]*<\/VirtualSystem>/.exec(OVF)![0];
  const second = system.replaceAll('"tiny"', '"second"').replace('<Name>tiny<', '<Name>second<').replace(/<Item>\s*<rasd:AddressOnParent>0<[^]*?<\/Item>/, '');
  const xml = OVF.replace(system, `<VirtualSystemCollection ovf:id="pair"><Info>Two</Info><Name>pair</Name><StartupSection><Info/><Item ovf:id="second" ovf:order="1" ovf:stopAction="guestShutdown"/><Item ovf:id="tiny" ovf:order="2"/></StartupSection>${system}${second}</VirtualSystemCollection>`);
  const lease = await world.import(xml, { entityName: 'duo' });
  const { entity, deviceUrl } = world.info(lease);
  assert.equal(entity.type, 'VirtualApp');
  assert.deepEqual(world.names(entity, 'vm'), ['second', 'tiny']);
  const order = world.get<{ tag: string; startOrder: number; stopAction: string }[]>(entity, 'vAppConfig.entityConfig').map(({ tag, startOrder, stopAction }) => [tag, startOrder, stopAction]);
  assert.deepEqual(order, [['tiny', 2, 'powerOff'], ['second', 1, 'guestShutdown']]);
  assert.deepEqual(deviceUrl!.map(({ importKey }) => importKey), ['/duo/tiny/VirtualLsiLogicController0:0']);
  assert.equal((await world.http('POST', deviceUrl![0]!.url, [DISK])).status, 200);
  await world.call(lease, 'HttpNfcLeaseComplete');
  const out = await world.ready((await world.call(entity, 'ExportVApp')) as Ref);
  const devices = world.info(out).deviceUrl!;
  assert.deepEqual(devices.filter(({ disk }) => disk).length, 1);
  assert.ok((await world.download(devices.find(({ disk }) => disk)!.url)).equals(DISK));
  const { ovfDescriptor } = (await world.call(world.manager, 'CreateDescriptor', { obj: entity, cdp: { ovfFiles: [{ deviceId: devices.find(({ disk }) => disk)!.key, path: 'a.vmdk', size: 1 }] } })) as OvfCreateDescriptorResult;
  const again = await world.spec(ovfDescriptor, { entityName: 'trio' });
  assert.deepEqual(world.faults(again), []);
  assert.deepEqual((again.importSpec as unknown as { child: { configSpec: { name: string } }[] }).child.map(({ configSpec }) => configSpec.name), ['second', 'tiny']);
  const aborted = await world.import(xml, { entityName: 'other' });
  const made = world.info(aborted).entity;
  await world.call(aborted, 'HttpNfcLeaseAbort', {});
  assert.equal(world.store.get(made), undefined);
  assert.deepEqual(world.names(entity, 'vm'), ['second', 'tiny'], 'the first vApp is untouched');
});

test('a snapshot is exported as it was, while the machine runs', async () => {
  const world = new OvfWorld();
  const lease = await world.import();
  const vm = world.info(lease).entity;
  await world.http('POST', world.info(lease).deviceUrl![0]!.url, [DISK]);
  await world.call(lease, 'HttpNfcLeaseComplete');
  await world.call(vm, 'PowerOnVM_Task');
  const snapshot = (await world.call(vm, 'CreateSnapshot_Task', { name: 's', memory: false, quiesce: false })) as Ref;
  const out = await world.ready((await world.call(snapshot, 'ExportSnapshot')) as Ref);
  const devices = world.info(out).deviceUrl!;
  assert.deepEqual(devices.map(({ disk }) => disk), [true]);
  assert.ok((await world.download(devices[0]!.url)).equals(DISK));
});

test('no path leaves a lease', async () => {
  const world = new OvfWorld();
  const lease = await world.import();
  const { url } = world.info(lease).deviceUrl![0]!;
  const base = url.replace(/[^/]*$/, '');
  for (const path of [`${base}`, `${base}other.vmdk`, `${base}../disk-0.vmdk`, `${base}%2e%2e/x`, `${base}%zz`, `${base}disk-0.vmdk/x`, `${base}__proto__`, '/nfc', '/nfc/', '/nfc/00000000-0000-0000-0000-000000000000/disk-0.vmdk']) {
    assert.equal((await world.http('POST', path, [DISK])).status, 404, path);
  }
  assert.equal((await world.http('GET', url)).status, 405);
  assert.equal((await world.http('POST', url, [DISK], { 'content-encoding': 'gzip' })).status, 415);
  assert.equal((await world.http('POST', url, [DISK], { 'content-length': '12' })).status, 400);
  assert.deepEqual(await world.call(lease, 'HttpNfcLeaseGetManifest'), []);
});

test('machines and vApps are linked to a vApp', async () => {
  const world = new OvfWorld();
  const make = async (name: string) => (await world.call(world.pool, 'CreateVApp', { name, resSpec: POOL, configSpec: {}, vmFolder: world.folder })) as Ref;
  const [outer, inner] = [await make('outer'), await make('inner')];
  const vm = world.named('DC0_C0_RP0_VM0');
  await world.call(outer, 'UpdateLinkedChildren', { addChangeSet: [{ key: inner, destroyWithParent: true }, { key: vm }] });
  assert.deepEqual(world.get<object[]>(outer, 'childLink').map((link) => ({ ...link, _type: undefined })), [{ _type: undefined, key: inner, destroyWithParent: true }, { _type: undefined, key: vm, destroyWithParent: false }]);
  await world.refuses('InvalidArgument', outer, 'UpdateLinkedChildren', { addChangeSet: [{ key: outer }] });
  await world.refuses('InvalidArgument', inner, 'UpdateLinkedChildren', { removeSet: [vm] });
  await world.call(outer, 'UpdateLinkedChildren', { removeSet: [inner] });
  assert.deepEqual([world.get<object[]>(outer, 'childLink').length, world.get(inner, 'parentVApp')], [1, undefined]);
});

test('the server fetches nothing itself', async () => {
  const world = new OvfWorld();
  const lease = await world.import();
  assert.equal(world.get(lease, 'capabilities.pullModeSupported'), false);
  await world.refuses('NotSupported', lease, 'HttpNfcLeasePullFromUrls_Task', { files: [] });
  assert.equal(world.get(lease, 'state'), 'ready');
});

test('a lease goes on in a fork, and ends there by its own clock', async () => {
  const world = new OvfWorld();
  const lease = await world.import();
  const { entity } = world.info(lease);
  const clock = new ManualClock(world.simulator.clock.now());
  const twin = world.simulator.fork({ clock });
  clock.advance(301_000);
  assert.deepEqual([twin.store.get(lease)!.props['state'], twin.store.get(entity)], ['error', undefined]);
  assert.equal(world.get(lease, 'state'), 'ready');
  assert.ok(world.store.get(entity));
  await twin.close();
  const before = world.simulator.snapshot();
  await world.call(lease, 'HttpNfcLeaseComplete');
  world.simulator.restore(before);
  assert.equal(world.get(lease, 'state'), 'ready');
  world.advance(301);
  assert.equal(world.get(lease, 'state'), 'error', 'also in a world that came back');
});

test('whatever text a descriptor is, the answer is a result', async () => {
  const world = new OvfWorld();
  const pieces = OVF.split(/(?=[<>"])/);
  await fc.assert(fc.asyncProperty(fc.nat(pieces.length - 1), fc.oneof(fc.constant(''), fc.string({ maxLength: 20 }), fc.constantFrom('<a>', '"', '&x;', '-1', '99999999999999999999')), async (at, put) => {
    const result = await world.spec([...pieces.slice(0, at), put, ...pieces.slice(at + 1)].join(''));
    assert.ok((result.importSpec === undefined) === (result.error !== undefined && result.error.length > 0));
    await world.call(world.manager, 'ParseDescriptor', { ovfDescriptor: pieces.slice(at).join(''), pdp: { locale: '', deploymentOption: '' } });
  }), { numRuns: 200, seed: 7 });
});
