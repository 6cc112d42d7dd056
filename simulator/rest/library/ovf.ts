// OVF items: deployed as machines and captured from machines, by the ways of OvfManager and HttpNfcLease.
import type { HttpNfcLeaseInfo, ManagedObjectReference, OvfCreateImportSpecResult, OvfParseDescriptorResult, VirtualMachineImportSpec } from '../../../core/vim25/index.ts';
import { Fault, isFault, type MethodFault } from '../../../core/vim25/index.ts';
import { BlockWriter, flatten, readBytes, sizeOf, type Content } from '../../objects/datastore/blocks.ts';
import { stat, writeFile } from '../../objects/datastore/files.ts';
import { readLease, type Lease } from '../../objects/ovf/leases.ts';
import { download, Upload } from '../../objects/ovf/transfer.ts';
import { invalid, RestError } from '../errors.ts';
import type { Input } from '../input.ts';
import type { RestCall, Route } from '../route.ts';
import { changeItem, checksumOf, clearPlace, createItem, filePlace, itemOf, libraryOf, requireFileName } from './objects.ts';
import { datastoreFor, named, networkFor } from './placement.ts';
import { cacheItem } from './sync.ts';
import { read } from './views.ts';

type Ref = ManagedObjectReference;

const route = (path: string, action: string | undefined, does: string, run: Route['run']): Route =>
  ({ verb: 'POST', rest: `/com/vmware/vcenter/ovf/library-item${path}`, api: `/vcenter/ovf/library-item${path}`, does, run, ...(action === undefined ? {} : { action }) });

const manager = (call: RestCall): Ref => call.sim.wellKnown['ovfManager']!;

/** The files of an OVF item, fetched when they are not there. Throws INVALID_ARGUMENT for an item of another type. */
function filesOf(call: RestCall, id: string): ReadonlyMap<string, Content> {
  return call.change((tx) => {
    const { type, name } = itemOf(tx, id);
    if (type !== 'ovf') throw invalid(`Item "${name}" is of type "${type}", not ovf.`);
    cacheItem(call.sim, tx, id);
    return new Map(itemOf(tx, id).files.map((file): [string, Content] => {
      const { datastore, path } = filePlace(tx, id, file.name);
      return [file.name, stat(tx, datastore, path)?.content ?? ''];
    }));
  });
}

function descriptorIn(files: ReadonlyMap<string, Content>): string {
  const [, content] = [...files].find(([name]) => /\.ovf$/i.test(name)) ?? [];
  if (content === undefined) throw invalid('The item has no descriptor: a file that ends in .ovf.');
  return typeof content === 'string' ? content : Buffer.from(flatten(content, 16 * 1024 * 1024) as Uint8Array).toString('utf8');
}

const parse = async (call: RestCall, ovfDescriptor: string): Promise<OvfParseDescriptorResult> =>
  (await call.vim(manager(call), 'ParseDescriptor', { ovfDescriptor, pdp: { _type: 'OvfParseDescriptorParams', locale: '', deploymentOption: '' } })) as OvfParseDescriptorResult;

/** Keys and values: a list of pairs in /rest, an object in /api. */
function pairsOf(input: Input, field: string): readonly (readonly [string, string])[] {
  const raw = input.raw(field);
  if (Array.isArray(raw)) return input.objects(field).map((pair) => [pair.text('key'), pair.text('value')] as const);
  const object = input.optional(field);
  return object ? object.names().map((name) => [name, object.text(name)] as const) : [];
}

function failure(error: unknown): unknown {
  if (!isFault(error)) throw error;
  return { succeeded: false, error: { errors: [{ category: 'SERVER', error: { '@class': 'com.vmware.vapi.std.errors.error', messages: [{ id: `vim25.${(error as Fault).type}`, default_message: (error as Fault).message, args: [] }] } }], warnings: [], information: [] } };
}

// ---- deploy ------------------------------------------------------------------------------------------------------

async function deploy(call: RestCall): Promise<unknown> {
  const spec = call.body.object('deployment_spec');
  const target = call.body.object('target');
  if (spec.has('vm_config_spec')) throw new RestError('UNSUPPORTED', 'deployment_spec.vm_config_spec is not simulated: reconfigure the machine after it was deployed.');
  const files = filesOf(call, call.path('library_item_id'));
  const xml = descriptorIn(files);
  const parsed = await parse(call, xml);
  const place = read(call, (tx) => {
    const pool = named(tx, target, 'resource_pool_id', 'ResourcePool', 'VirtualApp');
    if (!pool) throw invalid('target.resource_pool_id is missing.');
    const mapped = new Map(pairsOf(spec, 'network_mappings'));
    const networks = (parsed.network ?? []).map(({ name }) => ({ name, network: mapped.has(name) ? networkOf(tx, mapped.get(name)!) : networkFor(tx, pool, name) }));
    const own = libraryOf(tx, itemOf(tx, call.path('library_item_id')).library_id).storage_backings[0]!.datastore_id;
    return {
      pool, networks, folder: named(tx, target, 'folder_id', 'Folder'), host: named(tx, target, 'host_id', 'HostSystem'),
      datastore: named(tx, spec, 'default_datastore_id', 'Datastore') ?? datastoreFor(tx, pool, { type: 'Datastore', value: own }),
    };
  });
  const additional = spec.objects('additional_parameters');
  const properties = additional.flatMap((one) => one.objects('properties')).map((one) => ({ _type: 'KeyValue', key: one.text('id'), value: one.optionalText('value') ?? '' }));
  const provisioning = spec.optionalText('storage_provisioning');
  const cisp = {
    _type: 'OvfCreateImportSpecParams', locale: '', entityName: spec.optionalText('name') ?? parsed.defaultEntityName ?? '',
    deploymentOption: additional.map((one) => one.optionalText('selected_key')).find((key) => key !== undefined && key !== '') ?? '',
    networkMapping: place.networks.filter(({ network }) => network).map(({ name, network }) => ({ _type: 'OvfNetworkMapping', name, network })), propertyMapping: properties,
    ...(provisioning === undefined || provisioning === '' ? {} : { diskProvisioning: provisioning }), ...(place.host ? { hostSystem: place.host } : {}),
  };
  try {
    const made = (await call.vim(manager(call), 'CreateImportSpec', { ovfDescriptor: xml, resourcePool: place.pool, datastore: place.datastore, cisp })) as OvfCreateImportSpecResult;
    if (!made.importSpec) {
      const first = made.error?.[0];
      throw new Fault((first?.fault ?? { _type: 'InvalidArgument' }) as MethodFault & { _type: string }, first?.localizedMessage ?? 'The descriptor cannot be imported.');
    }
    const lease = (await call.vim(place.pool, 'ImportVApp', { spec: annotated(made.importSpec as VirtualMachineImportSpec, spec.optionalText('annotation')), ...(place.folder ? { folder: place.folder } : {}), ...(place.host ? { host: place.host } : {}) })) as Ref;
    const entity = await fill(call, lease, new Map((made.fileItem ?? []).map(({ deviceId, path }) => [deviceId, path])), files);
    return { succeeded: true, resource_id: { type: entity.type, id: entity.value } };
  } catch (error) {
    return failure(error);
  }
}

function networkOf(tx: Parameters<typeof named>[0], id: string): Ref {
  const type = ['Network', 'DistributedVirtualPortgroup', 'OpaqueNetwork'].find((one) => tx.has({ type: one, value: id }) && tx.typeOf(id) === one);
  if (!type) throw invalid(`network_mappings names network "${id}", which does not exist.`);
  return { type, value: id };
}

const annotated = (spec: VirtualMachineImportSpec, annotation: string | undefined): VirtualMachineImportSpec =>
  annotation === undefined || annotation === '' || !('configSpec' in spec) ? spec : { ...spec, configSpec: { ...spec.configSpec, annotation } };

/** The lease when it is ready. Throws its error. */
async function ready(call: RestCall, ref: Ref): Promise<Lease> {
  const { store } = call.sim;
  for (;;) {
    const { version } = store;
    const props = store.get(ref)?.props;
    if (props?.['state'] === 'ready') return read(call, (tx) => readLease(tx, ref)!);
    if (props === undefined || props['state'] !== 'initializing') {
      const error = props?.['error'] as { fault?: MethodFault & { _type: string }; localizedMessage?: string } | undefined;
      throw new Fault(error?.fault ?? ({ _type: 'RequestCanceled' } as MethodFault & { _type: string }), error?.localizedMessage ?? 'The lease is over.');
    }
    await store.watch.after(version, call.signal);
  }
}

/** Puts the item's files into the disks of a lease. */
async function fill(call: RestCall, ref: Ref, paths: ReadonlyMap<string, string>, files: ReadonlyMap<string, Content>): Promise<Ref> {
  const lease = await ready(call, ref);
  const { entity } = call.sim.store.get(ref)!.props['info'] as HttpNfcLeaseInfo;
  try {
    for (const device of lease.devices) {
      const path = paths.get(device.importKey);
      const content = path === undefined ? undefined : files.get(path);
      if (content === undefined) throw invalid(`The item has no file ${path ?? device.importKey}, which its descriptor names.`);
      const upload = new Upload(call.sim, ref, device);
      for (const piece of readBytes(content, 0, sizeOf(content))) upload.write(piece);
      upload.end();
    }
    await call.vim(ref, 'HttpNfcLeaseComplete');
  } catch (error) {
    await call.vim(ref, 'HttpNfcLeaseAbort', {});
    if (error instanceof Error && error.constructor.name === 'BadImage') throw invalid(error.message);
    throw error;
  }
  return entity;
}

// ---- capture -----------------------------------------------------------------------------------------------------

async function capture(call: RestCall): Promise<unknown> {
  const [source, target, spec] = [call.body.object('source'), call.body.object('target'), call.body.object('create_spec')];
  const type = source.word('type', ['VirtualMachine', 'VirtualApp']);
  if (type === 'VirtualApp') throw new RestError('UNSUPPORTED', 'source.type VirtualApp is not simulated: capture its machines.');
  call.require('ContentLibrary.AddLibraryItem');
  const vm = read(call, (tx) => named(tx, source, 'id', type)!);
  const known = target.optionalText('library_item_id');
  const library_id = known === undefined ? target.text('library_id') : read(call, (tx) => itemOf(tx, known).library_id);
  read(call, (tx) => libraryOf(tx, library_id));
  const name = spec.optionalText('name') ?? (known === undefined ? spec.text('name') : read(call, (tx) => itemOf(tx, known).name));
  requireFileName(`${name}.ovf`);
  const description = spec.optionalText('description') ?? '';
  try {
    const files = await exported(call, vm, name, description);
    const id = call.change((tx) => {
      const item = known ?? createItem(call.sim, tx, { library_id, name, description, type: 'ovf' });
      for (const file of itemOf(tx, item).files) clearPlace(tx, filePlace(tx, item, file.name));
      const version = String(Number(itemOf(tx, item).content_version) + 1);
      for (const [file, content] of files) {
        const { datastore, path } = filePlace(tx, item, file);
        writeFile(call.sim, tx, datastore, path, { content, revision: call.sim.store.version + 1 });
      }
      changeItem(call.sim, tx, item, 'content', { files: [...files].map(([file, content]) => ({ name: file, size: sizeOf(content), version, cached: true, checksum_info: { algorithm: 'SHA1', checksum: checksumOf(content) } })) });
      return item;
    });
    return { succeeded: true, ovf_library_item_id: id };
  } catch (error) {
    return failure(error);
  }
}

/** Descriptor, disks and manifest of a machine. */
async function exported(call: RestCall, vm: Ref, name: string, description: string): Promise<ReadonlyMap<string, Content>> {
  const ref = (await call.vim(vm, 'ExportVm')) as Ref;
  const lease = await ready(call, ref);
  const files = new Map<string, Content>();
  const ovfFiles = lease.devices.filter(({ disk }) => disk).map((device, i) => {
    const writer = new BlockWriter();
    for (const piece of download(call.sim, lease, device)) writer.write(piece);
    const path = `${name}-${i + 1}.vmdk`;
    files.set(path, writer.end());
    return { _type: 'OvfFile', deviceId: device.key, path, size: sizeOf(files.get(path)!), capacity: device.capacityBytes };
  });
  const { ovfDescriptor } = (await call.vim(manager(call), 'CreateDescriptor', { obj: vm, cdp: { _type: 'OvfCreateDescriptorParams', ovfFiles, name, description } })) as { ovfDescriptor: string };
  await call.vim(ref, 'HttpNfcLeaseComplete');
  const all = new Map<string, Content>([[`${name}.ovf`, ovfDescriptor], ...files]);
  const manifest = [...all].map(([file, content]) => `SHA1(${file})= ${checksumOf(content)}\n`).join('');
  return all.set(`${name}.mf`, manifest);
}

async function filter(call: RestCall): Promise<unknown> {
  const parsed = await parse(call, descriptorIn(filesOf(call, call.path('library_item_id'))));
  return { name: parsed.defaultEntityName ?? '', annotation: parsed.annotation ?? '', EULAs: parsed.eula ?? [], networks: (parsed.network ?? []).map(({ name }) => name), storage_groups: [], additional_params: [] };
}

export const ovfRoutes: readonly Route[] = [
  route('', undefined, 'makes an OVF item of a machine', capture),
  route('/{library_item_id}', 'deploy', 'makes a machine of an OVF item', deploy),
  route('/{library_item_id}', 'filter', 'what the descriptor asks: networks, licences', filter),
];
